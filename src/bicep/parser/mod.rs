//! Tokens to a tree: recursive descent, rule by rule as the compiler's own parser.
//!
//! A rule that cannot go on returns a [`ParseFailure`]. The nearest rule that knows where to go on
//! ([`Parser::recover`]) reports it and passes over tokens up to one at which it can.

mod expression;
mod list;
mod statement;
mod types;

use super::lexer::Lexed;
use super::token::{KindSet, TokenKind, Tokens};
use super::tree::{Expr, ExprId, ExprKind, Name, Statement, StatementId, Tree, Type, TypeId, TypeKind};
use super::{FileKind, Parsed};
use crate::source::stack::Recursion;
use crate::source::{Problem, ProblemCode, Problems, Stack, TextRange};

/// Reads the tokens of `text`.
pub(super) fn parse(text: &str, lexed: Lexed, kind: FileKind) -> Parsed {
    let mut parser = Parser {
        text,
        tokens: &lexed.tokens,
        malformed: &lexed.malformed,
        kind,
        at: 0,
        previous_end: 0,
        depth: 0,
        deepest: Stack::here().levels(Recursion::Bicep),
        peak: 0,
        errors: 0,
        muted: false,
        unclosed_at: None,
        newlines: (usize::MAX, 0),
        problems: Problems::default(),
        too_deep: None,
        top: Vec::new(),
        statements: Vec::new(),
        exprs: Vec::with_capacity(text.len() / 24),
        types: Vec::new(),
    };
    parser.at = parser.significant(0);
    parser.program();
    let Parser { problems, too_deep, top, statements, exprs, types, .. } = parser;
    let problems = merge(lexed.problems, problems, too_deep);
    Parsed { tree: Tree { tokens: lexed.tokens, top, statements, exprs, types }, problems }
}

/// All problems in order of the text. Where the lexer has reported something, the parser need not.
fn merge(lexical: Problems, syntactic: Problems, too_deep: Option<Problem>) -> Vec<Problem> {
    let mut problems = lexical;
    problems.append(syntactic);
    problems.extend(too_deep);
    problems.sort();
    problems.dedup_by_key(|problem| (problem.range.start, problem.code));
    problems.finish()
}

/// Why a rule could not go on.
struct ParseFailure {
    /// The token that it did not expect.
    at: usize,
    message: ParseMessage,
}

/// What to report at a place.
#[derive(Clone, Copy)]
enum ParseMessage {
    /// What was expected there; what was found is added.
    Expected(&'static str),
    /// The whole message.
    Text(&'static str),
}

type Parse<T> = Result<T, ParseFailure>;

/// What [`Parser::recover`] gives: the value, or the place of what was passed over; then what should
/// follow is not worth another word.
type Recovered<T> = Result<T, TextRange>;

const NEWLINE: KindSet = KindSet::of(&[TokenKind::NewLine]);

/// Where an operand or a parenthesised expression ends in any case.
const ENDS: KindSet = KindSet::of(&[
    TokenKind::StringRightPiece,
    TokenKind::RightBrace,
    TokenKind::RightParen,
    TokenKind::RightSquare,
    TokenKind::NewLine,
]);

struct Parser<'t> {
    text: &'t str,
    tokens: &'t Tokens,
    malformed: &'t [u32],
    kind: FileKind,
    /// Number of the current token, which is never trivia.
    at: usize,
    /// End of the token before the current one, trivia left out.
    previous_end: u32,
    /// Nested rules that count.
    depth: u32,
    /// How deep expressions, types and nested resources may be nested together. Templates stay below 40.
    deepest: u32,
    /// Greatest depth of the tree under construction since the rule that watches it began.
    peak: u32,
    /// How often something was wrong, reported or not.
    errors: u32,
    /// The rest of this statement is not worth a word.
    muted: bool,
    /// The token at which a bracket was last found not to be closed.
    unclosed_at: Option<usize>,
    /// A token, and the first one from there that is no newline: the last answer of `after_newlines`.
    newlines: (usize, usize),
    problems: Problems,
    too_deep: Option<Problem>,
    top: Vec<StatementId>,
    statements: Vec<Statement>,
    exprs: Vec<Expr>,
    types: Vec<Type>,
}

/// Where a node begins.
#[derive(Clone, Copy)]
struct NodeStart {
    offset: u32,
    errors: u32,
}

/// The cursor.
impl Parser<'_> {
    /// The first token from `at` on that is no trivia.
    fn significant(&self, mut at: usize) -> usize {
        while self.tokens.kind(at).is_trivia() {
            at += 1;
        }
        at
    }

    fn peek(&self) -> TokenKind {
        self.tokens.kind(self.at)
    }

    /// The token behind the current one.
    fn next(&self) -> usize {
        self.significant(self.at + 1)
    }

    /// The first token from the current one on that is no newline.
    fn after_newlines(&mut self) -> usize {
        let (from, to) = self.newlines;
        if (from..=to).contains(&self.at) {
            return to;
        }
        let mut at = self.at;
        while self.tokens.kind(at) == TokenKind::NewLine {
            at = self.significant(at + 1);
        }
        self.newlines = (self.at, at);
        at
    }

