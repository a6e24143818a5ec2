//! Changes of an object in a source text, as a careful engineer makes them by hand: what is there stays as it is, byte
//! for byte; what is new stands in the style of its neighbours.
//!
//! Here is what both languages have in common: what may be changed ([`Change`]), why a change may be refused
//! ([`PatchRefusal`]), where new members go and how they are laid out. `bicep` and `json` read what stands in the text
//! ([`Syntax`]) and offer the whole as their `Patcher`.
//!
//! - A member that is missing is added, with the objects around it, in one insertion. It goes behind the last member
//!   and the comment on that member's line, before comments that follow on lines of their own; what a language
//!   customarily keeps in an order ([`Syntax::position`]) keeps it.
//! - Where members have lines of their own, so has the new one, indented like them, and its value is spread over
//!   lines. An object on one line stays so, unless a new object would make the line wider than [`MAX_WIDTH`]: then its
//!   members get lines of their own (if no comment stands between them). In a minified file everything stays on one
//!   line.
//! - Nothing is guessed: what may be decided elsewhere (a variable, a call, a spread, a computed key) is a
//!   [`PatchRefusal`].

mod insert;
mod remove;
mod value;

use std::borrow::Cow;
use std::fmt;

use crate::source::{Edit, TextRange, is_one_line};

pub use insert::MAX_WIDTH;
use insert::{InsertionPoint, insert, new_value};
pub use value::NewValue;
use value::{Layout, ObjectEntry, ValuePrinter};

/// What is to be in an object, or at a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The value is this one.
    Set(NewValue),
    /// The array holds this item, at its end if it is new.
    Append(NewValue),
    /// The object has these members, changed like this. No key stands twice.
    Inside(Vec<(String, Self)>),
}

impl Change {
    /// The value at `path` is `value`.
    pub fn set(path: &[&str], value: impl Into<NewValue>) -> Self {
        Self::Set(value.into()).below(path)
    }

    /// The array at `path` holds `item`.
    pub fn append(path: &[&str], item: impl Into<NewValue>) -> Self {
        Self::Append(item.into()).below(path)
    }

    /// The object has these members, whatever else it has.
    pub fn within(members: Vec<(String, NewValue)>) -> Self {
        Self::Inside(members.into_iter().map(|(key, value)| (key, Self::Set(value))).collect())
    }

    /// This change of what stands at `path`.
    fn below(self, path: &[&str]) -> Self {
        path.iter().rev().fold(self, |inner, key| Self::Inside(vec![((*key).to_owned(), inner)]))
    }

    /// Both changes at once; where they exclude each other, `other` counts.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (Self::Inside(mut members), Self::Inside(others)) = (self, other.clone()) else { return other };
        for (key, change) in others {
            match members.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                Some((_, known)) => *known = known.clone().and(change),
                None => members.push((key, change)),
            }
        }
        Self::Inside(members)
    }

    /// What is written where nothing stands yet.
    fn value(&self) -> NewValue {
        match self {
            Self::Set(value) => value.clone(),
            Self::Append(item) => NewValue::Array(vec![item.clone()]),
            Self::Inside(members) => {
                NewValue::Object(members.iter().map(|(key, inner)| (key.clone(), inner.value())).collect())
            }
        }
    }
}

/// A parameter to declare.
#[derive(Debug, Clone, Copy)]
pub struct NewParam<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type, which is called the same in both languages: `string`, `bool`, `int`, `object`, `array`.
    pub ty: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// The default; without, it is required.
    pub default: Option<&'a NewValue>,
}

/// Why a text is not changed: doing so would be a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchRefusal {
    /// The reason.
    pub reason: PatchReason,
    /// What stands in the way.
    pub range: TextRange,
}

/// Kind of a [`PatchRefusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatchReason {
    /// The value is that of a name declared elsewhere, or part of one.
    Reference,
    /// The value is the result of a function or an operator.
    Computed,
    /// A condition decides about the value.
    Condition,
    /// A loop makes the value.
    Loop,
    /// The value has another type than the change requires.
    OtherType,
    /// An object that is spread here may have the member.
    Spread,
    /// A member whose key is an expression may be the one.
    ComputedKey,
    /// The member is written more than once.
    Duplicate,
    /// There is a syntax error inside.
    SyntaxError,
    /// The name of the new parameter is taken.
    NameTaken,
    /// There is nothing to remove.
    Missing,
}

impl PatchReason {
    /// As text, for the end of "it is not changed, because".
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Reference => "the value is declared elsewhere",
            Self::Computed => "the value is computed",
            Self::Condition => "a condition decides about the value",
            Self::Loop => "a loop makes the value",
            Self::OtherType => "the value is of another type",
            Self::Spread => "an object that is spread here may hold it",
            Self::ComputedKey => "a member with a computed name may be it",
            Self::Duplicate => "it is written more than once",
            Self::SyntaxError => "there is a syntax error inside",
            Self::NameTaken => "the name is taken",
            Self::Missing => "it is not there",
        }
    }
}

impl fmt::Display for PatchRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.in_words())
    }
}

impl std::error::Error for PatchRefusal {}

