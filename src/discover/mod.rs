//! From the paths on the command line to the files to look at.
//!
//! A file that is named is always taken. A folder is walked as `git` sees it: what `.gitignore` excludes,
//! hidden entries and `node_modules` are left out, links to folders are not followed. Whether a `.json` file
//! is a template is told later, by its content.

mod reach;
mod surroundings;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use crate::finding::FileProblem;
use crate::lint::Found;
use crate::source::{Problem, ProblemCode, TextRange};

pub use reach::{Reach, boundary};
pub use surroundings::{Choice, ConfigError, Failed, Surroundings, configuration, surroundings};

/// Extensions of files that may be templates or parameter files, ASCII case ignored.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// What lies under the given paths.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The files, each once, sorted by path.
    pub found: Vec<Found>,
    /// Folders and entries in them that could not be read.
    pub problems: Vec<FileProblem>,
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
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|reason| PathError { path: path.clone(), reason })?;
        if metadata.is_dir() {
            walk(path, &mut found, &mut problems)?;
        } else {
            found.insert(shortened(path), true);
        }
    }
    let found = found.into_iter().map(|(path, named)| Found { path, named }).collect();
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Discovery { found, problems })
}

/// Adds the candidates under the folder `root` to `found`, unless they were named.
fn walk(root: &Path, found: &mut BTreeMap<PathBuf, bool>, problems: &mut Vec<FileProblem>) -> Result<(), PathError> {
    let entries = WalkBuilder::new(root).filter_entry(|entry| entry.file_name() != "node_modules").build();
    for entry in entries {
        match entry {
            Ok(entry) if is_candidate(&entry) => {
                found.entry(shortened(entry.path())).or_insert(false);
            }
            Ok(_) => {}
            Err(error) if error.depth() == Some(0) => {
                let reason = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                return Err(PathError { path: root.to_owned(), reason });
            }
            Err(error) => problems.push(unreadable(root, &error)),
        }
    }
    Ok(())
}

fn is_candidate(entry: &DirEntry) -> bool {
    let extension = entry.path().extension().and_then(OsStr::to_str);
    let known = extension.is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)));
    // A link is taken unless it leads to a folder; one that leads nowhere is found out when it is read.
    let is_file = |kind: FileType| kind.is_file() || kind.is_symlink() && !entry.path().is_dir();
    known && entry.file_type().is_some_and(is_file)
}

/// The path without a leading `./`, which only makes output longer.
fn shortened(path: &Path) -> PathBuf {
    match path.strip_prefix(".") {
        Ok(rest) if rest != Path::new("") => rest.to_owned(),
        _ => path.to_owned(),
    }
}

fn unreadable(root: &Path, error: &ignore::Error) -> FileProblem {
    let path = path_of(error).unwrap_or(root);
    let reason = error.io_error().map_or_else(|| error.to_string(), |error| error.kind().to_string());
    let problem = Problem {
        code: ProblemCode::UnreadableFile,
        range: TextRange::default(),
        message: format!("cannot be read: {reason}"),
    };
    FileProblem { path: shortened(path).to_string_lossy().into_owned(), span: None, problem, fails: true }
}

/// The path that an error of the walk speaks of.
fn path_of(mut error: &ignore::Error) -> Option<&Path> {
    loop {
        match error {
            ignore::Error::WithPath { path, .. } => return Some(path),
            ignore::Error::Loop { child, .. } => return Some(child),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error = err,
            _ => return None,
        }
    }
}
