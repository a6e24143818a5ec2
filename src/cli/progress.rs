//! A line on the terminal while a run takes long.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::output;

/// A run that is done before this needs no line.
const DELAY: Duration = Duration::from_secs(1);

/// How often the line is written again.
const PERIOD: Duration = Duration::from_millis(500);

/// Shows on standard error, when that is a terminal, for how long the work takes already. Dropping it wipes the line,
/// so what is printed afterwards stands where it would stand without.
pub(super) struct Progress {
    /// Goes away when the work is done, which ends the thread.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts the display; `doing` names the activity, as in "Checking templates".
    pub(super) fn start(doing: &'static str) -> Self {
        if io::stderr().is_terminal() && output::variable("TERM") != "dumb" {
            Self::on(io::stderr(), doing, DELAY, PERIOD)
        } else {
            Self { running: None, thread: None }
        }
    }

    fn on(mut terminal: impl Write + Send + 'static, doing: &'static str, delay: Duration, period: Duration) -> Self {
        let (running, done) = mpsc::channel();
        let show = move || {
            let start = Instant::now();
            let (mut wait, mut width) = (delay, 0);
            while done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let line = format!("{doing}, {} s", start.elapsed().as_secs());
                width = line.len();
                write_line(&mut terminal, &format!("\r{line}"));
                wait = period;
            }
            if width > 0 {
                // Spaces also wipe on terminals that know no control sequences.
                write_line(&mut terminal, &format!("\r{:width$}\r", ""));
            }
        };
        Self { running: Some(running), thread: thread::Builder::new().spawn(show).ok() }
    }
}

/// A terminal that takes no line is no reason to stop.
fn write_line(terminal: &mut impl Write, line: &str) {
    let _ = terminal.write_all(line.as_bytes()).and_then(|()| terminal.flush());
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A terminal that keeps what it is given and signals the first line.
    #[derive(Clone)]
    struct Screen(Arc<Mutex<Vec<u8>>>, Sender<()>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            let _ = self.1.send(());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn only_long_runs_have_a_line() {
        let hour = Duration::from_secs(3600);
        // Whether the work goes on until a line is there; what the terminal got in the end.
        let cases = [(hour, false, ""), (Duration::ZERO, true, "\rChecking, 0 s\r             \r")];
        for (delay, is_shown, expected) in cases {
            let (sent, lines) = mpsc::channel();
            let screen = Screen(Arc::default(), sent);
            let progress = Progress::on(screen.clone(), "Checking", delay, hour);
            if is_shown {
                lines.recv().unwrap();
            }
            drop(progress);
            assert_eq!(String::from_utf8(screen.0.lock().unwrap().clone()).unwrap(), expected);
        }
    }
}
