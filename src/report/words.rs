//! Wording that all formats for people share: counts, lists, one line, and nothing a terminal would obey.

use std::borrow::Cow;

use crate::finding::{Finding, Undetermined};

/// `1 finding`, `2 findings`: the noun's plural is made with `s`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// Like [`list`], with at most `most` items and the number of the others.
pub(super) fn short_list(items: &[String], most: usize) -> String {
    if items.len() <= most + 1 {
        return list(items);
    }
    let shown = items.get(..most).unwrap_or_default();
    format!("{} and {} more", shown.join(", "), items.len() - most)
}

/// The first sentence of `text`: up to a full stop (or question or exclamation mark) that stands outside
/// backticks and is followed by a space and something that is not lower case; never more than one line.
pub(super) fn first_sentence(text: &str) -> &str {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        match character {
            '`' => quoted = !quoted,
            '.' | '?' | '!' if !quoted => {
                let rest = line.get(at + 1..).unwrap_or_default();
                let next = rest.strip_prefix(' ').and_then(|rest| rest.chars().next());
                if next.is_some_and(|next| !next.is_lowercase()) {
                    return line.get(..=at).unwrap_or(line);
                }
            }
            _ => {}
        }
    }
    line
}

/// What is shown in place of a character that a terminal would obey or that reorders text: the picture of a
/// control character, nothing for a byte order mark, `None` for all others. A tab stays a tab.
fn picture(character: char) -> Option<Option<char>> {
    match character {
        '\t' => None,
        '\0'..='\x1f' => Some(char::from_u32(0x2400 + character as u32)),
        '\x7f' => Some(Some('\u{2421}')),
        '\u{feff}' => Some(None),
        // The second row of control characters, bidirectional controls (they make a line read other than it is),
        // line and paragraph separators.
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => Some(Some(char::REPLACEMENT_CHARACTER)),
        _ => None,
    }
}

/// Whether a terminal would obey `character`, or would show it at another place than where it stands.
pub(super) fn is_obeyed(character: char) -> bool {
    picture(character).is_some()
}

/// Whether `character`, behind what is shown already, completes the start of a command that a build server obeys:
/// `##vso[` and `##[` anywhere in a line (Azure Pipelines, and GitHub's older form), `::` as the first word of a line.
/// Only what stands before it counts, so what is shown of the first half of a text is the first half of what is shown.
fn starts_command(shown: &str, character: char) -> bool {
    let ends_with = |end: &str| {
        let tail = shown.len().checked_sub(end.len()).and_then(|start| shown.get(start..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    match character {
        '[' => ends_with("##") || ends_with("##vso"),
        ':' => shown.strip_suffix(':').is_some_and(|before| before.chars().next_back().is_none_or(char::is_whitespace)),
        _ => false,
    }
}

/// `text` without what a terminal or a build server would obey: control characters become their pictures, and
/// commands lose a character. Newlines become pictures too, so the result is one line.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) && !text.contains("##") && !text.contains("::") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match picture(character) {
            Some(picture) => shown.extend(picture),
            None if starts_command(&shown, character) => shown.push(char::REPLACEMENT_CHARACTER),
            None => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// `text` as one line of words: white space, newlines included, becomes single spaces; the rest is made
/// [`printable`].
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    printable(&words.join(" ")).into_owned()
}

/// The start of `text`, an ellipsis for the rest when it has more than `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or(text))),
        None => Cow::Borrowed(text),
    }
}

/// The items of a loop and the contexts that have `finding`, a sentence each with at most `most` names; none when all
/// have it.
pub(super) fn scope(finding: &Finding, most: usize) -> Vec<String> {
    let mut sentences = Vec::new();
    if !finding.instances.is_empty() {
        let names = one_line(&short_list(&finding.instances, most));
        sentences.push(format!("Items of the loop that fail: {names}."));
    }
    if !finding.contexts.is_empty() {
        let (found_in, checked) = (finding.contexts.len(), finding.checked_contexts);
        let names = one_line(&short_list(&finding.contexts, most));
        let of = if found_in < checked { format!("{found_in} of ") } else { "all ".to_owned() };
        let others = match finding.other_contexts.as_slice() {
            [] => String::new(),
            others => format!("; not in {}", one_line(&short_list(others, most))),
        };
        sentences.push(format!("Holds in {of}{}: {names}{others}.", count(checked, "context")));
    }
    sentences
}

/// What an undetermined check depends on, as a sentence.
pub(super) fn undetermined_message(check: &Undetermined) -> String {
    let (title, deciding) = (one_line(&check.subject.title), one_line(&list(&check.depends_on)));
    format!("The check of `{title}` waits for {deciding}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        #[rustfmt::skip]
        let cases = [
            ("AKS cluster `aks` has none. It should.", "AKS cluster `aks` has none."),
            ("Use `law.id`: /a/b.", "Use `law.id`: /a/b."),
            ("cluster `a. B` is bare. `x` too", "cluster `a. B` is bare."),
            ("version 1.2 and e.g. this", "version 1.2 and e.g. this"),
            ("first\nsecond", "first"),
            ("Why? Because.", "Why?"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(first_sentence(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lists() {
        let items = |n: usize| (1..=n).map(|at| at.to_string()).collect::<Vec<_>>();
        let cases = [(0, ""), (1, "1"), (2, "1 and 2"), (3, "1, 2 and 3"), (4, "1, 2 and 2 more")];
        for (length, expected) in cases {
            assert_eq!(short_list(&items(length), 2), expected);
        }
        assert_eq!((count(1, "file"), count(0, "file")), ("1 file".into(), "0 files".into()));
    }

    #[test]
    fn shortening() {
        let cases = [("", 0, ""), ("aé", 2, "aé"), ("aéb", 2, "aé…"), ("abc", 0, "…")];
        for (text, most, expected) in cases {
            assert_eq!(shortened(text, most), expected, "{text:?} to {most}");
        }
    }

    #[test]
    fn nothing_a_terminal_obeys() {
        #[rustfmt::skip]
        let cases = [
            ("plain `text` é😀", "plain `text` é😀"),
            ("\x1b[31mred", "␛[31mred"),
            ("a\u{9b}31m\u{202e}b", "a\u{fffd}31m\u{fffd}b"),
            ("\u{feff}x\0\x7f", "x␀␡"),
            ("a\tb", "a\tb"),
            ("##vso[task.complete]##[error]###VSO[", "##vso\u{fffd}task.complete]##\u{fffd}error]###VSO\u{fffd}"),
            ("##vso x[#[0] # #[", "##vso x[#[0] # #["),
            ("##\u{feff}[", "##\u{fffd}"),
            ("::error::a::b\u{3000}::c", ":\u{fffd}error::a::b\u{3000}:\u{fffd}c"),
        ];
        for (text, expected) in cases {
            assert_eq!(printable(text), expected, "{text:?}");
            for (at, _) in text.char_indices() {
                assert!(expected.starts_with(&*printable(&text[..at])), "{text:?} up to {at}");
            }
        }
        assert_eq!(one_line("a\n  b\x07\r\n"), "a b␇");
    }
}
