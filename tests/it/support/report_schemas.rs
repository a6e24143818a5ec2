//! Whether what a format writes has the form that its readers expect.
//!
//! The few rules of GitHub and GitLab are checked here. Schemas are for whole validators, and those of SARIF and JUnit are
//! no part of this repository: what is written goes to `target/tmp/formats`, where `.ci/validate-formats` reads it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use armguard::report::Format;
use serde_json::Value;

/// Checks what `format` wrote; `test` and `name` tell it apart from what else is written.
pub(crate) fn check(format: Format, test: &str, name: &str, text: &str) {
    let keep = |extension: &str| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{test}-{name}.{extension}")), text).unwrap();
    };
    let json =
        || -> Value { serde_json::from_str(text).unwrap_or_else(|error| panic!("{test} {name}: {error}\n{text}")) };
    match format {
        Format::Json => keep("json"),
        Format::Sarif => {
            keep("sarif");
            github_takes(&json());
        }
        Format::Gitlab => gitlab_takes(&json()),
        Format::Junit => keep("xml"),
        Format::Terminal | Format::Concise | Format::Github | Format::Azure | Format::Markdown => {}
    }
}

/// What GitHub asks for beyond the standard, and where it cuts.
fn github_takes(log: &Value) {
    let run = &log["runs"][0];
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for pointer in
            ["/id", "/name", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"]
        {
            let found = rule.pointer(pointer).map(text).unwrap_or_default();
            let most = if pointer.starts_with("/help") { usize::MAX } else { 1024 };
            assert!((1..=most).contains(&found.len()), "{pointer} of {rule}");
        }
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 10 && tags.contains(&"security".into()), "{rule}");
        let severity = text(&rule["properties"]["security-severity"]);
        assert!(severity.is_empty() || (0.1..=10.0).contains(&severity.parse::<f64>().unwrap()), "{rule}");
    }
    let results = run["results"].as_array().unwrap();
    for result in results {
        assert_eq!(result["locations"].as_array().unwrap().len(), 1, "{result}");
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"], "{result}");
        let hash = text(&result["partialFingerprints"]["primaryLocationLineHash"]);
        assert!(hash.contains(':'), "{result}");
        assert!(!text(&result["message"]["text"]).is_empty(), "{result}");
        let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array();
        let steps = steps.into_iter().flatten().map(|step| &step["location"]);
        let related = result["relatedLocations"].as_array();
        for location in result["locations"].as_array().into_iter().chain(related).flatten().chain(steps) {
            let region = &location["physicalLocation"]["region"];
            assert_eq!(region["startLine"], region["endLine"], "one line: {result}");
            let artifact = &location["physicalLocation"]["artifactLocation"];
            let uri = text(&artifact["uri"]);
            assert!(uri.is_ascii() && !uri.contains([' ', '\\', '#', '?']) && !uri.starts_with("./"), "{uri}");
            assert_eq!(uri.starts_with("file:///"), artifact.get("uriBaseId").is_none(), "{uri}");
        }
    }
}

/// The rules of <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>; there is no schema.
fn gitlab_takes(entries: &Value) {
    let mut fingerprints = BTreeSet::new();
    for entry in entries.as_array().unwrap() {
        let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        assert!(!text("/description").is_empty() && !text("/check_name").is_empty(), "{entry}");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&text("/severity")), "{entry}");
        assert!(!text("/location/path").is_empty() && !text("/location/path").starts_with("./"), "{entry}");
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() > 0, "{entry}");
        assert!(fingerprints.insert(text("/fingerprint")) && text("/fingerprint").len() == 32, "{entry}");
    }
}
