//! The cases under `testdata`, one folder each: what a run says about them, that both languages agree, and how some look
//! in the terminal.
//!
//! `ARMGUARD_BLESS=1 cargo test --test it lint::cases` writes what is said into the cases' `expected.txt` and `tests/golden`;
//! read each, aloud, before it is committed.

use crate::support::profile;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::support::bless::compare;
use crate::support::common::plain_text;
use armguard::config::{Config, FILE_NAMES};
use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::report::{Format, ReportStyle, write};
use armguard::source::{MemoryFiles, SourceFile};
use walkdir::WalkDir;

/// Cases that are run with other rules than these.
const SELECTED: &[(&str, &[&str])] =
    &[("legacy-shape", &["aks-defender-legacy-shape"]), ("compiled-stale-unread", &["compiled-template-stale"])];

/// Files that a run takes from a folder, as discovery does.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// The day on which the cases are run, for ignores that end.
const TODAY: &str = "2026-11-22";

/// The folder of a case in which restored modules lie.
const MODULE_CACHE: &str = "module-cache";

/// A folder with the files of a case.
#[derive(Debug, Clone)]
struct Case {
    /// The folder's name: what it shows.
    name: String,
    folder: PathBuf,
}

impl Case {
    /// The case in `testdata/<language>/<name>`.
    fn new(language: &str, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(language).join(name);
        Self { name: name.to_owned(), folder }
    }

    /// All cases of `language`, by name.
    fn all(language: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(language);
        let folders = WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name().into_iter();
        folders.map(|folder| Self::new(language, folder.unwrap().file_name().to_str().unwrap())).collect()
    }

    /// What a run over the folder says; paths are relative to it.
    fn lint(&self) -> Report {
        let mut files = MemoryFiles::default();
        let mut inputs = Inputs { module_cache: Some(MODULE_CACHE.into()), ..Inputs::default() };
        for entry in WalkDir::new(&self.folder).sort_by_file_name() {
            let entry = entry.unwrap();
            if !entry.file_type().is_file() {
                continue;
            }
            let path = entry.path().strip_prefix(&self.folder).unwrap().to_owned();
            files.insert(&path, fs::read(entry.path()).unwrap());
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if FILE_NAMES.iter().any(|name| path == Path::new(name)) {
                let source = SourceFile::new(&path, fs::read_to_string(entry.path()).unwrap());
                inputs.configs.push(Config::parse(Arc::new(source), PathBuf::new()).unwrap());
            }
            if EXTENSIONS.contains(&extension) && !path.starts_with(MODULE_CACHE) {
                inputs.paths.push(Found { path, named: false });
            }
        }
        let selected = SELECTED.iter().find(|(name, _)| *name == self.name);
        let select = selected.map(|(_, rules)| rules.iter().map(|rule| (*rule).to_owned()).collect());
        let options = select.map_or_else(profile::options, |select| Options { select, ..Options::default() });
        lint(&files, inputs, &Options { today: TODAY.parse().ok(), ..options })
    }
}

#[test]
fn every_case_says_what_is_expected() {
    let cases: Vec<Case> = ["arm", "bicep"].into_iter().flat_map(Case::all).collect();
    assert!(cases.len() > 100, "only {} cases found", cases.len());
    let wrong: Vec<String> =
        cases.iter().filter_map(|case| compare(&case.folder.join("expected.txt"), &plain_text(case.lint()))).collect();
    assert!(wrong.is_empty(), "{} of {} cases differ\n\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What twins must have in common: each finding's rule, resource type, property and decider; each undetermined rule.
fn essence(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|finding| {
        let ty = finding.subject.resource_type.to_lowercase();
        format!("{} {ty} {} {}", finding.rule, finding.path, finding.decided_by.name())
    });
    let undetermined = report.undetermined.iter().map(|check| format!("undetermined {}", check.rule));
    let mut lines: Vec<String> = findings.chain(undetermined).collect();
    lines.push(format!("{} clusters, {} not deployed", report.summary.clusters, report.summary.not_deployed));
    lines.sort();
    lines
}

#[test]
fn both_languages_agree() {
    let arm = Case::all("arm");
    let twins: Vec<&Case> = arm.iter().filter(|case| Case::new("bicep", &case.name).folder.is_dir()).collect();
    assert!(twins.len() > 50, "only {} twins found", twins.len());
    let mut wrong = Vec::new();
    for case in twins {
        let other = Case::new("bicep", &case.name);
        let (arm, bicep) = (essence(&case.lint()), essence(&other.lint()));
        if arm != bicep {
            wrong.push(format!(
                "{}\n  arm   {}\n  bicep {}",
                case.name,
                arm.join("\n        "),
                bicep.join("\n        ")
            ));
        }
    }
    assert!(wrong.is_empty(), "twins that disagree:\n{}", wrong.join("\n"));
}

/// Cases whose full rendering for the terminal is kept, as people see it without colours.
const RENDERED: [(&str, &str); 14] = [
    ("bicep", "union-flag-off"),
    ("bicep", "module-two-levels-down"),
    ("bicep", "loop-some-fail"),
    ("bicep", "parameter-files-some-off"),
    ("bicep", "workspace-from-module-not-deployed"),
    ("bicep", "customer-id-through-output"),
    ("bicep", "nullable-profile-not-passed"),
    ("bicep", "broken-neighbour"),
    ("bicep", "module-of-registry"),
    ("bicep", "two-clusters"),
    ("arm", "union-flag-off"),
    ("arm", "legacy-shape-too-new"),
    ("arm", "placeholder-values"),
    ("arm", "comments-tabs-bom"),
];

#[test]
fn renderings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden");
    let wrong: Vec<String> = RENDERED
        .iter()
        .filter_map(|(language, name)| {
            let mut report = Case::new(language, name).lint();
            report.summary.elapsed = Duration::ZERO;
            let mut text = Vec::new();
            write(&report, Format::Terminal, ReportStyle { undetermined: true, ..ReportStyle::default() }, &mut text)
                .unwrap();
            compare(&folder.join(format!("{language}-{name}.txt")), &String::from_utf8(text).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
