//! Selectors: which values of a resource a rule is about.
//!
//! A selector is a property path (`properties.securityProfile.defender`) or, where arrays and filters
//! are needed, JSONPath (RFC 9535) that starts with `$`. Both are lowered to the same short list of
//! [`SelectorStep`]s. Names match case-insensitively, as in the resource manager.

mod lower;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::pattern::Pattern;
use lower::{json_path, property_path};

/// Longer selectors are refused before they are parsed.
const MAX_LENGTH: usize = 1000;

/// A selector as written, and its steps from the resource's body (in `each`: from the item).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    text: Arc<str>,
    steps: Arc<[SelectorStep]>,
}

thread_local! {
    /// JSONPaths that were parsed before: parsing is most of what loading the rules costs, and many share theirs.
    static PARSED: RefCell<BTreeMap<Arc<str>, Arc<[SelectorStep]>>> = RefCell::default();
}

/// Paths that are kept at most.
const MOST_KEPT: usize = 1000;

/// One step down.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectorStep {
    /// Into a member of an object.
    Member(MemberName),
    /// Into an item of an array; negative counts from the end, -1 being the last.
    Index(i64),
    /// Into all items of an array, or all members of an object.
    Wildcard,
    /// Into those items (or members) that the filter accepts.
    Filter(Filter),
}

/// The name of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberName {
    /// As written in the rule: the casing that messages and fixes use.
    pub written: Arc<str>,
    /// In ASCII lower case, for comparing.
    pub lower: Arc<str>,
}

/// What an item must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Accepts if all accept.
    All(Vec<Self>),
    /// Accepts if at least one accepts.
    Any(Vec<Self>),
    /// Accepts if it does not accept.
    Not(Box<Self>),
    /// The path leads somewhere.
    Exists(SelectorReach),
    /// The two compare so.
    Compare(Operand, Comparison, Operand),
    /// The string there matches: `match` the whole of it, `search` a part.
    Matches(SelectorReach, Pattern),
}

/// A path inside a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectorReach {
    /// Whether it starts where the whole selector starts (`$`) and not at the item (`@`).
    pub from_root: bool,
    /// The way from there.
    pub steps: Vec<SelectorStep>,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A constant.
    Literal(Literal),
    /// The one value at a path.
    Value(SelectorReach),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A constant in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write `true`, `false`, a whole number or a text")]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// A whole number; templates have no others.
    Int(i64),
    /// Text.
    Str(Arc<str>),
    /// `null`
    Null,
}

impl Selector {
    /// Parses a property path or a JSONPath.
    ///
    /// # Errors
    /// In words for the author of the rule: what is wrong and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("a selector of {} bytes; at most {MAX_LENGTH} are allowed", text.len()));
        }
        if !text.starts_with('$') {
            return Ok(Self { text: text.into(), steps: property_path(text)?.into() });
        }
        if let Some((text, steps)) =
            PARSED.with_borrow(|parsed| parsed.get_key_value(text).map(|(k, v)| (k.clone(), v.clone())))
        {
            return Ok(Self { text, steps });
        }
        let (text, steps): (Arc<str>, Arc<[SelectorStep]>) = (text.into(), json_path(text)?.into());
        PARSED.with_borrow_mut(|parsed| {
            if parsed.len() < MOST_KEPT {
                parsed.insert(text.clone(), steps.clone());
            }
        });
        Ok(Self { text, steps })
    }

    /// The selector in a sentence: `properties.a.b`, or `isEnabled` of `ContainerSensor` in `properties.extensions`.
    pub fn in_words(&self) -> String {
        self.item_in_words().unwrap_or_else(|| format!("`{}`", self.text))
    }

    /// The same, when it looks for one item by its name.
    fn item_in_words(&self) -> Option<String> {
        let filter = self.steps.iter().position(|step| matches!(step, SelectorStep::Filter(_)))?;
        let (before, rest) = self.steps.split_at(filter);
        let (SelectorStep::Filter(Filter::Compare(_, Comparison::Equal, Operand::Literal(Literal::Str(name)))), after) =
            rest.split_first()?
        else {
            return None;
        };
        let item = format!("`{name}` in `{}`", joined(before)?);
        Some(if after.is_empty() { item } else { format!("`{}` of {item}", joined(after)?) })
    }

    /// The selector as written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The way down. Empty for `$`.
    pub fn steps(&self) -> &[SelectorStep] {
        &self.steps
    }

    /// All regular expressions in filters.
    pub(crate) fn patterns(&self) -> Vec<&Pattern> {
        let mut found = Vec::new();
        patterns_of(&self.steps, &mut found);
        found
    }
}

impl TryFrom<String> for Selector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl MemberName {
    /// The name `written`.
    fn new(written: &str) -> Self {
        Self { written: written.into(), lower: written.to_ascii_lowercase().into() }
    }
}

/// The names of `steps`, when they are nothing else.
fn joined(steps: &[SelectorStep]) -> Option<String> {
    let name = |step: &SelectorStep| match step {
        SelectorStep::Member(name) => Some(name.written.to_string()),
        _ => None,
    };
    Some(steps.iter().map(name).collect::<Option<Vec<_>>>()?.join("."))
}

fn patterns_of<'a>(steps: &'a [SelectorStep], found: &mut Vec<&'a Pattern>) {
    for step in steps {
        if let SelectorStep::Filter(filter) = step {
            patterns_in(filter, found);
        }
    }
}

fn patterns_in<'a>(filter: &'a Filter, found: &mut Vec<&'a Pattern>) {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter().for_each(|filter| patterns_in(filter, found)),
        Filter::Not(filter) => patterns_in(filter, found),
        Filter::Exists(reach) => patterns_of(&reach.steps, found),
        Filter::Compare(..) => {}
        Filter::Matches(reach, pattern) => {
            patterns_of(&reach.steps, found);
            found.push(pattern);
        }
    }
}
