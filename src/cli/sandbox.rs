//! What the operating system lets the worker do: read what may be read, and nothing else. That applies even if the code
//! that reads has an error.
//!
//! On Linux that is Landlock. Its rules only permit, and apply to a folder and everything below. To keep `.git` out,
//! each entry of a folder has a rule of its own. Some things cannot be kept out. The *names* in `.git` can be listed,
//! because its parent has to be. What is known of a file without opening it (that it exists, its size) is not hidden.
//! Kernels before 7.1 cover neither UDP nor sockets with names.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use crate::discover::{Boundary, index_of};

/// What a thread may read. All paths have their links resolved; what is not there is left out.
#[derive(Debug, Clone, Default)]
pub struct Readable {
    /// Folders that are read but for their `.git`: roots of projects.
    pub folders: Vec<PathBuf>,
    /// Folders that are read with everything in them: the module cache.
    pub trees: Vec<PathBuf>,
    /// Single files.
    pub files: Vec<PathBuf>,
}

impl Readable {
    /// What `boundary` permits, and the indexes of its repositories, which list the tracked files.
    pub fn within(boundary: &Boundary) -> Self {
        let repositories: BTreeSet<&PathBuf> = boundary.roots.values().flatten().collect();
        let indexes = repositories.iter().filter_map(|repository| index_of(repository));
        // In a worktree and in a submodule it is a file that leads to the index; it has no secrets.
        let links = repositories.iter().map(|repository| repository.join(".git")).filter(|git| git.is_file());
        let (rule_files, rule_folders): (Vec<&PathBuf>, Vec<&PathBuf>) =
            boundary.rules.iter().partition(|path| path.is_file());
        Self {
            folders: boundary.roots.keys().chain(&boundary.allowed).chain(rule_folders).cloned().collect(),
            trees: boundary.cache.iter().cloned().collect(),
            files: boundary.named.iter().chain(rule_files).cloned().chain(indexes).chain(links).collect(),
        }
    }
}

/// What the system enforces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SandboxState {
    /// Landlock of this version: no other file is read; with `tcp`, no connection is made, either.
    Landlock {
        /// The version of its interface.
        version: i32,
        /// Whether TCP is covered.
        tcp: bool,
    },
    /// Nothing, and why.
    Missing(String),
}

impl fmt::Display for SandboxState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Landlock { version, tcp: true } => write!(f, "Landlock ABI {version}: files, TCP"),
            Self::Landlock { version, tcp: false } => {
                write!(f, "Landlock ABI {version}: files; TCP needs Linux 6.7 or newer")
            }
            Self::Missing(reason) => write!(f, "not available: {reason}"),
        }
    }
}

/// From here on the calling thread, and each thread that it starts, reads nothing but what is `readable`, writes and
/// executes nothing, and makes no connection; as far as the system can enforce it. Files that are open stay usable.
pub fn restrict(readable: &Readable) -> SandboxState {
    system::restrict(readable).unwrap_or_else(SandboxState::Missing)
}

/// What [`restrict`] would bring about.
pub fn available() -> SandboxState {
    let trial = std::thread::Builder::new().spawn(|| restrict(&Readable::default()));
    let state = trial.map_err(|error| error.to_string()).and_then(|trial| {
        let failed = |_| "it failed when it was tried".to_owned();
        trial.join().map_err(failed)
    });
    state.unwrap_or_else(SandboxState::Missing)
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Readable, SandboxState};

    pub(super) fn restrict(_: &Readable) -> Result<SandboxState, String> {
        Err("it needs Landlock, which only Linux has".to_owned())
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, Ruleset, RulesetAttr, RulesetCreated,
        RulesetCreatedAttr, RulesetError, Scope,
    };
    use rustix::fs::{CWD, Mode, OFlags, openat};

    use super::{Readable, SandboxState};

    /// The newest interface whose restrictions are requested; an older kernel enforces those that it knows.
    const NEWEST: ABI = ABI::V10;

    /// File systems that the kernel makes up are never read, even below a root.
    const MADE_UP: [&str; 3] = ["/proc", "/sys", "/dev"];

    pub(super) fn restrict(readable: &Readable) -> Result<SandboxState, String> {
        let status = enforce(readable).map_err(|error| error.to_string())?;
        match status {
            LandlockStatus::Available { effective_abi, kernel_abi } => {
                let version = kernel_abi.unwrap_or(effective_abi as i32);
                Ok(SandboxState::Landlock { version, tcp: version >= ABI::V4 as i32 })
            }
            LandlockStatus::NotEnabled => Err("this kernel has Landlock, but it is not enabled".to_owned()),
            LandlockStatus::NotImplemented => Err("this kernel has no Landlock, or does not permit it here".to_owned()),
        }
    }

    fn enforce(readable: &Readable) -> Result<LandlockStatus, RulesetError> {
        let rules = Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::AbstractUnixSocket)?;
        let mut rules = Rules(rules.create()?);
        readable.folders.iter().try_for_each(|folder| rules.folder(folder))?;
        readable
            .trees
            .iter()
            .try_for_each(|tree| rules.allow(open(CWD, tree), AccessFs::ReadFile | AccessFs::ReadDir))?;
        readable.files.iter().try_for_each(|file| rules.allow(open(CWD, file), AccessFs::ReadFile.into()))?;
        Ok(rules.0.restrict_self()?.landlock)
    }

    /// The rules so far.
    struct Rules(RulesetCreated);

    impl Rules {
        /// Permits to read what lies in `folder`, but for `.git` and what links lead to.
        fn folder(&mut self, folder: &Path) -> Result<(), RulesetError> {
            let Some(handle) = open(CWD, folder) else { return Ok(()) };
            let holds_made_up = MADE_UP.iter().any(|made_up| Path::new(made_up).parent() == Some(folder));
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                let access = match () {
                    // Some file systems know no case.
                    () if entry.file_name().eq_ignore_ascii_case(".git") => continue,
                    () if holds_made_up && MADE_UP.iter().any(|made_up| entry.path() == Path::new(made_up)) => continue,
                    () if kind.is_dir() => AccessFs::ReadFile | AccessFs::ReadDir,
                    () if kind.is_file() => AccessFs::ReadFile.into(),
                    () => continue,
                };
                // Relative to the handle: the folder may be another one by now.
                self.allow(open(&handle, Path::new(&entry.file_name())), access)?;
            }
            self.allow(Some(handle), AccessFs::ReadDir.into())
        }

        fn allow(&mut self, handle: Option<OwnedFd>, access: BitFlags<AccessFs>) -> Result<(), RulesetError> {
            let Some(handle) = handle else { return Ok(()) };
            (&mut self.0).add_rule(PathBeneath::new(handle, access)).map(|_| ())
        }
    }

    /// What lies at `path`, to be named in a rule. A link is never followed: what it leads to may not be read for that.
    fn open(folder: impl std::os::fd::AsFd, path: &Path) -> Option<OwnedFd> {
        openat(folder, path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()).ok()
    }
}
