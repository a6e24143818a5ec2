//! Words in every place where a project may have some, in every format: nothing that reads a report obeys them.

mod checks;
mod payloads;
mod projects;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;

use checks::{Checks, FORMATS};
use projects::{File, PROJECTS};

use super::program::{AMPLE, End, command, finish};

/// The words at a place start with this, so that it shows where they come out again.
fn tag(place: &str) -> String {
    let letters: String = place.chars().filter(char::is_ascii_alphabetic).collect();
    format!("zq{}qz", letters.to_lowercase())
}

/// `text` in the notation of its place.
fn written(notation: &str, text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let json = json.trim_matches('"').replace('\x7f', "\\u007f");
    match notation {
        "json" | "toml" => json,
        "bicep" => {
            let mut out = String::new();
            for character in text.chars() {
                match character {
                    '\\' | '\'' => out.extend(['\\', character]),
                    '$' => out.push_str("\\$"),
                    '\n' => out.push_str("\\n"),
                    c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
                    c => out.push(c),
                }
            }
            out
        }
        "file" => {
            let mut name: String = text.chars().filter(|c| !matches!(c, '/' | '\0')).collect();
            while name.len() > 150 {
                name.pop();
            }
            name
        }
        _ => text.to_owned(),
    }
}

/// `text` with `payload` in all of its places, whose names go to `places`.
fn filled(text: &str, payload: &str, places: &mut BTreeSet<String>) -> String {
    let place = Regex::new("«([^:»]+):([a-z]+)»").unwrap();
    let fill = |found: &regex::Captures<'_>| {
        places.insert(found[1].to_owned());
        format!("{}{}", tag(&found[1]), written(&found[2], payload))
    };
    let mut fill = fill;
    place.replace_all(text, |found: &regex::Captures<'_>| fill(found)).into_owned()
}

fn lay(root: &Path, files: &[File], payload: &str) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root.join(".git")).unwrap();
    for (path, text) in files {
        let path = root.join(filled(path, payload, &mut places));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, filled(text, payload, &mut places)).unwrap();
    }
    places
}

/// What the program prints of the project in `root`, by format.
fn reports(root: &Path, baseline: bool) -> BTreeMap<&'static str, Result<String, String>> {
    let mut command = command(root, AMPLE);
    command.args(["lint", "--show-undetermined", "--show-contexts", "--format", "terminal", "--color", "never"]);
    let out = root.join("out");
    fs::create_dir_all(&out).unwrap();
    for format in FORMATS.iter().filter(|format| !matches!(**format, "terminal" | "colour")) {
        command.arg("--format").arg(format!("{format}=out/{format}"));
    }
    let mut coloured = self::command(root, AMPLE);
    coloured.env_remove("NO_COLOR").args(["lint", "--show-undetermined", "--color", "always"]);
    if baseline {
        for command in [&mut command, &mut coloured] {
            command.args(["--baseline", "armguard-baseline.json"]);
        }
    }
    let (plain, coloured) = (finish(command, AMPLE, b""), finish(coloured, AMPLE, b""));
    let mut reports: BTreeMap<_, _> = [("terminal", plain), ("colour", coloured)]
        .map(|(format, run)| match run.end {
            End::Code(0..=2) => (format, Ok(run.printed())),
            end => (format, Err(format!("ended with {end:?}"))),
        })
        .into();
    for format in FORMATS {
        // Without a readable configuration there is no report.
        if let Ok(text) = fs::read_to_string(out.join(format)) {
            reports.insert(format, Ok(text));
        }
    }
    reports
}

#[test]
fn nothing_that_reads_a_report_obeys_it() {
    let payloads = payloads::all();
    let checks = Checks::new();
    let shown = Mutex::new(BTreeSet::new());
    let (asked, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let next = AtomicUsize::new(0);
    let jobs: Vec<_> =
        PROJECTS.iter().flat_map(|project| payloads.iter().map(move |payload| (project, payload))).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{}", std::process::id()));
    let places: BTreeSet<String> = PROJECTS.iter().flat_map(|(_, files)| lay(&folder.join("all"), files, "")).collect();
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let root = folder.join(worker.to_string());
            let (jobs, checks, shown, asked, faults, next) = (&jobs, &checks, &shown, &asked, &faults, &next);
            scope.spawn(move || {
                while let Some(((name, files), (aim, _, payload))) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let places = lay(&root, files, payload);
                    for (format, text) in reports(&root, *name == "baseline") {
                        let fault = |fault: String| {
                            faults.lock().unwrap().push(format!("{name}, {aim}, {format}: {:.300}", fault));
                        };
                        let text = match text {
                            Ok(text) => text,
                            Err(end) => {
                                fault(end);
                                continue;
                            }
                        };
                        asked.fetch_add(places.len(), Ordering::Relaxed);
                        let seen = places.iter().filter(|place| text.contains(&tag(place))).cloned();
                        shown.lock().unwrap().extend(seen);
                        if let Some(found) = checks.fault(format, &text) {
                            fault(found);
                        }
                        // What is huge in a project is not huge in each of its mentions.
                        if text.len() > 2_000_000 {
                            fault(format!("{} bytes", text.len()));
                        }
                    }
                }
            });
        }
    });
    let _ = fs::remove_dir_all(&folder);
    let (shown, faults) = (shown.into_inner().unwrap(), faults.into_inner().unwrap());
    let silent: Vec<_> = places.difference(&shown).collect();
    println!(
        "{} places, {} of them come out in some report, x {} payloads x {} formats: {} checks; never shown: {silent:?}",
        places.len(),
        shown.len(),
        payloads.len(),
        FORMATS.len(),
        asked.load(Ordering::Relaxed),
    );
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(places.len() >= 40 && payloads.len() >= 30, "{} places, {} payloads", places.len(), payloads.len());
    assert!(shown.len() >= 40, "only {} places come out: {shown:?}", shown.len());
    assert!(asked.into_inner() >= 12_000);
}

/// A writer that takes care of nothing is found out: the checks have power.
#[test]
fn a_careless_writer_is_found_out() {
    let family = |format: &str| match format {
        "terminal" | "colour" | "concise" => "log",
        "gitlab" => "json",
        "junit" => "xml",
        "json" => "json",
        "sarif" => "sarif",
        "github" => "github",
        "azure" => "azure",
        _ => "markdown",
    };
    let checks = Checks::new();
    let (mut found, mut asked, mut missed) = (0, 0, Vec::new());
    for format in FORMATS {
        for (aim, _, payload) in payloads::all().iter().filter(|(_, harms, _)| harms.contains(family(format))) {
            asked += 1;
            match checks.fault(format, &checks::careless(format, payload)) {
                Some(_) => found += 1,
                None => missed.push(format!("{format}: {aim}")),
            }
        }
    }
    println!("{found} of {asked} careless reports are found; missed: {missed:?}");
    assert!(asked >= 100 && found * 100 >= asked * 95, "{found} of {asked}; missed: {missed:?}");
}
