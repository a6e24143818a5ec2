//! The declarations of a file, made known before anything is lowered, so that their order does not matter.

use super::Lowering;
use super::names::{ScopedName, Symbol};
use crate::bicep::{self, ExprKind, Imported, Member, Name, Statement, StatementKind};
use crate::template::{FunctionId, LocalId, ParamId, ResourceId, VariableId};

/// Identities in order of declaration.
#[derive(Default)]
struct NameCounts {
    params: u32,
    variables: u32,
    functions: u32,
    resources: u32,
}

/// The number so far, and one more from now on.
fn next(count: &mut u32) -> u32 {
    *count += 1;
    *count - 1
}

impl<'t> Lowering<'t> {
    /// Makes all declarations of the file known, so that order does not matter. Numbers them as
    /// [`Lowering::statement`] will add them.
    pub(super) fn declare(&mut self) {
        let mut counts = NameCounts::default();
        for statement in self.tree.top() {
            match &statement.kind {
                StatementKind::Param { name, .. } => {
                    self.add_symbol(*name, Symbol::Param(ParamId(next(&mut counts.params))));
                }
                StatementKind::Var { name, .. } => {
                    self.add_symbol(*name, Symbol::Variable(VariableId(next(&mut counts.variables))));
                }
                StatementKind::Func { name, .. } => {
                    self.add_symbol(*name, Symbol::Function(FunctionId(next(&mut counts.functions))));
                }
                StatementKind::Resource { name, .. } | StatementKind::Module { name, .. } => {
                    let id = self.declare_resource(statement, &mut counts);
                    self.add_symbol(*name, Symbol::Resource(id));
                }
                StatementKind::Type { name, .. } => {
                    self.add_symbol(*name, Symbol::NoValue);
                    self.aliases.entry(self.slice(*name)).or_insert(statement);
                }
                StatementKind::Extension { spec, alias, .. } => {
                    let name = alias.unwrap_or(self.tree.expr(*spec).range);
                    // `extension az` brings what is there anyway.
                    if !matches!(self.slice(name), "az" | "sys") {
                        self.add_symbol(name, Symbol::NoValue);
                    }
                }
                StatementKind::Import { what, from } => self.import(what, *from),
                _ => {}
            }
        }
        self.uses = vec![0; counts.params as usize];
    }

    fn declare_resource(&mut self, statement: &'t Statement, counts: &mut NameCounts) -> ResourceId {
        let id = ResourceId(next(&mut counts.resources));
        for nested in self.nested_resources(statement) {
            let child = self.declare_resource(nested, counts);
            if let StatementKind::Resource { name, .. } = nested.kind {
                self.nested.entry((id, self.slice(name))).or_insert(child);
            }
        }
        id
    }

    /// The resources that are declared in the body of a resource.
    pub(super) fn nested_resources(&self, statement: &'t Statement) -> Vec<&'t Statement> {
        let StatementKind::Resource { body, .. } = statement.kind else { return Vec::new() };
        let ExprKind::Object(members) = &self.tree.expr(self.object_of(body)).kind else { return Vec::new() };
        let nested = members.iter().filter_map(|member| match member {
            Member::Nested(id) => Some(self.tree.statement(*id)),
            _ => None,
        });
        nested.filter(|nested| matches!(nested.kind, StatementKind::Resource { .. })).collect()
    }

    /// The object in the body of a resource or module, behind its `for` and `if`.
    fn object_of(&self, body: bicep::ExprId) -> bicep::ExprId {
        match &self.tree.expr(body).kind {
            ExprKind::For(each) => self.object_of(each.body),
            ExprKind::If { body, .. } => *body,
            _ => body,
        }
    }

    /// Makes `name` known; of several declarations with one name the first counts.
    pub(super) fn add_symbol(&mut self, name: Name, symbol: Symbol) {
        if !name.is_empty() {
            self.symbols.entry(self.slice(name)).or_insert(symbol);
        }
    }

    /// Makes the names of an import known whose file is not.
    pub(super) fn declare_without_value(&mut self, what: &'t Imported) {
        match what {
            Imported::Names(items) => {
                for item in items {
                    self.add_symbol(item.alias.unwrap_or(item.original), Symbol::NoValue);
                }
            }
            Imported::All(name) => self.add_symbol(*name, Symbol::NoValue),
            Imported::Error => {}
        }
    }

    /// Adds a local variable, visible until its scope is left.
    pub(super) fn bind(&mut self, name: Name) -> LocalId {
        let text = self.str(name);
        let id = self.out.push_local(text);
        self.scopes.bind(self.slice(name), ScopedName::Local(id));
        id
    }
}
