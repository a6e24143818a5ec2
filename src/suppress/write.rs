//! Writes ignores for all findings, so that a team can start with a clean slate and fix one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::PathBuf;

use super::{Terms, allowed, directive};
use crate::bicep::{self, FileKind, TokenKind};
use crate::config::Config;
use crate::finding::{Finding, Report};
use crate::json::{self, Patcher, Strings, Value, ValueKind};
use crate::patch::Change;
use crate::source::{
    Date, Edit, FileId, SourceFile, Span, Style, TextRange, apply_edits, indentation, is_one_line, line_around,
};

/// What was written.
#[derive(Debug, Default)]
pub struct Added {
    /// The new texts of the files that change.
    pub files: Vec<(FileId, String)>,
    /// How many findings they hide.
    pub findings: usize,
    /// What is left as it is, by number in the report, and why.
    pub left: Vec<(usize, String)>,
}

const ELSEWHERE: &str = "another context passes, and an ignore would hide what that one loses later; write one by hand, \
                         limited by `in CONTEXT`, or use a baseline";
const NO_PLACE: &str = "there is no place for an ignore";
const SOME_CONTEXTS: &str = "the configuration lets ignores hold in some contexts only; write it by hand";

/// Ignores for the findings of `report`, with `reason`, which may start with `until` and a date. A finding gets none if
/// it is absent in another context, if `configs` do not allow the ignore, or if its file is `unwritable` for a reason.
/// In JSON without comments, ignores become members of `metadata`.
///
/// # Errors
/// When no ignore would apply with this `reason`, in words.
pub fn add_ignores(
    report: &Report,
    reason: &str,
    configs: &[Config],
    unwritable: &BTreeMap<PathBuf, String>,
    today: Option<Date>,
) -> Result<Added, String> {
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let terms = usable(&reason, today)?;
    let mut added = Added::default();
    let mut files: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        match is_in_all_contexts(finding) {
            true => files.entry(place(report, finding).file).or_default().push(at),
            false => added.left.push((at, ELSEWHERE.to_owned())),
        }
    }
    for (file, findings) in files {
        let source = report.sources.get(file);
        let refused = match allowed(terms.clone(), Config::governing(configs, source.path()), today) {
            Ok(terms) => terms.allowed.map(|_| SOME_CONTEXTS.to_owned()),
            Err(message) => Some(message),
        };
        let bar = unwritable.get(source.path());
        let refused = bar.map(|why| format!("`{}` is left as it is: {why}", source.display_path())).or(refused);
        if let Some(why) = refused {
            added.left.extend(findings.iter().map(|at| (*at, why.clone())));
            continue;
        }
        let placed = findings.iter().filter_map(|at| Some((*at, report.findings.get(*at)?)));
        let mut writer = IgnoreWriter { source, reason: &reason, text: None };
        let hidden = match extension(source).as_str() {
            "json" | "jsonc" => writer.json(placed.collect()),
            "bicep" | "bicepparam" => writer.bicep(report, placed.collect()),
            _ => BTreeSet::new(),
        };
        added.findings += hidden.len();
        added.left.extend(findings.iter().filter(|at| !hidden.contains(at)).map(|at| (*at, NO_PLACE.to_owned())));
        added.files.extend(writer.text.map(|text| (file, text)));
    }
    added.left.sort_unstable();
    Ok(added)
}

/// The terms in `reason`.
///
/// # Errors
/// When no finding would be hidden by it, in words.
fn usable(reason: &str, today: Option<Date>) -> Result<Terms, String> {
    let terms = directive::read_terms(reason)?;
    if terms.contexts.is_some() {
        return Err(
            "what `--add-ignores` writes holds in all contexts; a reason that starts with `in` names some".into()
        );
    }
    match terms.until.zip(today) {
        Some((until, today)) if until < today => Err(format!("{until} has passed; ignores that ended hide nothing")),
        _ => Ok(terms),
    }
}

/// Whether all contexts in which the resource was checked have the finding.
fn is_in_all_contexts(finding: &Finding) -> bool {
    let contexts: BTreeSet<&str> = finding.occurrences.iter().map(|occurrence| &*occurrence.context).collect();
    contexts.len() >= finding.checked_contexts
}

/// Where the ignore belongs: in Bicep where the finding is shown; else at the resource.
fn place(report: &Report, finding: &Finding) -> Span {
    let shown = finding.primary.span;
    match extension(report.sources.get(shown.file)).as_str() {
        "bicep" | "bicepparam" => shown,
        _ => finding.subject.declared,
    }
}

fn extension(source: &SourceFile) -> String {
    source.path().extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase()
}

/// Findings and their numbers in the report.
type Numbered<'f> = Vec<(usize, &'f Finding)>;

struct IgnoreWriter<'a> {
    source: &'a SourceFile,
    reason: &'a str,
    /// The new text.
    text: Option<String>,
}

