//! Templates in ARM.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Files;
use super::arm_expr::Scope;
use super::json_text::pretty;
use crate::expr::{Expr, Kind};
use crate::program::{Call, Ignore, Loop, Parameter, Project, Resource, Template, Type};

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// Adds the templates of `project` to `files`: the first one, and those that are linked.
pub(super) fn templates(project: &Project, symbolic: bool, files: &mut Files) {
    let mut linked = BTreeSet::from([0]);
    let mut waiting = vec![0];
    while let Some(number) = waiting.pop() {
        let Some(template) = project.templates.get(number) else { continue };
        let mut printer = Printer { project, symbolic, linked: Vec::new(), in_main: number == 0 };
        let folder = if number == 0 { "" } else { "modules/" };
        files.insert(format!("{folder}{}.json", template.name), pretty(&printer.template(template)));
        waiting.extend(printer.linked.into_iter().filter(|number| linked.insert(*number)));
    }
}

struct Printer<'p> {
    project: &'p Project,
    symbolic: bool,
    /// The templates that have files of their own.
    linked: Vec<usize>,
    /// Whether the file is that of the first template; the others lie in a folder.
    in_main: bool,
}

impl Printer<'_> {
    fn template(&mut self, template: &Template) -> Value {
        let scope = Scope::new(template, self.symbolic);
        let params = template.params.iter().map(|param| (param.name.clone(), self.parameter(&scope, param)));
        let params: Map<String, Value> = params.collect();
        let variables = template.variables.iter().map(|variable| (variable.name.as_str(), &variable.value));
        let variables = scope.members(variables);
        let outputs = template.outputs.iter().map(|output| {
            (output.name.clone(), json!({ "type": output.ty.name(), "value": scope.json(&output.value) }))
        });
        let outputs: Map<String, Value> = outputs.collect();
        let mut resources: Vec<(&str, Value)> = Vec::new();
        for resource in template.resources.iter().filter(|resource| self.symbolic || !resource.existing) {
            resources.push((&resource.symbol, self.resource(&scope, resource)));
        }
        for call in &template.calls {
            resources.push((&call.symbol, self.call(&scope, call)));
        }
        let mut whole = Map::new();
        whole.insert("$schema".into(), json!(SCHEMA));
        if self.symbolic {
            whole.insert("languageVersion".into(), json!("2.0"));
        }
        whole.insert("contentVersion".into(), json!("1.0.0.0"));
        whole.extend(metadata(template.ignore.as_ref()));
        whole.insert("parameters".into(), Value::Object(params));
        whole.insert("variables".into(), Value::Object(variables));
        if !template.functions.is_empty() {
            whole.insert("functions".into(), functions(template));
        }
        let resources = match self.symbolic {
            true => resources.into_iter().map(|(symbol, body)| (symbol.to_owned(), body)).collect::<Map<_, _>>().into(),
            false => resources.into_iter().map(|(_, body)| body).collect::<Value>(),
        };
        whole.insert("resources".into(), resources);
        whole.insert("outputs".into(), Value::Object(outputs));
        Value::Object(whole)
    }

    fn parameter(&self, scope: &Scope<'_>, param: &Parameter) -> Value {
        let mut map = Map::new();
        let secure = match (param.secure, param.ty) {
            (true, Type::Str) => "secureString",
            (true, Type::Object) => "secureObject",
            (_, ty) => ty.name(),
        };
        map.insert("type".into(), json!(secure));
        if param.shaped && self.symbolic {
            map.insert("properties".into(), shape(&param.example)["properties"].clone());
        }
        if !param.allowed.is_empty() {
            map.insert("allowedValues".into(), param.allowed.iter().map(|one| scope.json(one)).collect());
        }
        match (&param.default, param.nullable) {
            (Some(default), _) => drop(map.insert("defaultValue".into(), scope.json(default))),
            (None, true) if self.symbolic => drop(map.insert("nullable".into(), json!(true))),
            (None, true) => drop(map.insert("defaultValue".into(), json!("[null()]"))),
            (None, false) => {}
        }
        Value::Object(map)
    }

    /// The members of a resource or deployment that stand before its body.
    fn head(&self, scope: &Scope<'_>, ty: &str, version: &str, condition: Option<&Expr>) -> Map<String, Value> {
        let mut map = Map::new();
        if let Some(condition) = condition {
            map.insert("condition".into(), scope.json(condition));
        }
        map.insert("type".into(), json!(ty));
        map.insert("apiVersion".into(), json!(version));
        map
    }

    fn resource(&self, scope: &Scope<'_>, resource: &Resource) -> Value {
        let inner = scope.in_loop(resource.repeat.as_ref(), "copyIndex()");
        let mut map = self.head(&inner, resource.ty, resource.api_version, resource.condition.as_ref());
        if resource.existing {
            map.insert("existing".into(), json!(true));
        }
        map.extend(resource.group.iter().map(|group| ("resourceGroup".to_owned(), json!(group))));
        map.extend(copy(scope, &resource.symbol, resource.repeat.as_ref()));
        map.insert("name".into(), inner.json(&resource.name));
        map.extend(metadata(resource.ignore.as_ref()));
        let used = resource.body.iter().map(|(_, value)| value).chain(&resource.condition);
        map.extend(depends_on(scope, &resource.symbol, used));
        map.append(&mut inner.members(resource.body.iter().map(|(key, value)| (*key, value))));
        Value::Object(map)
    }

    fn call(&mut self, scope: &Scope<'_>, call: &Call) -> Value {
        let inner = scope.in_loop(call.repeat.as_ref(), "copyIndex()");
        let mut map = self.head(&inner, "Microsoft.Resources/deployments", "2022-09-01", call.condition.as_ref());
        map.extend(copy(scope, &call.symbol, call.repeat.as_ref()));
        map.insert("name".into(), inner.json(&call.name));
        map.extend(depends_on(scope, &call.symbol, call.args.iter().map(|(_, value)| value)));
        let args = call.args.iter().map(|(name, value)| (name.clone(), json!({ "value": inner.json(value) })));
        let args: Map<String, Value> = args.collect();
        let mut properties = Map::new();
        properties.insert("mode".into(), json!("Incremental"));
        properties.insert("expressionEvaluationOptions".into(), json!({ "scope": "inner" }));
        properties.insert("parameters".into(), Value::Object(args));
        let project = self.project;
        if let Some(callee) = project.templates.get(call.template) {
            if callee.linked {
                self.linked.push(call.template);
                let folder = if self.in_main { "modules/" } else { "" };
                let link = json!({ "relativePath": format!("{folder}{}.json", callee.name) });
                properties.insert("templateLink".into(), link);
            } else {
                properties.insert("template".into(), self.template(callee));
            }
        }
        map.insert("properties".into(), Value::Object(properties));
        Value::Object(map)
    }
}

