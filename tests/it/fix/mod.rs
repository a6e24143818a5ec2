//! Fixes.

mod cases;
mod corpus;
