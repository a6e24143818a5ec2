//! The JSON report and the schema that describes it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The fields that a JSON report has, held against `docs/json.schema.json`: a field that the schema does not have, and one
/// that it asks for and is missing, are wrong, and a value that is none of those listed. The rest is for a whole validator.
pub(crate) struct Fields {
    schema: Value,
    /// Each field met, with the path of its schema.
    pub(crate) met: BTreeSet<String>,
    pub(crate) wrong: Vec<String>,
}

impl Fields {
    pub(crate) fn of(report: &Value) -> Self {
        let schema = serde_json::from_str(include_str!("../../../docs/json.schema.json")).unwrap();
        let mut fields = Self { schema, met: BTreeSet::new(), wrong: Vec::new() };
        fields.walk(report, "");
        fields
    }

    /// All fields that the schema has.
    pub(crate) fn described(&self) -> BTreeSet<String> {
        let mut described = BTreeSet::new();
        let mut open = vec![(String::new(), &self.schema)];
        while let Some((path, schema)) = open.pop() {
            for (key, value) in schema.as_object().into_iter().flatten() {
                let path = format!("{path}/{key}");
                if let (true, Some(fields)) = (key == "properties", value.as_object()) {
                    described.extend(fields.keys().map(|field| format!("{path}/{field}")));
                }
                open.push((path, value));
            }
        }
        described
    }

    fn walk(&mut self, value: &Value, at: &str) {
        let schema = self.schema.pointer(at).unwrap_or(&Value::Null);
        let refers = schema["$ref"].as_str().or_else(|| schema["anyOf"][0]["$ref"].as_str());
        if let Some(target) = refers.map(|target| target.trim_start_matches('#').to_owned()) {
            return if value.is_null() { assert!(schema["anyOf"].is_array()) } else { self.walk(value, &target) };
        }
        match value {
            Value::Object(members) => {
                let required: BTreeSet<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let found: BTreeSet<&str> = members.keys().map(String::as_str).collect();
                let missing: Vec<String> = required.difference(&found).map(|key| format!("{at}: no `{key}`")).collect();
                let unknown: Vec<String> =
                    found.difference(&required).map(|key| format!("{at}: `{key}` is not there")).collect();
                self.wrong.extend(missing.into_iter().chain(unknown));
                for (key, value) in members {
                    let at = format!("{at}/properties/{key}");
                    if self.schema.pointer(&at).is_none() {
                        self.wrong.push(format!("{at} is not described"));
                    }
                    self.walk(value, &at);
                    self.met.insert(at);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, &format!("{at}/items"))),
            _ => {
                let constant = schema.get("const").is_none_or(|constant| constant == value);
                let one_of = schema["enum"].as_array().is_none_or(|values| values.contains(value));
                if !constant || !one_of {
                    self.wrong.push(format!("{at} cannot be {value}"));
                }
            }
        }
    }
}
