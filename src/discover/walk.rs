//! Walking folders: which files are taken, and what is left out and why.
//!
//! A folder is walked as `git` sees it: what a `.gitignore` of the repository excludes is left out, so are hidden entries
//! and `node_modules`; but what git *tracks* is taken wherever it lies, because a change that is under review brings it.
//! Only the `.gitignore` files of the repository itself count, not `.ignore`, not `.git/info/exclude`, and nothing outside.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::candidate::is_candidate;
use super::disk::{Disk, Tracked, repository_of, tracked};
use super::ignores::{IgnoreFileReader, Ignores};
use super::left_out::LeftOutCounts;
use super::{PathError, problem_of, problem_with, shortened};
use crate::config::FILE_NAMES;
use crate::finding::{FileProblem, LeftOutReason};
use crate::source::{FileSystem, normal_path};

/// What walks have found so far.
#[derive(Debug, Default)]
pub(super) struct Walker {
    /// The files that may be templates or parameter files, and whether they were named.
    pub(super) found: BTreeMap<PathBuf, bool>,
    /// Folders and entries in them that could not be read.
    pub(super) problems: Vec<FileProblem>,
    /// What was left out.
    pub(super) left_out: LeftOutCounts,
    /// The folders in which a configuration lies.
    pub(super) configured: BTreeSet<PathBuf>,
    patterns: IgnoreFileReader,
}

/// A folder to read.
struct WalkedFolder {
    /// Its path, as it is shown.
    path: PathBuf,
    /// The same, absolute.
    absolute: PathBuf,
    /// The repository that it lies in.
    repository: Option<Rc<WalkedRepository>>,
    /// The ignore files that count in it, the innermost first.
    ignores: Option<Rc<Ignores>>,
    /// Why it is left out, but for what git tracks in it.
    reason: Option<LeftOutCause>,
}

/// Why something is left out, and the file that causes it.
type LeftOutCause = (LeftOutReason, Option<Rc<Path>>);

/// A git repository.
struct WalkedRepository {
    root: PathBuf,
    tracked: OnceCell<Result<Tracked, &'static str>>,
}

impl WalkedRepository {
    fn new(root: PathBuf) -> Rc<Self> {
        Rc::new(Self { root, tracked: OnceCell::new() })
    }

    /// Whether git tracks the entry at `absolute` or, where that is a folder, something in it. The index is read only
    /// when something would be left out.
    fn tracks(&self, absolute: &Path, is_folder: bool) -> bool {
        let (Ok(path), Ok(tracked)) =
            (absolute.strip_prefix(&self.root), self.tracked.get_or_init(|| tracked(&self.root)))
        else {
            return false;
        };
        tracked.lists(path) || is_folder && tracked.lists_below(path)
    }

    /// The problem that it is not known what git tracks, if that was needed.
    fn problem(&self) -> Option<FileProblem> {
        let why = self.tracked.get()?.as_ref().err()?;
        let message = format!("what git tracks is not known, so what is ignored or hidden was left out: {why}");
        Some(problem_with(&Disk.tidy(&self.root.join(".git")), message, true))
    }
}

