//! A rule file: YAML front matter (what a machine needs), then the page (what a person reads).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::front_matter::{FrontMatter, is_word};
use crate::page::Page;
use crate::yaml;

/// A rule as written in its file.
#[derive(Debug)]
pub struct RuleFile {
    /// Its id: the file's name without `.md`.
    pub id: Arc<str>,
    /// What it is about: the name of the file's folder.
    pub area: String,
    /// What is wrong, in one sentence without a full stop.
    pub title: String,
    /// What a machine needs.
    pub front: FrontMatter,
    /// The page, in Markdown, without the front matter.
    pub page: Cow<'static, str>,
    /// Number of lines of the file before the page.
    pub page_offset: usize,
}

/// A problem of a rule file, with a message that explains what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What.
    pub message: String,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)
    }
}

impl RuleFile {
    /// Reads the rule file `path` (its stem is the id) with content `text`.
    ///
    /// # Errors
    /// All that is wrong, in order of the text.
    pub fn parse(path: &str, text: &str) -> Result<Self, Vec<RuleError>> {
        let error = |line: usize, message: String| RuleError { path: path.to_owned(), line, column: 1, message };
        let text = text.replace("\r\n", "\n");
        let parts = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let Some((front_text, page_text)) = parts else {
            let message = "a rule file starts with YAML between two lines `---`";
            return Err(vec![error(1, message.to_owned())]);
        };
        let front = yaml::read::<FrontMatter>(front_text)
            .map_err(|wrong| vec![RuleError { column: wrong.column, ..error(wrong.line + 1, wrong.message) }])?;
        let page_offset = front_text.split('\n').count() + 2;
        let (page, page_errors) = Page::parse(page_text);
        let mut folders = path.rsplit(['/', '\\']);
        let id = folders.next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default();
        let area = folders.next().unwrap_or_default().to_owned();

        let mut errors = Vec::new();
        for (key, message) in front.problems() {
            errors.push(error(line_of(front_text, key) + 1, message));
        }
        if !is_word(id, b'-') {
            errors.push(error(1, "the file's name is the rule's id: lower-case words with `-`, then `.md`".to_owned()));
        }
        if page.heading != id {
            errors.push(error(page_offset + 1, format!("the heading must be the rule's id: `# {id}`")));
        }
        errors.extend(page_errors.into_iter().map(|(line, message)| error(page_offset + line, message)));
        let page_text = Cow::Owned(page_text.to_owned());
        let rule = Self { id: id.into(), area, title: page.title, front, page: page_text, page_offset };
        if errors.is_empty() { Ok(rule) } else { Err(errors) }
    }
}

/// What is wrong among rules that are each right: equal ids, and groups that have no clear order.
pub fn conflicts<'a>(rules: impl Iterator<Item = (&'a str, &'a RuleFile)>) -> Vec<RuleError> {
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    let mut types = BTreeMap::new();
    let mut errors = Vec::new();
    for (path, rule) in rules {
        let mut error = |message| errors.push(RuleError { path: path.to_owned(), line: 1, column: 1, message });
        if !ids.insert(&rule.id) {
            error(format!("there is another rule `{}`; give each its own id", rule.id));
        }
        if let Some(group) = &rule.front.group {
            if !places.insert((group, rule.front.order)) {
                error(format!("group `{group}` has another rule of order {}; give each its own", rule.front.order));
            }
            let resources: Vec<String> = rule.front.resource.iter().map(|ty| ty.to_ascii_lowercase()).collect();
            if *types.entry(group).or_insert_with(|| resources.clone()) != resources {
                error(format!("group `{group}` has rules for other resource types; a group is about the same"));
            }
        }
    }
    errors
}

