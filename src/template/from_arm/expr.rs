//! Expressions: names are resolved, and the functions that stand for syntax become that syntax.

use super::Lowering;
use crate::arm::{Call, Expr, ExprKind as Arm, Link as ArmLink};
use crate::source::Str;
use crate::template::{Access, Callee, ExprId, ExprKind, Item, Link, LocalId, Member, MemberKey};

impl Lowering<'_, '_> {
    pub(super) fn lower_expr(&mut self, expr: &Expr<'_>) -> ExprId {
        let kind = match &expr.kind {
            Arm::String(text) => ExprKind::Str(self.shared.strings.get(text)),
            Arm::Integer(digits) => self.number(digits),
            Arm::Call(call) => self.call(call),
            Arm::Chain { base, links } => {
                let base = self.lower_expr(base);
                let links = links.iter().map(|link| self.link(link)).collect();
                ExprKind::Chain { base, links }
            }
            Arm::Unreadable => ExprKind::Unreadable,
        };
        self.push(kind, expr.range)
    }

    fn link(&mut self, link: &ArmLink<'_>) -> Link {
        match link {
            ArmLink::Member(name, range) => {
                Link { access: Access::Member(self.shared.strings.get(name)), safe: false, range: *range }
            }
            ArmLink::Index(index) => self.key_link(index),
        }
    }

    /// The access by a key that is an expression.
    fn key_link(&mut self, key: &Expr<'_>) -> Link {
        let access = match &key.kind {
            Arm::String(name) => Access::Member(self.shared.strings.get(name)),
            _ => match from_end(key) {
                Some(index) => Access::FromEnd(self.lower_expr(index)),
                None => Access::Index(self.lower_expr(key)),
            },
        };
        Link { access, safe: false, range: key.range }
    }

    fn call(&mut self, call: &Call<'_>) -> ExprKind {
        if let Some(namespace) = &call.namespace {
            let name = format!("{namespace}.{}", call.name);
            let callee = match self.functions.get(&name) {
                Some(function) => Callee::User(function),
                None => Callee::Undeclared(self.shared.strings.get(&name)),
            };
            return ExprKind::call(callee, self.args(&call.args));
        }
        let name = self.shared.strings.lower(&call.name);
        let args = call.args.as_slice();
        let special = match (&*name, args) {
            ("parameters", [arg]) => self.parameter(arg),
            ("variables", [arg]) => self.variable(arg),
            ("lambdavariables", [arg]) => self.lambda_variable(arg),
            ("true", []) => Some(ExprKind::Bool(true)),
            ("false", []) => Some(ExprKind::Bool(false)),
            ("null", []) => Some(ExprKind::Null),
            ("if", [condition, then, otherwise]) => Some(ExprKind::If {
                condition: self.lower_expr(condition),
                then: self.lower_expr(then),
                otherwise: self.lower_expr(otherwise),
            }),
            ("tryget", [base, first, rest @ ..]) => {
                let first = self.key_link(first);
                Some(self.chain(base, Link { safe: true, ..first }, rest))
            }
            ("tryindexfromend", [base, index, rest @ ..]) => {
                let first = self.link_from_end(index);
                Some(self.chain(base, Link { safe: true, ..first }, rest))
            }
            ("indexfromend", [base, index]) => {
                let first = self.link_from_end(index);
                Some(self.chain(base, first, &[]))
            }
            ("createarray", items) => Some(self.array(items)),
            ("createobject", members) => self.object(members),
            ("lambda", [params @ .., body]) => self.lambda(params, body),
            ("copyindex", args) => self.copy_index(args),
            _ => None,
        };
        special.unwrap_or_else(|| ExprKind::call(Callee::Builtin(name), self.args(args)))
    }

    fn args(&mut self, args: &[Expr<'_>]) -> Box<[ExprId]> {
        args.iter().map(|arg| self.lower_expr(arg)).collect()
    }

    /// `parameters('name')`; a computed name stays a call.
    fn parameter(&mut self, name: &Expr<'_>) -> Option<ExprKind> {
        let name = literal(name)?;
        if let Some(params) = &self.function_params {
            let local = params.iter().rfind(|(param, _)| param.eq_ignore_ascii_case(name)).map(|(_, local)| *local);
            return Some(local.map_or_else(|| self.undeclared(name), ExprKind::Local));
        }
        let Some(id) = self.params.get(name) else { return Some(self.undeclared(name)) };
        if let Some(param) = self.template.params.get_mut(id.0 as usize) {
            param.uses += 1;
        }
        Some(ExprKind::Param(id))
    }

    /// `variables('name')`; a computed name stays a call.
    fn variable(&mut self, name: &Expr<'_>) -> Option<ExprKind> {
        let name = literal(name)?;
        Some(self.variables.get(name).map_or_else(|| self.undeclared(name), ExprKind::Variable))
    }

    /// `lambdaVariables('name')`; a computed name stays a call.
    fn lambda_variable(&mut self, name: &Expr<'_>) -> Option<ExprKind> {
        let name = literal(name)?;
        let local = self.lambda_params.iter().rfind(|(param, _)| param.eq_ignore_ascii_case(name));
        Some(local.map_or_else(|| self.undeclared(name), |(_, local)| ExprKind::Local(*local)))
    }

    fn undeclared(&self, name: &str) -> ExprKind {
        ExprKind::Undeclared(Str::from(name))
    }

    fn chain(&mut self, base: &Expr<'_>, first: Link, rest: &[Expr<'_>]) -> ExprKind {
        let base = self.lower_expr(base);
        let rest = rest.iter().map(|key| self.key_link(key));
        ExprKind::Chain { base, links: std::iter::once(first).chain(rest).collect() }
    }

