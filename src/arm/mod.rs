//! The expression language inside the strings of ARM templates: `"[concat('aks-', parameters('x'))]"`.
//!
//! It is read through the escapes of the JSON string, so every place is one in the template file,
//! and text is borrowed from the file wherever it has no escape. Names stay as they are written;
//! what they mean is the business of the lowering.

mod lexer;
mod parser;

use std::borrow::Cow;

use crate::json::{Cursor, Value};
use crate::source::stack::Recursion;
use crate::source::{Problems, TextRange};

/// Expressions nested deeper than this are reported and not read; on a small [`Stack`](crate::source::Stack) already
/// flatter ones.
pub const MAX_DEPTH: usize = Recursion::ArmExpression.most() as usize;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr<'t> {
    /// What it is.
    pub kind: ExprKind<'t>,
    /// Where it stands, from its first to its last token.
    pub range: TextRange,
}

/// What an [`Expr`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind<'t> {
    /// `'text'`, unescaped.
    String(Cow<'t, str>),
    /// An integer as written; its size is not limited here.
    Integer(Cow<'t, str>),
    /// `name(args)` or `namespace.name(args)`.
    Call(Call<'t>),
    /// `base.member[index]`.
    Chain {
        /// What is accessed; never a chain itself.
        base: Box<Expr<'t>>,
        /// The accesses, first to last; at least one.
        links: Vec<Link<'t>>,
    },
    /// What could not be read; a problem explains why.
    Unreadable,
}

/// A function call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'t> {
    /// The namespace of a user function.
    pub namespace: Option<Cow<'t, str>>,
    /// The function's name.
    pub name: Cow<'t, str>,
    /// Where the name stands, the namespace included.
    pub name_range: TextRange,
    /// The arguments.
    pub args: Vec<Expr<'t>>,
}

/// An access to a part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<'t> {
    /// `.name`, and where the name stands.
    Member(Cow<'t, str>, TextRange),
    /// `[index]`.
    Index(Expr<'t>),
}

/// What a JSON string in a template means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringContent {
    /// The string itself.
    Literal,
    /// The string without its first character, which is the first of a doubled `[`.
    EscapedLiteral,
    /// The expression that stands in this range, between the brackets.
    Expression(TextRange),
}

impl StringContent {
    /// What the JSON string `string` means: an expression starts with `[` and ends with `]`, unless
    /// it starts with `[[`; then one of these is dropped.
    pub fn of(string: Value<'_>) -> Self {
        let range = string.content_range();
        let mut start = string.cursor();
        if !start.eat('[') || !ends_with_bracket(string) || start.offset() >= range.end {
            return Self::Literal;
        }
        if start.peek() == Some('[') {
            return Self::EscapedLiteral;
        }
        let end = if string.has_escapes() { last_offset(start.clone()) } else { range.end - 1 };
        Self::Expression(TextRange::new(start.offset(), end))
    }
}

fn ends_with_bracket(string: Value<'_>) -> bool {
    let raw = string.content_range().of(string.document_text());
    if string.has_escapes() { string.cursor().last().is_some_and(|(last, _)| last == ']') } else { raw.ends_with(']') }
}

/// Where the last character of `cursor` starts.
fn last_offset(cursor: Cursor<'_>) -> u32 {
    let end = cursor.offset();
    cursor.last().map_or(end, |(_, range)| range.start)
}

/// Reads the expression that stands in `range` of `text`, the brackets left out. The tree is as
/// complete as the text allows; if there are problems, it may not be what was meant.
pub fn parse(text: &str, range: TextRange) -> (Expr<'_>, Problems) {
    parser::Parser::new(text, range).parse()
}
