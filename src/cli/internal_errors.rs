//! Failures of armguard itself: in a rule, or while it reads a file. All other findings are still reported.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::args::{Cli, Command};
use super::output::OutputSink;
use super::{CommandError, RunVerdict, lint};
use crate::finding::Report;
use crate::lint::{Found, Inputs, Options};
use crate::report::Format;
use crate::rules::RuleStore;
use crate::source::{FileSystem, MemoryFiles, ProblemCode, ReadError, record_panics};

const CLUSTER: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
                       location: 'westeurope'\n  properties: { dnsPrefix: 'a', agentPoolProfiles: [] }\n}\n";

/// A rule whose check fails.
const RULE: &str = "---\nseverity: medium\nresource: Microsoft.ContainerService/managedClusters\nnoun: AKS cluster\n\
                    native: panics_in_tests\nmessage: AKS cluster `{name}` is not as it should be.\nhelp: Wait.\n\
                    links:\n  - https://example.com/why\n---\n# own-rule\n\nA rule that fails.\n\n## Why\n\nTo see it.\n\n\
                    ## Remediation\n\nNone.\n\n## Examples\n\n```bicep fail\nparam x string\n```\n\n```text finding\n```\n\n\
                    ```bicep pass\nparam x string\n```\n";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("armguard-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("rules/own")).unwrap();
    fs::write(folder.join("rules/own/own-rule.md"), RULE).unwrap();
    fs::write(folder.join("main.bicep"), CLUSTER).unwrap();
    fs::write(folder.join("other.bicep"), "param x string\n").unwrap();
    folder
}

fn run(folder: &Path, options: &[&str]) -> Result<RunVerdict, CommandError> {
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let mut arguments = vec!["armguard".to_owned(), "lint".to_owned(), text(folder.to_owned())];
    arguments.extend(["--rules".to_owned(), text(folder.join("rules"))]);
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    for format in Format::ALL {
        let file = text(folder.join(format!("report.{}", format.name())));
        arguments.extend(["--format".to_owned(), format!("{}={file}", format.name())]);
    }
    let Some(Command::Lint(args)) = Cli::try_parse_from(arguments).unwrap().command else { panic!("it says `lint`") };
    lint::run(&args, true, &mut OutputSink::new())
}

/// In every format, with message and place, beside what was found; and it is no success whatever the options.
#[test]
fn a_rule_fails() {
    record_panics(true);
    let folder = folder("a-rule-fails");
    for options in [&["--ruleset", "all"][..], &["--ruleset", "all", "--exit-zero", "--ignore", "internal-error"]] {
        assert_eq!(run(&folder, options).unwrap(), RunVerdict::Broken, "{options:?}");
        for format in Format::ALL {
            let report = fs::read_to_string(folder.join(format!("report.{}", format.name()))).unwrap();
            let (name, report) = (format.name(), report.replace(['\n', '│'], " "));
            let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
            for expected in ["armguard itself failed", "planted failure of", "mod.rs", "aks-defender-profile"] {
                assert!(report.contains(expected), "{name} has no `{expected}`: {report}");
            }
        }
    }
    // Of the check that failed it is not known how it would have ended.
    let json = fs::read_to_string(folder.join("report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let undetermined = json["undetermined"].as_array().unwrap();
    let is_own_rule = |check: &&serde_json::Value| check["rule"] == "own-rule";
    assert_eq!(undetermined.iter().filter(is_own_rule).count(), 1, "{json:#}");
    fs::remove_dir_all(&folder).unwrap();
}

/// The rows of the table in `docs/exit-codes.md` that need a planted failure.
#[test]
fn exit_codes() {
    let folder = folder("exit-codes");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-codes.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .filter(|cells: &Vec<&str>| cells.get(1).is_some_and(|happened| happened.contains("internal error")))
        .collect();
    assert!(rows.len() > 4, "the table is found");
    for row in rows {
        let [command, _, options, exit] = row[..] else { panic!("four cells: {row:?}") };
        let options: Vec<&str> = command.split(' ').skip(1).chain(options.split_ascii_whitespace()).collect();
        let verdict = run(&folder, &[&["--ruleset", "all"], &options[..]].concat()).unwrap();
        assert_eq!((verdict as u8).to_string(), exit, "{row:?}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// Files of which one cannot be read without a failure of the program.
struct Failing(MemoryFiles);

impl FileSystem for Failing {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        assert!(path != Path::new("bad.bicep"), "a planted failure");
        self.0.read_bytes(path, limit)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.0.file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path)
    }
}

fn problems(report: &Report) -> BTreeSet<(&str, &str)> {
    let problems = report.problems.iter();
    problems.map(|problem| (problem.path.as_str(), problem.code.id())).collect()
}

#[test]
fn a_file_fails() {
    record_panics(true);
    let mut files = MemoryFiles::default();
    files.insert("bad.bicep", CLUSTER);
    files.insert("main.bicep", CLUSTER);
    let found = |path: &str| Found { path: path.into(), named: true };
    let inputs = Inputs { paths: vec![found("bad.bicep"), found("main.bicep")], ..Inputs::default() };
    let report = crate::lint::lint(&Failing(files), inputs, &Options::default());
    assert_eq!(problems(&report), BTreeSet::from([("bad.bicep", "internal-error")]));
    let [problem] = &report.problems[..] else { panic!("{:?}", report.problems) };
    assert!(problem.message.contains("a planted failure, src/cli/internal_errors.rs:"), "{problem:?}");
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn no_rules_are_not_that_everything_passes() {
    let mut files = MemoryFiles::default();
    files.insert("main.bicep", CLUSTER);
    let inputs = Inputs { paths: vec![Found { path: "main.bicep".into(), named: true }], ..Inputs::default() };
    let options = Options { rules: Some(RuleStore::default().into()), ..Options::default() };
    let report = crate::lint::lint(&files, inputs, &options);
    assert_eq!(report.problems.first().map(|problem| problem.code), Some(ProblemCode::InternalError));
}
