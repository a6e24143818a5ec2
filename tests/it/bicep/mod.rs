//! The parser of Bicep, and lowering.

mod corpus;
mod lowering;
pub(crate) mod nodes;
pub(crate) mod show;
pub(crate) mod spans;
mod syntax;
