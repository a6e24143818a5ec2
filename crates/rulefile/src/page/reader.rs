//! Reading a page line by line.

use super::{Example, ExampleKind, ExampleLanguage, Expected, Page, PageError};

/// The sections in their order, and whether a page must have them.
const SECTIONS: [(&str, bool); 4] = [("Why", true), ("Remediation", true), ("Not reported", false), ("Examples", true)];

/// The backticks that open a fenced block, and its info string.
pub(super) fn fence_of(line: &str) -> Option<(&str, &str)> {
    let length = line.bytes().take_while(|b| *b == b'`').count();
    if length < 3 { None } else { line.split_at_checked(length) }
}

#[derive(Default)]
pub(super) struct PageReader {
    heading: Option<String>,
    title: String,
    title_done: bool,
    sections: usize,
    in_examples: bool,
    examples: Vec<Example>,
    errors: Vec<PageError>,
}

impl PageReader {
    fn error(&mut self, line: usize, message: impl Into<String>) {
        self.errors.push((line, message.into()));
    }

    /// A line outside of fenced blocks.
    pub(super) fn line(&mut self, text: &str, number: usize) {
        if let Some(name) = text.strip_prefix("# ") {
            if self.heading.replace(name.trim().to_owned()).is_some() {
                self.error(number, "a second `# ` heading; a page has one, the rule's id");
            }
        } else if let Some(name) = text.strip_prefix("## ") {
            self.section(name.trim(), number);
        } else if self.heading.is_some() && self.sections == 0 && !self.title_done {
            let text = text.trim();
            self.title_done = text.is_empty() && !self.title.is_empty();
            if !text.is_empty() && !self.title.is_empty() {
                self.title.push(' ');
            }
            self.title.push_str(text);
        }
    }

    fn section(&mut self, name: &str, number: usize) {
        let later = SECTIONS.iter().enumerate().skip(self.sections);
        match later.clone().find(|(_, (section, _))| *section == name) {
            None => {
                let names = SECTIONS.map(|(section, _)| section).join(", ");
                self.error(
                    number,
                    format!("`## {name}` is not expected here; the sections are, in this order: {names}"),
                );
            }
            Some((found, _)) => {
                for (_, (missed, _)) in later.take_while(|(at, _)| *at < found).filter(|(_, (_, must))| *must) {
                    self.error(number, format!("`## {missed}` is missing before `## {name}`"));
                }
                self.sections = found + 1;
            }
        }
        self.in_examples = name == "Examples";
    }

    /// A fenced block whose opening line is `lines[open]`. Gives the line behind the block.
    pub(super) fn block(&mut self, lines: &[&str], open: usize, fence: &str, info: &str) -> usize {
        let is_end = |line: &&str| line.starts_with(fence) && line.trim_end().bytes().all(|b| b == b'`');
        let body = lines.get(open + 1..).unwrap_or_default();
        let Some(length) = body.iter().position(is_end) else {
            self.error(open + 1, format!("this block is not closed; end it with `{fence}`"));
            return lines.len();
        };
        let text: String = body.iter().take(length).flat_map(|line| [*line, "\n"]).collect();
        let inside = open + 1..open + 1 + length;
        let words: Vec<&str> = info.split_whitespace().collect();
        match words.as_slice() {
            ["text", what] => self.expected(what, Expected { text, lines: inside }, open + 1),
            ["bicep", words @ ..] => self.code(ExampleLanguage::Bicep, words, text, open + 1),
            ["json", words @ ..] => self.code(ExampleLanguage::Json, words, text, open + 1),
            ["toml", file] if self.in_examples => self.configuration(file, text, open + 1),
            _ if self.in_examples => {
                self.error(
                    open + 1,
                    "examples are blocks of `bicep`, `json`, `toml`, `text finding` or `text undetermined`",
                );
            }
            _ => {}
        }
        open + length + 2
    }

    /// A further file of the last example: the configuration that applies to it.
    fn configuration(&mut self, file: &str, text: String, line: usize) {
        match (file.strip_prefix("file="), self.examples.last_mut()) {
            (Some(name @ "armguard.toml"), Some(example)) if example.expected.is_none() => {
                example.files.push((name.to_owned(), text));
            }
            _ => {
                self.error(line, "a configuration is `toml file=armguard.toml`, right behind the block of its example")
            }
        }
    }

    fn code(&mut self, language: ExampleLanguage, words: &[&str], text: String, line: usize) {
        if !self.in_examples {
            if !words.is_empty() {
                self.error(line, "examples belong under `## Examples`");
            }
            return;
        }
        let (kind, file) = match words {
            [kind] if kind.starts_with("file=") => (None, Some(*kind)),
            [kind] => (Some(*kind), None),
            [kind, file] => (Some(*kind), Some(*file)),
            _ => (None, None),
        };
        let file = file.map(|file| file.strip_prefix("file=").unwrap_or_default());
        if file == Some("") {
            return self.error(line, "name the file: `file=modules/aks.bicep`");
        }
        match (kind.map(|word| (word, ExampleKind::parse(word))), file) {
            (Some((_, Some(kind))), _) => {
                let file = (file.unwrap_or(language.default_file()).to_owned(), text);
                self.examples.push(Example { language, kind, files: vec![file], line, expected: None });
            }
            (Some((word, None)), _) => {
                self.error(line, format!("`{word}` is no kind of example; use fail, fixed, pass or undetermined"));
            }
            (None, Some(name)) => match self.examples.last_mut() {
                Some(example) if example.expected.is_none() => example.files.push((name.to_owned(), text)),
                _ => self.error(line, "a further file belongs right behind the block of its example"),
            },
            (None, None) => {
                self.error(
                    line,
                    "say what the example is: fail, fixed, pass or undetermined, then `file=NAME` if needed",
                );
            }
        }
    }

