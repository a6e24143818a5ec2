//! Bounds that keep any input within time and memory. What lies behind one is unknown, and a problem says so.

/// Nesting of evaluation over expressions, variables, arguments and frames together.
pub(super) const DEPTH: u32 = 900;

/// Evaluation steps for one root.
pub(super) const STEPS: u64 = 3_000_000;

/// Items of one resource loop; the service has the same limit.
pub(super) const COPIES: i64 = 800;

/// Items of an array made by a function or a value loop; `range` has the same limit.
pub(super) const ITEMS: usize = 10_000;

/// Resources of one root, all modules together.
pub(super) const RESOURCES: usize = 10_000;

/// Bytes of a string made by a function.
pub(super) const TEXT: usize = 1 << 20;

/// Parts of a string with holes, and links of one access chain.
pub(super) const PARTS: usize = 1_000;

/// Names on the way to one property of a resource.
pub(super) const PATH: usize = 64;

/// Cases over which a function of values that depend on conditions is spread.
pub(super) const CASES: usize = 64;

/// Depth of values turned into terms.
pub(super) const TERM_DEPTH: u32 = 64;

/// Depth of deployments in deployments.
pub(super) const CALLS: u32 = 32;

/// Conditions that are assumed at once while a value is turned into a term.
pub(super) const ASSUMPTIONS: usize = 8;

/// Nesting of a formula that is looked through for what is assumed.
pub(super) const FORMULA: u32 = 12;
