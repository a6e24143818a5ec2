//! Residuals as ARM expressions, whole: what `armguard expand` prints where a value is not known.
//!
//! The text is canonical, too: what equals by its term has one text in Bicep and in the ARM JSON that it
//! compiles to. Where no ARM expression can express it, `unknown('…')` stands with the reason; no function of
//! the language is called so.

use super::Evaluator;
use super::print::cause_text;
use super::term::{Atom, CondId, Shape, Term, TermId};
use crate::source::IdSet;

/// Bytes of an expression. A residual is a graph, its text a tree, which can be far larger.
const LONGEST: usize = 1 << 16;

/// What stands for the rest of a condition.
const CONDITION_TOO_LONG: &str = "unknown('this condition is too long to print')";

/// The least and the largest integer that an expression may hold; others go through `json`.
const PLAIN: std::ops::RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;

impl Evaluator<'_> {
    /// `[…]`: the expression of a residual.
    pub fn expression(&self, term: TermId) -> String {
        format!("[{}]", self.arm_text(term))
    }

    /// `[…]`: the expression of a condition.
    pub fn condition_expression(&self, cond: CondId) -> String {
        let mut writer = ArmWriter { eval: self, out: String::new(), before: 0, depth: 0 };
        writer.condition(cond);
        format!("[{}]", writer.out)
    }

    pub(super) fn arm_text(&self, term: TermId) -> String {
        let mut writer = ArmWriter { eval: self, out: String::new(), before: 0, depth: 0 };
        writer.term(term);
        writer.out
    }
}

struct ArmWriter<'w, 'p> {
    eval: &'w Evaluator<'p>,
    out: String,
    /// Bytes of the expression of which this is a part: all writers of one expression share [`LONGEST`].
    before: usize,
    depth: u32,
}

impl ArmWriter<'_, '_> {
    fn get(&self, id: TermId) -> Term {
        self.eval.with_store(|store| store.get(id).clone())
    }

    fn spelled(&self, folded: &str) -> String {
        self.eval.with_store(|store| store.spelled(folded).to_owned())
    }

    fn is_full(&self) -> bool {
        self.depth >= self.eval.most.printed || self.before + self.out.len() >= LONGEST
    }

    /// What `write` writes as a part of this expression, `more` bytes of which are not in [`ArmWriter::out`] yet.
    fn part(&self, more: usize, write: impl FnOnce(&mut Self)) -> String {
        let before = self.before + self.out.len() + more;
        let mut part = Self { eval: self.eval, out: String::new(), before, depth: self.depth };
        write(&mut part);
        part.out
    }

