//! Values that are known but not shown: secrets, and what comes from loaded files and the environment.
//!
//! Such a value is made *hidden* at its source: it carries what it is and what stands for it, an expression in the
//! template's own terms. Functions, access, loops and strings carry both on. [`Value::Hidden`] is none of the values
//! that code looks for, so that code which forgets about it finds something that it cannot tell; only
//! [`Evaluator::known`] and its like open it, and what they give is for comparing, never for printing.
//! Printing goes through terms, and [`Term::Hidden`] prints what stands for it.

use std::rc::Rc;

use super::{Array, FailureKind, Hidden, IdValue, Object, Part, Slot, Value, Work};
use crate::eval::Evaluator;
use crate::eval::term::{Cause, Covered, Term, TermId};
use crate::source::{IdMap, Str};

/// Terms that are looked through for something that must not be shown.
const MOST_TERMS: usize = 64;

impl Evaluator<'_> {
    /// `value`, for which `shown` stands wherever it would be printed. Whether something is there at all is no part
    /// of what is hidden.
    pub(in crate::eval) fn hide(&self, value: Value, shown: TermId) -> Value {
        self.hides.set(true);
        let known = match value {
            Value::Null | Value::Absent | Value::Lambda(_) | Value::Resource(_) => return value,
            Value::Choice(choice) => {
                let (then, otherwise) = (self.hide(choice.1.clone(), shown), self.hide(choice.2.clone(), shown));
                return self.choose(choice.0, then, otherwise);
            }
            Value::Error(failure) => match failure.kind {
                FailureKind::NotDeployed(_) => return Value::Error(failure),
                FailureKind::Wrong(_) => return self.wrong(failure.at, "a value that is not shown is wrong here"),
            },
            Value::Unknown(term) if self.says_nothing(term) => return Value::Unknown(term),
            Value::Unknown(term) => return Value::Unknown(self.term(Term::Hidden(Covered::new(term, shown)))),
            Value::Hidden(hidden) => hidden.known.clone(),
            other => other,
        };
        Value::Hidden(Rc::new(Hidden { known, shown }))
    }

    /// `slot`, hidden when it is looked at.
    pub(in crate::eval) fn hide_later(&self, slot: &Slot, shown: TermId) -> Slot {
        self.delay(Work::Hide(slot.clone(), shown))
    }

    /// What a function that takes in a file gave: only that the file cannot be read may be told.
    pub(in crate::eval) fn hide_loaded(&self, value: Value, name: &Str, args: &[Value]) -> Value {
        match value {
            Value::Error(_) | Value::Unknown(_) => value,
            value if self.shows_loaded => value,
            value => self.hide(value, self.call_term(name, args)),
        }
    }

    /// Whether a term is one that holds no text of a template, such as a parameter.
    fn says_nothing(&self, term: TermId) -> bool {
        let (mut left, mut seen) = (vec![term], 0);
        while let Some(term) = left.pop() {
            seen += 1;
            if seen > MOST_TERMS {
                return false;
            }
            match self.with_store(|store| store.get(term).clone()) {
                Term::Param(_) | Term::Null | Term::Hidden(_) => {}
                Term::Unknown(Cause::Error(..) | Cause::Outside(_)) => return false,
                Term::Unknown(_) => {}
                Term::Call(_, args) => left.extend(args.iter().copied()),
                Term::Member(of, _) | Term::AnyItem(of, _) | Term::AnyIndex(of, _) => left.push(of),
                Term::Coalesce(a, b) => left.extend([a, b]),
                _ => return false,
            }
        }
        true
    }

    /// What `value` is, also where it is hidden. For comparing: it must not get to where something is printed.
    pub fn known(&self, value: &Value) -> Value {
        match value {
            Value::Hidden(hidden) => hidden.known.clone(),
            Value::Text(parts) if self.hides.get() && self.is_hidden(value) => {
                let mut known = Vec::with_capacity(parts.len());
                for part in parts.iter() {
                    match part {
                        Part::Hole(term) => match self.bare_value(*term) {
                            Some(bare) => self.text_parts(&bare, &mut known),
                            None => known.push(part.clone()),
                        },
                        Part::Text(_) => known.push(part.clone()),
                    }
                }
                self.text(known)
            }
            Value::Id(id) if self.hides.get() && self.is_hidden(value) => Value::Id(Rc::new(IdValue {
                ty: id.ty.clone(),
                scope: self.known(&id.scope),
                names: id.names.iter().map(|name| self.known(name)).collect(),
            })),
            other => other.clone(),
        }
    }

    /// Whether `value` itself is hidden, or a part of the text that it is.
    pub fn is_hidden(&self, value: &Value) -> bool {
        let covers = |part: &Part| matches!(part, Part::Hole(term) if self.bare_value(*term).is_some());
        match value {
            Value::Hidden(_) => true,
            Value::Text(parts) if self.hides.get() => parts.iter().any(covers),
            Value::Id(id) if self.hides.get() => {
                self.is_hidden(&id.scope) || id.names.iter().any(|name| self.is_hidden(name))
            }
            _ => false,
        }
    }

    /// The known text or number that a hidden term is.
    fn bare_value(&self, term: TermId) -> Option<Value> {
        let bare = self.with_store(|store| match store.get(term) {
            Term::Hidden(_) => Some(store.bare(term)),
            _ => None,
        })?;
        let known = self.value_of(bare);
        matches!(known, Value::Str(_) | Value::Text(_) | Value::Int(_) | Value::Number(_) | Value::Bool(_))
            .then_some(known)
    }

    /// A hidden array as one of hidden items; other values as they are.
    pub fn opened(&self, value: Value) -> Value {
        let Value::Hidden(hidden) = &value else { return value };
        let Value::Array(array) = &hidden.known else { return value };
        if array.open.is_some() {
            return Value::Unknown(self.reify(&value));
        }
        let items = array.items.iter().enumerate().map(|(at, slot)| {
            let at = self.term(Term::Int(at as i64));
            self.hide_later(slot, self.term(Term::Index(hidden.shown, at)))
        });
        Value::Array(Rc::new(Array { items: items.collect(), open: None }))
    }

    /// The path that is named where all of `value` was loaded from a JSON file.
    pub(in crate::eval) fn loaded_from(&self, value: &Value) -> Option<Str> {
        let Value::Hidden(hidden) = value else { return None };
        self.with_store(|store| match store.get(hidden.shown) {
            Term::Call(name, args) if &**name == "loadjsoncontent" => match (&**args, store.get(*args.first()?)) {
                ([_], Term::Str(path)) => Some(path.clone()),
                _ => None,
            },
            _ => None,
        })
    }

    /// The term of a hidden value.
    pub(in crate::eval) fn hidden_term(&self, hidden: &Hidden, depth: u32) -> Term {
        Term::Hidden(Covered::new(self.reify_at(&hidden.known, depth), hidden.shown))
    }

    /// The address of what is known, which stays its own as long as the value lives.
    pub(in crate::eval) fn hidden_address(hidden: &Rc<Hidden>) -> usize {
        Rc::as_ptr(hidden) as usize
    }

    /// The value for which a hidden term stands.
    pub(in crate::eval) fn hidden_value(&self, covered: &Covered, term: TermId) -> Value {
        match self.value_of(covered.known()) {
            Value::Unknown(_) => Value::Unknown(term),
            known => self.hide(known, covered.shown()),
        }
    }

    /// `value` as it stands in a string: where something in it is hidden, as a hidden text.
    pub(in crate::eval) fn printed_hidden(&self, value: &Value) -> Value {
        let text = match self.known_inside(value) {
            Some(known @ (Value::Array(_) | Value::Object(_))) => self.json_text(&known, '\''),
            _ => None,
        };
        text.map_or_else(|| value.clone(), |text| self.hide(Value::Str(text.into()), self.reify(value)))
    }

    /// The members of a hidden object, each hidden; their names are known, which is for the caller to hide.
    pub(in crate::eval) fn hidden_members(&self, value: &Value) -> Option<Object> {
        let Value::Hidden(hidden) = value else { return None };
        let Value::Object(object) = &hidden.known else { return None };
        let member =
            |(key, slot): &(Str, Slot)| (key.clone(), self.hide_later(slot, self.member_term(hidden.shown, key)));
        Some(Object { members: object.members.iter().map(member).collect(), open: object.open })
    }

    /// The segments of a hidden name.
    pub(in crate::eval) fn hidden_segments(&self, name: &Value) -> Vec<Value> {
        let known = self.known(name);
        let Value::Str(text) = &known else { return vec![name.clone()] };
        if !text.contains('/') {
            return vec![name.clone()];
        }
        let slash = self.term(Term::Str("/".into()));
        let split = self.term(Term::Call("split".into(), [self.reify(name), slash].into()));
        let segments = text.split('/').enumerate().map(|(at, segment)| {
            let at = self.term(Term::Int(at as i64));
            self.hide(Value::str(segment), self.term(Term::Index(split, at)))
        });
        segments.collect()
    }

    /// The member `name` of a hidden value.
    pub(in crate::eval) fn hidden_member(&self, hidden: &Hidden, name: &str) -> Value {
        let found = self.member(&hidden.known, name);
        self.hide(found, self.member_term(hidden.shown, name))
    }

    /// `base[index]`, one of which is hidden.
    pub(in crate::eval) fn hidden_item(&self, base: &Value, index: &Value) -> Value {
        let found = self.item(&self.known(base), &self.known(index));
        let (of, at) = (self.reify(base), self.reify(index));
        match found {
            Value::Resource(_) => found,
            // What is known of either must not get into the term.
            Value::Unknown(_) => self.index_of(of, at),
            found => self.hide(found, self.term(Term::Index(of, at))),
        }
    }

    /// `value` with everything in it known; `None` when nothing in it is hidden.
    pub(in crate::eval) fn known_inside(&self, value: &Value) -> Option<Value> {
        if !self.hides.get() {
            return None;
        }
        let mut opening = Opening { eval: self, done: IdMap::default(), found: false };
        let known = opening.open(value, self.most.values)?;
        opening.found.then_some(known)
    }

    /// Whether something in `value` is hidden; `None` when it is too much to look at.
    pub(in crate::eval) fn hides_inside(&self, value: &Value) -> Option<bool> {
        let mut opening = Opening { eval: self, done: IdMap::default(), found: false };
        opening.open(value, self.most.values)?;
        Some(opening.found)
    }
}

