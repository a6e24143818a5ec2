//! Which rules run, and which templates they concern.

use std::hash::{BuildHasher, Hash, RandomState};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rulefile::Scope;

use crate::config::{Config, SpannedText};
use crate::lint::Options;
use crate::project::{Content, Project, Resolution};
use crate::rules::{Rule, RuleSet, RuleStore};
use crate::source::{HashMap, HashSet, IdMap, IdSet, ProblemCode};
use crate::template::{DeploymentSource, Template};

/// The rules among `rules` that `options` and `configs` may run somewhere, and those that answer with them.
pub fn selected<'r>(rules: &'r RuleStore, options: &Options, configs: &[Config]) -> Vec<&'r Arc<Rule>> {
    let is_chosen =
        |rule: &Rule| chosen(rule, options, None) || configs.iter().any(|config| chosen(rule, options, Some(config)));
    let groups = rules.groups().filter(|group| group.iter().any(|rule| is_chosen(rule)));
    groups.flatten().collect()
}

/// The rules of a run.
pub(in crate::lint) struct Selection<'c> {
    /// All rules, in the groups in which they are answered. A rule that is not selected still answers
    /// for its group.
    groups: Vec<Vec<Arc<Rule>>>,
    /// The groups that check resources of a type, by the type in lower case.
    by_type: HashMap<String, Vec<usize>>,
    /// The types of resources that matter to others, in lower case, by the part behind the last slash.
    related: HashSet<String>,
    /// The rules whose findings are shown somewhere.
    reported: HashSet<Arc<str>>,
    /// The templates that concern selected rules, computed when first needed.
    concerned: OnceLock<IdSet<Address>>,
    options: &'c Options,
    configs: &'c [Config],
    rules: &'c RuleStore,
    /// The key of hashes that stand for something in this run.
    key: RandomState,
}

impl<'c> Selection<'c> {
    pub(in crate::lint) fn new(
        rules: &'c RuleStore,
        options: &'c Options,
        configs: &'c [Config],
        project: &Project,
    ) -> Self {
        let given = || project.units().map(|(_, unit)| unit).filter(|unit| unit.role.is_given());
        let without = given().any(|unit| Config::governing(configs, &unit.path).is_none());
        let somewhere = |rule: &Rule| {
            without && chosen(rule, options, None) || configs.iter().any(|config| chosen(rule, options, Some(config)))
        };
        let reported: HashSet<Arc<str>> =
            rules.rules().iter().filter(|rule| somewhere(rule)).map(|rule| rule.id.clone()).collect();
        let groups = rules.groups().filter(|group| group.iter().any(|rule| reported.contains(&rule.id)));
        let groups: Vec<Vec<Arc<Rule>>> = groups.map(<[Arc<Rule>]>::to_vec).collect();
        let mut by_type = HashMap::<String, Vec<usize>>::default();
        for (at, group) in groups.iter().enumerate() {
            let checking = group.iter().filter(|rule| rule.checks == Scope::Resource);
            for (ty, _) in checking.flat_map(|rule| &rule.resources) {
                let of_type = by_type.entry(ty.to_ascii_lowercase()).or_default();
                if of_type.last() != Some(&at) {
                    of_type.push(at);
                }
            }
        }
        let related = groups.iter().flatten().flat_map(|rule| rule.related_types());
        let related = related.map(|ty| last_word(ty).to_ascii_lowercase()).collect();
        let concerned = OnceLock::new();
        Self { groups, by_type, related, reported, concerned, options, configs, rules, key: RandomState::new() }
    }

    /// A hash that stands for `what` in this run.
    pub(in crate::lint) fn hash_of(&self, what: &impl Hash) -> u64 {
        self.key.hash_one(what)
    }

    /// The groups that check resources of type `ty`.
    pub(in crate::lint) fn groups_of(&self, ty: &str) -> impl Iterator<Item = &[Arc<Rule>]> {
        let of_type = self.by_type.get(&ty.to_ascii_lowercase()).into_iter().flatten();
        of_type.filter_map(|at| self.groups.get(*at)).map(Vec::as_slice)
    }

    /// Whether findings of `rule` are shown somewhere.
    pub(in crate::lint) fn reports(&self, rule: &Rule) -> bool {
        self.reported.contains(&rule.id)
    }

    /// Whether the findings of the rule, or the problems, with this `id` are shown for the file at `path`. The command
    /// line and the configuration that applies there decide.
    pub(in crate::lint) fn shows(&self, id: &str, path: &Path) -> bool {
        let config = Config::governing(self.configs, path);
        match self.rules.get(id) {
            Some(rule) => chosen(rule, self.options, config),
            // A failure of armguard itself and an incomplete run cannot be hidden.
            None => {
                [ProblemCode::InternalError.id(), ProblemCode::IncompleteRun.id()].contains(&id)
                    || !ignored(self.options, config).any(|name| name == id)
            }
        }
    }

    /// The rules of the default set that configurations leave out, by the configuration, where the command line selects
    /// none: what a project's own files keep from being found.
    pub(in crate::lint) fn left_out(&self) -> Vec<(String, Vec<String>)> {
        let is_off = |rule: &Rule, config: &Config| {
            rule.set == RuleSet::Default
                && chosen(rule, self.options, None)
                && !chosen(rule, self.options, Some(config))
        };
        let off = |config: &Config| -> Vec<String> {
            self.rules.rules().iter().filter(|rule| is_off(rule, config)).map(|rule| rule.id.to_string()).collect()
        };
        if !self.options.select.is_empty() || !self.options.sets.is_empty() {
            return Vec::new();
        }
        let all = self.configs.iter().map(|config| (config.source.display_path(), off(config)));
        all.filter(|(_, rules)| !rules.is_empty()).collect()
    }

