//! The project around what was named: its root, its other files and its configuration.
//!
//! The root is the nearest folder upward with an `armguard.toml`, not above the nearest one with a `.git`; else
//! that one. Without either, what was named is the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Discovery, PathError, walk};
use crate::config::{Config, FILE_NAMES, SIZE_LIMIT};
use crate::lint::Found;
use crate::source::{Disk, FileSystem, Problem, Root, SourceFile, normal_path};

/// What lies around.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The files of the project that were not found before, sorted.
    pub files: Vec<PathBuf>,
    /// The configurations that hold.
    pub configs: Vec<Config>,
    /// The roots.
    pub roots: Vec<Root>,
}

/// Which configuration holds, and what it excludes.
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
pub enum Failed {
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
) -> Result<Surroundings, Failed> {
    let Ok(cwd) = std::env::current_dir() else { return Ok(Surroundings::default()) };
    let mut roots: BTreeSet<PathBuf> = BTreeSet::new();
    let mut around = Surroundings::default();
    let finds = choice.file.is_none() && !choice.none;
    if let Some(file) = &choice.file {
        around.configs.push(Config { is_for_all: true, ..read_config(&normal_path(&cwd.join(file)), &cwd)? });
    }
    for path in paths.iter().map(PathBuf::as_path).chain(stdin) {
        let absolute = normal_path(&cwd.join(path));
        let folder = if path.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
        let Some(root) = root_of(folder, !choice.none) else { continue };
        let seen = Root::new(&root, &cwd);
        if !around.roots.contains(&seen) {
            around.roots.push(seen);
        }
        if finds {
            around.configs.extend(config_in(&root, &cwd, &around.configs)?);
        }
        // Of what is the root itself everything was found already.
        if root != absolute {
            roots.insert(root);
        }
    }
    let mut found = BTreeMap::new();
    for root in &roots {
        walk(root, &mut found, &mut Vec::new()).map_err(Failed::Path)?;
    }
    let mut found: BTreeSet<PathBuf> = found.keys().map(|path| Disk.tidy(path)).collect();
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
    let excluded = |path: &Path| Config::governing(&around.configs, path).is_some_and(|config| config.excludes(path));
    discovery.found.retain(|found| found.named && !choice.force_exclude || !excluded(&found.path));
    around.files.retain(|path| !excluded(path));
    Ok(around)
}

/// The configuration that holds for `path`.
///
/// # Errors
/// When it is wrong, or cannot be read.
pub fn configuration(path: &Path, choice: &Choice) -> Result<Option<Config>, Failed> {
    let Ok(cwd) = std::env::current_dir() else { return Ok(None) };
    match &choice.file {
        _ if choice.none => Ok(None),
        Some(file) => read_config(&normal_path(&cwd.join(file)), &cwd).map(Some),
        None => root_of(&normal_path(&cwd.join(path)), true).map_or(Ok(None), |root| config_in(&root, &cwd, &[])),
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

/// The root of the project in which `folder` lies; `configured`: a configuration may make it one.
fn root_of(folder: &Path, configured: bool) -> Option<PathBuf> {
    let mut repository = None;
    for ancestor in folder.ancestors() {
        if configured && FILE_NAMES.iter().any(|name| ancestor.join(name).is_file()) {
            return Some(ancestor.to_owned());
        }
        if ancestor.join(".git").exists() {
            repository = Some(ancestor.to_owned());
            break;
        }
    }
    repository
}

/// The configuration in `root`, unless it is known.
fn config_in(root: &Path, cwd: &Path, known: &[Config]) -> Result<Option<Config>, Failed> {
    let path = FILE_NAMES.iter().map(|name| root.join(name)).find(|path| path.is_file());
    let Some(path) = path else { return Ok(None) };
    let tidy = Disk.tidy(&path);
    match known.iter().any(|config| config.source.path() == tidy) {
        true => Ok(None),
        false => read_config(&path, cwd).map(Some),
    }
}

/// The configuration at the absolute `path`.
fn read_config(path: &Path, cwd: &Path) -> Result<Config, Failed> {
    let tidy = Disk.tidy(path);
    let text = Disk.read(&tidy, SIZE_LIMIT);
    let (text, unreadable) = match text {
        Ok(text) => (text, None),
        Err(error) => (String::new(), Some(error.to_string())),
    };
    let source = Arc::new(SourceFile::new(tidy, text));
    let failed = |problems| Failed::Config(ConfigError { source: source.clone(), problems, unreadable: None });
    if unreadable.is_some() {
        return Err(Failed::Config(ConfigError { source, problems: Vec::new(), unreadable }));
    }
    let root = path.parent().unwrap_or(path);
    Config::parse(source.clone(), Root::new(root, cwd).below).map_err(failed)
}
