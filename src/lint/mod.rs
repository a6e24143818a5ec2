//! The pipeline: from files to a [`Report`].

mod context;
pub mod examples;
pub mod mend;
mod merge;
mod select;
mod shown;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

pub use crate::project::{FILE_LIMIT, Found, Inputs, Values};

use rustc_hash::FxHashSet;

use crate::finding::{Deployed, FileProblem, Report};
use crate::project::{Content, Project, map_all, with_stack};
use crate::rules::{Registry, RuleSet, registry};
use crate::source::{FileId, FileSystem, Problem, ProblemCode, TextRange};
use context::Outcome;
use merge::Merger;
use select::Selection;
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
}

/// Lints `inputs`, which are read through `files`.
pub fn lint(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> Report {
    let start = Instant::now();
    let several = inputs.paths.len() + inputs.around.len() + usize::from(inputs.stdin.is_some()) > 1;
    let mut report = with_stack(several, || run(files, inputs, options)).unwrap_or_else(|message| {
        let problem = Problem { code: ProblemCode::InternalError, range: TextRange::default(), message };
        let problem = FileProblem { path: ".".into(), span: None, problem, fails: true };
        Report { problems: vec![problem], ..Report::default() }
    });
    report.problems.retain(|problem| !options.ignore.iter().any(|id| id == problem.problem.code.id()));
    report.summary.elapsed = start.elapsed();
    report
}

fn run(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> Report {
    let project = Project::load(files, inputs);
    let selection = Selection::new(options.rules.as_ref().unwrap_or(registry()), options);
    let shown = Shown::new(&project);
    let contexts = shown.contexts(&project, &selection, project.contexts(options.standalone));
    let mut judged = judge_all(&project, &selection, &contexts);
    let reached: FxHashSet<FileId> = judged.iter().flat_map(|outcome| outcome.reached.iter().copied()).collect();
    // A template that is only called where the call is certainly dead is judged alone.
    let given = project.units().filter(|(id, unit)| unit.role.is_shown() && !project.is_compiled_copy(*id));
    let dead = given.filter(|(_, unit)| match &unit.content {
        Content::Template(template) => !reached.contains(&template.file) && selection.concerns(&project, template),
        Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
    });
    let alone = dead.filter_map(|(id, _)| project.alone(id));
    let dead: Vec<Asked> = alone.map(|context| Asked { context, counts: true, wholly: true }).collect();
    judged.extend(judge_all(&project, &selection, &dead));

    let counting = || contexts.iter().chain(&dead).zip(&judged).filter(|(asked, _)| asked.counts);
    let files: FxHashSet<FileId> = counting().flat_map(|(_, outcome)| outcome.reached.iter().copied()).collect();
    let looked_at = merge::looked_at(&project, &shown, &files);
    let contexts = match options.list_contexts {
        true => deployed(&project, &shown, counting()),
        false => Vec::new(),
    };
    let mut merger = Merger::new(&shown);
    merger.add_all(judged);
    Report { contexts, ..merger.finish(project, looked_at) }
}

fn judge_all(project: &Project, selection: &Selection, contexts: &[Asked]) -> Vec<Outcome> {
    map_all(contexts.iter().collect(), |asked| {
        catch_unwind(AssertUnwindSafe(|| context::judge(project, selection, asked)))
            .unwrap_or_else(|_| Outcome::failed(asked))
    })
}

/// Which contexts deploy which of the files that are asked about.
fn deployed<'c>(
    project: &Project,
    shown: &Shown,
    judged: impl Iterator<Item = (&'c Asked, &'c Outcome)>,
) -> Vec<Deployed> {
    let mut deployed = Vec::new();
    for (Asked { context, wholly, .. }, outcome) in judged {
        let path = |file: FileId| project.sources.get(file).display_path();
        let root = context.template.file;
        for file in outcome.reached.iter().filter(|file| shown.has(**file) || *wholly && **file == root) {
            deployed.push(Deployed {
                file: path(*file),
                context: context.name.clone(),
                why: context.origin.words(),
                through: (*file != root).then(|| path(root)),
            });
        }
    }
    deployed.sort();
    deployed
}
