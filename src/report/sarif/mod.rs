//! SARIF 2.1.0, for code scanning on GitHub, Advanced Security in Azure DevOps, and viewers.
//!
//! What GitHub takes and where it cuts: <https://docs.github.com/code-security/reference/code-scanning/sarif-files>.

mod log;
mod rules;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{
    self, FileProblem, Finding, Label, Report, Subject, Suppressed, SuppressedBy, SuppressedItem, Undetermined,
};
use crate::rules::RuleStore;
use crate::source::{FileId, HashMap, ProblemCode, Span};

use super::words::{count, one_line, scope, shortened, undetermined_message};
use super::{ReportStyle, fingerprint, json_text, place, uri};

use log::{
    ArtifactChange, ArtifactLocation, AutomationDetails, CodeFlow, Content, Driver, Fingerprints, Fix, Invocation,
    Location, Log, LogicalLocation, Message, Notification, PhysicalLocation, Reference, Region, Replacement, Run,
    SCHEMA, SarifResult, Suppression, ThreadFlow, ThreadFlowLocation, Tool, UriBase,
};

/// Results that GitHub and Azure DevOps keep of a run; with more than 25,000 they refuse the file.
const MOST_RESULTS: usize = 5000;

/// Related places of a result, and steps of a flow besides its ends; GitHub keeps 100 places.
const MOST_RELATED: usize = 50;

/// Most contexts or loop instances named.
const MOST_NAMES: usize = 10;

/// Characters of a name or a text that comes from templates.
const MOST_CHARACTERS: usize = 2000;

/// What stands for the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// What stands for all folders outside of the repository.
const OUTSIDE: &str = "outside-the-repository";

/// The notification that results were left out.
const DROPPED: &str = "results-dropped";

/// For whom to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Code scanning on GitHub: findings only, because it shows every result as an alert.
    #[default]
    Github,
    /// Advanced Security in Azure DevOps and the tab *Scans*: findings only, with the place in the message.
    AzureDevops,
    /// Viewers and archives: undetermined checks too, and no limits.
    Full,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 3] = [Self::Github, Self::AzureDevops, Self::Full];

    /// The name by which people choose it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::AzureDevops => "azure-devops",
            Self::Full => "full",
        }
    }
}

/// Writes `report` as a log of one run.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules::descriptors(report, style.rules.unwrap_or(RuleStore::built_in()));
    let rule_indices = rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect();
    let mut writer = SarifWriter { report, style, rule_indices, line_hashes: HashMap::default() };

    let findings = most_severe(&report.findings, style.sarif);
    let dropped = report.findings.len() - findings.len();
    let mut results: Vec<SarifResult> = findings.into_iter().map(|finding| writer.finding(finding)).collect();
    if style.sarif == Profile::Full {
        if report.suppressed.iter().any(|suppressed| suppressed.by == SuppressedBy::Baseline) {
            results.iter_mut().for_each(|result| result.baseline_state = Some("new"));
        }
        results.extend(report.undetermined.iter().map(|check| writer.undetermined(check)));
        results.extend(report.suppressed.iter().filter_map(|suppressed| writer.suppressed(suppressed)));
    }
    let mut notifications: Vec<Notification> =
        report.problems.iter().map(|problem| writer.notification(problem)).collect();
    notifications.extend((dropped > 0).then(|| dropped_notification(dropped, report.findings.len())));

    let driver = Driver {
        name: "armguard",
        full_name: concat!("armguard ", env!("CARGO_PKG_VERSION")),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    };
    let failed = report.problems.iter().any(|problem| problem.code == ProblemCode::InternalError);
    let run = Run {
        tool: Tool { driver },
        // The category, by which GitHub distinguishes runs. Azure DevOps has an id of its own form, which its task
        // adds.
        automation_details: (style.sarif != Profile::AzureDevops).then_some(AutomationDetails { id: "armguard/" }),
        invocations: [Invocation {
            execution_successful: !failed && !report.incomplete,
            tool_execution_notifications: notifications,
        }],
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: BTreeMap::from([(
            ROOT,
            UriBase { description: message("The root of the repository.") },
        )]),
        results,
    };
    json_text::write(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)
}

/// The findings that fit, in their order.
fn most_severe(findings: &[Finding], profile: Profile) -> Vec<&Finding> {
    if profile == Profile::Full || findings.len() <= MOST_RESULTS {
        return findings.iter().collect();
    }
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|at| Reverse(findings.get(*at).map(|finding| finding.severity)));
    order.truncate(MOST_RESULTS);
    order.sort_unstable();
    order.into_iter().filter_map(|at| findings.get(at)).collect()
}

fn dropped_notification(dropped: usize, all: usize) -> Notification {
    let text = format!(
        "{dropped} of {} are left out: the {MOST_RESULTS} most severe ones are here, more are not kept.",
        count(all, "finding")
    );
    Notification {
        descriptor: Reference { id: DROPPED },
        level: "warning",
        message: message(&text),
        locations: Vec::new(),
    }
}

