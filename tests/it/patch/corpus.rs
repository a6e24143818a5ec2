//! What holds of a change of any template: ours under `testdata`, and the real ones of the corpus where it is there.

use crate::support::corpus::folder as corpus;
use crate::support::dump;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use armguard::bicep::{self, FileKind, StatementKind};
use armguard::json::{self, Strings};
use armguard::patch::{Change, PatchReason, PatchRefusal};
use armguard::source::{Edit, FileId, Problem, TextRange, apply_edits, inverse_edits};
use armguard::template::{self, DeploymentSource, ExprId, ExprKind, JsonFileKind, MemberKey, Resource, Template};
use serde_json::{Map, Value};

/// What is set in every resource.
const PATH: [&str; 5] = ["properties", "securityProfile", "defender", "securityMonitoring", "enabled"];

/// Members without which the declaration is another one.
const LIFTED: [&str; 5] = ["type", "apiVersion", "copy", "resources", "existing"];

/// In a file, as many resources are changed as have together so much text around them, but one at least; and of larger
/// files every eighth.
const BYTES: usize = 64 * 1024;

/// What was done, for the figures.
#[derive(Default)]
struct Census {
    files: usize,
    changed: usize,
    unchanged: usize,
    removed: usize,
    refused: BTreeMap<PatchReason, usize>,
    time: Duration,
    longest: (Duration, usize),
}

impl Census {
    fn tell(&self, what: &str) {
        let Self { files, changed, unchanged, removed, refused, time, longest } = self;
        let all = changed + unchanged + refused.values().sum::<usize>();
        let mean = *time / all.max(1) as u32;
        let (longest, bytes) = longest;
        corpus::tell(&format!(
            "{what}: {files} files, {all} resources: {changed} changed, {unchanged} as wanted, refused {refused:?}; \
             {mean:?} each, at most {longest:?} (in {bytes} bytes); from {removed} a member removed"
        ));
    }
}

/// A file of either language.
#[derive(Clone, Copy)]
enum Language {
    Bicep,
    Arm,
}

/// What a file declares, and its problems.
fn lower(language: Language, text: &str) -> (Template, Vec<Problem>) {
    match language {
        Language::Bicep => {
            let parsed = bicep::parse(text, FileKind::Bicep);
            (template::lower_bicep(FileId(0), text, &parsed), parsed.problems)
        }
        Language::Arm => {
            let document = json::parse(text);
            let template = template::lower_arm(FileId(0), &document);
            let problems = document.problems().iter().chain(&template.problems).cloned().collect();
            (template, problems)
        }
    }
}

/// The resources of a template and of those in it, each with the template to which it belongs.
fn resources(template: &Template) -> Vec<(&Template, &Resource)> {
    let mut found = Vec::new();
    for resource in &template.resources {
        found.push((template, resource));
        if let Some(DeploymentSource::Inline(inner)) = resource.deployment.as_ref().map(|inner| &inner.source) {
            found.extend(resources(inner));
        }
    }
    found
}

/// An expression as a value that does not depend on the order of members; what is no object is text.
fn plain(template: &Template, id: ExprId) -> Value {
    let ExprKind::Object { members, .. } = &template.expr(id).kind else {
        return Value::String(dump::expr(template, id));
    };
    let members = members.iter().enumerate().map(|(at, member)| match &member.key {
        MemberKey::Name(name) => (name.to_string(), plain(template, member.value)),
        _ => (format!("<{at}>"), plain(template, member.value)),
    });
    Value::Object(members.collect())
}

/// `value` with `true` at `path`.
fn with_path(value: &Value, path: &[&str]) -> Value {
    let Some((first, rest)) = path.split_first() else { return Value::String("true".into()) };
    let mut members = value.as_object().cloned().unwrap_or_default();
    let known = members.keys().find(|key| key.eq_ignore_ascii_case(first)).cloned();
    let key = known.unwrap_or_else(|| (*first).to_owned());
    let inner = with_path(members.get(&key).unwrap_or(&Value::Object(Map::new())), rest);
    members.insert(key, inner);
    Value::Object(members)
}

/// What is done to a resource.
enum Operation<'a> {
    Change(Change),
    Remove(&'a str),
}

