//! `armguard lint`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use std::time::SystemTime;

use crate::autofix::{AutofixReport, fix_all};
use crate::discover::{self, Guarded, LeftOutCounts, Reach};
use crate::finding::{FileProblem, Report};
use crate::lint::{self, FILE_LIMIT, Inputs, Options, Values};
use crate::rules::RuleStore;
use crate::source::{Cancel, Date, HashSet, ProblemCode, Stack};
use crate::suppress::{Added, add_ignores};

use super::args::LintArgs;
use super::output::{OutputSink, shown};
use super::progress::Progress;
use super::targets::OutputTarget;
use super::timer::Timer;
use super::worker::Worker;
use super::{CommandError, RunVerdict, baseline, configuration, fix, ids, ignores, reports, rules, rulesets};

/// How often a project is read whose files are replaced meanwhile.
const MOST_ATTEMPTS: usize = 4;

/// Lints what `args` name and writes the report.
pub(super) fn run(args: &LintArgs, sandboxed: bool, out: &mut OutputSink) -> Result<RunVerdict, CommandError> {
    let start = Instant::now();
    let timer = Timer::start(args.time.timeout);
    let given = MainThreadInputs::new(args, timer.cancel.clone())?;
    let worker = Worker::new(&reach(args, &given), sandboxed)?.with_rules();
    let progress = Progress::start(if args.fixing.any() { "Mending templates" } else { "Checking templates" });
    let mut checked = worker.run(|threads| check(args, &given, &worker.files, threads))?;
    for _ in 1..MOST_ATTEMPTS {
        if !checked.found.report().problems.iter().any(was_replaced) {
            break;
        }
        checked = worker.run(|threads| check(args, &given, &worker.files, threads))?;
    }
    let CheckedRun { mut setup, found } = checked;
    let seen_from = setup.inputs.roots.clone();
    let elapsed = start.elapsed();
    drop(progress);
    // What may be read but is not part of the project is read-only.
    let roots: Vec<PathBuf> = worker.files.boundary().roots.keys().cloned().collect();

    let mut report = match found {
        RunResult::Report(report) => report,
        RunResult::Fixed(mut fixed) => {
            // A fix of several files is made in all of them or in none.
            while let skipped = fix::write(&fixed, &roots, &args.fixing, out)?
                && !skipped.is_empty()
            {
                setup.options.unwritable.extend(skipped);
                fixed = worker
                    .run(|_| Ok(fix_all(&worker.files, &setup.inputs, &setup.options, args.fixing.unsafe_fixes)))?;
            }
            if args.fixing.diff && !fixed.report.incomplete {
                return Ok(match fixed.report.problems.iter().any(is_internal) {
                    true => RunVerdict::Broken,
                    false if fixed.changed.is_empty() => RunVerdict::Clean,
                    false => RunVerdict::Failed,
                });
            }
            fixed.report
        }
        RunResult::Ignorable(report, mut added) => {
            while let skipped = ignores::write(&report, &added, &roots)?
                && !skipped.is_empty()
            {
                setup.options.unwritable.extend(skipped);
                added = worker.run(|_| ignores_for(&report, args, &setup.inputs, &setup.options))?;
            }
            match added.files.is_empty() {
                true => report,
                false => worker.run(|_| Ok(lint::lint(&worker.files, setup.inputs, &setup.options)))?,
            }
        }
    };
    drop(timer);
    if !setup.problems.is_empty() {
        report.problems.extend(setup.problems);
        lint::sort_problems(&mut report.problems, &seen_from);
    }
    report.summary.left_out = setup.left_out.counted();
    report.summary.elapsed = elapsed;

    if let Some(file) = args.write_baseline.as_ref().filter(|_| !report.incomplete) {
        baseline::write(file, &mut report)?;
    }
    if !args.fixing.fix_only || report.incomplete {
        reports::write(&report, &setup.targets, args, &setup.rules, out)?;
    }
    Ok(verdict(&report, &setup.named, args))
}

/// What the main thread finds out for the worker, which must not.
struct MainThreadInputs {
    /// The text of standard input, when it is named.
    stdin: Option<String>,
    /// Where modules are that are no files of the project.
    module_cache: Option<PathBuf>,
    /// Which configuration to use.
    choice: discover::Choice,
    /// What ends the run early.
    cancel: Cancel,
}

