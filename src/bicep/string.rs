//! Values of string tokens.

use std::borrow::Cow;
use std::ops::Range;

/// How the pieces of a string are written, which its first one shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringForm {
    /// `'…'`: escapes, holes open with `${`.
    SingleLine,
    /// `'''…'''`: verbatim, holes open with this many dollars and `{`; with 0 dollars there are none.
    MultiLine(usize),
}

impl StringForm {
    /// The form of the string whose first piece, delimiters included, is `first`.
    pub fn of(first: &str) -> Self {
        let dollars = first.bytes().take_while(|byte| *byte == b'$').count();
        if dollars > 0 || (first.len() > 2 && first.starts_with("''")) {
            Self::MultiLine(dollars)
        } else {
            Self::SingleLine
        }
    }

    /// The value of a piece of such a string; `piece` is the token with its delimiters.
    pub fn value(self, piece: &str) -> Cow<'_, str> {
        let text = self.content(piece);
        match self {
            Self::SingleLine => unescape(text),
            Self::MultiLine(_) => Cow::Borrowed(text),
        }
    }

    /// What stands between the delimiters of `piece`, as written (but without the newline with which
    /// a multi-line string may start).
    pub fn content(self, piece: &str) -> &str {
        piece.get(self.content_range(piece)).unwrap_or_default()
    }

    /// Where [`StringForm::content`] stands in `piece`.
    pub fn content_range(self, piece: &str) -> Range<usize> {
        let (quotes, dollars) = match self {
            Self::SingleLine => (1, 1),
            Self::MultiLine(dollars) => (3, dollars),
        };
        let closing = if piece.ends_with('{') { dollars + 1 } else { quotes };
        let end = piece.len().saturating_sub(closing);
        let start = match self {
            _ if piece.starts_with('}') => 1,
            Self::SingleLine => quotes,
            Self::MultiLine(_) => {
                let inner = piece.get(dollars + quotes..end).unwrap_or_default();
                let skipped = inner.strip_prefix('\r').unwrap_or(inner);
                let skipped = skipped.strip_prefix('\n').unwrap_or(skipped);
                dollars + quotes + inner.len() - skipped.len()
            }
        };
        start..end.max(start)
    }
}

/// Replaces escapes. A bad one stays as written; the lexer has reported it.
fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut value = String::with_capacity(text.len());
    let (plain, mut rest) = text.split_at(first);
    value.push_str(plain);
    while let Some(escape) = rest.strip_prefix('\\') {
        let (character, length) = match escape.as_bytes().first() {
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'u') => unicode(escape).unwrap_or(('\\', 0)),
            Some(known @ (b'\\' | b'\'' | b'$')) => (char::from(*known), 1),
            _ => ('\\', 0),
        };
        value.push(character);
        rest = &escape[length..];
        let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        value.push_str(&rest[..plain]);
        rest = &rest[plain..];
    }
    Cow::Owned(value)
}

/// The character of `u{…}` and the length of that text. A lone surrogate, which the compiler
/// accepts and UTF-8 cannot hold, becomes the replacement character.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let (digits, _) = escape.strip_prefix("u{")?.split_once('}')?;
    let code = u32::from_str_radix(digits, 16).ok().filter(|code| *code <= 0x10_ffff)?;
    Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), digits.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        #[rustfmt::skip]
        let cases: &[(&[&str], &[&str])] = &[
            (&["''"], &[""]),
            (&["'a'"], &["a"]),
            (&[r"'\n\r\t\\\'\$'"], &["\n\r\t\\'$"]),
            (&[r"'a\${b}'"], &["a${b}"]),
            (&[r"'\u{41}\u{1F600}x'"], &["A😀x"]),
            (&[r"'\u{D800}'"], &["\u{fffd}"]),
            (&["'a$'"], &["a$"]),
            (&["'a${", "}b${", "}c'"], &["a", "b", "c"]),
            (&["''''''"], &[""]),
            (&["'''a\\n'''"], &["a\\n"]),
            (&["'''\r\n  a\n'''"], &["  a\n"]),
            (&["'''\n\na'''"], &["\na"]),
            (&["''''a''''"], &["'a'"]),
            (&["'''${a}'''"], &["${a}"]),
            (&["$'''a$${", "}b'''"], &["a$", "b"]),
            (&["$'''a${", "}${", "}'''"], &["a", "", ""]),
            (&["$$'''\n${a}$${", "}'''"], &["${a}", ""]),
            (&["$$'''$$${", "}'''"], &["$", ""]),
        ];
        for (pieces, values) in cases {
            let form = StringForm::of(pieces[0]);
            let found: Vec<_> = pieces.iter().map(|piece| form.value(piece)).collect();
            assert_eq!(found, *values, "{pieces:?}");
        }
    }
}
