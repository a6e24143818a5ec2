//! Regular expressions of rules.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// A regular expression, compiled when first used: most rules of a run never get to theirs.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Arc<str>")]
pub struct Pattern {
    text: Arc<str>,
    whole: bool,
    compiled: OnceLock<Option<Regex>>,
}

/// Bytes of the longest compiled regular expression.
const MAX_PROGRAM: usize = 1 << 18;

/// Levels of nesting of a regular expression.
const MAX_NESTING: u32 = 50;

/// Longer ones are refused before they are parsed.
const MAX_LENGTH: usize = 1000;

impl Pattern {
    /// The regular expression `text`, for a part of a string or the `whole` of it.
    pub(crate) fn new(text: &str, whole: bool) -> Self {
        Self { text: text.into(), whole, compiled: OnceLock::new() }
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches `text`. One that does not compile matches nothing; loading a rule file refuses those.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Compiles it, unless that was done.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn prepare(&self) -> Result<(), String> {
        match self.compiled.get() {
            Some(Some(_)) => Ok(()),
            _ => self.compile().map(|regex| drop(self.compiled.set(Some(regex)))),
        }
    }

    /// Reads it without compiling it, which takes far more time and memory.
    ///
    /// # Errors
    /// When it is too long, or no regular expression of the `regex` crate.
    pub fn check(&self) -> Result<(), String> {
        if self.text.len() > MAX_LENGTH {
            return Err(format!("a regular expression of {} bytes; at most {MAX_LENGTH} are allowed", self.text.len()));
        }
        let read = regex_syntax::ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text);
        read.map(drop).map_err(|error| self.wrong(&error.to_string()))
    }

    /// Compiles it.
    ///
    /// # Errors
    /// When it is no regular expression of the `regex` crate, or one that takes too much memory.
    pub fn compile(&self) -> Result<Regex, String> {
        let text = if self.whole { format!("^(?:{})$", self.text) } else { self.text.to_string() };
        let built = RegexBuilder::new(&text).size_limit(MAX_PROGRAM).dfa_size_limit(MAX_PROGRAM).build();
        built.map_err(|error| self.wrong(&error.to_string()))
    }

    fn wrong(&self, error: &str) -> String {
        format!("`{}` is no regular expression: {}", self.text, error.lines().last().unwrap_or_default().trim())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.whole == other.whole
    }
}

impl From<Arc<str>> for Pattern {
    fn from(text: Arc<str>) -> Self {
        Self { text, whole: false, compiled: OnceLock::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_or_part() {
        let cases = [
            ("b", false, "abc", true),
            ("b", true, "abc", false),
            ("a|abc", true, "abc", true),
            ("(", false, "(", false),
        ];
        for (text, whole, subject, expected) in cases {
            assert_eq!(Pattern::new(text, whole).is_match(subject), expected, "{text} on {subject}");
        }
    }
}
