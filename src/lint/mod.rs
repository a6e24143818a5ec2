//! The pipeline: from files to a [`Report`].

mod context;
mod copies;
pub mod examples;
mod kept;
pub mod mend;
mod merge;
mod select;
mod shown;
mod stale;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

pub use crate::project::{FILE_LIMIT, Found, Inputs, Values};

use crate::config::Config;
use crate::finding::{Deployed, FileProblem, Report, limit_problems};
use crate::project::{Content, Project, UnitId, map_all, with_stack};
use crate::rules::{Registry, RuleSet, embedded};
use crate::source::{Date, FileId, FileSystem, IdSet, Problem, ProblemCode, Stack, TextRange, caught};
use crate::suppress::{Baseline, Checked, Silencer};
use context::Outcome;
use kept::{AT_ONCE, Room};
use merge::Merger;
pub(crate) use merge::sort_problems;
use select::Selection;
pub use select::selected;
use shown::{Asked, Shown};

/// How to lint.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Rules to run, by id or by a control that they map to (`psrule:Azure.AKS.DefenderProfile`).
    pub select: Vec<String>,
    /// Rule sets to run. When nothing is selected either, the default one.
    pub sets: Vec<RuleSet>,
    /// Rules to leave out, by id or control.
    pub ignore: Vec<String>,
    /// The rules; without, those of this build.
    pub rules: Option<Arc<Registry>>,
    /// Judge templates that others call also alone.
    pub standalone: bool,
    /// Tell in which contexts each file was judged.
    pub list_contexts: bool,
    /// Say also what is ignored.
    pub no_ignores: bool,
    /// What was found before, and is not to be said again.
    pub baseline: Option<Baseline>,
    /// Files of which no fix is made and into which no ignore is written, and why.
    pub unwritable: BTreeMap<PathBuf, String>,
    /// The day on which it is judged which ignores have ended; without it, none has.
    pub today: Option<Date>,
    /// On how many threads to work; 0: one a core.
    pub threads: usize,
    /// The stack of these threads, which says how deeply templates may be nested.
    pub stack: Stack,
}

