//! URIs, where nothing in them needs the rules of a URI library, and the percent encoding.

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "buildUri", arity: 1..=1, partial: false, run: build_uri },
    FunctionEntry { name: "parseUri", arity: 1..=1, partial: false, run: parse_uri },
    FunctionEntry { name: "uri", arity: 2..=2, partial: false, run: uri },
    FunctionEntry { name: "uriComponent", arity: 1..=1, partial: false, run: uri_component },
    FunctionEntry { name: "uriComponentToString", arity: 1..=1, partial: false, run: uri_component_to_string },
];

/// Characters that a URI component keeps (RFC 3986, section 2.3).
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn uri_component(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
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

fn uri_component_to_string(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
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

/// Whether a URI library takes `path` as it is: empty or from a slash on, without escapes and relative segments.
fn is_plain_path(path: &str) -> bool {
    (path.is_empty() || path.starts_with('/'))
        && path.bytes().all(|byte| is_unreserved(byte) || byte == b'/')
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Whether a URI library takes `host` as it is.
fn is_plain_host(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    // A last label of digits makes an address of it, which has spellings of its own.
    let named = |label: &str| label.starts_with(|c: char| c.is_ascii_lowercase());
    host.bytes().all(plain)
        && host.split('.').all(|label| !label.is_empty())
        && host.rsplit('.').next().is_some_and(named)
}

/// The scheme, the host and what stands behind it, if those are plain.
fn parts(uri: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = uri.split_once("://")?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#', ':', '@']).unwrap_or(rest.len()));
    (matches!(scheme, "https" | "http") && is_plain_host(host)).then_some((scheme, host, path))
}

/// Joins a base and a relative path.
fn uri(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (base, relative) = (context.string(&args[0])?, context.string(&args[1])?);
    let (scheme, host, path) = parts(&base).filter(|(_, _, path)| is_plain_path(path)).ok_or(Stop::Residual)?;
    let rooted = relative.starts_with('/');
    let target = if rooted { relative.to_string() } else { format!("/{relative}") };
    if relative.is_empty() || !is_plain_path(&target) || relative.starts_with("//") {
        return Err(Stop::Residual);
    }
    let folder = path.rfind('/').map_or("", |at| &path[..at]);
    context.text(format!("{scheme}://{host}{}{target}", if rooted { "" } else { folder }))
}

/// The scheme, the host and a plain path. What the service makes of ports and queries is not known.
fn parse_uri(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = context.string(&args[0])?;
    let (scheme, host, rest) = parts(&text).ok_or(Stop::Residual)?;
    let mut members = vec![("scheme".into(), Value::str(scheme).into()), ("host".into(), Value::str(host).into())];
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    if rest.starts_with([':', '@']) || rest.contains('#') {
        return Err(Stop::Residual);
    }
    if !path.is_empty() && is_plain_path(path) {
        members.push(("path".into(), Value::str(path).into()));
    }
    context.open_object(members, Some(context.term(args)))
}

/// Puts parts together. A port that is missing, or that of the scheme, the service treats in its own way.
fn build_uri(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let parts = match &args[0] {
        Value::Object(object) if object.open.is_none() => ["scheme", "host", "port", "path", "query"]
            .map(|name| object.get(name).map_or(Value::Null, |slot| context.eval.force(slot))),
        Value::Object(_) => return Err(Stop::Residual),
        other => return Err(wanted("an object", other)),
    };
    context.over(args, parts.into(), &|parts| {
        let [Value::Str(scheme), Value::Str(host), Value::Int(port), Value::Str(path), query] = parts else {
            return Err(Stop::Residual);
        };
        let query = match query {
            Value::Str(query) => query,
            Value::Null | Value::Absent => "",
            _ => return Err(Stop::Residual),
        };
        let plain = |byte: u8| is_unreserved(byte) || matches!(byte, b'=' | b'&');
        let plain_query = query.strip_prefix('?').is_some_and(|query| !query.is_empty() && query.bytes().all(plain));
        let plain_port = (1..=65_535).contains(port) && !matches!(port, 80 | 443);
        let certain = matches!(&**scheme, "https" | "http") && is_plain_host(host) && plain_port;
        if !certain || path.is_empty() || !is_plain_path(path) || !(plain_query || query.is_empty()) {
            return Err(Stop::Residual);
        }
        context.text(format!("{scheme}://{host}:{port}{path}{query}"))
    })
}
