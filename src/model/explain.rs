//! The place of a finding, and the other places that tell why.
//!
//! From the property the way goes along plain copies to the literal and stops at the first operator;
//! through a condition it goes only to a flag that is used for nothing else. That literal is the
//! primary place if it lies in the project; else it is the deepest key on the path that is written in
//! the resource's declaration. Everything else on the way is related.

use super::trace::{End, Flag, Trace, TraceStep, trace};
use super::world::World;
use crate::eval::ResourceRef;
use crate::finding::{DecidedBy, Label};
use crate::source::{Span, Str};
use crate::template::DeploymentSource;

/// Where a property's value is decided, and why it is what it is.
#[derive(Debug)]
pub struct Explanation {
    /// The place that decides.
    pub primary: Span,
    /// What to say there, when the rule has nothing better.
    pub label: String,
    /// Whether the primary place is a value (and not a place where something is missing).
    pub is_value: bool,
    /// The part of the path that is not written, for a primary place where something is missing.
    pub missing: String,
    /// The other places, in the order of the telling.
    pub related: Vec<Label>,
    /// What decides.
    pub decided_by: DecidedBy,
    /// The deepest key on the path that is written in the declaration: the place to take when loop
    /// instances or contexts do not agree on the primary one.
    pub written: Label,
}

/// What is said at a call on the way down.
const DEPLOYED: &str = "deployed from here";

/// What a rule says at places that many rules have.
#[derive(Debug, Clone, Copy)]
pub struct Words<'r> {
    /// At a condition that leaves out what the rule asks for.
    pub left_out: &'r str,
    /// At the null in the branch that a condition takes.
    pub branch: &'r str,
}

impl Default for Words<'_> {
    fn default() -> Self {
        Self { left_out: "so it is left out here", branch: "null in this branch" }
    }
}

/// Explains the property of `resource` at `path` in `world`.
pub fn explain(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str], words: Words<'_>) -> Explanation {
    let way = trace(world, resource, path);
    let (written, names) = way.written.unwrap_or_else(|| (world.eval.declared_at(resource), 0));
    let missing = path.get(names..).unwrap_or_default().join(".");
    let written = match missing.is_empty() {
        // The value says more than its key, as long as it is short.
        true => label(way.used.filter(|used| !world.eval.is_block(*used)).unwrap_or(written), "differs"),
        false => label(written, format!("no `{missing}` in here")),
    };
    let mut why = match (&way.end, dedicated_flag(&way)) {
        (End::Literal { at, text }, _) if way.plain => literal(&way, *at, text, written),
        (_, Some(flag)) => by_flag(&way, &flag, written, words),
        _ => by_key(&way, written, missing, words),
    };
    // Whether something is passed, and the calls on the way down, end every telling.
    why.related.extend(copies(&way));
    why.related.extend(calls(world, resource));
    if world.eval.project.is_cached(why.primary.file) {
        bring_home(world, resource, &way, &mut why);
    }
    if world.eval.project.is_cached(why.written.span.file) {
        why.written = at_home(world, resource, passed(&why)).unwrap_or(why.written);
    }
    if let Some(named) = world.eval.known_at(resource.frame) {
        tell_known(world, resource, named, &mut why);
    }
    let mut told = vec![why.primary];
    why.related.retain(|label| {
        !told.contains(&label.span) && {
            told.push(label.span);
            true
        }
    });
    why
}

/// Moves the primary place out of the module cache, where nobody mends anything: to the argument that
/// was passed, or to the call that passes none.
fn bring_home(world: &World<'_, '_>, resource: &ResourceRef, way: &Trace, why: &mut Explanation) {
    let ours = |span: &Span| !world.eval.project.is_cached(span.file);
    let not_passed = way.steps.iter().flat_map(|step| match step {
        TraceStep::Default { name, call: Some(call), .. } => vec![label(*call, format!("`{name}` is not passed"))],
        TraceStep::Branch { flags, .. } | TraceStep::Function { flags } => {
            flags.iter().filter_map(|flag| Some(label(flag.call?, format!("`{}` is not passed", flag.name)))).collect()
        }
        _ => Vec::new(),
    });
    let not_passed: Vec<Label> = not_passed.collect();
    let Some(home) = at_home(world, resource, not_passed.iter().cloned().chain(passed(why))) else { return };
    // What the module does by itself where nothing is passed is a default of it.
    if not_passed.contains(&home) && matches!(why.decided_by, DecidedBy::Literal | DecidedBy::Absent) {
        why.decided_by = DecidedBy::Default;
    }
    let abroad = label(std::mem::replace(&mut why.primary, home.span), std::mem::take(&mut why.label));
    why.label.clone_from(&home.text);
    why.missing.clear();
    // Of the module's inside only its defaults are worth a look.
    why.related.insert(0, abroad);
    why.related.retain(|other| ours(&other.span) || other.text.contains("default"));
    let read = world.eval.known_at(resource.frame).is_none();
    for other in why.related.iter_mut().filter(|other| read && !ours(&other.span)) {
        other.text.extend(module_name(world, resource).map(|name| format!(" in {name}")));
    }
    why.written = home;
}

