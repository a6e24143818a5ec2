//! Rules: what a resource must satisfy, and the texts of the finding when it does not.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md` (form: `docs/writing-rules.md`). `build.rs` checks all of them
//! and embeds them; [`RuleStore`] has them; [`load`] adds those of a user. The crate [`rulefile`] defines the file
//! format.

pub(crate) mod answer;
pub(crate) mod check;
pub mod load;
pub(crate) mod native;
mod select;
mod store;

pub use rulefile::RuleSet;
pub use store::{Check, Rule, RuleStore};
