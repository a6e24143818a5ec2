//! Files, places in them, and the problems found while reading them.
//!
//! One offset space from lexer to report: a place is a range of *bytes of the user's file* (a byte
//! order mark counts). Lines and columns exist only where something is shown ([`LineIndex`]).

mod cancel;
mod caught;
mod date;
mod edit;
mod file;
mod file_system;
mod line_index;
mod maps;
mod problem;
mod reference;
mod refusal;
mod root;
pub mod stack;
mod style;

pub use cancel::Cancel;
pub use caught::{InternalError, caught, go_on, record_panics};
pub use date::Date;
pub(crate) use date::{date_of, days_of};
pub use edit::{Edit, EditError, apply_edits, inverse_edits};
pub use file::{FileId, SourceFile, SourceMap};
#[cfg(feature = "cli")]
pub(crate) use file_system::within;
pub use file_system::{FileSystem, MemoryFiles, ReadError, normal_path, seen_from};
pub use line_index::{LineColumn, LineIndex};
pub use maps::{HashMap, HashSet, IdMap, IdSet};
pub use problem::{MOST_PROBLEMS, Problem, ProblemCode, ProblemMark, Problems};
pub use reference::path_named;
pub use refusal::Refusal;
pub(crate) use refusal::is_git_name;
pub use root::{Root, order_of};
pub use stack::Stack;
pub use style::{Style, indentation, is_one_line, line_around};

/// Text of names and string values. Cheap to clone.
pub type Str = std::sync::Arc<str>;

/// A half-open range of bytes in one file, whose identity the context gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TextRange {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl TextRange {
    /// The range from `start` to before `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// An empty range: a place between two bytes.
    pub const fn empty(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// The smallest range that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether no byte lies inside.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The bytes of `text` in this range; empty when the range does not fit `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// The range in `file`.
    pub const fn in_file(self, file: FileId) -> Span {
        Span { file, range: self }
    }
}

impl std::fmt::Debug for TextRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A place in a known file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub range: TextRange,
}
