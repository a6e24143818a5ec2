//! Nested and linked deployments.

use std::sync::Arc;

use super::{Lowering, is_version2};
use crate::json::{self, Value, ValueKind};
use crate::template::{Deployment, DeploymentSource, ExprId, ExprKind, Member, ResourceId};

impl<'d> Lowering<'_, 'd> {
    /// Adds the `properties` of a deployment without the template, which is no value.
    pub(super) fn deployment_properties(&mut self, properties: json::Member<'d>, members: &mut Vec<Member>) {
        let object = properties.value();
        if object.kind() != ValueKind::Object {
            return self.member(properties, members);
        }
        let mut inner = Vec::new();
        for member in object.members() {
            let is_template = member.is_called("template") && member.value().kind() == ValueKind::Object;
            if is_template { self.valueless(member, &mut inner) } else { self.member(member, &mut inner) }
        }
        let kind = ExprKind::Object { members: inner.into(), open: object.is_open() };
        let value = self.push(kind, object.range());
        members.push(self.member_with(properties, value));
    }

    /// What `resource`, a deployment lowered to `body`, deploys. The content of an outer-scoped
    /// template is added by [`Lowering::outer_template`].
    pub(super) fn deployment(&mut self, resource: Value<'d>, body: ExprId) -> Deployment {
        let properties = resource.get_ignore_case("properties");
        let lowered = self.member_of(body, "properties");
        let lowered = |name: &str| lowered.and_then(|properties| self.member_of(properties, name));
        let (params, template) = (lowered("parameters"), lowered("template"));
        let params_key = properties.and_then(|properties| properties.member("parameters")).map(json::Member::key_range);
        let object = properties.and_then(|properties| properties.get_ignore_case("template"));
        let source = match (object.filter(|template| template.kind() == ValueKind::Object), template) {
            (Some(template), _) if self.is_inner(resource) => {
                DeploymentSource::Inline(Arc::new(self.inner_template(template)))
            }
            (Some(_), _) => DeploymentSource::Outer(Vec::new()),
            (None, Some(computed)) => DeploymentSource::Computed(computed),
            (None, None) => self.linked(resource),
        };
        Deployment { source, params, params_key, wrapped: true }
    }

    /// Whether the template of `resource` is evaluated with names of its own.
    fn is_inner(&self, resource: Value<'d>) -> bool {
        let options = resource
            .get_ignore_case("properties")
            .and_then(|properties| properties.get_ignore_case("expressionEvaluationOptions"));
        let scope = options.and_then(|options| options.get_ignore_case("scope")).and_then(Value::as_str);
        match scope.as_deref() {
            Some(scope) if scope.eq_ignore_ascii_case("inner") => true,
            Some(scope) if scope.eq_ignore_ascii_case("outer") => false,
            _ => self.version2,
        }
    }

    fn inner_template(&mut self, template: Value<'d>) -> super::Template {
        Lowering::new(self.shared, template.range()).template(template)
    }

    /// Lowers the template of `resource`, the deployment `id`, if it is outer-scoped: with the names
    /// of the template around it.
    pub(super) fn outer_template(&mut self, resource: Value<'d>, id: ResourceId) {
        let properties = resource.get_ignore_case("properties");
        let template = properties.and_then(|properties| properties.get_ignore_case("template"));
        let Some(template) = template.filter(|_| self.outer_outputs(id).is_some()) else { return };
        let around = (self.version2, self.deployed_by);
        (self.version2, self.deployed_by) = (is_version2(template), Some(id));
        if let Some(resources) = template.get_ignore_case("resources") {
            self.resources(resources, None);
        }
        let outputs = self.outputs(template);
        (self.version2, self.deployed_by) = around;
        if let Some(place) = self.outer_outputs(id) {
            *place = outputs;
        }
    }

    fn outer_outputs(&mut self, id: ResourceId) -> Option<&mut Vec<crate::template::Output>> {
        match &mut self.template.resources.get_mut(id.0 as usize)?.deployment.as_mut()?.source {
            DeploymentSource::Outer(outputs) => Some(outputs),
            _ => None,
        }
    }

    /// A template in another file, if its place is known.
    fn linked(&mut self, resource: Value<'d>) -> DeploymentSource {
        let properties = resource.get_ignore_case("properties");
        let link = properties.and_then(|properties| properties.member("templateLink"));
        if let Some(path) = link.and_then(|link| link.value().get_ignore_case("relativePath"))
            && let Some(text) = self.literal(path)
        {
            return DeploymentSource::Reference(text, path.range());
        }
        let target = link.and_then(|link| ["uri", "id"].iter().find_map(|name| link.value().get_ignore_case(name)));
        let place = target.map(Value::range).or_else(|| link.map(json::Member::key_range));
        DeploymentSource::Linked(place.unwrap_or(resource.head()))
    }
}
