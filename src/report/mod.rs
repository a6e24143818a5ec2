//! The outcome of a run, written in one of several formats.
//!
//! Each format is one file that owns what it writes. All of them get a finished, sorted [`Report`], so
//! that the same run always gives the same text. Names, comments and paths come from templates that anyone may have
//! written: each format sees to it that they stay text in it, and that no terminal and no build server obeys them.

mod annotation;
mod azure;
mod concise;
mod fingerprint;
mod github;
mod gitlab;
mod json;
mod json_text;
mod junit;
mod markdown;
mod place;
mod sarif;
mod summary;
#[cfg(feature = "cli")]
mod terminal;
mod uri;
mod words;

use std::io::{self, Write};

use crate::finding::Report;
use crate::rules::RuleStore;

pub use concise::finding_text;
pub use json::VERSION as JSON_VERSION;
pub use json_text::write as write_json;
pub use place::Repository;
pub use sarif::Profile as SarifProfile;
pub use summary::write as write_summary;
pub use words::printable;

/// A way to write a report.
///
/// ```
/// use armguard::{Format, Report, ReportStyle, write};
///
/// let mut text = Vec::new();
/// write(&Report::default(), Format::Json, ReportStyle::default(), &mut text).unwrap();
/// assert!(text.starts_with(b"{"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: the source with the places marked, and what to do.
    #[cfg(feature = "cli")]
    Terminal,
    /// One line a finding: `path:line:col: severity rule-id: message`.
    Concise,
    /// For programs; `docs/json.md` describes it.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// Test results as JUnit writes them.
    Junit,
    /// A table and details, for job summaries and comments on pull requests.
    Markdown,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; if cfg!(feature = "cli") { 9 } else { 8 }] = [
        #[cfg(feature = "cli")]
        Self::Terminal,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Azure,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
    ];

    /// The name by which people choose it.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "cli")]
            Self::Terminal => "terminal",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Azure => "azure",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// Its purpose, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            #[cfg(feature = "cli")]
            Self::Terminal => "For people: the source with the places marked, and what to do",
            Self::Concise => "One line a finding: `path:line:col: severity rule-id: message`",
            Self::Json => "For programs; versioned, and described in docs/json.md",
            Self::Sarif => "SARIF 2.1.0, for code scanning (see --sarif-profile)",
            Self::Github => "Annotations on GitHub: the worst ones that it shows of a step",
            Self::Azure => "Issues of a task in Azure Pipelines: the worst ones that it shows",
            Self::Gitlab => "Code Quality report of GitLab",
            Self::Junit => "Test results in JUnit's XML",
            Self::Markdown => "Table and details, for a job summary or a comment",
        }
    }

    /// Whether [`write()`] writes the summary too; else [`write_summary`] has it in words.
    pub const fn has_summary(self) -> bool {
        match self {
            #[cfg(feature = "cli")]
            Self::Terminal => true,
            Self::Json | Self::Markdown => true,
            _ => false,
        }
    }
}

/// How to write a report.
#[derive(Debug, Clone, Copy)]
pub struct ReportStyle<'a> {
    /// List the undetermined checks. JSON always has them; SARIF has them in the profile `full` only.
    pub undetermined: bool,
    /// Use colours (ANSI escape sequences).
    pub colour: bool,
    /// Draw with Unicode characters, not with ASCII only.
    pub unicode: bool,
    /// Columns after which messages are wrapped; lines of source are not.
    pub width: usize,
    /// What of SARIF to write.
    pub sarif: SarifProfile,
    /// Where paths start in formats that are read by programs of a repository's host.
    pub repository: Repository<'a>,
    /// The rules of the run; without, those of this build.
    pub rules: Option<&'a RuleStore>,
}

impl Default for ReportStyle<'_> {
    fn default() -> Self {
        Self {
            undetermined: false,
            colour: false,
            unicode: true,
            width: 100,
            sarif: SarifProfile::default(),
            repository: Repository::default(),
            rules: None,
        }
    }
}

/// Writes `report` to `out`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, format: Format, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    match format {
        #[cfg(feature = "cli")]
        Format::Terminal => terminal::write(report, style, out),
        Format::Concise => concise::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, style, out),
        Format::Github => github::write(report, style, out),
        Format::Azure => azure::write(report, style, out),
        Format::Gitlab => gitlab::write(report, style, out),
        Format::Junit => junit::write(report, style, out),
        Format::Markdown => markdown::write(report, style, out),
    }
}