    fn is_at(&self, kind: TokenKind) -> bool {
        self.peek() == kind
    }

    fn is_at_end(&self) -> bool {
        self.is_at(TokenKind::EndOfFile)
    }

    fn is_keyword(&self, token: usize, keyword: &str) -> bool {
        self.tokens.kind(token) == TokenKind::Identifier && self.tokens.range(token).of(self.text) == keyword
    }

    fn is_at_keyword(&self, keyword: &str) -> bool {
        self.is_keyword(self.at, keyword)
    }

    /// Passes over the current token, but never over the end of the file.
    fn bump(&mut self) -> TextRange {
        let range = self.tokens.range(self.at);
        if !self.is_at_end() {
            self.previous_end = range.end;
            self.at = self.next();
        }
        range
    }

    fn accept(&mut self, kind: TokenKind) -> Option<TextRange> {
        self.is_at(kind).then(|| self.bump())
    }

    fn accept_keyword(&mut self, keyword: &str) -> Option<TextRange> {
        self.is_at_keyword(keyword).then(|| self.bump())
    }

    fn accept_newlines(&mut self) {
        while self.accept(TokenKind::NewLine).is_some() {}
    }

    /// Newlines that stand before token `at`, a result of [`Parser::after_newlines`].
    fn skip_newlines_if(&mut self, at: usize, wanted: bool) {
        if wanted && at != self.at {
            self.accept_newlines();
        }
    }

    fn expect(&mut self, kind: TokenKind, expected: &'static str) -> Parse<TextRange> {
        self.accept(kind).ok_or_else(|| self.unexpected(expected))
    }

    fn expect_keyword(&mut self, keyword: &str, expected: &'static str) -> Parse<TextRange> {
        self.accept_keyword(keyword).ok_or_else(|| self.unexpected(expected))
    }

    fn identifier(&mut self, expected: &'static str) -> Parse<Name> {
        self.expect(TokenKind::Identifier, expected)
    }

    /// A name, or a report that it is missing.
    fn identifier_or_missing(&mut self, expected: &'static str) -> Name {
        self.accept(TokenKind::Identifier).unwrap_or_else(|| {
            self.report(self.at, ParseMessage::Expected(expected));
            TextRange::empty(self.previous_end)
        })
    }
}

/// Problems and recovery.
impl Parser<'_> {
    fn unexpected(&self, expected: &'static str) -> ParseFailure {
        ParseFailure { at: self.at, message: ParseMessage::Expected(expected) }
    }

    fn wrong(&self, message: &'static str) -> ParseFailure {
        ParseFailure { at: self.at, message: ParseMessage::Text(message) }
    }

    /// Reports something about token `at`.
    fn report(&mut self, at: usize, message: ParseMessage) {
        let range = match self.tokens.kind(at) {
            TokenKind::NewLine | TokenKind::EndOfFile => TextRange::empty(self.tokens.range(at).start),
            _ => self.tokens.range(at),
        };
        let text = match message {
            ParseMessage::Expected(expected) => format!("expected {expected}, found {}", self.describe(at)),
            ParseMessage::Text(text) => text.to_owned(),
        };
        self.report_range(range, text);
    }

    fn report_range(&mut self, range: TextRange, message: impl Into<String>) {
        self.errors += 1;
        if !self.muted {
            self.problems.push(Problem::syntax(range, message));
        }
    }

    fn describe(&self, at: usize) -> String {
        let text = self.tokens.range(at).of(self.text);
        match self.tokens.kind(at) {
            TokenKind::NewLine => "the end of the line".to_owned(),
            TokenKind::EndOfFile => "the end of the file".to_owned(),
            TokenKind::StringComplete | TokenKind::StringLeftPiece => "a string".to_owned(),
            TokenKind::StringMiddlePiece | TokenKind::StringRightPiece => "the end of the hole".to_owned(),
            _ if text.len() <= 40 => format!("`{text}`"),
            _ => "a long word".to_owned(),
        }
    }

    /// Runs `parse`. When it fails, reports that (unless `quiet`) and goes on at the next of `stops`.
    fn recover<T>(&mut self, stops: KindSet, quiet: bool, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Recovered<T> {
        let start = self.at;
        let known = self.problems.mark();
        parse(self).map_err(|failure| {
            // What a failed rule reported about its parts is moot: the whole of it is passed over.
            self.problems.rewind(known);
            if quiet {
                self.errors += 1;
            } else {
                self.report(failure.at, failure.message);
            }
            self.skip_to(stops);
            self.skipped_since(start)
        })
    }

    fn skip_to(&mut self, stops: KindSet) {
        while !self.is_at_end() && !stops.contains(self.peek()) {
            self.bump();
        }
    }

    /// The place of the tokens from `start` to before the current one.
    fn skipped_since(&self, start: usize) -> TextRange {
        if start == self.at {
            TextRange::empty(self.previous_end)
        } else {
            TextRange::new(self.tokens.range(start).start, self.previous_end)
        }
    }

    /// As [`Parser::recover`], with an `Error` node for what was passed over.
    fn recover_expr(&mut self, stops: KindSet, quiet: bool, parse: impl FnOnce(&mut Self) -> Parse<ExprId>) -> ExprId {
        self.recover(stops, quiet, parse).unwrap_or_else(|skipped| self.error_expr(skipped))
    }

    /// As [`Parser::recover`], with an `Error` node for what was passed over.
    fn recover_type(&mut self, stops: KindSet, quiet: bool, parse: impl FnOnce(&mut Self) -> Parse<TypeId>) -> TypeId {
        self.recover(stops, quiet, parse).unwrap_or_else(|skipped| self.error_type(skipped))
    }

    /// Whether this is an `Error` node. Then what should follow it is not worth another word.
    fn is_error(&self, id: ExprId) -> bool {
        self.exprs.get(id.0 as usize).is_some_and(|expr| matches!(expr.kind, ExprKind::Error))
    }

    /// Whether this is an `Error` node. Then what should follow it is not worth another word.
    fn is_error_type(&self, id: TypeId) -> bool {
        self.types.get(id.0 as usize).is_some_and(|ty| matches!(ty.kind, TypeKind::Error))
    }
}

