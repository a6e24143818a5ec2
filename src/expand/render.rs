//! Evaluated resources and values as JSON.

use serde_json::{Map, Number, Value as Json};

use super::Snapshot;
use crate::eval::term::CondId;
use crate::eval::{Evaluator, FailureKind, FrameId, Given, Instance, ResourceRef, Scope, Value};
use crate::source::stack::Recursion;
use crate::source::{ProblemCode, Span, Stack, Str};

/// Members of a declaration that are shown elsewhere or control the deployment.
const NOT_BODY: [&str; 15] = [
    "name",
    "type",
    "apiVersion",
    "scope",
    "parent",
    "condition",
    "copy",
    "dependsOn",
    "existing",
    "resources",
    "comments",
    "metadata",
    "@options",
    "import",
    "extension",
];

/// Bytes printed for one template. A value is a graph, its text a tree, which can be far larger.
const MOST: usize = 16 << 20;

/// Bytes that a value takes beside its text: in memory, and as a line with its indentation.
const VALUE: usize = 64;

/// What stands for a value that is not printed.
const TOO_LARGE: &str = "[unknown('a limit (this value is too large to print)')]";

/// What the template of `root` deploys.
pub(super) fn render(eval: &Evaluator<'_>, root: FrameId) -> Snapshot {
    let mut printer = SnapshotPrinter::new(eval);
    let predicted_resources = printer.resources(root, &|_| true).into_iter().map(|printed| printed.members).collect();
    let outputs = printer.outputs(root);
    Snapshot { predicted_resources, diagnostics: Vec::new(), outputs }
}

/// A resource that a template deploys, as it is printed.
pub(super) struct Printed {
    pub(super) instance: Instance,
    pub(super) members: Map<String, Json>,
    /// All that is written in it is there.
    pub(super) is_whole: bool,
}

/// The resources that the template of `root` deploys and that are `wanted`, in the order of the text.
pub(super) fn resources(eval: &Evaluator<'_>, root: FrameId, wanted: &dyn Fn(&ResourceRef) -> bool) -> Vec<Printed> {
    SnapshotPrinter::new(eval).resources(root, wanted)
}

/// The same with hidden values as they are: for comparing, never for showing.
pub(super) fn revealed(eval: &Evaluator<'_>, root: FrameId) -> Vec<Printed> {
    SnapshotPrinter { reveals: true, ..SnapshotPrinter::new(eval) }.resources(root, &|_| true)
}

/// One resource, as it may be shown.
pub(super) fn resource(eval: &Evaluator<'_>, instance: &Instance) -> Option<Map<String, Json>> {
    eval.where_holds(instance.condition, || SnapshotPrinter::new(eval).resource(instance))
}

/// The values that parameter files give.
pub(super) fn given(eval: &Evaluator<'_>, given: &[Given]) -> Map<String, Json> {
    let mut printer = SnapshotPrinter::new(eval);
    let mut out = Map::new();
    for given in given {
        if !out.contains_key(&*given.name) {
            printer.at = Some(eval.span_of(given.scope.frame, given.expr));
            let value = printer.whole(&eval.force(&given.value));
            out.insert(given.name.to_string(), value);
        }
    }
    out
}

struct SnapshotPrinter<'e, 'p> {
    eval: &'e Evaluator<'p>,
    /// How many bytes may still be printed.
    left: usize,
    /// How deep a printed value may be nested.
    deepest: u32,
    /// Everything printed so far is known.
    exact: bool,
    /// Whether hidden values are printed, too.
    reveals: bool,
    /// Where what is printed is declared.
    at: Option<Span>,
}

impl<'e, 'p> SnapshotPrinter<'e, 'p> {
    fn new(eval: &'e Evaluator<'p>) -> Self {
        let deepest = Stack::here().levels(Recursion::Snapshot);
        Self { eval, left: MOST, deepest, exact: true, reveals: false, at: None }
    }
}

impl SnapshotPrinter<'_, '_> {
    fn resources(&mut self, root: FrameId, wanted: &dyn Fn(&ResourceRef) -> bool) -> Vec<Printed> {
        let eval = self.eval;
        let mut resources = Vec::new();
        // For a module that was not restored, what is known of it is not what it deploys.
        eval.expand(root, &|template| !eval.project.is_known(template.file), &mut |instance| {
            let existing = eval.with_declared(&instance.resource, |declared| declared.existing);
            if existing || instance.condition == CondId::FALSE || !wanted(&instance.resource) {
                return;
            }
            if let Some(members) = eval.where_holds(instance.condition, || self.resource(&instance)) {
                let is_whole =
                    matches!(eval.body_of(&instance.resource), Value::Object(object) if object.open.is_none());
                resources.push(Printed { instance, members, is_whole });
            }
        });
        resources
    }

    /// A resource; nothing for a deployment, of which only what it deploys counts.
    fn resource(&mut self, instance: &Instance) -> Option<Map<String, Json>> {
        let eval = self.eval;
        let (reference, scope) = (&instance.resource, eval.scope_of(&instance.resource));
        let (deploys, ty, api_version, body) = eval.with_declared(reference, |declared| {
            let deploys = declared.deployment.is_some();
            (deploys, declared.ty.clone(), declared.api_version, declared.body)
        });
        if deploys {
            return None;
        }
        self.at = Some(eval.declared_at(reference));
        let mut out = Map::new();
        let written = eval.eval(&scope, body);
        if eval.is_extensible(reference) {
            self.extensible(&written, ty, api_version.map(|version| eval.eval(&scope, version)), &mut out);
            return Some(out);
        }
        let id = eval.id_of(reference);
        out.insert("id".into(), self.value(&id, 0));
        out.insert("type".into(), ty.map_or(Json::Null, |ty| Json::String(ty.to_string())));
        let name = eval.full_name(reference);
        out.insert("name".into(), self.value(&name, 0));
        if let Some(version) = api_version {
            let version = self.value(&eval.eval(&scope, version), 0);
            out.insert("apiVersion".into(), version);
        }
        if let Some(on) = eval.extended(reference) {
            out.insert("scope".into(), self.value(&on, 0));
        }
        if instance.condition != CondId::TRUE {
            out.insert("condition".into(), Json::String(eval.condition_expression(instance.condition)));
        }
        self.members(&written, &NOT_BODY, &mut out);
        Some(out)
    }

