//! Which files refer to which.

use std::sync::Arc;

use super::{Content, Project, UnitId};
use crate::source::{FileId, IdSet, Str, TextRange};
use crate::template::{DeploymentSource, ImportId, ParameterFile, Template};

/// Parameter files in a chain of which each extends the next. Bicep has two in all examples.
pub(super) const LONGEST_CHAIN: usize = 32;

/// A reference from one file to another.
pub(super) struct FileReference {
    pub(super) from: FileId,
    pub(super) written: Str,
    pub(super) range: TextRange,
    /// Whether it deploys what it refers to, and not only takes names or parameters from it.
    pub(super) deploys: bool,
    /// Whether it takes nothing but types: a file that is not there takes nothing away then.
    pub(super) only_types: bool,
}

/// All references to other files in `template`, nested templates included.
pub(super) fn collect(template: &Template, references: &mut Vec<FileReference>) {
    let from = template.file;
    // An import of types only brings no value, but may declare that one is a secret.
    let used_imports = if template.imports.is_empty() { IdSet::default() } else { template.used_imports() };
    let used = template.imports.iter().enumerate().filter_map(|(at, import)| {
        let id = ImportId(at as u32);
        let only_types = !used_imports.contains(&id);
        (!only_types || template.uses_types_of(id)).then_some((import, only_types))
    });
    references.extend(used.map(|(import, only_types)| FileReference {
        from,
        written: import.reference.clone(),
        range: import.range,
        deploys: false,
        only_types,
    }));
    for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
        match &deployment.source {
            DeploymentSource::Reference(written, range) => {
                references.push(FileReference {
                    from,
                    written: written.clone(),
                    range: *range,
                    deploys: true,
                    only_types: false,
                });
            }
            DeploymentSource::Inline(nested) => collect(nested, references),
            DeploymentSource::Outer(_) | DeploymentSource::Computed(_) | DeploymentSource::Linked(_) => {}
        }
    }
}

impl Project {
    /// The units that the template or parameter file `id` refers to.
    pub(super) fn referred(&self, id: UnitId) -> &[UnitId] {
        let all = self.referred.get_or_init(|| self.units().map(|(id, _)| self.references_of(id)).collect());
        all.get(id.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    fn references_of(&self, id: UnitId) -> Vec<UnitId> {
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

    /// The units that the template `id` deploys.
    pub(crate) fn deployed_from(&self, id: UnitId) -> impl Iterator<Item = UnitId> {
        let mut references = Vec::new();
        if let Content::Template(template) = &self.unit(id).content {
            collect(template, &mut references);
        }
        let deployed = references.into_iter().filter(|reference| reference.deploys);
        deployed.filter_map(|reference| self.target(reference.from, &reference.written))
    }

    /// `roots`, and all that they refer to, directly or through others.
    pub fn reached_from(&self, roots: impl IntoIterator<Item = UnitId>) -> IdSet<UnitId> {
        let mut reached = IdSet::default();
        let mut open: Vec<UnitId> = roots.into_iter().collect();
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend_from_slice(self.referred(id));
            }
        }
        reached
    }

    /// The unit that the parameter file `id` names itself, and the chain of parameter files that it
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

    /// The parameter file `id` and those that it extends, each once; of a chain that [is too long](Self::is_endless)
    /// the beginning.
    pub(super) fn chain_ids(&self, id: UnitId) -> Vec<UnitId> {
        let mut ids = vec![id];
        while ids.len() < LONGEST_CHAIN
            && let Some(next) = self.extended_by(ids.last().copied()).filter(|next| !ids.contains(next))
        {
            ids.push(next);
        }
        ids
    }

    /// Whether the parameter file `id` extends others, one the next, farther than they are followed.
    pub(super) fn is_endless(&self, id: UnitId) -> bool {
        let ids = self.chain_ids(id);
        ids.len() == LONGEST_CHAIN && self.extended_by(ids.last().copied()).is_some_and(|next| !ids.contains(&next))
    }

    /// The parameter file that `id` extends.
    pub(super) fn extended_by(&self, id: Option<UnitId>) -> Option<UnitId> {
        let Content::Parameters(parameters) = &self.unit(id?).content else { return None };
        self.named_by(parameters, &parameters.extends)
    }

    fn named_by(&self, from: &ParameterFile, reference: &Option<(Str, TextRange)>) -> Option<UnitId> {
        reference.as_ref().and_then(|(written, _)| self.target(from.body.file, written))
    }

    pub(super) fn target(&self, from: FileId, reference: &Str) -> Option<UnitId> {
        match self.references.get(&(from, reference.clone())) {
            Some(super::ReferenceTarget::Unit(unit)) => Some(*unit),
            _ => None,
        }
    }
}
