//! The baseline: the findings of one day. With it, only later findings are shown.
//!
//! It knows a finding by what stays the same when code round it moves: the rule, the template, the resource's type and
//! title and deployed name, the calls that lead to it, the property, the loop instance and the context. A finding that
//! has a context, a caller or a loop instance that the baseline does not know is new. An entry without a name, which older
//! versions wrote, is for any name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::with_path;
use crate::finding::{FileProblem, Finding, Occurrence, Report, Suppressed, SuppressedBy, SuppressedItem};
use crate::source::{HashSet, ProblemCode, SourceMap, normal_path, seen_from};

/// Version of the file's form.
const VERSION: u32 = 1;

/// Entries that are named when they are no longer found, and names of what is new of a finding.
const MOST_NAMED: usize = 20;

/// Where a baseline lies. Its paths are as seen from its folder, those of a run as seen from the working folder.
#[derive(Debug, Clone, Default)]
pub struct Home {
    /// The working folder, absolute.
    pub working: PathBuf,
    /// The baseline, absolute.
    pub file: PathBuf,
}

impl Home {
    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The path of the baseline as a run has it.
    fn shown(&self) -> String {
        seen_from(&self.working, &self.file).to_string_lossy().replace('\\', "/")
    }

    /// `path` of a run as the baseline has it.
    fn path(&self, path: &str) -> String {
        let seen = seen_from(self.folder(), &normal_path(&self.working.join(path)));
        seen.to_string_lossy().replace('\\', "/")
    }

    /// `path` of the baseline as a run has it.
    fn back(&self, path: &str) -> PathBuf {
        seen_from(&self.working, &normal_path(&self.folder().join(path)))
    }

    /// The name of a context of a run as the baseline has it.
    fn context(&self, name: &str, paths: &HashSet<String>) -> String {
        with_path(name, &|path| paths.contains(path), &|path| self.path(path))
    }
}

/// What a finding or problem is known by, but for its context.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineEntry {
    path: String,
    rule: String,
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    ty: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    resource: String,
    /// The name under which it is deployed, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    calls: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    property: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    instance: String,
    /// The message of a problem.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    message: String,
    /// Sorted; one that stands twice has it twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contexts: Vec<String>,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaselineFile {
    version: u32,
    findings: Vec<BaselineEntry>,
}

/// How often something is known, or found: an entry without contexts, with a context.
type KnownCounts = BTreeMap<(BaselineEntry, String), usize>;

/// What a run looked at, so that entries that it did not find can be reported as gone.
pub struct Checked<'a> {
    /// The contexts of which everything was checked and is shown.
    pub whole: HashSet<String>,
    /// All contexts of the project.
    pub contexts: HashSet<String>,
    /// The files to report on.
    pub shown: HashSet<String>,
    /// Whether there is a file at a path.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// Whether a rule or problem was looked for in the file at a path.
    pub ran: &'a dyn Fn(&str, &Path) -> bool,
}

/// What was found before.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    home: Home,
    known: KnownCounts,
}

impl Baseline {
    /// Reads the baseline that lies at `home`.
    ///
    /// # Errors
    /// When `text` is no baseline, or one of another version; in words.
    pub fn parse(text: &str, home: Home) -> Result<Self, String> {
        let version = serde_json::from_str::<serde_json::Value>(text).ok().and_then(|any| any["version"].as_u64());
        if let Some(version) = version.filter(|version| *version != u64::from(VERSION)) {
            return Err(format!("is of version {version}, and this armguard reads version {VERSION}"));
        }
        let document: BaselineFile =
            serde_json::from_str(text).map_err(|error| format!("is no baseline of armguard: {error}"))?;
        let mut known = KnownCounts::new();
        for mut entry in document.findings {
            let contexts = std::mem::take(&mut entry.contexts);
            // A problem has no context.
            let contexts = if contexts.is_empty() { vec![String::new()] } else { contexts };
            for context in contexts {
                *known.entry((entry.clone(), context)).or_default() += 1;
            }
        }
        Ok(Self { home, known })
    }

    /// The baseline of everything in `report`, and of what a baseline already hides in it.
    pub fn of(report: &Report, home: Home) -> Self {
        let paths = paths(&report.sources);
        let mut baseline = Self { home, known: KnownCounts::new() };
        let hidden = report.suppressed.iter().filter(|suppressed| suppressed.by == SuppressedBy::Baseline);
        let hidden: Vec<&SuppressedItem> = hidden.map(|suppressed| &suppressed.item).collect();
        let findings = report.findings.iter().chain(hidden.iter().filter_map(|item| match item {
            SuppressedItem::Finding(finding) => Some(&**finding),
            SuppressedItem::Undetermined(_) | SuppressedItem::Problem(_) => None,
        }));
        let problems = report.problems.iter().chain(hidden.iter().filter_map(|item| match item {
            SuppressedItem::Problem(problem) => Some(problem),
            SuppressedItem::Finding(_) | SuppressedItem::Undetermined(_) => None,
        }));
        let prints = findings.flat_map(|finding| baseline.prints(&report.sources, &paths, finding));
        let prints: Vec<(BaselineEntry, String)> =
            prints.chain(problems.filter_map(|problem| baseline.print_of(problem))).collect();
        for print in prints {
            *baseline.known.entry(print).or_default() += 1;
        }
        baseline
    }

