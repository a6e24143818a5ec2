//! Changes of a Bicep file, in its own style. What is changed how, and what is refused: see [`crate::patch`].
//!
//! Members on lines of their own have no commas between them, those on one line have. A key gets quotes only if it is
//! no name. A new member goes before nested resources.

use std::borrow::Cow;

use super::{Expr, ExprId, ExprKind, Item, Member, StringForm, TokenKind, Tree, UnaryOperator};
use crate::patch::{self, Change, Element, Keys, NewValue, PatchReason, PatchRefusal, Syntax, Trivia, View};
use crate::source::{Edit, TextRange};

/// Makes edits of one parsed file.
#[derive(Debug, Clone, Copy)]
pub struct Patcher<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree,
}

/// Longest name that the compiler accepts.
const MAX_NAME: usize = 255;

impl<'t> Patcher<'t> {
    /// A patcher for `text`, from which `tree` was parsed.
    pub const fn new(text: &'t str, tree: &'t Tree) -> Self {
        Self { text, tree }
    }

    /// The edits that apply `change` to `object`; none if it is as wanted. An object is also the body of a resource or
    /// module with a loop or a condition; the change is then one of every instance.
    ///
    /// # Errors
    /// When what stands there does not decide the value, or not alone.
    pub fn change(&self, object: ExprId, change: &Change) -> Result<Vec<Edit>, PatchRefusal> {
        patch::change(self, self.object_of(object), change)
    }

    /// The edits that remove the member at `path` from `object`, which may be a body as for [`Patcher::change`].
    ///
    /// # Errors
    /// When it is not there, or something else may be it, too.
    pub fn remove(&self, object: ExprId, path: &[&str]) -> Result<Vec<Edit>, PatchRefusal> {
        patch::remove(self, self.object_of(object), path)
    }

    /// The edit that puts `value` in the place of `expr`; none if it stands there. That it may stand there, as an
    /// operand for example, is for the caller to know.
    pub fn replace(&self, expr: ExprId, value: &NewValue) -> Option<Edit> {
        patch::replace(self, expr, value)
    }

    fn expr(&self, id: ExprId) -> &'t Expr {
        self.tree.expr(id)
    }

    fn slice(&self, range: TextRange) -> &'t str {
        range.of(self.text)
    }

    /// The value of the string without holes at `range`.
    fn string(&self, range: TextRange) -> Cow<'t, str> {
        let token = self.slice(range);
        StringForm::of(token).value(token)
    }

    /// The object in the body of a resource or module.
    fn object_of(&self, body: ExprId) -> ExprId {
        match &self.expr(body).kind {
            ExprKind::For(each) => self.object_of(each.body),
            ExprKind::If { body, .. } => self.object_of(*body),
            _ => body,
        }
    }

    fn member(&self, member: Member) -> Element<'t, ExprId> {
        let (start, keys, value) = match member {
            Member::Property { key, value } => {
                let Expr { kind, range, .. } = self.expr(key);
                let keys = match kind {
                    ExprKind::Name => Keys::Name(Cow::Borrowed(self.slice(*range))),
                    ExprKind::Str => Keys::Name(self.string(*range)),
                    _ => Keys::Unknown(PatchReason::ComputedKey),
                };
                return Element { range: range.cover(self.expr(value).range), keys, value: Some(value) };
            }
            Member::Spread { dots, value } => (dots, Keys::Unknown(PatchReason::Spread), self.expr(value).range),
            Member::Nested(statement) => {
                let range = self.tree.statement(statement).range;
                (range, Keys::None, range)
            }
            Member::Error(range) => (range, Keys::Unknown(PatchReason::SyntaxError), range),
        };
        Element { range: start.cover(value), keys, value: None }
    }

    fn item(&self, item: Item) -> Element<'t, ExprId> {
        match item {
            Item::Value(value) => Element { range: self.expr(value).range, keys: Keys::None, value: Some(value) },
            Item::Spread { dots, value } => {
                Element { range: dots.cover(self.expr(value).range), keys: Keys::None, value: None }
            }
        }
    }

    /// What a token that is no part of an element is.
    fn trivia_kind(&self, kind: TokenKind, range: TextRange) -> Trivia {
        match kind {
            TokenKind::Whitespace => Trivia::Blank,
            TokenKind::Comma => Trivia::Comma,
            TokenKind::LineComment | TokenKind::BlockComment => Trivia::Comment,
            TokenKind::Pragma if self.slice(range).starts_with("#disable-next-line") => Trivia::NextLine,
            _ => Trivia::Directive,
        }
    }
}

