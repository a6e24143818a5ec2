//! Contexts: in what ways the project deploys its templates.
//!
//! Roots are parameter files, entries of `[[contexts]]` in a configuration, and templates that nothing in the
//! project calls. A template that is only called is checked where it is called.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rulefile::nearest::nearest;

use super::inputs::{Role, Values};
use super::matching::{By, Nearby};
use super::references::LONGEST_CHAIN;
use super::{Content, Project, UnitId, settings};
use crate::config::{Config, ContextSpec};
use crate::finding::FileProblem;
use crate::source::{FileId, FileSystem, IdMap, IdSet, ProblemCode, Refusal, order_of, path_named};
use crate::template::{ParameterFile, Template};

/// Contexts that the entries of `[[contexts]]` make at most, a template of each counted as one.
const MOST_CONFIGURED: usize = 5_000;

/// One way in which a template is deployed.
#[derive(Debug, Clone)]
pub struct Context {
    /// What to call it: the path of the parameter file, the name in the configuration, else the path of the template.
    pub name: String,
    /// What makes it one.
    pub origin: Origin,
    /// The file of the template.
    pub unit: UnitId,
    /// The template.
    pub template: Arc<Template>,
    /// Where values come from, the first that names a parameter first.
    pub parameters: Vec<Arc<ParameterFile>>,
    /// The parameter files among these.
    pub files: Vec<UnitId>,
}

/// What makes a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Nothing calls the template and no parameter file is for it: it has its defaults.
    Alone,
    /// A parameter file that names its template itself.
    Using,
    /// A parameter file whose name matches a template.
    Name,
    /// A parameter file whose parameters are those of just one template near it.
    Fit,
    /// The configuration.
    Configuration,
    /// The command line.
    CommandLine,
}

impl Origin {
    /// Why the context is one, as text to be shown after its name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Alone => "with its defaults",
            Self::Using => "by its own words",
            Self::Name => "by its name",
            Self::Fit => "by its parameters, which fit no other template near it",
            Self::Configuration => "by the configuration",
            Self::CommandLine => "by the command line",
        }
    }
}

/// A file that was named, as a way to deploy a template.
#[derive(Debug, Clone)]
pub enum Named {
    /// A template, with its defaults.
    Template(Context),
    /// A parameter file, with its template when that is known.
    Parameters(Option<Context>),
}

/// An entry of `[[contexts]]` with its files.
#[derive(Debug)]
pub(super) struct Configured {
    name: String,
    templates: Vec<UnitId>,
    set: Arc<ParameterFile>,
    files: Vec<UnitId>,
}

/// What the command line gives.
#[derive(Debug, Default)]
pub(super) struct Typed {
    file: Option<UnitId>,
    set: IdMap<UnitId, Arc<ParameterFile>>,
}

/// The parameter files that configurations name and that may be read.
pub(super) fn parameter_files<'c>(
    files: &'c dyn FileSystem,
    configs: &'c [Config],
) -> impl Iterator<Item = PathBuf> + 'c {
    configs.iter().flat_map(move |config| {
        let named = config.contexts.iter().flat_map(|context| &context.parameters);
        named.filter_map(move |(written, _)| parameter_file(files, config, written).ok())
    })
}

/// The path of the parameter file that `config` names so.
fn parameter_file(files: &dyn FileSystem, config: &Config, written: &str) -> Result<PathBuf, Refusal> {
    let path = path_named(config.folder(), written)?;
    files.refusal(&path).map_or(Ok(path), Err)
}

