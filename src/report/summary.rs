//! The lines at the end of a run: what was looked at, what was found, and what was not looked at and why.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::time::Duration;

use crate::finding::{
    FileProblem, Finding, LeftOut, LeftOutReason, Report, Safety, Severity, Suppressed, SuppressedBy, SuppressedItem,
};
use crate::source::{ProblemCode, Span};

use super::place;
use super::words::{count, list, one_line};

/// Most groups of undetermined checks that are named.
const MOST_GROUPS: usize = 10;

/// Writes the summary of `report`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_with(report, &|span| place::start(&report.sources, span), out)
}

/// Like [`write()`], with places as `place` prints them.
pub(super) fn write_with(report: &Report, place: &dyn Fn(Span) -> String, out: &mut dyn Write) -> io::Result<()> {
    if nothing_to_lint(report) {
        writeln!(out, "{}", nothing_line(report))?;
    } else {
        writeln!(out, "{}", checked_line(report))?;
        writeln!(out, "{}", found_line(report))?;
        fixable_line(report, out)?;
    }
    undetermined_lines(report, out)?;
    suppressed_lines(report, place, out)?;
    left_out_lines(report, out)?;
    context_lines(report, out)
}

/// Each file with the contexts in which it was checked.
fn context_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut file = None;
    for deployed in &report.contexts {
        if file != Some(&deployed.file) {
            writeln!(out, "{}", one_line(&deployed.file))?;
        }
        file = Some(&deployed.file);
        let own = deployed.file == deployed.context;
        let context = if own { String::new() } else { format!("{} ", one_line(&deployed.context)) };
        let through = deployed.through.as_ref().filter(|through| **through != deployed.context);
        let through = through.map(|through| format!(", called by {}", one_line(through))).unwrap_or_default();
        let called = deployed.through.is_some() && through.is_empty();
        let why = if called { "calls it, and has its defaults" } else { deployed.why };
        writeln!(out, "  {context}{why}{through}")?;
    }
    Ok(())
}

fn nothing_to_lint(report: &Report) -> bool {
    let is_that = |problem: &FileProblem| problem.code == ProblemCode::NothingChecked;
    report.summary.templates == 0 && report.problems.iter().all(is_that) && report.findings.is_empty()
}

fn nothing_line(report: &Report) -> String {
    let ending = match report.summary.left_out.is_empty() {
        true => ".",
        false => ", apart from what was left out.",
    };
    match report.summary.files {
        0 => format!("Nothing to lint: no Bicep file and no ARM template was found{ending}"),
        1 => format!("Nothing to lint: the one file that was read is no template{ending}"),
        files => format!("Nothing to lint: none of the {files} files that were read is a template{ending}"),
    }
}

fn checked_line(report: &Report) -> String {
    let summary = &report.summary;
    let seen = match (summary.clusters, summary.other_resources) {
        (0, 0) => "no resources".to_owned(),
        (0, others) => format!("no AKS cluster, {}", count(others, "other resource")),
        (clusters, 0) => count(clusters, "AKS cluster"),
        (clusters, others) => format!("{}, {}", count(clusters, "AKS cluster"), count(others, "other resource")),
    };
    let (templates, files) = (count(summary.templates, "template"), count(summary.files, "file"));
    format!("Checked {templates} in {files}: {seen} ({}).", time(summary.elapsed))
}

fn found_line(report: &Report) -> String {
    let by_severity: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (report.findings.iter().filter(|finding| finding.severity == severity).count(), severity))
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| format!("{number} {severity}"))
        .collect();
    let errors = report.problems.iter().filter(|problem| problem.fails).count();
    let notes = report.problems.len() - errors;
    let mut parts = Vec::new();
    if !by_severity.is_empty() {
        parts.push(format!("{} ({})", count(report.findings.len(), "finding"), by_severity.join(", ")));
    }
    let others = [(errors, "error"), (notes, "note")];
    parts.extend(others.into_iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(number, noun)));
    match parts.as_slice() {
        [] => "No findings.".to_owned(),
        _ if by_severity.is_empty() => format!("No findings, but {}.", list(&parts)),
        _ => format!("Found {}.", list(&parts)),
    }
}

/// How many findings armguard can fix.
fn fixable_line(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let safest = |finding: &Finding| finding.fixes.iter().filter_map(|fix| fix.safety).min();
    let number = |safety| report.findings.iter().filter(|finding| safest(finding) == Some(safety)).count();
    let can = |number: usize| format!("{} can be mended", count(number, "finding"));
    match (number(Safety::Safe), number(Safety::Unsafe)) {
        (0, 0) => Ok(()),
        (safe, 0) => writeln!(out, "{} with `--fix`.", can(safe)),
        (0, more) => writeln!(out, "{} with `--fix --unsafe-fixes`; read what that changes.", can(more)),
        (safe, more) => {
            writeln!(out, "{} with `--fix`, {more} more with `--unsafe-fixes`; read what these change.", can(safe))
        }
    }
}

