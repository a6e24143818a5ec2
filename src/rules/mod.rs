//! Rules: what must hold of a resource, and what to say when it does not.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md` (form: `docs/rules.md`). `build.rs` checks all of them
//! and embeds them; [`registry`] has them. `file`, `page`, `texts`, `condition`, `selector` and
//! `api_version` are also modules of `build.rs`: they import only each other.

pub mod api_version;
pub(crate) mod check;
pub mod condition;
pub mod file;
pub(crate) mod native;
pub mod page;
mod registry;
mod select;
pub mod selector;
pub mod texts;

pub use file::RuleSet;
pub use registry::{Check, Registry, Rule, registry};
