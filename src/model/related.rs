//! Which resources belong together: what is a child or an extension of what.
//!
//! A diagnostic setting names its resource in one of four ways: by `scope`, by `parent`, by a
//! type of the form `<type>/providers/<name>`, or by standing in that resource's `resources`. In all but
//! the last, the id of the one starts with the id of the other.

use std::rc::Rc;

use crate::eval::term::{CondId, TermId};
use crate::eval::{Instance, ResourceRef, Value};
use crate::source::Str;
use crate::template::{DeploymentSource, Resource};

use super::Model;

impl Model<'_, '_> {
    /// The resources of type `ty` that may be deployed and lie on `instance`; with each what decides, when that is
    /// not known.
    pub fn on<'a>(&'a self, ty: &str, instance: &'a Instance) -> Vec<(&'a Instance, Option<TermId>)> {
        that_match(self.of_type_on(ty, &instance.resource), |other| self.lies_on(other, instance))
    }

    /// The resources of type `ty` that may be deployed and on which `instance` lies.
    pub fn under<'a>(&'a self, ty: &str, instance: &'a Instance) -> Vec<(&'a Instance, Option<TermId>)> {
        that_match(self.of_type_under(ty, &instance.resource), |other| self.lies_on(instance, other))
    }

    /// The resources of type `ty` that may be deployed and lie on the same as `instance`.
    pub fn beside<'a>(&'a self, ty: &str, instance: &'a Instance) -> Vec<(&'a Instance, Option<TermId>)> {
        let named = self.named(&instance.resource);
        let others: Vec<_> = match &named {
            Some(named) => self.of_type_on(ty, named).collect(),
            None => self.of_type(ty).collect(),
        };
        that_match(others, |other| self.lies_beside(other, instance))
    }

    /// Whether `other` is a child or an extension of `instance`; what decides, when that is not known.
    fn lies_on(&self, other: &Instance, instance: &Instance) -> Result<bool, TermId> {
        if self.stands_in(&other.resource, &instance.resource) {
            return Ok(true);
        }
        if let Some(answer) = self.names_declared(&other.resource, &instance.resource) {
            return Ok(answer);
        }
        let (Some(segments), Some(wanted)) = (self.segments(&other.resource), self.segments(&instance.resource)) else {
            return Err(self.eval.reify(&self.eval.id_of(&other.resource)));
        };
        Ok(self.starts_with(&segments, &wanted)? && segments.len() > wanted.len())
    }

    /// Whether `other` is another child or extension of what `instance` lies on; what decides, when that is
    /// not known.
    fn lies_beside(&self, other: &Instance, instance: &Instance) -> Result<bool, TermId> {
        if Rc::ptr_eq(&other.resource, &instance.resource) {
            return Ok(false);
        }
        let named = self.named(&instance.resource);
        if let Some(answer) = named.and_then(|named| self.names_declared(&other.resource, &named)) {
            return Ok(answer);
        }
        let (Some(below), Some(wanted)) = (self.below(&other.resource), self.below(&instance.resource)) else {
            return Err(self.eval.reify(&self.eval.id_of(&other.resource)));
        };
        Ok(self.starts_with(&below, &wanted)? && below.len() == wanted.len())
    }

    /// The segments of the id of what `resource` lies on.
    pub(super) fn make_below(&self, resource: &ResourceRef) -> Option<Vec<Value>> {
        let mut all = self.resources.iter().chain(&self.others);
        if let Some(outer) = all.find(|outer| self.stands_in(resource, &outer.resource)) {
            return self.eval.id_segments(&self.eval.id_of(&outer.resource));
        }
        let mut segments = self.eval.id_segments(&self.eval.id_of(resource))?;
        // An extension has `/providers/<namespace>/<type>/<name>` of its own, a child `/<type>/<name>`.
        let is_providers =
            |segment: &Value| matches!(segment, Value::Str(text) if text.eq_ignore_ascii_case("providers"));
        let extension = segments.iter().rev().nth(3).is_some_and(is_providers);
        segments.truncate(segments.len().checked_sub(if extension { 4 } else { 2 })?);
        Some(segments)
    }

    /// Whether the segments of an id start with those of another; what decides, when that is not known.
    fn starts_with(&self, segments: &[Value], wanted: &[Value]) -> Result<bool, TermId> {
        let mut unequal = None;
        for (segment, wanted) in segments.iter().zip(wanted) {
            match (&self.eval.known(segment), &self.eval.known(wanted)) {
                (Value::Str(a), Value::Str(b)) if a.eq_ignore_ascii_case(b) => {}
                // Behind something that is not known the segments need not be those that belong together.
                (Value::Str(_), Value::Str(_)) if unequal.is_none() => return Ok(false),
                (a, b) if self.eval.id_key(a) == self.eval.id_key(b) => {}
                (a, b) => {
                    let open = if matches!(a, Value::Str(_)) { b } else { a };
                    unequal = unequal.or_else(|| Some(self.eval.reify(open)));
                }
            }
        }
        unequal.map_or(Ok(segments.len() >= wanted.len()), Err)
    }

    /// What `inner` names as its scope or parent, by symbolic name.
    pub(super) fn named(&self, inner: &ResourceRef) -> Option<Rc<ResourceRef>> {
        let named = self.eval.with_declared(inner, |declared| declared.scope.or(declared.parent))?;
        match self.eval.eval(&self.eval.scope_of(inner), named) {
            Value::Resource(named) => Some(named),
            _ => None,
        }
    }

    /// The answer where `inner` names a declared resource, by symbolic name, as its scope or parent: that is
    /// `outer`, or another one of its type.
    fn names_declared(&self, inner: &ResourceRef, outer: &ResourceRef) -> Option<bool> {
        let eval = self.eval;
        let named = self.named(inner)?;
        let what = |reference: &ResourceRef| {
            eval.with_declared(reference, |declared| {
                (declared.existing, declared.ty.as_ref().map(|ty| ty.to_ascii_lowercase()))
            })
        };
        let certain = |reference: &ResourceRef| !reference.key.contains(&None) && reference.path.is_empty();
        let same_type = what(&named) == what(outer) && !what(outer).0;
        (same_type && certain(&named) && certain(outer))
            .then(|| (named.frame, named.resource, &named.key) == (outer.frame, outer.resource, &outer.key))
    }

    /// Whether `instance` is a child or an extension of a resource of type `ty`; what decides, when that
    /// is not known.
    pub fn lies_on_type(&self, instance: &Instance, ty: &str) -> Result<bool, TermId> {
        let resource = &instance.resource;
        let own = self.eval.with_declared(resource, |declared| declared.ty.clone()).unwrap_or_default();
        let below = |known: &str| {
            known.get(..ty.len()).is_some_and(|start| start.eq_ignore_ascii_case(ty))
                && known.as_bytes().get(ty.len()) == Some(&b'/')
        };
        if below(&own) {
            return Ok(true);
        }
        let template = self.eval.frame(resource.frame).template.clone();
        let (range, scoped) = self.eval.with_declared(resource, |declared| (declared.range, declared.scope.is_some()));
        let around = |other: &&Resource| other.range != range && other.range.contains(range);
        if !scoped && let Some(outer) = template.resources.iter().find(around) {
            return Ok(outer.ty.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(ty)));
        }
        let scope = self.eval.with_declared(resource, |declared| declared.scope);
        let named = scope.map(|scope| self.eval.eval(&self.eval.scope_of(resource), scope));
        if let Some(Value::Resource(named)) = &named
            && named.path.is_empty()
        {
            let known = self.eval.with_declared(named, |declared| declared.ty.clone());
            return Ok(known.is_some_and(|known| known.eq_ignore_ascii_case(ty)));
        }
        match self.eval.extended(resource) {
            None => Ok(false),
            Some(on) => {
                let known = self.eval.id_segments(&on).and_then(|segments| type_of(&segments));
                known.map(|known| known.eq_ignore_ascii_case(ty)).ok_or_else(|| self.eval.reify(&on))
            }
        }
    }

    /// Whether a resource without `scope` stands in the `resources` of `outer`.
    fn stands_in(&self, inner: &ResourceRef, outer: &ResourceRef) -> bool {
        let around = self.eval.with_declared(outer, |declared| declared.range);
        inner.frame == outer.frame
            && self.eval.with_declared(inner, |declared| {
                declared.scope.is_none() && declared.range != around && around.contains(declared.range)
            })
    }

    /// What is not known of the resources of this deployment: a deployment in it that cannot be followed.
    pub fn not_followed(&self) -> Option<TermId> {
        *self.index.not_followed.get_or_init(|| {
            let unread = self.unread()?;
            Some(self.eval.outside(&format!("what `{}` deploys", self.eval.title_of(&unread.resource))))
        })
    }

    /// A deployment in this one that cannot be followed.
    pub fn unread(&self) -> Option<&Instance> {
        let unread = |instance: &&Instance| {
            let resource = &instance.resource;
            let source = |declared: &Resource| match declared.deployment.as_ref().map(|deployment| &deployment.source) {
                // A type that is an expression may be any.
                None => declared.ty.is_some(),
                Some(DeploymentSource::Inline(_) | DeploymentSource::Outer(_)) => true,
                Some(DeploymentSource::Reference(..)) => self.eval.child(resource).is_some(),
                Some(DeploymentSource::Computed(_)) => self.eval.is_followed(resource),
                Some(DeploymentSource::Linked(_)) => false,
            };
            instance.condition != CondId::FALSE && !self.eval.with_declared(resource, source)
        };
        self.resources.iter().chain(&self.others).find(unread)
    }
}

