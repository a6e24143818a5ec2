//! The examples in the rule files are the tests of the rules.
//!
//! `ARMGUARD_BLESS=1 cargo test --test rules` writes what the run prints into the `text` blocks.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use armguard::finding::Label;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::rules::page::{Example, ExampleKind, ExampleLanguage, Page};
use armguard::rules::{Rule, registry};
use armguard::source::MemoryFiles;
use serde_json::{Value, json};

/// What a run says about the files of an example, as far as a rule is concerned.
#[derive(Debug)]
struct Outcome {
    /// Findings of the rule: a line each, with an indented line for each labelled place.
    findings: String,
    /// Undetermined checks of the rule, a line each, with what decides.
    undetermined: String,
    /// The same of the other rules of its group.
    group: String,
    /// What is wrong in the files.
    problems: Vec<String>,
    /// How many resources were looked at.
    resources: usize,
}

/// Lints `files`, the first of which is named on the command line, with the group of `rule` selected.
fn run(files: &[(&str, &str)], rule: &Rule) -> Outcome {
    let mut memory = MemoryFiles::default();
    for (name, text) in files {
        memory.insert(*name, *text);
    }
    let main = files.first().map(|(name, _)| Found { path: PathBuf::from(name), named: true });
    let inputs = Inputs { paths: main.into_iter().collect(), stdin: None, ..Inputs::default() };
    let select = registry().groups().find(|group| group.iter().any(|member| member.id == rule.id)).unwrap();
    let select = select.iter().map(|member| member.id.to_string()).collect();
    let report = lint(&memory, inputs, &Options { select, ..Options::default() });
    let place = |label: &Label| {
        let file = report.sources.get(label.span.file);
        let at = file.line_column(label.span.range.start);
        format!("{}:{}:{}", file.display_path(), at.line, at.column)
    };
    let mut outcome = Outcome {
        findings: String::new(),
        undetermined: String::new(),
        group: String::new(),
        problems: report.problems.iter().map(|problem| problem.problem.message.clone()).collect(),
        resources: report.summary.clusters + report.summary.other_resources,
    };
    for finding in &report.findings {
        let mut text =
            format!("{}: {} {}: {}\n", place(&finding.primary), finding.severity, finding.rule, finding.message);
        for label in std::iter::once(&finding.primary).chain(&finding.related).filter(|label| !label.text.is_empty()) {
            writeln!(text, "  {}: {}", place(label), label.text).unwrap();
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

/// Each rule with each of its examples.
fn examples() -> impl Iterator<Item = (&'static Rule, Example)> {
    let rules = registry().rules().iter().map(|rule| &**rule);
    rules.flat_map(|rule| rule.examples().into_iter().map(move |example| (rule, example)))
}

/// Where an example stands, for messages.
fn title(rule: &Rule, example: &Example) -> String {
    format!("{}.md:{}", rule.id, rule.page_offset + example.line)
}

fn files_of(example: &Example) -> Vec<(&str, &str)> {
    example.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

fn rule_files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let paths = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn every_file_is_a_rule() {
    let mut ids: Vec<String> =
        rule_files().iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let mut known: Vec<String> = registry().rules().iter().map(|rule| rule.id.to_string()).collect();
    ids.sort();
    known.sort();
    assert_eq!(ids, known);
    for rule in registry().rules() {
        let (page, errors) = Page::parse(&rule.page);
        assert_eq!((page.heading.as_str(), errors), (&*rule.id, Vec::new()));
        assert_eq!(registry().get(&rule.id).map(|found| &found.id), Some(&rule.id));
    }
}

#[test]
fn both_languages_have_examples_of_each_kind() {
    for rule in registry().rules() {
        let examples = rule.examples();
        for language in [ExampleLanguage::Bicep, ExampleLanguage::Json] {
            for kind in [ExampleKind::Fail, ExampleKind::Pass, ExampleKind::Undetermined] {
                let found = examples.iter().any(|example| example.language == language && example.kind == kind);
                assert!(found, "{}: no example {language:?} {kind:?}", rule.id);
            }
        }
    }
}

/// A second opinion on the examples' syntax; the pipeline's own comes with the contracts.
#[test]
fn examples_are_well_formed() {
    let mut bicep = tree_sitter::Parser::new();
    bicep.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
    for (rule, example) in examples() {
        for (name, text) in &example.files {
            let wrong = if name.ends_with(".bicep") {
                bicep.parse(text, None).is_none_or(|tree| tree.root_node().has_error())
            } else {
                serde_json::from_str::<Value>(text).is_err()
            };
            assert!(!wrong, "{}: {name} is not well formed", title(rule, &example));
        }
    }
}

#[test]
fn examples_keep_their_contract() {
    let bless = std::env::var_os("ARMGUARD_BLESS").is_some();
    assert!(!bless || std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
    let mut wrong = Vec::new();
    for rule in registry().rules() {
        let mut blessed = Vec::new();
        for example in rule.examples() {
            let outcome = run(&files_of(&example), rule);
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
            let expected = example.expected.as_ref().map(|expected| &expected.text);
            if !is_right {
                wrong.push(format!("{}: {:?} gives {outcome:#?}", title(rule, &example), example.kind));
            } else if said != expected && !bless {
                let (said, expected) = (said.map_or("", |text| text), expected.map_or("", |text| text));
                wrong.push(format!("{}: expected\n{expected}but the run says\n{said}", title(rule, &example)));
            } else if let (Some(said), Some(expected)) = (said, example.expected) {
                blessed.push((expected.lines, said.clone()));
            }
        }
        if bless {
            write_expected(rule, blessed);
        }
    }
    assert!(wrong.is_empty(), "{}\nARMGUARD_BLESS=1 takes over texts that are right", wrong.join("\n\n"));
}

/// Puts texts in the place of lines of the rule's page.
fn write_expected(rule: &Rule, mut blessed: Vec<(std::ops::Range<usize>, String)>) {
    let paths = rule_files();
    let path = paths.iter().find(|path| path.file_stem().is_some_and(|stem| stem == &*rule.id)).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    // From the end, so that the places of those before stay right.
    blessed.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    for (place, said) in &blessed {
        lines.splice(place.start + rule.page_offset..place.end + rule.page_offset, said.lines());
    }
    let rewritten = lines.join("\n") + "\n";
    if rewritten != text {
        fs::write(path, rewritten).unwrap();
    }
}

/// What follows from a `fail` example without being written down.
#[test]
fn derived_cases_hold() {
    let fails = examples().filter(|(_, example)| example.kind == ExampleKind::Fail && example.files.len() == 1);
    for (rule, example) in fails {
        let title = title(rule, &example);
        let (name, text) = &example.files[0];
        let run_on = |text: &str| run(&[(name, text)], rule);
        let is_bicep = example.language == ExampleLanguage::Bicep;

        let broken = if is_bicep {
            format!("{text}\nvar neighbour = \n")
        } else {
            text.replacen('{', "{ \"neighbour\": [1 2],", 1)
        };
        let outcome = run_on(&broken);
        assert_eq!(outcome.findings, run_on(text).findings, "{title}: with a broken neighbour");
        assert!(!outcome.problems.is_empty(), "{title}: a broken neighbour is told");

        let unknown =
            if is_bicep { bicep_with_unknown_properties(text, rule) } else { arm_with_unknown_properties(text, rule) };
        let outcome = run_on(&unknown);
        let undetermined = format!("{}{}", outcome.undetermined, outcome.group);
        let only_undetermined = undetermined.contains("undetermined") && undetermined.contains("derivedUnknown");
        assert!(outcome.findings.is_empty() && only_undetermined, "{title}: with unknown properties: {outcome:#?}");

        if is_bicep {
            let head = bicep_head(text, rule);
            let outcome = run_on(&text.replacen(&head, &head.replace(" = ", " existing = "), 1));
            let said = [&*outcome.findings, &*outcome.undetermined, &*outcome.group];
            assert_eq!(said, [""; 3], "{title}: as an existing resource");
        }
    }
}

/// The first line of the resource that the rule judges.
fn bicep_head(text: &str, rule: &Rule) -> String {
    let is_head = |line: &&str| {
        let judged = |(ty, _): &(_, _)| line.contains(&format!("'{ty}@"));
        line.starts_with("resource ") && !line.contains(" existing ") && rule.resources.iter().any(judged)
    };
    text.lines().find(is_head).expect("the example declares such a resource").to_owned()
}

fn bicep_with_unknown_properties(text: &str, rule: &Rule) -> String {
    let from = text.find(&bicep_head(text, rule)).unwrap();
    let value = from + text[from..].find("\n  properties: ").unwrap() + "\n  properties: ".len();
    // Examples are indented as usual, so an object ends with a brace that stands below its key.
    let end = if text[value..].starts_with('{') { "\n  }" } else { "\n" };
    let length = text[value..].find(end).unwrap() + end.trim_end_matches('\n').len();
    format!("{}derivedUnknown{}\nparam derivedUnknown object\n", &text[..value], &text[value + length..])
}

fn arm_with_unknown_properties(text: &str, rule: &Rule) -> String {
    let mut template: Value = serde_json::from_str(text).unwrap();
    let resources = template["resources"].as_array_mut().unwrap();
    let resource = resources.iter_mut().find(|resource| resource["type"].as_str().is_some_and(|ty| rule.judges(ty)));
    resource.expect("the example declares such a resource")["properties"] = json!("[parameters('derivedUnknown')]");
    template["parameters"]["derivedUnknown"] = json!({ "type": "object" });
    template.to_string()
}

/// What the derivation itself makes of an example.
#[test]
fn derived_templates_are_well_formed() {
    let mut bicep = tree_sitter::Parser::new();
    bicep.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
    for (rule, example) in
        examples().filter(|(_, example)| example.kind == ExampleKind::Fail && example.files.len() == 1)
    {
        let text = &example.files[0].1;
        if example.language == ExampleLanguage::Bicep {
            let derived = bicep_with_unknown_properties(text, rule);
            let is_right = bicep.parse(&derived, None).is_some_and(|tree| !tree.root_node().has_error());
            assert!(is_right && derived.contains("properties: derivedUnknown\n}\n"), "{derived}");
        } else {
            assert!(arm_with_unknown_properties(text, rule).contains("[parameters('derivedUnknown')]"));
        }
    }
}
