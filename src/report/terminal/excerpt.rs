//! The pieces of source that a diagnostic shows, as one [`SourceCode`] for miette.
//!
//! miette takes one source and shows its labels in the order of the text. This source is put together of
//! [`ExcerptPart`]s: some lines of a file round one or more labels, in the order of the telling, from as many files as
//! there are. A label's offset is its offset in the parts, one behind the other; what it is called (file, line,
//! column) is known beforehand. So
//!
//! - the first place shown is the one that decides, and labels of other files stand in the same diagnostic;
//! - nothing is ever counted from the start of a file, which miette's own sources do twice for each label;
//! - of a very long line only a window is shown (miette 7.6 panics on columns beyond 65,535);
//! - what a terminal would obey is replaced before miette sees it.

use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::finding::Severity;
use crate::source::{FileId, SourceFile, SourceMap, Span, TextRange};

use crate::report::words::printable;

/// Lines with more bytes are shown in part.
const LONG: u32 = 500;

/// How much of a long line is shown on each side of a label, in bytes.
const MARGIN: u32 = 60;

/// How much of a label in a long line is shown, in bytes.
const MOST_OF_LABEL: u32 = 200;

/// Lines shown before and behind a label.
const CONTEXT: u32 = 1;

/// Pieces with fewer lines between them are shown as one.
const GAP: u32 = 3;

/// A place to be shown.
#[derive(Debug, Clone)]
pub(super) struct ExcerptMark {
    pub(super) span: Span,
    pub(super) text: String,
    /// The severity, when the place is the one that decides a finding; else it is a related one.
    pub(super) decides: Option<Severity>,
}

/// What miette shows of the files.
#[derive(Debug, Default)]
pub(super) struct Excerpts {
    parts: Vec<ExcerptPart>,
    labels: Vec<ExcerptLabel>,
}

/// Some lines of one file, or a window of one long line, ready to be shown: each line ends in `\n`.
#[derive(Debug)]
struct ExcerptPart {
    name: String,
    text: String,
    /// Where it starts in the parts put one behind the other.
    start: usize,
    /// Number of its first line, from 0.
    first_line: usize,
}

impl ExcerptPart {
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// A mark in the parts.
#[derive(Debug)]
struct ExcerptLabel {
    range: Range<usize>,
    text: String,
    decides: Option<Severity>,
    /// Whether it names the part in which it stands.
    primary: bool,
    /// Line and column in the file, both from 0.
    place: (usize, usize),
}

/// The bytes of a file that are shown round one or more marks.
struct Window {
    file: FileId,
    range: TextRange,
    /// First and last line, from 0.
    lines: (u32, u32),
    /// It is a piece of one line.
    cut: bool,
    /// Indices of the marks in it.
    marks: Vec<usize>,
}

impl Excerpts {
    /// The excerpts that show `marks`; the one with the first mark comes first, then the others in their order.
    pub(super) fn new(sources: &SourceMap, marks: &[ExcerptMark], unicode: bool) -> Self {
        let mut excerpts = Self::default();
        for window in windows(sources, marks) {
            excerpts.push(sources.get(window.file), &window, marks, if unicode { "…" } else { "..." });
        }
        excerpts
    }

    fn push(&mut self, file: &SourceFile, window: &Window, marks: &[ExcerptMark], ellipsis: &str) {
        if !file.is_quotable() {
            return self.push_unquoted(file, window, marks);
        }
        let start = self.parts.last().map_or(0, |part| part.range().end);
        let line = file.lines().line_range(window.lines.0, file.text());
        let mut text = String::new();
        if window.cut && window.range.start > line.start {
            text.push_str(ellipsis);
        }
        let prefix = text.len();
        text.push_str(&shown(file.slice(window.range)));
        if window.cut && window.range.end < without_newline(file, line).end {
            text.push_str(ellipsis);
        }
        // The last line of a file has no newline, but a label may stand at its end.
        if window.cut || window.lines.1 + 1 == file.lines().line_count() {
            text.push('\n');
        }

        for &at in &window.marks {
            let Some(mark) = marks.get(at) else { continue };
            let range = clipped(file, mark.span.range);
            let offset = |of: u32| start + prefix + shown(file.slice(TextRange::new(window.range.start, of))).len();
            let range = offset(range.start)..offset(range.end.min(window.range.end));
            self.label(mark, range, at == 0, place_of(file, mark));
        }
        let name = printable(&file.display_path()).into_owned();
        self.parts.push(ExcerptPart { name, text, start, first_line: window.lines.0 as usize });
    }