impl MainThreadInputs {
    /// # Errors
    /// When `args` do not go together, or standard input cannot be read.
    fn new(args: &LintArgs, cancel: Cancel) -> Result<Self, CommandError> {
        let usage = |message: &str| Err(CommandError::Usage(message.to_owned()));
        let (fixing, reads_stdin) = (&args.fixing, args.paths.iter().any(|path| is_stdin(path)));
        if !reads_stdin && args.stdin_filename.is_some() {
            return usage("`--stdin-filename` names standard input; add `-` to read it");
        }
        if fixing.unsafe_fixes && !fixing.any() {
            return usage("`--unsafe-fixes` goes with `--fix`, `--diff` or `--fix-only`");
        }
        if fixing.any() && reads_stdin && !fixing.diff {
            return usage("standard input cannot be mended; `--diff` shows what would change");
        }
        if args.add_ignores.is_some() && reads_stdin {
            return usage("ignores cannot be written into standard input");
        }
        let stdin = reads_stdin.then(read_stdin).transpose()?;
        let choice = configuration::choice(&args.configuration);
        Ok(Self { stdin, module_cache: args.modules.cache(), choice, cancel })
    }
}

/// What the command line names.
fn reach(args: &LintArgs, given: &MainThreadInputs) -> Reach {
    let stands = args.stdin_filename.iter().filter(|_| given.stdin.is_some());
    let paths = args.paths.iter().filter(|path| !is_stdin(path)).chain(stands).chain(&args.params);
    let files = given.choice.file.iter().chain(&args.baseline);
    args.own.within(args.reading.reach(paths.cloned().collect(), files.cloned().collect(), args.modules.cache()))
}

/// What a run is about.
struct Setup {
    inputs: Inputs,
    options: Options,
    rules: Arc<RuleStore>,
    targets: Vec<OutputTarget>,
    /// The files that were named, as reports show them.
    named: HashSet<String>,
    /// What was met while looking for files.
    problems: Vec<FileProblem>,
    /// What was left out.
    left_out: LeftOutCounts,
}

/// What the worker found.
struct CheckedRun {
    setup: Setup,
    found: RunResult,
}

enum RunResult {
    /// The report.
    Report(Report),
    /// The changed files, and the report after the fixes.
    Fixed(AutofixReport),
    /// The report, and the ignores to write for it.
    Ignorable(Report, Added),
}

impl RunResult {
    const fn report(&self) -> &Report {
        match self {
            Self::Report(report) | Self::Ignorable(report, _) => report,
            Self::Fixed(fixed) => &fixed.report,
        }
    }
}

/// Whether a file could not be read only because it took the place of another one after the sandbox was made, which
/// permits to read the old one.
fn was_replaced(problem: &FileProblem) -> bool {
    let is_regular = |path: &Path| path.symlink_metadata().is_ok_and(|file| file.is_file());
    problem.code == ProblemCode::UnreadableFile
        && problem.message.contains("Permission denied")
        && is_regular(Path::new(&problem.path))
        && File::open(&problem.path).is_ok()
}

/// Reads what `args` name, and checks it: all that is done on the worker.
///
/// # Errors
/// When something that was named cannot be read, or a configuration or rule is wrong.
fn check(
    args: &LintArgs,
    given: &MainThreadInputs,
    files: &Guarded,
    threads: usize,
) -> Result<CheckedRun, CommandError> {
    let mut setup = setup(args, given, files, threads)?;
    let (inputs, options) = (&mut setup.inputs, &setup.options);
    let found = if args.fixing.any() {
        RunResult::Fixed(fix_all(files, inputs, options, args.fixing.unsafe_fixes))
    } else if args.add_ignores.is_some() {
        let report = lint::lint(files, inputs.clone(), options);
        match report.incomplete {
            true => RunResult::Report(report),
            false => {
                let added = ignores_for(&report, args, inputs, options)?;
                RunResult::Ignorable(report, added)
            }
        }
    } else {
        RunResult::Report(lint::lint(files, std::mem::take(inputs), options))
    };
    let report = match &found {
        RunResult::Report(report) | RunResult::Ignorable(report, _) => report,
        RunResult::Fixed(fixed) => &fixed.report,
    };
    if report.summary.templates == 0 && !args.allow_empty && setup.left_out.has_template(files) {
        setup.problems.push(nothing_checked());
    }
    Ok(CheckedRun { setup, found })
}

/// The ignores to write for the findings of `report`.
///
/// # Errors
/// When the reason cannot be written.
fn ignores_for(report: &Report, args: &LintArgs, inputs: &Inputs, options: &Options) -> Result<Added, CommandError> {
    let reason = args.add_ignores.as_deref().unwrap_or_default();
    add_ignores(report, reason, &inputs.configs, &options.unwritable, options.today).map_err(CommandError::Usage)
}

