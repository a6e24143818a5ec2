//! Templates of our own and what they deploy: each folder of `testdata/expand` has a template and its
//! `snapshot.json`. With `ARMGUARD_BLESS=1` the snapshots are written anew, to be read before they are kept.

use std::path::{Path, PathBuf};

use armguard::discover::Disk;
use armguard::expand::{Diff, Request, Snapshot, default_place, expand};
use armguard::source::MemoryFiles;
use serde_json::Value;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/expand");
    let walk = walkdir::WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name();
    walk.into_iter().map(|entry| entry.unwrap().into_path()).collect()
}

/// The files of a folder, in memory, so that diagnostics have short paths.
fn files(folder: &Path) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        files.insert(path.file_name().unwrap(), std::fs::read(&path).unwrap());
    }
    files
}

/// The template of a folder.
fn template(folder: &Path) -> Request {
    let name = ["main.bicep", "main.json"].into_iter().find(|name| folder.join(name).is_file()).unwrap();
    Request { file: name.into(), place: default_place(), ..Request::default() }
}

fn snapshot(folder: &Path, request: &Request) -> Snapshot {
    expand(&files(folder), request).unwrap().snapshot
}

#[test]
fn templates_deploy_what_their_snapshots_say() {
    let bless = std::env::var_os("ARMGUARD_BLESS").is_some_and(|bless| bless == "1");
    let folders = folders();
    assert!(folders.len() > 4, "the cases are found");
    for folder in folders {
        let path = folder.join("snapshot.json");
        let made = serde_json::to_string_pretty(&snapshot(&folder, &template(&folder))).unwrap() + "\n";
        if bless {
            std::fs::write(&path, &made).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
        assert_eq!(made, expected, "{}", folder.display());
    }
}

#[test]
fn the_same_template_gives_the_same_bytes() {
    for folder in folders() {
        let bytes = || serde_json::to_vec(&snapshot(&folder, &template(&folder))).unwrap();
        assert_eq!(bytes(), bytes(), "{}", folder.display());
    }
}

/// Knowing more makes more known, and changes nothing that was known.
#[test]
fn what_is_known_stays() {
    let known = |text: &str| Some(text.into());
    for folder in folders() {
        let less = template(&folder);
        let mut more = less.clone();
        more.place.location = known("westeurope");
        if folder.join("main.parameters.json").is_file() {
            more.parameters = Some("main.parameters.json".into());
        }
        let (less, more) = (snapshot(&folder, &less), snapshot(&folder, &more));
        for before in &less.predicted_resources {
            // A resource with a condition may go, one of a loop of unknown length becomes several.
            let certain = before.get("condition").is_none() && !is_expression(&before["id"]);
            let after = more.predicted_resources.iter().find(|after| after["id"] == before["id"]);
            match after {
                Some(after) => {
                    let (before, after) = (Value::Object(before.clone()), Value::Object(after.clone()));
                    stays(&before, &after, &folder.display().to_string());
                }
                None => assert!(!certain, "{}: {} is gone", folder.display(), before["id"]),
            }
        }
        for (name, before) in &less.outputs {
            stays(before, &more.outputs[name], &format!("{} output {name}", folder.display()));
        }
    }
}

fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('[') && !text.starts_with("[["))
}

fn stays(before: &Value, after: &Value, at: &str) {
    match (before, after) {
        _ if is_expression(before) => {}
        (Value::Object(before), Value::Object(after)) => {
            for (key, before) in before.iter().filter(|(key, _)| *key != "condition") {
                stays(before, after.get(key).unwrap_or(&Value::Null), &format!("{at}.{key}"));
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            before.iter().zip(after).for_each(|(before, after)| stays(before, after, at));
        }
        _ => assert_eq!(before, after, "{at}"),
    }
}

#[test]
fn differences() {
    let cases = [
        ("resource a 'M.X/y@1' = { name: 'a', p: 1 }", "resource a 'M.X/y@1' = { name: 'a', p: 1 }", ""),
        (
            "resource a 'M.X/y@1' = { name: 'a', p: 1, q: null }",
            "resource a 'm.x/Y@1' = { name: 'A', P: 2 }",
            "~ m.x/Y A\n    ~ type: \"M.X/y\" => \"m.x/Y\"\n    ~ name: \"a\" => \"A\"\n    ~ p: 1 => 2\n",
        ),
        (
            "resource a 'M.X/y@1' = { name: 'a' }\noutput o int = 1",
            "resource b 'M.X/y@1' = { name: 'b' }\noutput o int = 2\noutput n array = [1]",
            "- M.X/y a\n+ M.X/y b\n~ outputs\n    ~ o: 1 => 2\n    + n: [1]\n",
        ),
        (
            "resource a 'M.X/y@1' = { name: 'a', list: [1, { x: 1 }], gone: true }",
            "resource a 'M.X/y@1' = { name: 'a', list: [1, { x: 2 }] }",
            "~ M.X/y a\n    ~ list[1].x: 1 => 2\n    - gone: true\n",
        ),
    ];
    let of = |text: &str| {
        let text = Some(text.to_owned());
        let request = Request { file: "main.bicep".into(), text, place: default_place(), ..Request::default() };
        expand(&Disk, &request).unwrap().snapshot
    };
    for (old, new, expected) in cases {
        let diff = Diff::of(&of(old), &of(new));
        let mut text = Vec::new();
        diff.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        // Ids hold the types and names, and differ with them.
        let text: String =
            text.lines().filter(|line| !line.contains(" id: ")).map(|line| format!("{line}\n")).collect();
        assert_eq!(text, expected, "{new}");
        assert_eq!(diff.is_empty(), expected.is_empty());
    }
}
