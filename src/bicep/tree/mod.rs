//! The syntax tree: arenas of statements, expressions and types, over the tokens of the file.
//!
//! Nodes refer to each other by id and to text by range, so a tree is small, is dropped without
//! recursion, and knows the place of everything. Its height is bounded by the parser's depth limit:
//! it may be walked recursively.

mod expr;
mod statement;
mod ty;

pub use expr::{BinaryOperator, Call, Expr, ExprKind, For, Item, Link, LinkKind, Member, Piece, UnaryOperator};
pub use statement::{Decorator, FuncParam, ImportItem, Imported, Statement, StatementKind};
pub use ty::{Type, TypeItem, TypeKind, TypeMember};

use super::token::Tokens;
use crate::source::TextRange;

/// A name in the text; empty where the name is missing.
pub type Name = TextRange;

/// Identity of a [`Statement`] in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatementId(pub u32);

/// Identity of an [`Expr`] in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExprId(pub u32);

/// Identity of a [`Type`] in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(pub u32);

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Tree {
    /// All tokens, trivia included.
    pub tokens: Tokens,
    /// The statements of the file, in order. Nested resources are members of their resource's body.
    pub top: Vec<StatementId>,
    /// Arena of statements.
    pub statements: Vec<Statement>,
    /// Arena of expressions.
    pub exprs: Vec<Expr>,
    /// Arena of types.
    pub types: Vec<Type>,
}

impl Tree {
    /// The statement with identity `id`, which this tree gave.
    pub fn statement(&self, id: StatementId) -> &Statement {
        &self.statements[id.0 as usize]
    }

    /// The expression with identity `id`, which this tree gave.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// The expression that stands at just `range`; of several, the innermost.
    pub fn expr_at(&self, range: TextRange) -> Option<ExprId> {
        self.exprs.iter().position(|expr| expr.range == range).map(|at| ExprId(at as u32))
    }

    /// The type with identity `id`, which this tree gave.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// The statements of the file, in order.
    pub fn top(&self) -> impl Iterator<Item = &Statement> {
        self.top.iter().map(|id| self.statement(*id))
    }
}
