//! Expressions, from the ternary down to literals.

use super::list::exact;
use super::{ENDS, NodeStart, Parse, ParseMessage, Parser};
use crate::bicep::token::{KindSet, TokenKind};
use crate::bicep::tree::{
    BinaryOperator, Call, ExprId, ExprKind, For, Item, Link, LinkKind, Member, Name, Piece, UnaryOperator,
};
use crate::source::TextRange;

/// What an expression may contain at its place.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    /// Objects and arrays; not so in the hole of a string.
    literals: bool,
    /// Resources as members of an object: in the body of a resource.
    resources: bool,
}

/// Everything but objects and arrays.
pub(super) const PLAIN: Allowed = Allowed { literals: false, resources: false };
/// Any value.
pub(super) const VALUE: Allowed = Allowed { literals: true, resources: false };
/// The body of a resource.
pub(super) const RESOURCE_BODY: Allowed = Allowed { literals: true, resources: true };

const SQUARE_OR_NEWLINE: KindSet = KindSet::of(&[TokenKind::RightSquare, TokenKind::NewLine]);
const BRACE_OR_NEWLINE: KindSet = KindSet::of(&[TokenKind::RightBrace, TokenKind::NewLine]);
const PAREN_OR_NEWLINE: KindSet = KindSet::of(&[TokenKind::RightParen, TokenKind::NewLine]);
const HOLE_END: KindSet = KindSet::of(&[TokenKind::StringMiddlePiece, TokenKind::StringRightPiece, TokenKind::NewLine]);

