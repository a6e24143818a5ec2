//! The project around what was named: its root, its other files and its configuration.
//!
//! The root is the nearest folder upward with an `armguard.toml`, not above the repository, or without one not above the
//! working folder; else the repository. Without either, what was named is the project. Configurations in folders below
//! apply to the files there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, Guarded, repository_of};
use super::walk::Walker;
use super::{Discovery, PathError, problem_with};
use crate::config::{Config, FILE_NAMES, SIZE_LIMIT};
use crate::finding::FileProblem;
use crate::lint::Found;
use crate::source::{FileSystem, Problem, Root, SourceFile, normal_path};

/// Most configurations of folders below the roots: each is compared with each file.
const MOST_BELOW: usize = 100;

/// What lies around.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The files of the project that were not found before, sorted.
    pub files: Vec<PathBuf>,
    /// The configurations that apply.
    pub configs: Vec<Config>,
    /// The roots.
    pub roots: Vec<Root>,
}

/// Which configuration applies, and what it excludes.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The configuration in place of those that are found.
    pub file: Option<PathBuf>,
    /// Use none.
    pub none: bool,
    /// What is excluded is left out also when it was named.
    pub force_exclude: bool,
}

/// Why a configuration cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    /// The file, and what is wrong in it.
    pub source: Arc<SourceFile>,
    /// In order of the text; none when it cannot be read.
    pub problems: Vec<Problem>,
    /// Why it cannot be read.
    pub unreadable: Option<String>,
}

/// What keeps a run from starting.
#[derive(Debug)]
pub enum StartFailure {
    /// A path that was named.
    Path(PathError),
    /// A configuration.
    Config(ConfigError),
}

/// Finds what lies around `paths`, and around a template that is read from elsewhere but would be called `stdin`.
/// `discovery` is what was found below the paths; its paths are made to agree with those found around.
///
/// # Errors
/// When a configuration is wrong, or a root cannot be walked.
pub fn surroundings(
    paths: &[PathBuf],
    stdin: Option<&Path>,
    discovery: &mut Discovery,
    choice: &Choice,
    files: &Guarded,
) -> Result<Surroundings, StartFailure> {
    let Ok(cwd) = std::env::current_dir() else { return Ok(Surroundings::default()) };
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    let mut around = Surroundings::default();
    let finds = choice.file.is_none() && !choice.none;
    if let Some(file) = &choice.file {
        around.configs.push(Config { is_for_all: true, ..read_config(&normal_path(&cwd.join(file)), &cwd, files)? });
    }
    for path in paths.iter().map(PathBuf::as_path).chain(stdin) {
        let absolute = normal_path(&cwd.join(path));
        let folder = if path.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
        let Some(root) = root_of(folder, &cwd, !choice.none, files) else { continue };
        let seen = Root::new(&root, &cwd);
        if !around.roots.contains(&seen) {
            around.roots.push(seen);
        }
        if finds {
            around.configs.extend(config_in(&root, &cwd, &around.configs, files)?);
        }
        // Of what is the root itself everything was found already.
        if root != absolute {
            roots.insert(root);
        }
    }
    let mut walker = Walker::default();
    for root in &roots {
        walker.walk(root).map_err(StartFailure::Path)?;
    }
    if finds {
        let below = discovery.configured.iter().chain(&walker.configured);
        let below: BTreeSet<PathBuf> = below.map(|folder| normal_path(&cwd.join(folder))).collect();
        let problem = configs_below(&below, &cwd, &mut around.configs, files)?;
        discovery.problems.extend(problem);
    }
    let mut found: BTreeSet<PathBuf> = walker.found.keys().map(|path| Disk.tidy(path)).collect();
    for named in &mut discovery.found {
        named.path = agree(named, &found);
    }
    // The one that is named comes first.
    discovery.found.sort_by(|a, b| (&a.path, !a.named).cmp(&(&b.path, !b.named)));
    discovery.found.dedup_by(|b, a| a.path == b.path);
    discovery.found.iter().for_each(|known| {
        found.remove(&known.path);
    });
    around.files = found.into_iter().collect();
    let configs = &around.configs;
    let excluding =
        |path: &Path| Config::governing(configs, path).filter(|config| config.excludes(path)).map(Config::path);
    let Discovery { found, left_out, .. } = discovery;
    found.retain(|found| match excluding(&found.path).filter(|_| !found.named || choice.force_exclude) {
        Some(by) => {
            left_out.excluded(found.path.clone(), by);
            false
        }
        None => true,
    });
    around.files.retain(|path| excluding(path).is_none());
    Ok(around)
}