/// What is passed on the way, as far as it is told.
fn passed(why: &Explanation) -> impl Iterator<Item = Label> {
    why.related.iter().filter(|other| other.text != DEPLOYED).cloned()
}

/// The first of `labels` that lies in no module cache, else the innermost call that lies in none.
fn at_home(world: &World<'_, '_>, resource: &ResourceRef, labels: impl Iterator<Item = Label>) -> Option<Label> {
    let mut labels = labels.chain(calls(world, resource).into_iter().rev());
    labels.find(|label| !world.eval.project.is_cached(label.span.file))
}

/// Tells at `named`, where a module is named that was not read, that the answer rests on what is known of it. There is
/// no text of the module to show: a default in it is told here, too.
fn tell_known(world: &World<'_, '_>, resource: &ResourceRef, named: Span, why: &mut Explanation) {
    let inside = |label: &Label| world.eval.project.is_known(label.span.file);
    let default = why.related.iter().find(|label| inside(label) && label.text.contains("default"));
    let default = default.map(|label| format!(": {}", label.text.trim_end_matches(" here"))).unwrap_or_default();
    let name = module_name(world, resource).unwrap_or_default();
    why.related.retain(|label| !inside(label));
    why.related.insert(0, label(named, format!("known of {name}, which was not read{default}")));
}

/// The name and version of the cached module in which `resource` is declared: `managed-cluster 0.11.0`.
fn module_name(world: &World<'_, '_>, resource: &ResourceRef) -> Option<String> {
    let ours = |call: &&ResourceRef| !world.eval.project.is_cached(world.eval.declared_at(call).file);
    let calls = world.eval.call_path(resource.frame);
    let call = calls.iter().rev().find(ours)?;
    world.eval.with_declared(call, |declared| match &declared.deployment.as_ref()?.source {
        DeploymentSource::Reference(reference, _) => {
            let name = reference.rsplit('/').next()?;
            Some(name.replace([':', '@'], " "))
        }
        _ => None,
    })
}

fn label(span: Span, text: impl Into<String>) -> Label {
    Label { span, text: text.into() }
}

/// The flag, if a condition on nothing but a flag of its own is all that lies on the way.
fn dedicated_flag(way: &Trace) -> Option<Flag> {
    let mut branches = way.steps.iter().filter_map(|step| match step {
        TraceStep::Branch { flags, .. } => Some(flags),
        _ => None,
    });
    match (branches.next().map(Vec::as_slice), branches.next()) {
        (Some([flag]), None) if flag.dedicated => Some(flag.clone()),
        _ => None,
    }
}

/// A literal at the end of plain copies.
fn literal(way: &Trace, at: Span, text: &str, written: Label) -> Explanation {
    let from = way.steps.iter().rev().find_map(|step| match step {
        TraceStep::Default { .. } => Some(DecidedBy::Default),
        TraceStep::File { .. } => Some(DecidedBy::ParameterFile),
        TraceStep::Argument { .. } => Some(DecidedBy::Argument),
        _ => None,
    });
    let decided_by = from.unwrap_or(DecidedBy::Literal);
    let said = if decided_by == DecidedBy::Default { format!("default is `{text}` here") } else { String::new() };
    let related = way.used.map(|used| label(used, "used here")).into_iter().collect();
    Explanation { primary: at, label: said, is_value: true, missing: String::new(), related, decided_by, written }
}

