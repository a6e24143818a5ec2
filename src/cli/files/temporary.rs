//! New content beside the file whose place it takes, and what becomes of it when a run is interrupted.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::output::note;
use super::folder::Folder;

/// Names that are tried for a file beside another one: a killed process may have left one there.
const MOST_NAMES: u32 = 100;

/// The changes in progress. It is locked while a file is created, renamed or removed, so that a signal comes before or
/// after that.
static UNDER_WAY: Mutex<UnderWay> = Mutex::new(UnderWay { files: Vec::new(), written: Vec::new(), left: Vec::new() });

#[derive(Debug)]
struct UnderWay {
    /// Files that have not taken their place.
    files: Vec<(Arc<Folder>, OsString)>,
    /// Of the files that a run changes: those that have their new content.
    written: Vec<PathBuf>,
    /// And those that do not have it yet.
    left: Vec<PathBuf>,
}

fn under_way() -> MutexGuard<'static, UnderWay> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file beside another one. It goes away when it does not take the place of that.
#[derive(Debug)]
pub(super) struct Temporary {
    folder: Arc<Folder>,
    name: OsString,
}

impl Temporary {
    /// A new file in `folder`. Only the user can read a `private` one.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) fn new(folder: &Arc<Folder>, private: bool) -> io::Result<(Self, File)> {
        #[cfg(unix)]
        signals::watch();
        let mut files = under_way();
        let mut number = 0;
        loop {
            let name = OsString::from(format!(".armguard-{}-{number}.tmp", std::process::id()));
            match folder.create(&name, private) {
                Ok(file) => {
                    files.files.push((folder.clone(), name.clone()));
                    return Ok((Self { folder: folder.clone(), name }, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_NAMES => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the place of `name`. `path` is what the user calls that.
    ///
    /// # Errors
    /// When that cannot be done.
    pub(super) fn take_place(self, name: &OsStr, path: &Path) -> io::Result<()> {
        let mut files = under_way();
        self.folder.rename(&self.name, name)?;
        files.forget(&self);
        if let Some(at) = files.left.iter().position(|left| left == path) {
            let written = files.left.remove(at);
            files.written.push(written);
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut files = under_way();
        // After the rename it is not there any more.
        if files.forget(self) {
            let _ = self.folder.remove(&self.name);
        }
    }
}

impl UnderWay {
    /// Whether `file` was still beside.
    fn forget(&mut self, file: &Temporary) -> bool {
        let before = self.files.len();
        self.files.retain(|(folder, name)| !(Arc::ptr_eq(folder, &file.folder) && *name == file.name));
        self.files.len() < before
    }
}

/// The change of several files, which a signal or an error may interrupt.
#[derive(Debug)]
pub(super) struct PendingChange;

impl PendingChange {
    /// Begins to change the files at `paths`.
    pub(super) fn start(paths: impl Iterator<Item = PathBuf>) -> Self {
        let mut files = under_way();
        (files.written, files.left) = (Vec::new(), paths.collect());
        Self
    }

    /// What was written so far, and what was not.
    pub(super) fn state(&self) -> String {
        state(&under_way())
    }
}

impl Drop for PendingChange {
    fn drop(&mut self) {
        let mut files = under_way();
        (files.written, files.left) = (Vec::new(), Vec::new());
    }
}

fn state(files: &UnderWay) -> String {
    let list =
        |paths: &[PathBuf]| paths.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>().join(", ");
    match files.written.is_empty() {
        true => "no file was changed".to_owned(),
        false => format!("written: {}; not written: {}", list(&files.written), list(&files.left)),
    }
}

/// Lets `end` end the process with nothing half-done left behind. Prints which files were written and which were not.
pub(in super::super) fn abandon(end: impl FnOnce()) {
    let files = under_way();
    for (folder, name) in &files.files {
        let _ = folder.remove(name);
    }
    if !files.left.is_empty() || !files.written.is_empty() {
        note(&[format!("interrupted; {}", state(&files))]);
    }
    end();
}

/// Signals that end a run. They are watched from the first file on that could be left half-way; before, the system ends
/// the run at once.
#[cfg(unix)]
mod signals {
    use std::sync::{Once, mpsc};
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    pub(super) fn watch() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let (ready, is_ready) = mpsc::channel();
            let wait = move || {
                let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]);
                drop(ready);
                signals.into_iter().flat_map(|mut signals| signals.forever().next()).for_each(end);
            };
            if thread::Builder::new().name("signals".into()).spawn(wait).is_ok() {
                // It sends nothing: the channel closes when signals are caught.
                let _: Result<(), _> = is_ready.recv();
            }
        });
    }

    /// Ends the process as `signal` would.
    fn end(signal: i32) {
        super::abandon(|| drop(emulate_default_handler(signal)));
    }
}
