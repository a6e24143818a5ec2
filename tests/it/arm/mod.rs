//! ARM templates: expressions, lowering.

mod corpus;
mod expressions;
mod lowering;
mod robustness;