    fn term(&mut self, id: TermId) {
        if self.is_full() {
            return self.out.push_str("unknown('this expression is too long to print')");
        }
        self.depth += 1;
        match self.get(id) {
            Term::Null => self.out.push_str("null()"),
            Term::Bool(value) => self.out.push_str(if value { "true()" } else { "false()" }),
            Term::Int(value) if PLAIN.contains(&value) => self.out.push_str(&value.to_string()),
            Term::Int(value) => self.call_text("json", &value.to_string()),
            Term::Number(text) => self.call_text("json", &text),
            Term::Str(text) => self.text(&text),
            Term::Text(parts) => self.format(&parts),
            Term::Array(items) => self.call("createArray", &items),
            Term::Object(members) => {
                self.out.push_str("createObject(");
                for (at, (key, value)) in members.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    self.text(key);
                    self.out.push_str(", ");
                    self.term(*value);
                }
                self.out.push(')');
            }
            Term::If(cond, a, b) if self.get(a) == Term::Bool(true) && self.get(b) == Term::Bool(false) => {
                match self.eval.with_store(|store| store.shape(cond)) {
                    Shape::Atom(atom) if matches!(self.eval.with_store(|s| s.atom(atom).clone()), Atom::True(_)) => {
                        self.out.push_str("bool(");
                        self.condition(cond);
                        self.out.push(')');
                    }
                    _ => self.condition(cond),
                }
            }
            Term::If(cond, a, b) => {
                self.out.push_str("if(");
                self.condition(cond);
                self.rest(&[a, b]);
            }
            Term::Param(param) => self.call_text("parameters", &param.name),
            Term::Call(name, args) => self.function(&name, &args),
            Term::Member(of, name) => self.member(of, &name),
            Term::Index(of, index) => {
                self.term(of);
                self.out.push('[');
                self.term(index);
                self.out.push(']');
            }
            Term::Coalesce(a, b) => self.call("coalesce", &[a, b]),
            Term::AnyItem(of, number) if is_lambda(number) => self.variable("item", of, number),
            Term::AnyIndex(of, number) if is_lambda(number) => self.variable("index", of, number),
            Term::AnyItem(of, _) => {
                self.term(of);
                self.out.push_str("[copyIndex()]");
            }
            Term::AnyIndex(..) => self.out.push_str("copyIndex()"),
            Term::Hidden(covered) => self.term(covered.shown()),
            Term::Unknown(cause) => self.call_text("unknown", &cause_text(&cause)),
        }
        self.depth -= 1;
    }

    fn text(&mut self, text: &str) {
        self.out.push('\'');
        self.out.push_str(&text.replace('\'', "''"));
        self.out.push('\'');
    }

    fn call_text(&mut self, name: &str, text: &str) {
        self.out.push_str(name);
        self.out.push('(');
        self.text(text);
        self.out.push(')');
    }

    fn call(&mut self, name: &str, args: &[TermId]) {
        self.out.push_str(name);
        self.out.push('(');
        for (at, arg) in args.iter().enumerate() {
            self.out.push_str(if at > 0 { ", " } else { "" });
            self.term(*arg);
        }
        self.out.push(')');
    }

    /// The arguments behind the first, and the end of the call.
    fn rest(&mut self, args: &[TermId]) {
        for arg in args {
            self.out.push_str(", ");
            self.term(*arg);
        }
        self.out.push(')');
    }

    /// A string with holes as Bicep compiles it.
    fn format(&mut self, parts: &[TermId]) {
        let mut text = String::new();
        let mut holes: Vec<TermId> = Vec::new();
        for part in parts {
            match self.get(*part) {
                Term::Str(known) => text.push_str(&known.replace('{', "{{").replace('}', "}}")),
                _ => {
                    text.push_str(&format!("{{{}}}", holes.len()));
                    holes.push(*part);
                }
            }
        }
        self.out.push_str("format(");
        self.text(&text);
        self.rest(&holes);
    }

    fn function(&mut self, name: &str, args: &[TermId]) {
        match (name, args) {
            ("reference", [id]) => self.reference(*id, true),
            // The body of a lambda stands behind what it runs over.
            ("map" | "filter" | "groupby" | "mapvalues" | "toobject" | "sort", [of, bodies @ ..]) => {
                self.out.push_str(super::functions::documented_name(name).unwrap_or(name));
                self.out.push('(');
                self.term(*of);
                for body in bodies {
                    self.out.push_str(", lambda('item', ");
                    self.term(*body);
                    self.out.push(')');
                }
                self.out.push(')');
            }
            (name, [id, body @ ..]) if super::functions::is_list(name) => {
                let spelled = super::functions::documented_name(name).map_or_else(|| self.spelled(name), str::to_owned);
                self.out.push_str(&spelled);
                self.out.push('(');
                self.term(*id);
                if let Some(version) = self.eval.with_store(|store| store.version_of(*id)) {
                    self.out.push_str(", ");
                    self.text(&version);
                }
                self.rest(body);
            }
            _ => {
                let spelled = super::functions::documented_name(name).map(str::to_owned);
                let spelled = spelled.unwrap_or_else(|| self.spelled(name));
                self.call(&spelled, args);
            }
        }
    }

    fn member(&mut self, of: TermId, name: &str) {
        match self.get(of) {
            Term::Call(function, args) if &*function == "reference" && args.len() == 1 && name == "properties" => {
                return self.reference(args[0], false);
            }
            _ => self.term(of),
        }
        let name = self.spelled(name);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match name.bytes().all(plain) && !name.starts_with(|first: char| first.is_ascii_digit()) {
            true => {
                self.out.push('.');
                self.out.push_str(&name);
            }
            false => {
                self.out.push('[');
                self.text(&name);
                self.out.push(']');
            }
        }
    }

    /// A running resource: all of it when `full`, else its properties.
    fn reference(&mut self, id: TermId, full: bool) {
        self.out.push_str("reference(");
        self.term(id);
        match (self.eval.with_store(|store| store.version_of(id)), full) {
            (Some(version), _) => {
                self.out.push_str(", ");
                self.text(&version);
                self.out.push_str(if full { ", 'full')" } else { ")" });
            }
            (None, _) => self.out.push(')'),
        }
    }

    fn variable(&mut self, name: &str, _of: TermId, _number: u32) {
        self.call_text("lambdaVariables", name);
    }

    fn condition(&mut self, cond: CondId) {
        if self.is_full() {
            return self.out.push_str(CONDITION_TOO_LONG);
        }
        self.depth += 1;
        match self.eval.with_store(|store| store.shape(cond)) {
            Shape::True => self.out.push_str("true()"),
            Shape::False => self.out.push_str("false()"),
            Shape::Not(inner) => {
                self.out.push_str("not(");
                self.condition(inner);
                self.out.push(')');
            }
            Shape::And(..) => self.junction("and", cond),
            Shape::Or(..) => self.junction("or", cond),
            Shape::Atom(atom) => match self.eval.with_store(|store| store.atom(atom).clone()) {
                Atom::True(term) => self.term(term),
                Atom::Empty(term) => self.call("empty", &[term]),
                Atom::Equal(a, b) => {
                    let first = self.part(0, |part| part.term(a));
                    let mut sides = [self.part(first.len(), |part| part.term(b)), first];
                    sides.reverse();
                    if !self.eval.with_store(|store| store.is_constant(b)) {
                        sides.sort();
                    }
                    self.out.push_str(&format!("equals({}, {})", sides[0], sides[1]));
                }
            },
        }
        self.depth -= 1;
    }

    /// A chain of `and`s or `or`s, its parts sorted: the order of formulas is that of meeting them.
    fn junction(&mut self, name: &str, cond: CondId) {
        let (mut parts, mut bytes) = (Vec::new(), 0);
        let (mut open, mut seen) = (vec![cond], IdSet::default());
        while let Some(next) = open.pop() {
            // A part that is there twice adds nothing.
            if !seen.insert(next) {
                continue;
            }
            if self.before + self.out.len() + bytes >= LONGEST {
                parts.push(CONDITION_TOO_LONG.to_owned());
                break;
            }
            match (name, self.eval.with_store(|store| store.shape(next))) {
                ("and", Shape::And(a, b)) | ("or", Shape::Or(a, b)) => open.extend([a, b]),
                _ => {
                    let part = self.part(bytes, |part| part.condition(next));
                    bytes += part.len();
                    parts.push(part);
                }
            }
        }
        parts.sort();
        parts.dedup();
        self.out.push_str(name);
        self.out.push('(');
        self.out.push_str(&parts.join(", "));
        self.out.push(')');
    }
}

/// Whether the number of a bound variable is one of a lambda; those of resource loops count from zero.
const fn is_lambda(number: u32) -> bool {
    number > u32::MAX / 2
}
