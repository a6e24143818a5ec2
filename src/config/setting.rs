//! Values of parameters as a configuration gives them.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::source::TextRange;

/// A value for a parameter.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The parameter.
    pub name: String,
    /// The name in the file.
    pub name_range: TextRange,
    /// The value.
    pub value: SettingValue,
}

/// A value and its place in the file.
#[derive(Debug, Clone)]
pub struct SettingValue {
    /// What it is.
    pub kind: LiteralKind,
    /// Where it stands.
    pub range: TextRange,
}

/// What a [`SettingValue`] is.
#[derive(Debug, Clone)]
pub enum LiteralKind {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Any other number, as written.
    Number(String),
    /// A string; a date is one, too.
    Str(String),
    /// An array.
    Array(Vec<SettingValue>),
    /// An object.
    Object(Vec<Setting>),
}

/// The range of `span` in the file.
pub(super) fn range_of<T>(span: &Spanned<T>) -> TextRange {
    let std::ops::Range { start, end } = span.span();
    TextRange::new(start as u32, end as u32)
}

/// The members of `table` as settings.
pub(super) fn settings(table: &DeTable<'_>) -> Vec<Setting> {
    table
        .iter()
        .map(|(key, value)| Setting {
            name: key.get_ref().to_string(),
            name_range: range_of(key),
            value: literal(value),
        })
        .collect()
}

/// A value; the parser limits how deep they are nested.
fn literal(value: &Spanned<DeValue<'_>>) -> SettingValue {
    let kind = match value.get_ref() {
        DeValue::String(text) => LiteralKind::Str(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => LiteralKind::Int(number),
            Err(_) => LiteralKind::Number(number.as_str().to_owned()),
        },
        DeValue::Float(number) => LiteralKind::Number(number.as_str().to_owned()),
        DeValue::Boolean(value) => LiteralKind::Bool(*value),
        DeValue::Datetime(date) => LiteralKind::Str(date.to_string()),
        DeValue::Array(items) => LiteralKind::Array(items.iter().map(literal).collect()),
        DeValue::Table(table) => LiteralKind::Object(settings(table)),
    };
    SettingValue { kind, range: range_of(value) }
}
