//! Reads the YAML of rule files: strictly, within bounds, and with helpful messages.

use serde::de::DeserializeOwned;

use crate::nearest::nearest;

/// Levels of nesting: each condition takes one or two, and much stack.
const MOST_LEVELS: usize = 24;

/// An error of the YAML reader in front matter.
#[derive(Debug)]
pub struct FrontMatterError {
    /// The line in it, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads front matter, or a part of it. Aliases, depth and size are bounded by the reader's own budget.
///
/// # Errors
/// The place in `text`, and what is wrong; for a key that does not exist also the one that was probably meant.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, FrontMatterError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! { max_depth: MOST_LEVELS, },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location();
        let message = error.without_snippet().to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        FrontMatterError {
            line: place.map_or(1, |place| place.line() as usize),
            column: place.map_or(1, |place| place.column() as usize),
            message: suggested(message.trim_start_matches("error: ")),
        }
    })
}

/// `message`; where it is about an unknown name, with the known one that comes nearest.
fn suggested(message: &str) -> String {
    let Some((start, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let typed = start.split('`').nth(1).unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let known = expected.split(|c| !is_name(c)).filter(|word| !["one", "of", "or"].contains(word));
    match (start.contains("unknown"), nearest(typed, known)) {
        (true, Some(known)) => format!("{start}; did you mean `{known}`?"),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FrontMatter;

    const START: &str = "severity: low\nresource: A.B/c\nnoun: cart\nmessage: m\nhelp: h\n";

    #[test]
    fn says_where_and_what_was_meant() {
        let cases = [
            ("requires: { path: a, exists: true }", 6, "unknown field `requires`; did you mean `require`?"),
            ("require: { pth: a, exists: true }", 6, "unknown field `pth`; did you mean `path`?"),
            ("set: postur", 6, "unknown variant `postur`; did you mean `posture`?"),
            ("require: { path: 'a.b[*]', exists: true }", 6, "for arrays, filters and other names write JSONPath"),
            ("order: high", 6, "invalid"),
            ("severity: high", 6, "duplicate"),
            ("require: { path: a", 6, "unclosed bracket"),
        ];
        for (line, expected_line, expected) in cases {
            let error = read::<FrontMatter>(&format!("{START}{line}\n")).err();
            let is_right =
                error.as_ref().is_some_and(|error| error.line == expected_line && error.message.contains(expected));
            assert!(is_right, "{line}: {error:?}");
        }
    }

    #[test]
    fn bombs_are_refused() {
        let aliases = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
        assert!(read::<FrontMatter>(aliases).is_err());
        let deep = format!("{START}require: {}{}", "{ not: ".repeat(5000), "}".repeat(5000));
        assert!(read::<FrontMatter>(&deep).is_err());
    }
}
