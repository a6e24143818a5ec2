//! Making strings: `concat`, `format`, `join`, `string`.

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use crate::eval::term::Term;
use crate::eval::value::{Part, Value};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "concat", arity: 1..=MANY, partial: true, run: concat },
    FunctionEntry { name: "format", arity: 1..=MANY, partial: true, run: format },
    FunctionEntry { name: "join", arity: 2..=2, partial: true, run: join },
    FunctionEntry { name: "string", arity: 1..=1, partial: false, run: string },
];

/// Joins strings, or arrays.
fn concat(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let values: Vec<Value> = args.iter().map(|arg| context.eval.instances_of(arg.clone())).collect();
    let is_array = |value: &Value| matches!(value, Value::Array(_));
    let prints = |value: &Value| {
        let value = context.eval.known(value);
        matches!(value, Value::Int(_) | Value::Bool(_)) || value.is_text()
    };
    let open = |value: &Value| matches!(value, Value::Unknown(_));
    if values.iter().any(is_array) {
        return match values.iter().find(|value| !is_array(value) && !open(value)) {
            Some(Value::Null) => Err(Stop::Residual),
            Some(other) => Err(wanted("an array", other)),
            None => concat_arrays(context, args, &values),
        };
    }
    if values.iter().all(|value| prints(value) || open(value)) && values.iter().any(prints) {
        return context.join(values.iter().flat_map(|value| context.parts(value)).collect());
    }
    Err(Stop::Residual)
}

fn concat_arrays(context: &CallContext<'_, '_>, args: &[Value], values: &[Value]) -> FunctionResult {
    let (mut items, mut closed) = (Vec::new(), true);
    for value in values {
        match value {
            Value::Array(array) => {
                items.extend(array.items.iter().cloned());
                closed &= array.open.is_none();
            }
            _ => closed = false,
        }
    }
    context.open_list(items, (!closed).then(|| context.term(args)))
}

/// The items of an array, printed.
fn join(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let items = context.items(&args[0])?;
    let separator = match &args[1] {
        text if text.is_text() => context.parts(text),
        other => return Err(wanted("a string", other)),
    };
    context.over(args, items, &|items| {
        let (mut parts, mut size) = (Vec::new(), 0);
        for (at, item) in items.iter().enumerate() {
            if matches!(item, Value::Array(_) | Value::Object(_) | Value::Number(_) | Value::Null) {
                return Err(Stop::Residual);
            }
            let from = parts.len();
            if at > 0 {
                parts.extend(separator.iter().cloned());
            }
            context.eval.text_parts(item, &mut parts);
            size += size_of(&parts[from..]);
            context.check_text(size)?;
        }
        context.join(parts)
    })
}

fn size_of(parts: &[Part]) -> usize {
    parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum()
}

/// A hole of a format string: `{0}`, `{0,-10}`, `{0:D2}`.
struct Hole<'f> {
    argument: usize,
    /// Least width; negative: aligned to the left.
    width: Option<i64>,
    /// How a number is written.
    spec: Option<&'f str>,
    /// What is between the braces.
    written: &'f str,
}

/// .NET's composite formatting, <https://learn.microsoft.com/dotnet/standard/base-types/composite-formatting>.
fn format(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (format, args) = args.split_first().ok_or(Stop::Residual)?;
    let format = context.string(format)?;
    let (mut parts, mut size) = (Vec::new(), 0);
    let mut rest = &*format;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        parts.push(Part::Text(before.into()));
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            parts.push(Part::Text(from[..1].into()));
            size += before.len() + 1;
            rest = after;
            continue;
        }
        let hole = from.strip_prefix('{').and_then(|from| from.split_once('}'));
        let (written, after) = hole.ok_or(Stop::Residual)?;
        let hole = read_hole(written).ok_or(Stop::Residual)?;
        let value = args.get(hole.argument).ok_or_else(|| {
            Stop::Wrong(format!("the format asks for argument {}, but there are only {}", hole.argument, args.len()))
        })?;
        let from = parts.len();
        fill(context, &hole, value, &mut parts)?;
        size += before.len() + size_of(&parts[from..]);
        context.check_text(size)?;
        rest = after;
    }
    parts.push(Part::Text(rest.into()));
    context.join(parts)
}

