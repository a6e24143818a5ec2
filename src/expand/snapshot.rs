//! The shape of a snapshot, which is that of the Bicep CLI's `snapshot` command.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::FileProblem;
use crate::source::SourceMap;

/// What a template deploys.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The resources in the order of the text: `id`, `type`, `name`, `apiVersion`, then `scope` where it
    /// lies on another resource, `condition` where that is not known, then what the template writes.
    pub predicted_resources: Vec<Map<String, Value>>,
    /// What could not be read or evaluated, one line each.
    pub diagnostics: Vec<String>,
    /// The outputs by name.
    pub outputs: Map<String, Value>,
}

/// A problem in one line: `path:line:column: error code: message`.
pub(super) fn diagnostic(sources: &SourceMap, problem: &FileProblem) -> String {
    let place = match problem.span {
        Some(span) => {
            let file = sources.get(span.file);
            let at = file.line_column(span.range.start);
            format!("{}:{}:{}", file.display_path(), at.line, at.column)
        }
        None => problem.path.clone(),
    };
    let level = if problem.fails { "error" } else { "warning" };
    format!("{place}: {level} {}: {}", problem.code.id(), problem.message)
}
