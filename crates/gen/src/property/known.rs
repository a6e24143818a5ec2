//! What the reference knows of a project, compared with what armguard reports.

use std::collections::BTreeMap;

use armguard::expand::{Request, default_place, expand};
use armguard::finding::{Finding, Report, SuppressedItem};
use serde_json::Value;

use super::run::Printed;
use crate::expr::Expr;
use crate::print::Language;
use crate::program::Project;
use crate::reference::{DeployedResource, deploy};

const PROFILE: &str = "aks-defender-profile";
const MONITORING: &str = "aks-defender-security-monitoring";

/// The contexts of the first template, and the values that each gives.
fn contexts(project: &Project) -> Vec<(String, Vec<(String, Expr)>)> {
    let files = project.parameter_files.iter().map(|file| {
        let ending = if file.json { "parameters.json" } else { "bicepparam" };
        (format!("main.{}.{ending}", file.name), file.values.clone())
    });
    let own = project.configuration.iter().flat_map(|configuration| &configuration.context);
    let own = own.map(|value| ("own".to_owned(), vec![value.clone()]));
    let mut contexts: Vec<_> = files.chain(own).collect();
    if contexts.is_empty() {
        contexts.push(("main.bicep".into(), Vec::new()));
    }
    contexts
}

/// The rules that certainly report a cluster, and those that certainly do not. Only clusters of a current version are
/// known.
fn expected(cluster: &DeployedResource) -> Option<[(&'static str, bool); 2]> {
    let properties = cluster.properties.as_ref().filter(|_| cluster.api_version > "2023")?;
    let profile = properties.get("securityProfile").unwrap_or(&Value::Null);
    let defender = profile.get("defender").and_then(Value::as_object).filter(|defender| !defender.is_empty());
    // Without pools it is an update, and a block of the older shape is another rule's business.
    let (whole, older) = (properties.get("agentPoolProfiles"), profile.get("azureDefender").is_some());
    if whole.is_none() || older {
        return None;
    }
    let enabled = defender.and_then(|defender| defender.get("securityMonitoring")?.get("enabled")?.as_bool());
    match defender {
        None => Some([(PROFILE, true), (MONITORING, false)]),
        Some(_) => Some([(PROFILE, false), (MONITORING, !enabled?)]),
    }
}

/// A cluster in a context: the context's name, the calls, and the symbolic name.
type Key<'r> = (&'r str, Vec<String>, String);

/// The findings of two rules are those that the reference expects. Gives how many checks it knew the answer of.
pub(super) fn findings(project: &Project, report: &Report) -> Result<usize, String> {
    if project.configuration.as_ref().is_some_and(|configuration| configuration.sensor_by_policy) {
        return Ok(0);
    }
    let hidden = report.suppressed.iter().filter_map(|suppressed| match &suppressed.item {
        SuppressedItem::Finding(finding) => Some(&**finding),
        SuppressedItem::Undetermined(_) | SuppressedItem::Problem(_) => None,
    });
    let findings: Vec<&Finding> = report.findings.iter().chain(hidden).collect();
    let mut known = 0;
    for (context, values) in contexts(project) {
        let Some(deployed) = deploy(project, &values) else { continue };
        let clusters = deployed.iter().filter(|it| it.ty.ends_with("/managedClusters"));
        let mut by_key: BTreeMap<Key<'_>, Vec<&DeployedResource>> = BTreeMap::new();
        for cluster in clusters {
            by_key.entry((&context, cluster.calls.clone(), cluster.symbol.clone())).or_default().push(cluster);
        }
        for (key, instances) in by_key {
            for rule in [PROFILE, MONITORING] {
                known += usize::from(agrees(&key, rule, &instances, &findings)?);
            }
        }
    }
    Ok(known)
}

/// Whether the reference knows what `rule` reports for the instances of a cluster; it must then be reported.
fn agrees(key: &Key<'_>, rule: &str, instances: &[&DeployedResource], findings: &[&Finding]) -> Result<bool, String> {
    let fails = |instance: &&DeployedResource| {
        let answer = expected(instance).and_then(|answers| answers.iter().find(|(name, _)| *name == rule).copied());
        match (instance.present, answer) {
            (Some(false), _) | (_, Some((_, false))) => Some(false),
            (Some(true), Some((_, true))) => Some(true),
            _ => None,
        }
    };
    let Some(answers) = instances.iter().map(fails).collect::<Option<Vec<bool>>>() else { return Ok(false) };
    let expected = answers.contains(&true);
    let (context, calls, symbol) = key;
    let mut occurrences = findings.iter().filter(|finding| *finding.rule == *rule).flat_map(|it| &it.occurrences);
    let found = occurrences.any(|it| *it.context == **context && *it.calls == **calls && *it.title == **symbol);
    match found == expected {
        true => Ok(true),
        false => Err(format!("{rule} of {key:?}: expected {expected}, found {found}: {instances:#?}")),
    }
}

/// What `expand` prints has all resources that the reference knows, with the same properties, and no more of them.
pub(super) fn resources(project: &Project, printed: &Printed) -> Result<(), String> {
    let main = if printed.language() == Language::Bicep { "main.bicep" } else { "main.json" };
    let mut runs = vec![(None, Vec::new())];
    for file in &project.parameter_files {
        let json = file.json || printed.language() != Language::Bicep;
        let ending = if json { "parameters.json" } else { "bicepparam" };
        runs.push((Some(format!("main.{}.{ending}", file.name).into()), file.values.clone()));
    }
    for (parameters, values) in runs {
        let Some(deployed) = deploy(project, &values) else { continue };
        let request = Request { file: main.into(), parameters, place: default_place(), ..Request::default() };
        let snapshot = expand(printed.files(), &request)?.snapshot;
        for known in deployed.iter().filter(|it| it.present == Some(true)) {
            let (Some(name), Some(properties)) = (&known.name, &known.properties) else { continue };
            let alike = snapshot.predicted_resources.iter().filter(|it| it["type"] == known.ty && it["name"] == *name);
            let alike: Vec<Value> = alike.map(|it| without_null(&it["properties"])).collect();
            let properties = without_null(properties);
            if !alike.iter().any(|printed| is_like(printed, &properties)) {
                return Err(format!("{request:?}\n{name}: expected {properties:#}, printed {alike:#?}"));
            }
        }
        let is_known = deployed.iter().all(|it| it.present.is_some());
        let count = deployed.iter().filter(|it| it.present == Some(true)).count();
        let nested = |ty: &Value| ty == "Microsoft.Resources/deployments";
        let printed = snapshot.predicted_resources.iter().filter(|it| !nested(&it["type"])).count();
        if is_known && printed != count {
            return Err(format!("{request:?}\n{count} resources expected, {printed} printed"));
        }
    }
    Ok(())
}

/// Whether `printed` is `known`, as far as it is no expression: what is made of an id stays one here and there.
fn is_like(printed: &Value, known: &Value) -> bool {
    match (printed, known) {
        (Value::String(text), _) if text.starts_with('[') => true,
        (Value::Object(printed), Value::Object(known)) => {
            let alike = |(key, value)| known.get(key).is_some_and(|known| is_like(value, known));
            printed.len() == known.len() && printed.iter().all(alike)
        }
        (Value::Array(printed), Value::Array(known)) => {
            printed.len() == known.len() && printed.iter().zip(known).all(|(printed, known)| is_like(printed, known))
        }
        _ => printed == known,
    }
}

/// Null is the same as nothing where a resource ends.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(members.map(|(key, value)| (key.clone(), without_null(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_null).collect(),
        other => other.clone(),
    }
}
