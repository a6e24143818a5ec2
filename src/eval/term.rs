//! Residuals and conditions, hash-consed: equal ids mean equal values.
//!
//! A [`TermId`] stands for a value that is not known before deployment, in canonical form (the
//! arguments of module calls substituted). A [`CondId`] stands for a boolean formula over atoms; an
//! atom is a question about one term. Both live in the [`Store`] of one evaluation.

use crate::source::stack::Recursion;
use crate::source::{HashMap, IdMap, Span, Stack, Str};

/// Identity of a term in its [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(u32);

/// Identity of a formula in its [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CondId(u32);

/// Identity of an atom in its [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AtomId(u32);

/// A value in canonical form, known parts included.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no 64-bit integer, as written.
    Number(Str),
    /// A string.
    Str(Str),
    /// A string made of parts.
    Text(Box<[TermId]>),
    /// An array.
    Array(Box<[TermId]>),
    /// An object.
    Object(Box<[(Str, TermId)]>),
    /// One of two, by a condition.
    If(CondId, TermId, TermId),
    /// A parameter without a value, of the template that is deployed.
    Param(Param),
    /// A function whose result is not known: a function of the deployment's context or of the
    /// running service, or any function over such values. The name is in lower case.
    Call(Str, Box<[TermId]>),
    /// A member of an unknown object; the name is in lower case.
    Member(TermId, Str),
    /// An item of an unknown array.
    Index(TermId, TermId),
    /// The first, or the second when the first is null.
    Coalesce(TermId, TermId),
    /// Any item of an array whose length is not known; the number tells loops apart.
    AnyItem(TermId, u32),
    /// The index in such a loop.
    AnyIndex(TermId, u32),
    /// Known or not, it must not be shown: an expression stands for it.
    Hidden(Covered),
    /// Not known for a reason that lies in the template or in armguard.
    Unknown(Cause),
}

/// A term that must not be shown, and the one that stands for it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Covered {
    known: TermId,
    shown: TermId,
}

impl Covered {
    pub(super) const fn new(known: TermId, shown: TermId) -> Self {
        Self { known, shown }
    }

    /// For comparing: it must not get to where something is printed.
    pub(super) const fn known(&self) -> TermId {
        self.known
    }

    /// What is printed.
    pub const fn shown(&self) -> TermId {
        self.shown
    }
}

impl std::fmt::Debug for Covered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Covered")
    }
}

/// A free parameter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    /// Its name as declared.
    pub name: Str,
    /// Where it is declared.
    pub declared: Span,
    /// It can be null.
    pub nullable: bool,
    /// It can be `''`, `[]` or `{}`.
    pub may_be_empty: bool,
}

/// Why a value is not known although nothing at deployment decides it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A syntax error hides it.
    Syntax(Span),
    /// The module with this reference could not be read.
    Module(Str),
    /// A limit was reached; the text says which.
    Limit(Str),
    /// armguard does not know the function.
    Function(Str),
    /// The expression is wrong; the text says how.
    Error(Str, Span),
    /// A parameter of a module that needs an argument and gets none.
    NotPassed(Str, Span),
    /// A secret from a key vault.
    KeyVault,
    /// Something that no template says, such as what is deployed already; the text says what.
    Outside(Str),
}

/// A yes-no question about one term.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Atom {
    /// The term is true.
    True(TermId),
    /// The two terms are equal; the second is a constant when one of them is.
    Equal(TermId, TermId),
    /// The term is null, `''`, `[]` or `{}`.
    Empty(TermId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Formula {
    True,
    False,
    Atom(AtomId),
    Not(CondId),
    And(CondId, CondId),
    Or(CondId, CondId),
}

/// A formula taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Always true.
    True,
    /// Never true.
    False,
    /// One atom.
    Atom(AtomId),
    /// The opposite.
    Not(CondId),
    /// Both.
    And(CondId, CondId),
    /// At least one.
    Or(CondId, CondId),
}

impl CondId {
    /// Always true.
    pub const TRUE: Self = Self(0);
    /// Never true.
    pub const FALSE: Self = Self(1);
}

impl From<bool> for CondId {
    fn from(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }
}

/// Owns the terms, atoms and formulas of one evaluation.
#[derive(Debug)]
pub struct Store {
    terms: Interner<Term>,
    /// How names that are folded to lower case were first written.
    spellings: HashMap<Str, Str>,
    /// The api version with which a running resource was first asked for, by its id.
    versions: IdMap<TermId, Str>,
    atoms: Interner<Atom>,
    formulas: Interner<Formula>,
    /// The height of each term.
    heights: Vec<u32>,
    /// The height of the highest term in each formula.
    highest: Vec<u32>,
    /// Terms, formulas, and the terms in these.
    size: usize,
    /// The height that a term has at most.
    most_high: u32,
}

