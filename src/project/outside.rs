//! Where modules lie to which no relative path leads: in another folder of the project by the configuration's
//! word, or in the module cache.

use std::path::{Path, PathBuf};

use super::module_cache::{self, BicepConfigProblem, BicepConfigs};
use crate::config::Config;
use crate::source::{FileSystem, Refusal, TextRange, path_named};

/// Names of the template in a folder that stands for a module.
const MAIN: [&str; 2] = ["main.bicep", "main.json"];

/// The ways to modules.
pub(super) struct Outside<'i> {
    module_cache: Option<PathBuf>,
    mappings: &'i [Config],
    configs: BicepConfigs,
}

/// Where a module lies.
pub(super) enum SearchResult {
    /// Among the project's own files.
    Mapped(PathBuf),
    /// Nowhere: the configuration names something that is not there.
    Misled {
        /// Which configuration, by its place among them.
        config: usize,
        /// Where that is written.
        range: TextRange,
        /// What is not there.
        path: PathBuf,
    },
    /// Where the configuration must not lead.
    Refused {
        /// Which configuration, by its place among them.
        config: usize,
        /// Where that is written.
        range: TextRange,
        /// What it names, and why that is not followed.
        message: String,
    },
    /// In the module cache, if anywhere.
    Cached(PathBuf),
}

impl<'i> Outside<'i> {
    pub(super) fn new(module_cache: Option<PathBuf>, mappings: &'i [Config]) -> Self {
        Self { module_cache, mappings, configs: BicepConfigs::default() }
    }

    /// The place of what the file `from` refers to; `None` when nothing defines it.
    pub(super) fn find(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<SearchResult> {
        if let Some((config, range, target)) = self.mapped(from, reference) {
            let refused =
                |refusal: Refusal| SearchResult::Refused { config, range, message: format!("`{target}` {refusal}") };
            let path = match path_named(self.mappings[config].folder(), &target) {
                Ok(path) => files.tidy(&path),
                Err(refusal) => return Some(refused(refusal)),
            };
            let inside = MAIN.iter().filter_map(|name| path_named(&path, name).ok());
            let found = std::iter::once(path.clone()).chain(inside).find(|path| files.is_file(path));
            return Some(match (found, files.refusal(&path)) {
                (Some(path), _) => SearchResult::Mapped(path),
                (None, Some(refusal)) => refused(refusal),
                (None, None) => SearchResult::Misled { config, range, path },
            });
        }
        let config = self.configs.of(files, from, self.module_cache.as_deref());
        let path = module_cache::cached(reference, &config, self.module_cache.as_deref())?;
        Some(SearchResult::Cached(files.tidy(&path)))
    }

    /// What `from` refers to in full, when that lies in a registry.
    pub(super) fn address(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<String> {
        let config = self.configs.of(files, from, self.module_cache.as_deref());
        module_cache::address(reference, &config).filter(|(scheme, _)| *scheme == "br").map(|(_, address)| address)
    }

    /// What is wrong with the `bicepconfig.json` files that were read.
    pub(super) fn into_problems(self) -> Vec<BicepConfigProblem> {
        self.configs.into_problems()
    }

    /// The most exact entry of the configurations around `from`: which one, where, and the path that it
    /// names.
    fn mapped(&self, from: &Path, reference: &str) -> Option<(usize, TextRange, String)> {
        let around = self.mappings.iter().enumerate().filter(|(_, config)| config.relative(from).is_some());
        let entries = around.flat_map(|(at, config)| config.modules.iter().map(move |mapping| (at, mapping)));
        let fitting = entries.filter_map(|(at, mapping)| Some((at, mapping, mapping.apply(reference)?)));
        let (at, mapping, target) = fitting.max_by_key(|(_, mapping, _)| mapping.exactness())?;
        Some((at, mapping.range, target))
    }
}
