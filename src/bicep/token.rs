//! Tokens: kinds and places; together they are the whole text.

use crate::source::TextRange;

/// Kind of a token. Those that carry meaning are the kinds of the Bicep compiler, by its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// `@`
    At,
    /// A character that no token starts with.
    Unrecognized,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftSquare,
    /// `]`
    RightSquare,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `...`
    Ellipsis,
    /// `?`
    Question,
    /// `??`
    DoubleQuestion,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `;`
    Semicolon,
    /// `=`
    Assignment,
    /// `=>`
    Arrow,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Asterisk,
    /// `/`
    Slash,
    /// `%`
    Modulo,
    /// `!`
    Exclamation,
    /// `<`
    LeftChevron,
    /// `>`
    RightChevron,
    /// `<=`
    LessThanOrEqual,
    /// `>=`
    GreaterThanOrEqual,
    /// `==`
    Equals,
    /// `!=`
    NotEquals,
    /// `=~`
    EqualsInsensitive,
    /// `!~`
    NotEqualsInsensitive,
    /// `&&`
    LogicalAnd,
    /// `||`
    LogicalOr,
    /// `|`
    Pipe,
    /// `^`
    Hat,
    /// A name or a contextual keyword.
    Identifier,
    /// A string without holes, of either form: `'…'`, `'''…'''`.
    StringComplete,
    /// A string up to its first hole: `'…${`.
    StringLeftPiece,
    /// A string between two holes: `}…${`.
    StringMiddlePiece,
    /// A string after its last hole: `}…'`.
    StringRightPiece,
    /// Digits.
    Integer,
    /// `true`
    TrueKeyword,
    /// `false`
    FalseKeyword,
    /// `null`
    NullKeyword,
    /// One or more adjacent newline characters; separates statements, members and items.
    NewLine,
    /// The end of the text; empty, and always the last token.
    EndOfFile,
    /// Trivia: spaces and tabs, or the byte order mark.
    Whitespace,
    /// Trivia: `// …`
    LineComment,
    /// Trivia: `/* … */`
    BlockComment,
    /// Trivia: `#disable-next-line …`, `#disable-diagnostics …`, `#restore-diagnostics …`
    Pragma,
}

impl TokenKind {
    /// Whether the parser passes over it.
    pub const fn is_trivia(self) -> bool {
        self as u8 >= Self::Whitespace as u8
    }
}

/// A set of token kinds.
#[derive(Debug, Clone, Copy)]
pub(super) struct KindSet(u64);

impl KindSet {
    pub(super) const fn of(kinds: &[TokenKind]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u64;
            at += 1;
        }
        Self(bits)
    }

    pub(super) const fn and(self, kind: TokenKind) -> Self {
        Self(self.0 | 1 << kind as u64)
    }

    pub(super) const fn contains(self, kind: TokenKind) -> bool {
        self.0 & 1 << kind as u64 != 0
    }
}

/// All tokens of a text, trivia included. Their ranges follow each other without gaps.
#[derive(Debug, Clone)]
pub struct Tokens {
    kinds: Vec<TokenKind>,
    /// Where each token starts.
    starts: Vec<u32>,
}

impl Tokens {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { kinds: Vec::with_capacity(capacity), starts: Vec::with_capacity(capacity) }
    }

    pub(super) fn push(&mut self, kind: TokenKind, start: usize) {
        self.kinds.push(kind);
        self.starts.push(start as u32);
    }

    /// Number of tokens, the end of the file included.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is none; never so after lexing.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The kind of token `at`; the end of the file behind the last one.
    pub fn kind(&self, at: usize) -> TokenKind {
        self.kinds.get(at).copied().unwrap_or(TokenKind::EndOfFile)
    }

    /// The place of token `at`; empty at the end of the text behind the last one.
    pub fn range(&self, at: usize) -> TextRange {
        let end_of_text = self.starts.last().copied().unwrap_or_default();
        let start = self.starts.get(at).copied().unwrap_or(end_of_text);
        TextRange::new(start, self.starts.get(at + 1).copied().unwrap_or(end_of_text))
    }

    /// Kinds and places in order of the text.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (TokenKind, TextRange)> + ExactSizeIterator + '_ {
        (0..self.len()).map(|at| (self.kind(at), self.range(at)))
    }

    /// Number of the token that holds `offset`; of the first that starts there if several are empty.
    pub fn at_offset(&self, offset: u32) -> usize {
        match self.starts.binary_search(&offset) {
            Ok(_) => self.starts.partition_point(|start| *start < offset),
            Err(next) => next.saturating_sub(1),
        }
    }
}
