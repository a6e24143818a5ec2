//! The outcome of a run, written in one of several formats.
//!
//! Each format is one file that owns what it writes. All of them get a finished, sorted [`Report`], so
//! that the same run always gives the same text.

mod concise;
mod json;
mod place;
mod summary;
mod terminal;
mod words;

use std::io::{self, Write};

use crate::finding::Report;

pub use concise::finding_text;
pub use json::VERSION as JSON_VERSION;
pub use summary::write as write_summary;

/// A way to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: the source with the places marked, and what to do.
    Terminal,
    /// One line a finding: `path:line:col: severity rule-id: message`.
    Concise,
    /// For programs; `docs/json.md` describes it.
    Json,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Terminal, Self::Concise, Self::Json];

    /// Whether [`write()`] writes the summary too; else [`write_summary`] has it in words.
    pub const fn has_summary(self) -> bool {
        matches!(self, Self::Terminal | Self::Json)
    }
}

/// How to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// List the undetermined checks. JSON always has them.
    pub undetermined: bool,
    /// Use colours (ANSI escape sequences).
    pub colour: bool,
    /// Draw with Unicode characters, not with ASCII only.
    pub unicode: bool,
    /// Columns after which messages are wrapped; lines of source are not.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { undetermined: false, colour: false, unicode: true, width: 100 }
    }
}

/// Writes `report` to `out`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Terminal => terminal::write(report, style, out),
        Format::Concise => concise::write(report, style, out),
        Format::Json => json::write(report, out),
    }
}
