//! Values to canonical terms, equality, and printing of values into strings.

use std::rc::Rc;

use super::term::{Atom, Cause, CondId, Shape, Term, TermId};
use super::value::{Part, Value};
use super::{Evaluator, FailureKind, limits};

impl Evaluator<'_> {
    /// The term that stands for `value`: equal terms are equal values.
    pub fn reify(&self, value: &Value) -> TermId {
        self.reify_at(value, self.most.values)
    }

    /// A value that is shared is turned into a term once: doubling values would take exponential time.
    pub(super) fn reify_at(&self, value: &Value, depth: u32) -> TermId {
        let shared = match value {
            Value::Array(array) => Rc::as_ptr(array) as usize,
            Value::Object(object) => Rc::as_ptr(object) as usize,
            Value::Choice(choice) => Rc::as_ptr(choice) as usize,
            Value::Hidden(hidden) => Self::hidden_address(hidden),
            _ => return self.reify_new(value, depth),
        };
        let shared = (shared, self.assumed_now());
        if let Some((_, term)) = self.reified.borrow().get(&shared) {
            return *term;
        }
        // A value that has itself in it has no end.
        if !self.walking.borrow_mut().insert(shared.0) {
            return self.term(Term::Unknown(Cause::Limit("a value that contains itself".into())));
        }
        let term = self.reify_new(value, depth);
        self.walking.borrow_mut().remove(&shared.0);
        // The value is kept, so that its address stays its own. What is spent is looked at by whoever needs the term.
        let _ = self.budget.build(1);
        self.reified.borrow_mut().insert(shared, (value.clone(), term));
        term
    }

    fn reify_new(&self, value: &Value, depth: u32) -> TermId {
        let Some(depth) = depth.checked_sub(1) else {
            return self.term(Term::Unknown(Cause::Limit("a value is nested too deeply".into())));
        };
        let _level = match self.step() {
            Ok(level) => level,
            Err(Value::Unknown(limit)) => return limit,
            Err(_) => return self.term(Term::Unknown(Cause::Limit(super::TOO_DEEP.into()))),
        };
        let term = match value {
            Value::Unknown(term) => return *term,
            Value::Hidden(hidden) => self.hidden_term(hidden, depth),
            Value::Null | Value::Absent => Term::Null,
            Value::Bool(value) => Term::Bool(*value),
            Value::Int(value) => Term::Int(*value),
            Value::Number(text) => Term::Number(text.clone()),
            Value::Str(text) => Term::Str(text.clone()),
            Value::Text(parts) => Term::Text(parts.iter().map(|part| self.part_term(part)).collect()),
            Value::Id(id) => return self.reify_at(&self.id_text(id), depth),
            Value::Array(array) => {
                let items: Vec<TermId> =
                    array.items.iter().map(|slot| self.reify_at(&self.force(slot), depth)).collect();
                self.with_rest(Term::Array(items.into()), array.open)
            }
            Value::Object(object) => {
                let members = object.members.iter();
                let members: Vec<_> = members
                    .filter(|(_, slot)| self.presence(slot) != CondId::FALSE)
                    .map(|(key, slot)| (key.clone(), self.reify_at(&self.force(slot), depth)))
                    .collect();
                self.with_rest(Term::Object(members.into()), object.open)
            }
            Value::Choice(choice) => {
                let (cond, then, otherwise, _) = &**choice;
                let cond = &self.simplified(*cond);
                match (self.assumed(*cond), then, otherwise) {
                    (Some(true), ..) => return self.reify_at(then, depth),
                    (Some(false), ..) => return self.reify_at(otherwise, depth),
                    // What is not deployed has no value to speak of.
                    (None, value, Value::Error(failure)) | (None, Value::Error(failure), value)
                        if matches!(failure.kind, FailureKind::NotDeployed(_)) =>
                    {
                        return self.reify_at(value, depth);
                    }
                    (None, ..) => {
                        let then = self.where_holds(*cond, || self.reify_at(then, depth));
                        let not = self.with_store(|store| store.not(*cond));
                        let otherwise = self.where_holds(not, || self.reify_at(otherwise, depth));
                        if then == otherwise {
                            return then;
                        }
                        Term::If(*cond, then, otherwise)
                    }
                }
            }
            Value::Resource(reference) => return self.resource_term(reference),
            Value::Lambda(_) => Term::Unknown(Cause::Function("lambda".into())),
            Value::Error(failure) => match &failure.kind {
                FailureKind::Wrong(message) => Term::Unknown(Cause::Error(message.as_str().into(), failure.at)),
                FailureKind::NotDeployed(reference) => return self.resource_term(reference),
            },
        };
        self.term(term)
    }

    /// Does `work` where `cond` is known to hold: what depends on it again is decided there.
    pub fn where_holds<T>(&self, cond: CondId, work: impl FnOnce() -> T) -> T {
        let before = self.assumptions.borrow().len();
        if before < limits::ASSUMPTIONS {
            self.assume_all(cond);
        }
        let done = work();
        self.assumptions.borrow_mut().truncate(before);
        done
    }

    /// Notes that `cond` holds, and what follows from it plainly.
    fn assume_all(&self, cond: CondId) {
        let mut open = vec![cond];
        while let Some(cond) = open.pop() {
            let not = |cond| self.with_store(|store| store.not(cond));
            match self.with_store(|store| store.shape(cond)) {
                Shape::True | Shape::False => {}
                Shape::And(a, b) => open.extend([a, b]),
                Shape::Not(inner) => {
                    if let Shape::Or(a, b) = self.with_store(|store| store.shape(inner)) {
                        open.extend([not(a), not(b)]);
                    }
                    self.assume_one(cond);
                }
                Shape::Atom(_) | Shape::Or(..) => self.assume_one(cond),
            }
            if self.assumptions.borrow().len() >= 2 * limits::ASSUMPTIONS {
                break;
            }
        }
    }

    fn assume_one(&self, cond: CondId) {
        let all = self.assumed_now();
        let all = self.with_store(|store| store.and(all, cond));
        self.assumptions.borrow_mut().push((cond, all));
    }

    /// Whether `cond` holds where the work is done; `None` when that is not known.
    pub fn assumed(&self, cond: CondId) -> Option<bool> {
        match self.simplified(cond) {
            CondId::TRUE => Some(true),
            CondId::FALSE => Some(false),
            _ => None,
        }
    }

    /// `cond` without what is decided where the work is done.
    pub fn simplified(&self, cond: CondId) -> CondId {
        if self.assumptions.borrow().is_empty() { cond } else { self.simplify(cond, limits::FORMULA) }
    }

    fn simplify(&self, cond: CondId, depth: u32) -> CondId {
        // What is spent is looked at by whoever needs the condition.
        let _ = self.budget.work(1);
        let not = self.with_store(|store| store.not(cond));
        let known = self.assumptions.borrow().iter().find_map(|(known, _)| match *known {
            known if known == cond => Some(CondId::TRUE),
            known if known == not => Some(CondId::FALSE),
            _ => None,
        });
        let (None, Some(depth)) = (known, depth.checked_sub(1)) else { return known.unwrap_or(cond) };
        match self.with_store(|store| store.shape(cond)) {
            Shape::Not(inner) => {
                let inner = self.simplify(inner, depth);
                self.with_store(|store| store.not(inner))
            }
            Shape::And(a, b) => {
                let (a, b) = (self.simplify(a, depth), self.simplify(b, depth));
                self.with_store(|store| store.and(a, b))
            }
            Shape::Or(a, b) => {
                let (a, b) = (self.simplify(a, depth), self.simplify(b, depth));
                self.with_store(|store| store.or(a, b))
            }
            Shape::True | Shape::False | Shape::Atom(_) => cond,
        }
    }

    /// All that is assumed, as one condition.
    fn assumed_now(&self) -> CondId {
        self.assumptions.borrow().last().map_or(CondId::TRUE, |(_, all)| *all)
    }

    fn with_rest(&self, known: Term, open: Option<TermId>) -> Term {
        match open {
            None => known,
            // Nothing is known to be there: all that there is, is what decides.
            Some(rest) if matches!(&known, Term::Array(items) if items.is_empty()) => {
                self.with_store(|store| store.get(rest).clone())
            }
            Some(rest) if matches!(&known, Term::Object(members) if members.is_empty()) => {
                self.with_store(|store| store.get(rest).clone())
            }
            Some(rest) => {
                let known = self.term(known);
                Term::Call("union".into(), [rest, known].into())
            }
        }
    }

    fn part_term(&self, part: &Part) -> TermId {
        match part {
            Part::Text(text) => self.term(Term::Str(text.clone())),
            Part::Hole(term) => *term,
        }
    }

    /// Adds `value`, printed as the language prints it into a string, to `parts`.
    pub(super) fn text_parts(&self, value: &Value, parts: &mut Vec<Part>) {
        match value {
            Value::Str(text) => parts.push(Part::Text(text.clone())),
            Value::Number(text) => parts.push(Part::Text(text.clone())),
            Value::Int(number) => parts.push(Part::Text(number.to_string().into())),
            Value::Bool(value) => parts.push(Part::Text(if *value { "True" } else { "False" }.into())),
            Value::Null | Value::Absent => {}
            Value::Text(more) => parts.extend(more.iter().cloned()),
            Value::Id(id) => self.text_parts(&self.id_text(id), parts),
            Value::Hidden(_) => parts.push(Part::Hole(self.reify(&self.printed_hidden(value)))),
            // Arrays and objects stand in strings as JSON, in single quotes.
            other => match self.json_text(other, '\'') {
                Some(text) => parts.push(Part::Text(text.into())),
                None => parts.push(Part::Hole(self.reify(&self.printed_hidden(other)))),
            },
        }
    }

    /// Where two values are equal: strings by case, arrays and objects deeply.
    pub(super) fn equal(&self, a: &Value, b: &Value) -> CondId {
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return self.condition(&limit),
        };
        match (a, b) {
            (Value::Array(a), Value::Array(b)) if Rc::ptr_eq(a, b) => CondId::TRUE,
            (Value::Object(a), Value::Object(b)) if Rc::ptr_eq(a, b) => CondId::TRUE,
            (Value::Choice(choice), other) | (other, Value::Choice(choice)) => {
                let (then, otherwise) = (self.equal(&choice.1, other), self.equal(&choice.2, other));
                self.with_store(|store| store.either(choice.0, then, otherwise))
            }
            (a, b) if self.is_hidden(a) || self.is_hidden(b) => match self.equal(&self.known(a), &self.known(b)) {
                decided @ (CondId::TRUE | CondId::FALSE) => decided,
                // The condition itself may be printed.
                _ => self.ask_equal(a, b),
            },
            (Value::Null | Value::Absent, Value::Null | Value::Absent) => CondId::TRUE,
            (Value::Bool(a), Value::Bool(b)) => CondId::from(a == b),
            (Value::Int(a), Value::Int(b)) => CondId::from(a == b),
            (Value::Str(a), Value::Str(b)) => CondId::from(a == b),
            (Value::Array(a), Value::Array(b)) if a.open.is_none() && b.open.is_none() => {
                if a.items.len() != b.items.len() {
                    return CondId::FALSE;
                }
                let pairs = a.items.iter().zip(&b.items);
                self.all(pairs.map(|(a, b)| self.equal(&self.force(a), &self.force(b))))
            }
            (Value::Object(a), Value::Object(b)) => match (self.known_members(a), self.known_members(b)) {
                (Some(members), Some(others)) if members.len() == others.len() => {
                    self.all(members.iter().map(|(key, slot)| match b.get(key) {
                        Some(other) => self.equal(&self.force(slot), &self.force(other)),
                        None => CondId::FALSE,
                    }))
                }
                (Some(_), Some(_)) => CondId::FALSE,
                _ => self.ask_equal(&Value::Object(a.clone()), &Value::Object(b.clone())),
            },
            (a, b) if a.is_text() && b.is_text() => self.equal_text(a, b),
            (a, b) => match (Kind::of(a), Kind::of(b)) {
                (Some(x), Some(y)) if x != y => CondId::FALSE,
                _ => self.ask_equal(a, b),
            },
        }
    }

    fn all(&self, conditions: impl Iterator<Item = CondId>) -> CondId {
        let mut all = CondId::TRUE;
        for condition in conditions {
            all = self.with_store(|store| store.and(all, condition));
            if all == CondId::FALSE {
                break;
            }
        }
        all
    }

    fn equal_text(&self, a: &Value, b: &Value) -> CondId {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        self.text_parts(a, &mut x);
        self.text_parts(b, &mut y);
        // Two that are known as a whole, such as ids of a deployment to a known place.
        let whole = |parts: &[Part]| -> Option<String> {
            let text = |part: &Part| if let Part::Text(text) = part { Some(text.to_string()) } else { None };
            parts.iter().map(text).collect()
        };
        if let (Some(x), Some(y)) = (whole(&x), whole(&y)) {
            return CondId::from(x == y);
        }
        // Known text at either end that differs decides.
        let differ = |x: Option<&Part>, y: Option<&Part>, from_end: bool| match (x, y) {
            (Some(Part::Text(x)), Some(Part::Text(y))) => {
                if from_end {
                    !x.ends_with(&**y) && !y.ends_with(&**x)
                } else {
                    !x.starts_with(&**y) && !y.starts_with(&**x)
                }
            }
            _ => false,
        };
        if differ(x.first(), y.first(), false) || differ(x.last(), y.last(), true) {
            return CondId::FALSE;
        }
        self.ask_equal(a, b)
    }

    fn ask_equal(&self, a: &Value, b: &Value) -> CondId {
        let (a, b) = (self.reify(a), self.reify(b));
        self.with_store(|store| {
            if store.bare(a) == store.bare(b) {
                return CondId::TRUE;
            }
            let (a, b) = match (store.is_constant(a), store.is_constant(b)) {
                (true, false) => (b, a),
                (false, true) => (a, b),
                _ => (a.min(b), a.max(b)),
            };
            if *store.get(store.bare(b)) == Term::Null && !store.may_be_null(a) {
                return CondId::FALSE;
            }
            // `x == true` asks whether x is true.
            match store.get(store.bare(b)) {
                Term::Bool(true) => store.ask(Atom::True(a)),
                Term::Bool(false) if !store.may_be_null(a) => {
                    let cond = store.ask(Atom::True(a));
                    store.not(cond)
                }
                _ => store.ask(Atom::Equal(a, b)),
            }
        })
    }
}

/// The type of a value whose type is certain. Values of different types are not equal.
#[derive(PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

impl Kind {
    const fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null | Value::Absent => Some(Self::Null),
            Value::Bool(_) => Some(Self::Bool),
            Value::Int(_) | Value::Number(_) => Some(Self::Number),
            Value::Str(_) | Value::Text(_) | Value::Id(_) => Some(Self::Text),
            Value::Array(_) => Some(Self::Array),
            Value::Object(_) => Some(Self::Object),
            _ => None,
        }
    }
}
