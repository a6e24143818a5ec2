//! Snapshots of the Bicep CLI, and parameter files with what the compiler makes of them.

use crate::expand::oracle;

use std::path::{Path, PathBuf};

use armguard::discover::Disk;
use armguard::expand::parameters;
use serde_json::{Map, Value};

fn folders(part: &str) -> Option<Vec<PathBuf>> {
    let walk = walkdir::WalkDir::new(oracle::folder()?.join(part)).min_depth(1).max_depth(1).sort_by_file_name();
    Some(walk.into_iter().flatten().map(walkdir::DirEntry::into_path).collect())
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_str(std::fs::read_to_string(path).ok()?.trim_start_matches('\u{feff}')).ok()
}

/// Parameters that armguard prints in another way, and which.
const KNOWN: [((&str, &str), &str); 2] = [
    (("External_Inputs", "concat"), "known parts of a string are one, not arguments of `format`"),
    (("External_Inputs", "varPeople"), "an array with unknown items is printed as a union"),
];

#[test]
fn snapshots() {
    let Some(folders) = folders("bicep/snapshots") else { return };
    for folder in &folders {
        let expected = json(&folder.join("main.snapshot.json")).unwrap();
        let snapshot = oracle::expand(&folder.join("main.bicepparam")).unwrap();
        let made = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(made, expected, "{}", folder.display());
    }
    oracle::tell(&format!("snapshots: {0} of {0} are the same", folders.len()));
}

#[test]
fn parameter_files() {
    let Some(folders) = folders("bicep/baselines_bicepparam") else { return };
    let valid = |folder: &&PathBuf| !folder.file_name().unwrap().to_string_lossy().starts_with("Invalid");
    let mut same = 0;
    let mut different = Vec::new();
    for folder in folders.iter().filter(valid) {
        let compiled = json(&folder.join("parameters.json")).unwrap();
        let mut expected = Map::new();
        for (name, given) in compiled["parameters"].as_object().unwrap() {
            expected.insert(name.clone(), given_value(given, &compiled["externalInputDefinitions"]));
        }
        let made = parameters(&Disk, &folder.join("parameters.bicepparam")).unwrap();
        let before = different.len();
        for (name, expected) in &expected {
            let made = made.get(name).unwrap_or(&Value::Null);
            // The environment is not asked: what it gives is not known.
            let from_environment = made.as_str().is_some_and(|made| made.contains("readEnvironmentVariable("));
            let known = KNOWN.iter().any(|(at, _)| folder.ends_with(at.0) && name == at.1);
            if made != expected && !from_environment && !known {
                different.push(format!("{} {name}:\n    {expected}\n    {made}", folder.display()));
            }
        }
        let extra = made.keys().filter(|name| !expected.contains_key(*name));
        different.extend(extra.map(|name| format!("{} has {name}", folder.display())));
        same += usize::from(different.len() == before);
    }
    oracle::tell(&format!("parameter files: {same} of {} are the same", folders.iter().filter(valid).count()));
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// What a compiled parameter file gives, as armguard prints it.
fn given_value(given: &Value, inputs: &Value) -> Value {
    if let Some(value) = given.get("value") {
        return value.clone();
    }
    if let Some(expression) = given["expression"].as_str() {
        return Value::String(with_inputs(expression, inputs));
    }
    let reference = &given["reference"];
    let id = reference["keyVault"]["id"].as_str().unwrap();
    let vault = match id.strip_prefix("[resourceId(").and_then(|rest| rest.strip_suffix(")]")) {
        Some(args) => args.replace("'Microsoft.KeyVault', 'vaults', ", ""),
        None => {
            let segments: Vec<&str> = id.split('/').collect();
            format!("'{}', '{}', '{}'", segments[2], segments[4], segments[8])
        }
    };
    let names = ["secretName", "secretVersion"].iter().filter_map(|name| reference[name].as_str());
    let names = names.map(|name| match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(expression) => expression.to_owned(),
        None => format!("'{name}'"),
    });
    let args: Vec<String> = std::iter::once(vault).chain(names).collect();
    Value::String(with_inputs(&format!("[getSecret({})]", args.join(", ")), inputs))
}

/// `expression` with external inputs by their kind, as Bicep writes them, and not by their key.
fn with_inputs(expression: &str, inputs: &Value) -> String {
    let inputs = inputs.as_object().into_iter().flatten();
    inputs.fold(expression.to_owned(), |text, (key, input)| {
        let kind = std::iter::once(format!("'{}'", input["kind"].as_str().unwrap()));
        let args: Vec<String> = kind.chain(input.get("config").map(arm_text)).collect();
        text.replace(&format!("externalInputs('{key}')"), &format!("externalInput({})", args.join(", ")))
    })
}

/// A value inside an expression.
fn arm_text(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        Value::Bool(value) => format!("{value}()"),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, value)| format!("'{key}', {}", arm_text(value))).collect();
            format!("createObject({})", members.join(", "))
        }
        other => other.to_string(),
    }
}
