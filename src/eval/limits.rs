//! Bounds that keep any input within time and memory. What lies behind one is unknown, and a problem says so.

/// Evaluation steps for one root.
pub(super) const STEPS: u64 = 500_000;

/// Bytes built for one root, whether or not they are needed to its end.
pub(super) const MEMORY: u64 = 64 << 20;

/// Steps for all roots of a run together: where there are many roots, each has its part. The largest of a thousand
/// published templates takes 11,000.
pub(super) const ALL_STEPS: u64 = 48_000_000;

/// The same for bytes: many roots are evaluated at the same time. The largest of a thousand published templates
/// builds 1.5 MB.
pub(super) const ALL_MEMORY: u64 = 96 << 20;

/// The least that a root has of steps, however many there are.
pub(super) const LEAST_STEPS: u64 = 50_000;

/// The least that a root has of bytes.
pub(super) const LEAST_MEMORY: u64 = 6 << 20;

/// Items of one resource loop; the service has the same limit.
pub(super) const COPIES: i64 = 800;

/// Items of an array made by a function or a value loop; `range` has the same limit.
pub(super) const ITEMS: usize = 10_000;

/// Resources of one root, all modules together.
pub(super) const RESOURCES: usize = 5_000;

/// Bytes of a string made by a function.
pub(super) const TEXT: usize = 1 << 20;

/// Parts of a string with holes, and links of one access chain.
pub(super) const PARTS: usize = 1_000;

/// Names on the way to one property of a resource.
pub(super) const PATH: usize = 64;

/// Cases over which a function of values that depend on conditions is spread.
pub(super) const CASES: usize = 64;

/// Depth of deployments in deployments.
pub(super) const CALLS: u32 = 32;

/// Depth of deployments up to which a resource counts as one of [`RESOURCES`], and not as more.
pub(super) const PLAIN_CALLS: u32 = 6;

/// Conditions that are assumed at once while a value is turned into a term.
pub(super) const ASSUMPTIONS: usize = 8;

/// Nesting of a formula that is looked through for what is assumed.
pub(super) const FORMULA: u32 = 12;
