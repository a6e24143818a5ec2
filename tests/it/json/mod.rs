//! The parser of JSON.

mod corpus;
mod parser;
