//! The texts of a SARIF log that are shown to people.

use serde_json::Value;

/// Adds what members called `text` say, anywhere in `json`.
pub(crate) fn all_texts<'a>(json: &'a Value, texts: &mut Vec<&'a str>) {
    match json {
        Value::Object(members) => {
            texts.extend(members.get("text").and_then(Value::as_str));
            members.values().for_each(|value| all_texts(value, texts));
        }
        Value::Array(items) => items.iter().for_each(|item| all_texts(item, texts)),
        _ => {}
    }
}
