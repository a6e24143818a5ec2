//! Nodes of expressions.

use super::{ExprId, Name, StatementId};
use crate::source::TextRange;

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub range: TextRange,
    /// A syntax error lies in it.
    pub broken: bool,
}

/// What an [`Expr`] is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(u64),
    /// A string without holes.
    Str,
    /// A string with holes: text and holes by turns, text first and last.
    Interpolation(Box<[Piece]>),
    /// `[…]`
    Array(Box<[Item]>),
    /// `{…}`
    Object(Box<[Member]>),
    /// `[for … in …: …]`
    For(Box<For>),
    /// `if (condition) body`, only as the body of a resource, a module or their loop.
    If {
        /// The condition, in its parentheses.
        condition: ExprId,
        /// The object.
        body: ExprId,
    },
    /// `(inner)`
    Paren(ExprId),
    /// `operator operand`
    Unary(UnaryOperator, ExprId),
    /// `left operator right`
    Binary(BinaryOperator, ExprId, ExprId),
    /// `condition ? then : otherwise`
    Ternary {
        /// The condition.
        condition: ExprId,
        /// The value when true.
        then: ExprId,
        /// The value when false.
        otherwise: ExprId,
    },
    /// `name => body`, `(names) => body`
    Lambda {
        /// The parameters.
        params: Box<[Name]>,
        /// The body.
        body: ExprId,
    },
    /// A name.
    Name,
    /// `name(arguments)`
    Call(Box<Call>),
    /// `base` and the accesses behind it.
    Chain {
        /// What is accessed; never itself a chain.
        base: ExprId,
        /// The accesses, first to last; at least one.
        links: Box<[Link]>,
    },
    /// Text that is no expression, or nothing where one must be.
    Error,
}

/// A call by name. Apart from [`ExprKind`], of which there are many, so that those stay small.
#[derive(Debug, Clone)]
pub struct Call {
    /// The name.
    pub name: Name,
    /// The arguments.
    pub args: Box<[ExprId]>,
}

/// A piece of an interpolated string.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// A string token, delimiters included; [`StringForm`](crate::bicep::StringForm) gives its value.
    Text(TextRange),
    /// What stands in a hole.
    Hole(ExprId),
}

/// An item of an array.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// A value.
    Value(ExprId),
    /// `...value`
    Spread {
        /// The dots.
        dots: TextRange,
        /// What is spread.
        value: ExprId,
    },
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub enum Member {
    /// `key: value`
    Property {
        /// A name or a string.
        key: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `...value`
    Spread {
        /// The dots.
        dots: TextRange,
        /// What is spread.
        value: ExprId,
    },
    /// A nested resource.
    Nested(StatementId),
    /// Text that is no member.
    Error(TextRange),
}

/// A loop.
#[derive(Debug, Clone, Copy)]
pub struct For {
    /// The variable that holds the item.
    pub item: Name,
    /// The variable that holds the index.
    pub index: Option<Name>,
    /// What it runs over.
    pub over: ExprId,
    /// The value of one item; of a resource or module an object or an `if`.
    pub body: ExprId,
}

/// One access of a [`ExprKind::Chain`].
#[derive(Debug, Clone)]
pub struct Link {
    /// What is accessed.
    pub kind: LinkKind,
    /// `.?` or `[?`: null when it is missing.
    pub safe: bool,
    /// From the dot, bracket or colons to the end of the access.
    pub range: TextRange,
}

impl Link {
    /// Whether the name that it needs is missing.
    pub const fn is_incomplete(&self) -> bool {
        match &self.kind {
            LinkKind::Member(name) | LinkKind::Nested(name) | LinkKind::Method { name, .. } => name.is_empty(),
            LinkKind::Index(_) | LinkKind::FromEnd(_) | LinkKind::NonNull => false,
        }
    }
}

/// What a [`Link`] accesses.
#[derive(Debug, Clone)]
pub enum LinkKind {
    /// `.name`
    Member(Name),
    /// `.name(arguments)`
    Method {
        /// The name.
        name: Name,
        /// The arguments.
        args: Box<[ExprId]>,
    },
    /// `[index]`
    Index(ExprId),
    /// `[^index]`
    FromEnd(ExprId),
    /// `::name`
    Nested(Name),
    /// `!`
    NonNull,
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`
    Not,
    /// `-`
    Minus,
}

/// An operator between its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`
    Equals,
    /// `!=`
    NotEquals,
    /// `=~`
    EqualsInsensitive,
    /// `!~`
    NotEqualsInsensitive,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `??`
    Coalesce,
}
