//! Where a template is deployed, and what the functions of the deployment's context give there.
//!
//! A deployment goes to a resource group, a subscription, a management group or the tenant; a module
//! may go elsewhere. `resourceGroup()` and its like are residuals of the root's place unless something
//! is assumed of it, and known as far as the template sets where it deploys to.

use super::Evaluator;
use super::frame::{DeploymentPlace, FrameInputs};
use super::term::{Term, TermId};
use super::value::{FrameId, Object, Part, ResourceRef, Scope, Value};
use crate::source::Str;
use crate::template::{DeploymentScope, ExprId};

/// What is assumed of the place to which the root is deployed. What is not stays a residual.
#[derive(Debug, Clone, Default)]
pub struct AssumedPlace {
    /// The id of the subscription.
    pub subscription: Option<Str>,
    /// The name of the resource group.
    pub resource_group: Option<Str>,
    /// The location of the resource group, or of the deployment at other scopes.
    pub location: Option<Str>,
}

impl AssumedPlace {
    const fn is_none(&self) -> bool {
        self.subscription.is_none() && self.resource_group.is_none() && self.location.is_none()
    }
}

/// The path in front of a management group's name.
const MANAGEMENT_GROUPS: &str = "/providers/Microsoft.Management/managementGroups/";

impl Evaluator<'_> {
    /// The place of a root template of `scope`.
    pub(super) fn place_for(&self, scope: DeploymentScope) -> DeploymentPlace {
        let assumed = |known: &Option<Str>, function: &str, member: &str| {
            Some(match known {
                Some(text) => self.term(Term::Str(text.clone())),
                None => self.context_member(function, member),
            })
        };
        let subscription = || assumed(&self.assumed.subscription, "subscription", "subscriptionId");
        let group = || assumed(&self.assumed.resource_group, "resourceGroup", "name");
        match scope {
            DeploymentScope::ResourceGroup => {
                DeploymentPlace { subscription: subscription(), group: group(), ..DeploymentPlace::default() }
            }
            DeploymentScope::Subscription => {
                DeploymentPlace { subscription: subscription(), ..DeploymentPlace::default() }
            }
            DeploymentScope::ManagementGroup => DeploymentPlace {
                management_group: assumed(&None, "managementGroup", "name"),
                ..DeploymentPlace::default()
            },
            DeploymentScope::Tenant => DeploymentPlace::default(),
        }
    }

    fn context_member(&self, function: &str, member: &str) -> TermId {
        let call = self.term(Term::Call(function.to_ascii_lowercase().into(), [].into()));
        self.member_term(call, member)
    }

    /// The id of a place: what stands before `/providers/` in the ids of the resources in it.
    pub(super) fn id_of_place(&self, place: DeploymentPlace) -> Value {
        let mut parts = Vec::new();
        let mut add = |before: &str, term: TermId| {
            parts.push(Part::Text(before.into()));
            self.text_parts(&self.value_of(term), &mut parts);
        };
        match place {
            DeploymentPlace { other: Some(other), .. } => add("", other),
            DeploymentPlace { management_group: Some(name), .. } => add(MANAGEMENT_GROUPS, name),
            DeploymentPlace { subscription, group, .. } => {
                subscription.into_iter().for_each(|id| add("/subscriptions/", id));
                group.into_iter().for_each(|name| add("/resourceGroups/", name));
            }
        }
        self.text(parts)
    }

    /// The term of a name: a name, printed, is the name.
    fn reify_name(&self, name: &Value) -> TermId {
        match name {
            Value::Text(parts) => match &**parts {
                [Part::Hole(term)] => *term,
                _ => self.reify(name),
            },
            _ => self.reify(name),
        }
    }

    /// The place of a resource group, in the subscription of `place` when none is named.
    pub(super) fn group_in(
        &self,
        place: DeploymentPlace,
        subscription: Option<&Value>,
        group: &Value,
    ) -> DeploymentPlace {
        let subscription = match subscription {
            Some(id) => Some(self.reify_name(id)),
            // A template that goes to no subscription names none: the one of the root is meant.
            None => place.subscription.or_else(|| self.place_for(DeploymentScope::Subscription).subscription),
        };
        let group = self.reify_name(group);
        DeploymentPlace { subscription, group: Some(group), ..DeploymentPlace::default() }
    }

    /// The place of the subscription with this id.
    pub(super) fn subscription_place(&self, id: &Value) -> DeploymentPlace {
        DeploymentPlace { subscription: Some(self.reify_name(id)), ..DeploymentPlace::default() }
    }

    /// The subscription in which `frame` is deployed; that of the root when it goes to none.
    pub(super) fn subscription_of(&self, frame: FrameId) -> DeploymentPlace {
        let subscription = self.frame(frame).place.subscription;
        let subscription = subscription.or_else(|| self.place_for(DeploymentScope::Subscription).subscription);
        DeploymentPlace { subscription, ..DeploymentPlace::default() }
    }

    /// Where the template that `by` deploys goes.
    pub(super) fn child_place(&self, by: &ResourceRef) -> DeploymentPlace {
        let (scope_expr, group, subscription) =
            self.with_declared(by, |resource| (resource.scope, resource.resource_group, resource.subscription));
        let scope = self.scope_of(by);
        let own = self.frame(by.frame).place;
        let value = |expr| self.plain(self.eval(&scope, expr));
        match (scope_expr, group, subscription) {
            (_, Some(group), subscription) => self.group_in(own, subscription.map(value).as_ref(), &value(group)),
            (_, None, Some(subscription)) => self.subscription_place(&value(subscription)),
            (Some(expr), None, None) => self.place_of(&scope, expr),
            (None, None, None) => own,
        }
    }

    /// The place that a `scope:` names.
    fn place_of(&self, scope: &Scope, expr: ExprId) -> DeploymentPlace {
        let id = self.scope_text(scope, expr);
        let other = || DeploymentPlace { other: Some(self.reify(&id)), ..DeploymentPlace::default() };
        let parts = match &id {
            Value::Str(text) => vec![Part::Text(text.clone())],
            Value::Text(parts) => parts.to_vec(),
            _ => return other(),
        };
        let segments = self.split_text(&parts);
        let is = |at: usize, wanted: &str| matches!(segments.get(at), Some(Value::Str(text)) if text.eq_ignore_ascii_case(wanted));
        let start = usize::from(is(0, ""));
        match segments.get(start..).unwrap_or_default() {
            [] => DeploymentPlace::default(),
            [Value::Str(only)] if only.is_empty() => DeploymentPlace::default(),
            [_, id] if is(start, "subscriptions") => self.subscription_place(id),
            [_, id, _, group] if is(start, "subscriptions") && is(start + 2, "resourceGroups") => {
                self.group_in(DeploymentPlace::default(), Some(id), group)
            }
            [.., name] if is(segments.len() - 2, "managementGroups") => {
                DeploymentPlace { management_group: Some(self.reify_name(name)), ..DeploymentPlace::default() }
            }
            _ => other(),
        }
    }

    /// What a function of the deployment's context gives in `frame`; `None` where it stays a residual.
    pub(super) fn context_value(&self, frame: FrameId, name: &str) -> Option<Value> {
        let frame = self.frame(frame);
        let place = frame.place;
        let is_root = place == self.root_place.get();
        let location = || match &self.assumed.location {
            Some(location) if is_root => Some(Value::Str(location.clone())),
            _ => None,
        };
        if is_root && self.assumed.is_none() && name != "deployment" {
            return None;
        }
        let known = |term: Option<TermId>| term.map(|term| self.value_of(term));
        match name {
            "subscription" => {
                let id = known(place.subscription)?;
                let here = DeploymentPlace { subscription: place.subscription, ..DeploymentPlace::default() };
                let call = self.call_at(name, &[place.subscription]);
                Some(Value::object([
                    ("id", self.id_of_place(here)),
                    ("subscriptionId", id),
                    ("tenantId", Value::Unknown(self.context_member("tenant", "tenantId"))),
                    ("displayName", self.unknown_member(call, "displayName")),
                ]))
            }
            "resourcegroup" => {
                let group = known(place.group)?;
                let call = self.call_at(name, &[place.subscription, place.group]);
                let member = |name| self.unknown_member(call, name);
                Some(Value::object([
                    ("id", self.id_of_place(place)),
                    ("name", group),
                    ("type", Value::str("Microsoft.Resources/resourceGroups")),
                    ("location", location().unwrap_or_else(|| member("location"))),
                    ("tags", member("tags")),
                    ("managedBy", member("managedBy")),
                    ("properties", member("properties")),
                ]))
            }
            "managementgroup" => {
                let group = known(place.management_group)?;
                let call = self.call_at(name, &[place.management_group]);
                Some(Value::object([
                    ("id", self.id_of_place(place)),
                    ("name", group),
                    ("type", Value::str("Microsoft.Management/managementGroups")),
                    ("properties", self.unknown_member(call, "properties")),
                ]))
            }
            "deployment" => {
                let mut members = Vec::new();
                match &frame.inputs {
                    // A nested deployment has the name that it is given.
                    FrameInputs::Call { by } => {
                        let name = self.with_declared(by, |resource| resource.name)?;
                        members.push((Str::from("name"), self.later(&self.scope_of(by), name)));
                    }
                    FrameInputs::Root(_) | FrameInputs::File { .. } | FrameInputs::Import => {
                        members.push(("location".into(), location().filter(|_| place.group.is_none())?.into()));
                    }
                }
                let open = Some(self.call_at(name, &[]));
                Some(Value::Object(std::rc::Rc::new(Object { members: members.into(), open })))
            }
            _ => None,
        }
    }

    /// The residual of a context function: without arguments at the root's place, else with those that name the place.
    fn call_at(&self, name: &str, place: &[Option<TermId>]) -> TermId {
        let root = self.root_place.get();
        let roots = [root.subscription, root.group, root.management_group];
        let elsewhere = place.iter().any(|part| part.is_some() && !roots.contains(part));
        let args = if elsewhere { place.iter().flatten().copied().collect() } else { Box::default() };
        self.term(Term::Call(name.into(), args))
    }
}
