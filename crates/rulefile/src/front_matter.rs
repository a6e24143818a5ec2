//! The front matter of a rule file: what a machine needs.

mod problems;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use crate::condition::Condition;
use crate::fix::Fix;
use crate::selector::Selector;
use crate::severity::Severity;
use crate::texts::Texts;
pub(crate) use problems::is_word;

/// The front matter of a rule file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontMatter {
    /// How bad a violation is.
    pub severity: Severity,
    /// The full types of the resources that it checks.
    #[serde(deserialize_with = "one_or_many")]
    pub resource: Vec<Arc<str>>,
    /// What people call such a resource: `AKS cluster`; one for each type.
    #[serde(deserialize_with = "one_or_many")]
    pub noun: Vec<Arc<str>>,
    /// Rules of a group check the same thing: the first that does not pass is reported.
    pub group: Option<Arc<str>>,
    /// The place in the group.
    #[serde(default)]
    pub order: u32,
    /// The rule set to which it belongs.
    #[serde(default)]
    pub set: RuleSet,
    /// What it checks.
    #[serde(default)]
    pub checks: Scope,
    /// What the template must install for it to pass.
    pub needs: Option<Need>,
    /// The rule applies only where this condition passes.
    pub when: Option<Condition>,
    /// What a resource must satisfy.
    pub require: Option<Condition>,
    /// The native check that answers instead of `require`.
    pub native: Option<Arc<str>>,
    /// What is wrong, by outcome.
    pub message: Texts,
    /// Texts of the finding's own place, by outcome, and of other places that a native check names.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Other places that are shown with a finding.
    #[serde(default)]
    pub also_label: Vec<AlsoLabel>,
    /// What to do, by outcome.
    pub help: Texts,
    /// What it maps to in catalogues of controls, by catalogue.
    #[serde(default, deserialize_with = "one_or_many_each")]
    pub controls: Controls,
    /// Pages with more information, the best first.
    #[serde(default)]
    pub links: Vec<Arc<str>>,
    /// Changes that would make the rule pass.
    #[serde(default)]
    pub fixes: Vec<Fix>,
}

/// A set of rules that are run together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSet {
    /// Defender for Containers itself: what the template declares is not protected as it could be.
    #[default]
    Default,
    /// Hardening that Defender for Cloud, the Microsoft cloud security benchmark or CIS recommends to everyone.
    Posture,
    /// What suits some teams: previews, alternatives, house rules.
    Optional,
}

impl RuleSet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Posture, Self::Optional];

    /// The sets that `name` means on the command line and in a configuration; `None` when it is no set of armguard's.
    pub fn called(name: &str) -> Option<&'static [Self]> {
        match name {
            "all" => Some(&Self::ALL),
            "default" => Some(&[Self::Default]),
            "posture" => Some(&[Self::Posture]),
            _ => None,
        }
    }

    /// The name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Posture => "posture",
            Self::Optional => "optional",
        }
    }
}

/// What a rule checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Each resource of its types.
    #[default]
    Resource,
    /// Each template as a whole.
    Template,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Resource, Self::Template];

    /// The name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Template => "template",
        }
    }
}

/// What the template must install for a rule to pass. If something else installs it according to the configuration, the
/// rule neither fails nor is undetermined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The Defender sensor; `[defender] sensor` names what else installs it.
    Sensor,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Sensor];

    /// The name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sensor => "sensor",
        }
    }
}

/// A place that is shown with a finding when something is written there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlsoLabel {
    /// Where.
    pub at: Selector,
    /// It applies only where this condition passes.
    pub when: Option<Condition>,
    /// What it has to do with the finding.
    pub text: String,
}

/// A text or a list of texts.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write one text or a list of texts")]
enum OneOrMany {
    One(Arc<str>),
    Many(Vec<Arc<str>>),
}

impl From<OneOrMany> for Vec<Arc<str>> {
    fn from(written: OneOrMany) -> Self {
        match written {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Arc<str>>, D::Error> {
    OneOrMany::deserialize(deserializer).map(Into::into)
}

/// Controls by catalogue.
pub type Controls = BTreeMap<String, Vec<Arc<str>>>;

/// A map whose values are texts or lists of texts.
fn one_or_many_each<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Controls, D::Error> {
    let written = BTreeMap::<String, OneOrMany>::deserialize(deserializer)?;
    Ok(written.into_iter().map(|(catalogue, controls)| (catalogue, controls.into())).collect())
}
