//! Changes that make a rule pass, as written in its file.

use serde::Deserialize;

use crate::condition::Condition;
use crate::selector::Selector;

/// A change that makes the rule pass.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// What it does, as a command: `Turn on security monitoring`.
    pub title: String,
    /// It applies only where this condition passes.
    pub when: Option<Condition>,
    /// The property that it writes; without it, the one that failed.
    pub set: Option<Selector>,
    /// The value that it writes there; `$workspace` in it is the resource id of the best workspace in reach.
    pub to: serde_json::Value,
    /// It writes over any expression that stands there, not only over a literal.
    #[serde(default, rename = "over-any")]
    pub over_any: bool,
    /// Members that become part of that: by path, the new key, with the keys of objects around the value behind it
    /// (`securityMonitoring.enabled`). What is written stays, and nothing else is.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// The apiVersion to which the resource must be raised for that.
    pub raise: Option<String>,
    /// Whether it may be applied without a review.
    pub safety: Safety,
}

/// A member that gets another key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The path of the member.
    pub from: Selector,
    /// Its new key; behind it, with dots, those of objects around the value.
    pub to: String,
}

/// Whether a fix may be applied without a review, the safe ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// It does what the author meant.
    Safe,
    /// It may change what is deployed in ways that the author must review.
    Unsafe,
}

impl Safety {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Safe, Self::Unsafe];

    /// The name as shown and written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}
