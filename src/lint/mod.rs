//! The pipeline: from files to a [`Report`], in three steps. The plan lists the contexts and the rules to check
//! them with. The run checks each context, which gives one outcome each. The merge makes one report of these.

mod merge;
mod plan;
mod room;
mod run;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use crate::project::{FILE_LIMIT, Found, Inputs, Values};

use crate::config::Config;
use crate::finding::{FileProblem, Report};
use crate::project::{Project, with_stack};
use crate::rules::{RuleSet, RuleStore};
use crate::source::{Date, FileSystem, ProblemCode, Stack};
use crate::suppress::Baseline;
use merge::Merger;
#[cfg(feature = "cli")]
pub(crate) use merge::sort_problems;
use plan::Plan;
pub use plan::selected;

/// How to lint.
///
/// ```
/// use armguard::Options;
///
/// let options = Options { select: vec!["aks-defender-profile".into()], threads: 1, ..Options::default() };
/// assert!(options.ignore.is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Rules to run, by id or by a control that they map to (`psrule:Azure.AKS.DefenderProfile`).
    pub select: Vec<String>,
    /// Rule sets to run. When nothing is selected either, the default one.
    pub sets: Vec<RuleSet>,
    /// Rules to leave out, by id or control.
    pub ignore: Vec<String>,
    /// The rules; without, those of this build.
    pub rules: Option<Arc<RuleStore>>,
    /// Check templates that others call also alone.
    pub standalone: bool,
    /// List in which contexts each file was checked.
    pub list_contexts: bool,
    /// Report also what is ignored.
    pub no_ignores: bool,
    /// What was found before, and is not reported again.
    pub baseline: Option<Baseline>,
    /// Files of which no fix is made and into which no ignore is written, and why.
    pub unwritable: BTreeMap<PathBuf, String>,
    /// The day by which ignores have ended; without it, none has.
    pub today: Option<Date>,
    /// On how many threads to work; 0: one a core.
    pub threads: usize,
    /// The stack of these threads, which limits how deeply templates may be nested.
    pub stack: Stack,
}

/// Lints `inputs`, which are read through `files`.
///
/// ```
/// use armguard::{Found, Inputs, MemoryFiles, Options, lint};
///
/// let bicep = "
/// resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
///   name: 'aks'
///   location: 'westeurope'
///   properties: { dnsPrefix: 'aks', agentPoolProfiles: [{ name: 'system', count: 1, mode: 'System' }] }
/// }";
/// let mut files = MemoryFiles::default();
/// files.insert("main.bicep", bicep);
/// let inputs = Inputs { paths: vec![Found { path: "main.bicep".into(), named: true }], ..Inputs::default() };
/// let report = lint(&files, inputs, &Options::default());
/// assert_eq!(&*report.findings[0].rule, "aks-defender-profile");
/// ```
pub fn lint(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> Report {
    with_stack(options.stack, options.threads, || load_and_check(files, inputs, options).1).unwrap_or_else(failed)
}

/// The report on a run that broke off.
fn failed(message: String) -> Report {
    Report { problems: vec![broken_off(message)], ..Report::default() }
}

/// That a run, or its fixes, broke off.
pub(crate) fn broken_off(message: String) -> FileProblem {
    FileProblem::new(".", ProblemCode::InternalError, message)
}

/// Reads the project and checks it.
pub(crate) fn load_and_check(files: &dyn FileSystem, inputs: Inputs, options: &Options) -> (Project, Report) {
    let configs = inputs.configs.clone();
    let project = Project::load(files, inputs);
    let report = check(files, &project, &configs, options);
    (project, report)
}

fn check(files: &dyn FileSystem, project: &Project, configs: &[Config], options: &Options) -> Report {
    let rules = match (&options.rules, RuleStore::try_built_in()) {
        (Some(rules), _) | (None, Ok(rules)) => rules,
        (None, Err(error)) => return failed(error.to_owned()),
    };
    if rules.rules().is_empty() {
        return failed("there are no rules, so nothing was checked".to_owned());
    }
    let plan = Plan::new(project, rules, configs, options);
    let mut merger = Merger::new(&plan);
    let checked = run::run(&plan, &mut |outcome, contexts| merger.add(outcome, contexts));
    let mut report = merger.finish(checked, files);
    if project.cancel.is_cancelled() {
        mark_incomplete(&mut report);
    }
    report
}

/// Adds the problem that the run was stopped before everything was checked. No selection leaves that out.
pub(crate) fn mark_incomplete(report: &mut Report) {
    if !std::mem::replace(&mut report.incomplete, true) {
        report.problems.insert(0, FileProblem::incomplete_run());
    }
}
