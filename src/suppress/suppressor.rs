//! Which ignore or override suppresses what, and which of them suppress nothing.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::path::Path;

use memchr::memmem;

use super::{Ignore, Terms, Written, allowed, bicep, is_known, json, meant, with_path};
use crate::bicep::FileKind;
use crate::config::{Config, Override};
use crate::finding::{FileProblem, Ignored, Label, Severity, SuppressedBy};
use crate::project::{Content, Project, Role, Unit};
use crate::rules::RuleStore;
use crate::source::{
    Date, FileId, HashMap, HashSet, IdMap, IdSet, Problem, ProblemCode, Problems, Root, SourceMap, Span,
};
use crate::template::Language;

/// The word without which a text has no ignore, but for the directives of Bicep.
const WORD: &str = "armguard";

/// The ignores and overrides of a project, and which of them were of use.
#[derive(Debug, Default)]
pub struct Suppressor {
    ignores: IdMap<FileId, OfFile>,
    /// What is wrong with them.
    problems: Vec<(FileId, Problem)>,
    /// The rules and problems that ignores and overrides are for.
    named: HashSet<String>,
    /// Those that met something, by file, place in its list, and place of the rule.
    used: IdSet<(FileId, usize, usize)>,
    overrides: Vec<(Override, FileId, IdSet<FileId>)>,
    /// The roots of the project, and the paths in it.
    roots: Vec<Root>,
    paths: HashSet<String>,
    /// Severities by configuration, and the files to which they apply.
    severities: Vec<(String, Severity, IdSet<FileId>)>,
}

/// The ignores of a file.
#[derive(Debug)]
struct OfFile {
    /// In the order of the text.
    all: Vec<Ignore>,
    /// By rule: the places of those that name it, and its place there.
    by_rule: HashMap<String, Vec<(usize, usize)>>,
}

impl OfFile {
    fn new(all: Vec<Ignore>) -> Self {
        let mut by_rule: HashMap<String, Vec<(usize, usize)>> = HashMap::default();
        for (at, ignore) in all.iter().enumerate() {
            for (rule, (id, _)) in ignore.rules.iter().enumerate() {
                let naming = by_rule.entry(id.clone()).or_default();
                // One that names a rule twice uses the first.
                if naming.last().is_none_or(|(last, _)| *last != at) {
                    naming.push((at, rule));
                }
            }
        }
        Self { all, by_rule }
    }

    /// The ignores that name `rule`, with their places and that of the rule in each.
    fn naming(&self, rule: &str) -> impl Iterator<Item = (usize, usize, &Ignore)> {
        let naming = self.by_rule.get(rule).into_iter().flatten();
        naming.filter_map(|(at, place)| Some((*at, *place, self.all.get(*at)?)))
    }
}

/// A result that could be suppressed.
#[derive(Debug)]
pub struct About<'a> {
    /// The id of the rule or problem.
    pub rule: &'a str,
    /// The context that has it; `None` if it is so in all.
    pub context: Option<&'a str>,
    /// The places at which it may be shown.
    pub places: &'a [Span],
    /// The declarations of the resource and of the calls that lead to it.
    pub declared: &'a [Span],
}

/// Whether it is suppressed.
#[derive(Debug)]
pub enum SuppressionVerdict {
    /// It is reported. If an ignore for it no longer applies, the label at the ignore explains that.
    Reported(Option<Label>),
    /// It is not reported.
    By(SuppressedBy),
}

impl Suppressor {
    /// The overrides and severities of `configs`; [`Self::read`] adds the ignores.
    pub fn new(project: &Project, configs: &[Config]) -> Self {
        let mut suppressor = Self::default();
        suppressor.configure(project, configs);
        suppressor
    }

    /// Adds the ignores in the files of `project`. Contexts are identified by their paths as seen from its roots.
    /// Without `today`, no ignore ends. Files in the module cache, which others have written, suppress nothing.
    pub fn read(&mut self, project: &Project, configs: &[Config], rules: &RuleStore, today: Option<Date>) {
        for (_, unit) in project.units().filter(|(_, unit)| unit.role != Role::Cached) {
            let Some((file, written)) = collect(project, unit, rules) else { continue };
            let (mut ignores, mut problems) = (written.ignores, written.problems);
            let config = Config::governing(configs, &unit.path);
            for ignore in &mut ignores {
                check_ids(ignore, rules, &mut problems);
                ignore.terms = std::mem::replace(&mut ignore.terms, Err(String::new()))
                    .and_then(|terms| allowed(terms, config, today));
                if let Err(message) = &ignore.terms {
                    let message = format!("{NOT_APPLIED}{message}");
                    let problem = Problem { code: ProblemCode::InvalidIgnore, range: ignore.at, message };
                    problems.push(problem);
                }
            }
            problems.sort();
            self.problems.extend(problems.finish().into_iter().map(|problem| (file, problem)));
            self.named.extend(ignores.iter().flat_map(|ignore| &ignore.rules).map(|(id, _)| id.clone()));
            self.ignores.insert(file, OfFile::new(ignores));
        }
        if !self.ignores.is_empty() {
            self.roots = project.roots.clone();
            self.paths = project.sources.iter().map(|(_, file)| file.display_path()).collect();
        }
    }

