//! Which parts of a value are secret, by its declared type.

use super::ImportId;
use crate::source::Str;

/// Which parts of a value are secret. Named types are followed only where they are needed: they may refer to
/// themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Secrecy {
    /// None.
    #[default]
    Open,
    /// All of it.
    Whole,
    /// Parts of it.
    Parts(Box<Parts>),
    /// What the declared type of this name declares secret.
    Named(Str),
    /// What a type of another file declares secret.
    Imported(ImportId, Str),
    /// What any of these declares secret.
    Any(Vec<Self>),
    /// What a type declares for its member of this name.
    Member(Box<Self>, Str),
    /// What a type declares for its other members.
    Rest(Box<Self>),
    /// What a type declares for its items.
    Items(Box<Self>),
}

/// The parts of an object or array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// Members by name.
    pub members: Vec<(Str, Secrecy)>,
    /// All other members.
    pub rest: Secrecy,
    /// Every item.
    pub items: Secrecy,
}

impl Parts {
    /// What is declared for the member `name`, ASCII case ignored.
    pub fn of_member(&self, name: &str) -> &Secrecy {
        let named = self.members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map_or(&self.rest, |(_, secrecy)| secrecy)
    }
}

impl Secrecy {
    /// That of an object with these members.
    pub(super) fn object(members: Vec<(Str, Self)>, rest: Self) -> Self {
        let members: Vec<_> = members.into_iter().filter(|(_, secrecy)| *secrecy != Self::Open).collect();
        Self::parts(Parts { members, rest, items: Self::Open })
    }

    /// That of an array with these items.
    pub(super) fn array(items: Self) -> Self {
        Self::parts(Parts { items, ..Parts::default() })
    }

    fn parts(parts: Parts) -> Self {
        if parts == Parts::default() { Self::Open } else { Self::Parts(Box::new(parts)) }
    }

    /// What any of `all` declares secret.
    pub(super) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = all.into_iter().filter(|secrecy| *secrecy != Self::Open).collect();
        match all.len() {
            0 => Self::Open,
            1 => all.swap_remove(0),
            _ if all.contains(&Self::Whole) => Self::Whole,
            _ => Self::Any(all),
        }
    }

    /// What of it `part` takes: nothing of nothing.
    pub(super) fn of(self, part: impl FnOnce(Box<Self>) -> Self) -> Self {
        if self == Self::Open { self } else { part(Box::new(self)) }
    }

    /// Whether a type of the import `import` is used.
    pub(super) fn uses_import(&self, import: ImportId) -> bool {
        match self {
            Self::Open | Self::Whole | Self::Named(_) => false,
            Self::Imported(used, _) => *used == import,
            Self::Any(all) => all.iter().any(|secrecy| secrecy.uses_import(import)),
            Self::Member(of, _) | Self::Rest(of) | Self::Items(of) => of.uses_import(import),
            Self::Parts(parts) => {
                let members = parts.members.iter().map(|(_, secrecy)| secrecy);
                members.chain([&parts.rest, &parts.items]).any(|secrecy| secrecy.uses_import(import))
            }
        }
    }
}
