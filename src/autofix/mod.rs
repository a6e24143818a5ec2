//! Applies fixes in rounds. Each fix is checked before it is kept.
//!
//! A round takes the fixes that are allowed and do not overlap, and applies them to the texts in memory. Then
//! everything is read and checked again. The findings must be gone, no file may have a new problem, and only the
//! properties that the fixes set may differ in what is deployed. A fix that breaks this is dropped and reported.
//! Nothing is written to disk here.

mod check;
mod second_opinion;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::{Finding, Fix, Report, Safety};
use crate::lint::{Inputs, Options, broken_off, lint, mark_incomplete};
use crate::project::with_stack;
use crate::source::{Edit, FileId, FileSystem, TextRange, apply_edits, inverse_edits};
use check::ChangedRanges;
use state::{Overlay, Round};

/// Rounds after which no more fixes are tried.
const MOST_ROUNDS: usize = 10;

/// The result of applying fixes.
#[derive(Debug, Default)]
pub struct AutofixReport {
    /// The report on the files after the fixes.
    pub report: Report,
    /// The files that changed, sorted by path.
    pub changed: Vec<ChangedFile>,
    /// The fixes that were made.
    pub made: Vec<AppliedFix>,
    /// The fixes that were dropped, because they would have changed more than announced, or not enough.
    pub dropped: Vec<AppliedFix>,
    /// The fixes that were not tried, because a file that they change cannot be written, with the reason.
    pub barred: Vec<(AppliedFix, String)>,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path.
    pub path: PathBuf,
    /// Its text before.
    pub before: Arc<str>,
    /// Its text after.
    pub after: Arc<str>,
    /// Where secrets stand in these two texts.
    pub secrets: [Vec<TextRange>; 2],
}

/// A fix, and of what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppliedFix {
    /// The file and line of the finding, as they were; of the change, where that is in other files.
    pub place: String,
    /// The rule.
    pub rule: String,
    /// What the fix does.
    pub title: String,
}

/// The identity of a fix across rounds: its rule, its resource, its title and its files.
type FixKey = (String, String, String, Vec<PathBuf>);

/// A fix that may be made.
#[derive(Debug, Clone)]
struct Candidate {
    made: AppliedFix,
    key: FixKey,
    /// The number of its finding in the report.
    finding: usize,
    edits: Vec<(FileId, Edit)>,
    /// The resource type and the properties that it sets.
    sets: (String, Vec<String>),
}

/// Lints `inputs` and applies the safe fixes, and with `also_unsafe` also those that an author must review.
pub fn fix_all(files: &dyn FileSystem, inputs: &Inputs, options: &Options, also_unsafe: bool) -> AutofixReport {
    let fixer = Autofix { files, inputs, options };
    let fixed = with_stack(options.stack, options.threads, || fixer.fix_all(also_unsafe));
    let mut fixed = fixed.unwrap_or_else(|message| {
        // The findings are reported anyway.
        let mut report = lint(files, inputs.clone(), options);
        report.problems.push(broken_off(message));
        AutofixReport { report, ..AutofixReport::default() }
    });
    if inputs.cancel.is_cancelled() {
        // What was tried last may only look right.
        mark_incomplete(&mut fixed.report);
        return AutofixReport { report: fixed.report, ..AutofixReport::default() };
    }
    fixed
}

/// The project to fix.
struct Autofix<'m> {
    files: &'m dyn FileSystem,
    inputs: &'m Inputs,
    options: &'m Options,
}

