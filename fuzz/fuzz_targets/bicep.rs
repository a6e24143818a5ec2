//! Any text, read as Bicep: no panic, the tokens make up the text, ranges in bounds and nested.
#![no_main]

use armguard::bicep::{self, FileKind};
use armguard::source::{FileId, TextRange};
use armguard::template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let whole = TextRange::new(0, text.len() as u32);
    for kind in [FileKind::Bicep, FileKind::Params] {
        let parsed = bicep::parse(text, kind);
        let mut end = 0;
        for (_, range) in parsed.tree.tokens.iter() {
            assert_eq!(range.start, end, "a gap between tokens");
            end = range.end;
        }
        assert_eq!(end, whole.end, "the tokens are not the text");
        assert!(parsed.problems.iter().all(|problem| whole.contains(problem.range)));
        for statement in parsed.tree.top() {
            assert!(whole.contains(statement.range));
        }
        let template = match kind {
            FileKind::Bicep => template::lower_bicep(FileId(0), text, &parsed),
            FileKind::Params => return drop(template::lower_bicepparam(FileId(0), text, &parsed)),
        };
        assert!(template.exprs.iter().all(|expr| whole.contains(expr.range)));
    }
});
