//! What must be true of every generated project, whatever language it is printed in.

mod known;
mod output;
mod run;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use armguard::autofix::fix_all;
use armguard::finding::{Finding, Report, SuppressedItem};
use armguard::lint::Options;

use crate::print::Language;
use crate::program::Project;
pub use run::{Printed, options};

/// As many bytes as a project of the default knobs uses up, mostly.
pub const SEED_BYTES: usize = 4096;

/// Clusters up to which fixing is tried: it costs a run each, and more where fixes go wrong together.
const FIXED: usize = 4;

/// What is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenProperty {
    /// Which property.
    pub property: &'static str,
    /// In which language.
    pub language: Language,
    /// What was seen.
    pub seen: String,
}

impl fmt::Display for BrokenProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}): {}", self.property, self.language, self.seen)
    }
}

/// What came out of a project, when all was as it must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Whether all files were read without a problem.
    pub is_clean: bool,
    /// Clusters that were checked.
    pub clusters: usize,
    /// Findings, suppressed ones included.
    pub failed: usize,
    /// Checks that could go either way.
    pub undetermined: usize,
    /// Checks of which the reference knows the answer.
    pub known: usize,
}

/// Lints, writes, expands and fixes `project` in all languages.
///
/// # Errors
/// The first thing that is not as it must be.
pub fn check(project: &Project) -> Result<Verdicts, BrokenProperty> {
    check_some(project, None)
}

/// Whether `project`, too, breaks what `broken` breaks; that alone is tried.
pub fn breaks_alike(project: &Project, broken: &BrokenProperty) -> bool {
    check_some(project, Some(broken.property)).is_err_and(|other| other.property == broken.property)
}

/// What [`check`] does, or the part of it that is about the property `only`.
fn check_some(project: &Project, only: Option<&str>) -> Result<Verdicts, BrokenProperty> {
    let mut verdicts = Verdicts { is_clean: true, ..Verdicts::default() };
    let (mut first, mut alone) = (None::<Vec<String>>, false);
    for language in Language::ALL {
        // Tries a property, unless another one is wanted.
        let must = |property: &'static str, test: &dyn Fn() -> Result<usize, String>| match only {
            Some(only) if only != property => Ok(0),
            _ => test().map_err(|seen| BrokenProperty { property, language, seen }),
        };
        let printed = Printed::new(project, language);
        let printed = printed.map_err(|seen| BrokenProperty { property: "configuration is read", language, seen })?;
        let report = printed.lint(false);
        must("no panic", &|| match report.problems.iter().find(|it| it.code.id() == "internal-error") {
            Some(problem) => Err(problem.message.clone()),
            None => Ok(0),
        })?;
        must("formats", &|| output::check(&report).map(|()| 0))?;
        must("ignores", &|| ignores(project, &printed, &report).map(|()| 0))?;
        let essence = essence(&report);
        // A module of which every call is dead is checked alone; one that stands in the calls is not.
        alone |= is_alone(&report);
        must("languages agree", &|| match &first {
            Some(first) if !alone && *first != essence => Err(difference(first, &essence)),
            _ => Ok(0),
        })?;
        first = Some(essence);
        verdicts.is_clean &= report.problems.iter().all(|problem| !problem.fails);
        if language == Language::Bicep {
            verdicts.clusters = report.summary.clusters;
            verdicts.failed = report.findings.len() + report.suppressed.len();
            verdicts.undetermined = report.undetermined.len();
            verdicts.known = must("verdicts", &|| known::findings(project, &report))?;
            must("unknown is neither", &|| unknown::check(project).map(|()| 0))?;
        }
        must("what is deployed", &|| known::resources(project, &printed).map(|()| 0))?;
        if language != Language::SymbolicArm && report.summary.clusters <= FIXED {
            must("fixes", &|| fixes(&printed).map(|()| 0))?;
        }
    }
    Ok(verdicts)
}

/// Whether a finding is of a module that was checked by itself.
fn is_alone(report: &Report) -> bool {
    let mut occurrences = report.findings.iter().flat_map(|finding| &finding.occurrences);
    occurrences.any(|it| report.sources.get(it.file).display_path().contains('/'))
}

/// What the languages must have in common: how often each rule fails at each property of a type, what decides it, which
/// checks are undetermined, and how many clusters there are. ARM has a module twice that Bicep calls twice.
fn essence(report: &Report) -> Vec<String> {
    let suppressed = report.suppressed.iter().filter_map(|suppressed| match &suppressed.item {
        SuppressedItem::Finding(finding) => Some((&**finding, "suppressed ")),
        SuppressedItem::Undetermined(_) | SuppressedItem::Problem(_) => None,
    });
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    // What depends on what is written as `dependsOn` in one language, and by symbolic names in the other.
    let is_alike = |rule: &str| rule != "aks-defender-workspace-dependency";
    for (finding, how) in
        report.findings.iter().map(|finding| (finding, "")).chain(suppressed).filter(|(it, _)| is_alike(&it.rule))
    {
        let (rule, ty, path) = (&finding.rule, &finding.subject.resource_type, &finding.path);
        *lines.entry(format!("{how}{rule} {ty} {path}")).or_default() += finding.occurrences.len();
    }
    for check in report.undetermined.iter().filter(|check| is_alike(&check.rule)) {
        lines.insert(format!("undetermined {}", check.rule), 1);
    }
    lines.insert("clusters".into(), report.summary.clusters);
    lines.insert("resources that are not deployed".into(), report.summary.not_deployed);
    lines.into_iter().map(|(line, count)| format!("{count} {line}")).collect()
}

