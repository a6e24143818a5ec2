//! The thread that reads what others wrote: discovery, configuration, templates and rules.
//!
//! The main thread reads no file of a project. It prepares plain data for the worker, takes plain data from it, and
//! does the rest: it prints, and it writes files. So the worker, and the threads that it starts, need no right but to
//! read what the command line lets them read; the [`sandbox`] takes them all others.

use std::num::NonZeroUsize;
use std::{env, thread};

use crate::discover::{self, Guarded, Reach};
use crate::rules::RuleStore;
use crate::source::{Stack, caught};

use super::CommandError;
use super::sandbox::{self, Readable};

/// What the worker may do.
pub(super) struct Worker {
    /// The disk, as far as it may be read.
    pub(super) files: Guarded,
    /// Whether the operating system enforces it, too.
    is_sandboxed: bool,
    /// Whether it will check rules.
    needs_rules: bool,
}

impl Worker {
    /// A worker that may read what `reach` allows.
    ///
    /// # Errors
    /// When a folder that is to be read does not exist.
    pub(super) fn new(reach: &Reach, is_sandboxed: bool) -> Result<Self, CommandError> {
        Ok(Self { files: Guarded::new(discover::boundary(reach)?)?, is_sandboxed, needs_rules: false })
    }

    /// The same worker for work that needs the rules of this build: they are read while it restricts itself and looks
    /// for files, so that neither delays the run.
    pub(super) fn with_rules(self) -> Self {
        Self { needs_rules: true, ..self }
    }

    /// Does `work` on the worker. It is given the number of threads to work on.
    ///
    /// # Errors
    /// Those of `work`; that there is no thread, or that `work` panicked.
    pub(super) fn run<R: Send>(
        &self,
        work: impl FnOnce(usize) -> Result<R, CommandError> + Send,
    ) -> Result<R, CommandError> {
        let threads = threads();
        let readable = self.is_sandboxed.then(|| Readable::within(self.files.boundary()));
        let restricted = || {
            // Where the system enforces nothing, what the code itself refuses is all there is.
            readable.as_ref().map(sandbox::restrict);
            Stack::PROGRAM.declare();
            work(threads)
        };
        thread::scope(|scope| {
            let worker = thread::Builder::new().name("worker".to_owned()).stack_size(Stack::PROGRAM.thread_bytes());
            let worker = worker.spawn_scoped(scope, || caught(restricted));
            let worker =
                worker.map_err(|error| CommandError::Internal(format!("no thread can be started: {error}")))?;
            if self.needs_rules {
                // They stay in memory; the worker finds out whether they are whole.
                let _ = RuleStore::try_built_in();
            }
            let worked =
                worker.join().map_err(|_| CommandError::Internal("the worker ended without a word".to_owned()))?;
            worked.unwrap_or_else(|error| Err(CommandError::Internal(error.to_string())))
        })
    }
}

/// The number of threads to work on. The system provides it in files outside of the project.
fn threads() -> usize {
    let configured = env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.trim().parse().ok());
    configured
        .filter(|number| *number > 0)
        .or_else(|| thread::available_parallelism().ok().map(NonZeroUsize::get))
        .unwrap_or(1)
}
