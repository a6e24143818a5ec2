//! What is written differently and means the same is reported alike: the same rules, at the same places, as often.
//!
//! All cases of `testdata/`, generated projects, and 300 real templates, which are no part of the project: the test
//! reports how many there were, and with `ARMGUARD_REQUIRE_CORPUS=1` fails without them. Of the real templates and the
//! generated ones each has some of the relations; `ARMGUARD_METAMORPHIC=full` takes all. With
//! `ARMGUARD_RELATION=Rename` only that one is tried, and the first difference ends the run: so `fuzz/planted/run.py`
//! finds out how soon a planted fault is seen.

#![cfg(test)]

mod arm;
mod bicep;
mod case;
mod explained;
mod relation;
mod rewrite;

#[path = "../../../../tests/it/support/corpus/folder.rs"]
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use armguard_gen::{Entropy, Knobs, Language, project, property, seed_bytes};
use case::{Case, Seen, Texts};
use explained::EXPLAINED;
use relation::Relation;
use walkdir::WalkDir;

/// Real templates that are looked at.
const REAL: usize = 300;

/// Largest real template that is looked at, in bytes.
const LARGEST: usize = 200_000;

/// Relations that each real template and generated project has, when not all are taken.
const SOME: usize = 2;

fn is_full() -> bool {
    std::env::var_os("ARMGUARD_METAMORPHIC").is_some_and(|value| value == "full")
}

/// The only relation that is wanted, and whose first difference ends the run.
fn only() -> Option<Relation> {
    let name = std::env::var("ARMGUARD_RELATION").ok()?;
    let named = Relation::ALL.into_iter().find(|relation| format!("{relation:?}") == name);
    Some(named.unwrap_or_else(|| panic!("there is no relation {name}; there are {:?}", Relation::ALL)))
}

/// What was tried, and what was reported for it as it was.
#[derive(Debug, Default)]
struct Tried {
    /// How often each relation was tried.
    relations: BTreeMap<Relation, usize>,
    seen: Seen,
}

/// Tries `cases` with all relations, or some in turn.
fn try_all(cases: impl Iterator<Item = Case>, all: bool) -> Tried {
    let mut tried = Tried::default();
    let mut wrong = Vec::new();
    let (only, start) = (only(), Instant::now());
    for (number, case) in cases.enumerate() {
        let relations = Relation::ALL.iter().filter(|relation| only.is_none_or(|only| only == **relation));
        let applicable = relations.filter_map(|relation| Some((*relation, case.rewritten(*relation)?)));
        let mut applicable: Vec<_> = applicable.collect();
        if !all && only.is_none() && !applicable.is_empty() {
            let first = number % applicable.len();
            applicable.rotate_left(first);
            applicable.truncate(SOME);
        }
        for (relation, rewritten) in applicable {
            *tried.relations.entry(relation).or_default() += 1;
            let (expected, seen) = case.reported(&rewritten, Texts::Original);
            let (found, _) = case.reported(&rewritten, Texts::Rewritten);
            tried.seen.add(&seen);
            let is_explained = EXPLAINED.iter().any(|(name, of, _)| *of == relation && case.name.ends_with(name));
            if expected != found && !is_explained {
                wrong.push(format!("{} {relation:?}\n{}", case.name, difference(&expected, &found)));
                if only.is_some() {
                    let number = tried.relations[&relation];
                    folder::tell(&format!("found by template {number}, after {:.1} s", start.elapsed().as_secs_f64()));
                    break;
                }
            }
        }
        if only.is_some() && !wrong.is_empty() {
            break;
        }
    }
    let text: String = wrong.iter().map(|one| format!("{one}\n")).collect();
    assert!(wrong.is_empty(), "{} differences\n\n{text}", wrong.len());
    tried
}

