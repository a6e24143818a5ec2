//! What a project deploys, computed plainly from its model: a second opinion on what armguard makes of the texts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::expr::{Expr, Kind, Operator};
use crate::print::literal;
use crate::program::{Call, Loop, Project, Resource, Template};

/// The subscription and resource group that ids are made of.
pub const PLACE: (&str, &str) = ("00000000-0000-0000-0000-000000000000", "myRg");

/// Rounds of a loop, and resources, after which no more are looked at.
const MOST: usize = 2000;

/// A resource that is deployed, or not.
#[derive(Debug, Clone, PartialEq)]
pub struct DeployedResource {
    /// The symbolic names of the calls on the way to it.
    pub calls: Vec<String>,
    /// Its symbolic name.
    pub symbol: String,
    /// Its type.
    pub ty: &'static str,
    /// Its api version.
    pub api_version: &'static str,
    /// Whether its condition, and that of each call, is true; `None` when that is not known.
    pub present: Option<bool>,
    /// Its name, when known.
    pub name: Option<Value>,
    /// Its properties, when all of them are known.
    pub properties: Option<Value>,
}

/// What the first template of `project` deploys with the values `given`, loops unrolled. `None` when a loop runs over
/// something unknown.
pub fn deploy(project: &Project, given: &[(String, Expr)]) -> Option<Vec<DeployedResource>> {
    let template = project.templates.first()?;
    let given = given.iter().map(|(name, value)| (name.clone(), Some(literal(value)))).collect();
    let frame = TemplateCall { project, template, given, variables: RefCell::default() };
    let mut out = Vec::new();
    frame.deploy(&mut Vec::new(), Some(true), &mut out)?;
    Some(out)
}

/// A template with values for its parameters.
struct TemplateCall<'p> {
    project: &'p Project,
    template: &'p Template,
    given: BTreeMap<String, Option<Value>>,
    /// The values of the variables that were needed.
    variables: RefCell<BTreeMap<&'p str, Option<Value>>>,
}

/// Local names and their values.
type Locals = Vec<(String, Value)>;

impl<'p> TemplateCall<'p> {
    fn deploy(&self, calls: &mut Vec<String>, around: Option<bool>, out: &mut Vec<DeployedResource>) -> Option<()> {
        for resource in self.template.resources.iter().filter(|resource| !resource.existing) {
            for locals in self.rounds(resource.repeat.as_ref())? {
                let body = resource.body.iter().find(|(name, _)| *name == "properties");
                out.push(DeployedResource {
                    calls: calls.clone(),
                    symbol: resource.symbol.clone(),
                    ty: resource.ty,
                    api_version: resource.api_version,
                    present: self.is_true(resource.condition.as_ref(), &locals, around),
                    name: self.eval(&resource.name, &locals),
                    properties: body.and_then(|(_, value)| self.eval(value, &locals)),
                });
            }
        }
        for call in &self.template.calls {
            for locals in self.rounds(call.repeat.as_ref())? {
                let present = self.is_true(call.condition.as_ref(), &locals, around);
                calls.push(call.symbol.clone());
                let done = self.called(call, &locals).and_then(|frame| frame.deploy(calls, present, out));
                calls.pop();
                done?;
            }
            if out.len() > MOST {
                return None;
            }
        }
        Some(())
    }

    fn called(&self, call: &Call, locals: &Locals) -> Option<Self> {
        let template = self.project.templates.get(call.template)?;
        let given = call.args.iter().map(|(name, value)| (name.clone(), self.eval(value, locals))).collect();
        Some(Self { project: self.project, template, given, variables: RefCell::default() })
    }

