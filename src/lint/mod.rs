//! The pipeline: from files to a [`Report`].

mod context;
pub mod examples;
mod merge;
mod select;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

pub use crate::project::{FILE_LIMIT, Found, Inputs};

use crate::finding::{FileProblem, Report};
use crate::project::{Content, Context, Project, map_all, with_stack};
use crate::rules::{Registry, RuleSet, registry};
use crate::source::{FileSystem, Problem, ProblemCode, TextRange};
use context::Outcome;
use merge::Merger;
use select::Selection;

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
}

/// Lints `inputs`, which are read through `files`.
pub fn lint(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> Report {
    let start = Instant::now();
    let several = inputs.paths.len() + usize::from(inputs.stdin.is_some()) > 1;
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
    let contexts = project.contexts(options.standalone);
    let mut merger = Merger::default();
    let judged = judge_all(&project, &selection, contexts);
    let reached: rustc_hash::FxHashSet<_> = judged.iter().flat_map(|outcome| outcome.reached.iter().copied()).collect();
    merger.add_all(judged);
    // A template that is only called where the call is certainly dead is judged alone.
    let dead: Vec<Context> = project
        .units()
        .filter(|(id, unit)| unit.given && !project.is_compiled_copy(*id))
        .filter(|(_, unit)| match &unit.content {
            Content::Template(template) => !reached.contains(&template.file) && selection.concerns(&project, template),
            Content::Parameters(_) | Content::Other => false,
        })
        .filter_map(|(id, _)| project.alone(id))
        .collect();
    merger.add_all(judge_all(&project, &selection, dead));
    merger.finish(project)
}

fn judge_all(project: &Project, selection: &Selection, contexts: Vec<Context>) -> Vec<Outcome> {
    map_all(contexts, |context| {
        catch_unwind(AssertUnwindSafe(|| context::judge(project, selection, &context)))
            .unwrap_or_else(|_| Outcome::failed(&context))
    })
}
