//! The JSON parser over real files: the same values as `serde_json`, and its speed.

use crate::support::corpus;

use armguard::json::{self, ValueKind};

fn is_equal(ours: json::Value<'_>, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Serde;
    match (ours.kind(), theirs) {
        (ValueKind::Null, Serde::Null) => true,
        (ValueKind::True, Serde::Bool(value)) => *value,
        (ValueKind::False, Serde::Bool(value)) => !*value,
        (ValueKind::Number, Serde::Number(number)) => {
            ours.raw().parse::<serde_json::Number>().is_ok_and(|n| n == *number)
        }
        (ValueKind::String, Serde::String(text)) => ours.as_str().is_some_and(|ours| ours == *text),
        (ValueKind::Array, Serde::Array(items)) => {
            ours.items().count() == items.len() && ours.items().zip(items).all(|(a, b)| is_equal(a, b))
        }
        (ValueKind::Object, Serde::Object(members)) => {
            ours.members().count() == members.len()
                && ours.members().zip(members).all(|(a, (key, b))| a.key() == *key && is_equal(a.value(), b))
        }
        _ => false,
    }
}

#[test]
fn corpus_files_have_the_values_that_serde_json_reads() {
    let Some(files) = corpus::json_files() else { return };
    let mut strict = 0;
    let mut lenient = 0;
    for (path, text) in &files {
        let document = json::parse(text);
        let theirs = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'));
        match theirs {
            Ok(theirs) => {
                strict += 1;
                assert!(document.problems().is_empty(), "{path}: {:?}", document.problems());
                assert!(document.root().is_some_and(|root| is_equal(root, &theirs)), "{path}");
            }
            Err(_) => {
                lenient += 1;
                assert!(document.problems().is_empty(), "{path}: {:?}", document.problems());
            }
        }
    }
    corpus::tell(&format!("{strict} strict files have the values that serde_json reads; {lenient} others no problem"));
}
