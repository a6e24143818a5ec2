//! Searching and changing strings. The service counts in UTF-16 units; of strings with holes, what
//! their known start and end decide is known.

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::ids::segments;
use crate::eval::limits;
use crate::eval::term::Term;
use crate::eval::value::{IdValue, Part, Slot, Value};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "endsWith", arity: 2..=2, partial: false, run: ends_with },
    FunctionEntry { name: "like", arity: 2..=2, partial: false, run: like },
    FunctionEntry { name: "padLeft", arity: 2..=3, partial: false, run: pad_left },
    FunctionEntry { name: "replace", arity: 3..=3, partial: false, run: replace },
    FunctionEntry { name: "split", arity: 2..=2, partial: true, run: split },
    FunctionEntry { name: "startsWith", arity: 2..=2, partial: false, run: starts_with },
    FunctionEntry { name: "substring", arity: 2..=3, partial: false, run: substring },
    FunctionEntry { name: "toLower", arity: 1..=1, partial: false, run: |c, a| change_case(c, a, lower) },
    FunctionEntry { name: "toUpper", arity: 1..=1, partial: false, run: |c, a| change_case(c, a, upper) },
    FunctionEntry { name: "trim", arity: 1..=1, partial: false, run: trim },
];

/// The length of `text` in the service's units.
pub(super) fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The units of `text` from `start` to before `end`, both within it; nothing when a cut goes through a character.
pub(super) fn cut(text: &str, start: usize, end: usize) -> Option<String> {
    if text.is_ascii() {
        return text.get(start..end).map(str::to_owned);
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(units.get(start..end)?).ok()
}

/// The known text at the start (or end) of a string, and whether that is all of it.
pub(super) fn known_end(context: &CallContext<'_, '_>, value: &Value, at_end: bool) -> Result<(String, bool), Stop> {
    if !value.is_text() {
        return Err(wanted("a string", value));
    }
    let parts = context.parts(value);
    let part = if at_end { parts.last() } else { parts.first() };
    match part {
        Some(Part::Text(text)) => Ok((text.to_string(), parts.len() == 1)),
        Some(Part::Hole(_)) => Ok((String::new(), false)),
        None => Ok((String::new(), true)),
    }
}

fn starts_with(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (text, whole) = known_end(context, &args[0], false)?;
    let wanted = context.string(&args[1])?;
    begins(text.chars(), wanted.chars(), whole)
}

fn ends_with(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (text, whole) = known_end(context, &args[0], true)?;
    let wanted = context.string(&args[1])?;
    begins(text.chars().rev(), wanted.chars().rev(), whole)
}

/// Whether the characters of `text`, of which `whole` is whether they are all, begin with those of `wanted`.
fn begins(mut text: impl Iterator<Item = char>, wanted: impl Iterator<Item = char>, whole: bool) -> FunctionResult {
    for wanted in wanted {
        match text.next() {
            Some(found) if found.eq_ignore_ascii_case(&wanted) => {}
            // How the service compares letters beyond ASCII is its own.
            Some(found) if !(found.is_ascii() && wanted.is_ascii()) => return Err(Stop::Residual),
            None if !whole => return Err(Stop::Residual),
            _ => return Ok(Value::Bool(false)),
        }
    }
    Ok(Value::Bool(true))
}

/// Changes the case of each letter; nothing where one letter becomes several.
fn lower(text: &str) -> Option<String> {
    text.chars().map(|c| one(c, c.to_lowercase())).collect()
}

fn upper(text: &str) -> Option<String> {
    text.chars().map(|c| one(c, c.to_uppercase())).collect()
}

fn one(from: char, mut to: impl Iterator<Item = char>) -> Option<char> {
    let first = to.next()?;
    (to.next().is_none() && (first == from || first <= '\u{ffff}')).then_some(first)
}

fn change_case(context: &CallContext<'_, '_>, args: &[Value], change: fn(&str) -> Option<String>) -> FunctionResult {
    if !args[0].is_text() {
        return Err(wanted("a string", &args[0]));
    }
    let changed = context.parts(&args[0]).into_iter().map(|part| match part {
        Part::Text(text) => change(&text).map(|text| Part::Text(text.into())).ok_or(Stop::Residual),
        Part::Hole(term) => Ok(Part::Hole(context.eval.term(Term::Call(context.name.clone(), [term].into())))),
    });
    context.join(changed.collect::<Result<_, _>>()?)
}

fn trim(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    if let Value::Text(parts) = &args[0] {
        let edge = |part: Option<&Part>, at_end: bool| match part {
            Some(Part::Text(text)) if at_end => text.chars().next_back().is_some_and(|c| !c.is_whitespace()),
            Some(Part::Text(text)) => text.chars().next().is_some_and(|c| !c.is_whitespace()),
            _ => false,
        };
        if edge(parts.first(), false) && edge(parts.last(), true) {
            return Ok(args[0].clone());
        }
    }
    context.text(context.string(&args[0])?.trim())
}

fn replace(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (text, old, new) = (context.string(&args[0])?, context.string(&args[1])?, context.string(&args[2])?);
    if old.is_empty() {
        return Err(Stop::Wrong("an empty string cannot be replaced".into()));
    }
    let found = text.matches(&*old).count();
    context.check_text((text.len() - found * old.len()).saturating_add(found.saturating_mul(new.len())))?;
    context.text(text.replace(&*old, &new))
}

/// `*` stands for any characters, letters are compared without regard to case.
fn like(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (text, pattern) = (context.string(&args[0])?, context.string(&args[1])?);
    if pattern.contains('?') || !text.is_ascii() || !pattern.is_ascii() {
        return Err(Stop::Residual);
    }
    let (text, pattern) = (text.to_ascii_lowercase(), pattern.to_ascii_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else { return Ok(Value::Bool(text == pattern)) };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = text.strip_prefix(head).and_then(|text| text.strip_suffix(tail));
    let rest = middle
        .split('*')
        .try_fold(inner.unwrap_or_default(), |text, piece| text.find(piece).map(|at| &text[at + piece.len()..]));
    Ok(Value::Bool(inner.is_some() && rest.is_some()))
}

fn pad_left(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = match &args[0] {
        Value::Int(number) => number.to_string().into(),
        other => context.string(other)?,
    };
    let width = usize::try_from(context.integer(&args[1])?).map_err(|_| Stop::Residual)?;
    let pad = match args.get(2) {
        Some(pad) => context.string(pad)?,
        None => " ".into(),
    };
    if units(&pad) != 1 {
        return Err(Stop::Wrong("a string is padded with one character".into()));
    }
    let missing = width.saturating_sub(units(&text));
    context.check_text(missing.saturating_mul(pad.len()).saturating_add(text.len()))?;
    context.text(pad.repeat(missing) + &text)
}

fn substring(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (text, whole) = known_end(context, &args[0], false)?;
    let length = units(&text);
    let start = context.integer(&args[1])?;
    let count = args.get(2).map(|count| context.integer(count)).transpose()?;
    let end = count.map_or(Some(length as i64), |count| start.checked_add(count));
    match (usize::try_from(start), end.and_then(|end| usize::try_from(end).ok())) {
        (Ok(start), Some(end)) if start <= end && end <= length && (whole || count.is_some()) => {
            context.text(cut(&text, start, end).ok_or(Stop::Residual)?)
        }
        (Ok(_), _) if !whole && count.is_none_or(|count| count >= 0) => Err(Stop::Residual),
        _ => Err(Stop::Wrong(format!("the part to take is not within the {length} characters of the string"))),
    }
}

/// A string at each of one or several separators.
fn split(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let separators = match &args[1] {
        one if one.is_text() => vec![one.clone()],
        other => context.items(other)?,
    };
    context.over(args, separators, &|separators| {
        let separators: Vec<_> = separators.iter().map(|one| context.string(one)).collect::<Result<_, _>>()?;
        match (&args[0], &*separators) {
            (Value::Id(id), [slash]) if &**slash == "/" => split_id(context, id),
            (text, separators) => split_known(context, &context.string(text)?, separators),
        }
    })
}

/// A resource id at its slashes: each hole of it is one segment, or a part of one.
fn split_id(context: &CallContext<'_, '_>, id: &IdValue) -> FunctionResult {
    let segments = segments(&context.parts(&id.scope));
    // A scope that begins with something unknown may have any number of segments.
    if segments.first().is_some_and(|first| first.iter().any(|part| matches!(part, Part::Hole(_)))) {
        return Err(Stop::Residual);
    }
    let mut values: Vec<Value> = segments.iter().map(|parts| whole_segment(context, parts)).collect();
    let mut types = id.ty.split('/');
    values.extend([Value::str("providers"), Value::str(types.next().unwrap_or_default())]);
    if types.clone().count() != id.names.len() {
        return Err(Stop::Residual);
    }
    for (ty, name) in types.zip(&id.names) {
        values.extend([Value::str(ty), name.clone()]);
    }
    context.list(values.into_iter().map(Slot::Value).collect())
}

/// A segment of an id: in ids a hole that is a whole segment is a string itself.
fn whole_segment(context: &CallContext<'_, '_>, parts: &[Part]) -> Value {
    match parts {
        [Part::Hole(term)] => Value::Unknown(*term),
        parts => context.eval.text(parts.to_vec()),
    }
}

fn split_known(context: &CallContext<'_, '_>, text: &str, separators: &[crate::source::Str]) -> FunctionResult {
    // What an empty separator does is the service's own.
    if separators.is_empty() || separators.iter().any(|separator| separator.is_empty()) {
        return Err(Stop::Residual);
    }
    context.spend(text.len().saturating_mul(separators.len()))?;
    let (mut pieces, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match separators.iter().find(|separator| rest.starts_with(&***separator)) {
            Some(separator) => {
                if pieces.len() >= limits::ITEMS {
                    return Err(Stop::Limit("an array gets too many items"));
                }
                pieces.push(Slot::Value(Value::str(&text[from..at])));
                at += separator.len();
                from = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    pieces.push(Slot::Value(Value::str(&text[from..])));
    context.list(pieces)
}
