//! What a run may read, by what the command line names.

use std::io;
use std::path::{Path, PathBuf};

use super::PathError;
use super::disk::{Boundary, repository_of};
use crate::config::FILE_NAMES;
use crate::source::{HashMap, normal_path};

/// Why a path that the command line names is not followed.
const LED_OUT: &str = "a link in its repository leads out of it; name what it leads to";

/// What the command line allows to be read.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The templates, folders and parameter files that are named; each has a root. Without any, it is that of the
    /// working folder.
    pub paths: Vec<PathBuf>,
    /// The one root, in place of those that are found.
    pub root: Option<PathBuf>,
    /// More folders.
    pub allowed: Vec<PathBuf>,
    /// Folders and files with rules.
    pub rules: Vec<PathBuf>,
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
    let mut finder = Finder { working: folder(Path::new("."))?, places: HashMap::default() };
    let mut boundary = Boundary::default();
    if let Some(root) = &reach.root {
        let root = finder.folder(root)?;
        boundary.roots.insert(root.clone(), repository_of(&root));
    }
    for path in &reach.allowed {
        boundary.allowed.insert(finder.folder(path)?);
    }
    // Nothing lies below a name that is not resolved.
    boundary.cache = reach.cache.as_ref().map(|cache| finder.folder(cache).unwrap_or_else(|_| finder.absolute(cache)));
    for path in reach.paths.iter().map(PathBuf::as_path).chain(reach.paths.is_empty().then_some(Path::new("."))) {
        let is_folder = path.is_dir();
        let place = finder.place(path, is_folder);
        if is_folder && place.is_led_out {
            return Err(refused(path, LED_OUT));
        }
        if reach.root.is_none() {
            let (root, repository) = finder.root(&place);
            boundary.roots.insert(root, repository);
        } else if is_folder && boundary.standing(&place.folder).is_err() {
            return Err(refused(path, "it is outside the folder that `--root` names"));
        }
        // The target of a link was chosen by somebody else, who may have written the project as well.
        let name = path.file_name().filter(|_| !is_folder && !place.is_led_out && !path.is_symlink());
        boundary.named.extend(name.map(|name| place.folder.join(name)));
    }
    for path in &reach.files {
        let file = finder.file(path, &boundary);
        boundary.named.extend(file);
    }
    for path in &reach.rules {
        let rules = match path.is_file() {
            true => finder.file(path, &boundary).ok_or_else(|| refused(path, LED_OUT))?,
            false => finder.folder(path)?,
        };
        boundary.rules.insert(rules);
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

fn refused(path: &Path, reason: &'static str) -> PathError {
    PathError { path: path.to_owned(), reason: io::Error::other(reason) }
}

/// Where a path lies.
#[derive(Debug, Clone)]
struct PathLocation {
    /// The folder that it is, or in which it lies, absolute and with links resolved.
    folder: PathBuf,
    /// The repository in which it lies as it is written, with links resolved.
    repository: Option<PathBuf>,
    /// Whether links in that repository led out of it.
    is_led_out: bool,
}

/// Finds folders and their roots, each once.
struct Finder {
    working: PathBuf,
    places: HashMap<PathBuf, PathLocation>,
}

impl Finder {
    fn absolute(&self, path: &Path) -> PathBuf {
        normal_path(&self.working.join(path))
    }

    fn place(&mut self, path: &Path, is_folder: bool) -> PathLocation {
        let mut written = self.absolute(path);
        if !is_folder {
            written.pop();
        }
        if let Some(known) = self.places.get(&written) {
            return known.clone();
        }
        let folder = written.canonicalize().unwrap_or_else(|_| written.clone());
        let repository = repository_of(&written).map(|repository| repository.canonicalize().unwrap_or(repository));
        let is_led_out = repository.as_ref().is_some_and(|repository| !folder.starts_with(repository));
        let place = PathLocation { folder, repository, is_led_out };
        self.places.insert(written, place.clone());
        place
    }

    /// The folder that the command line names. The target of a link in a repository was chosen by somebody else.
    fn folder(&mut self, path: &Path) -> Result<PathBuf, PathError> {
        match self.place(path, true).is_led_out {
            true => Err(refused(path, LED_OUT)),
            false => folder(path),
        }
    }

    /// The single file at `path`, unless a link leads to it that a project may have in it.
    fn file(&mut self, path: &Path, boundary: &Boundary) -> Option<PathBuf> {
        let place = self.place(path, false);
        let file = path.file_name().map(|name| place.folder.join(name))?;
        let is_foreign = path.is_symlink() && (place.repository.is_some() || boundary.standing(&file).is_ok());
        (!is_foreign && !place.is_led_out).then(|| file.canonicalize().unwrap_or(file))
    }

    /// The root of what lies at `place`, and the repository in which that lies.
    fn root(&self, place: &PathLocation) -> (PathBuf, Option<PathBuf>) {
        let folder = &place.folder;
        if let Some(repository) = place.repository.clone().or_else(|| repository_of(folder)) {
            return (repository.clone(), Some(repository));
        }
        let has_configuration = |folder: &&Path| FILE_NAMES.iter().any(|name| folder.join(name).is_file());
        let around = folder.ancestors().take_while(|around| around.starts_with(&self.working));
        (around.into_iter().find(has_configuration).unwrap_or(folder).to_owned(), None)
    }
}
