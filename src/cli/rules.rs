//! `armguard rules`, `armguard test`, and the rules of the user.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use walkdir::WalkDir;

use crate::autofix::ChangedFile;
use crate::config::Config;
use crate::discover::{self, Disk, Guarded, PathError, Reach};
use crate::examples::{self, ExampleVerdict};
use crate::lint::{self, Options};
use crate::report::write_json;
use crate::rules::load::{MOST_BYTES, MOST_FILES, load};
use crate::rules::{Rule, RuleStore};
use crate::source::{FileSystem, HashSet, MOST_PROBLEMS, ReadError, Refusal, path_named};

use super::args::{ListFormat, OwnRulesArgs, ReadArgs, RulesArgs};
use super::output::OutputSink;
use super::worker::Worker;
use super::{CommandError, RunVerdict, configuration, files};

/// Files and folders that are looked at for rule files at most.
const MOST_ENTRIES: usize = 100_000;

/// Version of what `armguard rules --format json` writes.
const VERSION: u32 = 1;

/// The rules of this build and those that `args` and `configs` name. What a configuration names is read as far as
/// `guarded` permits it.
///
/// # Errors
/// When a folder cannot be read, or a rule file is wrong.
pub(super) fn read(args: &OwnRulesArgs, configs: &[Config], guarded: &Guarded) -> Result<Arc<RuleStore>, CommandError> {
    let mut files = Vec::new();
    for folder in &args.rules {
        files.extend(rule_files(&Disk, folder)?);
    }
    for config in configs {
        for (folder, range) in &config.rules.paths {
            let failed = |error: String| configuration::failure(config, vec![(*range, error)]);
            let refused = |refusal: Refusal| failed(format!("`{folder}` {refusal}"));
            let path = path_named(config.folder(), folder).map_err(refused)?;
            if let Some(refusal) = guarded.refusal(&path) {
                return Err(refused(refusal.of_folder(&path)));
            }
            files.extend(rule_files(guarded, &path).map_err(|error| failed(error.to_string()))?);
        }
    }
    // A folder may be named twice.
    let mut seen = HashSet::default();
    files.retain(|(path, _)| seen.insert(path.clone()));
    match files.is_empty() {
        true => Ok(Arc::clone(RuleStore::try_built_in().map_err(|error| CommandError::Internal(error.to_owned()))?)),
        false => with_files(&files),
    }
}

/// The rules of this build, those that `args` name, and those of the configuration that applies to the working folder.
///
/// # Errors
/// When a folder cannot be read, or a configuration or rule file is wrong.
pub(super) fn here(args: &OwnRulesArgs, reading: &ReadArgs, sandboxed: bool) -> Result<Arc<RuleStore>, CommandError> {
    let choice = configuration::choice_here();
    let reach = reading.reach(Vec::new(), choice.file.iter().cloned().collect(), None);
    let worker = Worker::new(&args.within(reach), sandboxed)?;
    worker.run(|_| {
        let config = discover::configuration(Path::new("."), &choice, &worker.files)?;
        read(args, config.as_slice(), &worker.files)
    })
}

/// Compiles what the user's own ones of the `rules` that run need. Others cost nothing.
///
/// # Errors
/// When a regular expression takes too much memory.
pub(super) fn prepare(rules: &RuleStore, options: &Options, configs: &[Config]) -> Result<(), CommandError> {
    let known = RuleStore::try_built_in().map_err(|error| CommandError::Internal(error.to_owned()))?;
    let own = lint::selected(rules, options, configs).into_iter().filter(|rule| known.get(&rule.id).is_none());
    let wrong = own.filter_map(|rule| Some(format!("{}/{}.md: {}", rule.area, rule.id, rule.compile().err()?)));
    let wrong: Vec<String> = wrong.take(MOST_PROBLEMS).collect();
    if wrong.is_empty() { Ok(()) } else { Err(CommandError::Rules(wrong)) }
}

fn with_files(files: &[(String, String)]) -> Result<Arc<RuleStore>, CommandError> {
    let rules = load(RuleStore::try_built_in().map_err(|error| CommandError::Internal(error.to_owned()))?, files);
    rules.map(Arc::new).map_err(|errors| {
        let mut messages: Vec<String> = errors.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect();
        let more = errors.len() - messages.len();
        messages.extend((more > 0).then(|| format!("and {more} more errors in rule files")));
        CommandError::Rules(messages)
    })
}

/// The Markdown files below `folder` with their texts, but for those called `README.md`.
fn rule_files(files: &dyn FileSystem, folder: &Path) -> Result<Vec<(String, String)>, CommandError> {
    let failure = |path: &Path, reason| CommandError::Path(PathError { path: path.to_owned(), reason });
    let mut found = Vec::new();
    let entries =
        WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| entry.file_name() != ".git");
    for (at, entry) in entries.enumerate() {
        // A configuration may name any folder, the root of the disk as well.
        if at >= MOST_ENTRIES {
            let message = format!("`{}` has more than {MOST_ENTRIES} files and folders", folder.display());
            return Err(CommandError::Usage(message));
        }
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            failure(&path, error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into()))
        })?;
        let path = entry.path();
        let is_rule = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
            && !path.file_stem().is_some_and(|stem| stem.eq_ignore_ascii_case("README"));
        if !entry.file_type().is_file() || !is_rule {
            continue;
        }
        if found.len() >= MOST_FILES {
            let message = format!("`{}` has more than {MOST_FILES} rule files", folder.display());
            return Err(CommandError::Usage(message));
        }
        let shown = path.display();
        let text = files.read(path, MOST_BYTES as u64).map_err(|error| match error {
            ReadError::TooLarge { size, .. } => CommandError::Rules(vec![format!(
                "{shown}:1:1: a rule file of {size} bytes; at most {MOST_BYTES} are read"
            )]),
            error => CommandError::Usage(format!("`{shown}` {error}")),
        })?;
        found.push((shown.to_string(), text));
    }
    match found.is_empty() {
        true => Err(CommandError::Usage(format!("there is no rule file (`*.md`) below `{}`", folder.display()))),
        false => Ok(found),
    }
}

