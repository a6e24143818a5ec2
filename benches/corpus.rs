//! Speed and memory over real templates, as ratios to `serde_json` in the same run.
//!
//! `cargo bench` reads the corpus named by `ARMGUARD_CORPUS` (default `~/.cache/armguard/corpus`) and
//! prints a table. *Floor* is what `serde_json` needs to parse the compiled templates to `Value`, in
//! MB/s; a row's *ratio* is its own MB/s divided by that.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use armguard::discover::Disk;
use armguard::expand::{Request, expand};
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::source::{FileId, MemoryFiles};
use armguard::{bicep, json, template};

/// Rounds of each measurement; the best counts.
const ROUNDS: usize = 5;

fn main() {
    let Some(folder) = folder() else {
        println!("no corpus of real templates here (ARMGUARD_CORPUS): nothing was measured");
        return;
    };
    if std::env::args().any(|arg| arg == LINT_MODULES) {
        return lint_modules(&folder);
    }
    let all: Vec<(PathBuf, String)> = walkdir::WalkDir::new(&folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry.path().to_owned(), std::fs::read_to_string(entry.path()).ok()?)))
        .collect();
    let avm = |extension: &str| -> Vec<&str> {
        let inside = all.iter().filter(|(path, _)| path.starts_with(folder.join("avm")));
        let of_kind = inside.filter(|(path, _)| path.to_string_lossy().ends_with(extension));
        of_kind.map(|(_, text)| text.as_str()).collect()
    };
    let (compiled, sources) = (avm("/main.json"), avm(".bicep"));

    let floor = speed(&compiled, |text| drop(black_box(serde_json::from_str::<serde_json::Value>(text))));
    println!("{:<44} {:>7} {:>8} {:>9} {:>6}", "", "files", "MB", "MB/s", "ratio");
    let row = |name: &str, texts: &[&str], found: f64| {
        let megabytes = megabytes(texts);
        println!("{name:<44} {:>7} {megabytes:>8.1} {found:>9.0} {:>6.2}", texts.len(), found / floor);
    };
    row("serde_json to Value (the floor)", &compiled, floor);
    row("json::parse", &compiled, speed(&compiled, |text| drop(black_box(json::parse(text)))));
    row(
        "json::parse and lower_arm",
        &compiled,
        speed(&compiled, |text| {
            drop(black_box(template::lower_arm(FileId(0), &json::parse(text))));
        }),
    );
    row(
        "bicep::parse",
        &sources,
        speed(&sources, |text| {
            drop(black_box(bicep::parse(text, bicep::FileKind::Bicep)));
        }),
    );
    row(
        "bicep::parse and lower_bicep",
        &sources,
        speed(&sources, |text| {
            let parsed = bicep::parse(text, bicep::FileKind::Bicep);
            drop(black_box(template::lower_bicep(FileId(0), text, &parsed)));
        }),
    );
    second_opinion(&sources, &row);
    row(
        "expand, compiled templates",
        &compiled,
        speed(&compiled, |text| {
            let request =
                Request { file: "main.json".into(), text: Some(text.to_owned()), threads: 1, ..Request::default() };
            drop(black_box(expand(&MemoryFiles::default(), &request)));
        }),
    );

    let whole: Vec<&(PathBuf, String)> = all.iter().filter(|(path, _)| is_input(path)).collect();
    let texts: Vec<&str> = whole.iter().map(|(_, text)| text.as_str()).collect();
    let time = best(|| {
        let paths = whole.iter().map(|(path, _)| Found { path: path.clone(), named: false }).collect();
        drop(black_box(lint(&Disk, Inputs { paths, stdin: None, ..Inputs::default() }, &Options::default())));
    });
    row("lint, all contexts, all cores, from disk", &texts, megabytes(&texts) / time.as_secs_f64());
    println!("lint takes {:.2} of the time that the floor would", time.as_secs_f64() / (megabytes(&texts) / floor));
    let registry = all.iter().filter(|(path, _)| path.starts_with(folder.join("registry")));
    let modules = all.iter().filter(|(path, _)| path.starts_with(folder.join("avm")) && is_input(path)).chain(registry);
    threads(modules.map(|(_, text)| text.len()).sum::<usize>() as f64 / 1e6 / floor);
}

