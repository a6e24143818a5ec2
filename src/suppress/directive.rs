//! The syntax of an ignore: `armguard: ignore[rule-a, rule-b] in dev until 2027-03-31 reason`.

use super::{Area, Ignore, MOST_RULES, Terms};
use crate::config::ContextPatterns;
use crate::source::{Date, TextRange};

/// A comment that speaks to armguard.
#[derive(Debug)]
pub(super) struct Directive {
    /// `ignore-file`, not `ignore`.
    pub(super) file: bool,
    /// The ids in brackets and their places in the text.
    pub(super) rules: Vec<(String, TextRange)>,
    /// What stands behind the brackets, or what is wrong there.
    pub(super) terms: Result<Terms, String>,
}

impl Directive {
    /// The ignore that it is, written at `at` of `text`: for the whole text, or for the area that `line` returns.
    pub(super) fn ignore(self, text: &str, at: TextRange, line: impl FnOnce() -> Area) -> Ignore {
        let area = if self.file { Area::all(TextRange::new(0, text.len() as u32)) } else { line() };
        Ignore { at, rules: self.rules, area, terms: self.terms }
    }
}

/// Reads the comment at `range` of `text`, its delimiters included. `None` if it is not for armguard.
///
/// # Errors
/// When it is for armguard but cannot be understood, in words.
pub(super) fn read(text: &str, range: TextRange) -> Option<Result<Directive, String>> {
    let comment = range.of(text);
    let inner = match comment.strip_prefix("/*") {
        Some(inner) => inner.strip_suffix("*/").unwrap_or(inner),
        None => comment.strip_prefix("//")?,
    };
    let start = range.start + 2;
    let trimmed = inner.trim_start();
    let rest = trimmed.strip_prefix("armguard")?;
    let after = rest.trim_start();
    let words = match after.strip_prefix(':') {
        Some(words) => words.trim_start(),
        None if after.starts_with("ignore[") || after.starts_with("ignore-file[") => {
            return Some(Err("a `:` stands between `armguard` and `ignore`".to_owned()));
        }
        None => return None,
    };
    let (file, list) = match (words.strip_prefix("ignore-file"), words.strip_prefix("ignore")) {
        (Some(list), _) => (true, list.trim_start()),
        (None, Some(list)) => (false, list.trim_start()),
        (None, None) => return Some(Err("`armguard:` goes on with `ignore[rule]` or `ignore-file[rule]`".to_owned())),
    };
    let Some((list, terms)) = list.strip_prefix('[').and_then(|list| list.split_once(']')) else {
        return Some(Err("an ignore names its rules in brackets: `ignore[rule-a, rule-b]`".to_owned()));
    };
    // Everything is a part of `inner`, so the place follows from the length of what is left.
    let at = start + (inner.len() - terms.len() - 1 - list.len()) as u32;
    Some(ids(list, at).and_then(|rules| match rules.is_empty() {
        true => Err("an ignore names its rules in brackets: `ignore[rule-a, rule-b]`".to_owned()),
        false => Ok(Directive { file, rules, terms: read_terms(terms) }),
    }))
}

/// The ids in `list`, which starts at `start`, apart by commas or blanks.
///
/// # Errors
/// When there are too many, in words.
pub(super) fn ids(list: &str, start: u32) -> Result<Vec<(String, TextRange)>, String> {
    let mut ids = Vec::new();
    let mut at = start;
    for part in list.split(|c: char| c == ',' || c.is_whitespace()) {
        let end = at + part.len() as u32;
        if !part.is_empty() {
            if ids.len() == MOST_RULES {
                return Err(format!("an ignore names at most {MOST_RULES} rules; this one does not apply"));
            }
            ids.push((part.to_owned(), TextRange::new(at, end)));
        }
        // What splits is one byte long, but for exotic blanks, behind which places are only near.
        at = end + 1;
    }
    Ok(ids)
}

