//! The JSON schema of `armguard.toml`, held to what the reader of that file takes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use armguard::config::{Config, keys};
use armguard::finding::Severity;
use armguard::source::SourceFile;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/armguard.schema.json")).unwrap()
}

/// Where each list of names stands in the schema, and how a table with a value for one of them is written.
const TABLES: [(&str, &[&str], &str); 8] = [
    ("", keys::DOCUMENT, ""),
    ("/properties/contexts/items", keys::CONTEXTS, "[[contexts]]\ntemplates = 'a'\n"),
    ("/properties/rules", keys::RULES, "[rules]\n"),
    ("/properties/defender", keys::DEFENDER, "[defender]\n"),
    ("/properties/overrides/items", keys::OVERRIDES, "[[overrides]]\npaths = 'a'\n"),
    ("/properties/files", keys::FILES, "[files]\n"),
    ("/properties/ignores", keys::IGNORES, "[ignores]\n"),
    ("/properties/output", keys::OUTPUT, "[output]\n"),
];

#[test]
fn the_schema_has_what_the_reader_takes() {
    let schema = schema();
    for (place, names, _) in TABLES {
        let table = schema.pointer(place).unwrap_or_else(|| panic!("{place}"));
        let described: BTreeSet<&str> = table["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(described, names.iter().copied().collect(), "{place}");
        assert_eq!(table["additionalProperties"], false, "{place}");
        for name in names {
            assert!(
                !table["properties"][name]["description"].as_str().unwrap_or_default().is_empty(),
                "{place}: {name}"
            );
        }
    }
    let severities = Severity::ALL.map(Severity::name);
    assert_eq!(schema["$defs"]["severities"]["additionalProperties"]["enum"], serde_json::json!(severities));
}

const WORKSPACE: &str =
    "['/subscriptions/*/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/law-*']";

/// A value in TOML that the schema allows at `place`, and one that it does not.
fn values(schema: &Value, property: &Value) -> (&'static str, &'static str) {
    if let Some(refers) = property["$ref"].as_str() {
        return match refers {
            "#/$defs/strings" => ("['a', 'b']", "[1]"),
            "#/$defs/workspaces" => (WORKSPACE, "['law']"),
            "#/$defs/severities" => ("{ a = 'low' }", "{ a = 'bad' }"),
            other => panic!("{other} in {schema}"),
        };
    }
    if property["enum"].is_array() {
        return ("'helm'", "'agent'");
    }
    match property["type"].as_str().unwrap() {
        "string" => ("'a'", "1"),
        "boolean" => ("true", "'true'"),
        "integer" => ("4294967295", "-1"),
        "object" => ("{}", "'a'"),
        other => panic!("{other}"),
    }
}

/// What the schema allows, the reader takes, and what it does not, the reader refuses.
#[test]
fn the_reader_takes_what_the_schema_allows() {
    let schema = schema();
    let read = |text: &str| Config::parse(Arc::new(SourceFile::new("armguard.toml", text)), PathBuf::new());
    let mut tried = 0;
    for (place, names, table) in TABLES.iter().filter(|(place, ..)| !place.is_empty()) {
        for name in *names {
            let (right, wrong) = values(&schema, &schema.pointer(place).unwrap()["properties"][name]);
            // A name stands once in a table; what is required stands there already.
            let table = table.replace(&format!("{name} = 'a'\n"), "");
            assert!(read(&format!("{table}{name} = {right}\n")).is_ok(), "{table}{name} = {right}");
            assert!(read(&format!("{table}{name} = {wrong}\n")).is_err(), "{table}{name} = {wrong}");
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}
