//! Values: known, partly known, and unknown.
//!
//! Arrays and objects are *closed* (all of it is known to be there) or *open* (there may be more, and
//! [`Array::open`] says what decides); absence counts only in a closed one. Items and members are
//! evaluated when looked at.

mod env;
mod hidden;
mod name_map;

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

pub(super) use env::{bind, find};
use name_map::NameMap;

use super::term::{CondId, TermId};
use crate::source::{Span, Str};
use crate::template::{ExprId, LocalId, ResourceId, Secrecy, Template};

/// A value, evaluated far enough to see what it is.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null,
    /// A boolean that is known. One that is not is a [`Value::Choice`] of `true` and `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that is no 64-bit integer, as written.
    Number(Str),
    /// A string that is known.
    Str(Str),
    /// A string with holes.
    Text(Rc<[Part]>),
    /// A resource id made by a function or a symbolic name: a string whose parts are known.
    Id(Rc<IdValue>),
    /// An array.
    Array(Rc<Array>),
    /// An object.
    Object(Rc<Object>),
    /// A declared resource or module, or a property of it that only the running service knows.
    Resource(Rc<ResourceRef>),
    /// The second when the condition holds, else the third. The number is how many choices lie one inside the other.
    Choice(Rc<(CondId, Self, Self, u32)>),
    /// Not known.
    Unknown(TermId),
    /// Known, but not shown. It is a variant of its own, so that code that does not think of it treats the value as
    /// unknown.
    Hidden(Rc<Hidden>),
    /// A function, as an argument.
    Lambda(Rc<Closure>),
    /// Not there: a member that an object has only under a condition.
    Absent,
    /// The expression is wrong, or needs something that is not deployed.
    Error(Rc<Failure>),
}

/// A value that is known but not shown. Its fields are private to this module, so that only the functions in `hidden`
/// can read what is known.
pub struct Hidden {
    known: Value,
    shown: TermId,
}

impl fmt::Debug for Hidden {
    /// Without the value, because debug output gets printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

/// A part of a string with holes.
#[derive(Debug, Clone)]
pub enum Part {
    /// Known text.
    Text(Str),
    /// A value that is not known, printed.
    Hole(TermId),
}

/// An array.
#[derive(Debug, Clone, Default)]
pub struct Array {
    /// The items known to be there, in order.
    pub items: Vec<Slot>,
    /// There may be more items anywhere between, decided by this.
    pub open: Option<TermId>,
}

/// An object.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The members certain or possible to be there.
    pub members: Members,
    /// There may be more members, decided by this.
    pub open: Option<TermId>,
}

/// The members of an object.
pub type Members = NameMap<Slot>;

impl Object {
    /// The member called `key`, ASCII case ignored.
    pub fn get(&self, key: &str) -> Option<&Slot> {
        self.members.get(key)
    }

    /// Sets a member; one that is there keeps its place and its spelling.
    pub fn set(&mut self, key: Str, slot: Slot) {
        self.members.set(key, slot);
    }
}

/// A place for a value that may still wait to be evaluated.
#[derive(Debug, Clone)]
pub enum Slot {
    /// Evaluated.
    Value(Value),
    /// Evaluated when first asked for.
    Thunk(Rc<Thunk>),
}

