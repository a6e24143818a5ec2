//! Every format writes every kind of report.

use crate::support::report_samples;

use std::collections::BTreeSet;

use armguard::finding::{
    Deployed, Fix, Ignored, LeftOut, LeftOutReason, Report, Safety, Severity, Suppressed, SuppressedBy, SuppressedItem,
};
use armguard::report::{self, Format, ReportStyle, Repository, SarifProfile};
use armguard::rules::RuleStore;
use armguard::source::{Edit, ProblemCode, TextRange};

use crate::support::json_schema::Fields;
use crate::support::report_samples::Sample;

fn text(report: &Report, format: Format, style: ReportStyle) -> String {
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
                let sarif = SarifProfile::Full;
                let style = ReportStyle { undetermined: true, colour, unicode, sarif, ..ReportStyle::default() };
                let text = text(report, format, style);
                let case = format!("{format:?} of {name}, {style:?}:\n{text}");
                // Markdown has tags for backticks.
                let item = text.replace("<code>", "`").replace("</code>", "`");
                for part in expected(name) {
                    assert!(item.contains(part), "no `{part}` in {case}");
                }
                assert!(text.is_empty() || text.ends_with('\n'), "{case}");
                // The pages of rules stand in SARIF as they are.
                assert!(unicode || text.is_ascii() || format == Format::Sarif, "{case}");
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
        let plain = ReportStyle { undetermined: true, ..ReportStyle::default() };
        let coloured = text(&report, Format::Terminal, ReportStyle { colour: true, ..plain });
        assert_eq!(escape.replace_all(&coloured, ""), text(&report, Format::Terminal, plain));
    }
}

/// Something suppressed of each kind, and by each means.
fn suppressed() -> Report {
    let mut sample = Sample::new();
    let at = sample.span(0, "param logs");
    let label = sample.label(0, "disableLocalAccounts", "");
    let ignored = |reason: &str, until: Option<&str>| Ignored {
        at,
        reason: reason.to_owned(),
        until: until.and_then(|until| until.parse().ok()),
    };
    let finding =
        sample.finding("aks-local-accounts", Severity::Medium, "AKS cluster `aks` keeps them.", label.clone());
    let check = sample.undetermined("aks-defender-profile", &["parameter `a`"], label);
    let problem = sample.problem(ProblemCode::UnreadableFile, "is UTF-16; save it as UTF-8", None, true);
    sample.report.suppressed = vec![
        Suppressed {
            item: SuppressedItem::Finding(Box::new(finding)),
            by: SuppressedBy::Ignore(ignored("is replaced", Some("2027-03-31"))),
        },
        Suppressed { item: SuppressedItem::Undetermined(check), by: SuppressedBy::Override(ignored("", None)) },
        Suppressed { item: SuppressedItem::Problem(problem), by: SuppressedBy::Baseline },
    ];
    sample.report
}

#[test]
fn json_has_the_documented_shape() {
    let documented = include_str!("../../../docs/json.md");
    let mut skipping = report_samples::clean();
    skipping.summary.skipped = vec![("not a template".to_owned(), 2)];
    skipping.incomplete = true;
    skipping.summary.baseline = Some("base.json".to_owned());
    skipping.summary.rules_off = vec![("armguard.toml".to_owned(), vec!["a".to_owned(), "b".to_owned()])];
    skipping.summary.left_out = vec![left_out(LeftOutReason::Ignored, Some(".gitignore"), 2, 1)];
    skipping.contexts = vec![Deployed {
        file: "modules/aks.bicep".to_owned(),
        context: "prod.bicepparam".to_owned(),
        why: "by its own words",
        through: Some("main.bicep".to_owned()),
    }];
    let mut mendable = report_samples::findings();
    let at = mendable.findings[0].primary.span;
    mendable.findings[0].fixes = vec![Fix {
        title: "Turn it on".to_owned(),
        safety: Some(Safety::Safe),
        edits: vec![(at.file, Edit::replace(at.range, "true"))],
        sets: vec!["properties.on".to_owned()],
        snippet: None,
    }];
    let reports = [mendable, report_samples::problems(), report_samples::undetermined(), skipping, suppressed()];
    let mut met = BTreeSet::new();
    for report in &reports {
        let json: serde_json::Value =
            serde_json::from_str(&text(report, Format::Json, ReportStyle::default())).unwrap();
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
        let fields = Fields::of(&json);
        assert_eq!(fields.wrong, [""; 0], "docs/json.schema.json");
        assert_eq!(fields.met.difference(&fields.described()).next(), None);
        met.extend(fields.met);
    }
    let described = Fields::of(&serde_json::Value::Null).described();
    assert_eq!(described.difference(&met).next(), None, "docs/json.schema.json has what is never written");
}

