//! Several declarations of one resource: what each sets, and which of them only updates what another one makes.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{Lookup, Model, Split, World};
use crate::azure;
use crate::eval::term::TermId;
use crate::eval::{Instance, ResourceRef, Value};
use crate::source::{IdMap, Span, Str};

/// Other declarations of a resource in which a property is looked for.
const MOST_DECLARATIONS: usize = 32;

/// Which resources of a model are the same, made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Same {
    identities: OnceCell<Identities>,
}

#[derive(Debug, Default)]
struct Identities {
    by_id: IdMap<TermId, Declarations>,
    of: IdMap<*const ResourceRef, Identity>,
}

/// Places in [`Model::resources`].
#[derive(Debug, Default)]
struct Declarations {
    all: Vec<usize>,
    /// Without those that are whole whatever the conditions.
    partial: Vec<usize>,
}

#[derive(Debug)]
struct Identity {
    id: TermId,
    /// The declaration behind those of the calls to it.
    declared: Vec<Span>,
    is_whole: bool,
}

/// How much of its resource a declaration sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it: what is absent is not set.
    Whole,
    /// What is absent stays as it was.
    Part,
    /// This decides.
    Unknown(TermId),
}

impl Model<'_, '_> {
    /// The property of `instance` at `path`. What an update does not set is taken from other
    /// declarations of the same resource, and what other declarations do not set, from updates.
    ///
    /// # Errors
    /// The atom that would decide, when the world does not.
    pub fn lookup(&self, world: &World<'_, '_>, instance: &Instance, path: &[Str]) -> Result<Lookup, Split> {
        let own = self.own(world, &instance.resource, path)?;
        if !matches!(own, Lookup::Absent { null: false }) {
            return Ok(own);
        }
        for (count, other) in self.others_of(instance).enumerate() {
            if count == MOST_DECLARATIONS {
                let at = self.eval.head_of(&instance.resource);
                let what = format!("more than {MOST_DECLARATIONS} declarations update one resource");
                return Ok(Lookup::Unknown(self.eval.limit_at(at, &what)));
            }
            // What is only referred to sets nothing.
            if self.is_existing(other) || !world.is_true(other.condition)? {
                continue;
            }
            let found = self.own(world, &other.resource, path)?;
            if matches!(found, Lookup::Absent { .. }) {
                continue;
            }
            match (self.extent(world, instance)?, self.extent(world, other)?) {
                // Each deploys the resource as it is written there, and either may come last.
                (Extent::Whole, Extent::Whole) => {}
                (Extent::Part, _) | (_, Extent::Part) => return Ok(found),
                (Extent::Unknown(term), _) | (_, Extent::Unknown(term)) => return Ok(Lookup::Unknown(term)),
            }
        }
        match self.is_update(world, instance)? {
            true => Ok(Lookup::Unknown(self.update_term(instance))),
            false => Ok(own),
        }
    }

    /// Whether `instance` updates a resource that is deployed elsewhere.
    fn is_update(&self, world: &World<'_, '_>, instance: &Instance) -> Result<bool, Split> {
        if self.whole_by(&instance.resource).is_empty() {
            return Ok(false);
        }
        // A module that refers to the cluster its caller deploys does not make that an update.
        let existing = |other: &Instance| other.resource.frame == instance.resource.frame && self.is_existing(other);
        // What is certainly whole is so whatever stands beside it: an `existing` one of its name changes nothing.
        Ok(match self.extent(world, instance)? {
            Extent::Whole => false,
            Extent::Part => true,
            Extent::Unknown(_) => self.others_of(instance).any(existing),
        })
    }

    fn extent(&self, world: &World<'_, '_>, instance: &Instance) -> Result<Extent, Split> {
        let mut extent = Extent::Part;
        for property in self.whole_by(&instance.resource) {
            match self.own(world, &instance.resource, &["properties".into(), (*property).into()])? {
                Lookup::Value(_) => return Ok(Extent::Whole),
                Lookup::Unknown(term) => extent = Extent::Unknown(term),
                Lookup::Absent { .. } => {}
            }
        }
        Ok(extent)
    }

    /// The properties of which a whole declaration of this type has one; none when that is not known of the type.
    fn whole_by(&self, resource: &ResourceRef) -> &'static [&'static str] {
        self.eval
            .with_declared(resource, |declared| declared.ty.as_deref().map(azure::marks_of_whole))
            .unwrap_or_default()
    }

    fn is_existing(&self, instance: &Instance) -> bool {
        self.eval.with_declared(&instance.resource, |declared| declared.existing)
    }

    /// The other declarations of the same resource. Of those that are whole in every world, only updates are others.
    fn others_of(&self, instance: &Instance) -> impl Iterator<Item = &Instance> {
        let identities = self.same.identities.get_or_init(|| self.identities());
        let own = identities.of.get(&Rc::as_ptr(&instance.resource));
        let same = own.and_then(|own| {
            let declarations = identities.by_id.get(&own.id)?;
            Some(if own.is_whole { &declarations.partial } else { &declarations.all })
        });
        let others = same.into_iter().flatten().filter_map(|at| self.resources.get(*at));
        // Rounds of one loop are no different declarations.
        others.filter(move |other| {
            let other = identities.of.get(&Rc::as_ptr(&other.resource));
            own.zip(other).is_some_and(|(own, other)| own.declared != other.declared)
        })
    }

    fn identities(&self) -> Identities {
        let mut identities = Identities::default();
        for (at, instance) in self.resources.iter().enumerate() {
            let resource = &instance.resource;
            let id = self.eval.id_key(&self.eval.id_of(resource));
            let calls = self.eval.call_path(resource.frame);
            let declared = calls.iter().chain([&**resource]).map(|call| self.eval.head_of(call)).collect();
            let is_whole = !self.is_existing(instance) && self.is_certainly_whole(resource);
            let declarations = identities.by_id.entry(id).or_default();
            declarations.all.push(at);
            if !is_whole {
                declarations.partial.push(at);
            }
            identities.of.insert(Rc::as_ptr(resource), Identity { id, declared, is_whole });
        }
        identities
    }

    /// Whether a declaration is whole whatever the conditions.
    fn is_certainly_whole(&self, resource: &ResourceRef) -> bool {
        let properties = self.eval.member(&self.eval.body_of(resource), "properties");
        self.whole_by(resource).iter().any(|property| {
            let value = self.eval.member(&properties, property);
            !matches!(value, Value::Choice(_)) && matches!(self.seen(value), Lookup::Value(_))
        })
    }

    fn update_term(&self, instance: &Instance) -> TermId {
        let title = self.eval.title_of(&instance.resource);
        self.eval.outside(&format!("what `{title}` has already: this declaration only updates it"))
    }
}
