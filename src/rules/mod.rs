//! Rules: what must hold of a resource, and what to say when it does not.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md` (form: `docs/writing-rules.md`). `build.rs` checks all of them
//! and embeds them; [`registry`] has them; [`load`] adds those of a user. `file`, `page`, `texts`, `condition`,
//! `selector`, `api_version`, `yaml` and `source::nearest` are also modules of `build.rs`: they import only each other.

pub mod api_version;
pub(crate) mod check;
pub mod condition;
pub mod file;
pub mod load;
pub(crate) mod native;
pub mod page;
mod registry;
pub mod schema;
mod select;
pub mod selector;
pub mod texts;
pub mod yaml;

// `build.rs` has it at this place.
use crate::source::nearest;
pub use file::RuleSet;
pub use registry::{Check, Registry, Rule, embedded, registry};
