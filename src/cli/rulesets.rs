//! Sets of rules by name: those of armguard, and those that a configuration names.

use crate::config::{Config, SpannedText};
use crate::lint::Options;
use crate::rules::{RuleSet, RuleStore};
use crate::source::TextRange;

use super::{CommandError, ids};

/// The rules of the set called `name` in one of `configs`.
fn named<'c>(name: &str, configs: &'c [Config]) -> Option<&'c [SpannedText]> {
    let mut sets = configs.iter().flat_map(|config| &config.rulesets);
    sets.find(|((known, _), _)| known == name).map(|(_, rules)| rules.as_slice())
}

/// Has the rules of the sets called `names` run.
///
/// # Errors
/// When there is no such set.
pub(super) fn add(names: &[String], configs: &[Config], options: &mut Options) -> Result<(), CommandError> {
    for name in names {
        match (RuleSet::called(name), named(name, configs)) {
            (Some(sets), _) => options.sets.extend(sets),
            (None, Some(rules)) => options.select.extend(rules.iter().map(|(rule, _)| rule.clone())),
            (None, None) => return Err(CommandError::Usage(unknown(name, configs))),
        }
    }
    Ok(())
}

fn unknown(name: &str, configs: &[Config]) -> String {
    let named = configs.iter().flat_map(|config| &config.rulesets).map(|((name, _), _)| name.as_str());
    let all: Vec<&str> = ["default", "posture", "all"].into_iter().chain(named).collect();
    format!("there is no set `{name}`; there are {}", all.join(", "))
}

/// What is wrong with the sets of `config`, and where.
pub(super) fn problems(config: &Config, rules: &RuleStore) -> Vec<(TextRange, String)> {
    let mut problems = Vec::new();
    for ((name, range), members) in &config.rulesets {
        if RuleSet::called(name).is_some() {
            problems.push((*range, format!("`{name}` is a set of armguard's own; give this one another name")));
        }
        for (rule, range) in members {
            problems.extend(ids::check_id(rules, rule).err().map(|error| (*range, error.to_string())));
        }
    }
    let configs = std::slice::from_ref(config);
    for (name, range) in &config.rules.ruleset {
        if RuleSet::called(name).is_none() && named(name, configs).is_none() {
            problems.push((*range, unknown(name, configs)));
        }
    }
    problems
}
