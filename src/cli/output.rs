//! Standard output and standard error, and what is known of the terminal behind them.

use clap::ValueEnum;
use std::env;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::Path;

use crate::report::{ReportStyle, printable};

use super::CommandError;

/// Buffered standard output. When the reader goes away (`armguard … | head`), what is left is dropped quietly.
pub(super) struct OutputSink {
    out: BufWriter<StdoutLock<'static>>,
    closed: bool,
}

impl OutputSink {
    pub(super) fn new() -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, io::stdout().lock()), closed: false }
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// When that fails for another reason than a reader that went away.
    pub(super) fn finish(&mut self) -> Result<(), CommandError> {
        Ok(self.flush()?)
    }

    /// Writes what `write` writes for people, with nothing in it that a terminal or a build server would obey.
    ///
    /// # Errors
    /// When `write` fails, or the output cannot be written.
    pub(super) fn text<T>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let mut text = Vec::new();
        let outcome = write(&mut text);
        write_lines(&String::from_utf8_lossy(&text), self)?;
        outcome
    }

    fn forgive<T>(&mut self, result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(instead)
            }
            other => other,
        }
    }
}

impl Write for OutputSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        self.forgive(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let flushed = self.out.flush();
        self.forgive(flushed, ())
    }
}

/// Prints on standard error why the run stopped. If that fails, too, the exit code still shows it.
pub(super) fn complain(failure: &CommandError) {
    let _ = write_lines(&format!("error: {failure}"), &mut io::stderr().lock());
}

/// Prints notes on standard error, one line each.
pub(super) fn note(lines: &[String]) {
    let mut err = io::stderr().lock();
    for line in lines {
        let _ = write_lines(line, &mut err);
    }
}

/// Writes `text` line by line, with nothing in it that a terminal or a build server would obey.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn write_lines(text: &str, out: &mut dyn Write) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{}", printable(line)))
}

/// Whether standard output goes into a file, where escape sequences have no effect.
pub(super) fn is_file() -> bool {
    #[cfg(unix)]
    let handle = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned();
    #[cfg(windows)]
    let handle = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned();
    handle.is_ok_and(|handle| File::from(handle).metadata().is_ok_and(|file| file.is_file()))
}

/// A path as reports show it.
pub(super) fn shown(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

/// Whether to use colours on standard output.
pub(super) fn colour(wanted: ColorArg) -> bool {
    match wanted {
        ColorArg::Always => true,
        ColorArg::Never => false,
        // <https://no-color.org> and <https://bixense.com/clicolors/>
        ColorArg::Auto if is_set("NO_COLOR") => false,
        ColorArg::Auto if is_set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE") != "0" => true,
        ColorArg::Auto => io::stdout().is_terminal() && variable("CLICOLOR") != "0" && variable("TERM") != "dumb",
    }
}

/// Whether box-drawing characters can be expected to show: not when the locale is not UTF-8, nor on terminals that lack
/// the characters.
pub(super) fn unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().map(variable).find(|value| !value.is_empty());
    let locale = locale.unwrap_or_default().to_ascii_uppercase();
    let utf8 = locale.is_empty() || locale.contains("UTF-8") || locale.contains("UTF8");
    cfg!(windows) || utf8 && !["linux", "dumb"].contains(&variable("TERM").as_str())
}

/// Columns after which messages are wrapped: as wide as the terminal, but never so narrow or wide that they are hard
/// to read.
pub(super) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(ReportStyle::default().width, |(width, _)| usize::from(width.0).clamp(40, 120))
}

fn is_set(name: &str) -> bool {
    !variable(name).is_empty()
}

/// The value of an environment variable; empty when it is not set or is not Unicode.
pub(super) fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
