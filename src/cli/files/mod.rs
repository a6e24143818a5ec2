//! The one place that writes files: all of the new content, or what was there before.
//!
//! A project is somebody else's, and so are its links. A file is reached through folders that are opened one by one, each
//! in the one before, and none through a link; what is made, looked at and renamed there is named in that open folder, so
//! that nothing changes by what is put in its path meanwhile. `.git` is never written to.

#[cfg_attr(unix, path = "folder_unix.rs")]
#[cfg_attr(windows, path = "folder_windows.rs")]
mod folder;
mod place;
mod temporary;

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::autofix::ChangedFile;
use crate::source::HashMap;

use super::CommandError;
use place::Destination;
pub(super) use temporary::abandon;
use temporary::{PendingChange, Temporary};

/// What a name in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link, or what is like one.
    Link,
    /// A device or a pipe that is written to, not replaced.
    Stream,
    /// A folder, a socket, a disk.
    Other,
}

/// Why a file is not written.
#[derive(Debug)]
enum WriteRefusal {
    /// What it is does not allow it; other files may be written all the same.
    Skipped(String),
    /// That went wrong, or is not as it was: nothing should be written.
    Failed(io::Error),
}

impl From<io::Error> for WriteRefusal {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::ErrorKind> for WriteRefusal {
    fn from(kind: io::ErrorKind) -> Self {
        Self::Failed(kind.into())
    }
}

impl From<WriteRefusal> for io::Error {
    fn from(refusal: WriteRefusal) -> Self {
        match refusal {
            WriteRefusal::Skipped(why) => Self::other(why),
            WriteRefusal::Failed(error) => error,
        }
    }
}

/// Files that are left as they are, by path, and why.
pub(super) type Skipped = BTreeMap<PathBuf, String>;

/// Puts `bytes` into the file that the user calls `path`, through a file beside it that takes its place. A device or a
/// pipe, such as `/dev/stdout` or what a shell gives for `>(…)`, is written to.
///
/// # Errors
/// When that cannot be done, or `path` leads through a link, into `.git`, or to something else than a file. A file is
/// then as it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, &|out| out.write_all(bytes))
}

/// The same with what `write` writes.
///
/// # Errors
/// When that fails, or cannot be done.
pub(super) fn replace_by(path: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let fill = |file: &mut File| {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        write(&mut out)?;
        out.flush()
    };
    if let Some(mut stream) = system_stream(path)? {
        return fill(&mut stream);
    }
    let place = Destination::of_output(path)?;
    if place.entry()? == Some(EntryKind::Stream) {
        return fill(&mut place.folder.stream(&place.name)?);
    }
    let old = match place.entry()? {
        Some(_) => Some(place.folder.read(&place.name)?),
        None => None,
    };
    let (new, mut file) = Temporary::new(&place.folder, old.is_some())?;
    fill(&mut file)?;
    if let Some(old) = old {
        // Whoever may replace a report need not be able to give it away.
        let _ = folder::keep_owner(&old, &file);
        folder::keep_permissions(&old, &file)?;
    }
    drop(file);
    new.take_place(&place.name, path)
}

/// Whether files may be written into the folder that the user calls `path`.
///
/// # Errors
/// When it leads through a link of the project, or into `.git`.
pub(super) fn check_folder(path: &Path) -> io::Result<()> {
    Ok(Destination::of_output(&path.join("file")).map(drop)?)
}

/// What the system itself provides under `path`: standard output and error, what a process has open, devices.
fn system_stream(path: &Path) -> io::Result<Option<File>> {
    #[cfg(unix)]
    let (system, standard) = {
        use std::os::fd::AsFd;
        let number = ["/dev/fd", "/proc/self/fd"].into_iter().find_map(|folder| path.strip_prefix(folder).ok());
        let standard = match (path.to_str(), number.and_then(Path::to_str)) {
            (Some("/dev/stdout"), _) | (_, Some("1")) => Some(io::stdout().as_fd().try_clone_to_owned()),
            (Some("/dev/stderr"), _) | (_, Some("2")) => Some(io::stderr().as_fd().try_clone_to_owned()),
            _ => None,
        };
        (path.starts_with("/dev") || number.is_some(), standard)
    };
    #[cfg(windows)]
    let (system, standard) = (true, None::<io::Result<std::os::windows::io::OwnedHandle>>);
    if let Some(standard) = standard {
        // Where it leads to a file, this goes on where that ends.
        return Ok(Some(standard?.into()));
    }
    let is_stream = |kind: std::fs::Metadata| !kind.is_file() && !kind.is_dir();
    match system && path.metadata().is_ok_and(is_stream) {
        true => OpenOptions::new().write(true).open(path).map(Some),
        false => Ok(None),
    }
}

