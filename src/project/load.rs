//! Reading a project: the inputs, then round by round what they refer to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::registry::{self, Configs};
use super::threads::map_all;
use super::{Content, Project, Target, Unit, UnitId, path};
use crate::bicep;
use crate::finding::FileProblem;
use crate::json;
use crate::source::{FileId, FileSystem, Problem, ProblemCode, ReadError, SourceFile, TextRange};
use crate::template::{
    DeploymentSource, ImportId, JsonFileKind, ParameterFile, Str, Template, lower_arm, lower_bicep, lower_bicepparam,
    lower_json_parameters, may_be_arm, sniff_json,
};

/// Largest file that is read, in bytes.
pub const FILE_LIMIT: u64 = 32_000_000;

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its path as given or found.
    pub path: PathBuf,
    /// Whether it was named, and not found in a folder.
    pub named: bool,
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Files on disk, sorted by path.
    pub paths: Vec<Found>,
    /// The name and the text of standard input, when it was asked for.
    pub stdin: Option<(PathBuf, String)>,
    /// Where `bicep restore` leaves modules, when `bicepconfig.json` does not say.
    pub module_cache: Option<PathBuf>,
}

/// A file to read, and why.
struct Wanted {
    path: PathBuf,
    text: Option<String>,
    given: bool,
    named: bool,
    cached: bool,
}

/// A file that was read.
struct Read {
    wanted: Wanted,
    text: Result<Arc<SourceFile>, ReadError>,
}

/// Where modules lie that are no files of the project.
struct Outside {
    root: Option<PathBuf>,
    configs: Configs,
}

impl Outside {
    /// The place in the module cache of what `from` refers to.
    fn find(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<PathBuf> {
        let config = self.configs.of(files, from);
        registry::cached(reference, &config, self.root.as_deref())
    }

    /// What `from` refers to in full, when that lies in a registry.
    fn address(&mut self, files: &dyn FileSystem, from: &Path, reference: &str) -> Option<String> {
        let config = self.configs.of(files, from);
        registry::address(reference, &config).filter(|(scheme, _)| *scheme == "br").map(|(_, address)| address)
    }
}

/// A reference from one file to another.
struct Reference {
    from: FileId,
    written: Str,
    range: TextRange,
    /// Whether it deploys what it refers to, and not only takes names or parameters from it.
    deploys: bool,
}

impl Project {
    /// Reads the inputs and all local files that they refer to.
    pub fn load(files: &dyn FileSystem, inputs: Inputs) -> Self {
        let mut project = Self::default();
        let mut round: Vec<Wanted> = Vec::with_capacity(inputs.paths.len() + 1);
        if let Some((path, text)) = inputs.stdin {
            round.push(Wanted { path: path::normal(&path), text: Some(text), given: true, named: true, cached: false });
        }
        let found = inputs.paths.into_iter();
        round.extend(found.map(|found| Wanted {
            path: found.path,
            text: None,
            given: true,
            named: found.named,
            cached: false,
        }));
        let mut followed = Vec::new();
        let mut outside = Outside { root: inputs.module_cache, configs: Configs::default() };
        while !round.is_empty() {
            let references = project.read_round(files, round);
            round = project.follow(files, references, &mut followed, &mut outside);
        }
        project.note_misfits(followed);
        project
            .problems
            .sort_by(|a, b| (&a.path, a.span, &a.problem.message).cmp(&(&b.path, b.span, &b.problem.message)));
        project
    }

    fn read_round(&mut self, files: &dyn FileSystem, round: Vec<Wanted>) -> Vec<Reference> {
        let read = |mut wanted: Wanted| {
            let text = match wanted.text.take() {
                Some(text) => Ok(text),
                None => files.read(&wanted.path, FILE_LIMIT),
            };
            // What is certainly no template needs no place among the sources.
            let text = text.map(|text| Arc::new(SourceFile::new(&wanted.path, text)));
            Read { wanted, text }
        };
        let mut read: Vec<Read> = map_all(round, read);
        read.retain(|read| !self.by_path.contains_key(&path::normal(&read.wanted.path)) && is_candidate(read));
        let mut ready = Vec::with_capacity(read.len());
        for Read { wanted, text } in read {
            let id = UnitId(self.units.len() as u32);
            self.by_path.insert(path::normal(&wanted.path), id);
            let Wanted { path, given, named, cached, .. } = wanted;
            self.units.push(Unit { path: path.clone(), content: Content::Other, given, named, cached });
            match text {
                Ok(source) => {
                    let file = self.sources.add(source.clone());
                    self.cached.extend(cached.then_some(file));
                    ready.push((id, file, source));
                }
                Err(error) => self.problems.push(unreadable(&path, &error)),
            }
        }
        let lowered = map_all(ready, |(id, file, source)| (id, file, lower(file, &source)));
        let mut references = Vec::new();
        for (id, file, content) in lowered {
            let shown = self.sources.get(file).display_path();
            match &content {
                Content::Template(template) => {
                    self.note_problems(&shown, file, &template.problems);
                    self.note_linked(&shown, template);
                    collect(template, &mut references);
                    self.read_assets(files, template);
                }
                Content::Parameters(parameters) => {
                    self.note_problems(&shown, file, &parameters.body.problems);
                    collect(&parameters.body, &mut references);
                    self.read_assets(files, &parameters.body);
                    let others = [&parameters.using, &parameters.extends].into_iter().flatten();
                    references.extend(others.map(|(written, range)| Reference {
                        from: file,
                        written: written.clone(),
                        range: *range,
                        deploys: false,
                    }));
                }
                Content::Other => {}
            }
            self.units[id.0 as usize].content = content;
        }
        references
    }

