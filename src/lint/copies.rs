//! Compiled copies: a `main.json` that says that the Bicep compiler made it from the `main.bicep` beside it.
//!
//! Such a copy is left out, because all that there is to say of it is said of its source. But everybody can write that
//! into a template. So a copy is checked, with the values of each context of its source, and it is left out only when
//! nothing is wrong with it that is not wrong with its source. That is found out only for copies that can have a resource
//! that a selected rule is about; most have none, which is seen without lowering them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::{Draft, Outcome};
use super::judge_all;
use super::merge::is_limit;
use super::select::Selection;
use super::shown::Asked;
use crate::finding::{FileProblem, Subject};
use crate::project::{Context, Origin, Project, UnitId, map_all};
use crate::source::{Problem, ProblemCode, TextRange};
use crate::template::{DeploymentSource, Str, Template};

/// What copies say that their sources do not say.
#[derive(Default)]
pub(super) struct Copies {
    /// What was found in them, in each context.
    pub(super) outcomes: Vec<Outcome>,
    /// A note for each copy that was not left out.
    pub(super) notes: Vec<FileProblem>,
}

/// A copy that may say something.
struct Pair {
    source: UnitId,
    copy: UnitId,
    template: Arc<Template>,
}

/// Checks the copies that are asked about. `judged` are the contexts that were judged already, with what they say.
pub(super) fn judge(project: &Project, selection: &Selection, judged: (&[Asked], &[Outcome])) -> Copies {
    let is_asked = |id: UnitId| project.unit(id).role.is_shown() && project.is_compiled_copy(id);
    let pairs = project.compiled_ids().map(|(_, units)| units).filter(|[_, copy]| is_asked(*copy));
    let checked = map_all(pairs.collect(), |[source, copy]| {
        let unit = project.unit(copy);
        let template = project.look_for(unit, &|ty| selection.judges(ty))?;
        let may_say = is_linked(&template) || selection.declares(project, &template);
        may_say.then(|| check(project, selection, &Pair { source, copy, template }, judged))?
    });
    let mut copies = Copies::default();
    for (outcomes, note) in checked.into_iter().flatten() {
        copies.outcomes.extend(outcomes);
        copies.notes.push(note);
    }
    copies
}

/// What the copy of `pair` says in each context of its source, when that is more than the source says; and a note on it.
fn check(
    project: &Project,
    selection: &Selection,
    pair: &Pair,
    (contexts, judged): (&[Asked], &[Outcome]),
) -> Option<(Vec<Outcome>, FileProblem)> {
    let of_source = contexts.iter().zip(judged).filter(|(asked, _)| asked.context.unit == pair.source);
    let mut sources: Vec<(&Context, &Outcome)> = of_source.map(|(asked, outcome)| (&asked.context, outcome)).collect();
    // A source that is only called is judged alone, as its copy would be deployed.
    let alone: Vec<Asked> = match sources.is_empty() {
        true => project.alone(pair.source).into_iter().map(asked).collect(),
        false => Vec::new(),
    };
    let judged_alone = judge_all(project, selection, &alone);
    sources.extend(alone.iter().map(|asked| &asked.context).zip(&judged_alone));
    let path = project.unit(pair.copy).path.to_string_lossy().replace('\\', "/");
    let copies: Vec<Asked> = sources.iter().map(|(context, _)| asked(of_copy(context, pair, &path))).collect();
    let outcomes = judge_all(project, selection, &copies);
    let differs =
        is_linked(&pair.template) || sources.iter().zip(&outcomes).any(|((_, source), copy)| says_more(copy, source));
    differs.then(|| (outcomes, note(project, pair, path)))
}

const fn asked(context: Context) -> Asked {
    Asked { context, counts: true, wholly: true }
}

/// The context `of` the source for the copy at `path`.
fn of_copy(of: &Context, pair: &Pair, path: &str) -> Context {
    let name = match of.origin {
        Origin::Alone => path.to_owned(),
        _ => format!("{} ({path})", of.name),
    };
    Context { name, unit: pair.copy, template: Arc::clone(&pair.template), ..of.clone() }
}

/// Whether `template` deploys a template that lies elsewhere, which the compiler writes for no local file.
fn is_linked(template: &Template) -> bool {
    let mut deployments = template.resources.iter().filter_map(|resource| resource.deployment.as_ref());
    deployments.any(|deployment| match &deployment.source {
        DeploymentSource::Linked(_) | DeploymentSource::Reference(..) => true,
        DeploymentSource::Inline(nested) => is_linked(nested),
        _ => false,
    })
}

/// What something is said of: the rule, the type, the last part of the name, the property.
type Key = (Str, String, String, String);

/// Whether `copy` says something that `source` does not say.
fn says_more(copy: &Outcome, source: &Outcome) -> bool {
    let (ours, theirs) = (findings(source), findings(copy));
    let open = |outcome: &Outcome| {
        let drafts = outcome.undetermined.iter();
        counted(drafts.map(|Draft { said, .. }| key(&said.rule, &said.subject, "")))
    };
    let found = counted(source.findings.iter().map(|Draft { said, .. }| key(&said.rule, &said.subject, "")));
    let (our_open, their_open) = (open(source), open(copy));
    let number = |all: &BTreeMap<Key, usize>, key: &Key| all.get(key).copied().unwrap_or_default();
    let is_cut = |outcome: &Outcome| !outcome.failures.is_empty() || outcome.problems.iter().any(is_limit);
    theirs.iter().any(|(key, count)| *count > number(&ours, key))
        || their_open.iter().any(|(key, count)| *count > number(&our_open, key) + number(&found, key))
        || is_cut(copy) && !is_cut(source)
}

fn findings(outcome: &Outcome) -> BTreeMap<Key, usize> {
    counted(outcome.findings.iter().map(|Draft { said, .. }| key(&said.rule, &said.subject, &said.path)))
}

fn counted(keys: impl Iterator<Item = Key>) -> BTreeMap<Key, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn key(rule: &Str, subject: &Subject, path: &str) -> Key {
    // A child has the names of its parents in JSON only.
    let name = subject.name.rsplit('/').next().unwrap_or_default().to_lowercase();
    (rule.clone(), subject.resource_type.to_lowercase(), name, path.to_lowercase())
}

fn note(project: &Project, pair: &Pair, path: String) -> FileProblem {
    let source = project.unit(pair.source).path.to_string_lossy().replace('\\', "/");
    let message =
        format!("this says that it was compiled from `{source}`, but may deploy what that does not; both were checked");
    let problem = Problem { code: ProblemCode::CompiledCopyDiffers, range: TextRange::default(), message };
    FileProblem { path, span: None, problem, fails: false }
}
