//! Parameters, variables, user functions and outputs.

use super::secrecy::is_secure;
use super::{Lowering, distinct_members};
use crate::json::{Member, Value, ValueKind};
use crate::source::Str;
use crate::template::{ExprId, Function, FunctionId, Output, Param, ParamId, ParamType, Secrecy, Variable, VariableId};

/// So many `$ref`s are followed from one to the next.
const MAX_REFERENCES: usize = 32;

/// A variable: a member of `variables`, or an element of its `copy` array.
enum VariableSource<'d> {
    Plain(Member<'d>),
    Loop { name: Value<'d>, copy: Value<'d> },
}

/// A member of a namespace of user functions.
struct FunctionSource<'d> {
    namespace: Str,
    member: Member<'d>,
}

impl<'d> Lowering<'_, 'd> {
    /// Declares all parameters, variables and functions, then lowers what is in them.
    pub(super) fn declarations(&mut self, root: Value<'d>) {
        let params = root.get_ignore_case("parameters").map(distinct_members).unwrap_or_default();
        for param in &params {
            self.declare_param(*param);
        }
        let variables = self.variable_sources(root);
        for (at, (name, _)) in variables.iter().enumerate() {
            self.variables.insert(name, VariableId(at as u32));
        }
        let functions = self.function_sources(root);
        for (at, function) in functions.iter().enumerate() {
            let name = format!("{}.{}", function.namespace, function.member.key());
            self.functions.insert(&name, FunctionId(at as u32));
        }
        for (at, param) in params.iter().enumerate() {
            self.param(at, *param);
        }
        let exported = exported_variables(root);
        for (name, source) in variables {
            self.lower_variable(name, &source, &exported);
        }
        for function in functions {
            self.function(function);
        }
    }

    fn declare_param(&mut self, member: Member<'d>) {
        let name = self.shared.strings.get(&member.key());
        self.params.insert(&name, ParamId(self.template.params.len() as u32));
        self.template.params.push(Param {
            name,
            name_range: member.key_value().content_range(),
            ty: ParamType::default(),
            secure: false,
            secrecy: Secrecy::Open,
            nullable: false,
            default: None,
            allowed: None,
            min_length: 0,
            uses: 0,
        });
    }

    fn param(&mut self, at: usize, member: Member<'d>) {
        let schemas = self.schemas(member.value());
        let ty = first(&schemas, "type").and_then(Value::as_str).unwrap_or_default();
        let nullable = first(&schemas, "nullable").and_then(Value::as_bool).unwrap_or_default();
        let default = member.value().get_ignore_case("defaultValue").map(|value| self.value(value));
        let min_length = first(&schemas, "minLength").and_then(Value::as_number).and_then(|number| number.parse().ok());
        let allowed = first(&schemas, "allowedValues").filter(|allowed| allowed.kind() != ValueKind::Null);
        let allowed = allowed.map(|allowed| self.value(allowed));
        let (version2, secrecy) = (self.version2, self.secrecy(member.value()));
        if let Some(param) = self.template.params.get_mut(at) {
            param.ty = param_type(&ty);
            param.secure = is_secure(&ty);
            param.secrecy = secrecy;
            param.nullable = nullable && version2;
            param.default = default;
            param.allowed = allowed;
            param.min_length = min_length.unwrap_or_default();
        }
    }

    /// The description of a value, followed by those that it refers to by `$ref`.
    fn schemas(&self, first: Value<'d>) -> Vec<Value<'d>> {
        let mut schemas = vec![first];
        while self.version2
            && schemas.len() <= MAX_REFERENCES
            && let Some(next) = schemas.last().and_then(|schema| schema.get_ignore_case("$ref"))
            && let Some(next) = self.resolve(&next.as_str().unwrap_or_default())
        {
            schemas.push(next);
        }
        schemas
    }

    /// What a `$ref` such as `#/definitions/poolType/properties/mode` points to.
    fn resolve(&self, reference: &str) -> Option<Value<'d>> {
        let mut segments = reference.strip_prefix("#/")?.split('/');
        segments.try_fold(self.root?, |value, segment| {
            let name = segment.replace("~1", "/").replace("~0", "~");
            match value.kind() {
                ValueKind::Array => value.items().nth(name.parse().ok()?),
                _ => value.get_ignore_case(&name),
            }
        })
    }

    fn variable_sources(&mut self, root: Value<'d>) -> Vec<(Str, VariableSource<'d>)> {
        let mut sources = Vec::new();
        for member in root.get_ignore_case("variables").map(distinct_members).unwrap_or_default() {
            if member.is_called("copy") && member.value().kind() == ValueKind::Array {
                for copy in member.value().items() {
                    let name = copy.get_ignore_case("name");
                    let literal = name.and_then(|name| self.literal(name));
                    match (name, literal) {
                        (Some(name), Some(text)) => sources.push((text, VariableSource::Loop { name, copy })),
                        _ => self.expected("a `copy` of variables is an object with a literal `name`", copy),
                    }
                }
            } else {
                sources.push((self.shared.strings.get(&member.key()), VariableSource::Plain(member)));
            }
        }
        sources
    }

    fn lower_variable(&mut self, name: Str, source: &VariableSource<'d>, exported: &[String]) {
        let (name_range, value) = match *source {
            VariableSource::Plain(member) => (member.key_value().content_range(), self.value(member.value())),
            VariableSource::Loop { name: text, copy } => {
                (text.content_range(), self.copy_loop(copy, Some(name.clone()), true))
            }
        };
        let exported = exported.iter().any(|exported| **exported == *name);
        self.template.variables.push(Variable { name, name_range, value, exported });
    }

    fn function_sources(&mut self, root: Value<'d>) -> Vec<FunctionSource<'d>> {
        let mut sources = Vec::new();
        let namespaces = root.get_ignore_case("functions").into_iter().flat_map(Value::items);
        for namespace in namespaces {
            let name = namespace.get_ignore_case("namespace").and_then(Value::as_str).unwrap_or_default();
            let name = self.shared.strings.get(&name);
            let members = namespace.get_ignore_case("members").map(distinct_members).unwrap_or_default();
            sources.extend(members.into_iter().map(|member| FunctionSource { namespace: name.clone(), member }));
        }
        sources
    }

    fn function(&mut self, source: FunctionSource<'d>) {
        let FunctionSource { namespace, member } = source;
        let value = member.value();
        let mut params = Vec::new();
        for param in value.get_ignore_case("parameters").into_iter().flat_map(Value::items) {
            let name = param.get_ignore_case("name").and_then(Value::as_str).unwrap_or_default();
            let name = self.shared.strings.get(&name);
            let local = self.template.push_local(name.clone());
            params.push((name, local));
        }
        let ids = params.iter().map(|(_, local)| *local).collect();
        self.function_params = Some(params);
        let body = value.get_ignore_case("output").and_then(|output| output.get_ignore_case("value"));
        let body = self.value_or_unreadable(body, value.range());
        self.function_params = None;
        let metadata = value.get_ignore_case("metadata");
        let export = metadata.and_then(|metadata| metadata.get_ignore_case("__bicep_export!"));
        self.template.functions.push(Function {
            namespace,
            name: self.shared.strings.get(&member.key()),
            name_range: member.key_value().content_range(),
            params: ids,
            body,
            exported: export.and_then(Value::as_bool).unwrap_or_default(),
        });
    }

    /// The outputs of the template `root`.
    pub(super) fn outputs(&mut self, root: Value<'d>) -> Vec<Output> {
        let members = root.get_ignore_case("outputs").map(distinct_members).unwrap_or_default();
        members.into_iter().map(|member| self.output(member)).collect()
    }

    fn output(&mut self, member: Member<'d>) -> Output {
        let output = member.value();
        let ty = first(&self.schemas(output), "type").and_then(Value::as_str).unwrap_or_default();
        Output {
            name: self.shared.strings.get(&member.key()),
            name_range: member.key_value().content_range(),
            value: self.output_value(output),
            condition: output.get_ignore_case("condition").map(|condition| self.value(condition)),
            secure: is_secure(&ty),
            secrecy: self.secrecy(output),
        }
    }

    fn output_value(&mut self, output: Value<'d>) -> ExprId {
        match (output.get_ignore_case("value"), output.get_ignore_case("copy")) {
            (None, Some(copy)) if copy.kind() == ValueKind::Object => self.copy_loop(copy, None, false),
            (value, _) => self.value_or_unreadable(value, output.head()),
        }
    }
}

/// The value of the first schema that has `name`.
fn first<'d>(schemas: &[Value<'d>], name: &str) -> Option<Value<'d>> {
    schemas.iter().find_map(|schema| schema.get_ignore_case(name))
}

fn param_type(name: &str) -> ParamType {
    const TYPES: [(&str, ParamType); 7] = [
        ("string", ParamType::String),
        ("securestring", ParamType::String),
        ("int", ParamType::Int),
        ("bool", ParamType::Bool),
        ("object", ParamType::Object),
        ("secureobject", ParamType::Object),
        ("array", ParamType::Array),
    ];
    let found = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or(ParamType::Other, |(_, ty)| *ty)
}

/// The names of the variables that the Bicep compiler marked as exported.
fn exported_variables(root: Value<'_>) -> Vec<String> {
    let metadata = root.get_ignore_case("metadata");
    let marks = metadata.and_then(|metadata| metadata.get_ignore_case("__bicep_exported_variables!"));
    let names = marks.into_iter().flat_map(Value::items).filter_map(|mark| mark.get_ignore_case("name")?.as_str());
    names.map(String::from).collect()
}
