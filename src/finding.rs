//! The results of a run: findings, undetermined checks, problems of files, and counts.

use std::sync::Arc;
use std::time::Duration;

pub use rulefile::{Safety, Severity};

use crate::source::{Date, Edit, FileId, MOST_PROBLEMS, Problem, ProblemCode, SourceMap, Span, Str, TextRange};

/// A place and what it has to do with a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, without capital and full stop.
    pub text: String,
}

/// What made a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DecidedBy {
    /// A value written in the resource or a variable.
    Literal,
    /// The default of a parameter.
    Default,
    /// A value in a parameter file.
    ParameterFile,
    /// An argument of a module call.
    Argument,
    /// Something that is not there.
    Absent,
}

impl DecidedBy {
    /// The name as written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Literal => "literal",
            Self::Default => "default",
            Self::ParameterFile => "parameter-file",
            Self::Argument => "argument",
            Self::Absent => "absent",
        }
    }
}

/// The resource that a finding or an undetermined check is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its full resource type as declared.
    pub resource_type: Str,
    /// Its symbolic name, else its name, else its type's last segment.
    pub title: String,
    /// Its deployed name, as far as known (`aks-${env}`).
    pub name: String,
    /// Its declaration's short place.
    pub declared: Span,
    /// The calls through which it is reached, outermost first.
    pub call_path: Vec<Call>,
}

/// A module call or nested deployment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    /// Its symbolic name, else its name.
    pub title: String,
    /// Its declaration's short place.
    pub declared: Span,
}

/// A violated rule, reported once whatever the number of contexts and loop instances.
///
/// ```
/// use armguard::{Finding, Report};
///
/// /// The rules that `report` has findings of, worst first.
/// fn rules(report: &Report) -> Vec<&str> {
///     let mut findings: Vec<&Finding> = report.findings.iter().collect();
///     findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
///     findings.iter().map(|finding| &*finding.rule).collect()
/// }
/// assert!(rules(&Report::default()).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: Str,
    /// Its severity.
    pub severity: Severity,
    /// What is wrong: sentences; the first one stands alone in one-line formats.
    pub message: String,
    /// The one short place that decides.
    pub primary: Label,
    /// The other places that explain why, in reading order.
    pub related: Vec<Label>,
    /// What to do.
    pub help: String,
    /// How to fix it; several where several places decide.
    pub fixes: Vec<Fix>,
    /// A page with more information.
    pub link: Option<Str>,
    /// The resource.
    pub subject: Subject,
    /// The property path that the rule checked, e.g. `properties.securityProfile.defender`.
    pub path: String,
    /// What made it fail.
    pub decided_by: DecidedBy,
    /// The loop instances that fail, by name, when not all do; else empty.
    pub instances: Vec<String>,
    /// The contexts that have this finding (parameter files, callers), when there are several; else empty.
    pub contexts: Vec<String>,
    /// The other contexts in which the resource was checked.
    pub other_contexts: Vec<String>,
    /// In how many contexts the resource was checked; 1 when `contexts` is empty.
    pub checked_contexts: usize,
    /// Each context and loop instance that has this finding, sorted: what a baseline knows it by.
    pub occurrences: Vec<Occurrence>,
}

/// A finding in one context and of one loop instance, by what stays when code round it moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occurrence {
    /// The file of the template that the context deploys.
    pub file: FileId,
    /// The calls through which the resource is reached, outermost first, by title.
    pub calls: Arc<[String]>,
    /// The resource's title.
    pub title: Str,
    /// Its deployed name, as far as known.
    pub name: Str,
    /// The loop instance; empty without loops.
    pub instance: Str,
    /// The context's name.
    pub context: Str,
}

/// A change of files that makes a finding go away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command.
    pub title: String,
    /// Whether it may be applied without a review; none when it can only be shown.
    pub safety: Option<Safety>,
    /// The edits, by file; none when it can only be shown.
    pub edits: Vec<(FileId, Edit)>,
    /// The properties of the resource that it sets.
    pub sets: Vec<String>,
    /// What to write, when it can only be shown.
    pub snippet: Option<String>,
}

impl Fix {
    /// The name of its safety as written in JSON.
    pub fn safety_name(&self) -> &'static str {
        self.safety.map_or("display-only", Safety::name)
    }
}

/// A check that could not be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undetermined {
    /// The rule's id.
    pub rule: Str,
    /// The severity that a finding would have.
    pub severity: Severity,
    /// What it depends on, each as a phrase that stands alone: ``parameter `securityProfile` ``.
    pub depends_on: Vec<String>,
    /// The place that a finding would most likely have.
    pub primary: Label,
    /// The resource.
    pub subject: Subject,
}

