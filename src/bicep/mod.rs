//! The Bicep language: lossless tokens and an error-tolerant syntax tree, experimental syntax included.
//!
//! The grammar is that of the compiler's own parser (Bicep 0.46), its recovery included: a statement
//! that cannot be read never hides the next one, a property never the rest of its object.
//!
//! [`parse`] gives a [`Tree`] for any text, and the [`Problem`]s found on the way.

mod declare;
mod lexer;
mod parser;
mod patch;
mod string;
mod token;
mod tree;

pub use patch::Patcher;
pub use string::StringForm;
pub use token::{TokenKind, Tokens};
pub use tree::{
    BinaryOperator, Call, Decorator, Expr, ExprId, ExprKind, For, FuncParam, ImportItem, Imported, Item, Link,
    LinkKind, Member, Name, Piece, Statement, StatementId, StatementKind, Tree, Type, TypeId, TypeItem, TypeKind,
    TypeMember, UnaryOperator,
};

use crate::source::Problem;

/// Which of the two forms of the language a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A template, `.bicep`.
    Bicep,
    /// A parameter file, `.bicepparam`.
    Params,
}

/// What [`parse`] gives.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree; unreadable text is in `Error` nodes.
    pub tree: Tree,
    /// What is wrong in the text, in order of the text.
    pub problems: Vec<Problem>,
}

/// Reads `text`, which may start with a byte order mark. Never fails; time is linear in the text.
pub fn parse(text: &str, kind: FileKind) -> Parsed {
    parser::parse(text, lexer::lex(text), kind)
}
