//! The configuration that applies, what it means for a run, and `armguard config`.

use std::io::Write;
use std::path::PathBuf;

use crate::config::{Config, Text};
use crate::discover::{self, Choice, ConfigError, Guarded};
use crate::rules::RuleStore;
use crate::source::{Problem, ProblemCode, TextRange};

use super::args::{ConfigArgs, ConfigurationArgs};
use super::output::{self, Output};
use super::targets::{self, OutputTarget};
use super::worker::Worker;
use super::{Failure, ids, rules, rulesets};

/// Names a configuration file.
const CONFIG: &str = "ARMGUARD_CONFIG";

/// Names the reports to write, apart by commas.
const FORMAT: &str = "ARMGUARD_FORMAT";

/// Which configuration to use.
pub(super) fn choice(args: &ConfigurationArgs) -> Choice {
    let variable = Some(output::variable(CONFIG)).filter(|file| !file.is_empty() && !args.no_config);
    Choice {
        file: args.config.clone().or_else(|| variable.map(PathBuf::from)),
        none: args.no_config,
        force_exclude: args.force_exclude,
    }
}

/// # Errors
/// When one of `configs` names a rule that does not exist, or a format.
pub(super) fn check(configs: &[Config], rules: &RuleStore) -> Result<(), Failure> {
    for config in configs {
        let mut problems = Vec::new();
        let mut problem = |range: TextRange, message: String| problems.push((range, message));
        // A selected name may be a control, too. The other settings take only ids of rules.
        let selected = config.rules.select.iter().flatten().chain(&config.rules.ignore);
        for (name, range) in selected {
            if let Err(error) = ids::check_id(rules, name) {
                problem(*range, error.to_string());
            }
        }
        let entries = config.overrides.iter();
        let named = entries.flat_map(|entry| entry.ignore.iter().chain(entry.severity.iter().map(|(rule, _)| rule)));
        for (name, range) in named.chain(config.rules.severity.iter().map(|(rule, _)| rule)) {
            match ids::check_id(rules, name) {
                Ok(()) if !name.contains(':') => {}
                Ok(()) => problem(*range, format!("name the rule here; `{name}` is a control")),
                Err(error) => problem(*range, error.to_string()),
            }
        }
        for (text, range) in &config.formats {
            if targets::target(text).is_none() {
                problem(*range, format!("`{text}` is no format; `armguard lint --help` lists them"));
            }
        }
        rulesets::problems(config, rules).into_iter().for_each(|(range, message)| problem(range, message));
        if !problems.is_empty() {
            return Err(failure(config, problems));
        }
    }
    Ok(())
}

/// That something in `config` is wrong: what, and where.
pub(super) fn failure(config: &Config, mut problems: Vec<(TextRange, String)>) -> Failure {
    problems.sort_by_key(|(range, _)| *range);
    let problem = |(range, message)| Problem { code: ProblemCode::Configuration, range, message };
    let problems = problems.into_iter().map(problem).collect();
    Failure::Config(ConfigError { source: config.source.clone(), problems, unreadable: None })
}

/// Which configuration to use for commands that take none.
pub(super) fn choice_here() -> Choice {
    let file = Some(output::variable(CONFIG)).filter(|file| !file.is_empty()).map(PathBuf::from);
    Choice { file, ..Choice::default() }
}

/// The reports that the environment requests, else those of the first of `configs` that requests some.
///
/// # Errors
/// When the environment names no format.
pub(super) fn formats(configs: &[Config]) -> Result<Vec<OutputTarget>, Failure> {
    let variable_formats = output::variable(FORMAT);
    if !variable_formats.is_empty() {
        let read = |text: &str| {
            let text = text.trim();
            targets::target(text).ok_or_else(|| Failure::Usage(format!("`{text}` in {FORMAT} is no format")))
        };
        return variable_formats.split(',').map(read).collect();
    }
    let Some(config) = configs.iter().find(|config| !config.formats.is_empty()) else { return Ok(Vec::new()) };
    Ok(config.formats.iter().filter_map(|(text, _)| targets::target(text)).collect())
}

/// Prints the effective configuration for a path.
///
/// # Errors
/// When it is wrong, or names what does not exist.
pub(super) fn print(args: &ConfigArgs, sandboxed: bool, out: &mut Output) -> Result<(), Failure> {
    let choice = choice(&args.configuration);
    let files = choice.file.iter().cloned().collect();
    let reach = args.reading.reach(vec![args.path.clone()], files, None);
    let configs = {
        let worker = Worker::new(&args.own.within(reach), sandboxed)?;
        worker.run(|_| checked(args, &choice, &worker.files))?
    };
    let config = configs.first();
    out.text(|out| {
        match config {
            Some(config) => writeln!(out, "# {}", config.source.display_path())?,
            None => writeln!(out, "# no configuration")?,
        }
        let mut printer = ConfigPrinter { config, out };
        printer.rules()?;
        printer.estate()?;
        printer.overrides()?;
        printer.rest()?;
        printer.contexts()
    })
}

/// The configurations that apply to a path, the nearest first.
///
/// # Errors
/// When one is wrong, or names what does not exist.
fn checked(args: &ConfigArgs, choice: &Choice, files: &Guarded) -> Result<Vec<Config>, Failure> {
    let paths = [args.path.clone()];
    let mut discovery = discover::discover(&paths)?;
    let around = discover::surroundings(&paths, None, &mut discovery, choice, files)?;
    let rules = rules::read(&args.own, &around.configs, files)?;
    check(&around.configs, &rules)?;
    Ok(around.configs)
}

/// The origin of a value that is not set.
const DEFAULT: &str = "default";