    /// The text of the file: an entry a finding, sorted.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which does not happen.
    pub fn text(&self) -> serde_json::Result<String> {
        let mut entries: BTreeMap<&BaselineEntry, Vec<String>> = BTreeMap::new();
        for ((entry, context), number) in &self.known {
            let contexts = entries.entry(entry).or_default();
            let named = std::iter::repeat_n(context.clone(), *number);
            contexts.extend(named.filter(|context| !context.is_empty()));
        }
        let findings =
            entries.into_iter().map(|(entry, contexts)| BaselineEntry { contexts, ..entry.clone() }).collect();
        Ok(serde_json::to_string_pretty(&BaselineFile { version: VERSION, findings })? + "\n")
    }

    /// How many findings and problems it knows.
    pub fn len(&self) -> usize {
        let entries: BTreeSet<&BaselineEntry> = self.known.keys().map(|(entry, _)| entry).collect();
        entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Hides what it knows in `report`. Adds a note for each entry that was `checked` and is no longer found.
    pub fn apply(&self, report: &mut Report, checked: Option<&Checked<'_>>) {
        let paths = paths(&report.sources);
        let mut left = self.known.clone();
        // What is hidden otherwise is found, too.
        for suppressed in &report.suppressed {
            match &suppressed.item {
                SuppressedItem::Finding(finding) => {
                    take(&mut left, &self.prints(&report.sources, &paths, finding));
                }
                SuppressedItem::Problem(problem) => {
                    take(&mut left, self.print_of(problem).as_slice());
                }
                SuppressedItem::Undetermined(_) => {}
            }
        }
        let mut hidden = Vec::new();
        let sources = &report.sources;
        report.findings.retain_mut(|finding| {
            let prints = self.prints(sources, &paths, finding);
            let new = take(&mut left, &prints);
            let known = new.is_empty() && !prints.is_empty();
            hidden.extend(known.then(|| SuppressedItem::Finding(Box::new(finding.clone()))));
            if !known && new.len() < prints.len() {
                finding.message.push_str(&news(&finding.occurrences, &new));
            }
            !known
        });
        report.problems.retain(|problem| {
            let known = self.print_of(problem).is_some_and(|print| take(&mut left, &[print]).is_empty());
            hidden.extend(known.then(|| SuppressedItem::Problem(problem.clone())));
            !known
        });
        if !hidden.is_empty() {
            report.summary.baseline = Some(self.home.shown());
        }
        report.suppressed.extend(hidden.into_iter().map(|item| Suppressed { item, by: SuppressedBy::Baseline }));
        if let Some(checked) = checked {
            let fixed = self.fixed(report, left, checked, &paths);
            report.problems.extend(fixed);
        }
    }

    /// What is left of the baseline and would have been found if it were still there.
    fn fixed(
        &self,
        report: &Report,
        left: KnownCounts,
        checked: &Checked<'_>,
        paths: &HashSet<String>,
    ) -> Vec<FileProblem> {
        let named = |names: &HashSet<String>| -> HashSet<String> {
            names.iter().map(|name| self.home.context(name, paths)).collect()
        };
        let (whole, contexts) = (named(&checked.whole), named(&checked.contexts));
        let shown: HashSet<String> = checked.shown.iter().map(|path| self.home.path(path)).collect();
        // An undetermined check is not fixed.
        let open: BTreeSet<(&str, &str)> =
            report.undetermined.iter().map(|check| (&*check.rule, &*check.subject.title)).collect();
        let mut fixed: BTreeMap<BaselineEntry, Vec<String>> = BTreeMap::new();
        for ((entry, context), number) in left {
            let is_open = open.contains(&(entry.rule.as_str(), entry.resource.as_str()));
            let path = self.home.back(&entry.path);
            let is_gone = || !(checked.exists)(&path);
            let was_checked = match context.is_empty() {
                true => shown.contains(&entry.path),
                false => whole.contains(&context) || shown.contains(&entry.path) && !contexts.contains(&context),
            };
            if number > 0 && !is_open && (checked.ran)(&entry.rule, &path) && (was_checked || is_gone()) {
                fixed.entry(entry).or_default().push(context);
            }
        }
        let number = fixed.len();
        let mut messages: Vec<String> =
            fixed.into_iter().take(MOST_NAMED).map(|(entry, contexts)| self.no_longer(&entry, &contexts)).collect();
        if number > MOST_NAMED {
            messages.push(format!("{} more are no longer found", number - MOST_NAMED));
        }
        let path = self.home.shown();
        let problem = |message| FileProblem::new(path.clone(), ProblemCode::FixedInBaseline, message).as_note();
        messages.into_iter().map(problem).collect()
    }

    /// That an entry is no longer found, or no longer in some contexts.
    fn no_longer(&self, entry: &BaselineEntry, contexts: &[String]) -> String {
        let mut item = format!("`{}`", entry.rule);
        if !entry.resource.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(item, " for `{}`", entry.resource);
        }
        let _ = write!(item, " in {} is no longer found", entry.path);
        let still = self.known.keys().filter(|(known, context)| known == entry && !contexts.contains(context));
        if still.count() > 0 {
            let _ = write!(item, " with {}", contexts.join(", "));
        }
        item
    }