fn setup(args: &LintArgs, given: &MainThreadInputs, files: &Guarded, threads: usize) -> Result<Setup, CommandError> {
    let (inputs, problems, left_out) = inputs(args, given, files)?;
    let rules = rules::read(&args.own, &inputs.configs, files)?;
    for name in args.select.iter().chain(&args.ignore) {
        ids::check_id(&rules, name)?;
    }
    configuration::check(&inputs.configs, &rules)?;
    let targets = reports::targets(&args.format, configuration::formats(&inputs.configs)?)?;
    let named = inputs.paths.iter().filter(|found| found.named).map(|found| shown(&found.path)).collect();
    let mut options = Options {
        select: args.select.clone(),
        sets: Vec::new(),
        ignore: args.ignore.clone(),
        baseline: args.baseline.as_deref().map(|file| baseline::read(files, file)).transpose()?,
        rules: Some(rules.clone()),
        standalone: args.standalone,
        list_contexts: args.show_contexts,
        no_ignores: args.no_ignores,
        unwritable: Default::default(),
        today: Some(today()),
        threads,
        stack: Stack::PROGRAM,
    };
    rulesets::add(&args.ruleset, &inputs.configs, &mut options)?;
    rules::prepare(&rules, &options, &inputs.configs)?;
    Ok(Setup { inputs, options, rules, targets, named, problems, left_out })
}

/// The environment variables with these names, each with its value when it is set.
pub(super) fn named_variables(names: &[String]) -> Vec<(String, Option<String>)> {
    names.iter().map(|name| (name.clone(), std::env::var(name).ok())).collect()
}

/// The files to look at, the problems met while finding them, and what was left out.
fn inputs(
    args: &LintArgs,
    given: &MainThreadInputs,
    files: &Guarded,
) -> Result<(Inputs, Vec<FileProblem>, LeftOutCounts), CommandError> {
    let paths: Vec<PathBuf> = args.paths.iter().filter(|path| !is_stdin(path)).cloned().collect();
    let mut discovery = discover::discover(&paths)?;
    let stdin = given.stdin.clone().map(|text| {
        let name = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(default_name(&text)));
        (name, text)
    });
    // A text without a name stands nowhere.
    let stands = stdin.as_ref().filter(|_| args.stdin_filename.is_some()).map(|(name, _)| name.as_path());
    let around = discover::surroundings(&paths, stands, &mut discovery, &given.choice, files)?;
    if args.params.is_some() && discovery.found.len() + usize::from(stdin.is_some()) != 1 {
        return Err(CommandError::Usage("`--params` is for one template; name just that".to_owned()));
    }
    if let Some(file) = args.params.as_deref().filter(|file| !file.is_file()) {
        return Err(CommandError::Usage(format!("`{}` is no file; `--params` takes a parameter file", file.display())));
    }
    let inputs = Inputs {
        paths: discovery.found,
        around: around.files,
        stdin,
        module_cache: given.module_cache.clone(),
        configs: around.configs,
        roots: around.roots,
        values: Values { file: args.params.clone(), set: args.param.clone() },
        cancel: given.cancel.clone(),
        environment: named_variables(&args.env),
    };
    Ok((inputs, discovery.problems, discovery.left_out))
}

/// That a run checked nothing although there is something: a gate must not take that for a pass.
fn nothing_checked() -> FileProblem {
    let message = "no template was checked, and what was left out has some; name them, or pass `--allow-empty`";
    FileProblem::new(".", ProblemCode::NothingChecked, message)
}

/// Whether `path` stands for standard input.
fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The day that it is, in UTC.
fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_days((since.as_secs() / 86_400) as i64)
}

pub(super) fn read_stdin() -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(FILE_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| CommandError::Input(format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(CommandError::Input(format!("has more than {} MB, which is the limit", FILE_LIMIT / 1_000_000)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CommandError::Input(format!("is not UTF-8 (first bad byte at offset {at})"))
    })
}

/// The name of standard input when none is given: JSON starts with a brace, Bicep never does.
pub(super) fn default_name(text: &str) -> &'static str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') { "stdin.json" } else { "stdin.bicep" }
}

/// Whether armguard itself failed.
fn is_internal(problem: &FileProblem) -> bool {
    problem.code == ProblemCode::InternalError
}

