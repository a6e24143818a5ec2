//! What a run may read, by what the command line names.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use super::PathError;
use crate::config::FILE_NAMES;
use crate::source::{Boundary, normal_path, repository_of};

/// What the command line says of what may be read.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The templates, folders and parameter files that are named; each has a root. Without any, it is that of the
    /// working folder.
    pub paths: Vec<PathBuf>,
    /// The one root, in place of those that are found.
    pub root: Option<PathBuf>,
    /// More folders.
    pub allowed: Vec<PathBuf>,
    /// Single files beside the templates: a configuration, a baseline.
    pub files: Vec<PathBuf>,
    /// The module cache.
    pub cache: Option<PathBuf>,
}

/// Where the program works, and what it may read there.
///
/// The root of a path is the repository that contains it. Without one, it is the nearest folder with an
/// `armguard.toml`, not above the working folder; else the folder that is named, or the folder of the file.
///
/// # Errors
/// When a folder that is to be read does not exist, or a path lies outside the root that is named.
pub fn boundary(reach: &Reach) -> Result<Boundary, PathError> {
    let mut finder = Finder { working: folder(Path::new("."))?, folders: HashMap::new() };
    let mut boundary = Boundary::default();
    if let Some(root) = &reach.root {
        let root = folder(root)?;
        boundary.roots.insert(root.clone(), repository_of(&root));
    }
    for path in &reach.allowed {
        boundary.allowed.insert(folder(path)?);
    }
    boundary.cache = reach.cache.as_ref().map(|cache| folder(cache).unwrap_or_else(|_| finder.absolute(cache)));
    for path in reach.paths.iter().map(PathBuf::as_path).chain(reach.paths.is_empty().then_some(Path::new("."))) {
        let is_folder = path.is_dir();
        let place = if is_folder { path } else { finder.parent(path) };
        let place = finder.folder(place);
        if reach.root.is_none() {
            let (root, repository) = finder.root(&place);
            boundary.roots.insert(root, repository);
        } else if is_folder && boundary.standing(&place).is_err() {
            let reason = io::Error::other("it is outside the folder that `--root` names");
            return Err(PathError { path: path.to_owned(), reason });
        }
        // A link leads where somebody else said, who may have written the project as well.
        if let Some(name) = path.file_name().filter(|_| !is_folder && !path.is_symlink()) {
            boundary.named.insert(place.join(name));
        }
    }
    for path in &reach.files {
        let (place, Some(name)) = (finder.folder(finder.parent(path)), path.file_name()) else { continue };
        let file = place.join(name);
        let is_foreign = path.is_symlink() && boundary.standing(&file).is_ok();
        boundary.named.extend((!is_foreign).then(|| file.canonicalize().unwrap_or(file)));
    }
    Ok(boundary)
}

/// The folder at `path`, absolute and with links resolved.
fn folder(path: &Path) -> Result<PathBuf, PathError> {
    let found = path.canonicalize().and_then(|folder| match folder.is_dir() {
        true => Ok(folder),
        false => Err(io::ErrorKind::NotADirectory.into()),
    });
    found.map_err(|reason| PathError { path: path.to_owned(), reason })
}

/// Finds folders and their roots, each once.
struct Finder {
    working: PathBuf,
    folders: HashMap<PathBuf, PathBuf>,
}

impl Finder {
    fn absolute(&self, path: &Path) -> PathBuf {
        normal_path(&self.working.join(path))
    }

    /// The folder in which `path` lies, as it is written.
    fn parent<'p>(&self, path: &'p Path) -> &'p Path {
        path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
    }

    /// The folder at `path`, with links resolved when it exists.
    fn folder(&mut self, path: &Path) -> PathBuf {
        if let Some(known) = self.folders.get(path) {
            return known.clone();
        }
        let found = folder(path).unwrap_or_else(|_| self.absolute(path));
        self.folders.insert(path.to_owned(), found.clone());
        found
    }

    /// The root of what lies in `folder`, and the repository in which that lies.
    fn root(&self, folder: &Path) -> (PathBuf, Option<PathBuf>) {
        if let Some(repository) = repository_of(folder) {
            return (repository.clone(), Some(repository));
        }
        let has_configuration = |folder: &&Path| FILE_NAMES.iter().any(|name| folder.join(name).is_file());
        let around = folder.ancestors().take_while(|around| around.starts_with(&self.working));
        (around.into_iter().find(has_configuration).unwrap_or(folder).to_owned(), None)
    }
}
