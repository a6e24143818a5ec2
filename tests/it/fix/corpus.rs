//! Over all cases of ours and over real templates: what mending makes can be read, is mended, differs only as told,
//! stays as it is when it is mended again, and can be undone.
//!
//! The real templates are no part of the project; the test says how many there were.

use crate::support::corpus::folder;
use crate::support::profile;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use armguard::autofix::{AutofixReport, fix_all};
use armguard::discover::Disk;
use armguard::expand::{Diff, Request, Snapshot, expand};
use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::rules::{RuleSet, RuleStore};
use armguard::source::{Edit, FileId, FileSystem, MemoryFiles, ReadError, apply_edits, inverse_edits};
use serde_json::Value;
use walkdir::WalkDir;

/// Files that a run takes from a folder, as discovery does.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// The folder of a case in which restored modules lie.
const MODULE_CACHE: &str = "module-cache";

/// What may differ: all that the fixes of the rules about the Defender profile set.
const SETS: [&str; 2] = ["properties.securityProfile", "apiVersion"];

/// Where fixes write that write what failed: items of arrays, and node pools of their own.
const FAILED: [&str; 4] = [
    "properties.agentPoolProfiles",
    "properties.extensions",
    "properties.offerings",
    "properties.enableEncryptionAtHost",
];

/// Files with other texts than those that they have.
struct After<'f> {
    files: &'f dyn FileSystem,
    texts: BTreeMap<PathBuf, Arc<str>>,
}

impl FileSystem for After<'_> {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(&self.tidy(path)) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.files.read_bytes(path, limit),
        }
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files.file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        self.files.tidy(path)
    }
}

/// What became of the findings.
#[derive(Debug, Default)]
struct Census {
    projects: usize,
    failing: usize,
    fixed: usize,
    /// Findings that are left, by why.
    left: BTreeMap<String, usize>,
    expanded: usize,
}

impl Census {
    fn tell(&self, name: &str) {
        let Self { projects, failing, fixed, left, expanded } = self;
        folder::tell(&format!(
            "{name}: {projects} projects with a finding; {failing} findings, {fixed} mended, left: {left:?}; {expanded} \
             templates expanded before and after\n"
        ));
    }
}

/// Why the findings of a report are left.
fn reasons(report: &Report) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for finding in &report.findings {
        let reason = match finding.fixes.iter().map(|fix| fix.safety).max() {
            None => format!("no fix of {}", finding.rule),
            Some(None) => format!("display-only, decided by {}", finding.decided_by.name()),
            Some(Some(_)) => "dropped".to_owned(),
        };
        *reasons.entry(reason).or_default() += 1;
    }
    reasons
}

/// Problems of files, by kind.
fn problems(report: &Report) -> BTreeMap<(&str, &str), usize> {
    let mut problems = BTreeMap::new();
    for problem in &report.problems {
        *problems.entry((problem.path.as_str(), problem.code.id())).or_default() += 1;
    }
    problems
}

/// The edits of each fix undone give the text as it was.
fn check_undoing(report: &Report, name: &str) {
    for fix in report.findings.iter().flat_map(|finding| &finding.fixes) {
        let mut by_file: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for (file, edit) in &fix.edits {
            by_file.entry(*file).or_default().push(edit.clone());
        }
        for (file, edits) in by_file {
            let text = report.sources.get(file).text();
            let changed = apply_edits(text, &edits).unwrap();
            assert_ne!(changed, text, "{name}: {}", fix.title);
            let undone = apply_edits(&changed, &inverse_edits(text, &edits).unwrap());
            assert_eq!(undone.as_deref(), Ok(text), "{name}: {}", fix.title);
        }
    }
}

/// What `file` deploys.
fn snapshot(files: &dyn FileSystem, file: &Path, inputs: &Inputs) -> Option<Snapshot> {
    let request = Request { file: file.to_owned(), module_cache: inputs.module_cache.clone(), ..Request::default() };
    Some(expand(files, &request).ok()?.snapshot)
}

/// Which rules are run, and what their fixes set.
struct Rules {
    options: Options,
    sets: Vec<String>,
}

impl Rules {
    fn of_the_profile() -> Self {
        Self { options: profile::options(), sets: SETS.map(str::to_lowercase).to_vec() }
    }

    fn all() -> Self {
        let options = Options { sets: RuleSet::ALL.to_vec(), ..Options::default() };
        let rules = RuleStore::built_in();
        let fixes = rules.rules().iter().flat_map(|rule| &rule.fixes);
        let told = fixes.filter_map(|fix| Some(fix.set.as_ref()?.text().to_lowercase()));
        let sets = told.chain(SETS.iter().chain(&FAILED).map(|set| set.to_lowercase())).collect();
        Self { options, sets }
    }
}

/// The paths of the values in `value`, which is at `path`.
fn leaves(path: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().flat_map(|(name, value)| leaves(&format!("{path}.{name}"), value)).collect()
        }
        _ => vec![path.to_lowercase()],
    }
}