impl Walker {
    /// Walks the folder at `path`.
    ///
    /// # Errors
    /// When it cannot be read itself.
    pub(super) fn walk(&mut self, path: &Path) -> Result<(), PathError> {
        let failed = |reason| PathError { path: path.to_owned(), reason };
        let absolute = normal_path(&std::env::current_dir().map_err(failed)?.join(path));
        let root = repository_of(&absolute);
        let repository = root.clone().map(WalkedRepository::new);
        let mut ignores = None;
        // Ignore files between the repository's root and this folder apply here, too.
        if let Some(root) = &root {
            let above: Vec<&Path> =
                absolute.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).collect();
            for folder in above.into_iter().rev() {
                let shown = Disk.tidy(folder);
                ignores = self.patterns.read(folder, &shown, ignores, &mut self.problems);
            }
        }
        let mut repositories: Vec<Rc<WalkedRepository>> = repository.iter().cloned().collect();
        let mut pending = vec![WalkedFolder { path: path.to_owned(), absolute, repository, ignores, reason: None }];
        let mut is_root = true;
        while let Some(folder) = pending.pop() {
            match self.folder(&folder, is_root, &mut repositories, &mut pending) {
                Ok(()) => {}
                Err(reason) if is_root => return Err(failed(reason)),
                Err(error) => self.problems.push(problem_of(&folder.path, &error)),
            }
            is_root = false;
        }
        self.problems.extend(repositories.iter().filter_map(|repository| repository.problem()));
        Ok(())
    }

    /// Takes the files in `folder`, and adds the folders in it to `pending`.
    fn folder(
        &mut self,
        folder: &WalkedFolder,
        is_root: bool,
        repositories: &mut Vec<Rc<WalkedRepository>>,
        pending: &mut Vec<WalkedFolder>,
    ) -> io::Result<()> {
        let mut entries: Vec<(OsString, FileType)> = Vec::new();
        for entry in fs::read_dir(&folder.path)? {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok(entry) => entries.push(entry),
                Err(error) => self.problems.push(problem_of(&folder.path, &error)),
            }
        }
        let has = |name: &str| entries.iter().any(|(entry, _)| entry == name);
        let (mut repository, mut ignores) = (folder.repository.clone(), folder.ignores.clone());
        if has(".git") && !is_root {
            // A submodule: other ignores, and an index of its own.
            let submodule = WalkedRepository::new(folder.absolute.clone());
            repositories.push(submodule.clone());
            (repository, ignores) = (Some(submodule), None);
        }
        if repository.is_some() && has(".gitignore") {
            ignores = self.patterns.read(&folder.absolute, &folder.path, ignores, &mut self.problems);
        }
        for (name, kind) in entries.iter().filter(|(name, _)| name != ".git") {
            let (path, absolute) = (folder.path.join(name), folder.absolute.join(name));
            let is_folder = kind.is_dir();
            let is_config = FILE_NAMES.iter().any(|config| name == config) && !is_folder;
            if kind.is_symlink() && path.is_dir() {
                self.link(&path, folder);
                continue;
            }
            if !is_folder && !is_config && !is_candidate(&path) {
                continue;
            }
            let reason = folder.reason.clone().or_else(|| reason_of(name, &absolute, is_folder, ignores.as_deref()));
            let tracks = || repository.as_ref().is_some_and(|repository| repository.tracks(&absolute, is_folder));
            if is_config {
                // Its own name may be hidden, but its content counts.
                if folder.reason.is_none() || tracks() {
                    self.configured.insert(folder.path.clone());
                }
            } else if is_folder {
                match reason {
                    Some(reason) if !tracks() => self.left_out.folder(reason, shortened(&path)),
                    reason => pending.push(WalkedFolder {
                        path,
                        absolute,
                        repository: repository.clone(),
                        ignores: ignores.clone(),
                        reason,
                    }),
                }
            } else {
                match reason {
                    Some(reason) if !tracks() => self.left_out.file(reason, shortened(&path)),
                    _ => self.file(kind, &path),
                }
            }
        }
        Ok(())
    }

    /// Takes the candidate at `path`. Whether what a link leads to may be read is found out when it is read.
    fn file(&mut self, kind: &FileType, path: &Path) {
        let path = shortened(path);
        if kind.is_file() || kind.is_symlink() {
            self.found.entry(path).or_insert(false);
        } else {
            self.left_out.file((LeftOutReason::NotRegular, None), path);
        }
    }

    /// Counts a link to a folder that is not part of the project: nothing in it is seen.
    fn link(&mut self, path: &Path, folder: &WalkedFolder) {
        let root = folder.repository.as_ref().map_or(&folder.absolute, |repository| &repository.root);
        let is_inside = path.canonicalize().and_then(|target| Ok(target.starts_with(root.canonicalize()?)));
        if !is_inside.unwrap_or(false) {
            self.left_out.folder((LeftOutReason::Link, None), shortened(path));
        }
    }
}

/// Why an entry is left out unless git tracks it.
fn reason_of(name: &OsStr, absolute: &Path, is_folder: bool, ignores: Option<&Ignores>) -> Option<LeftOutCause> {
    if let Some(file) = ignores.and_then(|ignores| ignores.ignore(absolute, is_folder)) {
        return Some((LeftOutReason::Ignored, Some(file)));
    }
    if name.as_encoded_bytes().starts_with(b".") {
        return Some((LeftOutReason::Hidden, None));
    }
    (is_folder && name == "node_modules").then_some((LeftOutReason::NodeModules, None))
}
