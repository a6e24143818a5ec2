//! Local variables: adding one, finding one, and taking a chain of them apart.

use std::rc::Rc;

use super::{Binding, Env, Slot, Value};
use crate::template::LocalId;

impl Binding {
    /// Its value and the variables around it, which are taken out of it.
    pub(in crate::eval) fn take(&mut self) -> (Slot, Env) {
        (std::mem::replace(&mut self.slot, Slot::Value(Value::Null)), self.next.take())
    }
}

/// `env` with one more variable.
pub(in crate::eval) fn bind(env: &Env, local: LocalId, slot: impl Into<Slot>) -> Env {
    Some(Rc::new(Binding { local, slot: slot.into(), next: env.clone() }))
}

/// The variable `local` in `env`.
pub(in crate::eval) fn find(env: &Env, local: LocalId) -> Option<&Slot> {
    let mut at = env.as_ref();
    while let Some(binding) = at {
        if binding.local == local {
            return Some(&binding.slot);
        }
        at = binding.next.as_ref();
    }
    None
}
