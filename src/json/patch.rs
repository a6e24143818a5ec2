//! Changes of a JSON file, in its own style. What is changed how, and what is refused: see [`crate::patch`].
//!
//! A comma behind the last member stays a custom where it is one, so does what stands around the colons. In a template,
//! a new `parameters` goes before variables and resources, and a new `dependsOn` before `properties`.

use std::borrow::Cow;

use super::{Document, Value, ValueKind};
use crate::patch::{self, Change, Element, Keys, NewParam, NewValue, PatchReason, PatchRefusal, Syntax, Trivia, View};
use crate::source::{Edit, TextRange, is_one_line};

/// What the strings of a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    /// Text, or an expression in brackets: in a template.
    Expressions,
    /// Text: in a parameter file.
    Plain,
}

/// Makes edits of one parsed file.
#[derive(Debug, Clone, Copy)]
pub struct Patcher<'d> {
    document: &'d Document<'d>,
    strings: Strings,
}

/// Members that by custom stand before others.
const BEFORE: [(&str, &[&str]); 2] =
    [("parameters", &["functions", "variables", "resources", "outputs"]), ("dependsOn", &["properties"])];

impl<'d> Patcher<'d> {
    /// A patcher for `document`, whose strings are `strings`.
    pub const fn new(document: &'d Document<'d>, strings: Strings) -> Self {
        Self { document, strings }
    }

    /// The edits that apply `change` to `object`; none if it is as wanted.
    ///
    /// # Errors
    /// When what stands there does not decide the value, or not alone.
    pub fn change(&self, object: Value<'d>, change: &Change) -> Result<Vec<Edit>, PatchRefusal> {
        self.check_around(object)?;
        patch::change(self, object, change)
    }

    /// The edits that remove the member at `path` from `object`.
    ///
    /// # Errors
    /// When it is not there, or something else may be it, too.
    pub fn remove(&self, object: Value<'d>, path: &[&str]) -> Result<Vec<Edit>, PatchRefusal> {
        self.check_around(object)?;
        patch::remove(self, object, path)
    }

    /// The edit that puts `new` in the place of `value`; none if it stands there.
    pub fn replace(&self, value: Value<'d>, new: &NewValue) -> Option<Edit> {
        patch::replace(self, value, new)
    }

    /// The edits that declare a parameter in `template`, the whole file or a nested template.
    ///
    /// # Errors
    /// When its name is taken, or the parameters are not certain.
    pub fn declare(&self, template: Value<'d>, param: &NewParam<'_>) -> Result<Vec<Edit>, PatchRefusal> {
        let declared = template.get_ignore_case("parameters").and_then(|parameters| parameters.member(param.name));
        if let Some(member) = declared {
            return Err(PatchRefusal { reason: PatchReason::NameTaken, range: member.key_range() });
        }
        let member = |key: &str, value| (key.to_owned(), value);
        let description = NewValue::Object(vec![member("description", param.description.into())]);
        let mut members = vec![member("type", param.ty.into())];
        members.extend(param.default.map(|default| member("defaultValue", default.clone())));
        members.push(member("metadata", description));
        self.change(template, &Change::set(&["parameters", param.name], NewValue::Object(members)))
    }

    /// Fails if a syntax error around `value` makes it doubtful where that belongs.
    fn check_around(&self, value: Value<'d>) -> Result<(), PatchRefusal> {
        let mut around = self.document.root();
        while let Some(outer) = around.filter(|outer| outer.range() != value.range()) {
            if outer.is_open() {
                return Err(PatchRefusal { reason: PatchReason::SyntaxError, range: outer.head() });
            }
            let mut inside = outer.members().map(super::Member::value).chain(outer.items());
            around = inside.find(|inner| inner.range().contains(value.range()));
        }
        Ok(())
    }

    /// The text for which `string` stands; none if that is an expression.
    fn literal<'v>(&self, string: Value<'v>) -> Option<Cow<'v, str>> {
        let text = string.as_str()?;
        if self.strings == Strings::Plain || !is_bracketed(&text) {
            return Some(text);
        }
        text.strip_prefix("[[").map(|rest| Cow::Owned(format!("[{rest}")))
    }

    /// The members that `member` makes: `copy` makes those that its items name.
    fn keys<'v>(&self, member: super::Member<'v>) -> Keys<'v> {
        let items = member.value().items();
        if self.strings == Strings::Expressions && member.is_called("copy") && items.clone().next().is_some() {
            let names = items.map(|item| self.literal(item.get_ignore_case("name")?));
            return names.collect::<Option<_>>().map_or(Keys::Unknown(PatchReason::Loop), Keys::Loops);
        }
        let key = member.key_value();
        if key.kind() != ValueKind::String {
            return Keys::Name(member.key());
        }
        self.literal(key).map_or(Keys::Unknown(PatchReason::ComputedKey), Keys::Name)
    }
}

