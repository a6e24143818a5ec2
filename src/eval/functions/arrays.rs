//! Making arrays, and arrays as sets. Two items are the same when they are deeply equal.

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use crate::eval::term::{CondId, TermId};
use crate::eval::value::{Slot, Value};
use crate::source::IdSet;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "array", arity: 1..=1, partial: false, run: array },
    FunctionEntry { name: "distinct", arity: 1..=1, partial: true, run: distinct },
    FunctionEntry { name: "flatten", arity: 1..=1, partial: true, run: flatten },
    FunctionEntry { name: "intersection", arity: 1..=MANY, partial: true, run: intersection },
];

pub(super) const WHOLE: &[FunctionEntry] =
    &[FunctionEntry { name: "union", arity: 1..=MANY, partial: true, run: union }];

fn array(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match &args[0] {
        Value::Array(_) => Ok(args[0].clone()),
        other => context.list(vec![Slot::Value(other.clone())]),
    }
}

/// One level of arrays in an array.
fn flatten(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let Value::Array(outer) = context.eval.instances_of(args[0].clone()) else {
        return Err(wanted("an array", &args[0]));
    };
    let inner = outer.items.iter().map(|slot| context.eval.force(slot)).collect();
    context.over(args, inner, &|inner| {
        let (mut items, mut closed) = (Vec::new(), outer.open.is_none());
        for array in inner {
            match context.eval.instances_of(array.clone()) {
                Value::Array(array) => {
                    items.extend(array.items.iter().cloned());
                    closed &= array.open.is_none();
                }
                Value::Unknown(_) => closed = false,
                other => return Err(wanted("an array of arrays", &other)),
            }
        }
        context.open_list(items, (!closed).then(|| context.term(args)))
    })
}

fn distinct(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match context.eval.instances_of(args[0].clone()) {
        array @ Value::Array(_) => join_sets(context, args, &[array]),
        other => Err(wanted("an array", &other)),
    }
}

/// Objects laid over each other, or the different items of arrays.
fn union(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    if !args.iter().any(may_be_array) {
        let mut args = args.iter().cloned();
        let first = args.next().ok_or(Stop::Residual)?;
        return Ok(args.fold(first, |a, b| eval.union(a, b)));
    }
    context.over(args, args.to_vec(), &|cases| {
        let cases: Vec<Value> = cases.iter().map(|case| eval.instances_of(case.clone())).collect();
        match cases.iter().find(|case| !matches!(case, Value::Array(_) | Value::Unknown(_))) {
            Some(Value::Null) => Err(Stop::Residual),
            Some(other) => Err(wanted("an array", other)),
            None => join_sets(context, args, &cases),
        }
    })
}

fn may_be_array(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Resource(reference) => reference.collection,
        Value::Choice(choice) => may_be_array(&choice.1) || may_be_array(&choice.2),
        _ => false,
    }
}

/// The different items of `arrays` in order of first appearance. Behind something unknown, where an
/// item may have appeared before, their order is not certain; in an open array nothing depends on it.
fn join_sets(context: &CallContext<'_, '_>, args: &[Value], arrays: &[Value]) -> FunctionResult {
    let (mut set, mut items, mut closed) = (Set::default(), Vec::new(), true);
    for array in arrays {
        let Value::Array(array) = array else {
            closed = false;
            continue;
        };
        closed &= array.open.is_none();
        for slot in &array.items {
            let value = context.eval.force(slot);
            match set.find(context, &value)? {
                CondId::TRUE => {}
                CondId::FALSE => {
                    set.add(context, value.clone());
                    items.push(Slot::Value(value));
                }
                // It is not known whether this is one item more.
                _ => closed = false,
            }
        }
    }
    context.open_list(items, (!closed).then(|| context.term(args)))
}

/// Values that differ.
#[derive(Default)]
struct Set {
    /// The known numbers, strings and so on, of which equal terms are equal values.
    plain: IdSet<TermId>,
    all: Vec<Value>,
    /// The others, by place in `all`.
    others: Vec<usize>,
}

fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(_) | Value::Int(_) | Value::Str(_))
}

impl Set {
    /// Where `value` is in the set.
    fn find(&self, context: &CallContext<'_, '_>, value: &Value) -> Result<CondId, Stop> {
        let eval = context.eval;
        let equal_to = |found: CondId, other: &Value| {
            let equal = eval.equal(other, value);
            eval.with_store(|store| store.or(found, equal))
        };
        if is_plain(value) {
            if self.plain.contains(&eval.reify(value)) {
                return Ok(CondId::TRUE);
            }
            context.look_at(self.others.len())?;
            let others = self.others.iter().filter_map(|at| self.all.get(*at));
            return Ok(others.fold(CondId::FALSE, equal_to));
        }
        context.look_at(self.all.len())?;
        Ok(self.all.iter().fold(CondId::FALSE, equal_to))
    }

    fn add(&mut self, context: &CallContext<'_, '_>, value: Value) {
        if is_plain(&value) {
            self.plain.insert(context.eval.reify(&value));
        } else {
            self.others.push(self.all.len());
        }
        self.all.push(value);
    }
}

/// The items that are in all arrays, or the members that all objects have with equal values.
fn intersection(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let values: Vec<Value> = args.iter().map(|arg| eval.instances_of(arg.clone())).collect();
    let (first, rest) = values.split_first().ok_or(Stop::Residual)?;
    if let Some(unknown) = values.iter().find(|value| !matches!(value, Value::Array(_) | Value::Object(_))) {
        return Err(wanted("an array or an object", unknown));
    }
    if let Value::Object(_) = first {
        return common_members(context, first, rest);
    }
    let mut sets = Vec::with_capacity(rest.len());
    for array in rest {
        let mut set = Set::default();
        context.items(array)?.into_iter().for_each(|item| set.add(context, item));
        sets.push(set);
    }
    let (mut items, mut known) = (Vec::new(), Set::default());
    for item in context.items(first)? {
        let mut held = CondId::TRUE;
        for set in &sets {
            let found = set.find(context, &item)?;
            held = eval.with_store(|store| store.and(held, found));
        }
        match (held, known.find(context, &item)?) {
            (CondId::TRUE, CondId::FALSE) => {
                known.add(context, item.clone());
                items.push(Slot::Value(item));
            }
            (CondId::FALSE, _) | (CondId::TRUE, CondId::TRUE) => {}
            _ => return Err(Stop::Residual),
        }
    }
    context.list(items)
}

fn common_members(context: &CallContext<'_, '_>, first: &Value, rest: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let Value::Object(first) = first else { return Err(Stop::Residual) };
    let mut members = Vec::new();
    for (key, slot) in eval.known_members(first).ok_or(Stop::Residual)? {
        let mut held = CondId::TRUE;
        for other in rest {
            let Value::Object(other) = other else { return Err(wanted("an object", other)) };
            if eval.known_members(other).is_none() {
                return Err(Stop::Residual);
            }
            let found = other.get(key).map_or(CondId::FALSE, |other| eval.equal(&eval.force(slot), &eval.force(other)));
            held = eval.with_store(|store| store.and(held, found));
        }
        match held {
            CondId::TRUE => members.push((key.clone(), slot.clone())),
            CondId::FALSE => {}
            _ => return Err(Stop::Residual),
        }
    }
    context.open_object(members, None)
}
