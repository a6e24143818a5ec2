//! Reading a project: the inputs, then round by round what they refer to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::context;
use super::inputs::{FILE_LIMIT, Found, Inputs, Role, TEMPLATE_LIMIT};
use super::module_cache::BicepConfigProblem;
use super::outside::{Outside, SearchResult};
use super::references::{FileReference, collect};
use super::threads::map_all;
use super::{Content, Project, ReferenceTarget, Unit, UnitId, path};
use crate::bicep;
use crate::finding::FileProblem;
use crate::json;
use crate::source::{
    FileId, FileSystem, HashMap, HashSet, IdSet, Problem, ProblemCode, ReadError, Refusal, SourceFile, TextRange,
    caught, normal_path, order_of,
};
use crate::template::{
    DeploymentSource, JsonFileKind, Template, is_compiled, lower_arm, lower_bicep, lower_bicepparam,
    lower_json_parameters, may_be_arm, sniff_json,
};

/// A file to read, and why.
struct Wanted {
    path: PathBuf,
    text: Option<String>,
    role: Role,
}

/// A file that was read.
struct Read {
    wanted: Wanted,
    text: Result<Arc<SourceFile>, Problem>,
}

impl Project {
    /// Reads the inputs and all local files that they refer to.
    pub fn load(files: &dyn FileSystem, inputs: Inputs) -> Self {
        let Inputs { paths, around, stdin, module_cache, configs, values, environment, roots, cancel } = inputs;
        let mut project = Self { cancel, environment, roots, ..Self::default() };
        let file = |path: PathBuf, role: Role| Wanted { path, text: None, role };
        let mut round: Vec<Wanted> = Vec::with_capacity(paths.len() + around.len() + 1);
        let stdin = stdin.map(|(path, text)| Wanted { path, text: Some(text), role: Role::Named });
        round.extend(stdin);
        let role = |found: &Found| if found.named { Role::Named } else { Role::Found };
        round.extend(paths.into_iter().map(|found| file(found.path.clone(), role(&found))));
        round.extend(around.into_iter().map(|path| file(path, Role::Around)));
        let referenced = values.file.iter().cloned().chain(context::parameter_files(files, &configs));
        round.extend(referenced.map(|path| file(path, Role::Referenced)));
        // A file that was named with another spelling is found by these, too.
        let spellings: Vec<PathBuf> = round.iter().map(|wanted| normal_path(&wanted.path)).collect();
        round.iter_mut().for_each(|wanted| wanted.path = files.tidy(&wanted.path));
        // In one order whatever was named, and each once; a text comes before the file that it stands for.
        round.sort_by_cached_key(|wanted| {
            (order_of(&project.roots, &wanted.path), wanted.path.clone(), wanted.text.is_none(), wanted.role)
        });
        round.dedup_by(|b, a| a.path == b.path);
        let config_files: Vec<FileId> =
            configs.iter().map(|config| project.sources.add(config.source.clone())).collect();
        let mut followed = Vec::new();
        let mut outside = Outside::new(module_cache, &configs);
        while !round.is_empty() || !project.woken.is_empty() {
            let references = project.read_round(files, round);
            round = project.follow(files, references, &mut followed, (&mut outside, &config_files));
        }
        for path in spellings {
            if let Some(id) = project.by_path.get(&files.tidy(&path)).copied() {
                project.by_path.entry(path).or_insert(id);
            }
        }
        if !project.cancel.is_cancelled() {
            project.note_misfits(followed);
        }
        project.settle_contexts(files, &configs, &config_files, values);
        let problems = outside.into_problems();
        problems.into_iter().for_each(|problem| project.note_bicep_config(problem));
        project.configs = configs;
        project.problems.sort_by(|a, b| (&a.path, a.span, &a.message).cmp(&(&b.path, b.span, &b.message)));
        project.problems.dedup();
        project
    }

