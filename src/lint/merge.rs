//! What contexts say, said once.
//!
//! What several contexts or loop instances say alike of one declaration, reached by the same calls, is one
//! finding that lists them: at the place that decides, or at the declaration when they do not agree on it.
//! What callers say alike at the same place is one finding, too; each that decides for itself has its own.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::context::{Draft, Outcome, Place};
use super::kept::{Bytes, Distinct, ENTRY, NameSet, Names, Room};
use super::select::Selection;
use super::shown::{Places, Shown};
use crate::config::Sensor;
use crate::finding::{
    FileProblem, Finding, Label, Occurrence, Report, Said as Suppressable, Severity, Subject, Summary, Suppressed,
    SuppressedBy, Undetermined,
};
use crate::project::{Content, Project};
use crate::source::{Date, FileId, IdSet, Problem, ProblemCode, Root, SourceMap, Span, order_of};
use crate::suppress::{About, Silence, Silencer};
use crate::template::Str;

/// Names shown at most where instances or contexts are listed.
const MOST_NAMES: usize = 20;

/// Related places shown at most.
const MOST_LABELS: usize = 12;

/// Rule, declaration, property and calls.
type Key = (Str, Span, String, Vec<Span>);

/// The contexts in which a check is silenced, by rule, declaration and property.
type SilencedContexts = BTreeMap<(Str, Span, String), NameSet>;

/// What is said, by what it is said of.
type Kept<T> = BTreeMap<Key, Merged<T>>;

fn check_of(finding: &Finding) -> (Str, Span, String) {
    (finding.rule.clone(), finding.subject.declared, finding.path.clone())
}

/// Collects the outcomes of contexts.
pub(super) struct Merger<'s> {
    project: &'s Project,
    shown: &'s Shown,
    selection: &'s Selection<'s>,
    findings: Kept<Finding>,
    undetermined: Kept<Undetermined>,
    silencer: Silencer,
    today: Option<Date>,
    /// What ignores and overrides silence.
    silenced: BTreeMap<SuppressedBy, Kept<Finding>>,
    silenced_open: BTreeMap<SuppressedBy, Kept<Undetermined>>,
    problems: BTreeSet<(Span, ProblemCode, String)>,
    failures: Vec<FileProblem>,
    clusters: Distinct,
    elsewhere: BTreeMap<Sensor, Distinct>,
    others: Distinct,
    not_deployed: Distinct,
    /// The contexts in which a declaration was judged, and its instances there.
    judged: BTreeMap<Place, (NameSet, NameSet)>,
    /// What is left for all of this.
    room: Room,
    /// The names in it.
    names: Names,
    /// The calls to what was met last, by title.
    last_calls: Arc<[String]>,
    /// Where the first context is that says more than there is room for, and how many do.
    beyond: Option<(Span, usize)>,
}

struct Merged<T> {
    draft: Box<Draft<T>>,
    /// The places that decide, of the instances and contexts that do not agree.
    primaries: Vec<Label>,
    instances: NameSet,
    contexts: NameSet,
    /// Whether it concerns what is asked about.
    concerns: bool,
}

/// What findings and undetermined checks have in common.
trait Said: Places + Bytes {
    fn key(&self) -> Key;
    fn rule(&self) -> &Str;
    fn primary(&self) -> &Label;
    fn subject(&self) -> &Subject;
    fn absorb(&mut self, other: Self);
}

impl Said for Finding {
    fn key(&self) -> Key {
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
            let known = self.related.iter().chain([&self.primary]).any(|told| told.span == label.span);
            if !known && self.related.len() < MOST_LABELS {
                self.related.push(label);
            }
        }
        // Each place that decides is mended where it is.
        for fix in other.fixes {
            if !self.fixes.contains(&fix) && self.fixes.len() < MOST_LABELS {
                self.fixes.push(fix);
            }
        }
    }
}

impl Said for Undetermined {
    fn key(&self) -> Key {
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
        for decider in other.waits_for {
            if self.waits_for.len() < MOST_NAMES && !self.waits_for.contains(&decider) {
                self.waits_for.push(decider);
            }
        }
    }
}

fn place(subject: &Subject) -> Place {
    (subject.declared, subject.call_path.iter().map(|call| call.declared).collect())
}

/// The numbers of the context that says something, and of its instance.
type At = (u32, u32);

