//! Declared resources, modules and nested deployments.

use std::sync::Arc;

use super::{ExprId, LocalId, Output, Over, ResourceId, Template};
use crate::source::{Str, TextRange};

/// A resource or module declaration.
#[derive(Debug)]
pub struct Resource {
    /// The symbolic name: always in Bicep; in ARM the key of a `resources` object.
    pub symbol: Option<Str>,
    /// The whole declaration, decorators left out.
    pub range: TextRange,
    /// One short place that stands for the declaration: in Bicep the symbolic name, in ARM the
    /// value of `type` (or, without, the opening brace).
    pub head: TextRange,
    /// The full resource type, that of the enclosing resources included
    /// (`Microsoft.X/parents/children`); `None` when it is not a literal. A module has
    /// `Microsoft.Resources/deployments`.
    pub ty: Option<Str>,
    /// The resource type in the text, without version and without quotes; the whole reference for a module.
    pub ty_range: TextRange,
    /// The api version: in Bicep a string literal whose range is the part behind the `@`.
    pub api_version: Option<ExprId>,
    /// The name as written: for a child of [`Resource::parent`] only its own last segment.
    pub name: Option<ExprId>,
    /// It refers to a resource that is deployed elsewhere.
    pub existing: bool,
    /// The condition, without those of enclosing resources.
    pub condition: Option<ExprId>,
    /// The loop that makes several of it. Its variables are visible in the condition and the body.
    pub for_each: Option<ForEach>,
    /// The parent resource, by symbolic name (Bicep `parent:`, nested resources) or as the enclosing
    /// resource (ARM `resources` in a resource); `ty` already contains the parent's type.
    pub parent: Option<ExprId>,
    /// The Bicep resource in whose body it is declared; that one's condition applies to it, too, and
    /// its loop variables are visible.
    pub nested_in: Option<ResourceId>,
    /// The outer-scoped nested deployment (ARM) to which it belongs; that one's condition and loop
    /// hold for it, too.
    pub deployed_by: Option<ResourceId>,
    /// `scope`: another resource, a scope function, or an id.
    pub scope: Option<ExprId>,
    /// The resource group into which a nested deployment (ARM `resourceGroup`) goes.
    pub resource_group: Option<ExprId>,
    /// The subscription into which a nested deployment (ARM `subscriptionId`) goes.
    pub subscription: Option<ExprId>,
    /// Explicit dependencies.
    pub depends_on: Vec<ExprId>,
    /// The body: an object with all that is written, the members named above included.
    pub body: ExprId,
    /// It deploys another template: a Bicep module, an ARM nested or linked deployment.
    pub deployment: Option<Deployment>,
}

/// The loop of a resource.
#[derive(Debug, Clone, Copy)]
pub struct ForEach {
    /// What it runs over.
    pub over: Over,
    /// The variable that holds the item (Bicep).
    pub item: Option<LocalId>,
    /// The variable that holds the index, from 0 (ARM: `copyIndex()`).
    pub index: Option<LocalId>,
}

/// The deployment of another template.
#[derive(Debug)]
pub struct Deployment {
    /// The other template.
    pub source: DeploymentSource,
    /// The arguments: an object by parameter name.
    pub params: Option<ExprId>,
    /// The key `params` or `parameters` in the text, if written.
    pub params_key: Option<TextRange>,
    /// Whether each argument is wrapped as in ARM: `{ "value": … }` or `{ "reference": … }`.
    pub wrapped: bool,
}

/// The template that a [`Deployment`] deploys.
#[derive(Debug)]
pub enum DeploymentSource {
    /// A file or registry reference, as written (`./aks.bicep`, `br/public:…:1.2.3`, `ts:…`), and where.
    Reference(Str, TextRange),
    /// An inner-scoped nested template.
    Inline(Arc<Template>),
    /// An outer-scoped nested template: its resources are those of the enclosing template whose
    /// `deployed_by` is this one; its outputs are expressions of the enclosing template.
    Outer(Vec<Output>),
    /// A template that is itself an expression.
    Computed(ExprId),
    /// A linked template whose place is not known (`templateLink` with an URI, an id or an expression).
    Linked(TextRange),
}
