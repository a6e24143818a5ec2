//! Member and index access.

use std::rc::Rc;

use super::functions::is_list;
use super::term::{Cause, CondId, Term, TermId};
use super::value::{Array, Object, ResourceRef, Scope, Slot, Value};
use super::{Evaluator, FailureKind, limits};
use crate::source::{Span, Str};
use crate::template::{Access, Link};

impl Evaluator<'_> {
    /// Follows `links` from `base`. When a safe link finds nothing, the whole chain is null.
    pub(super) fn follow(&self, scope: &Scope, base: Value, links: &[Link]) -> Value {
        let Some((link, rest)) = links.split_first() else { return base };
        if links.len() > limits::PARTS {
            return self.because(Cause::Limit("an access chain is too long".into()));
        }
        let base = match base {
            // What is not deployed has nothing to give.
            Value::Resource(reference) if link.safe && reference.path.is_empty() && !reference.collection => {
                let cond = self.deployed_when(&reference);
                self.choose(cond, Value::Resource(reference), Value::Null)
            }
            other => other,
        };
        if let (Access::Index(index), Value::Choice(_)) = (&link.access, &base)
            && let Value::Unknown(index) = self.eval(scope, *index)
            && let Term::AnyIndex(of, number) = self.with_store(|store| store.get(index).clone())
            && self.reify(&base) == of
        {
            // The item of a loop over the whole, whatever it depends on.
            let item = self.unknown(Term::AnyItem(of, number));
            return self.follow(scope, item, rest);
        }
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return limit,
        };
        self.each(base, &|base| {
            let file = self.frame(scope.frame).template.file;
            let at = link.range.in_file(file);
            let found = match &link.access {
                Access::Member(name) => self.member(&base, name),
                Access::Index(index) => {
                    let index = self.eval(scope, *index);
                    self.each(index, &|index| self.item(&base, &index))
                }
                Access::FromEnd(index) => {
                    let index = self.eval(scope, *index);
                    self.each(index, &|index| self.item_from_end(&base, &index))
                }
                Access::Method { name, args } => {
                    let args: Vec<Value> = args.iter().map(|arg| self.eval(scope, *arg)).collect();
                    self.method(&base, name, &args)
                }
            };
            self.each(found, &|found| match found {
                Value::Absent if link.safe => Value::Null,
                Value::Absent => self.missing(&base, link, at),
                Value::Null if link.safe && matches!(base, Value::Null) => Value::Null,
                found => self.follow(scope, found, rest),
            })
        })
    }

    fn missing(&self, base: &Value, link: &Link, at: Span) -> Value {
        match (&link.access, base) {
            (Access::Member(name), Value::Null) => self.wrong(at, format!("`{name}` is asked of null")),
            (Access::Member(name), _) => self.wrong(at, format!("there is no `{name}` here")),
            _ => self.wrong(at, "the index is outside the array"),
        }
    }

    /// The member `name` of `base`; [`Value::Absent`] when it has none.
    pub fn member(&self, base: &Value, name: &str) -> Value {
        match base {
            Value::Choice(_) => self.each(base.clone(), &|base| self.member(&base, name)),
            Value::Object(object) => match (object.get(name), object.open) {
                (Some(slot), _) => self.force(slot),
                (None, Some(open)) => self.unknown_member(open, name),
                (None, None) => Value::Absent,
            },
            Value::Resource(reference) => self.resource_member(reference, name),
            Value::Hidden(hidden) => self.hidden_member(hidden, name),
            Value::Unknown(term) => self.unknown_member(*term, name),
            Value::Null | Value::Absent => Value::Absent,
            Value::Error(failure) => match &failure.kind {
                // Asking the outputs of something that is not deployed stays that error.
                FailureKind::NotDeployed(_) | FailureKind::Wrong(_) => base.clone(),
            },
            Value::Array(_) | Value::Lambda(_) | Value::Bool(_) | Value::Int(_) | Value::Number(_) => Value::Absent,
            Value::Str(_) | Value::Text(_) | Value::Id(_) => Value::Absent,
        }
    }

    pub(super) fn unknown_member(&self, of: TermId, name: &str) -> Value {
        Value::Unknown(self.member_term(of, name))
    }

    /// `base[index]`; [`Value::Absent`] when there is none.
    pub(crate) fn item(&self, base: &Value, index: &Value) -> Value {
        match (base, self.plain(index.clone())) {
            (_, error @ Value::Error(_)) => error,
            (base, index) if self.is_hidden(&index) => self.hidden_item(base, &index),
            (base, Value::Str(name)) => self.member(base, &name),
            (base, index) if self.is_hidden(base) => self.hidden_item(base, &index),
            (Value::Resource(reference), index) if reference.collection => self.instance(reference, &index),
            (Value::Array(array), Value::Int(index)) => self.at(array, index),
            (Value::Null | Value::Absent, _) => Value::Absent,
            (Value::Error(_), _) => base.clone(),
            (base, index) => {
                let (base, index) = (self.reify(base), self.reify(&index));
                self.index_of(base, index)
            }
        }
    }

    /// An item of an unknown array. At the index of a loop over the array it is that loop's item.
    pub(super) fn index_of(&self, base: TermId, index: TermId) -> Value {
        match self.with_store(|store| store.get(index).clone()) {
            Term::AnyIndex(of, number) if of == base => self.unknown(Term::AnyItem(of, number)),
            _ => self.unknown(Term::Index(base, index)),
        }
    }

    fn item_from_end(&self, base: &Value, index: &Value) -> Value {
        match (&self.opened(base.clone()), &self.known(index)) {
            (Value::Array(array), Value::Int(back)) if array.open.is_none() => {
                self.item(base, &Value::Int(array.items.len() as i64 - back))
            }
            (Value::Null | Value::Absent, _) => Value::Absent,
            _ => {
                let args = [self.reify(base), self.reify(index)];
                self.unknown(Term::Call("indexfromend".into(), args.into()))
            }
        }
    }

    fn at(&self, array: &Rc<Array>, index: i64) -> Value {
        match (usize::try_from(index).ok().and_then(|at| array.items.get(at)), array.open) {
            (Some(slot), None) => self.force(slot),
            (None, None) => Value::Absent,
            (_, Some(_)) => {
                let (whole, index) = (self.reify(&Value::Array(array.clone())), self.term(Term::Int(index)));
                self.unknown(Term::Index(whole, index))
            }
        }
    }

    fn method(&self, base: &Value, name: &Str, args: &[Value]) -> Value {
        if let (Value::Resource(reference), true) = (base, is_list(name)) {
            let id = self.running_id(reference);
            return self.list_call(name, id, args);
        }
        if name.eq_ignore_ascii_case("getSecret") {
            return self.because(Cause::KeyVault);
        }
        let terms: Vec<_> = std::iter::once(base).chain(args).map(|value| self.reify(value)).collect();
        self.unknown(Term::Call(name.to_ascii_lowercase().into(), terms.into()))
    }

    /// Where `slot` holds something at all: members can be there under a condition only.
    pub(super) fn presence(&self, slot: &Slot) -> CondId {
        self.presence_of(&self.force(slot))
    }

    fn presence_of(&self, value: &Value) -> CondId {
        match value {
            Value::Absent => CondId::FALSE,
            Value::Choice(choice) => {
                // Where that is too much, it is there or is not by something unknown.
                let _level = match self.step() {
                    Ok(level) => level,
                    Err(limit) => return self.condition(&limit),
                };
                let (then, otherwise) = (self.presence_of(&choice.1), self.presence_of(&choice.2));
                self.with_store(|store| store.either(choice.0, then, otherwise))
            }
            _ => CondId::TRUE,
        }
    }

    /// The members of `object` when it is known which ones there are.
    pub(super) fn known_members<'o>(&self, object: &'o Object) -> Option<Vec<(&'o Str, &'o Slot)>> {
        if object.open.is_some() {
            return None;
        }
        let mut members = Vec::with_capacity(object.members.len());
        for (key, slot) in &object.members {
            match self.presence(slot) {
                CondId::TRUE => members.push((key, slot)),
                CondId::FALSE => {}
                _ => return None,
            }
        }
        Some(members)
    }

    /// A resource's property as the value it has before deployment, when it has one: the residual otherwise.
    pub(super) fn plain(&self, value: Value) -> Value {
        match value {
            Value::Resource(_) => Value::Unknown(self.reify(&value)),
            other => other,
        }
    }

    /// A collection of resources as an array; other values as they are.
    pub(super) fn instances_of(&self, value: Value) -> Value {
        match value {
            Value::Resource(reference) if reference.collection && reference.path.is_empty() => self.collect(&reference),
            other => self.opened(self.plain(other)),
        }
    }

    /// The same resource, one property deeper.
    pub(super) fn deeper(&self, reference: &ResourceRef, names: &[&str]) -> Rc<ResourceRef> {
        let mut deeper = reference.clone();
        deeper.path.extend(names.iter().map(|name| Str::from(*name)));
        Rc::new(deeper)
    }
}
