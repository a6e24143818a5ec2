//! Fixes: what to change in which files, so that a rule is followed.
//!
//! A rule states its fix as a property and the value that it should have. The place where the value is decided
//! ([`crate::model::locate`]) is the place of the fix. A literal is replaced, an object literal gets the missing
//! member, a call gets the missing argument. When an operator or something unknown decides, there is only a snippet to
//! show. Nothing is written here: [`crate::autofix`] applies fixes and checks the result.

mod steps;
mod workspace;
mod written;

use serde_json::Value as Json;

use crate::eval::{FrameInputs, ResourceRef};
use crate::finding::{Fix, Safety};
use crate::model::{FixTarget, Located, Switch, Way, World, locate, locate_switch, locate_written};
use crate::patch::{Change, NewValue};
use crate::rules::Rule;
use crate::rules::answer::{Answer, CheckInput};
use crate::rules::check::names;
use crate::source::{Str, TextRange};
use crate::template::{DeploymentSource, ExprKind, Language};
use steps::FixStep;
use workspace::WorkspaceCandidate;
use written::{member, value_of};

/// What stands for the workspace in a value of a rule's fix.
pub const WORKSPACE: &str = "$workspace";

/// Fixes proposed for one context. More are proposed once these are made.
const MOST_FIXES: usize = 200;

/// The property that `raise` sets.
const API_VERSION: &str = "apiVersion";

/// The note on a parameter of a module that was not read.
const NOT_READ: &str = "what else that changes is not known: the module was not read";

/// Other users of a default that are named in a title.
const MOST_NAMES: usize = 4;

/// Proposes fixes for the findings of one context.
#[derive(Debug)]
pub(crate) struct Proposer<'p> {
    files: steps::Files<'p>,
    left: std::cell::Cell<usize>,
}

impl<'p> Proposer<'p> {
    pub(crate) fn new(project: &'p crate::project::Project) -> Self {
        Self { files: steps::Files::new(project), left: std::cell::Cell::new(MOST_FIXES) }
    }

    /// The fix for `input`, which fails `rule` because of the property at `failed`. The first fix of the rule that
    /// applies and can be made, else the first that applies, to be shown.
    pub(crate) fn propose(&self, input: &CheckInput<'_, '_, '_>, rule: &Rule, failed: &[Str]) -> Option<Fix> {
        if rule.fixes.is_empty() {
            return None;
        }
        self.left.set(self.left.get().checked_sub(1)?);
        propose(&self.files, input, rule, failed)
    }
}

fn propose(files: &steps::Files<'_>, input: &CheckInput<'_, '_, '_>, rule: &Rule, failed: &[Str]) -> Option<Fix> {
    let is_for_it = |fix: &&rulefile::Fix| match &fix.when {
        Some(when) => matches!(input.answer(when), Ok(Answer::Yes)),
        None => true,
    };
    let fixes: Vec<&rulefile::Fix> = rule.fixes.iter().filter(is_for_it).collect();
    let path = |fix: &rulefile::Fix| fix.set.as_ref().map_or_else(|| failed.to_vec(), names);
    let made = fixes.iter().find_map(|fix| make(files, input, fix, &path(fix)));
    // A cached module of somebody else is read-only. The arguments that are passed to it can change.
    let file = input.world.eval.frame(input.instance.resource.frame).template.file;
    let ours = !input.world.eval.project.is_cached(file);
    made.or_else(|| fixes.first().filter(|_| ours).map(|fix| shown(input, fix, &path(fix))))
}

/// `fix` of the property at `path`, as edits.
fn make(files: &steps::Files<'_>, input: &CheckInput<'_, '_, '_>, fix: &rulefile::Fix, path: &[Str]) -> Option<Fix> {
    let (world, resource) = (input.world, &input.instance.resource);
    if !is_written(world, resource) {
        return None;
    }
    let mut plan = FixPlan::new(fix);
    // In Bicep the version is no property: it stands in the type.
    if path.len() == 1 && path.iter().all(|name| name.eq_ignore_ascii_case(API_VERSION)) {
        plan.raise(input, fix.to.as_str()?)?;
    } else if !fix.rename.is_empty() {
        plan.rename(input, fix, path)?;
    } else if plan.set(input, fix, path).is_none() {
        plan = FixPlan::new(fix);
        plan.switch(input, path)?;
    }
    if let Some(version) = &fix.raise {
        plan.raise(input, version)?;
    }
    if !plan.notes.is_empty() {
        plan.title = format!("{} ({})", plan.title, plan.notes.join("; "));
    }
    let edits = files.edits(&plan.steps)?;
    Some(Fix { title: plan.title, safety: Some(plan.safety), edits, sets: plan.sets, snippet: None })
}

