//! Finds the corpus of real templates, which is no part of the project.

#![expect(clippy::print_stdout, reason = "tests tell what they ran over")]

use std::path::PathBuf;

/// The folder named by `ARMGUARD_CORPUS`, or the default place.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let default = || std::env::home_dir().map(|home| home.join(".cache/armguard/corpus"));
    let folder = named.or_else(default).filter(|folder| folder.is_dir());
    if folder.is_none() {
        tell("no corpus of real templates here (ARMGUARD_CORPUS): nothing was tested");
    }
    folder
}

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

/// Prints a line.
pub(crate) fn tell(text: &str) {
    println!("{text}");
}