/// The flag that a condition asks, and nothing else does.
fn by_flag(way: &Trace, flag: &Flag, written: Label, words: Words<'_>) -> Explanation {
    let decided_by = if flag.default { DecidedBy::Default } else { DecidedBy::Argument };
    let mut related: Vec<Label> = branches(way, words).collect();
    // A use that is the whole conditional says nothing beside its condition.
    let around =
        |used: &Span| related.iter().any(|told| told.span.file == used.file && used.range.contains(told.span.range));
    let used = way.used.filter(|used| !around(used));
    related.extend(used.map(|used| label(used, "used here")));
    let said = flag_text(flag);
    Explanation {
        primary: flag.literal,
        label: said,
        is_value: false,
        missing: String::new(),
        related,
        decided_by,
        written,
    }
}

fn flag_text(flag: &Flag) -> String {
    match (flag.default, &*flag.text) {
        (true, "false") => "off by default".into(),
        (true, text) => format!("`{}` is `{text}` by default", flag.name),
        (false, text) => format!("`{}` is `{text}` here", flag.name),
    }
}

/// The deepest key that is written in the declaration.
fn by_key(way: &Trace, written: Label, missing: String, words: Words<'_>) -> Explanation {
    let mut related: Vec<Label> = branches(way, words).collect();
    related.extend(way.steps.iter().find_map(|step| match step {
        TraceStep::Variable { used, name } if Some(*used) == way.used => {
            Some(label(*used, format!("this comes from `{name}`")))
        }
        _ => None,
    }));
    let typed = way.steps.iter().any(|step| matches!(step, TraceStep::Typed { .. }));
    let mut decided_by = if typed { DecidedBy::ParameterFile } else { DecidedBy::Absent };
    match &way.end {
        End::Literal { at, text } => {
            decided_by = DecidedBy::Literal;
            let said = if text == "null" { words.branch.to_owned() } else { format!("`{text}` here") };
            related.push(label(*at, said));
        }
        End::Missing { key: Some(key), rest, .. } if !rest.is_empty() => {
            related.push(label(*key, format!("no `{}` in here", rest.join("."))));
        }
        End::Missing { .. } | End::NotPassed { .. } | End::Opaque => {}
    }
    let is_value = missing.is_empty();
    let said = if is_value { String::new() } else { written.text.clone() };
    Explanation { primary: written.span, label: said, is_value, missing, related, decided_by, written }
}

/// The conditions on the way, each behind the flags that give it its answer.
fn branches<'w>(way: &'w Trace, words: Words<'w>) -> impl Iterator<Item = Label> + 'w {
    way.steps.iter().flat_map(move |step| match step {
        TraceStep::Branch { condition, would_have, flags, .. } => {
            let said = if *would_have { words.left_out } else { "this condition decides" };
            let flags = flags.iter().map(|flag| label(flag.literal, flag_text(flag)));
            flags.chain([label(*condition, said)]).collect()
        }
        TraceStep::Function { flags } => flags.iter().map(|flag| label(flag.literal, flag_text(flag))).collect(),
        _ => Vec::new(),
    })
}

/// The copies on the way that are worth a look: what is passed on, and what is not passed.
fn copies(way: &Trace) -> impl Iterator<Item = Label> {
    way.steps.iter().enumerate().flat_map(|(at, step)| {
        let passed = |used: &Span| (at > 0).then(|| label(*used, "passed on here"));
        match step {
            TraceStep::Argument { used } | TraceStep::File { used } => passed(used).into_iter().collect(),
            TraceStep::Default { used, name, declared, call } => {
                let unset =
                    matches!(way.end, End::NotPassed { .. }).then(|| label(*declared, "null unless a value is passed"));
                let call = call.map(|call| label(call, format!("`{name}` is not passed")));
                passed(used).into_iter().chain(unset).chain(call).collect()
            }
            TraceStep::Typed { name, declared } => vec![label(*declared, format!("`--param` sets `{name}`"))],
            TraceStep::Output { declared, .. } => vec![label(*declared, "output declared here")],
            TraceStep::Variable { .. } | TraceStep::Function { .. } | TraceStep::Branch { .. } => Vec::<Label>::new(),
        }
    })
}

/// The calls on the way down to the resource, outermost first.
fn calls(world: &World<'_, '_>, resource: &ResourceRef) -> Vec<Label> {
    let path = world.eval.call_path(resource.frame);
    path.iter().map(|call| label(world.eval.declared_at(call), DEPLOYED)).collect()
}
