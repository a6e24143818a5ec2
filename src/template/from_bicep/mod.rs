//! Bicep syntax to the template model.

mod chain;
mod declare;
mod expression;
mod names;
mod resource;
mod secrecy;
mod types;

use super::{
    Assignment, DeploymentScope, ExprId, ExprKind, Function, Import, Item, Language, Output, Param, ParameterFile,
    ResourceId, Secrecy, Template, Variable,
};
use crate::bicep::{self, Decorator, Imported, Name, Parsed, Statement, StatementKind, StringForm, Tree};
use crate::source::{FileId, HashMap, HashSet, Str, TextRange};
use names::{Scopes, Symbol};

/// Lowers a `.bicep` file. `parsed` must come from `text`; its problems become those of the template.
pub fn lower_bicep(file: FileId, text: &str, parsed: &Parsed) -> Template {
    let mut lowering = Lowering::new(file, text, parsed);
    for statement in parsed.tree.top() {
        lowering.statement(statement);
    }
    lowering.finish()
}

/// Lowers a `.bicepparam` file. Its parameters are also parameters of [`ParameterFile::body`], with
/// the value as default, since its expressions may name them.
pub fn lower_bicepparam(file: FileId, text: &str, parsed: &Parsed) -> ParameterFile {
    let mut lowering = Lowering::new(file, text, parsed);
    lowering.extends = parsed.tree.top().any(|statement| matches!(statement.kind, StatementKind::Extends { .. }));
    let (mut using, mut extends, mut assignments) = (None, None, Vec::new());
    for statement in parsed.tree.top() {
        match statement.kind {
            StatementKind::Using { reference: Some(path), .. } => using = lowering.reference(path),
            StatementKind::Extends { path } => extends = lowering.reference(path),
            StatementKind::Param { name, value, .. } => {
                let value = lowering.optional(value, statement.range);
                lowering.assigned_param(name, value);
                assignments.push(Assignment { name: lowering.str(name), name_range: name, value });
            }
            _ => lowering.statement(statement),
        }
    }
    ParameterFile { body: lowering.finish().into(), using, extends, assignments }
}

/// The state of lowering one file.
struct Lowering<'t> {
    text: &'t str,
    tree: &'t Tree,
    out: Template,
    /// Declarations of the file.
    symbols: HashMap<&'t str, Symbol>,
    /// Type declarations of the file.
    aliases: HashMap<&'t str, &'t Statement>,
    /// Resources declared in the body of another, by that one and name.
    nested: HashMap<(ResourceId, &'t str), ResourceId>,
    /// Local names.
    scopes: Scopes<'t>,
    /// How many expressions name each parameter.
    uses: Vec<u32>,
    /// The file is a parameter file that extends another one.
    extends: bool,
    /// One copy of each text.
    interned: HashSet<Str>,
}

impl<'t> Lowering<'t> {
    fn new(file: FileId, text: &'t str, parsed: &'t Parsed) -> Self {
        let range = TextRange::new(0, text.len() as u32);
        let mut out = Template::new(file, Language::Bicep, range);
        out.problems = parsed.problems.clone();
        let mut lowering = Self {
            text,
            tree: &parsed.tree,
            out,
            symbols: HashMap::default(),
            aliases: HashMap::default(),
            nested: HashMap::default(),
            scopes: Scopes::default(),
            uses: Vec::new(),
            extends: false,
            interned: HashSet::default(),
        };
        lowering.declare();
        lowering
    }

    fn finish(mut self) -> Template {
        self.secret_types();
        for (param, uses) in self.out.params.iter_mut().zip(self.uses) {
            param.uses = uses;
        }
        self.out
    }

