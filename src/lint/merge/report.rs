//! The report on everything that was merged.

use std::collections::BTreeMap;
use std::path::Path;

use super::Merger;
use super::merged::{MOST_NAMES, MergeItem, Merged, SuppressedContexts, check_of, place};
use super::order::sort;
use crate::finding::{FileProblem, Finding, Report, Suppressed, SuppressedItem, Undetermined, limit_problems};
use crate::lint::room::NameSet;
use crate::lint::run::Ran;
use crate::source::{FileId, FileSystem, ProblemCode, SourceMap, Span, Str};
use crate::suppress::{About, Checked, SuppressionVerdict};

impl Merger<'_> {
    /// What is suppressed, and by what. A problem can be suppressed only if it has a place.
    fn suppressed(&mut self, problems: &mut Vec<FileProblem>) -> Vec<Suppressed> {
        let mut suppressed = Vec::new();
        for (by, group) in std::mem::take(&mut self.suppressed_findings) {
            let concerning = group.into_values().filter(|merged| merged.concerns);
            let findings = concerning.filter_map(|merged| self.one(vec![merged.settled()], &SuppressedContexts::new()));
            // The contexts without the finding and the contexts without the suppression are not the same.
            let findings = findings.map(|finding| Finding { other_contexts: Vec::new(), ..finding });
            suppressed.extend(findings.map(|finding| (by.clone(), SuppressedItem::Finding(Box::new(finding)))));
        }
        for (by, group) in std::mem::take(&mut self.suppressed_undetermined) {
            let checks = group.into_values().filter(|merged| merged.concerns).map(|merged| merged.draft.item);
            suppressed.extend(checks.map(|check| (by.clone(), SuppressedItem::Undetermined(check))));
        }
        let (suppressor, today) = (&mut self.suppressor, self.plan.options.today);
        problems.retain(|problem| {
            let Some(span) = problem.span.filter(|_| problem.code.can_be_ignored()) else { return true };
            let about = About { rule: problem.code.id(), context: None, places: &[span], declared: &[span] };
            match suppressor.suppression_of(&about, today) {
                SuppressionVerdict::Reported(_) => true,
                SuppressionVerdict::By(by) => {
                    suppressed.push((by, SuppressedItem::Problem(problem.clone())));
                    false
                }
            }
        });
        suppressed.into_iter().map(|(by, item)| Suppressed { item, by }).collect()
    }

    /// The report, sorted, without what the baseline hides.
    pub(in crate::lint) fn finish(self, ran: Ran, files: &dyn FileSystem) -> Report {
        let plan = self.plan;
        let project = plan.project;
        let Ran { listed, whole, copies, .. } = &ran;
        let mut report = self.report(&ran);
        report.contexts.clone_from(listed);
        report.problems.extend(copies.iter().cloned());
        sort(&mut report, &project.roots);
        if let Some(baseline) = &plan.options.baseline {
            let is_cut = project.cancel.is_cancelled() || report.problems.iter().any(is_cut);
            let checked = Checked {
                whole: whole.iter().cloned().collect(),
                contexts: plan.all_contexts.iter().cloned().collect(),
                shown: plan.scope.shown_files(project).collect(),
                exists: &|path| files.is_file(path),
                ran: &|id, path| plan.selection.shows(id, path),
            };
            baseline.apply(&mut report, Some(&checked).filter(|_| !is_cut));
            sort(&mut report, &project.roots);
        }
        report.problems.retain(|problem| plan.selection.shows(problem.code.id(), Path::new(&problem.path)));
        limit_problems(&mut report.problems);
        report
    }

    /// The merged results of all contexts.
    fn report(mut self, ran: &Ran) -> Report {
        let plan = self.plan;
        let summary = self.summary(ran);
        let findings = self.findings();
        let sources = plan.project.sources.clone();
        let mut problems = plan.project.problems.clone();
        problems.extend(std::mem::take(&mut self.problems).into_iter().map(|(span, code, message)| FileProblem {
            fails: code != ProblemCode::ModuleNotRead,
            ..FileProblem::at(&sources, span, code, message)
        }));
        problems.retain(|problem| plan.scope.concerns(problem));
        let suppressed = self.suppressed(&mut problems);
        let undetermined = self.undetermined.into_values().filter(|merged| merged.concerns);
        let undetermined: Vec<Undetermined> = undetermined.map(|merged| merged.draft.item).collect();
        problems.extend(self.beyond.map(|(at, contexts)| beyond_room(&sources, at, contexts)));
        let is_whole = !problems.iter().chain(&self.failures).any(is_cut);
        // Of these files, ignores had all that they could hide.
        let met = |file: &FileId| ran.deploying.contains(file) || ran.parameter_files.contains(file);
        let seen = |file: FileId| is_whole && met(&file) && plan.scope.has(file);
        let shows = |id: &str, path: &Path| plan.selection.shows(id, path);
        let ignores = self.suppressor.problems(&sources, &seen, &shows);
        problems.extend(ignores.into_iter().filter(|problem| plan.scope.concerns(problem)));
        problems.extend(self.failures);
        let incomplete = self.beyond.is_some();
        Report { sources, findings, undetermined, problems, suppressed, contexts: Vec::new(), summary, incomplete }
    }

    /// The findings that concern the files to report on. Those at one place are merged.
    fn findings(&mut self) -> Vec<Finding> {
        let mut by_place: BTreeMap<(Str, Span, String, Span), Vec<Merged<Finding>>> = BTreeMap::new();
        for ((rule, declared, path, _), merged) in std::mem::take(&mut self.findings) {
            let merged = merged.settled();
            by_place.entry((rule, declared, path, merged.draft.item.primary.span)).or_default().push(merged);
        }
        let concerning = by_place.into_values().filter(|group| group.iter().any(|merged| merged.concerns));
        let suppressed_findings = self.suppressed_contexts();
        concerning.filter_map(|group| self.one(group, &suppressed_findings)).collect()
    }

    /// The one finding for a place, with its contexts and instances. Contexts in which it is suppressed are not listed
    /// as others.
    fn one(&self, group: Vec<Merged<Finding>>, suppressed_findings: &SuppressedContexts) -> Option<Finding> {
        let several = group.len() > 1;
        let mut group = group.into_iter();
        let Merged { draft, mut instances, mut contexts, .. } = group.next()?;
        let mut finding = draft.item;
        let own = place(&finding.subject);
        for other in group {
            instances.extend(&other.instances);
            contexts.extend(&other.contexts);
            finding.absorb(other.draft.item);
        }
        finding.occurrences.sort_unstable();
        finding.occurrences.dedup();
        // Where the declaration decides, the finding covers all its callers. Otherwise each caller has its own.
        let all_callers = several || finding.primary.span.file == finding.subject.declared.file;
        let (declared, from) = (own.0, if all_callers { (own.0, Vec::new()) } else { own.clone() });
        let places = self.checked_places.range(from..).take_while(|(place, _)| match all_callers {
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
            finding.checked_contexts = all_contexts.len();
            let (open, suppressed_findings) =
                (self.undetermined_in(&finding), suppressed_findings.get(&check_of(&finding)));
            let is_suppressed =
                |context| suppressed_findings.is_some_and(|suppressed_findings| suppressed_findings.contains(context));
            let others = all_contexts.iter().filter(|context| !contexts.contains(*context));
            let others = others.filter(|context| !open.contains(*context) && !is_suppressed(*context));
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
        names.sort_by_cached_key(|name| self.plan.project.order_of(name));
        names
    }

    /// The contexts in which the same check is undetermined.
    fn undetermined_in(&self, finding: &Finding) -> NameSet {
        let declared = finding.subject.declared;
        let first = (finding.rule.clone(), declared, String::new(), Vec::new());
        let checks = self.undetermined.range(first..);
        let same = checks.take_while(|((rule, at, ..), _)| *rule == finding.rule && *at == declared);
        let mut contexts = NameSet::default();
        same.for_each(|(_, merged)| contexts.extend(&merged.contexts));
        contexts
    }

    /// The contexts in which each check is suppressed.
    fn suppressed_contexts(&self) -> SuppressedContexts {
        let mut by_check = SuppressedContexts::new();
        for ((rule, declared, path, _), merged) in self.suppressed_findings.values().flatten() {
            by_check.entry((rule.clone(), *declared, path.clone())).or_default().extend(&merged.contexts);
        }
        by_check
    }
}

/// Whether evaluation was cut short. Then the findings of an ignore or of the baseline may be missing.
fn is_cut(problem: &FileProblem) -> bool {
    matches!(problem.code, ProblemCode::LimitReached | ProblemCode::InternalError | ProblemCode::IncompleteRun)
}

/// The problem that `contexts` have more results than a report can take. The first of them is at `at`.
fn beyond_room(sources: &SourceMap, at: Span, contexts: usize) -> FileProblem {
    let these = if contexts == 1 { "one context says".to_owned() } else { format!("{contexts} contexts say") };
    let message = format!(
        "{these} more than a report holds, so the result is incomplete from here on; check fewer files, or fewer rules, \
         at once"
    );
    FileProblem::at(sources, at, ProblemCode::IncompleteRun, message)
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