/// What a value in the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// `null`.
    Null,
    /// An object literal.
    Object,
    /// An array literal.
    Array,
    /// Something that is not looked into, and why.
    Other(PatchReason),
}

/// A member of an object or an item of an array.
#[derive(Debug, Clone)]
pub struct Element<'t, N> {
    /// All of it.
    pub range: TextRange,
    /// The members that it makes.
    pub keys: Keys<'t>,
    /// Its value; none if it has no value of its own (a spread, a nested resource).
    pub value: Option<N>,
}

/// Which members an [`Element`] makes.
#[derive(Debug, Clone)]
pub enum Keys<'t> {
    /// None: it is an item of an array, or no part of the value (a nested resource).
    None,
    /// The one called so.
    Name(Cow<'t, str>),
    /// Arrays that are called so, by loops.
    Loops(Vec<Cow<'t, str>>),
    /// Unknown ones.
    Unknown(PatchReason),
}

/// What stands between the elements of an object or array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trivia {
    /// Spaces and tabs.
    Blank,
    /// One newline.
    Newline,
    /// A comma.
    Comma,
    /// A comment.
    Comment,
    /// A directive for the next line.
    NextLine,
    /// A directive for all that follows.
    Directive,
}

/// What the patcher needs from a language about one parsed file.
pub trait Syntax {
    /// Identity of a value in the file.
    type Node: Copy;

    /// Whether elements on lines of their own have commas between them.
    const LINES_HAVE_COMMAS: bool;

    /// The whole text.
    fn text(&self) -> &str;

    /// Where a value stands, brackets included.
    fn range(&self, node: Self::Node) -> TextRange;

    /// What a value is.
    fn view(&self, node: Self::Node) -> View;

    /// The elements of an object or array, in order; none of another value.
    fn elements(&self, container: Self::Node) -> Vec<Element<'_, Self::Node>>;

