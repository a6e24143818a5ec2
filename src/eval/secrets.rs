//! What declared types say to be secret is hidden where a value gets its type: at parameters and outputs.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::term::{Cause, Term, TermId};
use super::value::{Array, DeclaredSecrecy, Object, Scope, Slot, Value, Work};
use crate::project::Resolution;
use crate::source::Str;
use crate::template::{Output, Parts, Secrecy, Template};

/// How many named types are followed from one to the next; what lies behind is taken as secret.
const MOST_NAMES: u32 = 64;

/// What is known of a type after its names were followed.
enum Followed {
    Whole,
    Parts(Vec<(Arc<Template>, Parts)>),
}

impl Evaluator<'_> {
    /// `value` of the type that `template` gives it, its secret parts hidden behind `shown`. Where it comes from
    /// `outside` the project they are not known: even what follows from them would tell of them.
    pub(super) fn secure(&self, value: Value, said: &DeclaredSecrecy, shown: TermId, outside: bool) -> Value {
        let mut parts = Vec::new();
        for (template, secrecy) in said.iter() {
            match self.followed(template, secrecy, MOST_NAMES) {
                Followed::Whole if outside => return Value::Unknown(shown),
                Followed::Whole => return self.hide(value, shown),
                Followed::Parts(more) => parts.extend(more),
            }
        }
        if parts.is_empty() { value } else { self.secure_parts(value, &parts, shown, outside) }
    }

    /// What the type that `template` gives a value says of it.
    pub(super) fn said(template: &Arc<Template>, secrecy: &Secrecy) -> DeclaredSecrecy {
        match secrecy {
            Secrecy::Open => Rc::from([]),
            secrecy => Rc::from([(Arc::clone(template), secrecy.clone())]),
        }
    }

    /// The value of `output` in `scope`, its secret parts hidden.
    pub fn output_value(&self, scope: &Scope, output: &Output) -> Value {
        let template = self.frame(scope.frame).template.clone();
        let shown = self.term(Term::Unknown(Cause::KeyVault));
        self.secure(self.eval(scope, output.value), &Self::said(&template, &output.secrecy), shown, false)
    }

    fn secure_parts(&self, value: Value, parts: &[(Arc<Template>, Parts)], shown: TermId, outside: bool) -> Value {
        let later = |slot: &Slot, said: Vec<(Arc<Template>, Secrecy)>, shown: &dyn Fn() -> TermId| match said.is_empty()
        {
            true => slot.clone(),
            false => self.delay(Work::Secure(slot.clone(), said.into(), shown(), outside)),
        };
        match &value {
            Value::Choice(_) => self.each(value, &|value| self.secure_parts(value, parts, shown, outside)),
            Value::Object(object) => {
                let member = |(key, slot): &(Str, Slot)| {
                    let said = said_of(parts, |parts| parts.of_member(key));
                    (key.clone(), later(slot, said, &|| self.member_term(shown, key)))
                };
                let members = object.members.iter().map(member).collect();
                Value::Object(Rc::new(Object { members, open: object.open }))
            }
            Value::Array(array) => {
                let said = said_of(parts, |parts| &parts.items);
                let item = |(at, slot): (usize, &Slot)| {
                    let at = || self.term(Term::Index(shown, self.term(Term::Int(at as i64))));
                    later(slot, said.clone(), &at)
                };
                let items = array.items.iter().enumerate().map(item).collect();
                Value::Array(Rc::new(Array { items, open: array.open }))
            }
            _ => value,
        }
    }

    fn followed(&self, template: &Arc<Template>, secrecy: &Secrecy, left: u32) -> Followed {
        let Some(left) = left.checked_sub(1) else { return Followed::Whole };
        let named = |template: &Arc<Template>, name: &str| {
            let found = template.secret_types.iter().find(|(known, _)| **known == *name);
            found.map_or_else(|| Followed::Parts(Vec::new()), |(_, secrecy)| self.followed(template, secrecy, left))
        };
        // What a part of the type says; what is not told apart is secret.
        let part = |of: &Secrecy, part: &dyn Fn(&Parts) -> Secrecy| match self.followed(template, of, left) {
            Followed::Whole => Followed::Whole,
            Followed::Parts(all) => {
                let of_parts = all.iter().map(|(template, parts)| self.followed(template, &part(parts), left));
                together(of_parts)
            }
        };
        match secrecy {
            Secrecy::Open => Followed::Parts(Vec::new()),
            Secrecy::Whole => Followed::Whole,
            Secrecy::Parts(parts) => Followed::Parts(vec![(Arc::clone(template), (**parts).clone())]),
            Secrecy::Named(name) => named(template, name),
            Secrecy::Imported(import, name) => {
                let Some(import) = template.imports.get(import.0 as usize) else { return Followed::Whole };
                match self.project.resolve(template.file, &import.reference) {
                    Resolution::Template(other) => named(&other, name),
                    // A type that cannot be read may say so.
                    Resolution::Known(_) | Resolution::Missing | Resolution::NotRead | Resolution::NotATemplate => {
                        Followed::Whole
                    }
                }
            }
            Secrecy::Any(all) => together(all.iter().map(|secrecy| self.followed(template, secrecy, left))),
            Secrecy::Member(of, name) => part(of, &|parts| parts.of_member(name).clone()),
            Secrecy::Rest(of) => part(of, &|parts| parts.rest.clone()),
            Secrecy::Items(of) => part(of, &|parts| parts.items.clone()),
        }
    }
}

fn said_of<'s>(
    parts: &'s [(Arc<Template>, Parts)],
    of: impl Fn(&'s Parts) -> &'s Secrecy,
) -> Vec<(Arc<Template>, Secrecy)> {
    let said = parts.iter().map(|(template, parts)| (Arc::clone(template), of(parts).clone()));
    said.filter(|(_, secrecy)| *secrecy != Secrecy::Open).collect()
}

fn together(all: impl Iterator<Item = Followed>) -> Followed {
    let mut parts = Vec::new();
    for followed in all {
        match followed {
            Followed::Whole => return Followed::Whole,
            Followed::Parts(more) => parts.extend(more),
        }
    }
    Followed::Parts(parts)
}