/// The line of the front matter, from 1, that starts with `key`.
fn line_of(front_matter: &str, key: &str) -> usize {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    front_matter.lines().position(is_it).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ABSENT, Need, RuleSet, Scope, Severity};

    const PAGE: &str = "# good-rule\n\nIt is wrong.\n\n## Why\n\n## Remediation\n\n## Examples\n\n\
        ```bicep fail\n```\n\n```text finding\n```\n\n```bicep pass\n```\n";

    fn parse(path: &str, front: &str, page: &str) -> Result<RuleFile, Vec<String>> {
        let parsed = RuleFile::parse(path, &format!("---\n{front}\n---\n{page}"));
        parsed.map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    /// Front matter with one more key, or another value for one. JSON is YAML, too.
    fn front(key: &str, value: serde_json::Value) -> String {
        let mut front = serde_json::json!({
            "severity": "low",
            "resource": "Contoso.Shop/carts",
            "noun": "cart",
            "require": { "path": "properties.locked", "equals": true },
            "message": "cart `{name}` is open",
            "help": { "failed": "Lock it.", "absent": "Set `properties: { locked: true }`." },
        });
        if let Some(members) = front.as_object_mut() {
            members.insert(key.to_owned(), value);
        }
        front.to_string()
    }

    #[test]
    fn reads_a_rule() -> Result<(), Vec<String>> {
        let controls = serde_json::json!({ "mcsb": "LT-1", "psrule": ["A", "B"] });
        let rule = parse("rules/x/good-rule.md", &front("controls", controls), &PAGE.replace('\n', "\r\n"))?;
        assert_eq!((&*rule.id, rule.title.as_str(), rule.page_offset), ("good-rule", "It is wrong", 3));
        assert_eq!((rule.front.set, rule.area.as_str()), (RuleSet::Default, "x"));
        assert_eq!((rule.front.severity, rule.front.checks, rule.front.needs), (Severity::Low, Scope::Resource, None));
        assert_eq!(*rule.front.controls["mcsb"], [Arc::from("LT-1")]);
        assert_eq!(*rule.front.controls["psrule"], [Arc::from("A"), Arc::from("B")]);
        assert_eq!(rule.front.message.of(ABSENT, None), "cart `{name}` is open");
        assert_eq!(rule.front.help.of(ABSENT, None), "Set `properties: { locked: true }`.");
        assert_eq!(rule.front.help.of("other", None), "Lock it.");
        Ok(())
    }

    #[test]
    fn reads_what_a_rule_checks_and_needs() -> Result<(), Vec<String>> {
        let rule = parse("x/good-rule.md", &front("needs", serde_json::json!("sensor")), PAGE)?;
        assert_eq!((rule.front.checks, rule.front.needs), (Scope::Resource, Some(Need::Sensor)));
        let mut of_templates: serde_json::Map<_, _> =
            serde_json::from_str(&front("checks", "template".into())).map_err(|error| vec![error.to_string()])?;
        of_templates.remove("require");
        of_templates.insert("native".to_owned(), "good_check".into());
        let of_templates = serde_json::Value::from(of_templates).to_string();
        assert_eq!(parse("x/good-rule.md", &of_templates, PAGE)?.front.checks, Scope::Template);
        Ok(())
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        use serde_json::json;
        let cases = [
            ("severity", json!("severe"), "`severe` is not a severity; use one of info, low, medium, high"),
            ("resource", json!("carts"), "`carts` is no full resource type"),
            ("native", json!("good_check"), "a rule has either `require` or `native`"),
            ("require", json!(null), "a rule has either `require` or `native`"),
            ("message", json!("the {colour} cart"), "`{colour}` stands for nothing; there are {name}, "),
            ("message", json!({ "failed": "", "absent": "x" }), "the text is empty"),
            ("message", json!({ "gone": "x" }), "`gone`: the outcomes of `require` are `failed` and `absent`"),
            ("labels", json!({ "Not Good": "x" }), "`Not Good`: names of texts are lower-case words"),
            ("noun", json!(["cart", "trolley"]), "one `noun` for each type"),
            ("set", json!("mine"), "unknown variant `mine`"),
            ("help", json!([{ "api-version": "<2022-06-01", "text": "x" }]), "the last text has no `api-version`"),
            ("order", json!(3), "`order` is the place in a `group`"),
            ("needs", json!("sensors"), "unknown variant `sensors`; did you mean `sensor`?"),
            ("checks", json!("templates"), "unknown variant `templates`; did you mean `template`?"),
            ("checks", json!("template"), "`checks: template` goes with `native`"),
            ("links", json!(["http://example.org"]), "`http://example.org` does not start with `https://`"),
            ("colour", json!("red"), "unknown field `colour`"),
            ("fixes", json!([{ "title": "x", "set": "$.a[*]", "to": 1, "safety": "safe" }]), "not JSONPath"),
            ("when", json!({ "path": "a", "matches": "(" }), "`(` is no regular expression"),
            ("when", json!({ "path": "$.a[?match(@.b, '(')]", "exists": true }), "`(` is no regular expression"),
        ];
        for (key, value, expected) in cases {
            let errors = parse("rules/good-rule.md", &front(key, value), PAGE).err().unwrap_or_default();
            let found =
                errors.iter().any(|error| error.starts_with("rules/good-rule.md:2:") && error.contains(expected));
            assert!(found, "{key}: expected {expected:?} in {errors:#?}");
        }
    }

    #[test]
    fn the_name_is_the_id() {
        let front = front("order", serde_json::json!(0));
        for (path, expected) in [
            (
                "rules/Good_Rule.md",
                vec!["rules/Good_Rule.md:1:1: the file's name", "rules/Good_Rule.md:4:1: the heading must be"],
            ),
            ("other-rule.md", vec!["other-rule.md:4:1: the heading must be the rule's id: `# other-rule`"]),
        ] {
            let errors = parse(path, &front, PAGE).err().unwrap_or_default();
            let agree = errors.len() == expected.len() && errors.iter().zip(&expected).all(|(e, x)| e.starts_with(x));
            assert!(agree, "{path}: {errors:#?}");
        }
        assert!(RuleFile::parse("a.md", "# a\n").is_err());
    }

    #[test]
    fn rules_must_fit_together() -> Result<(), Vec<String>> {
        let rule = |id: &str, order: u32, ty: &str| {
            let front = front("group", serde_json::json!("g")).replacen('{', &format!("{{\"order\":{order},"), 1);
            parse(&format!("{id}.md"), &front.replace("Contoso.Shop/carts", ty), &PAGE.replace("good-rule", id))
        };
        let one = rule("one", 1, "A.B/c")?;
        let cases = [
            (rule("one", 2, "A.B/c")?, "there is another rule `one`"),
            (rule("two", 1, "A.B/c")?, "group `g` has another rule of order 1"),
            (rule("two", 2, "A.B/d")?, "group `g` has rules for other resource types"),
        ];
        for (two, expected) in &cases {
            let errors = conflicts([("1", &one), ("2", two)].into_iter());
            assert!(matches!(errors.as_slice(), [e] if e.path == "2" && e.message.starts_with(expected)), "{errors:?}");
        }
        assert_eq!(conflicts([("1", &one), ("2", &rule("two", 2, "a.b/C")?)].into_iter()), []);
        Ok(())
    }
}
