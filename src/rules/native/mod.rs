//! Checks that need more than conditions can say. Each has a rule file that names it.

mod agreed_workspace;
mod aks_defender;
mod defender_plans;
mod deployment_order;

use super::check::{Answer, Asked};
use crate::model::Split;

/// The check that looks at whole templates, and at no resource.
pub(crate) const OF_TEMPLATES: &str = "compiled_template_stale";

/// A native check.
pub(crate) type Native = fn(&Asked<'_, '_, '_>) -> Result<Answer, Split>;

const CHECKS: [(&str, Native); 7] = [
    ("aks_defender_api_shape", aks_defender::api_shape),
    ("aks_defender_workspace", aks_defender::workspace),
    ("aks_defender_workspace_id", aks_defender::workspace_id),
    ("aks_defender_workspace_agreed", agreed_workspace::workspace_agreed),
    ("aks_defender_workspace_dependency", deployment_order::workspace_dependency),
    (OF_TEMPLATES, told_of_whole_templates),
    ("defender_containers_plan_missing", defender_plans::containers_plan_missing),
];

/// The check called `name`.
pub(crate) fn find(name: &str) -> Option<Native> {
    #[cfg(test)]
    if name == PANICS {
        return Some(panics);
    }
    CHECKS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

/// A check that fails as no check should.
#[cfg(test)]
pub(crate) const PANICS: &str = "panics_in_tests";

#[cfg(test)]
fn panics(asked: &Asked<'_, '_, '_>) -> Result<Answer, Split> {
    panic!("a planted failure of `{}`", asked.model.eval.title_of(&asked.instance.resource))
}

/// What is asked of whole templates is answered by the pipeline; there is nothing to say of one resource.
fn told_of_whole_templates(_: &Asked<'_, '_, '_>) -> Result<Answer, Split> {
    Ok(Answer::Yes)
}
