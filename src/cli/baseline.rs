//! `--baseline` and `--write-baseline`.

use std::path::Path;

use crate::finding::Report;
use crate::source::{FileSystem, normal_path};
use crate::suppress::{Baseline, Home};

use super::output::{shown, write_lines};
use super::{CommandError, files};

/// Largest baseline that is read, in bytes.
const SIZE_LIMIT: u64 = 100_000_000;

/// The baseline in `file`.
///
/// # Errors
/// When it cannot be read, or is none.
pub(super) fn read(files: &dyn FileSystem, file: &Path) -> Result<Baseline, CommandError> {
    let usage = |reason: String| CommandError::Usage(format!("`{}` {reason}", file.display()));
    let text = files.read(file, SIZE_LIMIT).map_err(|error| usage(error.to_string()))?;
    Baseline::parse(&text, home(file)?).map_err(usage)
}

/// Writes the findings and problems of `report` to `file`, and hides them in the report.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(file: &Path, report: &mut Report) -> Result<(), CommandError> {
    let baseline = Baseline::of(report, home(file)?);
    let failure = |error| CommandError::File(file.to_owned(), error);
    let text = baseline.text().map_err(std::io::Error::from).map_err(failure)?;
    files::replace(file, text.as_bytes()).map_err(failure)?;
    let entries = if baseline.len() == 1 { "entry" } else { "entries" };
    // If the reader is gone, that is no failure.
    let message = format!("Wrote a baseline of {} {entries} into {}.", baseline.len(), shown(file));
    let _ = write_lines(&message, &mut std::io::stderr().lock());
    baseline.apply(report, None);
    Ok(())
}

fn home(file: &Path) -> Result<Home, CommandError> {
    let working =
        std::env::current_dir().map_err(|error| CommandError::Usage(format!("no working folder: {error}")))?;
    let file = normal_path(&working.join(file));
    Ok(Home { working, file })
}