    /// Whether a selected rule checks resources of type `ty`.
    pub(in crate::lint) fn checks_type(&self, ty: &str) -> bool {
        self.by_type.contains_key(&ty.to_ascii_lowercase())
    }

    /// Whether a selected rule checks resources of type `ty` or looks at them. An extension may be named with the
    /// resource that it extends, so only the last word is compared.
    fn concerns_type(&self, ty: &str) -> bool {
        self.checks_type(ty) || !self.related.is_empty() && self.related.contains(&last_word(ty).to_ascii_lowercase())
    }

    /// Whether `template` itself declares something that a selected rule checks, or may do so.
    pub(in crate::lint) fn declares(&self, project: &Project, template: &Template) -> bool {
        template.resources.iter().any(|resource| {
            let own = resource.ty.as_ref().is_none_or(|ty| self.checks_type(ty));
            own || match resource.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Inline(nested)) => self.declares(project, nested),
                Some(DeploymentSource::Reference(path, _)) => {
                    matches!(project.resolve(template.file, path), Resolution::Known(_))
                }
                Some(DeploymentSource::Computed(_)) => true,
                _ => false,
            }
        })
    }

    /// Whether `template`, or one that it deploys, declares something that a selected rule checks.
    pub(in crate::lint) fn concerns(&self, project: &Project, template: &Arc<Template>) -> bool {
        let concerned = self.concerned.get_or_init(|| self.all_concerned(project));
        let (mut concerns, mut callees) = (false, Vec::new());
        self.look_at(project, template, &mut concerns, &mut callees);
        concerns || callees.iter().any(|callee| concerned.contains(callee))
    }

    /// The templates of files that declare something that a selected rule checks, or deploy one that does. The search
    /// goes from the declaring templates up to their callers, so that each call is looked at once.
    fn all_concerned(&self, project: &Project) -> IdSet<Address> {
        let (mut concerned, mut callers, mut open) =
            (IdSet::default(), IdMap::<Address, Vec<Address>>::default(), Vec::new());
        for (_, unit) in project.units() {
            let Content::Template(template) = &unit.content else { continue };
            let (mut concerns, mut callees) = (false, Vec::new());
            self.look_at(project, template, &mut concerns, &mut callees);
            let own = address(template);
            callees.into_iter().for_each(|callee| callers.entry(callee).or_default().push(own));
            open.extend(concerns.then_some(own));
        }
        while let Some(next) = open.pop() {
            if concerned.insert(next) {
                open.extend(callers.get(&next).into_iter().flatten());
            }
        }
        concerned
    }

    /// Notes whether `template` itself, nested templates included, declares something that a selected rule checks, and
    /// which templates of other files it deploys.
    fn look_at(&self, project: &Project, template: &Template, concerns: &mut bool, callees: &mut Vec<Address>) {
        for resource in &template.resources {
            *concerns |= resource.ty.as_ref().is_none_or(|ty| self.concerns_type(ty));
            match resource.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Inline(nested)) => self.look_at(project, nested, concerns, callees),
                Some(DeploymentSource::Reference(path, _)) => match project.resolve(template.file, path) {
                    Resolution::Template(callee) => callees.push(address(&callee)),
                    // What is known of a module deploys nothing through others.
                    Resolution::Known(callee) => self.look_at(project, &callee, concerns, callees),
                    Resolution::Missing | Resolution::NotRead | Resolution::NotATemplate => {}
                },
                // What a value deploys is known only when it is evaluated.
                Some(DeploymentSource::Computed(_)) => *concerns = true,
                Some(DeploymentSource::Outer(_) | DeploymentSource::Linked(_)) | None => {}
            }
        }
    }
}

/// The address of a template of the project, which identifies it.
type Address = usize;

fn address(template: &Arc<Template>) -> Address {
    Arc::as_ptr(template) as usize
}

/// Whether `rule` runs: what the command line selects counts in place of what `config` does.
fn chosen(rule: &Rule, options: &Options, config: Option<&Config>) -> bool {
    let on_command_line = !options.select.is_empty() || !options.sets.is_empty();
    let configured = config.filter(|config| config.rules.select.is_some() || !config.rules.ruleset.is_empty());
    let selected = match configured {
        _ if on_command_line => {
            options.sets.contains(&rule.set) || options.select.iter().any(|name| rule.is_named(name))
        }
        Some(config) => selected_by(config, rule),
        None => rule.set == RuleSet::Default,
    };
    selected && !ignored(options, config).any(|name| rule.is_named(name))
}

/// Whether `config` names `rule`, or a set that it is in.
fn selected_by(config: &Config, rule: &Rule) -> bool {
    let named = |names: &[SpannedText]| names.iter().any(|(name, _)| rule.is_named(name));
    let in_set = |(name, _): &SpannedText| match RuleSet::called(name) {
        Some(sets) => sets.contains(&rule.set),
        None => config.rulesets.iter().any(|((known, _), rules)| known == name && named(rules)),
    };
    config.rules.select.as_deref().is_some_and(named) || config.rules.ruleset.iter().any(in_set)
}

/// The rules that the command line and `config` leave out.
fn ignored<'a>(options: &'a Options, config: Option<&'a Config>) -> impl Iterator<Item = &'a str> {
    let configured = config.into_iter().flat_map(|config| &config.rules.ignore).map(|(name, _)| name.as_str());
    options.ignore.iter().map(String::as_str).chain(configured)
}

fn last_word(ty: &str) -> &str {
    ty.rsplit('/').next().unwrap_or(ty)
}
