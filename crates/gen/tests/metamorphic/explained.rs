//! Differences that are as they should be.

use crate::relation::Relation;

/// The end of the case's name, the relation, and why it makes a difference.
pub(crate) const EXPLAINED: &[(&str, Relation, &str)] = &[(
    "arm/nested-default-scope",
    Relation::Symbolic,
    "with symbolic names, nested deployments have a scope of their own",
)];