/// What `roots` deploy differs only in what the fixes set. Gives how many were expanded.
fn check_models(
    before: &dyn FileSystem,
    after: &After<'_>,
    roots: &[PathBuf],
    (inputs, sets): (&Inputs, &[String]),
    name: &str,
) -> usize {
    let mut expanded = 0;
    for root in roots {
        let (Some(old), Some(new)) = (snapshot(before, root, inputs), snapshot(after, root, inputs)) else { continue };
        expanded += 1;
        let diff = Diff::of(&old, &new);
        assert!(diff.added.is_empty() && diff.removed.is_empty(), "{name}: {diff:#?}");
        for difference in diff.changed.iter().flat_map(|change| &change.differences) {
            let told = leaves(&difference.path, &difference.after)
                .iter()
                .all(|path| sets.iter().any(|set| path.starts_with(set)));
            assert!(told, "{name}: {difference:#?}");
        }
    }
    expanded
}

/// Mends a project and checks what comes out.
fn check(files: &dyn FileSystem, inputs: &Inputs, rules: &Rules, name: &str, census: &mut Census) {
    let Rules { options, sets } = rules;
    let before = lint(files, inputs.clone(), options);
    if before.findings.is_empty() {
        return;
    }
    check_undoing(&before, name);
    let AutofixReport { report, changed, made, .. } = fix_all(files, inputs, options, true);
    census.projects += 1;
    census.failing += before.findings.len();
    census.fixed += before.findings.len().saturating_sub(report.findings.len());
    for (reason, times) in reasons(&report) {
        *census.left.entry(reason).or_default() += times;
    }
    assert_eq!(made.is_empty(), changed.is_empty(), "{name}");
    let texts = changed.iter().map(|changed| (files.tidy(&changed.path), changed.after.clone())).collect();
    let after = After { files, texts };
    assert_eq!(problems(&before), problems(&report), "{name}");
    let again = fix_all(&after, inputs, options, true);
    assert!(again.changed.is_empty(), "{name}: again {:?}", again.made);
    let roots: BTreeSet<PathBuf> = inputs.paths.iter().map(|found| found.path.clone()).collect();
    let roots: Vec<PathBuf> =
        roots.into_iter().filter(|path| path.extension().is_some_and(|e| e != "bicepparam")).collect();
    census.expanded += check_models(files, &after, &roots, (inputs, sets), name);
}

/// Mends our cases; gives what became of them.
fn our_cases(rules: &Rules) -> Census {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let folders = ["arm", "bicep", "fix/arm", "fix/bicep"].into_iter().flat_map(|folder| {
        WalkDir::new(root.join(folder)).min_depth(1).max_depth(1).sort_by_file_name().into_iter().flatten()
    });
    let mut census = Census::default();
    for folder in folders {
        let mut memory = MemoryFiles::default();
        let mut inputs = Inputs { module_cache: Some(MODULE_CACHE.into()), ..Inputs::default() };
        for entry in WalkDir::new(folder.path()).sort_by_file_name().into_iter().flatten() {
            let path = entry.path().strip_prefix(folder.path()).unwrap().to_owned();
            if !entry.file_type().is_file() || path.starts_with("expected") {
                continue;
            }
            memory.insert(&path, fs::read(entry.path()).unwrap());
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if EXTENSIONS.contains(&extension) && !path.starts_with(MODULE_CACHE) {
                inputs.paths.push(Found { path, named: false });
            }
        }
        check(&memory, &inputs, rules, &folder.path().display().to_string(), &mut census);
    }
    census
}

/// Mends the real templates that mention one of `types`, when they are on this machine.
fn real_templates(rules: &Rules, types: &[&str]) -> Option<Census> {
    let corpus = folder::folder()?;
    let inputs_of = |paths: Vec<PathBuf>| Inputs {
        paths: paths.into_iter().map(|path| Found { path, named: true }).collect(),
        module_cache: Some(corpus.join("registry")),
        ..Inputs::default()
    };
    let is_template = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        EXTENSIONS.contains(&extension) && !path.starts_with(corpus.join("registry"))
    };
    let walk = WalkDir::new(&corpus).sort_by_file_name().into_iter().flatten();
    let paths: Vec<PathBuf> =
        walk.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).filter(is_template).collect();
    // What mentions none has no finding of these rules; parameter files and modules are read as needed.
    let mentions = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default().to_ascii_lowercase();
        types.iter().any(|ty| text.contains(ty))
    };
    let failing: BTreeSet<PathBuf> = paths.into_iter().filter(mentions).collect();
    let mut census = Census::default();
    for path in failing {
        let name = path.display().to_string();
        check(&Disk, &inputs_of(vec![path]), rules, &name, &mut census);
    }
    Some(census)
}

#[test]
fn the_profile() {
    let rules = Rules::of_the_profile();
    let census = our_cases(&rules);
    census.tell("our cases, Defender profile");
    assert!(census.fixed > 150, "{census:?}");
    if let Some(census) = real_templates(&rules, &["managedclusters"]) {
        census.tell("real templates, Defender profile");
    }
}

#[test]
fn all_rules() {
    const TYPES: [&str; 4] =
        ["managedclusters", "microsoft.security/", "connectedclusters", "containerregistry/registries"];
    let rules = Rules::all();
    let census = our_cases(&rules);
    census.tell("our cases, all rules");
    assert!(census.fixed > 1000, "{census:?}");
    if let Some(census) = real_templates(&rules, &TYPES) {
        census.tell("real templates, all rules");
    }
}
