//! Templates and parameter files in Bicep.

use std::fmt::Write;

use super::Files;
use super::bicep_expr::{inline, key, loop_names, quoted, value};
use crate::expr::{Expr, Kind};
use crate::program::{Call, Ignore, Loop, Parameter, ParameterFile, Project, Resource, Template, Type};

/// Adds the templates of `project` to `files`.
pub(super) fn templates(project: &Project, files: &mut Files) {
    for template in project.reached().into_iter().filter_map(|number| project.templates.get(number)) {
        let folder = if template.name == "main" { "" } else { "modules/" };
        files.insert(format!("{folder}{}.bicep", template.name), text(project, template));
    }
}

/// A `.bicepparam` for the first template.
pub(super) fn parameters(file: &ParameterFile) -> String {
    let values = file.values.iter().map(|(name, given)| format!("param {name} = {}\n", value(given, "")));
    format!("using 'main.bicep'\n\n{}", values.collect::<String>())
}

fn text(project: &Project, template: &Template) -> String {
    let mut out = String::new();
    let mut add = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if let Some(Ignore { rule, reason }) = &template.ignore {
        add(format!("// armguard: ignore-file[{rule}] {reason}"));
    }
    template.params.iter().for_each(|param| add(parameter(param)));
    for variable in &template.variables {
        add(format!("var {} = {}", variable.name, value(&variable.value, "")));
    }
    for function in &template.functions {
        let ty = function.result.name();
        let params = function.params.iter().map(|(name, ty)| format!("{name} {}", ty.name()));
        let params: Vec<String> = params.collect();
        add(format!("func {}({}) {ty} => {}", function.name, params.join(", "), inline(&function.body)));
    }
    template.calls.iter().for_each(|it| add(call(project, template, it)));
    template.resources.iter().for_each(|it| add(resource(it)));
    for output in &template.outputs {
        add(format!("output {} {} = {}", output.name, output.ty.name(), value(&output.value, "")));
    }
    out
}

fn parameter(param: &Parameter) -> String {
    let mut text = String::new();
    if param.secure {
        text.push_str("@secure()\n");
    }
    if !param.allowed.is_empty() {
        let allowed: String = param.allowed.iter().map(|one| format!("  {}\n", inline(one))).collect();
        let _ = write!(text, "@allowed([\n{allowed}])\n");
    }
    let ty = match param.shaped {
        true => shape(&param.example),
        false => param.ty.name().to_owned(),
    };
    let nullable = if param.nullable { "?" } else { "" };
    let default = param.default.as_ref().map(|default| format!(" = {}", value(default, ""))).unwrap_or_default();
    text + &format!("param {} {ty}{nullable}{default}", param.name)
}

/// The type of an object, member by member.
fn shape(example: &Expr) -> String {
    match &example.kind {
        Kind::Object(keys) => {
            let members = keys
                .iter()
                .zip(&example.args)
                .filter_map(|(name, value)| Some(format!("{}: {}", key(name.as_ref()?), shape(value))));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        _ => Type::of(example).map_or("object?", Type::name).to_owned(),
    }
}

/// `= if (…) {…}`, `= [for …: if (…) {…}]`
fn declared(body: &str, condition: Option<&Expr>, repeat: Option<&Loop>) -> String {
    let condition = condition.map(|condition| format!("if ({}) ", value(condition, ""))).unwrap_or_default();
    match repeat {
        Some(Loop { item, index, over }) => {
            let names = loop_names(item, index.as_deref());
            format!("[for {names} in {}: {condition}{body}]", inline(over))
        }
        None => format!("{condition}{body}"),
    }
}

fn resource(resource: &Resource) -> String {
    let Resource { symbol, ty, api_version, existing, group, name, body, condition, repeat, ignore } = resource;
    let mut members = vec![format!("  name: {}\n", value(name, "  "))];
    members.extend(group.iter().map(|group| format!("  scope: resourceGroup({})\n", quoted(group))));
    members.extend(body.iter().map(|(key, member)| format!("  {key}: {}\n", value(member, "  "))));
    let body = declared(&format!("{{\n{}}}", members.concat()), condition.as_ref(), repeat.as_ref());
    let ignore = ignore.as_ref().map(|Ignore { rule, reason }| format!("// armguard: ignore[{rule}] {reason}\n"));
    let existing = if *existing { "existing " } else { "" };
    format!("{}resource {symbol} '{ty}@{api_version}' {existing}= {body}", ignore.unwrap_or_default())
}

fn call(project: &Project, caller: &Template, call: &Call) -> String {
    let callee = project.templates.get(call.template).map_or("", |template| &template.name);
    let folder = if caller.name == "main" { "modules/" } else { "" };
    let params = call.args.iter().map(|(name, given)| format!("    {name}: {}\n", value(given, "    ")));
    let params = params.collect::<String>();
    let body = format!("{{\n  name: {}\n  params: {{\n{params}  }}\n}}", value(&call.name, "  "));
    let body = declared(&body, call.condition.as_ref(), call.repeat.as_ref());
    format!("module {} '{folder}{callee}.bicep' = {body}", call.symbol)
}
