//! A rule file: YAML front matter (what a machine needs), then the page (what a person reads).
//!
//! Shared by `build.rs`, which embeds the rules of this repository, and by whoever loads rules at run
//! time; so it imports only its neighbours, and is given the YAML reader.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::condition::{Condition, is_resource_type, no_resource_type};
use super::page::Page;
use super::selector::{Pattern, Selector};
use super::texts::unknown_placeholders;
pub use super::texts::{ABSENT, FAILED, Texts, fill};

/// A rule as its file says it.
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

/// The front matter of a rule file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontMatter {
    /// How bad a violation is: one of [`SEVERITIES`].
    pub severity: String,
    /// The full types of the resources that it judges.
    #[serde(deserialize_with = "one_or_many")]
    pub resource: Vec<Arc<str>>,
    /// What people call such a resource: `AKS cluster`; one for each type.
    #[serde(deserialize_with = "one_or_many")]
    pub noun: Vec<Arc<str>>,
    /// Rules of a group ask about the same thing: the first that does not pass is reported.
    pub group: Option<Arc<str>>,
    /// The place in the group.
    #[serde(default)]
    pub order: u32,
    /// The rule set to which it belongs.
    #[serde(default)]
    pub set: RuleSet,
    /// Where this does not hold, the rule does not apply.
    pub when: Option<Condition>,
    /// What must hold.
    pub require: Option<Condition>,
    /// The native check that answers instead of `require`.
    pub native: Option<Arc<str>>,
    /// What is wrong, by outcome.
    pub message: Texts,
    /// Texts of the finding's own place, by outcome, and of other places that a native check names.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Other places that are shown with a finding.
    #[serde(default)]
    pub also_label: Vec<AlsoLabel>,
    /// What to do, by outcome.
    pub help: Texts,
    /// What it maps to in catalogues of controls, by catalogue.
    #[serde(default, deserialize_with = "one_or_many_each")]
    pub controls: Controls,
    /// Pages that say more, the best first.
    #[serde(default)]
    pub links: Vec<Arc<str>>,
    /// Changes that would make the rule pass.
    #[serde(default)]
    pub fixes: Vec<Fix>,
}

/// A set of rules that are run together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSet {
    /// Defender for Containers itself: what the template declares is not protected as it could be.
    #[default]
    Default,
    /// Hardening that Defender for Cloud, the Microsoft cloud security benchmark or CIS asks of everyone.
    Posture,
    /// What suits some teams: previews, alternatives, house rules.
    Optional,
}

impl RuleSet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Posture, Self::Optional];

    /// The sets that `name` means on the command line and in a configuration; `None` when it is no set of armguard's.
    pub fn called(name: &str) -> Option<&'static [Self]> {
        match name {
            "all" => Some(&Self::ALL),
            "default" => Some(&[Self::Default]),
            "posture" => Some(&[Self::Posture]),
            _ => None,
        }
    }

    /// The name as written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Posture => "posture",
            Self::Optional => "optional",
        }
    }
}

/// A place that is shown with a finding when something is written there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlsoLabel {
    /// Where.
    pub at: Selector,
    /// Only where this holds.
    pub when: Option<Condition>,
    /// What it has to do with the finding.
    pub text: String,
}

/// A change that makes the rule pass.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// What it does, as a command: `Turn on security monitoring`.
    pub title: String,
    /// Only where this holds.
    pub when: Option<Condition>,
    /// The property that it writes; without it, the one that failed.
    pub set: Option<Selector>,
    /// The value that it writes there; `$workspace` in it is the resource id of the best workspace in reach.
    pub to: serde_json::Value,
    /// It writes over any expression that stands there, not only over a literal.
    #[serde(default, rename = "over-any")]
    pub over_any: bool,
    /// Members that become part of that: by path, the new key, with the keys of objects around the value behind it
    /// (`securityMonitoring.enabled`). What is written stays, and nothing else is.
    #[serde(default)]
    pub rename: Vec<Rename>,
    /// The apiVersion to which the resource must be raised for that.
    pub raise: Option<String>,
    /// Whether it may be made without asking.
    pub safety: Safety,
}

/// A member that gets another key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The path of the member.
    pub from: Selector,
    /// Its new key; behind it, with dots, those of objects around the value.
    pub to: String,
}

