//! The place of a finding, and the other places that tell why.
//!
//! From the property the way goes along plain copies to the literal and stops at the first operator;
//! through a condition it goes only to a flag that is used for nothing else. That literal is the
//! primary place if it lies in the project; else it is the deepest key on the path that is written in
//! the resource's declaration. Everything else on the way is related.

use super::trace::{End, Flag, Step, Trace, trace};
use super::world::World;
use crate::eval::ResourceRef;
use crate::finding::{DecidedBy, Label};
use crate::source::Span;
use crate::template::Str;

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
}

/// Explains the property of `resource` at `path` in `world`.
pub fn explain(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Explanation {
    let way = trace(world, resource, path);
    let dedicated = dedicated_flag(&way);
    match (&way.end, dedicated) {
        (End::Literal { at, text }, _) if way.plain => literal(world, resource, &way, *at, text),
        (_, Some(flag)) => by_flag(world, resource, &way, &flag),
        _ => written(world, resource, path, &way),
    }
}

fn label(span: Span, text: impl Into<String>) -> Label {
    Label { span, text: text.into() }
}

/// The flag, if a condition on nothing but a flag of its own is all that lies on the way.
fn dedicated_flag(way: &Trace) -> Option<Flag> {
    let mut branches = way.steps.iter().filter_map(|step| match step {
        Step::Branch { flags, .. } => Some(flags),
        _ => None,
    });
    match (branches.next().map(Vec::as_slice), branches.next()) {
        (Some([flag]), None) if flag.dedicated => Some(flag.clone()),
        _ => None,
    }
}

/// A literal at the end of plain copies.
fn literal(world: &World<'_, '_>, resource: &ResourceRef, way: &Trace, at: Span, text: &str) -> Explanation {
    let from = way.steps.iter().rev().find_map(|step| match step {
        Step::Default { .. } => Some(DecidedBy::Default),
        Step::File { .. } => Some(DecidedBy::ParameterFile),
        Step::Argument { .. } => Some(DecidedBy::Argument),
        _ => None,
    });
    let decided_by = from.unwrap_or(DecidedBy::Literal);
    let said = if decided_by == DecidedBy::Default { format!("default is `{text}` here") } else { String::new() };
    let mut related = Vec::new();
    related.extend(way.used.filter(|used| *used != at).map(|used| label(used, "used here")));
    related.extend(copies(way).filter(|copy| copy.span != at && Some(copy.span) != way.used));
    related.extend(calls(world, resource, &related));
    Explanation { primary: at, label: said, is_value: true, missing: String::new(), related, decided_by }
}

/// The flag that a condition asks, and nothing else does.
fn by_flag(world: &World<'_, '_>, resource: &ResourceRef, way: &Trace, flag: &Flag) -> Explanation {
    let decided_by = if flag.default { DecidedBy::Default } else { DecidedBy::Argument };
    let mut related = Vec::new();
    related.extend(way.steps.iter().filter_map(|step| match step {
        Step::Branch { condition, .. } => Some(label(*condition, "this condition decides")),
        _ => None,
    }));
    related
        .extend(way.used.filter(|used| related.iter().all(|l| l.span != *used)).map(|used| label(used, "used here")));
    related.extend(copies(way).filter(|copy| related.iter().all(|l| l.span != copy.span)).collect::<Vec<_>>());
    related.extend(calls(world, resource, &related));
    let said = flag_text(flag);
    Explanation { primary: flag.literal, label: said, is_value: false, missing: String::new(), related, decided_by }
}

fn flag_text(flag: &Flag) -> String {
    match (flag.default, &*flag.text) {
        (true, "false") => "off by default".into(),
        (true, text) => format!("`{}` is `{text}` by default", flag.name),
        (false, text) => format!("`{}` is `{text}` here", flag.name),
    }
}

/// The deepest key that is written in the declaration.
fn written(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str], way: &Trace) -> Explanation {
    let (primary, names) = way.written.unwrap_or_else(|| (declaration(world, resource), 0));
    let missing = path.get(names..).unwrap_or_default().join(".");
    let mut related = Vec::new();
    for step in &way.steps {
        match step {
            Step::Branch { condition, would_have, flags, .. } => {
                related.extend(flags.iter().map(|flag| label(flag.literal, flag_text(flag))));
                let said = if *would_have { "so it is left out here" } else { "this condition decides" };
                related.push(label(*condition, said));
            }
            Step::Variable { used, name } if Some(*used) == way.used => {
                related.push(label(*used, format!("this comes from `{name}`")));
            }
            _ => {}
        }
    }
    let mut decided_by = DecidedBy::Absent;
    match &way.end {
        End::Literal { at, text } => {
            decided_by = DecidedBy::Literal;
            related.push(label(*at, format!("`{text}` here")));
        }
        End::Missing { key: Some(key), rest } if *key != primary && !rest.is_empty() => {
            related.push(label(*key, format!("no `{rest}` in here")));
        }
        End::Missing { .. } | End::NotPassed | End::Opaque => {}
    }
    related.extend(copies(way).filter(|copy| related.iter().all(|l| l.span != copy.span)).collect::<Vec<_>>());
    related.extend(calls(world, resource, &related));
    let is_value = missing.is_empty();
    let said = if is_value { String::new() } else { format!("no `{missing}` in here") };
    related.retain(|other| other.span != primary);
    Explanation { primary, label: said, is_value, missing, related, decided_by }
}

/// The copies on the way that are worth a look: what is passed, and what is not.
fn copies(way: &Trace) -> impl Iterator<Item = Label> {
    way.steps.iter().flat_map(|step| match step {
        Step::Argument { declared, .. } => vec![label(*declared, "passed on here")],
        Step::Default { name, declared, call, .. } => {
            let unset = matches!(way.end, End::NotPassed).then(|| label(*declared, "null unless a value is passed"));
            let call = call.map(|call| label(call, format!("`{name}` is not passed")));
            unset.into_iter().chain(call).collect()
        }
        Step::Output { declared, .. } => vec![label(*declared, "output declared here")],
        Step::File { .. } | Step::Variable { .. } | Step::Branch { .. } => Vec::new(),
    })
}

/// The calls on the way down to the resource, outermost first.
fn calls(world: &World<'_, '_>, resource: &ResourceRef, told: &[Label]) -> Vec<Label> {
    let path = world.eval.call_path(resource.frame);
    let heads = path.iter().map(|call| {
        let file = world.eval.frame(call.frame).template.file;
        (world.eval.with_declared(call, |declared| declared.head).in_file(file), world.eval.title_of(call))
    });
    heads
        .filter(|(head, _)| told.iter().all(|label| label.span != *head))
        .map(|(head, _)| label(head, "deployed from here"))
        .collect()
}

fn declaration(world: &World<'_, '_>, resource: &ResourceRef) -> Span {
    let file = world.eval.frame(resource.frame).template.file;
    world.eval.with_declared(resource, |declared| declared.head).in_file(file)
}
