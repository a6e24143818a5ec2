//! Snapshots of the Bicep CLI, and parameter files with what the compiler makes of them.

// Clippy then knows that helpers, too, are test code.
#![cfg(test)]

mod oracle;

use std::path::{Path, PathBuf};

use armguard::eval::Evaluator;
use armguard::expand::{parameters, default_place};
use armguard::source::Disk;
use serde_json::{Map, Value};

fn folders(part: &str) -> Option<Vec<PathBuf>> {
    let walk = walkdir::WalkDir::new(oracle::folder()?.join(part)).min_depth(1).max_depth(1).sort_by_file_name();
    Some(walk.into_iter().flatten().map(walkdir::DirEntry::into_path).collect())
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_str(std::fs::read_to_string(path).ok()?.trim_start_matches('\u{feff}')).ok()
}

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
        match made == expected {
            true => same += 1,
            false => {
                for (name, value) in &expected {
                    if made.get(name) != Some(value) {
                        different.push(format!("{} {name}:\n    {value}\n    {:?}", folder.display(), made.get(name).map(Value::to_string)));
                    }
                }
                different.extend(made.keys().filter(|name| !expected.contains_key(*name)).map(|name| format!("{} only here: {name}", folder.display())));
            }
        }
    }
    oracle::tell(&format!("parameter files: {same} are the same"));
    assert!(different.is_empty(), "{}", different.join("\n"));
}
