//! Folders by handle: what is opened, made and renamed in one is in that folder, wherever its path leads meanwhile.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, renameat, statat, unlinkat};

use super::{EntryKind, WriteRefusal};

/// Permissions of a file without what runs it as somebody else, which a kernel also takes from a file that is written.
const PERMISSIONS: u32 = 0o777;

/// A folder that is open.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

impl Folder {
    /// Opens `path`; links in it are followed.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?))
    }

    /// The folder `name` in this one; a link is none.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub(super) fn child(&self, name: &OsStr) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(openat(&self.0, name, flags, Mode::empty())?))
    }

    /// What is called `name` in this folder; nothing when there is no such entry.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub(super) fn entry(&self, name: &OsStr) -> io::Result<Option<EntryKind>> {
        match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => EntryKind::File,
                FileType::Symlink => EntryKind::Link,
                FileType::Fifo | FileType::CharacterDevice => EntryKind::Stream,
                _ => EntryKind::Other,
            })),
            Err(error) if error == rustix::io::Errno::NOENT => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens the file `name` for reading; a link is not followed, and nothing is waited for.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn read(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(openat(&self.0, name, flags, Mode::empty())?.into())
    }

    /// Opens the device or pipe `name` for writing, and waits until a pipe has a reader.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn stream(&self, name: &OsStr) -> io::Result<File> {
        Ok(openat(&self.0, name, OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?.into())
    }

    /// Creates the file `name`, which must not exist. Only the user can read a `private` one.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create(&self, name: &OsStr, private: bool) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(if private { 0o600 } else { 0o666 });
        Ok(openat(&self.0, name, flags, mode)?.into())
    }

    /// Gives the file `from` the name `to`; what had it is gone.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    /// Removes the file `name`.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }
}

/// Whether `file` has other names, which would keep the old content.
///
/// # Errors
/// When it cannot be looked at.
pub(super) fn has_other_names(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 1)
}

/// Gives `new` the permissions of `old`.
///
/// # Errors
/// When that cannot be done.
pub(super) fn keep_permissions(old: &File, new: &File) -> io::Result<()> {
    new.set_permissions(Permissions::from_mode(old.metadata()?.mode() & PERMISSIONS))
}

/// Gives `new` owner, group and extended attributes of `old`.
///
/// # Errors
/// What of these cannot be kept.
pub(super) fn keep_owner(old: &File, new: &File) -> Result<(), WriteRefusal> {
    let (had, has) = (old.metadata()?, new.metadata()?);
    if (had.uid(), had.gid()) != (has.uid(), has.gid()) {
        let kept = fchown(new, Some(had.uid()), Some(had.gid()));
        kept.map_err(|error| WriteRefusal::Skipped(format!("its owner cannot be kept ({error})")))?;
    }
    attributes::keep(old, new)
}

/// Extended attributes: lists of access, labels, notes of programs.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
mod attributes {
    use std::ffi::CStr;
    use std::fs::File;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    use rustix::io::{Errno, Result};

    use super::super::WriteRefusal;

    /// Bytes that the names, and each value, have at most; so it is on Linux.
    const MOST: usize = 1 << 16;

    pub(super) fn keep(old: &File, new: &File) -> std::result::Result<(), WriteRefusal> {
        let refusal = |name: &CStr, error: Errno| {
            let name = name.to_string_lossy().into_owned();
            WriteRefusal::Skipped(format!("its extended attribute `{name}` cannot be kept ({error})"))
        };
        let mut names = Vec::with_capacity(MOST);
        match flistxattr(old, rustix::buffer::spare_capacity(&mut names)) {
            Ok(_) => {}
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(()),
            Err(error) => {
                return Err(WriteRefusal::Skipped(format!("its extended attributes cannot be read ({error})")));
            }
        }
        for name in names.split_inclusive(|byte| *byte == 0) {
            let Ok(name) = CStr::from_bytes_with_nul(name) else { continue };
            let value = value(old, name).map_err(|error| refusal(name, error))?;
            // A label that the system gives every file is there already.
            if self::value(new, name).is_ok_and(|has| has == value) {
                continue;
            }
            fsetxattr(new, name, &value, XattrFlags::empty()).map_err(|error| refusal(name, error))?;
        }
        Ok(())
    }

    fn value(file: &File, name: &CStr) -> Result<Vec<u8>> {
        let mut value = Vec::with_capacity(MOST);
        fgetxattr(file, name, rustix::buffer::spare_capacity(&mut value))?;
        Ok(value)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
mod attributes {
    use std::fs::File;

    use super::super::WriteRefusal;

    pub(super) fn keep(_: &File, _: &File) -> Result<(), WriteRefusal> {
        Ok(())
    }
}