#[test]
fn the_schema_of_json_lists_every_value() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../../docs/json.schema.json")).unwrap();
    let sorted = |mut values: Vec<String>| {
        values.sort();
        values
    };
    let listed = |pointer: &str| {
        let values =
            schema.pointer(pointer).and_then(|values| values.as_array()).unwrap_or_else(|| panic!("{pointer}"));
        sorted(values.iter().map(|value| value.as_str().unwrap().to_owned()).collect())
    };
    let ids = ProblemCode::ALL.map(|code| code.id().to_owned()).to_vec();
    assert_eq!(listed("/$defs/problem/properties/id/enum"), sorted(ids));
    let severities = Severity::ALL.map(|severity| severity.name().to_owned()).to_vec();
    assert_eq!(listed("/$defs/severity/enum"), sorted(severities));
    use armguard::finding::DecidedBy::{Absent, Argument, Default, Literal, ParameterFile};
    let deciders = [Absent, Argument, Default, Literal, ParameterFile].map(|by| by.name().to_owned()).to_vec();
    assert_eq!(listed("/$defs/finding/properties/decidedBy/enum"), sorted(deciders));
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
        serde_json::from_str(&text(&report_samples::findings(), Format::Json, ReportStyle::default())).unwrap();
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
    let json: serde_json::Value =
        serde_json::from_str(&text(&sample.report, Format::Json, ReportStyle::default())).unwrap();
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
        let style = ReportStyle { undetermined: true, ..ReportStyle::default() };
        assert_eq!(text(&report, Format::Concise, style), expected);
    }
    // Undetermined checks are no findings: without being asked for they are not listed.
    assert_eq!(text(&report_samples::undetermined(), Format::Concise, ReportStyle::default()), "");
}

#[test]
fn concise_stays_one_line_whatever_the_message() {
    let mut sample = Sample::new();
    let label = sample.label(0, "aks", "");
    sample.report.findings = vec![sample.finding("r", Severity::Low, "a\x1b[31mb\n  c\x07", label)];
    sample.report.problems = vec![sample.problem(ProblemCode::SyntaxError, "d\r\ne", None, true)];
    let expected = "main.bicep:5:10: low r: a␛[31mb\nbroken.bicep: error syntax-error: d e\n";
    assert_eq!(text(&sample.report, Format::Concise, ReportStyle::default()), expected);
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
    sample.report.summary.rules_off = vec![("armguard.toml".to_owned(), vec!["a".to_owned(), "b".to_owned()])];
    sample.report.summary.left_out = vec![
        left_out(LeftOutReason::Ignored, Some("infra/.gitignore"), 2, 1),
        left_out(LeftOutReason::Excluded, Some("armguard.toml"), 1, 0),
        left_out(LeftOutReason::Hidden, None, 0, 3),
        left_out(LeftOutReason::NodeModules, None, 0, 1),
        left_out(LeftOutReason::Link, None, 0, 1),
        left_out(LeftOutReason::NotRegular, None, 1, 0),
    ];
    sample.report.summary.skipped = vec![("registry module `br:x` was not read".to_owned(), 3)];
    sample.report.summary.elapsed = std::time::Duration::from_millis(1260);
    let expected = "\
Checked 2 templates in 1 file: no AKS cluster, 1 other resource (1.3 s).
Found 3 findings (2 high, 1 info) and 1 error.
17 checks wait for parameter `securityProfile`.
1 check waits for module `m` and parameter `p`.
2 resources are not deployed, because their conditions are false.
1 compiled copy was left out: the Bicep file that it was made from was checked.
Not run: `a` and `b`, which `[rules]` in armguard.toml leaves out.
Left out: 2 files and 1 folder, ignored by infra/.gitignore and not tracked by git.
Left out: 1 file, excluded by `[files]` in armguard.toml.
Left out: 3 folders, hidden and not tracked by git.
Left out: 1 folder, `node_modules` that git does not track.
Left out: 1 folder, reached through a link that leads elsewhere.
Left out: 1 file, not a regular file.
Skipped: registry module `br:x` was not read (3 times).
";
    assert_eq!(summary(&sample.report), expected);
}

fn left_out(reason: LeftOutReason, by: Option<&str>, files: usize, folders: usize) -> LeftOut {
    LeftOut { reason, by: by.map(str::to_owned), files, folders }
}

/// A report with as many findings of each severity, from info to high, as `numbers` say.
fn many(numbers: [usize; 4]) -> Report {
    let mut sample = Sample::new();
    let place = sample.label(0, "aks", "in here");
    let severities = Severity::ALL.into_iter().zip(numbers);
    let severities = severities.flat_map(|(severity, number)| std::iter::repeat_n(severity, number));
    let findings = severities.enumerate().map(|(at, severity)| {
        let message = format!("AKS cluster `aks-{at}` is bare. {}", "It is so. ".repeat(50));
        sample.finding("aks-defender-profile", severity, &message, place.clone())
    });
    sample.report.findings = findings.collect();
    sample.report
}

