//! Folders from which paths are shown alike, wherever a run works.

use std::path::{Component, Path, PathBuf};

use super::{normal_path, seen_from};

/// The root of a project, or the folder of a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// The folder, as seen from the working folder.
    pub folder: PathBuf,
    /// The working folder as seen from it, when it lies below; else empty.
    pub below: PathBuf,
}

impl Root {
    /// The absolute `folder`, for a run that works in the absolute folder `working`.
    pub fn new(folder: &Path, working: &Path) -> Self {
        let below = working.strip_prefix(folder).map(Path::to_owned).unwrap_or_default();
        Self { folder: seen_from(working, folder), below }
    }

    /// The path of `file`, which is one to open, as seen from the folder; `None` when it does not lie below that one.
    pub fn relative(&self, file: &Path) -> Option<PathBuf> {
        let folder = normal_path(&self.folder);
        let inside = |path: PathBuf| match path.components().next() {
            Some(Component::Normal(_)) => Some(path),
            _ => None,
        };
        if folder.components().all(|part| part == Component::ParentDir) && file.is_relative() {
            return inside(normal_path(&self.below.join(file)));
        }
        inside(normal_path(file).strip_prefix(&folder).ok()?.to_owned())
    }
}

/// By what files are put in order, which is the same wherever a run works: the path of `file` as seen from the first of
/// `roots` in which it lies, else the path itself.
pub fn order_of(roots: &[Root], file: &Path) -> String {
    let seen = roots.iter().find_map(|root| root.relative(file));
    seen.as_deref().unwrap_or(file).to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below() {
        #[rustfmt::skip]
        let cases: &[(&str, &str, &str, Option<&str>)] = &[
            // the root, the working folder, a path to open, the path as seen from the root
            ("/repo", "/repo", "a/main.bicep", Some("a/main.bicep")),
            ("/repo", "/repo", "./a/main.bicep", Some("a/main.bicep")),
            ("/repo", "/repo", "../main.bicep", None),
            ("/repo", "/repo/x/y", "main.bicep", Some("x/y/main.bicep")),
            ("/repo", "/repo/x/y", "../a/main.bicep", Some("x/a/main.bicep")),
            ("/repo", "/repo/x/y", "../../../main.bicep", None),
            ("/repo/infra", "/repo", "infra/a/main.bicep", Some("a/main.bicep")),
            ("/repo/infra", "/repo", "other/main.bicep", None),
            ("/repo", "/elsewhere", "/repo/main.bicep", Some("main.bicep")),
            ("/repo", "/repo", "/repo/main.bicep", None),
        ];
        for &(root, working, file, expected) in cases {
            let root = Root::new(Path::new(root), Path::new(working));
            assert_eq!(root.relative(Path::new(file)), expected.map(PathBuf::from), "{file} below {root:?}");
        }
    }
}
