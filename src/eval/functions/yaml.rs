//! YAML, as far as all its readers agree.

use granit_parser::{Event, Parser, ScalarStyle};

/// An array or object that is not finished.
struct OpenCollection {
    /// Its nodes are keys and values in turn.
    is_object: bool,
    /// How many nodes it has so far.
    nodes: usize,
}

/// The first document of `text` as JSON. Nothing when it is wrong or empty, and where readers differ: tags, anchors,
/// keys that are no strings, and plain scalars that one takes for a string and another for something else.
pub(super) fn to_json(text: &str) -> Option<String> {
    let (mut out, mut open) = (String::new(), Vec::<OpenCollection>::new());
    for event in Parser::new_from_str(text) {
        match event.ok()?.0 {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::Scalar(scalar, style, 0, None) => {
                let is_key = begin(&mut open, &mut out);
                let value = match style {
                    ScalarStyle::Plain => plain(&scalar)?,
                    ScalarStyle::Literal | ScalarStyle::Folded if text.contains('\r') => return None,
                    _ => quoted(&scalar)?,
                };
                if is_key && !value.starts_with('"') {
                    return None;
                }
                out.push_str(&value);
            }
            Event::SequenceStart(_, 0, None) if !begin(&mut open, &mut out) => {
                out.push('[');
                open.push(OpenCollection { is_object: false, nodes: 0 });
            }
            Event::MappingStart(_, 0, None) if !begin(&mut open, &mut out) => {
                out.push('{');
                open.push(OpenCollection { is_object: true, nodes: 0 });
            }
            Event::SequenceEnd | Event::MappingEnd => out.push(if open.pop()?.is_object { '}' } else { ']' }),
            Event::DocumentEnd => return Some(out).filter(|out| out != "null"),
            _ => return None,
        }
    }
    None
}

/// Writes what stands before the next node; true when that is a key.
fn begin(open: &mut [OpenCollection], out: &mut String) -> bool {
    let Some(within) = open.last_mut() else { return false };
    let is_value = within.is_object && within.nodes % 2 == 1;
    match (is_value, within.nodes) {
        (true, _) => out.push(':'),
        (false, 0) => {}
        (false, _) => out.push(','),
    }
    within.nodes += 1;
    within.is_object && !is_value
}

fn quoted(text: &str) -> Option<String> {
    serde_json::to_string(text).ok()
}

/// A scalar without quotes as JSON.
fn plain(text: &str) -> Option<String> {
    /// What some readers take for booleans or null, whatever the case.
    const WORDS: [&str; 9] = ["false", "n", "no", "null", "off", "on", "true", "y", "yes"];
    let digits = text.strip_prefix('-').unwrap_or(text);
    let integer = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    match text {
        "" | "~" | "null" => Some("null".into()),
        "true" | "false" | "0" => Some(text.into()),
        _ if integer => text.parse::<i64>().ok().map(|number| number.to_string()),
        _ if WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) => None,
        _ => quoted(text).filter(|_| text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '$' | '_'))),
    }
}
