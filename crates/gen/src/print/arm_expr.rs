//! Expressions in ARM.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::expr::{Expr, Kind, Operator};
use crate::program::{Loop, Template};

/// Where an expression stands: what names mean there.
#[derive(Debug, Clone)]
pub(super) struct Scope<'t> {
    pub(super) template: &'t Template,
    pub(super) symbolic: bool,
    /// What stands for the local names.
    locals: BTreeMap<String, String>,
}

impl<'t> Scope<'t> {
    pub(super) fn new(template: &'t Template, symbolic: bool) -> Self {
        Self { template, symbolic, locals: BTreeMap::new() }
    }

    /// The scope in which `name` stands for `text`.
    pub(super) fn with(&self, name: &str, text: String) -> Self {
        let mut scope = self.clone();
        scope.locals.insert(name.to_owned(), text);
        scope
    }

    /// The scope in a resource that is repeated over `repeat`, of which `index` gives the round.
    pub(super) fn in_loop(&self, repeat: Option<&Loop>, index: &str) -> Self {
        let Some(Loop { item, index: name, over }) = repeat else { return self.clone() };
        self.with_item(item, name.as_deref(), over, index)
    }

    fn with_item(&self, item: &str, name: Option<&str>, over: &Expr, index: &str) -> Self {
        let scope = self.with(item, format!("{}[{index}]", self.text(over)));
        match name {
            Some(name) => scope.with(name, index.to_owned()),
            None => scope,
        }
    }

