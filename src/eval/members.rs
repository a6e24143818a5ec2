//! The members of an object, looked up by name.

use std::cell::OnceCell;
use std::ops::Deref;

use super::value::Slot;
use crate::source::{HashMap, Str};

/// Members up to which looking at each is faster than an index.
const FEW: usize = 16;

/// Members in order of first appearance; keys differ, ASCII case ignored. Many of them have an index, made when one is
/// first looked up, so that an object costs as much as it has members. Its hash is keyed: names come from input.
#[derive(Debug, Clone, Default)]
pub struct Members {
    list: Vec<(Str, Slot)>,
    /// The place of each member by its name in lower case.
    index: OnceCell<HashMap<String, usize>>,
}

impl Members {
    /// None, with room for `count`.
    pub fn with_capacity(count: usize) -> Self {
        Vec::with_capacity(count).into()
    }

    /// The member called `key`, ASCII case ignored.
    pub fn get(&self, key: &str) -> Option<&Slot> {
        self.place(key).map(|at| &self.list[at].1)
    }

    /// Sets a member; one that is there keeps its place and its spelling.
    pub fn set(&mut self, key: Str, slot: Slot) {
        match self.place(&key) {
            Some(at) => self.list[at].1 = slot,
            None => self.push(key, slot),
        }
    }

    /// Adds a member that is not there.
    pub fn push(&mut self, key: Str, slot: Slot) {
        if let Some(index) = self.index.get_mut() {
            index.insert(key.to_ascii_lowercase(), self.list.len());
        }
        self.list.push((key, slot));
    }

    fn place(&self, key: &str) -> Option<usize> {
        if self.list.len() <= FEW {
            return self.list.iter().position(|(name, _)| name.eq_ignore_ascii_case(key));
        }
        let places = || self.list.iter().enumerate().map(|(at, (name, _))| (name.to_ascii_lowercase(), at)).collect();
        self.index.get_or_init(places).get(&key.to_ascii_lowercase()).copied()
    }
}

impl Deref for Members {
    type Target = [(Str, Slot)];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl From<Vec<(Str, Slot)>> for Members {
    fn from(list: Vec<(Str, Slot)>) -> Self {
        Self { list, index: OnceCell::new() }
    }
}

impl FromIterator<(Str, Slot)> for Members {
    fn from_iter<I: IntoIterator<Item = (Str, Slot)>>(members: I) -> Self {
        members.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'m> IntoIterator for &'m Members {
    type Item = &'m (Str, Slot);
    type IntoIter = std::slice::Iter<'m, (Str, Slot)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
