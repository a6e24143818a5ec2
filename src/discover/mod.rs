//! From the paths on the command line to the files to look at.
//!
//! A file that is named is always taken. A folder is walked as `git` sees it (`walk`); what is left out is counted.
//! Whether a `.json` file is a template is found out later, from its content.

mod candidate;
mod disk;
mod ignores;
mod left_out;
mod reach;
mod surroundings;
mod walk;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::finding::FileProblem;
use crate::lint::Found;
use crate::source::ProblemCode;

pub use disk::{Boundary, Disk, Guarded, Standing, Tracked, index_of, tracked};
pub use left_out::LeftOutCounts;
pub use reach::{Reach, boundary};
pub use surroundings::{Choice, ConfigError, StartFailure, Surroundings, configuration, surroundings};

use walk::Walker;

/// What lies under the given paths.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The files, each once, sorted by path.
    pub found: Vec<Found>,
    /// Folders and entries in them that could not be read.
    pub problems: Vec<FileProblem>,
    /// What was left out.
    pub left_out: LeftOutCounts,
    /// The folders with a configuration that were met.
    configured: std::collections::BTreeSet<PathBuf>,
}

/// A path that was named and cannot be looked at.
#[derive(Debug)]
pub struct PathError {
    /// The path as given.
    pub path: PathBuf,
    /// Why.
    pub reason: io::Error,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.reason.kind() {
            io::ErrorKind::NotFound => write!(f, "`{path}` does not exist; name a file or a folder that does"),
            io::ErrorKind::Other => write!(f, "`{path}` is not read: {}", self.reason),
            reason => write!(f, "`{path}` cannot be read ({reason}); check its permissions"),
        }
    }
}

impl std::error::Error for PathError {}

/// Finds the files to look at under `paths`.
///
/// # Errors
/// When one of `paths` does not exist or cannot be read at all.
pub fn discover(paths: &[PathBuf]) -> Result<Discovery, PathError> {
    let mut walker = Walker::default();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|reason| PathError { path: path.clone(), reason })?;
        if metadata.is_dir() {
            walker.walk(path)?;
        } else {
            walker.found.insert(shortened(path), true);
        }
    }
    let Walker { found, mut problems, left_out, configured, .. } = walker;
    let found = found.into_iter().map(|(path, named)| Found { path, named }).collect();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    problems.dedup();
    Ok(Discovery { found, problems, left_out, configured })
}

/// The path without a leading `./`, which only makes output longer.
fn shortened(path: &Path) -> PathBuf {
    match path.strip_prefix(".") {
        Ok(rest) if rest != Path::new("") => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// That the folder at `path` cannot be read.
fn problem_of(path: &Path, error: &io::Error) -> FileProblem {
    problem_with(&shortened(path), format!("cannot be read: {}", error.kind()), true)
}

fn problem_with(path: &Path, message: String, fails: bool) -> FileProblem {
    FileProblem { fails, ..FileProblem::new(path.to_string_lossy(), ProblemCode::UnreadableFile, message) }
}
