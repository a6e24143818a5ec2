//! Base 64 and data URIs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::parse_json;
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "base64", arity: 1..=1, partial: false, run: base64 },
    FunctionEntry { name: "base64ToJson", arity: 1..=1, partial: false, run: base64_to_json },
    FunctionEntry { name: "base64ToString", arity: 1..=1, partial: false, run: base64_to_string },
    FunctionEntry { name: "dataUri", arity: 1..=1, partial: false, run: data_uri },
    FunctionEntry { name: "dataUriToString", arity: 1..=1, partial: false, run: data_uri_to_string },
];

fn base64(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    context.text(STANDARD.encode(&*context.string(&args[0])?))
}

/// Decodes base 64 of UTF-8; what is not that may still be read by the service in its own way.
fn decode(text: &str) -> Result<String, Stop> {
    let bytes = STANDARD.decode(text).map_err(|_| Stop::Residual)?;
    String::from_utf8(bytes).map_err(|_| Stop::Residual)
}

fn base64_to_string(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    context.text(decode(&context.string(&args[0])?)?)
}

fn base64_to_json(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    parse_json(&decode(&context.string(&args[0])?)?)
}

fn data_uri(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match &args[0] {
        Value::Str(text) => context.text(format!("data:text/plain;charset=utf-8;base64,{}", STANDARD.encode(&**text))),
        // Of other values the service prints JSON in a way that is its own.
        _ => Err(Stop::Residual),
    }
}

fn data_uri_to_string(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = context.string(&args[0])?;
    let (head, data) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or(Stop::Residual)?;
    let mut options = head.split(';').skip(1);
    let plain = |option: &str| ["base64", "charset=utf-8", "charset=utf8"].contains(&&*option.to_ascii_lowercase());
    match head.ends_with(";base64") && options.all(plain) {
        true => context.text(decode(data)?),
        false => Err(Stop::Residual),
    }
}
