//! Fixes: what to change in which files, so that a rule is followed.
//!
//! A rule states its fix in the model's words: a property and the value that it should have. Where that value is
//! decided tells where the fix goes ([`crate::model::locate`]): a literal is replaced where it stands, an object
//! literal gets what it lacks, a call passes what it did not. Where an operator or something unknown decides there is
//! nothing but a snippet to show. Nothing is written here; [`crate::lint::mend`] does that, and checks what comes out.

mod steps;
mod workspace;

use serde_json::Value as Json;

use crate::finding::{Fix, Safety};
use crate::model::{Located, Target, Way, locate};
use crate::patch::{Change, NewValue};
use crate::rules::check::{Answer, Asked, names};
use crate::rules::{Rule, file};
use crate::source::{Span, TextRange};
use crate::template::{ExprKind, Language, Str};
use steps::Step;
use workspace::Workspace;

/// What stands for the workspace in a value of a rule's fix.
pub const WORKSPACE: &str = "$workspace";

/// Fixes proposed for one context: more of them are told when these are made.
const MOST_FIXES: usize = 200;

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

    /// The fix for `asked`, of which `rule` does not hold: the first of the rule's fixes that is for it and can be
    /// made, else the first that is for it, to be shown.
    pub(crate) fn propose(&self, asked: &Asked<'_, '_, '_>, rule: &Rule) -> Option<Fix> {
        if rule.fixes.is_empty() {
            return None;
        }
        self.left.set(self.left.get().checked_sub(1)?);
        propose(&self.files, asked, rule)
    }
}

fn propose(files: &steps::Files<'_>, asked: &Asked<'_, '_, '_>, rule: &Rule) -> Option<Fix> {
    let is_for_it = |fix: &&file::Fix| match &fix.when {
        Some(when) => matches!(asked.answer(when), Ok(Answer::Yes)),
        None => true,
    };
    let fixes: Vec<&file::Fix> = rule.fixes.iter().filter(is_for_it).collect();
    let made = fixes.iter().find_map(|fix| make(files, asked, fix));
    // What stands in a module of others is nobody's to write: what to pass to it is another matter.
    let file = asked.world.eval.frame(asked.instance.resource.frame).template.file;
    let ours = !asked.world.eval.project.is_cached(file);
    made.or_else(|| fixes.first().filter(|_| ours).map(|fix| shown(asked, fix)))
}

/// `fix` as edits.
fn make(files: &steps::Files<'_>, asked: &Asked<'_, '_, '_>, fix: &file::Fix) -> Option<Fix> {
    let (world, resource) = (asked.world, &asked.instance.resource);
    let path = names(&fix.set);
    let workspace = match uses_workspace(&fix.to) {
        true => Some(workspace::find(world, resource)?),
        false => None,
    };
    let value = new_value(&fix.to, workspace.as_ref());
    let located = locate(world, resource, &path)?;
    // A workspace is told in words of the cluster's template, and can be named only there.
    let home = world.eval.span_of(resource.frame, world.eval.with_declared(resource, |declared| declared.body));
    if workspace.is_some() && !is_at_home(&located, home) {
        return None;
    }
    let mut notes = Vec::new();
    let mut safety = match fix.safety {
        file::Safety::Safe => Safety::Safe,
        file::Safety::Unsafe => Safety::Unsafe,
    };
    for way in &located.ways {
        match way {
            // Others would get the value, too.
            Way::Variable { uses, .. } if *uses > 1 => return None,
            Way::Default { name, uses } => {
                safety = Safety::Unsafe;
                notes.push(match uses {
                    0 | 1 => format!("changes the default of `{name}`"),
                    uses => format!("changes the default of `{name}`, which {} other places use", uses - 1),
                });
            }
            Way::Variable { .. } | Way::File | Way::Argument => {}
        }
    }
    let mut steps = vec![step(asked, &located.target, value)];
    let mut title = fix.title.clone();
    if let Some(workspace) = workspace {
        title = title.replace("{workspace}", &workspace.title);
        safety = safety.max(workspace.safety);
        steps.extend(workspace.steps);
    }
    if let Some(version) = &fix.raise {
        let declared = world.eval.with_declared(resource, |declared| declared.api_version)?;
        let frame = world.eval.frame(resource.frame);
        let expr = frame.template.expr(declared);
        let ExprKind::Str(known) = &expr.kind else { return None };
        let at = expr.range.in_file(frame.template.file);
        let text = world.eval.project.sources.get(at.file).slice(at.range).replace(&**known, version);
        steps.push(Step::Text { at, text });
        safety = Safety::Unsafe;
        notes.push(format!("raises the apiVersion from {known} to {version}, by which all properties are then read"));
    }
    if !notes.is_empty() {
        title = format!("{title} ({})", notes.join("; "));
    }
    let edits = files.edits(&steps)?;
    let mut sets = vec![path.join(".")];
    sets.extend(fix.raise.as_ref().map(|_| "apiVersion".to_owned()));
    Some(Fix { title, safety, edits, sets, snippet: None })
}