/// Asks this program to lint the verified modules once, and to tell what it took.
const LINT_MODULES: &str = "lint-modules";

/// Lints the verified modules with the registry as module cache.
fn lint_modules(folder: &Path) {
    let walk = walkdir::WalkDir::new(folder.join("avm")).sort_by_file_name().into_iter().flatten();
    let paths: Vec<Found> = walk
        .map(walkdir::DirEntry::into_path)
        .filter(|path| is_input(path))
        .map(|path| Found { path, named: false })
        .collect();
    let inputs = Inputs { paths, module_cache: Some(folder.join("registry")), ..Inputs::default() };
    let start = Instant::now();
    let report = lint(&Disk, inputs, &Options::default());
    let time = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" not known").trim();
    println!("{time} {} files, {} clusters, peak memory {peak}", report.summary.files, report.summary.clusters);
}

/// Lints the verified modules in a process of its own, on one thread and on two; `floor` is the time in seconds that
/// the floor would take for their bytes and those of the registry.
fn threads(floor: f64) {
    let run = |threads: &str| -> Option<(f64, String)> {
        let mut command = std::process::Command::new(std::env::current_exe().ok()?);
        let output = command.arg(LINT_MODULES).env("RAYON_NUM_THREADS", threads).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (time, rest) = text.trim().split_once(' ')?;
        Some((time.parse().ok()?, rest.to_owned()))
    };
    let best = |threads: &str| (0..ROUNDS).filter_map(|_| run(threads)).min_by(|a, b| a.0.total_cmp(&b.0));
    let (Some((one, told)), Some((two, told_by_two))) = (best("1"), best("2")) else {
        println!("the verified modules could not be linted");
        return;
    };
    println!("lint avm with its registry, one thread: {:.0} ms, {:.2} of the floor; {told}", one * 1e3, one / floor);
    println!("on two threads: {:.0} ms, {:.2} times as fast; {told_by_two}", two * 1e3, one / two);
}

/// How `tree-sitter-bicep` fares on the files that it reads cleanly, and we on the same.
fn second_opinion(sources: &[&str], row: &dyn Fn(&str, &[&str], f64)) {
    let mut parser = tree_sitter::Parser::new();
    if parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).is_err() {
        println!("tree-sitter-bicep does not fit this tree-sitter");
        return;
    }
    let mut clean = Vec::new();
    let mut time = Duration::ZERO;
    for text in sources {
        let start = Instant::now();
        let tree = parser.parse(text, None);
        if tree.is_some_and(|tree| !tree.root_node().has_error()) {
            time += start.elapsed();
            clean.push(*text);
        }
    }
    row("tree-sitter-bicep, files that it reads", &clean, megabytes(&clean) / time.as_secs_f64());
    let ours = speed(&clean, |text| drop(black_box(bicep::parse(text, bicep::FileKind::Bicep))));
    row("bicep::parse, the same files", &clean, ours);
}

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let default = || std::env::home_dir().map(|home| home.join(".cache/armguard/corpus"));
    named.or_else(default).filter(|folder| folder.is_dir())
}

fn is_input(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "bicep" || extension == "bicepparam" || extension == "json")
}

fn megabytes(texts: &[&str]) -> f64 {
    texts.iter().map(|text| text.len()).sum::<usize>() as f64 / 1e6
}

fn best(run: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS).map(|_| time()).min().unwrap_or(Duration::MAX)
}

/// MB/s of `run` over all `texts`, one thread.
fn speed(texts: &[&str], run: impl Fn(&str)) -> f64 {
    megabytes(texts) / best(|| texts.iter().for_each(|text| run(text))).as_secs_f64()
}
