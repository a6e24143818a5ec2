//! What one evaluation may use: nesting, steps, memory. Everything that evaluates, builds, copies, walks or prints
//! values is counted here, so that no way around it is left.
//!
//! Counts depend on the template alone, never on the machine: the same input reaches the same limit everywhere.

use std::cell::Cell;

use super::limits;
use crate::source::stack::Recursion;
use crate::source::{Cancel, Stack};

/// Bytes of text, or items that are only looked at, that count as one step.
const PER_STEP: usize = 16;

/// Bytes that an item of an array, a member, a value that waits, or a term takes.
const ITEM: usize = 160;

/// What an evaluation may use at most.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// Nesting of everything that recurses, together.
    pub(super) depth: u32,
    /// Steps.
    pub(super) steps: u64,
    /// Bytes of all that is built, whether or not it is still needed.
    pub(super) memory: u64,
    /// Ends the evaluation from outside.
    pub(super) cancel: Cancel,
}

impl Default for Limits {
    fn default() -> Self {
        let depth = Stack::here().levels(Recursion::Evaluation);
        Self { depth, steps: limits::STEPS, memory: limits::MEMORY, cancel: Cancel::default() }
    }
}

/// What was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Steps,
    Memory,
    Cancelled,
}

impl Spent {
    /// In words, as a problem has them.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Steps => "evaluation takes too many steps",
            Self::Memory => "evaluation takes too much memory",
            Self::Cancelled => "evaluation was stopped before its end",
        }
    }
}

/// The counts of one evaluation. Once something is spent, everything that is counted fails.
#[derive(Debug, Default)]
pub(super) struct Budget {
    limits: Limits,
    depth: Cell<u32>,
    steps: Cell<u64>,
    memory: Cell<u64>,
}

/// One level of nesting, left when this is dropped.
pub(super) struct Level<'b>(&'b Cell<u32>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Budget {
    /// The usual limits, with `cancel` to end the evaluation from outside.
    pub(super) fn new(cancel: Cancel) -> Self {
        Self { limits: Limits { cancel, ..Limits::default() }, ..Self::default() }
    }

    /// Makes this one of `parts` of a run, which together may use no more than a run may.
    pub(super) fn share(&mut self, parts: usize) {
        let part = |all: u64, least: u64, most: u64| (all / parts.max(1) as u64).clamp(least, most);
        self.limits.steps = part(limits::ALL_STEPS, limits::LEAST_STEPS, limits::STEPS);
        self.limits.memory = part(limits::ALL_MEMORY, limits::LEAST_MEMORY, limits::MEMORY);
    }

    /// Goes one level deeper, which every recursion over input does; `None` when that is too deep.
    pub(super) fn enter(&self) -> Option<Level<'_>> {
        let depth = self.depth.get();
        if depth >= self.limits.depth {
            return None;
        }
        self.depth.set(depth + 1);
        Some(Level(&self.depth))
    }

    /// Counts `steps`.
    pub(super) fn work(&self, steps: usize) -> Result<(), Spent> {
        self.steps.set(self.steps.get().saturating_add(steps as u64));
        self.spent().map_or(Ok(()), Err)
    }

    /// Counts `items` before they are built or copied.
    pub(super) fn build(&self, items: usize) -> Result<(), Spent> {
        self.memory.set(self.memory.get().saturating_add((items as u64).saturating_mul(ITEM as u64)));
        self.work(items)
    }

    /// Counts `bytes` of text, read or made.
    pub(super) fn text(&self, bytes: usize) -> Result<(), Spent> {
        self.memory.set(self.memory.get().saturating_add(bytes as u64));
        self.work(bytes / PER_STEP)
    }

    /// What is used up.
    pub(super) fn spent(&self) -> Option<Spent> {
        match () {
            () if self.limits.cancel.is_cancelled() => Some(Spent::Cancelled),
            () if self.memory.get() > self.limits.memory => Some(Spent::Memory),
            () if self.steps.get() > self.limits.steps => Some(Spent::Steps),
            () => None,
        }
    }

    /// Steps and bytes so far.
    pub(super) fn used(&self) -> (u64, u64) {
        (self.steps.get(), self.memory.get())
    }
}