impl Syntax for Patcher<'_> {
    type Node = ExprId;

    const LINES_HAVE_COMMAS: bool = false;

    fn text(&self) -> &str {
        self.text
    }

    fn range(&self, node: ExprId) -> TextRange {
        self.expr(node).range
    }

    fn view(&self, node: ExprId) -> View {
        let expr = self.expr(node);
        match &expr.kind {
            _ if expr.broken => View::Other(PatchReason::SyntaxError),
            ExprKind::Null => View::Null,
            ExprKind::Object(_) => View::Object,
            ExprKind::Array(_) => View::Array,
            ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Str | ExprKind::Interpolation(_) => {
                View::Other(PatchReason::OtherType)
            }
            ExprKind::For(_) => View::Other(PatchReason::Loop),
            ExprKind::If { .. } | ExprKind::Ternary { .. } => View::Other(PatchReason::Condition),
            ExprKind::Name | ExprKind::Chain { .. } => View::Other(PatchReason::Reference),
            ExprKind::Paren(_)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Lambda { .. }
            | ExprKind::Call(_) => View::Other(PatchReason::Computed),
            ExprKind::Error => View::Other(PatchReason::SyntaxError),
        }
    }

    fn elements(&self, container: ExprId) -> Vec<Element<'_, ExprId>> {
        match &self.expr(container).kind {
            ExprKind::Object(members) => members.iter().map(|member| self.member(*member)).collect(),
            ExprKind::Array(items) => items.iter().map(|item| self.item(*item)).collect(),
            _ => Vec::new(),
        }
    }

    fn position(&self, elements: &[Element<'_, ExprId>], key: Option<&str>) -> usize {
        let is_nested = |element: &Element<'_, ExprId>| key.is_some() && matches!(element.keys, Keys::None);
        elements.iter().rposition(|element| !is_nested(element)).map_or(0, |last| last + 1)
    }

    fn trivia(&self, gap: TextRange) -> Vec<(Trivia, TextRange)> {
        let tokens = &self.tree.tokens;
        let mut found = Vec::new();
        for at in tokens.at_offset(gap.start)..tokens.len() {
            let range = tokens.range(at);
            if range.start >= gap.end {
                break;
            }
            match tokens.kind(at) {
                TokenKind::NewLine => found.extend(newlines(self.text, range).map(|range| (Trivia::Newline, range))),
                kind => found.push((self.trivia_kind(kind, range), range)),
            }
        }
        found
    }

    fn is_scalar(&self, node: ExprId, value: &NewValue) -> bool {
        let Expr { kind, range, .. } = self.expr(node);
        match (value, kind) {
            (NewValue::Bool(new), ExprKind::Bool(old)) => old == new,
            (NewValue::Int(new), ExprKind::Int(old)) => i64::try_from(*old) == Ok(*new),
            (NewValue::Int(new), ExprKind::Unary(UnaryOperator::Minus, operand)) => match self.expr(*operand).kind {
                ExprKind::Int(old) => 0_i64.checked_sub_unsigned(old) == Some(*new),
                _ => false,
            },
            (NewValue::String(new), ExprKind::Str) => self.string(*range) == *new,
            (NewValue::Expression(new), _) => self.slice(*range) == new,
            _ => false,
        }
    }

    fn colon(&self, _container: ExprId) -> &str {
        ": "
    }

    fn is_minified(&self) -> bool {
        false
    }

    fn write_key(&self, key: &str, out: &mut String) {
        let starts_well = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let is_word = starts_well && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_word && key.len() <= MAX_NAME && !matches!(key, "true" | "false" | "null") {
            out.push_str(key);
        } else {
            self.write_string(key, out);
        }
    }

    fn write_string(&self, text: &str, out: &mut String) {
        out.push('\'');
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' | '\'' => out.extend(['\\', character]),
                '$' if characters.peek() == Some(&'{') => out.push_str("\\$"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                control if control.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(control))),
                plain => out.push(plain),
            }
        }
        out.push('\'');
    }

    fn write_expression(&self, expression: &str, out: &mut String) {
        out.push_str(expression);
    }
}

/// The single newlines of a newline token.
fn newlines(text: &str, token: TextRange) -> impl Iterator<Item = TextRange> + '_ {
    let mut rest = token;
    std::iter::from_fn(move || {
        let length = match rest.of(text).as_bytes() {
            [] => return None,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        let newline = TextRange::new(rest.start, rest.start + length);
        rest.start += length;
        Some(newline)
    })
}
