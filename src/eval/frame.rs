//! Frames: one deployment of one template, with what it was given and what was evaluated of it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::term::{CondId, TermId};
use super::value::{Env, FrameId, InstanceKey, ResourceRef, Scope, Slot, Value};
use crate::source::{HashMap, Str};
use crate::template::{ExprId, ParamId, ResourceId, Template, VariableId};

/// One deployment of one template.
#[derive(Debug)]
pub struct Frame {
    /// The template.
    pub template: Arc<Template>,
    /// What it was given.
    pub inputs: FrameInputs,
    /// What the holes in its template hold, when a value is its template.
    pub(super) holes: Holes,
    /// Under which condition it is deployed at all.
    pub condition: CondId,
    /// Where it is deployed.
    pub place: DeploymentPlace,
    /// Evaluated parameters.
    pub(super) params: Vec<Memo>,
    /// Evaluated variables.
    pub(super) variables: Vec<Memo>,
    /// Deployments made from here.
    pub(super) children: RefCell<HashMap<(ResourceId, InstanceKey), Option<FrameId>>>,
    /// The instances of each resource.
    pub(super) seeds: Vec<OnceCell<Rc<[Seed]>>>,
}

impl Frame {
    pub(super) fn new(template: Arc<Template>, inputs: FrameInputs, condition: CondId, place: DeploymentPlace) -> Self {
        let memos = |count: usize| (0..count).map(|_| Memo::default()).collect();
        Self {
            params: memos(template.params.len()),
            variables: memos(template.variables.len()),
            seeds: (0..template.resources.len()).map(|_| OnceCell::new()).collect(),
            children: RefCell::default(),
            template,
            inputs,
            holes: Holes::default(),
            condition,
            place,
        }
    }

    /// The same frame with what the holes in its template hold.
    pub(super) fn with_holes(self, holes: Holes) -> Self {
        Self { holes, ..self }
    }

    /// What the parameter `id` holds when it is a hole in a template that is a value.
    pub fn hole(&self, id: ParamId) -> Option<&Value> {
        let first = self.template.params.len().checked_sub(self.holes.values.len())?;
        self.holes.values.get((id.0 as usize).checked_sub(first)?)
    }

    /// How many values, loops and deployments it has place for.
    pub(super) fn size(&self) -> usize {
        self.params.len() + self.variables.len() + self.seeds.len()
    }

    pub(super) fn param_memo(&self, id: ParamId) -> Option<&Memo> {
        self.params.get(id.0 as usize)
    }

    pub(super) fn variable_memo(&self, id: VariableId) -> Option<&Memo> {
        self.variables.get(id.0 as usize)
    }
}

/// What is not known before deployment in a template that is a value.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// The values, in the order of their parameters, which are the last ones of the template.
    pub(super) values: Vec<Value>,
    /// The template may have more resources than those that are known.
    pub(super) leaves_out: bool,
    /// The template deploys others under conditions, in place of one that depends on them.
    pub(super) by_case: bool,
}

impl Holes {
    /// The name of the parameter for the hole at `at`; no name that somebody gives a parameter.
    pub(super) fn name(at: usize) -> String {
        format!("armguard:{at}")
    }
}

/// A value that is computed once, with a mark against cycles.
#[derive(Debug, Default)]
pub(super) struct Memo {
    pub(super) value: OnceCell<Value>,
    pub(super) busy: std::cell::Cell<bool>,
}

/// Where a template is deployed. All of it is `None` at the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeploymentPlace {
    /// The id of the subscription.
    pub subscription: Option<TermId>,
    /// The name of the resource group.
    pub group: Option<TermId>,
    /// The name of the management group.
    pub management_group: Option<TermId>,
    /// The id of a place that cannot be taken apart.
    pub other: Option<TermId>,
}

/// What a template is given.
#[derive(Debug, Clone)]
pub enum FrameInputs {
    /// It is deployed by a person or a pipeline: with these values, from a parameter file or the
    /// command line. What is not given has its default, or is free.
    Root(Vec<Given>),
    /// Another template deploys it.
    Call {
        /// The deployment: a module call or a nested deployment.
        by: Box<ResourceRef>,
    },
    /// It is a parameter file: it gives itself these values.
    File {
        /// What it assigns.
        given: Vec<Given>,
        /// The parameter file that it extends.
        base: Option<FrameId>,
        /// The template that it is for.
        template: Option<Arc<Template>>,
    },
    /// It is not deployed: names of it are imported.
    Import,
}

/// A value from a parameter file.
#[derive(Debug, Clone)]
pub struct Given {
    /// The parameter's name.
    pub name: Str,
    /// The value, in the frame of the parameter file.
    pub value: Slot,
    /// The value as written.
    pub scope: Scope,
    /// The expression, in that scope's template.
    pub expr: ExprId,
}

/// An instance of a declared resource: which one, and the loop variables that it sees.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The loop variables.
    pub env: Env,
    /// Its indexes.
    pub key: InstanceKey,
    /// Under which condition the loops that it stands in make it: a loop whose length is not known
    /// may be empty.
    pub condition: CondId,
}
