//! `--add-ignores`.

use std::io::Write;

use crate::finding::Report;
use crate::lint::mend::Changed;
use crate::lint::{Inputs, Options, lint};
use crate::source::Disk;
use crate::suppress::add_ignores;

use super::output::write_lines;
use super::{Failure, files};

/// Writes ignores for what is found in `inputs`, and tells what is found then.
///
/// # Errors
/// When the reason cannot be written, or a file cannot; then none is.
pub(super) fn add(inputs: &Inputs, options: &Options, reason: &str) -> Result<Report, Failure> {
    let report = lint(&Disk, inputs.clone(), options);
    let added = add_ignores(&report, reason, &inputs.configs, options.today).map_err(Failure::Usage)?;
    let changed = added.files.iter().map(|(file, text)| {
        let source = report.sources.get(*file);
        Changed { path: source.path().to_owned(), before: source.text().into(), after: text.as_str().into() }
    });
    let changed: Vec<Changed> = changed.collect();
    files::change(&changed).map_err(|(path, error)| Failure::File(path, error))?;
    let mut err = std::io::stderr().lock();
    // That nobody reads it is no failure.
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
            let said = format!("Not ignored {path}:{line}:{column}: {}: {why}.", finding.rule);
            let _ = write_lines(&said, &mut err);
        }
    }
    let errors = report.problems.iter().filter(|problem| problem.fails).count();
    if errors > 0 {
        let _ = writeln!(err, "Left {}: ignores are written for findings only.", number(errors, "error"));
    }
    match added.files.is_empty() {
        true => Ok(report),
        false => Ok(lint(&Disk, inputs.clone(), options)),
    }
}
