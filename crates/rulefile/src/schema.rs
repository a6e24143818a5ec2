//! The JSON schema of the front matter, for editors.

use serde_json::{Value, json};

use crate::{Need, RuleSet, Safety, Scope, Severity};

/// The schema. That it knows the same keys as the reader is checked by a test.
pub fn front_matter() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let condition = json!({ "$ref": "#/$defs/condition" });
    let rename = json!({
        "type": "object", "additionalProperties": false, "required": ["from", "to"],
        "properties": { "from": { "$ref": "#/$defs/path" }, "to": text },
    });
    let fix = json!({
        "type": "object", "additionalProperties": false, "required": ["title", "to", "safety"],
        "properties": {
            "title": text, "when": condition,
            "set": { "$ref": "#/$defs/path", "description": "The property; without it, the one that failed." },
            "to": { "description": "The value; `$workspace` in it is the resource id of a workspace." },
            "over-any": { "type": "boolean", "description": "Write over any expression, not only over a literal." },
            "rename": { "type": "array", "description": "Members that become part of the value.", "items": rename },
            "raise": { "type": "string", "description": "The apiVersion to which the resource is raised." },
            "safety": { "enum": Safety::ALL.map(Safety::name) },
        },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of an armguard rule",
        "type": "object",
        "additionalProperties": false,
        "required": ["severity", "resource", "noun", "message", "help"],
        "oneOf": [{ "required": ["require"] }, { "required": ["native"] }],
        "properties": {
            "severity": { "enum": Severity::ALL.map(Severity::name), "description": "How bad a violation is." },
            "resource": one_or_many(json!({ "type": "string", "pattern": "^[^/]+[.][^/]+(/[^/]+)+$" }),
                "The full resource type, or types, that it judges."),
            "noun": one_or_many(text.clone(), "What people call such a resource; one for each type."),
            "group": { "type": "string", "description": "The first rule of a group that does not pass is reported." },
            "order": { "type": "integer", "minimum": 0, "description": "The place in the group." },
            "set": { "enum": RuleSet::ALL.map(RuleSet::name), "description": "The rule set; without: default." },
            "checks": { "enum": Scope::ALL.map(Scope::name), "description": "What it checks; without: resource." },
            "needs": { "enum": Need::ALL.map(Need::name),
                "description": "What the template must install, unless the configuration says that something else does." },
            "when": described(&condition, "Where it does not hold, the rule does not apply."),
            "require": described(&condition, "What must hold."),
            "native": { "type": "string", "description": "The check of this build that answers instead." },
            "message": { "$ref": "#/$defs/texts", "description": "What is wrong, by outcome." },
            "labels": { "type": "object", "additionalProperties": text, "description": "Texts of places." },
            "also-label": { "type": "array", "description": "Other places that are shown.", "items": {
                "type": "object", "additionalProperties": false, "required": ["at", "text"],
                "properties": { "at": { "$ref": "#/$defs/path" }, "when": condition, "text": text },
            } },
            "help": { "$ref": "#/$defs/texts", "description": "What to do, by outcome." },
            "controls": { "type": "object", "additionalProperties": one_or_many(text.clone(), "Controls."),
                "description": "What it maps to, by catalogue." },
            "links": { "type": "array", "items": { "type": "string", "pattern": "^https://" } },
            "fixes": { "type": "array", "description": "Changes that make the rule pass.", "items": fix },
        },
        "$defs": {
            "path": { "type": "string", "maxLength": 1000,
                "description": "`properties.a.b`, or JSONPath: `$.properties.items[?@.name == 'x'].a`." },
            "literal": { "type": ["string", "boolean", "integer"] },
            "versions": { "oneOf": [
                { "type": "string", "description": "`>=2021-07-01, <2022-05-02`" },
                { "type": "object", "additionalProperties": false,
                    "properties": { "stable": { "type": "string" }, "preview": { "type": "string" } } },
            ] },
            "default": { "enum": ["fail", "pass", "undetermined"] },
            "texts": { "oneOf": [
                { "$ref": "#/$defs/text" },
                { "type": "object", "additionalProperties": { "$ref": "#/$defs/text" } },
            ] },
            "text": { "oneOf": [text, { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["text"],
                "properties": { "api-version": { "$ref": "#/$defs/versions" }, "text": text },
            } }] },
            "condition": condition_schema(),
        },
    })
}

fn condition_schema() -> Value {
    let condition = json!({ "$ref": "#/$defs/condition" });
    let list = json!({ "type": "array", "minItems": 1, "items": condition });
    let path = json!({ "$ref": "#/$defs/path" });
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "all": list, "any": list, "none": list, "not": condition,
            "each": { "oneOf": [path, { "type": "object", "additionalProperties": path }] },
            "when": condition, "require": condition,
            "related": { "type": "string" }, "on": { "enum": ["resource", "parent", "same-parent", "deployment"] },
            "attached-to": { "type": "string" },
            "api-version": { "$ref": "#/$defs/versions" },
            "path": path,
            "equals": { "$ref": "#/$defs/literal" },
            "in": { "type": "array", "items": { "$ref": "#/$defs/literal" } },
            "exists": { "type": "boolean" },
            "not-empty": { "const": true },
            "matches": { "type": "string", "format": "regex" },
            "at-least": { "type": ["integer", "string"] },
            "resource-id-of": { "type": "string" },
            "absent": { "oneOf": [{ "$ref": "#/$defs/default" }, {
                "type": "object", "additionalProperties": false, "required": ["otherwise"],
                "properties": {
                    "fail": { "$ref": "#/$defs/versions" },
                    "pass": { "$ref": "#/$defs/versions" },
                    "undetermined": { "$ref": "#/$defs/versions" },
                    "otherwise": { "$ref": "#/$defs/default" },
                },
            }] },
        },
    })
}

fn one_or_many(item: Value, description: &str) -> Value {
    json!({ "description": description, "oneOf": [item, { "type": "array", "minItems": 1, "items": item }] })
}

fn described(schema: &Value, description: &str) -> Value {
    let mut schema = schema.clone();
    schema["description"] = description.into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read;
    use crate::{Condition, FrontMatter};

    /// The keys that the reader knows: it lists them for one that it does not know.
    fn known_keys<T: serde::de::DeserializeOwned>() -> Vec<String> {
        let error = serde_json::from_str::<T>(r#"{"0": 1}"#).err().map(|error| error.to_string()).unwrap_or_default();
        let (_, expected) = error.split_once("expected ").unwrap_or_default();
        let mut keys: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    }

    #[test]
    fn knows_the_keys_that_the_reader_knows() {
        let schema = front_matter();
        let cases =
            [(known_keys::<FrontMatter>(), "/properties"), (known_keys::<Condition>(), "/$defs/condition/properties")];
        for (mut known, place) in cases {
            let members = schema.pointer(place).and_then(Value::as_object);
            let mut keys: Vec<String> = members.into_iter().flat_map(|members| members.keys().cloned()).collect();
            keys.sort();
            known.sort();
            assert!(!known.is_empty());
            assert_eq!(keys, known, "{place}");
        }
        assert!(read::<FrontMatter>("a: 1").is_err());
    }
}
