//! The `.gitignore` files of a repository. A pull request brings them along, so what they may cost is limited.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::problem_with;
use crate::finding::FileProblem;

/// The name of these files.
const NAME: &str = ".gitignore";

/// Most bytes of one file. A larger one does not apply: compiling patterns costs far more than reading them.
const LIMIT: u64 = 100_000;

/// Most bytes of all files of a run together.
const TOTAL_LIMIT: u64 = 1_000_000;

/// The ignore files that count in a folder: the innermost, and those around it.
#[derive(Debug)]
pub(super) struct Ignores {
    patterns: Gitignore,
    /// As it is shown.
    file: Rc<Path>,
    outer: Option<Rc<Self>>,
}

impl Ignores {
    /// The file that ignores the entry at the absolute `path`, if one does.
    pub(super) fn ignore(&self, path: &Path, is_folder: bool) -> Option<Rc<Path>> {
        let mut next = Some(self);
        while let Some(ignores) = next {
            match ignores.patterns.matched(path, is_folder) {
                Match::Ignore(_) => return Some(ignores.file.clone()),
                Match::Whitelist(_) => return None,
                Match::None => next = ignores.outer.as_deref(),
            }
        }
        None
    }
}

/// Reads ignore files, within limits on all of them together.
#[derive(Debug, Default)]
pub(super) struct IgnoreFileReader {
    /// Bytes read.
    read: u64,
}

impl IgnoreFileReader {
    /// The ignores in `folder`, which is absolute and shown as `shown`; those around it are `outer`. A file that is not
    /// read is a problem, and does not apply: then more is checked, not less.
    pub(super) fn read(
        &mut self,
        folder: &Path,
        shown: &Path,
        outer: Option<Rc<Ignores>>,
        problems: &mut Vec<FileProblem>,
    ) -> Option<Rc<Ignores>> {
        let (path, shown) = (folder.join(NAME), super::shortened(&shown.join(NAME)));
        let text = match self.text(&path) {
            Ok(Some(text)) => text,
            Ok(None) => return outer,
            Err(problem) => {
                problems.push(problem_with(&shown, format!("{problem}; it does not apply"), problem.fails));
                return outer;
            }
        };
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.lines() {
            // git passes over a line that is no pattern, too.
            let _ = builder.add_line(None, line);
        }
        match builder.build() {
            Ok(patterns) => Some(Rc::new(Ignores { patterns, file: shown.into(), outer })),
            Err(error) => {
                problems.push(problem_with(&shown, format!("{error}; it does not apply"), true));
                outer
            }
        }
    }

    /// The text of the ignore file at `path`; `None` when there is none.
    fn text(&mut self, path: &PathBuf) -> Result<Option<String>, Unread> {
        let failed = |error: io::Error| Unread { why: format!("cannot be read: {error}"), fails: true };
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if !metadata.is_file() {
            // git follows no link here, either.
            return Err(Unread { why: "is no regular file".to_owned(), fails: false });
        }
        let left = LIMIT.min(TOTAL_LIMIT.saturating_sub(self.read));
        let mut bytes = Vec::new();
        fs::File::open(path).and_then(|file| file.take(left + 1).read_to_end(&mut bytes)).map_err(failed)?;
        if bytes.len() as u64 > left {
            let why = match left {
                LIMIT => format!("has more than {} kB, which is the limit of an ignore file", LIMIT / 1000),
                _ => format!("and those before it have more than {} kB, which is the limit", TOTAL_LIMIT / 1000),
            };
            return Err(Unread { why, fails: true });
        }
        self.read += bytes.len() as u64;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// Why an ignore file does not apply.
#[derive(Debug)]
struct Unread {
    why: String,
    /// Whether that is a problem, and not just worth knowing.
    fails: bool,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "this ignore file {}", self.why)
    }
}
