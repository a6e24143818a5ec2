//! `--add-ignores`.

use std::io::Write;
use std::path::PathBuf;

use crate::autofix::ChangedFile;
use crate::finding::Report;
use crate::suppress::Added;

use super::files::Skipped;
use super::output::write_lines;
use super::{CommandError, files};

/// Writes the ignores `added` for the findings of `report` into files below `roots`, and prints their number. If some
/// files must be left as they are, nothing is written: these files are returned, with the reasons.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(report: &Report, added: &Added, roots: &[PathBuf]) -> Result<Skipped, CommandError> {
    let changed = added.files.iter().map(|(file, text)| {
        let source = report.sources.get(*file);
        ChangedFile {
            path: source.path().to_owned(),
            before: source.text().into(),
            after: text.as_str().into(),
            secrets: Default::default(),
        }
    });
    let changed: Vec<ChangedFile> = changed.collect();
    let skipped = files::write(&changed, roots)?;
    if !skipped.is_empty() {
        return Ok(skipped);
    }
    let mut err = std::io::stderr().lock();
    // If the reader is gone, that is no failure.
    let number = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let _ = writeln!(
        err,
        "Wrote ignores for {} into {}.",
        number(added.findings, "finding"),
        number(added.files.len(), "file")
    );
    for (at, why) in &added.left {
        if let Some(finding) = report.findings.get(*at) {
            let file = report.sources.get(finding.primary.span.file);
            let place = file.line_column(finding.primary.span.range.start);
            let (path, line, column) = (file.display_path(), place.line, place.column);
            let message = format!("Not ignored {path}:{line}:{column}: {}: {why}.", finding.rule);
            let _ = write_lines(&message, &mut err);
        }
    }
    let errors = report.problems.iter().filter(|problem| problem.fails).count();
    if errors > 0 {
        let _ = writeln!(err, "Left {}: ignores are written for findings only.", number(errors, "error"));
    }
    Ok(skipped)
}
