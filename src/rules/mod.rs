//! Rules: what must hold of a resource, and what to say when it does not.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md` (form: `docs/writing-rules.md`). `build.rs` checks all of them
//! and embeds them; [`RuleStore`] has them; [`load`] adds those of a user. What such a file is says the crate [`rulefile`].

pub(crate) mod answer;
pub(crate) mod check;
pub mod load;
pub(crate) mod native;
mod select;
mod store;

pub use rulefile::RuleSet;
pub use store::{Check, Rule, RuleStore};
