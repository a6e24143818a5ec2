//! Checks the rule files below `rules/` and embeds them as one compact JSON text.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rulefile::{FrontMatter, RuleError, RuleFile, conflicts, yaml};
use serde_json::{Value, json};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=rules");
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for path in rule_files(Path::new("rules"))? {
        let text = fs::read_to_string(&path)?;
        let path = path.to_string_lossy().replace('\\', "/");
        match RuleFile::parse(&path, &text) {
            Ok(rule) => rules.push((path, text, rule)),
            Err(found) => errors.extend(found),
        }
    }
    errors.extend(conflicts(rules.iter().map(|(path, _, rule)| (path.as_str(), rule))));
    if !errors.is_empty() {
        // Cargo shows an error of one line only: one `cargo::error` each.
        return Err(errors.iter().map(RuleError::to_string).collect::<Vec<_>>().join("\ncargo::error=").into());
    }
    let (mut embedded, mut pages) = (Vec::new(), String::new());
    for (_, text, rule) in &rules {
        let start = pages.len();
        pages.push_str(&rule.page);
        embedded.push(embed_rule(text, rule, (start, pages.len()))?);
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(out.join("rules.json"), serde_json::to_string(&embedded)?)?;
    fs::write(out.join("pages.md"), pages)?;
    Ok(())
}

/// All Markdown files below `folder`, in order.
fn rule_files(folder: &Path) -> Result<Vec<PathBuf>, walkdir::Error> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.map(walkdir::DirEntry::into_path));
    paths.filter(|path| path.as_ref().map_or(true, |path| path.extension().is_some_and(|e| e == "md"))).collect()
}

/// The rule as the library reads it: the front matter as it is written, so that nothing has to be
/// written back from the types that it is read into.
fn embed_rule(text: &str, rule: &RuleFile, page: (usize, usize)) -> Result<Value, Box<dyn Error>> {
    let front = text.lines().skip(1).take(rule.page_offset - 2).collect::<Vec<_>>().join("\n");
    let front: Value = yaml::read(&front).map_err(|error| error.message)?;
    // YAML and JSON may disagree on a value: read what the library will read.
    serde_json::from_value::<FrontMatter>(front.clone())?;
    Ok(json!({
        "id": &*rule.id,
        "title": rule.title,
        "area": rule.area,
        "front": front,
        "page": page,
        "page_offset": rule.page_offset,
    }))
}
