//! What a run is asked about: the files that were named, or that lie in the folders that were. The project
//! around them takes part in the verdicts, but only what concerns those files is shown.

use super::select::Selection;
use crate::finding::{FileProblem, Finding, Undetermined};
use crate::project::{Content, Context, Project, Role, UnitId};
use crate::source::{FileId, HashSet, IdSet, ProblemCode, Span};

/// What is asked about, and what that needs.
pub(super) struct Shown {
    /// The files asked about; `None` when that is the whole project.
    only: Option<Only>,
}

struct Only {
    files: IdSet<FileId>,
    units: IdSet<UnitId>,
    /// The paths of these files, and of those that they refer to.
    paths: HashSet<String>,
}

/// A context to judge.
pub(super) struct Asked {
    pub(super) context: Context,
    /// Whether it deploys what is asked about. The others just say how else the same declarations are deployed.
    pub(super) counts: bool,
    /// Whether everything in it is asked about: its own template or parameter file is.
    pub(super) wholly: bool,
}

impl Shown {
    pub(super) fn new(project: &Project) -> Self {
        if project.units().all(|(_, unit)| unit.role != Role::Around) {
            return Self { only: None };
        }
        let units: IdSet<UnitId> = project.units().filter(|(_, unit)| unit.role.is_shown()).map(|(id, _)| id).collect();
        let files = units.iter().filter_map(|id| file_of(project, *id)).collect();
        let reached = project.reached_from(units.iter().copied());
        let paths = reached.iter().map(|id| project.path_of(*id)).collect();
        Self { only: Some(Only { files, units, paths }) }
    }

    /// Those of `contexts` that have a say.
    pub(super) fn contexts(&self, project: &Project, selection: &Selection, contexts: Vec<Context>) -> Vec<Asked> {
        let Some(only) = &self.only else {
            return contexts.into_iter().map(|context| Asked { context, counts: true, wholly: true }).collect();
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
                Asked { context, counts, wholly }
            })
            .collect()
    }

    /// Whether the whole project is asked about.
    pub(super) fn is_all(&self) -> bool {
        self.only.is_none()
    }

    /// Whether `file` is asked about.
    pub(super) fn has(&self, file: FileId) -> bool {
        self.only.as_ref().is_none_or(|only| only.files.contains(&file))
    }

    pub(super) fn concerns(&self, problem: &FileProblem) -> bool {
        let always = matches!(problem.problem.code, ProblemCode::Configuration | ProblemCode::UnknownParameter);
        always || self.only.as_ref().is_none_or(|only| only.paths.contains(&problem.path))
    }
}

/// Something with places.
pub(super) trait Places {
    /// All places that it names.
    fn places(&self) -> Vec<Span>;
}

impl Places for Finding {
    fn places(&self) -> Vec<Span> {
        let related = self.related.iter().map(|label| label.span);
        let calls = self.subject.call_path.iter().map(|call| call.declared);
        related.chain(calls).chain([self.primary.span, self.subject.declared]).collect()
    }
}

impl Places for Undetermined {
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
