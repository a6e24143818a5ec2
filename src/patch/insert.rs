//! Where new elements of an object or array go, and how they are laid out there.

use super::value::{Commas, Layout, ObjectEntry, ValuePrinter};
use super::{Element, NewValue, Syntax, Trivia, View};
use crate::source::{Edit, Style, TextRange, indentation, is_one_line, line_around};

/// A line does not become wider than so many bytes by a new object: its members get lines of their own.
pub const MAX_WIDTH: u32 = 120;

/// A place in an object or array where new elements go.
pub(super) struct InsertionPoint<'s, S> {
    syntax: &'s S,
    /// The object or array, brackets included.
    container: TextRange,
    /// Its elements.
    elements: Vec<TextRange>,
    /// How many of them come before the new ones.
    position: usize,
    /// It belongs to an object that stands on one line.
    within_line: bool,
    /// The indentation of the line on which it opens.
    outer: &'s str,
    /// The indentation of its elements.
    inner: String,
    printer: ValuePrinter<'s, S>,
}

impl<'s, S: Syntax> InsertionPoint<'s, S> {
    /// The place behind the first `position` of `elements`, which are those of `container`.
    pub(super) fn new(
        syntax: &'s S,
        container: S::Node,
        elements: &[Element<'_, S::Node>],
        position: usize,
        within_line: bool,
    ) -> Self {
        let is_object = syntax.view(container) == View::Object;
        let colon = syntax.colon(container);
        let container = syntax.range(container);
        let elements: Vec<_> = elements.iter().map(|element| element.range).collect();
        let (outer, inner, style) = indentations(syntax.text(), container, &elements, position);
        let printer = ValuePrinter {
            syntax,
            newline: style.newline,
            step: style.indent,
            colon,
            comma: spaced(colon),
            padding: "",
        };
        let mut place = Self { syntax, container, elements, position, within_line, outer, inner, printer };
        place.printer.comma = place.comma();
        place.printer.padding = if is_object { place.padding() } else { padding(colon) };
        place
    }

    /// What stands between the elements: as it is if that is a comma and blanks.
    fn comma(&self) -> &'s str {
        let text = self.syntax.text();
        let gap = (self.elements.len() > 1).then(|| self.gap(1).of(text));
        gap.filter(|gap| matches!(*gap, "," | ", ")).unwrap_or(self.printer.comma)
    }

