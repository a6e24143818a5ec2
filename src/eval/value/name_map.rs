//! Something under names, in order, looked up without regard to case: the members of an object.

use std::cell::OnceCell;
use std::ops::Deref;

use crate::source::{HashMap, Str};

/// Members up to which looking at each is faster than an index.
const FEW: usize = 16;

/// Members in order of first appearance; keys differ, ASCII case ignored. Many of them have an index, made when one is
/// first looked up, so that an object costs as much as it has members. Its hash is keyed: names come from input.
#[derive(Debug, Clone)]
pub struct NameMap<T> {
    list: Vec<(Str, T)>,
    /// The place of each member by its name in lower case.
    index: OnceCell<HashMap<String, usize>>,
}

impl<T> Default for NameMap<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> NameMap<T> {
    /// None, with room for `count`.
    pub fn with_capacity(count: usize) -> Self {
        Vec::with_capacity(count).into()
    }

    /// The member called `key`, ASCII case ignored.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.place(key).map(|at| &self.list[at].1)
    }

    /// Sets a member; one that is there keeps its place and its spelling.
    pub fn set(&mut self, key: Str, member: T) {
        match self.place(&key) {
            Some(at) => self.list[at].1 = member,
            None => self.push(key, member),
        }
    }

    /// Adds a member that is not there.
    pub fn push(&mut self, key: Str, member: T) {
        if let Some(index) = self.index.get_mut() {
            index.insert(key.to_ascii_lowercase(), self.list.len());
        }
        self.list.push((key, member));
    }

    fn place(&self, key: &str) -> Option<usize> {
        if self.list.len() <= FEW {
            return self.list.iter().position(|(name, _)| name.eq_ignore_ascii_case(key));
        }
        let places = || self.list.iter().enumerate().map(|(at, (name, _))| (name.to_ascii_lowercase(), at)).collect();
        self.index.get_or_init(places).get(&key.to_ascii_lowercase()).copied()
    }
}

impl<T> Deref for NameMap<T> {
    type Target = [(Str, T)];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl<T> From<Vec<(Str, T)>> for NameMap<T> {
    fn from(list: Vec<(Str, T)>) -> Self {
        Self { list, index: OnceCell::new() }
    }
}

impl<T> FromIterator<(Str, T)> for NameMap<T> {
    fn from_iter<I: IntoIterator<Item = (Str, T)>>(members: I) -> Self {
        members.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'m, T> IntoIterator for &'m NameMap<T> {
    type Item = &'m (Str, T);
    type IntoIter = std::slice::Iter<'m, (Str, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