    fn read_round(&mut self, files: &dyn FileSystem, round: Vec<Wanted>) -> Vec<FileReference> {
        let read = |mut wanted: Wanted| {
            let text = match wanted.text.take() {
                Some(text) => Ok(text),
                // The others keep their places.
                None if self.cancel.is_cancelled() => Ok(String::new()),
                None => match caught(|| files.read(&wanted.path, FILE_LIMIT)) {
                    Ok(text) => text.map_err(|error| unreadable(&error)),
                    Err(error) => Err(error.at(TextRange::default())),
                },
            };
            // What is certainly no template needs no place among the sources.
            let in_folder = matches!(wanted.role, Role::Found | Role::Around);
            let text = text.map(|text| {
                let is_quotable = in_folder || files.is_inside(&wanted.path);
                Arc::new(SourceFile::new(&wanted.path, text).quotable(is_quotable))
            });
            // Nothing else is kept of it meanwhile: there may be many and large ones.
            let read = Read { wanted, text };
            let is_wanted = !self.by_path.contains_key(&read.wanted.path) && is_candidate(&read);
            is_wanted.then(|| within_limit(read))
        };
        let read: Vec<Read> = map_all(round, read).into_iter().flatten().collect();
        let awake = std::mem::take(&mut self.woken);
        let file_of = |id: &UnitId| self.sources.find(&self.unit(*id).path);
        let awake = awake.iter().filter_map(|id| Some((*id, file_of(id)?)));
        let mut ready: Vec<(UnitId, FileId, Arc<SourceFile>, bool)> =
            awake.map(|(id, file)| (id, file, self.sources.get(file).clone(), false)).collect();
        for Read { wanted, text } in read {
            let id = UnitId(self.units.len() as u32);
            self.by_path.insert(wanted.path.clone(), id);
            let Wanted { path, role, .. } = wanted;
            self.units.push(Unit { path: path.clone(), content: Content::Other, role });
            match text {
                Ok(source) => {
                    let file = self.sources.add(source.clone());
                    self.cached.extend((role == Role::Cached).then_some(file));
                    ready.push((id, file, source, matches!(role, Role::Found | Role::Around)));
                }
                Err(problem) => {
                    let path = path.to_string_lossy().into_owned();
                    self.problems.push(FileProblem::new(path, problem.code, problem.message));
                }
            }
        }
        // Named or referred to, a compiled copy is a template like any other.
        for (_, _, source, may_be_copy) in &mut ready {
            *may_be_copy &= self.by_path.contains_key(&source.path().with_extension("bicep"));
        }
        let lowered = map_all(ready, |(id, file, source, may_be_copy)| match self.cancel.is_cancelled() {
            true => (id, file, Ok(Content::Other)),
            false => (id, file, caught(|| lower(file, &source, may_be_copy))),
        });
        let mut references = Vec::new();
        for (id, file, content) in lowered {
            let taken = content
                .and_then(|content| caught(|| self.take_in(files, file, &content, &mut references)).map(|()| content));
            match taken {
                Ok(content) => self.units[id.0 as usize].content = content,
                Err(error) => {
                    self.note_problems(file, &[error.at(TextRange::default())]);
                }
            }
        }
        references
    }

    /// Takes in the problems of the file, and which other files it needs.
    fn take_in(
        &mut self,
        files: &dyn FileSystem,
        file: FileId,
        content: &Content,
        references: &mut Vec<FileReference>,
    ) {
        match content {
            Content::Template(template) => {
                self.note_problems(file, &template.problems);
                self.note_linked(template);
                collect(template, references);
                self.read_assets(files, template);
            }
            Content::Parameters(parameters) => {
                self.note_problems(file, &parameters.body.problems);
                collect(&parameters.body, references);
                self.read_assets(files, &parameters.body);
                let others = [&parameters.using, &parameters.extends].into_iter().flatten();
                references.extend(others.map(|(written, range)| FileReference {
                    from: file,
                    written: written.clone(),
                    range: *range,
                    deploys: false,
                    only_types: false,
                }));
            }
            Content::CompiledCopy | Content::Other => {}
        }
    }

