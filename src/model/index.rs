//! Where resources are found without looking at all of them.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::eval::term::{CondId, TermId};
use crate::eval::{FrameId, Instance, ResourceRef, Value};
use crate::source::{HashMap, IdMap, TextRange};
use crate::template::{ExprId, Language, Resource, ResourceId};

use super::Model;

/// What a type has between the type of a resource and that of an extension of it.
const PROVIDERS: &str = "/providers/";

/// A resource that lies deeper than this is looked for among all.
const DEEPEST: usize = 16;

/// The segments of an id, when it has any.
pub(super) type Segments = Option<Rc<[Value]>>;

/// A declared resource, and the round of its loop.
type Declared = (FrameId, ResourceId, Vec<Option<u32>>);

/// Positions of resources in [`Model::instance`]: `resources` first, then `others`.
type Positions = Vec<usize>;

/// What is looked up of a model's resources, made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_type: OnceCell<HashMap<String, OfType>>,
    by_declaration: OnceCell<IdMap<(FrameId, ResourceId), Positions>>,
    by_id: RefCell<HashMap<String, Rc<IdMap<TermId, usize>>>>,
    segments: RefCell<IdMap<*const ResourceRef, Segments>>,
    below: RefCell<IdMap<*const ResourceRef, Segments>>,
    by_start: RefCell<IdMap<FrameId, Rc<[ExprId]>>>,
    pub(super) not_followed: OnceCell<Option<TermId>>,
}

/// The resources of a type, by what they lie on.
#[derive(Debug, Default)]
struct OfType {
    all: Positions,
    /// Those that symbolic names put on a declared resource, for it and for what it lies on itself.
    on: HashMap<Declared, Positions>,
    /// Those that only an id identifies.
    loose: Positions,
}

fn declared(resource: &ResourceRef) -> Declared {
    (resource.frame, resource.resource, resource.key.clone())
}

fn may_be_deployed(instance: &Instance) -> bool {
    instance.condition != CondId::FALSE
}

/// Under which types a resource is found that is declared with this one: its own, and that of an extension
/// named in one type with what it lies on, `Microsoft.X/clusters/providers/settings`, without its namespace.
fn type_key(ty: &str) -> String {
    let ty = ty.to_ascii_lowercase();
    match ty.rfind(PROVIDERS) {
        Some(at) => ty[at..].to_owned(),
        None => ty,
    }
}

