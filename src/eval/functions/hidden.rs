//! Calls of which an argument is hidden: what comes out is hidden, too.

use crate::eval::Evaluator;
use crate::eval::term::{Term, TermId};
use crate::eval::value::{FailureKind, Value};
use crate::source::{Span, Str};

/// Functions that take hidden values as they are, because what they make carries them on as a part.
const CARRIERS: [&str; 22] = [
    "array",
    "mapvalues",
    "concat",
    "createobject",
    "distinct",
    "equals",
    "extensionresourceid",
    "filter",
    "flatten",
    "groupby",
    "intersection",
    "join",
    "managementgroupresourceid",
    "map",
    "reduce",
    "resourceid",
    "shallowmerge",
    "sort",
    "subscriptionresourceid",
    "tenantresourceid",
    "toobject",
    "union",
];

/// Functions that do so when they are given an array first.
const CARRIERS_OF_ITEMS: [&str; 7] = ["contains", "first", "indexof", "last", "lastindexof", "skip", "take"];

/// Functions that do so unless their first argument is hidden: it says how the others are used.
const CARRIERS_BEHIND_FIRST: [&str; 2] = ["format", "reference"];

impl Evaluator<'_> {
    /// What a merge of `a` and `b`, one of which is hidden, makes: hidden as a whole, its keys, too.
    pub(in crate::eval) fn hidden_merge(&self, a: &Value, b: &Value, deep: bool) -> Value {
        let made = match deep {
            true => self.union(self.known(a), self.known(b)),
            false => self.overlay(self.known(a), self.known(b)),
        };
        let name = Str::from(if deep { "union" } else { "shallowmerge" });
        let args = match deep {
            true => vec![a.clone(), b.clone()],
            false => vec![Value::array([a.clone(), b.clone()])],
        };
        self.hide_result(made, &name, &args, None)
    }

    /// Calls a function of which an argument is hidden.
    pub(in crate::eval) fn call_hidden(
        &self,
        name: &Str,
        values: &[Value],
        at: Span,
        call: &dyn Fn(&[Value]) -> Value,
    ) -> Value {
        let first = values.first();
        let is_list = |value: &Value| matches!(self.known(value), Value::Array(_));
        let carries = CARRIERS.contains(&&**name)
            || CARRIERS_OF_ITEMS.contains(&&**name) && first.is_some_and(is_list)
            || CARRIERS_BEHIND_FIRST.contains(&&**name) && !first.is_some_and(|first| self.is_hidden(first))
            || super::is_list(name);
        if !carries {
            let known: Vec<Value> = values.iter().map(|value| self.known(value)).collect();
            return self.hide_result(call(&known), name, values, Some(at));
        }
        let opened: Vec<Value> = values.iter().map(|value| self.opened(value.clone())).collect();
        match call(&opened) {
            made @ (Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Str(_)) => {
                self.hide(made, self.call_term(name, values))
            }
            made => made,
        }
    }

    /// What a function made of what is known of its arguments. Where that is not known, or depends, it may hold what
    /// must not be shown: then the call stands for it.
    fn hide_result(&self, made: Value, name: &Str, values: &[Value], at: Option<Span>) -> Value {
        match (made, at) {
            (Value::Unknown(_) | Value::Resource(_) | Value::Choice(_), _) => self.residual(name, values),
            (Value::Error(failure), _) if matches!(failure.kind, FailureKind::NotDeployed(_)) => Value::Error(failure),
            (Value::Error(_), Some(at)) => self.wrong(at, format!("`{name}` fails with a value that is not shown")),
            (made, _) => self.hide(made, self.call_term(name, values)),
        }
    }

    pub(in crate::eval) fn call_term(&self, name: &Str, values: &[Value]) -> TermId {
        let args = values.iter().map(|value| self.reify(value)).collect();
        self.term(Term::Call(name.clone(), args))
    }
}
