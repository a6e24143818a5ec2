//! What a run shows: what concerns the files that were named, or that lie in the folders that were. The project around
//! them takes part in the verdicts.

use super::selection::Selection;
use crate::finding::{FileProblem, Finding, Undetermined};
use crate::project::{Content, Context, Project, Role, UnitId};
use crate::source::{FileId, HashSet, IdSet, ProblemCode, Span};

/// What is shown.
pub(in crate::lint) struct ReportScope {
    /// The files about which everything is shown; `None` when that is the whole project.
    only: Option<Only>,
}

struct Only {
    files: IdSet<FileId>,
    units: IdSet<UnitId>,
    /// The paths of these files, and of those that they refer to.
    paths: HashSet<String>,
}

/// A context to check.
pub(in crate::lint) struct Planned {
    pub(in crate::lint) context: Context,
    /// Whether it deploys a shown file. The others only show how else the same declarations are deployed.
    pub(in crate::lint) counts: bool,
    /// Whether everything in it is shown: its own template or parameter file is.
    pub(in crate::lint) wholly: bool,
}

impl ReportScope {
    pub(in crate::lint) fn new(project: &Project) -> Self {
        if project.units().all(|(_, unit)| unit.role != Role::Around) {
            return Self { only: None };
        }
        let units: IdSet<UnitId> = project.units().filter(|(_, unit)| unit.role.is_shown()).map(|(id, _)| id).collect();
        let files = units.iter().filter_map(|id| file_of(project, *id)).collect();
        let reached = project.reached_from(units.iter().copied());
        let paths = reached.iter().map(|id| project.path_of(*id)).collect();
        Self { only: Some(Only { files, units, paths }) }
    }

    /// Those of `contexts` that are checked.
    pub(in crate::lint) fn contexts(
        &self,
        project: &Project,
        selection: &Selection,
        contexts: Vec<Context>,
    ) -> Vec<Planned> {
        let Some(only) = &self.only else {
            return contexts.into_iter().map(|context| Planned { context, counts: true, wholly: true }).collect();
        };
        let roots = |context: &Context| context.files.iter().copied().chain([context.unit]).collect::<Vec<_>>();
        // What contexts reach is looked up twice, because for all of them it would be too much to keep.
        let mut declared = IdSet::default();
        let counts: Vec<bool> = contexts
            .iter()
            .map(|context| {
                let reached = project.reached_from(roots(context));
                let counts = !reached.is_disjoint(&only.units);
                if counts {
                    declared.extend(reached);
                }
                counts
            })
            .collect();
        // What is declared in these contexts may be deployed in others, too.
        declared.retain(|id| match &project.unit(*id).content {
            Content::Template(template) => selection.declares(project, template),
            Content::Parameters(_) | Content::CompiledCopy | Content::Other => false,
        });
        let is_needed = |context: &Context| !project.reached_from(roots(context)).is_disjoint(&declared);
        let needed = contexts.into_iter().zip(counts).filter(|(context, counts)| *counts || is_needed(context));
        needed
            .map(|(context, counts)| {
                let wholly = roots(&context).iter().any(|root| only.units.contains(root));
                Planned { context, counts, wholly }
            })
            .collect()
    }

    /// Whether the whole project is shown.
    pub(in crate::lint) fn is_all(&self) -> bool {
        self.only.is_none()
    }

    /// Whether what concerns `file` is shown.
    pub(in crate::lint) fn has(&self, file: FileId) -> bool {
        self.only.as_ref().is_none_or(|only| only.files.contains(&file))
    }

    /// The paths of the files about which everything is shown.
    pub(in crate::lint) fn shown_files(&self, project: &Project) -> impl Iterator<Item = String> {
        let files = project.sources.iter().filter(|(file, _)| self.has(*file));
        files.map(|(_, file)| file.display_path())
    }

    /// Whether `problem` is shown.
    pub(in crate::lint) fn concerns(&self, problem: &FileProblem) -> bool {
        let always = matches!(problem.code, ProblemCode::Configuration | ProblemCode::UnknownParameter);
        always || self.only.as_ref().is_none_or(|only| only.paths.contains(&problem.path))
    }
}

/// Something with places.
pub(in crate::lint) trait Placed {
    /// All places that it names.
    fn places(&self) -> Vec<Span>;
}

impl Placed for Finding {
    fn places(&self) -> Vec<Span> {
        let related = self.related.iter().map(|label| label.span);
        let calls = self.subject.call_path.iter().map(|call| call.declared);
        related.chain(calls).chain([self.primary.span, self.subject.declared]).collect()
    }
}

impl Placed for Undetermined {
    fn places(&self) -> Vec<Span> {
        let calls = self.subject.call_path.iter().map(|call| call.declared);
        calls.chain([self.primary.span, self.subject.declared]).collect()
    }
}

fn file_of(project: &Project, id: UnitId) -> Option<FileId> {
    match &project.unit(id).content {
        Content::Template(template) => Some(template.file),
        Content::Parameters(parameters) => Some(parameters.body.file),
        Content::CompiledCopy | Content::Other => None,
    }
}
