//! A text written differently, and where what stood in it stands now.

use armguard::source::{Edit, TextRange};

/// A piece of the new text: what it is, and what it stood for.
#[derive(Debug, Clone)]
struct Piece {
    old: TextRange,
    text: String,
}

/// A text written differently.
#[derive(Debug, Clone)]
pub(crate) struct Rewrite {
    pieces: Vec<Piece>,
}

impl Rewrite {
    /// `text` after `edits`, none of which overlap; several insertions at one place stay in their order.
    pub(crate) fn by_edits(text: &str, mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let (mut pieces, mut done) = (Vec::new(), 0);
        for Edit { range, new_text } in edits {
            let before = TextRange::new(done, range.start);
            pieces.push(Piece { old: before, text: before.of(text).to_owned() });
            pieces.push(Piece { old: range, text: new_text });
            done = range.end;
        }
        let rest = TextRange::new(done, text.len() as u32);
        pieces.push(Piece { old: rest, text: rest.of(text).to_owned() });
        Self { pieces }
    }

    /// `text` with its `parts`, which follow each other and make it up, in another order.
    pub(crate) fn by_order(text: &str, parts: &[TextRange]) -> Self {
        let pieces = parts.iter().map(|old| Piece { old: *old, text: old.of(text).to_owned() });
        Self { pieces: pieces.collect() }
    }

    /// The new text.
    pub(crate) fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// Where what stood in `range` stands now.
    pub(crate) fn range(&self, range: TextRange) -> TextRange {
        let start = self.offset(range.start, false);
        if range.is_empty() { TextRange::empty(start) } else { TextRange::new(start, self.offset(range.end, true)) }
    }

    /// Where the byte at `old` is, or with `is_end` the end behind the byte before it.
    fn offset(&self, old: u32, is_end: bool) -> u32 {
        let mut at = 0;
        for piece in &self.pieces {
            let length = piece.text.len() as u32;
            let inside = match is_end {
                true => piece.old.start < old && old <= piece.old.end,
                false => piece.old.start <= old && old < piece.old.end,
            };
            if inside {
                let is_kept = length == piece.old.len();
                return match (is_kept, is_end) {
                    (true, _) => at + (old - piece.old.start),
                    (false, true) => at + length,
                    (false, false) => at,
                };
            }
            at += length;
        }
        at
    }
}
