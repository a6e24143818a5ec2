//! Files written whole: all of the new content, or what was there before.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::lint::mend::Changed;

/// Names that are tried for a file beside another one: a killed process may have left one there.
const MOST_NAMES: u32 = 100;

/// Puts `bytes` into the file at `path`, through a file beside it that takes its place.
///
/// # Errors
/// When that cannot be done; the file is then as it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|old| !old.is_file()) {
        // A device or a pipe is written to, not replaced.
        return fs::write(path, bytes);
    }
    Prepared::new(path, bytes)?.take_place()
}

/// Writes what `changes` say into files that are as they were read and may be written. Nothing is written unless all can
/// be.
///
/// # Errors
/// The file that cannot be written, and why; it is then as it was, or as somebody else has left it.
pub(super) fn change(changes: &[Changed]) -> Result<(), (PathBuf, io::Error)> {
    let mut prepared = Vec::new();
    for changed in changes {
        let ready = prepare(changed);
        prepared.push(ready.map_err(|error| (changed.path.clone(), unchanged(&error)))?);
    }
    for (changed, prepared) in changes.iter().zip(prepared) {
        let taken = is_as_read(changed).and_then(|()| prepared.take_place());
        taken.map_err(|error| (changed.path.clone(), error))?;
    }
    Ok(())
}

fn prepare(changed: &Changed) -> io::Result<Prepared> {
    is_as_read(changed)?;
    // Taking the place of a file needs no permission to write it; its owner has said no all the same.
    if fs::metadata(&changed.path)?.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    Prepared::new(&changed.path, changed.after.as_bytes())
}

fn is_as_read(changed: &Changed) -> io::Result<()> {
    match fs::read(&changed.path)? == changed.before.as_bytes() {
        true => Ok(()),
        false => Err(io::Error::other("it has changed since it was read")),
    }
}

fn unchanged(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{error}; no file was changed"))
}

/// The new content of a file, beside it. It goes away when it does not take the place of the file.
#[derive(Debug)]
struct Prepared {
    path: PathBuf,
    new: PathBuf,
}

impl Prepared {
    fn new(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        // What a link leads to is replaced, not the link.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let permissions = fs::metadata(&path).ok().map(|old| old.permissions());
        let (new, mut file) = create_beside(&path, permissions.is_some())?;
        let prepared = Self { path, new };
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            fs::set_permissions(&prepared.new, permissions)?;
        }
        Ok(prepared)
    }

    fn take_place(self) -> io::Result<()> {
        fs::rename(&self.new, &self.path)
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // After the rename it is not there any more.
        let _ = fs::remove_file(&self.new);
    }
}

/// A new file in the folder of `path`; a `private` one is for nobody else until it gets its permissions.
fn create_beside(path: &Path, private: bool) -> io::Result<(PathBuf, fs::File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    let mut number = 0;
    loop {
        let mut name = name.to_owned();
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        let new = path.with_file_name(name);
        match options.open(&new) {
            Ok(file) => return Ok((new, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_NAMES => number += 1,
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("armguard-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_or_nothing() {
        let folder = folder("all-or-nothing");
        let changed = |name: &str| Changed { path: folder.join(name), before: "old".into(), after: "new".into() };
        let changes = ["a", "b", "c"].map(changed);
        let write = |texts: [&str; 3]| {
            for (changed, text) in changes.iter().zip(texts) {
                fs::write(&changed.path, text).unwrap();
            }
        };
        let read = || changes.each_ref().map(|changed| fs::read_to_string(&changed.path).unwrap());

        write(["old", "old", "old"]);
        change(&changes).unwrap();
        assert_eq!(read(), ["new", "new", "new"]);

        write(["old", "other", "old"]);
        let (path, error) = change(&changes).unwrap_err();
        assert_eq!((path, read()), (folder.join("b"), ["old", "other", "old"].map(String::from)));
        assert_eq!(error.to_string(), "it has changed since it was read; no file was changed");

        fs::remove_file(&changes[2].path).unwrap();
        fs::create_dir(&changes[2].path).unwrap();
        assert_eq!(change(&changes).unwrap_err().0, folder.join("b"));
        assert_eq!(names(&folder), ["a", "b", "c"], "nothing is left beside them");
        fs::remove_dir_all(&folder).unwrap();
    }

    /// Somebody else saves the file between the two looks at it.
    #[test]
    fn changed_at_the_last_moment() {
        let folder = folder("last-moment");
        let changed = Changed { path: folder.join("a"), before: "old".into(), after: "new".into() };
        fs::write(&changed.path, "old").unwrap();
        let prepared = prepare(&changed).unwrap();
        assert_eq!(names(&folder).len(), 2);
        fs::write(&changed.path, "other").unwrap();
        assert!(is_as_read(&changed).is_err());
        drop(prepared);
        assert_eq!((names(&folder), fs::read_to_string(&changed.path).unwrap()), (vec!["a".into()], "other".into()));
        fs::remove_dir_all(&folder).unwrap();
    }

    /// What a killed process left is neither in the way nor written to.
    #[test]
    fn leftovers() {
        let folder = folder("leftovers");
        let path = folder.join("a");
        let leftover = folder.join(format!("a.{}-0.tmp", std::process::id()));
        fs::write(&leftover, "half").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_to_string(&leftover).unwrap(), "half");
        fs::remove_dir_all(&folder).unwrap();
    }
}
