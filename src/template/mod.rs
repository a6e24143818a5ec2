//! A template before evaluation: one model for ARM JSON and Bicep.
//!
//! Everything that can carry a value is an [`Expr`] in the arena of its [`Template`]; names of
//! parameters, variables, symbolic resources and local variables are resolved to ids here, so that
//! evaluation never looks up a string. What fires on Bicep fires on the ARM JSON it compiles to,
//! because both are lowered to the same shapes: an operator, and the ARM function it stands for,
//! are the same [`ExprKind::Call`]; a Bicep `for` and an ARM `copy` are the same [`Loop`].

mod expr;
mod from_arm;
mod from_bicep;
mod relocate;
mod resource;
mod secrecy;

use std::sync::Arc;

pub use expr::{
    Access, Call, Callee, Expr, ExprId, ExprKind, Item, Link, LocalId, Loop, Member, MemberKey, Over, Piece,
};
pub use from_arm::{
    JsonFileKind, is_compiled, lower_arm, lower_arm_value, lower_json_parameters, may_be_arm, may_deploy, sniff_json,
};
pub use from_bicep::{lower_bicep, lower_bicepparam};
pub use resource::{Deployment, DeploymentSource, ForEach, Resource};
pub use secrecy::{Parts, Secrecy};

use crate::source::{FileId, IdSet, Problem, Str, TextRange};

/// The language in which a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// ARM template JSON.
    Arm,
    /// Bicep.
    Bicep,
}

/// What a template is deployed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DeploymentScope {
    /// A resource group, which is also the default.
    #[default]
    ResourceGroup,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// The tenant.
    Tenant,
}

/// One template: a `.bicep` file, an ARM template file, or an inner-scoped nested ARM template.
#[derive(Debug)]
pub struct Template {
    /// The file in which it stands. All ranges in the template are ranges of this file.
    pub file: FileId,
    /// Its language.
    pub language: Language,
    /// The whole template in the file.
    pub range: TextRange,
    /// What it is deployed to.
    pub scope: DeploymentScope,
    /// Whether the Bicep compiler made it (`metadata._generator.name` is `bicep`).
    pub compiled: bool,
    /// Parameters in order of declaration.
    pub params: Vec<Param>,
    /// Variables in order of declaration.
    pub variables: Vec<Variable>,
    /// User functions in order of declaration.
    pub functions: Vec<Function>,
    /// Resources and modules, nested children and the resources of outer-scoped nested deployments
    /// included, in order of the text.
    pub resources: Vec<Resource>,
    /// Outputs in order of declaration.
    pub outputs: Vec<Output>,
    /// The declared types by which parts of values are secret, or may be, by name.
    pub secret_types: Vec<(Str, Secrecy)>,
    /// Names that come from other files at compile time (Bicep `import`).
    pub imports: Vec<Import>,
    /// Names of the local variables (loop variables, lambda and function parameters), by [`LocalId`].
    pub locals: Vec<Str>,
    /// Arena of all expressions, by [`ExprId`].
    pub exprs: Vec<Expr>,
    /// What is wrong in the text, syntax errors included, in order of the text.
    pub problems: Vec<Problem>,
}

impl Template {
    /// A template without content.
    pub fn new(file: FileId, language: Language, range: TextRange) -> Self {
        Self {
            file,
            language,
            range,
            scope: DeploymentScope::default(),
            compiled: false,
            params: Vec::new(),
            variables: Vec::new(),
            functions: Vec::new(),
            resources: Vec::new(),
            outputs: Vec::new(),
            secret_types: Vec::new(),
            imports: Vec::new(),
            locals: Vec::new(),
            exprs: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The expression with identity `id`.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// The resource with identity `id`.
    pub fn resource(&self, id: ResourceId) -> &Resource {
        &self.resources[id.0 as usize]
    }

    /// Adds an expression to the arena.
    pub fn push(&mut self, kind: ExprKind, range: TextRange) -> ExprId {
        self.exprs.push(Expr { kind, range });
        ExprId(self.exprs.len() as u32 - 1)
    }

    /// Adds a local variable.
    pub fn push_local(&mut self, name: Str) -> LocalId {
        self.locals.push(name);
        LocalId(self.locals.len() as u32 - 1)
    }

    /// The parameter called `name`, ASCII case ignored.
    pub fn param(&self, name: &str) -> Option<ParamId> {
        position(&self.params, |p| p.name.eq_ignore_ascii_case(name)).map(ParamId)
    }

    /// The variable called `name`, ASCII case ignored.
    pub fn variable(&self, name: &str) -> Option<VariableId> {
        position(&self.variables, |v| v.name.eq_ignore_ascii_case(name)).map(VariableId)
    }

    /// The imports of which an expression names something; types alone are no values.
    pub fn used_imports(&self) -> IdSet<ImportId> {
        let used = self.exprs.iter().filter_map(|expr| match &expr.kind {
            ExprKind::Imported { import, .. } => Some(*import),
            ExprKind::Call(call) => match &call.callee {
                Callee::Imported { import, .. } => Some(*import),
                _ => None,
            },
            _ => None,
        });
        used.collect()
    }

    /// Whether a type that `import` brings may declare that something is secret.
    pub fn uses_types_of(&self, import: ImportId) -> bool {
        let values = self.params.iter().map(|param| &param.secrecy);
        let values = values.chain(self.outputs.iter().map(|output| &output.secrecy));
        let types = self.secret_types.iter().map(|(_, secrecy)| secrecy);
        values.chain(types).any(|secrecy| secrecy.uses_import(import))
    }

    /// The output called `name`, ASCII case ignored.
    pub fn output(&self, name: &str) -> Option<&Output> {
        self.outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name))
    }
}

