//! `armguard lint --fix`, `--diff` and `--fix-only`.

use std::io::Write;
use std::path::Path;

use similar::TextDiff;

use crate::lint::mend::{Changed, Made, Mended, mend};
use crate::lint::{Inputs, Options};
use crate::source::Disk;

use super::args::FixArgs;
use super::output::{Output, shown, write_lines};
use super::progress::Progress;
use super::{Failure, files};

/// Lines around a change in a diff.
const CONTEXT: usize = 3;

/// Mends `inputs`: writes the files, or with `--diff` only shows what would be written.
///
/// # Errors
/// When a file cannot be written; those before it are.
pub(super) fn run(inputs: &Inputs, options: &Options, args: &FixArgs, out: &mut Output) -> Result<Mended, Failure> {
    let progress = Progress::start("Mending templates");
    let mended = mend(&Disk, inputs, options, args.unsafe_fixes);
    drop(progress);
    for changed in &mended.changed {
        match args.diff {
            true => out.write_all(diff(changed).as_bytes())?,
            false => files::change(&changed.path, changed.before.as_bytes(), changed.after.as_bytes())
                .map_err(|error| Failure::File(changed.path.clone(), error))?,
        }
    }
    if !args.diff {
        tell(&mended);
    }
    Ok(mended)
}

/// Says on standard error what was done.
fn tell(mended: &Mended) {
    let mut err = std::io::stderr().lock();
    let mut say = |what: &str, Made { place, rule, title }: &Made, why: &str| {
        // That nobody reads it is no failure.
        let _ = write_lines(&format!("{what} {place}: {title} [{rule}]{why}"), &mut err);
    };
    mended.made.iter().for_each(|made| say("Fixed", made, ""));
    mended.dropped.iter().for_each(|made| say("Not fixed", made, ": it would have changed more than that"));
}

/// A unified diff.
fn diff(changed: &Changed) -> String {
    let path = shown(Path::new(&changed.path));
    let path = path.trim_start_matches('/');
    let diff = TextDiff::from_lines(&*changed.before, &*changed.after);
    diff.unified_diff().context_radius(CONTEXT).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
