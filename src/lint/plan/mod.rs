//! What a run checks: which contexts, with which rules, and what of it is shown.

mod scope;
mod selection;

pub(super) use scope::{Placed, Planned, ReportScope};
pub(super) use selection::Selection;
pub use selection::selected;

use super::Options;
use crate::config::Config;
use crate::project::Project;
use crate::rules::RuleStore;

/// A run, before anything is checked.
pub(super) struct Plan<'p> {
    pub(super) project: &'p Project,
    pub(super) configs: &'p [Config],
    pub(super) options: &'p Options,
    pub(super) rules: &'p RuleStore,
    /// Which rules run.
    pub(super) selection: Selection<'p>,
    /// What is shown.
    pub(super) scope: ReportScope,
    /// The contexts that are checked.
    pub(super) contexts: Vec<Planned>,
    /// The names of all contexts of the project, those that are not checked included.
    pub(super) all_contexts: Vec<String>,
}

impl<'p> Plan<'p> {
    pub(super) fn new(project: &'p Project, rules: &'p RuleStore, configs: &'p [Config], options: &'p Options) -> Self {
        let selection = Selection::new(rules, options, configs, project);
        let scope = ReportScope::new(project);
        let contexts = project.contexts(options.standalone);
        let all_contexts = contexts.iter().map(|context| context.name.clone()).collect();
        let contexts = scope.contexts(project, &selection, contexts);
        Self { project, configs, options, rules, selection, scope, contexts, all_contexts }
    }
}
