//! Merges the outcomes of contexts into one report.
//!
//! Several contexts or loop instances can have the same finding for one declaration, reached by the same calls. They
//! become one finding that lists them. It is placed where the value is decided, or at the declaration when they do not
//! agree on that. Callers with the same finding at the same place share one finding, too. A caller that decides the
//! value itself has its own.

mod merged;
mod order;
mod report;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::plan::{Placed, Plan};
use super::room::{Bytes, Distinct, ENTRY, NameSet, NumberedNames, Room};
use super::run::{ContextOutcome, DeclarationPath, Draft};
use crate::config::Sensor;
use crate::finding::{FileProblem, Finding, Occurrence, Severity, Subject, SuppressedBy, Undetermined};
use crate::source::{ProblemCode, Span};
use crate::suppress::{About, SuppressionVerdict, Suppressor};
use merged::{ByCheck, MergeItem, add};
#[cfg(feature = "cli")]
pub(crate) use order::sort_problems;

/// Collects the outcomes of contexts.
pub(super) struct Merger<'s> {
    plan: &'s Plan<'s>,
    findings: ByCheck<Finding>,
    undetermined: ByCheck<Undetermined>,
    suppressor: Suppressor,
    /// The findings that ignores and overrides suppress.
    suppressed_findings: BTreeMap<SuppressedBy, ByCheck<Finding>>,
    suppressed_undetermined: BTreeMap<SuppressedBy, ByCheck<Undetermined>>,
    problems: BTreeSet<(Span, ProblemCode, String)>,
    failures: Vec<FileProblem>,
    clusters: Distinct,
    elsewhere: BTreeMap<Sensor, Distinct>,
    others: Distinct,
    not_deployed: Distinct,
    /// The contexts in which a declaration was checked, and its instances there.
    checked_places: BTreeMap<DeclarationPath, (NameSet, NameSet)>,
    /// What is left for all of this.
    room: Room,
    /// The names in it.
    names: NumberedNames,
    /// The calls to what was met last, by title.
    last_calls: Arc<[String]>,
    /// The place of the first context whose results exceed the room, and the number of such contexts.
    beyond: Option<(Span, usize)>,
}

impl<'s> Merger<'s> {
    pub(super) fn new(plan: &'s Plan<'s>) -> Self {
        let Plan { project, configs, options, .. } = *plan;
        let mut suppressor = Suppressor::new(project, configs);
        if !options.no_ignores {
            suppressor.read(project, configs, plan.rules, options.today);
        }
        Self {
            plan,
            suppressor,
            suppressed_findings: BTreeMap::new(),
            suppressed_undetermined: BTreeMap::new(),
            findings: BTreeMap::new(),
            undetermined: BTreeMap::new(),
            problems: BTreeSet::new(),
            failures: Vec::new(),
            clusters: Distinct::default(),
            elsewhere: BTreeMap::new(),
            others: Distinct::default(),
            not_deployed: Distinct::default(),
            checked_places: BTreeMap::new(),
            room: Room::in_run(project.sources.bytes()),
            names: NumberedNames::default(),
            last_calls: Arc::default(),
            beyond: None,
        }
    }

