//! Mending: fixes applied in rounds, each checked before it is kept.
//!
//! A round lints, takes the fixes that may be made and do not touch each other, and applies them to the texts in
//! memory. Then everything is read and evaluated again: no file may have a problem that it did not have, and of what
//! is deployed only the properties that the fixes set may differ. A fix that breaks this is dropped and said. Nothing is
//! written here.

mod check;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Inputs, Options, lint};
use crate::finding::{Finding, Fix, Report, Safety};
use crate::source::{Edit, FileId, FileSystem, ReadError, apply_edits};
use check::Deployed;

/// Rounds after which mending ends.
const MOST_ROUNDS: usize = 10;

/// What came out of mending.
#[derive(Debug)]
pub struct Mended {
    /// What is left to say.
    pub report: Report,
    /// The files that changed, sorted by path.
    pub changed: Vec<Changed>,
    /// The fixes that were made.
    pub made: Vec<Made>,
    /// The fixes that were dropped, because they would have changed more than they say.
    pub dropped: Vec<Made>,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its path.
    pub path: PathBuf,
    /// Its text before.
    pub before: Arc<str>,
    /// Its text after.
    pub after: Arc<str>,
}

/// A fix, and of what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// The file and line of the finding, as they were.
    pub place: String,
    /// The rule.
    pub rule: String,
    /// What the fix does.
    pub title: String,
}

/// Files with the texts that mending made of them.
struct Overlay<'f> {
    files: &'f dyn FileSystem,
    texts: BTreeMap<PathBuf, Arc<str>>,
}

impl FileSystem for Overlay<'_> {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.files.read_bytes(path, limit),
        }
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files.file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        self.files.tidy(path)
    }
}

/// A finding's fix that may be made.
#[derive(Clone)]
struct Candidate {
    made: Made,
    /// What tells it apart from one round to the next.
    key: (String, String, String),
    edits: Vec<(FileId, Edit)>,
    /// The resource type and the properties that it sets.
    sets: (String, Vec<String>),
}

/// Lints `inputs` and mends what can be mended safely, and with `also_unsafe` what an author must judge.
pub fn mend(files: &dyn FileSystem, inputs: &Inputs, options: &Options, also_unsafe: bool) -> Mended {
    let mut overlay = Overlay { files, texts: BTreeMap::new() };
    let mut originals: BTreeMap<PathBuf, Arc<str>> = BTreeMap::new();
    let (mut made, mut dropped) = (Vec::new(), Vec::new());
    let mut tried: BTreeSet<(String, String, String)> = BTreeSet::new();
    let mut report = lint(&overlay, inputs.clone(), options);
    for _ in 0..MOST_ROUNDS {
        let mut round = candidates(&report, also_unsafe);
        round.retain(|candidate| !tried.contains(&candidate.key));
        let round = apart(round);
        if round.is_empty() {
            break;
        }
        // Where all at once goes wrong, one after the other tells which one does it.
        let batches: Vec<Vec<Candidate>> = match attempt(&overlay, inputs, options, &report, &round) {
            Some((texts, next)) => {
                keep(&mut overlay, &mut originals, &report, texts);
                report = next;
                made.extend(round.into_iter().map(|candidate| candidate.made));
                continue;
            }
            None => round.into_iter().map(|candidate| vec![candidate]).collect(),
        };
        let several = batches.len() > 1;
        let mut progress = false;
        for batch in batches {
            // The places of the others have moved when one was made: they come again in the next round.
            if progress {
                break;
            }
            match several.then(|| attempt(&overlay, inputs, options, &report, &batch)).flatten() {
                Some((texts, next)) => {
                    keep(&mut overlay, &mut originals, &report, texts);
                    report = next;
                    made.extend(batch.into_iter().map(|candidate| candidate.made));
                    progress = true;
                }
                None => {
                    tried.extend(batch.iter().map(|candidate| candidate.key.clone()));
                    dropped.extend(batch.into_iter().map(|candidate| candidate.made));
                }
            }
        }
    }
    let changed = overlay.texts.into_iter().filter_map(|(path, after)| {
        let before = originals.remove(&path)?;
        (before != after).then_some(Changed { path, before, after })
    });
    Mended { report, changed: changed.collect(), made, dropped }
}

