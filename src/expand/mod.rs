//! What a template would deploy: every resource with its evaluated properties, modules and nested
//! deployments followed, loops unrolled, in the form of the Bicep CLI's snapshot.
//!
//! A linter must not assume where a template is deployed to. Somebody who wants to see what it makes
//! does: here the place has a default, and what is still not known is printed as an expression.

mod diff;
mod render;
mod snapshot;
mod stale;
mod table;

use std::path::{Path, PathBuf};

pub use diff::{ChangedResource, Diff, Difference};
pub use snapshot::Snapshot;
pub use stale::{Stale, TemplateSide, stale};

use serde_json::{Map, Value};

use crate::eval::{AssumedPlace, Evaluator, ResourceRef};
use crate::finding::{FileProblem, limit_problems};
use crate::project::{Context, Found, Inputs, Named, Project, with_stack};
use crate::source::{Cancel, FileSystem, ProblemCode, SourceMap, Span, Stack};

/// What to expand.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The template, or a parameter file that names it.
    pub file: PathBuf,
    /// The text of `file`, when it does not stand on disk.
    pub text: Option<String>,
    /// A parameter file for the template.
    pub parameters: Option<PathBuf>,
    /// Where the template is deployed to.
    pub place: AssumedPlace,
    /// Where `bicep restore` leaves modules, when `bicepconfig.json` does not set it.
    pub module_cache: Option<PathBuf>,
    /// The environment variables that may be read, each with its value when it is set.
    pub environment: Vec<(String, Option<String>)>,
    /// On how many threads to work; 0: one a core.
    pub threads: usize,
    /// The stack of these threads, which limits how deeply templates may be nested.
    pub stack: Stack,
    /// Ends the run early.
    pub cancel: Cancel,
}

/// The subscription that is assumed where none is given.
pub const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// The resource group that is assumed where none is given.
pub const RESOURCE_GROUP: &str = "myRg";

/// The place that is assumed where nothing else is given. The location stays unknown.
pub fn default_place() -> AssumedPlace {
    AssumedPlace {
        subscription: Some(SUBSCRIPTION.into()),
        resource_group: Some(RESOURCE_GROUP.into()),
        location: None,
    }
}

/// An expanded template.
#[derive(Debug)]
pub struct Expansion {
    /// What it deploys.
    pub snapshot: Snapshot,
    /// What could not be read or evaluated.
    pub problems: Vec<FileProblem>,
    /// The files that were read.
    pub sources: SourceMap,
}

/// Expands what `request` names, read through `files`.
///
/// ```
/// use armguard::{MemoryFiles, Request, expand};
///
/// let mut files = MemoryFiles::default();
/// files.insert("main.bicep", "param name string = 'law'\nresource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' = { name: name }");
/// let request = Request { file: "main.bicep".into(), ..Request::default() };
/// let expansion = expand(&files, &request).unwrap();
/// assert_eq!(expansion.snapshot.predicted_resources.len(), 1);
/// ```
///
/// # Errors
/// When the file cannot be read or is not a template; the text explains what to do.
pub fn expand(files: &dyn FileSystem, request: &Request) -> Result<Expansion, String> {
    with_stack(request.stack, request.threads, || run(files, request))?
}

fn run(files: &dyn FileSystem, request: &Request) -> Result<Expansion, String> {
    let found = |path: &PathBuf| Found { path: path.clone(), named: true };
    let stdin = request.text.clone().map(|text| (request.file.clone(), text));
    let named = stdin.is_none().then(|| found(&request.file));
    let paths = named.into_iter().chain(request.parameters.as_ref().map(found)).collect();
    let (module_cache, cancel, environment) =
        (request.module_cache.clone(), request.cancel.clone(), request.environment.clone());
    let inputs = Inputs { paths, stdin, module_cache, cancel, environment, ..Inputs::default() };
    let mut project = Project::load(files, inputs);
    if request.cancel.is_cancelled() {
        return Err(FileProblem::incomplete_run().message);
    }
    let context = context(&project, request)?;
    let mut expansion = expand_context(&project, &context, &request.place);
    let mut problems = std::mem::take(&mut project.problems);
    problems.append(&mut expansion.1);
    problems.sort_by(|a, b| (&a.path, a.span, &a.message).cmp(&(&b.path, b.span, &b.message)));
    limit_problems(&mut problems);
    if request.cancel.is_cancelled() {
        problems.insert(0, FileProblem::incomplete_run());
    }
    let mut snapshot = expansion.0;
    snapshot.diagnostics = problems.iter().map(|problem| snapshot::diagnostic(&project.sources, problem)).collect();
    Ok(Expansion { snapshot, problems, sources: std::mem::take(&mut project.sources) })
}