    /// `expr` as JSON: literals as they are, all else as an expression in a string.
    pub(super) fn json(&self, expr: &Expr) -> Value {
        match &expr.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => json!(value),
            Kind::Int(value) => json!(value),
            Kind::Str(text) if text.starts_with('[') => json!(format!("[{text}")),
            Kind::Str(text) => json!(text),
            Kind::Array(spread) if !spread.contains(&true) => expr.args.iter().map(|arg| self.json(arg)).collect(),
            Kind::Object(keys) if keys.iter().all(Option::is_some) => {
                let keys = keys.iter().flatten().map(String::as_str);
                Value::Object(self.members(keys.zip(&expr.args)))
            }
            _ => json!(format!("[{}]", self.text(expr))),
        }
    }

    /// The members of an object; those that are loops are its `copy`.
    pub(super) fn members<'m>(&self, members: impl Iterator<Item = (&'m str, &'m Expr)>) -> Map<String, Value> {
        let (mut map, mut copies) = (Map::new(), Vec::new());
        for (key, value) in members {
            match (&value.kind, &value.args[..]) {
                (Kind::For(item, index), [over, body]) => {
                    let scope = self.with_item(item, index.as_deref(), over, &format!("copyIndex('{key}')"));
                    let count = format!("[length({})]", self.text(over));
                    copies.push(json!({ "name": key, "count": count, "input": scope.json(body) }));
                }
                _ => drop(map.insert(key.to_owned(), self.json(value))),
            }
        }
        if !copies.is_empty() {
            map.insert("copy".into(), Value::Array(copies));
        }
        map
    }

    /// `expr` inside an expression.
    pub(super) fn text(&self, expr: &Expr) -> String {
        let args = || expr.args.iter().map(|arg| self.text(arg)).collect::<Vec<_>>();
        let call = |name: &str| format!("{name}({})", args().join(", "));
        match (&expr.kind, &expr.args[..]) {
            (Kind::Null, _) => "null()".into(),
            (Kind::Bool(value), _) => format!("{value}()"),
            (Kind::Int(value), _) => value.to_string(),
            (Kind::Str(text), _) => quoted(text),
            (Kind::Text, pieces) => self.format(pieces),
            (Kind::Array(spread), items) => self.array(spread, items),
            (Kind::Object(keys), values) => self.object(keys, values),
            (Kind::Not, _) => call("not"),
            (Kind::Binary(Operator::And), _) => call("and"),
            (Kind::Binary(Operator::Or), _) => call("or"),
            (Kind::Binary(Operator::Equals), _) => call("equals"),
            (Kind::Binary(Operator::NotEquals), _) => format!("not({})", call("equals")),
            (Kind::Binary(Operator::Less), _) => call("less"),
            (Kind::Binary(Operator::Coalesce), _) => call("coalesce"),
            (Kind::If, _) => call("if"),
            (Kind::Call(name), _) => call(name),
            (Kind::User(name), _) => call(&format!("__bicep.{name}")),
            (Kind::Lambda(params), [body]) => {
                let bind = |scope: Self, name: &String| scope.with(name, format!("lambdaVariables('{name}')"));
                let body = params.iter().fold(self.clone(), bind).text(body);
                let params: Vec<String> = params.iter().map(|name| quoted(name)).collect();
                format!("lambda({}, {body})", params.join(", "))
            }
            (Kind::Param(name), _) => format!("parameters('{name}')"),
            (Kind::Var(name), _) => format!("variables('{name}')"),
            (Kind::Local(name), _) => self.locals.get(name).cloned().unwrap_or_else(|| "null()".into()),
            (Kind::Member { name, safe: false }, [of]) => format!("{}.{name}", self.text(of)),
            (Kind::Member { name, safe: true }, [of]) => format!("tryGet({}, '{name}')", self.text(of)),
            (Kind::Index, [of, at]) => format!("{}[{}]", self.text(of), self.text(at)),
            (Kind::Id(symbol), index) => self.id(symbol, index.first()),
            (Kind::Runtime(symbol, path), _) => {
                let resource = self.template.resource(symbol);
                let (version, bare) = resource.map_or(("", ""), |it| (it.api_version, "properties."));
                match self.symbolic {
                    true => format!("reference('{symbol}').{}", path.strip_prefix(bare).unwrap_or(path)),
                    false => {
                        let path = path.strip_prefix(bare).unwrap_or(path);
                        format!("reference({}, '{version}').{path}", self.id(symbol, None))
                    }
                }
            }
            (Kind::Output(symbol, name), _) => match self.symbolic {
                true => format!("reference('{symbol}').outputs.{name}.value"),
                false => format!("reference({}, '2022-09-01').outputs.{name}.value", self.id(symbol, None)),
            },
            (Kind::For(item, index), [over, body]) => {
                let names = std::iter::once(item).chain(index);
                let names = names.cloned().collect();
                let lambda = Expr::new(Kind::Lambda(names), vec![body.clone()]);
                format!("map({}, {})", self.text(over), self.text(&lambda))
            }
            (Kind::Lambda(_) | Kind::Member { .. } | Kind::Index | Kind::For(..), _) => "null()".into(),
        }
    }

    fn format(&self, pieces: &[Expr]) -> String {
        let (mut pattern, mut args) = (String::new(), String::new());
        let mut holes = 0;
        for piece in pieces {
            match &piece.kind {
                Kind::Str(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
                _ => {
                    pattern.push_str(&format!("{{{holes}}}"));
                    args.push_str(&format!(", {}", self.text(piece)));
                    holes += 1;
                }
            }
        }
        format!("format({}{args})", quoted(&pattern))
    }

    fn array(&self, spread: &[bool], items: &[Expr]) -> String {
        let text = |items: &[Expr]| {
            let items: Vec<String> = items.iter().map(|item| self.text(item)).collect();
            format!("createArray({})", items.join(", "))
        };
        if !spread.contains(&true) {
            return text(items);
        }
        let parts = spread.iter().zip(items).map(|(spread, item)| match spread {
            true => self.text(item),
            false => text(std::slice::from_ref(item)),
        });
        format!("flatten(createArray({}))", parts.collect::<Vec<_>>().join(", "))
    }

    fn object(&self, keys: &[Option<String>], values: &[Expr]) -> String {
        let (mut parts, mut plain) = (Vec::new(), Vec::new());
        for (key, value) in keys.iter().zip(values) {
            match key {
                Some(key) => plain.push(format!("{}, {}", quoted(key), self.text(value))),
                None => {
                    parts.push(format!("createObject({})", plain.join(", ")));
                    plain.clear();
                    parts.push(self.text(value));
                }
            }
        }
        let last = format!("createObject({})", plain.join(", "));
        if parts.is_empty() {
            return last;
        }
        parts.push(last);
        format!("shallowMerge(createArray({}))", parts.join(", "))
    }

    /// The id of a resource or module call of the template.
    pub(super) fn id(&self, symbol: &str, index: Option<&Expr>) -> String {
        let index = index.map_or_else(|| "0".to_owned(), |index| self.text(index));
        if let Some(resource) = self.template.resource(symbol) {
            let name = self.in_loop(resource.repeat.as_ref(), &index).text(&resource.name);
            let group = resource.group.iter().map(|group| format!("'{group}', ")).collect::<String>();
            return format!("resourceId({group}'{}', {name})", resource.ty);
        }
        let Some(call) = self.template.call(symbol) else { return "null()".into() };
        let name = self.in_loop(call.repeat.as_ref(), &index).text(&call.name);
        format!("resourceId('Microsoft.Resources/deployments', {name})")
    }
}

/// A string in an expression.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