/// Whether a fix may be made without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// It does what the author meant.
    Safe,
    /// It may change what is deployed in ways that the author must judge.
    Unsafe,
}

/// Names of the severities.
pub const SEVERITIES: [&str; 4] = ["info", "low", "medium", "high"];

/// Something wrong in a rule file, in words that say what to do.
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

/// What a YAML reader says about front matter.
#[derive(Debug)]
pub struct FrontMatterError {
    /// The line in it, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl RuleFile {
    /// Reads the rule file `path` (its stem is the id) with content `text`; `yaml` reads the front matter.
    ///
    /// # Errors
    /// All that is wrong, in order of the text.
    pub fn parse(
        path: &str,
        text: &str,
        yaml: impl FnOnce(&str) -> Result<FrontMatter, FrontMatterError>,
    ) -> Result<Self, Vec<RuleError>> {
        let error = |line: usize, message: String| RuleError { path: path.to_owned(), line, column: 1, message };
        let text = text.replace("\r\n", "\n");
        let parts = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let Some((front_text, page_text)) = parts else {
            let message = "a rule file starts with YAML between two lines `---`";
            return Err(vec![error(1, message.to_owned())]);
        };
        let front = yaml(front_text)
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

/// Conditions that `require`, `when` or another key of a rule has at most.
const MOST_CONDITIONS: usize = 500;

/// Regular expressions that these have at most.
const MOST_PATTERNS: usize = 50;

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

impl FrontMatter {
    /// What the types do not catch, each with the key to which it belongs.
    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if !SEVERITIES.contains(&self.severity.as_str()) {
            let severities = SEVERITIES.join(", ");
            found.push(("severity", format!("`{}` is not a severity; use one of {severities}", self.severity)));
        }
        let wrong = self.resource.iter().filter(|ty| !is_resource_type(ty));
        found.extend(wrong.map(|ty| ("resource", no_resource_type(ty))));
        if self.resource.is_empty() || self.noun.len() != self.resource.len() {
            found.push(("noun", "there is one `noun` for each type of `resource`, in the same order".to_owned()));
        }
        if self.group.is_none() && self.order != 0 {
            found.push(("order", "`order` is the place in a `group`; name the group or leave it out".to_owned()));
        }
        match (&self.require, &self.native) {
            (Some(_), None) => {}
            (None, Some(name)) if is_word(name, b'_') => {}
            (None, Some(name)) => {
                found.push(("native", format!("`{name}` is no name of a check, like `aks_defender_workspace`")));
            }
            _ => found.push(("require", "a rule has either `require` or `native`".to_owned())),
        }
        for (key, texts) in [("message", &self.message), ("help", &self.help)] {
            if texts.all().iter().any(|(_, text)| !text.is_whole()) {
                found.push((key, "the last text has no `api-version`: it is for all others".to_owned()));
            }
        }
        for (key, name, text) in self.texts() {
            if !is_word(name, b'-') {
                found.push((key, format!("`{name}`: names of texts are lower-case words with `-`")));
            }
            if key == "message" && self.native.is_none() && ![FAILED, ABSENT].contains(&name) {
                found.push((key, format!("`{name}`: the outcomes of `require` are `{FAILED}` and `{ABSENT}`")));
            }
            if text.trim().is_empty() {
                found.push((key, "the text is empty".to_owned()));
            }
            found.extend(unknown_placeholders(text).map(|message| (key, message)));
        }
        for link in self.links.iter().filter(|link| !link.starts_with("https://")) {
            found.push(("links", format!("`{link}` does not start with `https://`")));
        }
        for set in self.fixes.iter().filter_map(|fix| fix.set.as_ref()).filter(|set| set.text().starts_with('$')) {
            found.push(("fixes", format!("`{}`: `set` takes a property path, not JSONPath", set.text())));
        }
        for (key, condition) in self.conditions() {
            let (conditions, patterns) = (condition.size(), condition.patterns());
            if conditions > MOST_CONDITIONS {
                found
                    .push((key, format!("{conditions} conditions; a rule has at most {MOST_CONDITIONS} in one place")));
            }
            if patterns.len() > MOST_PATTERNS {
                let number = patterns.len();
                let message = format!("{number} regular expressions; a rule has at most {MOST_PATTERNS} in one place");
                found.push((key, message));
                continue;
            }
            let wrong = patterns.into_iter().filter_map(|pattern| pattern.check().err());
            found.extend(wrong.map(|message| (key, message)));
        }
        found
    }

    /// All texts with the key under which they stand and their name.
    fn texts(&self) -> Vec<(&'static str, &str, &str)> {
        let by_outcome = [("message", &self.message), ("help", &self.help)];
        let mut texts: Vec<_> = by_outcome
            .into_iter()
            .flat_map(|(key, texts)| texts.all().into_iter().map(move |(name, text)| (key, name, text)))
            .flat_map(|(key, name, text)| text.all().into_iter().map(move |text| (key, name, text)))
            .collect();
        texts.extend(self.labels.iter().map(|(name, text)| ("labels", name.as_str(), text.as_str())));
        texts.extend(self.also_label.iter().map(|label| ("also-label", FAILED, label.text.as_str())));
        texts.extend(self.fixes.iter().map(|fix| ("fixes", FAILED, fix.title.as_str())));
        texts
    }

    /// All regular expressions.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.conditions().into_iter().flat_map(|(_, condition)| condition.patterns())
    }

