//! Which line a comment speaks of.

use crate::source::{LineIndex, TextRange};

/// A text without the parts that have no meaning to Azure.
pub(super) struct Lines<'t> {
    text: &'t str,
    index: LineIndex,
    /// The lines, by number, that have code, in order.
    with_code: Vec<u32>,
    /// The first two bytes of code, and their places.
    first: Vec<(u8, u32)>,
}

impl<'t> Lines<'t> {
    /// `text` without what stands at `comments`.
    pub(super) fn new(text: &'t str, comments: impl Iterator<Item = TextRange>) -> Self {
        let mut code = text.as_bytes().to_vec();
        if text.starts_with('\u{feff}') {
            code[..'\u{feff}'.len_utf8()].fill(b' ');
        }
        for range in comments {
            let range = range.start as usize..(range.end as usize).min(code.len());
            if let Some(bytes) = code.get_mut(range) {
                bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
            }
        }
        let index = LineIndex::new(text);
        let has_code = |line: &u32| {
            let TextRange { start, end } = index.line_range(*line, text);
            let bytes = code.get(start as usize..end as usize).unwrap_or_default();
            bytes.iter().any(|byte| !byte.is_ascii_whitespace())
        };
        let with_code = (0..index.line_count()).filter(has_code).collect();
        let bytes = code.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace());
        let first = bytes.take(2).map(|(at, byte)| (*byte, at as u32)).collect();
        Self { text, index, with_code, first }
    }

    /// The line that the comment at `range` is for: its own one where that has code, else the next one that has some.
    pub(super) fn target(&self, range: TextRange) -> Option<TextRange> {
        let line = self.index.line_of(range.start);
        // Before the end of a comment that starts on a line without code there is none on the line where it ends either.
        let from = if self.with_code.binary_search(&line).is_ok() { line } else { self.index.line_of(range.end) };
        let next = self.with_code.get(self.with_code.partition_point(|with_code| *with_code < from))?;
        Some(self.index.line_range(*next, self.text))
    }

    /// Whether there is no code before `offset`, or only `opening`, which is at most one byte.
    pub(super) fn is_top(&self, offset: u32, opening: &str) -> bool {
        match self.first.as_slice() {
            [(byte, at), rest @ ..] if *at < offset => {
                opening.as_bytes() == [*byte] && rest.iter().all(|(_, at)| *at >= offset)
            }
            _ => true,
        }
    }
}