/// A fix that is being made.
struct FixPlan {
    title: String,
    /// What else its author must know.
    notes: Vec<String>,
    safety: Safety,
    steps: Vec<FixStep>,
    sets: Vec<String>,
}

impl FixPlan {
    fn new(fix: &rulefile::Fix) -> Self {
        let (title, safety) = (fix.title.clone(), fix.safety);
        Self { title, notes: Vec::new(), safety, steps: Vec::new(), sets: Vec::new() }
    }

    /// Writes the value of `fix` at `path`.
    fn set(&mut self, input: &CheckInput<'_, '_, '_>, fix: &rulefile::Fix, path: &[Str]) -> Option<()> {
        let (world, resource) = (input.world, &input.instance.resource);
        let located = locate(world, resource, path);
        let written = || fix.over_any.then(|| locate_written(world, resource, path)).flatten();
        let located = located.or_else(written)?;
        let workspace = match uses_workspace(&fix.to) {
            true => Some(workspace::find(world, &home(world, resource, &located)?)?),
            false => None,
        };
        self.change(input, &located, new_value(&fix.to, workspace.as_ref()))?;
        if let Some(workspace) = workspace {
            self.title = self.title.replace("{workspace}", &workspace.title);
            self.safety = self.safety.max(workspace.safety);
            self.notes.extend(workspace.note);
            self.steps.extend(workspace.steps);
        }
        self.sets.push(path.join("."));
        Some(())
    }

    /// Gives the flag its other value that keeps what belongs at `path` from being there.
    fn switch(&mut self, input: &CheckInput<'_, '_, '_>, path: &[Str]) -> Option<()> {
        let (world, resource) = (input.world, &input.instance.resource);
        let Switch { name, value, located } = locate_switch(world, resource, path)?;
        self.title = format!("Set `{name}` to {value}");
        self.change(input, &located, NewValue::Bool(value))?;
        self.sets.push(path.join("."));
        Some(())
    }

    /// Writes `value` at the place that was found.
    fn change(&mut self, input: &CheckInput<'_, '_, '_>, located: &Located, value: NewValue) -> Option<()> {
        self.steps.push(step(input, &located.target, value)?);
        for way in &located.ways {
            match way {
                // Others would get the value, too.
                Way::Variable { uses, .. } if *uses > 1 => return None,
                Way::Default { name, others } => {
                    self.safety = Safety::Unsafe;
                    self.notes.push(match others.as_slice() {
                        [] => format!("changes the default of `{name}`"),
                        others => format!("changes the default of `{name}`, which is also used by {}", listed(others)),
                    });
                }
                // Of what a parameter does in a module that was not read, only a part is known.
                Way::Branch if input.world.eval.known_at(input.instance.resource.frame).is_some() => {
                    self.safety = Safety::Unsafe;
                    if !self.notes.iter().any(|note| note == NOT_READ) {
                        self.notes.push(NOT_READ.to_owned());
                    }
                }
                Way::Variable { .. } | Way::File | Way::Argument | Way::Branch => {}
            }
        }
        Some(())
    }

