//! Which files refer to which.

use std::sync::Arc;

use super::{Content, Project, UnitId};
use crate::source::{FileId, IdSet, TextRange};
use crate::template::{DeploymentSource, ImportId, ParameterFile, Str, Template};

/// A reference from one file to another.
pub(super) struct Reference {
    pub(super) from: FileId,
    pub(super) written: Str,
    pub(super) range: TextRange,
    /// Whether it deploys what it refers to, and not only takes names or parameters from it.
    pub(super) deploys: bool,
}

/// All references to other files in `template`, nested templates included.
pub(super) fn collect(template: &Template, references: &mut Vec<Reference>) {
    let from = template.file;
    // What brings types only carries no value.
    let used = template.imports.iter().enumerate().filter(|(at, _)| template.uses_import(ImportId(*at as u32)));
    references.extend(used.map(|(_, import)| Reference {
        from,
        written: import.reference.clone(),
        range: import.range,
        deploys: false,
    }));
    for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
        match &deployment.source {
            DeploymentSource::Reference(written, range) => {
                references.push(Reference { from, written: written.clone(), range: *range, deploys: true });
            }
            DeploymentSource::Inline(nested) => collect(nested, references),
            DeploymentSource::Outer(_) | DeploymentSource::Computed(_) | DeploymentSource::Linked(_) => {}
        }
    }
}

impl Project {
    /// The units that the template or parameter file `id` refers to.
    pub(super) fn referred(&self, id: UnitId) -> Vec<UnitId> {
        let mut references = Vec::new();
        match &self.unit(id).content {
            Content::Template(template) => collect(template, &mut references),
            Content::Parameters(parameters) => {
                collect(&parameters.body, &mut references);
                let files = [&parameters.using, &parameters.extends].map(|file| self.named_by(parameters, file));
                let imported =
                    references.iter().filter_map(|reference| self.target(reference.from, &reference.written));
                return imported.chain(files.into_iter().flatten()).collect();
            }
            Content::CompiledCopy | Content::Other => {}
        }
        references.iter().filter_map(|reference| self.target(reference.from, &reference.written)).collect()
    }

    /// `roots`, and all that they refer to, directly or through others.
    pub fn reached_from(&self, roots: impl IntoIterator<Item = UnitId>) -> IdSet<UnitId> {
        let mut reached = IdSet::default();
        let mut open: Vec<UnitId> = roots.into_iter().collect();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.referred(id));
            }
        }
        reached
    }

    /// The unit that the parameter file `id` is for by its own words, and the chain of parameter files that it
    /// extends, itself first.
    pub(super) fn chain(&self, id: UnitId) -> (Option<UnitId>, Vec<Arc<ParameterFile>>) {
        let (mut using, mut files) = (None, Vec::new());
        for id in self.chain_ids(id) {
            if let Content::Parameters(parameters) = &self.unit(id).content {
                using = using.or_else(|| self.named_by(parameters, &parameters.using));
                files.push(parameters.clone());
            }
        }
        (using, files)
    }

    /// The parameter file `id` and those that it extends, each once.
    pub(super) fn chain_ids(&self, id: UnitId) -> Vec<UnitId> {
        let mut ids = vec![id];
        let mut at = Some(id);
        while let Some(id) = at {
            let Content::Parameters(parameters) = &self.unit(id).content else { break };
            at = self.named_by(parameters, &parameters.extends).filter(|next| !ids.contains(next));
            ids.extend(at);
        }
        ids
    }

    fn named_by(&self, from: &ParameterFile, reference: &Option<(Str, TextRange)>) -> Option<UnitId> {
        reference.as_ref().and_then(|(written, _)| self.target(from.body.file, written))
    }

    pub(super) fn target(&self, from: FileId, reference: &Str) -> Option<UnitId> {
        match self.references.get(&(from, reference.clone())) {
            Some(super::Target::Unit(unit)) => Some(*unit),
            _ => None,
        }
    }
}
