//! Every format writes every kind of report.

// Clippy then knows that helpers, too, are test code.
#![cfg(test)]

mod report_samples;

use armguard::finding::{Report, Severity};
use armguard::report::{self, Format, Style};
use armguard::source::{ProblemCode, TextRange};

use report_samples::Sample;

fn text(report: &Report, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    report::write(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What must be in the text, whatever the format.
fn expected(name: &str) -> &'static [&'static str] {
    match name {
        "findings" => &["aks-defender-security-monitoring", "aks-local-accounts", "caller.bicep", "dev.bicepparam"],
        "problems" => &["unreadable-file", "broken.bicep", "syntax-error", "module-not-read", "expected `}`"],
        "undetermined" => &["aks-defender-workspace", "parameter `logs`", "module `b`"],
        _ => &[],
    }
}

#[test]
fn every_format_writes_every_report() {
    let reports = [
        ("clean", report_samples::clean()),
        ("findings", report_samples::findings()),
        ("problems", report_samples::problems()),
        ("undetermined", report_samples::undetermined()),
    ];
    for format in Format::ALL {
        for (name, report) in &reports {
            for (colour, unicode) in [(false, false), (false, true), (true, true), (true, false)] {
                let style = Style { undetermined: true, colour, unicode, ..Style::default() };
                let text = text(report, format, style);
                let case = format!("{format:?} of {name}, {style:?}:\n{text}");
                for part in expected(name) {
                    assert!(text.contains(part), "no `{part}` in {case}");
                }
                assert!(text.is_empty() || text.ends_with('\n'), "{case}");
                assert!(unicode || text.is_ascii(), "{case}");
                assert_eq!(text.contains('\x1b'), colour && format == Format::Terminal && *name != "clean", "{case}");
                assert!(!text.lines().any(|line| line.ends_with(' ')), "{case}");
            }
        }
    }
}

#[test]
fn colours_change_nothing_else() {
    let escape = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    for report in [report_samples::findings(), report_samples::problems(), report_samples::undetermined()] {
        let plain = Style { undetermined: true, ..Style::default() };
        let coloured = text(&report, Format::Terminal, Style { colour: true, ..plain });
        assert_eq!(escape.replace_all(&coloured, ""), text(&report, Format::Terminal, plain));
    }
}

#[test]
fn json_has_the_documented_shape() {
    let documented = include_str!("../docs/json.md");
    for report in [report_samples::findings(), report_samples::problems(), report_samples::undetermined()] {
        let json: serde_json::Value = serde_json::from_str(&text(&report, Format::Json, Style::default())).unwrap();
        assert_eq!(json["version"], report::JSON_VERSION);
        for (list, length) in [
            ("findings", report.findings.len()),
            ("undetermined", report.undetermined.len()),
            ("problems", report.problems.len()),
        ] {
            assert_eq!(json[list].as_array().unwrap().len(), length, "{list}");
        }
        let mut keys = Vec::new();
        all_keys(&json, &mut keys);
        for key in keys {
            assert!(documented.contains(&format!("`{key}`")), "docs/json.md does not describe `{key}`");
        }
    }
}

fn all_keys(json: &serde_json::Value, keys: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                keys.push(key.clone());
                all_keys(value, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| all_keys(item, keys)),
        _ => {}
    }
}