    /// Gives other keys to members that are written in the declaration; the first must be there.
    fn rename(&mut self, input: &CheckInput<'_, '_, '_>, fix: &rulefile::Fix, path: &[Str]) -> Option<()> {
        let (eval, resource) = (input.world.eval, &input.instance.resource);
        let frame = eval.frame(resource.frame);
        let template = &frame.template;
        let body = eval.with_declared(resource, |declared| declared.body);
        for rename in &fix.rename {
            let from = names(&rename.from);
            let from: Vec<&str> = from.iter().map(|name| &**name).collect();
            let Some(member) = member(template, body, &from) else { continue };
            let mut keys = rename.to.split('.');
            let key = keys.next()?;
            let text = match template.language {
                Language::Bicep => key.to_owned(),
                Language::Arm => format!("\"{key}\""),
            };
            self.steps.push(FixStep::Text { at: member.key_range.in_file(template.file), text });
            let around: Vec<&str> = keys.collect();
            if !around.is_empty() {
                let value = value_of(input.world, &eval.scope_of(resource), member.value)?;
                let object = |value, key: &&str| NewValue::Object(vec![((*key).to_owned(), value)]);
                let value = around.iter().rev().fold(value, object);
                self.steps.push(FixStep::Replace { at: eval.span_of(resource.frame, member.value), value });
            }
            self.sets.push(from.join("."));
        }
        self.sets.push(path.join("."));
        fix.rename.first().filter(|first| self.sets.contains(&names(&first.from).join("."))).map(|_| ())
    }

    /// Raises the apiVersion of the resource, which must be a literal.
    fn raise(&mut self, input: &CheckInput<'_, '_, '_>, version: &str) -> Option<()> {
        let (eval, resource) = (input.world.eval, &input.instance.resource);
        let declared = eval.with_declared(resource, |declared| declared.api_version)?;
        let frame = eval.frame(resource.frame);
        let expr = frame.template.expr(declared);
        let ExprKind::Str(known) = &expr.kind else { return None };
        let at = expr.range.in_file(frame.template.file);
        let text = eval.project.sources.get(at.file).slice(at.range).replace(&**known, version);
        self.steps.push(FixStep::Text { at, text });
        self.safety = Safety::Unsafe;
        let note = format!("raises the apiVersion from {known} to {version}, by which all properties are then read");
        self.notes.push(note);
        self.sets.push(API_VERSION.to_owned());
        Some(())
    }
}

