//! The rules of a run: those of this build, read from the data that `build.rs` embedded when first needed, and those
//! that users add.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use rulefile::nearest::nearest;
use rulefile::page::{Example, Page};
use rulefile::{
    AlsoLabel, Condition, Controls, Fix, FrontMatter, Need, Pattern, RuleFile, RuleSet, Scope, Severity, Texts,
};
use serde::Deserialize;

use crate::source::{HashMap, Str};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: Str,
    /// What it is about: the name of its file's folder.
    pub area: String,
    /// What is wrong, in one sentence without a full stop.
    pub title: String,
    /// How bad a violation is.
    pub severity: Severity,
    /// The full types of the resources that it checks, as documented, with a noun for such a resource.
    pub resources: Vec<(Str, Str)>,
    /// The group in which only the first rule that does not pass is reported.
    pub group: Option<Str>,
    /// Its place in the group.
    pub order: u32,
    /// The rule set to which it belongs.
    pub set: RuleSet,
    /// What it checks.
    pub checks: Scope,
    /// What the template must install for it to pass.
    pub needs: Option<Need>,
    /// The rule applies only where this condition passes.
    pub when: Option<Condition>,
    /// Who answers.
    pub check: Check,
    /// What is wrong, by outcome, with placeholders.
    pub message: Texts,
    /// Texts of places, by outcome or by the name that a native check gives.
    pub labels: BTreeMap<String, String>,
    /// Other places that are shown with a finding.
    pub also_label: Vec<AlsoLabel>,
    /// What to do, by outcome, with placeholders.
    pub help: Texts,
    /// What it maps to in catalogues of controls, by catalogue.
    pub controls: Controls,
    /// Pages with more information, the best first.
    pub links: Vec<Str>,
    /// Changes that would make it pass.
    pub fixes: Vec<Fix>,
    /// The page in Markdown, from its heading on.
    pub page: Cow<'static, str>,
    /// Number of lines of the rule file before the page.
    pub page_offset: usize,
}

/// Who answers a rule.
#[derive(Debug)]
pub enum Check {
    /// A condition.
    Require(Condition),
    /// The native check of this name.
    Native(Str),
}

impl Rule {
    /// A rule from its file.
    ///
    /// # Errors
    /// When the file has something that [`RuleFile::parse`] would have refused.
    pub fn new(file: RuleFile) -> Result<Self, String> {
        let RuleFile { id, area, title, front, page, page_offset } = file;
        let check = match (front.require, front.native) {
            (Some(condition), None) => Check::Require(condition),
            (None, Some(name)) => Check::Native(name),
            _ => return Err(format!("rule `{id}` has not exactly one of `require` and `native`")),
        };
        Ok(Self {
            id,
            area,
            title,
            severity: front.severity,
            resources: front.resource.into_iter().zip(front.noun).collect(),
            group: front.group,
            order: front.order,
            set: front.set,
            checks: front.checks,
            needs: front.needs,
            when: front.when,
            check,
            message: front.message,
            labels: front.labels,
            also_label: front.also_label,
            help: front.help,
            controls: front.controls,
            links: front.links,
            fixes: front.fixes,
            page,
            page_offset,
        })
    }

    /// The examples on its page; their lines are lines of the page.
    pub fn examples(&self) -> Vec<Example> {
        Page::parse(&self.page).0.examples
    }

    /// Whether it checks whole templates, with the native check `native`.
    pub fn is_of_templates(&self, native: &str) -> bool {
        self.checks == Scope::Template && matches!(&self.check, Check::Native(name) if **name == *native)
    }

    /// Whether it checks resources of type `ty`.
    pub fn checks_type(&self, ty: &str) -> bool {
        self.noun(ty).is_some()
    }

    /// The noun for a resource of type `ty`, if the rule checks those.
    pub fn noun(&self, ty: &str) -> Option<&Str> {
        self.resources.iter().find(|(known, _)| known.eq_ignore_ascii_case(ty)).map(|(_, noun)| noun)
    }

    /// The types of the other resources of a deployment that it looks at.
    pub fn related_types(&self) -> Vec<&Str> {
        let require = match &self.check {
            Check::Require(condition) => Some(condition),
            Check::Native(_) => None,
        };
        self.when.iter().chain(require).flat_map(Condition::related_types).collect()
    }

    /// Compiles its regular expressions.
    ///
    /// # Errors
    /// When one of them takes too much memory, in words.
    pub fn compile(&self) -> Result<(), String> {
        let require = match &self.check {
            Check::Require(condition) => Some(condition),
            Check::Native(_) => None,
        };
        let more = self.also_label.iter().filter_map(|label| label.when.as_ref());
        let more = more.chain(self.fixes.iter().filter_map(|fix| fix.when.as_ref()));
        let conditions = self.when.iter().chain(require).chain(more);
        conditions.flat_map(Condition::patterns).try_for_each(Pattern::prepare)
    }

    /// Whether it is what `name` means: its id, or a control that it maps to, `psrule:Azure.AKS.DefenderProfile`.
    pub fn is_named(&self, name: &str) -> bool {
        match name.split_once(':') {
            None => *self.id == *name,
            Some((catalogue, control)) => {
                let controls = self.controls.get(&catalogue.to_ascii_lowercase());
                controls.is_some_and(|controls| controls.iter().any(|known| known.eq_ignore_ascii_case(control)))
            }
        }
    }
}

/// A rule as `build.rs` embeds it.
#[derive(Deserialize)]
struct Embedded {
    id: Str,
    area: String,
    title: String,
    /// Where its page starts and ends among all pages.
    page: (usize, usize),
    page_offset: usize,
    front: FrontMatter,
}

