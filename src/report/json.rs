//! JSON for programs. `docs/json.md` describes it field by field; a field may be added, none changes its
//! meaning without a new [`VERSION`].

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::finding::{
    Deployed, FileProblem, Finding, Fix, Label, LeftOut, Report, Severity, Subject, Suppressed, SuppressedBy,
    SuppressedItem, Undetermined,
};
use crate::source::{Edit, FileId, SourceFile, SourceMap, Span};

use super::{json_text, words};

/// Version of the format.
pub const VERSION: u32 = 1;

/// Writes `report` as one JSON object and a newline.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    json_text::write(&ReportDocument::of(report), out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportDocument<'a> {
    version: u32,
    tool: JsonTool,
    #[serde(serialize_with = "findings")]
    findings: &'a Report,
    #[serde(serialize_with = "undetermined")]
    undetermined: &'a Report,
    problems: Vec<ProblemShape<'a>>,
    #[serde(serialize_with = "suppressed")]
    suppressed: &'a Report,
    contexts: Vec<DeployedShape<'a>>,
    summary: SummaryShape<'a>,
}

// What there may be much of is made while it is written, one after the other.

fn findings<S: Serializer>(report: &Report, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(report.findings.iter().map(|finding| FindingShape::of(&report.sources, finding)))
}

fn undetermined<S: Serializer>(report: &Report, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(report.undetermined.iter().map(|check| UndeterminedShape::of(&report.sources, check)))
}

fn suppressed<S: Serializer>(report: &Report, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(report.suppressed.iter().map(|hidden| SuppressedShape::of(&report.sources, hidden)))
}

#[derive(Serialize)]
struct JsonTool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingShape<'a> {
    rule: &'a str,
    severity: &'static str,
    message: &'a str,
    label: &'a str,
    location: JsonLocation,
    related: Vec<LabelShape<'a>>,
    help: &'a str,
    fixes: Vec<FixShape<'a>>,
    link: Option<&'a str>,
    resource: ResourceShape<'a>,
    property_path: &'a str,
    decided_by: &'static str,
    instances: &'a [String],
    contexts: &'a [String],
    other_contexts: &'a [String],
    #[serde(rename = "judgedContexts")]
    checked_contexts: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UndeterminedShape<'a> {
    rule: &'a str,
    severity: &'static str,
    #[serde(rename = "waitsFor")]
    depends_on: &'a [String],
    label: &'a str,
    location: JsonLocation,
    resource: ResourceShape<'a>,
}

#[derive(Serialize)]
struct ProblemShape<'a> {
    id: &'static str,
    message: &'a str,
    path: &'a str,
    location: Option<JsonLocation>,
    fails: bool,
}

#[derive(Serialize)]
struct LabelShape<'a> {
    label: &'a str,
    location: JsonLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceShape<'a> {
    r#type: &'a str,
    title: &'a str,
    name: &'a str,
    location: JsonLocation,
    call_path: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonLocation {
    path: String,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct FixShape<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<EditShape<'a>>,
    snippet: Option<&'a str>,
}

#[derive(Serialize)]
struct EditShape<'a> {
    location: JsonLocation,
    text: &'a str,
}

impl<'a> FixShape<'a> {
    fn of(sources: &SourceMap, fix: &'a Fix) -> Self {
        let edit = |(file, edit): &'a (FileId, Edit)| EditShape {
            location: JsonLocation::of(sources, edit.range.in_file(*file)),
            text: &edit.new_text,
        };
        Self {
            title: &fix.title,
            safety: fix.safety_name(),
            edits: fix.edits.iter().map(edit).collect(),
            snippet: fix.snippet.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressedShape<'a> {
    kind: &'static str,
    id: &'a str,
    severity: Option<&'static str>,
    message: String,
    location: Option<JsonLocation>,
    resource: Option<ResourceShape<'a>>,
    contexts: &'a [String],
    by: &'static str,
    reason: &'a str,
    until: Option<String>,
    ignored_at: Option<JsonLocation>,
}

impl<'a> SuppressedShape<'a> {
    fn of(sources: &SourceMap, suppressed: &'a Suppressed) -> Self {
        let (kind, id, severity, message, span, subject, contexts) = match &suppressed.item {
            SuppressedItem::Finding(finding) => {
                let Finding { rule, severity, message, primary, subject, contexts, .. } = &**finding;
                let (severity, span) = (Some(severity.name()), Some(primary.span));
                ("finding", &**rule, severity, message.clone(), span, Some(subject), contexts.as_slice())
            }
            SuppressedItem::Undetermined(check @ Undetermined { rule, severity, primary, subject, .. }) => {
                let (severity, span) = (Some(severity.name()), Some(primary.span));
                (
                    "undetermined",
                    &**rule,
                    severity,
                    words::undetermined_message(check),
                    span,
                    Some(subject),
                    [].as_slice(),
                )
            }
            SuppressedItem::Problem(FileProblem { span, code, message, .. }) => {
                ("problem", code.id(), None, message.clone(), *span, None, [].as_slice())
            }
        };
        let (by, ignored) = match &suppressed.by {
            SuppressedBy::Ignore(ignored) => ("ignore", Some(ignored)),
            SuppressedBy::Override(ignored) => ("override", Some(ignored)),
            SuppressedBy::Baseline => ("baseline", None),
        };
        Self {
            kind,
            id,
            severity,
            message,
            location: span.map(|span| JsonLocation::of(sources, span)),
            resource: subject.map(|subject| ResourceShape::of(sources, subject)),
            contexts,
            by,
            reason: ignored.map_or("", |ignored| &ignored.reason),
            until: ignored.and_then(|ignored| ignored.until).map(|until| until.to_string()),
            ignored_at: ignored.map(|ignored| JsonLocation::of(sources, ignored.at)),
        }
    }
}

#[derive(Serialize)]
struct DeployedShape<'a> {
    file: &'a str,
    context: &'a str,
    why: &'a str,
    through: Option<&'a str>,
}