/// A problem of a file, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The path as shown; also set when the file could not be read at all.
    pub path: String,
    /// Where, when the file was read.
    pub span: Option<Span>,
    /// Its kind.
    pub code: ProblemCode,
    /// What, in one line without a full stop at the end.
    pub message: String,
    /// Whether it makes the run fail (exit code 1); the others are notes.
    pub fails: bool,
}

impl FileProblem {
    /// A problem of the whole file at `path`, which makes the run fail.
    pub fn new(path: impl Into<String>, code: ProblemCode, message: impl Into<String>) -> Self {
        Self { path: path.into(), span: None, code, message: message.into(), fails: true }
    }

    /// A problem at `span`, which makes the run fail.
    pub fn at(sources: &SourceMap, span: Span, code: ProblemCode, message: impl Into<String>) -> Self {
        Self { span: Some(span), ..Self::new(sources.get(span.file).display_path(), code, message) }
    }

    /// A problem that a parser reports for `file`.
    pub fn in_file(sources: &SourceMap, file: FileId, problem: Problem) -> Self {
        Self::at(sources, problem.range.in_file(file), problem.code, problem.message)
    }

    /// The same as a note, which does not make the run fail.
    #[must_use]
    pub fn as_note(self) -> Self {
        Self { fails: false, ..self }
    }

    /// Where in the file it begins and ends; empty at 0 when it concerns the whole file.
    pub fn range(&self) -> TextRange {
        self.span.map(|span| span.range).unwrap_or_default()
    }

    /// That there are `number` more of its kind in its file, from its place on.
    fn counting(self, number: usize) -> Self {
        let Problem { code, message, .. } = Problem::more(self.range(), number);
        Self { code, message, ..self }
    }

    /// That a run was stopped before its end.
    pub fn incomplete_run() -> Self {
        let message = "the run was stopped before everything was checked, so the result is incomplete; check fewer files \
                       at once, or give it more time with `--timeout`";
        Self::new(".", ProblemCode::IncompleteRun, message)
    }
}

/// Leaves of `problems`, which are sorted by path, at most [`MOST_PROBLEMS`] of each file that fail the run, and as many of
/// the notes; where there are more, a count stands in the place of the first of them.
pub fn limit_problems(problems: &mut Vec<FileProblem>) {
    let mut limited: Vec<FileProblem> = Vec::with_capacity(problems.len());
    // For errors, notes and failures of armguard itself in the current file: their number, and the place of the count.
    let (mut numbers, mut counts) = ([0_usize; 3], [None; 3]);
    for mut problem in problems.drain(..) {
        shorten(&mut problem.message);
        if limited.last().is_none_or(|last| last.path != problem.path) {
            (numbers, counts) = ([0; 3], [None; 3]);
        }
        // A count that a parser gave stays as it is.
        if problem.code == ProblemCode::MoreProblems {
            limited.push(problem);
            continue;
        }
        // A failure of armguard itself is never one of those that are only counted.
        let kind = if problem.code == ProblemCode::InternalError { 2 } else { usize::from(problem.fails) };
        numbers[kind] += 1;
        match (numbers[kind].checked_sub(MOST_PROBLEMS), counts[kind]) {
            (None | Some(0), _) => limited.push(problem),
            (Some(_), None) => {
                counts[kind] = Some(limited.len());
                limited.push(problem.counting(1));
            }
            (Some(more), Some(at)) => {
                if let Some(count) = limited.get_mut(at) {
                    *count = count.clone().counting(more);
                }
            }
        }
    }
    *problems = limited;
}

/// Characters of a message, which may quote a name of any length.
const LONGEST_MESSAGE: usize = 1_000;

fn shorten(message: &mut String) {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
}

/// A result that is suppressed, and what suppresses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// What.
    pub item: SuppressedItem,
    /// By what.
    pub by: SuppressedBy,
}

/// What can be suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressedItem {
    /// A finding.
    Finding(Box<Finding>),
    /// A check that could not be decided.
    Undetermined(Undetermined),
    /// A problem of a file.
    Problem(FileProblem),
}

/// What suppresses something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppressedBy {
    /// An ignore in a template or parameter file.
    Ignore(Ignored),
    /// An entry of `[[overrides]]` in the configuration.
    Override(Ignored),
    /// The baseline.
    Baseline,
}

/// Where and why something is ignored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// Where that is written.
    pub at: Span,
    /// Why; empty when no reason is given.
    pub reason: String,
    /// The last day on which it applies.
    pub until: Option<Date>,
}

