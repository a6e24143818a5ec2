//! What people have decided not to be told of: ignores in templates and parameter files, overrides in the
//! configuration, and the baseline.
//!
//! ```bicep
//! // armguard: ignore[aks-defender-profile] until 2027-03-31 moves to the new cluster by then
//! resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { … }
//! ```
//!
//! Ignores are looked for in a text only when it has one of the words that they start with. They silence what a
//! *context* says, before contexts are merged: one that is limited to some contexts leaves the finding of the others.

mod baseline;
mod bicep;
mod directive;
mod json;
mod lines;
mod silencer;
mod write;

pub use baseline::{Baseline, Checked, Home};
pub use silencer::{About, Silence, Silencer};
pub use write::{Added, add_ignores};

use crate::config::{Config, ContextPatterns};
use crate::rules::Registry;
use crate::source::nearest::nearest;
use crate::source::{Date, Problem, ProblemCode, TextRange};
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
    /// What else it says; or why it does not hold.
    terms: Result<Terms, String>,
}

/// What an ignore says beside rules.
#[derive(Debug, Clone, Default)]
struct Terms {
    /// Why; may be empty.
    reason: String,
    /// The last day on which it holds.
    until: Option<Date>,
    /// The contexts in which it holds; `None` for all.
    contexts: Option<ContextPatterns>,
    /// Those in which the configuration lets ignores hold; `None` for all.
    allowed: Option<ContextPatterns>,
}

impl Terms {
    /// Whether it holds in `context`; `None` stands for all contexts together.
    fn holds_in(&self, context: Option<&str>) -> bool {
        let patterns = [&self.contexts, &self.allowed].into_iter().flatten();
        patterns.into_iter().all(|patterns| context.is_some_and(|context| patterns.matches(context)))
    }
}

/// What an ignore covers in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Area {
    /// The text in which a place must start.
    text: TextRange,
    /// Resources and modules, for all that is about them, or about what they deploy.
    whole: Vec<TextRange>,
}

impl Area {
    /// All of `range`.
    fn all(range: TextRange) -> Self {
        Self { text: range, whole: vec![range] }
    }

    /// Whether a place that starts at `offset` lies in the text. A place at the end of a file lies in its last line.
    fn has_place(&self, offset: u32) -> bool {
        self.text.start <= offset && (offset < self.text.end || offset == self.text.end && !self.text.is_empty())
    }

    /// Whether what is declared at `range` is covered as a whole.
    fn has_declared(&self, range: TextRange) -> bool {
        self.whole.iter().any(|whole| whole.contains(range))
    }
}

/// The ignores of a file, and what is wrong with them.
#[derive(Debug, Default)]
struct Written {
    ignores: Vec<Ignore>,
    problems: Vec<Problem>,
}

impl Written {
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
        self.ignores.push(Ignore { at, rules: vec![(rule, at)], area: Area::all(covered), terms });
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
/// What the configuration asks for and they do not have, in words.
fn allowed(mut terms: Terms, config: Option<&Config>, today: Option<Date>) -> Result<Terms, String> {
    let Some(settings) = config.map(|config| &config.ignores) else { return Ok(terms) };
    if settings.require_reason.is_some_and(|(asked, _)| asked) && terms.reason.is_empty() {
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
fn is_known(rules: &Registry, id: &str) -> bool {
    rules.get(id).is_some() || ProblemCode::of_id(id).is_some_and(ProblemCode::can_be_ignored)
}

/// The id that was meant by `id`, if one comes near.
fn meant<'r>(rules: &'r Registry, id: &str) -> Option<&'r str> {
    nearest(id, ids(rules))
}

/// All that can be ignored.
fn ids(rules: &Registry) -> impl Iterator<Item = &str> {
    let codes = ProblemCode::ALL.into_iter().filter(|code| code.can_be_ignored());
    rules.rules().iter().map(|rule| &*rule.id).chain(codes.map(|code| -> &str { code.id() }))
}