    /// Adds words in place of the lines of a file that must not be shown; its name, the places and the labels remain.
    fn push_unquoted(&mut self, file: &SourceFile, window: &Window, marks: &[ExcerptMark]) {
        const INSTEAD: &str = "(outside the root: not shown)";
        let start = self.parts.last().map_or(0, |part| part.range().end);
        let mut first_line = window.lines.0 as usize;
        for &at in &window.marks {
            let Some(mark) = marks.get(at) else { continue };
            let place = place_of(file, mark);
            first_line = place.0;
            self.label(mark, start..start + INSTEAD.len(), at == 0, place);
        }
        let name = printable(&file.display_path()).into_owned();
        self.parts.push(ExcerptPart { name, text: format!("{INSTEAD}\n"), start, first_line });
    }

    /// Adds a label; several texts for the same place become one label of several lines.
    fn label(&mut self, mark: &ExcerptMark, range: Range<usize>, primary: bool, place: (usize, usize)) {
        let text = printable(&mark.text);
        match self.labels.iter_mut().find(|label| label.range == range) {
            Some(label) => {
                if !text.is_empty() && label.text.lines().all(|line| line != text) {
                    label.text.extend((!label.text.is_empty()).then_some("\n"));
                    label.text.push_str(&text);
                }
                label.decides = label.decides.max(mark.decides);
                label.primary |= primary;
            }
            None => {
                let (text, decides) = (text.into_owned(), mark.decides);
                self.labels.push(ExcerptLabel { range, text, decides, primary, place });
            }
        }
        self.labels.sort_by_key(|label| (label.range.start, label.range.end));
    }

    /// The labels, in the order in which miette requests their colours.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.labels.iter().map(|label| {
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            let span = SourceSpan::from(label.range.clone());
            if label.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
    }

    /// For each label, in the order of [`Excerpts::labels`], the severity that it decides.
    pub(super) fn decides(&self) -> impl Iterator<Item = Option<Severity>> {
        self.labels.iter().map(|label| label.decides)
    }
}

impl SourceCode for Excerpts {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let range = span.offset()..span.offset() + span.len();
        let inside = |part: &&ExcerptPart| part.range().start <= range.start && range.end <= part.range().end;
        // No part contains labels of several parts, so miette shows them one after the other.
        let part = self.parts.iter().find(inside).ok_or(MietteError::OutOfBounds)?;
        // Without context, miette looks for the place that the header of a part shall name.
        let named = (lines_before + lines_after == 0).then(|| self.labels.iter().find(|label| label.range == range));
        let (line, column) = named.flatten().map_or((part.first_line, 0), |label| label.place);
        let count = part.text.matches('\n').count();
        let whole = SourceSpan::from(part.range());
        Ok(Box::new(MietteSpanContents::new_named(part.name.clone(), part.text.as_bytes(), whole, line, column, count)))
    }
}

/// Line and column of the start of `mark`, both from 0.
fn place_of(file: &SourceFile, mark: &ExcerptMark) -> (usize, usize) {
    let place = file.line_column(mark.span.range.start);
    (place.line as usize - 1, (place.column as usize).saturating_sub(1))
}

/// The windows in which `marks` are shown, those close to each other in one; in the order of their first marks.
fn windows(sources: &SourceMap, marks: &[ExcerptMark]) -> Vec<Window> {
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|at| marks.get(*at).map(|mark| mark.span));
    let mut windows: Vec<Window> = Vec::new();
    for at in order {
        let Some(mark) = marks.get(at) else { continue };
        let next = window(sources, mark.span, at);
        match windows.last_mut().filter(|last| belong_together(sources, last, &next)) {
            Some(last) => {
                last.range = last.range.cover(next.range);
                last.lines.1 = last.lines.1.max(next.lines.1);
                last.marks.push(at);
            }
            None => windows.push(next),
        }
    }
    windows.sort_by_key(|window| window.marks.iter().min().copied());
    windows
}

