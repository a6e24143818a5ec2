//! `armguard lint`.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::SystemTime;

use crate::discover;
use crate::finding::{FileProblem, Report};
use crate::lint::{self, FILE_LIMIT, Inputs, Options, Values};
use crate::source::{Date, Disk, ProblemCode};

use super::args::LintArgs;
use super::output::{Output, shown};
use super::progress::Progress;
use super::{Failure, Verdict, baseline, configuration, explain, fix, ignores, reports, rules, rulesets};

/// Lints what `args` name and writes the report.
pub(super) fn run(args: &LintArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let choice = configuration::choice(&args.configuration);
    let (inputs, found_problems) = inputs(args, &choice)?;
    let rules = rules::read(&args.own, &inputs.configs)?;
    for name in args.select.iter().chain(&args.ignore) {
        explain::check_id(&rules, name)?;
    }
    configuration::check(&inputs.configs, &rules)?;
    let targets = reports::targets(&args.format, configuration::formats(&inputs.configs)?)?;
    let named: HashSet<String> =
        inputs.paths.iter().filter(|found| found.named).map(|found| shown(&found.path)).collect();

    let mut options = Options {
        select: args.select.clone(),
        sets: Vec::new(),
        ignore: args.ignore.clone(),
        baseline: args.baseline.as_deref().map(baseline::read).transpose()?,
        rules: Some(rules.clone()),
        standalone: args.standalone,
        list_contexts: args.show_contexts,
        no_ignores: args.no_ignores,
        today: Some(today()),
    };
    rulesets::add(&args.ruleset, &inputs.configs, &mut options)?;
    let fixing = &args.fixing;
    if fixing.unsafe_fixes && !fixing.any() {
        return Err(Failure::Usage("`--unsafe-fixes` goes with `--fix`, `--diff` or `--fix-only`".to_owned()));
    }
    if fixing.any() && inputs.stdin.is_some() && !fixing.diff {
        return Err(Failure::Usage("standard input cannot be mended; `--diff` shows what would change".to_owned()));
    }
    let mut report = match fixing.any() {
        true => {
            let mended = fix::run(&inputs, &options, fixing, out)?;
            if fixing.diff {
                return Ok(if mended.changed.is_empty() { Verdict::Clean } else { Verdict::Failed });
            }
            mended.report
        }
        false => match &args.add_ignores {
            Some(_) if inputs.stdin.is_some() => {
                return Err(Failure::Usage("ignores cannot be written into standard input".to_owned()));
            }
            Some(reason) => ignores::add(&inputs, &options, reason)?,
            None => {
                let _progress = Progress::start("Checking templates");
                lint::lint(&Disk, inputs, &options)
            }
        },
    };
    if !found_problems.is_empty() {
        report.problems.extend(found_problems);
        report.problems.sort_by(|a, b| (&a.path, a.span).cmp(&(&b.path, b.span)));
    }

    if let Some(file) = &args.write_baseline {
        baseline::write(file, &mut report)?;
    }
    if !fixing.fix_only {
        reports::write(&report, &targets, args, &rules, out)?;
    }
    Ok(verdict(&report, &named, args))
}

/// The files to look at, and the problems met while finding them.
fn inputs(args: &LintArgs, choice: &discover::Choice) -> Result<(Inputs, Vec<FileProblem>), Failure> {
    let (stdin, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path| path.as_os_str() == "-");
    if stdin.is_empty() && args.stdin_filename.is_some() {
        return Err(Failure::Usage("`--stdin-filename` names standard input; add `-` to read it".to_owned()));
    }
    let mut discovery = discover::discover(&paths)?;
    let stdin = match stdin.as_slice() {
        [] => None,
        _ => {
            let text = read_stdin()?;
            let name = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(default_name(&text)));
            Some((name, text))
        }
    };
    // A text without a name stands nowhere.
    let stands = stdin.as_ref().filter(|_| args.stdin_filename.is_some()).map(|(name, _)| name.as_path());
    let around = discover::surroundings(&paths, stands, &mut discovery, choice)?;
    if args.params.is_some() && discovery.found.len() + usize::from(stdin.is_some()) != 1 {
        return Err(Failure::Usage("`--params` is for one template; name just that".to_owned()));
    }
    if let Some(file) = args.params.as_deref().filter(|file| !file.is_file()) {
        return Err(Failure::Usage(format!("`{}` is no file; `--params` takes a parameter file", file.display())));
    }
    let inputs = Inputs {
        paths: discovery.found,
        around: around.files,
        stdin,
        module_cache: args.modules.cache(),
        configs: around.configs,
        roots: around.roots,
        values: Values { file: args.params.clone(), set: args.param.clone() },
    };
    Ok((inputs, discovery.problems))
}

/// The day that it is, in UTC.
fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_days((since.as_secs() / 86_400) as i64)
}

pub(super) fn read_stdin() -> Result<String, Failure> {
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
pub(super) fn default_name(text: &str) -> &'static str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') { "stdin.json" } else { "stdin.bicep" }
}

fn verdict(report: &Report, named: &HashSet<String>, args: &LintArgs) -> Verdict {
    let is_unreadable = |problem: &FileProblem| problem.problem.code == ProblemCode::UnreadableFile;
    if report.problems.iter().any(|problem| is_unreadable(problem) && named.contains(&problem.path)) {
        return Verdict::NamedUnreadable;
    }
    if report.problems.iter().any(|problem| problem.problem.code == ProblemCode::UnknownParameter) {
        return Verdict::NamedUnreadable;
    }
    let threshold = args.fail_on;
    let found = report.findings.iter().any(|finding| finding.severity >= threshold);
    let open = args.strict && report.undetermined.iter().any(|check| check.severity >= threshold);
    let broken = report.problems.iter().any(|problem| problem.fails);
    if (found || open || broken) && !args.exit_zero { Verdict::Failed } else { Verdict::Clean }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;
    use crate::finding::{DecidedBy, Finding, Label, Severity, Subject, Undetermined};
    use crate::source::{FileId, Problem, Span, TextRange};

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
            judged_contexts: 1,
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
        Undetermined { rule: "r".into(), severity, waits_for: Vec::new(), primary, subject }
    }

    fn unreadable(path: &str, code: ProblemCode, fails: bool) -> FileProblem {
        let problem = Problem { code, range: TextRange::default(), message: String::new() };
        FileProblem { path: path.to_owned(), span: None, problem, fails }
    }

    #[test]
    fn verdicts() {
        use Verdict::{Clean, Failed, NamedUnreadable};
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
        #[rustfmt::skip]
        let cases: &[(&str, &Report, &str, Verdict)] = &[
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
            ("unreadable, named", &named, "", NamedUnreadable),
            ("unreadable, named", &named, "--exit-zero", NamedUnreadable),
        ];
        let names = HashSet::from(["named".to_owned()]);
        for (name, report, options, expected) in cases {
            let cli = Cli::try_parse_from(["armguard", "lint"].into_iter().chain(options.split_ascii_whitespace()));
            let Command::Lint(args) = cli.unwrap().command else { panic!("the arguments say `lint`") };
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
