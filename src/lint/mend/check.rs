//! Whether a change did just what it was meant to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use crate::bicep;
use crate::eval::Assumed;
use crate::expand::expand_context;
use crate::finding::{FileProblem, Report};
use crate::lint::Inputs;
use crate::project::{Project, UnitId, with_stack};
use crate::source::FileSystem;

/// Larger texts are not given to the second parser, which is slow.
const SECOND_OPINION: usize = 200_000;

/// Whether `after` is read without errors by the parser that read `before` so.
pub(super) fn reads_as_well(path: &Path, before: &str, after: &str) -> bool {
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

/// What the contexts deploy that have to do with some files.
pub(super) struct Deployed {
    by_context: BTreeMap<String, Vec<Map<String, Json>>>,
}

impl Deployed {
    /// What the contexts deploy that reach one of `paths`.
    pub(super) fn of(files: &dyn FileSystem, inputs: &Inputs, paths: &BTreeSet<PathBuf>) -> Self {
        let work = || {
            let project = Project::load(files, inputs.clone());
            let changed: BTreeSet<UnitId> = paths.iter().filter_map(|path| project.unit_at(path)).collect();
            let mut contexts = project.contexts(false);
            // A template whose calls are all dead is judged alone.
            contexts.extend(changed.iter().filter_map(|id| project.alone(*id)));
            let reaches = |context: &crate::project::Context| {
                let roots = context.files.iter().copied().chain([context.unit]);
                project.reached_from(roots).iter().any(|id| changed.contains(id))
            };
            let concerned = contexts.iter().filter(|context| reaches(context));
            let deployed = concerned.map(|context| {
                let (snapshot, _) = expand_context(&project, context, &Assumed::default());
                (context.name.clone(), snapshot.predicted_resources)
            });
            deployed.collect()
        };
        Self { by_context: with_stack(false, work).unwrap_or_default() }
    }

    /// Whether `other` deploys the same but for `sets`: resource types and properties of these.
    pub(super) fn differs_only_in(&self, other: &Self, sets: &[&(String, Vec<String>)]) -> bool {
        let same = |old: &[Map<String, Json>], new: &[Map<String, Json>]| {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_resource(old, new, sets))
        };
        self.by_context.len() == other.by_context.len()
            && self.by_context.iter().all(|(name, old)| other.by_context.get(name).is_some_and(|new| same(old, new)))
    }
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
