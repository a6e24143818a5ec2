//! Base 64, data URIs, and the percent encoding.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::parse_json;
use super::{Context, Entry, Outcome, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    Entry { name: "base64", arity: 1..=1, partial: false, run: base64 },
    Entry { name: "base64ToJson", arity: 1..=1, partial: false, run: base64_to_json },
    Entry { name: "base64ToString", arity: 1..=1, partial: false, run: base64_to_string },
    Entry { name: "dataUri", arity: 1..=1, partial: false, run: data_uri },
    Entry { name: "dataUriToString", arity: 1..=1, partial: false, run: data_uri_to_string },
    Entry { name: "uri", arity: 2..=2, partial: false, run: uri },
    Entry { name: "uriComponent", arity: 1..=1, partial: false, run: uri_component },
    Entry { name: "uriComponentToString", arity: 1..=1, partial: false, run: uri_component_to_string },
];

fn base64(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    context.text(STANDARD.encode(&*context.string(&args[0])?))
}

/// Decodes base 64 of UTF-8; what is not that may still be read by the service in its own way.
fn decode(text: &str) -> Result<String, Stop> {
    let bytes = STANDARD.decode(text).map_err(|_| Stop::Residual)?;
    String::from_utf8(bytes).map_err(|_| Stop::Residual)
}

fn base64_to_string(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    context.text(decode(&context.string(&args[0])?)?)
}

fn base64_to_json(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    parse_json(&decode(&context.string(&args[0])?)?)
}

fn data_uri(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    match &args[0] {
        Value::Str(text) => context.text(format!("data:text/plain;charset=utf-8;base64,{}", STANDARD.encode(&**text))),
        // Of other values the service prints JSON in a way that is its own.
        _ => Err(Stop::Residual),
    }
}

fn data_uri_to_string(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = context.string(&args[0])?;
    let (head, data) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or(Stop::Residual)?;
    let mut options = head.split(';').skip(1);
    let plain = |option: &str| ["base64", "charset=utf-8", "charset=utf8"].contains(&&*option.to_ascii_lowercase());
    match head.ends_with(";base64") && options.all(plain) {
        true => context.text(decode(data)?),
        false => Err(Stop::Residual),
    }
}

/// Characters that a URI component keeps (RFC 3986, section 2.3).
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn uri_component(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::new();
    for byte in context.string(&args[0])?.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', char::from(HEX[usize::from(byte >> 4)]), char::from(HEX[usize::from(byte & 15)])]);
        }
    }
    context.text(out)
}

fn uri_component_to_string(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = context.string(&args[0])?;
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let code = piece.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok()).ok_or(Stop::Residual)?;
        bytes.push(byte);
        bytes.extend(piece.bytes().skip(2));
    }
    context.text(String::from_utf8(bytes).map_err(|_| Stop::Residual)?)
}

/// Joins a base and a relative path, where nothing in either needs the rules of a URI library.
fn uri(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (base, relative) = (context.string(&args[0])?, context.string(&args[1])?);
    let plain = |text: &str| text.bytes().all(|byte| is_unreserved(byte) || byte == b'/');
    let dotted = |text: &str| text.split('/').any(|segment| matches!(segment, "." | ".."));
    let (scheme, rest) = base.split_once("://").ok_or(Stop::Residual)?;
    let host = rest.split('/').next().unwrap_or_default();
    let lower = |text: &str| !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if !matches!(scheme, "https" | "http") || !lower(host) || !plain(rest) || dotted(rest) {
        return Err(Stop::Residual);
    }
    if relative.is_empty() || !plain(&relative) || dotted(&relative) || relative.starts_with("//") {
        return Err(Stop::Residual);
    }
    let path = &rest[host.len()..];
    let folder = if relative.starts_with('/') { "" } else { path.rfind('/').map_or("/", |at| &path[..=at]) };
    context.text(format!("{scheme}://{host}{folder}{relative}"))
}