fn read_hole(written: &str) -> Option<Hole<'_>> {
    let (head, spec) = match written.split_once(':') {
        Some((head, spec)) => (head, Some(spec)),
        None => (written, None),
    };
    let (argument, width) = match head.split_once(',') {
        Some((argument, width)) => (argument, Some(width.trim().parse().ok()?)),
        None => (head, None),
    };
    Some(Hole { argument: argument.trim_end().parse().ok()?, width, spec, written })
}

/// Prints `value` into a hole.
fn fill(context: &CallContext<'_, '_>, hole: &Hole<'_>, value: &Value, parts: &mut Vec<Part>) -> Result<(), Stop> {
    if hole.width.is_none() && hole.spec.is_none() {
        context.eval.text_parts(value, parts);
        return Ok(());
    }
    let text = match (value, hole.spec) {
        (Value::Int(number), Some(spec)) => spell(*number, spec),
        (Value::Int(_) | Value::Str(_) | Value::Bool(_), None) => match &*context.parts(value) {
            [Part::Text(text)] => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    };
    let Some(text) = text else {
        let format = context.eval.term(Term::Str(format!("{{{}}}", hole.written).into()));
        let terms = [format, context.eval.reify(value)];
        parts.push(Part::Hole(context.eval.term(Term::Call("format".into(), terms.into()))));
        return Ok(());
    };
    let width = hole.width.unwrap_or_default();
    let blanks = (width.unsigned_abs() as usize).saturating_sub(text.encode_utf16().count());
    context.check_text(blanks)?;
    let blanks = " ".repeat(blanks);
    parts.push(Part::Text(if width < 0 { text + &blanks } else { blanks + &text }.into()));
    Ok(())
}

/// An integer in one of .NET's standard formats, or with zeros as places; nothing for others.
fn spell(number: i64, spec: &str) -> Option<String> {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs().to_string();
    if !spec.is_empty() && spec.len() < 20 && spec.bytes().all(|byte| byte == b'0') {
        return Some(format!("{sign}{digits:0>width$}", width = spec.len()));
    }
    let kind = spec.chars().next().filter(char::is_ascii_alphabetic)?;
    let precision = match &spec[1..] {
        "" => None,
        precision => Some(precision.parse::<usize>().ok().filter(|precision| *precision <= 99)?),
    };
    let fraction = |places: usize| if places > 0 { format!(".{}", "0".repeat(places)) } else { String::new() };
    match kind.to_ascii_uppercase() {
        'D' => Some(format!("{sign}{digits:0>width$}", width = precision.unwrap_or(1))),
        'F' => Some(format!("{sign}{digits}{}", fraction(precision.unwrap_or(2)))),
        'N' => {
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            Some(format!("{sign}{grouped}{}", fraction(precision.unwrap_or(2))))
        }
        'X' if kind == 'X' => Some(format!("{number:0width$X}", width = precision.unwrap_or(1))),
        'X' => Some(format!("{number:0width$x}", width = precision.unwrap_or(1))),
        _ => None,
    }
}

fn string(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match &args[0] {
        value if value.is_text() => Ok(value.clone()),
        value @ (Value::Int(_) | Value::Bool(_) | Value::Null) => context.join(context.parts(value)),
        value @ (Value::Array(_) | Value::Object(_)) => match context.eval.known_inside(value) {
            Some(known) => {
                let text = context.eval.json_or_stop(&known, '"')?;
                Ok(context.eval.hide(Value::Str(text.into()), context.term(args)))
            }
            None => context.text(context.eval.json_or_stop(value, '"')?),
        },
        _ => Err(Stop::Residual),
    }
}