/// Lints `inputs`, which are read through `files`.
pub fn lint(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> Report {
    with_stack(options.stack, options.threads, || load_and_judge(files, inputs, options).1).unwrap_or_else(failed)
}

/// The report on a run that broke off.
fn failed(message: String) -> Report {
    Report { problems: vec![broken_off(message)], ..Report::default() }
}

/// That a run, or its fixes, broke off.
fn broken_off(message: String) -> FileProblem {
    let problem = Problem { code: ProblemCode::InternalError, range: TextRange::default(), message };
    FileProblem { path: ".".into(), span: None, problem, fails: true }
}

/// Reads the project, and tells what there is to say of it.
fn load_and_judge(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> (Project, Report) {
    let start = Instant::now();
    let configs = inputs.configs.clone();
    let project = Project::load(files, inputs);
    let mut report = judge(files, &project, &configs, options);
    report.summary.elapsed = start.elapsed();
    (project, report)
}

fn judge(files: &dyn FileSystem, project: &Project, configs: &[Config], options: &Options) -> Report {
    let rules = match (&options.rules, embedded()) {
        (Some(rules), _) | (None, Ok(rules)) => rules,
        (None, Err(error)) => return failed(error.to_owned()),
    };
    if rules.rules().is_empty() {
        return failed("there are no rules, so nothing was checked".to_owned());
    }
    let selection = Selection::new(rules, options, configs, project);
    let shown = Shown::new(project);
    let contexts = project.contexts(options.standalone);
    let all_contexts = contexts.iter().map(|context| context.name.clone()).collect();
    let contexts = shown.contexts(project, &selection, contexts);
    let mut silencer = Silencer::new(project, configs);
    if !options.no_ignores {
        silencer.read(project, configs, rules, options.today);
    }
    let ran = |id: &str, path: &Path| selection.shows(id, path);
    let mut merger = Merger::new(project, &shown, &selection, silencer, options.today);
    let mut copies = copies::Copies::new(project, &selection);
    let mut met = Met { listed: options.list_contexts.then(Vec::new), ..Met::default() };
    judge_all(project, &selection, &contexts, &mut |asked, outcome| {
        met.add(project, &shown, asked, &outcome);
        copies.note(asked, &outcome);
        merger.add(outcome, contexts.len());
    });
    let (mut dead, mut tried) = (Vec::<Asked>::new(), IdSet::default());
    loop {
        let next = unreached(project, &selection, &met.reached, &mut tried);
        if next.is_empty() {
            break;
        }
        judge_all(project, &selection, &next, &mut |asked, outcome| {
            met.add(project, &shown, asked, &outcome);
            merger.add(outcome, next.len());
        });
        dead.extend(next);
    }
    let stale = stale::judge(project, rules, &selection, &shown);
    let number = stale.len();
    stale.into_iter().for_each(|outcome| merger.add(outcome, number));
    let notes = copies.judge(project, &contexts, &mut |outcome, of| merger.add(outcome, of));

    let looked_at = merge::looked_at(project, &shown, &met.deploying);
    let listed = met.listed(project);
    let met: IdSet<FileId> = met.deploying.into_iter().chain(parameter_files(contexts.iter().chain(&dead))).collect();
    let checked_copies = notes.len();
    let names = |asked: &Asked| asked.context.name.clone();
    let whole = contexts.iter().chain(&dead).filter(|asked| asked.counts && asked.wholly).map(names).collect();
    let shown_files = project.sources.iter().filter(|(file, _)| shown.has(*file));
    let shown_files = shown_files.map(|(_, file)| file.display_path()).collect();
    let mut report = Report { contexts: listed, ..merger.finish(looked_at, &met) };
    report.summary.rules_off = selection.left_out();
    report.summary.templates += checked_copies;
    report.summary.compiled_copies = report.summary.compiled_copies.saturating_sub(checked_copies);
    report.problems.extend(notes);
    merge::sort(&mut report, &project.roots);
    if let Some(baseline) = &options.baseline {
        let is_cut = project.cancel.is_cancelled() || report.problems.iter().any(merge::is_cut);
        let exists = |path: &Path| files.is_file(path);
        let checked = Checked { whole, contexts: all_contexts, shown: shown_files, exists: &exists, ran: &ran };
        baseline.apply(&mut report, Some(&checked).filter(|_| !is_cut));
        merge::sort(&mut report, &project.roots);
    }
    report.problems.retain(|problem| selection.shows(problem.problem.code.id(), Path::new(&problem.path)));
    limit_problems(&mut report.problems);
    if project.cancel.is_cancelled() {
        mark_incomplete(&mut report);
    }
    report
}

/// Says that the run was stopped before everything was checked. No selection leaves that out.
fn mark_incomplete(report: &mut Report) {
    if !std::mem::replace(&mut report.incomplete, true) {
        report.problems.insert(0, FileProblem::incomplete_run());
    }
}

/// Templates to judge alone, because nothing deploys them that was judged so far, which has `reached` other files: they are called only where the call is
/// certainly dead, or too deep. Of those that call each other only the callers: they may deploy the others. None is
/// `tried` twice.
fn unreached(
    project: &Project,
    selection: &Selection,
    reached: &IdSet<FileId>,
    tried: &mut IdSet<UnitId>,
) -> Vec<Asked> {
    let given = project.units().filter(|(id, unit)| unit.role.is_shown() && !project.is_compiled_copy(*id));
    let dead = given.filter(|(_, unit)| match &unit.content {
        Content::Template(template) => !reached.contains(&template.file) && selection.concerns(project, template),
        Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
    });
    let dead: Vec<UnitId> = dead.map(|(id, _)| id).filter(|id| !tried.contains(id)).collect();
    let called: IdSet<UnitId> =
        dead.iter().flat_map(|id| project.deployed_from(*id).filter(move |callee| callee != id)).collect();
    let callers = dead.iter().filter(|id| !called.contains(id));
    // In a ring everybody is called.
    let first = callers.clone().next().is_none().then(|| dead.first()).flatten();
    let next: Vec<UnitId> = callers.chain(first).copied().collect();
    tried.extend(&next);
    let alone = next.into_iter().filter_map(|id| project.alone(id));
    alone.map(|context| Asked { context, counts: true, wholly: true }).collect()
}

/// The parameter files of those of `contexts` that deploy what is asked about.
fn parameter_files<'c>(contexts: impl Iterator<Item = &'c Asked>) -> impl Iterator<Item = FileId> {
    let counting = contexts.filter(|asked| asked.counts);
    counting.flat_map(|asked| asked.context.parameters.iter().map(|file| file.body.file))
}

/// Judges `contexts`, and has `take` take what each says, in their order. What they say is not held longer than that: a
/// context that says much is judged again, alone.
fn judge_all<'c>(
    project: &Project,
    selection: &Selection,
    contexts: &'c [Asked],
    take: &mut dyn FnMut(&'c Asked, Outcome),
) {
    let judge = |asked: &Asked, room: Room| {
        if project.cancel.is_cancelled() {
            return Outcome::default();
        }
        let judged = caught(|| context::judge(project, selection, asked, contexts.len(), &room));
        judged.unwrap_or_else(|error| Outcome::failed(project, asked, &error))
    };
    let read = project.sources.bytes();
    for some in contexts.chunks(AT_ONCE) {
        let judged = map_all(some.iter().collect(), |asked| judge(asked, Room::for_one_of(contexts.len(), read)));
        for (asked, outcome) in some.iter().zip(judged) {
            let is_whole = outcome.cut.is_none() || contexts.len() == 1;
            take(asked, if is_whole { outcome } else { judge(asked, Room::in_run(read)) });
        }
    }
}

/// What was met by the contexts that were judged.
#[derive(Default)]
struct Met {
    /// The files of all templates that are deployed.
    reached: IdSet<FileId>,
    /// Of those, the files in contexts that deploy what is asked about.
    deploying: IdSet<FileId>,
    /// Which contexts deploy which of the files that are asked about, when that is wanted.
    listed: Option<Vec<Deployed>>,
}

impl Met {
    fn add(&mut self, project: &Project, shown: &Shown, Asked { context, counts, wholly }: &Asked, outcome: &Outcome) {
        self.reached.extend(&outcome.reached);
        if !counts {
            return;
        }
        self.deploying.extend(&outcome.reached);
        let Some(listed) = &mut self.listed else { return };
        let path = |file: FileId| project.sources.get(file).display_path();
        let root = context.template.file;
        for file in outcome.reached.iter().filter(|file| shown.has(**file) || *wholly && **file == root) {
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
