//! Findings and undetermined checks while those of the same check are merged.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::finding::{Finding, Label, Subject, Undetermined};
use crate::lint::plan::Placed;
use crate::lint::room::{Bytes, ENTRY, NameSet, Room};
use crate::lint::run::{DeclarationPath, Draft};
use crate::source::{Span, Str};

/// Names shown at most where instances or contexts are listed.
pub(super) const MOST_NAMES: usize = 20;

/// Related places shown at most.
const MOST_LABELS: usize = 12;

/// Rule, declaration, property and calls.
type CheckKey = (Str, Span, String, Vec<Span>);

/// The contexts in which a check is suppressed, by rule, declaration and property.
pub(super) type SuppressedContexts = BTreeMap<(Str, Span, String), NameSet>;

/// Merged findings or undetermined checks, by the check that they belong to.
pub(super) type ByCheck<T> = BTreeMap<CheckKey, Merged<T>>;

pub(super) fn check_of(finding: &Finding) -> (Str, Span, String) {
    (finding.rule.clone(), finding.subject.declared, finding.path.clone())
}

pub(super) struct Merged<T> {
    pub(super) draft: Box<Draft<T>>,
    /// The places that decide, of the instances and contexts that do not agree.
    pub(super) primaries: Vec<Label>,
    pub(super) instances: NameSet,
    pub(super) contexts: NameSet,
    /// Whether it concerns the files that the run reports on.
    pub(super) concerns: bool,
}

/// What findings and undetermined checks have in common.
pub(super) trait MergeItem: Placed + Bytes {
    fn key(&self) -> CheckKey;
    fn rule(&self) -> &Str;
    fn primary(&self) -> &Label;
    fn subject(&self) -> &Subject;
    fn absorb(&mut self, other: Self);
}

impl MergeItem for Finding {
    fn key(&self) -> CheckKey {
        let (declared, calls) = place(&self.subject);
        (self.rule.clone(), declared, self.path.clone(), calls)
    }

    fn rule(&self) -> &Str {
        &self.rule
    }

    fn primary(&self) -> &Label {
        &self.primary
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Other callers are other ways down to the same place.
    fn absorb(&mut self, other: Self) {
        self.occurrences.extend(other.occurrences);
        for label in other.related {
            let known = self.related.iter().chain([&self.primary]).any(|shown| shown.span == label.span);
            if !known && self.related.len() < MOST_LABELS {
                self.related.push(label);
            }
        }
        // Each place that decides has a fix of its own.
        for fix in other.fixes {
            if !self.fixes.contains(&fix) && self.fixes.len() < MOST_LABELS {
                self.fixes.push(fix);
            }
        }
    }
}

impl MergeItem for Undetermined {
    fn key(&self) -> CheckKey {
        let (declared, calls) = place(&self.subject);
        (self.rule.clone(), declared, String::new(), calls)
    }

    fn rule(&self) -> &Str {
        &self.rule
    }

    fn primary(&self) -> &Label {
        &self.primary
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn absorb(&mut self, other: Self) {
        for decider in other.depends_on {
            if self.depends_on.len() < MOST_NAMES && !self.depends_on.contains(&decider) {
                self.depends_on.push(decider);
            }
        }
    }
}

pub(super) fn place(subject: &Subject) -> DeclarationPath {
    (subject.declared, subject.call_path.iter().map(|call| call.declared).collect())
}

/// The numbers of the context that reports something, and of the instance in it.
pub(super) type At = (u32, u32);

/// Adds the draft reported at `at` to `all`, as far as there is `room`.
pub(super) fn add<T: MergeItem>(
    all: &mut ByCheck<T>,
    draft: Box<Draft<T>>,
    (context, instance): At,
    concerns: bool,
    room: &mut Room,
) {
    let key = draft.item.key();
    match all.entry(key) {
        Entry::Vacant(entry) => {
            if !room.take(ENTRY + draft.item.bytes()) {
                return;
            }
            let (mut instances, mut contexts) = (NameSet::default(), NameSet::default());
            instances.insert(instance);
            contexts.insert(context);
            entry.insert(Merged { draft, primaries: Vec::new(), instances, contexts, concerns });
        }
        Entry::Occupied(mut entry) => {
            let merged = entry.get_mut();
            let other = draft.item.primary();
            let known =
                merged.primaries.iter().chain([merged.draft.item.primary()]).any(|shown| shown.span == other.span);
            if !known && merged.primaries.len() < MOST_LABELS / 2 {
                merged.primaries.push(other.clone());
            }
            let new = usize::from(merged.instances.insert(instance)) + usize::from(merged.contexts.insert(context));
            room.take(new * size_of::<u32>());
            merged.concerns |= concerns;
            merged.draft.item.absorb(draft.item);
        }
    }
}

impl Merged<Finding> {
    /// The finding at the one place that all agree on, else at the declaration.
    pub(super) fn settled(mut self) -> Self {
        if !self.primaries.is_empty() {
            let Draft { item, fallback, .. } = &mut *self.draft;
            let first = std::mem::replace(&mut item.primary, fallback.clone());
            let places = std::iter::once(first).chain(std::mem::take(&mut self.primaries));
            item.related.splice(0..0, places);
            item.related.retain(|label| label.span != item.primary.span);
        }
        self
    }
}