/// What the parameter file at `path` gives, by the names of the parameters; what is not known is an expression.
///
/// # Errors
/// When the file cannot be read or is no parameter file.
pub fn parameters(files: &dyn FileSystem, path: &Path) -> Result<Map<String, Value>, String> {
    let work = || {
        let paths = vec![Found { path: path.to_owned(), named: true }];
        let project = Project::load(files, Inputs { paths, ..Inputs::default() });
        let parameters = project.parameters_at(path);
        let parameters = parameters.ok_or_else(|| format!("`{}` is no parameter file", path.display()))?;
        let eval = Evaluator::new(&project).showing_loaded();
        Ok(render::given(&eval, &eval.given_by(&parameters)))
    };
    with_stack(Stack::PROGRAM, 1, work)?
}

/// The template to expand, with its parameter files.
fn context(project: &Project, request: &Request) -> Result<Context, String> {
    let shown = request.file.display();
    let unreadable = || {
        let path = request.file.to_string_lossy().replace('\\', "/");
        let problem = project.problems.iter().find(|problem| problem.path == path && problem.span.is_none());
        match problem {
            Some(problem) => format!("`{shown}`: {}", problem.message),
            None => format!("`{shown}` is no template; name a `.bicep` file, an ARM template or a `.bicepparam` file"),
        }
    };
    let target = project.named(&request.file).ok_or_else(unreadable)?;
    let context = match (target, &request.parameters) {
        (Named::Template(context), None) => return Ok(context),
        (Named::Template(context), Some(_)) => context,
        (Named::Parameters(Some(context)), None) => return Ok(context),
        (Named::Parameters(None), _) => {
            return Err(format!(
                "`{shown}` does not say which template it is for; name the template, and this file with `--params`"
            ));
        }
        (Named::Parameters(Some(_)), Some(_)) => {
            return Err(format!("`{shown}` is a parameter file; with `--params`, name the template instead"));
        }
    };
    let parameters = request.parameters.as_deref().unwrap_or(&request.file);
    match project.parameters_at(parameters) {
        Some(files) => Ok(Context { parameters: files, ..context }),
        None => Err(format!(
            "`{}` is no parameter file; `--params` takes a `.bicepparam` file or a JSON parameter file",
            parameters.display()
        )),
    }
}

/// Of the resources that `context` deploys, those of which the place of their declaration is `wanted`.
pub(crate) fn resources_of(
    project: &Project,
    context: &Context,
    wanted: &dyn Fn(Span) -> bool,
) -> Vec<Map<String, Value>> {
    let eval = Evaluator::new(project);
    let root = eval.root_of(context);
    let is_wanted = |resource: &ResourceRef| {
        let file = eval.frame(resource.frame).template.file;
        wanted(eval.with_declared(resource, |declared| declared.range).in_file(file))
    };
    render::resources(&eval, root, &is_wanted).into_iter().map(|printed| printed.members).collect()
}

/// Expands `context`, deployed to `place`; what could not be evaluated comes as problems.
pub fn expand_context(project: &Project, context: &Context, place: &AssumedPlace) -> (Snapshot, Vec<FileProblem>) {
    let eval = Evaluator::assuming(project, place.clone()).showing_loaded();
    let root = eval.root_of(context);
    let snapshot = render::render(&eval, root);
    let problems = eval.take_problems().into_iter().map(|(span, code, message)| FileProblem {
        fails: code != ProblemCode::ModuleNotRead,
        ..FileProblem::at(&project.sources, span, code, message)
    });
    (snapshot, problems.collect())
}

/// A name as a part of a line for people: newlines in it must not start a line of their own.
fn in_line(name: &str) -> String {
    name.replace(['\r', '\n'], " ")
}