    /// How many of the elements of a container come before a new one.
    fn position(&self, elements: &[Element<'_, Self::Node>], key: Option<&str>) -> usize;

    /// What stands in `gap`, where no element is.
    fn trivia(&self, gap: TextRange) -> Vec<(Trivia, TextRange)>;

    /// Whether `node`, no array nor object, is `value`.
    fn is_scalar(&self, node: Self::Node, value: &NewValue) -> bool;

    /// What stands between key and value in the object `container`, or if it is empty, elsewhere in the file.
    fn colon(&self, container: Self::Node) -> &str;

    /// Whether the whole file is written on one line.
    fn is_minified(&self) -> bool;

    /// A key in the notation of the language.
    fn write_key(&self, key: &str, out: &mut String);

    /// A string in the notation of the language.
    fn write_string(&self, text: &str, out: &mut String);

    /// An expression, which is in the language already, as a value.
    fn write_expression(&self, expression: &str, out: &mut String);
}

/// The edits that apply `change` at `node`; none if it is as wanted.
pub(crate) fn change<S: Syntax>(syntax: &S, node: S::Node, change: &Change) -> Result<Vec<Edit>, PatchRefusal> {
    let mut edits = Vec::new();
    apply(syntax, node, change, false, &mut edits)?;
    Ok(edits)
}

/// The edits that remove the member at `path` from the object `node`.
pub(crate) fn remove<S: Syntax>(syntax: &S, node: S::Node, path: &[&str]) -> Result<Vec<Edit>, PatchRefusal> {
    let mut object = node;
    let mut rest = path.iter();
    while let Some(key) = rest.next() {
        let range = syntax.range(object);
        match syntax.view(object) {
            View::Object => {}
            View::Null => return Err(PatchRefusal { reason: PatchReason::Missing, range }),
            View::Array => return Err(PatchRefusal { reason: PatchReason::OtherType, range }),
            View::Other(reason) => return Err(PatchRefusal { reason, range }),
        }
        let elements = syntax.elements(object);
        let Some((at, value)) = find(&elements, key)? else {
            return Err(PatchRefusal { reason: PatchReason::Missing, range });
        };
        if rest.len() == 0 {
            if syntax.view(value) == View::Other(PatchReason::SyntaxError) {
                return Err(PatchRefusal { reason: PatchReason::SyntaxError, range: syntax.range(value) });
            }
            let ranges: Vec<_> = elements.iter().map(|element| element.range).collect();
            return Ok(remove::remove(syntax, range, &ranges, at));
        }
        object = value;
    }
    Err(PatchRefusal { reason: PatchReason::Missing, range: syntax.range(node) })
}

/// The edit that puts `value` in the place of `node`; none if it stands there.
pub(crate) fn replace<S: Syntax>(syntax: &S, node: S::Node, value: &NewValue) -> Option<Edit> {
    (!has_value(syntax, node, value)).then(|| new_value(syntax, node, value, false))
}

/// `value` on one line, spaced as usual.
pub(crate) fn on_one_line<S: Syntax>(syntax: &S, value: &NewValue) -> String {
    let printer = ValuePrinter { syntax, newline: "", step: String::new(), colon: ": ", comma: ", ", padding: " " };
    let mut text = String::new();
    printer.value(value, Layout::OneLine, &mut text);
    text
}

/// Applies `change` at `node`. `one_line`: the object that `node` belongs to stands on one line.
fn apply<S: Syntax>(
    syntax: &S,
    node: S::Node,
    change: &Change,
    one_line: bool,
    edits: &mut Vec<Edit>,
) -> Result<(), PatchRefusal> {
    let range = syntax.range(node);
    match (change, syntax.view(node)) {
        (_, View::Other(PatchReason::SyntaxError)) => Err(PatchRefusal { reason: PatchReason::SyntaxError, range }),
        (Change::Set(value), _) => {
            if !has_value(syntax, node, value) {
                edits.push(new_value(syntax, node, value, one_line));
            }
            Ok(())
        }
        (Change::Append(_) | Change::Inside(_), View::Null) => {
            edits.push(new_value(syntax, node, &change.value(), one_line));
            Ok(())
        }
        (Change::Append(item), View::Array) => {
            let elements = syntax.elements(node);
            if !elements.iter().any(|element| element.value.is_some_and(|value| has_value(syntax, value, item))) {
                let place = InsertionPoint::new(syntax, node, &elements, elements.len(), one_line);
                insert(&place, &[ObjectEntry { key: None, value: item }], edits);
            }
            Ok(())
        }
        (Change::Inside(members), View::Object) => apply_inside(syntax, node, members, one_line, edits),
        (Change::Append(_), View::Object) | (Change::Inside(_), View::Array) => {
            Err(PatchRefusal { reason: PatchReason::OtherType, range })
        }
        (Change::Append(_) | Change::Inside(_), View::Other(reason)) => Err(PatchRefusal { reason, range }),
    }
}

/// Changes the members of an object that are there, and adds the others.
fn apply_inside<S: Syntax>(
    syntax: &S,
    object: S::Node,
    members: &[(String, Change)],
    one_line: bool,
    edits: &mut Vec<Edit>,
) -> Result<(), PatchRefusal> {
    let elements = syntax.elements(object);
    let is_on_one_line = is_one_line(syntax.range(object).of(syntax.text()));
    // New members by their position; a few at most.
    let mut missing: Vec<(usize, Vec<(&str, NewValue)>)> = Vec::new();
    for (key, change) in members {
        match find(&elements, key)? {
            Some((_, value)) => apply(syntax, value, change, is_on_one_line, edits)?,
            None => {
                let position = syntax.position(&elements, Some(key));
                let new = (key.as_str(), change.value());
                match missing.iter_mut().find(|(known, _)| *known == position) {
                    Some((_, group)) => group.push(new),
                    None => missing.push((position, vec![new])),
                }
            }
        }
    }
    for (position, group) in missing {
        let entries: Vec<_> = group.iter().map(|(key, value)| ObjectEntry { key: Some(key), value }).collect();
        insert(&InsertionPoint::new(syntax, object, &elements, position, one_line), &entries, edits);
    }
    Ok(())
}

/// Number and value of the member called `key`, ASCII case ignored, unless that is not certain.
fn find<N: Copy>(elements: &[Element<'_, N>], key: &str) -> Result<Option<(usize, N)>, PatchRefusal> {
    let mut found = None;
    // What stands before the member does not matter: the later one counts.
    let mut hidden = None;
    for (at, Element { range, keys, value }) in elements.iter().enumerate() {
        let range = *range;
        match keys {
            Keys::Name(name) if name.eq_ignore_ascii_case(key) => {
                if found.is_some() {
                    return Err(PatchRefusal { reason: PatchReason::Duplicate, range });
                }
                found = value.map(|value| (at, value));
                hidden = None;
            }
            Keys::Loops(names) if names.iter().any(|name| name.eq_ignore_ascii_case(key)) => {
                return Err(PatchRefusal { reason: PatchReason::Loop, range });
            }
            Keys::Unknown(reason) => hidden = Some(PatchRefusal { reason: *reason, range }),
            Keys::None | Keys::Name(_) | Keys::Loops(_) => {}
        }
    }
    hidden.map_or(Ok(found), Err)
}

/// Whether `node` is already `value`, whatever the notation.
fn has_value<S: Syntax>(syntax: &S, node: S::Node, value: &NewValue) -> bool {
    match (value, syntax.view(node)) {
        (NewValue::Null, view) => view == View::Null,
        (NewValue::Array(items), View::Array) => {
            let elements = syntax.elements(node);
            let mut pairs = elements.iter().zip(items);
            let is_equal = |value, item| has_value(syntax, value, item);
            elements.len() == items.len()
                && pairs.all(|(element, item)| element.value.is_some_and(|value| is_equal(value, item)))
        }
        (NewValue::Object(members), View::Object) => {
            let elements = syntax.elements(node);
            let is_there = |(key, value): &(String, NewValue)| match find(&elements, key) {
                Ok(Some((_, known))) => has_value(syntax, known, value),
                _ => false,
            };
            elements.len() == members.len() && members.iter().all(is_there)
        }
        (NewValue::Array(_) | NewValue::Object(_), _) => false,
        (value, _) => syntax.is_scalar(node, value),
    }
}
