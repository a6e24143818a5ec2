//! Compares what two sources of the same template deploy.

use std::path::PathBuf;
use std::sync::LazyLock;

use armguard::expand::Snapshot;
use armguard::project::with_stack;
use rayon::prelude::*;
use regex::Regex;
use serde_json::{Map, Value};

use crate::expand::oracle::{expand, tell};

/// Two sources of one template, and what to call the pair.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) left: PathBuf,
    pub(crate) right: PathBuf,
}

/// Compares all pairs; a pair that differs must be among `known`, with its cause, and the reverse.
pub(crate) fn compare(title: &str, pairs: &[Pair], known: &[(&str, &str)]) {
    // In a pool of their own: expanding waits for threads of the common one.
    let compared: Vec<(&Pair, Outcome)> = with_stack(armguard::source::Stack::PROGRAM, 0, || {
        pairs.par_iter().map(|pair| (pair, compare_pair(&expand(&pair.left), &expand(&pair.right)))).collect()
    })
    .unwrap();
    let incomplete = compared.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Incomplete)).count();
    if incomplete > 0 {
        tell(&format!("{title}: {incomplete} pairs call modules that are not here"));
    }
    let pairs: Vec<(&Pair, Option<&str>)> = compared
        .iter()
        .filter_map(|(pair, outcome)| match outcome {
            Outcome::Incomplete => None,
            Outcome::Same => Some((*pair, None)),
            Outcome::Different(difference) => Some((*pair, Some(&**difference))),
        })
        .collect();
    let differences: Vec<(&str, &str)> =
        pairs.iter().filter_map(|(pair, difference)| Some((&*pair.name, (*difference)?))).collect();
    tell(&format!("{title}: {} of {} pairs are the same", pairs.len() - differences.len(), pairs.len()));
    let mut unexplained = Vec::new();
    for (name, difference) in &differences {
        match known.iter().find(|(known, _)| known == name) {
            Some((_, cause)) => println!("  {name}: {cause}"),
            None => unexplained.push(format!("{name}: {difference}")),
        }
    }
    let gone = |(name, _): &&(&str, &str)| {
        pairs.iter().any(|(pair, _)| pair.name == *name) && !differences.iter().any(|(other, _)| other == name)
    };
    let fixed: Vec<&str> = known.iter().filter(gone).map(|(name, _)| *name).collect();
    assert!(fixed.is_empty(), "{title}: these are the same now, so take them off the list: {fixed:#?}");
    assert!(unexplained.is_empty(), "{title}: {} pairs differ:\n{}", unexplained.len(), unexplained.join("\n"));
}

/// What a comparison says.
enum Outcome {
    Same,
    Different(String),
    /// A module that one side calls could not be read.
    Incomplete,
}

fn compare_pair(left: &Result<Snapshot, String>, right: &Result<Snapshot, String>) -> Outcome {
    let not_read = |line: &String| line.contains(": warning module-not-read: ") && line.contains("was not read");
    let incomplete =
        |side: &Result<Snapshot, String>| side.as_ref().is_ok_and(|snapshot| snapshot.diagnostics.iter().any(not_read));
    match difference(left, right) {
        None => Outcome::Same,
        Some(_) if incomplete(left) || incomplete(right) => Outcome::Incomplete,
        Some(difference) => Outcome::Different(difference),
    }
}

/// The first difference, in words.
pub(crate) fn difference(left: &Result<Snapshot, String>, right: &Result<Snapshot, String>) -> Option<String> {
    let (left, right) = match (left, right) {
        (Ok(left), Ok(right)) => (normal(left), normal(right)),
        (left, right) => return Some(format!("cannot be expanded: {left:?} / {right:?}")),
    };
    for (key, resource) in &left.resources {
        match right.resources.iter().find(|(other, _)| other == key) {
            Some((_, other)) => {
                if let Some(found) = first_difference(resource, other, key) {
                    return Some(found);
                }
            }
            None => {
                let near =
                    right.resources.iter().find(|(other, _)| !left.resources.iter().any(|(key, _)| key == other));
                return Some(format!("only left: {key}; only right: {}", near.map_or("nothing", |(key, _)| key)));
            }
        }
    }
    if let Some((extra, _)) =
        right.resources.iter().find(|(key, _)| !left.resources.iter().any(|(other, _)| other == key))
    {
        return Some(format!("only right: {extra}"));
    }
    first_difference(&left.outputs, &right.outputs, "outputs")
}

struct Normal {
    resources: Vec<(String, Value)>,
    outputs: Value,
}

/// Ids and keys compare without case, null is absent at a resource, order does not count.
fn normal(snapshot: &Snapshot) -> Normal {
    let mut resources: Vec<(String, Value)> = Vec::new();
    for resource in &snapshot.predicted_resources {
        let part = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let base = format!("{} {} {}", part("type"), part("id"), part("condition"));
        // Resources that are not told apart, such as those of a loop of unknown length, are numbered.
        let same = resources.iter().filter(|(key, _)| key.starts_with(&base)).count();
        resources.push((format!("{base}#{same}"), folded(&Value::Object(resource.clone()))));
    }
    resources.sort_by(|a, b| a.0.cmp(&b.0));
    Normal { resources, outputs: folded(&Value::Object(snapshot.outputs.clone())) }
}

fn folded(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let fold = |(key, value): (&String, &Value)| {
                let fails = |text: &str| text.starts_with("[unknown('an expression that fails");
                let value = match key.as_str() {
                    _ if value.as_str().is_some_and(fails) => folded(value),
                    "id" | "type" | "scope" | "condition" => {
                        value.as_str().map_or_else(|| folded(value), |text| text.to_lowercase().into())
                    }
                    _ => folded(value),
                };
                (key.to_lowercase(), value)
            };
            Value::Object(members.map(fold).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(folded).collect()),
        // The compiler writes types as the service spells them.
        Value::String(text) if ["/providers/", "/resourceGroups/"].iter().any(|part| text.contains(part)) => {
            folded_expression(&text.to_lowercase()).into()
        }
        // What fails on both sides may fail for another reason.
        Value::String(text) if text.starts_with("[unknown('an expression that fails") => "[unknown('an error')]".into(),
        Value::String(text) if text.starts_with('[') => folded_expression(text).into(),
        other => other.clone(),
    }
}

/// An expression without the case of names, which do not depend on it, and without the api versions with which
/// running resources are asked for.
fn folded_expression(text: &str) -> String {
    static VERSION: LazyLock<Regex> = LazyLock::new(|| Regex::new(r", '\d{4}-\d\d-\d\d(-[a-z]+)?'").unwrap());
    let text = VERSION.replace_all(text, "");
    let fold = |(at, part): (usize, &str)| if at % 2 == 0 { part.to_lowercase() } else { part.to_owned() };
    text.split('\'').enumerate().map(fold).collect::<Vec<_>>().join("'")
}

fn first_difference(left: &Value, right: &Value, at: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let (x, y) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                first_difference(x, y, &format!("{at}.{key}"))
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.into_iter().find_map(|(index, (x, y))| first_difference(x, y, &format!("{at}[{index}]")))
        }
        _ if left == right => None,
        _ => Some(format!("{at}:\n    {}\n    {}", cut(left), cut(right))),
    }
}

fn cut(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(1500) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