/// The fixes of a report that may be made.
fn candidates(report: &Report, also_unsafe: bool) -> Vec<Candidate> {
    let most = if also_unsafe { Safety::Unsafe } else { Safety::Safe };
    let of = |finding: &Finding, fix: &Fix| {
        let source = report.sources.get(finding.primary.span.file);
        let place = format!("{}:{}", source.display_path(), source.line_column(finding.primary.span.range.start).line);
        let (rule, title) = (finding.rule.to_string(), fix.title.clone());
        let subject = format!("{} {} {}", source.display_path(), finding.subject.title, finding.subject.name);
        Candidate {
            key: (rule.clone(), subject, title.clone()),
            made: Made { place, rule, title },
            edits: fix.edits.clone(),
            sets: (finding.subject.resource_type.to_string(), fix.sets.clone()),
        }
    };
    let fixes = report.findings.iter().flat_map(|finding| finding.fixes.iter().map(move |fix| (finding, fix)));
    let able = fixes.filter(|(_, fix)| fix.safety <= most && !fix.edits.is_empty());
    able.map(|(finding, fix)| of(finding, fix)).collect()
}

/// Those that do not touch each other: of two that do, the first. Fixes that are the same stay.
fn apart(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut taken: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let collides = |other: &Candidate| {
            candidate.edits != other.edits
                && candidate.edits.iter().any(|(file, edit)| {
                    other.edits.iter().any(|(known_file, known)| file == known_file && touch(edit, known))
                })
        };
        if !taken.iter().any(collides) {
            taken.push(candidate);
        }
    }
    taken
}

fn touch(a: &Edit, b: &Edit) -> bool {
    a.range.start <= b.range.end && b.range.start <= a.range.end
}

/// The texts that come out of `round`, and what a run says of them; `None` when more has changed than it should.
fn attempt(
    overlay: &Overlay<'_>,
    inputs: &Inputs,
    options: &Options,
    before: &Report,
    round: &[Candidate],
) -> Option<(BTreeMap<PathBuf, Arc<str>>, Report)> {
    let mut by_file: BTreeMap<FileId, BTreeSet<&Edit>> = BTreeMap::new();
    for (file, edit) in round.iter().flat_map(|candidate| &candidate.edits) {
        by_file.entry(*file).or_default().insert(edit);
    }
    let mut texts = overlay.texts.clone();
    let mut touched = BTreeMap::new();
    for (file, edits) in by_file {
        let source = before.sources.get(file);
        let edits: Vec<Edit> = edits.into_iter().cloned().collect();
        let text: Arc<str> = apply_edits(source.text(), &edits).ok()?.into();
        touched.insert(source.path().to_owned(), (source.clone(), text.clone()));
        texts.insert(source.path().to_owned(), text);
    }
    if !touched.iter().all(|(path, (source, text))| check::reads_as_well(path, source.text(), text)) {
        return None;
    }
    let next = Overlay { files: overlay.files, texts };
    let after = lint(&next, inputs.clone(), options);
    let sets: Vec<&(String, Vec<String>)> = round.iter().map(|candidate| &candidate.sets).collect();
    let paths: BTreeSet<PathBuf> = touched.into_keys().collect();
    let same = || {
        let old = Deployed::of(overlay, inputs, &paths);
        let new = Deployed::of(&next, inputs, &paths);
        old.differs_only_in(&new, &sets)
    };
    (check::no_new_problems(before, &after) && same()).then_some((next.texts, after))
}

/// Takes over `texts`.
fn keep(
    overlay: &mut Overlay<'_>,
    originals: &mut BTreeMap<PathBuf, Arc<str>>,
    before: &Report,
    texts: BTreeMap<PathBuf, Arc<str>>,
) {
    for path in texts.keys() {
        let source = before.sources.iter().find(|(_, source)| source.path() == path);
        if let Some((_, source)) = source {
            originals.entry(path.clone()).or_insert_with(|| source.text().into());
        }
    }
    overlay.texts = texts;
}