fn functions(template: &Template) -> Value {
    let members = template.functions.iter().map(|function| {
        let ty = function.result.name();
        let params: Value =
            function.params.iter().map(|(name, ty)| json!({ "name": name, "type": ty.name() })).collect();
        let scope = Scope::new(template, true);
        let params_of = function.params.iter();
        let scope = params_of.fold(scope, |scope, (name, _)| scope.with(name, format!("parameters('{name}')")));
        let output = json!({ "type": ty, "value": scope.json(&function.body) });
        (function.name.clone(), json!({ "parameters": params, "output": output }))
    });
    json!([{ "namespace": "__bicep", "members": members.collect::<Map<_, _>>() }])
}

/// The type of an object, member by member.
fn shape(example: &Expr) -> Value {
    match &example.kind {
        Kind::Object(keys) => {
            let members = keys.iter().zip(&example.args).filter_map(|(key, value)| Some((key.clone()?, shape(value))));
            json!({ "type": "object", "properties": members.collect::<Map<_, _>>() })
        }
        Kind::Null => json!({ "type": "object", "nullable": true }),
        _ => json!({ "type": Type::of(example).map_or("object", Type::name) }),
    }
}

/// An ignore of a resource or template, in strict JSON.
fn metadata(ignore: Option<&Ignore>) -> Option<(String, Value)> {
    let Ignore { rule, reason } = ignore?;
    let rules: Map<String, Value> = Map::from_iter([((*rule).to_owned(), json!(reason))]);
    Some(("metadata".into(), json!({ "armguard": { "ignore": rules } })))
}

fn copy(scope: &Scope<'_>, symbol: &str, repeat: Option<&Loop>) -> Option<(String, Value)> {
    let over = scope.text(&repeat?.over);
    Some(("copy".into(), json!({ "name": symbol, "count": format!("[length({over})]") })))
}

/// What a resource depends on: all that its expressions name, also behind variables.
fn depends_on<'e>(scope: &Scope<'e>, own: &str, used: impl Iterator<Item = &'e Expr>) -> Option<(String, Value)> {
    let mut symbols: BTreeSet<&str> = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&Expr> = used.collect();
    while let Some(expr) = waiting.pop() {
        expr.walk(&mut |part| match &part.kind {
            Kind::Id(symbol) | Kind::Runtime(symbol, _) | Kind::Output(symbol, _) => drop(symbols.insert(symbol)),
            Kind::Var(name) if seen.insert(name) => {
                let variables = scope.template.variables.iter().filter(|variable| variable.name == *name);
                waiting.extend(variables.map(|variable| &variable.value));
            }
            _ => {}
        });
    }
    let is_deployed = |symbol: &&str| scope.template.resource(symbol).is_none_or(|resource| !resource.existing);
    let symbols = symbols.into_iter().filter(is_deployed).filter(|symbol| *symbol != own);
    let repeated = |symbol: &str| {
        let of_resource = scope.template.resource(symbol).is_some_and(|resource| resource.repeat.is_some());
        of_resource || scope.template.call(symbol).is_some_and(|call| call.repeat.is_some())
    };
    let named = symbols.map(|symbol| match scope.symbolic || repeated(symbol) {
        // A loop is waited for by its name.
        true => json!(symbol),
        false => json!(format!("[{}]", scope.id(symbol, None))),
    });
    let named: Vec<Value> = named.collect();
    (!named.is_empty()).then(|| ("dependsOn".to_owned(), Value::Array(named)))
}
