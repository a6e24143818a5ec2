//! Differences that are as they should be.

use crate::relation::Relation;

/// The end of the case's name, the relation, and why it makes a difference.
pub(crate) const EXPLAINED: &[(&str, Relation, &str)] = &[
    (
        "arm/nested-default-scope",
        Relation::Symbolic,
        "with symbolic names, nested deployments have a scope of their own",
    ),
    ("arm/customer-id-through-output", Relation::PropertyCase, CALLED),
    ("arm/workspace-from-module-not-deployed", Relation::PropertyCase, CALLED),
    ("arm/workspace-from-module-output", Relation::PropertyCase, CALLED),
    ("fix/arm/workspace-customer-id", Relation::PropertyCase, CALLED),
];

/// A defect that is known: `reference()` finds a resource by an id of which the type is compared exactly.
const CALLED: &str = "`reference()` of a resource does not find it when its type is written in another case";
