//! The rules.
//!
//! A stand-in with the shape of the real registry, so that the command line can be built beside it.

use crate::finding::Severity;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// Whether it runs when nothing is selected.
    pub on_by_default: bool,
    /// What it says, in one sentence.
    pub title: &'static str,
    /// The page that people read, in Markdown.
    pub page: &'static str,
}

/// All rules, in the order in which they are listed.
pub fn registry() -> &'static [Rule] {
    &[Rule {
        id: "aks-defender-profile",
        severity: Severity::High,
        on_by_default: true,
        title: "AKS cluster declares no Defender profile.",
        page: "# aks-defender-profile\n\nAKS cluster declares no Defender profile.\n",
    }]
}