#[derive(Debug)]
struct Interner<T> {
    items: Vec<T>,
    ids: HashMap<T, u32>,
}

impl<T: Clone + Eq + std::hash::Hash> Interner<T> {
    fn new() -> Self {
        Self { items: Vec::new(), ids: HashMap::default() }
    }

    fn intern(&mut self, item: T) -> u32 {
        if let Some(id) = self.ids.get(&item) {
            return *id;
        }
        let id = self.items.len() as u32;
        self.items.push(item.clone());
        self.ids.insert(item, id);
        id
    }
}

impl Default for Store {
    fn default() -> Self {
        let mut formulas = Interner::new();
        formulas.intern(Formula::True);
        formulas.intern(Formula::False);
        Self {
            terms: Interner::new(),
            spellings: HashMap::default(),
            versions: IdMap::default(),
            atoms: Interner::new(),
            formulas,
            heights: Vec::new(),
            highest: vec![0; 2],
            size: 0,
            most_high: Stack::here().levels(Recursion::Term),
        }
    }
}

impl Store {
    /// The identity of `term`. One that would be higher than the limit is not known: so no walk down a term goes deep.
    pub fn term(&mut self, term: Term) -> TermId {
        if let Some(known) = self.terms.ids.get(&term) {
            return TermId(*known);
        }
        let (height, parts) = self.height_of(&term);
        if height > self.most_high {
            return self.term(Term::Unknown(Cause::Limit("a value is nested too deeply".into())));
        }
        self.heights.push(height);
        self.size += 1 + parts / 4;
        TermId(self.terms.intern(term))
    }

    /// How many terms and formulas there are, long ones counted by their length.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The height of a term, and the number of terms right below it.
    fn height_of(&self, term: &Term) -> (u32, usize) {
        let height = |id: &TermId| self.heights[id.0 as usize];
        let highest = |ids: &[TermId]| ids.iter().map(height).max().unwrap_or_default();
        let (below, parts) = match term {
            Term::Text(parts) | Term::Array(parts) | Term::Call(_, parts) => (highest(parts), parts.len()),
            Term::Object(members) => {
                (members.iter().map(|(_, id)| height(id)).max().unwrap_or_default(), members.len())
            }
            Term::If(cond, a, b) => (highest(&[*a, *b]).max(self.highest[cond.0 as usize]), 2),
            Term::Index(a, b) | Term::Coalesce(a, b) => (highest(&[*a, *b]), 2),
            Term::Member(of, _) | Term::AnyItem(of, _) | Term::AnyIndex(of, _) => (height(of), 1),
            Term::Hidden(covered) => (highest(&[covered.known, covered.shown]), 2),
            Term::Null | Term::Bool(_) | Term::Int(_) | Term::Number(_) | Term::Str(_) => (0, 0),
            Term::Param(_) | Term::Unknown(_) => (0, 0),
        };
        (below + 1, parts)
    }

    /// The identity of `formula`, the highest term in which has this height.
    fn formula(&mut self, formula: Formula, highest: u32) -> CondId {
        let id = self.formulas.intern(formula);
        if self.highest.len() < self.formulas.items.len() {
            self.highest.push(highest);
            self.size += 1;
        }
        CondId(id)
    }

    fn highest_in(&self, a: CondId, b: CondId) -> u32 {
        self.highest[a.0 as usize].max(self.highest[b.0 as usize])
    }

    /// The member `name` of an unknown object.
    pub fn member(&mut self, of: TermId, name: &str) -> TermId {
        let folded = self.fold(name);
        self.term(Term::Member(of, folded))
    }

