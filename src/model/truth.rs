//! Whether a formula is true where the values of some of its atoms are assumed.
//!
//! A formula is a graph: parts are shared, and it may be as deep as a template is long. Each part is therefore
//! looked at once, and none of this recurses.

use std::collections::BTreeMap;

use crate::eval::term::{Atom, AtomId, CondId, Shape, Store, Term, TermId};
use crate::source::IdMap;

/// Conditions assumed, by atom.
pub type Assumptions = BTreeMap<AtomId, bool>;

/// A condition that the world does not decide.
#[derive(Debug, Clone, Copy)]
pub struct Split(pub(super) AtomId);

/// The truth of the formulas that were looked at under one assumption.
pub(super) type KnownConditions = IdMap<CondId, Result<bool, Split>>;

/// The truth of `cond` where `assumed` is true; what is found out is kept in `known`, which is for this assumption
/// only.
pub(super) fn truth(
    store: &Store,
    assumed: &Assumptions,
    known: &mut KnownConditions,
    cond: CondId,
) -> Result<bool, Split> {
    let mut open = vec![cond];
    loop {
        // A part is looked at again once its own parts are known.
        let Some(at) = open.pop() else { return known.get(&cond).copied().unwrap_or(Ok(false)) };
        if known.contains_key(&at) {
            continue;
        }
        let parts = match store.shape(at) {
            Shape::True => Ok(Ok(true)),
            Shape::False => Ok(Ok(false)),
            Shape::Atom(atom) => Ok(atom_truth(store, assumed, atom).ok_or(Split(atom))),
            Shape::Not(inner) => known.get(&inner).map(|truth| truth.map(|value| !value)).ok_or([inner, inner]),
            Shape::And(a, b) => both(known, a, b, false),
            Shape::Or(a, b) => both(known, a, b, true),
        };
        match parts {
            Ok(truth) => {
                known.insert(at, truth);
            }
            Err([a, b]) => open.extend([at, b, a]),
        }
    }
}

/// The truth of two parts together, one of which decides when it is `decisive`; else the parts to look at first.
fn both(known: &KnownConditions, a: CondId, b: CondId, decisive: bool) -> Result<Result<bool, Split>, [CondId; 2]> {
    let (Some(x), Some(y)) = (known.get(&a), known.get(&b)) else { return Err([a, b]) };
    Ok(match (x, y) {
        (Ok(value), _) | (_, Ok(value)) if *value == decisive => Ok(decisive),
        (Ok(_), Ok(_)) => Ok(!decisive),
        (Err(split), _) | (_, Err(split)) => Err(*split),
    })
}

/// Assumes what must be true for `cond` to be `value`; false when that contradicts what is assumed.
pub(super) fn assume(store: &Store, assumed: &mut Assumptions, cond: CondId, value: bool) -> bool {
    let (mut open, mut seen) = (vec![(cond, value)], IdMap::default());
    while let Some((cond, value)) = open.pop() {
        match seen.insert(cond, value) {
            Some(before) if before != value => return false,
            Some(_) => continue,
            None => {}
        }
        let is_consistent = match (store.shape(cond), value) {
            (Shape::True, value) => value,
            (Shape::False, value) => !value,
            (Shape::Atom(atom), value) => match atom_truth(store, assumed, atom) {
                Some(known) => known == value,
                None => assumed.insert(atom, value).is_none(),
            },
            (Shape::Not(inner), value) => {
                open.push((inner, !value));
                true
            }
            (Shape::And(a, b), true) | (Shape::Or(a, b), false) => {
                open.extend([(b, value), (a, value)]);
                true
            }
            // One of two: left to the split.
            (Shape::And(..), false) | (Shape::Or(..), true) => true,
        };
        if !is_consistent {
            return false;
        }
    }
    true
}

/// The truth of an atom, from what is assumed of it and of others about the same term.
fn atom_truth(store: &Store, assumed: &Assumptions, atom: AtomId) -> Option<bool> {
    if let Some(value) = assumed.get(&atom) {
        return Some(*value);
    }
    assumed.iter().find_map(|(other, value)| implied(store, store.atom(*other), *value, store.atom(atom)))
}

/// What `known` being `value` implies for `wanted`.
fn implied(store: &Store, known: &Atom, value: bool, wanted: &Atom) -> Option<bool> {
    let is_empty = |term: TermId| match store.get(store.bare(term)) {
        Term::Null => Some(true),
        Term::Str(text) => Some(text.is_empty()),
        Term::Bool(_) | Term::Int(_) | Term::Number(_) => Some(false),
        _ => None,
    };
    match (known, wanted) {
        // A hidden constant is the one that it hides.
        (Atom::Equal(a, x), Atom::Equal(b, y)) if a == b && store.bare(*x) == store.bare(*y) => Some(value),
        // One term cannot equal two constants.
        (Atom::Equal(a, x), Atom::Equal(b, y)) if a == b && value => {
            (store.is_constant(*x) && store.is_constant(*y)).then_some(false)
        }
        (Atom::Equal(a, x), Atom::Empty(b)) if a == b && value => is_empty(*x),
        (Atom::Empty(a), Atom::Equal(b, y)) if a == b => match (value, is_empty(*y)) {
            (false, Some(true)) | (true, Some(false)) => Some(false),
            _ => None,
        },
        _ => None,
    }
}
