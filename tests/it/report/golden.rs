//! What each format writes about one small project (`tests/report_project`), kept in `tests/golden/formats`.
//!
//! `ARMGUARD_BLESS=1 cargo test --test it report::golden` takes over what is written; read each file, aloud, as someone who
//! gets it, before it is committed.

use crate::support::profile;
use crate::support::report_schemas;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::bless::compare;
use armguard::finding::Report;
use armguard::lint::{Found, Inputs, lint};
use armguard::report::{Format, ReportStyle, Repository, SarifProfile, write};
use armguard::source::MemoryFiles;
use walkdir::WalkDir;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The report on the project, which lies in the folder `infra` of a repository, and has a file besides that is no text.
fn report() -> Report {
    report_with(|text| text)
}

/// The report on the project whose files were changed.
fn report_with(change: fn(Vec<u8>) -> Vec<u8>) -> Report {
    let mut files = MemoryFiles::default();
    let mut inputs = Inputs::default();
    let mut add = |path: &Path, bytes: Vec<u8>| {
        files.insert(path, bytes);
        inputs.paths.push(Found { path: path.to_owned(), named: false });
    };
    let root = tests().join("report_project");
    for entry in WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            add(entry.path().strip_prefix(&root).unwrap(), change(fs::read(entry.path()).unwrap()));
        }
    }
    add(Path::new("old.bicep"), b"param name string = 'caf\xe9'\n".to_vec());
    let mut report = lint(&files, inputs, &profile::options());
    report.summary.elapsed = Duration::from_millis(8);
    report
}

/// A SARIF log with only the rules that its results refer to: the pages of all others would be expected here, too.
fn with_rules_of_results(text: &str) -> String {
    let mut log: serde_json::Value = serde_json::from_str(text).unwrap();
    let results = log["runs"][0]["results"].as_array_mut().unwrap();
    let mut used: Vec<u64> = results.iter().map(|result| result["ruleIndex"].as_u64().unwrap()).collect();
    used.sort_unstable();
    used.dedup();
    for result in results {
        let index = used.iter().position(|index| Some(*index) == result["ruleIndex"].as_u64()).unwrap();
        result["ruleIndex"] = index.into();
    }
    let rules = &mut log["runs"][0]["tool"]["driver"]["rules"];
    *rules = used.iter().map(|index| rules[*index as usize].clone()).collect();
    serde_json::to_string_pretty(&log).unwrap() + "\n"
}

#[test]
fn each_format_says_what_is_expected() {
    let report = report();
    let style = ReportStyle { repository: Repository { root: "", folder: "infra" }, ..ReportStyle::default() };
    let full = ReportStyle { undetermined: true, sarif: SarifProfile::Full, ..style };
    let azure = ReportStyle { sarif: SarifProfile::AzureDevops, ..style };
    let cases = [
        ("terminal.txt", Format::Terminal, full),
        ("concise.txt", Format::Concise, full),
        ("report.json", Format::Json, style),
        ("github.sarif", Format::Sarif, style),
        ("azure-devops.sarif", Format::Sarif, azure),
        ("full.sarif", Format::Sarif, full),
        ("github.txt", Format::Github, full),
        ("azure.txt", Format::Azure, full),
        ("gitlab.json", Format::Gitlab, full),
        ("junit.xml", Format::Junit, full),
        ("summary.md", Format::Markdown, full),
    ];
    let folder = tests().join("golden/formats");
    let mut wrong = Vec::new();
    for (name, format, style) in cases {
        let mut text = Vec::new();
        write(&report, format, style, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        report_schemas::check(format, "project", name, &text);
        let text = if format == Format::Sarif { with_rules_of_results(&text) } else { text };
        // Programs read the version; the expected files stay the same with the next one.
        let text = text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"0.0.0\"");
        let text = text.replace(concat!("armguard ", env!("CARGO_PKG_VERSION")), "armguard 0.0.0");
        wrong.extend(compare(&folder.join(name), &text));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn moved_code_keeps_its_fingerprints() {
    let written = |report: &Report, format| {
        let mut text = Vec::new();
        write(
            report,
            format,
            ReportStyle { undetermined: true, sarif: SarifProfile::Full, ..ReportStyle::default() },
            &mut text,
        )
        .unwrap();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        json
    };
    let moved = report_with(|text| [b"// a\n\n// b\n", text.as_slice()].concat());
    let (before, after) = (written(&report(), Format::Sarif), written(&moved, Format::Sarif));
    let results = |log: &serde_json::Value| log["runs"][0]["results"].as_array().unwrap().clone();
    let (before, after) = (results(&before), results(&after));
    assert_eq!((before.len(), after.len()), (4, 4));
    for (before, after) in before.iter().zip(&after) {
        let line = |result: &serde_json::Value| {
            result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap()
        };
        assert_eq!(line(before) + 3, line(after));
        assert_eq!(before["partialFingerprints"], after["partialFingerprints"]);
    }
    let (before, after) = (written(&report(), Format::Gitlab), written(&moved, Format::Gitlab));
    for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        assert_eq!(before["fingerprint"], after["fingerprint"]);
    }
}
