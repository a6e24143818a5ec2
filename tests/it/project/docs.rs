//! Documents that are made by the program: the index of the rules, the schemas of rule files and of the configuration.
//!
//! `ARMGUARD_BLESS=1 cargo test --test it project::docs` writes them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use armguard::config;
use armguard::finding::Severity;
use armguard::rulefile::schema;
use armguard::rules::{Rule, RuleSet, RuleStore};

/// What the areas are called.
const AREAS: [(&str, &str); 9] = [
    ("aks", "AKS clusters"),
    ("plan", "Defender plans"),
    ("arc", "Azure Arc-enabled Kubernetes"),
    ("connectors", "AWS and GCP"),
    ("posture", "Hardening of AKS clusters"),
    ("logs", "Logs of AKS clusters"),
    ("registry", "Container registries"),
    ("alerts", "Alerts and integrations"),
    ("templates", "Templates"),
];

const HEAD: &str = "\
# Rules

This page is made from the rule files below `rules/`; a test keeps it current. `armguard explain <id>` prints the page
of a rule, `armguard rules --format json` this list for programs, with the controls that each rule maps to.
[writing-rules.md](writing-rules.md) tells how to write one, [parity.md](parity.md) what other linters have.

A rule is in the set

- `default`, when its violation means that Defender for Containers does not see, or does not protect, something that the
  template declares, or that the deployment of its settings fails. This set runs when nothing is selected.
- `posture`, when Defender does its work all the same, and a recommendation of Microsoft Defender for Cloud, a control of
  the Microsoft cloud security benchmark, or one of CIS asks for it of every cluster, registry or subscription.
- `optional`, when whether it fits depends on the team: previews, features with an equal alternative, house rules.
  `--ruleset all` runs these, too.
";

fn index() -> String {
    let mut text = HEAD.to_owned();
    let mut by_area: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in RuleStore::built_in().rules() {
        by_area.entry(&rule.area).or_default().push(rule);
    }
    for (area, title) in AREAS {
        let Some(rules) = by_area.remove(area) else { continue };
        writeln!(text, "\n## {title}\n\n| rule | severity | set | what is wrong |\n|---|---|---|---|").unwrap();
        for rule in rules {
            let (id, severity, set) = (&rule.id, rule.severity, rule.set.name());
            writeln!(text, "| [{id}](../rules/{area}/{id}.md) | {severity} | {set} | {} |", rule.title).unwrap();
        }
    }
    assert!(by_area.is_empty(), "areas without a title: {:?}", by_area.keys());
    let count = |is: &dyn Fn(&Rule) -> bool| RuleStore::built_in().rules().iter().filter(|rule| is(rule)).count();
    writeln!(text, "\n## In numbers\n\n| set | high | medium | low | info | all |\n|---|---|---|---|---|---|").unwrap();
    for set in RuleSet::ALL {
        let by_severity = Severity::ALL.into_iter().rev();
        let counts = by_severity.map(|severity| count(&|rule| rule.set == set && rule.severity == severity));
        let counts: Vec<String> = counts.map(|count| count.to_string()).collect();
        let all = count(&|rule| rule.set == set);
        writeln!(text, "| {} | {} | {all} |", set.name(), counts.join(" | ")).unwrap();
    }
    text
}

#[test]
fn documents_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let schema = serde_json::to_string_pretty(&schema::front_matter()).unwrap() + "\n";
    let bless = std::env::var_os("ARMGUARD_BLESS").is_some();
    let configuration = serde_json::to_string_pretty(&config::schema::schema()).unwrap() + "\n";
    let documents = [("rules.md", index()), ("rule.schema.json", schema), ("armguard.schema.json", configuration)];
    for (name, text) in documents {
        let path = root.join(name);
        if bless {
            assert!(std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
            fs::write(&path, &text).unwrap();
        }
        let is_current = fs::read_to_string(&path).is_ok_and(|written| written == text);
        assert!(
            is_current,
            "docs/{name} is not current; ARMGUARD_BLESS=1 cargo test --test it project::docs writes it"
        );
    }
}

/// A control that a rule names must be told about in the table of parity.
#[test]
fn parity_tells_of_every_rule_of_a_peer() {
    let parity = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/parity.md")).unwrap();
    let mut missing = Vec::new();
    for rule in RuleStore::built_in().rules() {
        for peer in ["psrule", "checkov", "kics", "trivy", "template-analyzer"] {
            for control in rule.controls.get(peer).into_iter().flatten() {
                let has_row = parity.lines().any(|line| {
                    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                    cells.get(1).is_some_and(|id| id.split([' ', '`']).any(|word| word == &**control))
                        && line.contains(&format!("`{}`", rule.id))
                });
                if !has_row {
                    missing.push(format!("{control} -> {}", rule.id));
                }
            }
        }
    }
    assert!(missing.is_empty(), "docs/parity.md lacks {missing:#?}");
}
