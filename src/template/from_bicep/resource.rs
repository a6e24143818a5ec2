//! Resources and modules.

use super::Lowering;
use super::names::ScopedName;
use crate::bicep::{self, ExprKind as Syntax, Piece as SyntaxPiece, Statement, StatementKind, StringForm};
use crate::source::{Str, TextRange};
use crate::template::{
    Deployment, DeploymentSource, ExprId, ExprKind, ForEach, Item, Member, MemberKey, Over, Resource, ResourceId,
};

/// The type of the deployment that a module is.
const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

/// The type string of a resource, taken apart.
struct TypeString {
    ty: Option<Str>,
    range: TextRange,
    api_version: Option<ExprId>,
}

impl<'t> Lowering<'t> {
    /// Adds a resource or module, then the resources that are nested in it.
    pub(super) fn resource(&mut self, statement: &'t Statement, parent: Option<ResourceId>) {
        let id = ResourceId(self.out.resources.len() as u32);
        let scope = self.scopes.enter();
        let range = TextRange::new(statement.keyword.start, statement.range.end);
        let resource = match statement.kind {
            StatementKind::Resource { name, ty, existing, body } => {
                let ty = self.type_string(ty, parent);
                let head = if name.is_empty() { statement.keyword } else { name };
                let nested = self.nested_resources(statement);
                let mut resource = self.body(body, |lowering| lowering.bind_nested(id, &nested));
                resource.parent = match parent {
                    Some(parent) => Some(self.out.push(ExprKind::Resource(parent), head)),
                    None => resource.parent,
                };
                let deploys = ty.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(DEPLOYMENTS));
                let deployment = (deploys && existing.is_none()).then(|| self.deployment(resource.body, ty.range));
                Resource {
                    symbol: (!name.is_empty()).then(|| self.str(name)),
                    deployment,
                    range,
                    head,
                    ty: ty.ty,
                    ty_range: ty.range,
                    api_version: ty.api_version,
                    existing: existing.is_some(),
                    nested_in: parent,
                    ..resource
                }
            }
            StatementKind::Module { name, reference, body } => {
                let ty_range = self.tree.expr(reference).range;
                let source = self.module_source(reference);
                let resource = self.body(body, |_| {});
                let (params, params_key) = self.member(resource.body, "params").unzip();
                Resource {
                    symbol: (!name.is_empty()).then(|| self.str(name)),
                    range,
                    head: if name.is_empty() { statement.keyword } else { name },
                    ty: Some(self.intern(DEPLOYMENTS)),
                    ty_range,
                    deployment: Some(Deployment { source, params, params_key, wrapped: false }),
                    ..resource
                }
            }
            _ => return,
        };
        self.out.resources.push(resource);
        for nested in self.nested_resources(statement) {
            self.resource(nested, Some(id));
        }
        self.scopes.leave(scope);
    }

    /// Makes the resources nested in `parent` known by name.
    fn bind_nested(&mut self, parent: ResourceId, nested: &[&'t Statement]) {
        for statement in nested {
            if let StatementKind::Resource { name, .. } = statement.kind {
                let name = self.slice(name);
                if let Some(child) = self.nested.get(&(parent, name)) {
                    self.scopes.bind(name, ScopedName::Resource(*child));
                }
            }
        }
    }

    /// Condition, loop, object and its known members. The variables of the loop, and what `bind`
    /// binds, stay visible.
    fn body(&mut self, body: bicep::ExprId, bind: impl FnOnce(&mut Self)) -> Resource {
        let (mut object, mut for_each, mut condition) = (body, None, None);
        let tree = self.tree;
        if let Syntax::For(each) = &tree.expr(object).kind {
            let over = Over::Array(self.expr(each.over));
            let item = Some(self.bind(each.item));
            let index = each.index.map(|index| self.bind(index));
            for_each = Some(ForEach { over, item, index });
            object = each.body;
        }
        if let Syntax::If { condition: test, body } = tree.expr(object).kind {
            condition = Some(self.expr(test));
            object = body;
        }
        bind(self);
        let object = match tree.expr(object).kind {
            Syntax::Object(_) => self.expr(object),
            // Whatever was meant to be there, it is not readable.
            _ => self.out.push(ExprKind::Object { members: Box::default(), open: true }, tree.expr(object).range),
        };
        let mut value = |name| self.member(object, name).map(|(value, _)| value);
        let (name, parent, scope) = (value("name"), value("parent"), value("scope"));
        let depends_on = value("dependsOn").map(|list| self.dependencies(list)).unwrap_or_default();
        Resource {
            symbol: None,
            range: TextRange::default(),
            head: TextRange::default(),
            ty: None,
            ty_range: TextRange::default(),
            api_version: None,
            name,
            existing: false,
            condition,
            for_each,
            parent,
            nested_in: None,
            deployed_by: None,
            scope,
            resource_group: None,
            subscription: None,
            depends_on,
            body: object,
            deployment: None,
        }
    }

    /// The value and the key of a member of a lowered object; the last one of that name.
    fn member(&mut self, object: ExprId, name: &str) -> Option<(ExprId, TextRange)> {
        let ExprKind::Object { members, .. } = &self.out.expr(object).kind else { return None };
        let is_it = |member: &&Member| matches!(&member.key, MemberKey::Name(key) if key.eq_ignore_ascii_case(name));
        members.iter().rfind(is_it).map(|member| (member.value, member.key_range))
    }

    fn dependencies(&self, list: ExprId) -> Vec<ExprId> {
        match &self.out.expr(list).kind {
            ExprKind::Array { items, .. } => items
                .iter()
                .map(|item| match item {
                    Item::Value(value) | Item::Spread(value) => *value,
                })
                .collect(),
            _ => vec![list],
        }
    }

    /// Takes `'type@version'` apart; a nested resource completes it with what `parent` has.
    fn type_string(&mut self, id: bicep::ExprId, parent: Option<ResourceId>) -> TypeString {
        let own = self.own_type_string(id);
        let Some(parent) = parent.map(|id| self.out.resource(id)) else { return own };
        let api_version = own.api_version.or(parent.api_version);
        let full = parent.ty.as_ref().zip(own.ty.as_ref()).map(|(parent, own)| format!("{parent}/{own}"));
        TypeString { ty: full.map(|full| self.intern(&full)), range: own.range, api_version }
    }

    fn own_type_string(&mut self, id: bicep::ExprId) -> TypeString {
        let expr = self.tree.expr(id);
        let (first, holes) = match &expr.kind {
            Syntax::Str => (expr.range, &[][..]),
            Syntax::Interpolation(pieces) => match &**pieces {
                [SyntaxPiece::Text(first), holes @ ..] => (*first, holes),
                _ => return TypeString { ty: None, range: expr.range, api_version: None },
            },
            _ => return TypeString { ty: None, range: expr.range, api_version: None },
        };
        let token = self.slice(first);
        let form = StringForm::of(token);
        let content = form.content_range(token);
        let (start, end) = (first.start + content.start as u32, first.start + content.end as u32);
        let split = self.slice(TextRange::new(start, end)).find('@').map(|at| start + at as u32);
        let ty_end = split.unwrap_or(end);
        // The namespace of an extension may stand in front: `az:Microsoft.X/y`.
        let start = self.slice(TextRange::new(start, ty_end)).find(':').map_or(start, |at| start + at as u32 + 1);
        let ty_range = TextRange::new(start, ty_end);
        if split.is_none() && !holes.is_empty() {
            return TypeString { ty: None, range: expr.range, api_version: None };
        }
        let api_version = split.map(|at| self.api_version(TextRange::new(at + 1, end), form, holes, expr.range));
        TypeString { ty: Some(self.str(ty_range)), range: ty_range, api_version }
    }

    /// The version in `text`, and the holes of the string behind it.
    fn api_version(&mut self, text: TextRange, form: StringForm, holes: &[SyntaxPiece], whole: TextRange) -> ExprId {
        let first = self.str(text);
        if holes.is_empty() {
            return self.out.push(ExprKind::Str(first), text);
        }
        let mut pieces = Vec::new();
        if !first.is_empty() {
            pieces.push(crate::template::Piece::Text(first));
        }
        self.pieces(form, holes, &mut pieces);
        self.out.push(ExprKind::Interpolation(pieces.into()), TextRange::new(text.start, whole.end))
    }

    /// What a resource deploys that is itself a deployment, written as in ARM.
    fn deployment(&mut self, body: ExprId, head: TextRange) -> Deployment {
        let properties = self.member(body, "properties").map(|(value, _)| value);
        let mut of = |name| properties.and_then(|properties| self.member(properties, name));
        let (params, params_key) = of("parameters").unzip();
        let source = match of("template") {
            Some((template, _)) => DeploymentSource::Computed(template),
            None => DeploymentSource::Linked(of("templateLink").map_or(head, |(_, key)| key)),
        };
        Deployment { source, params, params_key, wrapped: true }
    }

    fn module_source(&mut self, reference: bicep::ExprId) -> DeploymentSource {
        match self.reference(reference) {
            Some((reference, range)) => DeploymentSource::Reference(reference, range),
            None => DeploymentSource::Linked(self.tree.expr(reference).range),
        }
    }
}
