//! Lines and columns of a text.

use super::TextRange;

/// Where lines start. Made once a file, in one pass.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Byte offset of the first byte of each line; the first entry is 0.
    starts: Vec<u32>,
    /// Number of characters before each multiple of [`STRIDE`], so that a column in a very long line (minified
    /// JSON) is found without reading the line again. Empty when no line is longer than that.
    marks: Vec<u32>,
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

/// Bytes between two entries of [`LineIndex::marks`].
const STRIDE: usize = 4096;

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
        let ends = starts.iter().skip(1).copied().chain([bytes.len() as u32]);
        let long = starts.iter().zip(ends).any(|(start, end)| (end - start) as usize > STRIDE);
        let marks = if long { marks(bytes) } else { Vec::new() };
        Self { starts, marks }
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
        let start = self.starts[line as usize];
        let mark = start == 0 && offset > 0 && text.starts_with(BYTE_ORDER_MARK);
        let column = self.characters(offset, text, start) - u32::from(mark);
        let in_mark = mark && (offset as usize) < BYTE_ORDER_MARK.len_utf8();
        let inside = !text.is_char_boundary(offset as usize) && !in_mark;
        LineColumn { line: line + 1, column: column + 1 - u32::from(inside) }
    }

    /// Number of characters that start in `start..offset`.
    fn characters(&self, offset: u32, text: &str, start: u32) -> u32 {
        let (start, offset) = (start as usize, offset as usize);
        if offset - start <= STRIDE || self.marks.is_empty() {
            return characters(&text.as_bytes()[start..offset]);
        }
        let before = |at: usize| self.marks[at / STRIDE] + characters(&text.as_bytes()[at - at % STRIDE..at]);
        before(offset) - before(start)
    }
}

fn marks(bytes: &[u8]) -> Vec<u32> {
    let mut marks = vec![0];
    let mut sum = 0;
    for stride in bytes.chunks_exact(STRIDE) {
        sum += characters(stride);
        marks.push(sum);
    }
    marks
}

/// Number of characters that start in `bytes`: UTF-8 has one byte for each that is no continuation.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u32
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
            ("\u{feff}x", 1, 1, 1),
            ("\tx", 1, 1, 2),
            ("a\n", 2, 2, 1),
        ];
        for &(text, offset, line, column) in cases {
            let found = LineIndex::new(text).line_column(offset, text);
            assert_eq!((found.line, found.column), (line, column), "{text:?} at {offset}");
        }
    }

    #[test]
    fn long_lines() {
        // Characters of two bytes after a byte order mark, so that strides end inside of them.
        let text = format!("\u{feff}{}\nx{}", "é".repeat(10_000), "y".repeat(10_000));
        let index = LineIndex::new(&text);
        for (at, (offset, _)) in text.char_indices().enumerate().step_by(7) {
            let found = index.line_column(offset as u32, &text);
            let expected = if at <= 10_001 { (1, at.max(1)) } else { (2, at - 10_001) };
            assert_eq!((found.line, found.column as usize), expected, "at {offset}");
        }
    }
}