impl From<Value> for Slot {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// An expression that waits to be evaluated in its frame.
#[derive(Debug)]
pub struct Thunk {
    pub(super) work: Work,
    pub(super) value: OnceCell<Value>,
    pub(super) busy: Cell<bool>,
}

/// What a [`Thunk`] does.
#[derive(Debug)]
pub(super) enum Work {
    /// Evaluates an expression where it stands.
    Expr(Scope, ExprId),
    /// Merges two members as `union` does: the second wins, objects are merged.
    Merge(Slot, Slot),
    /// The second where it is there, else the first.
    Override(Slot, Slot),
    /// The first where the condition holds, else the second.
    Choose(CondId, Slot, Slot),
    /// Hides a value behind what stands for it.
    Hide(Slot, TermId),
    /// Hides what the types of a value say to be secret behind what stands for it; whether it comes from outside.
    Secure(Slot, DeclaredSecrecy, TermId, bool),
    /// Calls a function value.
    Apply(Rc<Closure>, Vec<Slot>),
}

/// What the declared types of a value say to be secret, each type with the template that declares it.
pub(super) type DeclaredSecrecy = Rc<[(Arc<Template>, Secrecy)]>;

/// Identity of a frame in its evaluator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub(super) u32);

/// The local variables in sight, innermost first. Shared by everything evaluated in them.
pub type Env = Option<Rc<Binding>>;

/// A local variable and those around it.
#[derive(Debug)]
pub struct Binding {
    local: LocalId,
    slot: Slot,
    next: Env,
}

/// Where an expression is evaluated: its frame and the local variables in sight.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The frame.
    pub frame: FrameId,
    /// The local variables.
    pub env: Env,
}

/// A function value with the variables that it sees.
#[derive(Debug)]
pub struct Closure {
    pub(super) scope: Scope,
    pub(super) params: Box<[LocalId]>,
    pub(super) body: ExprId,
}

impl Closure {
    /// How many arguments the function takes.
    pub fn arity(&self) -> usize {
        self.params.len()
    }
}

/// A declared resource, or a property that it has once deployed.
#[derive(Debug, Clone)]
pub struct ResourceRef {
    /// The frame in which it is declared.
    pub frame: FrameId,
    /// Its declaration.
    pub resource: ResourceId,
    /// The loop variables of the instance.
    pub env: Env,
    /// The indexes of the instance in its loops, outermost first.
    pub key: InstanceKey,
    /// It stands for all instances of its loop.
    pub collection: bool,
    /// It is the instance with an index that is not known: what it deploys is not looked into.
    pub picked: bool,
    /// The property, in ARM's full form (`properties`, `outputs`, `x`, `value`); empty: the resource itself.
    pub path: Vec<Str>,
}

/// Which instance of a looped resource, outermost loop first. `None`: any one, of a loop whose length is not known.
pub type InstanceKey = Vec<Option<u32>>;

/// A resource id of which the type is known.
#[derive(Debug, Clone)]
pub struct IdValue {
    /// The full resource type.
    pub ty: Str,
    /// What stands before `/providers/`: a string, known or with holes.
    pub scope: Value,
    /// The names, one a segment of the type behind the namespace.
    pub names: Vec<Value>,
}

/// Why an expression has no value.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What is wrong.
    pub kind: FailureKind,
    /// Where.
    pub at: Span,
}

/// What is wrong with an expression.
#[derive(Debug, Clone)]
pub enum FailureKind {
    /// Said in words, for the person who reads it.
    Wrong(String),
    /// It needs the outputs or properties of something whose condition is false here.
    NotDeployed(Rc<ResourceRef>),
}

impl Value {
    /// A known string.
    pub fn str(text: &str) -> Self {
        Self::Str(text.into())
    }

    /// A closed array of known values.
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::Array(Rc::new(Array { items: items.into_iter().map(Slot::Value).collect(), open: None }))
    }

    /// A closed object of known values.
    pub fn object<K: Into<Str>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        let mut object = Object::default();
        for (key, value) in members {
            object.set(key.into(), value.into());
        }
        Self::Object(Rc::new(object))
    }

    /// How many choices lie one inside the other at its top.
    pub(super) fn choices(&self) -> u32 {
        if let Self::Choice(choice) = self { choice.3 } else { 0 }
    }

    /// Whether it is a string of some kind, known or with holes.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Str(_) | Self::Text(_) | Self::Id(_))
    }

    /// What it is, for messages: `a string`, `an object`.
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Number(_) => "a number",
            Self::Str(_) | Self::Text(_) | Self::Id(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Resource(_) => "a resource",
            Self::Lambda(_) => "a lambda",
            Self::Choice(_) | Self::Unknown(_) | Self::Hidden(_) | Self::Absent | Self::Error(_) => "unknown",
        }
    }
}
