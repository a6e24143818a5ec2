//! How a text is laid out: its newlines and its indentation.

use super::TextRange;

/// The layout of a text around some place, for what is to be written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// What ends a line.
    pub newline: &'static str,
    /// One step of indentation: a tab or some spaces.
    pub indent: String,
}

/// How far around a place the indentation is looked at, in bytes; so the cost does not grow with the file.
const WINDOW: usize = 32 * 1024;

/// Wider steps align text with something; they are no indentation.
const MAX_STEP: usize = 8;

/// What is used where nothing is indented.
const DEFAULT_STEP: &str = "  ";

impl Style {
    /// The layout around byte `at` of `text`: the nearest newline, a later one before an earlier one; the commonest
    /// step of indentation down to that line, else below it, else two spaces.
    pub fn around(text: &str, at: u32) -> Self {
        let bytes = text.as_bytes();
        let (above, below) = bytes.split_at(line_around(text, at).end as usize);
        let window = &above[above.len().saturating_sub(WINDOW)..];
        // Where the window cuts a line, its indentation is not known.
        let cut = if window.len() < above.len() { memchr::memchr(b'\n', window).unwrap_or(window.len()) } else { 0 };
        let step = commonest_step(&window[cut..]).or_else(|| commonest_step(&below[..below.len().min(WINDOW)]));
        let (before, behind) = bytes.split_at((at as usize).min(bytes.len()));
        let indent = step.unwrap_or_else(|| DEFAULT_STEP.to_owned());
        Self { newline: newline_around(before, behind), indent }
    }

    /// The same layout, with the step of indentation that leads from the indentation `outer` to `inner`, if it is one.
    #[must_use]
    pub fn stepping(mut self, outer: &str, inner: &str) -> Self {
        if let Some(step) = step(outer.as_bytes(), inner.as_bytes()) {
            self.indent = step;
        }
        self
    }
}

/// Whether `text` has no newline.
pub fn is_one_line(text: &str) -> bool {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_none()
}

/// The bytes of the line that holds byte `at`, its newline left out.
pub fn line_around(text: &str, at: u32) -> TextRange {
    let (before, behind) = text.as_bytes().split_at((at as usize).min(text.len()));
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |newline| newline + 1);
    let length = memchr::memchr2(b'\n', b'\r', behind).unwrap_or(behind.len());
    TextRange::new(start as u32, (before.len() + length) as u32)
}

/// The blanks with which the line that holds byte `at` starts; a byte order mark before them is left out.
pub fn indentation(text: &str, at: u32) -> &str {
    let line = line_around(text, at).of(text);
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    line.get(..blanks(line.as_bytes())).unwrap_or_default()
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn newline_around(before: &[u8], behind: &[u8]) -> &'static str {
    let carriage_return = match memchr::memchr(b'\n', behind) {
        Some(0) => before.last(),
        Some(at) => behind.get(at - 1),
        None => memchr::memrchr(b'\n', before).and_then(|at| before.get(at.checked_sub(1)?)),
    };
    if carriage_return == Some(&b'\r') { "\r\n" } else { "\n" }
}

fn step(outer: &[u8], inner: &[u8]) -> Option<String> {
    let step = inner.strip_prefix(outer).filter(|step| (1..=MAX_STEP).contains(&step.len()))?;
    Some(step.iter().copied().map(char::from).collect())
}

/// By what lines are mostly indented more than the line before them.
fn commonest_step(bytes: &[u8]) -> Option<String> {
    let mut steps: Vec<(String, usize)> = Vec::new();
    let mut previous: Option<&[u8]> = None;
    for line in bytes.split(|byte| *byte == b'\n') {
        let indent = &line[..blanks(line)];
        if matches!(line.get(indent.len()), None | Some(b'\r')) {
            continue;
        }
        if let Some(step) = previous.replace(indent).and_then(|outer| step(outer, indent)) {
            match steps.iter_mut().find(|(known, _)| *known == step) {
                Some((_, count)) => *count += 1,
                None => steps.push((step, 1)),
            }
        }
    }
    let most = steps.iter().map(|(_, count)| *count).max()?;
    steps.into_iter().find(|(_, count)| *count == most).map(|(step, _)| step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        #[rustfmt::skip]
        let cases: &[(&str, u32, &str, &str)] = &[
            // text, place, newline, step
            ("", 0, "\n", "  "),
            ("a", 9, "\n", "  "),
            ("a\n    b\n", 5, "\n", "    "),
            ("a\r\n\tb\r\n", 6, "\r\n", "\t"),
            ("a\r\nb\n", 1, "\r\n", "  "),
            ("a\r\nb\n", 2, "\r\n", "  "),
            ("a\r\nb\n", 3, "\n", "  "),
            ("a\r\nb", 4, "\r\n", "  "),
            // The commonest step before the place; what lies behind it counts only if there is none.
            ("a\n  b\n    c\nd\n   e\n|\n    f\n", 19, "\n", "  "),
            ("|\na\n    f\n", 0, "\n", "    "),
            // Blank lines do not count, nor does alignment.
            ("a\n\n   \n  b\n              c\n|", 26, "\n", "  "),
        ];
        for &(text, at, newline, indent) in cases {
            let expected = Style { newline, indent: indent.to_owned() };
            assert_eq!(Style::around(text, at), expected, "{text:?} at {at}");
        }
    }

    #[test]
    fn lines() {
        let text = "\u{feff}  a\r\n\tb";
        assert_eq!((indentation(text, 0), indentation(text, 5)), ("  ", "  "));
        assert_eq!((indentation(text, 9), indentation(text, 99)), ("\t", "\t"));
        assert_eq!(line_around(text, 4).of(text), "\u{feff}  a");
        assert_eq!(line_around(text, 8).of(text), "\tb");
    }
}