    /// What stands between an opening brace and the first member: as it is if that is blank.
    fn padding(&self) -> &'s str {
        let gap = self.gap(0).of(self.syntax.text());
        let is_padding = (!self.elements.is_empty() || !gap.is_empty()) && gap.bytes().all(|byte| byte == b' ');
        if is_padding { gap } else { padding(self.printer.colon) }
    }

    /// What stands before element `at`, or before the closing bracket.
    fn gap(&self, at: usize) -> TextRange {
        gap(self.container, &self.elements, at)
    }

    /// The element before the new ones.
    fn before(&self) -> Option<TextRange> {
        self.elements.get(self.position.checked_sub(1)?).copied()
    }

    fn is_last(&self) -> bool {
        self.position == self.elements.len()
    }

    /// Whether `added` bytes would make a line that is not yet too wide too wide.
    fn is_too_wide(&self, added: usize) -> bool {
        let width = line_around(self.syntax.text(), self.container.start).len();
        !self.syntax.is_minified() && width <= MAX_WIDTH && width as usize + added > MAX_WIDTH as usize
    }

    /// The entries on one line.
    fn beside(&self, entries: &[ObjectEntry<'_>]) -> String {
        let mut text = String::new();
        self.printer.beside(entries, &mut text);
        text
    }

    /// Whether the entries, beside each other as `beside`, are too much for one line; scalars never are.
    fn need_lines(&self, entries: &[ObjectEntry<'_>], beside: &str) -> bool {
        entries.iter().any(|entry| entry.value.is_spread_over_lines()) && self.is_too_wide(beside.len())
    }

    /// Puts the entries into brackets that hold nothing.
    fn fill(&self, entries: &[ObjectEntry<'_>]) -> Edit {
        let mut text = self.beside(entries);
        let one_line = self.syntax.is_minified() || self.within_line && !self.need_lines(entries, &text);
        if one_line {
            text = [self.printer.padding, &text, self.printer.padding].concat();
        } else {
            text.clear();
            self.printer.lines(entries, &self.inner, Commas::between::<S>(), &mut text);
            text += &[self.printer.newline, self.outer].concat();
        }
        Edit::replace(self.gap(0), text)
    }

    /// Puts the entries on lines of their own, behind the line on which the element before them ends.
    fn add_lines(&self, entries: &[ObjectEntry<'_>], trivia: &[(Trivia, TextRange)], edits: &mut Vec<Edit>) {
        // An object that holds only comments keeps them before the new members.
        let is_comment = |(kind, _): &(Trivia, TextRange)| *kind == Trivia::Comment;
        let comments = trivia.iter().rposition(is_comment).filter(|_| self.elements.is_empty()).unwrap_or(0);
        let end_of_line = trivia[comments..].iter().position(|(kind, _)| *kind == Trivia::Newline);
        let line = &trivia[..end_of_line.map_or(trivia.len(), |length| comments + length)];
        let solid = line.iter().rfind(|(kind, _)| *kind != Trivia::Blank);
        let start = self.before().map_or(self.container.start + 1, |element| element.end);
        let mut at = solid.map_or(start, |(_, range)| range.end);
        if end_of_line.is_some() {
            at = line.last().map_or(start, |(_, range)| range.end);
        }
        let mut text = String::new();
        let commas = self.commas(line.iter().any(|(kind, _)| *kind == Trivia::Comma));
        if commas == Commas::Between && self.position > 0 {
            if at == start {
                text.push(',');
            } else {
                edits.push(Edit::insert(start, ","));
            }
        }
        self.printer.lines(entries, &self.inner, commas, &mut text);
        edits.push(Edit::insert(at, text));
    }

    /// Where new lines have commas. `has_comma`: one stands behind the element before them, on its line.
    fn commas(&self, has_comma: bool) -> Commas {
        let leads = |trivia: &[(Trivia, TextRange)]| {
            let newline = trivia.iter().rposition(|(kind, _)| *kind == Trivia::Newline);
            newline.is_some_and(|newline| trivia[newline..].iter().any(|(kind, _)| *kind == Trivia::Comma))
        };
        match self.position.checked_sub(1) {
            _ if !S::LINES_HAVE_COMMAS => Commas::None,
            _ if has_comma => Commas::Behind,
            Some(before) if leads(&self.syntax.trivia(self.gap(before))) => Commas::Before,
            None if !self.is_last() => Commas::Behind,
            _ => Commas::Between,
        }
    }

    /// Puts the entries on the line on which the elements around them stand.
    fn add_beside(&self, new: &str, trivia: &[(Trivia, TextRange)]) -> Edit {
        let comma = self.printer.comma;
        if let Some(first) = self.elements.first().filter(|_| self.position == 0) {
            return Edit::insert(first.start, [new, comma].concat());
        }
        let find = |wanted: Trivia| trivia.iter().rfind(|(kind, _)| *kind == wanted).map(|(_, range)| range.end);
        if let Some(at) = find(Trivia::Comma) {
            let blank = comma.strip_prefix(',').unwrap_or_default();
            return Edit::insert(at, [blank, new, ","].concat());
        }
        match (find(Trivia::Comment), self.before()) {
            (comment, Some(before)) => Edit::insert(comment.unwrap_or(before.end), [comma, new].concat()),
            (Some(comment), None) => Edit::insert(comment, [" ", new].concat()),
            (None, None) => Edit::insert(self.container.start + 1, new),
        }
    }

    /// Gives every element of an object or array on one line a line of its own, the entries included; nothing if more
    /// than commas and blanks stands between them.
    fn break_line(&self, entries: &[ObjectEntry<'_>]) -> Option<Vec<Edit>> {
        let gaps: Vec<_> = (0..=self.elements.len()).map(|at| self.gap(at)).collect();
        let is_plain = |gap: &TextRange| gap.of(self.syntax.text()).bytes().all(|byte| matches!(byte, b' ' | b','));
        if !gaps.iter().all(is_plain) {
            return None;
        }
        let newline = self.printer.newline;
        let last = self.elements.len();
        let behind = if S::LINES_HAVE_COMMAS { Commas::Behind } else { Commas::None };
        let edits = gaps.into_iter().enumerate().map(|(at, gap)| {
            let mut text = String::new();
            let comma = |wanted: bool| if wanted && S::LINES_HAVE_COMMAS { "," } else { "" };
            text += comma(at > 0 && (at < last || at == self.position));
            if at == self.position {
                let commas = if at < last { behind } else { Commas::between::<S>() };
                self.printer.lines(entries, &self.inner, commas, &mut text);
            }
            text += newline;
            text += if at < last { &*self.inner } else { self.outer };
            Edit::replace(gap, text)
        });
        Some(edits.collect())
    }
}

/// Adds `entries` at `place`.
pub(super) fn insert<S: Syntax>(place: &InsertionPoint<'_, S>, entries: &[ObjectEntry<'_>], edits: &mut Vec<Edit>) {
    let trivia = place.syntax.trivia(place.gap(place.position));
    let has = |trivia: &[(Trivia, TextRange)], wanted: Trivia| trivia.iter().any(|(kind, _)| *kind == wanted);
    if place.elements.is_empty() && trivia.iter().all(|(kind, _)| matches!(kind, Trivia::Blank | Trivia::Newline)) {
        return edits.push(place.fill(entries));
    }
    // The closing bracket may stand behind the last element of several lines.
    let starts_line = |place: &InsertionPoint<'_, S>| {
        let at = place.position.checked_sub(1);
        at.is_some_and(|at| has(&place.syntax.trivia(place.gap(at)), Trivia::Newline))
    };
    if has(&trivia, Trivia::Newline) || place.is_last() && starts_line(place) {
        return place.add_lines(entries, &trivia, edits);
    }
    let beside = place.beside(entries);
    let is_on_one_line = is_one_line(place.container.of(place.syntax.text()));
    if is_on_one_line
        && place.need_lines(entries, &beside)
        && let Some(lines) = place.break_line(entries)
    {
        return edits.extend(lines);
    }
    edits.push(place.add_beside(&beside, &trivia));
}

/// Puts `value` in the place of `node`. `within_line`: the object that `node` belongs to stands on one line.
pub(super) fn new_value<S: Syntax>(syntax: &S, node: S::Node, value: &NewValue, within_line: bool) -> Edit {
    let range = syntax.range(node);
    let text = syntax.text();
    let style = Style::around(text, range.start);
    let colon = syntax.colon(node);
    let (comma, padding) = (spaced(colon), padding(colon));
    let printer = ValuePrinter { syntax, newline: style.newline, step: style.indent, colon, comma, padding };
    let mut new_text = String::new();
    printer.value(value, Layout::OneLine, &mut new_text);
    let width = line_around(text, range.start).len() as usize + new_text.len();
    let one_line = syntax.is_minified() || within_line && width <= MAX_WIDTH as usize + range.len() as usize;
    if !one_line && value.is_spread_over_lines() {
        new_text.clear();
        printer.value(value, Layout::Lines(indentation(text, range.start)), &mut new_text);
    }
    Edit::replace(range, new_text)
}

/// What stands between elements on one line, if key and value have `colon` between them.
fn spaced(colon: &str) -> &'static str {
    if colon.ends_with(':') { "," } else { ", " }
}

/// What stands inside the braces of an object on one line, if key and value have `colon` between them.
fn padding(colon: &str) -> &'static str {
    if colon.ends_with(':') { "" } else { " " }
}

/// What stands before element `at` of a container, or before the closing bracket.
pub(super) fn gap(container: TextRange, elements: &[TextRange], at: usize) -> TextRange {
    let start = match at.checked_sub(1).and_then(|before| elements.get(before)) {
        Some(before) => before.end,
        None => container.start + 1,
    };
    TextRange::new(start, elements.get(at).map_or(container.end - 1, |element| element.start))
}

/// The indentation of the line on which a container opens, that of its elements, and the style around it.
fn indentations<'t>(
    text: &'t str,
    container: TextRange,
    elements: &[TextRange],
    position: usize,
) -> (&'t str, String, Style) {
    let outer = indentation(text, container.start);
    let style = Style::around(text, container.start);
    let neighbour = position.checked_sub(1).map_or_else(|| elements.first(), |before| elements.get(before));
    let first_line = line_around(text, container.start);
    match neighbour.filter(|element| element.start > first_line.end) {
        Some(element) => {
            let inner = indentation(text, element.start);
            (outer, inner.to_owned(), style.stepping(outer, inner))
        }
        None => (outer, format!("{outer}{}", style.indent), style),
    }
}