/// Why something that lies where a run looks was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOutReason {
    /// A `.gitignore` lists it, and git does not track it.
    Ignored,
    /// The configuration excludes it.
    Excluded,
    /// Its name starts with a point, and git does not track it.
    Hidden,
    /// It is a folder `node_modules` that git does not track.
    NodeModules,
    /// It is a link to a folder elsewhere.
    Link,
    /// It is a device, a pipe or a socket.
    NotRegular,
}

impl LeftOutReason {
    /// The name as written in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ignored => "ignored",
            Self::Excluded => "excluded",
            Self::Hidden => "hidden",
            Self::NodeModules => "node-modules",
            Self::Link => "link",
            Self::NotRegular => "not-regular",
        }
    }
}

/// How much was left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Why.
    pub reason: LeftOutReason,
    /// The file that leaves it out, if one does.
    pub by: Option<String>,
    /// Files that may be templates, by their names.
    pub files: usize,
    /// Folders, whatever lies in them.
    pub folders: usize,
}

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Templates evaluated: files and the modules that they reach.
    pub templates: usize,
    /// AKS clusters checked, loop instances counted one by one.
    pub clusters: usize,
    /// Other resources seen.
    pub other_resources: usize,
    /// Resources whose condition is false in their context.
    pub not_deployed: usize,
    /// Compiled copies (`main.json` beside its `main.bicep`) left out.
    pub compiled_copies: usize,
    /// The baseline that hid something.
    pub baseline: Option<String>,
    /// Rules that would run without the configuration, by the configuration that leaves them out.
    pub rules_off: Vec<(String, Vec<String>)>,
    /// What lies where the run looked and was left out, by reason.
    pub left_out: Vec<LeftOut>,
    /// What was not checked, with the reason in words and how often: `not read: registry module …`.
    pub skipped: Vec<(String, usize)>,
    /// Wall time.
    pub elapsed: Duration,
}

/// That a context deploys a file, and why there is this context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deployed {
    /// The path of the template.
    pub file: String,
    /// The name of the context.
    pub context: String,
    /// Why there is this context, as a phrase that follows its name.
    pub why: &'static str,
    /// The template that the context deploys, when `file` is one that this one calls.
    pub through: Option<String>,
}

/// The outcome of a run, sorted by path, place and rule whatever the threads did.
///
/// ```
/// use armguard::Report;
///
/// /// Whether a gate may open: nothing found, nothing failed, everything checked.
/// fn is_clean(report: &Report) -> bool {
///     report.findings.is_empty() && !report.incomplete && !report.problems.iter().any(|problem| problem.fails)
/// }
/// assert!(is_clean(&Report::default()));
/// ```
#[derive(Debug, Default)]
pub struct Report {
    /// The files that spans refer to.
    pub sources: SourceMap,
    /// Violations.
    pub findings: Vec<Finding>,
    /// Undetermined checks.
    pub undetermined: Vec<Undetermined>,
    /// Problems of files.
    pub problems: Vec<FileProblem>,
    /// What was suppressed, sorted likewise.
    pub suppressed: Vec<Suppressed>,
    /// In which contexts each file was checked, when that list is requested.
    pub contexts: Vec<Deployed>,
    /// Counts.
    pub summary: Summary,
    /// Whether the run ended before everything was checked. The report may then lack findings. A problem explains why.
    pub incomplete: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_some_problems_of_a_file_and_counts_the_others() {
        let problem = |path: &str, at: u32, fails| {
            let span = Some(TextRange::empty(at).in_file(FileId(0)));
            FileProblem { span, fails, ..FileProblem::new(path, ProblemCode::SyntaxError, "wrong") }
        };
        // A note for each two errors.
        let mut problems: Vec<FileProblem> = (0..600).map(|at| problem("a", at, at % 3 != 0)).collect();
        problems.extend((0..MOST_PROBLEMS as u32).map(|at| problem("b", at, true)));
        limit_problems(&mut problems);
        let number = |path: &str, fails| problems.iter().filter(|p| p.path == path && p.fails == fails).count();
        assert_eq!(
            [number("a", true), number("a", false), number("b", true), number("b", false)],
            [MOST_PROBLEMS + 1, MOST_PROBLEMS + 1, MOST_PROBLEMS, 0]
        );
        let counts = problems.iter().filter(|problem| problem.code == ProblemCode::MoreProblems);
        let counts: Vec<(bool, &str)> = counts.map(|count| (count.fails, &*count.message)).collect();
        assert_eq!(
            counts,
            [
                (true, "and 300 more problems in this file, which are not listed"),
                (false, "and 100 more problems in this file, which are not listed")
            ]
        );
    }
}
