//! What every format must show of a report.

use armguard::finding::Report;
use armguard::report::{Format, ReportStyle, write};
use serde_json::Value;

/// Bytes that a report of a generated project never needs.
const MOST_BYTES: usize = 8 << 20;

/// Every format can be written, is of a size that is fair, can be read by its readers, and has each finding once.
pub(super) fn check(report: &Report) -> Result<(), String> {
    for format in Format::ALL {
        let mut bytes = Vec::new();
        write(report, format, ReportStyle { undetermined: true, ..ReportStyle::default() }, &mut bytes)
            .map_err(|error| format!("{}: {error}", format.name()))?;
        if bytes.len() > MOST_BYTES {
            return Err(format!("{}: {} bytes", format.name(), bytes.len()));
        }
        let text = String::from_utf8(bytes).map_err(|error| format!("{}: {error}", format.name()))?;
        let expected = report.findings.len();
        if let Some(found) = count(format, &text)?.filter(|found| *found != expected) {
            return Err(format!("{} has {found} findings of {expected}:\n{text}", format.name()));
        }
    }
    Ok(())
}

/// How many findings `text` has; `None` for formats in which that is not to be counted.
fn count(format: Format, text: &str) -> Result<Option<usize>, String> {
    let json = || serde_json::from_str::<Value>(text).map_err(|error| format!("{}: {error}", format.name()));
    let of_severity =
        |line: &&str| ["high", "medium", "low", "info"].iter().any(|name| line.contains(&format!(": {name} ")));
    Ok(match format {
        Format::Json => json()?["findings"].as_array().map(Vec::len),
        Format::Sarif => json()?["runs"][0]["results"].as_array().map(|results| {
            results.iter().filter(|result| result["kind"].as_str().is_none_or(|kind| kind == "fail")).count()
        }),
        Format::Gitlab => json().map(|_| None)?,
        Format::Concise => Some(text.lines().filter(of_severity).filter(|line| !line.contains("undetermined")).count()),
        _ => None,
    })
}
