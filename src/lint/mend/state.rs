//! The project as it is between two rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value as Json};

use crate::eval::Assumed;
use crate::expand::expand_context;
use crate::finding::Report;
use crate::lint::{Inputs, Options, load_and_judge};
use crate::project::{Content, Context, Project, UnitId, map_all};
use crate::source::{FileSystem, ReadError, SourceFile};

/// Files with the texts that mending made of them.
pub(super) struct Overlay<'f> {
    pub(super) files: &'f dyn FileSystem,
    pub(super) texts: BTreeMap<PathBuf, Arc<str>>,
}

impl FileSystem for Overlay<'_> {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.files.read_bytes(path, limit),
        }
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files.file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        self.files.tidy(path)
    }
}

/// Resources as they would be deployed.
pub(super) type Deployed = Vec<Map<String, Json>>;

/// The project, read and judged once.
#[derive(Debug)]
pub(super) struct State {
    /// The files that are not as on disk.
    pub(super) texts: BTreeMap<PathBuf, Arc<str>>,
    /// What there is to say.
    pub(super) report: Report,
    project: Project,
    contexts: Vec<Context>,
    /// What each context deploys, where that was asked.
    deployed: Vec<OnceLock<Deployed>>,
}

impl State {
    pub(super) fn new(overlay: Overlay<'_>, inputs: &Inputs, options: &Options) -> Self {
        let mut inputs = inputs.clone();
        if let Some((path, text)) = &mut inputs.stdin
            && let Some(mended) = overlay.texts.get(&overlay.tidy(path))
        {
            mended.as_ref().clone_into(text);
        }
        let (project, report) = load_and_judge(&overlay, inputs, options);
        let mut contexts = project.contexts(false);
        let roots: BTreeSet<UnitId> = contexts.iter().map(|context| context.unit).collect();
        // A template whose calls are all dead is judged alone.
        let called = project.units().filter(|(id, _)| !roots.contains(id));
        contexts.extend(called.filter_map(|(id, _)| project.alone(id)));
        let deployed = contexts.iter().map(|_| OnceLock::new()).collect();
        Self { texts: overlay.texts, report, project, contexts, deployed }
    }

    /// The template or parameter file at `path`.
    pub(super) fn source(&self, path: &Path) -> Option<&Arc<SourceFile>> {
        let file = match &self.project.unit(self.project.unit_at(path)?).content {
            Content::Template(template) => template.file,
            Content::Parameters(parameters) => parameters.body.file,
            Content::CompiledCopy | Content::Other => return None,
        };
        Some(self.project.sources.get(file))
    }

    /// What the contexts deploy that reach one of `paths`, by the name of the context and the path of its template.
    pub(super) fn deployed(&self, paths: &BTreeSet<PathBuf>) -> BTreeMap<(String, PathBuf), &Deployed> {
        let changed: BTreeSet<UnitId> = paths.iter().filter_map(|path| self.project.unit_at(path)).collect();
        let reaches = |context: &Context| {
            let roots = context.files.iter().copied().chain([context.unit]);
            self.project.reached_from(roots).iter().any(|id| changed.contains(id))
        };
        let concerned = self.contexts.iter().zip(&self.deployed).filter(|(context, _)| reaches(context));
        let deployed = map_all(concerned.collect(), |(context, deployed)| {
            let expanded = deployed
                .get_or_init(|| expand_context(&self.project, context, &Assumed::default()).0.predicted_resources);
            ((context.name.clone(), self.project.unit(context.unit).path.clone()), expanded)
        });
        deployed.into_iter().collect()
    }
}
