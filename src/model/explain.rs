//! The place of a finding, and the other places that show why.
//!
//! From the property the way goes along plain copies to the literal and stops at the first operator;
//! through a condition it goes only to a flag that is used for nothing else. That literal is the
//! primary place if it lies in the project; else it is the deepest key on the path that is written in
//! the resource's declaration. Everything else on the way is related.

use super::reason::{Reason, ReasonAt};
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
    /// The label of that place; empty when the rule has a better one.
    pub label: String,
    /// Whether the primary place is a value (and not a place where something is missing).
    pub is_value: bool,
    /// The part of the path that is not written, for a primary place where something is missing.
    pub missing: String,
    /// The other places, in the order in which they are shown.
    pub related: Vec<Label>,
    /// What decides.
    pub decided_by: DecidedBy,
    /// The deepest key on the path that is written in the declaration: the place to take when loop
    /// instances or contexts do not agree on the primary one.
    pub written: Label,
}

/// The labels of a rule for places that many rules have.
#[derive(Debug, Clone, Copy)]
pub struct CommonLabels<'r> {
    /// At a condition that leaves out what the rule requires.
    pub left_out: &'r str,
    /// At the null in the branch that a condition takes.
    pub branch: &'r str,
}

impl Default for CommonLabels<'_> {
    fn default() -> Self {
        Self { left_out: "so it is left out here", branch: "null in this branch" }
    }
}

/// An explanation before its labels are worded.
struct Reasons<'r> {
    primary: ReasonAt<'r>,
    is_value: bool,
    missing: String,
    related: Vec<ReasonAt<'r>>,
    decided_by: DecidedBy,
    written: ReasonAt<'r>,
}

impl From<Reasons<'_>> for Explanation {
    fn from(why: Reasons<'_>) -> Self {
        Self {
            primary: why.primary.span,
            label: why.primary.reason.text(),
            is_value: why.is_value,
            missing: why.missing,
            related: why.related.into_iter().map(Label::from).collect(),
            decided_by: why.decided_by,
            written: why.written.into(),
        }
    }
}

/// Explains the property of `resource` at `path` in `world`.
pub fn explain(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str], labels: CommonLabels<'_>) -> Explanation {
    let way = trace(world, resource, path);
    let (written, names) = way.written.unwrap_or_else(|| (world.eval.declared_at(resource), 0));
    let missing = path.get(names..).unwrap_or_default().join(".");
    let written = match missing.is_empty() {
        // The value shows more than its key, as long as it is short.
        true => ReasonAt::new(way.used.filter(|used| !world.eval.is_block(*used)).unwrap_or(written), Reason::Differs),
        false => ReasonAt::new(written, Reason::Missing(missing.clone())),
    };
    let mut why = match (&way.end, dedicated_flag(&way)) {
        (End::Literal { at, text }, _) if way.plain => literal(&way, *at, text, written),
        (_, Some(flag)) => by_flag(&way, &flag, written, labels),
        _ => by_key(&way, written, missing, labels),
    };
    // Whether something is passed, and the calls on the way down, come last in every explanation.
    why.related.extend(copies(&way));
    why.related.extend(calls(world, resource));
    if world.eval.project.is_cached(why.primary.span.file) {
        leave_module_cache(world, resource, &way, &mut why);
    }
    if world.eval.project.is_cached(why.written.span.file) {
        why.written = outside_module_cache(world, resource, passed(&why)).unwrap_or(why.written);
    }
    if let Some(named) = world.eval.known_at(resource.frame) {
        name_known_module(world, resource, named, &mut why);
    }
    let mut shown = vec![why.primary.span];
    why.related.retain(|other| {
        !shown.contains(&other.span) && {
            shown.push(other.span);
            true
        }
    });
    why.into()
}

