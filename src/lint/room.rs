//! What a run keeps of the outcomes of its contexts: in little space, and no more than there is room for.

use std::sync::Arc;

use crate::finding::{Finding, Fix, Label, Occurrence, Subject, Undetermined};
use crate::source::{HashMap, IdSet, Str};

/// Bytes for the results of all contexts together, in their order. The bytes for each byte that is read come on top.
const COMMON: usize = 16 << 20;

/// Bytes more for each byte that is read.
const EACH_READ: usize = 2;

/// Bytes that are divided among the contexts, so that each has its part whatever earlier contexts report.
const RESERVED: usize = 4 << 20;

/// Contexts that are checked before their results are merged.
pub(super) const AT_ONCE: usize = 64;

/// Bytes around something that is kept: its key, its sets, its place in a map.
pub(super) const ENTRY: usize = 400;

/// Resources that are distinguished. Those beyond are counted once for each context that deploys them.
const MOST_DISTINCT: usize = 500_000;

/// Room for what is kept. It is counted from what is kept alone, so that the same input always fills it at the same place.
#[derive(Debug, Clone)]
pub(super) struct Room {
    common: usize,
    reserved: usize,
    /// What one context may take of what is reserved.
    own: usize,
    /// Whether something did not fit.
    full: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self::in_run(0)
    }
}

impl Room {
    /// That of a run that reads `read` bytes.
    pub(super) const fn in_run(read: usize) -> Self {
        let common = COMMON.saturating_add(read.saturating_mul(EACH_READ));
        Self { common, reserved: RESERVED, own: 0, full: false }
    }

    /// The room of one of `contexts`: those that are checked at once may together keep as much as the whole run.
    pub(super) fn for_one_of(contexts: usize, read: usize) -> Self {
        let whole = Self::in_run(read);
        Self { common: whole.common / contexts.clamp(1, AT_ONCE), ..whole }
    }

    /// Begins with one of `contexts`, which has its part of what is reserved.
    pub(super) fn begin(&mut self, contexts: usize) {
        (self.own, self.full) = (self.reserved.min(RESERVED / contexts.max(1)), false);
    }

    /// Whether there are `bytes` left, which are then taken. Once something did not fit, nothing does.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        match () {
            () if self.full => {}
            () if bytes <= self.common => self.common -= bytes,
            () if bytes <= self.own => (self.own, self.reserved) = (self.own - bytes, self.reserved - bytes),
            () => self.full = true,
        }
        !self.full
    }

    /// Whether something did not fit.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }
}

/// Names of contexts, instances and resources, each kept once.
#[derive(Debug, Default)]
pub(super) struct NumberedNames {
    numbers: HashMap<Str, u32>,
    all: Vec<Str>,
}

impl NumberedNames {
    /// The number of `name`, by which sets know it. A new one takes of `room`.
    pub(super) fn number(&mut self, name: &str, room: &mut Room) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        room.take(name.len() + 80);
        let (name, number) = (Str::from(name), self.all.len() as u32);
        self.all.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    /// `name` as it is kept.
    pub(super) fn kept(&mut self, name: &str, room: &mut Room) -> Str {
        let number = self.number(name, room);
        self.get(number)
    }

    /// The name with this number.
    pub(super) fn get(&self, number: u32) -> Str {
        self.all.get(number as usize).cloned().unwrap_or_default()
    }
}

/// A set of names, by their numbers.
#[derive(Debug, Default, Clone)]
pub(super) struct NameSet(Vec<u32>);

impl NameSet {
    /// Adds a name; whether it is new.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        // Most are met in the order of their numbers.
        let place = match self.0.last() {
            Some(last) if *last >= number => self.0.binary_search(&number),
            _ => Err(self.0.len()),
        };
        if let Err(at) = place {
            self.0.insert(at, number);
        }
        place.is_err()
    }

    pub(super) fn extend(&mut self, other: &Self) {
        let more: Vec<u32> = other.iter().filter(|number| !self.contains(*number)).collect();
        self.0.extend(more);
        self.0.sort_unstable();
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        self.0.binary_search(&number).is_ok()
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
}

/// How many different things there are, by their hashes.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    seen: IdSet<u64>,
    beyond: usize,
}

impl Distinct {
    pub(super) fn extend(&mut self, hashes: impl IntoIterator<Item = u64>) {
        for hash in hashes {
            match self.seen.len() < MOST_DISTINCT {
                true => drop(self.seen.insert(hash)),
                false => self.beyond += usize::from(!self.seen.contains(&hash)),
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.seen.len() + self.beyond
    }
}

/// What takes room where it is kept.
pub(super) trait Bytes {
    /// How many bytes, roughly.
    fn bytes(&self) -> usize;
}

impl Bytes for String {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.len()
    }
}

impl Bytes for Label {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.text.len()
    }
}

impl Bytes for Subject {
    fn bytes(&self) -> usize {
        let calls = self.call_path.iter().map(|call| size_of_val(call) + call.title.len());
        size_of::<Self>() + self.title.len() + self.name.len() + calls.sum::<usize>()
    }
}

impl Bytes for Fix {
    fn bytes(&self) -> usize {
        let edits = self.edits.iter().map(|edit| size_of_val(edit) + edit.1.new_text.len());
        let texts = self.sets.iter().chain(&self.snippet).map(Bytes::bytes);
        size_of::<Self>() + self.title.len() + edits.chain(texts).sum::<usize>()
    }
}

impl Bytes for Finding {
    fn bytes(&self) -> usize {
        let texts = self.message.len() + self.help.len() + self.path.len() + self.primary.text.len();
        let (related, fixes) = (self.related.iter().map(Bytes::bytes), self.fixes.iter().map(Bytes::bytes));
        size_of::<Self>() + texts + related.chain(fixes).sum::<usize>() + self.subject.bytes()
    }
}

impl Bytes for Undetermined {
    fn bytes(&self) -> usize {
        let depends_on: usize = self.depends_on.iter().map(Bytes::bytes).sum();
        size_of::<Self>() + depends_on + self.primary.text.len() + self.subject.bytes()
    }
}

impl Bytes for Occurrence {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_ends_a_context_and_the_next_has_its_part() {
        let mut room = Room { common: 100, ..Room::default() };
        room.begin(RESERVED / 10);
        let taken: Vec<bool> = [60, 50, 10, 1].into_iter().map(|bytes| room.take(bytes)).collect();
        // The second is too large for what is left, and for the ten bytes of its context.
        assert_eq!(taken, [true, false, false, false]);
        room.begin(RESERVED / 10);
        assert!(room.take(40) && room.take(10) && !room.take(1));
    }

    #[test]
    fn a_set_has_each_name_once_in_any_order() {
        let (mut names, mut room, mut set) = (NumberedNames::default(), Room::default(), NameSet::default());
        let numbers = ["c", "a", "b", "a"].map(|name| names.number(name, &mut room));
        let new: Vec<bool> = numbers.into_iter().rev().map(|number| set.insert(number)).collect();
        assert_eq!((new, set.len()), (vec![true, true, false, true], 3));
        assert_eq!(
            set.iter().map(|number| names.get(number)).collect::<Vec<_>>(),
            ["c".into(), "a".into(), "b".into()]
        );
    }
}