#[test]
fn json_says_what_the_finding_says() {
    let json: serde_json::Value =
        serde_json::from_str(&text(&report_samples::findings(), Format::Json, Style::default())).unwrap();
    let finding = &json["findings"][0];
    #[rustfmt::skip]
    let cases = [
        ("/rule", serde_json::json!("aks-defender-security-monitoring")),
        ("/severity", serde_json::json!("high")),
        ("/location/path", serde_json::json!("caller.bicep")),
        ("/location/start", serde_json::json!({"line": 4, "column": 15, "offset": 76})),
        ("/location/end", serde_json::json!({"line": 4, "column": 20, "offset": 81})),
        ("/related/0/label", serde_json::json!("passed on here")),
        ("/related/0/location/path", serde_json::json!("main.bicep")),
        ("/decidedBy", serde_json::json!("argument")),
        ("/contexts", serde_json::json!(["dev.bicepparam", "prod.bicepparam"])),
        ("/link", serde_json::json!("https://example.org/defender")),
    ];
    for (pointer, expected) in cases {
        assert_eq!(finding.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert_eq!(json["summary"]["findings"], serde_json::json!({"high": 1, "medium": 1, "low": 0, "info": 0}));
}

#[test]
fn json_is_valid_whatever_the_text() {
    let mut sample = Sample::default();
    let file = sample.file("we\x1bird\n\"path\".bicep", "x\u{1}\t\u{feff}\u{202e}é\r\0");
    let label = armguard::finding::Label { span: TextRange::new(0, 2).in_file(file), text: "a\u{7}\"\\b".to_owned() };
    sample.report.findings = vec![sample.finding("r", Severity::Low, "m\x1b[31m\u{2028}\n\r\0", label)];
    let json: serde_json::Value = serde_json::from_str(&text(&sample.report, Format::Json, Style::default())).unwrap();
    assert_eq!(json["findings"][0]["label"], "a\u{7}\"\\b");
    assert_eq!(json["findings"][0]["location"]["path"], "we\x1bird\n\"path\".bicep");
}

#[test]
fn concise_is_one_line_each() {
    #[rustfmt::skip]
    let cases = [
        (report_samples::clean(), ""),
        (report_samples::findings(), "\
caller.bicep:4:15: high aks-defender-security-monitoring: AKS cluster `aks` turns Defender monitoring off. \
[dev.bicepparam and prod.bicepparam]
main.bicep:10:5: medium aks-local-accounts: AKS cluster `aks` keeps local accounts.
"),
        (report_samples::problems(), "\
broken.bicep: error unreadable-file: is UTF-16; save it as UTF-8
main.bicep:1:7: error syntax-error: expected `}`
caller.bicep:1:16: note module-not-read: `br:x` is not in the cache
"),
        (report_samples::undetermined(), "\
main.bicep:13:42: undetermined aks-defender-workspace: the check of `aks` waits for parameter `logs`
main.bicep:13:42: undetermined aks-defender-profile: the check of `aks` waits for parameter `a` and module `b`
main.bicep:13:42: undetermined aks-defender-profile: the check of `aks` waits for parameter `logs`
"),
    ];
    for (report, expected) in cases {
        let style = Style { undetermined: true, ..Style::default() };
        assert_eq!(text(&report, Format::Concise, style), expected);
    }
    // Undetermined checks are no findings: without being asked for they are not listed.
    assert_eq!(text(&report_samples::undetermined(), Format::Concise, Style::default()), "");
}

#[test]
fn concise_stays_one_line_whatever_the_message() {
    let mut sample = Sample::new();
    let label = sample.label(0, "aks", "");
    sample.report.findings = vec![sample.finding("r", Severity::Low, "a\x1b[31mb\n  c\x07", label)];
    sample.report.problems = vec![sample.problem(ProblemCode::SyntaxError, "d\r\ne", None, true)];
    let expected = "main.bicep:5:10: low r: a␛[31mb\nbroken.bicep: error syntax-error: d e\n";
    assert_eq!(text(&sample.report, Format::Concise, Style::default()), expected);
}

#[test]
fn the_plain_text_of_a_finding_has_its_related_places() {
    let report = report_samples::findings();
    let expected = "\
caller.bicep:4:15: high aks-defender-security-monitoring: AKS cluster `aks` turns Defender monitoring off. \
[dev.bicepparam and prod.bicepparam]
  main.bicep:2:7: passed on here
  main.bicep:15:11: used here
  main.bicep:13:9: set here, so monitoring was probably meant to be on
";
    assert_eq!(report::finding_text(&report.sources, &report.findings[0]), expected);
}

#[test]
fn the_summary_reads_well() {
    let mut sample = Sample::new();
    let place = sample.label(0, "aks", "");
    let summary = |report: &Report| {
        let mut out = Vec::new();
        report::write_summary(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };

    assert_eq!(summary(&Report::default()), "Nothing to lint: no Bicep file and no ARM template was found.\n");

    sample.report.summary.other_resources = 1;
    sample.report.summary.files = 1;
    sample.report.findings = vec![sample.finding("r", Severity::Info, "", place.clone())];
    let expected = "\
Checked 2 templates in 1 file: 1 AKS cluster, 1 other resource (4 ms).
Found 1 finding (1 info).
";
    assert_eq!(summary(&sample.report), expected);

    sample.report.findings.push(sample.finding("r", Severity::High, "", place.clone()));
    sample.report.findings.push(sample.finding("r", Severity::High, "", place.clone()));
    let waiting = (0..17).map(|_| sample.undetermined("r", &["parameter `securityProfile`"], place.clone()));
    sample.report.undetermined = waiting.collect();
    sample.report.undetermined.insert(3, sample.undetermined("r", &["module `m`", "parameter `p`"], place));
    sample.report.problems = vec![sample.problem(ProblemCode::SyntaxError, "", None, true)];
    sample.report.summary.clusters = 0;
    sample.report.summary.not_deployed = 2;
    sample.report.summary.compiled_copies = 1;
    sample.report.summary.skipped = vec![("registry module `br:x` was not read".to_owned(), 3)];
    sample.report.summary.elapsed = std::time::Duration::from_millis(1260);
    let expected = "\
Checked 2 templates in 1 file: no AKS cluster, 1 other resource (1.3 s).
Found 3 findings (2 high, 1 info) and 1 error.
17 checks wait for parameter `securityProfile`.
1 check waits for module `m` and parameter `p`.
2 resources are not deployed, because their conditions are false.
1 compiled copy was left out: the Bicep file that it was made from was checked.
Skipped: registry module `br:x` was not read (3 times).
";
    assert_eq!(summary(&sample.report), expected);
}
