//! Reading a string through its escapes.

use crate::source::TextRange;

/// Walks over the characters that a part of a JSON string stands for, and knows where in the file
/// each of them is written: `\u0041` is one character and six bytes, a surrogate pair twelve.
///
/// What is no valid escape still has a value: `\q` is `q`, a lone surrogate is U+FFFD.
#[derive(Debug, Clone)]
pub struct Cursor<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    /// A cursor over `range` of `text`, which lies inside the quotes of a string.
    pub fn new(text: &'t str, range: TextRange) -> Self {
        let end = (range.end as usize).min(text.len());
        Self { text, at: (range.start as usize).min(end), end }
    }

    /// Where the next character is written, or where the range ends.
    pub fn offset(&self) -> u32 {
        self.at as u32
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.decode().map(|(char, _)| char)
    }

    /// Whether the next character is written as an escape.
    pub fn at_escape(&self) -> bool {
        self.at < self.end && self.text.as_bytes()[self.at] == b'\\'
    }

    /// Takes the next character if it is `wanted`.
    pub fn eat(&mut self, wanted: char) -> bool {
        match self.decode() {
            Some((char, next)) if char == wanted => {
                self.at = next;
                true
            }
            _ => false,
        }
    }

    /// Skips ASCII characters that are written as themselves, while `belongs` accepts them. A faster
    /// way over most of what [`Cursor::next`] would yield one by one.
    pub fn skip_plain(&mut self, belongs: impl Fn(u8) -> bool) {
        let rest = &self.text.as_bytes()[self.at..self.end];
        let is_plain = |byte: &u8| byte.is_ascii() && *byte != b'\\' && belongs(*byte);
        self.at += rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
    }

    /// The next character and the offset behind it.
    #[inline]
    fn decode(&self) -> Option<(char, usize)> {
        if self.at >= self.end {
            return None;
        }
        match self.text.as_bytes()[self.at] {
            b'\\' => Some(self.decode_escape()),
            byte if byte < 0x80 => Some((byte as char, self.at + 1)),
            _ => {
                let char = self.text.get(self.at..).and_then(|rest| rest.chars().next());
                let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
                Some((char, self.at + char.len_utf8()))
            }
        }
    }

    fn decode_escape(&self) -> (char, usize) {
        let at = self.at + 1;
        let Some(char) = self.text.get(at..self.end).and_then(|rest| rest.chars().next()) else {
            return ('\\', at);
        };
        let simple = match char {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.decode_unicode(at + 1),
            other => other,
        };
        (simple, at + char.len_utf8())
    }

    /// A `\u` escape whose digits start at `at`.
    fn decode_unicode(&self, at: usize) -> (char, usize) {
        const LOST: char = char::REPLACEMENT_CHARACTER;
        let Some(first) = self.hex4(at) else {
            let digits = self.text.as_bytes()[at..self.end].iter().take(4).take_while(|b| b.is_ascii_hexdigit());
            return (LOST, at + digits.count());
        };
        let end = at + 4;
        if (0xd800..0xdc00).contains(&first)
            && self.text.as_bytes()[end..self.end].starts_with(b"\\u")
            && let Some(second @ 0xdc00..0xe000) = self.hex4(end + 2)
        {
            let scalar = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return (char::from_u32(scalar).unwrap_or(LOST), end + 6);
        }
        (char::from_u32(first).unwrap_or(LOST), end)
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4).filter(|_| at + 4 <= self.end)?;
        let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| all_hex)
    }
}

impl Iterator for Cursor<'_> {
    type Item = (char, TextRange);

    fn next(&mut self) -> Option<Self::Item> {
        let (char, next) = self.decode()?;
        let range = TextRange::new(self.at as u32, next as u32);
        self.at = next;
        Some((char, range))
    }
}