impl<'d> Syntax for Patcher<'d> {
    type Node = Value<'d>;

    const LINES_HAVE_COMMAS: bool = true;

    fn text(&self) -> &str {
        self.document.text()
    }

    fn range(&self, node: Value<'d>) -> TextRange {
        node.range()
    }

    fn view(&self, node: Value<'d>) -> View {
        match node.kind() {
            _ if node.is_open() => View::Other(PatchReason::SyntaxError),
            ValueKind::Null => View::Null,
            ValueKind::Object => View::Object,
            ValueKind::Array => View::Array,
            ValueKind::String if self.literal(node).is_none() => View::Other(PatchReason::Computed),
            ValueKind::True | ValueKind::False | ValueKind::Number | ValueKind::String => {
                View::Other(PatchReason::OtherType)
            }
            ValueKind::Unreadable => View::Other(PatchReason::SyntaxError),
        }
    }

    fn elements(&self, container: Value<'d>) -> Vec<Element<'_, Value<'d>>> {
        let members = container.members().map(|member| Element {
            range: member.key_range().cover(member.value().range()),
            keys: self.keys(member),
            value: Some(member.value()),
        });
        let items = container.items().map(|item| Element { range: item.range(), keys: Keys::None, value: Some(item) });
        members.chain(items).collect()
    }

    fn position(&self, elements: &[Element<'_, Value<'d>>], key: Option<&str>) -> usize {
        let custom = BEFORE.iter().find(|(new, _)| key.is_some_and(|key| key.eq_ignore_ascii_case(new)));
        let later = custom.map_or(&[][..], |(_, later)| later);
        let is_later = |element: &Element<'_, Value<'d>>| match &element.keys {
            Keys::Name(name) => later.iter().any(|later| later.eq_ignore_ascii_case(name)),
            _ => false,
        };
        elements.iter().position(is_later).unwrap_or(elements.len())
    }

    fn trivia(&self, gap: TextRange) -> Vec<(Trivia, TextRange)> {
        let bytes = self.document.text().as_bytes();
        let comments = self.document.comments();
        let mut found = Vec::new();
        let mut at = gap.start;
        while at < gap.end {
            let rest = &bytes[at as usize..gap.end as usize];
            let (kind, length) = match rest {
                [b'\r', b'\n', ..] => (Trivia::Newline, 2),
                [b'\r' | b'\n', ..] => (Trivia::Newline, 1),
                [b',', ..] => (Trivia::Comma, 1),
                [b' ' | b'\t', ..] => {
                    (Trivia::Blank, rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count())
                }
                _ => {
                    let comment = comments.binary_search_by_key(&at, |comment| comment.start);
                    (Trivia::Comment, comment.map_or(1, |comment| comments[comment].len() as usize))
                }
            };
            found.push((kind, TextRange::new(at, at + length as u32)));
            at += length as u32;
        }
        found
    }

    fn is_scalar(&self, node: Value<'d>, value: &NewValue) -> bool {
        match value {
            NewValue::Bool(new) => node.as_bool() == Some(*new),
            NewValue::Int(new) => node.as_number().is_some_and(|old| old.parse() == Ok(*new)),
            NewValue::String(new) => self.literal(node).is_some_and(|old| old == *new),
            NewValue::Expression(new) => {
                let text = node.as_str().unwrap_or_default();
                let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                self.literal(node).is_none() && inside == Some(new)
            }
            NewValue::Null | NewValue::Array(_) | NewValue::Object(_) => false,
        }
    }

    fn colon(&self, container: Value<'d>) -> &str {
        let first = container.members().next().or_else(|| self.document.root()?.members().next());
        let between = first.map(|first| TextRange::new(first.key_range().end, first.value().range().start));
        let text = between.map_or("", |between| between.of(self.document.text()));
        let is_colon = text.bytes().filter(|byte| *byte == b':').count() == 1
            && text.bytes().all(|byte| matches!(byte, b':' | b' '));
        if is_colon { text } else { ": " }
    }

    fn is_minified(&self) -> bool {
        self.document.root().is_some_and(|root| is_one_line(root.raw()))
    }

    fn write_key(&self, key: &str, out: &mut String) {
        self.write_string(key, out);
    }

    fn write_string(&self, text: &str, out: &mut String) {
        out.push('"');
        if self.strings == Strings::Expressions && is_bracketed(text) {
            out.push('[');
        }
        escape(text, out);
        out.push('"');
    }

    fn write_expression(&self, expression: &str, out: &mut String) {
        out.push_str("\"[");
        escape(expression, out);
        out.push_str("]\"");
    }
}

/// Whether a text in a template would be read as an expression, or as one that is escaped.
fn is_bracketed(text: &str) -> bool {
    text.len() > 1 && text.starts_with('[') && text.ends_with(']')
}

/// Writes `text` as it stands in a JSON string.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
}
