//! The examples on the pages of rules, which are their tests.

use std::fmt::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use rulefile::page::{Example, ExampleKind};

use crate::autofix::fix_all;
use crate::config::{Config, FILE_NAMES};
use crate::finding::{Label, Report};
use crate::lint::{Found, Inputs, Options, lint};
use crate::rules::{Rule, RuleStore};
use crate::source::{MemoryFiles, SourceFile};

/// The results of a run for the files of an example, as far as a rule is concerned.
#[derive(Debug)]
pub struct ExampleRun {
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
pub fn run(rules: &Arc<RuleStore>, files: &[(&str, &str)], rule: &Rule) -> ExampleRun {
    let (memory, inputs, options) = project(rules, files, rule);
    outcome(&lint(&memory, inputs, &options), rule)
}

/// `files` as a project, the first named, to be linted with the group of `rule`.
fn project(rules: &Arc<RuleStore>, files: &[(&str, &str)], rule: &Rule) -> (MemoryFiles, Inputs, Options) {
    let mut memory = MemoryFiles::default();
    for (name, text) in files {
        memory.insert(*name, *text);
    }
    let configs = files
        .iter()
        .filter(|(name, _)| FILE_NAMES.contains(name))
        .filter_map(|(name, text)| Config::parse(Arc::new(SourceFile::new(*name, *text)), PathBuf::new()).ok());
    let configs = configs.collect();
    let beside = files.iter().skip(1).map(|(name, _)| PathBuf::from(name));
    let beside = beside.filter(|path| path.extension().is_some_and(|extension| extension != "toml"));
    let around = beside.collect();
    let main = files.first().map(|(name, _)| Found { path: PathBuf::from(name), named: true });
    let inputs = Inputs { paths: main.into_iter().collect(), around, configs, ..Inputs::default() };
    let group = rules.groups().find(|group| group.iter().any(|member| member.id == rule.id)).unwrap_or_default();
    let select = group.iter().map(|member| member.id.to_string()).collect();
    let options = Options { select, rules: Some(Arc::clone(rules)), threads: 1, ..Options::default() };
    (memory, inputs, options)
}

fn outcome(report: &Report, rule: &Rule) -> ExampleRun {
    let place = |label: &Label| {
        let file = report.sources.get(label.span.file);
        let at = file.line_column(label.span.range.start);
        format!("{}:{}:{}", file.display_path(), at.line, at.column)
    };
    let mut outcome = ExampleRun {
        findings: String::new(),
        paths: report.findings.iter().map(|finding| finding.path.clone()).collect(),
        undetermined: String::new(),
        group: String::new(),
        problems: report.problems.iter().map(|problem| problem.message.clone()).collect(),
        resources: report.summary.clusters + report.summary.other_resources,
    };
    for finding in &report.findings {
        let mut text =
            format!("{}: {} {}: {}\n", place(&finding.primary), finding.severity, finding.rule, finding.message);
        for label in std::iter::once(&finding.primary).chain(&finding.related).filter(|label| !label.text.is_empty()) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {}: {}", place(label), label.text);
        }
        let section = if finding.rule == rule.id { &mut outcome.findings } else { &mut outcome.group };
        section.push_str(&text);
    }
    for check in &report.undetermined {
        let depends_on = check.depends_on.join(", ");
        let text = format!("{}: undetermined {}: waits for {depends_on}\n", place(&check.primary), check.rule);
        let section = if check.rule == rule.id { &mut outcome.undetermined } else { &mut outcome.group };
        section.push_str(&text);
    }
    outcome
}

/// How an example keeps its contract.
#[derive(Debug)]
pub enum ExampleVerdict {
    /// It does.
    Yes,
    /// The run prints another text than the page has: those lines of the page should be this text.
    OtherText(Range<usize>, String),
    /// The rule has another result than the example expects, in words.
    No(String),
}

