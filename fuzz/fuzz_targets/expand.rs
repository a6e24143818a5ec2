//! Any JSON text, expanded as an ARM template: no panic, an end in time.
//!
//! Text that is no template is also taken for the expression of an output, so that the grammar of
//! expressions is reached soon.
#![no_main]

use armguard::expand::{Request, expand};
use armguard::source::MemoryFiles;
use libfuzzer_sys::fuzz_target;

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

fuzz_target!(|text: &str| {
    let run = |file: &str, text: String| {
        let request = Request { file: file.into(), text: Some(text), ..Request::default() };
        // What is no template is refused; that is an answer, too.
        if let Ok(expansion) = expand(&MemoryFiles::default(), &request) {
            assert!(expansion.problems.iter().all(|problem| problem.code.id() != "internal-error"));
        }
    };
    if text.contains("deploymentTemplate") {
        run("main.json", text.to_owned());
    } else {
        let expression: String = text.chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()).collect();
        run("main.json", format!(r#"{{"$schema":"{SCHEMA}","parameters":{{"p":{{"type":"object"}}}},"resources":[],"outputs":{{"o":{{"type":"object","value":"[{expression}]"}}}}}}"#));
        run("main.bicep", format!("param p object\noutput o object = {text}\n"));
    }
});
