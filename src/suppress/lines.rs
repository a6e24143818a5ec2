//! Which line a comment speaks of.

use crate::source::{LineIndex, TextRange};

/// A text without what says nothing to Azure.
pub(super) struct Lines<'t> {
    text: &'t str,
    index: LineIndex,
    /// The text, with blanks in place of comments.
    code: Vec<u8>,
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
        Self { text, index: LineIndex::new(text), code }
    }

    /// The line that the comment at `range` is for: its own one where that has code, else the next one that has some.
    pub(super) fn target(&self, range: TextRange) -> Option<TextRange> {
        let line_of = |offset| self.index.line_range(self.index.line_of(offset), self.text);
        let first = line_of(range.start);
        if self.has_code(first) {
            return Some(first);
        }
        let behind = self.code.get(range.end as usize..)?;
        let next = behind.iter().position(|byte| !byte.is_ascii_whitespace())?;
        Some(line_of(range.end + next as u32))
    }

    /// Whether there is no code before `offset`, or only `opening`.
    pub(super) fn is_top(&self, offset: u32, opening: &str) -> bool {
        let before = self.code.get(..offset as usize).unwrap_or_default().trim_ascii();
        before.is_empty() || before == opening.as_bytes()
    }

    fn has_code(&self, line: TextRange) -> bool {
        let bytes = self.code.get(line.start as usize..line.end as usize).unwrap_or_default();
        bytes.iter().any(|byte| !byte.is_ascii_whitespace())
    }
}
