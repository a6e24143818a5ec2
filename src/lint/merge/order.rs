//! The order of a report: whatever the threads did, and wherever the run works.

use std::path::Path;

use crate::finding::{FileProblem, Report, SuppressedItem};
use crate::source::{Root, Span, order_of};

/// By path as seen from the roots, place and rule: whatever the threads did, and wherever the run works.
pub(super) fn sort(report: &mut Report, roots: &[Root]) {
    let sources = &report.sources;
    let at = |span: Span| (order_of(roots, sources.get(span.file).path()), span.range.start, span.range.end);
    report.findings.sort_by_cached_key(|finding| {
        (at(finding.primary.span), finding.rule.clone(), finding.subject.call_path.clone())
    });
    report
        .undetermined
        .sort_by_cached_key(|check| (at(check.primary.span), check.rule.clone(), check.subject.call_path.clone()));
    report.suppressed.sort_by_cached_key(|suppressed| {
        let place = match &suppressed.item {
            SuppressedItem::Finding(finding) => (at(finding.primary.span), finding.rule.to_string()),
            SuppressedItem::Undetermined(check) => (at(check.primary.span), check.rule.to_string()),
            SuppressedItem::Problem(problem) => {
                let range = problem.span.map(|span| span.range).unwrap_or_default();
                let path = order_of(roots, Path::new(&problem.path));
                ((path, range.start, range.end), problem.code.id().to_owned())
            }
        };
        (place, suppressed.by.clone())
    });
    sort_problems(&mut report.problems, roots);
    report.problems.dedup();
}

/// By path as seen from the roots, place and message.
pub(crate) fn sort_problems(problems: &mut [FileProblem], roots: &[Root]) {
    problems.sort_by_cached_key(|problem| {
        let path = order_of(roots, Path::new(&problem.path));
        (path, problem.span.map(|span| span.range), problem.message.clone())
    });
}