/// The edits that do `operation` to the resource whose body stands at `body`, and how long making them took.
fn edit(
    language: Language,
    text: &str,
    body: TextRange,
    operation: &Operation<'_>,
) -> (Result<Vec<Edit>, PatchRefusal>, Duration) {
    match language {
        Language::Bicep => {
            let tree = bicep::parse(text, FileKind::Bicep).tree;
            let mut bodies = tree.statements.iter().filter_map(|statement| match statement.kind {
                StatementKind::Resource { body, .. } => Some(body),
                _ => None,
            });
            // Of resources in each other, the innermost comes first in the tree.
            let id = bodies.find(|id| tree.expr(*id).range.contains(body)).unwrap();
            let patcher = bicep::Patcher::new(text, &tree);
            timed(|| match operation {
                Operation::Change(change) => patcher.change(id, change),
                Operation::Remove(key) => patcher.remove(id, &[key]),
            })
        }
        Language::Arm => {
            let document = json::parse(text);
            let mut value = document.root().unwrap();
            while value.range() != body {
                let mut inside = value.members().map(json::Member::value).chain(value.items());
                value = inside.find(|inner| inner.range().contains(body)).unwrap();
            }
            let patcher = json::Patcher::new(&document, Strings::Expressions);
            timed(|| match operation {
                Operation::Change(change) => patcher.change(value, change),
                Operation::Remove(key) => patcher.remove(value, &[key]),
            })
        }
    }
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = run();
    (result, start.elapsed())
}

/// Everything that is not edited stands in the new text as before.
fn check_rest(text: &str, edits: &[Edit], after: &str) {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort();
    let (mut old, mut new) = (0, 0);
    for Edit { range, new_text } in sorted {
        let kept = &text[old..range.start as usize];
        assert_eq!(&after[new..new + kept.len()], kept);
        old = range.end as usize;
        new += kept.len() + new_text.len();
    }
    assert_eq!(&after[new..], &text[old..]);
}

/// The one line in which `after` differs from `before`, which may be a new one.
fn different_line<'t>(before: &str, after: &'t str) -> &'t str {
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
    let (old, new) = (&before[same..], &after[same..]);
    assert!(new.len() == old.len() || new.len() == old.len() + 1, "{old:?}\n{new:?}");
    let rest = &old[usize::from(new.len() == old.len())..];
    assert_eq!(rest, &new[1..]);
    new[0]
}

/// Applies edits, and checks that only they make the difference, that they can be undone, that newlines stay of their
/// kind, and that there is no new problem. Gives what the new text declares.
fn applied(language: Language, text: &str, edits: &[Edit], problems: &[Problem]) -> (String, Template) {
    let after = apply_edits(text, edits).unwrap();
    check_rest(text, edits, &after);
    let undo = inverse_edits(text, edits).unwrap();
    assert!(apply_edits(&after, &undo).as_deref() == Ok(text));
    let lone = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
    assert!(lone(text) > 0 || lone(&after) == 0 || !text.contains('\n'), "other newlines");
    let (template, new_problems) = lower(language, &after);
    let mut known: Vec<_> = problems.iter().map(|problem| &problem.message).collect();
    for problem in &new_problems {
        let at = known.iter().position(|message| **message == problem.message);
        known.swap_remove(at.unwrap_or_else(|| panic!("new problem: {} in\n{after}", problem.message)));
    }
    (after, template)
}

/// Changes resource number `at` of a file.
fn check_change(language: Language, text: &str, at: usize, census: &mut Census) {
    let (before, problems) = lower(language, text);
    let (own, resource) = resources(&before)[at];
    let operation = Operation::Change(Change::set(&PATH, true));
    let (edits, time) = edit(language, text, own.expr(resource.body).range, &operation);
    census.time += time;
    census.longest = census.longest.max((time, text.len()));
    let edits = match edits {
        Ok(edits) if edits.is_empty() => return census.unchanged += 1,
        Ok(edits) => edits,
        Err(refusal) => {
            assert!(text.get(refusal.range.start as usize..refusal.range.end as usize).is_some());
            return *census.refused.entry(refusal.reason).or_default() += 1;
        }
    };
    census.changed += 1;
    let (after, template) = applied(language, text, &edits, &problems);
    let (new_own, new_resource) = resources(&template)[at];
    assert_eq!(plain(new_own, new_resource.body), with_path(&plain(own, resource.body), &PATH));
    let (old_dump, new_dump) = (declarations(&before), declarations(&template));
    let line = different_line(&old_dump, &new_dump);
    assert!(line.to_ascii_lowercase().contains("enabled: true"), "{line}");
    let again = edit(language, &after, new_own.expr(new_resource.body).range, &operation).0;
    assert_eq!(again, Ok(Vec::new()));
}

