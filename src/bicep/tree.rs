//! The syntax tree: arenas of statements, expressions and types, over the tokens of the file.
//!
//! Nodes refer to each other by id and to text by range, so a tree is small, is dropped without
//! recursion, and knows the place of everything. Its height is bounded by the parser's depth limit:
//! it may be walked recursively.

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

    /// The type with identity `id`, which this tree gave.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// The statements of the file, in order.
    pub fn top(&self) -> impl Iterator<Item = &Statement> {
        self.top.iter().map(|id| self.statement(*id))
    }
}

/// A statement or a nested resource.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// The whole statement, decorators included.
    pub range: TextRange,
    /// Its first word; empty at the end of the decorators when there is no declaration.
    pub keyword: TextRange,
    /// The decorators before it.
    pub decorators: Box<[Decorator]>,
    /// A syntax error lies in it.
    pub broken: bool,
}

/// `@name(…)` or `@namespace.name(…)`.
#[derive(Debug, Clone, Copy)]
pub struct Decorator {
    /// The decorator, its `@` included.
    pub range: TextRange,
    /// What stands behind the `@`.
    pub value: ExprId,
}

/// What a [`Statement`] is. An expression or type that is missing is an `Error` node.
#[derive(Debug, Clone)]
pub enum StatementKind {
    /// `targetScope = value`
    TargetScope {
        /// The scope.
        value: ExprId,
    },
    /// `metadata name = value`
    Metadata {
        /// The name.
        name: Name,
        /// The value.
        value: ExprId,
    },
    /// `param name type = default`; in a parameter file `param name = value`
    Param {
        /// The name.
        name: Name,
        /// The type; none in a parameter file.
        ty: Option<TypeId>,
        /// The default value; in a parameter file the value.
        value: Option<ExprId>,
    },
    /// `var name type = value`
    Var {
        /// The name.
        name: Name,
        /// The type, if written.
        ty: Option<TypeId>,
        /// The value.
        value: ExprId,
    },
    /// `output name type = value`
    Output {
        /// The name.
        name: Name,
        /// The type.
        ty: TypeId,
        /// The value.
        value: ExprId,
    },
    /// `type name = value`
    Type {
        /// The name.
        name: Name,
        /// The type.
        value: TypeId,
    },
    /// `func name(parameters) returns => body`
    Func {
        /// The name.
        name: Name,
        /// The parameters.
        params: Box<[FuncParam]>,
        /// The type of the result.
        returns: TypeId,
        /// The body.
        body: ExprId,
    },
    /// `resource name 'type@version' existing = body`
    Resource {
        /// The symbolic name.
        name: Name,
        /// Type and version, a string.
        ty: ExprId,
        /// The word `existing`.
        existing: Option<TextRange>,
        /// An object, an `if` or a `for`.
        body: ExprId,
    },
    /// `module name 'reference' = body`
    Module {
        /// The symbolic name.
        name: Name,
        /// Path or registry reference, a string.
        reference: ExprId,
        /// An object, an `if` or a `for`.
        body: ExprId,
    },
    /// `test name 'path' = body`
    Test {
        /// The name.
        name: Name,
        /// The path, a string.
        reference: ExprId,
        /// An object.
        body: ExprId,
    },
    /// `assert name = value`
    Assert {
        /// The name.
        name: Name,
        /// The condition.
        value: ExprId,
    },
    /// `import { a, b as c } from 'reference'`, `import * as name from 'reference'`
    Import {
        /// What is imported.
        what: Imported,
        /// Path or registry reference, a string.
        from: ExprId,
    },
    /// `extension spec with config as alias`
    Extension {
        /// A name or a string.
        spec: ExprId,
        /// The configuration, an object.
        config: Option<ExprId>,
        /// The alias.
        alias: Option<Name>,
    },
    /// `extensionConfig alias with config`, in a parameter file
    ExtensionConfig {
        /// The alias.
        alias: Name,
        /// The configuration, an object.
        config: ExprId,
    },
    /// `using 'reference' with config`, `using none`, in a parameter file
    Using {
        /// Path or registry reference, a string; `None` for `none`.
        reference: Option<ExprId>,
        /// The configuration, an object.
        config: Option<ExprId>,
    },
    /// `extends 'path'`, in a parameter file
    Extends {
        /// The path, a string.
        path: ExprId,
    },
    /// Decorators that no declaration follows.
    Missing,
    /// Text that is no statement.
    Error,
}

/// A parameter of a user function.
#[derive(Debug, Clone, Copy)]
pub struct FuncParam {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeId,
}

/// What an `import` statement imports.
#[derive(Debug, Clone)]
pub enum Imported {
    /// `{ a, b as c, 'd' as e }`
    Names(Box<[ImportItem]>),
    /// `* as name`
    All(Name),
    /// Text that is neither.
    Error,
}

/// One name in an import list.
#[derive(Debug, Clone, Copy)]
pub struct ImportItem {
    /// The name in the other file, in quotes or not.
    pub original: TextRange,
    /// The name behind `as`.
    pub alias: Option<Name>,
}

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
    Call {
        /// The name.
        name: Name,
        /// The arguments.
        args: Box<[ExprId]>,
    },
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

/// A piece of an interpolated string.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// A string token, delimiters included; [`super::StringForm`] gives its value.
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
