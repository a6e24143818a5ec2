//! Changes of texts.

mod bicep;
mod corpus;
mod json;
pub(crate) mod table;
