//! What is wrong with front matter that its types do not catch.

use super::FrontMatter;
use crate::condition::Condition;
use crate::front_matter::Scope;
use crate::pattern::Pattern;
use crate::resource_type::{is_resource_type, no_resource_type};
use crate::texts::{ABSENT, FAILED, unknown_placeholders};

/// Conditions that `require`, `when` or another key of a rule has at most.
const MOST_CONDITIONS: usize = 500;

/// Regular expressions that these have at most.
const MOST_PATTERNS: usize = 50;

impl FrontMatter {
    /// What the types do not catch, each with the key to which it belongs.
    pub(crate) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
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
        // Only its native check is evaluated for a whole template.
        let only_native = self.native.is_some() && self.when.is_none() && self.needs.is_none() && self.group.is_none();
        if self.checks == Scope::Template && !only_native {
            let message = "`checks: template` goes with `native`, and without `when`, `needs` and `group`";
            found.push(("checks", message.to_owned()));
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
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
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
pub(crate) fn is_word(name: &str, between: u8) -> bool {
    let words = name.as_bytes().split(|b| *b == between);
    let mut first_letters =
        words.map(|word| word.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    first_letters.all(|is| is) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == between)
}
