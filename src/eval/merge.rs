//! `union`, spread and `shallowMerge`: objects laid over each other.
//!
//! An object that is there under a condition only is not multiplied out: its members become
//! conditional members (`x: cond ? 1 : absent`), so that a chain of `union(base, c1 ? a : {}, c2 ? b : {})`
//! stays as large as it is written.

use std::rc::Rc;

use super::Evaluator;
use super::term::{CondId, Term, TermId};
use super::value::{Members, Object, Slot, Value, Work};
use crate::source::Str;

impl Evaluator<'_> {
    /// What `union` makes of two values: the second wins, objects are merged recursively, arrays
    /// joined without duplicates.
    pub(super) fn union(&self, a: Value, b: Value) -> Value {
        self.lay(a, b, true)
    }

    /// What a spread or `shallowMerge` makes of two values: the second wins, member by member.
    pub(super) fn overlay(&self, a: Value, b: Value) -> Value {
        self.lay(a, b, false)
    }

    fn lay(&self, a: Value, b: Value, deep: bool) -> Value {
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return limit,
        };
        match (a, b) {
            (Value::Choice(choice), b) => {
                let (then, otherwise) =
                    (self.lay(choice.1.clone(), b.clone(), deep), self.lay(choice.2.clone(), b, deep));
                self.choose_object(choice.0, then, otherwise)
            }
            (a, Value::Choice(choice)) => {
                let (then, otherwise) =
                    (self.lay(a.clone(), choice.1.clone(), deep), self.lay(a, choice.2.clone(), deep));
                self.choose_object(choice.0, then, otherwise)
            }
            (error @ Value::Error(_), _) | (_, error @ Value::Error(_)) => error,
            (a, b) if self.is_hidden(&a) || self.is_hidden(&b) => self.hidden_merge(&a, &b, deep),
            (Value::Object(a), Value::Object(b)) => self.lay_object(&a, &b, deep),
            // A spread of null adds nothing.
            (a, Value::Null) if !deep => a,
            (Value::Null, b) if !deep => b,
            (a, b) => match (self.plain(a), self.plain(b)) {
                (Value::Unknown(term), Value::Object(b)) => {
                    let open = Object { members: Members::default(), open: Some(term) };
                    self.lay_object(&open, &b, deep)
                }
                (Value::Object(a), Value::Unknown(term)) => {
                    let open = Object { members: Members::default(), open: Some(term) };
                    self.lay_object(&a, &open, deep)
                }
                (a, b) => {
                    let args = [self.reify(&a), self.reify(&b)];
                    let name = if deep { "union" } else { "shallowmerge" };
                    self.unknown(Term::Call(name.into(), args.into()))
                }
            },
        }
    }

    /// The same for one member more, which costs no copy of the others.
    pub(super) fn overlay_member(&self, value: Value, key: Str, slot: Slot) -> Value {
        let Value::Object(object) = value else {
            let one = Object { members: vec![(key, slot)].into(), open: None };
            return self.overlay(value, Value::Object(Rc::new(one)));
        };
        let mut object = Rc::unwrap_or_clone(object);
        let slot = match object.get(&key) {
            Some(before) => self.lay_member(before.clone(), slot, false),
            None => slot,
        };
        object.set(key, slot);
        Value::Object(Rc::new(object))
    }

    fn lay_object(&self, a: &Object, b: &Object, deep: bool) -> Value {
        if let Err(spent) = self.budget.build(a.members.len() + b.members.len()) {
            return self.spent(spent);
        }
        let open = self.either_open(a.open, b.open, "union");
        let mut result = Object { members: Members::with_capacity(a.members.len() + b.members.len()), open };
        for (key, slot) in &a.members {
            let slot = match (b.get(key), b.open) {
                (Some(later), _) => self.lay_member(slot.clone(), later.clone(), deep),
                // The open object may have this member, too: then it wins.
                (None, Some(open)) => Slot::Value(self.unknown_member(open, key)),
                (None, None) => slot.clone(),
            };
            result.members.push(key.clone(), slot);
        }
        for (key, slot) in &b.members {
            if a.get(key).is_none() {
                let slot = match a.open {
                    Some(open) if deep => {
                        self.lay_member(Slot::Value(self.unknown_member(open, key)), slot.clone(), deep)
                    }
                    _ => slot.clone(),
                };
                result.members.push(key.clone(), slot);
            }
        }
        Value::Object(Rc::new(result))
    }

    fn lay_member(&self, a: Slot, b: Slot, deep: bool) -> Slot {
        match (deep, &b) {
            (false, Slot::Value(value)) if !matches!(value, Value::Choice(_) | Value::Absent) => b,
            (true, _) => self.delay(Work::Merge(a, b)),
            (false, _) => self.delay(Work::Override(a, b)),
        }
    }

    /// A member of both objects of a `union`.
    pub(super) fn merge(&self, a: Value, b: Value) -> Value {
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return limit,
        };
        match (a, b) {
            (a, Value::Absent) => a,
            (Value::Absent, b) => b,
            (a, Value::Choice(choice)) => {
                let (then, otherwise) = (self.merge(a.clone(), choice.1.clone()), self.merge(a, choice.2.clone()));
                self.choose_object(choice.0, then, otherwise)
            }
            (Value::Choice(choice), b @ Value::Object(_)) => {
                let (then, otherwise) = (self.merge(choice.1.clone(), b.clone()), self.merge(choice.2.clone(), b));
                self.choose_object(choice.0, then, otherwise)
            }
            (a, b) if self.is_hidden(&a) || self.is_hidden(&b) => match (self.known(&a), self.known(&b)) {
                (Value::Object(_) | Value::Unknown(_), Value::Object(_)) => self.hidden_merge(&a, &b, true),
                _ => b,
            },
            (Value::Object(a), Value::Object(b)) => self.lay_object(&a, &b, true),
            // An unknown value below an object may be an object whose members stay.
            (Value::Unknown(term), Value::Object(b)) => {
                let open = Object { members: Members::default(), open: Some(term) };
                self.lay_object(&open, &b, true)
            }
            (_, b) => b,
        }
    }

    /// A member of both objects of a spread: the second where it is there.
    pub(super) fn override_with(&self, a: &Slot, b: Value) -> Value {
        self.each(b, &|b| match b {
            Value::Absent => self.force(a),
            other => other,
        })
    }

    /// One of two values, which if both are objects becomes one object of conditional members.
    fn choose_object(&self, cond: CondId, then: Value, otherwise: Value) -> Value {
        let (Value::Object(a), Value::Object(b)) = (&then, &otherwise) else {
            return self.choose(cond, then, otherwise);
        };
        if let Err(spent) = self.budget.build(a.members.len() + b.members.len()) {
            return self.spent(spent);
        }
        let open = match (a.open, b.open) {
            (None, None) => None,
            (Some(a), Some(b)) if a == b => Some(a),
            (x, y) => {
                let nothing = self.term(Term::Object([].into()));
                Some(self.term(Term::If(cond, x.unwrap_or(nothing), y.unwrap_or(nothing))))
            }
        };
        let mut result = Object { members: Members::with_capacity(a.members.len()), open };
        let slot = |object: &Object, key: &str| match (object.get(key), object.open) {
            (Some(slot), _) => slot.clone(),
            (None, Some(open)) => Slot::Value(self.unknown_member(open, key)),
            (None, None) => Slot::Value(Value::Absent),
        };
        for (key, _) in a.members.iter().chain(b.members.iter().filter(|(key, _)| a.get(key).is_none())) {
            let (x, y) = (slot(a, key), slot(b, key));
            let same = matches!((&x, &y), (Slot::Thunk(x), Slot::Thunk(y)) if Rc::ptr_eq(x, y));
            let slot = if same { x } else { self.delay(Work::Choose(cond, x, y)) };
            result.members.push(key.clone(), slot);
        }
        Value::Object(Rc::new(result))
    }

    /// What decides the rest of something made of two parts.
    pub(super) fn either_open(&self, a: Option<TermId>, b: Option<TermId>, made_by: &str) -> Option<TermId> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => Some(self.term(Term::Call(made_by.into(), [a, b].into()))),
            (a, b) => a.or(b),
        }
    }
}
