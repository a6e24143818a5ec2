//! What a build server shows beside the source, whatever its syntax: a place, a level, and a text.

use std::cmp::Reverse;

use crate::finding::{FileProblem, Finding, Report, Severity, Undetermined};
use crate::source::Span;

use super::ReportStyle;
use super::place::{self, SourceRegion};
use super::words::{one_line, scope, shortened, undetermined_message};

/// Annotations of each level that GitHub and Azure Pipelines show of a step; they drop the others.
const MOST_OF_LEVEL: usize = 10;

/// Characters of a text; GitHub cuts at 4,096.
const MOST_CHARACTERS: usize = 4000;

/// Most contexts or loop instances named.
const MOST_NAMES: usize = 10;

/// How an annotation is shown, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AnnotationLevel {
    Notice,
    Warning,
    Error,
}

impl From<Severity> for AnnotationLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low | Severity::Info => Self::Notice,
        }
    }
}

/// One annotation. Its texts may contain anything: each format escapes them.
#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) level: AnnotationLevel,
    /// The rule, or the kind of the problem.
    pub(super) code: String,
    /// Path from the root of the repository.
    pub(super) path: String,
    /// Where in the file; nothing when it could not be read.
    pub(super) region: Option<SourceRegion>,
    /// What is wrong and what to do: one or more lines, the first one with the place, because logs show no other.
    pub(super) text: String,
}

/// All annotations of `report`, the worst first; undetermined checks only when requested.
pub(super) fn all(report: &Report, style: ReportStyle) -> Vec<Annotation> {
    let writer = AnnotationWriter { report, style };
    let mut annotations: Vec<Annotation> = report.findings.iter().map(|finding| writer.finding(finding)).collect();
    annotations.extend(report.problems.iter().map(|problem| writer.problem(problem)));
    annotations
        .extend(report.undetermined.iter().filter(|_| style.undetermined).map(|check| writer.undetermined(check)));
    annotations.sort_by_key(|annotation| Reverse(annotation.level));
    annotations
}

/// Keeps as many of `annotations` as are shown, where `shown_as` maps each level to the one under which it is shown. If
/// some are left out, there is room for one more of the lowest level, and its text is returned.
pub(super) fn cap(
    annotations: &mut Vec<Annotation>,
    shown_as: fn(AnnotationLevel) -> AnnotationLevel,
) -> Option<String> {
    let number = |level: AnnotationLevel| annotations.iter().filter(|one| shown_as(one.level) == level).count();
    let lowest = shown_as(AnnotationLevel::Notice);
    let all = annotations.len();
    if [AnnotationLevel::Notice, AnnotationLevel::Warning, AnnotationLevel::Error]
        .into_iter()
        .all(|level| number(level) <= MOST_OF_LEVEL)
    {
        return None;
    }
    let mut room = [MOST_OF_LEVEL; 3];
    if let Some(room) = room.get_mut(lowest as usize) {
        *room -= 1;
    }
    annotations.retain(|one| match room.get_mut(shown_as(one.level) as usize) {
        Some(room @ 1..) => {
            *room -= 1;
            true
        }
        _ => false,
    });
    let others = all - annotations.len();
    let (are, them) = if others == 1 { ("is", "it") } else { ("are", "them") };
    Some(format!(
        "{others} more {are} not shown here, because no more than {MOST_OF_LEVEL} of a kind are shown of one step; \
         the report for the terminal has {them}."
    ))
}

struct AnnotationWriter<'a> {
    report: &'a Report,
    style: ReportStyle<'a>,
}

impl AnnotationWriter<'_> {
    fn finding(&self, finding: &Finding) -> Annotation {
        let mut lines = vec![one_line(&finding.message)];
        lines.extend(scope(finding, MOST_NAMES));
        lines.extend(Some(one_line(&finding.help)).filter(|help| !help.is_empty()));
        self.at(finding.severity.into(), &finding.rule, finding.primary.span, &lines.join("\n"))
    }

    fn undetermined(&self, check: &Undetermined) -> Annotation {
        self.at(AnnotationLevel::Notice, &check.rule, check.primary.span, &undetermined_message(check))
    }

    fn problem(&self, problem: &FileProblem) -> Annotation {
        let level = if problem.fails { AnnotationLevel::Error } else { AnnotationLevel::Notice };
        let (code, message) = (problem.code.id(), one_line(&problem.message));
        match problem.span {
            Some(span) => self.at(level, code, span, &message),
            None => Annotation {
                level,
                code: code.to_owned(),
                path: self.style.repository.path(&problem.path),
                region: None,
                text: shortened(
                    &format!(
                        "{}: {message}",
                        place::of_problem_in(self.style.repository, &self.report.sources, problem)
                    ),
                    MOST_CHARACTERS,
                )
                .into_owned(),
            },
        }
    }

    fn at(&self, level: AnnotationLevel, code: &str, span: Span, text: &str) -> Annotation {
        let sources = &self.report.sources;
        let text = format!("{}: {text}", place::start_in(self.style.repository, sources, span));
        Annotation {
            level,
            code: code.to_owned(),
            path: self.style.repository.path(&sources.get(span.file).display_path()),
            region: Some(SourceRegion::of(sources, span)),
            text: shortened(&text, MOST_CHARACTERS).into_owned(),
        }
    }
}
