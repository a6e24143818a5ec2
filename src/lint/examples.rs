//! The examples on the pages of rules, which are their tests.

use std::fmt::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Found, Inputs, Options, lint};
use crate::finding::{Label, Report};
use crate::rules::page::{Example, ExampleKind};
use crate::rules::{Registry, Rule};
use crate::source::MemoryFiles;

/// What a run says about the files of an example, as far as a rule is concerned.
#[derive(Debug)]
pub struct Outcome {
    /// Findings of the rule: a line each, with an indented line for each labelled place.
    pub findings: String,
    /// The properties that these are about.
    pub paths: Vec<String>,
    /// Undetermined checks of the rule, a line each, with what decides.
    pub undetermined: String,
    /// The same of the other rules of its group.
    pub group: String,
    /// What is wrong in the files.
    pub problems: Vec<String>,
    /// How many resources were looked at.
    pub resources: usize,
}

/// Lints `files`, the first of which is named on the command line, with the group of `rule` selected.
pub fn run(rules: &Arc<Registry>, files: &[(&str, &str)], rule: &Rule) -> Outcome {
    let mut memory = MemoryFiles::default();
    for (name, text) in files {
        memory.insert(*name, *text);
    }
    let main = files.first().map(|(name, _)| Found { path: PathBuf::from(name), named: true });
    let inputs = Inputs { paths: main.into_iter().collect(), stdin: None, ..Inputs::default() };
    let group = rules.groups().find(|group| group.iter().any(|member| member.id == rule.id)).unwrap_or_default();
    let select = group.iter().map(|member| member.id.to_string()).collect();
    let options = Options { select, rules: Some(Arc::clone(rules)), ..Options::default() };
    outcome(&lint(&memory, inputs, &options), rule)
}

fn outcome(report: &Report, rule: &Rule) -> Outcome {
    let place = |label: &Label| {
        let file = report.sources.get(label.span.file);
        let at = file.line_column(label.span.range.start);
        format!("{}:{}:{}", file.display_path(), at.line, at.column)
    };
    let mut outcome = Outcome {
        findings: String::new(),
        paths: report.findings.iter().map(|finding| finding.path.clone()).collect(),
        undetermined: String::new(),
        group: String::new(),
        problems: report.problems.iter().map(|problem| problem.problem.message.clone()).collect(),
        resources: report.summary.clusters + report.summary.other_resources,
    };
    for finding in &report.findings {
        let mut text =
            format!("{}: {} {}: {}\n", place(&finding.primary), finding.severity, finding.rule, finding.message);
        for label in std::iter::once(&finding.primary).chain(&finding.related).filter(|label| !label.text.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {}: {}", place(label), label.text);
        }
        let said = if finding.rule == rule.id { &mut outcome.findings } else { &mut outcome.group };
        said.push_str(&text);
    }
    for check in &report.undetermined {
        let waits_for = check.waits_for.join(", ");
        let text = format!("{}: undetermined {}: waits for {waits_for}\n", place(&check.primary), check.rule);
        let said = if check.rule == rule.id { &mut outcome.undetermined } else { &mut outcome.group };
        said.push_str(&text);
    }
    outcome
}

/// How an example keeps its contract.
#[derive(Debug)]
pub enum Kept {
    /// It does.
    Yes,
    /// The run prints another text than the page says: those lines of the page should be this text.
    OtherText(Range<usize>, String),
    /// The rule says something else than the example is for; in words.
    No(String),
}

/// Runs an example of `rule`.
pub fn check(rules: &Arc<Registry>, rule: &Rule, example: &Example) -> Kept {
    let files: Vec<(&str, &str)> = example.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let outcome = run(rules, &files, rule);
    let (said, silent) = match example.kind {
        ExampleKind::Fail => (Some(&outcome.findings), &outcome.undetermined),
        ExampleKind::Undetermined => (Some(&outcome.undetermined), &outcome.findings),
        ExampleKind::Pass | ExampleKind::Fixed => (None, &outcome.findings),
    };
    let is_right = silent.is_empty()
        && outcome.group.is_empty()
        && outcome.problems.is_empty()
        && outcome.resources > 0
        && said.map_or(outcome.undetermined.is_empty(), |said| !said.is_empty());
    match (said, &example.expected) {
        _ if !is_right => Kept::No(described(&outcome)),
        (Some(said), Some(expected)) if *said != expected.text => Kept::OtherText(expected.lines.clone(), said.clone()),
        _ => Kept::Yes,
    }
}

/// What a run said, in lines.
fn described(outcome: &Outcome) -> String {
    let mut said = format!("{}{}{}", outcome.findings, outcome.undetermined, outcome.group);
    outcome.problems.iter().for_each(|problem| said.extend([problem, "\n"]));
    match (said.is_empty(), outcome.resources) {
        (false, _) => said,
        (true, 0) => "there is no resource in it\n".to_owned(),
        (true, _) => "nothing: it passes\n".to_owned(),
    }
}

/// The text of a rule file in which lines of the page, which starts at line `page_offset`, are replaced.
pub fn rewritten(text: &str, page_offset: usize, mut said: Vec<(Range<usize>, String)>) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    // From the end, so that the places of those before stay right.
    said.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    for (place, text) in &said {
        lines.splice(place.start + page_offset..place.end + page_offset, text.lines());
    }
    lines.join("\n") + "\n"
}