impl Project {
    /// All contexts, by name. `standalone`: templates that others call are checked
    /// alone, too.
    pub fn contexts(&self, standalone: bool) -> Vec<Context> {
        if self.typed.file.is_some() {
            return self.on_command_line();
        }
        let mut used: IdSet<UnitId> = IdSet::default();
        let configured: IdSet<UnitId> = self.configured.iter().flat_map(|entry| &entry.files).copied().collect();
        for (id, unit) in self.units() {
            match &unit.content {
                Content::Template(_) => used.extend(self.referred(id).iter().filter(|callee| **callee != id)),
                Content::Parameters(_) if configured.contains(&id) => {}
                Content::Parameters(_) => used.extend(self.deployed_by(id).map(|(template, _)| template)),
                Content::CompiledCopy | Content::Other => {}
            }
        }
        used.extend(self.configured.iter().flat_map(|configured| configured.templates.iter().copied()));
        let mut contexts: Vec<Context> = self.configured.iter().flat_map(|entry| self.by_entry(entry)).collect();
        for (id, unit) in self.units().filter(|(_, unit)| unit.role.is_given()) {
            match &unit.content {
                // What the configuration takes in is no deployment of its own.
                Content::Parameters(_) if configured.contains(&id) => {}
                Content::Parameters(_) => contexts.extend(self.parameter_context(id)),
                Content::Template(_) if used.contains(&id) && !(standalone && unit.role.is_shown()) => {}
                Content::Template(_) if self.is_compiled_copy(id) => {}
                Content::Template(_) => contexts.extend(self.alone(id)),
                Content::CompiledCopy | Content::Other => {}
            }
        }
        // Whatever was named, and in whatever order it was read.
        contexts.sort_by_cached_key(|context| {
            (self.order_of(&context.name), order_of(&self.roots, &self.unit(context.unit).path))
        });
        contexts
    }

    /// The template `id` with its defaults.
    pub fn alone(&self, id: UnitId) -> Option<Context> {
        let name = self.path_of(id);
        self.context(id, name, Origin::Alone, Vec::new(), Vec::new())
    }

    /// By what contexts and files of this name are put in order, the same wherever the run works.
    pub fn order_of(&self, name: &str) -> String {
        match self.by_path.contains_key(Path::new(name)) {
            true => order_of(&self.roots, Path::new(name)),
            false => name.to_owned(),
        }
    }

    /// The path of a unit as names of contexts have it.
    pub(crate) fn path_of(&self, id: UnitId) -> String {
        self.unit(id).path.to_string_lossy().replace('\\', "/")
    }

    /// The template `id` with the values of `parameters`, behind those of the command line.
    fn context(
        &self,
        id: UnitId,
        name: String,
        origin: Origin,
        mut parameters: Vec<Arc<ParameterFile>>,
        files: Vec<UnitId>,
    ) -> Option<Context> {
        let Content::Template(template) = &self.unit(id).content else { return None };
        parameters.splice(..0, self.typed.set.get(&id).cloned());
        Some(Context { name, origin, unit: id, template: template.clone(), parameters, files })
    }

    /// The named templates with the parameter file of the command line.
    fn on_command_line(&self) -> Vec<Context> {
        let Some(file) = self.typed.file else { return Vec::new() };
        let name = self.path_of(file);
        let named = self.units().filter(|(_, unit)| unit.role == Role::Named);
        let context =
            |id| self.context(id, name.clone(), Origin::CommandLine, self.chain(file).1, self.chain_ids(file));
        named.filter_map(|(id, _)| context(id)).collect()
    }

    fn by_entry<'s>(&'s self, entry: &'s Configured) -> impl Iterator<Item = Context> + 's {
        entry.templates.iter().filter_map(move |id| {
            let name = match entry.templates.len() {
                1 => entry.name.clone(),
                _ => format!("{} ({})", entry.name, self.path_of(*id)),
            };
            let files = entry.files.iter().flat_map(|file| self.chain(*file).1);
            let parameters = std::iter::once(entry.set.clone()).chain(files).collect();
            let files = entry.files.iter().flat_map(|file| self.chain_ids(*file)).collect();
            self.context(*id, name, Origin::Configuration, parameters, files)
        })
    }

