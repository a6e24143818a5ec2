//! Values and residuals as text: ARM syntax, as the snapshot of the Bicep CLI prints it.

use super::Evaluator;
use super::term::{Atom, AtomId, Cause, Term, TermId};
use super::value::{Part, Value};
use crate::source::IdSet;

/// How much of a value a message shows.
const WIDTH: usize = 120;

/// How many things that decide are named at most, and how many terms are looked at for them.
const MOST_DECIDERS: usize = 16;
const MOST_TERMS: usize = 10_000;

impl Evaluator<'_> {
    /// A string for people: known text as it is, holes as `${…}`, anything else as an expression.
    pub fn print(&self, value: &Value) -> String {
        match value {
            Value::Str(text) => text.to_string(),
            Value::Text(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.to_string(),
                    Part::Hole(term) => format!("${{{}}}", self.print_term(*term)),
                })
                .collect(),
            Value::Id(id) => self.print(&self.id_text(id)),
            other => {
                let term = self.reify(other);
                self.print_term(term)
            }
        }
    }

    /// A residual as an ARM expression, cut where it gets long.
    pub fn print_term(&self, term: TermId) -> String {
        let mut out = String::new();
        self.write_term(term, &mut out);
        if out.chars().count() > WIDTH {
            out = out.chars().take(WIDTH).chain(['…']).collect();
        }
        out
    }

    fn write_term(&self, id: TermId, out: &mut String) {
        if out.len() > 4 * WIDTH {
            return;
        }
        let term = self.with_store(|store| store.get(id).clone());
        match term {
            Term::Null => out.push_str("null"),
            Term::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Term::Int(value) => out.push_str(&value.to_string()),
            Term::Number(text) => out.push_str(&text),
            Term::Str(text) => {
                out.push('\'');
                out.push_str(&text.replace('\'', "''"));
                out.push('\'');
            }
            Term::Text(parts) => self.write_call("concat", &parts, out),
            Term::Array(items) => self.write_call("createArray", &items, out),
            Term::Object(members) => {
                out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    out.push_str(key);
                    out.push_str(": ");
                    self.write_term(*value, out);
                }
                out.push('}');
            }
            Term::If(_, a, b) => self.write_call("if(…)", &[a, b], out),
            Term::Param(param) => out.push_str(&param.name),
            // A resource by its name alone: its whole id is long, and the same but for the name.
            Term::Call(name, args) if &*name == "reference" && self.last_name(&args).is_some() => {
                out.push_str(&format!("reference('{}')", self.last_name(&args).unwrap_or_default()));
            }
            Term::Call(name, args) => self.write_call(spelled(&name), &args, out),
            // `reference` gives the properties, unless it is to give all.
            Term::Member(of, name) if &*name == "properties" && self.is_whole_resource(of) => self.write_term(of, out),
            Term::Member(of, name) => {
                self.write_term(of, out);
                out.push('.');
                out.push_str(&self.with_store(|store| store.spelled(&name).to_owned()));
            }
            Term::Index(of, index) => {
                self.write_term(of, out);
                out.push('[');
                self.write_term(index, out);
                out.push(']');
            }
            Term::Coalesce(a, b) => self.write_call("coalesce", &[a, b], out),
            Term::AnyItem(of, _) => {
                self.write_term(of, out);
                out.push_str("[*]");
            }
            Term::AnyIndex(..) => out.push_str("copyIndex()"),
            Term::Hidden(covered) => self.write_term(covered.shown(), out),
            Term::Unknown(cause) => out.push_str(&cause_text(&cause)),
        }
    }

    fn write_call(&self, name: &str, args: &[TermId], out: &mut String) {
        out.push_str(name);
        out.push('(');
        for (at, arg) in args.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            self.write_term(*arg, out);
        }
        out.push(')');
    }

    /// What decides a term, as text that stands alone; nothing for a constant.
    pub fn deciders(&self, term: TermId) -> Vec<String> {
        self.all_deciders(vec![term])
    }

    /// What decides an atom, as text that stands alone.
    pub fn atom_deciders(&self, atom: AtomId) -> Vec<String> {
        let terms: Vec<TermId> = match self.with_store(|store| store.atom(atom).clone()) {
            Atom::True(term) | Atom::Empty(term) => vec![term],
            Atom::Equal(a, b) => vec![a, b],
        };
        self.all_deciders(terms)
    }

    /// Walks the terms, each once, in the order in which they are written.
    fn all_deciders(&self, terms: Vec<TermId>) -> Vec<String> {
        let (mut found, mut seen) = (Vec::new(), IdSet::default());
        let mut left: Vec<TermId> = terms.iter().rev().copied().collect();
        while let Some(term) = left.pop() {
            if seen.insert(term) && seen.len() < MOST_TERMS && found.len() < MOST_DECIDERS {
                left.extend(self.decider(term, &mut found).into_iter().rev());
            }
        }
        // Nothing decides that lies outside: then it is something that is not evaluated.
        if found.is_empty() {
            found.extend(
                terms.first().map(|term| format!("`{}`, which armguard does not evaluate", self.print_term(*term))),
            );
        }
        found
    }

    /// Adds what `id` itself depends on; else the terms to look at instead.
    fn decider(&self, id: TermId, found: &mut Vec<String>) -> Vec<TermId> {
        let mut add = |text: String| {
            if !found.contains(&text) {
                found.push(text);
            }
        };
        let term = self.with_store(|store| store.get(id).clone());
        match term {
            Term::Null | Term::Bool(_) | Term::Int(_) | Term::Number(_) | Term::Str(_) => Vec::new(),
            Term::Param(param) => {
                add(format!("parameter `{}`", param.name));
                Vec::new()
            }
            Term::Unknown(cause) => {
                add(cause_text(&cause));
                Vec::new()
            }
            Term::Hidden(covered) => match self.with_store(|store| store.is_constant(id)) {
                true => Vec::new(),
                false => vec![covered.shown()],
            },
            Term::Call(name, args) if is_outside(&name) => {
                let text = match (&*name, &*args) {
                    ("readenvironmentvariable", [variable, ..]) => {
                        format!("environment variable {}", self.print_term(*variable))
                    }
                    ("reference", _) => format!("runtime value `{}`", self.print_term(id)),
                    (name, _) => format!("`{}()` at deployment", spelled(name)),
                };
                add(text);
                Vec::new()
            }
            Term::Member(of, _) if self.is_reference(of) => {
                add(format!("runtime value `{}`", self.print_term(id)));
                Vec::new()
            }
            Term::Member(of, _) | Term::AnyItem(of, _) | Term::AnyIndex(of, _) => vec![of],
            Term::Index(a, b) | Term::Coalesce(a, b) | Term::If(_, a, b) => vec![a, b],
            Term::Text(parts) => parts.to_vec(),
            Term::Array(items) => items.to_vec(),
            Term::Call(_, args) => args.to_vec(),
            Term::Object(members) => members.iter().map(|(_, term)| *term).collect(),
        }
    }

    /// The last name in the resource id that is passed to `reference`.
    fn last_name(&self, args: &[TermId]) -> Option<String> {
        let id = self.text_of(*args.first()?)?;
        let id = self.print(&id);
        let (_, names) = id.rsplit_once("/providers/")?;
        names.rsplit_once('/').map(|(_, name)| name.to_owned())
    }

    fn is_whole_resource(&self, id: TermId) -> bool {
        self.with_store(|store| matches!(store.get(id), Term::Call(name, _) if &**name == "reference"))
    }

    fn is_reference(&self, id: TermId) -> bool {
        match self.with_store(|store| store.get(id).clone()) {
            Term::Call(name, _) => &*name == "reference",
            Term::Member(of, _) => self.is_reference(of),
            _ => false,
        }
    }
}

/// Whether a function takes its value from outside the template: the deployment's context, the
/// running service, the clock.
fn is_outside(name: &str) -> bool {
    super::functions::is_context(name) || super::functions::is_runtime(name)
}

/// A function's name as documented, for names that were folded to lower case.
fn spelled(name: &str) -> &str {
    super::functions::documented_name(name).unwrap_or(name)
}

pub(super) fn cause_text(cause: &Cause) -> String {
    match cause {
        Cause::Syntax(_) => "a syntax error".into(),
        Cause::Module(path) => format!("module `{path}`, which was not read"),
        Cause::Limit(what) => format!("a limit ({what})"),
        Cause::Function(name) => format!("function `{name}`, which armguard does not know"),
        Cause::Error(message, _) => format!("an expression that fails ({message})"),
        Cause::NotPassed(name, _) => format!("parameter `{name}`, which is not passed"),
        Cause::KeyVault => "a secret".into(),
        Cause::Outside(what) => what.to_string(),
    }
}