/// Moves the primary place out of the module cache, where nobody edits anything: to the argument that
/// was passed, or to the call that passes none.
fn leave_module_cache(world: &World<'_, '_>, resource: &ResourceRef, way: &Trace, why: &mut Reasons<'_>) {
    let ours = |span: &Span| !world.eval.project.is_cached(span.file);
    let not_passed = way.steps.iter().flat_map(|step| match step {
        TraceStep::Default { name, call: Some(call), .. } => {
            vec![ReasonAt::new(*call, Reason::NotPassed(name.clone()))]
        }
        TraceStep::Branch { flags, .. } | TraceStep::Function { flags } => {
            let not_passed = |flag: &Flag| Some(ReasonAt::new(flag.call?, Reason::NotPassed(flag.name.clone())));
            flags.iter().filter_map(not_passed).collect()
        }
        _ => Vec::new(),
    });
    let not_passed: Vec<ReasonAt<'_>> = not_passed.collect();
    let Some(outside) = outside_module_cache(world, resource, not_passed.iter().cloned().chain(passed(why))) else {
        return;
    };
    // What the module does by itself where nothing is passed is a default of it.
    if not_passed.contains(&outside) && matches!(why.decided_by, DecidedBy::Literal | DecidedBy::Absent) {
        why.decided_by = DecidedBy::Default;
    }
    let inside = std::mem::replace(&mut why.primary, outside.clone());
    why.missing.clear();
    // Of the module's inside only its defaults are worth a look.
    why.related.insert(0, inside);
    why.related.retain(|other| ours(&other.span) || other.reason.default_text().is_some());
    let read = world.eval.known_at(resource.frame).is_none();
    if let Some(name) = module_name(world, resource).filter(|_| read) {
        for other in why.related.iter_mut().filter(|other| !ours(&other.span)) {
            other.reason = Reason::Inside(Box::new(other.reason.clone()), name.clone());
        }
    }
    why.written = outside;
}

/// What is passed on the way, as far as it is shown.
fn passed<'r>(why: &Reasons<'r>) -> impl Iterator<Item = ReasonAt<'r>> {
    why.related.iter().filter(|other| other.reason != Reason::DeployedFrom).cloned()
}

/// The first of `places` that lies in no module cache, else the innermost call that lies in none.
fn outside_module_cache<'r>(
    world: &World<'_, '_>,
    resource: &ResourceRef,
    places: impl Iterator<Item = ReasonAt<'r>>,
) -> Option<ReasonAt<'r>> {
    let mut places = places.chain(calls(world, resource).into_iter().rev());
    places.find(|place| !world.eval.project.is_cached(place.span.file))
}

/// Adds at `named`, where a module is named that was not read, that the answer rests on what is known of it. There is
/// no text of the module to show, so this label also has the default in it.
fn name_known_module(world: &World<'_, '_>, resource: &ResourceRef, named: Span, why: &mut Reasons<'_>) {
    let inside = |other: &ReasonAt<'_>| world.eval.project.is_known(other.span.file);
    let default = why.related.iter().filter(|other| inside(other)).find_map(|other| other.reason.default_text());
    let module = module_name(world, resource).unwrap_or_default();
    why.related.retain(|other| !inside(other));
    why.related.insert(0, ReasonAt::new(named, Reason::KnownModule { module, default }));
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
fn literal<'r>(way: &Trace, at: Span, text: &str, written: ReasonAt<'r>) -> Reasons<'r> {
    let from = way.steps.iter().rev().find_map(|step| match step {
        TraceStep::Default { .. } => Some(DecidedBy::Default),
        TraceStep::File { .. } => Some(DecidedBy::ParameterFile),
        TraceStep::Argument { .. } => Some(DecidedBy::Argument),
        _ => None,
    });
    let decided_by = from.unwrap_or(DecidedBy::Literal);
    let reason = if decided_by == DecidedBy::Default { Reason::DefaultValue(text.into()) } else { Reason::ByRule };
    Reasons {
        primary: ReasonAt::new(at, reason),
        is_value: true,
        missing: String::new(),
        related: way.used.map(|used| ReasonAt::new(used, Reason::Used)).into_iter().collect(),
        decided_by,
        written,
    }
}

/// The flag on which a condition depends, and nothing else does.
fn by_flag<'r>(way: &Trace, flag: &Flag, written: ReasonAt<'r>, labels: CommonLabels<'r>) -> Reasons<'r> {
    let mut related: Vec<ReasonAt<'_>> = branches(way, labels).collect();
    // A use that is the whole conditional adds nothing to its condition.
    let is_shown =
        |used: &Span| related.iter().any(|other| other.span.file == used.file && used.range.contains(other.span.range));
    let used = way.used.filter(|used| !is_shown(used));
    related.extend(used.map(|used| ReasonAt::new(used, Reason::Used)));
    Reasons {
        primary: ReasonAt::new(flag.literal, Reason::of_flag(flag)),
        is_value: false,
        missing: String::new(),
        related,
        decided_by: if flag.default { DecidedBy::Default } else { DecidedBy::Argument },
        written,
    }
}

