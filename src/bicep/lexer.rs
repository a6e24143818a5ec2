//! Text to tokens. Lossless: every byte lies in exactly one token.
//!
//! Holes of interpolated strings need a stack: inside a hole the lexer reads ordinary tokens until
//! the `}` that closes the hole, which starts the next piece of the string.

use super::token::{TokenKind, Tokens};
use crate::source::{Problem, Problems, TextRange};

/// The tokens of a text and what is wrong in them.
#[derive(Debug)]
pub(super) struct Lexed {
    /// All tokens.
    pub(super) tokens: Tokens,
    /// Numbers of the string tokens that have no value (unterminated, bad escapes), in order.
    pub(super) malformed: Vec<u32>,
    /// Problems in order of the text.
    pub(super) problems: Problems,
}

/// Splits `text` into tokens.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        line_is_blank: true,
        out: Lexed {
            tokens: Tokens::with_capacity(text.len() / 4 + 2),
            malformed: Vec::new(),
            problems: Problems::default(),
        },
    };
    if text.starts_with('\u{feff}') {
        lexer.out.tokens.push(TokenKind::Whitespace, 0);
        lexer.at = '\u{feff}'.len_utf8();
    }
    while lexer.at < lexer.bytes.len() {
        lexer.token();
    }
    lexer.out.tokens.push(TokenKind::EndOfFile, text.len());
    lexer.out
}

/// Directives, as they follow the `#`.
const PRAGMAS: [&str; 3] = ["disable-next-line", "disable-diagnostics", "restore-diagnostics"];

/// Longest name that the compiler accepts.
const MAX_IDENTIFIER: usize = 255;

/// What a `}` will close, outermost first; empty outside of holes.
#[derive(Clone, Copy)]
enum OpenBrace {
    /// A `{` inside a hole.
    Brace,
    /// A hole of `'…'`.
    Hole,
    /// A hole of a multi-line string whose holes open with this many `$`.
    MultiLineHole(usize),
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    open: Vec<OpenBrace>,
    /// Only blanks stand between the start of the line and `at`.
    line_is_blank: bool,
    out: Lexed,
}

