//! JSON as people lay it out.

use serde_json::Value;

/// `value` in lines, with a line end behind the last.
pub(super) fn pretty(value: &Value) -> String {
    // `{:#}` of a value never fails.
    format!("{value:#}\n")
}
