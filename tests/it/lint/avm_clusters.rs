//! The clusters of the verified modules' own end-to-end tests, through all their calls: the verdict of every core rule.
//!
//! `tests/golden/avm-clusters.txt` has the table. `ARMGUARD_BLESS=1 cargo test --test it lint::avm_clusters` writes it anew;
//! compare each line with the template before it is kept. The templates are no part of the project.

use crate::support::corpus::folder;
use crate::support::profile;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use armguard::discover::Disk;
use armguard::finding::{Call, Report};
use armguard::lint::{Found, Inputs, lint};

/// The rules of the group, in the order in which they are asked.
const RULES: [&str; 5] = [
    "aks-defender-api-shape",
    "aks-defender-profile",
    "aks-defender-security-monitoring",
    "aks-defender-workspace",
    "aks-defender-workspace-id",
];

/// The module, and the patterns that reach it through the registry.
const MODULES: [&str; 4] = [
    "res/container-service/managed-cluster",
    "ptn/azd/aks",
    "ptn/azd/aks-automatic-cluster",
    "ptn/sa/document-knowledge-mining",
];

fn tests_of(avm: &Path, module: &str) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(avm.join(module).join("tests/e2e")).max_depth(2).sort_by_file_name();
    let paths = walk.into_iter().flatten().map(walkdir::DirEntry::into_path);
    paths.filter(|path| path.ends_with("main.test.bicep")).collect()
}

/// What is said of the cluster that `path` deploys, a line for each rule.
fn verdicts(report: &Report, avm: &Path) -> String {
    let inside =
        |path: &str| path.strip_prefix(avm.to_str().unwrap()).unwrap_or(path).trim_start_matches('/').to_owned();
    let via = |calls: &[Call]| calls.iter().map(|call| call.title.as_str()).collect::<Vec<_>>().join(" > ");
    let mut text = String::new();
    let mut asked = true;
    for rule in RULES {
        let found = report.findings.iter().find(|finding| *finding.rule == *rule);
        let open = report.undetermined.iter().find(|check| *check.rule == *rule);
        let verdict = match (found, open) {
            _ if !asked => "not asked".to_owned(),
            (Some(finding), _) => {
                let file = inside(&report.sources.get(finding.primary.span.file).display_path());
                let (decided, label) = (finding.decided_by.name(), &finding.primary.text);
                let via = via(&finding.subject.call_path);
                format!("fail ({decided}), \"{label}\" in {file}, via {via}")
            }
            (None, Some(check)) => {
                let via = via(&check.subject.call_path);
                format!("undetermined, waits for {}, via {via}", check.depends_on.join(" and "))
            }
            (None, None) => "pass".to_owned(),
        };
        asked &= verdict == "pass";
        writeln!(text, "  {rule}: {verdict}").unwrap();
    }
    text
}

#[test]
fn end_to_end_tests() {
    let Some(corpus) = folder::folder() else {
        folder::tell("no corpus of real templates here: no clusters were judged\n");
        return;
    };
    let avm = corpus.join("avm");
    let mut table = String::new();
    for path in MODULES.iter().flat_map(|module| tests_of(&avm, module)) {
        let inputs = Inputs {
            paths: vec![Found { path: path.clone(), named: true }],
            module_cache: Some(corpus.join("registry")),
            ..Inputs::default()
        };
        let report = lint(&Disk, inputs, &profile::options());
        let name = path.parent().unwrap().strip_prefix(&avm).unwrap().display().to_string();
        if report.problems.iter().any(|problem| problem.fails) {
            folder::tell(&format!("{name} refers to files that are not here (utilities/): not compared\n"));
            continue;
        }
        writeln!(table, "{name}: {} clusters", report.summary.clusters).unwrap();
        table += &verdicts(&report, &avm);
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/avm-clusters.txt");
    if std::env::var_os("ARMGUARD_BLESS").is_some_and(|bless| bless == "1") {
        assert!(std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
        std::fs::write(&golden, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap();
    let blocks = |text: &str| {
        text.split_inclusive("\n").fold(Vec::<String>::new(), |mut blocks, line| {
            match blocks.last_mut() {
                Some(block) if line.starts_with(' ') => block.push_str(line),
                _ => blocks.push(line.to_owned()),
            }
            blocks
        })
    };
    let (made, expected) = (blocks(&table), blocks(&expected));
    folder::tell(&format!("{} of {} end-to-end tests with a cluster judged\n", made.len(), expected.len()));
    for block in made {
        assert!(expected.contains(&block), "not in the table:\n{block}");
    }
}