impl Lexer<'_> {
    /// The byte `ahead` bytes further on; 0 behind the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn skip_while(&mut self, is_it: impl Fn(u8) -> bool) {
        self.at += self.bytes[self.at..].iter().take_while(|byte| is_it(**byte)).count();
    }

    fn problem(&mut self, start: usize, message: &str) {
        self.out.problems.push(Problem::syntax(TextRange::new(start as u32, self.at as u32), message));
    }

    fn token(&mut self) {
        let start = self.at;
        let number = self.out.tokens.len();
        let blank = self.line_is_blank;
        let before = self.out.problems.len();
        let kind = self.scan(start);
        self.line_is_blank = match kind {
            TokenKind::NewLine => true,
            TokenKind::Whitespace => blank,
            _ => false,
        };
        if self.out.problems.len() > before && is_string(kind) {
            self.out.malformed.push(number as u32);
        }
        self.out.tokens.push(kind, start);
    }

    /// Passes over one token and returns its kind.
    fn scan(&mut self, start: usize) -> TokenKind {
        use TokenKind as K;
        let byte = self.peek(0);
        let (kind, length) = match (byte, self.peek(1)) {
            (b' ' | b'\t', _) => {
                self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
                return K::Whitespace;
            }
            (b'a'..=b'z' | b'A'..=b'Z' | b'_', _) => return self.identifier(start),
            (b'\n' | b'\r', _) => return self.newline(start),
            (b'\'', _) => return self.string(start),
            (b'0'..=b'9', _) => {
                self.skip_while(|byte| byte.is_ascii_digit());
                return K::Integer;
            }
            (b'/', b'/') => return self.line_comment(),
            (b'/', b'*') => return self.block_comment(start),
            (b'#', _) if self.line_is_blank && self.pragma(start) => return K::Pragma,
            (b'$', _) => return self.dollars(start),
            (b'{', _) => {
                if !self.open.is_empty() {
                    self.open.push(OpenBrace::Brace);
                }
                (K::LeftBrace, 1)
            }
            (b'}', _) => return self.right_brace(start),
            (b'(', _) => (K::LeftParen, 1),
            (b')', _) => (K::RightParen, 1),
            (b'[', _) => (K::LeftSquare, 1),
            (b']', _) => (K::RightSquare, 1),
            (b'@', _) => (K::At, 1),
            (b',', _) => (K::Comma, 1),
            (b'.', b'.') if self.peek(2) == b'.' => (K::Ellipsis, 3),
            (b'.', _) => (K::Dot, 1),
            (b'?', b'?') => (K::DoubleQuestion, 2),
            (b'?', _) => (K::Question, 1),
            (b':', b':') => (K::DoubleColon, 2),
            (b':', _) => (K::Colon, 1),
            (b';', _) => (K::Semicolon, 1),
            (b'+', _) => (K::Plus, 1),
            (b'-', _) => (K::Minus, 1),
            (b'%', _) => (K::Modulo, 1),
            (b'*', _) => (K::Asterisk, 1),
            (b'/', _) => (K::Slash, 1),
            (b'^', _) => (K::Hat, 1),
            (b'!', b'=') => (K::NotEquals, 2),
            (b'!', b'~') => (K::NotEqualsInsensitive, 2),
            (b'!', _) => (K::Exclamation, 1),
            (b'<', b'=') => (K::LessThanOrEqual, 2),
            (b'<', _) => (K::LeftChevron, 1),
            (b'>', b'=') => (K::GreaterThanOrEqual, 2),
            (b'>', _) => (K::RightChevron, 1),
            (b'=', b'=') => (K::Equals, 2),
            (b'=', b'~') => (K::EqualsInsensitive, 2),
            (b'=', b'>') => (K::Arrow, 2),
            (b'=', _) => (K::Assignment, 1),
            (b'&', b'&') => (K::LogicalAnd, 2),
            (b'|', b'|') => (K::LogicalOr, 2),
            (b'|', _) => (K::Pipe, 1),
            _ => return self.unrecognized(start),
        };
        self.at += length;
        kind
    }

    fn unrecognized(&mut self, start: usize) -> TokenKind {
        let character = self.text[start..].chars().next().unwrap_or('\0');
        self.at += character.len_utf8();
        match character {
            '"' => self.problem(start, "`\"` does not quote strings in Bicep; use `'`"),
            control if control.is_control() => {
                self.problem(start, &format!("the character U+{:04X} has no meaning here", u32::from(control)));
            }
            other => self.problem(start, &format!("`{other}` has no meaning here")),
        }
        TokenKind::Unrecognized
    }

    fn identifier(&mut self, start: usize) -> TokenKind {
        self.skip_while(is_name_byte);
        match &self.text[start..self.at] {
            "true" => TokenKind::TrueKeyword,
            "false" => TokenKind::FalseKeyword,
            "null" => TokenKind::NullKeyword,
            name => {
                if name.len() > MAX_IDENTIFIER {
                    self.problem(start, "a name has at most 255 characters");
                }
                TokenKind::Identifier
            }
        }
    }

    fn newline(&mut self, start: usize) -> TokenKind {
        if !self.open.is_empty() {
            // A hole ends with its line: an empty piece closes the string, the newline comes next.
            self.open.clear();
            self.problem(start, "the string is not closed on this line");
            return TokenKind::StringRightPiece;
        }
        self.skip_while(is_newline);
        TokenKind::NewLine
    }

    fn line_comment(&mut self) -> TokenKind {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        TokenKind::LineComment
    }

    fn block_comment(&mut self, start: usize) -> TokenKind {
        match memchr::memmem::find(&self.bytes[start + 2..], b"*/") {
            Some(length) => self.at = start + 2 + length + 2,
            None => {
                self.at = self.bytes.len();
                self.problem(start, "the comment is not closed; expected `*/`");
            }
        }
        TokenKind::BlockComment
    }

    /// Passes over a directive and its codes, if there is one.
    fn pragma(&mut self, start: usize) -> bool {
        let after = &self.text[start + 1..];
        let Some(keyword) = PRAGMAS.iter().find(|keyword| after.starts_with(**keyword)) else { return false };
        self.at += 1 + keyword.len();
        let mut end = self.at;
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
            let code = self.at;
            self.skip_while(|byte| is_name_byte(byte) || byte == b'-');
            if self.at == code {
                break;
            }
            end = self.at;
        }
        self.at = end;
        if end == start + 1 + keyword.len() {
            self.problem(start, &format!("expected a diagnostic code after `#{keyword}`"));
        }
        true
    }

    fn string(&mut self, start: usize) -> TokenKind {
        if self.peek(1) == b'\'' && self.peek(2) == b'\'' {
            self.at += 3;
            return self.multi_line_piece(start, true, 0);
        }
        self.at += 1;
        let kind = self.piece(start, true);
        if kind == TokenKind::StringLeftPiece {
            self.open.push(OpenBrace::Hole);
        }
        kind
    }

    /// `$'''`, or dollars that stand alone.
    fn dollars(&mut self, start: usize) -> TokenKind {
        self.skip_while(|byte| byte == b'$');
        let dollars = self.at - start;
        if !self.bytes[self.at..].starts_with(b"'''") {
            self.problem(start, "`$` has no meaning outside of strings");
            return TokenKind::Unrecognized;
        }
        self.at += 3;
        let kind = self.multi_line_piece(start, true, dollars);
        if kind == TokenKind::StringLeftPiece {
            self.open.push(OpenBrace::MultiLineHole(dollars));
        }
        kind
    }

    fn right_brace(&mut self, start: usize) -> TokenKind {
        self.at += 1;
        let kind = match self.open.last() {
            Some(OpenBrace::Hole) => self.piece(start, false),
            Some(OpenBrace::MultiLineHole(dollars)) => self.multi_line_piece(start, false, *dollars),
            // The compiler's lexer keeps a brace inside a hole open for ever; so do we.
            Some(OpenBrace::Brace) | None => return TokenKind::RightBrace,
        };
        if kind == TokenKind::StringRightPiece {
            self.open.pop();
        }
        kind
    }

    /// Passes over a piece of a single-line string, behind its opening character.
    fn piece(&mut self, start: usize, first: bool) -> TokenKind {
        let (closed, opened) = pieces(first);
        loop {
            self.skip_while(|byte| !matches!(byte, b'\'' | b'\\' | b'$' | b'\n' | b'\r'));
            match (self.peek(0), self.peek(1)) {
                _ if self.at >= self.bytes.len() => {
                    self.problem(start, "the string is not closed; expected `'`");
                    return closed;
                }
                (b'\'', _) => {
                    self.at += 1;
                    return closed;
                }
                (b'$', b'{') => {
                    self.at += 2;
                    return opened;
                }
                (b'\\', _) => self.escape(),
                (b'\n' | b'\r', _) => {
                    self.problem(start, "the string is not closed on this line; expected `'`");
                    return closed;
                }
                _ => self.at += 1,
            }
        }
    }

    fn escape(&mut self) {
        let start = self.at;
        self.at += 1;
        match self.text[self.at..].chars().next() {
            Some('u') => {
                self.at += 1;
                self.unicode_escape(start);
            }
            Some('$') if self.peek(1) == b'{' => self.at += 2,
            Some('n' | 'r' | 't' | '\\' | '\'' | '$') => self.at += 1,
            Some(character) => {
                // A newline stays: it ends the string.
                if !matches!(character, '\n' | '\r') {
                    self.at += character.len_utf8();
                }
                self.problem(start, r"unknown escape; known are `\n`, `\r`, `\t`, `\\`, `\'`, `\$` and `\u{…}`");
            }
            None => {}
        }
    }

    /// Passes over `{hex digits}`, behind `\u`.
    fn unicode_escape(&mut self, start: usize) {
        let mut valid = self.peek(0) == b'{';
        if valid {
            self.at += 1;
            let digits = self.at;
            self.skip_while(|byte| byte.is_ascii_hexdigit());
            let code = u32::from_str_radix(&self.text[digits..self.at], 16);
            valid = self.peek(0) == b'}' && code.is_ok_and(|code| code <= 0x10_ffff);
            self.at += usize::from(self.peek(0) == b'}');
        }
        if !valid {
            self.problem(start, r"expected `\u{…}` with the hexadecimal number of a character");
        }
    }

    /// Passes over a piece of a multi-line string whose holes open with `dollars` dollars (0: it has none).
    fn multi_line_piece(&mut self, start: usize, first: bool, dollars: usize) -> TokenKind {
        let (closed, opened) = pieces(first);
        while let Some(skip) = memchr::memchr2(b'\'', b'$', &self.bytes[self.at..]) {
            self.at += skip;
            let mark = self.peek(0);
            let run = self.at;
            self.skip_while(|byte| byte == mark);
            let run = self.at - run;
            if mark == b'\'' && run >= 3 {
                return closed;
            }
            if mark == b'$' && dollars > 0 && run >= dollars && self.peek(0) == b'{' {
                self.at += 1;
                return opened;
            }
        }
        self.at = self.bytes.len();
        self.problem(start, "the string is not closed; expected `'''`");
        closed
    }
}

/// The kinds of a piece that closes its string, and of one that opens a hole.
const fn pieces(first: bool) -> (TokenKind, TokenKind) {
    if first {
        (TokenKind::StringComplete, TokenKind::StringLeftPiece)
    } else {
        (TokenKind::StringRightPiece, TokenKind::StringMiddlePiece)
    }
}

const fn is_string(kind: TokenKind) -> bool {
    use TokenKind as K;
    matches!(kind, K::StringComplete | K::StringLeftPiece | K::StringMiddlePiece | K::StringRightPiece)
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