/// Writes `changes` into files below one of `roots`, once all of them are ready. If some files must be left as they
/// are, because of what they are or where they lie, nothing is written: these files are returned, with the reasons.
///
/// # Errors
/// The file that cannot be written, or is not as it was read, and why; which were written before, and which were not.
pub(super) fn write(changes: &[ChangedFile], roots: &[PathBuf]) -> Result<Skipped, CommandError> {
    let written = prepare(changes, roots).and_then(|(edits, skipped)| {
        if skipped.is_empty() {
            edits.write()?;
        }
        Ok(skipped)
    });
    written.map_err(|(path, error)| CommandError::File(path, error))
}

/// Changes of files that are ready: each new content lies beside its file.
#[derive(Debug)]
struct Edits<'c> {
    prepared: Vec<Prepared<'c>>,
}

#[derive(Debug)]
struct Prepared<'c> {
    changed: &'c ChangedFile,
    place: Destination,
    new: Temporary,
}

/// Prepares `changes`. Also returns the files that must be left as they are: those that lie elsewhere or behind a link
/// out of the project, that have other names, or of which something cannot be kept.
///
/// # Errors
/// The file that cannot be written, and why; no file was changed.
fn prepare<'c>(changes: &'c [ChangedFile], roots: &[PathBuf]) -> Result<(Edits<'c>, Skipped), (PathBuf, io::Error)> {
    let (mut prepared, mut skipped) = (Vec::<Prepared<'_>>::new(), Skipped::new());
    let mut places: HashMap<PathBuf, &ChangedFile> = HashMap::default();
    for changed in changes {
        match Prepared::new(changed, roots) {
            Ok(ready) => match places.insert(ready.place.path.clone(), changed) {
                None => prepared.push(ready),
                // A link to it, and the same change.
                Some(other) if other.after == changed.after => {}
                Some(other) => {
                    skipped.insert(changed.path.clone(), format!("it is the same file as `{}`", other.path.display()));
                }
            },
            Err(WriteRefusal::Skipped(why)) => drop(skipped.insert(changed.path.clone(), why)),
            Err(WriteRefusal::Failed(error)) => {
                let error = io::Error::new(error.kind(), format!("{error}; no file was changed"));
                return Err((changed.path.clone(), error));
            }
        }
    }
    Ok((Edits { prepared }, skipped))
}

/// Of `changes`, those that [`write`] would leave; nothing is written for that.
pub(super) fn skipped(changes: &[ChangedFile], roots: &[PathBuf]) -> Skipped {
    let refused = changes.iter().filter_map(|changed| match original(changed, roots) {
        Err(WriteRefusal::Skipped(why)) => Some((changed.path.clone(), why)),
        Ok(_) | Err(WriteRefusal::Failed(_)) => None,
    });
    refused.collect()
}

impl Edits<'_> {
    /// Replaces the files, one by one.
    ///
    /// # Errors
    /// The file that cannot be written, and why; which were written before, and which were not.
    fn write(self) -> Result<(), (PathBuf, io::Error)> {
        let change = PendingChange::start(self.prepared.iter().map(|prepared| prepared.changed.path.clone()));
        for Prepared { changed, place, new } in self.prepared {
            let is_as_read = read(changed, &place).map_err(io::Error::from);
            let taken = is_as_read.and_then(|_| new.take_place(&place.name, &changed.path));
            if let Err(error) = taken {
                let error = io::Error::new(error.kind(), format!("{error}; {}", change.state()));
                return Err((changed.path.clone(), error));
            }
        }
        Ok(())
    }
}

impl<'c> Prepared<'c> {
    fn new(changed: &'c ChangedFile, roots: &[PathBuf]) -> Result<Self, WriteRefusal> {
        let (place, old) = original(changed, roots)?;
        let (new, mut file) = Temporary::new(&place.folder, true)?;
        folder::keep_owner(&old, &file)?;
        file.write_all(changed.after.as_bytes())?;
        folder::keep_permissions(&old, &file)?;
        Ok(Self { changed, place, new })
    }
}

/// The file that `changed` is about, and where it is.
fn original(changed: &ChangedFile, roots: &[PathBuf]) -> Result<(Destination, File), WriteRefusal> {
    let place = Destination::of_file(&changed.path, roots)?;
    let file = read(changed, &place)?;
    if folder::has_other_names(&file)? {
        return Err(WriteRefusal::Skipped("it has other hard links, which would keep the old text".to_owned()));
    }
    // Replacing a file needs no permission to write it. But its owner has made it read-only.
    if file.metadata()?.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only").into());
    }
    Ok((place, file))
}

/// The file at `place`, when it is as `changed` read it.
fn read(changed: &ChangedFile, place: &Destination) -> Result<File, WriteRefusal> {
    match place.entry()? {
        Some(EntryKind::File) => {}
        Some(_) => return Err(WriteRefusal::Skipped("it is not a regular file".to_owned())),
        None => return Err(io::ErrorKind::NotFound.into()),
    }
    let file = place.folder.read(&place.name)?;
    let mut text = Vec::with_capacity(changed.before.len() + 1);
    (&file).take(changed.before.len() as u64 + 1).read_to_end(&mut text)?;
    match text == changed.before.as_bytes() {
        true => Ok(file),
        false => Err(io::Error::other("it has changed since it was read").into()),
    }
}

#[cfg(test)]
mod tests;
