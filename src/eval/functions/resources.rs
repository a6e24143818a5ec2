//! Resource ids and references.

use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use std::rc::Rc;

use crate::eval::term::{Term, TermId};
use crate::eval::value::Value;
use crate::eval::{DeploymentPlace, Evaluator, ResourceRef};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "extensionResourceId", arity: 3..=MANY, partial: true, run: extension_resource_id },
    FunctionEntry {
        name: "managementGroupResourceId",
        arity: 2..=MANY,
        partial: true,
        run: management_group_resource_id,
    },
    FunctionEntry { name: "reference", arity: 1..=3, partial: true, run: reference },
    FunctionEntry { name: "resourceId", arity: 2..=MANY, partial: true, run: resource_id },
    FunctionEntry { name: "subscriptionResourceId", arity: 2..=MANY, partial: true, run: subscription_resource_id },
    FunctionEntry { name: "tenantResourceId", arity: 2..=MANY, partial: true, run: tenant_resource_id },
];

/// Splits the arguments at the resource type, which is the first that contains a slash.
fn at_type(args: &[Value]) -> Result<(&[Value], &crate::source::Str, &[Value]), Stop> {
    let is_type = |value: &Value| matches!(value, Value::Str(text) if text.contains('/'));
    let at = args.iter().position(is_type).ok_or(Stop::Residual)?;
    match &args[at] {
        Value::Str(ty) => {
            let (names, wanted) = (&args[at + 1..], ty.trim_end_matches('/').matches('/').count());
            let known = names.iter().all(|name| matches!(name, Value::Str(text) if !text.contains('/')));
            if known && names.len() != wanted {
                return Err(Stop::Wrong(format!("the resource type `{ty}` needs {wanted} names, not {}", names.len())));
            }
            Ok((&args[..at], ty, names))
        }
        _ => Err(Stop::Residual),
    }
}

fn resource_id(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (before, ty, names) = at_type(args)?;
    let eval = context.eval;
    let own = eval.frame(context.frame).place;
    let place = match before {
        [] if own.management_group.is_some() => DeploymentPlace::default(),
        [] => own,
        [group] if own.group.is_some() => eval.group_in(own, None, group),
        [subscription] => eval.subscription_place(subscription),
        [subscription, group] => eval.group_in(own, Some(subscription), group),
        _ => return Err(Stop::Residual),
    };
    Ok(eval.id_value(ty, eval.id_of_place(place), names))
}

fn subscription_resource_id(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (before, ty, names) = at_type(args)?;
    let place = match before {
        [] => context.eval.subscription_of(context.frame),
        [subscription] => context.eval.subscription_place(subscription),
        _ => return Err(Stop::Residual),
    };
    Ok(context.eval.id_value(ty, context.eval.id_of_place(place), names))
}

fn management_group_resource_id(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (before, ty, names) = at_type(args)?;
    let name = match before {
        [] => context.eval.frame(context.frame).place.management_group.ok_or(Stop::Residual)?,
        [name] => context.eval.reify(name),
        _ => return Err(Stop::Residual),
    };
    let place = DeploymentPlace { management_group: Some(name), ..DeploymentPlace::default() };
    Ok(context.eval.id_value(ty, context.eval.id_of_place(place), names))
}

fn tenant_resource_id(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (_, ty, names) = at_type(args)?;
    Ok(context.eval.id_value(ty, Value::str(""), names))
}

fn extension_resource_id(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (scope, rest) = args.split_first().ok_or(Stop::Residual)?;
    let (_, ty, names) = at_type(rest)?;
    let scope = context.eval.text(context.parts(scope));
    Ok(context.eval.id_value(ty, scope, names))
}

/// The resource of the template that a symbolic name or an id stands for.
fn resource_of(context: &CallContext<'_, '_>, value: &Value) -> Result<Option<Rc<ResourceRef>>, Stop> {
    Ok(match value {
        Value::Id(id) => context.eval.by_id(context.frame, id),
        Value::Resource(reference) if reference.path.is_empty() => Some(reference.clone()),
        symbol => match context.eval.by_symbol(context.frame, symbol) {
            Some(None) => return Err(Stop::Wrong("the loop makes no resource with this index".into())),
            None => context.eval.by_name(context.frame, symbol),
            found => found.flatten(),
        },
    })
}

/// `listKeys(symbol or id, version, body)`: what only the running service knows.
pub(super) fn list(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (first, rest) = args.split_first().ok_or(Stop::Residual)?;
    let found = resource_of(context, first)?;
    if let (Some(found), "listoutputswithsecurevalues") = (&found, &**context.name) {
        return Ok(context.eval.module_outputs(found, false));
    }
    let id = found.map_or_else(|| context.eval.reify(first), |found| context.eval.running_id(&found));
    Ok(context.eval.list_call(context.name, id, rest))
}

impl Evaluator<'_> {
    /// The residual of a `list…` function for the resource `id`; the version that `args` begins with decides how
    /// it is shown, not what it is.
    pub(in crate::eval) fn list_call(&self, name: &str, id: TermId, args: &[Value]) -> Value {
        if let Some(Value::Str(version)) = args.first() {
            self.note_version(id, version);
        }
        let body = args.iter().skip(1).map(|arg| self.reify(arg));
        let terms = std::iter::once(id).chain(body).collect();
        let name = self.with_store(|store| store.fold(name));
        self.unknown(Term::Call(name, terms))
    }
}

/// `reference(symbol or id, version, 'Full')`: a resource of the template itself, if it is one.
fn reference(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let full = matches!(args.get(2), Some(Value::Str(text)) if text.eq_ignore_ascii_case("full"));
    let found = resource_of(context, &args[0])?;
    if let Some(found) = found {
        // A resource of an extension has no other form.
        let full = full || eval.is_extensible(&found);
        return Ok(Value::Resource(if full { found } else { eval.deeper(&found, &["properties"]) }));
    }
    // A resource that is deployed elsewhere: the version decides how it is shown, not what it is.
    let id = eval.reify(&args[0]);
    if let Some(Value::Str(version)) = args.get(1) {
        eval.note_version(id, version);
    }
    let whole = eval.term(Term::Call(context.name.clone(), [id].into()));
    Ok(if full { Value::Unknown(whole) } else { eval.unknown_member(whole, "properties") })
}