/// One line for each thing that checks depend on, the one with most checks first.
fn undetermined_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<&[String], usize> = BTreeMap::new();
    for check in &report.undetermined {
        *groups.entry(&check.depends_on).or_default() += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    for (deciding, number) in groups.iter().take(MOST_GROUPS) {
        writeln!(out, "{} for {}.", checks_undetermined(*number), one_line(&list(deciding)))?;
    }
    let others: usize = groups.iter().skip(MOST_GROUPS).map(|(_, number)| number).sum();
    if others > 0 {
        writeln!(out, "{} for other things.", checks_undetermined(others))?;
    }
    Ok(())
}

fn checks_undetermined(number: usize) -> String {
    format!("{} {}", count(number, "check"), if number == 1 { "waits" } else { "wait" })
}

/// A line for each ignore and override with what it hides, and why; one for the baseline.
fn suppressed_lines(report: &Report, place: &dyn Fn(Span) -> String, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<&SuppressedBy, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for Suppressed { item, by } in &report.suppressed {
        let id = match item {
            SuppressedItem::Finding(finding) => &*finding.rule,
            SuppressedItem::Undetermined(check) => &*check.rule,
            SuppressedItem::Problem(problem) => problem.code.id(),
        };
        let (number, ids) = groups.entry(by).or_default();
        *number += 1;
        ids.insert(id);
    }
    let mut left = 0;
    for (at, (by, (number, ids))) in groups.into_iter().enumerate() {
        let ignored = match by {
            SuppressedBy::Baseline => {
                let is = if number == 1 { "is" } else { "are" };
                let file = report.summary.baseline.as_deref().map(|file| format!(" {}", one_line(file)));
                writeln!(out, "{number} known before {is} hidden by the baseline{}.", file.unwrap_or_default())?;
                continue;
            }
            SuppressedBy::Ignore(ignored) | SuppressedBy::Override(ignored) => ignored,
        };
        if at >= MOST_GROUPS {
            left += number;
            continue;
        }
        let place = place(ignored.at);
        let until = ignored.until.map(|until| format!(", until {until}")).unwrap_or_default();
        let reason = match ignored.reason.as_str() {
            "" => "no reason given".to_owned(),
            reason => one_line(reason.trim_end_matches('.')),
        };
        let ids: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
        writeln!(out, "Ignored at {place}: {number} of {}{until}: {reason}.", one_line(&list(&ids)))?;
    }
    match left {
        0 => Ok(()),
        _ => writeln!(out, "{left} more are ignored at other places."),
    }
}

fn left_out_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    match summary.not_deployed {
        0 => {}
        1 => writeln!(out, "1 resource is not deployed, because its condition is false.")?,
        number => writeln!(out, "{number} resources are not deployed, because their conditions are false.")?,
    }
    match summary.compiled_copies {
        0 => {}
        1 => writeln!(out, "1 compiled copy was left out: the Bicep file that it was made from was checked.")?,
        number => {
            writeln!(
                out,
                "{number} compiled copies were left out: the Bicep files that they were made from were checked."
            )?;
        }
    }
    for (by, rules) in &summary.rules_off {
        let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
        writeln!(out, "Not run: {}, which `[rules]` in {} leaves out.", one_line(&list(&rules)), one_line(by))?;
    }
    for left_out in &summary.left_out {
        writeln!(out, "{}", left_out_line(left_out))?;
    }
    for (reason, number) in &summary.skipped {
        let times = if *number == 1 { String::new() } else { format!(" ({number} times)") };
        writeln!(out, "Skipped: {}{times}.", one_line(reason))?;
    }
    Ok(())
}

/// `Left out: 2 files and 1 folder, ignored by infra/.gitignore.`
fn left_out_line(left_out: &LeftOut) -> String {
    let by = left_out.by.as_deref().map(one_line).unwrap_or_default();
    let counted = [(left_out.files, "file"), (left_out.folders, "folder")];
    let counted = counted.into_iter().filter(|(number, _)| *number > 0);
    let counted: Vec<String> = counted.map(|(number, noun)| count(number, noun)).collect();
    let why = match left_out.reason {
        LeftOutReason::Ignored => format!("ignored by {by} and not tracked by git"),
        LeftOutReason::Excluded => format!("excluded by `[files]` in {by}"),
        LeftOutReason::Hidden => "hidden and not tracked by git".to_owned(),
        LeftOutReason::NodeModules => "`node_modules` that git does not track".to_owned(),
        LeftOutReason::Link => "reached through a link that leads elsewhere".to_owned(),
        LeftOutReason::NotRegular => "not a regular file".to_owned(),
    };
    format!("Left out: {}, {why}.", list(&counted))
}

/// `8 ms`, `1.3 s`.
fn time(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    if milliseconds < 1000 { format!("{milliseconds} ms") } else { format!("{:.1} s", elapsed.as_secs_f64()) }
}
