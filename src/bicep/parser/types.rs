//! Types.

use super::expression::{PLAIN, unary_operator};
use super::list::exact;
use super::{ENDS, Parse, ParseMessage, Parser};
use crate::bicep::token::{KindSet, TokenKind};
use crate::bicep::tree::{ExprId, ExprKind, TypeId, TypeItem, TypeKind, TypeMember};
use crate::source::TextRange;

impl Parser<'_> {
    /// The type of a parameter, variable, output or function; `resource` alone is one of an output.
    pub(super) fn declared_type(&mut self, is_output: bool) -> Parse<TypeId> {
        const STOPS: KindSet = super::NEWLINE.and(TokenKind::Assignment);
        if !self.is_at_keyword("resource") || self.tokens.kind(self.next()) == TokenKind::LeftChevron {
            return self.type_expression();
        }
        let start = self.start();
        self.bump();
        let has_string = matches!(self.peek(), TokenKind::StringComplete | TokenKind::StringLeftPiece);
        let ty = (has_string || !is_output)
            .then(|| self.recover_expr(STOPS, false, |p| p.required_string("a resource type in quotes")));
        Ok(self.ty(start, TypeKind::Resource(ty)))
    }

    /// Any type: a union or one of its members.
    pub(super) fn type_expression(&mut self) -> Parse<TypeId> {
        self.nested(Self::union, Self::error_type)
    }

    fn union(&mut self) -> Parse<TypeId> {
        let start = self.start();
        let leading = self.accept_pipe();
        let first = self.nullable()?;
        if !leading && !self.is_at_pipe() {
            return Ok(first);
        }
        let mut members = vec![first];
        while self.accept_pipe() {
            if self.is_at(TokenKind::NewLine) {
                self.report(self.at, ParseMessage::Expected("a type"));
                continue;
            }
            members.push(self.recover_type(ENDS.and(TokenKind::Pipe), false, Self::nullable));
        }
        Ok(self.ty(start, TypeKind::Union(exact(&members))))
    }

    /// A `|`, on this line or at the start of the next.
    fn is_at_pipe(&self) -> bool {
        let newline = self.is_at(TokenKind::NewLine);
        let at = if newline { self.next() } else { self.at };
        self.tokens.kind(at) == TokenKind::Pipe
    }

    fn accept_pipe(&mut self) -> bool {
        let found = self.is_at_pipe();
        if found {
            self.accept_newlines();
            self.bump();
        }
        found
    }

    /// A type and the `?` and `!` behind it.
    fn nullable(&mut self) -> Parse<TypeId> {
        self.watching_height(|p| {
            let start = p.start();
            let mut ty = p.signed()?;
            loop {
                let wrap = match p.peek() {
                    TokenKind::Question => TypeKind::Nullable,
                    TokenKind::Exclamation => TypeKind::NonNull,
                    _ => return Ok(ty),
                };
                if !p.grow() {
                    let skipped = p.skip_too_deep()?;
                    return Ok(p.error_type(skipped));
                }
                p.bump();
                ty = p.ty(start, wrap(ty));
            }
        })
    }

    fn signed(&mut self) -> Parse<TypeId> {
        let start = self.start();
        let Some(operator) = unary_operator(self.peek()) else { return self.member_type() };
        self.bump();
        let operand = self.recover_type(ENDS, false, Self::member_type);
        Ok(self.ty(start, TypeKind::Unary(operator, operand)))
    }

    /// A type and the accesses and `[]` behind it.
    fn member_type(&mut self) -> Parse<TypeId> {
        let start = self.start();
        let mut ty = self.primary_type()?;
        while matches!(self.peek(), TokenKind::LeftSquare | TokenKind::Dot) {
            if !self.grow() {
                let skipped = self.skip_too_deep()?;
                return Ok(self.error_type(skipped));
            }
            let kind = if self.is_at(TokenKind::Dot) { self.dot_type(ty) } else { self.index_type(ty)? };
            ty = self.ty(start, kind);
        }
        Ok(ty)
    }

    /// `.name`, `.name<…>`, `.*`
    fn dot_type(&mut self, base: TypeId) -> TypeKind {
        self.bump();
        if self.accept(TokenKind::Asterisk).is_some() {
            return TypeKind::AdditionalProperties(base);
        }
        let name = self.identifier_or_missing("the name of a property");
        let args = if self.is_at(TokenKind::LeftChevron) { self.type_arguments() } else { Box::default() };
        TypeKind::Member { base, name, args }
    }

    /// `[]`, `[*]`, `[index]`
    fn index_type(&mut self, base: TypeId) -> Parse<TypeKind> {
        self.bump();
        let kind = match self.peek() {
            TokenKind::RightSquare => TypeKind::Array(base),
            TokenKind::Asterisk => {
                self.bump();
                TypeKind::Items(base)
            }
            _ => TypeKind::Index(base, self.expression(PLAIN)?),
        };
        self.expect(TokenKind::RightSquare, "`]`")?;
        Ok(kind)
    }

    fn type_arguments(&mut self) -> Box<[TypeId]> {
        const STOPS: KindSet = KindSet::of(&[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightChevron]);
        let mut args = Vec::new();
        self.bump();
        self.arguments(TokenKind::RightChevron, "`>`", |p| {
            args.push(p.recover_type(STOPS, false, Self::type_expression));
        });
        exact(&args)
    }

    fn primary_type(&mut self) -> Parse<TypeId> {
        use TokenKind as K;
        let start = self.start();
        let literal = |p: &mut Self, kind| {
            p.bump();
            let literal = p.expr(start, kind);
            Ok(TypeKind::Literal(literal))
        };
        let kind = match self.peek() {
            K::Identifier => {
                let name = self.bump();
                if self.is_at(K::LeftChevron) {
                    TypeKind::Generic { name, args: self.type_arguments() }
                } else {
                    TypeKind::Name
                }
            }
            K::StringComplete | K::StringLeftPiece => TypeKind::Literal(self.string("a string")?),
            K::Integer => TypeKind::Literal(self.integer()?),
            K::TrueKeyword => literal(self, ExprKind::Bool(true))?,
            K::FalseKeyword => literal(self, ExprKind::Bool(false))?,
            K::NullKeyword => literal(self, ExprKind::Null)?,
            K::LeftBrace => self.object_type(),
            K::LeftSquare => self.tuple_type(),
            K::LeftParen => self.parenthesised_type()?,
            _ => return Err(self.unexpected("a type")),
        };
        Ok(self.ty(start, kind))
    }

    fn parenthesised_type(&mut self) -> Parse<TypeKind> {
        let start = self.start();
        let list = self.parenthesised(false, Self::type_expression, Self::error_type)?;
        match list.items[..] {
            [inner] if list.commas == 0 => Ok(TypeKind::Paren(inner)),
            _ => {
                self.report_range(self.range_from(start), "parentheses must contain exactly one type");
                Ok(TypeKind::Error)
            }
        }
    }

    fn object_type(&mut self) -> TypeKind {
        let mut members = Vec::new();
        let open = self.bump();
        self.elements(open, TokenKind::RightBrace, true, |p| members.push(p.type_member()));
        TypeKind::Object(exact(&members))
    }

    fn type_member(&mut self) -> TypeMember {
        const STOPS: KindSet = KindSet::of(&[TokenKind::NewLine, TokenKind::RightBrace]);
        let start = self.start();
        let decorators = self.decorators();
        let key = self.recover(STOPS.and(TokenKind::Colon), false, Self::type_key);
        let colon = self.recover(STOPS, key.is_err(), |p| p.expect(TokenKind::Colon, "`:`"));
        let ty = self.recover_type(STOPS, colon.is_err(), Self::type_expression);
        // A missing key stands where the text before ended.
        let range = key.as_ref().err().map_or(self.range_from(start), |skipped| skipped.cover(self.range_from(start)));
        let key = key.unwrap_or_else(|skipped| Some(self.error_expr(skipped)));
        TypeMember { range, decorators, key, ty }
    }

    fn type_key(&mut self) -> Parse<Option<ExprId>> {
        if self.accept(TokenKind::Asterisk).is_some() {
            return Ok(None);
        }
        self.key("a property name or `*`").map(Some)
    }

    fn tuple_type(&mut self) -> TypeKind {
        const STOPS: KindSet = KindSet::of(&[TokenKind::NewLine, TokenKind::RightSquare]);
        let mut items = Vec::new();
        let open = self.bump();
        self.elements(open, TokenKind::RightSquare, true, |p| {
            let start = p.start();
            let decorators = p.decorators();
            let ty = p.recover_type(STOPS, false, Self::type_expression);
            items.push(TypeItem { range: p.range_from(start), decorators, ty });
        });
        TypeKind::Tuple(exact(&items))
    }

    /// A type in a list of parameters; its failure is recovered from here.
    pub(super) fn parameter_type(&mut self, stops: KindSet) -> TypeId {
        self.recover_type(stops, false, |p| p.declared_type(false))
    }

    /// A place where a type is missing.
    pub(super) fn missing_type(&mut self) -> TypeId {
        self.error_type(TextRange::empty(self.previous_end))
    }
}