impl Autofix<'_> {
    fn fix_all(&self, also_unsafe: bool) -> AutofixReport {
        let mut originals: BTreeMap<PathBuf, (Arc<str>, Vec<TextRange>)> = BTreeMap::new();
        let (mut made, mut dropped) = (Vec::new(), BTreeMap::new());
        let mut tried: BTreeSet<FixKey> = BTreeSet::new();
        let mut barred = BTreeMap::new();
        let mut state = self.state(BTreeMap::new());
        if state.report.incomplete {
            // What was not checked may speak against a fix.
            return AutofixReport { report: state.report, ..AutofixReport::default() };
        }
        for _ in 0..MOST_ROUNDS {
            if self.inputs.cancel.is_cancelled() {
                break;
            }
            let mut round = candidates(&state.report, also_unsafe);
            round.retain(|candidate| match self.bar(&state.report, candidate) {
                Some(why) => {
                    barred.insert(candidate.key.clone(), (candidate.made.clone(), why));
                    false
                }
                None => !tried.contains(&candidate.key),
            });
            let round = apart(round);
            if round.is_empty() {
                break;
            }
            let mut sorted = Attempts::default();
            self.sort(&state, round, &mut sorted);
            tried.extend(sorted.dropped.iter().map(|candidate| candidate.key.clone()));
            dropped.extend(sorted.dropped.into_iter().map(|candidate| (candidate.key, candidate.made)));
            let Some(next) = sorted.next else { continue };
            // After other fixes, one that was dropped may be the right one.
            tried.clear();
            for Candidate { key, made: fix, .. } in sorted.kept {
                dropped.remove(&key);
                made.push(fix);
            }
            for path in next.texts.keys() {
                if let Some(source) = state.source(path) {
                    let original = || (source.text().into(), state.secrets(path));
                    originals.entry(path.clone()).or_insert_with(original);
                }
            }
            state = next;
        }
        let changed = state.texts.iter().filter_map(|(path, after)| {
            let (before, secrets) = originals.remove(path)?;
            let (path, after, secrets) = (path.clone(), Arc::clone(after), [secrets, state.secrets(path)]);
            (before != after).then_some(ChangedFile { path, before, after, secrets })
        });
        let changed = changed.collect();
        let dropped = dropped.into_values().collect();
        let barred = barred.into_values().collect();
        AutofixReport { changed, report: state.report, made, dropped, barred }
    }

    /// Which file that `candidate` changes cannot be written, and why.
    fn bar(&self, report: &Report, candidate: &Candidate) -> Option<String> {
        candidate.edits.iter().find_map(|(file, _)| {
            let source = report.sources.get(*file);
            let why = self.options.unwritable.get(source.path())?;
            Some(format!("`{}` is left as it is: {why}", source.display_path()))
        })
    }

    /// The project with `texts` in the place of what is on disk.
    fn state(&self, texts: BTreeMap<PathBuf, Arc<str>>) -> Round {
        Round::new(Overlay { files: self.files, texts }, self.inputs, self.options)
    }

    /// Sorts the fixes of `batch` into those that work together with the ones kept before, and those that do not. If a
    /// batch fails, each half of it is tried by itself.
    fn sort(&self, state: &Round, mut batch: Vec<Candidate>, sorted: &mut Attempts) {
        let all: Vec<&Candidate> = sorted.kept.iter().chain(&batch).collect();
        if let Some(next) = self.attempt(state, &all) {
            sorted.kept.append(&mut batch);
            sorted.next = Some(next);
            return;
        }
        if batch.len() < 2 {
            return sorted.dropped.append(&mut batch);
        }
        let rest = batch.split_off(batch.len() / 2);
        self.sort(state, batch, sorted);
        self.sort(state, rest, sorted);
    }

    /// The project after `fixes`; `None` when they change more than they should, or less.
    fn attempt(&self, before: &Round, fixes: &[&Candidate]) -> Option<Round> {
        let mut by_file: BTreeMap<FileId, BTreeSet<&Edit>> = BTreeMap::new();
        for (file, edit) in fixes.iter().flat_map(|candidate| &candidate.edits) {
            by_file.entry(*file).or_default().insert(edit);
        }
        let mut texts = before.texts.clone();
        let mut change = ChangedRanges::default();
        for (file, edits) in by_file {
            let source = before.report.sources.get(file);
            let edits: Vec<Edit> = edits.into_iter().cloned().collect();
            let text: Arc<str> = apply_edits(source.text(), &edits).ok()?.into();
            let undo = inverse_edits(source.text(), &edits).ok()?;
            change.before.insert(source.path().to_owned(), edits.iter().map(|edit| edit.range).collect());
            change.after.insert(source.path().to_owned(), undo.iter().map(|edit| edit.range).collect());
            texts.insert(source.path().to_owned(), text);
        }
        let after = self.state(texts);
        let findings: BTreeSet<usize> = fixes.iter().map(|candidate| candidate.finding).collect();
        let sets: BTreeSet<&(String, Vec<String>)> = fixes.iter().map(|candidate| &candidate.sets).collect();
        let is_right = check::no_new_problems(&before.report, &after.report)
            && check::findings_are_gone(&before.report, &after.report, &findings)
            && check::deploys_the_same(before, &after, &change, &sets)
            && check::reads_as_well(before, &after, &change);
        is_right.then_some(after)
    }
}

