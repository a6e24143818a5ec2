//! Tables of names and of shared strings.

use std::sync::Arc;

use crate::source::{HashMap, HashSet, Str};

/// Longer strings are rarely repeated.
const SHARED_LENGTH: usize = 64;

/// Gives equal strings the same memory: a template repeats its keys and names a hundred times.
#[derive(Default)]
pub(super) struct SharedStrings {
    strings: HashSet<Str>,
    /// Function names as written, and in lower case.
    lowered: HashMap<Box<str>, Str>,
}

impl SharedStrings {
    pub(super) fn get(&mut self, text: &str) -> Str {
        if text.len() > SHARED_LENGTH {
            return Arc::from(text);
        }
        if let Some(known) = self.strings.get(text) {
            return Arc::clone(known);
        }
        let new: Str = Arc::from(text);
        self.strings.insert(Arc::clone(&new));
        new
    }

    /// The same in ASCII lower case.
    pub(super) fn lower(&mut self, text: &str) -> Str {
        if let Some(known) = self.lowered.get(text) {
            return Arc::clone(known);
        }
        let lower = self.get(&text.to_ascii_lowercase());
        self.lowered.insert(text.into(), Arc::clone(&lower));
        lower
    }
}

/// What is declared by which name, ASCII case ignored.
pub(super) struct NameTable<T> {
    by_name: HashMap<Box<str>, T>,
}

impl<T> Default for NameTable<T> {
    fn default() -> Self {
        Self { by_name: HashMap::default() }
    }
}

impl<T: Copy> NameTable<T> {
    pub(super) fn get(&self, name: &str) -> Option<T> {
        self.by_name.get(name.to_ascii_lowercase().as_str()).copied()
    }

    pub(super) fn insert(&mut self, name: &str, value: T) {
        self.by_name.insert(name.to_ascii_lowercase().into(), value);
    }

    pub(super) fn get_or_insert(&mut self, name: &str, value: T) -> T {
        *self.by_name.entry(name.to_ascii_lowercase().into()).or_insert(value)
    }
}
