//! Why something is not read.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why something is not read although a file of the project names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is written in a form that is not followed on any system: which one.
    Form(&'static str),
    /// It lies outside the root. The folder in which it lies, to be opened.
    Outside(PathBuf),
    /// It lies in a folder `.git`.
    Git,
    /// It is a device, a pipe, a socket, or something that the kernel makes up.
    NotRegular,
    /// A template loads it, and git does not track it.
    Untracked,
    /// A template loads it, and it cannot be found out what git tracks: why not.
    IndexUnknown(&'static str),
}

impl Refusal {
    /// The refusal of a folder: what has to be permitted is the folder itself, at `path`.
    #[must_use]
    pub fn of_folder(self, path: &Path) -> Self {
        match self {
            Self::Outside(_) => Self::Outside(path.to_owned()),
            other => other,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(form) => write!(
                f,
                "is {form}, which is never followed; use a relative path, and `--allow-read DIR` if it leads outside \
                 the root"
            ),
            Self::Outside(folder) => {
                let folder = folder.to_string_lossy().replace('\\', "/");
                write!(f, "is outside the root and was not read; `--allow-read {folder}` permits it")
            }
            Self::Git => write!(f, "is inside a folder `.git`, where nothing is ever read"),
            Self::NotRegular => write!(f, "is not a regular file and was not read"),
            Self::Untracked => write!(
                f,
                "is not tracked by git and was not read; run `git add` on it, or pass `--allow-read` with its folder"
            ),
            Self::IndexUnknown(reason) => write!(
                f,
                "was not read, because it is unknown whether git tracks it: {reason}; `--allow-read` with its folder \
                 permits it"
            ),
        }
    }
}

/// Whether a part of a path is `.git`, or one of the names by which some system finds that folder, too: Windows knows
/// no case, no points and spaces at the end, and streams behind a colon; macOS leaves out characters that show nothing.
pub(crate) fn is_git_name(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    if !name.starts_with(['.', 'g', 'G']) && !name.starts_with(is_left_out) {
        return false;
    }
    let name: String = name.chars().filter(|c| !is_left_out(*c)).collect::<String>().to_ascii_lowercase();
    let name = name.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    let is_short = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    name == ".git" || name.strip_prefix("git~").is_some_and(is_short)
}

/// Whether HFS+ takes no notice of a character in names.
fn is_left_out(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_folder_of_git() {
        #[rustfmt::skip]
        let cases = [
            (".git", true), (".GIT", true), (".Git", true), ("git~1", true), ("GIT~12", true), (".git.", true),
            (".git . .", true), (".git::$INDEX_ALLOCATION", true), (".git:x", true), (".g\u{200c}it", true),
            ("\u{feff}.git", true), ("git~1.", true),
            ("git", false), (".github", false), (".gitignore", false), ("git~", false), ("git~a", false), ("a.git", false),
            ("", false), (".gıt", false),
        ];
        for (name, expected) in cases {
            assert_eq!(is_git_name(name.as_ref()), expected, "{name:?}");
        }
    }
}