    /// Says of linked templates that they are not followed.
    fn note_linked(&mut self, path: &str, template: &Template) {
        for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
            match &deployment.source {
                DeploymentSource::Linked(range) => {
                    let written = self.sources.get(template.file).slice(*range).trim_matches('"').to_owned();
                    let what = if written.starts_with("https://") {
                        format!("`{written}`")
                    } else {
                        "this linked template".into()
                    };
                    let message = format!("{what} was not read; what it deploys is not checked");
                    let problem = Problem { code: ProblemCode::ModuleNotRead, range: *range, message };
                    let span = Some(range.in_file(template.file));
                    self.problems.push(FileProblem { path: path.to_owned(), span, problem, fails: false });
                }
                DeploymentSource::Inline(nested) => self.note_linked(path, nested),
                _ => {}
            }
        }
    }

    fn note_problems(&mut self, path: &str, file: FileId, problems: &[Problem]) {
        self.problems.extend(problems.iter().map(|problem| FileProblem {
            path: path.to_owned(),
            span: Some(problem.range.in_file(file)),
            problem: problem.clone(),
            fails: true,
        }));
    }

    /// Settles `references`; those to files that were not read yet become the next round.
    fn follow(
        &mut self,
        files: &dyn FileSystem,
        references: Vec<Reference>,
        followed: &mut Vec<Reference>,
        outside: &mut Outside,
    ) -> Vec<Wanted> {
        let mut round: Vec<Wanted> = Vec::new();
        let mut places: FxHashMap<PathBuf, u32> = FxHashMap::default();
        let next = self.units.len() as u32;
        for reference in references {
            let source = self.sources.get(reference.from).clone();
            let local = path::local(source.path(), &reference.written);
            let cached = local.is_none();
            let target = match local.or_else(|| outside.find(files, source.path(), &reference.written)) {
                None => Target::NotRead,
                Some(path) => match self.by_path.get(&path) {
                    Some(unit) => Target::Unit(*unit),
                    // Read next; the identities follow in the order of the round.
                    None if places.contains_key(&path) || files.is_file(&path) => {
                        let place = *places.entry(path.clone()).or_insert_with(|| {
                            round.push(Wanted { path, text: None, given: false, named: false, cached });
                            round.len() as u32 - 1
                        });
                        Target::Unit(UnitId(next + place))
                    }
                    None if cached => Target::NotRead,
                    None => Target::Missing,
                },
            };
            let target = match target {
                Target::NotRead if reference.deploys => {
                    let address = outside.address(files, source.path(), &reference.written);
                    address.and_then(|address| self.know(&address)).map_or(target, Target::Known)
                }
                _ => target,
            };
            match target {
                Target::Unit(_) => {
                    self.references.insert((reference.from, reference.written.clone()), target);
                    followed.push(reference);
                }
                Target::Known(_) | Target::Missing | Target::NotRead => self.note_unread(&source, reference, target),
            }
        }
        round
    }

    /// Says of a reference that its file is not there, or not at hand.
    fn note_unread(&mut self, source: &SourceFile, reference: Reference, target: Target) {
        let Reference { from, written, range, .. } = reference;
        let not_read = |rest: &str| {
            let message = format!("`{written}` is not in the module cache (run `bicep restore` on this file); {rest}");
            (ProblemCode::ModuleNotRead, message, false)
        };
        let (code, message, fails) = match target {
            Target::NotRead => not_read("what it deploys is not checked"),
            Target::Known(_) => not_read("of what it deploys, only what is known of this version is checked"),
            Target::Missing | Target::Unit(_) => {
                (ProblemCode::ModuleNotFound, format!("there is no file `{written}`"), true)
            }
        };
        let problem = Problem { code, range, message };
        let span = Some(range.in_file(from));
        self.problems.push(FileProblem { path: source.display_path(), span, problem, fails });
        self.references.insert((from, written), target);
    }

