//! The full rendering for the terminal of some cases, as people see it without colours.
//!
//! `ARMGUARD_BLESS=1 cargo test --test lint_golden` writes what is rendered; read each aloud before it is committed.

#![cfg(test)]

mod common;

use std::path::Path;
use std::time::Duration;

use armguard::report::{Format, Style, write};
use common::{Case, compare};

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
            write(&report, Format::Terminal, Style { undetermined: true, ..Style::default() }, &mut text).unwrap();
            compare(&folder.join(format!("{language}-{name}.txt")), &String::from_utf8(text).unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
