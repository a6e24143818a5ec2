//! What a run says, as text that can be compared.

use armguard::finding::Report;
use armguard::report::{Format, Style, finding_text, write};

/// All that `report` says that does not depend on the clock: findings with their places, undetermined checks with
/// what they wait for, problems, counts.
pub(crate) fn plain_text(mut report: Report) -> String {
    let mut text: String = report.findings.iter().map(|finding| finding_text(&report.sources, finding)).collect();
    report.findings.clear();
    let mut rest = Vec::new();
    write(&report, Format::Concise, Style { undetermined: true, ..Style::default() }, &mut rest).unwrap();
    text.push_str(&String::from_utf8(rest).unwrap());
    let summary = &report.summary;
    for (reason, number) in &summary.skipped {
        text.push_str(&format!("skipped: {reason}: {number}\n"));
    }
    text + &format!("clusters checked: {}, resources not deployed: {}\n", summary.clusters, summary.not_deployed)
}
