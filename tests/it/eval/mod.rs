//! Evaluation.

mod conditions;
mod functions;
mod loads;
mod self_references;
mod stack;
pub(crate) mod stack_cases;
