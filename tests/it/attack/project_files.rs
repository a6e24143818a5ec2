//! The project's own files: integrations, documentation, releases. `ARMGUARD_TREE` names another checkout to look at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use walkdir::WalkDir;

fn root() -> PathBuf {
    std::env::var_os("ARMGUARD_TREE").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// The files below `folders` of the project that have one of `extensions`, with their texts.
fn files(folders: &[&str], extensions: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let is_foreign = |name: &str| ["target", ".git", "node_modules"].contains(&name);
    let entries = folders.iter().flat_map(|folder| {
        WalkDir::new(root.join(folder))
            .into_iter()
            .filter_entry(move |entry| !is_foreign(&entry.file_name().to_string_lossy()))
    });
    let has_extension = |path: &Path| extensions.iter().any(|known| path.extension().is_some_and(|own| own == *known));
    let paths = entries.filter_map(Result::ok).map(walkdir::DirEntry::into_path).filter(|path| has_extension(path));
    let text = |path: PathBuf| {
        let shown = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        (shown, fs::read_to_string(path).unwrap())
    };
    let files: Vec<_> = paths.map(text).collect();
    assert!(!files.is_empty(), "{folders:?}");
    files
}

/// What people run, or copy from.
fn used_elsewhere() -> Vec<(String, String)> {
    let mut files = files(&["integrations", "docs", ".github", "packaging"], &["md", "yml", "sh", "toml"]);
    let single = ["README.md", "action.yml", ".pre-commit-hooks.yaml"];
    files.extend(single.map(|name| (name.to_owned(), fs::read_to_string(root().join(name)).unwrap())));
    files
}

/// The lines of `files` that `pattern` matches, with what its first group holds.
fn lines(files: &[(String, String)], pattern: &str) -> Vec<(String, String)> {
    let pattern = Regex::new(pattern).unwrap();
    let numbered = files.iter().flat_map(|(path, text)| text.lines().enumerate().map(move |line| (path, line)));
    let found = numbered.filter_map(|(path, (number, line))| {
        let group = pattern.captures(line)?.get(1)?.as_str().to_owned();
        Some((format!("{path}:{}: {}", number + 1, line.trim()), group))
    });
    found.collect()
}

#[test]
fn actions_and_files_of_others_are_named_by_their_commit() {
    let files = used_elsewhere();
    let commit = Regex::new(r"^[\w.-]+/[\w./-]+@([0-9a-f]{40}|COMMIT)$").unwrap();
    let uses = lines(&files, r"\buses: +([^\s#]+)");
    assert!(uses.len() > 5, "{uses:?}");
    for (line, used) in uses {
        // The action that lies in this repository.
        assert!(commit.is_match(&used) || used == "$/", "{line}");
    }
    let moving = lines(&files, r"(@main\b|refs/heads/|/(?:main|master)/integrations)");
    assert!(moving.is_empty(), "these may lead elsewhere tomorrow: {moving:?}");
}

#[test]
fn nothing_is_installed_but_what_its_hash_names() {
    let installs = lines(&used_elsewhere(), r"(\bpip3? install\b.*)");
    assert!(installs.len() >= 2, "{installs:?}");
    for (line, _) in installs {
        // The comment of a package about itself.
        if line.starts_with("packaging/pypi/pyproject.toml") {
            continue;
        }
        let path = line.split(':').next().unwrap();
        let text = fs::read_to_string(root().join(path)).unwrap();
        assert!(path.starts_with("integrations/") || path.starts_with(".github/"), "documentation installs: {line}");
        assert!(line.contains("-I -m pip install"), "modules of the folder may be run: {line}");
        assert!(text.contains("--require-hashes"), "{line}");
    }
}

#[test]
fn python_never_takes_modules_from_the_checkout() {
    let files: Vec<_> = used_elsewhere().into_iter().filter(|(path, _)| !path.starts_with("docs/")).collect();
    let module = r#"((?:python3?"?|\))"? (?:-\w+ )*-m .*)"#;
    for (line, call) in lines(&files, module) {
        assert!(call.contains("-I "), "{line}");
    }
}

/// Each package with dependencies of its own is kept up to date.
#[test]
fn dependabot_looks_at_every_package() {
    let packages: BTreeSet<String> = files(&["."], &["toml"])
        .into_iter()
        .filter(|(path, text)| path.ends_with("Cargo.toml") && text.contains("[package]"))
        .map(|(path, _)| format!("/{}", path.trim_end_matches("Cargo.toml").trim_end_matches('/')))
        // A member of the workspace is looked at with it.
        .filter(|folder| root().join(folder.trim_start_matches('/')).join("Cargo.lock").is_file())
        .collect();
    assert!(packages.contains("/"), "{packages:?}");
    let text = fs::read_to_string(root().join(".github/dependabot.yml")).unwrap();
    let cargo = text.split("package-ecosystem: ").find(|entry| entry.starts_with("cargo")).unwrap();
    let named = Regex::new(r"directories: \[(.*)\]|directory: (\S+)").unwrap();
    let named = named.captures(cargo).unwrap();
    let named = named.get(1).or(named.get(2)).unwrap().as_str();
    let named: BTreeSet<String> = named.split(',').map(|folder| folder.trim().to_owned()).collect();
    assert_eq!(named, packages);
}

#[test]
fn archives_and_wheels_hold_the_licenses_of_what_is_linked() {
    for script in ["packaging/archive.sh", "packaging/wheel.sh"] {
        let text = fs::read_to_string(root().join(script)).unwrap();
        assert!(text.contains("notices.py"), "{script}");
    }
    let checks = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(checks.contains("check-dependencies"), "licenses, sources and bans of dependencies are not checked");
    assert!(root().join("deny.toml").is_file());
}

/// A report is made of the templates of strangers: what a workflow passes to a script is never part of it.
#[test]
fn scripts_of_servers_have_no_expressions_in_them() {
    let files = files(&["integrations", ".github"], &["yml"]);
    let mut files: Vec<_> = files
        .into_iter()
        .chain([("action.yml".to_owned(), fs::read_to_string(root().join("action.yml")).unwrap())])
        .collect();
    // Of each, the lines of scripts, which are indented more than their keys.
    let key = Regex::new(r"^(\s*(?:- )?)(?:run|bash|script|sh|pwsh):").unwrap();
    for (_, text) in &mut files {
        let mut script = None;
        let kept = text.lines().map(|line| {
            let indent = line.len() - line.trim_start().len();
            if script.is_some_and(|key| indent <= key && !line.trim().is_empty()) {
                script = None;
            }
            let is_script = script.is_some();
            let key = key.captures(line).map(|found| found[1].len());
            script = script.or(key);
            if is_script || key.is_some() { format!("{line}\n") } else { "\n".to_owned() }
        });
        *text = kept.collect();
    }
    assert_eq!(lines(&files, r"(\$\{\{.*)"), []);
}

#[test]
fn people_are_told_how_to_report_a_hole() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    for part in ["security/advisories/new", "docs/security.md"] {
        assert!(text.contains(part), "{part}");
    }
}
