//! Compiled copies: a `main.json` whose metadata claims that the Bicep compiler made it from the `main.bicep` beside
//! it.
//!
//! Such a copy is left out, because its source has the same findings. But anybody can write that claim into a template.
//! So a copy is checked with the values of each context of its source. It is left out only when it has no finding that
//! its source does not have. Copies without a resource that a selected rule checks need no comparison. Most have none,
//! which is seen without lowering them.

use std::sync::Arc;

use super::check_all;
use super::context::ContextOutcome;
use crate::finding::{FileProblem, Finding, Subject, Undetermined};
use crate::lint::plan::{Planned, Selection};
use crate::project::{Context, Origin, Project, UnitId, map_all};
use crate::source::{IdMap, IdSet, ProblemCode, Str};
use crate::template::{DeploymentSource, Template};

/// The copies that are shown.
pub(super) struct Copies<'s> {
    selection: &'s Selection<'s>,
    /// The source and the copy of each.
    pairs: Vec<[UnitId; 2]>,
    sources: IdSet<UnitId>,
    /// The results of the contexts of the sources, in the order of the contexts.
    counts: IdMap<UnitId, Vec<ResultCounts>>,
}

/// A copy that may have findings of its own.
struct Pair {
    source: UnitId,
    copy: UnitId,
    template: Arc<Template>,
    /// Whether it deploys a template that lies elsewhere, of which nothing is known.
    is_linked: bool,
}

/// How often a context has each result, by a hash that stands for the result in this run.
#[derive(Default)]
struct ResultCounts {
    findings: CountsByCheck,
    /// The same whatever the property.
    found: CountsByCheck,
    undetermined: CountsByCheck,
    /// Whether it was cut short.
    is_cut: bool,
}

type CountsByCheck = IdMap<u64, usize>;

impl<'s> Copies<'s> {
    pub(super) fn new(project: &Project, selection: &'s Selection<'s>) -> Self {
        let is_checked = |id: UnitId| project.unit(id).role.is_shown() && project.is_compiled_copy(id);
        let pairs = project.compiled_ids().map(|(_, units)| units).filter(|[_, copy]| is_checked(*copy));
        let pairs: Vec<[UnitId; 2]> = pairs.collect();
        let sources = pairs.iter().map(|[source, _]| *source).collect();
        Self { selection, pairs, sources, counts: IdMap::default() }
    }

    /// Notes the results of a context, if it is one of a source.
    pub(super) fn note(&mut self, planned: &Planned, outcome: &ContextOutcome) {
        let unit = planned.context.unit;
        if self.sources.contains(&unit) {
            let counts = ResultCounts::of(self.selection, outcome);
            self.counts.entry(unit).or_default().push(counts);
        }
    }

    /// Checks the copies. `contexts` were checked and noted already. Copies that are not left out give an outcome for
    /// each context, which is handed on with the number of these contexts. A note for each such copy is returned.
    pub(super) fn check_all(
        self,
        project: &Project,
        contexts: &[Planned],
        take: &mut dyn FnMut(ContextOutcome, usize),
    ) -> Vec<FileProblem> {
        let checked = map_all(self.pairs.clone(), |[source, copy]| {
            let template = project.look_for(project.unit(copy), &|ty| self.selection.checks_type(ty))?;
            let is_linked = is_linked(&template);
            let may_differ = is_linked || self.selection.declares(project, &template);
            may_differ.then(|| self.check(project, &Pair { source, copy, template, is_linked }, contexts))?
        });
        let mut notes = Vec::new();
        for (copies, note) in checked.into_iter().flatten() {
            check_all(project, self.selection, &copies, &mut |_, outcome| take(outcome, copies.len()));
            notes.push(note);
        }
        notes
    }