/// The deepest key that is written in the declaration.
fn by_key<'r>(way: &Trace, written: ReasonAt<'r>, missing: String, labels: CommonLabels<'r>) -> Reasons<'r> {
    let mut related: Vec<ReasonAt<'_>> = branches(way, labels).collect();
    related.extend(way.steps.iter().find_map(|step| match step {
        TraceStep::Variable { used, name } if Some(*used) == way.used => {
            Some(ReasonAt::new(*used, Reason::Variable(name.clone())))
        }
        _ => None,
    }));
    let typed = way.steps.iter().any(|step| matches!(step, TraceStep::Typed { .. }));
    let mut decided_by = if typed { DecidedBy::ParameterFile } else { DecidedBy::Absent };
    match &way.end {
        End::Literal { at, text } => {
            decided_by = DecidedBy::Literal;
            let is_null = text == "null";
            let reason = if is_null { Reason::Branch(labels.branch) } else { Reason::Literal(text.clone()) };
            related.push(ReasonAt::new(*at, reason));
        }
        End::Missing { key: Some(key), rest, .. } if !rest.is_empty() => {
            related.push(ReasonAt::new(*key, Reason::Missing(rest.join("."))));
        }
        End::Missing { .. } | End::NotPassed { .. } | End::Opaque => {}
    }
    let is_value = missing.is_empty();
    let reason = if is_value { Reason::ByRule } else { written.reason.clone() };
    Reasons { primary: ReasonAt::new(written.span, reason), is_value, missing, related, decided_by, written }
}

/// The conditions on the way, each behind the flags that give it its answer.
fn branches<'w, 'r: 'w>(way: &'w Trace, labels: CommonLabels<'r>) -> impl Iterator<Item = ReasonAt<'r>> + 'w {
    let shown = |flag: &Flag| ReasonAt::new(flag.literal, Reason::of_flag(flag));
    way.steps.iter().flat_map(move |step| match step {
        TraceStep::Branch { condition, would_have, flags, .. } => {
            let reason = if *would_have { Reason::LeftOut(labels.left_out) } else { Reason::Condition };
            flags.iter().map(shown).chain([ReasonAt::new(*condition, reason)]).collect()
        }
        TraceStep::Function { flags } => flags.iter().map(shown).collect(),
        _ => Vec::new(),
    })
}

/// The copies on the way that are worth a look: what is passed on, and what is not passed.
fn copies<'r>(way: &Trace) -> impl Iterator<Item = ReasonAt<'r>> {
    way.steps.iter().enumerate().flat_map(|(at, step)| {
        let passed = |used: &Span| (at > 0).then(|| ReasonAt::new(*used, Reason::PassedOn));
        match step {
            TraceStep::Argument { used } | TraceStep::File { used } => passed(used).into_iter().collect(),
            TraceStep::Default { used, name, declared, call } => {
                let not_passed = matches!(way.end, End::NotPassed { .. });
                let unset = not_passed.then(|| ReasonAt::new(*declared, Reason::NullUnlessPassed));
                let call = call.map(|call| ReasonAt::new(call, Reason::NotPassed(name.clone())));
                passed(used).into_iter().chain(unset).chain(call).collect()
            }
            TraceStep::Typed { name, declared } => vec![ReasonAt::new(*declared, Reason::SetByOption(name.clone()))],
            TraceStep::Output { declared, .. } => vec![ReasonAt::new(*declared, Reason::Output)],
            TraceStep::Variable { .. } | TraceStep::Function { .. } | TraceStep::Branch { .. } => Vec::new(),
        }
    })
}

/// The calls on the way down to the resource, outermost first.
fn calls<'r>(world: &World<'_, '_>, resource: &ResourceRef) -> Vec<ReasonAt<'r>> {
    let path = world.eval.call_path(resource.frame);
    path.iter().map(|call| ReasonAt::new(world.eval.declared_at(call), Reason::DeployedFrom)).collect()
}
