//! Contexts: in what ways the project deploys its templates.
//!
//! Roots are parameter files, and templates that nothing in the project calls. A template that is only
//! called is judged where it is called.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{Content, Project, UnitId, load};
use crate::template::{ParameterFile, Template};

/// One way in which a template is deployed.
#[derive(Debug, Clone)]
pub struct Context {
    /// What to call it: the path of the parameter file, else of the template.
    pub name: String,
    /// The template.
    pub template: Arc<Template>,
    /// The parameter files, the one that is named first; then those that it extends.
    pub parameters: Vec<Arc<ParameterFile>>,
}

/// A file that was named, as a way to deploy a template.
#[derive(Debug, Clone)]
pub enum Named {
    /// A template, with its defaults.
    Template(Context),
    /// A parameter file, with its template when that is known.
    Parameters(Option<Context>),
}

impl Project {
    /// All contexts, in the order of the inputs. `standalone`: templates that others call are judged
    /// alone, too.
    pub fn contexts(&self, standalone: bool) -> Vec<Context> {
        let mut called: FxHashSet<UnitId> = FxHashSet::default();
        for (id, unit) in self.units() {
            match &unit.content {
                Content::Template(template) => {
                    called.extend(load::called(self, template).into_iter().filter(|callee| *callee != id));
                }
                Content::Parameters(_) => called.extend(self.deployed_by(id)),
                Content::Other => {}
            }
        }
        let mut contexts = Vec::new();
        for (id, unit) in self.units().filter(|(_, unit)| unit.given) {
            match &unit.content {
                Content::Parameters(_) => contexts.extend(self.parameter_context(id)),
                Content::Template(_) if called.contains(&id) && !standalone => {}
                Content::Template(_) if self.is_compiled_copy(id) => {}
                Content::Template(_) => contexts.extend(self.alone(id)),
                Content::Other => {}
            }
        }
        contexts
    }

    /// The template `id` with its defaults.
    pub fn alone(&self, id: UnitId) -> Option<Context> {
        let unit = self.unit(id);
        match &unit.content {
            Content::Template(template) => Some(Context {
                name: self.sources.get(template.file).display_path(),
                template: template.clone(),
                parameters: Vec::new(),
            }),
            Content::Parameters(_) | Content::Other => None,
        }
    }

    /// What the file at `path` deploys; `None` when it is neither a template nor a parameter file.
    pub fn named(&self, path: &Path) -> Option<Named> {
        let id = self.unit_at(path)?;
        match &self.unit(id).content {
            Content::Template(_) => self.alone(id).map(Named::Template),
            Content::Parameters(_) => Some(Named::Parameters(self.parameter_context(id))),
            Content::Other => None,
        }
    }

    /// The parameter file at `path`, then those that it extends; `None` when it is none.
    pub fn parameters_at(&self, path: &Path) -> Option<Vec<Arc<ParameterFile>>> {
        let id = self.unit_at(path)?;
        matches!(self.unit(id).content, Content::Parameters(_)).then(|| load::chain(self, id).1)
    }

    /// The template that the parameter file `id` is for.
    fn deployed_by(&self, id: UnitId) -> Option<UnitId> {
        load::chain(self, id).0.or_else(|| self.match_template(id))
    }

    fn parameter_context(&self, id: UnitId) -> Option<Context> {
        let (_, parameters) = load::chain(self, id);
        let name = self.sources.get(parameters.first()?.body.file).display_path();
        match &self.unit(self.deployed_by(id)?).content {
            Content::Template(template) => Some(Context { name, template: template.clone(), parameters }),
            Content::Parameters(_) | Content::Other => None,
        }
    }

    /// Parameter files of the inputs that belong to no template that was read, and that no other one extends.
    pub fn unused_parameters(&self) -> impl Iterator<Item = UnitId> {
        let files = || self.units().filter(|(_, unit)| matches!(unit.content, Content::Parameters(_)));
        let extended: FxHashSet<UnitId> =
            files().flat_map(|(id, _)| load::chain_ids(self, id).into_iter().skip(1)).collect();
        let given = files().filter(|(_, unit)| unit.given).map(|(id, _)| id);
        given.filter(move |id| !extended.contains(id) && self.parameter_context(*id).is_none())
    }

    /// Whether the Bicep compiler made this file from the `.bicep` file beside it, and nobody named it.
    pub fn is_compiled_copy(&self, id: UnitId) -> bool {
        let unit = self.unit(id);
        let compiled = matches!(&unit.content, Content::Template(template) if template.compiled);
        compiled && !unit.named && self.unit_at(&unit.path.with_extension("bicep")).is_some()
    }
}
