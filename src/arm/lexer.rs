//! Tokens of an expression.

use std::borrow::Cow;

use crate::json::Cursor;
use crate::source::TextRange;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `( ) [ ] , .`
    Punctuation(char),
    /// A name.
    Name(Cow<'t, str>),
    /// An integer with its sign.
    Integer(Cow<'t, str>),
    /// A string, unescaped.
    String(Cow<'t, str>),
    /// A string whose closing quote is missing.
    OpenString,
    /// A character that starts no token.
    Unknown(char),
    /// The end of the expression.
    End,
}

/// Splits an expression into tokens.
pub(super) struct Lexer<'t> {
    text: &'t str,
    cursor: Cursor<'t>,
    end: u32,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, range: TextRange) -> Self {
        Self { text, cursor: Cursor::new(text, range), end: range.end }
    }

    /// The next token, white space skipped, and where it stands.
    pub(super) fn next(&mut self) -> (Token<'t>, TextRange) {
        loop {
            self.cursor.skip_plain(|byte| byte.is_ascii_whitespace());
            let start = self.cursor.clone();
            let Some((char, range)) = self.cursor.next() else {
                return (Token::End, TextRange::empty(self.end));
            };
            let token = match char {
                char if char.is_whitespace() => continue,
                '(' | ')' | '[' | ']' | ',' | '.' => Token::Punctuation(char),
                '\'' => self.string(),
                '0'..='9' => Token::Integer(self.run(start, |char| char.is_ascii_digit())),
                '-' if self.cursor.peek().is_some_and(|next| next.is_ascii_digit()) => {
                    Token::Integer(self.run(start, |char| char.is_ascii_digit()))
                }
                char if is_name_char(char) => Token::Name(self.run(start, is_name_char)),
                other => Token::Unknown(other),
            };
            return (token, TextRange::new(range.start, self.cursor.offset()));
        }
    }

    /// The text from `start` through the characters that `belongs` accepts; the first one is read already.
    fn run(&mut self, start: Cursor<'t>, belongs: impl Fn(char) -> bool) -> Cow<'t, str> {
        let mut escaped = start.at_escape();
        self.cursor.skip_plain(|byte| belongs(byte.into()));
        while self.cursor.peek().is_some_and(&belongs) {
            escaped |= self.cursor.at_escape();
            self.cursor.next();
        }
        let range = TextRange::new(start.offset(), self.cursor.offset());
        if escaped {
            Cow::Owned(Cursor::new(self.text, range).map(|(char, _)| char).collect())
        } else {
            Cow::Borrowed(range.of(self.text))
        }
    }

    /// The string whose opening quote is read already.
    fn string(&mut self) -> Token<'t> {
        let content = self.cursor.clone();
        let mut plain = true;
        loop {
            self.cursor.skip_plain(|byte| byte != b'\'');
            let end = self.cursor.offset();
            plain &= !self.cursor.at_escape();
            match self.cursor.next() {
                None => return Token::OpenString,
                Some(('\'', _)) if self.cursor.peek() == Some('\'') => {
                    plain = false;
                    self.cursor.next();
                }
                Some(('\'', _)) => {
                    let range = TextRange::new(content.offset(), end);
                    return Token::String(if plain {
                        Cow::Borrowed(range.of(self.text))
                    } else {
                        Cow::Owned(unescape(self.text, range))
                    });
                }
                Some(_) => {}
            }
        }
    }
}

/// The content of a string, in which each quote is doubled.
fn unescape(text: &str, range: TextRange) -> String {
    let mut quoted = false;
    let mut value = String::with_capacity(range.len() as usize);
    for (char, _) in Cursor::new(text, range) {
        quoted = char == '\'' && !quoted;
        if !quoted {
            value.push(char);
        }
    }
    value
}

/// Names are taken generously: what Azure would refuse is no concern of a linter.
fn is_name_char(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$' | '#' | '-' | '@' | '!')
}
