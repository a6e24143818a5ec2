//! Questions over evaluated resources: the only thing that rules see.

mod explain;
mod ids;
mod index;
mod locate;
mod related;
mod trace;
mod truth;
mod world;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

pub use explain::{Explanation, Words, explain};
pub use ids::{is_id_of, is_placeholder};
pub use locate::{Located, Switch, Target, Way, locate, locate_switch, locate_written};
pub use trace::{End, Flag, Step, Trace};
pub use truth::{Assumed, Split};
pub use world::{Common, Outcome, Verdict, World, decide};

use crate::config::Config;
use crate::eval::term::{CondId, TermId};
use crate::eval::{Evaluator, FrameId, Instance, ResourceRef, Value};
use crate::source::{FileId, IdMap, Span};
use crate::template::{Str, Template};

/// Resource types that people also update in place, and the properties of which at least one stands
/// in every whole declaration. Without them a declaration is an update, which leaves what is absent
/// in it as it was.
const WHOLE: [(&str, &[&str]); 1] =
    [("Microsoft.ContainerService/managedClusters", &["agentPoolProfiles", "dnsPrefix"])];

/// Places in [`Model::resources`] by id, and the id of each.
type Ids = (IdMap<TermId, Vec<usize>>, IdMap<*const ResourceRef, TermId>);

/// The resources of one context.
#[derive(Debug)]
pub struct Model<'e, 'p> {
    /// The evaluator that made the values.
    pub eval: &'e Evaluator<'p>,
    /// The resources of the wanted types in the order of the text, `existing` ones and those whose
    /// condition is false included.
    pub resources: Vec<Instance>,
    /// The declared resources of other types, those whose condition is false included.
    pub others: Vec<Instance>,
    /// Files of the templates that are deployed.
    pub reached: Vec<FileId>,
    ids: OnceCell<Ids>,
    index: index::Index,
}

/// A property as it is in one world.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// Not there, or null, which is the same at a resource.
    Absent {
        /// It is written as null.
        null: bool,
    },
    /// It has this value.
    Value(Value),
    /// This decides.
    Unknown(TermId),
}

impl<'e, 'p> Model<'e, 'p> {
    /// Expands what `root` deploys. `wanted` tells which resource types are checked; `enter`, which
    /// templates can contain them at all.
    pub fn new(
        eval: &'e Evaluator<'p>,
        root: FrameId,
        wanted: &dyn Fn(&str) -> bool,
        enter: &dyn Fn(&Arc<Template>) -> bool,
    ) -> Self {
        let (mut resources, mut others) = (Vec::new(), Vec::new());
        eval.expand(root, enter, &mut |instance| {
            let (ty, existing) = eval.with_declared(&instance.resource, |r| (r.ty.clone(), r.existing));
            let is_wanted = ty.is_some_and(|ty| wanted(&ty));
            // Of what is only referred to, just the wanted types matter: they tell updates apart.
            match (is_wanted, existing) {
                (true, _) => resources.push(instance),
                (false, true) => {}
                (false, false) => others.push(instance),
            }
        });
        let reached = eval.deployed_files();
        Self { eval, resources, others, reached, ids: OnceCell::new(), index: index::Index::default() }
    }

    /// The property of `instance` at `path`. What an update does not say is taken from other
    /// declarations of the same resource.
    ///
    /// # Errors
    /// The atom that would decide, when the world does not.
    pub fn lookup(&self, world: &World<'_, '_>, instance: &Instance, path: &[Str]) -> Result<Lookup, Split> {
        let own = self.own(world, &instance.resource, path)?;
        if !matches!(own, Lookup::Absent { null: false }) {
            return Ok(own);
        }
        for other in self.others_of(instance) {
            // What is only referred to sets nothing.
            if self.eval.with_declared(&other.resource, |declared| declared.existing) {
                continue;
            }
            if world.holds(other.condition)? {
                let found = self.own(world, &other.resource, path)?;
                if !matches!(found, Lookup::Absent { .. }) {
                    return Ok(found);
                }
            }
        }
        match self.is_update(world, instance)? {
            true => Ok(Lookup::Unknown(self.update_term(instance))),
            false => Ok(own),
        }
    }

