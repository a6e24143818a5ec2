//! All integration tests, in one program that is linked once: a module for each room of `src`, attacks, and what is checked
//! of the project itself.

// Clippy then knows that helpers, too, are test code.
#![cfg(test)]

mod support;

mod arm;
mod attack;
mod bicep;
mod cli;
mod eval;
mod expand;
mod fix;
mod json;
mod lint;
mod patch;
mod project;
mod report;
mod rules;
