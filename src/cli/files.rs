//! Files written whole: all of the new content, or what was there before.

use std::fs;
use std::io;
use std::path::Path;

/// Puts `bytes` into the file at `path`, through a file beside it that takes its place.
///
/// # Errors
/// When that cannot be done; the file is then as it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_if(path, bytes, &|| Ok(()))
}

/// Puts `after` into the file at `path` if it holds `before`, and may be written.
///
/// # Errors
/// When that cannot be done, or somebody else has changed the file; it is then as they left it.
pub(super) fn change(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let unchanged = || match fs::read(path)? == before {
        true => Ok(()),
        false => Err(io::Error::other("it has changed since it was read")),
    };
    if fs::metadata(path)?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    replace_if(path, after, &unchanged)
}

fn replace_if(path: &Path, bytes: &[u8], ready: &dyn Fn() -> io::Result<()>) -> io::Result<()> {
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        // A device or a pipe is written to, not replaced.
        return fs::write(path, bytes);
    }
    // What a link leads to is replaced, not the link.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let new = path.with_file_name(name);
    let written = fs::write(&new, bytes)
        .and_then(|()| old.map_or(Ok(()), |old| fs::set_permissions(&new, old.permissions())))
        .and_then(|()| ready())
        .and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        // It may not be there; that the file could not be written is said in any case.
        let _ = fs::remove_file(&new);
    }
    written
}
