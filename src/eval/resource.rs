//! Declared resources and modules as values: what a symbolic name, or a reference to one, gives before deployment.

use std::rc::Rc;

use super::frame::Seed;
use super::term::{Cause, CondId, Term, TermId};
use super::value::{Failure, FailureKind, IdValue, Part, ResourceRef, Value};
use super::{Evaluator, FrameId, limits};
use crate::source::{Span, Str};
use crate::template::{ExprKind, Language, ResourceId};

/// Characters of the longest name that serves as a title.
const LONGEST_TITLE: usize = 60;

/// Characters of the longest expression that is shown in a title.
const LONGEST_HOLE: usize = 24;

/// The api version of the deployments that the Bicep compiler makes of modules.
const MODULE_VERSION: &str = "2025-04-01";

/// Members of a resource that the template itself decides, whatever the service does.
const NAMED_MEMBERS: [&str; 4] = ["id", "name", "type", "apiVersion"];

impl Evaluator<'_> {
    /// `resource.name` for a declared resource or module.
    pub(super) fn resource_member(&self, reference: &Rc<ResourceRef>, name: &str) -> Value {
        if reference.collection && reference.path.is_empty() {
            return Value::Unknown(self.unknown_collection_member(reference, name));
        }
        let named = NAMED_MEMBERS.iter().find(|known| known.eq_ignore_ascii_case(name));
        if let (true, Some(named)) = (reference.path.is_empty(), named) {
            return self.named_member(reference, named);
        }
        let (is_module, wrapped) = self.with_declared(reference, |resource| {
            let deployment = resource.deployment.as_ref();
            (deployment.is_some(), deployment.is_some_and(|deployment| deployment.wrapped))
        });
        let from_arm = reference.path.first().is_some_and(|first| first.eq_ignore_ascii_case("properties"));
        let unknown = is_module && (reference.picked || self.is_elsewhere(reference));
        if unknown && !wrapped {
            // In ARM's form, in which it is said.
            let in_outputs = from_arm && reference.path.len() == 2;
            return Value::Resource(match reference.path.is_empty() {
                true => self.deeper(reference, &["properties", name]),
                false if in_outputs => self.deeper(reference, &[name, "value"]),
                false => self.deeper(reference, &[name]),
            });
        }
        if is_module && !unknown && reference.path.is_empty() && name.eq_ignore_ascii_case("outputs") {
            return self.module_outputs(reference, false);
        }
        if is_module && !unknown && from_arm && reference.path.len() == 1 && name.eq_ignore_ascii_case("outputs") {
            return self.module_outputs(reference, true);
        }
        if reference.path.len() >= limits::PATH {
            return self.because(Cause::Limit("a property path is too long".into()));
        }
        let deeper = self.deeper(reference, &[name]);
        self.declared_value(&deeper).unwrap_or(Value::Resource(deeper))
    }

    fn unknown_collection_member(&self, reference: &ResourceRef, name: &str) -> TermId {
        let base = self.resource_term(reference);
        self.member_term(base, name)
    }

    fn named_member(&self, reference: &ResourceRef, member: &str) -> Value {
        let scope = self.scope_of(reference);
        match member {
            "id" => match self.id_of(reference) {
                Value::Id(id) if id.names.len() < id.ty.matches('/').count() => {
                    let wanted = id.ty.matches('/').count();
                    let message =
                        format!("a resource of the type `{}` has {wanted} names, not {}", id.ty, id.names.len());
                    self.wrong(self.head_of(reference), message)
                }
                id => id,
            },
            "name" => match self.with_declared(reference, |resource| resource.name) {
                Some(name) => self.own_name(reference, name),
                None => {
                    let term = self.resource_term(reference);
                    self.unknown_member(term, "name")
                }
            },
            "type" => self.with_declared(reference, |resource| resource.ty.clone()).map_or(Value::Null, Value::Str),
            _ => match self.with_declared(reference, |resource| resource.api_version) {
                Some(version) => self.eval(&scope, version),
                None => Value::Null,
            },
        }
    }

    /// A property that the template itself sets to a plain value.
    fn declared_value(&self, reference: &ResourceRef) -> Option<Value> {
        if self.with_declared(reference, |resource| resource.existing) {
            return None;
        }
        let mut value = self.body_of(reference);
        if self.is_extensible(reference) && self.frame(reference.frame).template.language == Language::Arm {
            value = self.member(&value, "properties");
        }
        for name in &reference.path {
            value = self.member(&value, name);
        }
        match value {
            Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Text(_) | Value::Id(_) => Some(value),
            Value::Hidden(_) if !matches!(self.known(&value), Value::Array(_) | Value::Object(_)) => Some(value),
            _ => None,
        }
    }

    /// The residual of a resource's property: `reference(id).path`.
    pub(super) fn resource_term(&self, reference: &ResourceRef) -> TermId {
        let id = self.running_id(reference);
        self.running_term(id, &reference.path)
    }

    /// `reference(id).path`; of an id that depends on a condition it depends, too.
    fn running_term(&self, id: TermId, path: &[Str]) -> TermId {
        if let Term::If(cond, then, otherwise) = self.with_store(|store| store.get(id).clone()) {
            let (then, otherwise) = (self.running_term(then, path), self.running_term(otherwise, path));
            return self.term(Term::If(cond, then, otherwise));
        }
        let mut term = self.term(Term::Call("reference".into(), [id].into()));
        for name in path {
            term = self.member_term(term, name);
        }
        term
    }

    /// By what a running resource is asked for: its id, or its symbolic name when it has none.
    pub(super) fn running_id(&self, reference: &ResourceRef) -> TermId {
        if reference.collection || self.is_extensible(reference) {
            return self.reify(&Value::str(&self.path_of(reference)));
        }
        // A name may have a value in it that asks for the resource.
        let key = (reference.frame, reference.resource, reference.key.clone());
        if !self.running.borrow_mut().insert(key.clone()) {
            let cause = Cause::Error("a resource that needs its own id".into(), self.head_of(reference));
            return self.term(Term::Unknown(cause));
        }
        let id = self.reify(&self.id_of(reference));
        self.running.borrow_mut().remove(&key);
        let (version, deploys) =
            self.with_declared(reference, |resource| (resource.api_version, resource.deployment.is_some()));
        match version.map(|version| self.eval(&self.scope_of(reference), version)) {
            Some(Value::Str(version)) => self.note_version(id, &version),
            None if deploys => self.note_version(id, &MODULE_VERSION.into()),
            _ => {}
        }
        id
    }

    /// Notes the api version with which the resource `id` is asked for.
    pub(super) fn note_version(&self, id: TermId, version: &Str) {
        self.with_store(|store| store.note_version(id, version.clone()));
        if let Term::If(_, then, otherwise) = self.with_store(|store| store.get(id).clone()) {
            self.note_version(then, version);
            self.note_version(otherwise, version);
        }
    }

    /// The symbolic name of something that has no id, behind those of the calls to it.
    fn path_of(&self, reference: &ResourceRef) -> String {
        let calls = self.call_path(reference.frame);
        let titles: Vec<String> = calls.iter().chain([reference]).map(|part| self.title_of(part)).collect();
        titles.join("::")
    }

    /// Where the resource is deployed: its own condition, those around it, that of its loops and of its template.
    pub(crate) fn deployed_when(&self, reference: &ResourceRef) -> CondId {
        let frame = self.frame(reference.frame);
        // The loops that it stands in make it only when they are long enough.
        let seeds = self.seeds(reference.frame, reference.resource);
        let seed = seeds.iter().find(|seed| seed.key == reference.key).map(|seed| seed.condition);
        let mut cond = self.with_store(|store| store.and(frame.condition, seed.unwrap_or(CondId::TRUE)));
        let mut at = Some(reference.resource);
        let scope = self.scope_of(reference);
        while let Some(id) = at {
            let resource = frame.template.resource(id);
            if let Some(condition) = resource.condition {
                let own = self.condition(&self.eval(&scope, condition));
                cond = self.with_store(|store| store.and(cond, own));
            }
            at = resource.nested_in.or(resource.deployed_by).filter(|outer| *outer != id);
        }
        cond
    }

    /// What depends on something that is not deployed: an error where its condition is false.
    pub(super) fn where_deployed(&self, reference: &ResourceRef, at: Span, value: impl FnOnce() -> Value) -> Value {
        let failure = || {
            let of = Rc::new(ResourceRef { path: Vec::new(), ..reference.clone() });
            Value::Error(Rc::new(Failure { kind: FailureKind::NotDeployed(of), at }))
        };
        match self.deployed_when(reference) {
            CondId::TRUE => value(),
            CondId::FALSE => failure(),
            cond => {
                let value = value();
                self.choose(cond, value, failure())
            }
        }
    }

    /// A short name of a declared resource for people: its symbolic name, else its name (with the loop's
    /// part open), else the last word of its type.
    pub fn title_of(&self, reference: &ResourceRef) -> String {
        let frame = self.frame(reference.frame);
        let declared = frame.template.resource(reference.resource);
        if let Some(symbol) = &declared.symbol {
            return symbol.to_string();
        }
        let mut scope = self.scope_of(reference);
        if let Some(index) = declared.for_each.and_then(|each| each.index) {
            let any = self.term(Term::AnyIndex(self.term(Term::Null), 0));
            scope.env = super::value::bind(&scope.env, index, Value::Unknown(any));
        }
        let name = declared.name.map(|name| self.eval(&scope, name));
        let title = match name.map(|name| self.plain(name)) {
            Some(Value::Str(name)) => Some(name.to_string()),
            Some(Value::Text(parts)) => Some(parts.iter().map(|part| self.title_part(part)).collect()),
            Some(Value::Unknown(term)) => Some(self.title_part(&Part::Hole(term))),
            Some(hidden @ Value::Hidden(_)) => Some(self.title_part(&Part::Hole(self.reify(&hidden)))),
            _ => None,
        };
        let last_word = declared.ty.as_ref().and_then(|ty| ty.rsplit('/').next());
        match title {
            Some(title) if title != "${…}" && title.chars().count() <= LONGEST_TITLE => title,
            _ => last_word.unwrap_or("resource").to_owned(),
        }
    }

    fn title_part(&self, part: &Part) -> String {
        match part {
            Part::Text(text) => text.to_string(),
            Part::Hole(term) => match self.print_term(*term) {
                printed if printed.len() <= LONGEST_HOLE => format!("${{{printed}}}"),
                _ => "${…}".to_owned(),
            },
        }
    }

    /// The declared resource of `frame` with this symbolic name (case counts), or the instance of a looped
    /// one: `vm[0]`; nothing in it when the loop makes no such instance.
    pub(super) fn by_symbol(&self, frame: FrameId, symbol: &Value) -> Option<Option<Rc<ResourceRef>>> {
        let (name, index) = match symbol {
            Value::Str(text) => match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
                Some((name, index)) => (name.to_owned(), Some(Value::Int(index.parse().ok()?))),
                None => (text.to_string(), None),
            },
            Value::Text(parts) => match &**parts {
                [Part::Text(name), Part::Hole(index), Part::Text(end)] if &**end == "]" => {
                    (name.strip_suffix('[')?.to_owned(), Some(Value::Unknown(*index)))
                }
                _ => return None,
            },
            _ => return None,
        };
        let template = self.frame(frame).template.clone();
        let found = template.resources.iter().position(|r| r.symbol.as_deref() == Some(&*name))?;
        let seeds = self.seeds(frame, ResourceId(found as u32));
        let first = self.reference_to(frame, ResourceId(found as u32), seeds.first()?);
        let Some(index) = index else { return Some(Some(first)) };
        let all = Rc::new(ResourceRef { collection: true, ..(*first).clone() });
        match self.instance(&all, &index) {
            Value::Resource(instance) => Some(Some(instance)),
            Value::Absent => Some(None),
            _ => None,
        }
    }

    /// The one declared resource of `frame` with this name: so ARM without symbolic names refers to it.
    pub(super) fn by_name(&self, frame: FrameId, name: &Value) -> Option<Rc<ResourceRef>> {
        let template = self.frame(frame).template.clone();
        let symbolic = template.resources.iter().any(|resource| resource.symbol.is_some());
        let name = &self.known(name);
        let is_path = matches!(name, Value::Str(text) if text.contains('/'));
        if is_path || symbolic && template.language == Language::Arm {
            return None;
        }
        let same = |other: Value| match (&self.known(&other), name) {
            (Value::Str(other), Value::Str(name)) => other.eq_ignore_ascii_case(name),
            (other, name) => self.reify(other) == self.reify(name),
        };
        let mut found = None;
        for (at, resource) in template.resources.iter().enumerate() {
            let id = ResourceId(at as u32);
            for seed in self.seeds(frame, id).iter() {
                let reference = self.reference_to(frame, id, seed);
                let name = resource.name.map(|name| self.eval(&self.scope_of(&reference), name));
                if name.is_some_and(same) {
                    // Two with one name: it is not known which is meant.
                    if found.is_some() {
                        return None;
                    }
                    found = Some(reference);
                }
            }
        }
        found
    }

    /// One instance of a declared resource.
    pub(super) fn reference_to(&self, frame: FrameId, resource: ResourceId, seed: &Seed) -> Rc<ResourceRef> {
        let (env, key) = (seed.env.clone(), seed.key.clone());
        Rc::new(ResourceRef { frame, resource, env, key, collection: false, picked: false, path: Vec::new() })
    }

    /// The declared resource of `frame` whose id is `id`, for ARM's `reference(resourceId(…))`.
    pub(super) fn by_id(&self, frame: FrameId, id: &IdValue) -> Option<Rc<ResourceRef>> {
        let template = self.frame(frame).template.clone();
        let wanted = self.id_key(&Value::Id(Rc::new(id.clone())));
        for (at, resource) in template.resources.iter().enumerate() {
            let same_type = resource.ty.as_ref().is_some_and(|ty| ty.eq_ignore_ascii_case(&id.ty));
            // An unnamed or computed one has no id to compare.
            let named = resource.name.is_some_and(|name| !matches!(template.expr(name).kind, ExprKind::Unreadable));
            if !same_type || !named {
                continue;
            }
            let resource_id = ResourceId(at as u32);
            for seed in self.seeds(frame, resource_id).iter() {
                let reference = self.reference_to(frame, resource_id, seed);
                if self.id_key(&self.id_of(&reference)) == wanted {
                    return Some(reference);
                }
            }
        }
        None
    }
}
