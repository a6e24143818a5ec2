//! Three ways to suppress findings: ignores in templates and parameter files, overrides in the configuration, and the
//! baseline.
//!
//! ```bicep
//! // armguard: ignore[aks-defender-profile] until 2027-03-31 moves to the new cluster by then
//! resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { … }
//! ```
//!
//! Ignores are looked for in a text only when it has one of the words that they start with. They suppress the findings
//! of a *context*, before contexts are merged: one that is limited to some contexts leaves the finding of the others.

mod baseline;
mod bicep;
mod directive;
mod json;
mod lines;
mod suppressor;
mod write;

pub use baseline::{Baseline, Checked, Home};
pub use suppressor::{About, SuppressionVerdict, Suppressor};
pub use write::{Added, add_ignores};

use std::rc::Rc;

use rulefile::nearest::nearest;

use crate::config::{Config, ContextPatterns};
use crate::rules::RuleStore;
use crate::source::{Date, HashMap, Problem, ProblemCode, Problems, TextRange};
use directive::Directive;

/// An ignore as it is written in a file.
#[derive(Debug)]
struct Ignore {
    /// Where it is written.
    at: TextRange,
    /// What it is for: ids of rules and problems.
    rules: Vec<(String, TextRange)>,
    /// What it covers.
    area: Area,
    /// Its other terms, or why it does not apply.
    terms: Result<Terms, String>,
}

/// The terms of an ignore besides its rules.
#[derive(Debug, Clone, Default)]
struct Terms {
    /// Why; may be empty.
    reason: String,
    /// The last day on which it applies.
    until: Option<Date>,
    /// The contexts in which it applies; `None` for all.
    contexts: Option<ContextPatterns>,
    /// Those in which the configuration allows ignores; `None` for all.
    allowed: Option<ContextPatterns>,
}

impl Terms {
    /// How many patterns of contexts it has.
    fn patterns(&self) -> usize {
        self.contexts.as_ref().map_or(0, |patterns| patterns.written.len())
    }

    /// Whether there are contexts in which it does not apply.
    const fn is_limited(&self) -> bool {
        self.contexts.is_some() || self.allowed.is_some()
    }

    /// Whether it applies in `context`; `None` stands for all contexts together.
    fn applies_in(&self, context: Option<&str>) -> bool {
        let patterns = [&self.contexts, &self.allowed].into_iter().flatten();
        patterns.into_iter().all(|patterns| context.is_some_and(|context| patterns.matches(context)))
    }
}

/// What an ignore covers in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Area {
    /// The text in which a place must start.
    text: TextRange,
    /// Resources and modules, for all that is about them, or about what they deploy. Ignores for one line share it.
    whole: Rc<Whole>,
}

/// The places of resources and modules that are covered as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Whole {
    /// Where they start, in order; and where those that start there or before end at most.
    reach: Vec<(u32, u32)>,
}

impl Whole {
    fn new(mut ranges: Vec<TextRange>) -> Self {
        ranges.sort_unstable();
        let mut farthest = 0;
        let reach = ranges.into_iter().map(|range| {
            farthest = farthest.max(range.end);
            (range.start, farthest)
        });
        Self { reach: reach.collect() }
    }

    /// Whether one of them contains `range`.
    fn contains(&self, range: TextRange) -> bool {
        let before = self.reach.partition_point(|(start, _)| *start <= range.start);
        before.checked_sub(1).and_then(|last| self.reach.get(last)).is_some_and(|(_, end)| range.end <= *end)
    }
}

/// The places of what has a head, such as the declarations of resources, to be found by line.
#[derive(Debug, Default)]
struct Heads {
    /// Where the head stands and where the whole, in order; heads do not overlap.
    sorted: Vec<(TextRange, TextRange)>,
    /// What was found for a line.
    known: HashMap<TextRange, Rc<Whole>>,
}

impl Heads {
    fn new(mut heads: Vec<(TextRange, TextRange)>) -> Self {
        heads.sort_unstable();
        Self { sorted: heads, known: HashMap::default() }
    }

    /// `line`, and all of what has its head, or a part of it, there.
    fn area(&mut self, line: Option<TextRange>) -> Area {
        let Some(line) = line else { return Area::default() };
        let sorted = &self.sorted;
        let whole = self.known.entry(line).or_insert_with(|| {
            let first = sorted.partition_point(|(head, _)| head.end <= line.start);
            let starting = sorted.iter().skip(first).take_while(|(head, _)| head.start < line.end);
            Rc::new(Whole::new(starting.map(|(_, whole)| *whole).collect()))
        });
        Area { text: line, whole: Rc::clone(whole) }
    }
}

impl Area {
    /// All of `range`.
    fn all(range: TextRange) -> Self {
        Self { text: range, whole: Rc::new(Whole::new(vec![range])) }
    }

    /// Whether a place that starts at `offset` lies in the text. A place at the end of a file lies in its last line.
    fn has_place(&self, offset: u32) -> bool {
        self.text.start <= offset && (offset < self.text.end || offset == self.text.end && !self.text.is_empty())
    }

