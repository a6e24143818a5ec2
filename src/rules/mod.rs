//! Rules: what must hold of a resource, and what to say when it does not.
//!
//! A rule is one file, `rules/<area>/<rule-id>.md` (form: `docs/rules.md`). `build.rs` checks all of them
//! and embeds them; [`registry`] has them. `page`, `file`, `condition`, `selector` and `api_version` are
//! also modules of `build.rs`: they import only each other.

pub mod api_version;
pub(crate) mod check;
pub mod condition;
pub mod file;
pub mod page;
mod registry;
mod select;
pub mod selector;

pub use registry::{Check, Registry, Rule, registry};

//! The rules.
//!
//! A stand-in with the shape of the real registry, so that the command line can be built beside it.

use std::sync::{Arc, OnceLock};

use crate::finding::Severity;
use crate::template::Str;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: Str,
    /// What is wrong, in one sentence without a full stop.
    pub title: String,
    /// How bad a violation is.
    pub severity: Severity,
    /// Whether it runs when nothing is selected.
    pub default: bool,
    /// The page that people read, in Markdown.
    pub page: String,
}

/// All rules, in the order in which they are listed.
#[derive(Debug, Default)]
pub struct Registry {
    rules: Vec<Arc<Rule>>,
}

impl Registry {
    /// All rules in order.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The rule called `id`.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| &*rule.id == id)
    }

    /// The id that someone who wrote `typed` most likely meant, if any comes near.
    pub fn nearest(&self, typed: &str) -> Option<&str> {
        self.rules.iter().map(|rule| &*rule.id).find(|id| id.len().abs_diff(typed.len()) < 3)
    }
}

/// The rules of this build.
pub fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| Registry {
        rules: vec![Arc::new(Rule {
            id: "aks-defender-profile".into(),
            title: "AKS cluster declares no Defender profile".to_owned(),
            severity: Severity::High,
            default: true,
            page: "# aks-defender-profile\n\nAKS cluster declares no Defender profile.\n".to_owned(),
        })],
    })
}
