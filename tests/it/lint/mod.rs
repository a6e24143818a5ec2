//! What is found.

mod avm_clusters;
mod bad_input;
mod cases;
mod contexts;
mod known_modules;
pub(crate) mod known_table;
mod stale;
