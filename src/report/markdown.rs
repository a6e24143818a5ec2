//! A table of what was found and details to unfold, for job summaries and comments on pull requests.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::finding::{FileProblem, Finding, Report, Undetermined};

use super::words::{count, first_sentence, one_line, scope, shortened, undetermined_message};
use super::{ReportStyle, place, summary, uri};

/// Most bytes of all. GitHub takes 65,536 characters in a comment and 1 MiB in a job summary: this fits both.
const LIMIT: usize = 60_000;

/// Most rows of the table.
const MOST_ROWS: usize = 100;

/// Most characters of a cell, and of a paragraph in the details.
const MOST_CHARACTERS: usize = 500;

/// Most contexts, loop instances or places of one finding.
const MOST_NAMES: usize = 10;

/// Writes the table, the worst first, then the details of the findings in it. What does not fit is counted.
pub(super) fn write(report: &Report, style: ReportStyle, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = rows(report, style);
    rows.sort_by_key(|row| Reverse(row.rank));
    let mut text = head(report, style)?;
    if !rows.is_empty() {
        text.push_str("\n| Severity | Rule | Finding | Place |\n| --- | --- | --- | --- |\n");
    }
    let shown = fitting(&mut text, rows.iter().take(MOST_ROWS).map(TableRow::line), LIMIT / 2);
    text.push_str(&left_out(rows.len() - shown, "row"));

    let findings: Vec<&Finding> = rows.iter().filter_map(|row| row.finding).collect();
    let shown = fitting(&mut text, findings.iter().map(|finding| details(report, style, finding)), LIMIT);
    let without = count(findings.len() - shown, "finding");
    if findings.len() > shown {
        text.push_str(&format!("\nThe details of {without} did not fit in here.\n"));
    }
    out.write_all(text.as_bytes())
}

/// Adds `pieces` to `text` as long as it stays below `limit`, and returns how many were added.
fn fitting(text: &mut String, pieces: impl Iterator<Item = String>, limit: usize) -> usize {
    pieces
        .take_while(|piece| {
            let fits = text.len() + piece.len() <= limit;
            if fits {
                text.push_str(piece);
            }
            fits
        })
        .count()
}

fn left_out(number: usize, noun: &str) -> String {
    if number == 0 {
        return String::new();
    }
    let is = if number == 1 { "is" } else { "are" };
    format!(
        "\n{} {is} not shown here; `armguard lint` in a terminal shows all.\n",
        count(number, &format!("more {noun}"))
    )
}

fn head(report: &Report, style: ReportStyle) -> io::Result<String> {
    let mut summary = Vec::new();
    let place = |span| place::start_in(style.repository, &report.sources, span);
    summary::write_with(report, &place, &mut summary)?;
    let summary = String::from_utf8_lossy(&summary);
    let lines = summary.lines().enumerate();
    let lines = lines.map(|(at, line)| format!("{}{}\n", if at == 0 { "" } else { "<br>" }, inline(line)));
    let mut text = "## armguard\n\n".to_owned();
    // It names what was hidden and, when requested, all contexts.
    let shown = fitting(&mut text, lines, LIMIT / 4);
    text.push_str(&left_out(summary.lines().count() - shown, "line"));
    Ok(text)
}

/// A line of the table.
struct TableRow<'a> {
    rank: usize,
    severity: &'static str,
    rule: &'a str,
    text: String,
    place: String,
    finding: Option<&'a Finding>,
}

impl TableRow<'_> {
    fn line(&self) -> String {
        format!("| {} | {} | {} | {} |\n", self.severity, code(self.rule), inline(&self.text), code(&self.place))
    }
}

fn rows<'a>(report: &'a Report, style: ReportStyle) -> Vec<TableRow<'a>> {
    let sources = &report.sources;
    let of_finding = |finding: &'a Finding| TableRow {
        rank: 1 + finding.severity as usize,
        severity: finding.severity.name(),
        rule: &finding.rule,
        text: first_sentence(&finding.message).to_owned(),
        place: place::start_in(style.repository, sources, finding.primary.span),
        finding: Some(finding),
    };
    let of_problem = |problem: &FileProblem| TableRow {
        rank: if problem.fails { 5 } else { 1 },
        severity: if problem.fails { "error" } else { "note" },
        rule: problem.code.id(),
        text: problem.message.clone(),
        place: place::of_problem_in(style.repository, sources, problem),
        finding: None,
    };
    let of_check = |check: &'a Undetermined| TableRow {
        rank: 0,
        severity: "undetermined",
        rule: &check.rule,
        text: undetermined_message(check),
        place: place::start_in(style.repository, sources, check.primary.span),
        finding: None,
    };
    let findings = report.findings.iter().map(of_finding);
    let undetermined = report.undetermined.iter().filter(|_| style.undetermined);
    findings.chain(report.problems.iter().map(of_problem)).chain(undetermined.map(of_check)).collect()
}