/// Reads what stands behind the brackets: `in` and patterns of contexts, `until` and a date, which may also stand at the
/// end, and the reason.
///
/// # Errors
/// When a date or a pattern is none.
pub(super) fn read_terms(text: &str) -> Result<Terms, String> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let mut terms = Terms::default();
    loop {
        match words.as_slice() {
            ["until", date, ..] if looks_like_date(date) => {
                terms.until = Some(read_date(date)?);
                words.drain(..2);
            }
            ["in", rest @ ..] if terms.contexts.is_none() && !rest.is_empty() => {
                let more = rest.iter().take_while(|word| word.ends_with(',')).count();
                let listed = &rest[..rest.len().min(more + 1)];
                let patterns = listed.iter().flat_map(|word| word.split(',')).filter(|pattern| !pattern.is_empty());
                terms.contexts = Some(ContextPatterns::new(patterns)?);
                words.drain(..1 + listed.len());
            }
            _ => break,
        }
    }
    if let [.., "until", date] = words.as_slice()
        && looks_like_date(date)
    {
        terms.until = Some(read_date(date)?);
        words.truncate(words.len() - 2);
    }
    terms.reason = words.join(" ").trim_start_matches([':', '-', '–', '—']).trim().to_owned();
    Ok(terms)
}

/// Whether someone who wrote `word` behind `until` meant a date.
fn looks_like_date(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn read_date(word: &str) -> Result<Date, String> {
    word.trim_end_matches([',', '.', ';', ':']).parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is understood, in one line.
    fn outcome(comment: &str) -> String {
        match read(comment, TextRange::new(0, comment.len() as u32)) {
            None => "nothing".to_owned(),
            Some(Err(message)) => format!("wrong: {message}"),
            Some(Ok(Directive { file, rules, terms })) => {
                let rules: Vec<&str> = rules.iter().map(|(_, range)| range.of(comment)).collect();
                let head = format!("{}{rules:?}", if file { "file " } else { "" });
                match terms {
                    Err(message) => format!("{head} wrong: {message}"),
                    Ok(Terms { reason, until, contexts, allowed: _ }) => {
                        let until = until.map(|date| format!(" until {date}")).unwrap_or_default();
                        let contexts = contexts.map(|patterns| format!(" in {:?}", patterns.written));
                        format!("{head}{}{until} because {reason:?}", contexts.unwrap_or_default())
                    }
                }
            }
        }
    }

    #[test]
    fn comments() {
        #[rustfmt::skip]
        let cases = [
            ("// armguard: ignore[a]", r#"["a"] because """#),
            ("//armguard:ignore[ a,b  c ]x", r#"["a", "b", "c"] because "x""#),
            ("/* armguard: ignore[a] why\n   not */", r#"["a"] because "why not""#),
            ("// armguard: ignore-file[a] - the whole file", r#"file ["a"] because "the whole file""#),
            ("// armguard: ignore[a] until 2027-03-31 later", r#"["a"] until 2027-03-31 because "later""#),
            ("// armguard: ignore[a] later, until 2027-03-31", r#"["a"] until 2027-03-31 because "later,""#),
            ("// armguard: ignore[a] until the move", r#"["a"] because "until the move""#),
            ("// armguard: ignore[a] until 2027-02-30", r#"["a"] wrong: `2027-02-30` is no date; write it as `2027-03-31`"#),
            ("// armguard: ignore[a] in dev, test/* until 2027-03-31 it is small", r#"["a"] in ["dev", "test/*"] until 2027-03-31 because "it is small""#),
            ("// armguard: ignore[a] until 2027-03-31 in dev", r#"["a"] in ["dev"] until 2027-03-31 because """#),
            ("// armguard: ignore[a] in a{", r#"["a"] wrong: `a{` is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"#),
            ("// armguard: ignore[a] in", r#"["a"] because "in""#),
            ("// armguard: ignore", "wrong: an ignore names its rules in brackets: `ignore[rule-a, rule-b]`"),
            ("// armguard: ignore[]", "wrong: an ignore names its rules in brackets: `ignore[rule-a, rule-b]`"),
            ("// armguard: ignore[a", "wrong: an ignore names its rules in brackets: `ignore[rule-a, rule-b]`"),
            ("// armguard: disable[a]", "wrong: `armguard:` goes on with `ignore[rule]` or `ignore-file[rule]`"),
            ("// armguard ignore[a]", "wrong: a `:` stands between `armguard` and `ignore`"),
            ("// armguard is a linter", "nothing"),
            ("// see armguard: ignore[a]", "nothing"),
            ("# armguard: ignore[a]", "nothing"),
        ];
        for (comment, expected) in cases {
            assert_eq!(outcome(comment), expected, "{comment}");
        }
    }
}
