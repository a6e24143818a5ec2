//! The cases under `testdata`: what a run says about each, and that both languages agree.
//!
//! `ARMGUARD_BLESS=1 cargo test --test lint_cases` writes what is said into the cases' `expected.txt`; read each before
//! it is committed.

#![cfg(test)]

mod common;

use armguard::finding::Report;
use common::{Case, compare, plain_text};

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