/// Adds what is said at `at` to `all`, as far as there is `room`.
fn add<T: Said>(all: &mut Kept<T>, draft: Box<Draft<T>>, (context, instance): At, concerns: bool, room: &mut Room) {
    let key = draft.said.key();
    match all.entry(key) {
        Entry::Vacant(entry) => {
            if !room.take(ENTRY + draft.said.bytes()) {
                return;
            }
            let (mut instances, mut contexts) = (NameSet::default(), NameSet::default());
            instances.insert(instance);
            contexts.insert(context);
            entry.insert(Merged { draft, primaries: Vec::new(), instances, contexts, concerns });
        }
        Entry::Occupied(mut entry) => {
            let merged = entry.get_mut();
            let other = draft.said.primary();
            let known =
                merged.primaries.iter().chain([merged.draft.said.primary()]).any(|told| told.span == other.span);
            if !known && merged.primaries.len() < MOST_LABELS / 2 {
                merged.primaries.push(other.clone());
            }
            let new = usize::from(merged.instances.insert(instance)) + usize::from(merged.contexts.insert(context));
            room.take(new * size_of::<u32>());
            merged.concerns |= concerns;
            merged.draft.said.absorb(draft.said);
        }
    }
}

impl Merged<Finding> {
    /// The finding at the one place that all agree on, else at the declaration.
    fn settled(mut self) -> Self {
        if !self.primaries.is_empty() {
            let Draft { said, fallback, .. } = &mut *self.draft;
            let first = std::mem::replace(&mut said.primary, fallback.clone());
            let places = std::iter::once(first).chain(std::mem::take(&mut self.primaries));
            said.related.splice(0..0, places);
            said.related.retain(|label| label.span != said.primary.span);
        }
        self
    }
}

impl<'s> Merger<'s> {
    pub(super) fn new(
        project: &'s Project,
        shown: &'s Shown,
        selection: &'s Selection<'s>,
        silencer: Silencer,
        today: Option<Date>,
    ) -> Self {
        Self {
            project,
            shown,
            selection,
            silencer,
            today,
            silenced: BTreeMap::new(),
            silenced_open: BTreeMap::new(),
            findings: BTreeMap::new(),
            undetermined: BTreeMap::new(),
            problems: BTreeSet::new(),
            failures: Vec::new(),
            clusters: Distinct::default(),
            elsewhere: BTreeMap::new(),
            others: Distinct::default(),
            not_deployed: Distinct::default(),
            judged: BTreeMap::new(),
            room: Room::in_run(project.sources.bytes()),
            names: Names::default(),
            last_calls: Arc::default(),
            beyond: None,
        }
    }

