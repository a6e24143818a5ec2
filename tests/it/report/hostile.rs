//! Nothing that stands in a template breaks out of a format: not to the terminal, not to the build server that reads the
//! log, not to the page that shows it.

use crate::support::report_samples;
use crate::support::report_schemas;

use std::collections::BTreeMap;

use armguard::finding::{
    Call, Finding, Ignored, Label, Report, Severity, Suppressed, SuppressedBy, SuppressedItem, Undetermined,
};
use armguard::report::{self, Format, ReportStyle, SarifProfile};
use armguard::source::{FileId, ProblemCode};
use regex::Regex;
use serde_json::Value;

use crate::support::report_samples::Sample;
use crate::support::sarif_texts::all_texts;

/// Names, comments and paths that someone may write to be read as something else.
const HOSTILE: [&str; 36] = [
    "\x1b[31mred\x1b]0;title\x07",
    "\u{9b}31m\u{85}",
    "\u{202e}desrever\u{2066}\u{61c}\u{200f}\u{feff}",
    "\u{2028}\u{2029}\0\x0b\x0c\x7f",
    "a%0A::error::b%0D%25%2C%3A",
    "\n::error file=x::injected",
    "::add-mask::a",
    "x\n  ::stop-commands::y",
    "##vso[task.complete result=Succeeded;]done",
    "x\r\n##vso[task.setvariable variable=a]b",
    "##VSO[task.prependpath]/tmp",
    "##[error]x ##[add-path]y",
    "%AZP25%3B%5D];code=x;]y",
    ",line=9,title=z::message",
    "<img src=x onerror=alert(1)>",
    "</code></summary></details><script>",
    "--><!-- <![CDATA[ ]]>",
    "&lt;b&gt; &#60; &amp &",
    "\u{fffe}\u{ffff}\u{fdd0}\u{fffd}",
    "\" onmouseover=\"x' y='",
    "</failure></testcase></testsuite>",
    "<?xml version=\"1.0\"?><!DOCTYPE x SYSTEM \"y\">",
    "a | b |\n| --- | --- |\n| c |",
    "\\| \\",
    "[x](https://evil.example) ![y](z)",
    "](1) [a]: https://evil.example",
    "`a` ``b ``` c",
    "`<b>|</b>`",
    "*a* _b_ ~~c~~ $d$ ^e^ ==f==",
    "\n# heading\n\n- item\n\n    code",
    "@team #1 GH-2 owner/repo#3 a@b.example",
    "https://evil.example www.evil.example WWW.evil.example",
    "\"},{\"rule\":\"x\"",
    "\\u0023\\n\\",
    "{{ x }} ${{ y }} $(z) `w` %PATH%",
    "../../../etc/passwd//./.",
];

const RULE: &str = "aks-defender-profile";

/// A report in which every text that comes from templates is `hostile`.
fn report_of(hostile: &str) -> Report {
    let mut sample = Sample::default();
    let text = format!("// {hostile}\nresource {hostile} 'x' = {{\n}}\n");
    sample.file(hostile, &text);
    let primary = |sample: &Sample| Label { text: hostile.to_owned(), ..sample.label(0, "resource", "") };
    let mut finding = Finding {
        related: vec![Label { text: hostile.to_owned(), ..sample.label(0, "//", "") }, primary(&sample)],
        help: hostile.to_owned(),
        link: Some(format!("https://example.org/{hostile}").into()),
        contexts: vec![hostile.to_owned(), hostile.to_owned()],
        other_contexts: vec![hostile.to_owned()],
        instances: vec![hostile.to_owned()],
        checked_contexts: 3,
        ..sample.finding(RULE, Severity::High, hostile, primary(&sample))
    };
    finding.path = hostile.to_owned();
    finding.subject.title = hostile.to_owned();
    finding.subject.name = hostile.to_owned();
    finding.subject.resource_type = hostile.into();
    finding.subject.call_path = vec![Call { title: hostile.to_owned(), declared: finding.subject.declared }];
    let check = Undetermined {
        subject: finding.subject.clone(),
        ..sample.undetermined(RULE, &[hostile, hostile], primary(&sample))
    };
    let mut unreadable = sample.problem(ProblemCode::UnreadableFile, hostile, None, true);
    unreadable.path = hostile.to_owned();
    let syntax = sample.problem(ProblemCode::SyntaxError, hostile, Some(primary(&sample).span), true);
    let reason = Ignored { at: primary(&sample).span, reason: hostile.to_owned(), until: None };
    let hidden = [
        (SuppressedItem::Finding(Box::new(finding.clone())), SuppressedBy::Ignore(reason.clone())),
        (SuppressedItem::Undetermined(check.clone()), SuppressedBy::Override(reason)),
        (SuppressedItem::Problem(unreadable.clone()), SuppressedBy::Baseline),
        (SuppressedItem::Finding(Box::new(finding.clone())), SuppressedBy::Baseline),
    ];
    sample.report.suppressed = hidden.into_iter().map(|(item, by)| Suppressed { item, by }).collect();
    sample.report.findings = vec![finding.clone(), finding];
    sample.report.undetermined = vec![check];
    sample.report.problems = vec![unreadable, syntax];
    sample.report.summary.skipped = vec![(hostile.to_owned(), 1)];
    sample.report
}

fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    let style = ReportStyle { undetermined: true, sarif: SarifProfile::Full, ..ReportStyle::default() };
    report::write(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn each(mut check: impl FnMut(Format, &str, &Report, &str)) {
    for hostile in HOSTILE.into_iter().map(str::to_owned).chain([HOSTILE.concat()]) {
        let report = report_of(&hostile);
        for format in Format::ALL {
            check(format, &written(&report, format), &report, &hostile);
        }
    }
}

#[test]
fn the_form_is_right() {
    let harmless = [
        report_samples::clean(),
        report_samples::findings(),
        report_samples::problems(),
        report_samples::undetermined(),
    ];
    for (number, report) in harmless.iter().enumerate() {
        for format in Format::ALL {
            report_schemas::check(format, "harmless", &number.to_string(), &written(report, format));
        }
    }
    let mut number = 0;
    each(|format, text, _, _| {
        number += 1;
        report_schemas::check(format, "hostile", &format!("{number:03}"), text);
    });
}

#[test]
fn no_terminal_and_no_build_server_obeys() {
    each(|format, text, _, hostile| {
        let case = format!("{format:?} of {hostile:?}:\n{text}");
        let moves = |character: char| matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' || moves(c)), "{case}");
        for line in text.lines() {
            assert!(format == Format::Github || !line.trim_start().starts_with("::"), "{case}");
            let line = line.to_lowercase();
            assert!(!line.contains("##["), "{case}");
            assert_eq!(line.matches("##vso[").count(), usize::from(format == Format::Azure), "{case}");
        }
    });
}

/// What the runner of GitHub reads from a line, as `actions/runner` does (`ActionCommand.cs`).
fn github_command(line: &str) -> Option<(String, BTreeMap<String, String>, String)> {
    let (head, data) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let decoded = |text: &str, escapes: &[(&str, &str)]| {
        escapes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)).replace("%25", "%")
    };
    let lines = [("%0D", "\r"), ("%0A", "\n")];
    let all = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")];
    let properties = properties.split(',').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_else(|| panic!("{line}"));
        (key.to_owned(), decoded(value, &all))
    });
    Some((name.to_owned(), properties.collect(), decoded(data, &lines)))
}

#[test]
fn workflow_commands_are_ours() {
    each(|format, text, _, hostile| {
        if format != Format::Github {
            return;
        }
        let commands: Vec<_> =
            text.lines().map(|line| github_command(line).unwrap_or_else(|| panic!("{hostile:?}: {line}"))).collect();
        let names: Vec<&str> = commands.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["error", "error", "error", "error", "notice"], "{hostile:?}:\n{text}");
        for (_, properties, _) in &commands {
            let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
            keys.sort_unstable();
            let with_place = ["col", "endColumn", "endLine", "file", "line", "title"];
            assert!(keys == with_place || keys == ["file", "title"], "{hostile:?}: {keys:?}");
        }
        // What was escaped is read as it was: a percent sign of the template starts no escape.
        assert_eq!(commands[0].2.contains("%0A"), hostile.contains("%0A"), "{hostile:?}");
    });
}

