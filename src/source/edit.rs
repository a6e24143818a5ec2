//! Changes of a text, and their undoing.

use std::fmt;

use super::TextRange;

/// One change of a text: what stands in `range` is replaced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// The bytes of the user's file; empty for an insertion.
    pub range: TextRange,
    /// What stands there afterwards; empty for a deletion.
    pub new_text: String,
}

impl Edit {
    /// Puts `new_text` before byte `at`.
    pub fn insert(at: u32, new_text: impl Into<String>) -> Self {
        Self::replace(TextRange::empty(at), new_text)
    }

    /// Takes away what stands in `range`.
    pub const fn delete(range: TextRange) -> Self {
        Self { range, new_text: String::new() }
    }

    /// Replaces what stands in `range`.
    pub fn replace(range: TextRange, new_text: impl Into<String>) -> Self {
        Self { range, new_text: new_text.into() }
    }
}

/// Why edits cannot be applied to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditError {
    /// The range ends behind the end of the text, or before its own start.
    OutOfBounds(TextRange),
    /// The range starts or ends inside a character.
    InsideCharacter(TextRange),
    /// Two edits change the same bytes, or insert at the same place, which leaves their order open.
    Overlap(TextRange, TextRange),
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBounds(range) => write!(f, "the edit at {range:?} lies outside of the text"),
            Self::InsideCharacter(range) => write!(f, "the edit at {range:?} starts or ends inside a character"),
            Self::Overlap(first, second) => write!(f, "the edits at {first:?} and {second:?} overlap"),
        }
    }
}

impl std::error::Error for EditError {}

/// `text` after `edits`, which may come in any order; all ranges are those of `text`.
///
/// # Errors
/// When an edit does not fit the text, or two of them overlap. Then none is applied.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut out = String::with_capacity(text.len() + edits.iter().map(|edit| edit.new_text.len()).sum::<usize>());
    let mut done = 0;
    for Edit { range, new_text } in joined(text, edits)? {
        out.push_str(TextRange::new(done, range.start).of(text));
        out.push_str(&new_text);
        done = range.end;
    }
    out.push_str(TextRange::new(done, text.len() as u32).of(text));
    Ok(out)
}

/// The edits that make `text` again from what `edits` make of it.
///
/// # Errors
/// When `edits` cannot be applied to `text`.
pub fn inverse_edits(text: &str, edits: &[Edit]) -> Result<Vec<Edit>, EditError> {
    let (mut added, mut removed) = (0, 0);
    let inverse = joined(text, edits)?.into_iter().map(|Edit { range, new_text }| {
        let start = range.start + added - removed;
        added += new_text.len() as u32;
        removed += range.len();
        Edit::replace(TextRange::new(start, start + new_text.len() as u32), range.of(text))
    });
    Ok(inverse.collect())
}

/// The same edits in order, those that touch each other made one.
fn joined(text: &str, edits: &[Edit]) -> Result<Vec<Edit>, EditError> {
    let mut sorted = edits.to_vec();
    sorted.sort();
    let mut joined: Vec<Edit> = Vec::with_capacity(sorted.len());
    let mut previous: Option<TextRange> = None;
    for edit in sorted {
        let range = edit.range;
        let (start, end) = (range.start as usize, range.end as usize);
        if start > end || end > text.len() {
            return Err(EditError::OutOfBounds(range));
        }
        if !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return Err(EditError::InsideCharacter(range));
        }
        if let Some(before) = previous.replace(range)
            && (range.start < before.end || range == before && range.is_empty())
        {
            return Err(EditError::Overlap(before, range));
        }
        match joined.last_mut() {
            Some(last) if last.range.end == range.start => {
                last.range.end = range.end;
                last.new_text.push_str(&edit.new_text);
            }
            _ => joined.push(edit),
        }
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, end and new text of an edit.
    type Short<'t> = (u32, u32, &'t str);

    fn edit((start, end, text): Short<'_>) -> Edit {
        Edit::replace(TextRange::new(start, end), text)
    }

    #[test]
    fn applied_and_undone() {
        #[rustfmt::skip]
        let cases: &[(&str, &[Short<'_>], &str)] = &[
            ("abc", &[], "abc"),
            ("", &[(0, 0, "x")], "x"),
            ("abc", &[(3, 3, "d"), (0, 0, "_")], "_abcd"),
            ("abcdef", &[(1, 2, ""), (4, 5, "EE")], "acdEEf"),
            ("abcdef", &[(2, 4, ""), (0, 2, "")], "ef"),
            ("abcdef", &[(2, 2, "+"), (2, 4, "-")], "ab+-ef"),
            ("abcdef", &[(0, 2, "-"), (2, 2, "+")], "-+cdef"),
            ("é😀", &[(2, 6, "x")], "éx"),
            ("\u{feff}a\r\nb", &[(4, 6, "\n")], "\u{feff}a\nb"),
        ];
        for (text, edits, expected) in cases {
            let edits: Vec<_> = edits.iter().copied().map(edit).collect();
            let changed = apply_edits(text, &edits).unwrap();
            assert_eq!(changed, *expected, "{text:?} {edits:?}");
            let inverse = inverse_edits(text, &edits).unwrap();
            assert_eq!(apply_edits(&changed, &inverse).as_deref(), Ok(*text), "{text:?} {edits:?}");
        }
    }

    #[test]
    fn refused() {
        let range = TextRange::new;
        #[rustfmt::skip]
        let cases: &[(&str, &[Short<'_>], EditError)] = &[
            ("abc", &[(2, 4, "")], EditError::OutOfBounds(range(2, 4))),
            ("abc", &[(2, 1, "")], EditError::OutOfBounds(range(2, 1))),
            ("é", &[(1, 1, "x")], EditError::InsideCharacter(range(1, 1))),
            ("é", &[(0, 1, "x")], EditError::InsideCharacter(range(0, 1))),
            ("abc", &[(0, 2, ""), (1, 3, "")], EditError::Overlap(range(0, 2), range(1, 3))),
            ("abc", &[(0, 3, ""), (1, 1, "x")], EditError::Overlap(range(0, 3), range(1, 1))),
            ("abc", &[(1, 1, "x"), (1, 1, "y")], EditError::Overlap(range(1, 1), range(1, 1))),
            ("abc", &[(1, 2, "x"), (1, 2, "x")], EditError::Overlap(range(1, 2), range(1, 2))),
        ];
        for (text, edits, expected) in cases {
            let edits: Vec<_> = edits.iter().copied().map(edit).collect();
            assert_eq!(apply_edits(text, &edits), Err(*expected), "{text:?} {edits:?}");
            assert_eq!(inverse_edits(text, &edits), Err(*expected), "{text:?} {edits:?}");
        }
    }
}
