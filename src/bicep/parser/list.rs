//! Lists: what stands in brackets, and how it may be separated.

use super::{ENDS, NEWLINE, Parse, ParseMessage, Parser};
use crate::bicep::token::{KindSet, TokenKind};
use crate::source::TextRange;

/// Words that start a declaration with a name behind them.
const DECLARATIONS: [&str; 9] = ["param", "var", "resource", "module", "output", "type", "func", "metadata", "assert"];

/// What a parenthesised list held.
pub(super) struct Parenthesised<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// How many commas stood between and behind them.
    pub(super) commas: u32,
    /// Whether a newline stood between the parentheses.
    pub(super) newlines: bool,
}

impl Parser<'_> {
    /// Items of an array, members of an object, and the same in types and imports: separated by
    /// newlines or by a comma; up to and with `close`. `decorated`: an item may start with `@`.
    pub(super) fn elements(
        &mut self,
        open: TextRange,
        close: TokenKind,
        decorated: bool,
        mut element: impl FnMut(&mut Self),
    ) {
        if !self.is_at(close) && !self.declaration_follows(decorated) {
            self.accept_newlines();
        }
        let mut expect_element = true;
        while !self.is_at_end() && !self.is_at(close) && !self.declaration_follows(decorated) {
            if expect_element {
                element(self);
            } else if self.is_at(TokenKind::NewLine) {
                self.accept_newlines();
            } else if self.accept(TokenKind::Comma).is_some() {
                if self.is_at(TokenKind::NewLine) {
                    self.report(self.at, ParseMessage::Text("items on lines of their own take no comma between them"));
                    self.bump();
                }
            } else {
                self.report(self.at, ParseMessage::Expected("a new line or a comma"));
            }
            expect_element = !expect_element;
        }
        if self.accept(close).is_none() {
            self.unclosed(open);
        }
    }

    /// Arguments of a function or of a generic type: separated by commas, with newlines around
    /// them; up to and with `close`.
    pub(super) fn arguments(
        &mut self,
        close: TokenKind,
        missing_close: &'static str,
        mut argument: impl FnMut(&mut Self),
    ) {
        if !self.is_at(close) && !self.declaration_follows(false) {
            self.accept_newlines();
        }
        let mut expect_argument = true;
        while !self.is_at_end() && !self.is_at(close) && !self.declaration_follows(false) {
            if expect_argument {
                argument(self);
            } else if self.is_at(TokenKind::NewLine) {
                let after = self.after_comment_lines();
                match self.tokens.kind(after) {
                    TokenKind::EndOfFile => break,
                    kind if kind == close => {}
                    _ => self.report(self.at, ParseMessage::Expected("`,`")),
                }
                self.accept_newlines();
            } else if self.accept(TokenKind::Comma).is_some() {
                self.accept_newlines();
                if self.is_at(close) {
                    self.report(self.at, ParseMessage::Text("no comma may stand behind the last argument"));
                }
            } else {
                self.report(self.at, ParseMessage::Expected("`,`"));
            }
            expect_argument = !expect_argument;
        }
        if self.accept(close).is_none() {
            self.report(self.at, ParseMessage::Expected(missing_close));
        }
    }

    /// The token behind the current newline and behind further lines that hold only a comment.
    fn after_comment_lines(&self) -> usize {
        let mut at = self.next();
        while self.tokens.kind(at) == TokenKind::NewLine && self.has_comment_before(at) {
            at = self.significant(at + 1);
        }
        at
    }

    fn has_comment_before(&self, at: usize) -> bool {
        (0..at)
            .rev()
            .map(|token| self.tokens.kind(token))
            .take_while(|kind| kind.is_trivia())
            .any(|kind| matches!(kind, TokenKind::LineComment | TokenKind::BlockComment))
    }

    /// `(a, b)`; with `newlines` there may be newlines around everything.
    pub(super) fn parenthesised<T>(
        &mut self,
        newlines: bool,
        mut item: impl FnMut(&mut Self) -> Parse<T>,
        mut instead: impl FnMut(&mut Self, TextRange) -> T,
    ) -> Parse<Parenthesised<T>> {
        const STOPS: KindSet = ENDS.and(TokenKind::Comma);
        const CLOSE_STOPS: KindSet = KindSet::of(&[
            TokenKind::StringRightPiece,
            TokenKind::RightBrace,
            TokenKind::RightSquare,
            TokenKind::NewLine,
        ]);
        self.expect(TokenKind::LeftParen, "`(`")?;
        let mut found = Parenthesised { items: Vec::new(), commas: 0, newlines: false };
        let mut missing = false;
        let skip = |parser: &mut Self| {
            if newlines && parser.is_at(TokenKind::NewLine) && !parser.declaration_follows(false) {
                parser.accept_newlines();
                return true;
            }
            false
        };
        found.newlines |= skip(self);
        while !self.is_at(TokenKind::RightParen) {
            let value = self.recover(STOPS, false, &mut item);
            missing = value.is_err();
            let value = value.unwrap_or_else(|skipped| instead(self, skipped));
            found.items.push(value);
            found.newlines |= skip(self);
            if self.accept(TokenKind::Comma).is_none() {
                break;
            }
            missing = false;
            found.commas += 1;
            found.newlines |= skip(self);
        }
        // Recovery has reported what is wrong; the list is used as far as it goes.
        let _ = self.recover(CLOSE_STOPS, missing, |p| p.expect(TokenKind::RightParen, "`)`"));
        Ok(found)
    }

    /// Reports that the bracket at `open` is not closed before the current token; once a token, for
    /// the innermost bracket.
    fn unclosed(&mut self, open: TextRange) {
        if self.unclosed_at.replace(self.at) == Some(self.at) {
            self.errors += 1;
            return;
        }
        let bracket = open.of(self.text);
        self.report_range(open, format!("this `{bracket}` is never closed"));
    }

    /// Whether a declaration starts on the next line without indentation: then a bracket that is
    /// still open was forgotten, and must not swallow the rest of the file. (The compiler lets it.)
    fn declaration_follows(&mut self, decorated: bool) -> bool {
        if !self.is_at(TokenKind::NewLine) {
            return false;
        }
        let at = self.after_newlines();
        let start = self.tokens.range(at).start as usize;
        let unindented = start.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        if !matches!(unindented, Some(b'\n' | b'\r')) {
            return false;
        }
        match self.tokens.kind(at) {
            TokenKind::At => !decorated,
            TokenKind::Identifier => {
                let word = self.tokens.range(at).of(self.text);
                let name = self.significant(at + 1);
                let named = self.tokens.kind(name) == TokenKind::Identifier;
                let nested = decorated && word == "resource" && !self.has_namespace(self.significant(name + 1));
                named && !nested && DECLARATIONS.contains(&word)
            }
            _ => false,
        }
    }

    /// Whether a string is a full resource type, and not one that only nested resources have.
    fn has_namespace(&self, string: usize) -> bool {
        let text = self.tokens.range(string).of(self.text);
        text.split('@').next().is_some_and(|ty| ty.contains('.'))
    }

    /// Reads on behind a newline, or reports what stands before it.
    pub(super) fn expect_newline(&mut self, expected: &'static str) {
        let found = self.recover(NEWLINE, false, |p| p.expect(TokenKind::NewLine, expected));
        if found.is_err() {
            self.accept(TokenKind::NewLine);
        }
    }
}

/// The parts of a node, which were collected in a vector. They are copied, and the vector is used again for the next node:
/// shrunk in place, each would leave a hole as large as itself behind.
pub(super) fn exact<T: Clone>(parts: &[T]) -> Box<[T]> {
    parts.into()
}