impl Model<'_, '_> {
    fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.resources.iter().chain(&self.others)
    }

    fn instance(&self, at: usize) -> Option<&Instance> {
        self.resources.get(at).or_else(|| self.others.get(at.checked_sub(self.resources.len())?))
    }

    /// The resources of type `ty` that may be deployed, by what they lie on: those declared as `ty`, and extensions.
    fn typed(&self, ty: &str) -> [Option<&OfType>; 2] {
        let by_type = self.index.by_type.get_or_init(|| self.by_type());
        let own = ty.split_once('/').map(|(_, own)| format!("{PROVIDERS}{}", own.to_ascii_lowercase()));
        [by_type.get(&ty.to_ascii_lowercase()), own.and_then(|own| by_type.get(&own))]
    }

    fn by_type(&self) -> HashMap<String, OfType> {
        let mut by_type = HashMap::<String, OfType>::default();
        for (at, instance) in self.instances().enumerate().filter(|(_, instance)| may_be_deployed(instance)) {
            let key = |declared: &Resource| declared.ty.as_deref().filter(|_| !declared.existing).map(type_key);
            let Some(key) = self.eval.with_declared(&instance.resource, key) else { continue };
            let of_type = by_type.entry(key).or_default();
            of_type.all.push(at);
            match self.lies_on_all(&instance.resource) {
                Some(all) => all.into_iter().for_each(|on| of_type.on.entry(on).or_default().push(at)),
                None => of_type.loose.push(at),
            }
        }
        by_type
    }

    fn in_order(&self, mut places: Positions) -> impl Iterator<Item = &Instance> {
        places.sort_unstable();
        places.into_iter().filter_map(|at| self.instance(at))
    }

    /// The resources of type `ty` that may be deployed, in the order of the text.
    pub fn of_type(&self, ty: &str) -> impl Iterator<Item = &Instance> {
        self.in_order(self.typed(ty).into_iter().flatten().flat_map(|of_type| &of_type.all).copied().collect())
    }

    /// Of the resources of type `ty` those that may lie on `outer`: not those whose symbolic names show that
    /// they lie elsewhere.
    pub(super) fn of_type_on(&self, ty: &str, outer: &ResourceRef) -> impl Iterator<Item = &Instance> {
        let is_certain = self.is_certain(outer);
        let key = declared(outer);
        let places = |of_type: &OfType| match is_certain {
            true => of_type.on.get(&key).into_iter().flatten().chain(&of_type.loose).copied().collect(),
            false => of_type.all.clone(),
        };
        self.in_order(self.typed(ty).into_iter().flatten().flat_map(places).collect())
    }

    /// Of the resources of type `ty` those on which `inner` may lie.
    pub(super) fn of_type_under(&self, ty: &str, inner: &ResourceRef) -> Vec<&Instance> {
        match self.lies_on_all(inner) {
            None => self.of_type(ty).collect(),
            Some(all) => {
                let rounds = all.iter().flat_map(|(frame, resource, _)| self.rounds(*frame, *resource));
                let is = |declared: &Resource| declared.ty.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(ty));
                let of_type = rounds.filter(|at| may_be_deployed(at) && self.eval.with_declared(&at.resource, is));
                of_type.collect()
            }
        }
    }

    /// What a declaration deploys: one resource, or one for each round of its loop.
    pub fn rounds(&self, frame: FrameId, resource: ResourceId) -> impl Iterator<Item = &Instance> {
        let by_declaration = self.index.by_declaration.get_or_init(|| {
            let mut by_declaration = IdMap::<_, Positions>::default();
            for (at, instance) in self.instances().enumerate() {
                let key = (instance.resource.frame, instance.resource.resource);
                by_declaration.entry(key).or_default().push(at);
            }
            by_declaration
        });
        by_declaration.get(&(frame, resource)).into_iter().flatten().filter_map(|at| self.instance(*at))
    }

    /// All resources on which `inner` lies, the nearest first, when symbolic names alone decide.
    fn lies_on_all(&self, inner: &ResourceRef) -> Option<Vec<Declared>> {
        let mut all = Vec::new();
        let mut at = Rc::new(inner.clone());
        loop {
            let is_top = |declared: &Resource| {
                let is_whole = declared.ty.as_ref().is_some_and(|ty| ty.matches('/').count() == 1);
                is_whole && declared.scope.is_none() && declared.parent.is_none()
            };
            if self.eval.with_declared(&at, is_top) {
                // In ARM it may still stand in the `resources` of another one.
                let language = self.eval.frame(at.frame).template.language;
                return (language == Language::Bicep).then_some(all);
            }
            at = self.named(&at).filter(|named| all.len() < DEEPEST && self.is_certain(named))?;
            all.push(declared(&at));
        }
    }

    /// Whether this is one declared resource, deployed here, and not one of several.
    fn is_certain(&self, resource: &ResourceRef) -> bool {
        !resource.key.contains(&None)
            && resource.path.is_empty()
            && !self.eval.with_declared(resource, |declared| declared.existing)
    }

    /// The declared resource whose id is `id`.
    pub fn declared_instance(&self, id: &Value) -> Option<&Instance> {
        let id = &self.eval.known(id);
        let Value::Id(wanted) = id else { return None };
        let ty = wanted.ty.to_ascii_lowercase();
        let known = self.index.by_id.borrow().get(&ty).cloned();
        let by_id = known.unwrap_or_else(|| {
            let mut by_id = IdMap::default();
            for (at, instance) in self.instances().enumerate() {
                let is = |declared: &Resource| {
                    !declared.existing && declared.ty.as_ref().is_some_and(|known| known.eq_ignore_ascii_case(&ty))
                };
                if self.eval.with_declared(&instance.resource, is) {
                    by_id.entry(self.eval.id_key(&self.eval.id_of(&instance.resource))).or_insert(at);
                }
            }
            let by_id = Rc::new(by_id);
            self.index.by_id.borrow_mut().insert(ty, Rc::clone(&by_id));
            by_id
        });
        by_id.get(&self.eval.id_key(id)).and_then(|at| self.instance(*at))
    }

    /// The segments of the id of one of the model's resources.
    pub(super) fn segments(&self, resource: &Rc<ResourceRef>) -> Segments {
        remembered(&self.index.segments, resource, || Some(self.eval.id_segments(&self.eval.id_of(resource))?.into()))
    }

    /// The segments of the id of what one of the model's resources lies on.
    pub(super) fn below(&self, resource: &Rc<ResourceRef>) -> Segments {
        remembered(&self.index.below, resource, || Some(self.make_below(resource)?.into()))
    }

    /// The expressions that stand in `range` of the template of `frame`.
    pub fn exprs_in(&self, frame: FrameId, range: TextRange) -> Vec<ExprId> {
        let template = &self.eval.frame(frame).template;
        let known = self.index.by_start.borrow().get(&frame).cloned();
        let by_start = known.unwrap_or_else(|| {
            let mut ids: Vec<ExprId> = (0..template.exprs.len()).map(|at| ExprId(at as u32)).collect();
            ids.sort_by_key(|id| template.expr(*id).range.start);
            let by_start: Rc<[ExprId]> = ids.into();
            self.index.by_start.borrow_mut().insert(frame, Rc::clone(&by_start));
            by_start
        });
        let at = |bound: u32| by_start.partition_point(|id| template.expr(*id).range.start < bound);
        let within = by_start.get(at(range.start)..at(range.end)).unwrap_or_default();
        within.iter().copied().filter(|id| range.contains(template.expr(*id).range)).collect()
    }
}

/// What `make` makes of a resource, made once.
fn remembered(
    known: &RefCell<IdMap<*const ResourceRef, Segments>>,
    resource: &Rc<ResourceRef>,
    make: impl FnOnce() -> Segments,
) -> Segments {
    let key = Rc::as_ptr(resource);
    if let Some(made) = known.borrow().get(&key) {
        return made.clone();
    }
    let made = make();
    known.borrow_mut().insert(key, made.clone());
    made
}
