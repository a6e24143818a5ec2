//! The input and the answer of a check.

use rulefile::selector::Literal;

use crate::eval::term::TermId;
use crate::eval::{Instance, Value};
use crate::model::{Common, Model, World, is_placeholder};
use crate::source::{Span, Str};

/// What a check looks at: a resource of a context in one world.
pub(crate) struct CheckInput<'a, 'e, 'p> {
    pub(crate) model: &'a Model<'e, 'p>,
    pub(crate) world: &'a World<'a, 'p>,
    pub(crate) instance: &'a Instance,
}

/// The answer to a condition.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// The condition applies.
    Yes,
    /// It does not apply: one reason, or one for each item that fails.
    No(Vec<Miss>),
    /// These residuals decide.
    Unknown(Vec<TermId>),
}

/// Why a condition failed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Miss {
    /// The property that is not as it should be.
    pub(crate) path: Vec<Str>,
    /// The outcome, which picks message, label and help.
    pub(crate) outcome: Str,
    /// How many names of the path are there.
    pub(super) depth: usize,
    /// What stands for placeholders in texts, beyond those that every finding has.
    pub(crate) values: Vec<(&'static str, String)>,
    /// Places that a native check names, with the text for them.
    pub(crate) places: Vec<(Span, String)>,
    /// The help to give, when the outcome alone does not pick it.
    pub(crate) help: Option<&'static str>,
}

impl Miss {
    /// A property that is not as it should be.
    pub(crate) fn new(path: &[&str], outcome: &str) -> Self {
        Self { path: path.iter().map(|name| Str::from(*name)).collect(), outcome: outcome.into(), ..Self::default() }
    }

    /// The same miss, reported for the item called `title`. The innermost item counts.
    pub(super) fn of_item(mut self, title: &str) -> Self {
        if !self.values.iter().any(|(name, _)| *name == "item") {
            self.values.push(("item", title.to_owned()));
        }
        self
    }
}

impl Common for Vec<Miss> {
    /// The properties that are wrong in both worlds. If there is none, each world has its own.
    fn common(self, other: &Self) -> Self {
        let shared: Self =
            self.iter().filter(|miss| other.iter().any(|same| same.path == miss.path)).cloned().collect();
        if shared.is_empty() { self } else { shared }
    }
}

impl From<Miss> for Answer {
    fn from(miss: Miss) -> Self {
        Self::No(vec![miss])
    }
}

/// Whether `value` is `literal`: strings without regard to case, as the service compares its enumerations.
/// `None` when it is not known; a hidden value is to be opened by the caller.
pub(super) fn equals(value: &Value, literal: &Literal) -> Option<bool> {
    match (value, literal) {
        (Value::Bool(value), Literal::Bool(wanted)) => Some(value == wanted),
        // A boolean written as a string: the service may or may not read it as one.
        (Value::Str(text), Literal::Bool(_))
            if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") =>
        {
            None
        }
        (Value::Int(value), Literal::Int(wanted)) => Some(value == wanted),
        (Value::Str(text), Literal::Str(wanted)) => match is_placeholder(text) {
            true => None,
            false => Some(text.eq_ignore_ascii_case(wanted)),
        },
        (Value::Str(text), _) if is_placeholder(text) => None,
        (Value::Text(_) | Value::Id(_), Literal::Str(_)) => None,
        (Value::Resource(_) | Value::Error(_) | Value::Unknown(_) | Value::Choice(_) | Value::Hidden(_), _) => None,
        _ => Some(false),
    }
}
