//! `armguard lint --fix`, `--diff` and `--fix-only`.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use similar::udiff::UnifiedDiffHunk;
use similar::{DiffOp, DiffTag, TextDiff};

use crate::autofix::{AppliedFix, AutofixReport, ChangedFile};
use crate::report::printable;
use crate::source::TextRange;

use super::args::FixArgs;
use super::files::Skipped;
use super::output::{self, OutputSink, note, shown, write_lines};
use super::{CommandError, files, reports};

/// Lines around a change in a diff.
const CONTEXT: usize = 3;

/// Writes the files below `roots` that fixes changed, or with `--diff` only shows what would be written. If some files
/// must be left as they are, neither is done: these files are returned, with the reasons.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(
    fixed: &AutofixReport,
    roots: &[PathBuf],
    args: &FixArgs,
    out: &mut OutputSink,
) -> Result<Skipped, CommandError> {
    let skipped = match args.diff {
        true => files::skipped(&fixed.changed, roots),
        false => files::write(&fixed.changed, roots)?,
    };
    if skipped.is_empty() {
        if args.diff {
            show(&fixed.changed, out)?;
        }
        print_fixes(fixed, if args.diff { "Would fix" } else { "Fixed" });
    }
    Ok(skipped)
}

/// Writes what would change: just so for other programs and into files, and where people read it, with nothing in it
/// that a terminal or a build server would obey.
///
/// # Errors
/// When `out` cannot be written.
fn show(changes: &[ChangedFile], out: &mut OutputSink) -> Result<(), CommandError> {
    let is_obeyed = io::stdout().is_terminal() || reports::annotations().is_some() && !output::is_file();
    let mut is_exact = true;
    let mut hidden = Vec::new();
    for diff in changes.iter().map(|changed| diff(changed, &mut hidden)) {
        for line in diff.split_inclusive('\n') {
            let text = line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line);
            let (text, end) = line.split_at(text.len());
            let shown = if is_obeyed { printable(text) } else { text.into() };
            is_exact &= shown == text;
            out.write_all(shown.as_bytes())?;
            out.write_all(end.as_bytes())?;
        }
    }
    if !hidden.is_empty() {
        out.flush()?;
        note(&hidden);
    }
    if !is_exact {
        out.flush()?;
        note(&["note: not all characters are shown as they are; `--diff > FILE` has them".to_owned()]);
    }
    Ok(())
}

/// Prints on standard error what was `done`.
fn print_fixes(fixed: &AutofixReport, done: &str) {
    let mut err = io::stderr().lock();
    let mut print = |what: &str, AppliedFix { place, rule, title }: &AppliedFix, why: &str| {
        // If the reader is gone, that is no failure.
        let _ = write_lines(&format!("{what} {place}: {title} [{rule}]{why}"), &mut err);
    };
    fixed.made.iter().for_each(|made| print(done, made, ""));
    fixed.dropped.iter().for_each(|made| {
        print("Not fixed", made, ": it could not be made sure that this mends it and changes nothing else")
    });
    fixed.barred.iter().for_each(|(made, why)| print("Not fixed", made, &format!(": {why}")));
}

/// A unified diff. Lines around a change that have a secret are left out. So is a change of such a line, which is then
/// added to `hidden`.
fn diff(changed: &ChangedFile, hidden: &mut Vec<String>) -> String {
    let path = shown(Path::new(&changed.path));
    let path = path.trim_start_matches('/');
    // So `patch` knows where a name with blanks ends.
    let end = if path.contains(' ') { "\t" } else { "" };
    let diff = TextDiff::from_lines(&*changed.before, &*changed.after);
    let old = (0..diff.old_len()).map_while(|at| diff.old_slice(at));
    let new = (0..diff.new_len()).map_while(|at| diff.new_slice(at));
    let [before, after] = &changed.secrets;
    let secrets = [with_secrets(old, before), with_secrets(new, after)];
    let mut hunks = String::new();
    for ops in diff.grouped_ops(CONTEXT).into_iter().flat_map(|ops| without_secrets(ops, &secrets[0])) {
        let is_secret = |op: &DiffOp| op.tag() != DiffTag::Equal && has_secret(op, &secrets);
        if ops.iter().any(is_secret) {
            let line = ops.iter().find(|op| is_secret(op)).map_or(1, |op| op.old_range().start + 1);
            hidden.push(format!("note: {path}:{line}: a change is not shown, because the line has a secret"));
            continue;
        }
        hunks.push_str(&UnifiedDiffHunk::new(ops, &diff, true).to_string());
    }
    match hunks.is_empty() {
        true => hunks,
        false => format!("--- a/{path}{end}\n+++ b/{path}{end}\n{hunks}"),
    }
}

/// The numbers of the lines that have a part of `secrets`.
fn with_secrets<'t>(lines: impl Iterator<Item = &'t str>, secrets: &[TextRange]) -> BTreeSet<usize> {
    if secrets.is_empty() {
        return BTreeSet::new();
    }
    let ends = lines.scan(0_u32, |end, line| {
        *end += line.len() as u32;
        Some(*end)
    });
    let ends: Vec<u32> = ends.collect();
    let lines_of = |secret: &TextRange| {
        let at = |offset: u32| ends.partition_point(|end| *end <= offset);
        at(secret.start)..at(secret.end.saturating_sub(1).max(secret.start)) + 1
    };
    secrets.iter().flat_map(lines_of).collect()
}

/// Whether a line that `op` is about, before or after it, has a secret.
fn has_secret(op: &DiffOp, [old, new]: &[BTreeSet<usize>; 2]) -> bool {
    old.range(op.old_range()).next().is_some() || new.range(op.new_range()).next().is_some()
}

/// The changes of a hunk with the lines around them, apart where lines between them have a secret.
fn without_secrets(ops: Vec<DiffOp>, secrets: &BTreeSet<usize>) -> Vec<Vec<DiffOp>> {
    let mut hunks = vec![Vec::new()];
    for op in ops {
        let DiffOp::Equal { old_index, new_index, len } = op else {
            hunks.last_mut().into_iter().for_each(|hunk| hunk.push(op));
            continue;
        };
        let part = |from: usize, to: usize| {
            let (old_index, new_index) = (old_index + from, new_index + from);
            (from < to).then(|| DiffOp::Equal { old_index, new_index, len: to - from })
        };
        let mut within = secrets.range(old_index..old_index + len).map(|line| line - old_index);
        let Some(first) = within.next() else {
            hunks.last_mut().into_iter().for_each(|hunk| hunk.push(op));
            continue;
        };
        let last = within.next_back().unwrap_or(first);
        hunks.last_mut().into_iter().for_each(|hunk| hunk.extend(part(0, first)));
        hunks.push(part(last + 1, len).into_iter().collect());
    }
    hunks.retain(|hunk| hunk.iter().any(|op| op.tag() != DiffTag::Equal));
    hunks
}