/// The configuration that applies to `path`.
///
/// # Errors
/// When it is wrong, or cannot be read.
pub fn configuration(path: &Path, choice: &Choice, files: &Guarded) -> Result<Option<Config>, StartFailure> {
    let Ok(cwd) = std::env::current_dir() else { return Ok(None) };
    match &choice.file {
        _ if choice.none => Ok(None),
        Some(file) => read_config(&normal_path(&cwd.join(file)), &cwd, files).map(Some),
        None => root_of(&normal_path(&cwd.join(path)), &cwd, true, files)
            .map_or(Ok(None), |root| config_in(&root, &cwd, &[], files)),
    }
}

/// The path of a file that was found below what was named, as it was found around: a link may lead to it.
fn agree(named: &Found, around: &BTreeSet<PathBuf>) -> PathBuf {
    let path = Disk.tidy(&named.path);
    if named.named && !around.contains(&path) {
        let target = named.path.canonicalize().map(|target| Disk.tidy(&target));
        return target.ok().filter(|target| around.contains(target)).unwrap_or(path);
    }
    path
}

/// The root of the project in which `folder` lies; `configured`: a configuration may make it one. Above the repository
/// and above what may be read nothing is looked for, and without a repository nothing above the working folder: there,
/// somebody else may have put it.
fn root_of(folder: &Path, working: &Path, configured: bool, files: &Guarded) -> Option<PathBuf> {
    let repository = repository_of(folder);
    let top = match &repository {
        Some(repository) => repository,
        None if folder.starts_with(working) => working,
        None => folder,
    };
    let inside = folder.ancestors().take_while(|around| around.starts_with(top) && files.is_inside(around));
    let inside: Vec<&Path> = inside.collect();
    let has_config = |folder: &&&Path| FILE_NAMES.iter().any(|name| folder.join(name).is_file());
    let nearest = inside.iter().find(has_config).filter(|_| configured);
    nearest.or(repository.as_ref().and(inside.last())).map(|root| (*root).to_owned())
}

/// Adds the configurations in `folders`, which are absolute, to `configs`, but for those that are there already and
/// those that a configuration around them excludes. Returns those that are too many.
fn configs_below(
    folders: &BTreeSet<PathBuf>,
    cwd: &Path,
    configs: &mut Vec<Config>,
    files: &Guarded,
) -> Result<Option<FileProblem>, StartFailure> {
    let known = configs.len();
    for folder in folders {
        let path = Disk.tidy(folder).join(FILE_NAMES[0]);
        if Config::governing(configs, &path).is_some_and(|config| config.excludes(&path)) {
            continue;
        }
        let Some(config) = config_in(folder, cwd, configs, files)? else { continue };
        if configs.len() - known >= MOST_BELOW {
            let message =
                format!("this configuration does not apply: there are more than {MOST_BELOW} below what is checked");
            return Ok(Some(problem_with(config.path(), message, true)));
        }
        // What a run writes to standard output is a matter of its root.
        configs.push(Config { formats: Vec::new(), ..config });
    }
    Ok(None)
}

/// The configuration in `root`, unless it is known.
fn config_in(root: &Path, cwd: &Path, known: &[Config], files: &Guarded) -> Result<Option<Config>, StartFailure> {
    let path = FILE_NAMES.iter().map(|name| root.join(name)).find(|path| path.is_file());
    let Some(path) = path else { return Ok(None) };
    let tidy = Disk.tidy(&path);
    match known.iter().any(|config| config.source.path() == tidy) {
        true => Ok(None),
        false => read_config(&path, cwd, files).map(Some),
    }
}

/// The configuration at the absolute `path`.
fn read_config(path: &Path, cwd: &Path, files: &Guarded) -> Result<Config, StartFailure> {
    let tidy = Disk.tidy(path);
    let text = files.read(&tidy, SIZE_LIMIT);
    let (text, unreadable) = match text {
        Ok(text) => (text, None),
        Err(error) => (String::new(), Some(error.to_string())),
    };
    let is_quotable = files.is_inside(&tidy);
    let source = Arc::new(SourceFile::new(tidy, text).quotable(is_quotable));
    let failed = |problems| StartFailure::Config(ConfigError { source: source.clone(), problems, unreadable: None });
    if unreadable.is_some() {
        return Err(StartFailure::Config(ConfigError { source, problems: Vec::new(), unreadable }));
    }
    let root = path.parent().unwrap_or(path);
    Config::parse(source.clone(), Root::new(root, cwd).below).map_err(failed)
}
