//! What contexts say, said once.
//!
//! A finding's identity is its rule, the declaration, the property and the calls on the way. What
//! several instances or contexts say alike is one finding that lists them.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Draft, Identity, Outcome, Place};
use crate::finding::{FileProblem, Finding, Label, Report, Subject, Summary, Undetermined};
use crate::project::{Content, Project};
use crate::source::{Problem, ProblemCode, SourceMap, Span};
use crate::template::Str;

/// Names shown at most where instances or contexts are listed.
const MOST_NAMES: usize = 20;

/// Related places shown at most.
const MOST_LABELS: usize = 12;

type Key = (Str, Span, String, Vec<String>);

/// Collects the outcomes of contexts.
#[derive(Default)]
pub(super) struct Merger {
    findings: BTreeMap<Key, Merged<Finding>>,
    undetermined: BTreeMap<Key, Merged<Undetermined>>,
    problems: BTreeSet<(Span, ProblemCode, String)>,
    failures: Vec<FileProblem>,
    clusters: BTreeSet<Identity>,
    others: BTreeSet<Identity>,
    not_deployed: BTreeSet<Identity>,
    /// The contexts in which a declaration was judged, and its instances there.
    judged: BTreeMap<Place, (BTreeSet<String>, BTreeSet<String>)>,
}

struct Merged<T> {
    said: T,
    fallback: Label,
    /// The places that decide, of the instances and contexts that do not agree.
    primaries: Vec<Label>,
    instances: BTreeSet<String>,
    contexts: BTreeSet<String>,
}

/// What findings and undetermined checks have in common.
trait Said {
    fn key(&self) -> Key;
    fn primary(&self) -> &Label;
    fn subject(&self) -> &Subject;
    fn absorb(&mut self, other: Self);
}

impl Said for Finding {
    fn key(&self) -> Key {
        (self.rule.clone(), self.subject.declared, self.path.clone(), self.subject.call_path.clone())
    }

    fn primary(&self) -> &Label {
        &self.primary
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Other callers are other ways down to the same place.
    fn absorb(&mut self, other: Self) {
        for label in other.related {
            let known = self.related.iter().chain([&self.primary]).any(|told| told.span == label.span);
            if !known && self.related.len() < MOST_LABELS {
                self.related.push(label);
            }
        }
    }
}

impl Said for Undetermined {
    fn key(&self) -> Key {
        (self.rule.clone(), self.subject.declared, String::new(), self.subject.call_path.clone())
    }

    fn primary(&self) -> &Label {
        &self.primary
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn absorb(&mut self, other: Self) {
        for decider in other.waits_for {
            if !self.waits_for.contains(&decider) {
                self.waits_for.push(decider);
            }
        }
    }
}

fn place(subject: &Subject) -> Place {
    (subject.declared, subject.call_path.clone())
}

fn add<T: Said>(all: &mut BTreeMap<Key, Merged<T>>, draft: Draft<T>, context: &str) {
    let Draft { said, instance, fallback } = draft;
    match all.entry(said.key()) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(Merged {
                said,
                fallback,
                primaries: Vec::new(),
                instances: BTreeSet::from([instance]),
                contexts: BTreeSet::from([context.to_owned()]),
            });
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            let merged = entry.get_mut();
            let other = said.primary();
            let known = merged.primaries.iter().chain([merged.said.primary()]).any(|told| told.span == other.span);
            if !known && merged.primaries.len() < MOST_LABELS / 2 {
                merged.primaries.push(other.clone());
            }
            merged.instances.insert(instance);
            merged.contexts.insert(context.to_owned());
            merged.said.absorb(said);
        }
    }
}

