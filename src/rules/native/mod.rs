//! Checks that conditions cannot express. Each is named by a rule file.

mod agreed_workspace;
mod aks_defender;
mod defender_plans;
mod deployment_order;

use rulefile::Scope;

use super::answer::{Answer, CheckInput};
use crate::model::Split;

/// The check whether a compiled template deploys what its source does, which the pipeline does.
pub(crate) const COMPILED_TEMPLATE_STALE: &str = "compiled_template_stale";

/// The names of the checks of whole templates.
const OF_TEMPLATES: [&str; 1] = [COMPILED_TEMPLATE_STALE];

/// A native check of resources.
pub(crate) type Native = fn(&CheckInput<'_, '_, '_>) -> Result<Answer, Split>;

const OF_RESOURCES: [(&str, Native); 6] = [
    ("aks_defender_api_shape", aks_defender::api_shape),
    ("aks_defender_workspace", aks_defender::workspace),
    ("aks_defender_workspace_id", aks_defender::workspace_id),
    ("aks_defender_workspace_agreed", agreed_workspace::workspace_agreed),
    ("aks_defender_workspace_dependency", deployment_order::workspace_dependency),
    ("defender_containers_plan_missing", defender_plans::containers_plan_missing),
];

/// Whether there is a check called `name` of what a rule checks.
pub(crate) fn is_there(name: &str, checks: Scope) -> bool {
    match checks {
        Scope::Resource => of_resources(name).is_some(),
        Scope::Template => OF_TEMPLATES.contains(&name),
    }
}

/// The check of resources called `name`.
pub(crate) fn of_resources(name: &str) -> Option<Native> {
    #[cfg(test)]
    if name == PANICS {
        return Some(panics);
    }
    OF_RESOURCES.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

/// A check that fails as no check should.
#[cfg(test)]
pub(crate) const PANICS: &str = "panics_in_tests";

#[cfg(test)]
fn panics(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    panic!("a planted failure of `{}`", input.model.eval.title_of(&input.instance.resource))
}
