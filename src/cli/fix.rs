//! `armguard lint --fix`, `--diff` and `--fix-only`.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::lint::mend::{Changed, Made, Mended};
use crate::report::printable;

use super::args::FixArgs;
use super::files::Skipped;
use super::output::{self, Output, note, shown, write_lines};
use super::{Failure, files, reports};

/// Lines around a change in a diff.
const CONTEXT: usize = 3;

/// Writes the files below `roots` that mending changed, or with `--diff` only shows what would be written. Nothing of
/// that is done as long as files are among them that are to be left as they are: these are given back, and why.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn write(mended: &Mended, roots: &[PathBuf], args: &FixArgs, out: &mut Output) -> Result<Skipped, Failure> {
    let skipped = match args.diff {
        true => files::skipped(&mended.changed, roots),
        false => files::write(&mended.changed, roots)?,
    };
    if skipped.is_empty() {
        if args.diff {
            show(&mended.changed, out)?;
        }
        tell(mended, if args.diff { "Would fix" } else { "Fixed" });
    }
    Ok(skipped)
}

/// Writes what would change: just so for other programs and into files, and where people read it, with nothing in it
/// that a terminal or a build server would obey.
///
/// # Errors
/// When `out` cannot be written.
fn show(changes: &[Changed], out: &mut Output) -> Result<(), Failure> {
    let is_obeyed = io::stdout().is_terminal() || reports::annotations().is_some() && !output::is_file();
    let mut is_exact = true;
    for diff in changes.iter().map(diff) {
        for line in diff.split_inclusive('\n') {
            let text = line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line);
            let (text, end) = line.split_at(text.len());
            let shown = if is_obeyed { printable(text) } else { text.into() };
            is_exact &= shown == text;
            out.write_all(shown.as_bytes())?;
            out.write_all(end.as_bytes())?;
        }
    }
    if !is_exact {
        out.flush()?;
        note(&["note: not all characters are shown as they are; `--diff > FILE` has them".to_owned()]);
    }
    Ok(())
}

/// Says on standard error what was `done`.
fn tell(mended: &Mended, done: &str) {
    let mut err = io::stderr().lock();
    let mut say = |what: &str, Made { place, rule, title }: &Made, why: &str| {
        // That nobody reads it is no failure.
        let _ = write_lines(&format!("{what} {place}: {title} [{rule}]{why}"), &mut err);
    };
    mended.made.iter().for_each(|made| say(done, made, ""));
    mended.dropped.iter().for_each(|made| {
        say("Not fixed", made, ": it could not be made sure that this mends it and changes nothing else")
    });
    mended.barred.iter().for_each(|(made, why)| say("Not fixed", made, &format!(": {why}")));
}

/// A unified diff.
fn diff(changed: &Changed) -> String {
    let path = shown(Path::new(&changed.path));
    let path = path.trim_start_matches('/');
    // So `patch` knows where a name with blanks ends.
    let end = if path.contains(' ') { "\t" } else { "" };
    let diff = TextDiff::from_lines(&*changed.before, &*changed.after);
    diff.unified_diff().context_radius(CONTEXT).header(&format!("a/{path}{end}"), &format!("b/{path}{end}")).to_string()
}