impl Merger {
    pub(super) fn add_all(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            for (place, instance) in outcome.judged {
                let (contexts, instances) = self.judged.entry(place).or_default();
                contexts.insert(outcome.name.clone());
                instances.insert(instance);
            }
            for draft in outcome.findings {
                add(&mut self.findings, draft, &outcome.name);
            }
            for draft in outcome.undetermined {
                add(&mut self.undetermined, draft, &outcome.name);
            }
            self.problems.extend(outcome.problems);
            self.failures.extend(outcome.failures);
            self.clusters.extend(outcome.clusters);
            self.others.extend(outcome.others);
            self.not_deployed.extend(outcome.not_deployed);
        }
    }

    pub(super) fn finish(self, project: Project) -> Report {
        let summary = self.summary(&project);
        let judged = self.judged;
        let mut findings: Vec<Finding> = self
            .findings
            .into_values()
            .map(|merged| {
                let place = place(merged.said.subject());
                let (all_contexts, all_instances) =
                    judged.get(&place).map_or((1, 1), |(contexts, instances)| (contexts.len(), instances.len()));
                let mut finding = merged.said;
                if !merged.primaries.is_empty() {
                    let first = std::mem::replace(&mut finding.primary, merged.fallback);
                    let places = std::iter::once(first).chain(merged.primaries);
                    finding.related.splice(0..0, places);
                    finding.related.retain(|label| label.span != finding.primary.span);
                }
                if merged.instances.len() < all_instances {
                    finding.instances = listed(merged.instances);
                }
                if all_contexts > 1 {
                    finding.judged_contexts = all_contexts;
                    finding.contexts = listed(merged.contexts);
                }
                finding
            })
            .collect();
        let mut undetermined: Vec<Undetermined> = self.undetermined.into_values().map(|merged| merged.said).collect();
        let sources = project.sources;
        findings.sort_by_cached_key(|finding| {
            (at(&sources, finding.primary.span), finding.rule.clone(), finding.subject.call_path.clone())
        });
        undetermined.sort_by_cached_key(|check| {
            (at(&sources, check.primary.span), check.rule.clone(), check.subject.call_path.clone())
        });

        let mut problems = project.problems;
        problems.extend(self.failures);
        problems.extend(self.problems.into_iter().map(|(span, code, message)| FileProblem {
            path: sources.get(span.file).display_path(),
            span: Some(span),
            problem: Problem { code, range: span.range, message },
            fails: code != ProblemCode::ModuleNotRead,
        }));
        problems.sort_by(|a, b| {
            (&a.path, a.span.map(|span| span.range), &a.problem.message).cmp(&(
                &b.path,
                b.span.map(|span| span.range),
                &b.problem.message,
            ))
        });
        problems.dedup();
        Report { sources, findings, undetermined, problems, summary }
    }

    fn summary(&self, project: &Project) -> Summary {
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let mut skip = |reason: &str, count: usize| {
            if count > 0 {
                *skipped.entry(reason.to_owned()).or_default() += count;
            }
        };
        let not_read = project.problems.iter().filter(|problem| problem.problem.code == ProblemCode::ModuleNotRead);
        skip("references to modules that are not on this disk", not_read.count());
        for id in project.unused_parameters() {
            let path = project.unit(id).path.display().to_string();
            skip(&format!("parameter file that belongs to no template here: {path}"), 1);
        }
        Summary {
            files: project.units().count(),
            templates: project.units().filter(|(_, unit)| matches!(unit.content, Content::Template(_))).count(),
            clusters: self.clusters.len(),
            other_resources: self.others.len(),
            not_deployed: self.not_deployed.len(),
            compiled_copies: project.units().filter(|(id, _)| project.is_compiled_copy(*id)).count(),
            skipped: skipped.into_iter().collect(),
            elapsed: std::time::Duration::ZERO,
        }
    }
}

fn at(sources: &SourceMap, span: Span) -> (String, u32, u32) {
    (sources.get(span.file).display_path(), span.range.start, span.range.end)
}

fn listed(names: BTreeSet<String>) -> Vec<String> {
    let count = names.len();
    let mut shown: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).take(MOST_NAMES).collect();
    if count > MOST_NAMES {
        shown.push(format!("{} more", count - MOST_NAMES));
    }
    shown
}
