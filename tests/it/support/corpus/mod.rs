//! Finds the corpus of real templates, which is no part of the project.

pub(crate) mod folder;

use crate::support::corpus::folder::folder;
pub(crate) use folder::tell;

/// Path in the corpus (with `/`) and text of all its JSON files, sorted by path.
pub(crate) fn json_files() -> Option<Vec<(String, String)>> {
    let folder = folder()?;
    let walk = walkdir::WalkDir::new(&folder).sort_by_file_name();
    let paths = walk.into_iter().flatten().map(walkdir::DirEntry::into_path);
    let json = paths.filter(|path| path.extension().is_some_and(|e| e == "json" || e == "jsonc" || e == "arm"));
    let files = json.filter_map(|path| {
        let name = path.strip_prefix(&folder).ok()?.display().to_string().replace('\\', "/");
        Some((name, std::fs::read_to_string(&path).ok()?))
    });
    Some(files.collect())
}
