//! Finds the corpus of real templates, which is no part of the project.

#![expect(clippy::print_stdout, reason = "tests tell what they ran over")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The folder named by `ARMGUARD_CORPUS`, or the default place.
fn folder() -> Option<PathBuf> {
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

/// Tells how fast `run` and `serde_json` go over the compiled templates of Azure Verified Modules, single thread.
pub(crate) fn measure(name: &str, run: impl Fn(&str)) {
    let Some(files) = json_files() else { return };
    let is_compiled = |path: &str| path.starts_with("avm/") && path.ends_with("/main.json");
    let texts: Vec<_> = files.into_iter().filter(|(path, _)| is_compiled(path)).map(|(_, text)| text).collect();
    let megabytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    tell(&format!("{} files, {megabytes:.1} MB", texts.len()));
    let speed = |run: &dyn Fn(&str)| {
        let time = || {
            let start = Instant::now();
            texts.iter().for_each(|text| run(text));
            start.elapsed()
        };
        megabytes / (0..7).map(|_| time()).min().unwrap_or(Duration::MAX).as_secs_f64()
    };
    let serde = speed(&|text| drop(black_box(serde_json::from_str::<serde_json::Value>(text))));
    let ours = speed(&run);
    tell(&format!("{name}: {ours:.0} MB/s, serde_json to Value: {serde:.0} MB/s, ratio {:.2}", ours / serde));
}