    /// Reports that linked templates are not followed.
    fn note_linked(&mut self, template: &Template) {
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
                    let at = range.in_file(template.file);
                    let problem = FileProblem::at(&self.sources, at, ProblemCode::ModuleNotRead, message);
                    self.problems.push(problem.as_note());
                }
                DeploymentSource::Inline(nested) => self.note_linked(nested),
                _ => {}
            }
        }
    }

    fn note_problems(&mut self, file: FileId, problems: &[Problem]) {
        let problems = problems.iter().map(|problem| FileProblem::in_file(&self.sources, file, problem.clone()));
        self.problems.extend(problems);
    }

    /// Settles `references`; those to files that were not read yet become the next round.
    fn follow(
        &mut self,
        files: &dyn FileSystem,
        references: Vec<FileReference>,
        followed: &mut Vec<FileReference>,
        (outside, config_files): (&mut Outside<'_>, &[FileId]),
    ) -> Vec<Wanted> {
        let mut round: Vec<Wanted> = Vec::new();
        let mut places: HashMap<PathBuf, u32> = HashMap::default();
        let mut woken: IdSet<UnitId> = self.woken.iter().copied().collect();
        let next = self.units.len() as u32;
        for reference in references {
            let source = self.sources.get(reference.from).clone();
            let place = match path::local(source.path(), &reference.written) {
                Ok(Some(path)) => Some(SearchResult::Mapped(files.tidy(&path))),
                Ok(None) => outside.find(files, source.path(), &reference.written),
                Err(refusal) => {
                    self.note_refused(reference, &refusal);
                    continue;
                }
            };
            let (path, role) = match place {
                Some(SearchResult::Mapped(path)) => (Some(path), Role::Referenced),
                Some(SearchResult::Cached(path)) => (Some(path), Role::Cached),
                Some(SearchResult::Misled { config, range, path }) => {
                    self.note_misled(config_files[config], range, &path);
                    (None, Role::Cached)
                }
                Some(SearchResult::Refused { config, range, message }) => {
                    self.note_in_config(config_files[config], ProblemCode::ReadRefused, range, message);
                    (None, Role::Cached)
                }
                None => (None, Role::Cached),
            };
            let target = match path {
                None => ReferenceTarget::NotRead,
                Some(path) => match self.by_path.get(&path) {
                    Some(unit) => {
                        if matches!(self.unit(*unit).content, Content::CompiledCopy) && woken.insert(*unit) {
                            self.woken.push(*unit);
                        }
                        ReferenceTarget::Unit(*unit)
                    }
                    // Read next; the identities follow in the order of the round.
                    None if places.contains_key(&path) || files.is_file(&path) => {
                        let place = *places.entry(path.clone()).or_insert_with(|| {
                            round.push(Wanted { path, text: None, role });
                            round.len() as u32 - 1
                        });
                        ReferenceTarget::Unit(UnitId(next + place))
                    }
                    None => match files.refusal(&path) {
                        Some(refusal) => {
                            self.note_refused(reference, &refusal);
                            continue;
                        }
                        None if role == Role::Cached => ReferenceTarget::NotRead,
                        None => ReferenceTarget::Missing,
                    },
                },
            };
            let target = match target {
                ReferenceTarget::NotRead if reference.deploys => {
                    let address = outside.address(files, source.path(), &reference.written);
                    address.and_then(|address| self.know(&address)).map_or(target, ReferenceTarget::Known)
                }
                _ => target,
            };
            match target {
                ReferenceTarget::Unit(_) => {
                    self.references.insert((reference.from, reference.written.clone()), target);
                    followed.extend((!reference.only_types).then_some(reference));
                }
                _ if reference.only_types => {
                    self.references.entry((reference.from, reference.written)).or_insert(target);
                }
                ReferenceTarget::Known(_) | ReferenceTarget::Missing | ReferenceTarget::NotRead => {
                    self.note_unread(reference, target)
                }
            }
        }
        round
    }

    /// Reports a configuration that names a module that is missing.
    fn note_misled(&mut self, file: FileId, range: TextRange, path: &Path) {
        let message = format!("there is no module at `{}`", path.to_string_lossy().replace('\\', "/"));
        self.note_in_config(file, ProblemCode::Configuration, range, message);
    }

    fn note_in_config(&mut self, file: FileId, code: ProblemCode, range: TextRange, message: String) {
        self.problems.push(FileProblem::at(&self.sources, range.in_file(file), code, message));
    }

    /// Reports what is wrong with a `bicepconfig.json`.
    fn note_bicep_config(&mut self, problem: BicepConfigProblem) {
        let BicepConfigProblem { source, range, message } = problem;
        let file = self.sources.add(Arc::new(source));
        self.note_in_config(file, ProblemCode::ReadRefused, range, message);
    }

    /// Reports a reference that leads where nothing may be read.
    fn note_refused(&mut self, reference: FileReference, refusal: &Refusal) {
        let FileReference { from, written, range, .. } = reference;
        let message = format!("`{written}` {refusal}");
        let at = range.in_file(from);
        self.problems.push(FileProblem::at(&self.sources, at, ProblemCode::ReadRefused, message));
        self.references.insert((from, written), ReferenceTarget::Missing);
    }

    /// Reports a reference whose file is missing, or was not restored.
    fn note_unread(&mut self, reference: FileReference, target: ReferenceTarget) {
        let FileReference { from, written, range, .. } = reference;
        let not_read = |rest: &str| {
            let message = format!("`{written}` is not in the module cache (run `bicep restore` on this file); {rest}");
            (ProblemCode::ModuleNotRead, message, false)
        };
        let (code, message, fails) = match target {
            ReferenceTarget::NotRead => not_read("what it deploys is not checked"),
            ReferenceTarget::Known(_) => not_read("of what it deploys, only what is known of this version is checked"),
            ReferenceTarget::Missing | ReferenceTarget::Unit(_) => {
                (ProblemCode::ModuleNotFound, format!("there is no file `{written}`"), true)
            }
        };
        let problem = FileProblem::at(&self.sources, range.in_file(from), code, message);
        self.problems.push(FileProblem { fails, ..problem });
        self.references.insert((from, written), target);
    }

    /// Reports references that lead to a file that is neither a template nor a parameter file.
    fn note_misfits(&mut self, followed: Vec<FileReference>) {
        // Those that could not be read were reported already.
        let unread: HashSet<String> =
            self.problems.iter().filter(|problem| problem.span.is_none()).map(|problem| problem.path.clone()).collect();
        let is_misfit =
            |unit: &Unit| matches!(unit.content, Content::Other) && !unread.contains(&*unit.path.to_string_lossy());
        for FileReference { from, written, range, .. } in followed {
            if self.target(from, &written).is_some_and(|unit| is_misfit(self.unit(unit))) {
                let message = format!("`{written}` is no template");
                let at = range.in_file(from);
                self.problems.push(FileProblem::at(&self.sources, at, ProblemCode::ModuleNotFound, message));
            }
        }
    }
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Whether a file that was found in a folder is worth a place: of JSON only what can be ARM's.
fn is_candidate(read: &Read) -> bool {
    let in_folder = matches!(read.wanted.role, Role::Found | Role::Around);
    match (&read.text, extension(&read.wanted.path).as_str()) {
        (_, "bicep" | "bicepparam") => true,
        (Ok(source), _) => !in_folder || may_be_arm(source.text()),
        // Whether it is a template is not known, so the error is reported.
        (Err(_), _) => true,
    }
}

/// `read`, refused when it is larger than a template may be.
fn within_limit(read: Read) -> Read {
    let text = read.text.and_then(|source| match source.text().len() as u64 {
        size if size > TEMPLATE_LIMIT => Err(unreadable(&ReadError::TooLarge { size, limit: TEMPLATE_LIMIT })),
        _ => Ok(source),
    });
    Read { text, ..read }
}

fn lower(file: FileId, source: &SourceFile, may_be_copy: bool) -> Content {
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
                JsonFileKind::Template if may_be_copy && document.is_strict() && is_compiled(&document) => {
                    Content::CompiledCopy
                }
                JsonFileKind::Template => Content::Template(Arc::new(lower_arm(file, &document))),
                JsonFileKind::Parameters => Content::Parameters(Arc::new(lower_json_parameters(file, &document))),
                JsonFileKind::Other => Content::Other,
            }
        }
    }
}

fn unreadable(error: &ReadError) -> Problem {
    Problem { code: ProblemCode::UnreadableFile, range: TextRange::default(), message: format!("this file {error}") }
}
