//! What must hold of a report whatever stands in the project: nobody who reads it obeys the project's words.

use regex::Regex;
use serde_json::Value;

use crate::support::sarif_texts::all_texts;

/// A format as it is asked for, with what is known of who reads it.
pub(super) const FORMATS: [&str; 10] =
    ["terminal", "colour", "concise", "json", "sarif", "github", "azure", "gitlab", "junit", "markdown"];

/// Compiled once: what is looked for.
pub(super) struct Checks {
    ours_on_terminals: Regex,
    github: Regex,
    azure: Regex,
    tag_of_xml: Regex,
    reference_of_xml: Regex,
    tag_of_markdown: Regex,
    link_of_markdown: Regex,
    reference_of_markdown: Regex,
    link_of_sarif: Regex,
}

impl Checks {
    pub(super) fn new() -> Self {
        let regex = |text: &str| Regex::new(text).unwrap();
        Self {
            // Colours, and links of rules to their pages.
            ours_on_terminals: regex("\x1b\\[[0-9;]*m|\x1b\\]8;;(?:https://[!-~]*)?\x1b\\\\"),
            github: regex(r"^::(?:error|warning|notice)(?: (?:[a-zA-Z]+=[^,:\r\n]*)(?:,[a-zA-Z]+=[^,:\r\n]*)*)?::"),
            azure: regex(r"^##vso\[task\.logissue (?:[a-z]+=[^;\]]*;)+\]"),
            tag_of_xml: regex(
                r#"<\?xml version="1.0" encoding="UTF-8"\?>|</?(?:testsuites|testsuite|testcase|failure|error|skipped|system-out|properties|property)(?: [a-z]+="[^"<>]*")*/?>"#,
            ),
            reference_of_xml: regex("&(?:amp|lt|gt|quot|#9);"),
            tag_of_markdown: regex("</?(?:code|details|summary)>|<br>|<!-- -->"),
            link_of_markdown: regex(r"\[More about it\]\(https://[!-'*-;=?-Z_a-z~]*\)"),
            reference_of_markdown: regex("&#[0-9]+;"),
            link_of_sarif: regex(r"\]\(([^)]*)\)?"),
        }
    }

    /// What is wrong with `text`, written in `format`; `None` when nothing is.
    pub(super) fn fault(&self, format: &str, text: &str) -> Option<String> {
        let shown = match format {
            "colour" => self.ours_on_terminals.replace_all(text, "").into_owned(),
            _ => text.to_owned(),
        };
        self.obeyed(format, &shown).or_else(|| match format {
            "json" | "sarif" | "gitlab" => match serde_json::from_str(&shown) {
                Err(error) => Some(format!("no JSON: {error}")),
                Ok(json) if format == "sarif" => self.sarif(&json),
                Ok(_) => None,
            },
            "junit" => self.xml(&shown),
            "markdown" => self.markdown(&shown),
            _ => None,
        })
    }

    /// What a terminal or the log of a build server would obey.
    fn obeyed(&self, format: &str, text: &str) -> Option<String> {
        let moves = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if let Some(found) = text.chars().find(|c| c.is_control() && *c != '\n' || moves(*c)) {
            return Some(format!("{found:?}"));
        }
        text.lines().find_map(|line| {
            let lower = line.to_lowercase();
            let fine = match format {
                "github" => self.github.is_match(line) && !lower.contains("##["),
                "azure" => self.azure.is_match(line) && lower.matches("##vso[").count() == 1 && !lower.contains("##["),
                _ => !line.trim_start().starts_with("::") && !lower.contains("##[") && !lower.contains("##vso["),
            };
            (!fine).then(|| format!("the line {line}"))
        })
    }

    fn sarif(&self, log: &Value) -> Option<String> {
        let run = &log["runs"][0];
        let mut texts = Vec::new();
        all_texts(&run["results"], &mut texts);
        all_texts(&run["invocations"], &mut texts);
        let links = texts.iter().flat_map(|text| self.link_of_sarif.captures_iter(text));
        let foreign = links.map(|link| link[1].to_owned()).find(|link| link.parse::<u32>().is_err());
        foreign.map(|link| format!("a link to {link}"))
    }

    fn xml(&self, text: &str) -> Option<String> {
        let rest = self.tag_of_xml.replace_all(text, "");
        let rest = self.reference_of_xml.replace_all(&rest, "");
        let odd = rest.find(['<', '>', '&', '\u{fffe}', '\u{ffff}']);
        odd.map(|at| format!("foreign XML: {}", rest[at..].chars().take(40).collect::<String>()))
    }

    fn markdown(&self, text: &str) -> Option<String> {
        let (table, others): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('|'));
        if let Some(line) = table.iter().find(|line| line.matches('|').count() != 5) {
            return Some(format!("a row of other columns: {line}"));
        }
        let rest = others.join("\n");
        let rest = self.link_of_markdown.replace_all(&rest, "");
        let rest = self.tag_of_markdown.replace_all(&rest, "");
        let rest = self.reference_of_markdown.replace_all(&rest, "").into_owned();
        if let Some(at) = rest.find(['<', '>', '|', '[', ']', '`', '*', '_', '\\', '@', '$', '!', '&']) {
            return Some(format!("foreign Markdown: {}", rest[at..].chars().take(40).collect::<String>()));
        }
        let lower = rest.to_lowercase();
        let linked = lower.contains("www.") || lower.contains("://");
        let tags = ["code", "details", "summary"];
        let open = tags
            .iter()
            .find(|tag| text.matches(&format!("<{tag}>")).count() != text.matches(&format!("</{tag}>")).count());
        let headings = rest.lines().filter(|line| line.starts_with('#')).count();
        match () {
            () if linked => Some("a link that a page makes of text".to_owned()),
            () if headings > 1 => Some("a second heading".to_owned()),
            () => open.map(|tag| format!("<{tag}> is not closed")),
        }
    }
}

/// `payload` as a careless writer of `format` would print it: what [`Checks::fault`] has to find.
pub(super) fn careless(format: &str, payload: &str) -> String {
    match format {
        "json" | "gitlab" => format!("[\"{payload}\"]"),
        "sarif" => {
            format!("{{\"runs\": [{{\"results\": [{{\"message\": {{\"text\": {}}}}}]}}]}}", Value::from(payload))
        }
        "github" => format!("::error file=x,line=1,title={payload}::{payload}"),
        "azure" => format!("##vso[task.logissue type=error;sourcepath={payload};]{payload}"),
        "junit" => format!("<testsuites><testcase name=\"{payload}\">{payload}</testcase></testsuites>"),
        "markdown" => format!("## x\n\n| a | b | c | d |\n| {payload} | b | c | d |\n{payload}\n"),
        _ => payload.to_owned(),
    }
}
