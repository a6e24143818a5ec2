//! What to read, and how what is read came into the project.

use std::path::PathBuf;

use crate::config::Config;
use crate::source::{Cancel, Root};

/// Largest file that is read, in bytes: whether a JSON file is a template shows its text only.
pub const FILE_LIMIT: u64 = 32_000_000;

/// Largest template or parameter file, in bytes. Azure takes 4 MB; what is read takes up to 60 times as much memory.
pub(super) const TEMPLATE_LIMIT: u64 = 8_000_000;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path as given or found.
    pub path: PathBuf,
    /// Whether it was named, and not found in a folder.
    pub named: bool,
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The files to check, sorted by path.
    pub paths: Vec<Found>,
    /// The files of the project around them: callers and parameter files are looked for there.
    pub around: Vec<PathBuf>,
    /// The name and the text of standard input, when it is to be checked. A file of that name is not read.
    pub stdin: Option<(PathBuf, String)>,
    /// Where `bicep restore` leaves modules, when `bicepconfig.json` does not set it.
    pub module_cache: Option<PathBuf>,
    /// The configurations.
    pub configs: Vec<Config>,
    /// The roots of the projects in which these files lie.
    pub roots: Vec<Root>,
    /// Values from the command line.
    pub values: Values,
    /// Ends the run early.
    pub cancel: Cancel,
    /// The environment variables that the command line names, each with its value when it is set. All others are not
    /// known: a verdict that depends on one would reveal it.
    pub environment: Vec<(String, Option<String>)>,
}

/// Values of parameters that the command line gives; they come before all others.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// A parameter file for the templates that are named.
    pub file: Option<PathBuf>,
    /// Names and values as typed: a value is text, unless the parameter is no string and it is JSON.
    pub set: Vec<(String, String)>,
}

/// How a file came into the project, what counts most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It was named.
    Named,
    /// It lies in a folder that was named.
    Found,
    /// It lies in the project around what was named.
    Around,
    /// Another file refers to it.
    Referenced,
    /// Another file refers to it, and it lies in a module cache: it is read-only.
    Cached,
}

impl Role {
    /// Whether it is to be checked.
    pub fn is_shown(self) -> bool {
        matches!(self, Self::Named | Self::Found)
    }

    /// Whether it is one of the project's own, referred to or not.
    pub fn is_given(self) -> bool {
        matches!(self, Self::Named | Self::Found | Self::Around)
    }
}