impl<'a> DeployedShape<'a> {
    fn of(deployed: &'a Deployed) -> Self {
        let Deployed { file, context, why, through } = deployed;
        Self { file, context, why, through: through.as_deref() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryShape<'a> {
    files: usize,
    templates: usize,
    clusters: usize,
    other_resources: usize,
    findings: BySeverity,
    undetermined: usize,
    suppressed: usize,
    not_deployed: usize,
    compiled_copies: usize,
    baseline: Option<&'a str>,
    rules_off: Vec<RulesOffShape<'a>>,
    left_out: Vec<LeftOutShape<'a>>,
    skipped: Vec<SkippedShape<'a>>,
    incomplete: bool,
    elapsed_ms: u128,
}

#[derive(Serialize)]
struct BySeverity {
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
struct RulesOffShape<'a> {
    by: &'a str,
    rules: &'a [String],
}

#[derive(Serialize)]
struct LeftOutShape<'a> {
    reason: &'static str,
    by: Option<&'a str>,
    files: usize,
    folders: usize,
}

#[derive(Serialize)]
struct SkippedShape<'a> {
    reason: &'a str,
    count: usize,
}

impl<'a> ReportDocument<'a> {
    fn of(report: &'a Report) -> Self {
        let sources = &report.sources;
        Self {
            version: VERSION,
            tool: JsonTool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            findings: report,
            undetermined: report,
            problems: report.problems.iter().map(|problem| ProblemShape::of(sources, problem)).collect(),
            suppressed: report,
            contexts: report.contexts.iter().map(DeployedShape::of).collect(),
            summary: SummaryShape::of(report),
        }
    }
}

impl<'a> FindingShape<'a> {
    fn of(sources: &SourceMap, finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule,
            severity: finding.severity.name(),
            message: &finding.message,
            label: &finding.primary.text,
            location: JsonLocation::of(sources, finding.primary.span),
            related: finding.related.iter().map(|label| LabelShape::of(sources, label)).collect(),
            help: &finding.help,
            fixes: finding.fixes.iter().map(|fix| FixShape::of(sources, fix)).collect(),
            link: finding.link.as_deref(),
            resource: ResourceShape::of(sources, &finding.subject),
            property_path: &finding.path,
            decided_by: finding.decided_by.name(),
            instances: &finding.instances,
            contexts: &finding.contexts,
            other_contexts: &finding.other_contexts,
            checked_contexts: finding.checked_contexts,
        }
    }
}

impl<'a> UndeterminedShape<'a> {
    fn of(sources: &SourceMap, check: &'a Undetermined) -> Self {
        Self {
            rule: &check.rule,
            severity: check.severity.name(),
            depends_on: &check.depends_on,
            label: &check.primary.text,
            location: JsonLocation::of(sources, check.primary.span),
            resource: ResourceShape::of(sources, &check.subject),
        }
    }
}

impl<'a> ProblemShape<'a> {
    fn of(sources: &SourceMap, problem: &'a FileProblem) -> Self {
        Self {
            id: problem.code.id(),
            message: &problem.message,
            path: &problem.path,
            location: problem.span.map(|span| JsonLocation::of(sources, span)),
            fails: problem.fails,
        }
    }
}

impl<'a> LabelShape<'a> {
    fn of(sources: &SourceMap, label: &'a Label) -> Self {
        Self { label: &label.text, location: JsonLocation::of(sources, label.span) }
    }
}

impl<'a> ResourceShape<'a> {
    fn of(sources: &SourceMap, subject: &'a Subject) -> Self {
        Self {
            r#type: &subject.resource_type,
            title: &subject.title,
            name: &subject.name,
            location: JsonLocation::of(sources, subject.declared),
            call_path: subject.call_path.iter().map(|call| &*call.title).collect(),
        }
    }
}

impl JsonLocation {
    fn of(sources: &SourceMap, span: Span) -> Self {
        let file = sources.get(span.file);
        let (start, end) = (Position::of(file, span.range.start), Position::of(file, span.range.end));
        Self { path: file.display_path(), start, end }
    }
}

impl Position {
    fn of(file: &SourceFile, offset: u32) -> Self {
        let at = file.line_column(offset);
        Self { line: at.line, column: at.column, offset }
    }
}

impl<'a> SummaryShape<'a> {
    fn of(report: &'a Report) -> Self {
        let summary = &report.summary;
        let number = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
        let left_out = |left: &'a LeftOut| LeftOutShape {
            reason: left.reason.name(),
            by: left.by.as_deref(),
            files: left.files,
            folders: left.folders,
        };
        let skipped = summary.skipped.iter().map(|(reason, count)| SkippedShape { reason, count: *count }).collect();
        Self {
            files: summary.files,
            templates: summary.templates,
            clusters: summary.clusters,
            other_resources: summary.other_resources,
            findings: BySeverity {
                high: number(Severity::High),
                medium: number(Severity::Medium),
                low: number(Severity::Low),
                info: number(Severity::Info),
            },
            undetermined: report.undetermined.len(),
            suppressed: report.suppressed.len(),
            not_deployed: summary.not_deployed,
            compiled_copies: summary.compiled_copies,
            baseline: summary.baseline.as_deref(),
            rules_off: summary.rules_off.iter().map(|(by, rules)| RulesOffShape { by, rules }).collect(),
            left_out: summary.left_out.iter().map(left_out).collect(),
            skipped,
            incomplete: report.incomplete,
            elapsed_ms: summary.elapsed.as_millis(),
        }
    }
}