/// How many commands there are of each kind, by their start.
type Commands = [(&'static str, usize)];

#[test]
fn annotations_keep_to_what_is_shown() {
    #[rustfmt::skip]
    let cases: [(Format, [usize; 4], &Commands, &str); 6] = [
        // format, numbers from info to high, commands by their start, who says what is left out
        (Format::Github, [2, 8, 10, 10], &[("::error ", 10), ("::warning ", 10), ("::notice ", 10)], ""),
        (Format::Github, [2, 9, 10, 10], &[("::error ", 10), ("::warning ", 10), ("::notice ", 10)], "::notice title=armguard::2 more are not shown here"),
        (Format::Github, [0, 0, 0, 11], &[("::error ", 10), ("::warning ", 0), ("::notice ", 1)], "::notice title=armguard::1 more is not shown here"),
        (Format::Azure, [0, 0, 10, 10], &[("##vso[task.logissue type=error;", 10), ("##vso[task.logissue type=warning;", 10)], ""),
        (Format::Azure, [1, 1, 9, 0], &[("##vso[task.logissue type=error;", 0), ("##vso[task.logissue type=warning;", 10)], "##vso[task.logissue type=warning;]2 more are not shown here"),
        (Format::Azure, [0, 0, 0, 11], &[("##vso[task.logissue type=error;", 10), ("##vso[task.logissue type=warning;", 1)], "##vso[task.logissue type=warning;]1 more is not shown here"),
    ];
    for (format, numbers, expected, others) in cases {
        let text = text(&many(numbers), format, ReportStyle::default());
        for (start, number) in expected {
            let found = text.lines().filter(|line| line.starts_with(start)).count();
            assert_eq!(found, *number, "{format:?} {numbers:?} {start}:\n{text}");
        }
        let last = text.lines().last().unwrap();
        assert!(
            last.starts_with(others) && others.is_empty() != last.contains(" more "),
            "{format:?} {numbers:?}: {last}"
        );
    }
    // The worst come first.
    let github = text(&many([1, 1, 1, 1]), Format::Github, ReportStyle::default());
    let levels: Vec<&str> = github.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(levels, ["::error", "::warning", "::notice", "::notice"]);
}

#[test]
fn sarif_keeps_what_is_kept() {
    let report = many([0, 600, 4000, 1000]);
    let profiles = [(SarifProfile::Github, 5000), (SarifProfile::AzureDevops, 5000), (SarifProfile::Full, 5600)];
    for (sarif, number) in profiles {
        let json = text(&report, Format::Sarif, ReportStyle { sarif, ..ReportStyle::default() });
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let run = &json["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), number);
        assert_eq!(results.iter().filter(|result| result["level"] == "note").count(), number - 5000);
        let dropped = &run["invocations"][0]["toolExecutionNotifications"][0];
        let expected = match sarif {
            SarifProfile::Full => serde_json::Value::Null,
            _ => "600 of 5600 findings are left out: the 5000 most severe ones are here, more are not kept.".into(),
        };
        assert_eq!(dropped["message"]["text"], expected);
    }
}

#[test]
fn only_full_sarif_has_what_is_no_finding() {
    for (sarif, number) in [(SarifProfile::Github, 0), (SarifProfile::AzureDevops, 0), (SarifProfile::Full, 3)] {
        let style = ReportStyle { undetermined: true, sarif, ..ReportStyle::default() };
        let json: serde_json::Value =
            serde_json::from_str(&text(&report_samples::undetermined(), Format::Sarif, style)).unwrap();
        let results = json["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), number, "{sarif:?}");
        assert!(results.iter().all(|result| result["kind"] == "open" && result["level"] == "none"), "{sarif:?}");
    }
}

#[test]
fn markdown_fits_a_comment() {
    let cases = [([0, 0, 0, 0], false, false), ([0, 0, 0, 20], false, false), ([0, 0, 0, 3000], true, true)];
    for (numbers, rows_left_out, details_left_out) in cases {
        let text = text(&many(numbers), Format::Markdown, ReportStyle::default());
        assert!(text.len() < 65_000, "{} bytes", text.len());
        assert_eq!(text.contains("more rows are not shown here"), rows_left_out, "{numbers:?}:\n{text}");
        assert_eq!(text.contains("did not fit in here"), details_left_out, "{numbers:?}:\n{text}");
    }
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let repository = Repository { root: "/r", folder: "infra" };
    let report = report_samples::findings();
    // The pages of rules have examples in files of the same name.
    let rules = RuleStore::default();
    for format in Format::ALL {
        let text = text(&report, format, ReportStyle { repository, rules: Some(&rules), ..ReportStyle::default() });
        let for_here = [Format::Terminal, Format::Concise, Format::Json].contains(&format);
        assert_eq!(text.contains("infra/main.bicep"), !for_here, "{format:?}:\n{text}");
        assert_eq!(text.matches("main.bicep").count() == text.matches("infra/main.bicep").count(), !for_here, "{text}");
    }
    // The summary is for the same readers.
    for (format, path) in [(Format::Terminal, "at main.bicep:"), (Format::Markdown, "at infra/main.bicep:")] {
        let text = text(&suppressed(), format, ReportStyle { repository, ..ReportStyle::default() });
        assert!(text.contains(&format!("Ignored {path}")), "{text}");
    }
}
