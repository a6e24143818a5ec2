//! Resource ids: names, places, and what a declared resource will be called.

use std::rc::Rc;

use super::frame::DeploymentPlace;
use super::term::{Cause, Term, TermId};
use super::value::{IdValue, Part, ResourceRef, Scope, Value};
use super::{Evaluator, FrameId};
use crate::source::{Span, Str};
use crate::template::{ExprId, Resource};

/// The type of resource groups.
const RESOURCE_GROUPS: &str = "Microsoft.Resources/resourceGroups";

impl Evaluator<'_> {
    /// The string of a resource id.
    pub fn id_text(&self, id: &IdValue) -> Value {
        let mut parts = Vec::new();
        self.text_parts(&id.scope, &mut parts);
        // A resource group lies in its subscription, not behind a provider.
        if let ([name], true) = (id.names.as_slice(), id.ty.eq_ignore_ascii_case(RESOURCE_GROUPS)) {
            parts.push(Part::Text("/resourceGroups/".into()));
            self.text_parts(name, &mut parts);
            return self.text(parts);
        }
        let mut segments = id.ty.split('/');
        parts.push(Part::Text(format!("/providers/{}", segments.next().unwrap_or_default()).into()));
        for (ty, name) in segments.zip(&id.names) {
            parts.push(Part::Text(format!("/{ty}/").into()));
            self.text_parts(name, &mut parts);
        }
        self.text(parts)
    }

    /// What a resource id, or a part of one, is compared by: Azure compares ids without regard to case, and what is
    /// hidden in one counts like anything else.
    pub fn id_key(&self, id: &Value) -> TermId {
        let folded = self.each(self.known(id), &|id| match id {
            Value::Id(id) => self.folded(self.id_text(&id)),
            other => self.folded(other),
        });
        self.reify(&folded)
    }

    /// `text` in lower case, as far as it is known.
    fn folded(&self, text: Value) -> Value {
        match text {
            Value::Str(text) => Value::str(&text.to_ascii_lowercase()),
            Value::Text(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Part::Text(text) => Part::Text(text.to_ascii_lowercase().into()),
                    hole @ Part::Hole(_) => hole.clone(),
                });
                self.text(parts.collect())
            }
            other => other,
        }
    }

    /// The declaration that `reference` refers to, in the template of its frame.
    pub fn with_declared<T>(&self, reference: &ResourceRef, look: impl FnOnce(&Resource) -> T) -> T {
        let frame = self.frame(reference.frame);
        look(frame.template.resource(reference.resource))
    }

    /// What is written in the declaration of `reference`.
    pub fn body_of(&self, reference: &ResourceRef) -> Value {
        let key = (reference.frame, reference.resource, reference.key.clone());
        if reference.picked {
            // It has the key of the one that stands for all.
            let body = self.with_declared(reference, |declared| declared.body);
            return self.eval(&self.scope_of(reference), body);
        }
        if let Some(body) = self.bodies.borrow().get(&key) {
            return body.clone();
        }
        let body = self.with_declared(reference, |declared| declared.body);
        let body = self.eval(&self.scope_of(reference), body);
        self.bodies.borrow_mut().insert(key, body.clone());
        body
    }

    /// The scope in which the body of `reference` is evaluated.
    pub fn scope_of(&self, reference: &ResourceRef) -> Scope {
        Scope { frame: reference.frame, env: reference.env.clone() }
    }

    /// The name segments of a declared resource, those of its parents first.
    pub(super) fn names_of(&self, reference: &ResourceRef) -> Vec<Value> {
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return vec![limit],
        };
        let (name, parent) = self.with_declared(reference, |resource| (resource.name, resource.parent));
        let scope = self.scope_of(reference);
        let mut names = match parent.map(|parent| self.eval(&scope, parent)) {
            Some(Value::Resource(parent)) if parent.path.is_empty() && parent.resource != reference.resource => {
                // A parent that is a child of its own child has no name.
                match self.naming.borrow_mut().insert((reference.frame, reference.resource)) {
                    true => {}
                    false => {
                        return vec![self.because(Cause::Error(
                            "a resource that is its own parent".into(),
                            self.head_of(reference),
                        ))];
                    }
                }
                let names = self.names_of(&parent);
                self.naming.borrow_mut().remove(&(reference.frame, reference.resource));
                names
            }
            Some(other) => vec![Value::Unknown(self.reify(&other))],
            None => Vec::new(),
        };
        if let Some(name) = name {
            names.extend(self.segments_of(self.own_name(reference, name)));
        }
        names
    }

    /// What is written as the name of `reference`. One that needs itself is an error.
    pub(super) fn own_name(&self, reference: &ResourceRef, name: ExprId) -> Value {
        let key = (reference.frame, reference.resource, reference.key.clone());
        if !self.named.borrow_mut().insert(key.clone()) {
            return self.because(Cause::Error("a resource that needs its own name".into(), self.head_of(reference)));
        }
        let value = self.eval(&self.scope_of(reference), name);
        self.named.borrow_mut().remove(&key);
        value
    }

    /// `value`, which stands in a resource id, as a string: an id never contains what is not evaluated yet, because
    /// that could be an object with the id in it.
    fn printed_whole(&self, value: Value) -> Value {
        match self.plain(value) {
            container @ (Value::Array(_) | Value::Object(_) | Value::Lambda(_)) => {
                let mut parts = Vec::new();
                self.text_parts(&container, &mut parts);
                self.text(parts)
            }
            other => other,
        }
    }

    /// The segments of a name, which ARM writes in one string; no unknown part of it contains a slash.
    fn segments_of(&self, name: Value) -> Vec<Value> {
        match name {
            Value::Str(name) => name.split('/').map(Value::str).collect(),
            Value::Text(parts) => self.split_text(&parts).into_iter().map(|part| self.segment(part)).collect(),
            Value::Choice(choice) => {
                let (mut then, mut otherwise) =
                    (self.segments_of(choice.1.clone()), self.segments_of(choice.2.clone()));
                // A case in which the deployment fails has as many segments as the other.
                let fails = |segments: &[Value]| matches!(segments, [Value::Error(_)]);
                if fails(&then) {
                    then = vec![then[0].clone(); otherwise.len()];
                } else if fails(&otherwise) {
                    otherwise = vec![otherwise[0].clone(); then.len()];
                }
                match then.len() == otherwise.len() {
                    true => then.into_iter().zip(otherwise).map(|(a, b)| self.choose(choice.0, a, b)).collect(),
                    false => vec![Value::Choice(choice)],
                }
            }
            error @ Value::Error(_) => vec![error],
            Value::Hidden(_) => self.hidden_segments(&name),
            other => vec![self.segment(self.printed_whole(other))],
        }
    }

    /// A segment of a name that may be written as a part of another name.
    fn segment(&self, value: Value) -> Value {
        let term = match &value {
            Value::Unknown(term) => *term,
            Value::Text(parts) => match &**parts {
                [Part::Hole(term)] => *term,
                _ => return value,
            },
            _ => return value,
        };
        self.segment_of(term).unwrap_or(value)
    }

    /// A string with holes, split at the slashes of its known text.
    pub(super) fn split_text(&self, parts: &[Part]) -> Vec<Value> {
        segments(parts).into_iter().map(|parts| self.text(parts)).collect()
    }

    /// The segments of a resource id between its slashes; a segment that is not known may stand for several.
    /// `None` for what is no string. Those of a hidden id are known: for comparing, never for printing.
    pub fn id_segments(&self, id: &Value) -> Option<Vec<Value>> {
        let mut parts = Vec::new();
        let known = self.known(id);
        // What is known of a hidden id only in part is not taken apart: it may get into what is printed.
        let id = if matches!(known, Value::Str(_)) { &known } else { id };
        match id {
            Value::Id(_) | Value::Str(_) | Value::Text(_) => self.text_parts(id, &mut parts),
            _ => return None,
        }
        Some(self.split_text(&parts))
    }

    /// The id of a declared resource. One that depends on itself has none.
    pub fn id_of(&self, reference: &ResourceRef) -> Value {
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return limit,
        };
        self.without_circle(reference, || self.make_id(reference))
    }

    /// What `make` makes of a resource's name and place, unless that is being made already.
    fn without_circle(&self, reference: &ResourceRef, make: impl FnOnce() -> Value) -> Value {
        let key = (reference.frame, reference.resource, reference.key.clone());
        if !self.identifying.borrow_mut().insert(key.clone()) {
            return self.because(Cause::Error("a resource that needs its own id".into(), self.head_of(reference)));
        }
        let made = make();
        self.identifying.borrow_mut().remove(&key);
        made
    }

    fn make_id(&self, reference: &ResourceRef) -> Value {
        let (ty, parent, scope_expr) =
            self.with_declared(reference, |resource| (resource.ty.clone(), resource.parent, resource.scope));
        let Some(ty) = ty else {
            return self.because(Cause::Error("a resource type that is an expression".into(), self.head_of(reference)));
        };
        let scope = self.scope_of(reference);
        // What is deployed elsewhere names its place: a deployment, or in ARM also an existing resource.
        let (deploys, elsewhere) = self.with_declared(reference, |resource| {
            let deploys = resource.deployment.is_some();
            (deploys, deploys || resource.resource_group.is_some() || resource.subscription.is_some())
        });
        let place = || match elsewhere {
            true => self.id_of_place(self.child_place(reference)),
            false => self.id_of_place(self.place_of_type(reference.frame, &ty)),
        };
        let id_scope = match (scope_expr, parent) {
            (Some(expr), _) if !deploys => self.scope_text(&scope, expr),
            // A child lies where its parent lies.
            (_, Some(parent)) => match self.eval(&scope, parent) {
                Value::Resource(parent) if parent.resource != reference.resource => match self.id_of(&parent) {
                    Value::Id(id) => id.scope.clone(),
                    _ => place(),
                },
                _ => place(),
            },
            (_, None) => place(),
        };
        let parts = std::iter::once(id_scope).chain(self.names_of(reference)).collect();
        self.spread(parts, &|parts| match (parts.iter().find(|part| matches!(part, Value::Error(_))), parts) {
            (Some(error), _) => error.clone(),
            (None, [scope, names @ ..]) => {
                let scope = self.printed_whole(scope.clone());
                Value::Id(Rc::new(IdValue { ty: ty.clone(), scope, names: names.to_vec() }))
            }
            (None, []) => Value::Null,
        })
    }

    /// Where resources of the type `ty` lie that a template deployed as `frame` declares without a scope.
    fn place_of_type(&self, frame: FrameId, ty: &str) -> DeploymentPlace {
        let is = |wanted: &str| ty.eq_ignore_ascii_case(wanted);
        match () {
            () if is(RESOURCE_GROUPS) => self.subscription_of(frame),
            () if is("Microsoft.Management/managementGroups") => DeploymentPlace::default(),
            () => self.frame(frame).place,
        }
    }

    /// What a `scope:` means for ids: the id of a resource, or of a resource group or subscription.
    pub(super) fn scope_text(&self, scope: &Scope, expr: ExprId) -> Value {
        let text = |id| match id {
            Value::Id(id) => self.id_text(&id),
            other => other,
        };
        let value = self.plain_unless_resource(self.eval(scope, expr));
        self.each(value, &|value| match value {
            Value::Resource(of) => self.each(self.id_of(&of), &text),
            Value::Unknown(term) => self.scope_of_term(scope.frame, term),
            // What a context function gives where the place is known.
            object @ Value::Object(_) => self.member(&object, "id"),
            Value::Str(root) if &*root == "/" => Value::str(""),
            relative @ (Value::Str(_) | Value::Text(_)) => self.absolute(scope.frame, relative),
            other => text(other),
        })
    }

    /// A resource id that may be written from its provider on (`Microsoft.X/y/name`).
    fn absolute(&self, frame: FrameId, id: Value) -> Value {
        let mut parts = Vec::new();
        self.text_parts(&id, &mut parts);
        let Some(Part::Text(first)) = parts.first() else { return id };
        if first.starts_with('/') {
            return id;
        }
        let provider = first.split('/').next().unwrap_or_default();
        let place = match provider.eq_ignore_ascii_case("Microsoft.Management") {
            true => DeploymentPlace::default(),
            false => self.frame(frame).place,
        };
        let mut whole = Vec::new();
        self.text_parts(&self.id_of_place(place), &mut whole);
        whole.push(Part::Text("/providers/".into()));
        whole.extend(parts);
        self.text(whole)
    }

    /// `resourceGroup('x')`, `resourceGroup('sub', 'x')`, `subscription('x')`, `tenant()`, … as a scope.
    fn scope_of_term(&self, frame: FrameId, term: TermId) -> Value {
        let (name, args) = match self.with_store(|store| store.get(term).clone()) {
            Term::Call(name, args) => (name, args),
            _ => return Value::Unknown(term),
        };
        let own = self.frame(frame).place;
        let args: Vec<Value> = args.iter().map(|arg| self.value_of(*arg)).collect();
        if let Some(error) = args.iter().find(|arg| matches!(arg, Value::Error(_))) {
            return error.clone();
        }
        let place = match (&*name, args.as_slice()) {
            ("resourcegroup", []) => own,
            ("resourcegroup", [group]) => self.group_in(own, None, group),
            ("resourcegroup", [subscription, group]) => self.group_in(own, Some(subscription), group),
            ("subscription", []) => self.subscription_of(frame),
            ("subscription", [id]) => self.subscription_place(id),
            ("managementgroup", []) => own,
            ("managementgroup", [name]) => {
                DeploymentPlace { management_group: Some(self.reify(name)), ..DeploymentPlace::default() }
            }
            ("tenant", _) => DeploymentPlace::default(),
            _ => return Value::Unknown(term),
        };
        self.id_of_place(place)
    }

    /// The whole name of a declared resource: those of its parents first, joined by slashes.
    pub fn full_name(&self, reference: &ResourceRef) -> Value {
        let names = self.names_of(reference);
        if let [only] = names.as_slice() {
            return match only {
                // A name, printed, is the name.
                Value::Text(parts) => match &**parts {
                    [Part::Hole(term)] => Value::Unknown(*term),
                    _ => only.clone(),
                },
                _ => only.clone(),
            };
        }
        self.spread(names, &|names| {
            if let Some(error) = names.iter().find(|name| matches!(name, Value::Error(_))) {
                return error.clone();
            }
            let mut parts = Vec::new();
            for (at, name) in names.iter().enumerate() {
                if at > 0 {
                    parts.push(Part::Text("/".into()));
                }
                self.text_parts(name, &mut parts);
            }
            self.text(parts)
        })
    }

    /// The id of the resource that an extension resource lies on.
    pub fn extended(&self, reference: &ResourceRef) -> Option<Value> {
        let _level = self.step().ok()?;
        let (scope, parent) = self.with_declared(reference, |resource| (resource.scope, resource.parent));
        let expr = match (scope, parent.map(|parent| self.eval(&self.scope_of(reference), parent))) {
            (Some(expr), _) => expr,
            // A child lies where its parent lies.
            (None, Some(Value::Resource(parent))) if parent.resource != reference.resource => {
                return self.extended(&parent);
            }
            (None, _) => return None,
        };
        let on = self.scope_text(&self.scope_of(reference), expr);
        let own = self.id_of_place(self.frame(reference.frame).place);
        (self.reify(&on) != self.reify(&own)).then_some(on)
    }

    /// Whether a resource belongs to an extension, and not to Azure: then it has no id.
    pub fn is_extensible(&self, reference: &ResourceRef) -> bool {
        self.with_declared(reference, |resource| {
            let provider = resource.ty.as_ref().and_then(|ty| ty.split_once('/')).map(|(provider, _)| provider);
            match provider {
                Some(provider) => !provider.contains('.') || provider.eq_ignore_ascii_case("Microsoft.Graph"),
                None => resource.ty.is_some(),
            }
        })
    }

    /// The short place of a declaration, even in a text that is not for display.
    pub(crate) fn head_of(&self, reference: &ResourceRef) -> Span {
        let frame = self.frame(reference.frame);
        frame.template.resource(reference.resource).head.in_file(frame.template.file)
    }

    /// A type with its namespace as written in `resourceId`.
    pub(super) fn id_value(&self, ty: &Str, scope: Value, names: &[Value]) -> Value {
        let ty: Str = ty.trim_end_matches('/').into();
        // A name may carry several segments in one string.
        let flat = names.iter().flat_map(|name| self.segments_of(name.clone())).collect();
        Value::Id(Rc::new(IdValue { ty, scope: self.printed_whole(scope), names: flat }))
    }
    /// `split(format('{0}/{1}', a, b), '/')[1]`, as a name: no name has a slash, so that is `b`.
    fn segment_of(&self, term: TermId) -> Option<Value> {
        let (text, at) = self.with_store(|store| match store.get(term) {
            Term::Index(split, index) => match (store.get(*split), store.get(*index)) {
                (Term::Call(name, args), Term::Int(at)) if &**name == "split" && args.len() == 2 => {
                    let by_slash = matches!(store.get(args[1]), Term::Str(text) if &**text == "/");
                    by_slash.then_some((args[0], *at))
                }
                _ => None,
            },
            _ => None,
        })?;
        let Value::Text(parts) = self.text_of(text)? else { return None };
        self.split_text(&parts).into_iter().nth(usize::try_from(at).ok()?)
    }
}

/// The parts of a string with holes between the slashes of its known text.
pub(super) fn segments(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut segments = vec![Vec::new()];
    let add = |segments: &mut Vec<Vec<Part>>, part: Part| {
        segments.last_mut().into_iter().for_each(|last| last.push(part.clone()))
    };
    for part in parts {
        match part {
            Part::Hole(_) => add(&mut segments, part.clone()),
            Part::Text(text) => {
                for (at, piece) in text.split('/').enumerate() {
                    if at > 0 {
                        segments.push(Vec::new());
                    }
                    if !piece.is_empty() {
                        add(&mut segments, Part::Text(piece.into()));
                    }
                }
            }
        }
    }
    segments
}
