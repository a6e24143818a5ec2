//! Questions over evaluated resources: the only thing that rules see.

mod explain;
mod ids;
mod index;
mod locate;
mod reason;
mod related;
mod same;
mod trace;
mod truth;
mod world;

use std::sync::Arc;

pub use explain::{CommonLabels, Explanation, explain};
pub use ids::{is_id_of, is_placeholder};
pub use locate::{FixTarget, Located, Switch, Way, locate, locate_switch, locate_written};
pub use trace::{End, Flag, Trace, TraceStep};
pub use truth::{Assumptions, Split};
pub use world::{Common, Verdict, World, WorldAnswer, decide};

use crate::config::Config;
use crate::eval::term::{CondId, TermId};
use crate::eval::{Evaluator, FrameId, Instance, ResourceRef, Value};
use crate::source::{FileId, Span, Str};
use crate::template::Template;

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
    same: same::Same,
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
    /// Expands what `root` deploys. `wanted` decides which resource types are checked; `enter`, which
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
            // Of what is only referred to, just the wanted types matter: they distinguish updates.
            match (is_wanted, existing) {
                (true, _) => resources.push(instance),
                (false, true) => {}
                (false, false) => others.push(instance),
            }
        });
        let reached = eval.deployed_files();
        Self { eval, resources, others, reached, same: same::Same::default(), index: index::Index::default() }
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

    /// The resources to check: deployed, and not just referred to.
    pub fn checked(&self) -> impl Iterator<Item = &Instance> {
        self.resources.iter().filter(|instance| {
            instance.condition != CondId::FALSE
                && !self.eval.with_declared(&instance.resource, |declared| declared.existing)
        })
    }

    /// The configuration that applies where `resource` is declared; for a module from elsewhere, where it is called.
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
