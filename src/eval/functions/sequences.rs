//! What works on strings and on arrays alike: length, ends, parts, places.

use super::args::wanted;
use super::strings::{cut, known_end, units};
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::limits;
use crate::eval::term::CondId;
use crate::eval::value::{Array, Slot, Value};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "first", arity: 1..=1, partial: true, run: |c, a| end(c, a, false) },
    FunctionEntry { name: "indexOf", arity: 2..=2, partial: true, run: |c, a| place(c, a, false) },
    FunctionEntry { name: "last", arity: 1..=1, partial: true, run: |c, a| end(c, a, true) },
    FunctionEntry { name: "lastIndexOf", arity: 2..=2, partial: true, run: |c, a| place(c, a, true) },
    FunctionEntry { name: "length", arity: 1..=1, partial: true, run: length },
    FunctionEntry { name: "skip", arity: 2..=2, partial: true, run: skip },
    FunctionEntry { name: "take", arity: 2..=2, partial: true, run: take },
];

/// A string, or an array.
enum Sequence {
    Text(Value),
    Array(std::rc::Rc<Array>),
}

fn sequence(context: &CallContext<'_, '_>, value: &Value) -> Result<Sequence, Stop> {
    match context.eval.instances_of(value.clone()) {
        Value::Array(array) => Ok(Sequence::Array(array)),
        text if text.is_text() => Ok(Sequence::Text(text)),
        other => Err(wanted("a string or an array", &other)),
    }
}

/// UTF-16 units, items, or keys.
fn length(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let length = match context.eval.instances_of(args[0].clone()) {
        Value::Str(text) => units(&text),
        Value::Text(_) | Value::Id(_) => return Err(Stop::Residual),
        Value::Array(array) if array.open.is_none() => array.items.len(),
        Value::Array(_) => return Err(Stop::Residual),
        Value::Object(object) => context.eval.known_members(&object).ok_or(Stop::Residual)?.len(),
        other => return Err(wanted("a string, an array or an object", &other)),
    };
    Ok(Value::Int(length as i64))
}

fn end(context: &CallContext<'_, '_>, args: &[Value], last: bool) -> FunctionResult {
    match sequence(context, &args[0])? {
        Sequence::Array(array) if array.open.is_some() => Err(Stop::Residual),
        Sequence::Array(array) => {
            let slot = if last { array.items.last() } else { array.items.first() };
            Ok(slot.map_or(Value::Null, |slot| context.eval.force(slot)))
        }
        Sequence::Text(text) => {
            let (text, whole) = known_end(context, &text, last)?;
            match if last { text.chars().next_back() } else { text.chars().next() } {
                Some(c) if c.len_utf16() == 1 => context.text(c.to_string()),
                None if whole => context.text(""),
                _ => Err(Stop::Residual),
            }
        }
    }
}

fn take(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let count = usize::try_from(context.integer(&args[1])?.max(0)).unwrap_or(usize::MAX);
    match sequence(context, &args[0])? {
        Sequence::Array(_) if count == 0 => context.list(Vec::new()),
        Sequence::Array(array) if array.open.is_some() => context.open_list(Vec::new(), Some(context.term(args))),
        Sequence::Array(array) => context.list(array.items.iter().take(count).cloned().collect()),
        Sequence::Text(text) => {
            let (known, whole) = known_end(context, &text, false)?;
            match units(&known) {
                length if count <= length => context.text(cut(&known, 0, count).ok_or(Stop::Residual)?),
                _ if whole => Ok(text),
                _ => Err(Stop::Residual),
            }
        }
    }
}

fn skip(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let count = usize::try_from(context.integer(&args[1])?.max(0)).unwrap_or(usize::MAX);
    match sequence(context, &args[0])? {
        Sequence::Array(array) if count == 0 => context.open_list(array.items.clone(), array.open),
        Sequence::Array(array) if array.open.is_some() => context.open_list(Vec::new(), Some(context.term(args))),
        Sequence::Array(array) => context.list(array.items.iter().skip(count).cloned().collect()),
        Sequence::Text(text) => {
            let (known, whole) = known_end(context, &text, false)?;
            let length = units(&known);
            if count > length {
                return if whole { context.text("") } else { Err(Stop::Residual) };
            }
            let mut parts = context.parts(&text);
            if let Some(first) = parts.first_mut().filter(|_| count > 0) {
                *first = crate::eval::value::Part::Text(cut(&known, count, length).ok_or(Stop::Residual)?.into());
            }
            context.join(parts)
        }
    }
}

/// The index of the first (or last) string in a string, whatever its case, or of a value in an array; else -1.
fn place(context: &CallContext<'_, '_>, args: &[Value], last: bool) -> FunctionResult {
    let wanted = context.eval.plain(args[1].clone());
    match sequence(context, &args[0])? {
        Sequence::Array(array) if array.open.is_some() => Err(Stop::Residual),
        Sequence::Array(array) => place_of_item(context, &array.items, &wanted, last),
        Sequence::Text(text) => {
            let (known, whole) = known_end(context, &text, false)?;
            place_of_text(&known, &context.string(&wanted)?, whole, last)
        }
    }
}

fn place_of_item(context: &CallContext<'_, '_>, items: &[Slot], wanted: &Value, last: bool) -> FunctionResult {
    context.look_at(items.len())?;
    let eval = context.eval;
    // From the item that is compared last to the one that is compared first.
    let mut order: Vec<usize> = (0..items.len()).collect();
    if !last {
        order.reverse();
    }
    let (mut found, mut open) = (Value::Int(-1), 0);
    for at in order {
        let equal = eval.equal(&eval.force(&items[at]), wanted);
        open += usize::from(equal != CondId::TRUE && equal != CondId::FALSE);
        if open > limits::CASES {
            return Err(Stop::Residual);
        }
        found = eval.choose(equal, Value::Int(at as i64), found);
    }
    Ok(found)
}

fn place_of_text(text: &str, wanted: &str, whole: bool, last: bool) -> FunctionResult {
    // How the service compares letters beyond ASCII is its own; of an empty string, too.
    if !text.is_ascii() || !wanted.is_ascii() || wanted.is_empty() {
        return Err(Stop::Residual);
    }
    let (text, wanted) = (text.to_ascii_lowercase(), wanted.to_ascii_lowercase());
    let found = if last { text.rfind(&wanted) } else { text.find(&wanted) };
    match found {
        Some(at) if whole || !last => Ok(Value::Int(at as i64)),
        None if whole => Ok(Value::Int(-1)),
        _ => Err(Stop::Residual),
    }
}
