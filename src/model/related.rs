//! Which resources belong together: what is a child or an extension of what.
//!
//! A diagnostic setting says in one of four ways on which resource it lies: by `scope`, by `parent`, by a
//! type of the form `<type>/providers/<name>`, or by standing in that resource's `resources`. In all but
//! the last, the id of the one starts with the id of the other.

use crate::eval::term::{CondId, TermId};
use crate::eval::{Instance, ResourceRef, Value};
use crate::template::{DeploymentSource, Resource, Str};

use super::Model;

/// What a type has between the type of a resource and that of an extension of it.
const PROVIDERS: &str = "/providers/";

impl Model<'_, '_> {
    /// The resources of type `ty` that may be deployed, in the order of the text.
    pub fn of_type(&self, ty: &str) -> impl Iterator<Item = &Instance> {
        let is = move |declared: &Resource| {
            !declared.existing && declared.ty.as_ref().is_some_and(|known| is_of_type(known, ty))
        };
        let all = self.resources.iter().chain(&self.others);
        all.filter(move |other| other.condition != CondId::FALSE && self.eval.with_declared(&other.resource, is))
    }

    /// Whether `other` is a child or an extension of `instance`; what decides, when that is not known.
    pub fn lies_on(&self, other: &Instance, instance: &Instance) -> Result<bool, TermId> {
        if self.stands_in(&other.resource, &instance.resource) {
            return Ok(true);
        }
        if let Some(answer) = self.names_declared(&other.resource, &instance.resource) {
            return Ok(answer);
        }
        let (id, on) = (self.eval.id_of(&other.resource), self.eval.id_of(&instance.resource));
        let undecided = || self.eval.reify(&id);
        let (Some(segments), Some(wanted)) = (self.eval.id_segments(&id), self.eval.id_segments(&on)) else {
            return Err(undecided());
        };
        let mut unequal = None;
        for (segment, wanted) in segments.iter().zip(&wanted) {
            match (segment, wanted) {
                (Value::Str(a), Value::Str(b)) if a.eq_ignore_ascii_case(b) => {}
                // Behind something that is not known the segments need not be those that belong together.
                (Value::Str(_), Value::Str(_)) if unequal.is_none() => return Ok(false),
                (a, b) if self.eval.reify(a) == self.eval.reify(b) => {}
                (a, b) => {
                    let open = if matches!(a, Value::Str(_)) { b } else { a };
                    unequal = unequal.or_else(|| Some(self.eval.reify(open)));
                }
            }
        }
        unequal.map_or(Ok(segments.len() > wanted.len()), Err)
    }

    /// The answer where `inner` names a declared resource, by symbolic name, as its scope or parent: that is
    /// `outer`, or another one of its type.
    fn names_declared(&self, inner: &ResourceRef, outer: &ResourceRef) -> Option<bool> {
        let eval = self.eval;
        let named = eval.with_declared(inner, |declared| declared.scope.or(declared.parent))?;
        let Value::Resource(named) = eval.eval(&eval.scope_of(inner), named) else { return None };
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
        let unread = self.others.iter().find(unread)?;
        Some(self.eval.outside(&format!("what `{}` deploys", self.eval.title_of(&unread.resource))))
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

/// Whether a resource declared as `known` is of type `ty`: also as an extension named in one type with
/// what it lies on, `Microsoft.X/clusters/providers/settings`.
fn is_of_type(known: &Str, ty: &str) -> bool {
    if known.eq_ignore_ascii_case(ty) {
        return true;
    }
    let extension = known.to_ascii_lowercase().rfind(PROVIDERS).and_then(|at| known.get(at + PROVIDERS.len()..));
    let (_, own) = ty.split_once('/').unwrap_or_default();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case(own))
}