/// All that a template declares, without how often its parameters are used: a value that is replaced may use one.
fn declarations(template: &Template) -> String {
    let dump = dump::dump(template);
    let lines = dump.lines().map(|line| match line.rsplit_once(" used ") {
        Some((declaration, uses)) if uses.bytes().all(|byte| byte.is_ascii_digit()) => declaration,
        _ => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// Removes one member of resource number `at` of a file.
fn check_removal(language: Language, text: &str, at: usize, census: &mut Census) {
    let (before, problems) = lower(language, text);
    let (own, resource) = resources(&before)[at];
    let Value::Object(mut members) = plain(own, resource.body) else { return };
    let Some(key) = members.keys().nth((at + text.len()) % members.len().max(1)).cloned() else { return };
    if LIFTED.iter().any(|lifted| key.eq_ignore_ascii_case(lifted)) {
        return;
    }
    let (edits, _) = edit(language, text, own.expr(resource.body).range, &Operation::Remove(&key));
    let Ok(edits) = edits else { return };
    census.removed += 1;
    let (_, template) = applied(language, text, &edits, &problems);
    let (new_own, new_resource) = resources(&template)[at];
    members.remove(&key);
    assert_eq!(plain(new_own, new_resource.body), Value::Object(members), "without {key}");
}

/// The same text in other layouts.
fn layouts(language: Language, text: &str) -> Vec<String> {
    let lines = text.replace("\r\n", "\n");
    let mut layouts = vec![lines.replace('\n', "\r\n"), lines.replace("  ", "\t"), format!("\u{feff}{text}")];
    if let (Language::Arm, Ok(value)) = (language, serde_json::from_str::<Value>(text)) {
        layouts.push(value.to_string());
        layouts.push(value.to_string().replace(",\"", "\n, \"").replace(":[", ": ["));
        layouts.push(lines.replace("\n", " "));
        layouts.push(lines.replace("\n}", ",\n}").replace(",\n", ", // c\n"));
    }
    layouts
}

/// Changes the resources of a file, if it is a template, some of them if it is large.
fn check_file(path: &Path, census: &mut Census, in_all_layouts: bool) {
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let language = match path.extension().and_then(|extension| extension.to_str()) {
        Some("bicep") => Language::Bicep,
        Some("json" | "jsonc") if template::sniff_json(&json::parse(&text)) == JsonFileKind::Template => Language::Arm,
        _ => return,
    };
    census.files += 1;
    if text.len() > BYTES && !census.files.is_multiple_of(8) {
        return;
    }
    let other_layouts = if in_all_layouts { layouts(language, &text) } else { Vec::new() };
    for text in other_layouts.iter().chain([&text]) {
        let check = std::panic::AssertUnwindSafe(|| check_text(language, text, census));
        assert!(std::panic::catch_unwind(check).is_ok(), "in {}:\n{text}", path.display());
    }
}

fn check_text(language: Language, text: &str, census: &mut Census) {
    let (template, _) = lower(language, text);
    let all = resources(&template);
    let is_target = |(own, resource): (&Template, &Resource)| {
        matches!(own.expr(resource.body).kind, ExprKind::Object { .. }) && resource.deployment.is_none()
    };
    let targets: Vec<_> = (0..all.len()).filter(|at| is_target(all[*at])).collect();
    let number = (BYTES / text.len().max(1)).clamp(1, targets.len().max(1));
    // Large files have their turn at different places.
    let step = targets.len().div_ceil(number).max(1);
    for at in targets.iter().skip(census.files % step).step_by(step) {
        check_change(language, text, *at, census);
        check_removal(language, text, *at, census);
    }
}

/// Checks the files in `folder` and tells what was found there; gives the number of changes.
fn check_folder(folder: &Path, what: &str, in_all_layouts: bool) -> usize {
    let (mut bicep, mut arm) = (Census::default(), Census::default());
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
        let is_bicep = entry.path().extension().is_some_and(|extension| extension == "bicep");
        check_file(entry.path(), if is_bicep { &mut bicep } else { &mut arm }, in_all_layouts);
    }
    bicep.tell(&format!("{what}, Bicep"));
    arm.tell(&format!("{what}, ARM"));
    bicep.changed + arm.changed
}

#[test]
fn our_templates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    assert!(check_folder(&folder, "testdata", true) > 500, "the templates are found");
}

#[test]
fn real_templates() {
    let Some(folder) = corpus::folder() else { return };
    assert!(check_folder(&folder, "corpus", false) > 0, "the templates are found");
}
