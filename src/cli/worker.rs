//! The thread that reads what others wrote: discovery, configuration, templates and rules.
//!
//! The main thread reads no file of a project. It prepares plain data for the worker, takes plain data from it, and
//! does the rest: it prints, and it writes files.

use std::num::NonZeroUsize;
use std::{env, thread};

use super::Failure;

/// Stack of the worker in bytes, the same that the threads have which evaluate.
const STACK: usize = 256 << 20;

/// Does `work` on the worker. It is given the number of threads to work on.
///
/// # Errors
/// Those of `work`; that there is no thread, or that `work` panicked.
pub(super) fn run<R: Send>(work: impl FnOnce(usize) -> Result<R, Failure> + Send) -> Result<R, Failure> {
    let threads = threads();
    thread::scope(|scope| {
        let worker = thread::Builder::new().name("worker".to_owned()).stack_size(STACK);
        let worker = worker.spawn_scoped(scope, || work(threads));
        let worker = worker.map_err(|error| Failure::Internal(format!("no thread can be started: {error}")))?;
        worker.join().unwrap_or_else(|_| {
            let message = "armguard failed; please report it, with the files if you can share them";
            Err(Failure::Internal(message.to_owned()))
        })
    })
}

/// The number of threads to work on. The system tells it by files that are none of a project's.
fn threads() -> usize {
    let asked = env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.trim().parse().ok());
    asked
        .filter(|number| *number > 0)
        .or_else(|| thread::available_parallelism().ok().map(NonZeroUsize::get))
        .unwrap_or(1)
}