fn verdict(report: &Report, named: &HashSet<String>, args: &LintArgs) -> RunVerdict {
    if report.problems.iter().any(is_internal) {
        return RunVerdict::Broken;
    }
    let is_unreadable = |problem: &FileProblem| problem.code == ProblemCode::UnreadableFile;
    if report.problems.iter().any(|problem| is_unreadable(problem) && named.contains(&problem.path)) {
        return RunVerdict::Broken;
    }
    if report.problems.iter().any(|problem| problem.code == ProblemCode::UnknownParameter) {
        return RunVerdict::Broken;
    }
    if report.incomplete {
        return RunVerdict::Failed;
    }
    let threshold = args.fail_on;
    let found = report.findings.iter().any(|finding| finding.severity >= threshold);
    let open = args.strict && report.undetermined.iter().any(|check| check.severity >= threshold);
    let broken = report.problems.iter().any(|problem| problem.fails);
    if (found || open || broken) && !args.exit_zero { RunVerdict::Failed } else { RunVerdict::Clean }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;
    use crate::finding::{DecidedBy, Finding, Label, Severity, Subject, Undetermined};
    use crate::source::TextRange;
    use crate::source::{FileId, Span};

    fn finding(severity: Severity) -> Finding {
        let check = undetermined(severity);
        Finding {
            rule: check.rule,
            severity,
            message: String::new(),
            primary: check.primary,
            related: Vec::new(),
            help: String::new(),
            fixes: Vec::new(),
            link: None,
            subject: check.subject,
            path: String::new(),
            decided_by: DecidedBy::Absent,
            instances: Vec::new(),
            contexts: Vec::new(),
            other_contexts: Vec::new(),
            checked_contexts: 1,
            occurrences: Default::default(),
        }
    }

    fn undetermined(severity: Severity) -> Undetermined {
        let span: Span = TextRange::default().in_file(FileId(0));
        let subject = Subject {
            resource_type: "t".into(),
            title: String::new(),
            name: String::new(),
            declared: span,
            call_path: Vec::new(),
        };
        let primary = Label { span, text: String::new() };
        Undetermined { rule: "r".into(), severity, depends_on: Vec::new(), primary, subject }
    }

    fn unreadable(path: &str, code: ProblemCode, fails: bool) -> FileProblem {
        FileProblem { fails, ..FileProblem::new(path, code, "") }
    }

    #[test]
    fn verdicts() {
        use RunVerdict::{Broken, Clean, Failed};
        let with = |change: fn(&mut Report)| {
            let mut report = Report::default();
            change(&mut report);
            report
        };
        let clean = with(|_| {});
        let low = with(|report| report.findings.push(finding(Severity::Low)));
        let info = with(|report| report.findings.push(finding(Severity::Info)));
        let high = with(|report| report.findings.extend([finding(Severity::Info), finding(Severity::High)]));
        let open = with(|report| report.undetermined.push(undetermined(Severity::Medium)));
        let error = with(|report| report.problems.push(unreadable("x", ProblemCode::SyntaxError, true)));
        let note = with(|report| report.problems.push(unreadable("x", ProblemCode::ModuleNotRead, false)));
        let found = with(|report| report.problems.push(unreadable("x", ProblemCode::UnreadableFile, true)));
        let named = with(|report| report.problems.push(unreadable("named", ProblemCode::UnreadableFile, true)));
        let internal = with(|report| report.problems.push(unreadable("x", ProblemCode::InternalError, true)));
        let incomplete = with(|report| report.incomplete = true);
        #[rustfmt::skip]
        let cases: &[(&str, &Report, &str, RunVerdict)] = &[
            ("clean", &clean, "", Clean),
            ("low", &low, "", Failed),
            ("low", &low, "--fail-on low", Failed),
            ("low", &low, "--fail-on medium", Clean),
            ("low", &low, "--exit-zero", Clean),
            ("info", &info, "", Clean),
            ("info", &info, "--fail-on info", Failed),
            ("high", &high, "--fail-on high", Failed),
            ("undetermined", &open, "", Clean),
            ("undetermined", &open, "--show-undetermined", Clean),
            ("undetermined", &open, "--strict", Failed),
            ("undetermined", &open, "--strict --fail-on high", Clean),
            ("syntax error", &error, "--fail-on high", Failed),
            ("syntax error", &error, "--exit-zero", Clean),
            ("note", &note, "--strict", Clean),
            ("unreadable, found in a folder", &found, "", Failed),
            ("unreadable, named", &named, "", Broken),
            ("unreadable, named", &named, "--exit-zero", Broken),
            ("internal error", &internal, "", Broken),
            ("internal error", &internal, "--exit-zero", Broken),
            ("incomplete", &incomplete, "", Failed),
            ("incomplete", &incomplete, "--exit-zero", Failed),
        ];
        let names = HashSet::from_iter(["named".to_owned()]);
        for (name, report, options, expected) in cases {
            let cli = Cli::try_parse_from(["armguard", "lint"].into_iter().chain(options.split_ascii_whitespace()));
            let Some(Command::Lint(args)) = cli.unwrap().command else { panic!("the arguments say `lint`") };
            assert_eq!(verdict(report, &names, &args), *expected, "{name} with {options:?}");
        }
    }

    #[test]
    fn names_for_standard_input() {
        let cases = [
            ("{}", "stdin.json"),
            ("\u{feff} \n {", "stdin.json"),
            ("param x int", "stdin.bicep"),
            ("", "stdin.bicep"),
        ];
        for (text, expected) in cases {
            assert_eq!(default_name(text), expected, "{text:?}");
        }
    }
}
