//! What is decided without a value is decided alike with any value: unknown is neither pass nor fail.

use std::collections::BTreeSet;

use armguard::finding::{Finding, Report, SuppressedItem};

use super::run::Printed;
use crate::expr::{Expr, Kind};
use crate::print::Language;
use crate::program::{Parameter, ParameterFile, Project};
use crate::reference::deploy;

/// A rule, the symbolic names of the calls, and that of the resource.
type CheckedResource = (String, Vec<String>, String);

/// Gives values to all parameters that have none, in two ways. What failed without them fails with them, where the
/// resource is deployed; what fails with them failed without, or was undetermined.
pub(super) fn check(project: &Project) -> Result<(), String> {
    let Some(main) = project.templates.first() else { return Ok(()) };
    let open: Vec<&Parameter> = main.params.iter().filter(|it| it.default.is_none() && !it.nullable).collect();
    if open.is_empty() {
        return Ok(());
    }
    let bare = Project { parameter_files: Vec::new(), configuration: None, ..project.clone() };
    let report = Printed::new(&bare, Language::Bicep)?.lint(false);
    let undetermined: BTreeSet<&str> = report.undetermined.iter().map(|check| question(&check.rule)).collect();
    let failing = failing(&report);
    for turned in [false, true] {
        let values: Vec<(String, Expr)> =
            open.iter().map(|param| (param.name.clone(), value(&param.example, turned))).collect();
        let file = ParameterFile { name: "bound".into(), values: values.clone(), json: false };
        let bound = Project { parameter_files: vec![file], ..bare.clone() };
        let Some(deployed) = deploy(&bound, &values) else { continue };
        let bound = self::failing(&Printed::new(&bound, Language::Bicep)?.lint(false));
        let absent = |(_, calls, title): &CheckedResource| {
            let mut instances = deployed.iter().filter(|it| it.calls == *calls && it.symbol == *title);
            instances.all(|it| it.present != Some(true))
        };
        if let Some(lost) = failing.iter().find(|check| !bound.contains(check) && !absent(check)) {
            return Err(format!("{lost:?} fails without values, and not with {values:?}"));
        }
        let gained = |check: &&CheckedResource| !failing.contains(check) && !undetermined.contains(&*check.0);
        if let Some(gained) = bound.iter().find(gained) {
            return Err(format!("{gained:?} fails with {values:?}, and passes without"));
        }
    }
    Ok(())
}

fn value(example: &Expr, turned: bool) -> Expr {
    match example.kind {
        Kind::Bool(value) => Expr::bool(value != turned),
        _ => example.clone(),
    }
}

/// What fails. A finding about several things is one of each.
fn failing(report: &Report) -> BTreeSet<CheckedResource> {
    let hidden = report.suppressed.iter().filter_map(|suppressed| match &suppressed.item {
        SuppressedItem::Finding(finding) => Some(&**finding),
        SuppressedItem::Undetermined(_) | SuppressedItem::Problem(_) => None,
    });
    let findings = report.findings.iter().chain(hidden);
    let checks = |finding: &Finding| {
        let rule = question(&finding.rule).to_owned();
        let occurrences = finding.occurrences.iter();
        let checks = occurrences.map(move |it| (rule.clone(), it.calls.to_vec(), it.title.to_string()));
        checks.collect::<Vec<CheckedResource>>()
    };
    findings.flat_map(checks).collect()
}

/// The rules about the Defender profile are answered in order: which of them fails first may depend on a value.
const PROFILE: [&str; 5] = [
    "aks-defender-api-shape",
    "aks-defender-profile",
    "aks-defender-security-monitoring",
    "aks-defender-workspace",
    "aks-defender-workspace-id",
];

/// What a rule is about: itself, or what the rules of its group are about.
fn question(rule: &str) -> &str {
    if PROFILE.contains(&rule) { "aks-defender" } else { rule }
}
