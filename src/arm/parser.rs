//! The recursive-descent parser over the tokens of one expression.

use super::lexer::{Lexer, Token};
use super::{Call, Expr, ExprKind, Link};
use crate::source::stack::Recursion;
use crate::source::{Problem, ProblemCode, Problems, Stack, TextRange};

pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    /// The next token, and where it stands.
    token: Token<'t>,
    range: TextRange,
    /// Where the last token that was taken ends.
    end: u32,
    depth: u32,
    /// The greatest depth.
    deepest: u32,
    problems: Problems,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, range: TextRange) -> Self {
        let mut lexer = Lexer::new(text, range);
        let (token, first) = lexer.next();
        let deepest = Stack::here().levels(Recursion::ArmExpression);
        Self { lexer, token, range: first, end: range.start, depth: 0, deepest, problems: Problems::default() }
    }

    pub(super) fn parse(mut self) -> (Expr<'t>, Problems) {
        let expr = self.expr();
        if self.token != Token::End && self.problems.is_empty() {
            let shown = self.shown();
            self.problem(format!("expected the end of the expression, found {shown}"));
        }
        (expr, self.problems)
    }

    fn expr(&mut self) -> Expr<'t> {
        if self.depth >= self.deepest {
            return self.too_deep();
        }
        self.depth += 1;
        let base = self.primary();
        let links = self.links();
        self.depth -= 1;
        if links.is_empty() {
            return base;
        }
        let range = TextRange::new(base.range.start, self.end);
        Expr { kind: ExprKind::Chain { base: Box::new(base), links }, range }
    }

    fn too_deep(&mut self) -> Expr<'t> {
        let message = format!("expressions nested deeper than {} are not read", self.deepest);
        self.problems.push(Problem { code: ProblemCode::NestingTooDeep, range: self.range, message });
        let start = self.range.start;
        // What follows closes brackets that were never counted.
        while self.token != Token::End {
            self.advance();
        }
        Expr { kind: ExprKind::Unreadable, range: TextRange::new(start, self.end.max(start)) }
    }

    fn primary(&mut self) -> Expr<'t> {
        let range = self.range;
        let kind = match self.token {
            Token::String(_) | Token::Integer(_) | Token::Name(_) => match self.advance() {
                Token::String(text) => ExprKind::String(text),
                Token::Integer(digits) => ExprKind::Integer(digits),
                Token::Name(name) => return self.call(name, range),
                _ => ExprKind::Unreadable,
            },
            Token::OpenString => {
                self.problem("this string is never closed; a quote inside is written `''`");
                self.advance();
                ExprKind::Unreadable
            }
            _ => {
                let shown = self.shown();
                self.problem(format!("expected an expression, found {shown}"));
                // A character that starts nothing is skipped; a bracket or comma serves the caller.
                if !matches!(self.token, Token::Unknown(_)) {
                    return Expr { kind: ExprKind::Unreadable, range: TextRange::empty(self.end) };
                }
                self.advance();
                ExprKind::Unreadable
            }
        };
        Expr { kind, range }
    }

    /// The call whose first name is read already.
    fn call(&mut self, first: std::borrow::Cow<'t, str>, start: TextRange) -> Expr<'t> {
        let mut namespace = None;
        let mut name = first;
        if self.eat('.') {
            match std::mem::replace(&mut self.token, Token::End) {
                Token::Name(second) => {
                    self.advance();
                    namespace = Some(std::mem::replace(&mut name, second));
                }
                other => {
                    self.token = other;
                    let shown = self.shown();
                    self.problem(format!("expected a function name, found {shown}"));
                }
            }
        }
        let name_range = TextRange::new(start.start, self.end);
        if !self.eat('(') {
            if self.problems.is_empty() {
                let message = format!("expected `(`: `{name}` is neither a string, which needs quotes, nor a call");
                self.problems.push(Problem::syntax(name_range, message));
            }
            return Expr { kind: ExprKind::Unreadable, range: name_range };
        }
        let args = self.args();
        let range = TextRange::new(start.start, self.end);
        Expr { kind: ExprKind::Call(Call { namespace, name, name_range, args }), range }
    }

    /// The arguments and the closing parenthesis.
    fn args(&mut self) -> Vec<Expr<'t>> {
        let mut args = Vec::new();
        if self.eat(')') {
            return args;
        }
        loop {
            args.push(self.expr());
            if self.eat(',') {
                continue;
            }
            self.expect(')');
            return args;
        }
    }

    fn links(&mut self) -> Vec<Link<'t>> {
        let mut links = Vec::new();
        loop {
            if self.eat('.') {
                let range = self.range;
                match std::mem::replace(&mut self.token, Token::End) {
                    Token::Name(name) => {
                        self.advance();
                        links.push(Link::Member(name, range));
                    }
                    other => {
                        self.token = other;
                        let shown = self.shown();
                        self.problem(format!("expected a property name, found {shown}"));
                        return links;
                    }
                }
            } else if self.eat('[') {
                links.push(Link::Index(self.expr()));
                self.expect(']');
            } else {
                return links;
            }
        }
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.token == Token::Punctuation(wanted);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, wanted: char) {
        if !self.eat(wanted) {
            let shown = self.shown();
            self.problem(format!("expected `{wanted}`, found {shown}"));
        }
    }

    /// Takes the token.
    fn advance(&mut self) -> Token<'t> {
        self.end = self.range.end;
        let (token, range) = self.lexer.next();
        self.range = range;
        std::mem::replace(&mut self.token, token)
    }

    fn shown(&self) -> String {
        match &self.token {
            Token::Punctuation(char) | Token::Unknown(char) => format!("`{char}`"),
            Token::Name(text) | Token::Integer(text) => format!("`{text}`"),
            Token::String(_) | Token::OpenString => "a string".into(),
            Token::End => "the end of the expression".into(),
        }
    }

    /// A problem at the next token, unless it is at the same place as the last one, whose echo it is.
    fn problem(&mut self, message: impl Into<String>) {
        if self.problems.last().is_none_or(|last| last.range != self.range) {
            self.problems.push(Problem::syntax(self.range, message));
        }
    }
}