/// Opens what is hidden inside a value; a part that is shared is opened once.
struct Opening<'o, 'p> {
    eval: &'o Evaluator<'p>,
    /// By address, with the value itself, so that the address stays its own.
    done: IdMap<usize, (Value, Value)>,
    found: bool,
}

impl Opening<'_, '_> {
    /// `None` when it is too much.
    fn open(&mut self, value: &Value, depth: u32) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        let address = match value {
            Value::Array(array) => Rc::as_ptr(array) as usize,
            Value::Object(object) => Rc::as_ptr(object) as usize,
            Value::Choice(choice) => Rc::as_ptr(choice) as usize,
            other if self.eval.is_hidden(other) => {
                self.found = true;
                return self.open(&self.eval.known(other), depth);
            }
            other => return Some(other.clone()),
        };
        if let Some((_, opened)) = self.done.get(&address) {
            return Some(opened.clone());
        }
        let _level = self.eval.budget.enter()?;
        let opened = match value {
            Value::Array(array) => {
                self.eval.budget.build(array.items.len()).ok()?;
                let items = array.items.iter().map(|slot| self.open_slot(slot, depth)).collect::<Option<_>>()?;
                Value::Array(Rc::new(Array { items, open: array.open }))
            }
            Value::Object(object) => {
                self.eval.budget.build(object.members.len()).ok()?;
                let members =
                    object.members.iter().map(|(key, slot)| Some((key.clone(), self.open_slot(slot, depth)?)));
                Value::Object(Rc::new(Object { members: members.collect::<Option<_>>()?, open: object.open }))
            }
            Value::Choice(choice) => {
                // It stays a choice; what counts is whether either side is hidden.
                self.open(&choice.1, depth)?;
                self.open(&choice.2, depth)?;
                value.clone()
            }
            other => other.clone(),
        };
        self.done.insert(address, (value.clone(), opened.clone()));
        Some(opened)
    }

    fn open_slot(&mut self, slot: &Slot, depth: u32) -> Option<Slot> {
        Some(Slot::Value(self.open(&self.eval.force(slot), depth)?))
    }
}