    /// All conditions with the key under which they stand.
    fn conditions(&self) -> Vec<(&'static str, &Condition)> {
        let labels = self.also_label.iter().filter_map(|label| label.when.as_ref());
        let fixes = self.fixes.iter().filter_map(|fix| fix.when.as_ref());
        let own = [("when", self.when.as_ref()), ("require", self.require.as_ref())];
        let own = own.into_iter().filter_map(|(key, condition)| Some((key, condition?)));
        own.chain(labels.map(|condition| ("also-label", condition)))
            .chain(fixes.map(|condition| ("fixes", condition)))
            .collect()
    }
}

/// Lower-case letters and digits in words with `between` between them.
fn is_word(name: &str, between: u8) -> bool {
    let words = name.as_bytes().split(|b| *b == between);
    let mut first_letters =
        words.map(|word| word.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    first_letters.all(|is| is) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == between)
}

/// The line of the front matter, from 1, that starts with `key`.
fn line_of(front_matter: &str, key: &str) -> usize {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    front_matter.lines().position(is_it).map_or(1, |at| at + 1)
}

/// A text or a list of texts.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write one text or a list of texts")]
enum OneOrMany {
    One(Arc<str>),
    Many(Vec<Arc<str>>),
}

impl From<OneOrMany> for Vec<Arc<str>> {
    fn from(written: OneOrMany) -> Self {
        match written {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Arc<str>>, D::Error> {
    OneOrMany::deserialize(deserializer).map(Into::into)
}

/// Controls by catalogue.
pub type Controls = BTreeMap<String, Vec<Arc<str>>>;

/// A map whose values are texts or lists of texts.
fn one_or_many_each<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Controls, D::Error> {
    let written = BTreeMap::<String, OneOrMany>::deserialize(deserializer)?;
    Ok(written.into_iter().map(|(catalogue, controls)| (catalogue, controls.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# good-rule\n\nIt is wrong.\n\n## Why\n\n## Remediation\n\n## Examples\n\n\
        ```bicep fail\n```\n\n```text finding\n```\n\n```bicep pass\n```\n";

    /// JSON is YAML enough for a test.
    fn parse(path: &str, front: &str, page: &str) -> Result<RuleFile, Vec<String>> {
        let json = |text: &str| {
            serde_json::from_str(text).map_err(|error| FrontMatterError {
                line: error.line(),
                column: error.column(),
                message: error.to_string(),
            })
        };
        let parsed = RuleFile::parse(path, &format!("---\n{front}\n---\n{page}"), json);
        parsed.map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    /// Front matter with one more key, or another value for one.
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
        assert_eq!(*rule.front.controls["mcsb"], [Arc::from("LT-1")]);
        assert_eq!(*rule.front.controls["psrule"], [Arc::from("A"), Arc::from("B")]);
        assert_eq!(rule.front.message.of(ABSENT, None), "cart `{name}` is open");
        assert_eq!(rule.front.help.of(ABSENT, None), "Set `properties: { locked: true }`.");
        assert_eq!(rule.front.help.of("other", None), "Lock it.");
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
        assert!(
            RuleFile::parse("a.md", "# a\n", |_| Err(FrontMatterError { line: 1, column: 1, message: String::new() }))
                .is_err()
        );
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
