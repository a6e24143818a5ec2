//! The page of a rule file: what a person reads, with the examples that are the rule's tests.

mod reader;

use std::ops::Range;

use reader::{PageReader, fence_of};

/// Something wrong in a page: the line, from 1, and what to do.
pub type PageError = (usize, String);

/// The content of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The text of the first heading.
    pub heading: String,
    /// The first paragraph in one line, without the full stop at its end.
    pub title: String,
    /// The examples, in order.
    pub examples: Vec<Example>,
}

/// An example: a template, and the result of the rule for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The language of its first file.
    pub language: ExampleLanguage,
    /// The result of the rule.
    pub kind: ExampleKind,
    /// Names and texts; the first is the template that is checked, the others are what it refers to.
    pub files: Vec<(String, String)>,
    /// Line of its fence, from 1.
    pub line: usize,
    /// What the run prints, in plain text; for [`ExampleKind::Fail`] and [`ExampleKind::Undetermined`].
    pub expected: Option<Expected>,
}

/// The expected output of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its text, every line with a newline.
    pub text: String,
    /// Its lines in the page, counted from 0, without the fences.
    pub lines: Range<usize>,
}

/// Language of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleLanguage {
    /// Bicep.
    Bicep,
    /// An ARM template.
    Json,
}

/// The result of a rule for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// The rule is violated.
    Fail,
    /// What the rule's fixes make of the `fail` example before it.
    Fixed,
    /// The rule passes.
    Pass,
    /// It is undetermined.
    Undetermined,
}

impl ExampleLanguage {
    /// The name of an example's file when none is given.
    pub const fn default_file(self) -> &'static str {
        match self {
            Self::Bicep => "main.bicep",
            Self::Json => "main.json",
        }
    }
}

impl ExampleKind {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "fail" => Some(Self::Fail),
            "fixed" => Some(Self::Fixed),
            "pass" => Some(Self::Pass),
            "undetermined" => Some(Self::Undetermined),
            _ => None,
        }
    }

    /// The word on the fence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Fixed => "fixed",
            Self::Pass => "pass",
            Self::Undetermined => "undetermined",
        }
    }

    /// The second word of the fence with the expected text.
    const fn expects(self) -> Option<&'static str> {
        match self {
            Self::Fail => Some("finding"),
            Self::Undetermined => Some("undetermined"),
            Self::Fixed | Self::Pass => None,
        }
    }
}

impl Page {
    /// Reads a page. All that is wrong is reported, in order of the text.
    pub fn parse(text: &str) -> (Self, Vec<PageError>) {
        let mut reader = PageReader::default();
        let lines: Vec<&str> = text.lines().collect();
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            at = match fence_of(line) {
                Some((fence, info)) => reader.block(&lines, at, fence, info),
                None => {
                    reader.line(line, at + 1);
                    at + 1
                }
            };
        }
        reader.finish(lines.len())
    }
}
