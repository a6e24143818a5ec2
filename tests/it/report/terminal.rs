//! What the terminal shows: the right places, in the right order, safely and in linear time.

use crate::support::report_samples;

use std::time::Instant;

use armguard::finding::{Finding, Label, Report, Severity};
use armguard::report::{self, Format, ReportStyle};
use armguard::source::{FileId, TextRange};

use crate::support::report_samples::Sample;

fn text(report: &Report, style: ReportStyle) -> String {
    let mut out = Vec::new();
    report::write(report, Format::Terminal, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn check(report: &Report, expected: &str) {
    let shown = text(report, ReportStyle::default());
    assert_eq!(shown, expected.strip_prefix('\n').unwrap(), "\n{shown}");
}

#[test]
fn findings_of_one_resource_share_one_view() {
    check(
        &report_samples::findings(),
        "
high[aks-defender-security-monitoring] (https://example.org/defender)

  × AKS cluster `aks` turns Defender monitoring off. It was on before.
  │ Holds in 2 of 3 contexts: dev.bicepparam and prod.bicepparam.

medium[aks-local-accounts]

  ⚠ AKS cluster `aks` keeps local accounts.
   ╭─[caller.bicep:4:15]
 3 │   params: {
 4 │     defender: false
   ·               ──┬──
   ·                 ╰── off here
 5 │   }
   ╰────
   ╭─[main.bicep:2:7]
 1 │ param location string = resourceGroup().location
 2 │ param defender bool = false
   ·       ──────┬──────
   ·             ╰── passed on here
 3 │ param logs string = ''
   ╰────
    ╭─[main.bicep:10:5]
  9 │     dnsPrefix: 'aks'
 10 │     disableLocalAccounts: false
    ·     ──────────┬─────────
    ·               ╰── kept here
 11 │     securityProfile: {
 12 │       defender: {
 13 │         logAnalyticsWorkspaceResourceId: logs
    ·         ───────────────┬───────────────
    ·                        ╰── set here, so monitoring was probably meant to be on
 14 │         securityMonitoring: {
 15 │           enabled: defender
    ·           ────────┬────────
    ·                   ╰── used here
 16 │         }
    ╰────
  help: aks-defender-security-monitoring: Set `securityMonitoring.enabled: true`. Unlike a missing
        profile, `false` is sent to AKS and disables Defender on a running cluster.
        aks-local-accounts: Set `disableLocalAccounts: true`.

Checked 2 templates in 2 files: 1 AKS cluster (4 ms).
Found 2 findings (1 high, 1 medium).
",
    );
}

#[test]
fn a_clean_run_is_two_lines() {
    check(&report_samples::clean(), "\nChecked 2 templates in 2 files: 1 AKS cluster (4 ms).\nNo findings.\n");
}

#[test]
fn problems_are_drawn_like_findings() {
    check(
        &report_samples::problems(),
        "
error[unreadable-file]

  × broken.bicep: is UTF-16; save it as UTF-8

error[syntax-error]

  × expected `}`
   ╭─[main.bicep:1:7]
 1 │ param location string = resourceGroup().location
   ·       ────────
 2 │ param defender bool = false
   ╰────

note[module-not-read]

  › `br:x` is not in the cache
   ╭─[caller.bicep:1:16]
 1 │ module cluster 'main.bicep' = {
   ·                ────────────
 2 │   name: 'cluster'
   ╰────

Checked 2 templates in 2 files: 1 AKS cluster (4 ms).
No findings, but 2 errors and 1 note.
",
    );
}

#[test]
fn undetermined_checks_are_counted_and_drawn_when_asked_for() {
    let report = report_samples::undetermined();
    let counted = "Checked 2 templates in 2 files: 1 AKS cluster (4 ms).
No findings.
2 checks wait for parameter `logs`.
1 check waits for parameter `a` and module `b`.
";
    check(&report, &format!("\n{counted}"));
    let drawn = text(&report, ReportStyle { undetermined: true, ..ReportStyle::default() });
    let first = "undetermined[aks-defender-workspace]

  ? The check of `aks` waits for parameter `logs`.
    ╭─[main.bicep:13:42]
 12 │       defender: {
 13 │         logAnalyticsWorkspaceResourceId: logs
    ·                                          ──┬─
    ·                                            ╰── decides
 14 │         securityMonitoring: {
    ╰────
";
    assert!(drawn.starts_with(first) && drawn.ends_with(counted), "{drawn}");
}

/// A report with one finding at `primary` (byte range) of a file with `text`, and places related to it.
fn one(text: &str, primary: (u32, u32), related: &[(u32, u32)]) -> Report {
    let mut sample = Sample::default();
    let file = sample.file("a.bicep", text);
    let label = |(start, end): (u32, u32), text: &str| Label {
        span: TextRange::new(start, end).in_file(file),
        text: text.to_owned(),
    };
    let finding = sample.finding("rule", Severity::High, "Wrong.", label(primary, "this"));
    let related = related.iter().map(|range| label(*range, "that")).collect();
    sample.report.findings = vec![Finding { related, ..finding }];
    sample.report
}

/// The view of the source: what stands between the message and the summary.
fn view(report: &Report) -> String {
    let shown = text(report, ReportStyle::default());
    let start = shown.find("Wrong.\n").unwrap() + "Wrong.\n".len();
    let end = shown.rfind("Nothing to lint").or_else(|| shown.rfind("Checked ")).unwrap();
    shown[start..end].trim_end().to_owned()
}

#[test]
fn odd_places_are_shown_where_they_are() {
    let long = format!("x{}here{}y", "é".repeat(50_000), "z".repeat(50_000));
    let start = 1 + 100_000;
    let narrow = "é".repeat(30);
    let long_view = format!(
        "   ╭─[a.bicep:1:50002]\n 1 │ …{narrow}here{}…\n   · {}──┬─\n   · {}╰── this\n   ╰────",
        "z".repeat(60),
        " ".repeat(31),
        " ".repeat(33),
    );
    #[rustfmt::skip]
    let cases: &[(&str, &str, (u32, u32), &str)] = &[
        ("empty file", "", (0, 0),
         "   ╭─[a.bicep:1:1]\n 1 │\n   · ▲\n   · ╰── this\n   ╰────"),
        ("behind the end", "ab", (2, 2),
         "   ╭─[a.bicep:1:3]\n 1 │ ab\n   ·   ▲\n   ·   ╰── this\n   ╰────"),
        ("far behind the end", "ab", (90, 99),
         "   ╭─[a.bicep:1:3]\n 1 │ ab\n   ·   ▲\n   ·   ╰── this\n   ╰────"),
        ("several lines are marked in the first", "a {\n b\n}\n", (2, 8),
         "   ╭─[a.bicep:1:3]\n 1 │ a {\n   ·   ┬\n   ·   ╰── this\n 2 │  b\n   ╰────"),
        ("a tab and Windows newlines", "a\r\n\tb\r\nc", (4, 5),
         "   ╭─[a.bicep:2:2]\n 1 │ a\n 2 │     b\n   ·     ┬\n   ·     ╰── this\n 3 │ c\n   ╰────"),
        ("a lone carriage return", "a\rb\rc", (2, 3),
         "   ╭─[a.bicep:2:1]\n 1 │ a\n 2 │ b\n   · ┬\n   · ╰── this\n 3 │ c\n   ╰────"),
        ("a byte order mark", "\u{feff}ab", (3, 4),
         "   ╭─[a.bicep:1:1]\n 1 │ ab\n   · ┬\n   · ╰── this\n   ╰────"),
        ("what a terminal obeys", "\x1b[2Jab\x07", (4, 5),
         "   ╭─[a.bicep:1:5]\n 1 │ ␛[2Jab␇\n   ·     ┬\n   ·     ╰── this\n   ╰────"),
        ("a very long line", &long, (start, start + 4), &long_view),
    ];
    for (name, text, place, expected) in cases {
        let view = view(&one(text, *place, &[]));
        let view: Vec<&str> = view.lines().map(str::trim_end).collect();
        assert_eq!(view.join("\n"), *expected, "{name}\n{}", view.join("\n"));
    }
}

#[test]
fn the_deciding_place_comes_first_and_the_rest_in_the_order_of_the_telling() {
    let text: String = (1..=60).map(|line| format!("line {line}\n")).collect();
    let at = |line: u32| {
        let start = text.find(&format!("line {line}\n")).unwrap() as u32;
        (start, start + 4)
    };
    let view = view(&one(&text, at(50), &[at(30), at(2), at(33), at(30)]));
    let headers: Vec<&str> = view.lines().filter_map(|line| line.split_once("─[")).map(|(_, name)| name).collect();
    assert_eq!(headers, ["a.bicep:50:1]", "a.bicep:30:1]", "a.bicep:2:1]"], "{view}");
    // What is said twice of one place is said once.
    assert_eq!(view.matches("that").count(), 3, "{view}");
}

#[test]
fn too_many_related_places_are_counted() {
    let text = "x\n".repeat(500);
    let related: Vec<(u32, u32)> = (1..=50).map(|at| (at * 10, at * 10 + 1)).collect();
    let shown = self::text(&one(&text, (0, 1), &related), ReportStyle::default());
    assert!(shown.contains("30 more places not shown"), "{shown}");
    assert_eq!(shown.matches("that").count(), 20);
}

#[test]
fn no_place_makes_it_panic() {
    let pieces = ["", "a", "é", "😀", "\t", "\r", "\n", "\r\n", "\0", "\x1b[0m", "\u{feff}", "e\u{301}", " ", "}"];
    // A small linear congruential generator: the same cases on every run.
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    };
    for round in 0..3000 {
        let length = if round % 100 == 0 { 3000 } else { 60 };
        let text: String = (0..next(length)).map(|_| pieces[next(pieces.len())]).collect();
        let mut place = || {
            let start = next(text.len() + 3) as u32;
            (start, start + next(text.len() + 3) as u32)
        };
        let (primary, related) = (place(), [place(), place(), place()]);
        let shown = self::text(&one(&text, primary, &related), ReportStyle::default());
        assert!(!shown.contains("Failed to read"), "{text:?} {primary:?} {related:?}\n{shown}");
        let obeyed = |c: char| c.is_control() && c != '\n';
        assert!(!shown.contains(obeyed), "{text:?}\n{shown:?}");
        assert_eq!(shown.matches("this").count(), 1, "{text:?} {primary:?} {related:?}\n{shown}");
    }
}

#[test]
fn many_findings_of_a_large_file_take_linear_time() {
    let line = "  property: 'some value that makes the line as long as lines are'\n";
    let one_line = line.replace('\n', " ");
    for (name, text) in [("many lines", line.repeat(120_000)), ("one line", one_line.repeat(120_000))] {
        let mut sample = Sample::default();
        let file = sample.file("large.bicep", &text);
        let findings = (0..5000).map(|at| {
            let start = (text.len() as u32 - 100) / 5000 * at;
            let label =
                |start: u32| Label { span: TextRange::new(start, start + 5).in_file(file), text: "x".to_owned() };
            let mut finding = sample.finding("rule", Severity::High, "Wrong.", label(start));
            finding.related = vec![label(text.len() as u32 - 10)];
            finding.subject.declared = finding.primary.span;
            finding
        });
        let findings: Vec<Finding> = findings.collect();
        let bytes = text.len();
        let first: Vec<Finding> = findings.iter().take(500).cloned().collect();
        // The first run makes the line index.
        sample.report.findings.clone_from(&first);
        self::text(&sample.report, ReportStyle::default());
        for format in Format::ALL {
            let mut seconds = [0.0, 0.0];
            for (at, some) in [&first, &findings].into_iter().enumerate() {
                sample.report.findings.clone_from(some);
                let started = Instant::now();
                report::write(&sample.report, format, ReportStyle::default(), &mut Vec::new()).unwrap();
                seconds[at] = started.elapsed().as_secs_f64();
            }
            let [some, all] = seconds;
            println!("{name}, {bytes} bytes, {format:?}: 500 findings {some:.3} s, 5,000 findings {all:.3} s");
            // Ten times the findings; quadratic work would take a hundred times as long.
            assert!(all < 40.0 * some.max(0.005), "{name} {format:?}: {some} s, then {all} s");
        }
    }
}

#[test]
fn files_are_told_apart() {
    let mut sample = Sample::new();
    let mut finding = sample.finding("rule", Severity::Low, "Wrong.", sample.label(0, "param", "this"));
    finding.related = vec![sample.label(1, "module", "that")];
    assert_eq!(finding.related[0].span.file, FileId(1));
    sample.report.findings = vec![finding];
    let view = view(&sample.report);
    let (main, caller) = (view.find("[main.bicep:1:1]"), view.find("[caller.bicep:1:1]"));
    assert!(main.is_some() && main < caller, "{view}");
}
