//! Modules that are not read, but of which [`azure::known_modules`](crate::azure::known_modules) has a template.

use std::sync::Arc;

use super::Project;
use crate::azure::known_modules::bicep_of_module;
use crate::bicep;
use crate::source::{FileId, HashMap, SourceFile};
use crate::template::{Template, lower_bicep};

/// The modules that a project refers to without having them.
#[derive(Debug, Default)]
pub(super) struct Known {
    templates: Vec<Arc<Template>>,
    by_address: HashMap<String, Option<KnownId>>,
}

/// Identity of a known module in its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownId(u32);

impl Known {
    /// The template that stands for the module `id`, which this gave.
    pub(super) fn template(&self, id: KnownId) -> Arc<Template> {
        self.templates[id.0 as usize].clone()
    }

    /// Whether `file` stands for a module.
    pub(super) fn has(&self, file: FileId) -> bool {
        self.templates.iter().any(|template| template.file == file)
    }
}

impl Project {
    /// The module at `address` (`mcr.microsoft.com/bicep/avm/…:1.0.0`), when the table has this version.
    pub(super) fn know(&mut self, address: &str) -> Option<KnownId> {
        if let Some(known) = self.known.by_address.get(address) {
            return *known;
        }
        let known = bicep_of_module(address).map(|text| {
            let file = self.sources.add(Arc::new(SourceFile::new(address, text.as_str())));
            self.cached.insert(file);
            let template = lower_bicep(file, &text, &bicep::parse(&text, bicep::FileKind::Bicep));
            self.known.templates.push(Arc::new(template));
            KnownId(self.known.templates.len() as u32 - 1)
        });
        self.known.by_address.insert(address.to_owned(), known);
        known
    }
}
