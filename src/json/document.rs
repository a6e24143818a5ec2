//! The parsed document and the handles to its values.

use std::borrow::Cow;
use std::fmt;

use super::Cursor;
use crate::source::{Problem, TextRange};

/// A parsed text.
#[derive(Debug)]
pub struct Document<'t> {
    pub(super) text: &'t str,
    /// All values in the order of the text. Behind an object stand, for each member, a node for
    /// the key and the nodes of the value; behind an array the nodes of its items.
    pub(super) nodes: Vec<Node>,
    pub(super) comments: Vec<TextRange>,
    pub(super) problems: Vec<Problem>,
}

/// A value or key in the table of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index of the first node behind this one and all that is inside.
    pub(super) next: u32,
    pub(super) kind: ValueKind,
    pub(super) mark: Mark,
}

/// What else is to know about a node; its meaning depends on the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing.
    None,
    /// A string with a backslash.
    Escaped,
    /// A key without quotes.
    Unquoted,
    /// An object or array with an error inside.
    Open,
}

/// Kind of a [`Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// `null`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
    /// What stands where a value should, or the empty place where one is missing.
    Unreadable,
}

impl<'t> Document<'t> {
    /// The text that was parsed.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The outermost value; `None` if there is nothing but white space and comments.
    pub fn root(&self) -> Option<Value<'_>> {
        (!self.nodes.is_empty()).then_some(Value { document: self, at: 0 })
    }

    /// The comments, in order, with their delimiters.
    pub fn comments(&self) -> &[TextRange] {
        &self.comments
    }

    /// Whether the text is written as programs write JSON: without comments, other quotes than `"` and bare keys.
    pub fn is_strict(&self) -> bool {
        let is_bare = |node: &Node| {
            node.kind == ValueKind::String && self.text.as_bytes().get(node.start as usize) != Some(&b'"')
        };
        self.comments.is_empty() && self.problems.is_empty() && !self.nodes.iter().any(is_bare)
    }

    /// The errors, in order; at most [`super::MAX_PROBLEMS`] and one that reports that there are more.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// A value in a [`Document`].
#[derive(Clone, Copy)]
pub struct Value<'d> {
    document: &'d Document<'d>,
    at: u32,
}

impl<'d> Value<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.at as usize]
    }

    /// What it is.
    pub fn kind(self) -> ValueKind {
        self.node().kind
    }

    /// Where it stands, quotes and brackets included.
    pub fn range(self) -> TextRange {
        TextRange::new(self.node().start, self.node().end)
    }

    /// A short place that stands for it: the opening bracket of an object or array, else all of it.
    pub fn head(self) -> TextRange {
        let range = self.range();
        match self.kind() {
            ValueKind::Object | ValueKind::Array => TextRange::new(range.start, range.start + 1),
            _ => range,
        }
    }

    /// As in the text, quotes and brackets included.
    pub fn raw(self) -> &'d str {
        self.range().of(self.document.text)
    }

    /// Whether it is an object or array with a syntax error directly inside, which may have hidden
    /// members or items. What lies inside it may be complete nonetheless.
    pub fn is_open(self) -> bool {
        self.node().mark == Mark::Open
    }

    /// The members of an object in order, those with equal keys included; none for other kinds.
    pub fn members(self) -> Members<'d> {
        Members { nodes: self.inside(ValueKind::Object) }
    }

    /// The items of an array in order; none for other kinds.
    pub fn items(self) -> Items<'d> {
        Items { nodes: self.inside(ValueKind::Array) }
    }

    fn inside(self, kind: ValueKind) -> Siblings<'d> {
        let end = if self.kind() == kind { self.node().next } else { 0 };
        Siblings { document: self.document, at: self.at + 1, end }
    }

    /// The member called `name`, ASCII case ignored; of several the last, as in ARM.
    pub fn member(self, name: &str) -> Option<Member<'d>> {
        self.members().filter(|member| member.is_called(name)).last()
    }

    /// The value of the member called `name`, ASCII case ignored; of several the last, as in ARM.
    pub fn get_ignore_case(self, name: &str) -> Option<Self> {
        self.member(name).map(Member::value)
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        (self.kind() == ValueKind::String).then(|| self.text())
    }

    /// The text of a string (with its escapes read) or of any other value (as written).
    fn text(self) -> Cow<'d, str> {
        let raw = self.content_range().of(self.document.text);
        match self.node().mark {
            Mark::Escaped => Cow::Owned(self.cursor().map(|(char, _)| char).collect()),
            _ => Cow::Borrowed(raw),
        }
    }

    /// Where the text of a string stands, without the quotes; for other kinds the whole range.
    pub fn content_range(self) -> TextRange {
        let node = self.node();
        match node.kind {
            ValueKind::String if node.mark != Mark::Unquoted => TextRange::new(node.start + 1, node.end - 1),
            _ => self.range(),
        }
    }

    /// Reads the text of a string character by character, with places.
    pub fn cursor(self) -> Cursor<'d> {
        Cursor::new(self.document.text, self.content_range())
    }

    /// Whether it is a string written with escapes.
    pub fn has_escapes(self) -> bool {
        self.node().mark == Mark::Escaped
    }

    /// `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            ValueKind::True => Some(true),
            ValueKind::False => Some(false),
            _ => None,
        }
    }

    /// A number as written.
    pub fn as_number(self) -> Option<&'d str> {
        (self.kind() == ValueKind::Number).then(|| self.raw())
    }

    /// The whole text of the document.
    pub fn document_text(self) -> &'d str {
        self.document.text
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.kind(), self.range())
    }
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'d> {
    key: Value<'d>,
    value: Value<'d>,
}

impl<'d> Member<'d> {
    /// The text of the key.
    pub fn key(self) -> Cow<'d, str> {
        self.key.text()
    }

    /// The key as a string value, with its places.
    pub fn key_value(self) -> Value<'d> {
        self.key
    }

    /// Where the key stands, with its quotes if it has any.
    pub fn key_range(self) -> TextRange {
        self.key.range()
    }

    /// The value.
    pub fn value(self) -> Value<'d> {
        self.value
    }

    /// Whether the key is `name`, ASCII case ignored.
    pub fn is_called(self, name: &str) -> bool {
        match self.key.node().mark {
            Mark::Escaped => self.key().eq_ignore_ascii_case(name),
            _ => {
                let range = self.key.content_range();
                // Most keys have another length, which needs no look at the text.
                range.len() as usize == name.len() && range.of(self.key.document.text).eq_ignore_ascii_case(name)
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Siblings<'d> {
    document: &'d Document<'d>,
    at: u32,
    end: u32,
}

impl<'d> Siblings<'d> {
    fn next(&mut self) -> Option<Value<'d>> {
        if self.at >= self.end {
            return None;
        }
        let value = Value { document: self.document, at: self.at };
        self.at = value.node().next;
        Some(value)
    }
}

/// The members of an object.
#[derive(Debug, Clone)]
pub struct Members<'d> {
    nodes: Siblings<'d>,
}

impl<'d> Iterator for Members<'d> {
    type Item = Member<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Member { key: self.nodes.next()?, value: self.nodes.next()? })
    }
}

/// The items of an array.
#[derive(Debug, Clone)]
pub struct Items<'d> {
    nodes: Siblings<'d>,
}

impl<'d> Iterator for Items<'d> {
    type Item = Value<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        self.nodes.next()
    }
}