/// Lists the rules.
pub(super) fn list(args: &RulesArgs, sandboxed: bool, out: &mut OutputSink) -> Result<(), CommandError> {
    let rules = here(&args.own, &args.reading, sandboxed)?;
    let rules = rules.rules();
    match args.format {
        ListFormat::Text => {
            let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
            out.text(|out| {
                for rule in rules {
                    writeln!(out, "{:<width$}  {:<6}  {:<8}  {}", rule.id, rule.severity, rule.set.name(), rule.title)?;
                }
                Ok(())
            })?;
        }
        ListFormat::Json => {
            let rules: Vec<serde_json::Value> = rules.iter().map(|rule| shape(rule)).collect();
            let list = json!({ "version": VERSION, "rules": rules });
            write_json(&list, out)?;
        }
    }
    Ok(())
}

fn shape(rule: &Rule) -> serde_json::Value {
    json!({
        "id": &*rule.id,
        "title": rule.title,
        "severity": rule.severity.name(),
        "set": rule.set.name(),
        "area": rule.area,
        "resourceTypes": rule.resources.iter().map(|(ty, _)| &**ty).collect::<Vec<_>>(),
        "group": rule.group.as_deref(),
        "controls": rule.controls,
        "links": rule.links,
    })
}

/// Runs the examples of the rules in `folder`, and reports those with another result than expected.
pub(super) fn test(
    folder: &Path,
    bless: bool,
    sandboxed: bool,
    out: &mut OutputSink,
) -> Result<RunVerdict, CommandError> {
    let own = OwnRulesArgs { rules: vec![folder.to_owned()] };
    let worker = Worker::new(&own.within(Reach::default()), sandboxed)?;
    let examples = worker.run(|_| run_examples(folder, bless))?;
    out.text(|out| Ok(out.write_all(&examples.text)?))?;
    if !examples.blessed.is_empty() {
        files::check_folder(folder).map_err(|error| CommandError::File(folder.to_owned(), error))?;
    }
    if let Some((path, skipped)) = files::write(&examples.blessed, &[folder.to_owned()])?.into_iter().next() {
        return Err(CommandError::File(path, std::io::Error::other(skipped)));
    }
    Ok(examples.verdict)
}

/// How the examples of some rules went.
struct Examples {
    /// For people, a line or a block an example.
    text: Vec<u8>,
    /// The pages, with the results of the run in place of the expected ones.
    blessed: Vec<ChangedFile>,
    verdict: RunVerdict,
}

fn run_examples(folder: &Path, bless: bool) -> Result<Examples, CommandError> {
    let files = rule_files(&Disk, folder)?;
    let rules = with_files(&files)?;
    let (mut run, mut failed) = (0, 0);
    let (mut out, mut rewritten) = (Vec::new(), Vec::new());
    for (path, text) in &files {
        let id = PathBuf::from(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(rule) = rules.get(&id) else { continue };
        let mut blessed = Vec::new();
        for (example, kept) in examples::check_all(&rules, rule) {
            run += 1;
            let title = format!("{path}:{}: {}", rule.page_offset + example.line, example.kind.name());
            match kept {
                ExampleVerdict::Yes => writeln!(out, "ok      {title}")?,
                ExampleVerdict::OtherText(lines, text) if bless => {
                    writeln!(out, "blessed {title}")?;
                    blessed.push((lines, text));
                }
                ExampleVerdict::OtherText(_, text) => {
                    failed += 1;
                    let expected = example.expected.as_ref().map_or("", |expected| &expected.text);
                    writeln!(
                        out,
                        "FAILED  {title}: the page says\n{}but the run prints\n{}",
                        indented(expected),
                        indented(&text)
                    )?;
                }
                ExampleVerdict::No(text) => {
                    failed += 1;
                    writeln!(out, "FAILED  {title}: the run says\n{}", indented(&text))?;
                }
            }
        }
        if !blessed.is_empty() {
            let after = examples::rewritten(text, rule.page_offset, blessed);
            rewritten.push(ChangedFile {
                path: path.into(),
                before: text.as_str().into(),
                after: after.into(),
                secrets: Default::default(),
            });
        }
    }
    writeln!(out, "\n{run} examples, {failed} failed")?;
    let verdict = if failed == 0 { RunVerdict::Clean } else { RunVerdict::Failed };
    Ok(Examples { text: out, blessed: rewritten, verdict })
}

fn indented(text: &str) -> String {
    text.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}
