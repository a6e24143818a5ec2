//! The project.

use std::sync::Arc;

use crate::source::FileId;
use crate::template::Template;

/// The files of a run.
#[derive(Debug, Default)]
pub struct Project {}

/// What a reference to another file leads to.
#[derive(Debug, Clone)]
pub enum Resolution {
    /// A template.
    Template(Arc<Template>),
    /// A local file that does not exist.
    Missing,
    /// A registry module or template spec that is not at hand.
    NotRead,
    /// A file that is no template.
    NotATemplate,
}

impl Project {
    /// What `reference`, written in `from`, leads to.
    pub fn resolve(&self, _from: FileId, _reference: &str) -> Resolution {
        Resolution::NotRead
    }
}
