//! Nodes of statements.

use super::{ExprId, Name, TypeId};
use crate::source::TextRange;

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
