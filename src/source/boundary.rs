//! What a run may read: plain data, decided once on the command line, and the questions that it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// What may be read: regular files below these folders, and the files that were named. All paths are absolute, with
/// links resolved. Whatever it holds, nothing in a folder `.git` is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boundary {
    /// The roots of the projects: for each the repository in which it lies, if any. There, a template may load (with
    /// `loadTextContent` and its like) only what that repository tracks.
    pub roots: BTreeMap<PathBuf, Option<PathBuf>>,
    /// Folders that the command line permits (`--allow-read`).
    pub allowed: BTreeSet<PathBuf>,
    /// Folders and files with rules that the command line names. No file of a project is permitted by them: the rules are
    /// read because they are named, not because something refers to them.
    pub rules: BTreeSet<PathBuf>,
    /// The module cache.
    pub cache: Option<PathBuf>,
    /// Single files that the command line names: parameter files, a configuration, a baseline.
    pub named: BTreeSet<PathBuf>,
}

/// By what a file may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It lies below a root, in this repository if in any.
    Project {
        /// The folder of the repository.
        repository: Option<PathBuf>,
    },
    /// The command line permits or names it.
    Allowed,
    /// It lies in the module cache.
    Cached,
}

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

impl Boundary {
    /// By what the regular file, or the folder, at `path` may be read; `path` is absolute, with links resolved.
    ///
    /// # Errors
    /// When it may not.
    pub fn standing(&self, path: &Path) -> Result<Standing, Refusal> {
        let holder = match self.named.contains(path) {
            true => Some((Path::new(""), Standing::Allowed)),
            false => self.holder(path),
        };
        let is_made_up = |folder: &&str| {
            path.starts_with(folder) && !holder.as_ref().is_some_and(|(holder, _)| holder.starts_with(folder))
        };
        if ["/proc", "/sys", "/dev"].iter().any(is_made_up) {
            return Err(Refusal::NotRegular);
        }
        let (holder, standing) = holder.ok_or_else(|| Refusal::Outside(path.parent().unwrap_or(path).to_owned()))?;
        if path.strip_prefix(holder).unwrap_or(path).components().any(|part| is_git_name(part.as_os_str())) {
            return Err(Refusal::Git);
        }
        Ok(standing)
    }

    /// The folder by which `path` may be read: one that the command line permits, else a root, else the module cache.
    fn holder<'p>(&self, path: &'p Path) -> Option<(&'p Path, Standing)> {
        let allowed = path.ancestors().find(|folder| self.allowed.contains(*folder));
        let root = || path.ancestors().find_map(|folder| Some((folder, self.roots.get(folder)?)));
        let cache = || path.ancestors().find(|folder| self.cache.as_deref() == Some(folder));
        allowed
            .map(|folder| (folder, Standing::Allowed))
            .or_else(|| {
                root().map(|(folder, repository)| (folder, Standing::Project { repository: repository.clone() }))
            })
            .or_else(|| cache().map(|folder| (folder, Standing::Cached)))
    }
}

/// Whether a part of a path is `.git`, or one of the names by which some system finds that folder, too: Windows knows
/// no case, no points and spaces at the end, and streams behind a colon; macOS leaves out characters that show nothing.
pub(super) fn is_git_name(name: &OsStr) -> bool {
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
    fn standings() {
        let project = |repository: Option<&str>| Ok(Standing::Project { repository: repository.map(PathBuf::from) });
        let outside = |folder: &str| Err(Refusal::Outside(folder.into()));
        let boundary = Boundary {
            roots: BTreeMap::from([
                ("/r".into(), Some("/r".into())),
                ("/plain".into(), None),
                ("/dev/shm/p".into(), None),
            ]),
            allowed: BTreeSet::from(["/r/free".into(), "/other".into()]),
            rules: BTreeSet::from(["/r/house".into(), "/rules".into()]),
            cache: Some("/home/u/.bicep".into()),
            named: BTreeSet::from(["/etc/prod.json".into()]),
        };
        #[rustfmt::skip]
        let cases = [
            ("/r/a/main.bicep", project(Some("/r"))),
            ("/r/.github/a.bicep", project(Some("/r"))),
            ("/plain/x", project(None)),
            ("/r/free/x", Ok(Standing::Allowed)),
            ("/other/a/x", Ok(Standing::Allowed)),
            ("/r/house/x", project(Some("/r"))),
            ("/rules/x", outside("/rules")),
            ("/etc/prod.json", Ok(Standing::Allowed)),
            ("/home/u/.bicep/br/x/main.json", Ok(Standing::Cached)),
            ("/dev/shm/p/x", project(None)),
            ("/dev/zero", Err(Refusal::NotRegular)),
            ("/proc/1/environ", Err(Refusal::NotRegular)),
            ("/etc/dev.json", outside("/etc")),
            ("/rr/x", outside("/rr")),
            ("/x", outside("/")),
            ("/r/.git/config", Err(Refusal::Git)),
            ("/r/free/.git/config", Err(Refusal::Git)),
            ("/r/a/.GIT./x", Err(Refusal::Git)),
        ];
        for (path, expected) in cases {
            assert_eq!(boundary.standing(Path::new(path)), expected, "{path}");
        }
        let everything = Boundary { roots: BTreeMap::from([("/".into(), None)]), ..Boundary::default() };
        assert_eq!(everything.standing(Path::new("/proc/self/environ")), Err(Refusal::NotRegular));
        assert_eq!(everything.standing(Path::new("/etc/x")), project(None));
    }

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
