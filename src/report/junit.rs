//! Test results in the XML of JUnit, for the test tab of whatever runs the build: a suite for each file, and in it a
//! case for each finding that fails, for each problem an error, for each undetermined check one that was skipped.
//!
//! The format has no owner. This is what the Jenkins plugin `xunit` accepts (`junit-10.xsd`), and so do Azure Pipelines
//! and GitLab.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{FileProblem, Finding, Report, Subject, Undetermined};
use crate::source::{SourceMap, Span};

use super::words::{first_sentence, one_line, printable, scope, undetermined_message};
use super::{ReportStyle, Repository, place};

/// Most contexts or loop instances named.
const MOST_NAMES: usize = 10;

/// Writes findings, problems and (when requested) undetermined checks.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let suites = suites(report, style);
    let all = || suites.values().flatten();
    let (tests, counts) = (all().count(), CaseCounts::of(all()));
    let time = report.summary.elapsed.as_secs_f64();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="armguard" tests="{tests}" failures="{}" errors="{}" time="{time:.3}">"#,
        counts.failures, counts.errors
    )?;
    for (path, cases) in &suites {
        let counts = CaseCounts::of(cases.iter());
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}">"#,
            attribute(path),
            cases.len(),
            counts.failures,
            counts.errors,
            counts.skipped
        )?;
        for case in cases {
            case.write(path, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// The cases by the path of their file. Without any there is one that passes: tools take a report without cases for a
/// run that went wrong.
fn suites(report: &Report, style: ReportStyle) -> BTreeMap<String, Vec<Case>> {
    let writer = JunitWriter { sources: &report.sources, repository: style.repository };
    let mut suites: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    let mut add = |path: String, case| suites.entry(path).or_default().push(case);
    for finding in &report.findings {
        add(writer.path(finding.primary.span), writer.finding(finding));
    }
    for problem in &report.problems {
        add(style.repository.path(&problem.path), writer.problem(problem));
    }
    for check in report.undetermined.iter().filter(|_| style.undetermined) {
        add(writer.path(check.primary.span), writer.undetermined(check));
    }
    if suites.is_empty() {
        suites
            .insert("armguard".to_owned(), vec![Case { name: "no findings".to_owned(), outcome: CaseResult::Passed }]);
    }
    suites
}

#[derive(Default)]
struct CaseCounts {
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl CaseCounts {
    fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            match case.outcome {
                CaseResult::Passed => {}
                CaseResult::Failure { .. } => counts.failures += 1,
                CaseResult::Error { .. } => counts.errors += 1,
                CaseResult::Skipped { .. } => counts.skipped += 1,
            }
        }
        counts
    }
}

struct Case {
    /// The rule and the resource. It has no line, so that a test keeps its history when code moves.
    name: String,
    outcome: CaseResult,
}

enum CaseResult {
    Passed,
    /// With its severity, its first sentence, and its full text.
    Failure {
        severity: &'static str,
        message: String,
        text: String,
    },
    Error {
        kind: &'static str,
        message: String,
    },
    Skipped {
        message: String,
    },
}

struct JunitWriter<'a> {
    sources: &'a SourceMap,
    repository: Repository<'a>,
}

impl JunitWriter<'_> {
    fn path(&self, span: Span) -> String {
        self.repository.path(&self.sources.get(span.file).display_path())
    }

    fn place(&self, span: Span) -> String {
        place::start_in(self.repository, self.sources, span)
    }

    fn finding(&self, finding: &Finding) -> Case {
        let place = self.place(finding.primary.span);
        let mut lines = vec![format!("{place}: {}", one_line(&finding.message))];
        lines.extend(scope(finding, MOST_NAMES));
        for label in [&finding.primary].into_iter().chain(&finding.related).filter(|label| !label.text.is_empty()) {
            lines.push(format!("  {}: {}", self.place(label.span), one_line(&label.text)));
        }
        lines.extend(Some(one_line(&finding.help)).filter(|help| !help.is_empty()));
        let message = format!("{place}: {}", one_line(first_sentence(&finding.message)));
        let outcome = CaseResult::Failure { severity: finding.severity.name(), message, text: lines.join("\n") };
        Case { name: name(&finding.rule, &finding.subject), outcome }
    }

    fn undetermined(&self, check: &Undetermined) -> Case {
        let message = format!("{}: {}", self.place(check.primary.span), undetermined_message(check));
        Case { name: name(&check.rule, &check.subject), outcome: CaseResult::Skipped { message } }
    }

    fn problem(&self, problem: &FileProblem) -> Case {
        let place = place::of_problem_in(self.repository, self.sources, problem);
        let message = format!("{place}: {}", one_line(&problem.message));
        let kind = problem.code.id();
        let outcome = if problem.fails { CaseResult::Error { kind, message } } else { CaseResult::Skipped { message } };
        Case { name: kind.to_owned(), outcome }
    }
}

impl Case {
    fn write(&self, path: &str, out: &mut dyn Write) -> io::Result<()> {
        write!(out, r#"    <testcase name="{}" classname="{}""#, attribute(&self.name), attribute(path))?;
        match &self.outcome {
            CaseResult::Passed => return writeln!(out, "/>"),
            CaseResult::Failure { severity, message, text } => {
                writeln!(out, ">")?;
                let (message, text) = (attribute(message), content(text));
                writeln!(out, r#"      <failure type="{severity}" message="{message}">{text}</failure>"#)?;
            }
            CaseResult::Error { kind, message } => {
                writeln!(out, ">")?;
                writeln!(out, r#"      <error type="{kind}" message="{}"/>"#, attribute(message))?;
            }
            CaseResult::Skipped { message } => {
                writeln!(out, ">")?;
                writeln!(out, r#"      <skipped message="{}"/>"#, attribute(message))?;
            }
        }
        writeln!(out, "    </testcase>")
    }
}

/// The rule, and the resource with the modules through which it is reached.
fn name(rule: &str, subject: &Subject) -> String {
    let path: Vec<&str> =
        subject.call_path.iter().map(|call| call.title.as_str()).chain([subject.title.as_str()]).collect();
    format!("{rule}: {}", path.join("/"))
}

/// `text` as the value of an attribute.
fn attribute(text: &str) -> String {
    escaped(&printable(text))
}

/// `text`, several lines perhaps, between tags.
fn content(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(attribute).collect();
    lines.join("\n")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // In an attribute it would be read as a space.
            '\t' => escaped.push_str("&#9;"),
            // No XML may have these, not even as references; control characters are replaced already.
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(character),
        }
    }
    escaped
}
