//! One line a finding, for `grep`, editors and problem matchers: `path:line:col: severity rule-id: message`.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Finding, Label, Report, Undetermined};
use crate::source::SourceMap;

use super::words::{first_sentence, list, one_line, short_list};
use super::{ReportStyle, place};

/// Most contexts or loop instances named in one line.
const MOST_NAMES: usize = 5;

/// Writes `report`: findings, then undetermined checks when requested, then problems of files.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let sources = &report.sources;
    for finding in &report.findings {
        writeln!(out, "{}", finding_line(sources, finding))?;
    }
    for check in report.undetermined.iter().filter(|_| style.undetermined) {
        writeln!(out, "{}", undetermined_line(sources, check))?;
    }
    for problem in &report.problems {
        let kind = if problem.fails { "error" } else { "note" };
        let (code, message) = (problem.code.id(), one_line(&problem.message));
        writeln!(out, "{}: {kind} {code}: {message}", place::of_problem(sources, problem))?;
    }
    Ok(())
}

/// The plain text of a finding, as it stands in the pages of rules: its line, then one indented line for
/// each related place.
///
/// ```text
/// main.bicep:9:20: high aks-defender-security-monitoring: AKS cluster `aks` turns Defender monitoring off.
///   main.bicep:2:27: default is `false` here
/// ```
pub fn finding_text(sources: &SourceMap, finding: &Finding) -> String {
    let mut text = finding_line(sources, finding);
    text.push('\n');
    for label in &finding.related {
        text.push_str(&related_line(sources, label));
    }
    text
}

fn finding_line(sources: &SourceMap, finding: &Finding) -> String {
    let mut line = place::start(sources, finding.primary.span);
    let message = one_line(first_sentence(&finding.message));
    // Writing to a string cannot fail.
    let _ = write!(line, ": {} {}: {message}", finding.severity, finding.rule);
    for names in [&finding.instances, &finding.contexts] {
        if !names.is_empty() {
            let _ = write!(line, " [{}]", one_line(&short_list(names, MOST_NAMES)));
        }
    }
    line
}

fn related_line(sources: &SourceMap, label: &Label) -> String {
    format!("  {}: {}\n", place::start(sources, label.span), one_line(&label.text))
}

fn undetermined_line(sources: &SourceMap, check: &Undetermined) -> String {
    let place = place::start(sources, check.primary.span);
    let (title, deciding) = (one_line(&check.subject.title), one_line(&list(&check.depends_on)));
    format!("{place}: undetermined {}: the check of `{title}` waits for {deciding}", check.rule)
}
