//! From a project to the texts of its files.

mod arm;
mod arm_expr;
mod bicep;
mod bicep_expr;
mod json_text;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::expr::{Expr, Kind};
use crate::program::{Configuration, ParameterFile, Project};

/// Path, with `/`, and text of each file of a project.
pub type Files = BTreeMap<String, String>;

/// The language of the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Bicep, a file for each module.
    Bicep,
    /// ARM with a list of resources; modules are nested or linked deployments.
    ClassicArm,
    /// ARM with symbolic names, as the Bicep compiler writes it where it must.
    SymbolicArm,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::Bicep, Self::ClassicArm, Self::SymbolicArm];
}

impl Project {
    /// The files of the project, with its templates in `language`.
    pub fn print(&self, language: Language) -> Files {
        let mut files = Files::new();
        match language {
            Language::Bicep => bicep::templates(self, &mut files),
            Language::ClassicArm => arm::templates(self, false, &mut files),
            Language::SymbolicArm => arm::templates(self, true, &mut files),
        }
        for file in &self.parameter_files {
            let (name, text) = match language == Language::Bicep && !file.json {
                true => (format!("main.{}.bicepparam", file.name), bicep::parameters(file)),
                false => (format!("main.{}.parameters.json", file.name), json_parameters(file)),
            };
            files.insert(name, text);
        }
        if let Some(configuration) = &self.configuration {
            let main = if language == Language::Bicep { "main.bicep" } else { "main.json" };
            files.insert("armguard.toml".into(), toml(configuration, main));
        }
        files
    }
}

fn json_parameters(file: &ParameterFile) -> String {
    let values = file.values.iter().map(|(name, value)| (name.clone(), json!({ "value": literal(value) })));
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";
    let text = json!({
        "$schema": schema,
        "contentVersion": "1.0.0.0",
        "parameters": values.collect::<Map<String, Value>>(),
    });
    json_text::pretty(&text)
}

/// The value of a literal; what is none is null.
pub(crate) fn literal(expr: &Expr) -> Value {
    match &expr.kind {
        Kind::Bool(value) => json!(value),
        Kind::Int(value) => json!(value),
        Kind::Str(text) => json!(text),
        Kind::Array(_) => expr.args.iter().map(literal).collect(),
        Kind::Object(keys) => {
            let named = keys.iter().zip(&expr.args).filter_map(|(key, value)| Some((key.clone()?, literal(value))));
            Value::Object(named.collect())
        }
        _ => Value::Null,
    }
}

fn toml(configuration: &Configuration, main: &str) -> String {
    let Configuration { severity, workspaces, sensor_by_policy, require_reason, context } = configuration;
    let mut text = String::new();
    let mut line = |args: std::fmt::Arguments<'_>| text.write_fmt(args).unwrap_or_default();
    if let Some(severity) = severity {
        line(format_args!("[rules]\nseverity = {{ aks-defender-profile = {severity:?} }}\n"));
    }
    if !workspaces.is_empty() || *sensor_by_policy {
        line(format_args!("[defender]\n"));
    }
    if !workspaces.is_empty() {
        line(format_args!("workspaces = {workspaces:?}\n"));
    }
    if *sensor_by_policy {
        line(format_args!("sensor = \"policy\"\n"));
    }
    if *require_reason {
        line(format_args!("[ignores]\nrequire-reason = true\n"));
    }
    if let Some((name, value)) = context {
        let value = literal(value);
        line(format_args!("[[contexts]]\nname = \"own\"\ntemplates = [{main:?}]\nset = {{ {name} = {value} }}\n"));
    }
    text
}