    /// What the file at `path` deploys; `None` when it is neither a template nor a parameter file.
    pub fn named(&self, path: &Path) -> Option<Named> {
        let id = self.unit_at(path)?;
        match &self.unit(id).content {
            Content::Template(_) => self.alone(id).map(Named::Template),
            Content::Parameters(_) => Some(Named::Parameters(self.parameter_context(id))),
            Content::CompiledCopy | Content::Other => None,
        }
    }

    /// The parameter file at `path`, then those that it extends; `None` when it is none.
    pub fn parameters_at(&self, path: &Path) -> Option<Vec<Arc<ParameterFile>>> {
        let id = self.unit_at(path)?;
        matches!(self.unit(id).content, Content::Parameters(_)).then(|| self.chain(id).1)
    }

    /// The template that the parameter file `id` is for, and what decides that.
    fn deployed_by(&self, id: UnitId) -> Option<(UnitId, Origin)> {
        // Without the values at its end, it would mean something else.
        if self.is_endless(id) {
            return None;
        }
        let own = self.chain(id).0.map(|template| (template, Origin::Using));
        own.or_else(|| {
            let (template, by) = self.match_template(id)?;
            Some((template, if by == By::Name { Origin::Name } else { Origin::Fit }))
        })
    }

    fn parameter_context(&self, id: UnitId) -> Option<Context> {
        let (template, origin) = self.deployed_by(id)?;
        let name = self.path_of(id);
        self.context(template, name, origin, self.chain(id).1, self.chain_ids(id))
    }

    /// Parameter files of the inputs that belong to no template that was read, and that no other one extends.
    pub fn unused_parameters(&self) -> impl Iterator<Item = UnitId> {
        let files = || self.units().filter(|(_, unit)| matches!(unit.content, Content::Parameters(_)));
        let extended = files().flat_map(|(id, _)| self.chain_ids(id).into_iter().skip(1));
        let configured = self.configured.iter().flat_map(|entry| entry.files.iter().copied());
        let used: IdSet<UnitId> = extended.chain(configured).chain(self.typed.file).collect();
        let given = files().filter(|(_, unit)| unit.role.is_shown()).map(|(id, _)| id);
        given.filter(move |id| !used.contains(id) && self.parameter_context(*id).is_none())
    }

    /// Whether the Bicep compiler made this file from the `.bicep` file beside it, and nobody named it.
    pub fn is_compiled_copy(&self, id: UnitId) -> bool {
        let unit = self.unit(id);
        if matches!(unit.content, Content::CompiledCopy) {
            return true;
        }
        let compiled = matches!(&unit.content, Content::Template(template) if template.compiled);
        compiled && unit.role != Role::Named && self.unit_at(&unit.path.with_extension("bicep")).is_some()
    }

    /// Whether `file` is what was typed on the command line.
    pub fn is_typed(&self, file: FileId) -> bool {
        self.sources.get(file).path() == Path::new(settings::COMMAND_LINE)
    }

