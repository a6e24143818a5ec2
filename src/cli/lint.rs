//! `armguard lint`.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::discover::{self, Discovery};
use crate::finding::{FileProblem, Report, Severity};
use crate::lint::{self, FILE_LIMIT, Inputs, Options};
use crate::report::{self, Format, Style};
use crate::source::{Disk, ProblemCode};

use super::args::LintArgs;
use super::output::{self, Output};
use super::{Failure, Verdict, explain};

/// Lints what `args` name and writes the report.
pub(super) fn run(args: &LintArgs, out: &mut Output) -> Result<Verdict, Failure> {
    for id in args.select.iter().chain(&args.ignore) {
        explain::check_id(id)?;
    }
    let (inputs, found_problems) = inputs(args)?;
    let named: HashSet<String> =
        inputs.paths.iter().filter(|found| found.named).map(|found| shown(&found.path)).collect();

    let options = Options { select: args.select.clone(), ignore: args.ignore.clone(), standalone: args.standalone };
    let mut report = lint::lint(&Disk, inputs, &options);
    if !found_problems.is_empty() {
        report.problems.extend(found_problems);
        report.problems.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    }

    write(&report, args, out)?;
    Ok(verdict(&report, &named, args))
}

/// The files to look at, and the problems met while finding them.
fn inputs(args: &LintArgs) -> Result<(Inputs, Vec<FileProblem>), Failure> {
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path| path.as_os_str() == "-");
    if stdin.is_empty() && args.stdin_filename.is_some() {
        return Err(Failure::Usage("`--stdin-filename` names standard input; add `-` to read it".to_owned()));
    }
    let Discovery { found, problems } = discover::discover(&paths)?;
    let stdin = match stdin.as_slice() {
        [] => None,
        _ => {
            let text = read_stdin()?;
            let name = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(default_name(&text)));
            Some((name, text))
        }
    };
    Ok((Inputs { paths: found, stdin }, problems))
}

fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(FILE_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Input(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(Failure::Input(format!("has more than {} MB, which is the limit", FILE_LIMIT / 1_000_000)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Input(format!("is not UTF-8 (first bad byte at offset {at})"))
    })
}

/// What to call standard input when nobody said: JSON starts with a brace, Bicep never does.
fn default_name(text: &str) -> &'static str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') { "stdin.json" } else { "stdin.bicep" }
}

fn write(report: &Report, args: &LintArgs, out: &mut Output) -> Result<(), Failure> {
    let format = Format::from(args.format);
    let style = Style {
        undetermined: args.show_undetermined || args.strict,
        colour: output::colour(args.color),
        unicode: output::unicode(),
        ..Style::default()
    };
    report::write(report, format, style, out)?;
    if !format.has_summary() {
        // Findings first, also where both streams lead to the same terminal.
        out.flush()?;
        report::write_summary(report, &mut io::stderr().lock())?;
    }
    Ok(())
}

fn verdict(report: &Report, named: &HashSet<String>, args: &LintArgs) -> Verdict {
    let is_unreadable = |problem: &FileProblem| problem.problem.code == ProblemCode::UnreadableFile;
    if report.problems.iter().any(|problem| is_unreadable(problem) && named.contains(&problem.path)) {
        return Verdict::NamedUnreadable;
    }
    let threshold = Severity::from(args.fail_on);
    let found = report.findings.iter().any(|finding| finding.severity >= threshold);
    let open = args.strict && report.undetermined.iter().any(|check| check.severity >= threshold);
    let broken = report.problems.iter().any(|problem| problem.fails);
    if (found || open || broken) && !args.exit_zero { Verdict::Failed } else { Verdict::Clean }
}

/// A path as problems show it.
fn shown(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() }
}
