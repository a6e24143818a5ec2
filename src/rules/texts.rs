//! Texts of rules: by outcome, with placeholders.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The outcome whose text is taken when there is none for the one at hand.
pub const FAILED: &str = "failed";

/// The outcome of a condition that fails because nothing is there.
pub const ABSENT: &str = "absent";

/// What texts may contain in braces, and what stands for it: the resource's deployed name, the rule's
/// noun, the resource's api version, the property in question, the part of its path that is not
/// written, what decides (a parameter, a condition), and the value to write instead.
pub const PLACEHOLDERS: [&str; 7] = ["name", "noun", "api-version", "field", "missing", "decider", "value"];

/// A text, or one for each outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write a text, or a map of texts by outcome (`failed`, `absent`, …)")]
pub enum Texts {
    /// Whatever the outcome.
    One(String),
    /// By outcome.
    ByOutcome(BTreeMap<String, String>),
}

impl Texts {
    /// The text for `outcome`, else the one for [`FAILED`], else any.
    pub fn of(&self, outcome: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::ByOutcome(texts) => {
                let text = texts.get(outcome).or_else(|| texts.get(FAILED)).or_else(|| texts.values().next());
                text.map_or("", String::as_str)
            }
        }
    }

    /// All of them by outcome.
    pub(super) fn all(&self) -> Vec<(&str, &str)> {
        match self {
            Self::One(text) => vec![(FAILED, text)],
            Self::ByOutcome(texts) => texts.iter().map(|(outcome, text)| (outcome.as_str(), text.as_str())).collect(),
        }
    }
}

/// `text` with its placeholders replaced; those without a value stay as they are.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

/// The text before the first placeholder, its name, and the text behind it. Only a name directly
/// between braces is one: `{ enabled: true }` in a text is just text.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('{')?;
        let inside = text.get(open + 1..)?;
        let length = inside.bytes().take_while(|b| b.is_ascii_lowercase() || *b == b'-').count();
        match (inside.get(..length), inside.get(length..)?.strip_prefix('}')) {
            (Some(name), Some(after)) if length > 0 => return Some((text.get(..open)?, name, after)),
            _ => from = open + 1,
        }
    }
}

/// What to say about each placeholder of `text` that stands for nothing.
pub(super) fn unknown_placeholders(text: &str) -> impl Iterator<Item = String> {
    let names =
        std::iter::successors(next_placeholder(text), |(_, _, rest)| next_placeholder(rest)).map(|(_, name, _)| name);
    let unknown = names.filter(|name| !PLACEHOLDERS.contains(name));
    unknown.map(|name| format!("`{{{name}}}` stands for nothing; there are {{{}}}", PLACEHOLDERS.join("}, {")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_placeholders() {
        let cases = [
            ("cluster `{name}` lacks {missing}", "cluster `aks` lacks {missing}"),
            ("{name}{name}", "aksaks"),
            ("write `{ enabled: true }` or {} for {name}", "write `{ enabled: true }` or {} for aks"),
            ("{{name}}", "{aks}"),
            ("{name", "{name"),
            ("{", "{"),
            ("é{name}é", "éaksé"),
        ];
        for (text, expected) in cases {
            assert_eq!(fill(text, &[("name", "aks")]), expected, "{text}");
        }
    }
}