fn position<T>(items: &[T], is_it: impl Fn(&T) -> bool) -> Option<u32> {
    items.iter().position(is_it).map(|at| at as u32)
}

/// Identity of a declared resource or module in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub u32);

/// Identity of a parameter in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParamId(pub u32);

/// Identity of a variable in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VariableId(pub u32);

/// Identity of a user function in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

/// Identity of an import in its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub u32);

/// The type of a parameter, as far as values depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ParamType {
    /// `string`, `securestring`, a union of string literals.
    String,
    /// `int`.
    Int,
    /// `bool`.
    Bool,
    /// `object`, `secureObject`, a literal object type.
    Object,
    /// `array`, `T[]`, a tuple.
    Array,
    /// A user-defined or derived type, or none.
    #[default]
    Other,
}

/// A declared parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name as declared.
    pub name: Str,
    /// The name where it is declared.
    pub name_range: TextRange,
    /// Its type.
    pub ty: ParamType,
    /// Its value is a secret and is never shown.
    pub secure: bool,
    /// Which parts of its value are secret.
    pub secrecy: Secrecy,
    /// It is null when nothing is passed and there is no default.
    pub nullable: bool,
    /// The default value.
    pub default: Option<ExprId>,
    /// The allowed values, an array, from `@allowed`, `allowedValues` or a union of literals.
    pub allowed: Option<ExprId>,
    /// The fewest characters or items that it has (`@minLength`, `minLength`); 0 when not set.
    pub min_length: u32,
    /// How many expressions of the template name it.
    pub uses: u32,
}

/// A variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: Str,
    /// The name where it is declared.
    pub name_range: TextRange,
    /// Its value.
    pub value: ExprId,
    /// Other files may import it.
    pub exported: bool,
}

/// A user function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Namespace in ARM (`contoso`, `__bicep`, `_1`); empty in Bicep.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// The name where it is declared.
    pub name_range: TextRange,
    /// Parameters, in order.
    pub params: Vec<LocalId>,
    /// The body.
    pub body: ExprId,
    /// Other files may import it.
    pub exported: bool,
}

/// An output.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its name.
    pub name: Str,
    /// The name where it is declared.
    pub name_range: TextRange,
    /// Its value.
    pub value: ExprId,
    /// Its condition (ARM).
    pub condition: Option<ExprId>,
    /// Its value is a secret and is never shown.
    pub secure: bool,
    /// Which parts of its value are secret.
    pub secrecy: Secrecy,
}

/// What a Bicep file takes from another one at compile time.
#[derive(Debug, Clone)]
pub struct Import {
    /// The reference as written: a relative path, `br:…` or `br/alias:…`.
    pub reference: Str,
    /// The reference in the text, quotes included.
    pub range: TextRange,
}

/// A parameter file: `.bicepparam` or JSON.
#[derive(Debug)]
pub struct ParameterFile {
    /// Its variables, imports, expressions and problems. It has no resources.
    pub body: Arc<Template>,
    /// The template that it is for (`using`, or `metadata.template` in JSON), and where that stands.
    pub using: Option<(Str, TextRange)>,
    /// The parameter file that it extends, and where that stands.
    pub extends: Option<(Str, TextRange)>,
    /// The values, in order.
    pub assignments: Vec<Assignment>,
}

/// The value that a parameter file gives to a parameter.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The parameter's name.
    pub name: Str,
    /// The name in the text.
    pub name_range: TextRange,
    /// The value.
    pub value: ExprId,
}