    /// Adds the outcome of one of `contexts`, each in its turn.
    pub(super) fn add(&mut self, outcome: ContextOutcome, contexts: usize) {
        if self.plan.project.cancel.is_cancelled() {
            return;
        }
        self.room.begin(contexts);
        let context = self.names.number(&outcome.name, &mut self.room);
        let (scope, wholly, mut cut) = (&self.plan.scope, outcome.wholly, outcome.cut);
        let concerns = |places: &dyn Placed| wholly || places.places().iter().any(|at| scope.has(at.file));
        for (place, instance) in outcome.checked_places {
            let instance = self.names.number(&instance, &mut self.room);
            if !self.checked_places.contains_key(&place) && !self.room.take(ENTRY / 2) {
                break;
            }
            let (contexts, instances) = self.checked_places.entry(place).or_default();
            let new = usize::from(contexts.insert(context)) + usize::from(instances.insert(instance));
            self.room.take(new * size_of::<u32>());
        }
        for mut draft in outcome.findings {
            if !self.shows(&draft) {
                continue;
            }
            let concerns = concerns(&draft.item);
            let at = (context, self.names.number(&draft.instance, &mut self.room));
            let occurrence = self.occurrence(&draft, &outcome.name);
            self.room.take(occurrence.bytes());
            draft.item.occurrences.push(occurrence);
            draft.item.severity = self.severity(&draft).unwrap_or(draft.item.severity);
            let place = draft.item.subject.declared;
            match self.suppression_of(&outcome.name, &draft) {
                SuppressionVerdict::By(by) => {
                    add(self.suppressed_findings.entry(by).or_default(), draft, at, concerns, &mut self.room)
                }
                SuppressionVerdict::Reported(label) => {
                    draft.item.related.splice(0..0, label);
                    add(&mut self.findings, draft, at, concerns, &mut self.room);
                }
            }
            if self.room.is_full() {
                cut = Some(place);
                break;
            }
        }
        for mut draft in outcome.undetermined {
            if self.room.is_full() {
                cut = cut.or(Some(draft.item.subject.declared));
                break;
            }
            if !self.shows(&draft) {
                continue;
            }
            let concerns = concerns(&draft.item);
            let at = (context, self.names.number(&draft.instance, &mut self.room));
            draft.item.severity = self.severity(&draft).unwrap_or(draft.item.severity);
            match self.suppression_of(&outcome.name, &draft) {
                SuppressionVerdict::By(by) => {
                    add(self.suppressed_undetermined.entry(by).or_default(), draft, at, concerns, &mut self.room)
                }
                SuppressionVerdict::Reported(_) => add(&mut self.undetermined, draft, at, concerns, &mut self.room),
            }
        }
        if outcome.counts {
            for problem in outcome.problems {
                if self.room.take(ENTRY / 4 + problem.2.len()) {
                    self.problems.insert(problem);
                }
            }
            self.failures.extend(outcome.failures);
            self.clusters.extend(outcome.clusters);
            for (sensor, cluster) in outcome.elsewhere {
                self.elsewhere.entry(sensor).or_default().extend([cluster]);
            }
            self.others.extend(outcome.others);
            self.not_deployed.extend(outcome.not_deployed);
        }
        let at = cut.or_else(|| self.room.is_full().then_some(outcome.at).flatten());
        if let Some(at) = at {
            let (_, number) = self.beyond.get_or_insert((at, 0));
            *number += 1;
        }
    }

    /// What a baseline knows a finding of `context` by.
    fn occurrence(&mut self, draft: &Draft<Finding>, context: &str) -> Occurrence {
        let subject = &draft.item.subject;
        let mut kept = |name: &str| self.names.kept(name, &mut self.room);
        Occurrence {
            file: subject.call_path.first().map_or(subject.declared, |call| call.declared).file,
            title: kept(&subject.title),
            name: kept(&subject.name),
            instance: kept(&draft.instance),
            context: kept(context),
            calls: self.calls(subject),
        }
    }

    /// The titles of the calls to `subject`; those of what was met last are kept once.
    fn calls(&mut self, subject: &Subject) -> Arc<[String]> {
        let titles = || subject.call_path.iter().map(|call| &call.title);
        if !self.last_calls.iter().eq(titles()) {
            self.room.take(titles().map(Bytes::bytes).sum());
            self.last_calls = titles().cloned().collect();
        }
        Arc::clone(&self.last_calls)
    }

    /// Whether the rule runs for what is shown where `draft` lies.
    fn shows<T: MergeItem>(&self, draft: &Draft<T>) -> bool {
        let file = self.plan.project.sources.get(draft.item.primary().span.file);
        self.plan.selection.shows(draft.item.rule(), file.path())
    }

    /// The severity that the configuration gives.
    fn severity<T: MergeItem>(&self, draft: &Draft<T>) -> Option<Severity> {
        let files = [draft.item.primary().span.file, draft.item.subject().declared.file];
        self.suppressor.severity(draft.item.rule(), &files)
    }

    /// Whether the draft of `context` is suppressed: at its place now, and at the place that it gets when contexts do
    /// not agree.
    fn suppression_of<T: MergeItem>(&mut self, context: &str, draft: &Draft<T>) -> SuppressionVerdict {
        if !self.suppressor.names(draft.item.rule()) {
            return SuppressionVerdict::Reported(None);
        }
        let subject = draft.item.subject();
        let calls = subject.call_path.iter().map(|call| call.declared);
        let declared: Vec<Span> = std::iter::once(subject.declared).chain(calls).collect();
        let places = [draft.item.primary().span, draft.fallback.span];
        let about = About { rule: draft.item.rule(), context: Some(context), places: &places, declared: &declared };
        self.suppressor.suppression_of(&about, self.plan.options.today)
    }
}
