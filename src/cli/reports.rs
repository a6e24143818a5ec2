//! The reports of a run: which ones, where to, and how they get there.

use std::env;
use std::io::{self, Write};
use std::path::Path;

use crate::finding::Report;
use crate::report::{self, Format, ReportStyle, Repository};
use crate::rules::RuleStore;
use crate::source::caught;

use super::args::LintArgs;
use super::output::{self, OutputSink};
use super::targets::OutputTarget;
use super::{CommandError, files};

/// The reports to write: those `requested` on the command line, else the `configured` ones, else the terminal's and,
/// where a build server shows them, annotations.
pub(super) fn targets(
    requested: &[OutputTarget],
    configured: Vec<OutputTarget>,
) -> Result<Vec<OutputTarget>, CommandError> {
    let requested = if requested.is_empty() { configured } else { requested.to_owned() };
    for (at, target) in requested.iter().enumerate() {
        if requested.iter().skip(at + 1).any(|other| other.file == target.file) {
            return Err(CommandError::Usage(match &target.file {
                Some(file) => format!("two formats cannot both be written to `{}`", file.display()),
                None => "only one format can be written to standard output; give the others a file: \
                         `--format sarif=armguard.sarif`"
                    .to_owned(),
            }));
        }
    }
    if !requested.is_empty() {
        return Ok(requested);
    }
    let formats = [Some(Format::Terminal), annotations()];
    Ok(formats.into_iter().flatten().map(|format| OutputTarget { format, file: None }).collect())
}

/// Writes `report` to each of `targets`, and its summary to standard error when none of them shows it to people.
pub(super) fn write(
    report: &Report,
    targets: &[OutputTarget],
    args: &LintArgs,
    rules: &RuleStore,
    out: &mut OutputSink,
) -> Result<(), CommandError> {
    let place = WorkingFolder::find();
    let file_style = ReportStyle {
        undetermined: args.show_undetermined || args.strict,
        sarif: args.sarif_profile,
        repository: place.repository(),
        rules: Some(rules),
        ..ReportStyle::default()
    };
    let style = ReportStyle {
        colour: output::colour(args.color),
        unicode: output::unicode(),
        width: output::width(),
        ..file_style
    };
    let mut has_summary = false;
    let mut broken = None;
    for target in targets {
        let written = caught(|| match &target.file {
            None => {
                report::write(report, target.format, style, out)?;
                has_summary |= target.format.has_summary();
                Ok(())
            }
            Some(file) => write_file(file, &|out| report::write(report, target.format, file_style, out)),
        });
        let failed = match written {
            Ok(written) => written.err(),
            Err(error) => Some(CommandError::Internal(format!("{}: {error}", target.format.name()))),
        };
        // The other reports are written all the same.
        broken = broken.or(failed);
    }
    if !has_summary {
        // Findings first, also where both streams lead to the same terminal.
        broken = broken.or(out.flush().map_err(CommandError::Output).err());
        // The findings are written. If nobody reads the summary, that is no failure.
        let _ = report::write_summary(report, &mut io::stderr().lock());
    }
    broken.map_or(Ok(()), Err)
}

/// Writes what `write` writes to the file at `path`, so that it has all of that or stays as it was.
///
/// # Errors
/// When the file cannot be written.
fn write_file(path: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), CommandError> {
    files::replace_by(path, write).map_err(|error| CommandError::File(path.to_owned(), error))
}

/// The format for the annotations of the build server that runs this, if it is one that has them.
pub(super) fn annotations() -> Option<Format> {
    if output::variable("GITHUB_ACTIONS") == "true" {
        return Some(Format::Github);
    }
    output::variable("TF_BUILD").eq_ignore_ascii_case("true").then_some(Format::Azure)
}

/// Where the run stands in its repository.
#[derive(Default)]
struct WorkingFolder {
    root: String,
    folder: String,
}

impl WorkingFolder {
    /// Looks for the root of a repository from the current folder upwards.
    fn find() -> Self {
        let Ok(here) = env::current_dir() else { return Self::default() };
        let Some(root) = here.ancestors().find(|folder| folder.join(".git").exists()) else { return Self::default() };
        Self { root: output::shown(root), folder: here.strip_prefix(root).map(output::shown).unwrap_or_default() }
    }

    fn repository(&self) -> Repository<'_> {
        Repository { root: &self.root, folder: &self.folder }
    }
}