/// Words that, behind the `=>` and a newline, start the next statement and not a body.
const NOT_A_BODY: [&str; 9] = ["assert", "import", "metadata", "param", "var", "resource", "output", "module", "type"];

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self, allowed: Allowed) -> Parse<ExprId> {
        self.nested(|p| p.ternary(allowed), Self::error_expr)
    }

    /// Any value up to the end of the line, where a statement ends.
    pub(super) fn value(&mut self, quiet: bool) -> ExprId {
        self.recover_expr(super::NEWLINE, quiet, |p| p.expression(VALUE))
    }

    fn ternary(&mut self, allowed: Allowed) -> Parse<ExprId> {
        let start = self.start();
        let condition = self.binary(allowed, 0)?;
        let mark = self.after_newlines();
        if self.tokens.kind(mark) != TokenKind::Question {
            return Ok(condition);
        }
        self.accept_newlines();
        self.bump();
        let then = self.recover_expr(ENDS.and(TokenKind::Colon), false, |p| p.expression(allowed));
        let mark = self.after_newlines();
        let colon_follows = self.tokens.kind(mark) == TokenKind::Colon;
        self.skip_newlines_if(mark, colon_follows && !self.is_error(then));
        let quiet = self.is_error(then);
        let colon = self.recover(ENDS, quiet, |p| p.expect(TokenKind::Colon, "`:`"));
        let otherwise = self.recover_expr(ENDS, colon.is_err(), |p| p.expression(allowed));
        Ok(self.expr(start, ExprKind::Ternary { condition, then, otherwise }))
    }

    /// Operators that bind more tightly than `outer`, all of them left-associative.
    fn binary(&mut self, allowed: Allowed, outer: u8) -> Parse<ExprId> {
        self.watching_height(|p| {
            let start = p.start();
            let mut left = p.unary(allowed)?;
            while let Some((operator, binding)) = binary_operator(p.peek()).filter(|(_, binding)| *binding > outer) {
                if !p.grow() {
                    let skipped = p.skip_too_deep()?;
                    return Ok(p.error_expr(skipped));
                }
                p.bump();
                let right = p.recover_expr(ENDS, false, |p| p.nested(|p| p.binary(allowed, binding), Self::error_expr));
                left = p.expr(start, ExprKind::Binary(operator, left, right));
            }
            Ok(left)
        })
    }

    fn unary(&mut self, allowed: Allowed) -> Parse<ExprId> {
        let start = self.start();
        let Some(operator) = unary_operator(self.peek()) else { return self.member(allowed) };
        self.bump();
        let operand = self.recover_expr(ENDS, false, |p| p.member(allowed));
        Ok(self.expr(start, ExprKind::Unary(operator, operand)))
    }

    /// A primary expression and the accesses behind it.
    fn member(&mut self, allowed: Allowed) -> Parse<ExprId> {
        let start = self.start();
        let base = self.primary(allowed)?;
        let mut links = Vec::new();
        loop {
            let link = match self.peek() {
                TokenKind::LeftSquare => self.index(allowed)?,
                TokenKind::Dot => self.dot(allowed),
                TokenKind::DoubleColon => {
                    self.simple_link(|p| LinkKind::Nested(p.identifier_or_missing("the name of a nested resource")))
                }
                TokenKind::Exclamation => self.simple_link(|_| LinkKind::NonNull),
                _ => break,
            };
            links.push(link);
        }
        if links.is_empty() {
            return Ok(base);
        }
        Ok(self.expr(start, ExprKind::Chain { base, links: exact(&links) }))
    }

    fn simple_link(&mut self, kind: impl FnOnce(&mut Self) -> LinkKind) -> Link {
        let start = self.start();
        self.bump();
        let kind = kind(self);
        Link { kind, safe: false, range: self.range_from(start) }
    }

    /// `[index]`, `[?index]`, `[^index]`, `[?^index]`
    fn index(&mut self, allowed: Allowed) -> Parse<Link> {
        let start = self.start();
        self.bump();
        let safe = self.accept(TokenKind::Question).is_some();
        let from_end = self.accept(TokenKind::Hat).is_some();
        let index = if self.is_at(TokenKind::RightSquare) {
            self.report(self.at, ParseMessage::Expected("an index"));
            self.error_expr(TextRange::empty(self.previous_end))
        } else {
            self.expression(allowed)?
        };
        self.expect(TokenKind::RightSquare, "`]`")?;
        let kind = if from_end { LinkKind::FromEnd(index) } else { LinkKind::Index(index) };
        Ok(Link { kind, safe, range: self.range_from(start) })
    }

    /// `.name`, `.?name`, `.name(…)`
    fn dot(&mut self, allowed: Allowed) -> Link {
        let start = self.start();
        self.bump();
        let question = self.at;
        let safe = self.accept(TokenKind::Question).is_some();
        let name = self.identifier_or_missing("the name of a property or function");
        let kind = if self.is_at(TokenKind::LeftParen) {
            if safe {
                self.report(question, ParseMessage::Text("`.?` cannot call a function; write `.`"));
            }
            LinkKind::Method { name, args: self.call_arguments(allowed) }
        } else {
            LinkKind::Member(name)
        };
        Link { kind, safe, range: self.range_from(start) }
    }

    /// `(…)` behind the name of a function.
    pub(super) fn call_arguments(&mut self, allowed: Allowed) -> Box<[ExprId]> {
        const STOPS: KindSet = PAREN_OR_NEWLINE.and(TokenKind::Comma);
        let mut args = Vec::new();
        self.bump();
        self.arguments(TokenKind::RightParen, "`)`", |p| {
            args.push(p.recover_expr(STOPS, false, |p| p.expression(allowed)));
        });
        exact(&args)
    }

    fn primary(&mut self, allowed: Allowed) -> Parse<ExprId> {
        use TokenKind as K;
        let start = self.start();
        match self.peek() {
            K::Identifier => self.name_or_call(allowed),
            K::StringComplete | K::StringLeftPiece => self.string("a string"),
            K::LeftBrace if allowed.literals => Ok(self.object(allowed)),
            K::LeftSquare if allowed.literals => {
                if self.is_at_for() {
                    self.for_loop(allowed, false)
                } else {
                    Ok(self.array())
                }
            }
            K::LeftBrace | K::LeftSquare => Err(self.wrong("objects and arrays cannot stand in the hole of a string")),
            K::LeftParen => self.parenthesised_or_lambda(allowed),
            K::Integer => self.integer(),
            K::TrueKeyword | K::FalseKeyword => {
                let value = self.is_at(K::TrueKeyword);
                self.bump();
                Ok(self.expr(start, ExprKind::Bool(value)))
            }
            K::NullKeyword => {
                self.bump();
                Ok(self.expr(start, ExprKind::Null))
            }
            _ => Err(self.unexpected("an expression")),
        }
    }

    pub(super) fn integer(&mut self) -> Parse<ExprId> {
        let start = self.start();
        let too_large = self.wrong("the number is too large; an integer has at most 64 bits");
        let digits = self.expect(TokenKind::Integer, "a number")?;
        let value = digits.of(self.text).parse().map_err(|_| too_large)?;
        Ok(self.expr(start, ExprKind::Int(value)))
    }

    fn name_or_call(&mut self, allowed: Allowed) -> Parse<ExprId> {
        let start = self.start();
        let name = self.identifier("the name of a variable or function")?;
        let kind = match self.peek() {
            TokenKind::LeftParen => ExprKind::Call(Box::new(Call { name, args: self.call_arguments(allowed) })),
            TokenKind::Arrow => ExprKind::Lambda { params: Box::new([name]), body: self.lambda_body() },
            _ => ExprKind::Name,
        };
        Ok(self.expr(start, kind))
    }

    /// The `=>` and what stands behind it.
    pub(super) fn lambda_body(&mut self) -> ExprId {
        self.bump();
        let body = self.after_newlines();
        let is_body = !NOT_A_BODY.contains(&self.tokens.range(body).of(self.text));
        self.skip_newlines_if(body, is_body);
        self.recover_expr(PAREN_OR_NEWLINE, false, |p| p.expression(VALUE))
    }

    fn parenthesised_or_lambda(&mut self, allowed: Allowed) -> Parse<ExprId> {
        let start = self.start();
        let list = self.parenthesised(true, |p| p.expression(allowed), Self::error_expr)?;
        if self.is_at(TokenKind::Arrow) {
            let params = self.names(&list.items);
            let body = self.lambda_body();
            return Ok(self.expr(start, ExprKind::Lambda { params, body }));
        }
        let inner = self.single(start, list);
        Ok(self.expr(start, ExprKind::Paren(inner)))
    }

    /// The one expression that a pair of parentheses must hold.
    fn single(&mut self, start: NodeStart, list: super::list::Parenthesised<ExprId>) -> ExprId {
        let range = self.range_from(start);
        match list.items[..] {
            [inner] if list.commas == 0 => {
                if list.newlines {
                    self.report_range(range, "an expression in parentheses must start and end on their lines");
                }
                inner
            }
            _ => {
                self.report_range(range, "parentheses must contain exactly one expression");
                self.error_expr(TextRange::new(range.start + 1, range.end.max(range.start + 1)))
            }
        }
    }

    /// The parameters of a lambda or loop, which were read as expressions.
    fn names(&mut self, items: &[ExprId]) -> Box<[Name]> {
        let mut names = Vec::with_capacity(items.len());
        for item in items {
            let expr = &self.exprs[item.0 as usize];
            match expr.kind {
                ExprKind::Name => names.push(expr.range),
                ExprKind::Error => {}
                _ => self.report_range(expr.range, "expected a name"),
            }
        }
        exact(&names)
    }

    /// A string of any form; where none stands, the failure names `expected`. A string that the lexer
    /// found to be malformed is an `Error` node.
    pub(super) fn string(&mut self, expected: &'static str) -> Parse<ExprId> {
        use TokenKind as K;
        let start = self.start();
        let mut malformed = self.is_malformed();
        if self.is_at(K::StringComplete) {
            self.bump();
            return Ok(self.string_node(start, malformed, ExprKind::Str));
        }
        if !self.is_at(K::StringLeftPiece) {
            return Err(self.unexpected(expected));
        }
        let mut pieces = vec![Piece::Text(self.bump())];
        loop {
            pieces.push(Piece::Hole(self.hole()));
            malformed |= self.is_malformed();
            let last = self.is_at(K::StringRightPiece);
            if !last && !self.is_at(K::StringMiddlePiece) {
                // The line ended in the hole; the lexer has reported that.
                return Ok(self.string_node(start, true, ExprKind::Error));
            }
            pieces.push(Piece::Text(self.bump()));
            if last {
                return Ok(self.string_node(start, malformed, ExprKind::Interpolation(exact(&pieces))));
            }
        }
    }

    fn string_node(&mut self, start: NodeStart, malformed: bool, kind: ExprKind) -> ExprId {
        if malformed {
            self.errors += 1;
            return self.error_expr(self.range_from(start));
        }
        self.expr(start, kind)
    }

    fn is_malformed(&self) -> bool {
        self.malformed.binary_search(&(self.at as u32)).is_ok()
    }

    /// A string that must be there and be well-formed: the type of a resource, a path, a key.
    pub(super) fn required_string(&mut self, expected: &'static str) -> Parse<ExprId> {
        let failure = self.unexpected(expected);
        let string = self.string(expected)?;
        if self.is_error(string) { Err(failure) } else { Ok(string) }
    }

    /// The expression in a hole, and with it whatever else stands up to the end of the hole.
    fn hole(&mut self) -> ExprId {
        let start = self.at;
        let value = self.recover_expr(HOLE_END, false, |p| p.expression(PLAIN));
        if HOLE_END.contains(self.peek()) || self.is_at_end() {
            return value;
        }
        self.report(self.at, ParseMessage::Expected("`}` at the end of the hole"));
        self.skip_to(HOLE_END);
        self.error_expr(self.skipped_since(start))
    }

    fn array(&mut self) -> ExprId {
        const STOPS: KindSet = SQUARE_OR_NEWLINE.and(TokenKind::Comma);
        let start = self.start();
        let mut items = Vec::new();
        let open = self.bump();
        self.elements(open, TokenKind::RightSquare, false, |p| {
            items.push(match p.accept(TokenKind::Ellipsis) {
                Some(dots) => Item::Spread { dots, value: p.recover_expr(STOPS, false, |p| p.expression(VALUE)) },
                None => Item::Value(p.recover_expr(SQUARE_OR_NEWLINE, false, |p| p.expression(VALUE))),
            });
        });
        self.expr(start, ExprKind::Array(exact(&items)))
    }

    /// An object; the current token is its brace.
    pub(super) fn object(&mut self, allowed: Allowed) -> ExprId {
        let start = self.start();
        let mut members = Vec::new();
        let open = self.bump();
        self.elements(open, TokenKind::RightBrace, allowed.resources, |p| members.push(p.object_member(allowed)));
        self.expr(start, ExprKind::Object(exact(&members)))
    }

    /// An object that must be there.
    pub(super) fn required_object(&mut self, allowed: Allowed) -> Parse<ExprId> {
        if self.is_at(TokenKind::LeftBrace) { Ok(self.object(allowed)) } else { Err(self.unexpected("`{`")) }
    }

    fn object_member(&mut self, allowed: Allowed) -> Member {
        const SPREAD_STOPS: KindSet = BRACE_OR_NEWLINE.and(TokenKind::Comma);
        if allowed.resources && self.is_at_nested_resource() {
            return self
                .recover(BRACE_OR_NEWLINE, false, Self::nested_resource)
                .map_or_else(Member::Error, Member::Nested);
        }
        if let Some(dots) = self.accept(TokenKind::Ellipsis) {
            return Member::Spread { dots, value: self.recover_expr(SPREAD_STOPS, false, |p| p.expression(VALUE)) };
        }
        let key = self.recover_expr(BRACE_OR_NEWLINE.and(TokenKind::Colon), false, |p| p.key("a property name"));
        let quiet = self.is_error(key);
        let colon = self.recover(BRACE_OR_NEWLINE, quiet, |p| p.expect(TokenKind::Colon, "`:`"));
        let value = self.recover_expr(BRACE_OR_NEWLINE, colon.is_err(), |p| p.expression(VALUE));
        Member::Property { key, value }
    }

    /// `resource name` (and not a property called `resource`), or a decorator.
    fn is_at_nested_resource(&self) -> bool {
        self.is_at(TokenKind::At)
            || self.is_at_keyword("resource") && self.tokens.kind(self.next()) == TokenKind::Identifier
    }

    /// A name or a string.
    pub(super) fn key(&mut self, expected: &'static str) -> Parse<ExprId> {
        let start = self.start();
        if self.accept(TokenKind::Identifier).is_some() {
            return Ok(self.expr(start, ExprKind::Name));
        }
        self.required_string(expected)
    }

    fn is_at_for(&mut self) -> bool {
        let mut at = self.next();
        while self.tokens.kind(at) == TokenKind::NewLine {
            at = self.significant(at + 1);
        }
        self.is_keyword(at, "for")
    }

    /// `[for … in …: …]`; of a resource or module (`is_body`), where an item is an object or an `if`.
    pub(super) fn for_loop(&mut self, allowed: Allowed, is_body: bool) -> Parse<ExprId> {
        let start = self.start();
        self.bump();
        self.accept_newlines();
        self.expect_keyword("for", "`for`")?;
        let before = self.errors;
        let (item, index) = self.loop_variables()?;
        let quiet = self.errors > before;
        let keyword = self.recover(SQUARE_OR_NEWLINE, quiet, |p| p.expect_keyword("in", "`in`"));
        let over =
            self.recover_expr(SQUARE_OR_NEWLINE.and(TokenKind::Colon), keyword.is_err(), |p| p.expression(VALUE));
        let quiet = self.is_error(over);
        let stops = SQUARE_OR_NEWLINE.and(TokenKind::LeftBrace);
        let colon = self.recover(stops, quiet, |p| p.expect(TokenKind::Colon, "`:`"));
        let body = self.recover_expr(SQUARE_OR_NEWLINE, colon.is_err(), |p| match p.peek() {
            _ if !is_body => p.expression(Allowed { literals: true, ..allowed }),
            TokenKind::LeftBrace => Ok(p.object(allowed)),
            _ if p.is_at_keyword("if") => p.if_body(allowed, true),
            _ => Err(p.unexpected("`{` or `if`")),
        });
        if !self.is_error(body) {
            self.accept_newlines();
        }
        let quiet = self.is_error(body);
        // What is wrong is reported; the loop is used as far as it goes.
        let _ = self.recover(SQUARE_OR_NEWLINE, quiet, |p| p.expect(TokenKind::RightSquare, "`]`"));
        Ok(self.expr(start, ExprKind::For(Box::new(For { item, index, over, body }))))
    }

    /// `item` or `(item, index)`
    fn loop_variables(&mut self) -> Parse<(Name, Option<Name>)> {
        if let Some(item) = self.accept(TokenKind::Identifier) {
            return Ok((item, None));
        }
        let start = self.start();
        if !self.is_at(TokenKind::LeftParen) {
            self.report(self.at, ParseMessage::Expected("a name or `(item, index)`"));
            return Ok((TextRange::empty(self.previous_end), None));
        }
        let list = self.parenthesised(false, |p| p.expression(PLAIN), Self::error_expr)?;
        let names = self.names(&list.items);
        if names.len() != 2 && !self.is_broken_since(start) {
            self.report_range(self.range_from(start), "expected two names, `(item, index)`");
        }
        let item = names.first().copied().unwrap_or(TextRange::empty(self.previous_end));
        Ok((item, names.get(1).copied()))
    }

    /// `if (condition) object`, the body of a resource, a module or their loop.
    pub(super) fn if_body(&mut self, allowed: Allowed, in_loop: bool) -> Parse<ExprId> {
        const LINE: KindSet = super::NEWLINE;
        let start = self.start();
        self.bump();
        let stops = if in_loop { SQUARE_OR_NEWLINE } else { LINE };
        let condition = self.recover_expr(stops.and(TokenKind::LeftBrace), false, |p| {
            let start = p.start();
            let list =
                p.parenthesised(true, |p| p.expression(Allowed { resources: false, ..allowed }), Self::error_expr)?;
            let inner = p.single(start, list);
            Ok(p.expr(start, ExprKind::Paren(inner)))
        });
        let quiet = self.is_error(condition);
        let body = self.recover_expr(stops, quiet, |p| p.required_object(allowed));
        Ok(self.expr(start, ExprKind::If { condition, body }))
    }
}

