//! The JSON schema of `armguard.toml`, for editors. That it takes what the reader takes is checked by a test.

use serde_json::{Value, json};

use super::Sensor;
use crate::finding::Severity;

/// The schema.
pub fn schema() -> Value {
    let rules = table(
        "Which rules run, and how bad what they find is.",
        json!({
            "paths": strings("Folders with rule files of your own."),
            "ruleset": strings("The sets of rules that run: default, posture, all, or names in `rulesets`."),
            "select": strings("The rules that run, by id or control. Without: those of the set `default`."),
            "ignore": strings("The rules that do not run, by id or control."),
            "severity": referring("Severities in place of the rules' own ones.", "severities"),
        }),
    );
    let defender = table(
        "What was agreed on about Defender.",
        json!({
            "workspaces": referring(
                "Resource ids of the Log Analytics workspaces that clusters may send Defender's data to; in each part \
                 `*` is any text.",
                "workspaces",
            ),
            "sensor": {
                "description": "What installs the sensor, when templates do not.",
                "enum": Sensor::ALL.map(Sensor::name),
            },
        }),
    );
    let ignores = table(
        "What an ignore must have to hold.",
        json!({
            "require-reason": { "description": "It must give a reason.", "type": "boolean" },
            "max-expiry": {
                "description": "It must end within so many days.", "type": "integer", "minimum": 0, "maximum": u32::MAX,
            },
            "contexts": strings("Patterns of the contexts in which ignores hold."),
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "armguard.toml",
        "description": "The configuration of armguard. docs/configuration.md tells more.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "contexts": contexts(),
            "modules": {
                "description": "Where modules lie that are referred to as those of a registry.",
                "type": "object",
                "additionalProperties": { "type": "string" },
            },
            "rules": rules,
            "rulesets": {
                "description": "Sets of rules by name, for `--ruleset` and `ruleset`; rules by id or control.",
                "type": "object",
                "additionalProperties": { "$ref": "#/$defs/strings" },
            },
            "defender": defender,
            "overrides": overrides(),
            "files": table("What is looked at.", json!({
                "exclude": strings("Patterns of files that are left out unless they are named."),
            })),
            "ignores": ignores,
            "output": table("What is written.", json!({
                "format": strings("The format of standard output when none is asked for. Files are named on the command line only."),
            })),
        },
        "$defs": {
            "workspaces": one_or_many(json!({ "$ref": "#/$defs/workspace" })),
            // Eight parts: `/subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/…`.
            "workspace": { "type": "string", "pattern": format!("^{}$", "/[^/]+".repeat(8)) },
            "strings": one_or_many(json!({ "type": "string" })),
            "severities": { "type": "object", "additionalProperties": { "enum": Severity::ALL.map(Severity::name) } },
        },
    })
}

fn contexts() -> Value {
    let entry = json!({
        "name": { "description": "What findings call it.", "type": "string" },
        "templates": strings("Patterns of the templates that it is for."),
        "parameters": strings("Parameter files; the first that gives a value counts."),
        "set": { "description": "Values of parameters; they come before those of all files.", "type": "object" },
    });
    list("In what ways templates are deployed, beside parameter files.", "templates", entry)
}

fn overrides() -> Value {
    let entry = json!({
        "paths": strings("Patterns of the files."),
        "ignore": strings("Ids of rules whose findings are hidden there."),
        "severity": referring("Severities that hold there.", "severities"),
        "reason": { "description": "Why.", "type": "string" },
    });
    let about = "What is different for findings that are shown in some files, or are about resources declared there.";
    list(about, "paths", entry)
}

/// A table with these properties and no others.
fn table(description: &str, properties: Value) -> Value {
    json!({
        "description": description, "type": "object", "additionalProperties": false, "properties": properties,
    })
}

/// A list of tables, each of which has the property `required`.
fn list(description: &str, required: &str, properties: Value) -> Value {
    json!({
        "description": description,
        "type": "array",
        "items": {
            "type": "object", "additionalProperties": false, "required": [required], "properties": properties,
        },
    })
}

fn referring(description: &str, to: &str) -> Value {
    json!({ "description": description, "$ref": format!("#/$defs/{to}") })
}

/// A string, or a list of strings.
fn strings(description: &str) -> Value {
    referring(description, "strings")
}

fn one_or_many(one: Value) -> Value {
    json!({ "anyOf": [one, { "type": "array", "items": one }] })
}
