//! Logging commands of Azure Pipelines, one a line, which it shows as issues of the task:
//! `##vso[task.logissue type=error;sourcepath=…;…]message`. See
//! <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>; the property is called `columnnumber`,
//! as the agent reads it, and the escape of `%` is the agent's, too.

use std::io::{self, Write};

use crate::finding::Report;

use super::ReportStyle;
use super::annotation::{self, Annotation, AnnotationLevel};
use super::words::printable;

/// Writes the worst findings, problems and (when requested) undetermined checks, as many as Azure Pipelines shows of a
/// task.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut annotations = annotation::all(report, style);
    // There are errors and warnings only.
    let others = annotation::cap(&mut annotations, |level| level.max(AnnotationLevel::Warning));
    for annotation in &annotations {
        writeln!(out, "{}", command(annotation))?;
    }
    if let Some(others) = others {
        writeln!(out, "##vso[task.logissue type=warning;]{}", data(&others))?;
    }
    Ok(())
}

fn command(annotation: &Annotation) -> String {
    let level = if annotation.level == AnnotationLevel::Error { "error" } else { "warning" };
    let place = annotation
        .region
        .map_or_else(String::new, |region| format!("linenumber={};columnnumber={};", region.line, region.start_column));
    let (path, code) = (property(&annotation.path), property(&annotation.code));
    format!("##vso[task.logissue type={level};sourcepath={path};{place}code={code};]{}", data(&annotation.text))
}

/// `text` as the message of a command.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| printable(line).replace('%', "%AZP25")).collect();
    lines.join("%0A")
}

/// `text` as the value of a property.
fn property(text: &str) -> String {
    printable(text).replace('%', "%AZP25").replace(';', "%3B").replace(']', "%5D")
}
