//! Any text, linted as Bicep and as an ARM template: no panic, places in bounds, an end in time.
#![no_main]

use std::path::PathBuf;

use armguard::lint::{Inputs, Options, lint};
use armguard::source::MemoryFiles;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for name in ["main.bicep", "main.json"] {
        let inputs = Inputs { stdin: Some((PathBuf::from(name), text.to_owned())), ..Inputs::default() };
        let report = lint(&MemoryFiles::default(), inputs, &Options::default());
        for finding in &report.findings {
            let labels = finding.related.iter().chain([&finding.primary]);
            for label in labels {
                let length = report.sources.get(label.span.file).text().len() as u32;
                assert!(label.span.range.start <= label.span.range.end && label.span.range.end <= length);
            }
        }
        assert!(report.problems.iter().all(|problem| problem.code.id() != "internal-error"));
    }
});
