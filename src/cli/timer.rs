//! `--timeout`.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::source::Cancel;

use super::{files, output};

/// How long a run may take to end once it is cancelled. All long work checks often for that. This limit is for calls of
/// the system that do not return, such as on a network folder that is gone.
const GRACE: Duration = Duration::from_secs(30);

/// Ends a run after some time, until it is dropped.
pub(super) struct Timer {
    /// What it sets.
    pub(super) cancel: Cancel,
    /// Dropped with it, which wakes its thread.
    _alive: Sender<()>,
}

impl Timer {
    /// Cancels the run after `seconds`. If no thread can be started for that, the run has no limit.
    pub(super) fn start(seconds: u64) -> Self {
        let (cancel, (alive, dropped)) = (Cancel::default(), channel::<()>());
        let flag = cancel.clone();
        let wait = move || {
            if dropped.recv_timeout(Duration::from_secs(seconds)) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            flag.cancel();
            if dropped.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout) {
                end(seconds);
            }
        };
        // Its handle is not needed: it ends with the process.
        let _ = thread::Builder::new().name("timer".to_owned()).spawn(wait);
        Self { cancel, _alive: alive }
    }
}

/// Ends the process.
#[expect(clippy::exit, clippy::disallowed_methods, reason = "nothing else reaches a thread that waits for the system")]
fn end(seconds: u64) {
    output::note(&[format!(
        "error: no end after {seconds} seconds and {} more; nothing was reported",
        GRACE.as_secs()
    )]);
    files::abandon(|| std::process::exit(2));
}