    /// A resource of an extension: all that it has are properties.
    fn extensible(&mut self, written: &Value, ty: Option<Str>, version: Option<Value>, out: &mut Map<String, Json>) {
        let mut properties = Map::new();
        match self.eval.member(written, "properties") {
            inner @ Value::Object(_) if matches!(self.eval.member(written, "type"), Value::Str(_)) => {
                self.members(&inner, &[], &mut properties);
            }
            _ => self.members(written, &["dependsOn", "parent"], &mut properties),
        }
        let ty = ty.unwrap_or_default();
        let ty = match version {
            Some(Value::Str(version)) => format!("{ty}@{version}"),
            _ => ty.to_string(),
        };
        out.insert("properties".into(), Json::Object(properties));
        out.insert("type".into(), Json::String(ty));
    }

    fn members(&mut self, of: &Value, without: &[&str], out: &mut Map<String, Json>) {
        let Value::Object(object) = of else { return };
        for (key, slot) in &object.members {
            if without.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                continue;
            }
            match self.settled(self.eval.force(slot)) {
                Value::Absent => {}
                value => {
                    let value = self.value(&value, 0);
                    out.insert(key.to_string(), value);
                }
            }
        }
    }

    fn outputs(&mut self, root: FrameId) -> Map<String, Json> {
        let eval = self.eval;
        let template = eval.frame(root).template.clone();
        let scope = Scope { frame: root, env: None };
        let mut out = Map::new();
        for output in &template.outputs {
            let condition = output.condition.map(|condition| eval.condition(&eval.eval(&scope, condition)));
            if condition == Some(CondId::FALSE) {
                continue;
            }
            let value = match output.secure {
                true => Value::Unknown(eval.outside("a secret")),
                false => eval.output_value(&scope, output),
            };
            self.at = Some(output.name_range.in_file(template.file));
            let printed = self.whole(&value);
            out.insert(output.name.to_string(), printed);
        }
        out
    }

    /// A value that is printed whole, or, when a part of it is not known, is one expression.
    fn whole(&mut self, value: &Value) -> Json {
        self.exact = true;
        let printed = self.value(value, 0);
        if self.exact { printed } else { self.expression(value) }
    }

    /// The value where what decides it is known here.
    fn settled(&self, value: Value) -> Value {
        match &value {
            Value::Choice(choice) => match self.eval.assumed(choice.0) {
                Some(true) => self.settled(choice.1.clone()),
                Some(false) => self.settled(choice.2.clone()),
                None => value,
            },
            _ => value,
        }
    }

    /// What stands for a value that is not printed; its explanation is printed once.
    fn too_large(&mut self) -> Json {
        if let Some(at) = self.at.take() {
            self.eval.report(at, ProblemCode::LimitReached, "this is too large to print");
        }
        Json::String(TOO_LARGE.into())
    }

    /// What is not known, as an expression.
    fn expression(&mut self, value: &Value) -> Json {
        let text = self.eval.expression(self.eval.reify(value));
        match self.left.checked_sub(text.len()) {
            Some(left) => {
                self.left = left;
                Json::String(text)
            }
            None => self.too_large(),
        }
    }

    fn value(&mut self, value: &Value, depth: u32) -> Json {
        let eval = self.eval;
        let size = VALUE + 2 * depth as usize + if let Value::Str(text) = value { text.len() } else { 0 };
        if depth > self.deepest || self.left < size {
            self.exact = false;
            return self.too_large();
        }
        self.left -= size;
        if self.reveals && eval.is_hidden(value) {
            return self.value(&eval.known(value), depth + 1);
        }
        match value {
            Value::Null | Value::Absent => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(number) => Json::Number((*number).into()),
            Value::Number(text) => text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Json::Null, Json::Number),
            Value::Str(text) => Json::String(literal(text)),
            Value::Id(id) => self.value(&eval.id_text(id), depth),
            Value::Array(array) if array.open.is_none() => {
                Json::Array(array.items.iter().map(|slot| self.value(&eval.force(slot), depth + 1)).collect())
            }
            Value::Object(object) if object.open.is_none() => {
                let mut out = Map::new();
                for (key, slot) in &object.members {
                    match self.settled(eval.force(slot)) {
                        Value::Absent => {}
                        value => {
                            let value = self.value(&value, depth + 1);
                            out.insert(key.to_string(), value);
                        }
                    }
                }
                Json::Object(out)
            }
            Value::Error(failure) => {
                self.exact = false;
                if let FailureKind::Wrong(message) = &failure.kind {
                    eval.report(failure.at, ProblemCode::EvaluationError, message.clone());
                }
                self.expression(value)
            }
            Value::Choice(choice) if eval.assumed(choice.0).is_some() => {
                self.value(&self.settled(value.clone()), depth)
            }
            other => {
                self.exact = false;
                self.expression(other)
            }
        }
    }
}

/// A string that is no expression, written so that it is not taken for one.
fn literal(text: &str) -> String {
    if text.starts_with('[') && text.ends_with(']') { format!("[{text}") } else { text.to_owned() }
}
