//! Stack: how much of it a thread has, and so how deeply what is read there may be nested.
//!
//! Whatever recurses over input counts its levels. How many there may be follows from the stack of the thread and from
//! [`TABLE`], never from what is left of it: the same input reaches the same limit in every build and on every machine.

use std::cell::Cell;

/// Levels take at most this part of a stack: a compiler may lay out a function otherwise than the one that was
/// measured.
const SAFETY: usize = 2;

/// The stack of a thread that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stack {
    /// What nesting may take, in bytes.
    bytes: usize,
    /// What the thread has, in bytes.
    thread: usize,
}

thread_local! {
    static HERE: Cell<Stack> = const { Cell::new(Stack::EMBEDDED) };
}

impl Stack {
    /// What threads have besides, in bytes: for what does not nest.
    pub const RESERVE: usize = 256 << 10;

    /// That of the command line: 256 MiB, with which all limits are those of the formats and of the service.
    pub const PROGRAM: Self = Self::of(256 << 20);

    /// That of a thread of which nothing is known, and of programs that use armguard as a library: 1 MiB.
    pub const EMBEDDED: Self = Self::of(1 << 20);

    /// A stack of `bytes`, besides [`Stack::RESERVE`].
    pub const fn of(bytes: usize) -> Self {
        Self { bytes, thread: bytes.saturating_add(Self::RESERVE) }
    }

    /// The same limits on threads that have `bytes` in all: for measuring what the limits need.
    #[must_use]
    pub const fn on_threads_of(self, bytes: usize) -> Self {
        Self { thread: bytes, ..self }
    }

    /// The bytes of stack with which its threads are started.
    pub const fn thread_bytes(self) -> usize {
        self.thread
    }

    /// The stack of this thread, as [`Stack::declare`] set it; else [`Stack::EMBEDDED`].
    pub fn here() -> Self {
        HERE.get()
    }

    /// Declares that this thread has this stack.
    pub fn declare(self) {
        HERE.set(self);
    }

    /// How many levels of `recursion` there may be.
    pub fn levels(self, recursion: Recursion) -> u32 {
        let row = recursion.row();
        let fit = self.bytes / SAFETY / row.bytes.max(1) as usize;
        u32::try_from(fit).unwrap_or(u32::MAX).min(row.most)
    }
}

impl Default for Stack {
    fn default() -> Self {
        Self::EMBEDDED
    }
}

/// What recurses over input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recursion {
    /// Expressions, types and nested resources of Bicep: reading, lowering, changing.
    Bicep,
    /// What Bicep's types require of values, through the names of types.
    BicepType,
    /// Expressions in ARM templates: reading and lowering.
    ArmExpression,
    /// Objects and arrays of JSON: lowering them.
    Json,
    /// Expressions, variables, arguments and values that are not evaluated yet, together.
    Evaluation,
    /// Terms in terms: all walks down a term.
    Term,
    /// Values in values: turning them into terms, into JSON.
    Value,
    /// Values that depend on conditions, one inside the other.
    Choice,
    /// Expressions that are printed.
    Print,
    /// Values that `expand` prints.
    Snapshot,
}

/// A row of [`TABLE`].
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What recurses.
    pub recursion: Recursion,
    /// Bytes of stack that a level takes at most in a debug build, measured by `tests/it/eval/stack.rs`.
    pub bytes: u32,
    /// The most levels, however large the stack is.
    pub most: u32,
}

/// All recursions. `ARCHITECTURE.md` has the same table.
pub const TABLE: [Row; 10] = [
    Row { recursion: Recursion::Bicep, bytes: 4096, most: 256 },
    Row { recursion: Recursion::BicepType, bytes: 512, most: 256 },
    Row { recursion: Recursion::ArmExpression, bytes: 2560, most: 256 },
    Row { recursion: Recursion::Json, bytes: 1024, most: 512 },
    Row { recursion: Recursion::Evaluation, bytes: 3328, most: 900 },
    Row { recursion: Recursion::Term, bytes: 1024, most: 256 },
    Row { recursion: Recursion::Value, bytes: 2560, most: 64 },
    Row { recursion: Recursion::Choice, bytes: 1024, most: 256 },
    Row { recursion: Recursion::Print, bytes: 1536, most: 200 },
    Row { recursion: Recursion::Snapshot, bytes: 1536, most: 200 },
];

impl Recursion {
    /// The most levels that there are on any stack.
    pub const fn most(self) -> u32 {
        self.row().most
    }

    /// Its row of [`TABLE`].
    const fn row(self) -> Row {
        TABLE[self as usize]
    }
}
