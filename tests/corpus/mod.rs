//! Finds the corpus of real templates, which is no part of the project.

#![expect(clippy::print_stdout, reason = "tests tell what they ran over")]

use std::path::PathBuf;

/// The folder named by `ARMGUARD_CORPUS`, or the default place.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let default = || std::env::home_dir().map(|home| home.join(".cache/armguard/corpus"));
    let folder = named.or_else(default).filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("no corpus of real templates here (ARMGUARD_CORPUS): nothing was tested");
    }
    folder
}

/// Path and text of all JSON files under `part` of the corpus, sorted by path.
pub(crate) fn json_files(part: &str) -> Option<Vec<(String, String)>> {
    let walk = walkdir::WalkDir::new(folder()?.join(part)).sort_by_file_name();
    let paths = walk.into_iter().flatten().map(walkdir::DirEntry::into_path);
    let json = paths.filter(|path| path.extension().is_some_and(|e| e == "json" || e == "jsonc" || e == "arm"));
    let files = json.filter_map(|path| Some((path.display().to_string(), std::fs::read_to_string(&path).ok()?)));
    Some(files.collect())
}
