//! The model of a generated project.

use std::collections::BTreeSet;

use crate::expr::Expr;

/// A project: a template that is deployed, the modules that it calls, and what lies around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The templates. The first is deployed; the others are modules, called by those before them only.
    pub templates: Vec<Template>,
    /// Parameter files for the first template.
    pub parameter_files: Vec<ParameterFile>,
    /// The configuration of the project, if it has one.
    pub configuration: Option<Configuration>,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// The name of its file without extension.
    pub name: String,
    /// Whether ARM has the module in a file of its own, and not in the deployments that call it.
    pub linked: bool,
    /// Its parameters.
    pub params: Vec<Parameter>,
    /// Its variables; each refers to those before it only.
    pub variables: Vec<Variable>,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Its resources.
    pub resources: Vec<Resource>,
    /// Its module calls.
    pub calls: Vec<Call>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// A rule that is ignored in the whole file.
    pub ignore: Option<Ignore>,
}

/// A type of a parameter or output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A truth value.
    Bool,
    /// An integer.
    Int,
    /// A string.
    Str,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its default.
    pub default: Option<Expr>,
    /// A value that it may have, of the shape that the template relies on.
    pub example: Expr,
    /// The only values that it may have; none when there is no such limit.
    pub allowed: Vec<Expr>,
    /// Whether it is secure.
    pub secure: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the members of the object are declared.
    pub shaped: bool,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Expr,
}

/// A function that a template declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<(String, Type)>,
    /// The type of the result.
    pub result: Type,
    /// What it gives.
    pub body: Expr,
}

/// What a resource or module call is repeated over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop {
    /// The name of the item.
    pub item: String,
    /// The name of the index.
    pub index: Option<String>,
    /// An array.
    pub over: Expr,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its symbolic name.
    pub symbol: String,
    /// Its type.
    pub ty: &'static str,
    /// Its api version.
    pub api_version: &'static str,
    /// Whether it is only referred to.
    pub existing: bool,
    /// The resource group in which an existing one lies.
    pub group: Option<String>,
    /// Its name.
    pub name: Expr,
    /// The other members of its body.
    pub body: Vec<(&'static str, Expr)>,
    /// Whether it is deployed.
    pub condition: Option<Expr>,
    /// What it is repeated over.
    pub repeat: Option<Loop>,
    /// A rule that is ignored for it.
    pub ignore: Option<Ignore>,
}

/// A module call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its symbolic name.
    pub symbol: String,
    /// The number of the template in the project.
    pub template: usize,
    /// The name of the deployment.
    pub name: Expr,
    /// What it passes.
    pub args: Vec<(String, Expr)>,
    /// Whether it is deployed.
    pub condition: Option<Expr>,
    /// What it is repeated over.
    pub repeat: Option<Loop>,
}

/// An output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its value.
    pub value: Expr,
}

/// An ignore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The rule.
    pub rule: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// A parameter file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterFile {
    /// What its name adds to that of the template: `dev` for `main.dev.bicepparam`.
    pub name: String,
    /// The values.
    pub values: Vec<(String, Expr)>,
    /// Whether it is JSON also beside Bicep.
    pub json: bool,
}

/// An `armguard.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configuration {
    /// The severity that `aks-defender-profile` is given.
    pub severity: Option<&'static str>,
    /// The workspaces that were agreed on.
    pub workspaces: Vec<&'static str>,
    /// Whether policy installs the sensor.
    pub sensor_by_policy: bool,
    /// Whether ignores need a reason.
    pub require_reason: bool,
    /// The value that a context of its own gives to a parameter of the first template.
    pub context: Option<(String, Expr)>,
}

impl Project {
    /// Calls `visit` for each expression that stands by itself, in a fixed order.
    pub fn expressions_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for template in &mut self.templates {
            template.expressions_mut(visit);
        }
        self.parameter_files.iter_mut().flat_map(|file| &mut file.values).for_each(|(_, value)| visit(value));
        self.configuration.iter_mut().flat_map(|it| &mut it.context).for_each(|(_, value)| visit(value));
    }
}

impl Project {
    /// The templates that are deployed or called, by number.
    pub fn reached(&self) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([0]);
        let mut waiting = vec![0];
        while let Some(template) = waiting.pop().and_then(|number| self.templates.get(number)) {
            waiting.extend(template.calls.iter().map(|call| call.template).filter(|number| reached.insert(*number)));
        }
        reached
    }
}

impl Template {
    /// Calls `visit` for each expression that stands by itself, in a fixed order.
    pub fn expressions_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.params.iter_mut().flat_map(|param| &mut param.default).for_each(&mut *visit);
        self.variables.iter_mut().for_each(|variable| visit(&mut variable.value));
        self.functions.iter_mut().for_each(|function| visit(&mut function.body));
        for resource in &mut self.resources {
            visit(&mut resource.name);
            resource.body.iter_mut().for_each(|(_, value)| visit(value));
            resource.condition.iter_mut().for_each(&mut *visit);
            resource.repeat.iter_mut().for_each(|repeat| visit(&mut repeat.over));
        }
        for call in &mut self.calls {
            visit(&mut call.name);
            call.args.iter_mut().for_each(|(_, value)| visit(value));
            call.condition.iter_mut().for_each(&mut *visit);
            call.repeat.iter_mut().for_each(|repeat| visit(&mut repeat.over));
        }
        self.outputs.iter_mut().for_each(|output| visit(&mut output.value));
    }

    /// The resource with this symbolic name.
    pub fn resource(&self, symbol: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.symbol == symbol)
    }

    /// The module call with this symbolic name.
    pub fn call(&self, symbol: &str) -> Option<&Call> {
        self.calls.iter().find(|call| call.symbol == symbol)
    }
}

impl Type {
    /// The type of a literal; `None` for `null` and what is no literal.
    pub const fn of(expr: &Expr) -> Option<Self> {
        use crate::expr::Kind;
        match expr.kind {
            Kind::Bool(_) => Some(Self::Bool),
            Kind::Int(_) => Some(Self::Int),
            Kind::Str(_) => Some(Self::Str),
            Kind::Array(_) => Some(Self::Array),
            Kind::Object(_) => Some(Self::Object),
            _ => None,
        }
    }

    /// Its name, which is the same in both languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Str => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}
