//! What mending makes of the cases under `testdata/fix`, one folder each: `expected/` has the files that change when
//! all fixes are allowed, `fixes.txt` what was made, dropped and left.
//!
//! `ARMGUARD_BLESS=1 cargo test --test it fix::cases` writes both; read each before it is committed.

use crate::support::profile;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::bless::{blesses, compare};
use armguard::autofix::{AppliedFix, AutofixReport, fix_all};
use armguard::finding::Report;
use armguard::lint::{Found, Inputs};
use armguard::source::{MemoryFiles, apply_edits, inverse_edits};
use walkdir::WalkDir;

/// Files that a run takes from a folder, as discovery does.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// The folder of a case in which restored modules lie.
const MODULE_CACHE: &str = "module-cache";

/// The folder with the files that change.
const EXPECTED: &str = "expected";

/// The files of a folder, by path in it.
type Files = BTreeMap<PathBuf, String>;

fn files_in(folder: &Path) -> Files {
    let files = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let files = files.map(|entry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_owned();
        (path, fs::read_to_string(entry.path()).unwrap())
    });
    files.collect()
}

fn inputs_of(folder: &Path) -> Files {
    let is_input = |path: &Path| !path.starts_with(EXPECTED) && path != Path::new("fixes.txt");
    files_in(folder).into_iter().filter(|(path, _)| is_input(path)).collect()
}

fn run(files: &Files, also_unsafe: bool) -> AutofixReport {
    let mut memory = MemoryFiles::default();
    let mut inputs = Inputs { module_cache: Some(MODULE_CACHE.into()), ..Inputs::default() };
    for (path, text) in files {
        memory.insert(path, text.as_str());
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if EXTENSIONS.contains(&extension) && !path.starts_with(MODULE_CACHE) {
            inputs.paths.push(Found { path: path.clone(), named: false });
        }
    }
    fix_all(&memory, &inputs, &profile::options(), also_unsafe)
}

/// `files` as they are after mending.
fn after(files: &Files, fixed: &AutofixReport) -> Files {
    let mut files = files.clone();
    for changed in &fixed.changed {
        let before = files.insert(changed.path.clone(), changed.after.to_string());
        assert_eq!(before.as_deref(), Some(&*changed.before), "{}", changed.path.display());
    }
    files
}

/// What was made, dropped and left, in lines.
fn told(cautious: &AutofixReport, fixed: &AutofixReport) -> String {
    let mut text = String::new();
    let mut list = |what: &str, made: &[AppliedFix]| {
        for AppliedFix { place, rule, title } in made {
            writeln!(text, "{what} {place}: {title} [{rule}]").unwrap();
        }
    };
    list("safe:", &cautious.made);
    list("safe, dropped:", &cautious.dropped);
    let more = fixed.made.iter().filter(|made| !cautious.made.contains(made)).cloned().collect::<Vec<_>>();
    list("unsafe:", &more);
    list("dropped:", &fixed.dropped);
    text + &left(&fixed.report)
}

/// What a report still says, with the snippets that it shows.
fn left(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let source = report.sources.get(finding.primary.span.file);
        let at = source.line_column(finding.primary.span.range.start);
        writeln!(text, "left: {}:{}:{}: {}", source.display_path(), at.line, at.column, finding.message).unwrap();
        for fix in &finding.fixes {
            writeln!(text, "  {}: {}", fix.safety_name(), fix.title).unwrap();
            for line in fix.snippet.iter().flat_map(|snippet| snippet.lines()) {
                writeln!(text, "    {line}").unwrap();
            }
        }
    }
    for check in &report.undetermined {
        writeln!(text, "undetermined: {}: waits for {}", check.rule, check.depends_on.join(", ")).unwrap();
    }
    for problem in &report.problems {
        writeln!(text, "problem: {}: {}", problem.path, problem.message).unwrap();
    }
    text
}

/// Each fix that is proposed can be undone.
fn check_undoing(files: &Files) {
    let report = run(files, false).report;
    for (file, edit) in report.findings.iter().flat_map(|finding| &finding.fixes).flat_map(|fix| &fix.edits) {
        let text = report.sources.get(*file).text();
        let edits = [edit.clone()];
        let changed = apply_edits(text, &edits).unwrap();
        let undone = apply_edits(&changed, &inverse_edits(text, &edits).unwrap());
        assert_eq!(undone.as_deref(), Ok(text));
    }
}

/// Compares `expected/` with the files that changed. Gives what differs.
fn compare_changed(folder: &Path, fixed: &AutofixReport) -> Vec<String> {
    let expected = folder.join(EXPECTED);
    let stale: Vec<PathBuf> = files_in(&expected)
        .into_keys()
        .filter(|path| !fixed.changed.iter().any(|changed| changed.path == *path))
        .map(|path| expected.join(path))
        .collect();
    let mut wrong = Vec::new();
    for path in stale {
        match blesses(&path) {
            true => fs::remove_file(&path).unwrap(),
            false => wrong.push(format!("{} should change, but does not", path.display())),
        }
    }
    wrong.extend(fixed.changed.iter().filter_map(|changed| compare(&expected.join(&changed.path), &changed.after)));
    wrong
}

#[test]
fn every_case_is_mended_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fix");
    let folders = WalkDir::new(root).min_depth(2).max_depth(2).sort_by_file_name().into_iter();
    let folders: Vec<PathBuf> = folders.map(|folder| folder.unwrap().into_path()).collect();
    assert!(folders.len() > 70, "only {} cases found", folders.len());
    let mut wrong = Vec::new();
    for folder in folders {
        let files = inputs_of(&folder);
        let (cautious, fixed) = (run(&files, false), run(&files, true));
        wrong.extend(compare(&folder.join("fixes.txt"), &told(&cautious, &fixed)));
        wrong.extend(compare_changed(&folder, &fixed));
        check_undoing(&files);
        for (fixed, also_unsafe) in [(cautious, false), (fixed, true)] {
            let again = run(&after(&files, &fixed), also_unsafe);
            assert!(again.changed.is_empty(), "{}: {:?}", folder.display(), again.made);
        }
    }
    assert!(wrong.is_empty(), "{} differences\n\n{}", wrong.len(), wrong.join("\n"));
}