    /// The contexts of the copy of `pair`, which are those of its source, and a note. Only when the copy has more
    /// findings than the source.
    fn check(&self, project: &Project, pair: &Pair, contexts: &[Planned]) -> Option<(Vec<Planned>, FileProblem)> {
        let of_source = contexts.iter().filter(|planned| planned.context.unit == pair.source);
        let mut sources: Vec<&Context> = of_source.map(|planned| &planned.context).collect();
        // A source that is only called is checked alone, as its copy would be deployed.
        let alone: Vec<Planned> = match sources.is_empty() {
            true => project.alone(pair.source).into_iter().map(planned).collect(),
            false => Vec::new(),
        };
        let mut alone_counts = Vec::new();
        check_all(project, self.selection, &alone, &mut |_, outcome| {
            alone_counts.push(ResultCounts::of(self.selection, &outcome))
        });
        sources.extend(alone.iter().map(|planned| &planned.context));
        // A copy without anything to compare it with counts as having more findings.
        let counts =
            if alone.is_empty() { self.counts.get(&pair.source).unwrap_or(&alone_counts) } else { &alone_counts };
        let path = project.path_of(pair.copy);
        let copies: Vec<Planned> = sources.into_iter().map(|context| planned(of_copy(context, pair, &path))).collect();
        let (mut source, mut finds_more) = (counts.iter(), false);
        check_all(project, self.selection, &copies, &mut |_, outcome| {
            let source = source.next();
            finds_more |= source.is_none_or(|source| ResultCounts::of(self.selection, &outcome).is_more_than(source));
        });
        (pair.is_linked || finds_more).then(|| (copies, note(project, pair, path)))
    }
}

const fn planned(context: Context) -> Planned {
    Planned { context, counts: true, wholly: true }
}

/// The context `of` the source for the copy at `path`.
fn of_copy(of: &Context, pair: &Pair, path: &str) -> Context {
    let name = match of.origin {
        Origin::Alone => path.to_owned(),
        _ => format!("{} ({path})", of.name),
    };
    Context { name, unit: pair.copy, template: Arc::clone(&pair.template), ..of.clone() }
}

/// Whether `template` deploys a template that lies elsewhere, which the compiler writes for no local file.
fn is_linked(template: &Template) -> bool {
    let mut deployments = template.resources.iter().filter_map(|resource| resource.deployment.as_ref());
    deployments.any(|deployment| match &deployment.source {
        DeploymentSource::Linked(_) | DeploymentSource::Reference(..) => true,
        DeploymentSource::Inline(nested) => is_linked(nested),
        _ => false,
    })
}

impl ResultCounts {
    fn of(selection: &Selection, outcome: &ContextOutcome) -> Self {
        let mut counts = Self { is_cut: outcome.is_cut(), ..Self::default() };
        // The key of a result: the rule, the type, the last part of the name, the property.
        let key = |rule: &Str, subject: &Subject, path: &str| {
            // A child has the names of its parents in JSON only.
            let name = subject.name.rsplit('/').next().unwrap_or_default().to_lowercase();
            selection.hash_of(&(rule, subject.resource_type.to_lowercase(), name, path.to_lowercase()))
        };
        for Finding { rule, subject, path, .. } in outcome.findings.iter().map(|draft| &draft.item) {
            *counts.findings.entry(key(rule, subject, path)).or_default() += 1;
            *counts.found.entry(key(rule, subject, "")).or_default() += 1;
        }
        for Undetermined { rule, subject, .. } in outcome.undetermined.iter().map(|draft| &draft.item) {
            *counts.undetermined.entry(key(rule, subject, "")).or_default() += 1;
        }
        counts
    }

    /// Whether a copy with these counts has a result that its `source` does not have.
    fn is_more_than(&self, source: &Self) -> bool {
        let number = |all: &CountsByCheck, key: &u64| all.get(key).copied().unwrap_or_default();
        let open = |key: &u64| number(&source.undetermined, key) + number(&source.found, key);
        self.findings.iter().any(|(key, count)| *count > number(&source.findings, key))
            || self.undetermined.iter().any(|(key, count)| *count > open(key))
            || self.is_cut && !source.is_cut
    }
}

fn note(project: &Project, pair: &Pair, path: String) -> FileProblem {
    let source = project.path_of(pair.source);
    let message =
        format!("this says that it was compiled from `{source}`, but may deploy what that does not; both were checked");
    FileProblem::new(path, ProblemCode::CompiledCopyDiffers, message).as_note()
}