    /// Says of references that they lead to a file that is neither a template nor a parameter file.
    fn note_misfits(&mut self, followed: Vec<Reference>) {
        for Reference { from, written, range, .. } in followed {
            let misfit = self
                .target(from, &written)
                .is_some_and(|unit| matches!(self.unit(unit).content, Content::Other) && !self.is_unread(unit));
            if misfit {
                let message = format!("`{written}` is no template");
                let problem = Problem { code: ProblemCode::ModuleNotFound, range, message };
                let path = self.sources.get(from).display_path();
                self.problems.push(FileProblem { path, span: Some(range.in_file(from)), problem, fails: true });
            }
        }
    }

    /// Whether the file could not be read, which was said already.
    fn is_unread(&self, unit: UnitId) -> bool {
        let path = self.unit(unit).path.to_string_lossy();
        self.problems.iter().any(|problem| problem.span.is_none() && problem.path == path)
    }
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Whether a file that was found in a folder is worth a place: of JSON only what can be ARM's.
fn is_candidate(read: &Read) -> bool {
    let in_folder = read.wanted.given && !read.wanted.named;
    match (&read.text, extension(&read.wanted.path).as_str()) {
        (_, "bicep" | "bicepparam") => true,
        (Ok(source), _) => !in_folder || may_be_arm(source.text()),
        // Whether it is a template cannot be told, so it is said.
        (Err(_), _) => true,
    }
}

fn lower(file: FileId, source: &SourceFile) -> Content {
    let text = source.text();
    match extension(source.path()).as_str() {
        "bicep" => {
            let parsed = bicep::parse(text, bicep::FileKind::Bicep);
            Content::Template(Arc::new(lower_bicep(file, text, &parsed)))
        }
        "bicepparam" => {
            let parsed = bicep::parse(text, bicep::FileKind::Params);
            Content::Parameters(Arc::new(lower_bicepparam(file, text, &parsed)))
        }
        _ if !may_be_arm(text) => Content::Other,
        _ => {
            let document = json::parse(text);
            match sniff_json(&document) {
                JsonFileKind::Template => Content::Template(Arc::new(lower_arm(file, &document))),
                JsonFileKind::Parameters => Content::Parameters(Arc::new(lower_json_parameters(file, &document))),
                JsonFileKind::Other => Content::Other,
            }
        }
    }
}

fn unreadable(path: &Path, error: &ReadError) -> FileProblem {
    let path = path.to_string_lossy().into_owned();
    let problem = Problem {
        code: ProblemCode::UnreadableFile,
        range: TextRange::default(),
        message: format!("this file {error}"),
    };
    FileProblem { path, span: None, problem, fails: true }
}

/// All references to other files in `template`, nested templates included.
fn collect(template: &Template, references: &mut Vec<Reference>) {
    let from = template.file;
    // What brings types only carries no value.
    let used = template.imports.iter().enumerate().filter(|(at, _)| template.uses_import(ImportId(*at as u32)));
    references.extend(used.map(|(_, import)| Reference {
        from,
        written: import.reference.clone(),
        range: import.range,
        deploys: false,
    }));
    for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
        match &deployment.source {
            DeploymentSource::Reference(written, range) => {
                references.push(Reference { from, written: written.clone(), range: *range, deploys: true });
            }
            DeploymentSource::Inline(nested) => collect(nested, references),
            DeploymentSource::Outer(_) | DeploymentSource::Computed(_) | DeploymentSource::Linked(_) => {}
        }
    }
}

/// All units that `template` refers to, nested templates included.
pub(super) fn called(project: &Project, template: &Template) -> Vec<UnitId> {
    let mut references = Vec::new();
    collect(template, &mut references);
    references.iter().filter_map(|reference| project.target(reference.from, &reference.written)).collect()
}

/// The unit that a parameter file is for, and the chain of parameter files that it extends, itself first.
pub(super) fn chain(project: &Project, unit: UnitId) -> (Option<UnitId>, Vec<Arc<ParameterFile>>) {
    let (mut using, mut files) = (None, Vec::new());
    for id in chain_ids(project, unit) {
        if let Content::Parameters(parameters) = &project.unit(id).content {
            using = using.or_else(|| target(project, parameters, &parameters.using));
            files.push(parameters.clone());
        }
    }
    (using, files)
}

/// The parameter file `unit` and those that it extends, each once.
pub(super) fn chain_ids(project: &Project, unit: UnitId) -> Vec<UnitId> {
    let mut ids = vec![unit];
    let mut at = Some(unit);
    while let Some(id) = at {
        let Content::Parameters(parameters) = &project.unit(id).content else { break };
        at = target(project, parameters, &parameters.extends).filter(|next| !ids.contains(next));
        ids.extend(at);
    }
    ids
}

fn target(project: &Project, from: &ParameterFile, reference: &Option<(Str, TextRange)>) -> Option<UnitId> {
    reference.as_ref().and_then(|(written, _)| project.target(from.body.file, written))
}
