//! Workflow commands, one a line, which GitHub shows as annotations of a run and beside the lines of a pull request:
//! `::error file=…,line=…::message`. See <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use std::io::{self, Write};

use crate::finding::Report;

use super::ReportStyle;
use super::annotation::{self, Annotation, AnnotationLevel};
use super::words::printable;

/// Writes the worst findings, problems and (when requested) undetermined checks, as many as GitHub shows of a step.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut annotations = annotation::all(report, style);
    let others = annotation::cap(&mut annotations, |level| level);
    for annotation in &annotations {
        writeln!(out, "{}", command(annotation))?;
    }
    if let Some(others) = others {
        writeln!(out, "::notice title=armguard::{}", data(&others))?;
    }
    Ok(())
}

fn command(annotation: &Annotation) -> String {
    let level = match annotation.level {
        AnnotationLevel::Error => "error",
        AnnotationLevel::Warning => "warning",
        AnnotationLevel::Notice => "notice",
    };
    let place = annotation.region.map_or_else(String::new, |region| {
        let (line, start, end) = (region.line, region.start_column, region.end_column);
        format!("line={line},endLine={line},col={start},endColumn={end},")
    });
    let (file, title) = (property(&annotation.path), property(&annotation.code));
    format!("::{level} file={file},{place}title={title}::{}", data(&annotation.text))
}

/// `text` as the message of a command.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| printable(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// `text` as the value of a property.
fn property(text: &str) -> String {
    printable(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