/// Runs the examples of `rule`.
pub fn check_all(rules: &Arc<RuleStore>, rule: &Rule) -> Vec<(Example, ExampleVerdict)> {
    let examples = rule.examples();
    let mut fail = None;
    let mut checked = Vec::with_capacity(examples.len());
    for example in &examples {
        let wrong_fix = match example.kind {
            ExampleKind::Fixed => fail.and_then(|fail| check_fixed(rules, rule, fail, example)),
            ExampleKind::Fail | ExampleKind::Pass | ExampleKind::Undetermined => None,
        };
        checked.push((example.clone(), wrong_fix.unwrap_or_else(|| check(rules, rule, example))));
        fail = Some(example).filter(|example| example.kind == ExampleKind::Fail).or(fail);
    }
    checked
}

/// What is wrong when all fixes make something else of `fail` than `fixed`, whose files are those that change.
fn check_fixed(rules: &Arc<RuleStore>, rule: &Rule, fail: &Example, fixed: &Example) -> Option<ExampleVerdict> {
    let (memory, inputs, options) = project(rules, &texts(fail), rule);
    let result = fix_all(&memory, &inputs, &options, true);
    let made = |name: &str| result.changed.iter().find(|changed| changed.path.as_os_str() == name);
    let other =
        fixed.files.iter().enumerate().find(|(_, (name, text))| made(name).is_none_or(|made| *made.after != **text));
    match other {
        Some((0, (name, text))) => match made(name) {
            Some(made) => {
                let lines = fixed.line..fixed.line + text.lines().count();
                Some(ExampleVerdict::OtherText(lines, made.after.to_string()))
            }
            None => Some(ExampleVerdict::No(format!("the fixes change nothing in {name}\n"))),
        },
        Some((_, (name, _))) => {
            let made = made(name).map(|made| made.after.to_string()).unwrap_or_default();
            Some(ExampleVerdict::No(format!("the fixes make of {name}\n{made}")))
        }
        None if result.changed.len() > fixed.files.len() => {
            Some(ExampleVerdict::No("the fixes change more files\n".to_owned()))
        }
        None => None,
    }
}

/// Names and texts of the files of an example.
fn texts(example: &Example) -> Vec<(&str, &str)> {
    example.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

fn check(rules: &Arc<RuleStore>, rule: &Rule, example: &Example) -> ExampleVerdict {
    let outcome = run(rules, &texts(example), rule);
    let (reported, unexpected) = match example.kind {
        ExampleKind::Fail => (Some(&outcome.findings), &outcome.undetermined),
        ExampleKind::Undetermined => (Some(&outcome.undetermined), &outcome.findings),
        ExampleKind::Pass | ExampleKind::Fixed => (None, &outcome.findings),
    };
    // A fixed file may depend on something new: a parameter.
    let may_be_undetermined = example.kind == ExampleKind::Fixed;
    let is_right = unexpected.is_empty()
        && (may_be_undetermined || outcome.group.is_empty())
        && outcome.problems.is_empty()
        && outcome.resources > 0
        && reported.map_or(may_be_undetermined || outcome.undetermined.is_empty(), |text| !text.is_empty());
    match (reported, &example.expected) {
        _ if !is_right => ExampleVerdict::No(described(&outcome)),
        (Some(text), Some(expected)) if *text != expected.text => {
            ExampleVerdict::OtherText(expected.lines.clone(), text.clone())
        }
        _ => ExampleVerdict::Yes,
    }
}

/// The results of a run, in lines.
fn described(outcome: &ExampleRun) -> String {
    let mut text = format!("{}{}{}", outcome.findings, outcome.undetermined, outcome.group);
    outcome.problems.iter().for_each(|problem| text.extend([problem, "\n"]));
    match (text.is_empty(), outcome.resources) {
        (false, _) => text,
        (true, 0) => "there is no resource in it\n".to_owned(),
        (true, _) => "nothing: it passes\n".to_owned(),
    }
}

/// The text of a rule file in which lines of the page, which starts at line `page_offset`, are replaced.
pub fn rewritten(text: &str, page_offset: usize, mut replacements: Vec<(Range<usize>, String)>) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    // From the end, so that the places of those before stay right.
    replacements.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    for (place, text) in &replacements {
        lines.splice(place.start + page_offset..place.end + page_offset, text.lines());
    }
    lines.join("\n") + "\n"
}