    /// Whether what is declared at `range` is covered as a whole.
    fn has_declared(&self, range: TextRange) -> bool {
        self.whole.contains(range)
    }
}

/// Ignores of one file that apply at most; no author writes more.
const MOST_IGNORES: usize = 5_000;

/// Rules that one comment names at most.
const MOST_RULES: usize = 100;

/// Patterns of contexts that the ignores of one file have at most.
const MOST_PATTERNS: usize = 1_000;

/// The ignores of a file, and what is wrong with them.
#[derive(Debug, Default)]
struct Written {
    ignores: Vec<Ignore>,
    /// There are more than are read.
    is_full: bool,
    /// How many patterns of contexts they have.
    patterns: usize,
    problems: Problems,
}

impl Written {
    /// Adds an ignore, unless there are too many.
    fn add(&mut self, mut ignore: Ignore) {
        if self.ignores.len() >= MOST_IGNORES {
            if !std::mem::replace(&mut self.is_full, true) {
                let message = format!("this file has more than {MOST_IGNORES} ignores; from here on none applies");
                self.wrong(ignore.at, message);
            }
            return;
        }
        self.patterns += ignore.terms.as_ref().map_or(0, Terms::patterns);
        if self.patterns > MOST_PATTERNS {
            ignore.terms = Err(format!("the ignores of this file have more than {MOST_PATTERNS} patterns of contexts"));
        }
        self.ignores.push(ignore);
    }

    fn wrong(&mut self, range: TextRange, message: impl Into<String>) {
        self.problems.push(Problem { code: ProblemCode::InvalidIgnore, range, message: message.into() });
    }

    /// The directive in the comment at `range`, if there is one that is right: one for the file `is_top`.
    fn directive(&mut self, text: &str, range: TextRange, is_top: impl FnOnce() -> bool) -> Option<Directive> {
        match directive::read(text, range)? {
            Err(message) => self.wrong(range, message),
            Ok(directive) if directive.file && !is_top() => {
                self.wrong(range, "`ignore-file` stands at the top of the file, before everything else");
            }
            Ok(directive) => return Some(directive),
        }
        None
    }

    /// A member of `ignore` in `metadata`, for all of `covered`: the key and its place, and the reason, when that is text.
    fn member(&mut self, rule: String, at: TextRange, reason: Option<&str>, covered: TextRange) {
        let terms = reason.map_or_else(|| Err("the reason is a string".to_owned()), directive::read_terms);
        self.add(Ignore { at, rules: vec![(rule, at)], area: Area::all(covered), terms });
    }
}

/// The name of a context, with the paths in it changed: they stand alone, behind `of`, or in brackets at the end.
fn with_path(name: &str, is_path: &dyn Fn(&str) -> bool, change: &dyn Fn(&str) -> String) -> String {
    if is_path(name) {
        return change(name);
    }
    let bracket = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let (entry, template) = match bracket.filter(|(_, path)| is_path(path)) {
        Some((entry, path)) => (entry, format!(" ({})", change(path))),
        None => (name, String::new()),
    };
    match entry.split_once(" of ").filter(|(_, path)| is_path(path)) {
        Some((entry, path)) => format!("{entry} of {}{template}", change(path)),
        None => format!("{entry}{template}"),
    }
}

/// `terms` with what the configuration adds to them.
///
/// # Errors
/// What the configuration requires and they do not have, in words.
fn allowed(mut terms: Terms, config: Option<&Config>, today: Option<Date>) -> Result<Terms, String> {
    let Some(settings) = config.map(|config| &config.ignores) else { return Ok(terms) };
    if settings.require_reason.is_some_and(|(required, _)| required) && terms.reason.is_empty() {
        return Err("it gives no reason, and the configuration asks for one".to_owned());
    }
    if let Some((days, _)) = settings.max_expiry {
        let within = format!("within {days} {}", if days == 1 { "day" } else { "days" });
        match (terms.until, today) {
            (None, _) => return Err(format!("the configuration asks for `until` and a day {within}")),
            (Some(until), Some(today)) if until.days_after(today) > i64::from(days) => {
                return Err(format!("it ends on {until}, and the configuration asks for an end {within}"));
            }
            (Some(_), _) => {}
        }
    }
    terms.allowed = settings.contexts.as_ref().map(|(patterns, _)| patterns.clone());
    Ok(terms)
}

/// Whether `id` is that of a rule, or of a problem that can be ignored.
fn is_known(rules: &RuleStore, id: &str) -> bool {
    rules.get(id).is_some() || ProblemCode::of_id(id).is_some_and(ProblemCode::can_be_ignored)
}

/// The id that was meant by `id`, if one comes near.
fn meant<'r>(rules: &'r RuleStore, id: &str) -> Option<&'r str> {
    nearest(id, ids(rules))
}

/// All that can be ignored.
fn ids(rules: &RuleStore) -> impl Iterator<Item = &str> {
    let codes = ProblemCode::ALL.into_iter().filter(|code| code.can_be_ignored());
    rules.rules().iter().map(|rule| &*rule.id).chain(codes.map(|code| -> &str { code.id() }))
}
