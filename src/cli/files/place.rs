//! Where a file may be written: which folder, opened step by step, and under which name.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::folder::Folder;
use super::{EntryKind, WriteRefusal};
use crate::source::normal_path;

/// A name in a folder that is open.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    /// Its path, absolute and without links.
    pub(super) path: PathBuf,
    pub(super) folder: Arc<Folder>,
    pub(super) name: OsString,
}

impl Destination {
    /// The place of an output that was named on the command line. How a user comes to the project, or to a folder that is
    /// in none, is the user's business; below the working folder, and below each repository, no link is followed.
    ///
    /// # Errors
    /// When the folder cannot be opened, a link leads there, or it is git's own.
    pub(super) fn of_output(path: &Path) -> Result<Self, WriteRefusal> {
        let here = env::current_dir()?;
        let path = normal_path(&here.join(path));
        let folder = path.parent().ok_or(io::ErrorKind::InvalidFilename)?;
        let is_project = |folder: &&Path| *folder == here || folder.join(".git").symlink_metadata().is_ok();
        let start = folder.ancestors().filter(is_project).last().unwrap_or(folder);
        Self::below(start, &path)
    }

    /// The place of a file of the project, where links to it lead. That has to be below one of `roots`, and is reached
    /// from there without a link.
    ///
    /// # Errors
    /// When it is not there, or cannot be reached so.
    pub(super) fn of_file(path: &Path, roots: &[PathBuf]) -> Result<Self, WriteRefusal> {
        let path = path.canonicalize()?;
        let here = env::current_dir()?;
        let roots = roots.iter().filter_map(|root| here.join(root).canonicalize().ok());
        let outside = || WriteRefusal::Skipped("it lies outside the project".to_owned());
        let start = roots.filter(|root| path.starts_with(root)).min_by_key(|root| root.as_os_str().len());
        Self::below(&start.ok_or_else(outside)?, &path)
    }

    /// `path`, which is below the folder `start`.
    fn below(start: &Path, path: &Path) -> Result<Self, WriteRefusal> {
        if path.components().any(|part| is_git(part.as_os_str())) {
            return Err(WriteRefusal::Skipped("it lies in `.git`, where armguard writes nothing".to_owned()));
        }
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        let mut folder = Folder::open(start)?;
        let way = path.parent().and_then(|parent| parent.strip_prefix(start).ok());
        for part in way.into_iter().flat_map(Path::components) {
            let Component::Normal(part) = part else {
                return Err(io::Error::from(io::ErrorKind::InvalidFilename).into());
            };
            folder = match folder.child(part) {
                Ok(child) => child,
                Err(_) if matches!(folder.entry(part), Ok(Some(EntryKind::Link))) => {
                    let part = part.display();
                    return Err(WriteRefusal::Skipped(format!("`{part}` on the way there is a symbolic link")));
                }
                Err(error) => return Err(error.into()),
            };
        }
        Ok(Self { path: path.to_owned(), folder: Arc::new(folder), name })
    }

    /// What is there; nothing when the name is free.
    ///
    /// # Errors
    /// When it is a link, a folder or the like, or it cannot be found out.
    pub(super) fn entry(&self) -> Result<Option<EntryKind>, WriteRefusal> {
        match self.folder.entry(&self.name)? {
            Some(EntryKind::Link) => Err(WriteRefusal::Skipped("it is a symbolic link".to_owned())),
            Some(EntryKind::Other) => Err(WriteRefusal::Skipped("it is not a regular file".to_owned())),
            entry => Ok(entry),
        }
    }
}

/// Whether some system takes `name` for git's folder: in any case, with blanks and dots at its end, as the short name that
/// Windows gives it, as a stream of it, behind a backslash, or with the characters that a Mac leaves out.
fn is_git(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.split('\\').any(|part| {
        let part = part.split(':').next().unwrap_or_default();
        let seen: String = part.chars().filter(|character| !is_left_out(*character)).collect();
        let seen = seen.trim_end_matches(['.', ' ']).to_ascii_lowercase();
        let short = seen.strip_prefix("git~").is_some_and(|rest| rest.chars().all(|digit| digit.is_ascii_digit()));
        seen == ".git" || short
    })
}

/// Characters that HFS+ does not see in names.
const fn is_left_out(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_folder_of_git() {
        let ours = [".git", ".GIT", ".Git. ", "git~1", "GIT~2", ".git::$INDEX_ALLOCATION", "x\\.git", ".g\u{200c}it"];
        for name in ours {
            assert!(is_git(OsStr::new(name)), "{name}");
        }
        for name in ["git", ".gitignore", ".github", "x.git", "git~x", ".git2", "..git"] {
            assert!(!is_git(OsStr::new(name)), "{name}");
        }
    }
}
