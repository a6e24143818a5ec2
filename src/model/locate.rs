//! Where a property would have to be changed: the literal that gives its value, or the object that lacks it.

use super::trace::{End, Step, Trace, trace};
use super::world::World;
use crate::eval::ResourceRef;
use crate::source::Span;
use crate::template::{ExprKind, Str};

/// The place that decides a property, and how its value gets to the resource.
#[derive(Debug, Clone)]
pub struct Located {
    /// The place.
    pub target: Target,
    /// The steps between it and the resource.
    pub ways: Vec<Way>,
}

/// A place that decides a property.
#[derive(Debug, Clone)]
pub enum Target {
    /// A literal.
    Literal(Span),
    /// A null where there should be an object with the names of `rest`.
    Null {
        /// The null.
        at: Span,
        /// What is missing.
        rest: Vec<Str>,
    },
    /// An object literal that lacks the names of `rest`.
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
    /// The default of a parameter, and in how many places that is used.
    Default {
        /// Its name.
        name: Str,
        /// How many expressions name it.
        uses: u32,
    },
    /// A value in a parameter file.
    File,
    /// An argument of a call.
    Argument,
}

/// The place that alone decides the property of `resource` at `path` in `world`; `None` when there is none: an
/// operator, a condition or something unknown decides, or a value that nobody can mend.
pub fn locate(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Option<Located> {
    let Trace { steps, plain, end, .. } = trace(world, resource, path);
    let is_item = |rest: &[Str]| rest.iter().any(|name| name.starts_with('['));
    let target = match end {
        _ if !plain => return None,
        End::Literal { at, .. } => Target::Literal(at),
        End::Missing { rest, .. } if rest.is_empty() || is_item(&rest) => return None,
        End::Missing { object: Some(object), rest, key } if key == Some(object) => Target::Null { at: object, rest },
        End::Missing { object: Some(object), rest, .. } => Target::Object { object, rest },
        End::NotPassed { name, rest, by: Some(by) } if !is_item(&rest) => Target::Call { by, name, rest },
        End::Missing { .. } | End::NotPassed { .. } | End::Opaque => return None,
    };
    let mut ways = Vec::new();
    for step in &steps {
        ways.push(match step {
            Step::Variable { used, name } => Way::Variable { name: name.clone(), uses: uses_of(world, *used, name)? },
            Step::Default { name, declared, .. } => {
                // That nothing is passed is what the call is for.
                if matches!(target, Target::Call { .. }) {
                    continue;
                }
                Way::Default { name: name.clone(), uses: param_uses(world, *declared, name)? }
            }
            Step::File { .. } => Way::File,
            Step::Argument { .. } => Way::Argument,
            Step::Typed { .. } | Step::Output { .. } | Step::Function { .. } | Step::Branch { .. } => return None,
        });
    }
    Some(Located { target, ways })
}

/// How many expressions of the template around `used` name its variable.
fn uses_of(world: &World<'_, '_>, used: Span, name: &str) -> Option<u32> {
    let template = world.eval.template_at(used)?;
    let id = template.variable(name)?;
    Some(template.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Variable(used) if used == id)).count() as u32)
}

fn param_uses(world: &World<'_, '_>, declared: Span, name: &str) -> Option<u32> {
    let template = world.eval.template_at(declared)?;
    let id = template.param(name)?;
    template.params.get(id.0 as usize).map(|param| param.uses)
}
