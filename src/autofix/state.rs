//! The project as it is between two rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::expand::resources_of;
use crate::finding::Report;
use crate::lint::{Inputs, Options, load_and_check};
use crate::project::{Content, Context, Project, UnitId, map_all};
use crate::source::{Cancel, FileSystem, ReadError, Refusal, SourceFile, Span, TextRange};
use crate::template::{Secrecy, Template};

/// Files, with the changed texts of those that fixes changed.
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

    fn refusal(&self, path: &Path) -> Option<Refusal> {
        self.files.refusal(path)
    }

    fn load_refusal(&self, path: &Path) -> Option<Refusal> {
        self.files.load_refusal(path)
    }

    fn is_inside(&self, path: &Path) -> bool {
        self.files.is_inside(path)
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        self.files.tidy(path)
    }
}

/// Resources as they would be deployed.
pub(super) type DeployedResources = Vec<Map<String, Json>>;

/// The project, read and checked once.
#[derive(Debug)]
pub(super) struct Round {
    /// The files that are not as on disk.
    pub(super) texts: BTreeMap<PathBuf, Arc<str>>,
    /// The report on it.
    pub(super) report: Report,
    project: Project,
    contexts: Vec<Context>,
}

/// Where something has changed, by file.
pub(super) type RangesByFile = BTreeMap<PathBuf, Vec<TextRange>>;

/// Places of declarations, by file.
pub(super) type DeclarationRanges = BTreeMap<PathBuf, BTreeSet<TextRange>>;

impl Round {
    pub(super) fn new(overlay: Overlay<'_>, inputs: &Inputs, options: &Options) -> Self {
        let mut inputs = inputs.clone();
        if let Some((path, text)) = &mut inputs.stdin
            && let Some(fixed) = overlay.texts.get(&overlay.tidy(path))
        {
            fixed.as_ref().clone_into(text);
        }
        let (project, report) = load_and_check(&overlay, inputs, options);
        let mut contexts = project.contexts(false);
        let roots: BTreeSet<UnitId> = contexts.iter().map(|context| context.unit).collect();
        // A template whose calls are all dead is checked alone.
        let called = project.units().filter(|(id, _)| !roots.contains(id));
        contexts.extend(called.filter_map(|(id, _)| project.alone(id)));
        Self { texts: overlay.texts, report, project, contexts }
    }

    /// What ends the run early.
    pub(super) fn cancel(&self) -> &Cancel {
        &self.project.cancel
    }

    fn content(&self, path: &Path) -> Option<&Content> {
        Some(&self.project.unit(self.project.unit_at(path)?).content)
    }

    /// The template or parameter file at `path`.
    pub(super) fn source(&self, path: &Path) -> Option<&Arc<SourceFile>> {
        let file = match self.content(path)? {
            Content::Template(template) => template.file,
            Content::Parameters(parameters) => parameters.body.file,
            Content::CompiledCopy | Content::Other => return None,
        };
        Some(self.project.sources.get(file))
    }

    /// Where the file at `path` has values of parameters that are secret, at least in part: defaults, and what a
    /// parameter file gives.
    pub(super) fn secrets(&self, path: &Path) -> Vec<TextRange> {
        let is_here = |template: &Template| self.project.sources.get(template.file).path() == path;
        let (mut secrets, mut looked) = (BTreeSet::new(), BTreeSet::new());
        for Context { template, parameters, .. } in &self.contexts {
            let files =
                parameters.iter().filter(|file| is_here(&file.body) && looked.insert((template.file, file.body.file)));
            let files: Vec<_> = files.collect();
            let has_defaults = is_here(template) && looked.insert((template.file, template.file));
            if files.is_empty() && !has_defaults {
                continue;
            }
            let hidden = template.params.iter().filter(|param| param.secure || param.secrecy != Secrecy::Open);
            let hidden: BTreeMap<String, _> = hidden.map(|param| (param.name.to_ascii_lowercase(), param)).collect();
            if has_defaults {
                let defaults = hidden.values().filter_map(|param| param.default);
                secrets.extend(defaults.map(|value| template.expr(value).range));
            }
            for file in files {
                let given = file.assignments.iter();
                let given = given.filter(|given| hidden.contains_key(&given.name.to_ascii_lowercase()));
                secrets.extend(given.map(|given| file.body.expr(given.value).range));
            }
        }
        secrets.into_iter().collect()
    }

    /// The declarations in which all `places` lie; `None` when others may depend on what stands there: it is no
    /// resource, or one that deploys others.
    pub(super) fn declarations(&self, places: &RangesByFile) -> Option<DeclarationRanges> {
        let of_file = |(path, places): (&PathBuf, &Vec<TextRange>)| {
            let Content::Template(template) = self.content(path)? else { return None };
            let around = |place: &TextRange| {
                let around = template.resources.iter().filter(|resource| resource.range.contains(*place));
                let innermost = around.min_by_key(|resource| resource.range.len())?;
                innermost.deployment.is_none().then_some(innermost.range)
            };
            Some((path.clone(), places.iter().map(around).collect::<Option<_>>()?))
        };
        places.iter().map(of_file).collect()
    }

    /// What the contexts deploy that reach one of the files of `places`, by the name of the context and the path of its
    /// template; with `only`, just what is declared there.
    pub(super) fn deployed(
        &self,
        places: &RangesByFile,
        only: Option<&DeclarationRanges>,
    ) -> BTreeMap<(String, PathBuf), DeployedResources> {
        let changed: BTreeSet<UnitId> = places.keys().filter_map(|path| self.project.unit_at(path)).collect();
        let reaches = |context: &&Context| {
            let roots = context.files.iter().copied().chain([context.unit]);
            self.project.reached_from(roots).iter().any(|id| changed.contains(id))
        };
        let wanted = |declared: Span| {
            only.is_none_or(|only| {
                let ranges = only.get(self.project.sources.get(declared.file).path());
                ranges.is_some_and(|ranges| ranges.contains(&declared.range))
            })
        };
        let deployed = map_all(self.contexts.iter().filter(reaches).collect(), |context| {
            let name = (context.name.clone(), self.project.unit(context.unit).path.clone());
            (name, resources_of(&self.project, context, &wanted))
        });
        deployed.into_iter().collect()
    }
}