impl IgnoreWriter<'_> {
    /// Comments above lines; where a line cannot have one, above the resource. Returns the findings that they hide.
    fn bicep(&mut self, report: &Report, findings: Numbered<'_>) -> BTreeSet<usize> {
        let text = self.source.text();
        let starts = |finding: &Finding| {
            let shown = place(report, finding);
            let declared = Some(finding.subject.declared).filter(|declared| declared.file == shown.file);
            [Some(shown), declared].into_iter().flatten().map(|span| start_of_line(text, span.range.start))
        };
        let fit = self.lines_for_comments(findings.iter().flat_map(|(_, finding)| starts(finding)).collect());
        let mut lines: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        let mut hidden = BTreeSet::new();
        for (at, finding) in findings {
            if let Some(line) = starts(finding).find(|line| fit.contains(line)) {
                lines.entry(line).or_default().insert(&finding.rule);
                hidden.insert(at);
            }
        }
        let edits: Vec<Edit> = lines.into_iter().map(|(line, rules)| self.comment(line, &rules)).collect();
        self.apply(&edits, hidden)
    }

    /// Those of the lines that start at `starts` above which a comment can stand.
    fn lines_for_comments(&self, starts: BTreeSet<u32>) -> BTreeSet<u32> {
        let text = self.source.text();
        let kind = if extension(self.source) == "bicep" { FileKind::Bicep } else { FileKind::Params };
        let parsed = bicep::parse(text, kind);
        // Inside of a string, a comment would be a part of it.
        let tokens = &parsed.tree.tokens;
        let is_between = |start: &u32| {
            let at = tokens.at_offset(*start);
            tokens.range(at).start == *start || tokens.kind(at) == TokenKind::NewLine
        };
        let mut open = vec![starts.into_iter().filter(is_between).collect::<Vec<u32>>()];
        let mut fit = BTreeSet::new();
        // In some expressions it would be an error: of those that are one together, each half is tried for itself.
        while let Some(mut starts) = open.pop() {
            let probes: Vec<Edit> = starts.iter().map(|start| Edit::insert(*start, "// x\n")).collect();
            let probe = apply_edits(text, &probes).unwrap_or_default();
            if bicep::parse(&probe, kind).problems.len() <= parsed.problems.len() {
                fit.extend(starts);
            } else if starts.len() > 1 {
                open.push(starts.split_off(starts.len() / 2));
                open.push(starts);
            }
        }
        fit
    }

    /// Comments where the file has some; else members of the resources' `metadata`. Returns the findings that they
    /// hide.
    fn json(&mut self, findings: Numbered<'_>) -> BTreeSet<usize> {
        let text = self.source.text();
        let document = json::parse(text);
        let is_minified = is_one_line(text.trim());
        let with_comments = !is_minified && (extension(self.source) == "jsonc" || !document.comments().is_empty());
        let mut resources: BTreeMap<TextRange, (Value<'_>, Numbered<'_>)> = BTreeMap::new();
        for (at, finding) in findings {
            let declared = finding.subject.declared.range;
            if let Some(resource) = document.root().and_then(|root| innermost_object(root, declared)) {
                resources.entry(resource.range()).or_insert((resource, Vec::new())).1.push((at, finding));
            }
        }
        let (mut edits, mut hidden) = (Vec::new(), BTreeSet::new());
        for (range, (resource, findings)) in resources {
            let rules: BTreeSet<&str> = findings.iter().map(|(_, finding)| &*finding.rule).collect();
            let ty = resource.member("type").map(|ty| ty.key_range().start);
            match ty.map(|ty| start_of_line(text, ty)).filter(|line| with_comments && *line > range.start) {
                Some(line) => edits.push(self.comment(line, &rules)),
                None => {
                    let reason = |rule: &&str| Change::set(&["metadata", "armguard", "ignore", rule], self.reason);
                    let Some(change) = rules.iter().map(reason).reduce(Change::and) else { continue };
                    let Ok(made) = Patcher::new(&document, Strings::Plain).change(resource, &change) else { continue };
                    edits.extend(made);
                }
            }
            hidden.extend(findings.iter().map(|(at, _)| *at));
        }
        self.apply(&edits, hidden)
    }

    fn apply(&mut self, edits: &[Edit], hidden: BTreeSet<usize>) -> BTreeSet<usize> {
        match apply_edits(self.source.text(), edits) {
            Ok(text) if !edits.is_empty() => {
                self.text = Some(text);
                hidden
            }
            _ => BTreeSet::new(),
        }
    }

    /// A comment on a line of its own before the one that starts at `line`.
    fn comment(&self, line: u32, rules: &BTreeSet<&str>) -> Edit {
        let text = self.source.text();
        let rules = rules.iter().copied().collect::<Vec<_>>().join(", ");
        let (indent, newline) = (indentation(text, line), Style::around(text, line).newline);
        let comment = format!("armguard: ignore[{rules}] {}", self.reason);
        Edit::insert(line, format!("{indent}// {}{newline}", comment.trim_end()))
    }
}

/// Where the line with `offset` starts, behind a byte order mark.
fn start_of_line(text: &str, offset: u32) -> u32 {
    let start = line_around(text, offset).start;
    if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() as u32 } else { start }
}

/// The innermost object around `range`.
fn innermost_object(root: Value<'_>, range: TextRange) -> Option<Value<'_>> {
    let (mut found, mut value) = (None, root);
    loop {
        if value.kind() == ValueKind::Object {
            found = Some(value);
        }
        let inside = |inner: &Value<'_>| inner.range().contains(range);
        match value.members().map(json::Member::value).chain(value.items()).find(inside) {
            Some(inner) => value = inner,
            None => return found,
        }
    }
}