    fn slice(&self, range: TextRange) -> &'t str {
        range.of(self.text)
    }

    /// The shared copy of `text`.
    fn intern(&mut self, text: &str) -> Str {
        if let Some(known) = self.interned.get(text) {
            return known.clone();
        }
        let shared = Str::from(text);
        self.interned.insert(shared.clone());
        shared
    }

    /// The text in `range`.
    fn str(&mut self, range: TextRange) -> Str {
        let text = self.slice(range);
        self.intern(text)
    }

    fn unreadable(&mut self, range: TextRange) -> ExprId {
        self.out.push(ExprKind::Unreadable, range)
    }

    /// Lowers what may be missing in a statement with a syntax error.
    fn optional(&mut self, id: Option<bicep::ExprId>, range: TextRange) -> ExprId {
        match id {
            Some(id) => self.expr(id),
            None => self.unreadable(range),
        }
    }

    fn statement(&mut self, statement: &'t Statement) {
        match &statement.kind {
            StatementKind::TargetScope { value } => self.target_scope(*value),
            StatementKind::Param { name, ty, value } => {
                let param = self.param(statement, *name, *ty, *value);
                self.out.params.push(param);
            }
            StatementKind::Var { name, value, .. } => {
                let exported = self.has_decorator(&statement.decorators, "export");
                let (value, text) = (self.expr(*value), self.str(*name));
                self.out.variables.push(Variable { name: text, name_range: *name, value, exported });
            }
            StatementKind::Output { name, ty, value } => {
                let secure = self.has_decorator(&statement.decorators, "secure") || self.type_facts(*ty).secure;
                let secrecy = if secure { Secrecy::Whole } else { self.secrecy(*ty) };
                let (value, text) = (self.expr(*value), self.str(*name));
                self.out.outputs.push(Output {
                    name: text,
                    name_range: *name,
                    value,
                    condition: None,
                    secure,
                    secrecy,
                });
            }
            StatementKind::Func { name, params, body, .. } => {
                let scope = self.scopes.enter();
                let params = params.iter().map(|param| self.bind(param.name)).collect();
                let body = self.expr(*body);
                self.scopes.leave(scope);
                let exported = self.has_decorator(&statement.decorators, "export");
                let (namespace, text) = (self.intern(""), self.str(*name));
                self.out.functions.push(Function { namespace, name: text, name_range: *name, params, body, exported });
            }
            StatementKind::Resource { .. } | StatementKind::Module { .. } => self.resource(statement, None),
            // An import is declared with its names; the others have no value that anything depends on.
            StatementKind::Import { .. }
            | StatementKind::Metadata { .. }
            | StatementKind::Type { .. }
            | StatementKind::Test { .. }
            | StatementKind::Assert { .. }
            | StatementKind::Extension { .. }
            | StatementKind::ExtensionConfig { .. }
            | StatementKind::Using { .. }
            | StatementKind::Extends { .. }
            | StatementKind::Missing
            | StatementKind::Error => {}
        }
    }

    /// `targetScope`; of several scopes the first.
    fn target_scope(&mut self, value: bicep::ExprId) {
        let value = self.expr(value);
        let value = match &self.out.expr(value).kind {
            ExprKind::Array { items, .. } => match items.first() {
                Some(Item::Value(first)) => *first,
                _ => value,
            },
            _ => value,
        };
        if let ExprKind::Str(scope) = &self.out.expr(value).kind {
            self.out.scope = match &**scope {
                "subscription" => DeploymentScope::Subscription,
                "managementGroup" => DeploymentScope::ManagementGroup,
                "tenant" => DeploymentScope::Tenant,
                _ => DeploymentScope::ResourceGroup,
            };
        }
    }

    /// A parameter of a parameter file.
    fn assigned_param(&mut self, name: Name, value: ExprId) {
        let text = self.str(name);
        self.out.params.push(Param {
            name: text,
            name_range: name,
            ty: super::ParamType::Other,
            secure: false,
            secrecy: Secrecy::Open,
            nullable: false,
            default: Some(value),
            allowed: None,
            min_length: 0,
            uses: 0,
        });
    }

    /// The value of a string without holes, and its place.
    fn reference(&mut self, id: bicep::ExprId) -> Option<(Str, TextRange)> {
        let expr = self.tree.expr(id);
        matches!(expr.kind, bicep::ExprKind::Str).then(|| (self.string(expr.range), expr.range))
    }

    /// The value of the string without holes at `range`.
    fn string(&mut self, range: TextRange) -> Str {
        let token = self.slice(range);
        let value = StringForm::of(token).value(token);
        self.intern(&value)
    }

    /// Adds an import and makes its names known.
    fn import(&mut self, what: &'t Imported, from: bicep::ExprId) {
        let Some((reference, range)) = self.reference(from) else {
            return self.declare_without_value(what);
        };
        self.out.imports.push(Import { reference, range });
        let import = super::ImportId(self.out.imports.len() as u32 - 1);
        match what {
            Imported::Names(items) => {
                for item in items {
                    let original = self.slice(item.original);
                    let name =
                        if original.starts_with('\'') { self.string(item.original) } else { self.intern(original) };
                    self.add_symbol(item.alias.unwrap_or(item.original), Symbol::Imported { import, name });
                }
            }
            Imported::All(name) => self.add_symbol(*name, Symbol::Namespace(import)),
            Imported::Error => {}
        }
    }

    /// The arguments of decorator `name`, if it is among `decorators`.
    fn decorator(&self, decorators: &[Decorator], name: &str) -> Option<&'t [bicep::ExprId]> {
        let tree: &'t Tree = self.tree;
        decorators.iter().find_map(|decorator| match &tree.expr(decorator.value).kind {
            bicep::ExprKind::Call(call) => (self.slice(call.name) == name).then_some(&*call.args),
            bicep::ExprKind::Chain { base, links } => match &**links {
                [bicep::Link { kind: bicep::LinkKind::Method { name: called, args }, .. }] => {
                    let sys = self.slice(tree.expr(*base).range) == "sys";
                    (sys && self.slice(*called) == name).then_some(&**args)
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn has_decorator(&self, decorators: &[Decorator], name: &str) -> bool {
        self.decorator(decorators, name).is_some()
    }
}
