//! Values to be written, in the notation of a language.

use super::Syntax;

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string as it is; escapes are added.
    String(String),
    /// An expression in the language of the file, taken as it is: in Bicep any (`law.id`), in an ARM template what
    /// stands between the brackets (`resourceId('…')`).
    Expression(String),
    /// An array.
    Array(Vec<Self>),
    /// An object; no key stands twice.
    Object(Vec<(String, Self)>),
}

impl NewValue {
    /// Whether it takes more than one line where there is place.
    pub(super) fn is_spread_over_lines(&self) -> bool {
        match self {
            Self::Array(items) => !items.is_empty(),
            Self::Object(members) => !members.is_empty(),
            _ => false,
        }
    }
}

impl From<bool> for NewValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for NewValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// A new member of an object, or item of an array.
#[derive(Clone, Copy)]
pub(super) struct ObjectEntry<'a> {
    /// The key of a member.
    pub(super) key: Option<&'a str>,
    pub(super) value: &'a NewValue,
}

/// How a value is laid out.
#[derive(Clone, Copy)]
pub(super) enum Layout<'a> {
    /// On one line.
    OneLine,
    /// Each element on a line of its own, below a line with this indentation.
    Lines(&'a str),
}

/// Where the commas of elements on lines of their own stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Commas {
    None,
    /// Between the elements, at the ends of lines.
    Between,
    /// At the end of every line.
    Behind,
    /// At the start of every line.
    Before,
}

impl Commas {
    /// As the language has them.
    pub(super) const fn between<S: Syntax>() -> Self {
        if S::LINES_HAVE_COMMAS { Self::Between } else { Self::None }
    }
}

/// Writes values.
pub(super) struct ValuePrinter<'s, S> {
    pub(super) syntax: &'s S,
    pub(super) newline: &'static str,
    /// One step of indentation.
    pub(super) step: String,
    /// What stands between key and value.
    pub(super) colon: &'s str,
    /// What stands between elements on one line: a comma, perhaps a blank.
    pub(super) comma: &'s str,
    /// What stands inside the braces of an object on one line.
    pub(super) padding: &'s str,
}

impl<S: Syntax> ValuePrinter<'_, S> {
    pub(super) fn value(&self, value: &NewValue, layout: Layout<'_>, out: &mut String) {
        match value {
            NewValue::Null => out.push_str("null"),
            NewValue::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            NewValue::Int(value) => out.push_str(&value.to_string()),
            NewValue::String(text) => self.syntax.write_string(text, out),
            NewValue::Expression(text) => self.syntax.write_expression(text, out),
            NewValue::Array(items) => {
                let entries: Vec<_> = items.iter().map(|value| ObjectEntry { key: None, value }).collect();
                self.container(&entries, ['[', ']'], "", layout, out);
            }
            NewValue::Object(members) => {
                let entries: Vec<_> =
                    members.iter().map(|(key, value)| ObjectEntry { key: Some(key), value }).collect();
                self.container(&entries, ['{', '}'], self.padding, layout, out);
            }
        }
    }

    fn container(
        &self,
        entries: &[ObjectEntry<'_>],
        brackets: [char; 2],
        padding: &str,
        layout: Layout<'_>,
        out: &mut String,
    ) {
        let [open, close] = brackets;
        out.push(open);
        if !entries.is_empty() {
            match layout {
                Layout::OneLine => {
                    out.push_str(padding);
                    self.beside(entries, out);
                    out.push_str(padding);
                }
                Layout::Lines(outer) => {
                    self.lines(entries, &format!("{outer}{}", self.step), Commas::between::<S>(), out);
                    out.push_str(self.newline);
                    out.push_str(outer);
                }
            }
        }
        out.push(close);
    }

    fn entry(&self, entry: ObjectEntry<'_>, layout: Layout<'_>, out: &mut String) {
        if let Some(key) = entry.key {
            self.syntax.write_key(key, out);
            out.push_str(self.colon);
        }
        self.value(entry.value, layout, out);
    }

    /// The entries beside each other.
    pub(super) fn beside(&self, entries: &[ObjectEntry<'_>], out: &mut String) {
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                out.push_str(self.comma);
            }
            self.entry(*entry, Layout::OneLine, out);
        }
    }

    /// Each entry on a new line with indentation `indent`.
    pub(super) fn lines(&self, entries: &[ObjectEntry<'_>], indent: &str, commas: Commas, out: &mut String) {
        for (at, entry) in entries.iter().enumerate() {
            out.push_str(self.newline);
            out.push_str(indent);
            if commas == Commas::Before {
                out.push_str(", ");
            }
            self.entry(*entry, Layout::Lines(indent), out);
            if commas == Commas::Behind || commas == Commas::Between && at + 1 < entries.len() {
                out.push(',');
            }
        }
    }
}
