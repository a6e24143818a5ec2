//! Sentences that only the terminal has, and how they are wrapped.

use crate::finding::{Finding, Safety};
use crate::report::words::{one_line, printable};

/// How a finding can be fixed by armguard itself, a line each; what it can only show is a snippet below such a line.
pub(super) fn fixing(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    for fix in &finding.fixes {
        let title = one_line(&fix.title);
        let line = match fix.safety {
            Some(Safety::Safe) => format!("`--fix` does it: {title}."),
            Some(Safety::Unsafe) => format!("`--fix --unsafe-fixes` does it: {title}."),
            None => format!("{title}, for example:"),
        };
        if !lines.contains(&line) {
            lines.push(line);
            let snippet = fix.snippet.iter().flat_map(|snippet| snippet.lines());
            lines.extend(snippet.map(|line| format!("  {}", printable(line))));
        }
    }
    lines
}

/// `text` with newlines between words, so that lines have at most `width` characters where words allow it. Words are
/// never broken, at hyphens neither: ids, paths and options stay whole.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        wrapped.extend((at > 0).then_some('\n'));
        // What is indented is code.
        if line.starts_with(' ') {
            wrapped.push_str(line);
            continue;
        }
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                wrapped.push('\n');
                column = 0;
            } else if column > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += length;
        }
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping() {
        #[rustfmt::skip]
        let cases = [
            ("", 5, ""),
            ("aa bb cc", 5, "aa bb\ncc"),
            ("aa bb cc", 4, "aa\nbb\ncc"),
            ("long-word-with-hyphens a", 4, "long-word-with-hyphens\na"),
            ("é é é", 3, "é é\né"),
            ("a\nb c d", 3, "a\nb c\nd"),
            ("a b", 0, "a\nb"),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrapped(text, width), expected, "{text:?} in {width}");
        }
    }
}