/// All rules, in the order in which they are listed and answered: groups first, by name; in a group by
/// its order; then those without a group, by id.
///
/// ```
/// use armguard::RuleStore;
///
/// let rules = RuleStore::try_built_in().unwrap();
/// assert!(rules.get("aks-defender-profile").is_some());
/// ```
#[derive(Debug, Default)]
pub struct RuleStore {
    rules: Vec<Arc<Rule>>,
    /// The places of rules by id.
    by_id: HashMap<Str, usize>,
}

impl RuleStore {
    /// A store of `rules`.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self::of(rules.into_iter().map(Arc::new).collect())
    }

    fn of(mut rules: Vec<Arc<Rule>>) -> Self {
        rules.sort_by(|a, b| {
            let place = |rule: &Rule| (rule.group.is_none(), rule.group.clone(), rule.order, rule.id.clone());
            place(a).cmp(&place(b))
        });
        let by_id = rules.iter().enumerate().rev().map(|(at, rule)| (rule.id.clone(), at)).collect();
        Self { rules, by_id }
    }

    /// The rules of this build.
    ///
    /// # Errors
    /// When the built-in rules cannot be read: then no check may pass.
    pub fn try_built_in() -> Result<&'static Arc<Self>, &'static str> {
        static BUILT_IN: OnceLock<Result<Arc<RuleStore>, String>> = OnceLock::new();
        let read = || {
            let (json, pages) = (
                include_str!(concat!(env!("OUT_DIR"), "/rules.json")),
                include_str!(concat!(env!("OUT_DIR"), "/pages.md")),
            );
            let rules = Self::embedded(json, pages).map(Arc::new);
            rules.map_err(|error| format!("the rules of this build of armguard are broken ({error}); install it again"))
        };
        BUILT_IN.get_or_init(read).as_ref().map_err(String::as_str)
    }

    /// The rules of this build, for callers that only look some of them up. Empty when the rules are broken, which
    /// [`Self::try_built_in`] reports.
    pub fn built_in() -> &'static Arc<Self> {
        static NONE: LazyLock<Arc<RuleStore>> = LazyLock::new(Arc::default);
        Self::try_built_in().unwrap_or(&NONE)
    }

    /// The rules that `build.rs` embedded: a list, and the pages, one behind the other.
    fn embedded(json: &str, pages: &'static str) -> Result<Self, String> {
        let rules: Vec<Embedded> = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let rule = |rule: Embedded| {
            let page = pages.get(rule.page.0..rule.page.1).ok_or("a page is not where it should be")?;
            let Embedded { id, area, title, page_offset, front, .. } = rule;
            Rule::new(RuleFile { id, area, title, front, page: Cow::Borrowed(page), page_offset })
        };
        match rules.into_iter().map(rule).collect::<Result<Vec<_>, String>>()? {
            none if none.is_empty() => Err("there are none".to_owned()),
            rules => Ok(Self::new(rules)),
        }
    }

    /// The rules of this store and those of `files`.
    ///
    /// # Errors
    /// When a file has something that [`RuleFile::parse`] would have refused.
    pub fn with(&self, files: Vec<RuleFile>) -> Result<Self, String> {
        let more: Vec<Arc<Rule>> =
            files.into_iter().map(|file| Rule::new(file).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Self::of(self.rules.iter().cloned().chain(more).collect()))
    }

    /// All rules in order.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The rule called `id`.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.by_id.get(id).and_then(|at| self.rules.get(*at))
    }

    /// The rules as they are answered: each group, and each rule without one, by itself.
    pub fn groups(&self) -> impl Iterator<Item = &[Arc<Rule>]> {
        self.rules.chunk_by(|a, b| a.group.is_some() && a.group == b.group)
    }

    /// The id that someone who wrote `typed` most likely meant, if any comes near.
    pub fn nearest(&self, typed: &str) -> Option<&str> {
        nearest(typed, self.rules.iter().map(|rule| &*rule.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules that cannot be read are no rules that everything passes.
    #[test]
    fn broken_rules_are_an_error() {
        let good = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
        let pages = include_str!(concat!(env!("OUT_DIR"), "/pages.md"));
        for (json, pages) in [("", ""), ("[]", pages), (&good[..good.len() / 2], pages), (good, "")] {
            assert!(RuleStore::embedded(json, pages).is_err());
        }
        assert!(RuleStore::try_built_in().is_ok());
    }

    #[test]
    fn lists_groups_in_order() {
        let groups: Vec<Vec<&str>> =
            RuleStore::built_in().groups().map(|group| group.iter().map(|rule| &*rule.id).collect()).collect();
        let defender = [
            "aks-defender-api-shape",
            "aks-defender-profile",
            "aks-defender-security-monitoring",
            "aks-defender-workspace",
            "aks-defender-workspace-id",
            "aks-defender-workspace-agreed",
        ];
        assert_eq!(groups.first().map(Vec::as_slice), Some(defender.as_slice()));
        assert!(groups.contains(&vec!["aks-defender-legacy-shape"]));
    }

    #[test]
    fn finds_the_nearest_id() {
        let cases = [
            ("aks-defender-profile", Some("aks-defender-profile")),
            ("AKS-Defender-Profile", Some("aks-defender-profile")),
            ("aks-defender-profil", Some("aks-defender-profile")),
            ("aks-defneder-profile", Some("aks-defender-profile")),
            ("defender-profile", Some("aks-defender-profile")),
            ("aks-defender-workspaceid", Some("aks-defender-workspace-id")),
            ("storage-https-only", None),
            ("", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(RuleStore::built_in().nearest(typed), expected, "{typed}");
            assert_eq!(RuleStore::built_in().get(typed).is_some(), expected == Some(typed), "{typed}");
        }
    }
}
