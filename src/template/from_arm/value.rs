//! JSON values: literals, expressions in strings, and arrays made by a `copy` property.

use super::{LoopFrame, Lowering};
use crate::arm::{self, StringContent};
use crate::json::{self, Value, ValueKind};
use crate::source::{Problem, Str, TextRange};
use crate::template::{ExprId, ExprKind, Item, Loop, Member, MemberKey, Over};

impl<'d> Lowering<'_, 'd> {
    pub(super) fn value(&mut self, value: Value<'d>) -> ExprId {
        let kind = match value.kind() {
            ValueKind::Object => {
                let mut members = Vec::new();
                for member in value.members() {
                    self.member(member, &mut members);
                }
                // Copied rather than shrunk in place, which would leave a hole behind each of them.
                ExprKind::Object { members: members.drain(..).collect(), open: value.is_open() }
            }
            ValueKind::Array => {
                let mut items: Vec<_> = value.items().map(|item| Item::Value(self.value(item))).collect();
                ExprKind::Array { items: items.drain(..).collect(), open: value.is_open() }
            }
            ValueKind::String => return self.string(value),
            ValueKind::Null => ExprKind::Null,
            ValueKind::True => ExprKind::Bool(true),
            ValueKind::False => ExprKind::Bool(false),
            ValueKind::Number => self.number(value.raw()),
            ValueKind::Unreadable => ExprKind::Unreadable,
        };
        self.push(kind, value.range())
    }

    /// A value that must be there.
    pub(super) fn value_or_unreadable(&mut self, value: Option<Value<'d>>, otherwise: TextRange) -> ExprId {
        match value {
            Some(value) => self.value(value),
            None => self.unreadable(otherwise),
        }
    }

    pub(super) fn number(&mut self, text: &str) -> ExprKind {
        text.parse().map_or_else(|_| ExprKind::Number(self.shared.strings.get(text)), ExprKind::Int)
    }

    /// A string: itself, or the expression in it.
    pub(super) fn string(&mut self, value: Value<'d>) -> ExprId {
        let text = value.as_str().unwrap_or_default();
        let content = if self.expressions { StringContent::of(value) } else { StringContent::Literal };
        let text = match content {
            StringContent::Literal => &*text,
            StringContent::EscapedLiteral => text.strip_prefix('[').unwrap_or(&text),
            StringContent::Expression(range) => return self.expression(range),
        };
        let text = self.shared.strings.get(text);
        self.push(ExprKind::Str(text), value.range())
    }

    fn expression(&mut self, range: TextRange) -> ExprId {
        let (expr, problems) = arm::parse(self.shared.text, range);
        if problems.is_empty() {
            return self.lower_expr(&expr);
        }
        self.shared.problems.absorb(problems);
        self.unreadable(range)
    }

    /// Adds what `member` stands for: itself, or the arrays that a `copy` property makes.
    pub(super) fn member(&mut self, member: json::Member<'d>, members: &mut Vec<Member>) {
        if self.expressions && member.is_called("copy") && is_property_copy(member.value()) {
            for array in member.value().items() {
                self.property_loop(array, members);
            }
            return;
        }
        let value = self.value(member.value());
        members.push(self.member_with(member, value));
    }

    /// The member with the key of `member` and the value `value`.
    pub(super) fn member_with(&mut self, member: json::Member<'d>, value: ExprId) -> Member {
        let key = self.key(member.key_value());
        Member { key, key_range: member.key_range(), value }
    }

    fn key(&mut self, key: Value<'d>) -> MemberKey {
        match key.kind() {
            ValueKind::String if self.expressions && StringContent::of(key) != StringContent::Literal => {
                let id = self.string(key);
                match &self.template.expr(id).kind {
                    ExprKind::Str(name) => MemberKey::Name(name.clone()),
                    _ => MemberKey::Computed(id),
                }
            }
            _ => MemberKey::Name(self.shared.strings.get(&key.as_str().unwrap_or_default())),
        }
    }

    /// The array property that `{ "name": …, "count": …, "input": … }` makes.
    fn property_loop(&mut self, copy: Value<'d>, members: &mut Vec<Member>) {
        let Some(name) = copy.get_ignore_case("name") else { return };
        let key = self.key(name);
        let loop_name = match &key {
            MemberKey::Name(name) => Some(name.clone()),
            _ => None,
        };
        let value = self.copy_loop(copy, loop_name, true);
        members.push(Member { key, key_range: name.range(), value });
    }

    /// The array that `copy`, which has a `count` and an `input`, makes.
    pub(super) fn copy_loop(&mut self, copy: Value<'d>, name: Option<Str>, of_property: bool) -> ExprId {
        let count = self.value_or_unreadable(copy.get_ignore_case("count"), copy.range());
        self.enter_loop(name, of_property);
        let body = self.value_or_unreadable(copy.get_ignore_case("input"), copy.range());
        let index = self.loops.pop().map(|frame| frame.index);
        let kind = ExprKind::Loop(Box::new(Loop { over: Over::Count(count), item: None, index, body }));
        self.push(kind, copy.range())
    }

    /// Makes a loop the innermost one, until it is popped from `loops`.
    pub(super) fn enter_loop(&mut self, name: Option<Str>, of_property: bool) {
        let local = name.clone().unwrap_or_else(|| self.shared.strings.get("copyIndex"));
        let index = self.template.push_local(local);
        self.loops.push(LoopFrame { name, index, of_property });
    }

    /// Reports what is wrong at `range`.
    pub(super) fn problem(&mut self, range: TextRange, message: impl Into<String>) {
        self.shared.problems.push(Problem::syntax(range, message));
    }
}

/// Whether the value of a property called `copy` describes loops rather than being plain data.
fn is_property_copy(value: Value<'_>) -> bool {
    let is_loop = |item: Value<'_>| {
        item.get_ignore_case("name").is_some_and(|name| name.kind() == ValueKind::String)
            && item.get_ignore_case("input").is_some()
    };
    value.kind() == ValueKind::Array && value.items().next().is_some() && value.items().all(is_loop)
}