    /// What `finding` is known by.
    fn prints(&self, sources: &SourceMap, paths: &HashSet<String>, finding: &Finding) -> Vec<(BaselineEntry, String)> {
        let print = |occurrence: &Occurrence| {
            let entry = BaselineEntry {
                path: self.home.path(&sources.get(occurrence.file).display_path()),
                rule: finding.rule.to_string(),
                // Types and properties are compared without regard to case in Azure.
                ty: finding.subject.resource_type.to_lowercase(),
                resource: occurrence.title.to_string(),
                name: Some(occurrence.name.to_string()),
                calls: occurrence.calls.to_vec(),
                property: finding.path.to_lowercase(),
                instance: occurrence.instance.to_string(),
                message: String::new(),
                contexts: Vec::new(),
            };
            (entry, self.home.context(&occurrence.context, paths))
        };
        finding.occurrences.iter().map(print).collect()
    }

    /// What `problem` is known by; `None` when no baseline hides it.
    fn print_of(&self, problem: &FileProblem) -> Option<(BaselineEntry, String)> {
        let code = problem.code;
        (problem.fails && code.can_be_ignored()).then(|| {
            let (path, message) = (self.home.path(&problem.path), problem.message.clone());
            (BaselineEntry { path, rule: code.id().to_owned(), message, ..BaselineEntry::default() }, String::new())
        })
    }
}

/// The paths of all sources.
fn paths(sources: &SourceMap) -> HashSet<String> {
    sources.iter().map(|(_, file)| file.display_path()).collect()
}

/// Takes `prints` from what is left, and returns the places of those that were not there.
fn take(left: &mut KnownCounts, prints: &[(BaselineEntry, String)]) -> BTreeSet<usize> {
    let mut missing = BTreeSet::new();
    for (at, print) in prints.iter().enumerate() {
        if !take_one(left, print) {
            let (entry, context) = print;
            let nameless = (BaselineEntry { name: None, ..entry.clone() }, context.clone());
            if !take_one(left, &nameless) {
                missing.insert(at);
            }
        }
    }
    missing
}

/// Takes `print` from what is left, if it is there.
fn take_one(left: &mut KnownCounts, print: &(BaselineEntry, String)) -> bool {
    match left.get_mut(print) {
        Some(number) if *number > 0 => {
            *number -= 1;
            true
        }
        _ => false,
    }
}

/// A sentence on what the `new` ones of `occurrences` have that the known ones do not: a context, a loop instance, or
/// another way there.
fn news(occurrences: &[Occurrence], new: &BTreeSet<usize>) -> String {
    let parts = |one: &Occurrence| [one.context.to_string(), one.instance.to_string(), one.calls.join(" > ")];
    let all: Vec<(bool, [String; 3])> =
        occurrences.iter().enumerate().map(|(at, one)| (new.contains(&at), parts(one))).collect();
    let is_known = |at: usize, part: &String| all.iter().any(|(new, parts)| !new && parts.get(at) == Some(part));
    let differs = |parts: &[String; 3]| {
        let mut parts = parts.iter().enumerate();
        parts.find(|(at, part)| !part.is_empty() && !is_known(*at, part)).map(|(_, part)| part.clone())
    };
    let names: BTreeSet<String> = all.iter().filter(|(new, _)| *new).filter_map(|(_, parts)| differs(parts)).collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    let named: Vec<String> = names.into_iter().take(MOST_NAMED).collect();
    match (named.is_empty(), more) {
        (true, _) => " The baseline has only a part of this.".to_owned(),
        (false, 0) => format!(" New since the baseline: {}.", named.join(", ")),
        (false, more) => format!(" New since the baseline: {} and {more} more.", named.join(", ")),
    }
}
