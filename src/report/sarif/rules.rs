//! Rules as code scanning shows them.

use std::sync::Arc;

use crate::finding::{Report, Severity};
use crate::report::uri;
use crate::report::words::shortened;
use crate::rules::{self, RuleSet, RuleStore};

use super::log::{Configuration, Help, Message, Rule, RuleProperties};

/// Characters that GitHub takes of a description.
const MOST_OF_DESCRIPTION: usize = 1000;

/// Tags that GitHub keeps of a rule.
const MOST_TAGS: usize = 10;

/// The rules of `known`, and behind them those that `report` has besides.
pub(super) fn descriptors(report: &Report, known: &RuleStore) -> Vec<Rule> {
    let mut descriptors: Vec<Rule> = known.rules().iter().map(|rule| descriptor(rule)).collect();
    let found = report.findings.iter().map(|finding| (&*finding.rule, finding.severity));
    let checked = report.undetermined.iter().map(|check| (&*check.rule, check.severity));
    for (id, severity) in found.chain(checked) {
        if descriptors.iter().all(|rule| rule.id != id) {
            descriptors.push(unknown(id, severity));
        }
    }
    descriptors
}

/// The SARIF level of a severity.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn descriptor(rule: &rules::Rule) -> Rule {
    let description = unwrapped(part(&rule.page, "## Why").split("\n\n").next().unwrap_or_default());
    // Before a list or a table.
    let description = description.strip_suffix(':').map_or(description.clone(), |start| format!("{start}."));
    let description = shortened(&description, MOST_OF_DESCRIPTION).into_owned();
    let title = format!("{}.", rule.title);
    let help = help(rule);
    Rule {
        id: rule.id.to_string(),
        name: pascal_case(&rule.id),
        full_description: Message { text: if description.is_empty() { title.clone() } else { description } },
        short_description: Message { text: title },
        default_configuration: Configuration { enabled: rule.set == RuleSet::Default, level: level(rule.severity) },
        help_uri: rule.links.first().and_then(|link| uri::of_link(link)),
        help: Help { text: help.clone(), markdown: help },
        properties: properties(rule.severity, rule.controls.values().flatten()),
    }
}

/// A rule of which nothing is known but that it was violated.
fn unknown(id: &str, severity: Severity) -> Rule {
    let text = || id.to_owned();
    Rule {
        id: text(),
        name: pascal_case(id),
        short_description: Message { text: text() },
        full_description: Message { text: text() },
        default_configuration: Configuration { enabled: true, level: level(severity) },
        help_uri: None,
        help: Help { text: text(), markdown: text() },
        properties: properties(severity, [].into_iter()),
    }
}

/// `security-severity` makes alerts of security, if the tag `security` is there, too. GitHub calls 7.0 to 8.9 high, 4.0
/// to 6.9 medium, 0.1 to 3.9 low.
fn properties<'a>(severity: Severity, controls: impl Iterator<Item = &'a Arc<str>>) -> RuleProperties {
    let security_severity = match severity {
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    };
    let tags = ["security", "azure", "kubernetes"].into_iter().map(str::to_owned);
    let tags = tags.chain(controls.map(|control| control.to_string())).take(MOST_TAGS).collect();
    RuleProperties { tags, precision: "very-high", security_severity }
}

/// The page without its heading and its examples, and the links.
fn help(rule: &rules::Rule) -> String {
    let text = rule.page.split("\n## Examples").next().unwrap_or_default();
    let text = text.split_once("\n## ").map_or(String::new(), |(_, text)| format!("## {}", text.trim_end()));
    let links: Vec<String> =
        rule.links.iter().filter_map(|link| uri::of_link(link)).map(|link| format!("- <{link}>")).collect();
    let links = if links.is_empty() { String::new() } else { format!("\n\n## More\n\n{}", links.join("\n")) };
    format!("{}.\n\n{text}{links}\n", rule.title)
}

/// The text below `heading` in `page`.
fn part<'a>(page: &'a str, heading: &str) -> &'a str {
    let text = page.split_once(heading).map_or("", |(_, text)| text);
    text.split("\n## ").next().unwrap_or_default().trim()
}

/// A paragraph as one line.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `aks-defender-profile` as `AksDefenderProfile`: Azure DevOps wants names that are one identifier.
fn pascal_case(id: &str) -> String {
    let words = id.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
