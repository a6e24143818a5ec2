//! Makes the table of known modules from the modules themselves.
//!
//! A module is called with parameters of which nothing is known, and evaluated. What its cluster's Defender profile
//! then is, is how it comes from the parameters: each residual of a parameter is named, everything else is `unknown`.

mod registry;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use armguard::eval::term::{Atom, CondId, Shape, Term, TermId};
use armguard::eval::{Evaluator, Value};
use armguard::model::Model;
use armguard::project::{Found, Inputs, Named, Project};
use armguard::source::MemoryFiles;
use armguard::template::{ExprKind, Param, ParamType, Template};

pub(crate) use registry::{Published, Registry, version_of};

/// What the rules look at in `securityProfile`; the rest of it is left open.
const PROFILES: [&str; 2] = ["azureDefender", "defender"];

const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";

/// The rows of the table, one for each run of versions of which the same is known; and the versions that deploy a
/// cluster, but of which nothing can be said.
pub(crate) fn rows(mut published: Vec<Published>) -> (String, Vec<String>) {
    published.sort_by(|a, b| (&a.module, a.version).cmp(&(&b.module, b.version)));
    let mut rows: Vec<(String, String, Vec<String>)> = Vec::new();
    let mut left_out = Vec::new();
    for module in &published {
        match facts(&module.text) {
            Facts::Known(facts) => match rows.last_mut() {
                Some((name, known, versions)) if *name == module.module && *known == facts => {
                    versions.push(module.number());
                }
                _ => rows.push((module.module.clone(), facts, vec![module.number()])),
            },
            Facts::NoCluster => {}
            Facts::Several(clusters) => {
                left_out.push(format!(
                    "{} {}: {clusters} clusters, or one by condition",
                    module.module,
                    module.number()
                ));
            }
        }
    }
    let rows: Vec<String> = rows
        .into_iter()
        .map(|(module, facts, versions)| {
            let versions: Vec<String> = versions.iter().map(|version| format!("\"{version}\"")).collect();
            format!(
                "    {{\n      \"module\": \"{module}\",\n      \"versions\": [{}],\n{facts}\n    }}",
                versions.join(", ")
            )
        })
        .collect();
    (rows.join(",\n"), left_out)
}

enum Facts {
    Known(String),
    NoCluster,
    Several(usize),
}

/// What is known of the module with this compiled template.
fn facts(text: &str) -> Facts {
    let mut files = MemoryFiles::default();
    files.insert("module.json", text.to_owned());
    let module = template(&load(&files, "module.json"), "module.json");
    files.insert("main.bicep", caller_of(&module));
    let project = load(&files, "main.bicep");
    let Some(Named::Template(context)) = project.named(Path::new("main.bicep")) else { panic!("a template") };
    let eval = Evaluator::new(&project);
    let model = Model::new(&eval, eval.root_of(&context), &|ty| ty.eq_ignore_ascii_case(CLUSTERS), &|_| true);
    let clusters: Vec<_> = model.checked().collect();
    let cluster = match clusters.as_slice() {
        [] => return Facts::NoCluster,
        [only] if only.condition == CondId::TRUE => only,
        several => return Facts::Several(several.len()),
    };
    let mut describer = Describer { eval: &eval, module: &module, used: BTreeMap::new(), assumed: Vec::new() };
    let body = eval.body_of(&cluster.resource);
    let name = describer.value(eval.member(&body, "name"));
    let profile = describer.profile(eval.member(&eval.member(&body, "properties"), "securityProfile"));
    let version = eval.with_declared(&cluster.resource, |declared| declared.api_version).expect("an apiVersion");
    let Value::Str(version) = eval.eval(&eval.scope_of(&cluster.resource), version) else { panic!("an apiVersion") };
    let parameters: Vec<String> = describer.used.values().cloned().collect();
    let mut facts = String::new();
    let symbol = eval.title_of(&cluster.resource);
    let _ = writeln!(facts, "      \"symbol\": \"{symbol}\", \"apiVersion\": \"{version}\",");
    let _ = writeln!(facts, "      \"parameters\": {{\n        {}\n      }},", parameters.join(",\n        "));
    let properties = format!("{{ \"open\": {{ \"securityProfile\": {profile} }} }}");
    let _ = write!(
        facts,
        "      \"cluster\": {{ \"open\": {{\n        \"name\": {name},\n        \"properties\": {properties}\n      }} }}"
    );
    Facts::Known(facts)
}

/// A template that calls `module` with arguments of which nothing is known. What it may leave out can be null, as a
/// member of an object that is not known.
fn caller_of(module: &Template) -> String {
    let (mut text, mut arguments) = ("param given object\n".to_owned(), String::new());
    for param in &module.params {
        let name = &param.name;
        if param.nullable || param.default.is_some() {
            let _ = writeln!(arguments, "{name}: given.{name}");
        } else {
            let _ = writeln!(text, "param {name} {}", type_name(param.ty).unwrap_or("array"));
            let _ = writeln!(arguments, "{name}: {name}");
        }
    }
    text + &format!("module m 'module.json' = {{\nname: 'm'\nparams: {{\n{arguments}}}\n}}\n")
}

fn load(files: &MemoryFiles, path: &str) -> Project {
    let paths = vec![Found { path: path.into(), named: true }];
    Project::load(files, Inputs { paths, ..Inputs::default() })
}

fn template(project: &Project, path: &str) -> std::sync::Arc<Template> {
    match project.named(Path::new(path)) {
        Some(Named::Template(context)) => context.template,
        _ => panic!("{path} is a template"),
    }
}

