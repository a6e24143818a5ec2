//! Checks that need more than conditions can say. Each has a rule file that names it.

mod aks_defender;

use super::check::{Answer, Asked};
use crate::model::Split;

/// A native check.
pub(crate) type Native = fn(&Asked<'_, '_, '_>) -> Result<Answer, Split>;

const CHECKS: [(&str, Native); 3] = [
    ("aks_defender_api_shape", aks_defender::api_shape),
    ("aks_defender_workspace", aks_defender::workspace),
    ("aks_defender_workspace_id", aks_defender::workspace_id),
];

/// The check called `name`.
pub(crate) fn find(name: &str) -> Option<Native> {
    CHECKS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}
