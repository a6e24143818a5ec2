//! Statements, decorators and the program.

use super::expression::{RESOURCE_BODY, VALUE};
use super::{NEWLINE, NodeStart, Parse, ParseFailure, ParseMessage, Parser, Recovered};
use crate::bicep::FileKind;
use crate::bicep::token::{KindSet, TokenKind};
use crate::bicep::tree::{
    Call, Decorator, ExprId, ExprKind, FuncParam, ImportItem, Imported, Link, LinkKind, Name, Statement, StatementId,
    StatementKind,
};
use crate::source::TextRange;

const ASSIGNMENT: KindSet = NEWLINE.and(TokenKind::Assignment);
const STRING: KindSet = NEWLINE.and(TokenKind::StringComplete).and(TokenKind::StringLeftPiece);

impl Parser<'_> {
    /// The whole file.
    pub(super) fn program(&mut self) {
        while !self.is_at_end() {
            if self.accept(TokenKind::NewLine).is_some() {
                continue;
            }
            self.muted = false;
            let start = self.at;
            let errors = self.start();
            let statement = self.recover(NEWLINE, false, |p| p.declaration(None));
            let id = statement.unwrap_or_else(|range| {
                let keyword = self.tokens.range(start);
                self.push_statement(Statement {
                    kind: StatementKind::Error,
                    range,
                    keyword,
                    decorators: Box::default(),
                    broken: self.is_broken_since(errors),
                })
            });
            self.top.push(id);
            let kind = &self.statements[id.0 as usize].kind;
            let complete = !matches!(kind, StatementKind::Error | StatementKind::Missing);
            if complete && !self.is_at_end() {
                self.expect_newline("a new line");
            }
        }
    }

    /// A resource in the body of another.
    pub(super) fn nested_resource(&mut self) -> Parse<StatementId> {
        self.nested(
            |p| p.declaration(Some("resource")),
            |p, range| {
                let decorators = Box::default();
                p.push_statement(Statement {
                    kind: StatementKind::Error,
                    range,
                    keyword: range,
                    decorators,
                    broken: true,
                })
            },
        )
    }

    /// A statement with its decorators; with `only`, no other than that.
    fn declaration(&mut self, only: Option<&str>) -> Parse<StatementId> {
        let start = self.start();
        let decorators = self.decorators();
        let word = self.tokens.range(self.at);
        let is_word = self.is_at(TokenKind::Identifier) && only.is_none_or(|only| self.is_at_keyword(only));
        let statement = match self.kind {
            _ if !is_word => None,
            FileKind::Bicep => self.template_statement(word.of(self.text)),
            FileKind::Params => self.parameter_file_statement(word.of(self.text)),
        };
        let (kind, keyword) = match statement {
            Some(statement) => (statement?, word),
            None => {
                let Some(last) = decorators.last() else { return Err(self.no_statement()) };
                self.report_range(last.range, "expected a declaration behind the decorator");
                (StatementKind::Missing, TextRange::empty(self.previous_end))
            }
        };
        let (range, broken) = (self.range_from(start), self.is_broken_since(start));
        Ok(self.push_statement(Statement { kind, range, keyword, decorators, broken }))
    }

    fn no_statement(&self) -> ParseFailure {
        self.unexpected(match self.kind {
            FileKind::Bicep => "a statement such as `param`, `var`, `resource`, `module` or `output`",
            FileKind::Params => "a statement such as `using`, `param` or `var`",
        })
    }

    fn push_statement(&mut self, statement: Statement) -> StatementId {
        self.statements.push(statement);
        StatementId(self.statements.len() as u32 - 1)
    }

    /// The statement that `keyword` starts in a template, if any does.
    fn template_statement(&mut self, keyword: &str) -> Option<Parse<StatementKind>> {
        Some(Ok(match keyword {
            "targetScope" => {
                self.bump();
                let value = self.assigned(false);
                StatementKind::TargetScope { value }
            }
            "metadata" => {
                let (name, value) = self.named_value("the name of the metadata");
                StatementKind::Metadata { name, value }
            }
            "assert" => {
                let (name, value) = self.named_value("the name of the assertion");
                StatementKind::Assert { name, value }
            }
            "param" => self.param(),
            "var" => self.var(),
            "output" => self.output(),
            "type" => self.type_alias(),
            "func" => self.func(),
            "resource" => self.resource(),
            "module" => self.module(),
            "test" => self.test(),
            "extension" => self.extension(),
            "import" => {
                let next = self.tokens.kind(self.next());
                if matches!(next, TokenKind::StringComplete | TokenKind::StringLeftPiece) {
                    self.extension()
                } else {
                    return Some(self.import());
                }
            }
            _ => return None,
        }))
    }

    /// The statement that `keyword` starts in a parameter file, if any does.
    fn parameter_file_statement(&mut self, keyword: &str) -> Option<Parse<StatementKind>> {
        Some(Ok(match keyword {
            "using" => return Some(self.using()),
            "extends" => {
                self.bump();
                let path = self.recover_expr(NEWLINE, false, |p| p.required_string("the path of a parameter file"));
                StatementKind::Extends { path }
            }
            "param" => {
                self.bump();
                let name = self.name(ASSIGNMENT.and(TokenKind::Identifier), "the name of the parameter");
                let value = Some(self.assigned(name.is_err()));
                StatementKind::Param { name: self.name_or_empty(name), ty: None, value }
            }
            "var" => self.var(),
            "type" => self.type_alias(),
            "import" => return Some(self.import()),
            "extension" => self.extension(),
            "extensionConfig" => {
                self.bump();
                let alias = self.name(ASSIGNMENT.and(TokenKind::Identifier), "the alias of an extension");
                let config = self.with_clause(alias.is_err(), "`with`");
                StatementKind::ExtensionConfig { alias: self.name_or_empty(alias), config }
            }
            _ => return None,
        }))
    }

    /// A name; where none stands, tokens up to `stops` are passed over.
    fn name(&mut self, stops: KindSet, expected: &'static str) -> Recovered<Name> {
        self.recover(stops, false, |p| p.identifier(expected))
    }

    fn name_or_empty(&self, name: Recovered<Name>) -> Name {
        name.unwrap_or_else(|skipped| TextRange::empty(skipped.start))
    }

    /// `= value`
    fn assigned(&mut self, quiet: bool) -> ExprId {
        let sign = self.recover(NEWLINE, quiet, |p| p.expect(TokenKind::Assignment, "`=`"));
        self.value(sign.is_err())
    }

    /// `keyword name = value`
    fn named_value(&mut self, expected: &'static str) -> (Name, ExprId) {
        self.bump();
        let name = self.name(ASSIGNMENT, expected);
        let value = self.assigned(name.is_err());
        (self.name_or_empty(name), value)
    }

    fn param(&mut self) -> StatementKind {
        const STOPS: KindSet = ASSIGNMENT.and(TokenKind::LeftBrace);
        self.bump();
        let name = self.name(ASSIGNMENT.and(TokenKind::Identifier), "the name of the parameter");
        let ty = self.recover_type(STOPS, name.is_err(), |p| p.declared_type(false));
        let value = match self.peek() {
            TokenKind::NewLine | TokenKind::EndOfFile => None,
            TokenKind::Assignment => {
                self.bump();
                Some(self.value(false))
            }
            _ => {
                let quiet = self.is_error_type(ty);
                // Nothing can come of it but the report.
                let _ = self.recover(NEWLINE, quiet, |p| Err::<(), _>(p.unexpected("`=` or the end of the line")));
                None
            }
        };
        StatementKind::Param { name: self.name_or_empty(name), ty: Some(ty), value }
    }

    fn var(&mut self) -> StatementKind {
        self.bump();
        let name = self.name(ASSIGNMENT.and(TokenKind::Identifier), "the name of the variable");
        let mut quiet = name.is_err();
        let ty = match self.peek() {
            TokenKind::EndOfFile | TokenKind::NewLine | TokenKind::Assignment => None,
            _ => Some(self.recover_type(ASSIGNMENT, quiet, |p| p.declared_type(false))),
        };
        quiet |= ty.is_some_and(|ty| self.is_error_type(ty));
        let value = self.assigned(quiet);
        StatementKind::Var { name: self.name_or_empty(name), ty, value }
    }

    fn output(&mut self) -> StatementKind {
        self.bump();
        let name = self.name(ASSIGNMENT.and(TokenKind::Identifier), "the name of the output");
        let ty = self.recover_type(ASSIGNMENT, name.is_err(), |p| p.declared_type(true));
        let quiet = self.is_error_type(ty);
        let value = self.assigned(quiet);
        StatementKind::Output { name: self.name_or_empty(name), ty, value }
    }

    fn type_alias(&mut self) -> StatementKind {
        self.bump();
        let name = self.name(ASSIGNMENT, "the name of the type");
        let quiet = name.is_err();
        let sign = self.recover(NEWLINE, quiet, |p| p.expect(TokenKind::Assignment, "`=`"));
        let value = self.recover_type(NEWLINE, quiet || sign.is_err(), |p| p.declared_type(false));
        StatementKind::Type { name: self.name_or_empty(name), value }
    }

    fn func(&mut self) -> StatementKind {
        const STOPS: KindSet = KindSet::of(&[TokenKind::NewLine, TokenKind::Comma, TokenKind::RightParen]);
        const RESULT: KindSet = KindSet::of(&[TokenKind::NewLine, TokenKind::RightParen]);
        self.bump();
        let name = self.name(ASSIGNMENT, "the name of the function");
        let params = self.recover(NEWLINE, name.is_err(), |p| {
            let param = |p: &mut Self| {
                let name = p.identifier_or_missing("the name of a parameter");
                Ok(FuncParam { name, ty: p.parameter_type(STOPS) })
            };
            p.parenthesised(true, param, |p, skipped| FuncParam {
                name: TextRange::empty(skipped.start),
                ty: p.error_type(skipped),
            })
        });
        let Ok(params) = params else {
            let returns = self.missing_type();
            let body = self.error_expr(TextRange::empty(self.previous_end));
            return StatementKind::Func { name: self.name_or_empty(name), params: Box::default(), returns, body };
        };
        let returns = self.parameter_type(RESULT.and(TokenKind::Arrow));
        let body = if self.is_at(TokenKind::Arrow) {
            self.lambda_body()
        } else {
            let quiet = self.is_error_type(returns);
            self.recover_expr(RESULT, quiet, |p| Err(p.unexpected("`=>`")))
        };
        StatementKind::Func { name: self.name_or_empty(name), params: params.items.into(), returns, body }
    }

    /// The name, string and `=` that start a resource, module or test, and whether the `=` is missing.
    fn head(&mut self, name: &'static str, string: &'static str) -> (Name, ExprId, Option<TextRange>, bool) {
        let is_resource = self.is_at_keyword("resource");
        self.bump();
        let name = self.name(STRING, name);
        let string = self.recover_expr(ASSIGNMENT, name.is_err(), |p| p.required_string(string));
        let existing = if is_resource { self.accept_keyword("existing") } else { None };
        let quiet = self.is_error(string);
        let stops = NEWLINE.and(TokenKind::LeftBrace);
        let sign = self.recover(stops, quiet, |p| p.expect(TokenKind::Assignment, "`=`"));
        if sign.is_ok() {
            let at = self.after_newlines();
            let is_if = self.is_keyword(at, "if");
            self.skip_newlines_if(at, is_if);
        }
        (self.name_or_empty(name), string, existing, sign.is_err())
    }

    fn resource(&mut self) -> StatementKind {
        let (name, ty, existing, quiet) = self.head("the symbolic name of the resource", "a resource type in quotes");
        let body = self.recover_expr(NEWLINE, quiet, |p| match p.peek() {
            TokenKind::LeftBrace => Ok(p.object(RESOURCE_BODY)),
            TokenKind::LeftSquare => p.for_loop(RESOURCE_BODY, true),
            _ if p.is_at_keyword("if") => p.if_body(RESOURCE_BODY, false),
            _ => Err(p.unexpected("`{`, `[` or `if`")),
        });
        StatementKind::Resource { name, ty, existing, body }
    }

    fn module(&mut self) -> StatementKind {
        let (name, reference, _, quiet) =
            self.head("the symbolic name of the module", "the path of a module in quotes");
        let body = self.recover_expr(NEWLINE, quiet, |p| match p.peek() {
            TokenKind::LeftBrace => Ok(p.object(VALUE)),
            TokenKind::LeftSquare => p.for_loop(VALUE, true),
            _ if p.is_at_keyword("if") => p.if_body(VALUE, false),
            _ => Err(p.unexpected("`{`, `[` or `if`")),
        });
        StatementKind::Module { name, reference, body }
    }

    fn test(&mut self) -> StatementKind {
        let (name, reference, _, quiet) = self.head("the name of the test", "the path of a file in quotes");
        let body = self.recover_expr(NEWLINE, quiet, |p| p.required_object(VALUE));
        StatementKind::Test { name, reference, body }
    }

    fn extension(&mut self) -> StatementKind {
        self.bump();
        let start = self.start();
        let spec = if self.accept(TokenKind::Identifier).is_some() {
            self.expr(start, ExprKind::Name)
        } else {
            self.recover_expr(NEWLINE, false, |p| p.required_string("the name of an extension"))
        };
        let config = match self.peek() {
            TokenKind::EndOfFile | TokenKind::NewLine => None,
            _ if self.is_at_keyword("as") => None,
            _ => {
                let quiet = self.is_error(spec);
                Some(self.with_clause(quiet, "`with`, `as` or a new line"))
            }
        };
        let alias = match self.peek() {
            TokenKind::EndOfFile | TokenKind::NewLine => None,
            _ => {
                let alias = self.recover(NEWLINE, false, |p| {
                    p.expect_keyword("as", "`with`, `as` or a new line")?;
                    p.identifier("an alias")
                });
                Some(self.name_or_empty(alias))
            }
        };
        StatementKind::Extension { spec, config, alias }
    }

    /// `with object`
    fn with_clause(&mut self, quiet: bool, expected: &'static str) -> ExprId {
        self.recover_expr(NEWLINE, quiet, |p| {
            p.expect_keyword("with", expected)?;
            Ok(p.recover_expr(NEWLINE, false, |p| p.required_object(VALUE)))
        })
    }

    fn import(&mut self) -> Parse<StatementKind> {
        const EXPECTED: &str = "`{ names }` or `* as name`";
        self.bump();
        let what = match self.peek() {
            TokenKind::LeftBrace => self.import_list(),
            TokenKind::Asterisk => {
                let name = self.recover(NEWLINE, false, |p| {
                    p.bump();
                    p.expect_keyword("as", "`as`")?;
                    p.identifier("a name for the imported file")
                });
                name.map_or(Imported::Error, Imported::All)
            }
            kind => {
                self.report(self.at, ParseMessage::Expected(EXPECTED));
                if !matches!(kind, TokenKind::Identifier | TokenKind::NewLine) {
                    self.bump();
                }
                Imported::Error
            }
        };
        let from = self.recover_expr(NEWLINE, false, |p| {
            p.expect_keyword("from", "`from`")?;
            Ok(p.recover_expr(NEWLINE, false, |p| p.required_string("the path of a file in quotes")))
        });
        Ok(StatementKind::Import { what, from })
    }

    fn import_list(&mut self) -> Imported {
        let mut items = Vec::new();
        let open = self.bump();
        self.elements(open, TokenKind::RightBrace, false, |p| items.extend(p.import_item()));
        Imported::Names(items.into())
    }

    fn import_item(&mut self) -> Option<ImportItem> {
        const STOPS: KindSet = KindSet::of(&[TokenKind::Comma, TokenKind::NewLine, TokenKind::RightBrace]);
        let start = self.start();
        let quoted = self.is_at(TokenKind::StringComplete);
        match self.peek() {
            TokenKind::Identifier | TokenKind::StringComplete => {
                self.bump();
            }
            _ => {
                self.report(self.at, ParseMessage::Expected("the name of something that the other file exports"));
                self.bump();
                return None;
            }
        }
        let original = self.range_from(start);
        let alias = self.accept_keyword("as").map(|_| {
            let alias = self.name(STOPS, "a name");
            self.name_or_empty(alias)
        });
        if quoted && alias.is_none() {
            self.report_range(original, "a quoted name needs `as` and a name behind it");
        }
        Some(ImportItem { original, alias })
    }

    fn using(&mut self) -> Parse<StatementKind> {
        self.bump();
        let reference = match self.peek() {
            TokenKind::Identifier => {
                self.expect_keyword("none", "the path of a template in quotes, or `none`")?;
                None
            }
            TokenKind::StringComplete => Some(self.required_string("the path of a template in quotes")?),
            _ => {
                self.report(self.at, ParseMessage::Expected("the path of a template in quotes, or `none`"));
                Some(self.error_expr(TextRange::empty(self.previous_end)))
            }
        };
        let config = match self.peek() {
            TokenKind::EndOfFile | TokenKind::NewLine => None,
            _ => {
                let quiet = reference.is_some_and(|reference| self.is_error(reference));
                Some(self.with_clause(quiet, "`with` or a new line"))
            }
        };
        Ok(StatementKind::Using { reference, config })
    }

    /// Decorators, each on lines of its own.
    pub(super) fn decorators(&mut self) -> Box<[Decorator]> {
        let mut decorators = Vec::new();
        while self.is_at(TokenKind::At) {
            decorators.push(self.decorator());
            let expected = "a new line behind the decorator";
            match self.peek() {
                TokenKind::EndOfFile => break,
                // The declaration stands on the same line. (The compiler would pass over it.)
                TokenKind::Identifier | TokenKind::At => self.report(self.at, ParseMessage::Expected(expected)),
                _ => self.expect_newline(expected),
            }
            self.accept_newlines();
        }
        decorators.into()
    }

    fn decorator(&mut self) -> Decorator {
        let start = self.start();
        self.bump();
        let value = self.recover_expr(NEWLINE, false, |p| {
            let start = p.start();
            let base = p.decorator_name("the name of a decorator")?;
            let mut links = Vec::new();
            while p.is_at(TokenKind::Dot) {
                links.push(p.decorator_link());
            }
            if links.is_empty() {
                return Ok(base);
            }
            Ok(p.expr(start, ExprKind::Chain { base, links: links.into() }))
        });
        Decorator { range: self.range_from(start), value }
    }

    fn decorator_name(&mut self, expected: &'static str) -> Parse<ExprId> {
        let start: NodeStart = self.start();
        let name = self.identifier(expected)?;
        let kind = if self.is_at(TokenKind::LeftParen) {
            ExprKind::Call(Box::new(Call { name, args: self.call_arguments(VALUE) }))
        } else {
            ExprKind::Name
        };
        Ok(self.expr(start, kind))
    }

    /// `.name` or `.name(…)`
    fn decorator_link(&mut self) -> Link {
        let start = self.start();
        self.bump();
        let name = self.identifier_or_missing("the name of a decorator");
        let kind = if self.is_at(TokenKind::LeftParen) {
            LinkKind::Method { name, args: self.call_arguments(VALUE) }
        } else {
            LinkKind::Member(name)
        };
        Link { kind, safe: false, range: self.range_from(start) }
    }
}
