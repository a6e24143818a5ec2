//! Making objects, and listing their members.

use std::rc::Rc;

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use crate::eval::Evaluator;
use crate::eval::term::CondId;
use crate::eval::value::{Object, Slot, Value};
use crate::source::Str;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "items", arity: 1..=1, partial: true, run: items },
    FunctionEntry { name: "objectKeys", arity: 1..=1, partial: true, run: object_keys },
];

pub(super) const WHOLE: &[FunctionEntry] = &[
    FunctionEntry { name: "createObject", arity: 0..=MANY, partial: true, run: create_object },
    FunctionEntry { name: "shallowMerge", arity: 1..=1, partial: true, run: shallow_merge },
];

/// `createObject(key, value, key, value, …)`.
fn create_object(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    if !args.len().is_multiple_of(2) {
        return Err(Stop::Wrong("`createObject` needs a value for each key".into()));
    }
    let mut object = Object::default();
    for (at, pair) in args.chunks_exact(2).enumerate() {
        match &pair[0] {
            Value::Str(key) => object.set(key.clone(), pair[1].clone().into()),
            _ => {
                return Ok(args[2 * at..].chunks_exact(2).fold(Value::Object(Rc::new(object)), |object, pair| {
                    let member = eval.each(pair[0].clone(), &|key| singleton(context, key, &pair[1]));
                    eval.overlay(object, member)
                }));
            }
        }
    }
    Ok(Value::Object(Rc::new(object)))
}

/// An object of one member, the key of which may not be known.
fn singleton(context: &CallContext<'_, '_>, key: Value, value: &Value) -> Value {
    match context.string(&key) {
        Ok(key) => Value::Object(Rc::new(Object { members: vec![(key, value.clone().into())].into(), open: None })),
        Err(_) if matches!(key, Value::Error(_)) => key,
        Err(stop) => context.settle(Err(stop), &[key, value.clone()]),
    }
}

/// An array of objects laid over each other, the later over the earlier.
fn shallow_merge(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let merge = |value: Value| match eval.instances_of(value) {
        Value::Array(array) if array.open.is_some() => {
            context.settle(context.open_object(Vec::new(), Some(context.term(args))), args)
        }
        Value::Array(array) => {
            let empty = Value::Object(Rc::default());
            array.items.iter().fold(empty, |merged, slot| eval.overlay(merged, eval.force(slot)))
        }
        error @ Value::Error(_) => error,
        other => context.settle(Err(wanted("an array", &other)), args),
    };
    Ok(eval.each(args[0].clone(), &merge))
}

/// The members certain to be there, in the order in which the service lists them, and whether these are all.
fn listed(eval: &Evaluator<'_>, object: &Object) -> Option<(Vec<(Str, Slot)>, bool)> {
    let (mut members, mut all) = (Vec::new(), object.open.is_none());
    for (key, slot) in &object.members {
        match eval.presence(slot) {
            CondId::TRUE => members.push((key.clone(), slot.clone())),
            CondId::FALSE => {}
            _ => all = false,
        }
    }
    sort_by_key(&mut members)?;
    Some((members, all))
}

/// Sorts by key without regard to case; nothing when it depends on the service's culture.
fn sort_by_key(members: &mut Vec<(Str, Slot)>) -> Option<()> {
    if members.len() > 1 && !members.iter().all(|(key, _)| key.is_ascii()) {
        return None;
    }
    // Signs stand before, between or behind letters, or count for nothing: all orders must agree.
    let orders: [fn(&str) -> String; 3] = [str::to_ascii_uppercase, str::to_ascii_lowercase, |key| {
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    }];
    let sorted = |order: fn(&str) -> String| {
        let mut places: Vec<usize> = (0..members.len()).collect();
        places.sort_by_cached_key(|at| order(&members[*at].0));
        places
    };
    let places = sorted(orders[0]);
    if orders[1..].iter().any(|order| sorted(*order) != places) {
        return None;
    }
    *members = places.iter().map(|at| members[*at].clone()).collect();
    Some(())
}

fn items(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    list_members(context, args, |key, slot| {
        let members = vec![("key".into(), Slot::Value(Value::Str(key))), ("value".into(), slot)];
        Value::Object(Rc::new(Object { members: members.into(), open: None }))
    })
}

fn object_keys(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    list_members(context, args, |key, _| Value::Str(key))
}

fn list_members(context: &CallContext<'_, '_>, args: &[Value], item: fn(Str, Slot) -> Value) -> FunctionResult {
    let Value::Object(object) = context.eval.plain(args[0].clone()) else {
        return Err(wanted("an object", &context.eval.plain(args[0].clone())));
    };
    let (members, all) = listed(context.eval, &object).ok_or(Stop::Residual)?;
    let items = members.into_iter().map(|(key, slot)| Slot::Value(item(key, slot))).collect();
    context.open_list(items, (!all).then(|| context.term(args)))
}
