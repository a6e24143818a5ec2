//! Whether a change did just what it was meant to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::state::{Deployed, State};
use crate::bicep;
use crate::finding::{FileProblem, Finding, Report};
use crate::project::map_all;

/// Larger texts are not given to the second parser, which is slow.
const SECOND_OPINION: usize = 200_000;

/// Whether the files that changed are read without errors by the parser that read them so before.
pub(super) fn all_read_as_well(before: &State, after: &State, changed: &BTreeSet<PathBuf>) -> bool {
    let as_well = |path: &PathBuf| match (before.source(path), after.source(path)) {
        (Some(before), Some(after)) => reads_as_well(path, before.text(), after.text()),
        _ => false,
    };
    map_all(changed.iter().collect(), as_well).into_iter().all(|as_well| as_well)
}

/// Whether `after` is read without errors by the parser that read `before` so.
fn reads_as_well(path: &Path, before: &str, after: &str) -> bool {
    let is_bicep = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
    // On broken text the second parser may take very long.
    let is_broken = || !bicep::parse(before, bicep::FileKind::Bicep).problems.is_empty();
    if !is_bicep || before.len() > SECOND_OPINION || after.len() > SECOND_OPINION || is_broken() {
        return true;
    }
    let mut parser = tree_sitter::Parser::new();
    if parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).is_err() {
        return true;
    }
    let mut is_clean = |text: &str| parser.parse(text, None).is_some_and(|tree| !tree.root_node().has_error());
    !is_clean(before) || is_clean(after)
}

/// Whether no file has a problem that it did not have.
pub(super) fn no_new_problems(before: &Report, after: &Report) -> bool {
    let count = |report: &Report| {
        let mut counts: BTreeMap<(String, &'static str, String), usize> = BTreeMap::new();
        for FileProblem { path, problem, .. } in &report.problems {
            *counts.entry((path.clone(), problem.code.id(), problem.message.clone())).or_default() += 1;
        }
        counts
    };
    let known = count(before);
    count(after).into_iter().all(|(problem, times)| known.get(&problem).is_some_and(|known| *known >= times))
}

/// What tells findings apart, with the contexts and instances in which they hold.
type Identity<'r> = (&'r str, String, Vec<&'r str>, &'r str, &'r [String], &'r [String]);

fn identity<'r>(report: &'r Report, finding: &'r Finding) -> Identity<'r> {
    let subject = &finding.subject;
    let file = report.sources.get(subject.declared.file).display_path();
    let declared = format!("{file} {} {}", subject.title, subject.name);
    let calls = subject.call_path.iter().map(|call| call.title.as_str()).collect();
    (&finding.rule, declared, calls, &finding.path, &finding.contexts, &finding.instances)
}

/// Whether the findings numbered `mended` are gone, or hold in fewer contexts or instances, and what is new is about
/// the same resources: a later question of the same group, or one that did not arise before.
pub(super) fn findings_are_gone(before: &Report, after: &Report, mended: &BTreeSet<usize>) -> bool {
    fn count<'r>(report: &'r Report) -> BTreeMap<Identity<'r>, usize> {
        let mut counts = BTreeMap::new();
        for finding in &report.findings {
            *counts.entry(identity(report, finding)).or_default() += 1;
        }
        counts
    }
    let (known, mut left) = (count(before), count(after));
    let mut subjects = BTreeSet::new();
    for finding in mended.iter().filter_map(|at| before.findings.get(*at)) {
        let identity = identity(before, finding);
        // One that is left stands for one that was mended in vain.
        *left.entry(identity.clone()).or_default() += 1;
        subjects.insert(identity.1);
    }
    left.into_iter().all(|(identity, times)| {
        let known = known.get(&identity).copied().unwrap_or_default();
        times <= known || known == 0 && subjects.contains(&identity.1)
    })
}

/// Whether the contexts that reach `changed` deploy the same but for `sets`: resource types and properties of these.
pub(super) fn deploys_the_same(
    before: &State,
    after: &State,
    changed: &BTreeSet<PathBuf>,
    sets: &[&(String, Vec<String>)],
) -> bool {
    let same = |old: &Deployed, new: &Deployed| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_resource(old, new, sets))
    };
    let (before, after) = (before.deployed(changed), after.deployed(changed));
    before.len() == after.len()
        && before.into_iter().all(|(name, old)| after.get(&name).is_some_and(|new| same(old, new)))
}

fn same_resource(old: &Map<String, Json>, new: &Map<String, Json>, sets: &[&(String, Vec<String>)]) -> bool {
    let ty = old.get("type").and_then(Json::as_str).unwrap_or_default();
    let allowed: Vec<&str> = sets
        .iter()
        .filter(|(set, _)| set.eq_ignore_ascii_case(ty))
        .flat_map(|(_, paths)| paths.iter().map(String::as_str))
        .collect();
    same_object(old, new, "", &allowed)
}

/// Whether two objects at `path` are the same but for what lies at or below one of `allowed`.
fn same_object(old: &Map<String, Json>, new: &Map<String, Json>, path: &str, allowed: &[&str]) -> bool {
    let find = |object: &Map<String, Json>, name: &str| {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let names: BTreeSet<String> = old.keys().chain(new.keys()).map(|name| name.to_ascii_lowercase()).collect();
    names.iter().all(|name| {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if allowed.iter().any(|set| set.eq_ignore_ascii_case(&path)) {
            return true;
        }
        let (old, new) = (find(old, name), find(new, name));
        let above = allowed.iter().any(|set| {
            set.get(..path.len()).is_some_and(|start| start.eq_ignore_ascii_case(&path))
                && set.as_bytes().get(path.len()) == Some(&b'.')
        });
        match (old, new) {
            (Some(Json::Object(old)), Some(Json::Object(new))) => same_object(&old, &new, &path, allowed),
            // An object that was not there holds what was set, and nothing else.
            (None | Some(Json::Null), Some(Json::Object(new))) if above => {
                same_object(&Map::new(), &new, &path, allowed)
            }
            (None, None) => true,
            (old, new) => old == new,
        }
    })
}
