//! JSON as it is written in ARM templates, with the place of everything.
//!
//! [`parse`] never fails. It takes what ARM tooling takes (a byte order mark, comments, trailing
//! commas, line breaks inside strings, single-quoted strings, unquoted keys), and from real errors
//! it recovers: it reports them, goes on, and marks the objects and arrays they may have damaged
//! as open ([`Value::is_open`]).
//!
//! The result is a flat table of nodes in the order of the text. Strings are unescaped only when
//! needed, and nothing here recurses, so deep nesting is no danger; it ends at [`MAX_DEPTH`] so
//! that whoever walks the tree may recurse.

mod cursor;
mod document;
mod parser;
mod patch;
mod scan;

pub use cursor::Cursor;
pub use document::{Document, Items, Member, Members, Value, ValueKind};
pub use patch::{Patcher, Strings};

use crate::source::stack::Recursion;

/// Objects and arrays nested deeper than this are reported and left out; on a small [`Stack`](crate::source::Stack)
/// already fewer.
pub const MAX_DEPTH: usize = Recursion::Json.most() as usize;

/// After so many problems the rest of the text is not read.
pub const MAX_PROBLEMS: usize = 50;

/// Reads `text`, which may be anything. Offsets count from its start, a byte order mark included.
pub fn parse(text: &str) -> Document<'_> {
    parser::Parser::new(text).parse()
}