/// Whether the place lies in the cluster's own declaration.
fn is_at_home(located: &Located, home: Span) -> bool {
    let at = match &located.target {
        Target::Literal(at) | Target::Null { at, .. } => at,
        Target::Object { object, .. } => object,
        Target::Call { .. } => return false,
    };
    at.file == home.file && home.range.contains(at.range)
}

fn step(asked: &Asked<'_, '_, '_>, target: &Target, value: NewValue) -> Step {
    let nested = |rest: &[Str]| {
        rest.iter().rev().fold(value.clone(), |inner, name| NewValue::Object(vec![(name.to_string(), inner)]))
    };
    let path = |names: &[Str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let set = |names: Vec<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Change::set(&names, value.clone())
    };
    match target {
        Target::Literal(at) => Step::Replace { at: *at, value },
        Target::Null { at, rest } => Step::Replace { at: *at, value: nested(rest) },
        Target::Object { object, rest } => Step::Change { object: *object, change: set(path(rest)) },
        Target::Call { by, name, rest } => {
            let eval = asked.world.eval;
            let (body, wrapped) = eval.with_declared(by, |call| {
                (call.body, call.deployment.as_ref().is_some_and(|deployment| deployment.wrapped))
            });
            let mut names: Vec<String> = match wrapped {
                true => vec!["properties".into(), "parameters".into(), name.to_string(), "value".into()],
                false => vec!["params".into(), name.to_string()],
            };
            names.extend(path(rest));
            Step::Change { object: eval.span_of(by.frame, body), change: set(names) }
        }
    }
}

/// `fix` as a snippet in the language of the resource.
fn shown(asked: &Asked<'_, '_, '_>, fix: &file::Fix) -> Fix {
    let (eval, resource) = (asked.world.eval, &asked.instance.resource);
    // One that would have to be declared first is no example.
    let workspace = workspace::find(asked.world, resource).filter(|workspace| workspace.steps.is_empty());
    let workspace = workspace.map(|workspace| workspace.id);
    let language = eval.frame(resource.frame).template.language;
    let placeholder = match language {
        Language::Bicep => NewValue::Expression("<resource id of the workspace>".into()),
        Language::Arm => NewValue::String("<resource id of the workspace>".into()),
    };
    let workspace = Workspace {
        id: workspace.unwrap_or(placeholder),
        title: "a Log Analytics workspace".into(),
        safety: Safety::DisplayOnly,
        steps: Vec::new(),
    };
    let value = new_value(&fix.to, Some(&workspace));
    let path: Vec<String> = names(&fix.set).iter().map(|name| name.to_string()).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut title = fix.title.replace("{workspace}", &workspace.title);
    if let Some(version) = &fix.raise {
        title.push_str(&format!(", with apiVersion {version} or later"));
    }
    let snippet = snippet(language, &Change::set(&path, value));
    Fix { title, safety: Safety::DisplayOnly, edits: Vec::new(), sets: vec![path.join(".")], snippet }
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

fn new_value(value: &Json, workspace: Option<&Workspace>) -> NewValue {
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