    /// Applies what configurations and the command line set for contexts, once all files are read.
    pub(super) fn settle_contexts(
        &mut self,
        files: &dyn FileSystem,
        configs: &[Config],
        config_files: &[FileId],
        values: Values,
    ) {
        self.nearby = Nearby::new(self);
        let mut left = MOST_CONFIGURED;
        for (config, file) in configs.iter().zip(config_files) {
            for spec in &config.contexts {
                let entry = self.configured(files, config, *file, spec);
                match left.checked_sub(entry.templates.len()) {
                    Some(rest) => {
                        left = rest;
                        self.configured.push(entry);
                    }
                    None => self.note_too_many(*file, spec, entry.templates.len()),
                }
            }
        }
        self.note_endless();
        self.typed.file = values.file.and_then(|path| self.unit_at(&path));
        if values.set.is_empty() {
            return;
        }
        let file = self.sources.add(Arc::new(settings::command_line(&values.set)));
        let given = self.units().filter(|(_, unit)| unit.role.is_given());
        let templates = given.filter_map(|(id, unit)| match &unit.content {
            Content::Template(template) => Some((id, template)),
            Content::Parameters(_) | Content::CompiledCopy | Content::Other => None,
        });
        let mut set = IdMap::default();
        let mut declared: Vec<&str> = Vec::new();
        for (id, template) in templates {
            declared.extend(template.params.iter().map(|param| &*param.name));
            set.extend(settings::of_command_line(file, &values.set, template).map(|made| (id, Arc::new(made))));
        }
        let problems: Vec<FileProblem> = values
            .set
            .iter()
            .filter(|(name, _)| !declared.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .map(|(name, _)| undeclared(name, &declared))
            .collect();
        self.typed.set = set;
        self.problems.extend(problems);
    }

    /// Reports that an entry is left out, because all entries together deploy too much.
    fn note_too_many(&mut self, file: FileId, spec: &ContextSpec, number: usize) {
        let message = format!(
            "`{}` deploys {number} templates; the entries of `[[contexts]]` deploy at most {MOST_CONFIGURED} together, \
             so this one is not checked",
            spec.name
        );
        let at = spec.range.in_file(file);
        self.problems.push(FileProblem::at(&self.sources, at, ProblemCode::LimitReached, message));
    }

    /// Reports parameter files that extend others too far, at the first one that is too many.
    fn note_endless(&mut self) {
        let is_first =
            |id: UnitId| self.is_endless(id) && self.extended_by(Some(id)).is_none_or(|next| !self.is_endless(next));
        let first = self.units().filter(|(id, _)| is_first(*id)).filter_map(|(_, unit)| match &unit.content {
            Content::Parameters(parameters) => Some((parameters.body.file, parameters.extends.as_ref()?.1)),
            Content::Template(_) | Content::CompiledCopy | Content::Other => None,
        });
        let problems: Vec<FileProblem> = first
            .map(|(file, range)| {
                let message = format!(
                    "this is parameter file number {} of a chain in which each extends the next; it and those that \
                     extend it are not checked",
                    LONGEST_CHAIN + 1
                );
                FileProblem::at(&self.sources, range.in_file(file), ProblemCode::LimitReached, message)
            })
            .collect();
        self.problems.extend(problems);
    }

    fn configured(&mut self, disk: &dyn FileSystem, config: &Config, file: FileId, spec: &ContextSpec) -> Configured {
        let is_template = |id: &UnitId| matches!(self.unit(*id).content, Content::Template(_));
        let fits = |id: &UnitId| {
            let path = config.relative(&self.unit(*id).path);
            self.unit(*id).role.is_given() && path.is_some_and(|path| spec.templates.is_match(path))
        };
        let ids = self.units().map(|(id, _)| id);
        let templates = ids.filter(|id| is_template(id) && fits(id) && !self.is_compiled_copy(*id)).collect();
        let mut files = Vec::new();
        for (written, range) in &spec.parameters {
            let (code, message) = match parameter_file(disk, config, written) {
                Ok(path) => {
                    let unit = self.unit_at(&path);
                    if let Some(id) = unit.filter(|id| matches!(self.unit(*id).content, Content::Parameters(_))) {
                        files.push(id);
                        continue;
                    }
                    (ProblemCode::Configuration, format!("`{written}` is no parameter file"))
                }
                Err(refusal) => (ProblemCode::ReadRefused, format!("`{written}` {refusal}")),
            };
            self.problems.push(FileProblem::at(&self.sources, range.in_file(file), code, message));
        }
        let set = Arc::new(settings::of_configuration(file, &spec.set));
        Configured { name: spec.name.clone(), templates, set, files }
    }
}

/// Reports a value from the command line that is for nothing.
fn undeclared(name: &str, declared: &[&str]) -> FileProblem {
    let near = nearest(name, declared.iter().copied());
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let message = format!("no template here has a parameter `{name}`{hint}");
    FileProblem::new(settings::COMMAND_LINE, ProblemCode::UnknownParameter, message)
}
