//! The configuration that applies, and what it means for a run.

use std::path::PathBuf;

use crate::config::Config;
use crate::discover::{Choice, ConfigError};
use crate::rules::RuleStore;
use crate::source::{Problem, ProblemCode, TextRange};

use super::args::ConfigurationArgs;
use super::output;
use super::targets::{self, OutputTarget};
use super::{CommandError, ids, rulesets};

/// Names a configuration file.
const CONFIG: &str = "ARMGUARD_CONFIG";

/// Names the reports to write, apart by commas.
pub(super) const FORMAT: &str = "ARMGUARD_FORMAT";

/// Which configuration to use.
pub(super) fn choice(args: &ConfigurationArgs) -> Choice {
    let variable = Some(output::variable(CONFIG)).filter(|file| !file.is_empty() && !args.no_config);
    Choice {
        file: args.config.clone().or_else(|| variable.map(PathBuf::from)),
        none: args.no_config,
        force_exclude: args.force_exclude,
    }
}

/// Checks the names in `configs`.
///
/// # Errors
/// When one of `configs` names a rule that does not exist, or a format.
pub(super) fn check(configs: &[Config], rules: &RuleStore) -> Result<(), CommandError> {
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
pub(super) fn failure(config: &Config, mut problems: Vec<(TextRange, String)>) -> CommandError {
    problems.sort_by_key(|(range, _)| *range);
    let problem = |(range, message)| Problem { code: ProblemCode::Configuration, range, message };
    let problems = problems.into_iter().map(problem).collect();
    CommandError::Config(ConfigError { source: config.source.clone(), problems, unreadable: None })
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
pub(super) fn formats(configs: &[Config]) -> Result<Vec<OutputTarget>, CommandError> {
    let variable_formats = output::variable(FORMAT);
    if !variable_formats.is_empty() {
        let read = |text: &str| {
            let text = text.trim();
            targets::target(text).ok_or_else(|| CommandError::Usage(format!("`{text}` in {FORMAT} is no format")))
        };
        return variable_formats.split(',').map(read).collect();
    }
    let Some(config) = configs.iter().find(|config| !config.formats.is_empty()) else { return Ok(Vec::new()) };
    Ok(config.formats.iter().filter_map(|(text, _)| targets::target(text)).collect())
}
