//! What the parser reads without looking at the structure: strings, words, white space, comments.

use super::{BYTE_ORDER_MARK, Parser};
use crate::json::document::{Mark, ValueKind};
use crate::json::scan::{find_quote_or_backslash, skip_blanks};
use crate::source::TextRange;

impl Parser<'_> {
    /// The string that starts here with `quote`.
    #[inline]
    pub(super) fn string(&mut self, quote: u8) {
        let start = self.at;
        let mut mark = Mark::None;
        let mut at = start + 1;
        loop {
            match find_quote_or_backslash(self.bytes, at, quote) {
                Some(found) if self.bytes[found] == quote => {
                    self.at = found + 1;
                    return self.push(ValueKind::String, start, mark);
                }
                Some(backslash) => {
                    mark = Mark::Escaped;
                    at = self.check_escape(backslash);
                }
                None => return self.unclosed_string(start),
            }
        }
    }

    /// Reports the escape at `backslash` if it is none; returns the offset behind its first two bytes.
    fn check_escape(&mut self, backslash: usize) -> usize {
        let valid = match self.bytes.get(backslash + 1) {
            Some(b'"' | b'\'' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
            Some(b'u') => self
                .bytes
                .get(backslash + 2..backslash + 6)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => false,
        };
        if !valid {
            let shown: String = self.text[backslash..].chars().take(2).collect();
            let message = format!("`{shown}` is no escape; a backslash is written `\\\\`");
            self.problem(backslash, backslash + shown.len(), message);
        }
        (backslash + 2).min(self.bytes.len())
    }

    /// A string without closing quote: it ends with its line, and has no value.
    fn unclosed_string(&mut self, start: usize) {
        let line = memchr::memchr2(b'\n', b'\r', &self.bytes[start..]).map_or(self.bytes.len(), |len| start + len);
        let content = self.text[start..line].trim_end();
        // The comma that ends `"a": "b,` belongs to the object, not to the string.
        let content = content.strip_suffix(',').unwrap_or(content);
        self.at = start + content.len().max(1);
        self.push(ValueKind::Unreadable, start, Mark::None);
        self.damage(start, self.at, "this string is never closed");
    }

    /// Whether the node `last`, behind which something unexpected stands, is a string that has
    /// swallowed the start of the next line because its closing quote is missing. If so, it is cut
    /// at the end of its line, and reading goes on there.
    pub(super) fn split_string(&mut self, last: usize) -> bool {
        let Some(&node) = self.nodes.get(last) else { return false };
        let (start, end) = (node.start as usize, node.end as usize);
        let swallowed = node.kind == ValueKind::String
            && node.mark != Mark::Unquoted
            && memchr::memchr2(b'\n', b'\r', &self.bytes[start..end]).is_some();
        if swallowed {
            self.nodes.truncate(last);
            self.unclosed_string(start);
            // Comments behind the cut will be met again.
            let at = self.at as u32;
            self.comments.truncate(self.comments.partition_point(|comment| comment.start < at));
            self.scalar_read();
        }
        swallowed
    }

    pub(super) fn unquoted_key(&mut self) {
        let start = self.at;
        self.at = self.word_end();
        self.push(ValueKind::String, start, Mark::Unquoted);
    }

    /// A literal or number.
    pub(super) fn word(&mut self) {
        let start = self.at;
        self.at = self.word_end().max(start + 1);
        let kind = match &self.bytes[start..self.at] {
            b"true" => ValueKind::True,
            b"false" => ValueKind::False,
            b"null" => ValueKind::Null,
            word if is_number(word) => ValueKind::Number,
            _ => ValueKind::Unreadable,
        };
        self.push(kind, start, Mark::None);
        if kind == ValueKind::Unreadable {
            let shown: String = self.text[start..self.at].chars().take(20).collect();
            self.problem(start, self.at, format!("expected a value, found `{shown}`; text needs quotes"));
        }
    }

    fn word_end(&self) -> usize {
        let word = self.bytes[self.at..].iter().take_while(|byte| is_word_byte(**byte) || **byte == b'+');
        self.at + word.count()
    }

    /// Skips the object or array that starts here, whatever is in it.
    pub(super) fn skip_container(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' | b'\'' => {
                    self.skip_string(byte);
                    continue;
                }
                b'/' if self.skip_comment() => continue,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(found) = find_quote_or_backslash(self.bytes, self.at, quote) {
            let is_end = self.bytes[found] == quote;
            self.at = (found + if is_end { 1 } else { 2 }).min(self.bytes.len());
            if is_end {
                return;
            }
        }
        self.at = self.bytes.len();
    }

    #[inline]
    pub(super) fn skip_trivia(&mut self) {
        loop {
            self.at = skip_blanks(self.bytes, self.at);
            let skipped = match self.peek() {
                Some(b'/') => self.skip_comment(),
                Some(byte) if !byte.is_ascii() || byte < b' ' => self.skip_odd_blank(),
                _ => false,
            };
            if !skipped {
                return;
            }
        }
    }

    /// Skips a white space character that is none in strict JSON.
    fn skip_odd_blank(&mut self) -> bool {
        let char = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        match char.filter(|char| char.is_whitespace() || BYTE_ORDER_MARK.contains(*char)) {
            Some(blank) => {
                self.at += blank.len_utf8();
                true
            }
            None => false,
        }
    }

    fn skip_comment(&mut self) -> bool {
        let start = self.at;
        let rest = &self.bytes[start..];
        let end = match rest.get(1) {
            Some(b'/') => memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
            Some(b'*') => match memchr::memmem::find(&rest[2..], b"*/") {
                Some(len) => len + 4,
                None => {
                    self.damage(start, start + 2, "this comment is never closed");
                    rest.len()
                }
            },
            _ => return false,
        };
        self.at = start + end;
        self.comments.push(TextRange::new(start as u32, self.at as u32));
        true
    }
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'.') || !byte.is_ascii()
}

/// Whether it is a number of JSON.
fn is_number(word: &[u8]) -> bool {
    let digits = |at: usize| word[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = usize::from(word.first() == Some(&b'-'));
    let mut at = start + digits(start);
    if at == start || (at > start + 1 && word[start] == b'0') {
        return false;
    }
    if word.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return false;
        }
        at += 1 + fraction;
    }
    if matches!(word.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(word.get(at), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == word.len()
}
