//! A second parser, tree-sitter's, which has to read what a fix makes as well as what was there before.

#[cfg(feature = "second-opinion")]
pub(super) use with_parser::is_read_as_well;

/// Without the second parser: yes.
#[cfg(not(feature = "second-opinion"))]
pub(super) const fn is_read_as_well(_: &str, _: &str, _: &crate::source::Cancel) -> bool {
    true
}

#[cfg(feature = "second-opinion")]
mod with_parser {
    use std::ops::ControlFlow;

    use crate::bicep;
    use crate::source::Cancel;

    /// Larger texts are not given to the second parser, which is slow.
    const SECOND_OPINION: usize = 50_000;

    /// How often the second parser reports its progress at most, for each kilobyte of text. It does so after each hundred of
    /// its steps: on real templates up to 7 times, where its grammar is ambiguous 40 times, each step the slower the longer
    /// the text.
    const REPORTS: usize = 15;

    /// Whether `after` is read without errors by the second parser if `before` is.
    pub(in crate::autofix) fn is_read_as_well(before: &str, after: &str, cancel: &Cancel) -> bool {
        // On broken text the second parser may take very long.
        let is_broken = || !bicep::parse(before, bicep::FileKind::Bicep).problems.is_empty();
        if before.len() > SECOND_OPINION || after.len() > SECOND_OPINION || is_broken() {
            return true;
        }
        let mut parser = tree_sitter::Parser::new();
        if parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).is_err() {
            return true;
        }
        let mut is_clean = |text: &str| is_read(&mut parser, text, cancel);
        is_clean(after) || !is_clean(before)
    }

    /// Whether `parser` reads `text` to its end and without errors, within bounds. It is slow where the grammar is ambiguous.
    fn is_read(parser: &mut tree_sitter::Parser, text: &str, cancel: &Cancel) -> bool {
        let mut left = REPORTS * (1 + text.len() / 1_000);
        let mut progress = |state: &tree_sitter::ParseState| match left.checked_sub(1) {
            Some(rest) if !state.has_error() && !cancel.is_cancelled() => {
                left = rest;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(()),
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
        // What an earlier parse left when it was stopped is no start for this one.
        parser.reset();
        let mut rest = |at: usize, _: tree_sitter::Point| text.as_bytes().get(at..).unwrap_or_default();
        parser.parse_with_options(&mut rest, None, Some(options)).is_some_and(|tree| !tree.root_node().has_error())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_second_parser_is_stopped() {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
            let plain = "param name string\n".repeat(500);
            // Ambiguous in the grammar of the second parser: time grows with the square of the length.
            let ambiguous = format!("var a = {}\n", "[1,2][^1]".repeat(300));
            let cancelled = Cancel::default();
            cancelled.cancel();
            for (text, cancel, expected) in [
                (&plain, &Cancel::default(), true),
                (&plain, &cancelled, false),
                (&ambiguous, &Cancel::default(), false),
                (&plain, &Cancel::default(), true),
            ] {
                assert_eq!(is_read(&mut parser, text, cancel), expected);
            }
        }
    }
}
