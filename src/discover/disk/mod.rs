//! The disk of this machine: the only code that opens files of a project.

mod boundary;
mod git_index;
mod guarded;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub use boundary::{Boundary, Standing};
pub use git_index::{Tracked, index_of, tracked};
pub use guarded::Guarded;

use crate::source::{FileSystem, ReadError, Refusal, normal_path, seen_from, within};

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        read_regular(path, limit, true)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.path().is_file());
        files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    /// As seen from the working folder, unless there is nothing in common with that.
    fn tidy(&self, path: &Path) -> PathBuf {
        static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
        match FOLDER.get_or_init(|| std::env::current_dir().ok()) {
            Some(folder) => seen_from(folder, &normal_path(&folder.join(path))),
            None => normal_path(path),
        }
    }
}

/// The bytes of the regular file at `path`; links in its last part are followed only if `follow`.
///
/// # Errors
/// When it cannot be read, is no regular file, or is larger than `limit` bytes.
pub(super) fn read_regular(path: &Path, limit: u64, follow: bool) -> Result<Vec<u8>, ReadError> {
    let file = open_regular(path, follow)?;
    let size = file.metadata().map_err(ReadError::Io)?.len();
    if size > limit {
        return Err(ReadError::TooLarge { size, limit });
    }
    // A file may grow: never take in more than the limit.
    let mut bytes = Vec::with_capacity(size as usize + 1);
    file.take(limit + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    within(bytes, limit)
}

/// Opens the regular file at `path`, without blocking: opening a pipe without a writer would never end.
///
/// # Errors
/// When it cannot be opened or is no regular file.
fn open_regular(path: &Path, follow: bool) -> Result<std::fs::File, ReadError> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;

        let links = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | links).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags as i32);
    }
    #[cfg(not(unix))]
    if !follow && path.is_symlink() {
        return Err(ReadError::Refused(Refusal::NotRegular));
    }
    let file = options.open(path).map_err(|error| match path.metadata() {
        // A sandbox does not permit to open it.
        Ok(kind) if !kind.is_file() => ReadError::Refused(Refusal::NotRegular),
        _ => ReadError::Io(error),
    })?;
    // The handle is checked, not the path, which may lead elsewhere by now.
    match file.metadata().map_err(ReadError::Io)?.is_file() {
        true => Ok(file),
        false => Err(ReadError::Refused(Refusal::NotRegular)),
    }
}

/// The repository in which `folder` lies: the nearest folder upward with a `.git`, which may be a file (in a worktree or
/// a submodule). `folder` is absolute.
pub(super) fn repository_of(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}