fn difference(expected: &[String], found: &[String]) -> String {
    let only = |these: &[String], those: &[String], mark: char| {
        let those: BTreeSet<&String> = those.iter().collect();
        let only = these.iter().filter(|line| !those.contains(line)).take(6);
        only.map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    let counts = format!("  {} lines expected, {} found\n", expected.len(), found.len());
    counts + &only(expected, found, '-') + &only(found, expected, '+')
}

fn files_of(folder: &Path) -> BTreeMap<PathBuf, String> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file()).filter_map(|entry| {
        let path = entry.path().strip_prefix(folder).ok()?.to_owned();
        let is_expectation = path.starts_with("expected") || path.ends_with("snapshot.json");
        Some((path, fs::read_to_string(entry.path()).ok()?)).filter(|_| !is_expectation)
    });
    files.collect()
}

#[test]
fn cases_of_this_project() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let groups = [("arm", 1), ("bicep", 1), ("expand", 1), ("fix", 2)];
    let folders = groups.iter().flat_map(|(group, depth)| {
        let walk = WalkDir::new(testdata.join(group)).min_depth(*depth).max_depth(*depth).sort_by_file_name();
        walk.into_iter().flatten().filter(|entry| entry.file_type().is_dir())
    });
    let cases: Vec<Case> = folders
        .map(|folder| Case::in_memory(folder.path().display().to_string().replace('\\', "/"), files_of(folder.path())))
        .collect();
    assert!(cases.len() > 250, "only {} cases found", cases.len());
    let count = cases.len();
    let tried = try_all(cases.into_iter(), true);
    folder::tell(&format!("{count} cases of this project: {tried:?}"));
    if only().is_some() {
        return;
    }
    let least = |relation: Relation| if relation == Relation::Classic { 1 } else { 20 };
    for relation in Relation::ALL {
        assert!(
            tried.relations.get(&relation).is_some_and(|count| *count >= least(relation)),
            "{relation:?}: {tried:?}"
        );
    }
}

#[test]
fn generated_projects() {
    let count = if is_full() { 400 } else { 60 };
    let cases = (0..count).map(|seed| {
        let program = project(&Knobs::default(), &mut Entropy::new(&seed_bytes(seed, property::SEED_BYTES)));
        let language = Language::ALL[seed as usize % 3];
        let files = program.print(language).into_iter().map(|(path, text)| (path.into(), text)).collect();
        Case::in_memory(format!("seed {seed} {language:?}"), files)
    });
    let tried = try_all(cases, is_full());
    folder::tell(&format!("{count} generated projects: {tried:?}"));
    assert!(only().is_some() || tried.relations.values().sum::<usize>() >= count as usize, "{tried:?}");
}

#[test]
fn real_templates() {
    let Some(folder) = folder::folder() else {
        let required = std::env::var_os("ARMGUARD_REQUIRE_CORPUS").is_some_and(|value| value == "1");
        assert!(!required, "the corpus of real templates is required");
        return;
    };
    let walk = WalkDir::new(&folder).sort_by_file_name().into_iter().flatten();
    let paths = walk.map(walkdir::DirEntry::into_path).filter(|path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        matches!(extension, "bicep" | "json")
    });
    let texts = paths.filter_map(|path| Some((fs::read_to_string(&path).ok()?, path)));
    let templates = texts.filter(|(text, path)| {
        let is_template = path.extension().is_some_and(|it| it == "bicep") || text.contains("deploymentTemplate.json");
        is_template && text.len() < LARGEST && text.to_ascii_lowercase().contains("resource")
    });
    // What the rules are about comes first; the rest is spread over the whole corpus.
    let (about, others): (Vec<_>, Vec<_>) = templates.partition(|(text, _)| {
        text.contains("Microsoft.ContainerService/managedClusters@")
            || text.contains("\"Microsoft.ContainerService/managedClusters\"")
    });
    let step = (others.len() / REAL).max(1);
    let taken: Vec<_> = about.into_iter().take(REAL / 2).chain(others.into_iter().step_by(step)).take(REAL).collect();
    let count = taken.len();
    let cases = taken.into_iter().map(|(text, path)| {
        let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string().replace('\\', "/");
        Case::on_disk(name, path, text)
    });
    let tried = try_all(cases, is_full());
    folder::tell(&format!("{count} real templates: {tried:?}"));
    assert_eq!(count, REAL, "the corpus has fewer templates than it had");
}