struct ConfigPrinter<'a> {
    config: Option<&'a Config>,
    out: &'a mut Vec<u8>,
}

impl ConfigPrinter<'_> {
    fn rules(&mut self) -> Result<(), Failure> {
        writeln!(self.out, "\n[rules]")?;
        let rules = self.config.map(|config| config.rules.clone()).unwrap_or_default();
        self.list("paths", &rules.paths)?;
        match (&rules.select, rules.ruleset.as_slice()) {
            (Some(select), _) => self.list("select", select)?,
            (None, []) => self.line("select", "the set `default`", DEFAULT)?,
            (None, _) => {}
        }
        self.list("ruleset", &rules.ruleset)?;
        self.list("ignore", &rules.ignore)?;
        for ((rule, range), severity) in &rules.severity {
            self.line(&format!("severity.{rule}"), &quoted(severity.name()), &self.place(*range))?;
        }
        Ok(())
    }

    fn estate(&mut self) -> Result<(), Failure> {
        let Some(config) = self.config else { return Ok(()) };
        if !config.rulesets.is_empty() {
            writeln!(self.out, "\n[rulesets]")?;
        }
        for ((name, _), rules) in &config.rulesets {
            self.list(&quoted(name), rules)?;
        }
        writeln!(self.out, "\n[defender]")?;
        let workspaces: Vec<Text> =
            config.defender.workspaces.iter().map(|workspace| workspace.written.clone()).collect();
        self.list("workspaces", &workspaces)?;
        match config.defender.sensor {
            Some((sensor, range)) => self.line("sensor", &quoted(sensor.name()), &self.place(range)),
            None => self.line("sensor", "the Defender profile", DEFAULT),
        }
    }

    fn overrides(&mut self) -> Result<(), Failure> {
        let Some(config) = self.config else { return Ok(()) };
        for entry in &config.overrides {
            writeln!(self.out, "\n[[overrides]]")?;
            self.list("paths", &entry.paths.written)?;
            self.list("ignore", &entry.ignore)?;
            for ((rule, range), severity) in &entry.severity {
                self.line(&format!("severity.{rule}"), &quoted(severity.name()), &self.place(*range))?;
            }
            if !entry.reason.is_empty() {
                self.line("reason", &quoted(&entry.reason), &self.place(entry.range))?;
            }
        }
        Ok(())
    }

    fn rest(&mut self) -> Result<(), Failure> {
        let exclude = self.config.map(|config| config.exclude.written.clone()).unwrap_or_default();
        writeln!(self.out, "\n[files]")?;
        self.list("exclude", &exclude)?;

        let ignores = self.config.map(|config| config.ignores.clone()).unwrap_or_default();
        writeln!(self.out, "\n[ignores]")?;
        match ignores.require_reason {
            Some((required, range)) => self.line("require-reason", &required.to_string(), &self.place(range))?,
            None => self.line("require-reason", "false", DEFAULT)?,
        }
        match ignores.max_expiry {
            Some((days, range)) => self.line("max-expiry", &days.to_string(), &self.place(range))?,
            None => self.line("max-expiry", "none", DEFAULT)?,
        }
        match &ignores.contexts {
            Some((patterns, range)) => {
                self.line("contexts", &array(patterns.written.iter()), &self.place(*range))?;
            }
            None => self.line("contexts", "all", DEFAULT)?,
        }

        writeln!(self.out, "\n[output]")?;
        let variable_formats = output::variable(FORMAT);
        let formats = self.config.map(|config| config.formats.clone()).unwrap_or_default();
        match (variable_formats.is_empty(), formats.is_empty()) {
            (false, _) => self.line("format", &array(variable_formats.split(',').map(str::trim)), FORMAT),
            (true, false) => self.list("format", &formats),
            (true, true) => self.line("format", &array(["terminal"].iter()), DEFAULT),
        }
    }

    fn contexts(&mut self) -> Result<(), Failure> {
        let Some(config) = self.config else { return Ok(()) };
        for context in &config.contexts {
            writeln!(self.out, "\n[[contexts]]")?;
            let place = self.place(context.range);
            self.line("name", &quoted(&context.name), &place)?;
            self.line("templates", config.source.slice(context.range), &place)?;
            self.list("parameters", &context.parameters)?;
            for setting in &context.set {
                let value = config.source.slice(setting.value.range);
                self.line(&format!("set.{}", setting.name), value, &self.place(setting.value.range))?;
            }
        }
        if !config.modules.is_empty() {
            writeln!(self.out, "\n[modules]")?;
        }
        for module in &config.modules {
            let version = module.version.as_deref().unwrap_or("*");
            let reference = quoted(&format!("{}:{version}", module.reference));
            self.line(&reference, &quoted(&module.target), &self.place(module.range))?;
        }
        Ok(())
    }

    /// A list and where its first item stands.
    fn list(&mut self, key: &str, texts: &[Text]) -> Result<(), Failure> {
        let place = texts.first().map_or(DEFAULT.to_owned(), |(_, range)| self.place(*range));
        self.line(key, &array(texts.iter().map(|(text, _)| text)), &place)
    }

    /// A value and, behind it, where it comes from.
    fn line(&mut self, key: &str, value: &str, from: &str) -> Result<(), Failure> {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(writeln!(self.out, "{key} = {value}  # {from}")?)
    }

    fn place(&self, range: TextRange) -> String {
        let Some(config) = self.config else { return DEFAULT.to_owned() };
        let at = config.source.line_column(range.start);
        format!("{}:{}:{}", config.source.display_path(), at.line, at.column)
    }
}

fn array<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> String {
    format!("[{}]", texts.map(|text| quoted(text.as_ref())).collect::<Vec<_>>().join(", "))
}

/// `text` as a string of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