/// The type in the segments of a resource id; a name that is not known is one segment, as no name has a slash.
fn type_of(segments: &[Value]) -> Option<String> {
    let text = |segment: &Value| match segment {
        Value::Str(text) => Some(text.clone()),
        _ => None,
    };
    let is_providers = |segment: &Value| text(segment).is_some_and(|text| text.eq_ignore_ascii_case("providers"));
    let at = segments.iter().rposition(is_providers);
    // Without a provider it is a subscription or a resource group, if it is known to the end.
    let Some(at) = at else { return segments.iter().all(|segment| text(segment).is_some()).then(String::new) };
    // Namespace, then pairs of type and name.
    let behind = segments.get(at + 1..).filter(|behind| behind.len() >= 3 && behind.len() % 2 == 1)?;
    let types: Option<Vec<Str>> = behind[1..].iter().step_by(2).map(text).collect();
    Some(format!("{}/{}", text(&behind[0])?, types?.join("/")))
}

/// Those of `others` for which `matches_resource` is not certainly false; with each what decides, when that is not
/// known.
fn that_match<'a>(
    others: impl IntoIterator<Item = &'a Instance>,
    matches_resource: impl Fn(&Instance) -> Result<bool, TermId>,
) -> Vec<(&'a Instance, Option<TermId>)> {
    let matching = |other| match matches_resource(other) {
        Ok(true) => Some((other, None)),
        Ok(false) => None,
        Err(term) => Some((other, Some(term))),
    };
    others.into_iter().filter_map(matching).collect()
}
