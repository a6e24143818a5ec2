//! The examples in the rule files are the tests of the rules.
//!
//! `ARMGUARD_BLESS=1 cargo test --test it rules` writes what the run prints into the `text` blocks.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use armguard::config::Config;
use armguard::examples::{self, ExampleRun, ExampleVerdict};
use armguard::rulefile::page::{Example, ExampleKind, ExampleLanguage, Page};
use armguard::rules::{Rule, RuleStore};
use armguard::source::SourceFile;
use serde_json::{Value, json};

fn run(files: &[(&str, &str)], rule: &Rule) -> ExampleRun {
    examples::run(RuleStore::built_in(), files, rule)
}

/// Each rule with each of its examples.
fn all_examples() -> impl Iterator<Item = (&'static Rule, Example)> {
    let rules = RuleStore::built_in().rules().iter().map(|rule| &**rule);
    rules.flat_map(|rule| rule.examples().into_iter().map(move |example| (rule, example)))
}

/// Where an example stands, for messages.
fn title(rule: &Rule, example: &Example) -> String {
    format!("{}.md:{}", rule.id, rule.page_offset + example.line)
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
    let mut known: Vec<String> = RuleStore::built_in().rules().iter().map(|rule| rule.id.to_string()).collect();
    ids.sort();
    known.sort();
    assert_eq!(ids, known);
    for rule in RuleStore::built_in().rules() {
        let (page, errors) = Page::parse(&rule.page);
        assert_eq!((page.heading.as_str(), errors), (&*rule.id, Vec::new()));
        assert_eq!(RuleStore::built_in().get(&rule.id).map(|found| &found.id), Some(&rule.id));
    }
}

/// Kinds of examples that a rule has not, and why.
const WITHOUT: [(&str, ExampleKind, &str); 1] = [(
    "compiled-template-stale",
    ExampleKind::Undetermined,
    "it waits for a module that cannot be read, which is a problem of its own, and examples have none; \
     testdata/bicep/compiled-stale-unread shows it",
)];

#[test]
fn both_languages_have_examples_of_each_kind() {
    for rule in RuleStore::built_in().rules() {
        let examples = rule.examples();
        for language in [ExampleLanguage::Bicep, ExampleLanguage::Json] {
            for kind in [ExampleKind::Fail, ExampleKind::Pass, ExampleKind::Undetermined] {
                let without = WITHOUT.iter().any(|(id, of, _)| **id == *rule.id && *of == kind);
                if without {
                    assert!(!examples.iter().any(|example| example.kind == kind), "{}: {kind:?} is there", rule.id);
                    continue;
                }
                let found = examples.iter().any(|example| example.language == language && example.kind == kind);
                assert!(found, "{}: no example {language:?} {kind:?}", rule.id);
            }
            let is_fixed = |example: &Example| example.language == language && example.kind == ExampleKind::Fixed;
            let found = examples.iter().any(is_fixed);
            assert_eq!(found, !rule.fixes.is_empty(), "{}: a fixed example {language:?} for its fixes", rule.id);
        }
    }
}

/// A second opinion on the examples' syntax; the pipeline's own comes with the contracts.
#[test]
fn examples_are_well_formed() {
    let mut bicep = tree_sitter::Parser::new();
    bicep.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
    for (rule, example) in all_examples() {
        for (name, text) in &example.files {
            let wrong = if name.ends_with(".bicep") {
                bicep.parse(text, None).is_none_or(|tree| tree.root_node().has_error())
            } else if name.ends_with(".toml") {
                let source = Arc::new(SourceFile::new(name, text.as_str()));
                Config::parse(source, PathBuf::new()).is_err()
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
    for rule in RuleStore::built_in().rules() {
        let mut blessed = Vec::new();
        for (example, kept) in examples::check_all(RuleStore::built_in(), rule) {
            match kept {
                ExampleVerdict::Yes => {}
                ExampleVerdict::OtherText(lines, said) if bless => blessed.push((lines, said)),
                ExampleVerdict::OtherText(_, said) => {
                    let expected = example.expected.as_ref().map_or("", |expected| &expected.text);
                    wrong.push(format!("{}: expected\n{expected}but the run says\n{said}", title(rule, &example)));
                }
                ExampleVerdict::No(said) => {
                    wrong.push(format!("{}: {:?} gives\n{said}", title(rule, &example), example.kind))
                }
            }
        }
        if !blessed.is_empty() {
            let paths = rule_files();
            let path = paths.iter().find(|path| path.file_stem().is_some_and(|stem| stem == &*rule.id)).unwrap();
            let text = fs::read_to_string(path).unwrap();
            fs::write(path, examples::rewritten(&text, rule.page_offset, blessed)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}\nARMGUARD_BLESS=1 takes over texts that are right", wrong.join("\n\n"));
}

/// The first example of each kind is the same in both languages, and so are the properties that are found in it.
#[test]
fn both_languages_find_the_same() {
    for rule in RuleStore::built_in().rules() {
        let of = |language| -> Vec<(&str, Vec<String>)> {
            let mut first: Vec<(&str, Vec<String>)> = Vec::new();
            for example in rule.examples().into_iter().filter(|example| example.language == language) {
                let kind = example.kind.name();
                if !first.iter().any(|(known, _)| *known == kind) {
                    let files: Vec<_> =
                        example.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
                    first.push((kind, run(&files, rule).paths));
                }
            }
            first.sort();
            first
        };
        assert_eq!(of(ExampleLanguage::Bicep), of(ExampleLanguage::Json), "{}", rule.id);
    }
}

/// What follows from a `fail` example without being written down.
#[test]
fn derived_cases_hold() {
    let fails = all_examples().filter(|(_, example)| example.kind == ExampleKind::Fail && example.files.len() == 1);
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

        // What stands outside of `properties` does not depend on them.
        if !run_on(text).paths.iter().all(|path| path.starts_with("properties")) {
            continue;
        }
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
    let resource =
        resources.iter_mut().find(|resource| resource["type"].as_str().is_some_and(|ty| rule.checks_type(ty)));
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
        all_examples().filter(|(_, example)| example.kind == ExampleKind::Fail && example.files.len() == 1)
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
