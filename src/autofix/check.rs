//! Whether a change did just what it was meant to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use super::second_opinion::is_read_as_well;
use super::state::{DeclarationRanges, DeployedResources, RangesByFile, Round};
use crate::finding::{FileProblem, Finding, Report};
use crate::project::map_all;

/// What a fix changed: the places in the files as they were, and as they are.
#[derive(Debug, Default)]
pub(super) struct ChangedRanges {
    pub(super) before: RangesByFile,
    pub(super) after: RangesByFile,
}

impl ChangedRanges {
    /// The declarations before and after in which everything lies that changed; `None` when others may depend on it.
    fn declarations(&self, before: &Round, after: &Round) -> Option<(DeclarationRanges, DeclarationRanges)> {
        Some((before.declarations(&self.before)?, after.declarations(&self.after)?))
    }
}

/// Whether what changed is read without errors by the parser that read it so before: the declarations that changed, or
/// the whole files.
pub(super) fn reads_as_well(before: &Round, after: &Round, change: &ChangedRanges) -> bool {
    let (old, new) = change.declarations(before, after).unzip();
    let text = |state: &Round, path: &PathBuf, only: &Option<DeclarationRanges>| -> Option<String> {
        let text = state.source(path)?.text();
        Some(match only.as_ref().and_then(|only| only.get(path)) {
            Some(ranges) => ranges.iter().flat_map(|range| [range.of(text), "\n"]).collect(),
            None => text.to_owned(),
        })
    };
    let cancel = after.cancel();
    let as_well = |path: &PathBuf| match (text(before, path, &old), text(after, path, &new)) {
        (Some(before), Some(after)) => is_read_as_well(&before, &after, cancel),
        _ => false,
    };
    let is_bicep = |path: &&PathBuf| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
    map_all(change.before.keys().filter(is_bicep).collect(), as_well).into_iter().all(|as_well| as_well)
}

/// Whether no file has a problem that it did not have.
pub(super) fn no_new_problems(before: &Report, after: &Report) -> bool {
    let count = |report: &Report| {
        let mut counts: BTreeMap<(String, &'static str, String), usize> = BTreeMap::new();
        for FileProblem { path, code, message, .. } in &report.problems {
            *counts.entry((path.clone(), code.id(), message.clone())).or_default() += 1;
        }
        counts
    };
    let known = count(before);
    count(after).into_iter().all(|(problem, times)| known.get(&problem).is_some_and(|known| *known >= times))
}

/// The identity of a finding, with the contexts and instances that it applies to.
type FindingIdentity<'r> = (&'r str, String, Vec<&'r str>, &'r str, &'r [String], &'r [String]);

fn identity<'r>(report: &'r Report, finding: &'r Finding) -> FindingIdentity<'r> {
    let subject = &finding.subject;
    let file = report.sources.get(subject.declared.file).display_path();
    let declared = format!("{file} {} {}", subject.title, subject.name);
    let calls = subject.call_path.iter().map(|call| call.title.as_str()).collect();
    (&finding.rule, declared, calls, &finding.path, &finding.contexts, &finding.instances)
}

/// Whether the findings numbered `fixed` are gone, or apply to fewer contexts or instances. A new finding is allowed
/// only for the same resources: a later rule of the same group, or a check that did not apply before.
pub(super) fn findings_are_gone(before: &Report, after: &Report, fixed: &BTreeSet<usize>) -> bool {
    fn count<'r>(report: &'r Report) -> BTreeMap<FindingIdentity<'r>, usize> {
        let mut counts = BTreeMap::new();
        for finding in &report.findings {
            *counts.entry(identity(report, finding)).or_default() += 1;
        }
        counts
    }
    let (known, mut left) = (count(before), count(after));
    let mut subjects = BTreeSet::new();
    for finding in fixed.iter().filter_map(|at| before.findings.get(*at)) {
        let identity = identity(before, finding);
        // A finding that is left shows that its fix had no effect.
        *left.entry(identity.clone()).or_default() += 1;
        subjects.insert(identity.1);
    }
    left.into_iter().all(|(identity, times)| {
        let known = known.get(&identity).copied().unwrap_or_default();
        times <= known || known == 0 && subjects.contains(&identity.1)
    })
}

/// Whether the contexts that reach what changed deploy the same but for `sets`: resource types and properties of these.
/// Where only resources changed that deploy no others, it is enough to look at these, unless their version is another:
/// the rest cannot depend on anything else of them.
pub(super) fn deploys_the_same(
    before: &Round,
    after: &Round,
    change: &ChangedRanges,
    sets: &BTreeSet<&(String, Vec<String>)>,
) -> bool {
    let all_same = |old: &DeployedResources, new: &DeployedResources| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_resource(old, new, sets))
    };
    let has_version = sets.iter().flat_map(|(_, paths)| paths).any(|path| !path.starts_with("properties."));
    let (old, new) = change.declarations(before, after).filter(|_| !has_version).unzip();
    let (before, after) = (before.deployed(&change.before, old.as_ref()), after.deployed(&change.after, new.as_ref()));
    before.len() == after.len()
        && before.iter().all(|(name, old)| after.get(name).is_some_and(|new| all_same(old, new)))
}

fn same_resource(old: &Map<String, Json>, new: &Map<String, Json>, sets: &BTreeSet<&(String, Vec<String>)>) -> bool {
    let ty = old.get("type").and_then(Json::as_str).unwrap_or_default();
    let allowed: Vec<&str> = sets
        .iter()
        .filter(|(set, _)| set.eq_ignore_ascii_case(ty))
        .flat_map(|(_, paths)| paths.iter().map(String::as_str))
        .collect();
    same_members(old, new, "", &allowed)
}

/// Whether the members of two objects at `path` are the same but for what lies at or below one of `allowed`.
fn same_members(old: &Map<String, Json>, new: &Map<String, Json>, path: &str, allowed: &[&str]) -> bool {
    fn find<'o>(object: &'o Map<String, Json>, name: &str) -> Option<&'o Json> {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
    let names: BTreeSet<String> = old.keys().chain(new.keys()).map(|name| name.to_ascii_lowercase()).collect();
    names.iter().all(|name| {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        same(find(old, name), find(new, name), &path, allowed)
    })
}

/// Whether two values at `path` are the same but for what lies at or below one of `allowed`.
fn same(old: Option<&Json>, new: Option<&Json>, path: &str, allowed: &[&str]) -> bool {
    if allowed.iter().any(|set| set.eq_ignore_ascii_case(path)) {
        return true;
    }
    let above = allowed.iter().any(|set| {
        set.get(..path.len()).is_some_and(|start| start.eq_ignore_ascii_case(path))
            && set.as_bytes().get(path.len()) == Some(&b'.')
    });
    match (old, new) {
        (Some(Json::Object(old)), Some(Json::Object(new))) => same_members(old, new, path, allowed),
        // A new object has the properties that were set, and nothing else.
        (None | Some(Json::Null), Some(Json::Object(new))) if above => same_members(&Map::new(), new, path, allowed),
        (Some(Json::Array(old)), Some(Json::Array(new))) if above && old.len() == new.len() => {
            let items = old.iter().zip(new).enumerate();
            items.into_iter().all(|(at, (old, new))| same(Some(old), Some(new), &format!("{path}.[{at}]"), allowed))
        }
        (old, new) => old == new,
    }
}