/// What is shown round `span` alone.
fn window(sources: &SourceMap, span: Span, mark: usize) -> Window {
    let file = sources.get(span.file);
    let line = file.lines().line_of(span.range.start.min(file.text().len() as u32));
    let bytes = without_newline(file, file.lines().line_range(line, file.text()));
    if bytes.len() > LONG {
        let label = clipped(file, span.range);
        let start = boundary(file, label.start.saturating_sub(MARGIN).max(bytes.start));
        let end = boundary(file, (label.end.min(label.start + MOST_OF_LABEL) + MARGIN).min(bytes.end));
        return Window {
            file: span.file,
            range: TextRange::new(start, end),
            lines: (line, line),
            cut: true,
            marks: vec![mark],
        };
    }
    let mut first = line;
    while first > 0 && line - first < CONTEXT && !is_long(file, first - 1) {
        first -= 1;
    }
    let mut last = line;
    // The newline at the end of a file is followed by an empty line that is not in the text.
    let ends = |line| line + 1 == file.lines().line_count() && file.lines().line_range(line, file.text()).is_empty();
    while last + 1 < file.lines().line_count() && last - line < CONTEXT && !is_long(file, last + 1) && !ends(last + 1) {
        last += 1;
    }
    Window {
        file: span.file,
        range: range_of_lines(file, first, last),
        lines: (first, last),
        cut: false,
        marks: vec![mark],
    }
}

/// Whether two windows, in the order of the text, are shown as one.
fn belong_together(sources: &SourceMap, left: &Window, right: &Window) -> bool {
    if left.file != right.file || left.cut != right.cut {
        return false;
    }
    if left.cut {
        let same_line = left.lines == right.lines;
        return same_line && right.range.start <= left.range.end && left.range.cover(right.range).len() <= LONG;
    }
    let file = sources.get(left.file);
    let between = left.lines.1 + 1..right.lines.0;
    between.len() < GAP as usize && !between.into_iter().any(|line| is_long(file, line))
}

fn is_long(file: &SourceFile, line: u32) -> bool {
    file.lines().line_range(line, file.text()).len() > LONG
}

fn range_of_lines(file: &SourceFile, first: u32, last: u32) -> TextRange {
    let (first, last) = (file.lines().line_range(first, file.text()), file.lines().line_range(last, file.text()));
    first.cover(last)
}

/// `line` without the newline at its end.
fn without_newline(file: &SourceFile, line: TextRange) -> TextRange {
    let text = file.slice(line).trim_end_matches(['\r', '\n']);
    TextRange::new(line.start, line.start + text.len() as u32)
}

/// What a label shows of `range`: it ends in the line in which it starts, and does not cut characters.
fn clipped(file: &SourceFile, range: TextRange) -> TextRange {
    let start = boundary(file, range.start.min(file.text().len() as u32));
    let line = without_newline(file, file.lines().line_range(file.lines().line_of(start), file.text()));
    let start = start.min(line.end);
    TextRange::new(start, boundary(file, range.end.clamp(start, line.end)))
}

/// The start of the character in which `offset` lies.
fn boundary(file: &SourceFile, mut offset: u32) -> u32 {
    while !file.text().is_char_boundary(offset as usize) {
        offset -= 1;
    }
    offset
}

/// Lines as they are shown: each ends in `\n`, and nothing in them is obeyed by a terminal.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 1);
    let mut rest = text;
    while let Some(at) = rest.find(['\r', '\n']) {
        let (line, newline) = rest.split_at(at);
        shown.push_str(&printable(line));
        shown.push('\n');
        rest = newline.strip_prefix("\r\n").or_else(|| newline.get(1..)).unwrap_or_default();
    }
    shown.push_str(&printable(rest));
    shown
}
