//! What names mean: the innermost local scope, then the declarations of the file, then the functions
//! of the language. A declared name hides a function even where it is called.

use crate::source::{HashMap, Str};
use crate::template::{FunctionId, ImportId, LocalId, ParamId, ResourceId, VariableId};

/// What a declaration of the file declares.
#[derive(Debug, Clone)]
pub(super) enum Symbol {
    Param(ParamId),
    Variable(VariableId),
    Function(FunctionId),
    Resource(ResourceId),
    /// A name of another file.
    Imported {
        import: ImportId,
        name: Str,
    },
    /// All names of another file, behind a dot.
    Namespace(ImportId),
    /// A type, an extension, an import that cannot be read: nothing that has a value.
    NoValue,
}

/// What a name that is visible only in a part of the file stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum ScopedName {
    Local(LocalId),
    Resource(ResourceId),
}

/// Names that are visible only in a part of the file.
#[derive(Default)]
pub(super) struct Scopes<'t> {
    /// What each name is bound to, innermost last.
    bindings: HashMap<&'t str, Vec<ScopedName>>,
    /// The names in the order in which they were bound.
    bound: Vec<&'t str>,
}

impl<'t> Scopes<'t> {
    pub(super) fn bind(&mut self, name: &'t str, binding: ScopedName) {
        self.bindings.entry(name).or_default().push(binding);
        self.bound.push(name);
    }

    /// A mark for [`Scopes::leave`].
    pub(super) fn enter(&self) -> usize {
        self.bound.len()
    }

    /// Takes back all that was bound since `mark`.
    pub(super) fn leave(&mut self, mark: usize) {
        for name in self.bound.drain(mark.min(self.bound.len())..) {
            if let Some(bindings) = self.bindings.get_mut(name) {
                bindings.pop();
            }
        }
    }

    /// What `name` is bound to, if it is.
    pub(super) fn get(&self, name: &str) -> Option<ScopedName> {
        self.bindings.get(name)?.last().copied()
    }
}