    /// A name in lower case; [`Store::spelled`] gives it back as first written.
    pub fn fold(&mut self, name: &str) -> Str {
        if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return name.into();
        }
        let folded: Str = name.to_ascii_lowercase().into();
        self.spellings.entry(folded.clone()).or_insert_with(|| name.into());
        folded
    }

    /// How a name that was folded to lower case was first written.
    pub fn spelled<'s>(&'s self, folded: &'s str) -> &'s str {
        self.spellings.get(folded).map_or(folded, |name| name)
    }

    /// Notes the api version with which the resource `id` is asked for: for people, it is no part of the value.
    pub fn note_version(&mut self, id: TermId, version: Str) {
        self.versions.entry(id).or_insert(version);
    }

    /// The api version with which the resource `id` was first asked for.
    pub fn version_of(&self, id: TermId) -> Option<Str> {
        self.versions.get(&id).cloned()
    }

    /// The term with identity `id`.
    pub fn get(&self, id: TermId) -> &Term {
        &self.terms.items[id.0 as usize]
    }

    /// The atom with identity `id`.
    pub fn atom(&self, id: AtomId) -> &Atom {
        &self.atoms.items[id.0 as usize]
    }

    /// The formula that asks `atom`.
    pub fn ask(&mut self, atom: Atom) -> CondId {
        if let Atom::Empty(term) = atom
            && let Term::Param(Param { nullable: false, may_be_empty: false, .. }) = self.get(term)
        {
            return CondId::FALSE;
        }
        let highest = match &atom {
            Atom::True(term) | Atom::Empty(term) => self.heights[term.0 as usize],
            Atom::Equal(a, b) => self.heights[a.0 as usize].max(self.heights[b.0 as usize]),
        };
        let id = AtomId(self.atoms.intern(atom));
        self.formula(Formula::Atom(id), highest)
    }

    /// The formula `id` taken apart.
    pub fn shape(&self, id: CondId) -> Shape {
        match self.formulas.items[id.0 as usize] {
            Formula::True => Shape::True,
            Formula::False => Shape::False,
            Formula::Atom(atom) => Shape::Atom(atom),
            Formula::Not(inner) => Shape::Not(inner),
            Formula::And(a, b) => Shape::And(a, b),
            Formula::Or(a, b) => Shape::Or(a, b),
        }
    }

    /// The opposite of `cond`.
    pub fn not(&mut self, cond: CondId) -> CondId {
        match self.shape(cond) {
            Shape::True => CondId::FALSE,
            Shape::False => CondId::TRUE,
            Shape::Not(inner) => inner,
            _ => self.formula(Formula::Not(cond), self.highest_in(cond, cond)),
        }
    }

    /// Both.
    pub fn and(&mut self, a: CondId, b: CondId) -> CondId {
        match (a, b) {
            (CondId::FALSE, _) | (_, CondId::FALSE) => CondId::FALSE,
            (CondId::TRUE, other) | (other, CondId::TRUE) => other,
            _ if a == b => a,
            _ if self.not(a) == b => CondId::FALSE,
            _ => self.formula(Formula::And(a.min(b), a.max(b)), self.highest_in(a, b)),
        }
    }

    /// At least one.
    pub fn or(&mut self, a: CondId, b: CondId) -> CondId {
        match (a, b) {
            (CondId::TRUE, _) | (_, CondId::TRUE) => CondId::TRUE,
            (CondId::FALSE, other) | (other, CondId::FALSE) => other,
            _ if a == b => a,
            _ if self.not(a) == b => CondId::TRUE,
            _ => self.formula(Formula::Or(a.min(b), a.max(b)), self.highest_in(a, b)),
        }
    }

    /// `cond` where it holds, `otherwise` elsewhere.
    pub fn either(&mut self, cond: CondId, then: CondId, otherwise: CondId) -> CondId {
        let not = self.not(cond);
        let (yes, no) = (self.and(cond, then), self.and(not, otherwise));
        self.or(yes, no)
    }

    /// What is known of a term, also where that is hidden. For comparing: it must not get to where something is printed.
    pub fn bare(&self, mut id: TermId) -> TermId {
        while let Term::Hidden(covered) = self.get(id) {
            id = covered.known;
        }
        id
    }

    /// Whether the value of a term is written in it.
    pub fn is_constant(&self, id: TermId) -> bool {
        matches!(self.get(self.bare(id)), Term::Null | Term::Bool(_) | Term::Int(_) | Term::Number(_) | Term::Str(_))
    }

    /// Whether a term may turn out to be null.
    pub fn may_be_null(&self, id: TermId) -> bool {
        match self.get(self.bare(id)) {
            Term::Bool(_) | Term::Int(_) | Term::Number(_) | Term::Str(_) => false,
            Term::Text(_) | Term::Array(_) | Term::Object(_) | Term::AnyIndex(..) => false,
            Term::Param(param) => param.nullable,
            Term::If(_, a, b) => self.may_be_null(*a) || self.may_be_null(*b),
            Term::Coalesce(_, b) => self.may_be_null(*b),
            _ => true,
        }
    }
}
