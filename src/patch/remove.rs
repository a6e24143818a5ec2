//! Taking an element out of an object or array.
//!
//! An element on lines of its own goes with these lines: with the comment behind it, with a directive for its line, and
//! with the comments directly above it, unless another element follows directly, for which they may speak as well. Of
//! two blank lines that would then meet, one goes.

use super::insert::gap;
use super::{Syntax, Trivia};
use crate::source::{Edit, TextRange};

/// Pieces of a gap between elements.
type Pieces = [(Trivia, TextRange)];

/// Removes element `at` of `container`.
pub(super) fn remove<S: Syntax>(syntax: &S, container: TextRange, elements: &[TextRange], at: usize) -> Vec<Edit> {
    let (gap_before, gap_behind) = (gap(container, elements, at), gap(container, elements, at + 1));
    let (before, behind) = (syntax.trivia(gap_before), syntax.trivia(gap_behind));
    let is_space = |(kind, _): &(Trivia, TextRange)| matches!(kind, Trivia::Blank | Trivia::Newline | Trivia::Comma);
    if elements.len() == 1 && before.iter().chain(&behind).all(is_space) {
        return vec![Edit::delete(gap_before.cover(gap_behind))];
    }
    let comma_behind = find(&behind, Trivia::Comma);
    let comma_before = find(&before, Trivia::Comma).filter(|_| comma_behind.is_none()).map(|comma| before[comma].1);
    let own_line = before.rsplit(|(kind, _)| *kind == Trivia::Newline).next().unwrap_or_default();
    let starts_line = own_line.len() < before.len() && own_line.iter().all(|(kind, _)| is_blank_or_comma(*kind));
    if let (true, Some(newline)) = (starts_line, find(&behind, Trivia::Newline)) {
        let lines = own_lines(&before, &behind[newline..], at + 1 < elements.len());
        let elsewhere = match (find(own_line, Trivia::Comma), comma_behind) {
            (Some(_), _) => None,
            (None, Some(comma)) => (comma > newline).then(|| with_blank(&behind, comma)),
            (None, None) => comma_before,
        };
        return [Some(lines), elsewhere].into_iter().flatten().map(Edit::delete).collect();
    }
    let element = elements[at];
    let ranges = match (comma_behind, before.last()) {
        (Some(comma), _) => [Some(element), Some(with_blank(&behind, comma))],
        // Of the line is left what closes the container: it closes the line before.
        (None, _) if starts_line && before.iter().all(is_space) => [Some(gap_before.cover(element)), None],
        (None, Some((Trivia::Blank, blank))) => [comma_before, Some(blank.cover(element))],
        (None, _) => [comma_before, Some(element)],
    };
    ranges.into_iter().flatten().map(Edit::delete).collect()
}

/// The lines that go with the element between `before` and `behind`, which starts with the newline behind it.
fn own_lines(before: &Pieces, behind: &Pieces, has_next: bool) -> TextRange {
    let mut below = behind[1..].split(|(kind, _)| *kind == Trivia::Newline);
    let next_line = below.next().unwrap_or_default();
    let is_last_line = below.next().is_none();
    let next_is_element = has_next && is_last_line && next_line.iter().all(|(kind, _)| is_blank_or_comma(*kind));
    let next_is_blank = !is_last_line && is_blank(next_line);

    // The pieces above that stay; the last of them is the newline before the first line that goes.
    let above = &before[..before.len() - length_of_own_lines(before, next_is_element)];
    let start = above.last().map_or(0, |(_, newline)| newline.end);
    let mut lines_above = above.rsplit(|(kind, _)| *kind == Trivia::Newline).skip(1);
    let is_below_blank = lines_above.next().is_some_and(is_blank) && lines_above.next().is_some();
    let end = if next_is_blank && is_below_blank { next_line.len() + 1 } else { 0 };
    TextRange::new(start, behind[end].1.end)
}

/// How many of the pieces before an element stand on its line and on the lines above that go with it.
fn length_of_own_lines(before: &Pieces, next_is_element: bool) -> usize {
    let mut lines = before.rsplit(|(kind, _)| *kind == Trivia::Newline).peekable();
    let mut length = lines.next().map_or(0, <[_]>::len);
    while let Some(line) = lines.next() {
        let mut solid = line.iter().map(|(kind, _)| *kind).filter(|kind| *kind != Trivia::Blank);
        let belongs = match (solid.next(), solid.next()) {
            (Some(Trivia::NextLine), None) => true,
            (Some(Trivia::Comment), None) => !next_is_element,
            _ => false,
        };
        // On the first line ends what stands before the gap.
        if !belongs || lines.peek().is_none() {
            break;
        }
        length += line.len() + 1;
    }
    length
}

fn find(pieces: &Pieces, wanted: Trivia) -> Option<usize> {
    pieces.iter().position(|(kind, _)| *kind == wanted)
}

fn is_blank(pieces: &Pieces) -> bool {
    pieces.iter().all(|(kind, _)| *kind == Trivia::Blank)
}

const fn is_blank_or_comma(kind: Trivia) -> bool {
    matches!(kind, Trivia::Blank | Trivia::Comma)
}

/// The range of the comma at `at` and of the blank behind it.
fn with_blank(pieces: &Pieces, at: usize) -> TextRange {
    let comma = pieces[at].1;
    match pieces.get(at + 1) {
        Some((Trivia::Blank, blank)) => comma.cover(*blank),
        _ => comma,
    }
}
