//! The project: its files, each read and lowered once, and what they refer to.

mod assets;
mod configs;
mod context;
mod copies;
mod inputs;
mod known;
mod load;
mod matching;
mod module_cache;
mod outside;
mod path;
mod references;
mod settings;
mod threads;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use assets::Asset;
pub use context::{Context, Named, Origin};
pub use inputs::{FILE_LIMIT, Found, Inputs, Role, Values};
use known::{Known, KnownId};
pub(crate) use threads::map_all;
pub use threads::with_stack;

use crate::config::Config;
use crate::finding::FileProblem;
use crate::source::{Cancel, FileId, HashMap, IdSet, Root, SourceMap, Str, normal_path};
use crate::template::{ParameterFile, Template};
use context::{Configured, Typed};
use matching::Nearby;

/// The files of a run. Filled by [`Project::load`], only read afterwards.
#[derive(Debug, Default)]
pub struct Project {
    /// The text of every file that was read.
    pub sources: SourceMap,
    /// What is wrong with files, syntax errors included.
    pub problems: Vec<FileProblem>,
    /// Ends the run early: what takes long looks at it.
    pub cancel: Cancel,
    units: Vec<Unit>,
    by_path: HashMap<PathBuf, UnitId>,
    references: HashMap<(FileId, Str), ReferenceTarget>,
    /// The units to which each unit refers, once all are read.
    referred: OnceLock<Vec<Vec<UnitId>>>,
    cached: IdSet<FileId>,
    configs: Vec<Config>,
    configured: Vec<Configured>,
    typed: Typed,
    nearby: Nearby,
    /// Compiled copies to which something refers after all.
    woken: Vec<UnitId>,
    known: Known,
    assets: HashMap<PathBuf, Asset>,
    /// The folders from which paths are seen that must be alike wherever the run works.
    pub(crate) roots: Vec<Root>,
    environment: Vec<(String, Option<String>)>,
}

/// Identity of a unit in its project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(u32);

/// A file and what it is.
#[derive(Debug)]
pub struct Unit {
    /// Its path as shown.
    pub path: PathBuf,
    /// What it is.
    pub content: Content,
    /// How it came into the project.
    pub role: Role,
}

/// What a file is.
#[derive(Debug, Clone)]
pub enum Content {
    /// A template.
    Template(Arc<Template>),
    /// A parameter file.
    Parameters(Arc<ParameterFile>),
    /// What the Bicep compiler made of the file beside it, to which nothing refers: it is not looked into.
    CompiledCopy,
    /// Neither.
    Other,
}

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReferenceTarget {
    Unit(UnitId),
    Known(KnownId),
    Missing,
    NotRead,
}

/// What a reference to another file leads to.
#[derive(Debug, Clone)]
pub enum Resolution {
    /// A template.
    Template(Arc<Template>),
    /// A registry module that was not restored, but is known: a template with what is known of it.
    Known(Arc<Template>),
    /// A local file that does not exist or cannot be read.
    Missing,
    /// A registry module or template spec that was not restored.
    NotRead,
    /// A file that is no template.
    NotATemplate,
}

impl Project {
    /// What `reference`, written in `from`, leads to.
    pub fn resolve(&self, from: FileId, reference: &str) -> Resolution {
        match self.references.get(&(from, Str::from(reference))) {
            Some(ReferenceTarget::Unit(unit)) => match &self.unit(*unit).content {
                Content::Template(template) => Resolution::Template(template.clone()),
                Content::Parameters(_) | Content::CompiledCopy | Content::Other => Resolution::NotATemplate,
            },
            Some(ReferenceTarget::Known(known)) => Resolution::Known(self.known.template(*known)),
            Some(ReferenceTarget::NotRead) => Resolution::NotRead,
            Some(ReferenceTarget::Missing) | None => Resolution::Missing,
        }
    }

    /// The value of the environment variable `name`, when the command line names it; nothing in it when it is not set.
    pub fn variable(&self, name: &str) -> Option<Option<&str>> {
        let found = self.environment.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_deref())
    }

    /// The unit with identity `id`, which this project gave.
    pub fn unit(&self, id: UnitId) -> &Unit {
        &self.units[id.0 as usize]
    }

    /// All units, in the order in which they were read.
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().map(|(at, unit)| (UnitId(at as u32), unit))
    }

    /// The unit at `path`.
    pub fn unit_at(&self, path: &Path) -> Option<UnitId> {
        self.by_path.get(&normal_path(path)).copied()
    }

    /// Whether `file` lies in a module cache, or stands for a module that ought to.
    pub fn is_cached(&self, file: FileId) -> bool {
        self.cached.contains(&file)
    }

    /// Whether `file` stands for a module that was not restored: its text is not for display.
    pub fn is_known(&self, file: FileId) -> bool {
        self.known.has(file)
    }
}
