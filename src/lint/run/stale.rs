//! Templates that the Bicep compiler made, against the files from which it made them.

use std::sync::Arc;

use rulefile::FAILED;
use serde_json::Value;

use super::context::{self, ContextOutcome, failure};
use crate::eval::Instance;
use crate::expand::{Stale, TemplateSide, stale};
use crate::fix::Proposer;
use crate::lint::plan::Plan;
use crate::model::{Assumptions, Model, World};
use crate::project::{Project, Unit, map_all};
use crate::rules::answer::Miss;
use crate::rules::{Rule, native};
use crate::source::{Span, Str, TextRange, caught};
use crate::template::Template;

/// Characters of the longest value that is shown.
const LONGEST: usize = 60;

/// The outcomes for the compiled templates that are shown, when a rule about them is selected.
pub(super) fn check(plan: &Plan<'_>) -> Vec<ContextOutcome> {
    let about_them = plan.rules.rules().iter().filter(|rule| rule.is_of_templates(native::COMPILED_TEMPLATE_STALE));
    about_them.filter(|rule| plan.selection.reports(rule)).flat_map(|rule| check_all(plan, rule)).collect()
}

fn check_all(plan: &Plan<'_>, rule: &Rule) -> Vec<ContextOutcome> {
    let Plan { project, scope, .. } = plan;
    let has =
        |unit: &Unit| unit.role.is_shown() && project.sources.find(&unit.path).is_some_and(|file| scope.has(file));
    let pairs = project
        .compiled_pairs()
        .filter(|(template, units)| template.problems.is_empty() && units.iter().any(|unit| has(unit)));
    map_all(pairs.collect(), |(template, [_, compiled])| {
        if project.cancel.is_cancelled() {
            return ContextOutcome::default();
        }
        let other = project.look_into(compiled).filter(|other| other.problems.is_empty());
        let Some(other) = other else { return ContextOutcome::default() };
        let checked = caught(|| check_pair(project, rule, template, &other));
        checked.unwrap_or_else(|error| {
            let failures = vec![failure(project, TextRange::default().in_file(template.file), &error)];
            ContextOutcome { failures, ..ContextOutcome::default() }
        })
    })
}

fn check_pair(project: &Project, rule: &Rule, template: &Arc<Template>, other: &Arc<Template>) -> ContextOutcome {
    let path = |template: &Template| project.sources.get(template.file).display_path();
    let mut outcome = ContextOutcome { name: path(template), wholly: true, ..ContextOutcome::default() };
    let (eval, other_eval) = (TemplateSide::evaluator(project), TemplateSide::evaluator(project));
    let (source, compiled) = (TemplateSide::new(&eval, template), TemplateSide::new(&other_eval, other));
    let name = path(other).rsplit('/').next().unwrap_or_default().to_owned();
    let mut finding = |model: &Model<'_, '_>, instance: &Instance, mut miss: Miss| {
        miss.values.push(("item", name.clone()));
        let world = World::new(model.eval, Assumptions::default());
        outcome.find(context::finding(model, &world, instance, rule, &miss, &Proposer::new(project)));
    };
    match stale(&source, &compiled) {
        Some(Stale::Property { of: [ours, theirs], path, values: [value, found] }) => {
            let names: Vec<&str> = path.iter().map(|name| &**name).take_while(|name| !name.starts_with('[')).collect();
            let mut miss = Miss::new(&names, FAILED);
            miss.values = vec![("field", joined(&path)), ("value", short_text(&value)), ("found", short_text(&found))];
            miss.places.push((place(&compiled.model, &theirs, &miss.path), "compiled".into()));
            finding(&source.model, &ours, miss);
        }
        Some(Stale::Missing(instance)) => finding(&source.model, &instance, Miss::new(&[], "missing")),
        Some(Stale::Added(instance)) => finding(&compiled.model, &instance, Miss::new(&[], "added")),
        None => {
            let unread = [&source, &compiled].into_iter().find_map(|side| Some((side, side.unread()?)));
            if let Some((side, instance)) = unread {
                let term = side
                    .model
                    .eval
                    .outside(&format!("what `{}` deploys", side.model.eval.title_of(&instance.resource)));
                outcome.add_undetermined(context::undetermined(&side.model, instance, rule, &[], &[term]));
            }
        }
    }
    outcome
}

/// Where a property of a resource is decided.
fn place(model: &Model<'_, '_>, instance: &Instance, path: &[Str]) -> Span {
    let world = World::new(model.eval, Assumptions::default());
    crate::model::explain(&world, &instance.resource, path, crate::model::CommonLabels::default()).primary
}

/// `properties.subnets[0].name`.
fn joined(path: &[Str]) -> String {
    path.join(".").replace(".[", "[")
}

/// A value in a sentence.
fn short_text(value: &Value) -> String {
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        value => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("`{}…`", &text[..at]),
        None => format!("`{text}`"),
    }
}
