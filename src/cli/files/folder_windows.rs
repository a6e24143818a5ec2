//! Folders that are kept open, so that no other folder or link can take their place.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{EntryKind, WriteRefusal};

/// `FILE_LIST_DIRECTORY`.
const LIST: u32 = 1;
/// `FILE_SHARE_READ | FILE_SHARE_WRITE`: without `FILE_SHARE_DELETE`, what is open is neither renamed nor removed.
const SHARE: u32 = 3;
/// `FILE_FLAG_BACKUP_SEMANTICS`, which opens folders.
const FOLDERS: u32 = 0x0200_0000;
/// `FILE_FLAG_OPEN_REPARSE_POINT`, which opens a link itself.
const NO_FOLLOW: u32 = 0x0020_0000;
/// `FILE_ATTRIBUTE_REPARSE_POINT`: links, junctions and the like.
const LINK: u32 = 0x400;

/// A folder that is open, and all that lead to it from the first.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Kept open, so that the folders cannot be moved.
    handles: Vec<Arc<File>>,
}

fn handle(path: &Path, flags: u32) -> io::Result<Arc<File>> {
    let mut options = OpenOptions::new();
    let file = options.access_mode(LIST).share_mode(SHARE).custom_flags(FOLDERS | flags).open(path)?;
    let data = file.metadata()?;
    match data.is_dir() && (flags & NO_FOLLOW == 0 || data.file_attributes() & LINK == 0) {
        true => Ok(Arc::new(file)),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}

impl Folder {
    /// Opens `path`; links in it are followed.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let handle = handle(path, 0)?;
        Ok(Self { path: fs::canonicalize(path)?, handles: vec![handle] })
    }

    /// The folder `name` in this one; a link is none.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub(super) fn child(&self, name: &OsStr) -> io::Result<Self> {
        let path = self.path.join(name);
        let handles = self.handles.iter().cloned().chain([handle(&path, NO_FOLLOW)?]).collect();
        Ok(Self { path, handles: handles })
    }

    /// What is called `name` in this folder; nothing when there is no such entry.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub(super) fn entry(&self, name: &OsStr) -> io::Result<Option<EntryKind>> {
        match fs::symlink_metadata(self.path.join(name)) {
            Ok(data) if data.file_attributes() & LINK != 0 => Ok(Some(EntryKind::Link)),
            Ok(data) => Ok(Some(if data.is_file() { EntryKind::File } else { EntryKind::Other })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the file `name` for reading; a link is not followed.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn read(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(NO_FOLLOW).open(self.path.join(name))
    }

    /// Opens the device or pipe `name` for writing.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn stream(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().write(true).custom_flags(NO_FOLLOW).open(self.path.join(name))
    }

    /// Makes the file `name`, which must not be there. Who may read it follows from the folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create(&self, name: &OsStr, _private: bool) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.path.join(name))
    }

    /// Gives the file `from` the name `to`; what had it is gone.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    /// Removes the file `name`.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }
}

/// Whether `file` has other names. The standard library does not provide that on Windows.
///
/// # Errors
/// Never.
pub(super) fn has_other_names(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Gives `new` the permissions of `old`.
///
/// # Errors
/// When that cannot be done.
pub(super) fn keep_permissions(old: &File, new: &File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

/// Owner and lists of access follow from the folder.
///
/// # Errors
/// Never.
pub(super) fn keep_owner(_: &File, _: &File) -> Result<(), WriteRefusal> {
    Ok(())
}
