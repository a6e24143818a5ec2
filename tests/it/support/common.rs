//! What a run says, as text that can be compared.

use armguard::finding::{Ignored, Report, Suppressed, SuppressedBy, SuppressedItem};
use armguard::report::{Format, ReportStyle, finding_text, write};

/// All that `report` says that does not depend on the clock: findings with their places, undetermined checks with
/// what they wait for, problems, counts.
pub(crate) fn plain_text(mut report: Report) -> String {
    let mut text: String = report.findings.iter().map(|finding| finding_text(&report.sources, finding)).collect();
    report.findings.clear();
    let mut rest = Vec::new();
    write(&report, Format::Concise, ReportStyle { undetermined: true, ..ReportStyle::default() }, &mut rest).unwrap();
    text.push_str(&String::from_utf8(rest).unwrap());
    for Suppressed { item, by } in &report.suppressed {
        let (by, ignored) = match by {
            SuppressedBy::Ignore(ignored) => ("an ignore", Some(ignored)),
            SuppressedBy::Override(ignored) => ("an override", Some(ignored)),
            SuppressedBy::Baseline => ("the baseline", None),
        };
        let item = match item {
            SuppressedItem::Finding(finding) => finding_text(&report.sources, finding),
            SuppressedItem::Undetermined(check) => format!("{}: undetermined {}\n", check.subject.title, check.rule),
            SuppressedItem::Problem(problem) => format!("{}: {}\n", problem.path, problem.message),
        };
        let first = item.lines().next().unwrap_or_default();
        text.push_str(&format!("hidden by {by}: {first}\n"));
        if let Some(Ignored { at, reason, until }) = ignored {
            let file = report.sources.get(at.file);
            let place = file.line_column(at.range.start);
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            text.push_str(&format!("  {}:{}:{}:{until} {reason}\n", file.display_path(), place.line, place.column));
        }
    }
    let summary = &report.summary;
    for (reason, number) in &summary.skipped {
        text.push_str(&format!("skipped: {reason}: {number}\n"));
    }
    text + &format!("clusters checked: {}, resources not deployed: {}\n", summary.clusters, summary.not_deployed)
}