/// The lines that only one of two lists has.
fn difference(left: &[String], right: &[String]) -> String {
    let only = |these: &[String], those: &[String], mark: char| {
        let only = these.iter().filter(|line| !those.contains(line));
        only.map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    format!("\n{}{}", only(left, right, '-'), only(right, left, '+'))
}

/// Ignores hide findings, and nothing else: with those that are hidden, the report is that of a run without ignores.
/// What is hidden is what they name.
fn ignores(project: &Project, printed: &Printed, report: &Report) -> Result<(), String> {
    let with_hidden = |report: &Report| {
        let hidden = report.suppressed.iter().filter_map(|suppressed| match &suppressed.item {
            SuppressedItem::Finding(finding) => Some(&**finding),
            SuppressedItem::Undetermined(_) | SuppressedItem::Problem(_) => None,
        });
        let lines =
            report.findings.iter().chain(hidden).map(|it| format!("{} {:?} {}", it.rule, it.primary.span, it.path));
        // What is hidden in some contexts only is there twice.
        lines.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>()
    };
    let (all, without) = (with_hidden(report), with_hidden(&printed.lint(true)));
    if all != without {
        return Err(difference(&all, &without));
    }
    let template_of = |file| {
        let path = report.sources.get(file).display_path();
        let name = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned();
        project.templates.iter().find(|template| template.name == name)
    };
    for hidden in &report.suppressed {
        let SuppressedItem::Finding(finding) = &hidden.item else { continue };
        let whole = project.templates.iter().filter_map(|template| template.ignore.as_ref());
        let mut named: Vec<&str> = whole.map(|ignore| ignore.rule).collect();
        let declaring = template_of(finding.subject.declared.file);
        let resource = declaring.and_then(|template| template.resource(&finding.subject.title));
        named.extend(resource.and_then(|resource| resource.ignore.as_ref()).map(|ignore| ignore.rule));
        if printed.language() == Language::Bicep && !named.contains(&&*finding.rule) {
            return Err(format!("{} of {} is hidden, which nothing ignores", finding.rule, finding.subject.title));
        }
    }
    let needs_reason = project.configuration.as_ref().is_some_and(|configuration| configuration.require_reason);
    // In ARM the modules stand in the file of their caller, where a resource may have the name of one of the caller's.
    let in_own_file =
        |finding: &&Finding| printed.language() == Language::Bicep || finding.subject.call_path.is_empty();
    for finding in report.findings.iter().filter(in_own_file) {
        let declaring = template_of(finding.subject.declared.file);
        let resource = declaring.and_then(|template| template.resource(&finding.subject.title));
        let ignore = resource.and_then(|resource| resource.ignore.as_ref()).filter(|it| it.rule == &*finding.rule);
        if let Some(ignore) = ignore.filter(|ignore| !(needs_reason && ignore.reason.is_empty())) {
            return Err(format!("{} of {} is ignored, and not hidden", ignore.rule, finding.subject.title));
        }
    }
    Ok(())
}

/// Fixes leave no new problem and no more findings; there is nothing left to fix after them.
fn fixes(printed: &Printed) -> Result<(), String> {
    let before = printed.lint_default();
    if before.findings.is_empty() {
        return Ok(());
    }
    let fix = |printed: &Printed| fix_all(&printed.files, &printed.inputs(), &Options::default(), true);
    let fixed = fix(printed);
    // Where a finding is gone, the next rule of its group may have one.
    if fixed.report.findings.len() > before.findings.len() {
        return Err(format!("{} findings are left of {}", fixed.report.findings.len(), before.findings.len()));
    }
    if fixed.made.is_empty() != fixed.changed.is_empty() {
        return Err(format!("{:?} made, {:?} changed", fixed.made, fixed.changed));
    }
    let after = printed.with(fixed.changed.iter().map(|it| (it.path.as_path(), &*it.after)));
    let report = after.lint_default();
    if report.problems.len() > before.problems.len() {
        return Err(format!("new problems: {:#?}", report.problems));
    }
    if report.findings.len() != fixed.report.findings.len() {
        return Err(format!(
            "{} findings were promised, {} are left",
            fixed.report.findings.len(),
            report.findings.len()
        ));
    }
    let again = fix(&after);
    match again.changed.is_empty() {
        true => Ok(()),
        false => Err(format!("fixed again: {:#?}", again.made)),
    }
}
