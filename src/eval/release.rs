//! Dropping values, however deeply they are nested.
//!
//! A value holds others, these hold others again: dropped as usual, a chain of them takes a stack as deep as it is
//! long, and what an attacker writes makes it long. Here what lies too deep waits in a list, and is dropped from the
//! top again.

use std::cell::{Cell, RefCell};

use super::value::{Array, Binding, Env, Members, Object, Slot, Thunk, Value, Work};

/// Values dropped one inside the other before the rest waits.
const DEEPEST: u32 = 32;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Dropped>> = const { RefCell::new(Vec::new()) };
}

/// What was in a value that is dropped.
#[expect(dead_code, reason = "it is only dropped")]
enum Dropped {
    Slots(Vec<Slot>),
    Members(Members),
    Thunk(Option<Value>, Work),
    Binding(Slot, Env),
}

/// Work that holds nothing.
const NOTHING: Work = Work::Override(Slot::Value(Value::Null), Slot::Value(Value::Null));

impl Drop for Array {
    fn drop(&mut self) {
        if self.items.iter().any(Slot::is_shared) {
            release(Dropped::Slots(std::mem::take(&mut self.items)));
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if self.members.iter().any(|(_, slot)| slot.is_shared()) {
            release(Dropped::Members(std::mem::take(&mut self.members)));
        }
    }
}

impl Drop for Thunk {
    fn drop(&mut self) {
        release(Dropped::Thunk(self.value.take(), std::mem::replace(&mut self.work, NOTHING)));
    }
}

impl Drop for Binding {
    fn drop(&mut self) {
        let (slot, next) = self.take();
        release(Dropped::Binding(slot, next));
    }
}

impl Slot {
    /// Whether it holds something that others may hold, too, and that may hold others.
    const fn is_shared(&self) -> bool {
        match self {
            Self::Thunk(_) => true,
            Self::Value(value) => !matches!(
                value,
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Unknown(_) | Value::Absent
            ),
        }
    }
}

/// Drops `content`, at once or, where that would go too deep, later.
fn release(content: Dropped) {
    // While a thread ends these may be gone; then nothing is left that could be deep.
    let _ = DEPTH.try_with(|depth| {
        let here = depth.get();
        if here >= DEEPEST {
            let _ = WAITING.try_with(|waiting| waiting.borrow_mut().push(content));
            return;
        }
        depth.set(here + 1);
        drop(content);
        if here == 0 {
            while let Some(next) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()).ok().flatten() {
                drop(next);
            }
        }
        depth.set(here);
    });
}
