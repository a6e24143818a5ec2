//! Where a property would have to be changed: the literal that gives its value, or the object that lacks it.

use super::trace::{End, Trace, TraceStep, trace};
use super::world::World;
use crate::eval::ResourceRef;
use crate::source::{Span, Str, TextRange};
use crate::template::{Expr, ExprId, ExprKind, Template};

/// The place that decides a property, and how its value gets to the resource.
#[derive(Debug, Clone)]
pub struct Located {
    /// The place.
    pub target: FixTarget,
    /// The steps between it and the resource.
    pub ways: Vec<Way>,
}

/// A place that decides a property.
#[derive(Debug, Clone)]
pub enum FixTarget {
    /// A literal.
    Literal(Span),
    /// A null where there should be an object with the names of `rest`.
    Null {
        /// The null.
        at: Span,
        /// What is missing.
        rest: Vec<Str>,
    },
    /// An object literal that lacks the names of `rest`; without any, the value itself, which has too little in it.
    Object {
        /// The object.
        object: Span,
        /// What is missing.
        rest: Vec<Str>,
    },
    /// A call that does not pass the parameter `name`; of its value, `rest` is what matters.
    Call {
        /// The call.
        by: Box<ResourceRef>,
        /// The parameter.
        name: Str,
        /// What is missing in it.
        rest: Vec<Str>,
    },
}

/// A copy on the way from the place to the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A variable, and in how many places it is used.
    Variable {
        /// Its name.
        name: Str,
        /// How many expressions name it.
        uses: u32,
    },
    /// The default of a parameter, and who else uses that.
    Default {
        /// Its name.
        name: Str,
        /// What else names the parameter, as text, each once.
        others: Vec<String>,
    },
    /// A value in a parameter file.
    File,
    /// An argument of a call.
    Argument,
    /// A condition.
    Branch,
}

/// A flag, and what it should be.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The name of the parameter.
    pub name: Str,
    /// The other value than it has.
    pub value: bool,
    /// Where its value is given.
    pub located: Located,
}

