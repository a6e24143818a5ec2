//! The table of modules that are known without being read.
//!
//! `ARMGUARD_AVM_GIT=<git directory of Azure/bicep-registry-modules> ARMGUARD_BLESS=1 cargo test --test it lint::known_modules`
//! makes it anew from every version that was published. In ordinary runs it is compared with the real modules of the
//! corpus.

use crate::support::profile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::lint::known_table::{Published, Registry, rows, version_of};
use crate::support::corpus::folder::{folder, tell};
use armguard::finding::{Report, Subject};
use armguard::lint::{Found, Inputs, lint};
use armguard::source::MemoryFiles;

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/azure/known_modules.json")
}

#[test]
fn the_table_is_what_the_modules_say() {
    let Some(registry) = Registry::named() else {
        return tell("no registry here (ARMGUARD_AVM_GIT): the table of known modules was not made anew");
    };
    let (rows, left_out) = rows(registry.published());
    tell(&format!("versions of which nothing can be said: {left_out:?}"));
    let commit = registry.ask(&["log", "-1", "--format=%h of %cs"]);
    let text = format!(
        "{{\n  \"about\": \"{ABOUT}\",\n  \"source\": \"https://github.com/Azure/bicep-registry-modules, tags up to commit {}\",\n  \"modules\": [\n{rows}\n  ]\n}}\n",
        commit.trim()
    );
    if std::env::var_os("ARMGUARD_BLESS").is_some() {
        assert!(std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
        std::fs::write(table(), &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(table()).unwrap(), text);
}

/// What a caller may pass for the parameters that decide, by their types; nothing is passed, too.
const ARGUMENTS: [(&str, &[&str]); 3] = [
    ("bool", &["true", "false", "flag"]),
    ("string", &["law.id", "law.properties.customerId", "workspace", "''", "'x'", "null"]),
    (
        "object",
        &[
            "{}",
            "profile",
            "{ defender: {} }",
            "{ defender: null, workloadIdentity: { enabled: true } }",
            "{ defender: { securityMonitoring: { enabled: true } } }",
            "{ defender: { securityMonitoring: { enabled: false }, logAnalyticsWorkspaceResourceId: law.id } }",
            "{ defender: { securityMonitoring: { enabled: true }, logAnalyticsWorkspaceResourceId: law.id } }",
            "{ defender: { securityMonitoring: { enabled: flag }, logAnalyticsWorkspaceResourceId: workspace } }",
            "{ defender: { securityMonitoring: { enabled: true }, logAnalyticsWorkspaceResourceId: law.id, securityGating: { enabled: true } } }",
            "{ azureDefender: { enabled: true, logAnalyticsWorkspaceResourceId: law.id } }",
            "flag ? { defender: { securityMonitoring: { enabled: true }, logAnalyticsWorkspaceResourceId: law.id } } : null",
        ],
    ),
];

/// A template that calls `module` with each combination of arguments.
fn caller(module: &str, version: &str, parameters: &[(String, String)]) -> (String, usize) {
    let mut sets = vec![String::new()];
    for (name, ty) in parameters.iter().filter(|(name, _)| name != "name") {
        let (_, values) = ARGUMENTS.iter().find(|(known, _)| known == ty).unwrap();
        let with = |set: &String| values.iter().map(|value| format!("{set}    {name}: {value}\n")).collect::<Vec<_>>();
        sets = sets.iter().flat_map(|set| [vec![set.clone()], with(set)].concat()).collect();
    }
    let mut text = "param flag bool\nparam workspace string\nparam profile object\n\
        resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {\n  name: 'law'\n  location: 'here'\n}\n"
        .to_owned();
    for (at, set) in sets.iter().enumerate() {
        text += &format!(
            "module m{at} 'br/public:{module}:{version}' = {{\n  name: 'm{at}'\n  scope: resourceGroup('g{at}')\n  \
             params: {{\n    name: 'aks'\n{set}  }}\n}}\n"
        );
    }
    (text, sets.len())
}

/// What a run says of the cluster behind each call.
fn answers(report: &Report, is_pattern: bool) -> BTreeMap<String, String> {
    let call = |subject: &Subject| subject.call_path[0].title.clone();
    let findings = report.findings.iter().map(|finding| {
        let at = report.sources.get(finding.primary.span.file).line_column(finding.primary.span.range.start);
        // Of a pattern, the way through the module that it calls is not known: the verdict counts, not the place.
        let place = if is_pattern { String::new() } else { format!(" at {}:{}", at.line, at.column) };
        (call(&finding.subject), format!("{} {}{place}", finding.rule, finding.message))
    });
    let undetermined = report.undetermined.iter().map(|check| {
        (call(&check.subject), format!("undetermined {} until {}", check.rule, check.depends_on.join(", ")))
    });
    findings.chain(undetermined).collect()
}

/// The file of every place that `report` tells, and what is said there.
fn places(report: &Report) -> Vec<(String, String)> {
    let findings = report.findings.iter().flat_map(|finding| {
        let declared = (finding.subject.declared, "the declaration".to_owned());
        finding.related.iter().chain([&finding.primary]).map(|label| (label.span, label.text.clone())).chain([declared])
    });
    let undetermined = report.undetermined.iter().map(|check| (check.primary.span, check.primary.text.clone()));
    let problems = report.problems.iter().filter_map(|problem| Some((problem.span?, problem.message.clone())));
    let all = findings.chain(undetermined).chain(problems);
    all.map(|(span, text)| (report.sources.get(span.file).display_path(), text)).collect()
}

/// Compares what is said of a module with and without having it. Gives the number of calls, what differs, and where the
/// table knows less.
fn compare(module: &Published, parameters: &[(String, String)]) -> (usize, Vec<String>, Vec<String>) {
    let (text, calls) = caller(&module.module, &module.number(), parameters);
    let mut files = MemoryFiles::default();
    files.insert("main.bicep", text.clone());
    let run = |files: &MemoryFiles| {
        let paths = vec![Found { path: "main.bicep".into(), named: true }];
        let report =
            lint(files, Inputs { paths, module_cache: Some("cache".into()), ..Inputs::default() }, &profile::options());
        assert_eq!(report.summary.clusters, calls, "{text}\n{:?}", report.problems);
        report
    };
    let is_pattern = module.module.starts_with("avm/ptn/");
    let report = run(&files);
    for (path, what) in places(&report) {
        assert_eq!(path, "main.bicep", "nobody has the text in which this lies: {what}");
    }
    let known = answers(&report, is_pattern);
    let place =
        format!("cache/br/mcr.microsoft.com/bicep${}/{}$/main.json", module.module.replace('/', "$"), module.number());
    files.insert(place, module.text.clone());
    let real = answers(&run(&files), is_pattern);
    let (mut wrong, mut less) = (Vec::new(), Vec::new());
    for at in 0..calls {
        let said =
            |answers: &BTreeMap<String, String>| answers.get(&format!("m{at}")).map_or("pass", |said| said).to_owned();
        let (known, real) = (said(&known), said(&real));
        if known != real {
            let call = text.split(&format!("module m{at} ")).nth(1).unwrap().split("\n}").next().unwrap();
            let line = format!("{call}\n  known: {known}\n  real:  {real}");
            if known.starts_with("undetermined") { less.push(line) } else { wrong.push(line) }
        }
    }
    (calls, wrong, less)
}

/// A row of the table.
struct Row {
    module: String,
    versions: Vec<String>,
    /// The parameters that decide, each with its type.
    parameters: Vec<(String, String)>,
}

fn known() -> Vec<Row> {
    let table: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(table()).unwrap()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let row = |row: &serde_json::Value| Row {
        module: text(&row["module"]),
        versions: row["versions"].as_array().unwrap().iter().map(text).collect(),
        parameters: {
            let parameters = row["parameters"].as_object().unwrap().iter();
            parameters.map(|(name, declared)| (name.clone(), text(&declared["type"]))).collect()
        },
    };
    table["modules"].as_array().unwrap().iter().map(row).collect()
}

/// The modules of the table that lie in the corpus as `bicep restore` leaves them, or all of the registry's.
fn real() -> Vec<Published> {
    if let Some(registry) = Registry::named() {
        return registry.published();
    }
    let Some(folder) = folder() else { return Vec::new() };
    let read = |module: &str, version: &String| {
        let name = format!("registry/br/mcr.microsoft.com/bicep${}/{version}$/main.json", module.replace('/', "$"));
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        let (module, version) = (module.to_owned(), version_of(&format!("/{version}"))?.1);
        Some(Published { module, version, text })
    };
    let rows = known();
    let found = rows.iter().flat_map(|row| row.versions.iter().filter_map(|version| read(&row.module, version)));
    found.collect()
}

#[test]
fn the_table_says_what_the_real_modules_say() {
    let (mut calls, mut wrong, mut less, mut compared) = (0, Vec::new(), Vec::new(), Vec::new());
    let rows = known();
    for module in real() {
        let is_it = |row: &&Row| row.module == module.module && row.versions.contains(&module.number());
        let Some(row) = rows.iter().find(is_it) else { continue };
        let (more_calls, more_wrong, more_less) = compare(&module, &row.parameters);
        calls += more_calls;
        wrong.extend(more_wrong);
        less.extend(more_less);
        compared.push(format!("{}:{}", module.module, module.number()));
    }
    tell(&format!("known modules compared in {calls} calls: {}", compared.join(", ")));
    tell(&format!("where the table knows less ({}):\n{}", less.len(), less.join("\n")));
    assert!(less.len() * 100 <= calls, "the table knows less in {} of {calls} calls", less.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names of parameters in a value of the table.
fn named(value: &serde_json::Value, is_condition: bool, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(name) if is_condition => names.extend([name.clone()]),
        serde_json::Value::Array(items) => items.iter().for_each(|item| named(item, is_condition, names)),
        serde_json::Value::Object(members) => {
            let is_condition = |form: &str| is_condition || form == "if" || form == "parameter";
            members.iter().for_each(|(form, value)| named(value, is_condition(form), names));
        }
        _ => {}
    }
}

#[test]
fn the_table_is_sound() {
    let table: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(table()).unwrap()).unwrap();
    for row in table["modules"].as_array().unwrap() {
        let declared: BTreeSet<String> = row["parameters"].as_object().unwrap().keys().cloned().collect();
        let mut used = BTreeSet::new();
        named(&row["cluster"], false, &mut used);
        assert_eq!(declared, used, "the parameters of {row}");
        assert!(declared.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{row}");
    }
    let rows = known();
    let versions = rows.iter().flat_map(|row| {
        row.versions.iter().map(|version| (row.module.clone(), version_of(&format!("/{version}")).unwrap().1))
    });
    let versions: Vec<_> = versions.collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "each version stands once, in order: {versions:?}");
}

/// What the table says of itself.
const ABOUT: &str = "Facts about published modules: how the Defender profile of their one cluster comes from their parameters. Made by tests/it/lint/known_modules.rs; src/azure/known_modules.rs tells the form.";
