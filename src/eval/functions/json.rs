//! JSON in strings: reading it, and writing values as it.

use std::fmt::Write;
use std::rc::Rc;

use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::value::{Object, Value};
use crate::eval::{Evaluator, limits};
use crate::json::{self, ValueKind};

pub(super) const FUNCTIONS: &[FunctionEntry] =
    &[FunctionEntry { name: "json", arity: 1..=1, partial: false, run: read }];

fn read(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    parse_json(&context.string(&args[0])?)
}

/// Reads JSON as leniently as templates are read. What is wrong even so the service may read in its own way.
pub(super) fn parse_json(text: &str) -> FunctionResult {
    let document = json::parse(text);
    match document.root() {
        Some(root) if document.problems().is_empty() => from_json(root),
        _ => Err(Stop::Residual),
    }
}

/// A value read by a library.
pub(super) fn from_serde(json: &serde_json::Value) -> FunctionResult {
    parse_json(&json.to_string())
}

pub(super) fn from_json(json: json::Value<'_>) -> FunctionResult {
    Ok(match json.kind() {
        ValueKind::Null => Value::Null,
        ValueKind::True => Value::Bool(true),
        ValueKind::False => Value::Bool(false),
        ValueKind::Number => read_number(json.raw())?,
        ValueKind::String => Value::str(&json.as_str().unwrap_or_default()),
        ValueKind::Array => Value::array(json.items().map(from_json).collect::<Result<Vec<_>, Stop>>()?),
        ValueKind::Object => {
            let mut object = Object::default();
            for member in json.members() {
                // Of equal keys the last counts.
                object.set(member.key().as_ref().into(), from_json(member.value())?.into());
            }
            Value::Object(Rc::new(object))
        }
        ValueKind::Unreadable => return Err(Stop::Residual),
    })
}

/// A number: an integer as it is, a fraction in its shortest form.
fn read_number(text: &str) -> FunctionResult {
    /// Behind this a fraction and a large integer cannot be distinguished any more.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Ok(number) = text.parse() {
        return Ok(Value::Int(number));
    }
    if text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Value::Number(text.into()));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.abs() < EXACT);
    let number = number.and_then(serde_json::Number::from_f64).ok_or(Stop::Residual)?;
    Ok(Value::Number(number.to_string().into()))
}

impl Evaluator<'_> {
    /// `value` as compact JSON with strings in `quote`s; nothing when a part of it is not known, or
    /// when its spelling is the service's own.
    pub(in crate::eval) fn json_text(&self, value: &Value, quote: char) -> Option<String> {
        let mut out = String::new();
        self.write_json(value, quote, self.most.values, &mut out)?;
        Some(out)
    }

    /// The value of JSON text; nothing when it is not certain.
    pub(in crate::eval) fn read_json(&self, text: &str) -> Option<Value> {
        parse_json(text).ok()
    }

    /// The text of a value by [`Evaluator::json_text`], and why there is none.
    pub(super) fn json_or_stop(&self, value: &Value, quote: char) -> Result<String, Stop> {
        let mut out = String::new();
        match self.write_json(value, quote, self.most.values, &mut out) {
            Some(()) => Ok(out),
            None if out.len() > limits::TEXT => Err(Stop::Limit("a string gets too long")),
            None => Err(Stop::Residual),
        }
    }

    fn write_json(&self, value: &Value, quote: char, depth: u32, out: &mut String) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let _level = self.step().ok()?;
        if out.len() > limits::TEXT {
            return None;
        }
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(number) => write!(out, "{number}").ok()?,
            Value::Str(text) => write_quoted(text, quote, out)?,
            Value::Array(array) if array.open.is_none() => {
                self.write_list('[', ']', &array.items, out, |slot, out| {
                    self.write_json(&self.force(slot), quote, depth, out)
                })?;
            }
            Value::Object(object) => {
                self.write_list('{', '}', &self.known_members(object)?, out, |(key, slot), out| {
                    write_quoted(key, quote, out)?;
                    out.push(':');
                    self.write_json(&self.force(slot), quote, depth, out)
                })?;
            }
            _ => return None,
        }
        Some(())
    }

    fn write_list<T>(
        &self,
        open: char,
        close: char,
        items: &[T],
        out: &mut String,
        write: impl Fn(&T, &mut String) -> Option<()>,
    ) -> Option<()> {
        out.push(open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            write(item, out)?;
        }
        out.push(close);
        Some(())
    }
}

/// A string in quotes, if the way in which it is escaped is certain.
fn write_quoted(text: &str, quote: char, out: &mut String) -> Option<()> {
    let plain =
        |c: char| c != '\'' && c != '"' && c != '\\' && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let escaped = |c: char| matches!(c, '"' | '\\' | '\n' | '\r' | '\t');
    if quote == '"' {
        if !text.chars().all(|c| plain(c) || c == '\'' || escaped(c)) {
            return None;
        }
        out.push_str(&serde_json::to_string(text).ok()?);
        return Some(());
    }
    if !text.chars().all(plain) {
        return None;
    }
    out.push(quote);
    out.push_str(text);
    out.push(quote);
    Some(())
}
