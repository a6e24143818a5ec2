//! Resources, nested children included.

use std::sync::Arc;

use super::Lowering;
use crate::json::{self, Value, ValueKind};
use crate::source::{Str, TextRange};
use crate::template::{ExprId, ExprKind, ForEach, Item, Member, MemberKey, Over, Resource, ResourceId};

/// The resource in whose `resources` a nested one stands.
pub(super) struct Parent {
    id: ResourceId,
    ty: Option<Str>,
    is_loop: bool,
}

/// The type of a resource in the text.
struct ResourceType<'d> {
    /// As written, without version; `None` when it is not a literal.
    name: Option<Str>,
    range: TextRange,
    /// What stands behind `@`, in resources of an extension.
    version: Option<(&'d str, TextRange)>,
    /// The value with its quotes, or the opening brace of the resource.
    head: TextRange,
}

impl<'d> Lowering<'_, 'd> {
    /// The resources in `value`: an array, or an object by symbolic name.
    pub(super) fn resources(&mut self, value: Value<'d>, parent: Option<&Parent>) {
        match value.kind() {
            ValueKind::Array => value.items().for_each(|item| self.resource(item, None, parent)),
            ValueKind::Object => {
                for member in value.members() {
                    let symbol = self.shared.strings.get(&member.key());
                    self.resource(member.value(), Some(symbol), parent);
                }
            }
            ValueKind::Null => {}
            _ => self.expected("`resources` is an array or an object; what this yields is not checked", value),
        }
    }

    fn resource(&mut self, value: Value<'d>, symbol: Option<Str>, parent: Option<&Parent>) {
        if value.kind() != ValueKind::Object {
            return self.expected("a resource is an object; what this yields is not checked", value);
        }
        let written = self.resource_type(value);
        // A child with a full type stands for itself, with its full name.
        let parent = parent.filter(|_| !written.name.as_deref().is_some_and(is_full_type));
        let ty = match (parent, &written.name) {
            (Some(parent), Some(own)) => parent.ty.as_ref().map(|ty| Arc::from(format!("{ty}/{own}"))),
            _ => written.name,
        };
        let deploys = ty.as_deref().is_some_and(|ty| ty.eq_ignore_ascii_case("Microsoft.Resources/deployments"));

        let (copy, for_each) = self.enter_resource_loop(value);
        let body = self.body(value, copy, deploys);
        let api_version = self.member_of(body, "apiVersion").or_else(|| {
            let (version, range) = written.version?;
            let version = self.shared.strings.get(version);
            Some(self.push(ExprKind::Str(version), range))
        });
        let id = ResourceId(self.template.resources.len() as u32);
        let parent_expr = parent.map(|parent| self.push(ExprKind::Resource(parent.id), written.range));
        let deployment = deploys.then(|| self.deployment(value, body));
        self.template.resources.push(Resource {
            symbol,
            range: value.range(),
            head: written.head,
            ty: ty.clone(),
            ty_range: written.range,
            api_version,
            name: self.member_of(body, "name"),
            existing: value.get_ignore_case("existing").and_then(Value::as_bool).unwrap_or_default(),
            condition: self.member_of(body, "condition"),
            for_each,
            parent: parent_expr,
            // A child of a looped resource is there once for each of its instances.
            nested_in: parent.filter(|parent| parent.is_loop).map(|parent| parent.id),
            deployed_by: self.deployed_by,
            scope: self.member_of(body, "scope"),
            resource_group: self.member_of(body, "resourceGroup"),
            subscription: self.member_of(body, "subscriptionId"),
            depends_on: self.depends_on(body),
            body,
            deployment,
        });
        if let Some(children) = value.get_ignore_case("resources") {
            self.resources(children, Some(&Parent { id, ty, is_loop: for_each.is_some() }));
        }
        if deploys {
            self.outer_template(value, id);
        }
        if for_each.is_some() {
            self.loops.pop();
        }
    }

    fn resource_type(&mut self, resource: Value<'d>) -> ResourceType<'d> {
        let brace = resource.head();
        let Some(value) = resource.get_ignore_case("type") else {
            if !resource.is_open() {
                self.problem(brace, "this resource has no `type`");
            }
            return ResourceType { name: None, range: brace, version: None, head: brace };
        };
        let head = value.range();
        let Some(name) = self.literal(value) else {
            return ResourceType { name: None, range: value.content_range(), version: None, head };
        };
        let range = value.content_range();
        match range.of(self.shared.text).split_once('@') {
            Some((name, version)) => {
                let at = range.start + name.len() as u32;
                ResourceType {
                    name: Some(self.shared.strings.get(name)),
                    range: TextRange::new(range.start, at),
                    version: Some((version, TextRange::new(at + 1, range.end))),
                    head,
                }
            }
            None => ResourceType { name: Some(name), range, version: None, head },
        }
    }

    /// If the resource is in a loop: its `copy` object, and the loop, which is the innermost one now.
    fn enter_resource_loop(&mut self, resource: Value<'d>) -> (Option<ExprId>, Option<ForEach>) {
        let copy = resource.get_ignore_case("copy").filter(|copy| copy.kind() == ValueKind::Object);
        let Some(copy) = copy else { return (None, None) };
        let name = copy.get_ignore_case("name").and_then(|name| self.literal(name));
        let object = self.value(copy);
        let count = self.member_of(object, "count").unwrap_or_else(|| self.unreadable(copy.range()));
        self.enter_loop(name, false);
        let index = self.loops.last().map(|frame| frame.index);
        (Some(object), Some(ForEach { over: Over::Count(count), item: None, index }))
    }

    /// The object of a resource. Children and the template of a deployment are lowered elsewhere and
    /// have no value here; `metadata` and `comments` have none anywhere.
    fn body(&mut self, resource: Value<'d>, copy: Option<ExprId>, deploys: bool) -> ExprId {
        let mut members = Vec::new();
        for member in resource.members() {
            if member.is_called("metadata") || member.is_called("comments") {
                continue;
            }
            match copy {
                Some(copy) if member.is_called("copy") => members.push(self.member_with(member, copy)),
                _ if member.is_called("resources") => self.valueless(member, &mut members),
                _ if deploys && member.is_called("properties") => self.deployment_properties(member, &mut members),
                _ => self.member(member, &mut members),
            }
        }
        let kind = ExprKind::Object { members: members.into(), open: resource.is_open() };
        self.push(kind, resource.range())
    }

    /// Adds a member whose value is lowered elsewhere.
    pub(super) fn valueless(&mut self, member: json::Member<'d>, members: &mut Vec<Member>) {
        let value = self.unreadable(member.value().range());
        members.push(self.member_with(member, value));
    }

    /// The value of the member `name` of a lowered object; a literal null counts as absent.
    pub(super) fn member_of(&self, object: ExprId, name: &str) -> Option<ExprId> {
        let ExprKind::Object { members, .. } = &self.template.expr(object).kind else { return None };
        let is_it = |member: &&Member| matches!(&member.key, MemberKey::Name(key) if key.eq_ignore_ascii_case(name));
        let value = members.iter().rfind(is_it)?.value;
        (!matches!(self.template.expr(value).kind, ExprKind::Null)).then_some(value)
    }

    fn depends_on(&self, body: ExprId) -> Vec<ExprId> {
        let Some(value) = self.member_of(body, "dependsOn") else { return Vec::new() };
        let ExprKind::Array { items, .. } = &self.template.expr(value).kind else { return vec![value] };
        items.iter().map(|(Item::Value(item) | Item::Spread(item))| *item).collect()
    }
}

/// Whether a type names its provider: `Microsoft.Web/sites/config`, not `config`.
pub(super) fn is_full_type(ty: &str) -> bool {
    ty.split('/').next().is_some_and(|provider| provider.contains('.'))
}
