//! What a run may read: plain data, decided once on the command line, and the questions that it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::{Refusal, is_git_name};

/// What may be read: regular files below these folders, and the files that were named. All paths are absolute, with
/// links resolved. Nothing in a folder `.git` is ever read.
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
}