    /// Adds the overrides and severities of the configurations.
    fn configure(&mut self, project: &Project, configs: &[Config]) {
        for config in configs {
            let is_its = |other: &Config| other.source.path() == config.source.path();
            let files: Vec<(FileId, &Path)> = project
                .sources
                .iter()
                .map(|(id, file)| (id, file.path()))
                .filter(|(_, path)| Config::governing(configs, path).is_some_and(is_its))
                .collect();
            let source = project.sources.iter().find(|(_, file)| file.path() == config.source.path());
            let Some((source, _)) = source else { continue };
            // The last override that speaks of a rule counts.
            for entry in config.overrides.iter().rev() {
                let its = |path: &Path| config.relative(path).is_some_and(|path| entry.paths.set.is_match(path));
                let files: IdSet<FileId> = files.iter().filter(|(_, path)| its(path)).map(|(file, _)| *file).collect();
                let severities = entry.severity.iter();
                self.severities
                    .extend(severities.map(|((rule, _), severity)| (rule.clone(), *severity, files.clone())));
                self.named.extend(entry.ignore.iter().map(|(id, _)| id.clone()));
                self.overrides.push((entry.clone(), source, files));
            }
            let files: IdSet<FileId> = files.into_iter().map(|(file, _)| file).collect();
            let severities = config.rules.severity.iter();
            self.severities.extend(severities.map(|((rule, _), severity)| (rule.clone(), *severity, files.clone())));
        }
    }

    /// The severity that the configuration gives to findings of `rule` in one of `files`.
    pub fn severity(&self, rule: &str, files: &[FileId]) -> Option<Severity> {
        let mut known = self.severities.iter().filter(|(id, ..)| id == rule);
        known.find(|(.., its)| files.iter().any(|file| its.contains(file))).map(|(_, severity, _)| *severity)
    }

    /// Whether an ignore or override is for `rule`, wherever.
    pub fn names(&self, rule: &str) -> bool {
        self.named.contains(rule)
    }

    /// Whether `about` is suppressed.
    pub fn suppression_of(&mut self, about: &About<'_>, today: Option<Date>) -> SuppressionVerdict {
        let files: BTreeSet<FileId> = about.places.iter().chain(about.declared).map(|span| span.file).collect();
        let (mut by, mut note_label, mut used) = (None, None, Vec::new());
        let context = LazyCell::new(|| about.context.map(|name| self.rooted(name)));
        for file in files {
            for (at, rule, ignore) in self.ignores.get(&file).into_iter().flat_map(|ignores| ignores.naming(about.rule))
            {
                if !covers(ignore, file, about) {
                    continue;
                }
                let place = ignore.at.in_file(file);
                let label = |text: String| Label { span: place, text };
                match &ignore.terms {
                    Err(message) => note_label = Some(label(format!("{NOT_APPLIED}{message}"))),
                    Ok(terms) if terms.is_limited() && !terms.applies_in(context.as_deref()) => continue,
                    Ok(Terms { until: Some(until), .. }) if today.is_some_and(|today| today > *until) => {
                        note_label = Some(label(format!("this ignore ended on {until}")));
                    }
                    Ok(terms) => {
                        let ignored = Ignored { at: place, reason: terms.reason.clone(), until: terms.until };
                        by.get_or_insert(SuppressedBy::Ignore(ignored));
                    }
                }
                used.push((file, at, rule));
            }
        }
        self.used.extend(used);
        match by.or_else(|| self.overridden(about)) {
            Some(by) => SuppressionVerdict::By(by),
            None => SuppressionVerdict::Reported(note_label),
        }
    }

    /// The name of a context with its path as seen from the root of its project.
    fn rooted(&self, name: &str) -> String {
        let change = |path: &str| {
            let nearest = self.roots.iter().filter_map(|root| root.relative(Path::new(path)));
            let nearest = nearest.min_by_key(|path| path.components().count());
            nearest.map_or_else(|| path.to_owned(), |path| path.to_string_lossy().replace('\\', "/"))
        };
        with_path(name, &|path| self.paths.contains(path), &change)
    }