struct SarifWriter<'a> {
    report: &'a Report,
    style: ReportStyle<'a>,
    rule_indices: HashMap<String, usize>,
    /// Of files with results, by line.
    line_hashes: HashMap<FileId, Vec<String>>,
}

impl SarifWriter<'_> {
    fn finding(&mut self, finding: &Finding) -> SarifResult {
        let related: Vec<&Label> = finding.related.iter().take(MOST_RELATED).collect();
        let mut sentences = vec![one_line(&finding.message)];
        sentences.extend(scope(finding, MOST_NAMES));
        sentences.extend(Some(one_line(&finding.help)).filter(|help| !help.is_empty()));
        let mut text = self.placed(&unlinked(&sentences.join(" ")), finding.primary.span);
        text.push_str(&see(&related));
        SarifResult {
            rule_id: finding.rule.to_string(),
            rule_index: self.rule_index(&finding.rule),
            kind: None,
            level: rules::level(finding.severity),
            message: Message { text },
            locations: [self.primary(&finding.primary, &finding.subject)],
            related_locations: related
                .iter()
                .enumerate()
                .map(|(at, label)| Location { id: Some(at + 1), ..self.labelled(label.span, &label.text) })
                .collect(),
            code_flows: self.code_flow(finding).into_iter().collect(),
            fixes: finding.fixes.iter().filter(|fix| !fix.edits.is_empty()).map(|fix| self.fix(fix)).collect(),
            partial_fingerprints: Fingerprints {
                line: self.line_hash(finding.primary.span),
                resource: fingerprint::of_finding(finding),
            },
            baseline_state: None,
            suppressions: Vec::new(),
        }
    }

    fn undetermined(&mut self, check: &Undetermined) -> SarifResult {
        SarifResult {
            rule_id: check.rule.to_string(),
            rule_index: self.rule_index(&check.rule),
            kind: Some("open"),
            // The standard has no other for what is not known to fail.
            level: "none",
            message: Message { text: unlinked(&undetermined_message(check)) },
            locations: [self.primary(&check.primary, &check.subject)],
            related_locations: Vec::new(),
            code_flows: Vec::new(),
            fixes: Vec::new(),
            partial_fingerprints: Fingerprints {
                line: self.line_hash(check.primary.span),
                resource: fingerprint::of_undetermined(check),
            },
            baseline_state: None,
            suppressions: Vec::new(),
        }
    }

    /// A suppressed result, with the reason. Problems of files are no results.
    fn suppressed(&mut self, suppressed: &Suppressed) -> Option<SarifResult> {
        let result = match &suppressed.item {
            SuppressedItem::Finding(finding) => self.finding(finding),
            SuppressedItem::Undetermined(check) => self.undetermined(check),
            SuppressedItem::Problem(_) => return None,
        };
        let (kind, ignored) = match &suppressed.by {
            SuppressedBy::Ignore(ignored) => ("inSource", ignored),
            SuppressedBy::Override(ignored) => ("external", ignored),
            SuppressedBy::Baseline => {
                let justification = "known to the baseline".to_owned();
                let known = Suppression { kind: "external", justification, location: None };
                return Some(SarifResult { baseline_state: Some("unchanged"), suppressions: vec![known], ..result });
            }
        };
        let until = ignored.until.map(|until| format!("until {until}: ")).unwrap_or_default();
        let justification = unlinked(&format!("{until}{}", one_line(&ignored.reason)));
        let suppression = Suppression { kind, justification, location: Some(self.location(ignored.at)) };
        Some(SarifResult { suppressions: vec![suppression], ..result })
    }

    fn notification(&self, problem: &FileProblem) -> Notification {
        let location = match problem.span {
            Some(span) => self.location(span),
            None => location(PhysicalLocation { artifact_location: self.artifact(&problem.path), region: None }),
        };
        let text = format!(
            "{}: {}",
            place::of_problem_in(self.style.repository, &self.report.sources, problem),
            problem.message
        );
        Notification {
            descriptor: Reference { id: problem.code.id() },
            level: if problem.fails { "error" } else { "note" },
            message: message(&text),
            locations: vec![location],
        }
    }

    /// From the place that decides through those that hand it on to the resource, when modules lie between: viewers show
    /// it step by step.
    fn code_flow(&self, finding: &Finding) -> Option<CodeFlow> {
        let is_elsewhere = |span: Span| span.file != finding.primary.span.file;
        let crosses = finding.related.iter().any(|label| is_elsewhere(label.span));
        if finding.subject.call_path.is_empty() && !crosses && !is_elsewhere(finding.subject.declared) {
            return None;
        }
        // Related places are listed from the resource backwards.
        let related = finding.related.iter().take(MOST_RELATED).rev();
        let labels = [&finding.primary].into_iter().chain(related).map(|label| (label.span, label.text.as_str()));
        let resource = format!("the resource `{}`", finding.subject.title);
        let steps = labels.chain([(finding.subject.declared, resource.as_str())]);
        let locations = steps.map(|(span, text)| ThreadFlowLocation { location: self.labelled(span, text) }).collect();
        Some(CodeFlow { thread_flows: [ThreadFlow { locations }] })
    }

    fn fix(&self, fix: &finding::Fix) -> Fix {
        let mut by_file: BTreeMap<FileId, Vec<Replacement>> = BTreeMap::new();
        for (file, edit) in &fix.edits {
            let source = self.report.sources.get(*file);
            let (start, end) = (source.line_column(edit.range.start), source.line_column(edit.range.end));
            let deleted_region = Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
            };
            let inserted_content = Content { text: edit.new_text.clone() };
            by_file.entry(*file).or_default().push(Replacement { deleted_region, inserted_content });
        }
        let change = |(file, replacements)| ArtifactChange {
            artifact_location: self.artifact(&self.report.sources.get(file).display_path()),
            replacements,
        };
        Fix { description: message(&one_line(&fix.title)), artifact_changes: by_file.into_iter().map(change).collect() }
    }

    /// A text with its place, where the place of a result is not always shown.
    fn placed(&self, text: &str, span: Span) -> String {
        match self.style.sarif {
            Profile::AzureDevops => {
                format!("{text} ({})", unlinked(&place::start_in(self.style.repository, &self.report.sources, span)))
            }
            Profile::Github | Profile::Full => text.to_owned(),
        }
    }

    fn primary(&self, label: &Label, subject: &Subject) -> Location {
        let title = shortened(&one_line(&subject.title), MOST_CHARACTERS).into_owned();
        let path: Vec<String> =
            subject.call_path.iter().map(|call| one_line(&call.title)).chain([title.clone()]).collect();
        let resource = LogicalLocation { name: title, fully_qualified_name: path.join("/"), kind: "resource" };
        Location { logical_locations: vec![resource], ..self.labelled(label.span, &label.text) }
    }

    fn labelled(&self, span: Span, text: &str) -> Location {
        Location { message: Some(message(text)).filter(|message| !message.text.is_empty()), ..self.location(span) }
    }

    fn location(&self, span: Span) -> Location {
        let at = place::SourceRegion::of(&self.report.sources, span);
        let region =
            Region { start_line: at.line, start_column: at.start_column, end_line: at.line, end_column: at.end_column };
        let artifact_location = self.artifact(&self.report.sources.get(span.file).display_path());
        location(PhysicalLocation { artifact_location, region: Some(region) })
    }

    fn artifact(&self, path: &str) -> ArtifactLocation {
        let path = self.style.repository.path(path);
        if self.style.repository.is_left_by(&path) {
            // Servers show no file from there, and need not know the folders of the machine.
            let name = path.rsplit('/').next().unwrap_or_default();
            return ArtifactLocation { uri: uri::of_path(&format!("{OUTSIDE}/{name}")), uri_base_id: None };
        }
        let uri = uri::of_path(&path);
        let uri_base_id = (!uri.starts_with("file:")).then_some(ROOT);
        ArtifactLocation { uri, uri_base_id }
    }

    fn rule_index(&self, rule: &str) -> usize {
        self.rule_indices.get(rule).copied().unwrap_or_default()
    }

    fn line_hash(&mut self, span: Span) -> String {
        let file = self.report.sources.get(span.file);
        let line = file.lines().line_of(span.range.start);
        let hashes = self.line_hashes.entry(span.file).or_insert_with(|| fingerprint::line_hashes(file.text()));
        hashes.get(line as usize).cloned().unwrap_or_default()
    }
}

/// A location that is a place and nothing more.
fn location(physical_location: PhysicalLocation) -> Location {
    Location { id: None, physical_location, logical_locations: Vec::new(), message: None }
}

fn message(text: &str) -> Message {
    Message { text: unlinked(&one_line(text)) }
}

/// ` See: [used here](1).`: related places are reached from links in the message only.
fn see(related: &[&Label]) -> String {
    let links: Vec<String> = related
        .iter()
        .enumerate()
        .filter(|(_, label)| !label.text.is_empty())
        .map(|(at, label)| format!("[{}]({})", unlinked(&one_line(&label.text)).replace(['[', ']', '\\'], "'"), at + 1))
        .collect();
    if links.is_empty() { String::new() } else { format!(" See: {}.", links.join(", ")) }
}

/// `text`, cut if it is very long, in which no viewer sees a link (`[text](target)`).
fn unlinked(text: &str) -> String {
    shortened(text, MOST_CHARACTERS).replace("](", "] (")
}