fn details(report: &Report, style: ReportStyle, finding: &Finding) -> String {
    let place = |span| code(&place::start_in(style.repository, &report.sources, span));
    let mut text = format!(
        "\n<details>\n<summary>{}: {} at {}</summary>\n\n{}\n",
        finding.severity,
        code(&finding.rule),
        place(finding.primary.span),
        inline(&finding.message)
    );
    for sentence in scope(finding, MOST_NAMES) {
        text.push_str(&format!("\n{}\n", inline(&sentence)));
    }
    let labels: Vec<_> =
        [&finding.primary].into_iter().chain(&finding.related).filter(|label| !label.text.is_empty()).collect();
    text.extend((!labels.is_empty()).then_some('\n'));
    for label in labels.iter().take(MOST_NAMES) {
        text.push_str(&format!("- {}: {}\n", place(label.span), inline(&label.text)));
    }
    text.push_str(&left_out(labels.len().saturating_sub(MOST_NAMES), "place"));
    let link = finding.link.as_deref().and_then(uri::of_link).map(|link| format!("[More about it]({link})."));
    let help = Some(inline(&finding.help)).filter(|help| !help.is_empty());
    let advice: Vec<String> = help.into_iter().chain(link).collect();
    if !advice.is_empty() {
        text.push_str(&format!("\n{}\n", advice.join(" ")));
    }
    text.push_str("\n</details>\n");
    text
}

/// `text` as one line of Markdown that shows it as it is, what stands in backticks as code.
fn inline(text: &str) -> String {
    let text = one_line(text);
    let text = shortened(&text, MOST_CHARACTERS);
    let mut shown = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, quoted, behind)) =
        rest.split_once('`').and_then(|(before, rest)| rest.split_once('`').map(|(code, rest)| (before, code, rest)))
    {
        shown.push_str(&escaped(before));
        shown.push_str(&code(quoted));
        rest = behind;
    }
    shown + &escaped(rest)
}

/// `text` as code. Not in backticks: between them, a table still has its bars, and there is no escape for a backtick.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(&shortened(&one_line(text), MOST_CHARACTERS)))
}

/// `text` in which nothing is Markdown or HTML: references to characters are never read as syntax. What GitHub makes of
/// text only afterwards (`@someone`, `#12`) is cut in two by an empty comment.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let is_plain = match character {
            // `www.` and `https://` become links.
            '.' => !previous.eq_ignore_ascii_case(&'w'),
            ':' => next != Some('/'),
            ',' | ';' | '=' | '(' | ')' | '+' | '\'' | '"' | '?' | '-' | '/' | '%' | '{' | '}' => true,
            _ => !character.is_ascii_punctuation(),
        };
        if is_plain {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("&#{};", u32::from(character)));
        }
        escaped.push_str(if matches!(character, '@' | '#') { "<!-- -->" } else { "" });
        previous = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Deployed;

    #[test]
    fn all_of_it_stays_below_the_limit() {
        let context = |number: usize| Deployed {
            file: format!("{number}.bicep"),
            context: format!("a context with a long name, number {number}"),
            why: "has its defaults",
            through: None,
        };
        let report = Report { contexts: (0..20_000).map(context).collect(), ..Report::default() };
        let mut text = Vec::new();
        write(&report, ReportStyle::default(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.len() < LIMIT, "{}", text.len());
        assert!(text.contains("more lines are not shown here"), "{}", text.get(text.len() - 200..).unwrap());
    }

    #[test]
    fn text_stays_text() {
        #[rustfmt::skip]
        let cases = [
            ("AKS cluster `aks` is bare.", "AKS cluster <code>aks</code> is bare."),
            ("a|b\\|c", "a&#124;b&#92;&#124;c"),
            ("<b>&amp;</b>", "&#60;b&#62;&#38;amp;&#60;/b&#62;"),
            ("[x](https://y) www.z.org", "&#91;x&#93;(https&#58;//y) www&#46;z.org"),
            ("@you #1 *a* _b_ ~~c~~ $d$ !", "&#64;<!-- -->you &#35;<!-- -->1 &#42;a&#42; &#95;b&#95; &#126;&#126;c&#126;&#126; &#36;d&#36; &#33;"),
            ("`a` and `b", "<code>a</code> and &#96;b"),
            ("`x`</code>`|`", "<code>x</code>&#60;/code&#62;<code>&#124;</code>"),
            ("a\n\n# b\x1b[0m", "a &#35;<!-- --> b␛&#91;0m"),
        ];
        for (text, expected) in cases {
            assert_eq!(inline(text), expected, "{text:?}");
        }
    }
}
