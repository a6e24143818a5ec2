//! What is written in a declaration, as text that can stand elsewhere.

use crate::eval::Scope;
use crate::model::World;
use crate::patch::NewValue;
use crate::source::Span;
use crate::template::{ExprId, ExprKind, Language, Member, MemberKey, Template};

/// The member that is written in the object literal `body` at `path`.
pub(super) fn member<'t>(template: &'t Template, body: ExprId, path: &[&str]) -> Option<&'t Member> {
    let (name, rest) = path.split_first()?;
    let ExprKind::Object { members, .. } = &template.expr(body).kind else { return None };
    let is_it = |member: &&Member| matches!(&member.key, MemberKey::Name(key) if key.eq_ignore_ascii_case(name));
    let found = members.iter().rfind(is_it)?;
    match rest {
        [] => Some(found),
        _ => member(template, found.value, rest),
    }
}

/// The text of an expression as it can stand elsewhere in the same template.
pub(super) fn text_of(world: &World<'_, '_>, scope: &Scope, expr: ExprId) -> Option<String> {
    let Span { file, range } = world.eval.span_of(scope.frame, expr);
    let text = world.eval.project.sources.get(file).slice(range);
    match world.eval.frame(scope.frame).template.language {
        Language::Bicep => Some(text.to_owned()),
        // It stands in a JSON string, and will again.
        Language::Arm => serde_json::from_str(&format!("\"{text}\"")).ok(),
    }
}

/// The value of an expression as it is written; `None` for one that has parts of its own in JSON.
pub(super) fn value_of(world: &World<'_, '_>, scope: &Scope, expr: ExprId) -> Option<NewValue> {
    let frame = world.eval.frame(scope.frame);
    match (&frame.template.expr(expr).kind, frame.template.language) {
        (ExprKind::Bool(value), _) => Some(NewValue::Bool(*value)),
        (ExprKind::Null, _) => Some(NewValue::Null),
        (ExprKind::Object { .. } | ExprKind::Array { .. } | ExprKind::Int(_) | ExprKind::Str(_), Language::Arm) => None,
        _ => text_of(world, scope, expr).map(NewValue::Expression),
    }
}
