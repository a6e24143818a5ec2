//! What is different between two snapshots.
//!
//! Resources are the same when their type and id are, without case; members are compared by name without
//! case, and null is as good as absent: so the service sees them.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Snapshot, in_line};
use crate::source::HashMap;

/// What is different in a snapshot, seen from an older one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Resources that only the newer one has.
    pub added: Vec<Map<String, Value>>,
    /// Resources that only the older one has.
    pub removed: Vec<Map<String, Value>>,
    /// Resources of both that are not the same.
    pub changed: Vec<ChangedResource>,
    /// Outputs that are not the same.
    pub outputs: Vec<Difference>,
}

/// A resource that is not the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangedResource {
    /// Its type.
    pub r#type: String,
    /// Its name.
    pub name: String,
    /// What is different in it.
    pub differences: Vec<Difference>,
}

/// One value that is not the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Its path: `properties.subnets[0].name`.
    pub path: String,
    /// What it was; null when it was absent.
    pub before: Value,
    /// What it is; null when it is absent.
    pub after: Value,
}

impl Diff {
    /// What makes `new` different from `old`.
    pub fn of(old: &Snapshot, new: &Snapshot) -> Self {
        let (before, after) = (keyed(old), keyed(new));
        let find = |all: &[(String, &Map<String, Value>)], key: &str| {
            all.iter().find(|(other, _)| other == key).map(|(_, resource)| (*resource).clone())
        };
        let mut diff = Self::default();
        for (key, resource) in &after {
            match find(&before, key) {
                None => diff.added.push((*resource).clone()),
                Some(other) => {
                    let mut differences = Vec::new();
                    compare_members(&other, resource, "", &mut differences);
                    if !differences.is_empty() {
                        let (ty, name) = (text(resource, "type"), text(resource, "name"));
                        diff.changed.push(ChangedResource { r#type: ty, name, differences });
                    }
                }
            }
        }
        let removed = before.iter().filter(|(key, _)| find(&after, key).is_none());
        diff.removed = removed.map(|(_, resource)| (*resource).clone()).collect();
        compare_members(&old.outputs, &new.outputs, "", &mut diff.outputs);
        diff
    }

    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Writes it for people: `+` is new, `-` is gone, `~` is not the same.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (sign, resources) in [('-', &self.removed), ('+', &self.added)] {
            for resource in resources {
                writeln!(out, "{sign} {} {}", in_line(&text(resource, "type")), in_line(&text(resource, "name")))?;
            }
        }
        for change in &self.changed {
            writeln!(out, "~ {} {}", in_line(&change.r#type), in_line(&change.name))?;
            change.differences.iter().try_for_each(|difference| difference.write(out))?;
        }
        if !self.outputs.is_empty() {
            writeln!(out, "~ outputs")?;
            self.outputs.iter().try_for_each(|difference| difference.write(out))?;
        }
        Ok(())
    }
}

impl Difference {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let path = in_line(&self.path);
        match (&self.before, &self.after) {
            (Value::Null, after) => writeln!(out, "    + {path}: {after}"),
            (before, Value::Null) => writeln!(out, "    - {path}: {before}"),
            (before, after) => writeln!(out, "    ~ {path}: {before} => {after}"),
        }
    }
}

fn text(resource: &Map<String, Value>, member: &str) -> String {
    resource.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The resources by type and id; of several with one id, such as the rounds of a loop of unknown length or a
/// resource declared twice, each has a number.
fn keyed(snapshot: &Snapshot) -> Vec<(String, &Map<String, Value>)> {
    let mut counts = HashMap::<String, usize>::default();
    let resources = snapshot.predicted_resources.iter();
    resources
        .map(|resource| {
            let key = format!("{} {}", text(resource, "type"), text(resource, "id")).to_lowercase();
            let count = counts.entry(key.clone()).or_default();
            *count += 1;
            (format!("{key} {count}"), resource)
        })
        .collect()
}

fn compare_members(old: &Map<String, Value>, new: &Map<String, Value>, at: &str, found: &mut Vec<Difference>) {
    let member = |of: &Map<String, Value>, key: &str| {
        of.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)).map_or(Value::Null, |(_, value)| value.clone())
    };
    let path = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
    for (key, value) in old {
        compare(value, &member(new, key), &path(key), found);
    }
    let added = new.iter().filter(|(key, _)| !old.keys().any(|other| other.eq_ignore_ascii_case(key)));
    for (key, value) in added {
        compare(&Value::Null, value, &path(key), found);
    }
}

fn compare(old: &Value, new: &Value, at: &str, found: &mut Vec<Difference>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => compare_members(old, new, at, found),
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(old, new, &format!("{at}[{index}]"), found);
            }
        }
        _ if old == new => {}
        _ => found.push(Difference { path: at.to_owned(), before: old.clone(), after: new.clone() }),
    }
}