    /// Adds what one of `contexts` says, each in its turn.
    pub(super) fn add(&mut self, outcome: Outcome, contexts: usize) {
        if self.project.cancel.is_cancelled() {
            return;
        }
        self.room.begin(contexts);
        let context = self.names.number(&outcome.name, &mut self.room);
        let (shown, wholly, mut cut) = (self.shown, outcome.wholly, outcome.cut);
        let concerns = |places: &dyn Places| wholly || places.places().iter().any(|at| shown.has(at.file));
        for (place, instance) in outcome.judged {
            let instance = self.names.number(&instance, &mut self.room);
            if !self.judged.contains_key(&place) && !self.room.take(ENTRY / 2) {
                break;
            }
            let (contexts, instances) = self.judged.entry(place).or_default();
            let new = usize::from(contexts.insert(context)) + usize::from(instances.insert(instance));
            self.room.take(new * size_of::<u32>());
        }
        for mut draft in outcome.findings {
            if !self.shows(&draft) {
                continue;
            }
            let concerns = concerns(&draft.said);
            let at = (context, self.names.number(&draft.instance, &mut self.room));
            let occurrence = self.occurrence(&draft, &outcome.name);
            self.room.take(occurrence.bytes());
            draft.said.occurrences.push(occurrence);
            draft.said.severity = self.severity(&draft).unwrap_or(draft.said.severity);
            let place = draft.said.subject.declared;
            match self.silence(&outcome.name, &draft) {
                Silence::By(by) => add(self.silenced.entry(by).or_default(), draft, at, concerns, &mut self.room),
                Silence::Said(told) => {
                    draft.said.related.splice(0..0, told);
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
                cut = cut.or(Some(draft.said.subject.declared));
                break;
            }
            if !self.shows(&draft) {
                continue;
            }
            let concerns = concerns(&draft.said);
            let at = (context, self.names.number(&draft.instance, &mut self.room));
            draft.said.severity = self.severity(&draft).unwrap_or(draft.said.severity);
            match self.silence(&outcome.name, &draft) {
                Silence::By(by) => add(self.silenced_open.entry(by).or_default(), draft, at, concerns, &mut self.room),
                Silence::Said(_) => add(&mut self.undetermined, draft, at, concerns, &mut self.room),
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
        let subject = &draft.said.subject;
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
    fn shows<T: Said>(&self, draft: &Draft<T>) -> bool {
        let file = self.project.sources.get(draft.said.primary().span.file);
        self.selection.shows(draft.said.rule(), file.path())
    }

    /// The severity that the configuration gives.
    fn severity<T: Said>(&self, draft: &Draft<T>) -> Option<Severity> {
        let files = [draft.said.primary().span.file, draft.said.subject().declared.file];
        self.silencer.severity(draft.said.rule(), &files)
    }

    /// Whether what `context` says is silenced: where it lies now, and where it may lie when contexts do not agree.
    fn silence<T: Said>(&mut self, context: &str, draft: &Draft<T>) -> Silence {
        if !self.silencer.names(draft.said.rule()) {
            return Silence::Said(None);
        }
        let subject = draft.said.subject();
        let calls = subject.call_path.iter().map(|call| call.declared);
        let declared: Vec<Span> = std::iter::once(subject.declared).chain(calls).collect();
        let places = [draft.said.primary().span, draft.fallback.span];
        let about = About { rule: draft.said.rule(), context: Some(context), places: &places, declared: &declared };
        self.silencer.judge(&about, self.today)
    }

    /// What is silenced, by what silences it. A problem is silenced only where it has a place.
    fn suppressed(&mut self, problems: &mut Vec<FileProblem>) -> Vec<Suppressed> {
        let mut suppressed = Vec::new();
        for (by, group) in std::mem::take(&mut self.silenced) {
            let concerning = group.into_values().filter(|merged| merged.concerns);
            let findings = concerning.filter_map(|merged| self.one(vec![merged.settled()], &SilencedContexts::new()));
            // Where it does not hold, and where it is not silenced, is not the same.
            let findings = findings.map(|finding| Finding { other_contexts: Vec::new(), ..finding });
            suppressed.extend(findings.map(|finding| (by.clone(), Suppressable::Finding(Box::new(finding)))));
        }
        for (by, group) in std::mem::take(&mut self.silenced_open) {
            let checks = group.into_values().filter(|merged| merged.concerns).map(|merged| merged.draft.said);
            suppressed.extend(checks.map(|check| (by.clone(), Suppressable::Undetermined(check))));
        }
        let (silencer, today) = (&mut self.silencer, self.today);
        problems.retain(|problem| {
            let Some(span) = problem.span.filter(|_| problem.problem.code.can_be_ignored()) else { return true };
            let about = About { rule: problem.problem.code.id(), context: None, places: &[span], declared: &[span] };
            match silencer.judge(&about, today) {
                Silence::Said(_) => true,
                Silence::By(by) => {
                    suppressed.push((by, Suppressable::Problem(problem.clone())));
                    false
                }
            }
        });
        suppressed.into_iter().map(|(by, said)| Suppressed { said, by }).collect()
    }

    /// `met`: the files whose ignores had all that they could hide.
    pub(super) fn finish(mut self, summary: Summary, met: &IdSet<FileId>) -> Report {
        let project = self.project;
        let summary = self.summary(project, summary);
        let findings = self.findings();
        let sources = project.sources.clone();
        let mut problems = project.problems.clone();
        problems.extend(std::mem::take(&mut self.problems).into_iter().map(|(span, code, message)| FileProblem {
            path: sources.get(span.file).display_path(),
            span: Some(span),
            problem: Problem { code, range: span.range, message },
            fails: code != ProblemCode::ModuleNotRead,
        }));
        problems.retain(|problem| self.shown.concerns(problem));
        let suppressed = self.suppressed(&mut problems);
        let undetermined = self.undetermined.into_values().filter(|merged| merged.concerns);
        let undetermined: Vec<Undetermined> = undetermined.map(|merged| merged.draft.said).collect();
        problems.extend(self.beyond.map(|(at, contexts)| beyond_room(&sources, at, contexts)));
        let is_whole = !problems.iter().chain(&self.failures).any(is_cut);
        let seen = |file: FileId| is_whole && met.contains(&file) && self.shown.has(file);
        let ran = |id: &str, path: &Path| self.selection.shows(id, path);
        let ignores = self.silencer.problems(&sources, &seen, &ran);
        problems.extend(ignores.into_iter().filter(|problem| self.shown.concerns(problem)));
        problems.extend(self.failures);
        let contexts = Vec::new();
        let incomplete = self.beyond.is_some();
        Report { sources, findings, undetermined, problems, suppressed, contexts, summary, incomplete }
    }

    /// The findings that concern what is asked about, those of one place made one.
    fn findings(&mut self) -> Vec<Finding> {
        let mut by_place: BTreeMap<(Str, Span, String, Span), Vec<Merged<Finding>>> = BTreeMap::new();
        for ((rule, declared, path, _), merged) in std::mem::take(&mut self.findings) {
            let merged = merged.settled();
            by_place.entry((rule, declared, path, merged.draft.said.primary.span)).or_default().push(merged);
        }
        let concerning = by_place.into_values().filter(|group| group.iter().any(|merged| merged.concerns));
        let silenced = self.silenced_contexts();
        concerning.filter_map(|group| self.one(group, &silenced)).collect()
    }

    /// What is said at one place, with the contexts and instances of which it is said, and without those in which it is
    /// `silenced`.
    fn one(&self, group: Vec<Merged<Finding>>, silenced: &SilencedContexts) -> Option<Finding> {
        let several = group.len() > 1;
        let mut group = group.into_iter();
        let Merged { draft, mut instances, mut contexts, .. } = group.next()?;
        let mut finding = draft.said;
        let own = place(&finding.subject);
        for other in group {
            instances.extend(&other.instances);
            contexts.extend(&other.contexts);
            finding.absorb(other.draft.said);
        }
        finding.occurrences.sort_unstable();
        finding.occurrences.dedup();
        // Where the declaration decides, all its callers are a matter of it; else each is for itself.
        let all_callers = several || finding.primary.span.file == finding.subject.declared.file;
        let (declared, from) = (own.0, if all_callers { (own.0, Vec::new()) } else { own.clone() });
        let places = self.judged.range(from..).take_while(|(place, _)| match all_callers {
            true => place.0 == declared,
            false => **place == own,
        });
        let (mut all_contexts, mut all_instances) = (NameSet::default(), NameSet::default());
        for (_, (contexts, instances)) in places {
            all_contexts.extend(contexts);
            all_instances.extend(instances);
        }
        if instances.len() < all_instances.len() {
            finding.instances = listed(&self.names_of(instances.iter()));
        }
        if all_contexts.len() > 1 {
            finding.judged_contexts = all_contexts.len();
            let (open, silenced) = (self.undetermined_in(&finding), silenced.get(&check_of(&finding)));
            let is_silenced = |context| silenced.is_some_and(|silenced| silenced.contains(context));
            let others = all_contexts.iter().filter(|context| !contexts.contains(*context));
            let others = others.filter(|context| !open.contains(*context) && !is_silenced(*context));
            finding.other_contexts = listed(&self.contexts_of(others));
            finding.contexts = listed(&self.contexts_of(contexts.iter()));
        }
        Some(finding)
    }

    /// The names with these numbers, sorted.
    fn names_of(&self, numbers: impl Iterator<Item = u32>) -> Vec<Str> {
        let mut names: Vec<Str> = numbers.map(|number| self.names.get(number)).collect();
        names.sort_unstable();
        names
    }

    /// Those of contexts, in the same order wherever the run works.
    fn contexts_of(&self, numbers: impl Iterator<Item = u32>) -> Vec<Str> {
        let mut names = self.names_of(numbers);
        names.sort_by_cached_key(|name| self.project.order_of(name));
        names
    }

    /// The contexts in which the same check could go either way.
    fn undetermined_in(&self, finding: &Finding) -> NameSet {
        let declared = finding.subject.declared;
        let first = (finding.rule.clone(), declared, String::new(), Vec::new());
        let checks = self.undetermined.range(first..);
        let same = checks.take_while(|((rule, at, ..), _)| *rule == finding.rule && *at == declared);
        let mut contexts = NameSet::default();
        same.for_each(|(_, merged)| contexts.extend(&merged.contexts));
        contexts
    }

    /// The contexts in which each check is silenced.
    fn silenced_contexts(&self) -> SilencedContexts {
        let mut by_check = SilencedContexts::new();
        for ((rule, declared, path, _), merged) in self.silenced.values().flatten() {
            by_check.entry((rule.clone(), *declared, path.clone())).or_default().extend(&merged.contexts);
        }
        by_check
    }

    /// The counts, over what is asked about.
    fn summary(&self, project: &Project, summary: Summary) -> Summary {
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        let mut skip = |reason: &str, count: usize| {
            if count > 0 {
                *skipped.entry(reason.to_owned()).or_default() += count;
            }
        };
        let not_read = project.problems.iter().filter(|problem| problem.problem.code == ProblemCode::ModuleNotRead);
        let not_read = not_read.filter(|problem| self.shown.concerns(problem));
        skip("references to modules that are not on this disk", not_read.count());
        for id in project.unused_parameters() {
            let path = project.unit(id).path.display().to_string();
            skip(&format!("parameter file that belongs to no template here: {path}"), 1);
        }
        for (sensor, clusters) in &self.elsewhere {
            let title = sensor.title();
            skip(
                &format!(
                    "Defender profile of an AKS cluster: `[defender] sensor` says that {title} installs the sensor"
                ),
                clusters.count(),
            );
        }
        let copies = project.units().filter(|(id, unit)| unit.role.is_shown() && project.is_compiled_copy(*id));
        Summary {
            clusters: self.clusters.count(),
            other_resources: self.others.count(),
            not_deployed: self.not_deployed.count(),
            compiled_copies: copies.count(),
            skipped: skipped.into_iter().collect(),
            ..summary
        }
    }
}

/// How many files and templates were looked at: all that were read; where only some are asked about, those, and
/// what was `reached` with them.
pub(super) fn looked_at(project: &Project, shown: &Shown, reached: &IdSet<FileId>) -> Summary {
    let mut summary = Summary::default();
    for (_, unit) in project.units() {
        let is_reached = match &unit.content {
            Content::Template(template) => reached.contains(&template.file),
            Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
        };
        if shown.is_all() || unit.role.is_shown() || is_reached {
            summary.files += 1;
            summary.templates += usize::from(matches!(unit.content, Content::Template(_)));
        }
    }
    summary
}

/// Whether evaluation did not come to its end, so that what an ignore or the baseline is for may be missing.
pub(super) fn is_cut(problem: &FileProblem) -> bool {
    matches!(problem.problem.code, ProblemCode::LimitReached | ProblemCode::InternalError | ProblemCode::IncompleteRun)
}

/// That `contexts` say more than a report holds, the first one `at` this place.
fn beyond_room(sources: &SourceMap, at: Span, contexts: usize) -> FileProblem {
    let these = if contexts == 1 { "one context says".to_owned() } else { format!("{contexts} contexts say") };
    let message = format!(
        "{these} more than a report holds, so the result is incomplete from here on; check fewer files, or fewer rules, \
         at once"
    );
    let problem = Problem { code: ProblemCode::IncompleteRun, range: at.range, message };
    FileProblem { path: sources.get(at.file).display_path(), span: Some(at), problem, fails: true }
}

/// The same of what a context says.
pub(super) fn is_limit((_, code, _): &(Span, ProblemCode, String)) -> bool {
    matches!(code, ProblemCode::LimitReached | ProblemCode::InternalError)
}

/// By path as seen from the roots, place and rule: whatever the threads did, and wherever the run works.
pub(super) fn sort(report: &mut Report, roots: &[Root]) {
    let sources = &report.sources;
    let at = |span: Span| (order_of(roots, sources.get(span.file).path()), span.range.start, span.range.end);
    report.findings.sort_by_cached_key(|finding| {
        (at(finding.primary.span), finding.rule.clone(), finding.subject.call_path.clone())
    });
    report
        .undetermined
        .sort_by_cached_key(|check| (at(check.primary.span), check.rule.clone(), check.subject.call_path.clone()));
    report.suppressed.sort_by_cached_key(|suppressed| {
        let place = match &suppressed.said {
            Suppressable::Finding(finding) => (at(finding.primary.span), finding.rule.to_string()),
            Suppressable::Undetermined(check) => (at(check.primary.span), check.rule.to_string()),
            Suppressable::Problem(problem) => {
                let range = problem.span.map(|span| span.range).unwrap_or_default();
                let path = order_of(roots, Path::new(&problem.path));
                ((path, range.start, range.end), problem.problem.code.id().to_owned())
            }
        };
        (place, suppressed.by.clone())
    });
    sort_problems(&mut report.problems, roots);
    report.problems.dedup();
}

/// By path as seen from the roots, place and message.
pub(crate) fn sort_problems(problems: &mut [FileProblem], roots: &[Root]) {
    problems.sort_by_cached_key(|problem| {
        let path = order_of(roots, Path::new(&problem.path));
        (path, problem.span.map(|span| span.range), problem.problem.message.clone())
    });
}

/// The first of `names`, and how many more there are.
fn listed(names: &[Str]) -> Vec<String> {
    let count = names.len();
    let mut shown: Vec<String> =
        names.iter().filter(|name| !name.is_empty()).take(MOST_NAMES).map(|name| name.to_string()).collect();
    if count > MOST_NAMES {
        shown.push(format!("{} more", count - MOST_NAMES));
    }
    shown
}
