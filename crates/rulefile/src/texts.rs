//! Texts of rules: by outcome, with placeholders.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api_version::ApiVersion;
use crate::condition::Versions;

/// The outcome whose text is used when the actual outcome has none.
pub const FAILED: &str = "failed";

/// The outcome of a condition that fails because nothing is there.
pub const ABSENT: &str = "absent";

/// The placeholders that texts may contain in braces, and their values: the resource's deployed name, the rule's noun,
/// the current item of `each`, the resource's api version, the property in question, the part of its path that is not
/// written, what decides (a parameter, a condition), the value that is there, and the one to write instead.
pub const PLACEHOLDERS: [&str; 10] =
    ["name", "noun", "item", "api-version", "field", "missing", "decider", "found", "value", "workspace"];

/// A text, or one for each outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write a text, or a map of texts by outcome (`failed`, `absent`, …)")]
pub enum Texts {
    /// Whatever the outcome.
    One(OutcomeText),
    /// By outcome.
    ByOutcome(BTreeMap<String, OutcomeText>),
}

/// A text, or one for each range of api versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write a text, or a list of `{ api-version: …, text: … }`")]
pub enum OutcomeText {
    /// Whatever the api version.
    Always(String),
    /// The first whose range has the resource's api version.
    ByVersion(Vec<TextOfVersions>),
}

/// A text for some api versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextOfVersions {
    /// These; left out in the last: all others.
    pub api_version: Option<Versions>,
    /// The text.
    pub text: String,
}

impl Texts {
    /// The text for `outcome`, else the one for [`FAILED`], else any; of a resource of this api version.
    pub fn of(&self, outcome: &str, version: Option<ApiVersion>) -> &str {
        let text = match self {
            Self::One(text) => Some(text),
            Self::ByOutcome(texts) => {
                texts.get(outcome).or_else(|| texts.get(FAILED)).or_else(|| texts.values().next())
            }
        };
        text.map_or("", |text| text.of(version))
    }

    /// All of them by outcome.
    pub(crate) fn all(&self) -> Vec<(&str, &OutcomeText)> {
        match self {
            Self::One(text) => vec![(FAILED, text)],
            Self::ByOutcome(texts) => texts.iter().map(|(outcome, text)| (outcome.as_str(), text)).collect(),
        }
    }
}

impl OutcomeText {
    fn of(&self, version: Option<ApiVersion>) -> &str {
        match self {
            Self::Always(text) => text,
            Self::ByVersion(texts) => {
                let fits = |text: &&TextOfVersions| match (&text.api_version, version) {
                    (None, _) => true,
                    (Some(versions), Some(version)) => versions.contains(version),
                    (Some(_), None) => false,
                };
                texts.iter().find(fits).map_or("", |text| &text.text)
            }
        }
    }

    /// All texts that it may give.
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Self::Always(text) => vec![text],
            Self::ByVersion(texts) => texts.iter().map(|text| text.text.as_str()).collect(),
        }
    }

    /// Whether it has a text for every api version.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Always(_) => true,
            Self::ByVersion(texts) => texts.last().is_some_and(|text| text.api_version.is_none()),
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

/// A message for each placeholder of `text` that is unknown.
pub(crate) fn unknown_placeholders(text: &str) -> impl Iterator<Item = String> {
    let names =
        std::iter::successors(next_placeholder(text), |(_, _, rest)| next_placeholder(rest)).map(|(_, name, _)| name);
    let unknown = names.filter(|name| !PLACEHOLDERS.contains(name));
    unknown.map(|name| format!("`{{{name}}}` stands for nothing; there are {{{}}}", PLACEHOLDERS.join("}, {")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_by_outcome_and_version() -> Result<(), serde_json::Error> {
        let texts: Texts = serde_json::from_str(
            r#"{"failed":[{"api-version":"<2022-06-01","text":"old"},{"text":"new"}],"absent":"none"}"#,
        )?;
        let (old, new) = (ApiVersion::parse("2021-05-01"), ApiVersion::parse("2024-05-01"));
        let cases = [
            (FAILED, old, "old"),
            (FAILED, new, "new"),
            (FAILED, None, "new"),
            (ABSENT, old, "none"),
            ("other", old, "old"),
        ];
        for (outcome, version, expected) in cases {
            assert_eq!(texts.of(outcome, version), expected, "{outcome} {version:?}");
        }
        Ok(())
    }

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
