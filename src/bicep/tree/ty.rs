//! Nodes of types.

use super::{Decorator, ExprId, Name, TypeId, UnaryOperator};
use crate::source::TextRange;

/// A type.
#[derive(Debug, Clone)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Where.
    pub range: TextRange,
}

/// What a [`Type`] is.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// A name.
    Name,
    /// `name<arguments>`
    Generic {
        /// The name.
        name: Name,
        /// The arguments.
        args: Box<[TypeId]>,
    },
    /// A string, a number, `true`, `false` or `null`.
    Literal(ExprId),
    /// `-type`, `!type`
    Unary(UnaryOperator, TypeId),
    /// `{ members }`
    Object(Box<[TypeMember]>),
    /// `[items]`
    Tuple(Box<[TypeItem]>),
    /// `item[]`
    Array(TypeId),
    /// `a | b`
    Union(Box<[TypeId]>),
    /// `type?`
    Nullable(TypeId),
    /// `type!`
    NonNull(TypeId),
    /// `(type)`
    Paren(TypeId),
    /// `base.name`, `base.name<arguments>`
    Member {
        /// What is accessed.
        base: TypeId,
        /// The name.
        name: Name,
        /// The arguments.
        args: Box<[TypeId]>,
    },
    /// `base[index]`
    Index(TypeId, ExprId),
    /// `base[*]`
    Items(TypeId),
    /// `base.*`
    AdditionalProperties(TypeId),
    /// `resource 'type@version'`, `resource`
    Resource(Option<ExprId>),
    /// Text that is no type, or nothing where one must be.
    Error,
}

/// A property of an object type.
#[derive(Debug, Clone)]
pub struct TypeMember {
    /// The whole property, decorators included.
    pub range: TextRange,
    /// The decorators before it.
    pub decorators: Box<[Decorator]>,
    /// A name or a string; `None` for `*`, all other properties.
    pub key: Option<ExprId>,
    /// Its type.
    pub ty: TypeId,
}

/// An item of a tuple type.
#[derive(Debug, Clone)]
pub struct TypeItem {
    /// The whole item, decorators included.
    pub range: TextRange,
    /// The decorators before it.
    pub decorators: Box<[Decorator]>,
    /// Its type.
    pub ty: TypeId,
}
