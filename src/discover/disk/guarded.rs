//! The disk of this machine, as far as a [`Boundary`] lets it be read.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Boundary, Disk, Standing, Tracked, read_regular, tracked};
use crate::source::{FileSystem, HashMap, ReadError, Refusal, is_git_name, normal_path};

/// The disk behind a boundary. Links are resolved before anything is decided, so that a link inside the root that leads
/// outside opens nothing.
#[derive(Debug)]
pub struct Guarded {
    boundary: Boundary,
    /// The working folder with links resolved; paths are relative to it.
    working: PathBuf,
    /// What folders are once links are resolved, each found out once.
    folders: Mutex<HashMap<PathBuf, Arc<ResolvedFolder>>>,
    /// What repositories track, each read when a template first loads a file.
    tracked: Mutex<HashMap<PathBuf, Arc<Result<Tracked, &'static str>>>>,
}

/// A folder with its links resolved.
#[derive(Debug)]
struct ResolvedFolder {
    path: PathBuf,
    /// By what its files may be read.
    standing: Result<Standing, Refusal>,
}

impl Guarded {
    /// The disk behind `boundary`.
    ///
    /// # Errors
    /// When there is no working folder.
    pub fn new(boundary: Boundary) -> io::Result<Self> {
        let working = std::env::current_dir()?.canonicalize()?;
        Ok(Self { boundary, working, folders: Mutex::default(), tracked: Mutex::default() })
    }

    /// What may be read.
    pub const fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// The folder at `path`, which is absolute. What does not exist lies where it would lie.
    fn folder(&self, path: &Path) -> Arc<ResolvedFolder> {
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = known.get(path) {
            return folder.clone();
        }
        let start =
            if path.starts_with(&self.working) { &self.working } else { path.ancestors().last().unwrap_or(path) };
        let at_start = || Arc::new(self.standing_of(start.canonicalize().unwrap_or_else(|_| start.to_owned())));
        let mut folder = known.entry(start.to_owned()).or_insert_with(at_start).clone();
        let mut parts = path.strip_prefix(start).unwrap_or(path).components();
        let mut here = start.to_owned();
        while let Some(part) = parts.next() {
            here.push(part);
            folder = match known.get(&here) {
                Some(folder) => folder.clone(),
                None => {
                    let whole = folder.path.join(part);
                    let Ok(kind) = whole.symlink_metadata() else {
                        return Arc::new(self.standing_of(whole.join(parts.as_path())));
                    };
                    // If one folder has several names, the system resolves them to the one that counts.
                    let is_plain = cfg!(unix) && !kind.is_symlink();
                    let resolved = if is_plain { whole } else { whole.canonicalize().unwrap_or(whole) };
                    let folder = Arc::new(self.standing_of(resolved));
                    known.insert(here.clone(), folder.clone());
                    folder
                }
            };
        }
        folder
    }

    fn standing_of(&self, path: PathBuf) -> ResolvedFolder {
        ResolvedFolder { standing: self.boundary.standing(&path), path }
    }

    /// `path`, absolute and with links resolved, and by what it may be read.
    fn locate(&self, path: &Path) -> (PathBuf, Result<Standing, Refusal>) {
        let absolute = normal_path(&self.working.join(path));
        let (Some(parent), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            let folder = self.folder(&absolute);
            return (folder.path.clone(), folder.standing.clone());
        };
        let folder = self.folder(parent);
        let whole = folder.path.join(name);
        if whole.is_symlink() {
            // A link that leads nowhere is found out when it is read.
            let target = whole.canonicalize().unwrap_or(whole);
            let standing = self.boundary.standing(&target);
            return (target, standing);
        }
        // What is permitted for a folder is so for its files, but for their own names.
        let is_special = self.boundary.named.contains(&whole) || is_git_name(name);
        let standing = if is_special || folder.standing.is_err() {
            self.boundary.standing(&whole)
        } else {
            folder.standing.clone()
        };
        (whole, standing)
    }

    /// `path` as it is opened.
    fn permitted(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let (resolved, standing) = self.locate(path);
        standing.map(|_| resolved).map_err(|refusal| self.shown(refusal))
    }

    /// `refusal` with its folder as people name it.
    fn shown(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Outside(folder) => Refusal::Outside(Disk.tidy(&folder)),
            other => other,
        }
    }

    /// Whether `repository` tracks the file at `path`, which is absolute and below it.
    fn tracks(&self, repository: &Path, path: &Path) -> Result<(), Refusal> {
        let mut known = self.tracked.lock().unwrap_or_else(PoisonError::into_inner);
        let tracked = known.entry(repository.to_owned()).or_insert_with(|| Arc::new(tracked(repository)));
        let tracked = tracked.as_ref().as_ref().map_err(|reason| Refusal::IndexUnknown(reason))?;
        match tracked.has(path.strip_prefix(repository).unwrap_or(path)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::Untracked),
            Err(reason) => Err(Refusal::IndexUnknown(reason)),
        }
    }
}

impl FileSystem for Guarded {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        // What was no link a moment ago must be none now.
        read_regular(&self.permitted(path).map_err(ReadError::Refused)?, limit, false)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.permitted(folder).map(|folder| Disk.file_names(&folder)).unwrap_or_default()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.permitted(path).is_ok_and(|path| path.is_file())
    }

    fn refusal(&self, path: &Path) -> Option<Refusal> {
        let resolved = match self.permitted(path) {
            Ok(resolved) => resolved,
            Err(refusal) => return Some(refusal),
        };
        let kind = resolved.metadata().ok()?;
        (!kind.is_file() && !kind.is_dir()).then_some(Refusal::NotRegular)
    }

    /// A folder is taken in as a whole or not at all: with names left out, it would not be what is deployed.
    fn load_refusal(&self, path: &Path) -> Option<Refusal> {
        if let Some(refusal) = self.refusal(path) {
            return Some(refusal);
        }
        match self.locate(path) {
            (resolved, Ok(Standing::Project { repository })) if resolved.is_file() => {
                self.tracks(&repository?, &resolved).err()
            }
            (resolved, Ok(_)) => Disk.file_names(&resolved).iter().find_map(|name| self.load_refusal(&path.join(name))),
            (_, Err(refusal)) => Some(self.shown(refusal)),
        }
    }

    fn is_inside(&self, path: &Path) -> bool {
        let (resolved, _) = self.locate(path);
        resolved.ancestors().any(|folder| self.boundary.roots.contains_key(folder))
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        Disk.tidy(path)
    }
}