    fn is_true(&self, condition: Option<&Expr>, locals: &Locals, around: Option<bool>) -> Option<bool> {
        let own = condition.map_or(Some(true), |condition| self.eval(condition, locals)?.as_bool());
        match (own, around) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// The local names in each round of a loop; one round without any when there is no loop.
    fn rounds(&self, repeat: Option<&Loop>) -> Option<Vec<Locals>> {
        let Some(Loop { item, index, over }) = repeat else { return Some(vec![Locals::new()]) };
        let items = self.eval(over, &Locals::new())?;
        Some(rounds(&Locals::new(), item, index.as_deref(), items.as_array()?))
    }

    fn param(&self, name: &str) -> Option<Value> {
        let param = self.template.params.iter().find(|param| param.name == name)?;
        if param.secure {
            return None;
        }
        match self.given.get(name) {
            Some(Some(Value::Null)) | None => match &param.default {
                Some(default) => self.eval(default, &Locals::new()),
                None => param.nullable.then_some(Value::Null),
            },
            Some(given) => given.clone(),
        }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let variable = self.template.variables.iter().find(|variable| variable.name == name)?;
        if let Some(known) = self.variables.borrow().get(name) {
            return known.clone();
        }
        let value = self.eval(&variable.value, &Locals::new());
        self.variables.borrow_mut().insert(&variable.name, value.clone());
        value
    }

    fn id(&self, symbol: &str, index: usize) -> Option<Value> {
        let (ty, group, name) = if let Some(Resource { ty, group, name, repeat, .. }) = self.template.resource(symbol) {
            let locals = self.rounds(repeat.as_ref())?.into_iter().nth(index)?;
            (*ty, group.as_deref(), self.eval(name, &locals)?)
        } else {
            let call = self.template.call(symbol)?;
            ("Microsoft.Resources/deployments", None, self.eval(&call.name, &Locals::new())?)
        };
        let (subscription, own) = PLACE;
        let (group, name) = (group.unwrap_or(own), name.as_str()?.to_owned());
        Some(json!(format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{ty}/{name}")))
    }

    fn output(&self, symbol: &str, name: &str) -> Option<Value> {
        let call = self.template.call(symbol)?;
        let present = self.is_true(call.condition.as_ref(), &Locals::new(), Some(true));
        let frame = self.called(call, &Locals::new()).filter(|_| present == Some(true))?;
        let output = frame.template.outputs.iter().find(|output| output.name == name)?;
        frame.eval(&output.value, &Locals::new())
    }

    /// The value of `expr`; `None` when it is not known, or is an error.
    fn eval(&self, expr: &Expr, locals: &Locals) -> Option<Value> {
        let value = |at: usize| self.eval(expr.args.get(at)?, locals);
        Some(match &expr.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => json!(value),
            Kind::Int(value) => json!(value),
            Kind::Str(text) => json!(text),
            Kind::Text => {
                let pieces = expr.args.iter().map(|piece| Some(text_of(&self.eval(piece, locals)?)));
                json!(pieces.collect::<Option<String>>()?)
            }
            Kind::Array(spread) => {
                let mut items = Vec::new();
                for (spread, arg) in spread.iter().zip(&expr.args) {
                    match (spread, self.eval(arg, locals)?) {
                        (true, Value::Array(mut more)) => items.append(&mut more),
                        (true, _) => return None,
                        (false, item) => items.push(item),
                    }
                }
                Value::Array(items)
            }
            Kind::Object(keys) => {
                let mut members = Map::new();
                for (key, arg) in keys.iter().zip(&expr.args) {
                    match (key, self.eval(arg, locals)?) {
                        (Some(key), value) => drop(members.insert(key.clone(), value)),
                        (None, Value::Object(more)) => members.extend(more),
                        (None, _) => return None,
                    }
                }
                Value::Object(members)
            }
            Kind::Not => json!(!value(0)?.as_bool()?),
            Kind::Binary(operator) => self.binary(*operator, expr, locals)?,
            Kind::If => value(if value(0)?.as_bool()? { 1 } else { 2 })?,
            Kind::Call(name) => self.call(name, &expr.args, locals)?,
            Kind::User(name) => {
                let function = self.template.functions.iter().find(|function| function.name == *name)?;
                let args = expr.args.iter().map(|arg| self.eval(arg, locals)).collect::<Option<Vec<_>>>()?;
                self.eval(&function.body, &function.params.iter().map(|(name, _)| name.clone()).zip(args).collect())?
            }
            Kind::Param(name) => self.param(name)?,
            Kind::Var(name) => self.variable(name)?,
            Kind::Local(name) => locals.iter().rev().find(|(local, _)| local == name)?.1.clone(),
            Kind::Member { name, safe } => match value(0)?.get(name) {
                Some(member) => member.clone(),
                None => safe.then_some(Value::Null)?,
            },
            Kind::Index => value(0)?.get(usize::try_from(value(1)?.as_i64()?).ok()?)?.clone(),
            Kind::Id(symbol) => {
                let index = if expr.args.is_empty() { 0 } else { usize::try_from(value(0)?.as_i64()?).ok()? };
                self.id(symbol, index)?
            }
            Kind::Output(symbol, name) => self.output(symbol, name)?,
            Kind::For(item, index) => {
                let over = value(0)?;
                let rounds = rounds(locals, item, index.as_deref(), over.as_array()?);
                let body = expr.args.get(1)?;
                Value::Array(rounds.iter().map(|locals| self.eval(body, locals)).collect::<Option<_>>()?)
            }
            Kind::Lambda(_) | Kind::Runtime(..) => return None,
        })
    }

    fn binary(&self, operator: Operator, expr: &Expr, locals: &Locals) -> Option<Value> {
        let [left, right] = &expr.args[..] else { return None };
        let (left, right) = (self.eval(left, locals)?, || self.eval(right, locals));
        Some(match operator {
            Operator::And => json!(left.as_bool()? && right()?.as_bool()?),
            Operator::Or => json!(left.as_bool()? || right()?.as_bool()?),
            Operator::Equals => json!(left == right()?),
            Operator::NotEquals => json!(left != right()?),
            Operator::Less => json!(left.as_i64()? < right()?.as_i64()?),
            Operator::Coalesce if left.is_null() => right()?,
            Operator::Coalesce => left,
        })
    }

    fn call(&self, name: &str, args: &[Expr], locals: &Locals) -> Option<Value> {
        if let ("map" | "filter", [over, Expr { kind: Kind::Lambda(params), args: body }]) = (name, args) {
            let (over, body, item) = (self.eval(over, locals)?, body.first()?, params.first()?);
            let rounds = rounds(locals, item, params.get(1).map(String::as_str), over.as_array()?);
            let values = rounds.iter().map(|locals| self.eval(body, locals)).collect::<Option<Vec<_>>>()?;
            let kept = || values.iter().zip(over.as_array().into_iter().flatten());
            return Some(match name {
                "map" => Value::Array(values),
                _ => kept().filter(|(keep, _)| **keep == json!(true)).map(|(_, item)| item.clone()).collect(),
            });
        }
        let args = args.iter().map(|arg| self.eval(arg, locals)).collect::<Option<Vec<_>>>()?;
        function(name, &args)
    }
}

/// The values of functions of which all arguments are known.
fn function(name: &str, args: &[Value]) -> Option<Value> {
    Some(match (name, args) {
        ("union", [Value::Object(left), Value::Object(right)]) => Value::Object(merged(left, right)),
        ("concat", [Value::Array(left), Value::Array(right)]) => Value::Array([&left[..], right].concat()),
        ("concat", [left, right]) => json!(format!("{}{}", left.as_str()?, right.as_str()?)),
        ("join", [Value::Array(items), Value::String(between)]) => {
            json!(items.iter().map(text_of).collect::<Vec<_>>().join(between))
        }
        ("contains", [Value::Array(items), sought]) => json!(items.contains(sought)),
        ("empty", [Value::Array(items)]) => json!(items.is_empty()),
        ("first", [Value::Array(items)]) => items.first().cloned().unwrap_or_default(),
        ("last", [Value::Array(items)]) => items.last().cloned().unwrap_or_default(),
        ("max", [Value::Array(items)]) => json!(items.iter().filter_map(Value::as_i64).max()?),
        ("string", [value]) => json!(text_of(value)),
        _ => return None,
    })
}

/// `left` with the members of `right`; objects that both have are merged likewise.
fn merged(left: &Map<String, Value>, right: &Map<String, Value>) -> Map<String, Value> {
    let mut all = left.clone();
    for (key, value) in right {
        let value = match (all.get(key), value) {
            (Some(Value::Object(left)), Value::Object(right)) => Value::Object(merged(left, right)),
            _ => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    all
}

fn rounds(locals: &Locals, item: &str, index: Option<&str>, items: &[Value]) -> Vec<Locals> {
    let round = |(at, value): (usize, &Value)| {
        let mut locals = locals.clone();
        locals.push((item.to_owned(), value.clone()));
        locals.extend(index.map(|index| (index.to_owned(), json!(at))));
        locals
    };
    items.iter().take(MOST).enumerate().map(round).collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