/// The place that alone decides the property of `resource` at `path` in `world`; `None` when there is none: an
/// operator, a condition or something unknown decides, or a value that cannot be edited.
pub fn locate(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Option<Located> {
    let Trace { steps, only_way, end, .. } = trace(world, resource, path);
    let is_item = |rest: &[Str]| rest.iter().any(|name| name.starts_with('['));
    let target = match end {
        _ if !only_way => return None,
        End::Literal { at, .. } => FixTarget::Literal(at),
        End::Missing { rest, .. } if is_item(&rest) => return None,
        End::Missing { object: Some(object), rest, key } if key == Some(object) => FixTarget::Null { at: object, rest },
        End::Missing { object: Some(object), rest, .. } => FixTarget::Object { object, rest },
        End::NotPassed { name, rest, by: Some(by) } if !is_item(&rest) => FixTarget::Call { by, name, rest },
        End::Missing { .. } | End::NotPassed { .. } | End::Opaque => return None,
    };
    let mut ways = Vec::new();
    for step in &steps {
        ways.push(match step {
            TraceStep::Variable { used, name } => {
                Way::Variable { name: name.clone(), uses: uses_of(world, *used, name)? }
            }
            TraceStep::Default { used, name, declared, .. } => {
                // That nothing is passed is what the call is for.
                if matches!(target, FixTarget::Call { .. }) {
                    continue;
                }
                Way::Default { name: name.clone(), others: others_of(world, *declared, *used, name)? }
            }
            TraceStep::File { .. } => Way::File,
            TraceStep::Argument { .. } => Way::Argument,
            TraceStep::Branch { .. } => Way::Branch,
            TraceStep::Typed { .. } | TraceStep::Output { .. } | TraceStep::Function { .. } => return None,
        });
    }
    Some(Located { target, ways })
}

/// The flag that leaves out the property of `resource` at `path` in `world`: a parameter that decides nothing else.
pub fn locate_switch(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Option<Switch> {
    let Trace { steps, .. } = trace(world, resource, path);
    let mut choices = steps.iter().filter_map(|step| match step {
        TraceStep::Branch { would_have: true, conditional, condition, flags } => Some((conditional, condition, flags)),
        _ => None,
    });
    let (Some((conditional, condition, flags)), None) = (choices.next(), choices.next()) else { return None };
    let ([flag], true) = (flags.as_slice(), is_only_in(world, *condition, *conditional)) else { return None };
    let value = match &*flag.text {
        "true" => false,
        "false" => true,
        _ => return None,
    };
    let (name, target) = (flag.name.clone(), FixTarget::Literal(flag.literal));
    let (target, way) = match &flag.by {
        Some(by) => (FixTarget::Call { by: by.clone(), name: name.clone(), rest: Vec::new() }, None),
        None if flag.default => (target, Some(Way::Default { name: name.clone(), others: Vec::new() })),
        None => (target, Some(Way::Argument)),
    };
    let ways = [Way::Branch].into_iter().chain(way).collect();
    Some(Switch { name, value, located: Located { target, ways } })
}

/// The value that stands at `path` in the declaration of `resource` itself, whatever it is.
pub fn locate_written(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Option<Located> {
    let Trace { written, used, .. } = trace(world, resource, path);
    let (_, names) = written?;
    (names == path.len()).then_some(Located { target: FixTarget::Literal(used?), ways: Vec::new() })
}

/// Whether `condition` is a parameter that is named nowhere outside of `conditional`.
fn is_only_in(world: &World<'_, '_>, condition: Span, conditional: Span) -> bool {
    let Some(template) = world.eval.template_at(condition) else { return false };
    let candidates = template.exprs.iter().filter(|expr| expr.range == condition.range);
    let Some(id) = candidates.into_iter().find_map(|expr| match expr.kind {
        ExprKind::Param(id) => Some(id),
        _ => None,
    }) else {
        return false;
    };
    let mut uses = template.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Param(used) if used == id));
    uses.all(|used| conditional.range.contains(used.range))
}

/// How many expressions of the template around `used` name its variable.
fn uses_of(world: &World<'_, '_>, used: Span, name: &str) -> Option<u32> {
    let template = world.eval.template_at(used)?;
    let id = template.variable(name)?;
    Some(template.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Variable(used) if used == id)).count() as u32)
}

/// What names the parameter `name`, declared at `declared`, elsewhere than at `used`.
fn others_of(world: &World<'_, '_>, declared: Span, used: Span, name: &str) -> Option<Vec<String>> {
    let template = world.eval.template_at(declared)?;
    let id = template.param(name)?;
    let names_it = |expr: &&Expr| matches!(expr.kind, ExprKind::Param(named) if named == id);
    let mut others = Vec::new();
    for expr in template.exprs.iter().filter(names_it).filter(|expr| expr.range != used.range) {
        let user = user_of(&template, expr.range);
        if !others.contains(&user) {
            others.push(user);
        }
    }
    Some(others)
}

/// The declaration of `template` in which `range` stands, as text.
fn user_of(template: &Template, range: TextRange) -> String {
    let contains_range = |value: ExprId| template.expr(value).range.contains(range);
    let around = template.resources.iter().filter(|resource| resource.range.contains(range));
    if let Some(resource) = around.min_by_key(|resource| resource.range.len()) {
        let name = resource.name.map(|name| &template.expr(name).kind);
        return match (&resource.symbol, name, &resource.ty) {
            (Some(symbol), ..) => format!("`{symbol}`"),
            (None, Some(ExprKind::Str(name)), _) => format!("`{name}`"),
            (None, _, Some(ty)) => format!("the {ty}"),
            (None, _, None) => "a resource".to_owned(),
        };
    }
    if let Some(output) = template.outputs.iter().find(|output| contains_range(output.value)) {
        return format!("output `{}`", output.name);
    }
    if let Some(variable) = template.variables.iter().find(|variable| contains_range(variable.value)) {
        return format!("variable `{}`", variable.name);
    }
    match template.params.iter().find(|param| param.default.is_some_and(contains_range)) {
        Some(param) => format!("parameter `{}`", param.name),
        None => "another declaration".to_owned(),
    }
}