    /// The override that suppresses `about`: it is for the files where that is shown, and where the resource is
    /// declared.
    fn overridden(&self, about: &About<'_>) -> Option<SuppressedBy> {
        let is_for = |files: &IdSet<FileId>| {
            let resource = about.declared.first();
            about.places.iter().chain(resource).any(|span| files.contains(&span.file))
        };
        let names = |entry: &Override| entry.ignore.iter().any(|(id, _)| id == about.rule);
        let (entry, file, _) = self.overrides.iter().find(|(entry, _, files)| names(entry) && is_for(files))?;
        let ignored = Ignored { at: entry.range.in_file(*file), reason: entry.reason.clone(), until: None };
        Some(SuppressedBy::Override(ignored))
    }

    /// What is wrong with the ignores, and which of them are unused. An ignore can be unused only in a file that was
    /// `seen` completely, and for a rule that `ran` there.
    pub fn problems(
        &self,
        sources: &SourceMap,
        seen: &dyn Fn(FileId) -> bool,
        ran: &dyn Fn(&str, &Path) -> bool,
    ) -> Vec<FileProblem> {
        let mut problems: Vec<(FileId, Problem)> = self.problems.clone();
        let mut ignores: Vec<(&FileId, &OfFile)> = self.ignores.iter().filter(|(file, _)| seen(**file)).collect();
        ignores.sort_by_key(|(file, _)| **file);
        for (file, ignores) in ignores {
            for (at, ignore) in ignores.all.iter().enumerate().filter(|(_, ignore)| ignore.terms.is_ok()) {
                for (rule, (id, range)) in ignore.rules.iter().enumerate() {
                    if ran(id, sources.get(*file).path()) && !self.used.contains(&(*file, at, rule)) {
                        let message = format!("this ignore hides nothing: `{id}` finds nothing here");
                        let problem = Problem { code: ProblemCode::UnusedIgnore, range: *range, message };
                        problems.push((*file, problem));
                    }
                }
            }
        }
        problems.into_iter().map(|(file, problem)| note(sources, file, problem)).collect()
    }
}

/// Notes unknown ids. They hide nothing and are not reported as unused, too.
fn check_ids(ignore: &mut Ignore, rules: &RuleStore, problems: &mut Problems) {
    ignore.rules.retain(|(id, range)| {
        if is_known(rules, id) {
            return true;
        }
        let (code, message) = match (ProblemCode::of_id(id), meant(rules, id)) {
            (Some(_), _) => (ProblemCode::InvalidIgnore, format!("`{id}` cannot be ignored")),
            (None, Some(near)) => {
                (ProblemCode::UnknownIgnore, format!("there is no rule `{id}`; did you mean `{near}`?"))
            }
            (None, None) => (ProblemCode::UnknownIgnore, format!("there is no rule `{id}`")),
        };
        problems.push(Problem { code, range: *range, message });
        false
    });
}

/// The message on an ignore that does not apply, before the reason.
const NOT_APPLIED: &str = "this ignore does not hold: ";

fn note(sources: &SourceMap, file: FileId, problem: Problem) -> FileProblem {
    FileProblem::in_file(sources, file, problem).as_note()
}

/// Whether `ignore`, which is written in `file`, covers `about`.
fn covers(ignore: &Ignore, file: FileId, about: &About<'_>) -> bool {
    let here = |span: &&Span| span.file == file;
    about.places.iter().filter(here).any(|span| ignore.area.has_place(span.range.start))
        || about.declared.iter().filter(here).any(|span| ignore.area.has_declared(span.range))
}

/// The ignores of a file of the project, if it has any.
fn collect(project: &Project, unit: &Unit, rules: &RuleStore) -> Option<(FileId, Written)> {
    let (file, language, kind) = match &unit.content {
        Content::Template(template) => (template.file, template.language, FileKind::Bicep),
        Content::Parameters(parameters) => (parameters.body.file, parameters.body.language, FileKind::Params),
        Content::CompiledCopy | Content::Other => return None,
    };
    let text = project.sources.get(file).text();
    let is_named = memmem::find(text.as_bytes(), WORD.as_bytes()).is_some();
    if !is_named && (language == Language::Arm || !bicep::has_directive(text, rules)) {
        return None;
    }
    Some(match language {
        Language::Bicep => (file, bicep::collect(text, kind, rules)),
        Language::Arm => (file, json::collect(text)),
    })
}
