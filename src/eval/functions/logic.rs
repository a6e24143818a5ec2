//! Comparison and tests.

use std::cmp::Ordering;

use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::term::{Atom, CondId};
use crate::eval::value::{Part, Value};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "bool", arity: 1..=1, partial: true, run: bool_of },
    FunctionEntry { name: "contains", arity: 2..=2, partial: true, run: contains },
    FunctionEntry { name: "empty", arity: 1..=1, partial: true, run: empty },
    FunctionEntry { name: "equals", arity: 2..=2, partial: true, run: equals },
    FunctionEntry { name: "fail", arity: 1..=1, partial: true, run: fail },
    FunctionEntry { name: "false", arity: 0..=0, partial: false, run: |_, _| Ok(Value::Bool(false)) },
    FunctionEntry { name: "greater", arity: 2..=2, partial: false, run: |c, a| order(c, a, Ordering::is_gt) },
    FunctionEntry { name: "greaterOrEquals", arity: 2..=2, partial: false, run: |c, a| order(c, a, Ordering::is_ge) },
    FunctionEntry { name: "less", arity: 2..=2, partial: false, run: |c, a| order(c, a, Ordering::is_lt) },
    FunctionEntry { name: "lessOrEquals", arity: 2..=2, partial: false, run: |c, a| order(c, a, Ordering::is_le) },
    FunctionEntry { name: "not", arity: 1..=1, partial: true, run: not },
    FunctionEntry { name: "null", arity: 0..=0, partial: false, run: |_, _| Ok(Value::Null) },
    FunctionEntry { name: "true", arity: 0..=0, partial: false, run: |_, _| Ok(Value::Bool(true)) },
];

fn not(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let cond = context.eval.condition(&args[0]);
    context.boolean(context.eval.with_store(|store| store.not(cond)))
}

/// Ends the deployment where its value is needed, whatever its text is.
fn fail(_: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let words = match &args[0] {
        Value::Str(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    Err(Stop::Wrong(match words.as_str() {
        "" => "the template stops here".into(),
        words => format!("the template stops with: {words}"),
    }))
}

fn equals(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (a, b) = (context.eval.plain(args[0].clone()), context.eval.plain(args[1].clone()));
    context.boolean(context.eval.equal(&a, &b))
}

fn bool_of(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match &args[0] {
        Value::Bool(_) => Ok(args[0].clone()),
        Value::Int(number) => Ok(Value::Bool(*number != 0)),
        Value::Str(text) if text.eq_ignore_ascii_case("true") || &**text == "1" => Ok(Value::Bool(true)),
        Value::Str(text) if text.eq_ignore_ascii_case("false") || &**text == "0" => Ok(Value::Bool(false)),
        // `bool('${flag}')`: the printed boolean read back.
        Value::Text(parts) => match &**parts {
            [Part::Hole(term)] => {
                let cond = context.eval.with_store(|store| store.ask(Atom::True(*term)));
                context.boolean(cond)
            }
            _ => Err(Stop::Residual),
        },
        Value::Unknown(term) => {
            let cond = context.eval.with_store(|store| store.ask(Atom::True(*term)));
            context.boolean(cond)
        }
        Value::Resource(_) => Err(Stop::Residual),
        other => Err(Stop::Wrong(format!("{} cannot be read as a boolean", other.what()))),
    }
}

/// Numbers by size, strings by their characters.
fn order(_: &CallContext<'_, '_>, args: &[Value], test: fn(Ordering) -> bool) -> FunctionResult {
    match (&args[0], &args[1]) {
        (Value::Int(a), Value::Int(b)) => Ok(Value::Bool(test(a.cmp(b)))),
        // The order of letters of different case is the service's own and not known: only what is certain is decided.
        (Value::Str(a), Value::Str(b)) => {
            let (folded, exact) = (a.to_lowercase().cmp(&b.to_lowercase()), a.cmp(b));
            if folded == exact { Ok(Value::Bool(test(exact))) } else { Err(Stop::Residual) }
        }
        _ => Err(Stop::Residual),
    }
}

fn empty(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    match eval.instances_of(args[0].clone()) {
        Value::Null | Value::Absent => Ok(Value::Bool(true)),
        Value::Str(text) => Ok(Value::Bool(text.is_empty())),
        Value::Id(_) => Ok(Value::Bool(false)),
        Value::Text(parts) => {
            if parts.iter().any(|part| matches!(part, Part::Text(text) if !text.is_empty())) {
                return Ok(Value::Bool(false));
            }
            // A string of holes is empty when all of them are.
            let mut all = CondId::TRUE;
            for part in parts.iter() {
                if let Part::Hole(term) = part {
                    all = eval.with_store(|store| {
                        let empty = store.ask(Atom::Empty(*term));
                        store.and(all, empty)
                    });
                }
            }
            context.boolean(all)
        }
        Value::Array(array) => match (array.items.is_empty(), array.open) {
            (false, _) => Ok(Value::Bool(false)),
            (true, None) => Ok(Value::Bool(true)),
            (true, Some(open)) => context.boolean(eval.with_store(|store| store.ask(Atom::Empty(open)))),
        },
        Value::Object(object) => {
            let mut some = CondId::FALSE;
            for (_, slot) in &object.members {
                let there = eval.presence(slot);
                some = eval.with_store(|store| store.or(some, there));
            }
            let mut empty = eval.with_store(|store| store.not(some));
            if let (Some(open), true) = (object.open, empty != CondId::FALSE) {
                empty = eval.with_store(|store| {
                    let rest = store.ask(Atom::Empty(open));
                    store.and(empty, rest)
                });
            }
            context.boolean(empty)
        }
        Value::Unknown(term) => context.boolean(eval.with_store(|store| store.ask(Atom::Empty(term)))),
        other => Err(Stop::Wrong(format!("`empty` cannot look into {}", other.what()))),
    }
}

/// A string in a string (by case), a value in an array, a key in an object (case ignored).
fn contains(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let wanted = eval.plain(args[1].clone());
    match (eval.instances_of(args[0].clone()), &wanted) {
        (Value::Str(text), Value::Str(part)) => Ok(Value::Bool(text.contains(&**part))),
        (Value::Text(parts), Value::Str(wanted)) => {
            let inside = |part: &Part| matches!(part, Part::Text(text) if text.contains(&**wanted));
            if parts.iter().any(inside) { Ok(Value::Bool(true)) } else { Err(Stop::Residual) }
        }
        (Value::Array(array), _) => {
            let mut found = CondId::FALSE;
            for slot in &array.items {
                let equal = eval.equal(&eval.force(slot), &wanted);
                found = eval.with_store(|store| store.or(found, equal));
                if found == CondId::TRUE {
                    break;
                }
            }
            match (found, array.open) {
                (CondId::TRUE, _) | (_, None) => context.boolean(found),
                (_, Some(_)) => Err(Stop::Residual),
            }
        }
        (Value::Object(object), Value::Str(key)) => match (object.get(key), object.open) {
            (Some(slot), _) => context.boolean(eval.presence(slot)),
            (None, None) => Ok(Value::Bool(false)),
            (None, Some(_)) => Err(Stop::Residual),
        },
        (Value::Null, _) => Err(Stop::Wrong("`contains` cannot look into null".into())),
        _ => Err(Stop::Residual),
    }
}