#[test]
fn logging_commands_are_ours() {
    let command = Regex::new(r"^##vso\[task\.logissue ((?:[a-z]+=[^;\]]*;)+)\](.*)$").unwrap();
    each(|format, text, _, hostile| {
        if format != Format::Azure {
            return;
        }
        assert_eq!(text.lines().count(), 5, "{hostile:?}:\n{text}");
        for line in text.lines() {
            let found = command.captures(line).unwrap_or_else(|| panic!("{hostile:?}: {line}"));
            let keys: Vec<&str> = found[1].split_terminator(';').map(|pair| pair.split('=').next().unwrap()).collect();
            let with_place = ["type", "sourcepath", "linenumber", "columnnumber", "code"];
            assert!(keys == with_place || keys == ["type", "sourcepath", "code"], "{hostile:?}: {line}");
            let percent = line.replace("%AZP25", "").replace("%3B", "").replace("%5D", "").replace("%0A", "");
            assert!(!percent.contains('%'), "{hostile:?}: {line}");
        }
    });
}

#[test]
fn json_has_what_the_template_has() {
    each(|format, text, report, hostile| {
        let Ok(json) = serde_json::from_str::<Value>(text) else {
            return assert!(!matches!(format, Format::Json | Format::Sarif | Format::Gitlab), "{hostile:?}:\n{text}");
        };
        if format == Format::Json {
            assert_eq!(json["findings"][0]["resource"]["name"], hostile);
            assert_eq!(json["findings"][0]["location"]["path"], report.sources.get(FileId(0)).display_path());
        }
    });
}

#[test]
fn sarif_has_links_of_ours_only() {
    let link = Regex::new(r"\]\(([^)]*)\)?").unwrap();
    each(|format, text, _, hostile| {
        if format != Format::Sarif {
            return;
        }
        let json: Value = serde_json::from_str(text).unwrap();
        let run = &json["runs"][0];
        let mut texts = Vec::new();
        all_texts(&run["results"], &mut texts);
        all_texts(&run["invocations"], &mut texts);
        for text in texts {
            for link in link.captures_iter(text) {
                assert!(["1", "2"].contains(&&link[1]), "{hostile:?}: {text}");
            }
        }
    });
}

#[test]
fn xml_has_tags_of_ours_only() {
    let tag = Regex::new(
        r#"<\?xml version="1.0" encoding="UTF-8"\?>|</?(?:testsuites|testsuite|testcase|failure|error|skipped)(?: [a-z]+="[^"<>]*")*/?>"#,
    )
    .unwrap();
    let reference = Regex::new("&(?:amp|lt|gt|quot|#9);").unwrap();
    each(|format, text, _, hostile| {
        if format != Format::Junit {
            return;
        }
        assert_eq!(
            tag.find_iter(text).filter(|tag| tag.as_str().starts_with("<testcase")).count(),
            5,
            "{hostile:?}:\n{text}"
        );
        let rest = tag.replace_all(text, "");
        assert!(!rest.contains(['<', '>']), "{hostile:?}:\n{text}");
        assert!(!reference.replace_all(text, "").contains('&'), "{hostile:?}:\n{text}");
        assert!(!text.contains(['\u{fffe}', '\u{ffff}']), "{hostile:?}:\n{text}");
    });
}

#[test]
fn markdown_has_structure_of_ours_only() {
    let tag = Regex::new("</?(?:code|details|summary)>|<br>|<!-- -->").unwrap();
    let link = Regex::new(r"\[More about it\]\(https://[!-'*-;=?-Z_a-z~]*\)").unwrap();
    let row = Regex::new(r"^\| [a-z]+ \| <code>[^|]*</code> \| [^|]* \| <code>[^|]*</code> \|$").unwrap();
    each(|format, text, _, hostile| {
        if format != Format::Markdown {
            return;
        }
        let case = format!("{hostile:?}:\n{text}");
        let (table, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('|'));
        assert_eq!(table.len(), 2 + 5, "{case}");
        assert!(table[2..].iter().all(|line| row.is_match(line)), "{case}");
        let rest = link.replace_all(&tag.replace_all(&others.join("\n"), ""), "").into_owned();
        let rest = Regex::new("&#[0-9]+;").unwrap().replace_all(&rest, "").into_owned();
        assert!(!rest.contains(['<', '>', '|', '[', ']', '`', '*', '_', '\\', '@', '$', '!', '&']), "{case}");
        assert!(!rest.to_lowercase().contains("www.") && !rest.contains("://"), "{case}");
        assert_eq!(rest.matches('#').count(), 2, "the heading: {case}");
        for tag in ["<details>", "</details>", "<summary>", "</summary>"] {
            assert_eq!(text.matches(tag).count(), 2, "{case}");
        }
        assert_eq!(text.matches("<code>").count(), text.matches("</code>").count(), "{case}");
    });
}