/// Fixes that were tried, sorted into kept and dropped.
#[derive(Debug, Default)]
struct Attempts {
    kept: Vec<Candidate>,
    dropped: Vec<Candidate>,
    /// The project after those that are kept; `None` as long as there are none.
    next: Option<Round>,
}

/// The fixes of a report that may be made.
fn candidates(report: &Report, also_unsafe: bool) -> Vec<Candidate> {
    let most = if also_unsafe { Safety::Unsafe } else { Safety::Safe };
    let findings = report.findings.iter().enumerate();
    let fixes = findings.flat_map(|(at, finding)| finding.fixes.iter().map(move |fix| (at, finding, fix)));
    let able = fixes.filter(|(.., fix)| fix.safety.is_some_and(|safety| safety <= most) && !fix.edits.is_empty());
    able.map(|(at, finding, fix)| candidate(report, at, finding, fix)).collect()
}

fn candidate(report: &Report, at: usize, finding: &Finding, fix: &Fix) -> Candidate {
    let path = |file: FileId| report.sources.get(file).path().to_owned();
    let own = finding.primary.span;
    // A value that comes from another file is reported at the place of the change.
    let elsewhere = fix.edits.first().filter(|_| fix.edits.iter().all(|(file, _)| *file != own.file));
    let (file, offset) = elsewhere.map_or((own.file, own.range.start), |(file, edit)| (*file, edit.range.start));
    let source = report.sources.get(file);
    let place = format!("{}:{}", source.display_path(), source.line_column(offset).line);
    let (rule, title) = (finding.rule.to_string(), fix.title.clone());
    let subject = format!("{} {}", finding.subject.title, finding.subject.name);
    let files: BTreeSet<FileId> = fix.edits.iter().map(|(file, _)| *file).chain([own.file]).collect();
    Candidate {
        key: (rule.clone(), subject, title.clone(), files.into_iter().map(path).collect()),
        made: AppliedFix { place, rule, title },
        finding: at,
        edits: fix.edits.clone(),
        sets: (finding.subject.resource_type.to_string(), fix.sets.clone()),
    }
}

/// Those that do not touch each other: of two that do, the first. Fixes that are the same stay.
fn apart(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut taken: Vec<Candidate> = Vec::new();
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for candidate in candidates {
        let files: BTreeSet<FileId> = candidate.edits.iter().map(|(file, _)| *file).collect();
        let mut others = files.iter().filter_map(|file| by_file.get(file)).flatten().filter_map(|at| taken.get(*at));
        if others.any(|other| collide(&candidate, other)) {
            continue;
        }
        for file in files {
            by_file.entry(file).or_default().push(taken.len());
        }
        taken.push(candidate);
    }
    taken
}

fn collide(a: &Candidate, b: &Candidate) -> bool {
    let touch = |a: &Edit, b: &Edit| a.range.start <= b.range.end && b.range.start <= a.range.end;
    a.edits != b.edits
        && a.edits.iter().any(|(file, edit)| b.edits.iter().any(|(other, known)| file == other && touch(edit, known)))
}
