//! The JSON parser over real files: the same values as `serde_json`, and its speed.

mod corpus;

use std::time::{Duration, Instant};

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
    let Some(files) = corpus::json_files("") else { return };
    let mut strict = 0;
    let mut lenient = Vec::new();
    for (path, text) in &files {
        let document = json::parse(text);
        let theirs = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{feff}'));
        match theirs {
            Ok(theirs) => {
                strict += 1;
                assert!(document.problems().is_empty(), "{path}: {:?}", document.problems());
                assert!(document.root().is_some_and(|root| is_equal(root, &theirs)), "{path}");
            }
            Err(_) => lenient.push((path, document.problems().len())),
        }
    }
    println!("{strict} strict files have equal values; others (path, our problems): {lenient:#?}");
}

#[test]
#[ignore = "a measurement, for --release"]
fn speed() {
    let Some(files) = corpus::json_files("avm") else { return };
    let files: Vec<_> = files.into_iter().filter(|(path, _)| path.ends_with("main.json")).collect();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let best = |run: &dyn Fn(&str)| {
        let time = || {
            let start = Instant::now();
            files.iter().for_each(|(_, text)| run(text));
            start.elapsed()
        };
        (0..5).map(|_| time()).min().unwrap_or(Duration::MAX)
    };
    let show = |name, time: Duration| println!("{name}: {:.0} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    println!("{} files, {:.1} MB", files.len(), bytes as f64 / 1e6);
    show("json::parse", best(&|text| drop(std::hint::black_box(json::parse(text)))));
    show("serde_json", best(&|text| drop(std::hint::black_box(serde_json::from_str::<serde_json::Value>(text)))));
}
