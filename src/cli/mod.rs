//! The command line: arguments in, text and an exit code out. The only place that prints, reads the
//! environment, or knows of a terminal.

mod args;
mod baseline;
mod configuration;
mod expand;
mod explain;
mod files;
mod fix;
mod generate;
mod ids;
mod ignores;
mod internal_errors;
mod lint;
mod output;
mod print_config;
mod progress;
mod reports;
mod rules;
mod rulesets;
pub mod sandbox;
mod targets;
mod timer;
mod worker;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::discover::{ConfigError, PathError, StartFailure};
use crate::source::{caught, record_panics};

use args::{Cli, Command};
use output::OutputSink;

/// Runs `armguard` with the arguments of this process.
///
/// The exit code is 2 for wrong usage, a named path that cannot be read, or output that cannot be written; 1 when
/// something was found that should stop a pipeline; else 0.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // It repeats what was typed, which may be names of files.
            let _ = output::write_lines(&error.render().to_string(), &mut io::stderr().lock());
            return ExitCode::from(2);
        }
        Err(help) => {
            // A reader that went away needs no help text.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    // A failure of armguard itself becomes a diagnostic. Its trace does not help people who lint templates.
    record_panics(std::env::var_os("RUST_BACKTRACE").is_some());
    let mut output = OutputSink::new();
    let outcome = caught(|| run(&cli, &mut output));
    let outcome = outcome.unwrap_or_else(|error| Err(CommandError::Internal(error.to_string())));
    let outcome = outcome.and_then(|verdict| output.finish().map(|()| verdict));
    match outcome {
        Ok(verdict) => ExitCode::from(verdict as u8),
        Err(error) => {
            output::complain(&error);
            ExitCode::from(2)
        }
    }
}

/// Runs the command that `cli` names.
fn run(cli: &Cli, output: &mut OutputSink) -> Result<RunVerdict, CommandError> {
    let sandboxed = !cli.no_sandbox;
    match &cli.command {
        _ if cli.version => version(cli.verbose, output).map(|()| RunVerdict::Clean),
        None => Err(CommandError::Usage("name a command; `armguard help` lists them".to_owned())),
        Some(Command::Lint(args)) => lint::run(args, sandboxed, output),
        Some(Command::Expand(args)) => expand::run(args, sandboxed, output),
        Some(Command::Config(args)) => print_config::print(args, sandboxed, output).map(|()| RunVerdict::Clean),
        Some(Command::Rules(args)) => rules::list(args, sandboxed, output).map(|()| RunVerdict::Clean),
        Some(Command::Explain { rule, own, reading }) => {
            explain::explain(rule, own, reading, sandboxed, output).map(|()| RunVerdict::Clean)
        }
        Some(Command::Test { rules, bless }) => rules::test(rules, *bless, sandboxed, output),
        Some(Command::Completions { shell }) => generate::completions(*shell, output).map(|()| RunVerdict::Clean),
        Some(Command::Man { command }) => generate::man(command.as_deref(), output).map(|()| RunVerdict::Clean),
    }
}

/// Prints the version and, if `verbose`, what the system enforces.
fn version(verbose: bool, out: &mut OutputSink) -> Result<(), CommandError> {
    writeln!(out, "armguard {}", env!("CARGO_PKG_VERSION"))?;
    if verbose {
        writeln!(out, "sandbox: {}", sandbox::available())?;
    }
    Ok(())
}

/// What a run that could do its work comes to; the number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunVerdict {
    /// Nothing that should stop a pipeline.
    Clean = 0,
    /// Findings, or files that could not be read fully.
    Failed = 1,
    /// A file that was named could not be read, a value is for a parameter that is nowhere, or armguard itself failed.
    /// The rest was checked and is reported.
    Broken = 2,
}

/// Why a run could not do its work.
#[derive(Debug)]
enum CommandError {
    /// The arguments make no sense together, or name something that does not exist.
    Usage(String),
    /// A named path cannot be looked at.
    Path(PathError),
    /// A configuration is wrong.
    Config(ConfigError),
    /// Rule files are wrong, each in a line.
    Rules(Vec<String>),
    /// Standard input cannot be read.
    Input(String),
    /// The output cannot be written.
    Output(io::Error),
    /// A file cannot be written.
    File(PathBuf, io::Error),
    /// armguard itself failed.
    Internal(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Internal(message) => f.write_str(message),
            Self::Path(error) => error.fmt(f),
            Self::Config(error) => config_error(error, f),
            Self::Rules(errors) => f.write_str(&errors.join("\nerror: ")),
            Self::Input(message) => write!(f, "standard input {message}"),
            Self::Output(error) => write!(f, "the output cannot be written: {error}"),
            Self::File(path, error) => write!(f, "`{}` cannot be written: {error}", path.display()),
        }
    }
}

impl From<PathError> for CommandError {
    fn from(error: PathError) -> Self {
        Self::Path(error)
    }
}

/// What is wrong in a configuration, a line each.
fn config_error(error: &ConfigError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let path = error.source.display_path();
    if let Some(reason) = &error.unreadable {
        return write!(f, "`{path}` {reason}");
    }
    for (at, problem) in error.problems.iter().enumerate() {
        let place = error.source.line_column(problem.range.start);
        let end = if at == 0 { "" } else { "\n" };
        write!(f, "{end}{path}:{}:{}: {}", place.line, place.column, problem.message)?;
    }
    Ok(())
}

impl From<StartFailure> for CommandError {
    fn from(failed: StartFailure) -> Self {
        match failed {
            StartFailure::Path(error) => Self::Path(error),
            StartFailure::Config(error) => Self::Config(error),
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
