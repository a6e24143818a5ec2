//! Files that cost more to read, match, silence or report than they should.

use super::cli_folder::Folder;
use super::program::{AMPLE, Limits, Run, run_within};

/// Lints a folder with `files` within `limits`.
fn lint(name: &str, files: &[(&str, &str)], args: &[&str], limits: Limits) -> Run {
    let folder = Folder::new(&format!("costs-{name}"), files);
    run_within(&folder.0, &[&["lint"], args].concat(), limits)
}

/// What a few megabytes of text may cost.
const SOME: Limits = Limits { processor: 20, memory: 200, time: 60 };

const CLUSTER: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
                       location: 'westeurope'\n  properties: {}\n}\n";

/// Formats in which each problem is a record of its own.
const FORMATS: [&str; 6] = ["terminal", "concise", "json", "sarif", "junit", "gitlab"];

#[test]
fn a_file_of_errors_gives_a_short_report() {
    let text = "£ ".repeat(200_000);
    for format in FORMATS {
        let run = lint("errors", &[("main.bicep", &text)], &["--format", format], SOME);
        run.ends_with(&[1]).says("more problems in this file");
        let size = run.printed().len();
        assert!(size < 500_000, "{format}: {size} bytes");
    }
}

#[test]
fn many_ignores_of_one_resource_cost_little() {
    let ignores = "// armguard: ignore[aks-defender-profile] why\n".repeat(60_000);
    let text = format!("{ignores}{CLUSTER}");
    let run = lint("ignores", &[("main.bicep", &text)], &["--format", "concise"], SOME);
    run.ends_with(&[0, 1]).says("more than 5000 ignores");
}

#[test]
fn unknown_rules_of_one_comment_are_one_problem() {
    let rules = (0..60_000).map(|at| format!("rule-{at}")).collect::<Vec<_>>().join(",");
    let text = format!("// armguard: ignore[{rules}]\n{CLUSTER}");
    for format in FORMATS {
        let run = lint("unknown-rules", &[("main.bicep", &text)], &["--format", format], SOME);
        let size = run.printed().len();
        assert!(size < 500_000, "{format}: {size} bytes");
        run.ends_with(&[0, 1]).says("at most 100 rules");
    }
}