    /// Whether `instance` itself has something other than null at `path`.
    ///
    /// # Errors
    /// The atom that would decide, when the world does not.
    pub fn declares(&self, world: &World<'_, '_>, instance: &Instance, path: &[Str]) -> Result<bool, Split> {
        Ok(!matches!(self.own(world, &instance.resource, path)?, Lookup::Absent { .. }))
    }

    fn own(&self, world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Result<Lookup, Split> {
        let mut value = self.eval.body_of(resource);
        for name in path {
            value = world.settle(self.eval.member(&value, name))?;
        }
        Ok(self.seen(world.settle(value)?))
    }

    /// A settled value as a check sees it.
    pub fn seen(&self, value: Value) -> Lookup {
        match value {
            Value::Absent => Lookup::Absent { null: false },
            Value::Null => Lookup::Absent { null: true },
            Value::Unknown(term) => Lookup::Unknown(term),
            Value::Error(ref failure) => match failure.kind {
                crate::eval::FailureKind::NotDeployed(_) => Lookup::Value(value),
                crate::eval::FailureKind::Wrong(_) => Lookup::Unknown(self.eval.reify(&value)),
            },
            other => Lookup::Value(other),
        }
    }

    /// The other deployed declarations of the same resource.
    fn others_of(&self, instance: &Instance) -> Vec<&Instance> {
        let (by_id, ids) = self.ids.get_or_init(|| {
            let (mut by_id, mut ids) = (IdMap::<TermId, Vec<usize>>::default(), IdMap::default());
            for (at, instance) in self.resources.iter().enumerate() {
                let id = self.eval.reify(&self.eval.known(&self.eval.id_of(&instance.resource)));
                by_id.entry(id).or_default().push(at);
                ids.insert(Rc::as_ptr(&instance.resource), id);
            }
            (by_id, ids)
        });
        let same = ids.get(&Rc::as_ptr(&instance.resource)).and_then(|id| by_id.get(id));
        let same = same.into_iter().flatten().map(|at| &self.resources[*at]);
        // Rounds of one loop are no different declarations.
        let own = self.eval.head_of(&instance.resource);
        same.filter(|other| self.eval.head_of(&other.resource) != own).collect()
    }

    /// The resources to check: deployed, and not just referred to.
    pub fn checked(&self) -> impl Iterator<Item = &Instance> {
        self.resources.iter().filter(|instance| {
            instance.condition != CondId::FALSE
                && !self.eval.with_declared(&instance.resource, |declared| declared.existing)
        })
    }

    /// Whether `instance` updates a resource that is deployed elsewhere.
    fn is_update(&self, world: &World<'_, '_>, instance: &Instance) -> Result<bool, Split> {
        let Some(ty) = self.eval.with_declared(&instance.resource, |declared| declared.ty.clone()) else {
            return Ok(false);
        };
        let Some((_, whole)) = WHOLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(&ty)) else {
            return Ok(false);
        };
        // What is certainly whole is so whatever stands beside it: an `existing` one of its name changes nothing.
        let mut may_be_whole = false;
        for property in *whole {
            let path = ["properties".into(), (*property).into()];
            match self.own(world, &instance.resource, &path)? {
                Lookup::Value(_) => return Ok(false),
                Lookup::Unknown(_) => may_be_whole = true,
                Lookup::Absent { .. } => {}
            }
        }
        // A module that refers to the cluster its caller deploys does not make that an update.
        let existing = |other: &&Instance| {
            other.resource.frame == instance.resource.frame
                && self.eval.with_declared(&other.resource, |declared| declared.existing)
        };
        Ok(!may_be_whole || self.others_of(instance).iter().any(existing))
    }

    fn update_term(&self, instance: &Instance) -> TermId {
        let title = self.eval.title_of(&instance.resource);
        self.eval.outside(&format!("what `{title}` has already: this declaration only updates it"))
    }

    /// The configuration that holds where `resource` is declared; for a module from elsewhere, where it is called.
    pub fn config_of(&self, resource: &ResourceRef) -> Option<&Config> {
        let calls = self.eval.call_path(resource.frame);
        let root = calls.first().map_or(resource, |call| call);
        self.eval.project.config_of(self.declared_at(resource).file, self.declared_at(root).file)
    }

    /// The short place of a declaration; of one in a module that is only known, where that is named.
    pub fn declared_at(&self, resource: &ResourceRef) -> Span {
        self.eval.declared_at(resource)
    }
}