    fn link_from_end(&mut self, index: &Expr<'_>) -> Link {
        Link { access: Access::FromEnd(self.lower_expr(index)), safe: false, range: index.range }
    }

    fn array(&mut self, items: &[Expr<'_>]) -> ExprKind {
        ExprKind::Array { items: items.iter().map(|item| Item::Value(self.lower_expr(item))).collect(), open: false }
    }

    /// `createObject('a', …, 'b', …)`; with other keys it stays a call.
    fn object(&mut self, args: &[Expr<'_>]) -> Option<ExprKind> {
        let (pairs, rest) = args.as_chunks::<2>();
        if !rest.is_empty() || pairs.iter().any(|[key, _]| literal(key).is_none()) {
            return None;
        }
        let member = |[key, value]: &[Expr<'_>; 2]| Member {
            key: MemberKey::Name(self.shared.strings.get(literal(key).unwrap_or_default())),
            key_range: key.range,
            value: self.lower_expr(value),
        };
        Some(ExprKind::Object { members: pairs.iter().map(member).collect(), open: false })
    }

    /// `lambda('x', 'y', body)`; with other names it stays a call.
    fn lambda(&mut self, params: &[Expr<'_>], body: &Expr<'_>) -> Option<ExprKind> {
        let names: Option<Vec<&str>> = params.iter().map(literal).collect();
        let outer = self.lambda_params.len();
        for name in names? {
            let name = self.shared.strings.get(name);
            let local = self.template.push_local(name.clone());
            self.lambda_params.push((name, local));
        }
        let body = self.lower_expr(body);
        let params = self.lambda_params.drain(outer..).map(|(_, local)| local).collect();
        Some(ExprKind::Lambda { params, body })
    }

    /// `copyIndex()`, `copyIndex(offset)`, `copyIndex('loop')`, `copyIndex('loop', offset)`.
    fn copy_index(&mut self, args: &[Expr<'_>]) -> Option<ExprKind> {
        let (name, offset) = match args {
            [] => (None, None),
            [only] if literal(only).is_some() => (literal(only), None),
            [only] => (None, Some(only)),
            [name, offset] => (Some(literal(name)?), Some(offset)),
            _ => return None,
        };
        let Some(index) = self.loop_index(name) else {
            return Some(self.undeclared(name.unwrap_or("copyIndex")));
        };
        let Some(offset) = offset else { return Some(ExprKind::Local(index)) };
        let index = self.push(ExprKind::Local(index), offset.range);
        let offset = self.lower_expr(offset);
        let add = Callee::Builtin(self.shared.strings.get("add"));
        Some(ExprKind::call(add, [index, offset]))
    }

    /// The index of the loop called `name`, or without name of the loop around the resource.
    fn loop_index(&self, name: Option<&str>) -> Option<LocalId> {
        let is_called = |frame: Option<&Str>| frame.zip(name).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
        let frame = match name {
            Some(_) => self.loops.iter().rfind(|frame| is_called(frame.name.as_ref())),
            None => self.loops.iter().rfind(|frame| !frame.of_property).or(self.loops.last()),
        };
        frame.map(|frame| frame.index)
    }
}

/// The text of a string literal.
fn literal<'e>(expr: &'e Expr<'_>) -> Option<&'e str> {
    match &expr.kind {
        Arm::String(text) => Some(text),
        _ => None,
    }
}

/// `i` of `createObject('value', i, 'fromEnd', true())`, by which a key of `tryGet` counts from the end.
fn from_end<'e, 't>(key: &'e Expr<'t>) -> Option<&'e Expr<'t>> {
    let Arm::Call(call) = &key.kind else { return None };
    let [value_key, index, from_end_key, from_end] = call.args.as_slice() else { return None };
    let is_true = matches!(&from_end.kind, Arm::Call(call) if call.name.eq_ignore_ascii_case("true"));
    let is_it = call.namespace.is_none()
        && call.name.eq_ignore_ascii_case("createObject")
        && literal(value_key) == Some("value")
        && literal(from_end_key) == Some("fromEnd")
        && is_true;
    is_it.then_some(index)
}