pub(super) const fn unary_operator(kind: TokenKind) -> Option<UnaryOperator> {
    match kind {
        TokenKind::Exclamation => Some(UnaryOperator::Not),
        TokenKind::Minus => Some(UnaryOperator::Minus),
        _ => None,
    }
}

/// The operator, and how tightly it binds.
const fn binary_operator(kind: TokenKind) -> Option<(BinaryOperator, u8)> {
    use BinaryOperator as B;
    use TokenKind as K;
    Some(match kind {
        K::Asterisk => (B::Multiply, 7),
        K::Slash => (B::Divide, 7),
        K::Modulo => (B::Modulo, 7),
        K::Plus => (B::Add, 6),
        K::Minus => (B::Subtract, 6),
        K::LeftChevron => (B::Less, 5),
        K::LessThanOrEqual => (B::LessOrEqual, 5),
        K::RightChevron => (B::Greater, 5),
        K::GreaterThanOrEqual => (B::GreaterOrEqual, 5),
        K::Equals => (B::Equals, 4),
        K::NotEquals => (B::NotEquals, 4),
        K::EqualsInsensitive => (B::EqualsInsensitive, 4),
        K::NotEqualsInsensitive => (B::NotEqualsInsensitive, 4),
        K::LogicalAnd => (B::And, 3),
        K::LogicalOr => (B::Or, 2),
        K::DoubleQuestion => (B::Coalesce, 1),
        _ => return None,
    })
}
