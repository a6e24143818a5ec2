//! Lines and columns of a text.

use super::TextRange;

/// Where lines start. Made once a file, in one pass.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Byte offset of the first byte of each line; the first entry is 0.
    starts: Vec<u32>,
}

/// A place as people name it: both count from 1, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values; a byte order mark has no column.
    pub column: u32,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

impl LineIndex {
    /// Indexes `text`. A line ends after `\n`, after `\r\n`, or after a `\r` that stands alone.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let alone = bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
            if alone {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// Number of lines; a text without newline has one.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Number of the line, from 0, that holds `offset`.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32 - 1
    }

    /// The bytes of line `line` (from 0), its newline included; empty behind the last line.
    pub fn line_range(&self, line: u32, text: &str) -> TextRange {
        let end_of_text = text.len() as u32;
        let start = self.starts.get(line as usize).copied().unwrap_or(end_of_text);
        let end = self.starts.get(line as usize + 1).copied().unwrap_or(end_of_text);
        TextRange::new(start, end)
    }

    /// Line and column of `offset`; an offset inside a character counts as that character's start.
    pub fn line_column(&self, offset: u32, text: &str) -> LineColumn {
        let offset = offset.min(text.len() as u32);
        let line = self.line_of(offset);
        let start = self.starts[line as usize] as usize;
        let before = text[start..].char_indices().take_while(|(at, _)| start + at < offset as usize);
        let column = before.filter(|(_, c)| *c != BYTE_ORDER_MARK).count() as u32;
        let inside = !text.is_char_boundary(offset as usize);
        LineColumn { line: line + 1, column: column + 1 - u32::from(inside) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        #[rustfmt::skip]
        let cases: &[(&str, u32, u32, u32)] = &[
            // text, offset, line, column
            ("", 0, 1, 1),
            ("ab", 2, 1, 3),
            ("ab", 99, 1, 3),
            ("a\nb", 2, 2, 1),
            ("a\r\nb", 2, 1, 3),
            ("a\r\nb", 3, 2, 1),
            ("a\rb", 2, 2, 1),
            ("é😀x", 6, 1, 3),
            ("é😀x", 3, 1, 2),
            ("\u{feff}x", 3, 1, 1),
            ("\tx", 1, 1, 2),
            ("a\n", 2, 2, 1),
        ];
        for &(text, offset, line, column) in cases {
            let found = LineIndex::new(text).line_column(offset, text);
            assert_eq!((found.line, found.column), (line, column), "{text:?} at {offset}");
        }
    }
}
