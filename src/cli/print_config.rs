//! `armguard config`: prints the effective configuration.

use std::io::Write;

use crate::config::{Config, SpannedText};
use crate::discover::{self, Choice, Guarded};
use crate::source::TextRange;

use super::args::ConfigArgs;
use super::configuration::FORMAT;
use super::output::{self, OutputSink};
use super::worker::Worker;
use super::{CommandError, configuration, rules};

/// Prints the effective configuration for a path.
///
/// # Errors
/// When it is wrong, or names what does not exist.
pub(super) fn print(args: &ConfigArgs, sandboxed: bool, out: &mut OutputSink) -> Result<(), CommandError> {
    let choice = configuration::choice(&args.configuration);
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
fn checked(args: &ConfigArgs, choice: &Choice, files: &Guarded) -> Result<Vec<Config>, CommandError> {
    let paths = [args.path.clone()];
    let mut discovery = discover::discover(&paths)?;
    let around = discover::surroundings(&paths, None, &mut discovery, choice, files)?;
    let rules = rules::read(&args.own, &around.configs, files)?;
    configuration::check(&around.configs, &rules)?;
    Ok(around.configs)
}

/// The origin of a value that is not set.
const DEFAULT: &str = "default";

struct ConfigPrinter<'a> {
    config: Option<&'a Config>,
    out: &'a mut Vec<u8>,
}

impl ConfigPrinter<'_> {
    fn rules(&mut self) -> Result<(), CommandError> {
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

    fn estate(&mut self) -> Result<(), CommandError> {
        let Some(config) = self.config else { return Ok(()) };
        if !config.rulesets.is_empty() {
            writeln!(self.out, "\n[rulesets]")?;
        }
        for ((name, _), rules) in &config.rulesets {
            self.list(&quoted(name), rules)?;
        }
        writeln!(self.out, "\n[defender]")?;
        let workspaces: Vec<SpannedText> =
            config.defender.workspaces.iter().map(|workspace| workspace.written.clone()).collect();
        self.list("workspaces", &workspaces)?;
        match config.defender.sensor {
            Some((sensor, range)) => self.line("sensor", &quoted(sensor.name()), &self.place(range)),
            None => self.line("sensor", "the Defender profile", DEFAULT),
        }
    }

    fn overrides(&mut self) -> Result<(), CommandError> {
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

    fn rest(&mut self) -> Result<(), CommandError> {
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

    fn contexts(&mut self) -> Result<(), CommandError> {
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
    fn list(&mut self, key: &str, texts: &[SpannedText]) -> Result<(), CommandError> {
        let place = texts.first().map_or(DEFAULT.to_owned(), |(_, range)| self.place(*range));
        self.line(key, &array(texts.iter().map(|(text, _)| text)), &place)
    }

    /// A value and, behind it, where it comes from.
    fn line(&mut self, key: &str, value: &str, from: &str) -> Result<(), CommandError> {
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
