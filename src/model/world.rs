//! Worlds: what is true when certain conditions are assumed, and verdicts over all worlds.
//!
//! A check looks at values in one [`World`]. When it meets a condition that the world does not
//! decide, it stops with the atom in question ([`Split`]) and is evaluated again in the two worlds in
//! which that atom is true and false. All worlds pass: pass; all fail: fail; otherwise undetermined,
//! by exactly the atoms and residuals that make the difference.

use std::cell::RefCell;

use super::truth::{Assumptions, KnownConditions, Split, assume, truth};
use crate::eval::term::{Atom, AtomId, Cause, CondId, Term, TermId};
use crate::eval::{Evaluator, Value};

/// Atoms over which a check may split.
const MOST_ATOMS: usize = 8;

/// What a check found in one world.
#[derive(Debug, Clone)]
pub enum WorldAnswer<F> {
    /// The rule is followed.
    Pass,
    /// The rule is violated.
    Fail(F),
    /// These residuals decide.
    Unknown(Vec<TermId>),
}

/// What a check found over all worlds.
#[derive(Debug, Clone)]
pub enum Verdict<F> {
    /// The rule is followed whatever the conditions, or the resource is never deployed.
    Pass,
    /// The rule is violated whatever the conditions; with the conditions of one world.
    Fail(F, Assumptions),
    /// It depends.
    Undetermined {
        /// Conditions that make a difference.
        atoms: Vec<AtomId>,
        /// Residuals that decide in some world.
        terms: Vec<TermId>,
    },
}

/// Why a check fails, when it fails in several worlds.
pub trait Common {
    /// The part of it that also applies where `other` is the reason.
    #[must_use]
    fn common(self, other: &Self) -> Self;
}

/// The evaluated template under assumed conditions.
#[derive(Debug)]
pub struct World<'e, 'p> {
    /// The evaluator that made the values.
    pub eval: &'e Evaluator<'p>,
    assumed: Assumptions,
    known: RefCell<KnownConditions>,
}

impl<'e, 'p> World<'e, 'p> {
    /// The world in which `assumed` is true.
    pub fn new(eval: &'e Evaluator<'p>, assumed: Assumptions) -> Self {
        Self { eval, assumed, known: RefCell::default() }
    }

    /// Whether `cond` is true.
    ///
    /// # Errors
    /// The first atom that would decide, when this world does not.
    pub fn is_true(&self, cond: CondId) -> Result<bool, Split> {
        self.eval.with_store(|store| truth(store, &self.assumed, &mut self.known.borrow_mut(), cond))
    }

    /// `value` without choices at its top.
    ///
    /// # Errors
    /// The first atom that would decide, when this world does not.
    pub fn settle(&self, mut value: Value) -> Result<Value, Split> {
        while let Value::Choice(choice) = &value {
            value = if self.is_true(choice.0)? { choice.1.clone() } else { choice.2.clone() };
        }
        // A residual that is used as a condition is known where that condition is assumed.
        if let Value::Unknown(term) = value
            && let Some(known) = self.known(term)
        {
            return Ok(known);
        }
        Ok(value)
    }

    /// What the assumptions imply for an unknown value.
    fn known(&self, term: TermId) -> Option<Value> {
        let known = self.eval.with_store(|store| {
            self.assumed.iter().find_map(|(atom, value)| match store.atom(*atom) {
                Atom::True(of) if *of == term => Some(Err(*value)),
                Atom::Equal(of, constant) if *of == term && *value => {
                    let is_plain = matches!(store.get(store.bare(*constant)), Term::Str(_) | Term::Int(_) | Term::Null);
                    is_plain.then_some(Ok(*constant))
                }
                _ => None,
            })
        })?;
        Some(known.map_or_else(Value::Bool, |constant| self.eval.value_of(constant)))
    }
}

/// Evaluates `check` in every world in which `deployed` is true.
pub fn decide<F: Common>(
    eval: &Evaluator<'_>,
    deployed: CondId,
    check: &dyn Fn(&World<'_, '_>) -> Result<WorldAnswer<F>, Split>,
) -> Verdict<F> {
    let mut assumed = Assumptions::default();
    if !eval.with_store(|store| assume(store, &mut assumed, deployed, true)) {
        return Verdict::Pass;
    }
    match explore(eval, deployed, check, &assumed, MOST_ATOMS) {
        Branch::Excluded | Branch::Pass => Verdict::Pass,
        Branch::Fail(failure, assumed) => Verdict::Fail(failure, assumed),
        Branch::Mixed { atoms, terms } => Verdict::Undetermined { atoms, terms },
    }
}

enum Branch<F> {
    /// The resource is not deployed in these worlds.
    Excluded,
    Pass,
    Fail(F, Assumptions),
    Mixed {
        atoms: Vec<AtomId>,
        terms: Vec<TermId>,
    },
}

fn explore<F: Common>(
    eval: &Evaluator<'_>,
    deployed: CondId,
    check: &dyn Fn(&World<'_, '_>) -> Result<WorldAnswer<F>, Split>,
    assumed: &Assumptions,
    left: usize,
) -> Branch<F> {
    let world = World::new(eval, assumed.clone());
    let outcome = match world.is_true(deployed) {
        Ok(false) => return Branch::Excluded,
        Ok(true) => check(&world),
        Err(split) => Err(split),
    };
    let atom = match outcome {
        Ok(WorldAnswer::Pass) => return Branch::Pass,
        Ok(WorldAnswer::Fail(failure)) => return Branch::Fail(failure, world.assumed),
        Ok(WorldAnswer::Unknown(terms)) => return Branch::Mixed { atoms: Vec::new(), terms },
        Err(Split(atom)) => atom,
    };
    let Some(left) = left.checked_sub(1) else {
        let limit = Term::Unknown(Cause::Limit(format!("more than {MOST_ATOMS} conditions decide").into()));
        let limit = eval.with_store(|store| store.term(limit));
        return Branch::Mixed { atoms: Vec::new(), terms: vec![limit] };
    };
    let side = |value: bool| {
        let mut assumed = assumed.clone();
        assumed.insert(atom, value);
        explore(eval, deployed, check, &assumed, left)
    };
    merge(atom, side(true), side(false))
}

fn merge<F: Common>(atom: AtomId, yes: Branch<F>, no: Branch<F>) -> Branch<F> {
    match (yes, no) {
        (Branch::Excluded, other) | (other, Branch::Excluded) => other,
        (Branch::Pass, Branch::Pass) => Branch::Pass,
        (Branch::Fail(failure, world), Branch::Fail(other, _)) => Branch::Fail(failure.common(&other), world),
        (yes, no) => {
            let differ = !matches!((&yes, &no), (Branch::Mixed { .. }, Branch::Mixed { .. }));
            let (mut atoms, mut terms) = (Vec::new(), Vec::new());
            atoms.extend(differ.then_some(atom));
            for side in [yes, no] {
                if let Branch::Mixed { atoms: more_atoms, terms: more_terms } = side {
                    atoms.extend(more_atoms);
                    terms.extend(more_terms);
                }
            }
            atoms.sort_unstable();
            atoms.dedup();
            terms.sort_unstable();
            terms.dedup();
            Branch::Mixed { atoms, terms }
        }
    }
}
