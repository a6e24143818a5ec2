//! Deployments: which resources there are, and which templates they deploy in turn.

use std::rc::Rc;
use std::sync::Arc;

use super::Evaluator;
use super::frame::{Frame, FrameInputs, Holes, Seed};
use super::limits;
use super::term::{Atom, Cause, CondId, Term, TermId};
use super::value::{self, Array, FrameId, InstanceKey, ResourceRef, Scope, Slot, Value, Work};
use crate::project::Resolution;
use crate::source::{ProblemCode, Span};
use crate::template::{DeploymentSource, ExprId, ForEach, ImportId, Over, ResourceId, Secrecy, Template};

/// What is said of a loop that needs itself.
const OWN_RESOURCES: &str = "this loop runs over its own resources";

/// A resource that a context deploys.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its declaration, and which instance of it.
    pub resource: Rc<ResourceRef>,
    /// Where it is deployed.
    pub condition: CondId,
}

impl Evaluator<'_> {
    /// Every resource that `frame` declares, modules and nested deployments included, in the order of
    /// the text. `enter` tells into which templates to go.
    pub fn expand(&self, frame: FrameId, enter: &dyn Fn(&Arc<Template>) -> bool, visit: &mut dyn FnMut(Instance)) {
        self.expand_at(frame, enter, visit, 0);
    }

    fn expand_at(
        &self,
        frame_id: FrameId,
        enter: &dyn Fn(&Arc<Template>) -> bool,
        visit: &mut dyn FnMut(Instance),
        calls: u32,
    ) {
        let template = self.frame(frame_id).template.clone();
        for (at, resource) in template.resources.iter().enumerate() {
            let id = ResourceId(at as u32);
            for seed in self.seeds(frame_id, id).iter() {
                if self.resources.get() >= limits::RESOURCES {
                    let span = resource.head.in_file(template.file);
                    self.limit(
                        span,
                        &format!(
                            "this template deploys more than {} resources; the rest is not checked",
                            limits::RESOURCES
                        ),
                    );
                    return;
                }
                // What lies deep costs more wherever it is shown with the way to it.
                let weight = 1 + calls.saturating_sub(limits::PLAIN_CALLS) as usize;
                self.resources.set(self.resources.get() + weight);
                // What is spent is said where the rest of the resource is looked at.
                let _ = self.budget.build(1);
                let reference = self.reference_to(frame_id, id, seed);
                let own = self.deployed_when(&reference);
                let condition = self.with_store(|store| store.and(own, seed.condition));
                visit(Instance { resource: reference.clone(), condition });
                let goes_on = resource.deployment.is_some() && condition != CondId::FALSE;
                if goes_on && calls >= limits::CALLS {
                    let span = resource.head.in_file(template.file);
                    self.limit(span, "deployments are nested too deeply; what lies below is not checked");
                    continue;
                }
                if let Some(child) = goes_on.then(|| self.child(&reference)).flatten()
                    && enter(&self.frame(child).template)
                {
                    self.expand_at(child, enter, visit, calls + 1);
                }
            }
        }
    }

    /// The instances of a resource: one, or one for each round of the loops that it stands in.
    pub(crate) fn seeds(&self, frame_id: FrameId, id: ResourceId) -> Rc<[Seed]> {
        let frame = self.frame(frame_id);
        let Some(memo) = frame.seeds.get(id.0 as usize) else { return Rc::from([]) };
        if let Some(seeds) = memo.get() {
            return seeds.clone();
        }
        let resource = frame.template.resource(id);
        let at = resource.head.in_file(frame.template.file);
        let one = |key: InstanceKey| Rc::from([Seed { env: None, key, condition: CondId::TRUE }]);
        if !self.seeding.borrow_mut().insert((frame_id, id)) {
            self.problem(at, ProblemCode::EvaluationError, OWN_RESOURCES);
            return one(vec![None]);
        }
        let level = self.step().ok();
        let around = match resource.nested_in.or(resource.deployed_by) {
            Some(outer) if outer != id && level.is_some() => self.seeds(frame_id, outer),
            _ => one(Vec::new()),
        };
        let seeds: Rc<[Seed]> = match &resource.for_each {
            None => around,
            Some(each) => {
                let rounds = around.iter().flat_map(|seed| self.rounds(frame_id, each, seed, at));
                rounds.take(limits::RESOURCES).collect()
            }
        };
        self.seeding.borrow_mut().remove(&(frame_id, id));
        memo.get_or_init(|| seeds).clone()
    }

    fn rounds(&self, frame: FrameId, each: &ForEach, outer: &Seed, at: Span) -> Vec<Seed> {
        let scope = Scope { frame, env: outer.env.clone() };
        let (items, count) = match each.over {
            Over::Array(expr) => (Some(self.instances_of(self.eval(&scope, expr))), None),
            Over::Count(expr) => (None, Some(self.known(&self.plain(self.eval(&scope, expr))))),
        };
        let round = |item: Option<Slot>, index: i64| {
            let env = self.bind_item(&scope, each.item, each.index, item.unwrap_or(Slot::Value(Value::Null)), index);
            let mut key = outer.key.clone();
            key.push(Some(index as u32));
            Seed { env, key, condition: outer.condition }
        };
        match (&items, &count) {
            (Some(Value::Array(array)), _) if array.open.is_none() && array.items.len() as i64 <= limits::COPIES => {
                array.items.iter().enumerate().map(|(at, item)| round(Some(item.clone()), at as i64)).collect()
            }
            (_, Some(Value::Int(count))) if *count < 0 => {
                let message = "a loop cannot run a negative number of times";
                self.problem(at, ProblemCode::EvaluationError, message);
                Vec::new()
            }
            (_, Some(Value::Int(count))) if *count <= limits::COPIES => (0..*count).map(|at| round(None, at)).collect(),
            _ => {
                if let Some(rounds) = self.conditional_rounds(&scope, each, outer, items.as_ref(), count.as_ref()) {
                    return rounds;
                }
                let known = matches!(&items, Some(Value::Array(array)) if array.open.is_none())
                    || matches!(count, Some(Value::Int(_)));
                if known {
                    self.problem(
                        at,
                        ProblemCode::LimitReached,
                        format!(
                            "this loop makes more than {} resources, which the service refuses; one of them is checked",
                            limits::COPIES
                        ),
                    );
                }
                let source = items.or(count).unwrap_or(Value::Null);
                vec![self.any_round(&scope, each, outer, &source, known)]
            }
        }
    }

    /// The rounds of a loop whose length depends on conditions, but is known where these are: each round with
    /// the condition under which the loop is long enough. Nothing when it is not known even so.
    fn conditional_rounds(
        &self,
        scope: &Scope,
        each: &ForEach,
        outer: &Seed,
        items: Option<&Value>,
        count: Option<&Value>,
    ) -> Option<Vec<Seed>> {
        let source = items.or(count)?;
        let mut cases = Vec::new();
        self.cases_of(source, CondId::TRUE, &mut cases)?;
        let lengths = cases.iter().map(|(_, value)| length_of(value)).collect::<Option<Vec<i64>>>()?;
        let longest = lengths.iter().copied().max().filter(|longest| *longest <= limits::COPIES)?;
        let round = |index: i64| {
            let mut item = None;
            for ((case, value), _) in cases.iter().zip(&lengths).filter(|(_, length)| **length > index) {
                if let Value::Array(array) = value {
                    let here = array.items.get(index as usize).map(|slot| self.force(slot))?;
                    item = Some(match item {
                        Some(others) => self.choose(*case, here, others),
                        None => here,
                    });
                }
            }
            let item = Slot::Value(item.unwrap_or(Value::Null));
            let env = self.bind_item(scope, each.item, each.index, item, index);
            let mut key = outer.key.clone();
            key.push(Some(index as u32));
            let long_enough = self.longer_than(source, index);
            Some(Seed { env, key, condition: self.with_store(|store| store.and(outer.condition, long_enough)) })
        };
        (0..longest).map(round).collect()
    }

    /// Where an array, or a count, whose cases are known is more than `index`.
    fn longer_than(&self, value: &Value, index: i64) -> CondId {
        match value {
            Value::Choice(choice) => {
                let _level = match self.step() {
                    Ok(level) => level,
                    Err(limit) => return self.condition(&limit),
                };
                let (then, otherwise) = (self.longer_than(&choice.1, index), self.longer_than(&choice.2, index));
                self.with_store(|store| store.either(choice.0, then, otherwise))
            }
            other => CondId::from(length_of(other).is_some_and(|length| length > index)),
        }
    }

    /// The values that `value` may have, each with its condition; nothing when there are too many.
    fn cases_of(&self, value: &Value, when: CondId, cases: &mut Vec<(CondId, Value)>) -> Option<()> {
        match value {
            Value::Choice(choice) => {
                let _level = self.step().ok()?;
                let not = self.with_store(|store| store.not(choice.0));
                let (then, otherwise) = self.with_store(|store| (store.and(when, choice.0), store.and(when, not)));
                self.cases_of(&choice.1, then, cases)?;
                self.cases_of(&choice.2, otherwise, cases)
            }
            _ if when == CondId::FALSE => Some(()),
            _ if cases.len() >= limits::CASES => None,
            other => {
                cases.push((when, other.clone()));
                Some(())
            }
        }
    }

    /// One round that stands for all rounds of a loop whose length is not known.
    fn any_round(&self, scope: &Scope, each: &ForEach, outer: &Seed, source: &Value, not_empty: bool) -> Seed {
        let number = self.loops.get();
        self.loops.set(number + 1);
        let (over, by_array) = self.run_over(source, matches!(each.over, Over::Array(_)));
        let known_item = self.has_items(over);
        let mut env = scope.env.clone();
        if let Some(item) = each.item {
            env = value::bind(&env, item, self.unknown(Term::AnyItem(over, number)));
        }
        if let Some(index) = each.index {
            env = value::bind(&env, index, self.unknown(Term::AnyIndex(over, number)));
        }
        let runs = match each.over {
            _ if not_empty || known_item => CondId::TRUE,
            _ if by_array => self.with_store(|store| {
                let empty = store.ask(Atom::Empty(over));
                store.not(empty)
            }),
            _ => self.with_store(|store| {
                let zero = store.term(Term::Int(0));
                let none = store.ask(Atom::Equal(over, zero));
                store.not(none)
            }),
        };
        let mut key = outer.key.clone();
        key.push(None);
        Seed { env, key, condition: self.with_store(|store| store.and(outer.condition, runs)) }
    }

    /// What a loop of unknown length runs over, and whether that is an array: to count to the length of an
    /// array is to run over it.
    pub(super) fn run_over(&self, source: &Value, is_array: bool) -> (TermId, bool) {
        let term = self.reify(source);
        match self.with_store(|store| store.get(term).clone()) {
            Term::Call(name, args) if !is_array && &*name == "length" && args.len() == 1 => (args[0], true),
            _ => (term, is_array),
        }
    }

    /// Whether some items of an open array are known.
    fn has_items(&self, array: TermId) -> bool {
        self.with_store(|store| match store.get(array) {
            Term::Call(name, args) if &**name == "union" => {
                args.last().is_some_and(|known| matches!(store.get(*known), Term::Array(items) if !items.is_empty()))
            }
            _ => false,
        })
    }

    /// All instances of a looped resource as an array.
    pub(super) fn collect(&self, reference: &Rc<ResourceRef>) -> Value {
        let seeds = self.seeds(reference.frame, reference.resource);
        let any = seeds.iter().any(|seed| seed.key.contains(&None));
        let of =
            |seed: &Seed| Slot::Value(Value::Resource(self.reference_to(reference.frame, reference.resource, seed)));
        if any {
            let open = self.resource_term(reference);
            return Value::Array(Rc::new(Array { items: Vec::new(), open: Some(open) }));
        }
        Value::Array(Rc::new(Array { items: seeds.iter().map(of).collect(), open: None }))
    }

    /// One instance of a looped resource.
    pub(super) fn instance(&self, reference: &Rc<ResourceRef>, index: &Value) -> Value {
        let seeds = self.seeds(reference.frame, reference.resource);
        let wanted = |seed: &&Seed| match (seed.key.last(), index) {
            (Some(Some(known)), Value::Int(index)) => i64::from(*known) == *index,
            (Some(None), _) => true,
            _ => false,
        };
        let known = matches!(index, Value::Int(_));
        match seeds.iter().find(wanted).or_else(|| seeds.first().filter(|_| !known)) {
            // One that stands for all: it becomes the one with this index.
            Some(seed) if !known || seed.key.last() == Some(&None) => self.picked(reference, seed, index),
            Some(seed) => Value::Resource(self.reference_to(reference.frame, reference.resource, seed)),
            None if matches!(index, Value::Int(_)) => Value::Absent,
            None => {
                let (base, index) = (self.resource_term(reference), self.reify(index));
                self.unknown(Term::Index(base, index))
            }
        }
    }

    /// The instance with this index, where the index or the length of the loop is not known; `any` is one
    /// of the others.
    fn picked(&self, reference: &Rc<ResourceRef>, any: &Seed, index: &Value) -> Value {
        let each = self.with_declared(reference, |resource| resource.for_each);
        let mut env = any.env.clone();
        if let Some(each) = each {
            let outer = Scope { frame: reference.frame, env: reference.env.clone() };
            let item = match (each.over, each.item) {
                (Over::Array(source), Some(_)) => self.item_of_loop(reference, &outer, source, index),
                _ => Value::Null,
            };
            for (local, value) in [(each.item, item), (each.index, index.clone())] {
                env = local.map_or(env.clone(), |local| value::bind(&env, local, value));
            }
        }
        let mut key = any.key.clone();
        key.pop();
        key.push(None);
        let seed = Seed { env, key, condition: any.condition };
        let picked = self.reference_to(reference.frame, reference.resource, &seed);
        Value::Resource(Rc::new(ResourceRef { picked: true, ..(*picked).clone() }))
    }

    /// The item at `index` of what the loop of `reference` runs over, which is not evaluated inside itself.
    fn item_of_loop(&self, reference: &ResourceRef, scope: &Scope, source: ExprId, index: &Value) -> Value {
        let looped = (reference.frame, reference.resource);
        if !self.seeding.borrow_mut().insert(looped) {
            return self.wrong(self.span_of(scope.frame, source), OWN_RESOURCES);
        }
        let item = self.item(&self.eval(scope, source), index);
        self.seeding.borrow_mut().remove(&looped);
        item
    }

    /// The frame of the template that `reference` deploys; `None` when it cannot be read.
    pub(crate) fn child(&self, reference: &ResourceRef) -> Option<FrameId> {
        let key: (ResourceId, InstanceKey) = (reference.resource, reference.key.clone());
        let frame = self.frame(reference.frame);
        if let Some(child) = frame.children.borrow().get(&key) {
            return *child;
        }
        // Marked as unreadable while it is made, so that a module that needs itself ends.
        frame.children.borrow_mut().insert(key.clone(), None);
        let child = self.deployed_template(reference).map(|(template, holes)| {
            let by = Box::new(ResourceRef { path: Vec::new(), ..reference.clone() });
            let place = self.child_place(reference);
            let condition = self.deployed_when(reference);
            self.add_frame(Frame::new(template, FrameInputs::Call { by }, condition, place).with_holes(holes))
        });
        frame.children.borrow_mut().insert(key, child);
        child
    }

    fn deployed_template(&self, reference: &ResourceRef) -> Option<(Arc<Template>, Holes)> {
        let frame = self.frame(reference.frame);
        let deployment = frame.template.resource(reference.resource).deployment.as_ref()?;
        let template = match &deployment.source {
            DeploymentSource::Inline(template) => Some(template.clone()),
            DeploymentSource::Reference(path, range) => {
                let at = range.in_file(frame.template.file);
                match self.project.resolve(frame.template.file, path) {
                    Resolution::Template(template) if self.calls_itself(reference.frame, &template) => {
                        self.problem(
                            at,
                            ProblemCode::ModuleCycle,
                            format!("module `{path}` calls itself, directly or through others"),
                        );
                        None
                    }
                    Resolution::Template(template) | Resolution::Known(template) => Some(template),
                    // Said once by the project, for every context.
                    Resolution::Missing | Resolution::NotRead | Resolution::NotATemplate => None,
                }
            }
            DeploymentSource::Computed(template) => return self.computed_template(reference, *template),
            DeploymentSource::Outer(_) | DeploymentSource::Linked(_) => None,
        };
        template.map(|template| (template, Holes::default()))
    }

    /// Whether `template` is already being deployed on the way to `frame`.
    fn calls_itself(&self, frame: FrameId, template: &Arc<Template>) -> bool {
        let mut at = frame;
        for _ in 0..limits::CALLS {
            let frame = self.frame(at);
            if Arc::ptr_eq(&frame.template, template) {
                return true;
            }
            match &frame.inputs {
                FrameInputs::Call { by } => at = by.frame,
                FrameInputs::Root(_) | FrameInputs::File { .. } | FrameInputs::Import => return false,
            }
        }
        true
    }

    /// The argument that `by` passes for the parameter `name`; [`Value::Absent`] when it passes none.
    pub(crate) fn argument(&self, by: &ResourceRef, name: &str) -> Value {
        let frame = self.frame(by.frame);
        let declared = frame.template.resource(by.resource);
        let Some(deployment) = &declared.deployment else { return Value::Absent };
        let Some(params) = deployment.params else { return Value::Absent };
        let args = self.eval(&self.scope_of(by), params);
        let arg = self.member(&args, name);
        if !deployment.wrapped {
            return arg;
        }
        self.each(arg, &|arg| match &arg {
            Value::Absent | Value::Null => Value::Absent,
            wrapped => match self.member(wrapped, "value") {
                // A reference to a key vault secret.
                Value::Absent => self.because(Cause::KeyVault),
                value => value,
            },
        })
    }

    /// The outputs of the template that `reference` deploys. `wrapped`: each as `{ value: … }`.
    pub(super) fn module_outputs(&self, reference: &Rc<ResourceRef>, wrapped: bool) -> Value {
        let at =
            self.with_declared(reference, |resource| resource.head).in_file(self.frame(reference.frame).template.file);
        self.where_deployed(reference, at, || self.outputs_of(reference, wrapped))
    }

    fn outputs_of(&self, reference: &Rc<ResourceRef>, wrapped: bool) -> Value {
        let frame = self.frame(reference.frame);
        let declared = frame.template.resource(reference.resource);
        let child = self.child(reference).filter(|child| !self.project.is_known(self.frame(*child).template.file));
        if child.is_some_and(|child| self.frame(child).holes.by_case) {
            let title = self.title_of(reference);
            return self.because(Cause::Outside(format!("the outputs of `{title}`, whose template is chosen").into()));
        }
        let (template, scope) = match (child, declared.deployment.as_ref().map(|d| &d.source)) {
            (Some(child), _) => (self.frame(child).template.clone(), Scope { frame: child, env: None }),
            (None, Some(DeploymentSource::Outer(_))) => (frame.template.clone(), self.scope_of(reference)),
            (None, _) => return self.unread(reference),
        };
        let outputs = match declared.deployment.as_ref().map(|deployment| &deployment.source) {
            Some(DeploymentSource::Outer(outputs)) => outputs,
            _ => &template.outputs,
        };
        let members = outputs.iter().map(|output| {
            let value = match output.secure {
                true => Slot::Value(self.because(Cause::KeyVault)),
                false if output.secrecy != Secrecy::Open => {
                    let (slot, said) = (self.later(&scope, output.value), Self::said(&template, &output.secrecy));
                    self.delay(Work::Secure(slot, said, self.term(Term::Unknown(Cause::KeyVault)), false))
                }
                false => self.later(&scope, output.value),
            };
            let value = match wrapped {
                true => Slot::Value(Value::Object(Rc::new(super::Object {
                    members: vec![("value".into(), value)].into(),
                    open: None,
                }))),
                false => value,
            };
            (output.name.clone(), value)
        });
        Value::Object(Rc::new(super::Object { members: members.collect(), open: None }))
    }

    /// Something of the template that `reference` deploys, which was not read.
    pub(super) fn unread(&self, reference: &ResourceRef) -> Value {
        let written = self.with_declared(reference, |resource| match &resource.deployment.as_ref()?.source {
            DeploymentSource::Reference(path, _) => Some(path.clone()),
            _ => None,
        });
        self.because(Cause::Module(written.unwrap_or_else(|| self.title_of(reference).into())))
    }

    /// Where the module in which `frame` lies is named, when only facts are known of it: its text is nobody's to see.
    pub fn known_at(&self, frame: FrameId) -> Option<Span> {
        let frame = self.frame(frame);
        let FrameInputs::Call { by } = &frame.inputs else { return None };
        if !self.project.is_known(frame.template.file) {
            return None;
        }
        let caller = self.frame(by.frame).template.file;
        self.with_declared(by, |resource| match &resource.deployment.as_ref()?.source {
            DeploymentSource::Reference(_, range) => Some(range.in_file(caller)),
            _ => None,
        })
    }

    /// The short place of a declaration; of one in a module of which only facts are known, where that is named.
    pub fn declared_at(&self, reference: &ResourceRef) -> Span {
        self.known_at(reference.frame).unwrap_or_else(|| self.head_of(reference))
    }

    /// The frame in which names imported from another file are evaluated.
    pub(super) fn import_frame(&self, frame_id: FrameId, import: ImportId) -> Option<FrameId> {
        let frame = self.frame(frame_id);
        let reference = &frame.template.imports.get(import.0 as usize)?.reference;
        let Resolution::Template(template) = self.project.resolve(frame.template.file, reference) else { return None };
        Some(self.import(template))
    }

    /// The calls on the way to `frame`, outermost first.
    pub fn call_path(&self, frame: FrameId) -> Vec<ResourceRef> {
        let mut path = Vec::new();
        let mut at = frame;
        while let FrameInputs::Call { by } = &self.frame(at).inputs {
            path.push((**by).clone());
            at = by.frame;
        }
        path.reverse();
        path
    }
}

/// The length of an array, or a count, that is known.
fn length_of(value: &Value) -> Option<i64> {
    match value {
        Value::Array(array) if array.open.is_none() => Some(array.items.len() as i64),
        Value::Int(count) => Some(*count),
        _ => None,
    }
}
