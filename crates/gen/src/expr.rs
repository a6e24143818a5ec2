//! Expressions that both languages have.

/// An expression: what it is, and the expressions in it. What each of them means depends on the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// The expressions in it, in order.
    pub args: Vec<Self>,
}

/// What an [`Expr`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Str(String),
    /// A string with holes: the arguments, one behind the other; those that are strings are its text.
    Text,
    /// An array; for each argument whether it is spread.
    Array(Vec<bool>),
    /// An object; for each argument its key, `None` for one that is spread.
    Object(Vec<Option<String>>),
    /// The opposite of the argument.
    Not,
    /// Two arguments and what stands between them.
    Binary(Operator),
    /// Condition, value when true, value when false.
    If,
    /// A function that is called alike in both languages.
    Call(&'static str),
    /// A function that the template declares.
    User(String),
    /// A function as an argument: its parameters; the argument is its body.
    Lambda(Vec<String>),
    /// A parameter of the template.
    Param(String),
    /// A variable of the template.
    Var(String),
    /// A parameter of a function, or the variable of a loop.
    Local(String),
    /// A member of the argument.
    Member {
        /// Its name.
        name: String,
        /// Whether it is null when it is missing.
        safe: bool,
    },
    /// An item of the first argument; the second is the index.
    Index,
    /// The id of a resource of the template; of a loop, the argument is the index.
    Id(String),
    /// What is known of a resource of the template only when it runs: its symbol, and the path.
    Runtime(String, &'static str),
    /// An output of a module call: its symbol, and the output's name.
    Output(String, String),
    /// A loop that makes an array: the names of item and index; the arguments are what it runs over, and the item's value.
    For(String, Option<String>),
}

/// What stands between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Both.
    And,
    /// One of them.
    Or,
    /// Equal.
    Equals,
    /// Not equal.
    NotEquals,
    /// Less.
    Less,
    /// The left one unless that is null.
    Coalesce,
}

impl Expr {
    /// An expression with others in it.
    pub const fn new(kind: Kind, args: Vec<Self>) -> Self {
        Self { kind, args }
    }

    /// An expression with no other in it.
    pub const fn leaf(kind: Kind) -> Self {
        Self::new(kind, Vec::new())
    }

    /// `null`
    pub const fn null() -> Self {
        Self::leaf(Kind::Null)
    }

    /// `true` or `false`
    pub const fn bool(value: bool) -> Self {
        Self::leaf(Kind::Bool(value))
    }

    /// An integer.
    pub const fn int(value: i64) -> Self {
        Self::leaf(Kind::Int(value))
    }

    /// A string.
    pub fn str(text: impl Into<String>) -> Self {
        Self::leaf(Kind::Str(text.into()))
    }

    /// An array without spreads.
    pub fn array(items: Vec<Self>) -> Self {
        Self::new(Kind::Array(vec![false; items.len()]), items)
    }

    /// An object without spreads.
    pub fn object<'k>(members: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let (keys, values) = members.into_iter().map(|(key, value)| (Some(key.to_owned()), value)).unzip();
        Self::new(Kind::Object(keys), values)
    }

    /// A function call.
    pub const fn call(name: &'static str, args: Vec<Self>) -> Self {
        Self::new(Kind::Call(name), args)
    }

    /// Two expressions and what stands between them.
    pub fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::new(Kind::Binary(operator), vec![left, right])
    }

    /// Whether nothing but literals are in it.
    pub fn is_literal(&self) -> bool {
        let plain = matches!(
            self.kind,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Str(_) | Kind::Array(_) | Kind::Object(_)
        );
        plain && self.args.iter().all(Self::is_literal)
    }

    /// Calls `visit` for this expression and all in it, outer ones first.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        visit(self);
        self.args.iter().for_each(|arg| arg.walk(visit));
    }
}