/// Tells how values come from the parameters of a module, in the form of the table.
struct Describer<'e, 'p> {
    eval: &'e Evaluator<'p>,
    module: &'e Template,
    /// The parameters that were named, and how they are declared.
    used: BTreeMap<String, String>,
    /// What holds where a value is looked at.
    assumed: Vec<CondId>,
}

impl Describer<'_, '_> {
    /// A `securityProfile`: of an object, only what the rules look at.
    fn profile(&mut self, profile: Value) -> String {
        match profile {
            Value::Choice(choice) => self.choice(&choice, Self::profile),
            Value::Object(_) => {
                let members = PROFILES.map(|name| {
                    let value = self.value(self.eval.member(&profile, name));
                    format!("\n          \"{name}\": {value}")
                });
                format!("{{ \"open\": {{{}\n        }} }}", members.join(","))
            }
            other => self.value(other),
        }
    }

    fn value(&mut self, value: Value) -> String {
        match value {
            Value::Null | Value::Absent => "null".into(),
            Value::Bool(known) => known.to_string(),
            Value::Choice(choice) => match &*choice {
                // A flag, as such.
                (condition, Value::Bool(true), Value::Bool(false), _) if self.flag(*condition).is_some() => {
                    format!("{{ \"parameter\": {} }}", self.flag(*condition).unwrap_or_default())
                }
                _ => self.choice(&choice, Self::value),
            },
            Value::Object(object) => {
                let kind = if object.open.is_some() { "open" } else { "object" };
                let members = object.members.iter().map(|(name, slot)| {
                    let value = self.value(self.eval.force(slot));
                    format!("\"{name}\": {value}")
                });
                let members: Vec<String> = members.collect();
                format!("{{ \"{kind}\": {{ {} }} }}", members.join(", "))
            }
            Value::Id(id) => format!("{{ \"id\": \"{}\" }}", id.ty),
            Value::Unknown(term) => match self.parameter(term) {
                Some(name) => format!("{{ \"parameter\": \"{name}\" }}"),
                None => "\"unknown\"".into(),
            },
            _ => "\"unknown\"".into(),
        }
    }

    /// One of two values, each told by `tell` where it holds.
    fn choice(&mut self, choice: &(CondId, Value, Value, u32), tell: fn(&mut Self, Value) -> String) -> String {
        let (condition, then, otherwise, _) = choice.clone();
        if self.assumed.contains(&condition) {
            return tell(self, then);
        }
        self.assumed.push(condition);
        let then = tell(self, then);
        self.assumed.pop();
        let otherwise = tell(self, otherwise);
        match self.condition(condition) {
            _ if then == otherwise => then,
            Some(condition) => format!("{{ \"if\": {condition}, \"then\": {then}, \"else\": {otherwise} }}"),
            None => "\"unknown\"".into(),
        }
    }

    fn condition(&mut self, condition: CondId) -> Option<String> {
        match self.eval.with_store(|store| store.shape(condition)) {
            Shape::Atom(_) => self.flag(condition),
            Shape::Not(inner) => Some(format!("{{ \"not\": {} }}", self.condition(inner)?)),
            Shape::And(a, b) => Some(format!("{{ \"all\": [{}, {}] }}", self.condition(a)?, self.condition(b)?)),
            Shape::Or(a, b) => Some(format!("{{ \"any\": [{}, {}] }}", self.condition(a)?, self.condition(b)?)),
            Shape::True | Shape::False => None,
        }
    }

    /// The parameter that is asked whether it is true.
    fn flag(&mut self, condition: CondId) -> Option<String> {
        let Shape::Atom(atom) = self.eval.with_store(|store| store.shape(condition)) else { return None };
        let Atom::True(term) = self.eval.with_store(|store| store.atom(atom).clone()) else { return None };
        self.parameter(term).map(|name| format!("\"{name}\""))
    }

    /// The parameter that `term` is: what is passed for it, or the default where that is null.
    fn parameter(&mut self, term: TermId) -> Option<String> {
        let get = |term| self.eval.with_store(|store| store.get(term).clone());
        let passed = match get(term) {
            Term::Coalesce(passed, _) => passed,
            _ => term,
        };
        let name = match get(passed) {
            Term::Param(param) => param.name,
            Term::Member(given, name) => matches!(get(given), Term::Param(_)).then_some(name)?,
            _ => return None,
        };
        let param = self.module.params.iter().find(|param| param.name.eq_ignore_ascii_case(&name))?;
        if let Term::Coalesce(_, default) = get(term) {
            // Anything else that stands in for null is not the parameter's own default.
            let own = param.default.map(|own| self.module.expr(own).kind.clone());
            let same =
                matches!((own, get(default)), (Some(ExprKind::Bool(own)), Term::Bool(default)) if own == default);
            if !same {
                return None;
            }
        }
        let declared = declared(param, self.module)?;
        self.used.insert(param.name.to_string(), format!("\"{}\": {declared}", param.name));
        Some(param.name.to_string())
    }
}

/// How a parameter is declared; `None` where its default is no literal.
fn declared(param: &Param, module: &Template) -> Option<String> {
    let ty = type_name(param.ty)?;
    let default = match param.default.map(|default| &module.expr(default).kind) {
        Some(ExprKind::Bool(value)) => format!(", \"default\": {value}"),
        Some(_) => return None,
        None if param.nullable => ", \"default\": null".into(),
        None => String::new(),
    };
    Some(format!("{{ \"type\": \"{ty}\"{default} }}"))
}

fn type_name(ty: ParamType) -> Option<&'static str> {
    match ty {
        ParamType::String => Some("string"),
        ParamType::Int => Some("int"),
        ParamType::Bool => Some("bool"),
        ParamType::Object => Some("object"),
        ParamType::Array => Some("array"),
        ParamType::Other => None,
    }
}
