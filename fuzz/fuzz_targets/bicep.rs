//! Any text, read as Bicep: no panic, the tokens make up the text, ranges in bounds and nested.
#![no_main]

// The same invariants as in the ordinary tests.
#[path = "../../tests/it/bicep/nodes.rs"]
mod nodes;
#[path = "../../tests/it/bicep/spans.rs"]
mod spans;

use armguard::bicep::{self, FileKind};
use armguard::source::{FileId, TextRange};
use armguard::template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let whole = TextRange::new(0, text.len() as u32);
    for kind in [FileKind::Bicep, FileKind::Params] {
        let parsed = bicep::parse(text, kind);
        spans::check_spans(text, kind, &parsed);
        let template = match kind {
            FileKind::Bicep => template::lower_bicep(FileId(0), text, &parsed),
            FileKind::Params => return drop(template::lower_bicepparam(FileId(0), text, &parsed)),
        };
        assert!(template.exprs.iter().all(|expr| whole.contains(expr.range)));
    }
});
