//! Expressions of both languages.

use super::{FunctionId, ImportId, ParamId, ResourceId, VariableId};
use crate::source::{Str, TextRange};

/// Identity of an expression in the arena of its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Identity of a local variable (loop variable, lambda or function parameter) in its template.
/// Each binder has its own, so shadowing needs no care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// An expression and its place.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands: in ARM the expression inside the JSON string, without brackets; for a
    /// literal JSON string with its quotes.
    pub range: TextRange,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `null`, `null()`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no 64-bit integer, as written.
    Number(Str),
    /// A string without holes.
    Str(Str),
    /// A Bicep string with holes.
    Interpolation(Box<[Piece]>),
    /// An array literal.
    Array {
        /// Its items.
        items: Box<[Item]>,
        /// A syntax error inside may have hidden items.
        open: bool,
    },
    /// An object literal. The last of equal keys counts.
    Object {
        /// Its members.
        members: Box<[Member]>,
        /// A syntax error inside may have hidden members.
        open: bool,
    },
    /// `condition ? then : otherwise`, `if(condition, then, otherwise)`: only one branch is evaluated.
    If {
        /// The condition.
        condition: ExprId,
        /// The value when true.
        then: ExprId,
        /// The value when false.
        otherwise: ExprId,
    },
    /// A function or an operator.
    Call(Box<Call>),
    /// Member access: `base.a[b].?c`. When a safe link finds nothing, the whole chain is null.
    /// Parentheses in Bicep end a chain.
    Chain {
        /// What is accessed.
        base: ExprId,
        /// The accesses, first to last; at least one.
        links: Box<[Link]>,
    },
    /// A parameter of the template.
    Param(ParamId),
    /// A variable of the template.
    Variable(VariableId),
    /// A loop variable, a lambda parameter or a parameter of the user function.
    Local(LocalId),
    /// A resource or module by its symbolic name. One that is declared in a loop stands for all
    /// of its instances; a link picks one.
    Resource(ResourceId),
    /// A function value, only as an argument.
    Lambda {
        /// Its parameters.
        params: Box<[LocalId]>,
        /// Its body.
        body: ExprId,
    },
    /// A loop that makes an array: Bicep `[for …]` as a value, ARM property, variable or output `copy`.
    Loop(Box<Loop>),
    /// A name imported from another file: `import { name as x }`, or `ns.name` of `import * as ns`.
    Imported {
        /// The import.
        import: ImportId,
        /// The name in the other file.
        name: Str,
    },
    /// `base` in a parameter file that extends another: the other's values as an object.
    BaseParameters,
    /// A name that is not declared.
    Undeclared(Str),
    /// Something that a syntax error made unreadable, or a construct that has no value.
    Unreadable,
}

impl ExprKind {
    /// A call of `callee`.
    pub fn call(callee: Callee, args: impl Into<Box<[ExprId]>>) -> Self {
        Self::Call(Box::new(Call { callee, args: args.into() }))
    }

    /// Name and arguments, when it is a call of a function of the language.
    pub fn builtin(&self) -> Option<(&Str, &[ExprId])> {
        match self {
            Self::Call(call) => match &call.callee {
                Callee::Builtin(name) => Some((name, &call.args)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A piece of an interpolated string.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text between holes, unescaped.
    Text(Str),
    /// A hole.
    Hole(ExprId),
}

/// An item of an array literal.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// One value.
    Value(ExprId),
    /// `...array`.
    Spread(ExprId),
}

/// A member of an object literal.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its key, or a spread.
    pub key: MemberKey,
    /// The key in the text (with quotes, if any); for a spread the dots.
    pub key_range: TextRange,
    /// The value; for a spread the object spread.
    pub value: ExprId,
}

/// The key of a [`Member`].
#[derive(Debug, Clone)]
pub enum MemberKey {
    /// A key known from the text.
    Name(Str),
    /// A key that is an expression.
    Computed(ExprId),
    /// `...object`.
    Spread,
}

/// A call of a function or an operator. Apart from [`ExprKind`], of which there are many, so that those stay small.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// The arguments.
    pub args: Box<[ExprId]>,
}

/// What a call calls.
#[derive(Debug, Clone)]
pub enum Callee {
    /// A function of the language, by its ARM name in lower case (`concat`, `equals`, `union`).
    /// Operators are lowered to the functions that they compile to: `and or not equals less
    /// lessorequals greater greaterorequals add sub mul div mod coalesce`; `a != b` is
    /// `not(equals(a, b))`; `a =~ b` is `equals(tolower(a), tolower(b))`; `-a` is `sub(0, a)`.
    Builtin(Str),
    /// A function declared in the template.
    User(FunctionId),
    /// A function imported from another file.
    Imported {
        /// The import.
        import: ImportId,
        /// Its name in the other file.
        name: Str,
    },
    /// A name that no declaration and no import explains.
    Undeclared(Str),
}

/// One step of a [`ExprKind::Chain`].
#[derive(Debug, Clone)]
pub struct Link {
    /// What is accessed.
    pub access: Access,
    /// Null instead of an error when it is missing.
    pub safe: bool,
    /// The member name, index or call in the text.
    pub range: TextRange,
}

/// What a [`Link`] accesses.
#[derive(Debug, Clone)]
pub enum Access {
    /// A member by a name known from the text.
    Member(Str),
    /// An item by index, or a member by a name that is an expression.
    Index(ExprId),
    /// An item counted from the end, 1 being the last.
    FromEnd(ExprId),
    /// A method of a resource: `r.listKeys()`, `kv.getSecret('name')`.
    Method {
        /// Its name as written.
        name: Str,
        /// The arguments.
        args: Box<[ExprId]>,
    },
}

/// A loop that makes an array.
#[derive(Debug, Clone)]
pub struct Loop {
    /// What it runs over.
    pub over: Over,
    /// The variable that holds the item.
    pub item: Option<LocalId>,
    /// The variable that holds the index, from 0.
    pub index: Option<LocalId>,
    /// The value of one item.
    pub body: ExprId,
}

/// What a loop runs over.
#[derive(Debug, Clone, Copy)]
pub enum Over {
    /// The items of an array.
    Array(ExprId),
    /// The numbers from 0 to before this one.
    Count(ExprId),
}