/// The first few of `names`, and how many more there are.
fn listed(names: &[String]) -> String {
    let shown = names.get(..MOST_NAMES).unwrap_or(names);
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether the declaration stands in a text as it is, not in a template that is the value of an expression.
fn is_written(world: &World<'_, '_>, resource: &ResourceRef) -> bool {
    let calls = world.eval.call_path(resource.frame);
    !calls.iter().any(|call| {
        world.eval.with_declared(call, |call| {
            let source = call.deployment.as_ref().map(|deployment| &deployment.source);
            matches!(source, Some(DeploymentSource::Computed(_)))
        })
    })
}

/// The resource, or the call that leads to it, in whose template the place lies; `None` where nothing of a template can
/// be named: in a parameter file and in a default.
fn home(world: &World<'_, '_>, resource: &ResourceRef, located: &Located) -> Option<ResourceRef> {
    if let FixTarget::Call { by, .. } = &located.target {
        return Some((**by).clone());
    }
    let mut home = resource.clone();
    for way in &located.ways {
        match way {
            Way::Variable { .. } | Way::Branch => {}
            Way::File | Way::Default { .. } => return None,
            Way::Argument => match &world.eval.frame(home.frame).inputs {
                FrameInputs::Call { by } => home = (**by).clone(),
                _ => return None,
            },
        }
    }
    Some(home)
}

fn step(input: &CheckInput<'_, '_, '_>, target: &FixTarget, value: NewValue) -> Option<FixStep> {
    let nested = |rest: &[Str]| {
        rest.iter().rev().fold(value.clone(), |inner, name| NewValue::Object(vec![(name.to_string(), inner)]))
    };
    let path = |names: &[Str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let set = |names: Vec<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Change::set(&names, value.clone())
    };
    let step = match target {
        FixTarget::Literal(at) => FixStep::Replace { at: *at, value },
        FixTarget::Null { at, rest } => FixStep::Replace { at: *at, value: nested(rest) },
        // What the value has already stays.
        FixTarget::Object { object, rest } if rest.is_empty() => match value {
            NewValue::Object(members) => FixStep::Change { object: *object, change: Change::within(members) },
            _ => return None,
        },
        FixTarget::Object { object, rest } => FixStep::Change { object: *object, change: set(path(rest)) },
        FixTarget::Call { by, name, rest } => {
            let eval = input.world.eval;
            let (body, wrapped) = eval.with_declared(by, |call| {
                (call.body, call.deployment.as_ref().is_some_and(|deployment| deployment.wrapped))
            });
            let mut names: Vec<String> = match wrapped {
                true => vec!["properties".into(), "parameters".into(), name.to_string(), "value".into()],
                false => vec!["params".into(), name.to_string()],
            };
            names.extend(path(rest));
            FixStep::Change { object: eval.span_of(by.frame, body), change: set(names) }
        }
    };
    Some(step)
}

/// `fix` of the property at `path` as a snippet in the language of the resource; of an item of an array, what it should
/// have in it.
fn shown(input: &CheckInput<'_, '_, '_>, fix: &rulefile::Fix, path: &[Str]) -> Fix {
    let (eval, resource) = (input.world.eval, &input.instance.resource);
    // One that would have to be declared first is no example.
    let workspace = workspace::find(input.world, resource).filter(|workspace| workspace.is_there());
    let workspace = workspace.map(|workspace| workspace.id);
    let language = eval.frame(resource.frame).template.language;
    let placeholder = match language {
        Language::Bicep => NewValue::Expression("<resource id of the workspace>".into()),
        Language::Arm => NewValue::String("<resource id of the workspace>".into()),
    };
    let workspace = WorkspaceCandidate {
        id: workspace.unwrap_or(placeholder),
        title: "a Log Analytics workspace".into(),
        safety: Safety::Unsafe,
        note: None,
        steps: Vec::new(),
    };
    let value = new_value(&fix.to, Some(&workspace));
    let item = path.iter().rposition(|name| name.starts_with('['));
    let inside: Vec<&str> = path.iter().skip(item.map_or(0, |item| item + 1)).map(|name| &**name).collect();
    let mut title = fix.title.replace("{workspace}", &workspace.title);
    if let Some(version) = &fix.raise {
        title.push_str(&format!(", with apiVersion {version} or later"));
    }
    let snippet = snippet(language, &Change::set(&inside, value));
    Fix { title, safety: None, edits: Vec::new(), sets: vec![path.join(".")], snippet }
}

/// How `change` looks in an object of its own.
fn snippet(language: Language, change: &Change) -> Option<String> {
    let made = |text: &str, edits: &[crate::source::Edit]| crate::source::apply_edits(text, edits).ok();
    let text = match language {
        Language::Bicep => {
            let stub = "var x = {\n}\n";
            let parsed = crate::bicep::parse(stub, crate::bicep::FileKind::Bicep);
            let object = parsed.tree.expr_at(TextRange::new(stub.find('{')? as u32, stub.trim_end().len() as u32))?;
            let patcher = crate::bicep::Patcher::new(stub, &parsed.tree);
            made(stub, &patcher.change(object, change).ok()?)?
        }
        Language::Arm => {
            let stub = "{\n}\n";
            let document = crate::json::parse(stub);
            let patcher = crate::json::Patcher::new(&document, crate::json::Strings::Expressions);
            made(stub, &patcher.change(document.root()?, change).ok()?)?
        }
    };
    let lines: Vec<&str> = text.lines().skip(1).filter(|line| *line != "}").collect();
    Some(lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>().join("\n"))
}

fn uses_workspace(value: &Json) -> bool {
    match value {
        Json::String(text) => text == WORKSPACE,
        Json::Array(items) => items.iter().any(uses_workspace),
        Json::Object(members) => members.values().any(uses_workspace),
        _ => false,
    }
}

fn new_value(value: &Json, workspace: Option<&WorkspaceCandidate>) -> NewValue {
    match (value, workspace) {
        (Json::String(text), Some(workspace)) if text == WORKSPACE => workspace.id.clone(),
        (Json::Null, _) => NewValue::Null,
        (Json::Bool(value), _) => NewValue::Bool(*value),
        (Json::Number(number), _) => match number.as_i64() {
            Some(number) => NewValue::Int(number),
            None => NewValue::Expression(number.to_string()),
        },
        (Json::String(text), _) => NewValue::String(text.clone()),
        (Json::Array(items), _) => NewValue::Array(items.iter().map(|item| new_value(item, workspace)).collect()),
        (Json::Object(members), _) => {
            let members = members.iter().map(|(name, value)| (name.clone(), new_value(value, workspace)));
            NewValue::Object(members.collect())
        }
    }
}