    fn expected(&mut self, what: &str, expected: Expected, line: usize) {
        match self.examples.last_mut().filter(|example| example.kind.expects() == Some(what)) {
            Some(example) if example.expected.is_none() => example.expected = Some(expected),
            _ => self.error(line, format!("`text {what}` does not belong here; `finding` follows a `fail` example, `undetermined` one of that kind")),
        }
    }

    pub(super) fn finish(mut self, last_line: usize) -> (Page, Vec<PageError>) {
        if self.heading.is_none() {
            self.error(1, "the page needs a heading: `# ` and the rule's id");
        }
        if self.title.is_empty() {
            self.error(1, "the heading needs a paragraph after it: one sentence that says what is wrong");
        }
        for (section, _) in SECTIONS.iter().skip(self.sections).filter(|(_, must)| *must) {
            self.error(last_line, format!("`## {section}` is missing"));
        }
        for kind in [ExampleKind::Fail, ExampleKind::Pass] {
            if !self.examples.iter().any(|example| example.kind == kind) {
                self.error(last_line, "there must be at least one `fail` and one `pass` example");
            }
        }
        for at in 0..self.examples.len() {
            self.example(at);
        }
        let title = self.title.trim_end_matches('.').to_owned();
        (Page { heading: self.heading.unwrap_or_default(), title, examples: self.examples }, self.errors)
    }

    fn example(&mut self, at: usize) {
        let Some(example) = self.examples.get(at) else { return };
        let before = at.checked_sub(1).and_then(|before| self.examples.get(before)).map(|example| example.kind);
        let line = example.line;
        match (example.kind.expects(), &example.expected) {
            (Some(what), None) => {
                self.error(
                    line,
                    format!(
                        "put a `text {what}` block behind this example; it may be empty, `ARMGUARD_BLESS=1` fills it"
                    ),
                );
            }
            _ if example.kind == ExampleKind::Fixed && before != Some(ExampleKind::Fail) => {
                self.error(line, "a `fixed` example follows the `fail` example that the fix changes");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# a-rule\n\nIt is\nwrong.\n\nMore.\n\n## Why\n\n```bicep\nvar x = 1\n```\n\n## Remediation\n\n## Examples\n\n\
        ```bicep fail\nmodule m './m.bicep' = {}\n```\n```bicep file=m.bicep\nvar a = 1\n```\n\n```text finding\nx\n\ny\n```\n\n\
        ````json pass file=azuredeploy.json\n```\n{}\n````\n";

    #[test]
    fn reads_examples() {
        let (page, errors) = Page::parse(GOOD);
        assert_eq!(errors, []);
        assert_eq!((page.heading.as_str(), page.title.as_str()), ("a-rule", "It is wrong"));
        let [fail, pass] = page.examples.as_slice() else { panic!("{:?}", page.examples) };
        assert_eq!((fail.kind, fail.language, fail.line), (ExampleKind::Fail, ExampleLanguage::Bicep, 18));
        let names: Vec<&str> = fail.files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["main.bicep", "m.bicep"]);
        let expected = fail.expected.clone().map(|expected| (expected.text, expected.lines));
        assert_eq!(expected, Some(("x\n\ny\n".to_owned(), 25..28)));
        assert_eq!(GOOD.lines().collect::<Vec<_>>()[25..28], ["x", "", "y"]);
        assert_eq!((pass.kind, pass.language), (ExampleKind::Pass, ExampleLanguage::Json));
        assert_eq!(pass.files, [("azuredeploy.json".to_owned(), "```\n{}\n".to_owned())]);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let cases = [
            ("## Why", "## Because", 8, "`## Because` is not expected here"),
            ("## Remediation\n", "", 15, "`## Remediation` is missing before `## Examples`"),
            ("## Remediation", "## Remediation\n## Why", 15, "`## Why` is not expected here"),
            ("It is\nwrong.\n\nMore.\n", "", 1, "the heading needs a paragraph"),
            ("More.", "# More", 6, "a second `# ` heading"),
            ("```bicep\nvar x", "```bicep fail\nvar x", 10, "examples belong under `## Examples`"),
            ("bicep fail", "bicep fails", 18, "`fails` is no kind of example"),
            ("bicep fail", "bicep", 18, "say what the example is"),
            ("bicep fail", "terraform fail", 18, "examples are blocks of"),
            ("bicep fail", "bicep pass", 25, "`text finding` does not belong here"),
            ("file=m.bicep", "file=", 21, "name the file"),
            ("text finding", "text undetermined", 25, "`text undetermined` does not belong here"),
            ("bicep fail", "bicep fixed", 18, "a `fixed` example follows the `fail` example"),
            ("json pass", "json fixed", 34, "there must be at least one `fail` and one `pass`"),
            ("{}\n````", "{}", 31, "this block is not closed; end it with `"),
        ];
        for (from, to, line, expected) in cases {
            let (_, errors) = Page::parse(&GOOD.replacen(from, to, 1));
            let found = errors.iter().any(|(at, message)| *at == line && message.contains(expected));
            assert!(found, "{to}: expected {line}: {expected:?} in {errors:#?}");
        }
        let text = GOOD.replace("```text finding\nx\n\ny\n```\n", "");
        assert!(
            Page::parse(&text)
                .1
                .iter()
                .any(|(line, message)| *line == 18 && message.starts_with("put a `text finding` block"))
        );
        for at in 0..GOOD.trim_end().len() {
            assert_ne!(Page::parse(&GOOD[..at]).1, [], "cut at {at}");
        }
    }
}
