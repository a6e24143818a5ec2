//! The pipeline from files to a [`Report`].
//!
//! A stand-in with the shape of the real one, so that the command line can be built beside it.

use std::path::PathBuf;

use crate::finding::Report;
use crate::source::FileSystem;

/// Largest file that is read, in bytes.
pub const FILE_LIMIT: u64 = 32_000_000;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path as given or found.
    pub path: PathBuf,
    /// Whether it was named, and not found in a folder.
    pub named: bool,
}

/// What to lint.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Files on disk, sorted by path.
    pub paths: Vec<Found>,
    /// The name and the text of standard input, when it was asked for.
    pub stdin: Option<(PathBuf, String)>,
}

/// How to lint.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Rules to run, by id; empty means those that are on by default.
    pub select: Vec<String>,
    /// Rules to leave out, by id.
    pub ignore: Vec<String>,
    /// Judge templates that others call also alone.
    pub standalone: bool,
}

/// Lints `inputs`.
pub fn lint(_files: &dyn FileSystem, _inputs: Inputs, _options: &Options) -> Report {
    Report::default()
}
