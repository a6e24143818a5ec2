//! A Code Quality report, which GitLab shows in merge requests. See
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{FileProblem, Finding, Report, Severity, Undetermined};
use crate::source::{HashMap, Span};

use super::place::SourceRegion;
use super::words::{one_line, scope, undetermined_message};
use super::{ReportStyle, fingerprint, json_text};

/// Most contexts or loop instances named.
const MOST_NAMES: usize = 5;

/// Writes findings, problems and (when requested) undetermined checks.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = IssueWriter { report, style, seen: HashMap::default() };
    let mut entries: Vec<Issue> = report.findings.iter().map(|finding| writer.finding(finding)).collect();
    entries.extend(report.problems.iter().map(|problem| writer.problem(problem)));
    entries.extend(report.undetermined.iter().filter(|_| style.undetermined).map(|check| writer.undetermined(check)));
    json_text::write(&entries, out)
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: GitlabLocation,
}

#[derive(Serialize)]
struct GitlabLocation {
    path: String,
    lines: LineRange,
}

#[derive(Serialize)]
struct LineRange {
    begin: u32,
    end: u32,
}

struct IssueWriter<'a> {
    report: &'a Report,
    style: ReportStyle<'a>,
    /// How often each fingerprint came so far: of two entries with one, GitLab shows one.
    seen: HashMap<String, usize>,
}

impl IssueWriter<'_> {
    fn finding(&mut self, finding: &Finding) -> Issue {
        let severity = match finding.severity {
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        };
        let mut sentences = vec![one_line(&finding.message)];
        sentences.extend(scope(finding, MOST_NAMES));
        let location = self.location(finding.primary.span);
        self.entry(&finding.rule, &sentences.join(" "), severity, location, &fingerprint::of_finding(finding))
    }

    fn undetermined(&mut self, check: &Undetermined) -> Issue {
        let location = self.location(check.primary.span);
        self.entry(&check.rule, &undetermined_message(check), "info", location, &fingerprint::of_undetermined(check))
    }

    fn problem(&mut self, problem: &FileProblem) -> Issue {
        let location = match problem.span {
            Some(span) => self.location(span),
            None => GitlabLocation {
                path: self.style.repository.path(&problem.path),
                lines: LineRange { begin: 1, end: 1 },
            },
        };
        let severity = if problem.fails { "major" } else { "info" };
        let (code, message) = (problem.code.id(), one_line(&problem.message));
        let print = fingerprint::of_problem(problem, &location.path);
        self.entry(code, &message, severity, location, &print)
    }

    /// GitLab does not show the name of a check, so the description starts with it.
    fn entry(
        &mut self,
        check: &str,
        text: &str,
        severity: &'static str,
        location: GitlabLocation,
        print: &str,
    ) -> Issue {
        Issue {
            description: format!("{check}: {text}"),
            check_name: check.to_owned(),
            fingerprint: self.unique(&location.path, print),
            severity,
            location,
        }
    }

    /// A fingerprint that no other entry has: that of the finding in its file, and its number if there are several.
    fn unique(&mut self, path: &str, print: &str) -> String {
        let print = fingerprint::hash([path, print].into_iter());
        let number = self.seen.entry(print.clone()).or_default();
        *number += 1;
        if *number == 1 { print } else { fingerprint::hash([print.as_str(), &number.to_string()].into_iter()) }
    }

    fn location(&self, span: Span) -> GitlabLocation {
        let sources = &self.report.sources;
        let line = SourceRegion::of(sources, span).line;
        let path = self.style.repository.path(&sources.get(span.file).display_path());
        GitlabLocation { path, lines: LineRange { begin: line, end: line } }
    }
}
