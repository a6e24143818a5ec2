//! Places as people name them: `path:line:column`.

use crate::finding::FileProblem;
use crate::source::{SourceMap, Span};

use super::words::printable;

/// `path:line:column` of the start of `span`.
pub(super) fn start(sources: &SourceMap, span: Span) -> String {
    let file = sources.get(span.file);
    let at = file.line_column(span.range.start);
    format!("{}:{}:{}", printable(&file.display_path()), at.line, at.column)
}

/// `path:line:column` of a problem, or its path alone when the file could not be read.
pub(super) fn of_problem(sources: &SourceMap, problem: &FileProblem) -> String {
    match problem.span {
        Some(span) => start(sources, span),
        None => printable(&problem.path).into_owned(),
    }
}
