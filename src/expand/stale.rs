//! Whether a template that was compiled from another one still deploys the same.
//!
//! Both are evaluated with their defaults for the same place. Only what is known on both sides can differ.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::default_place;
use super::render::{Printed, resource, revealed};
use crate::eval::{Evaluator, Instance};
use crate::model::Model;
use crate::project::Project;
use crate::source::{HashMap, Str};
use crate::template::Template;

/// A template with its evaluation.
pub struct TemplateSide<'e, 'p> {
    /// Its resources.
    pub model: Model<'e, 'p>,
    printed: Vec<Printed>,
}

impl<'p> TemplateSide<'_, 'p> {
    /// An evaluator for one side, to be deployed to the place that is assumed.
    pub fn evaluator(project: &'p Project) -> Evaluator<'p> {
        Evaluator::assuming(project, default_place())
    }
}

impl<'e, 'p> TemplateSide<'e, 'p> {
    /// Evaluates `template` with its defaults.
    pub fn new(eval: &'e Evaluator<'p>, template: &Arc<Template>) -> Self {
        let root = eval.root(Arc::clone(template), Vec::new());
        let printed = revealed(eval, root);
        Self { model: Model::new(eval, root, &|_| true, &|_| true), printed }
    }

    /// A deployment of which it cannot be seen what it deploys.
    pub fn unread(&self) -> Option<&Instance> {
        let eval = self.model.eval;
        let is_known = |instance: &&Instance| {
            let child = eval.child(&instance.resource).map(|child| eval.frame(child).template.file);
            child.is_some_and(|file| eval.project.is_known(file))
        };
        let all = || self.model.resources.iter().chain(&self.model.others);
        self.model.unread().or_else(|| all().find(is_known))
    }

    /// `value`, which was compared at `path` of `instance`, as it may be shown: a hidden one as what stands for it.
    fn shown(&self, instance: &Instance, path: &[String], value: Value) -> Value {
        if value.is_null() {
            return value;
        }
        let mut shown = resource(self.model.eval, instance).map_or(Value::Null, Value::Object);
        for name in path {
            shown = match (&shown, name.strip_prefix('[').and_then(|at| at.strip_suffix(']')?.parse::<usize>().ok())) {
                (Value::Array(items), Some(at)) => items.get(at).cloned().unwrap_or_default(),
                (Value::Object(members), _) => {
                    let found = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                    found.map(|(_, value)| value.clone()).unwrap_or_default()
                }
                // Something around it is hidden as a whole.
                _ => break,
            };
        }
        shown
    }

    /// Whether it may deploy more than can be seen.
    fn may_have_more(&self) -> bool {
        self.model.eval.is_exhausted() || self.unread().is_some()
    }
}

/// What a compiled template deploys otherwise than its source.
#[derive(Debug)]
pub enum Stale {
    /// A property has another value.
    Property {
        /// The resource of the source, and that of the compiled template.
        of: [Instance; 2],
        /// The property.
        path: Vec<Str>,
        /// Its values, in the same order; null when it is absent.
        values: [Value; 2],
    },
    /// Only the source deploys this.
    Missing(Instance),
    /// Only the compiled template deploys this.
    Added(Instance),
}

/// The first certain difference between a template and what was compiled from it.
pub fn stale(source: &TemplateSide<'_, '_>, compiled: &TemplateSide<'_, '_>) -> Option<Stale> {
    let (ours, theirs) = (by_identity(&source.printed), by_identity(&compiled.printed));
    for printed in &source.printed {
        let key = identity(printed);
        let ([_], Some([other])) = (ours[&key].as_slice(), theirs.get(&key).map(Vec::as_slice)) else { continue };
        if printed.members.get("condition") != other.members.get("condition") {
            continue;
        }
        let is_whole = printed.is_whole && other.is_whole;
        let mut path = Vec::new();
        if let Some([a, b]) = differ_in(&written(printed), &written(other), is_whole, &mut path) {
            let of = [printed.instance.clone(), other.instance.clone()];
            let values = [source.shown(&of[0], &path, a), compiled.shown(&of[1], &path, b)];
            return Some(Stale::Property { of, path: path.into_iter().map(Str::from).collect(), values });
        }
    }
    let only = |side: &TemplateSide<'_, '_>,
                other: &HashMap<(String, String), Vec<&Printed>>,
                others: &TemplateSide<'_, '_>| {
        if others.may_have_more() || others.printed.iter().any(|printed| !has_known_id(printed)) {
            return None;
        }
        let certain = |printed: &&Printed| has_known_id(printed) && !printed.members.contains_key("condition");
        let missing = side.printed.iter().filter(certain).find(|printed| !other.contains_key(&identity(printed)));
        missing.map(|printed| printed.instance.clone())
    };
    let missing = only(source, &theirs, compiled).map(Stale::Missing);
    missing.or_else(|| only(compiled, &ours, source).map(Stale::Added))
}

/// The members of a resource, without those that identify it: there casing does not matter.
fn written(printed: &Printed) -> Map<String, Value> {
    let identifies = |name: &str| matches!(name, "id" | "type" | "name" | "scope");
    printed
        .members
        .iter()
        .filter(|(name, _)| !identifies(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What distinguishes one resource from another: type and id.
fn identity(printed: &Printed) -> (String, String) {
    let text = |name: &str| match printed.members.get(name) {
        Some(Value::String(text)) => text.to_lowercase(),
        _ => String::new(),
    };
    (text("type"), text("id"))
}

fn has_known_id(printed: &Printed) -> bool {
    printed.members.get("id").is_some_and(|id| !is_expression(id))
}

fn by_identity(all: &[Printed]) -> HashMap<(String, String), Vec<&Printed>> {
    let mut by_identity = HashMap::<_, Vec<&Printed>>::default();
    for printed in all {
        by_identity.entry(identity(printed)).or_default().push(printed);
    }
    by_identity
}

/// The values that certainly differ first, and at the end of `path` where that is.
fn difference(a: &Value, b: &Value, path: &mut Vec<String>) -> Option<[Value; 2]> {
    if is_expression(a) || is_expression(b) {
        return None;
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => differ_in(a, b, true, path),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| {
                path.push(format!("[{at}]"));
                let found = difference(a, b, path);
                if found.is_none() {
                    path.pop();
                }
                found
            })
        }
        _ if a == b => None,
        _ => Some([a.clone(), b.clone()]),
    }
}

/// The same of the members of objects; `is_whole`: what is not there is absent.
fn differ_in(
    a: &Map<String, Value>,
    b: &Map<String, Value>,
    is_whole: bool,
    path: &mut Vec<String>,
) -> Option<[Value; 2]> {
    let find = |all: &Map<String, Value>, key: &str| {
        let exact = all.get(key);
        let found =
            exact.or_else(|| all.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| value));
        found.cloned().unwrap_or(Value::Null)
    };
    let more = b.keys().filter(|key| !a.keys().any(|other| other.eq_ignore_ascii_case(key)));
    for key in a.keys().chain(more) {
        let (ours, theirs) = (find(a, key), find(b, key));
        if !is_whole && (ours.is_null() || theirs.is_null()) {
            continue;
        }
        path.push(key.clone());
        if let Some(found) = difference(&ours, &theirs, path) {
            return Some(found);
        }
        path.pop();
    }
    None
}

/// Whether a printed value is one that is not known.
fn is_expression(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']'))
}
