//! Checks what is planned: contexts to outcomes.

mod context;
mod copies;
mod stale;

pub(super) use context::{ContextOutcome, DeclarationPath, Draft};

use super::plan::{Plan, Planned, ReportScope, Selection};
use super::room::{AT_ONCE, Room};
use crate::finding::{Deployed, FileProblem};
use crate::project::{Content, Project, UnitId, map_all};
use crate::source::{FileId, IdSet, caught};
use copies::Copies;

/// What was checked, beside the outcomes.
pub(super) struct Ran {
    /// The files that are deployed in contexts that count.
    pub(super) deploying: IdSet<FileId>,
    /// The parameter files of these contexts.
    pub(super) parameter_files: IdSet<FileId>,
    /// The contexts that were checked as a whole, by name.
    pub(super) whole: Vec<String>,
    /// Which contexts deploy which file, when that is wanted.
    pub(super) listed: Vec<Deployed>,
    /// A note for each compiled copy that was checked.
    pub(super) copies: Vec<FileProblem>,
}

/// Checks everything that is planned. `take` gets each outcome in order, with the number of contexts of which it is one.
pub(super) fn run(plan: &Plan<'_>, take: &mut dyn FnMut(ContextOutcome, usize)) -> Ran {
    let Plan { project, selection, scope, contexts, options, .. } = plan;
    let mut copies = Copies::new(project, selection);
    let mut met = Met { listed: options.list_contexts.then(Vec::new), ..Met::default() };
    check_all(project, selection, contexts, &mut |planned, outcome| {
        met.add(project, scope, planned, &outcome);
        copies.note(planned, &outcome);
        take(outcome, contexts.len());
    });
    let (mut uncalled, mut tried) = (Vec::<Planned>::new(), IdSet::default());
    loop {
        let next = unreached(project, selection, &met.reached, &mut tried);
        if next.is_empty() {
            break;
        }
        check_all(project, selection, &next, &mut |planned, outcome| {
            met.add(project, scope, planned, &outcome);
            take(outcome, next.len());
        });
        uncalled.extend(next);
    }
    let stale = stale::check(plan);
    let number = stale.len();
    stale.into_iter().for_each(|outcome| take(outcome, number));
    let copies = copies.check_all(project, contexts, take);
    let counting = || contexts.iter().chain(&uncalled).filter(|planned| planned.counts);
    let files = counting().flat_map(|planned| &planned.context.parameters).map(|file| file.body.file);
    Ran {
        parameter_files: files.collect(),
        whole: counting().filter(|planned| planned.wholly).map(|planned| planned.context.name.clone()).collect(),
        listed: met.listed(project),
        deploying: met.deploying,
        copies,
    }
}

/// Templates to check alone, because nothing deploys them that was checked so far, which has `reached` other files: they
/// are called only where the call is certainly dead, or too deep. Of those that call each other only the callers: they may deploy the others. None is
/// `tried` twice.
fn unreached(
    project: &Project,
    selection: &Selection,
    reached: &IdSet<FileId>,
    tried: &mut IdSet<UnitId>,
) -> Vec<Planned> {
    let given = project.units().filter(|(id, unit)| unit.role.is_shown() && !project.is_compiled_copy(*id));
    let dead = given.filter(|(_, unit)| match &unit.content {
        Content::Template(template) => !reached.contains(&template.file) && selection.concerns(project, template),
        Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
    });
    let dead: Vec<UnitId> = dead.map(|(id, _)| id).filter(|id| !tried.contains(id)).collect();
    let called: IdSet<UnitId> =
        dead.iter().flat_map(|id| project.deployed_from(*id).filter(move |callee| callee != id)).collect();
    let callers = dead.iter().filter(|id| !called.contains(id));
    // In a ring, every template has a caller.
    let first = callers.clone().next().is_none().then(|| dead.first()).flatten();
    let next: Vec<UnitId> = callers.chain(first).copied().collect();
    tried.extend(&next);
    let alone = next.into_iter().filter_map(|id| project.alone(id));
    alone.map(|context| Planned { context, counts: true, wholly: true }).collect()
}

/// Checks `contexts` and passes the outcome of each to `take`, in their order. Outcomes are not kept longer than that:
/// a context with a large one is checked again, alone.
fn check_all<'c>(
    project: &Project,
    selection: &Selection,
    contexts: &'c [Planned],
    take: &mut dyn FnMut(&'c Planned, ContextOutcome),
) {
    let check = |planned: &Planned, room: Room| {
        if project.cancel.is_cancelled() {
            return ContextOutcome::default();
        }
        let checked = caught(|| context::check(project, selection, planned, contexts.len(), &room));
        checked.unwrap_or_else(|error| ContextOutcome::failed(project, planned, &error))
    };
    let read = project.sources.bytes();
    for some in contexts.chunks(AT_ONCE) {
        let checked = map_all(some.iter().collect(), |planned| check(planned, Room::for_one_of(contexts.len(), read)));
        for (planned, outcome) in some.iter().zip(checked) {
            let is_whole = outcome.cut.is_none() || contexts.len() == 1;
            take(planned, if is_whole { outcome } else { check(planned, Room::in_run(read)) });
        }
    }
}

/// What was met by the contexts that were checked.
#[derive(Default)]
struct Met {
    /// The files of all templates that are deployed.
    reached: IdSet<FileId>,
    /// Of those, the files in contexts that deploy a file to report on.
    deploying: IdSet<FileId>,
    /// Which contexts deploy which of the files to report on, when that list is requested.
    listed: Option<Vec<Deployed>>,
}

impl Met {
    fn add(
        &mut self,
        project: &Project,
        scope: &ReportScope,
        Planned { context, counts, wholly }: &Planned,
        outcome: &ContextOutcome,
    ) {
        self.reached.extend(&outcome.reached);
        if !counts {
            return;
        }
        self.deploying.extend(&outcome.reached);
        let Some(listed) = &mut self.listed else { return };
        let path = |file: FileId| project.sources.get(file).display_path();
        let root = context.template.file;
        for file in outcome.reached.iter().filter(|file| scope.has(**file) || *wholly && **file == root) {
            listed.push(Deployed {
                file: path(*file),
                context: context.name.clone(),
                why: context.origin.words(),
                through: (*file != root).then(|| path(root)),
            });
        }
    }

    /// The list, in the same order wherever the run works.
    fn listed(&mut self, project: &Project) -> Vec<Deployed> {
        let mut listed = self.listed.take().unwrap_or_default();
        listed.sort_by_cached_key(|it| (project.order_of(&it.file), project.order_of(&it.context), it.clone()));
        listed
    }
}
