//! Resource ids and references.

use super::{Context, Entry, MANY, Outcome, Stop};
use crate::eval::Place;
use crate::eval::term::Term;
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    Entry { name: "extensionResourceId", arity: 3..=MANY, partial: true, run: extension_resource_id },
    Entry { name: "managementGroupResourceId", arity: 2..=MANY, partial: true, run: management_group_resource_id },
    Entry { name: "reference", arity: 1..=3, partial: true, run: reference },
    Entry { name: "resourceId", arity: 2..=MANY, partial: true, run: resource_id },
    Entry { name: "subscriptionResourceId", arity: 2..=MANY, partial: true, run: subscription_resource_id },
    Entry { name: "tenantResourceId", arity: 2..=MANY, partial: true, run: tenant_resource_id },
];

/// Splits the arguments at the resource type, which is the first that contains a slash.
fn at_type(args: &[Value]) -> Result<(&[Value], &crate::template::Str, &[Value]), Stop> {
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

fn resource_id(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (before, ty, names) = at_type(args)?;
    let eval = context.eval;
    let own = eval.frame(context.frame).place;
    let place = match before {
        [] if own.management_group.is_some() => Place::default(),
        [] => own,
        [group] if own.group.is_some() => eval.group_in(own, None, group),
        [subscription] => eval.subscription_place(subscription),
        [subscription, group] => eval.group_in(own, Some(subscription), group),
        _ => return Err(Stop::Residual),
    };
    Ok(eval.id_value(ty, eval.id_of_place(place), names))
}

fn subscription_resource_id(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (before, ty, names) = at_type(args)?;
    let place = match before {
        [] => context.eval.subscription_of(context.frame),
        [subscription] => context.eval.subscription_place(subscription),
        _ => return Err(Stop::Residual),
    };
    Ok(context.eval.id_value(ty, context.eval.id_of_place(place), names))
}

fn management_group_resource_id(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (before, ty, names) = at_type(args)?;
    let name = match before {
        [] => context.eval.frame(context.frame).place.management_group.ok_or(Stop::Residual)?,
        [name] => context.eval.reify(name),
        _ => return Err(Stop::Residual),
    };
    let place = Place { management_group: Some(name), ..Place::default() };
    Ok(context.eval.id_value(ty, context.eval.id_of_place(place), names))
}

fn tenant_resource_id(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (_, ty, names) = at_type(args)?;
    Ok(context.eval.id_value(ty, Value::str(""), names))
}

fn extension_resource_id(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (scope, rest) = args.split_first().ok_or(Stop::Residual)?;
    let (_, ty, names) = at_type(rest)?;
    let scope = context.eval.text(context.parts(scope));
    Ok(context.eval.id_value(ty, scope, names))
}

/// `reference(symbol or id, version, 'Full')`: a resource of the template itself, if it is one.
fn reference(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let eval = context.eval;
    let full = matches!(args.get(2), Some(Value::Str(text)) if text.eq_ignore_ascii_case("full"));
    let found = match &args[0] {
        Value::Str(symbol) => match eval.by_symbol(context.frame, symbol) {
            Some(id) => eval.seeds(context.frame, id).first().map(|seed| eval.reference_to(context.frame, id, seed)),
            None => None,
        },
        Value::Id(id) => eval.by_id(context.frame, id),
        Value::Resource(reference) if reference.path.is_empty() => Some(reference.clone()),
        _ => None,
    };
    if let Some(found) = found {
        // A resource of an extension has no other form.
        let full = full || eval.is_extensible(&found);
        return Ok(Value::Resource(if full { found } else { eval.deeper(&found, &["properties"]) }));
    }
    // A resource that is deployed elsewhere: the version says how it is shown, not what it is.
    let id = eval.reify(&args[0]);
    if let Some(Value::Str(version)) = args.get(1) {
        eval.with_store(|store| store.note_version(id, version.clone()));
    }
    let whole = eval.term(Term::Call(context.name.clone(), [id].into()));
    Ok(if full { Value::Unknown(whole) } else { eval.unknown_member(whole, "properties") })
}
