//! What is known of values that are resource ids.

use crate::eval::term::{Term, TermId};
use crate::eval::{Evaluator, Part, Value};

/// Whether a whole value is a mark that a pipeline replaces before deployment.
pub fn is_placeholder(text: &str) -> bool {
    let between = |open: &str, close: &str| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|inner| !inner.is_empty())
    };
    [("__", "__"), ("#{", "}#"), ("#{", "}"), ("${", "}"), ("$(", ")"), ("<", ">"), ("{{", "}}"), ("%", "%")]
        .into_iter()
        .any(|(open, close)| between(open, close))
}

/// Whether `value` is the id of a resource of type `ty`; `None` when it is not known.
pub fn is_id_of(eval: &Evaluator<'_>, value: &Value, ty: &str) -> Option<bool> {
    match &eval.known(value) {
        Value::Hidden(_) => None,
        Value::Id(id) => Some(id.ty.eq_ignore_ascii_case(ty)),
        Value::Str(text) if is_placeholder(text) => None,
        Value::Str(text) => Some(id_type(text).is_some_and(|found| found.eq_ignore_ascii_case(ty))),
        Value::Text(parts) => {
            // A hole that stands for whole segments leaves the type open; inside one segment it does not.
            let printed: String = parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.to_string(),
                    Part::Hole(term) => hole_text(eval, *term),
                })
                .collect();
            match (id_type(&printed), printed.contains('\u{0}')) {
                (Some(found), _) if found.eq_ignore_ascii_case(ty) => Some(true),
                (_, true) => None,
                (_, false) => Some(false),
            }
        }
        Value::Resource(_) | Value::Unknown(_) | Value::Choice(_) | Value::Error(_) => None,
        _ => Some(false),
    }
}

/// A name that stands for one segment, or a mark that may be anything.
fn hole_text(eval: &Evaluator<'_>, term: TermId) -> String {
    let segment = eval.with_store(|store| match store.get(term) {
        Term::Member(of, name) => {
            let outside = matches!(store.get(*of), Term::Call(function, _) if &**function == "subscription" || &**function == "resourcegroup");
            outside && matches!(&**name, "subscriptionid" | "name")
        }
        _ => false,
    });
    if segment { "x".into() } else { "\u{0}".into() }
}

/// The type in the text of a resource id: `/subscriptions/…/providers/Namespace/type/name`.
fn id_type(text: &str) -> Option<String> {
    let mut segments = text.trim_end_matches('/').split('/');
    if !segments.next()?.is_empty() {
        return None;
    }
    let segments: Vec<&str> = segments.collect();
    let at = segments.iter().rposition(|segment| segment.eq_ignore_ascii_case("providers"))?;
    let behind = segments.get(at + 1..)?;
    // Namespace, then pairs of type and name.
    if behind.len() < 3 || behind.len() % 2 == 0 || segments.iter().any(|segment| segment.is_empty()) {
        return None;
    }
    let types: Vec<&str> = behind[1..].iter().step_by(2).copied().collect();
    Some(format!("{}/{}", behind[0], types.join("/")))
}