/// Depth.
impl Parser<'_> {
    /// Runs `parse` one level deeper; at the limit passes over what would have been too deep, gives
    /// its place to `instead`, and reports nothing more about this statement.
    fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Parse<T>,
        instead: impl FnOnce(&mut Self, TextRange) -> T,
    ) -> Parse<T> {
        if self.depth >= self.deepest {
            return self.skip_too_deep().map(|skipped| instead(self, skipped));
        }
        self.depth += 1;
        self.peak = self.peak.max(self.depth);
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// Runs `parse`, a loop that puts what it has under one more node each time round, with a fresh peak.
    fn watching_height<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.peak, self.depth);
        let result = parse(self);
        self.peak = self.peak.max(outer);
        result
    }

    /// One more node is about to go over all that was parsed since [`Parser::watching_height`]:
    /// whether there is room for it.
    fn grow(&mut self) -> bool {
        self.peak += 1;
        self.peak <= self.deepest
    }

    /// Passes over an expression or type that is nested too deep: up to a separator, a newline or a
    /// closing bracket that is not its own.
    fn skip_too_deep(&mut self) -> Parse<TextRange> {
        use TokenKind as K;
        let start = self.at;
        let mut open = 0_u32;
        loop {
            match self.peek() {
                K::EndOfFile => break,
                K::NewLine | K::Comma | K::StringMiddlePiece if open == 0 => break,
                K::LeftBrace | K::LeftParen | K::LeftSquare | K::StringLeftPiece => open += 1,
                K::RightBrace | K::RightParen | K::RightSquare | K::StringRightPiece => match open.checked_sub(1) {
                    Some(fewer) => open = fewer,
                    None => break,
                },
                _ => {}
            }
            self.bump();
        }
        self.errors += 1;
        self.muted = true;
        let message = format!("nested too deeply; at most {} levels are read", self.deepest);
        let range = TextRange::new(self.tokens.range(start).start, self.tokens.range(start).end);
        self.too_deep.get_or_insert(Problem { code: ProblemCode::NestingTooDeep, range, message });
        if self.at == start { Err(self.unexpected("an expression")) } else { Ok(self.skipped_since(start)) }
    }
}

/// Nodes.
impl Parser<'_> {
    fn start(&self) -> NodeStart {
        NodeStart { offset: self.tokens.range(self.at).start, errors: self.errors }
    }

    /// From `start` to the end of what was read; behind what was read before when nothing was.
    fn range_from(&self, start: NodeStart) -> TextRange {
        TextRange::new(start.offset.min(self.previous_end), self.previous_end)
    }

    fn is_broken_since(&self, start: NodeStart) -> bool {
        self.errors > start.errors
    }

    /// A node from `start` to the end of what was read.
    fn expr(&mut self, start: NodeStart, kind: ExprKind) -> ExprId {
        self.push_expr(Expr { kind, range: self.range_from(start), broken: self.is_broken_since(start) })
    }

    fn error_expr(&mut self, range: TextRange) -> ExprId {
        self.push_expr(Expr { kind: ExprKind::Error, range, broken: true })
    }

    fn push_expr(&mut self, expr: Expr) -> ExprId {
        self.exprs.push(expr);
        ExprId(self.exprs.len() as u32 - 1)
    }

    /// A node from `start` to the end of what was read.
    fn ty(&mut self, start: NodeStart, kind: TypeKind) -> TypeId {
        self.push_type(Type { kind, range: self.range_from(start) })
    }

    fn error_type(&mut self, range: TextRange) -> TypeId {
        self.push_type(Type { kind: TypeKind::Error, range })
    }

    fn push_type(&mut self, ty: Type) -> TypeId {
        self.types.push(ty);
        TypeId(self.types.len() as u32 - 1)
    }
}
