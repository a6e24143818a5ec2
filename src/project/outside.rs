//! Where modules lie to which no relative path leads: in another folder of the project by the configuration's
//! word, or in the module cache.

use std::path::{Path, PathBuf};

use super::registry::{self, Configs};
use crate::config::{Config, ModuleMapping};
use crate::source::{FileSystem, TextRange};

/// Names of the template in a folder that stands for a module.
const MAIN: [&str; 2] = ["main.bicep", "main.json"];

/// The ways to modules.
pub(super) struct Outside<'i> {
    module_cache: Option<PathBuf>,
    mappings: &'i [Config],
    configs: Configs,
}

/// Where a module lies.
pub(super) enum Place {
    /// Among the project's own files.
    Mapped(PathBuf),
    /// Nowhere: the configuration names something that is not there.
    Misled {
        /// Which configuration, by its place among them.
        config: usize,
        /// Where it says so.
        range: TextRange,
        /// What is not there.
        path: PathBuf,
    },
    /// In the module cache, if anywhere.
    Cached(PathBuf),
}

impl<'i> Outside<'i> {
    pub(super) fn new(module_cache: Option<PathBuf>, mappings: &'i [Config]) -> Self {
        Self { module_cache, mappings, configs: Configs::default() }
    }

    /// The place of what the file `from` refers to; `None` when nothing tells.
    pub(super) fn find(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<Place> {
        if let Some((config, mapping, path)) = self.mapped(from, reference) {
            let path = files.tidy(&path);
            let inside = MAIN.iter().map(|name| path.join(name));
            let found = std::iter::once(path.clone()).chain(inside).find(|path| files.is_file(path));
            return Some(match found {
                Some(path) => Place::Mapped(path),
                None => Place::Misled { config, range: mapping.range, path },
            });
        }
        let config = self.configs.of(files, from);
        let path = registry::cached(reference, &config, self.module_cache.as_deref())?;
        Some(Place::Cached(files.tidy(&path)))
    }

    /// What `from` refers to in full, when that lies in a registry.
    pub(super) fn address(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<String> {
        let config = self.configs.of(files, from);
        registry::address(reference, &config).filter(|(scheme, _)| *scheme == "br").map(|(_, address)| address)
    }

    /// What the configurations around `from` say, the most exact entry first.
    fn mapped(&self, from: &Path, reference: &str) -> Option<(usize, &'i ModuleMapping, PathBuf)> {
        let around = self.mappings.iter().enumerate().filter(|(_, config)| config.relative(from).is_some());
        let entries = around.flat_map(|(at, config)| config.modules.iter().map(move |mapping| (at, config, mapping)));
        let fitting = entries.filter_map(|(at, config, mapping)| {
            let path = config.folder().join(mapping.apply(reference)?);
            Some((at, mapping, path))
        });
        fitting.max_by_key(|(_, mapping, _)| mapping.exactness())
    }
}
