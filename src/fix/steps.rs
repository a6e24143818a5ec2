//! Steps of a fix, in terms of places, and the edits that they come to in the language of each file.

use std::collections::BTreeMap;

use crate::bicep;
use crate::json::{self, Strings, Value};
use crate::patch::{Change, NewParam, NewValue};
use crate::project::Project;
use crate::source::{Edit, FileId, SourceFile, Span, TextRange};
use crate::template::{JsonFileKind, sniff_json};

/// One thing to do.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Puts a value in the place of a literal.
    Replace { at: Span, value: NewValue },
    /// Changes an object literal.
    Change { object: Span, change: Change },
    /// Puts text in the place of other text.
    Text { at: Span, text: String },
    /// Declares a string parameter in the template that is the whole file.
    Declare { file: FileId, name: String, description: String },
}

impl Step {
    fn file(&self) -> FileId {
        match self {
            Self::Replace { at, .. } | Self::Text { at, .. } => at.file,
            Self::Change { object, .. } => object.file,
            Self::Declare { file, .. } => *file,
        }
    }
}

/// The edits that `steps` come to; `None` when one of them would be a guess, or lies in a file that is not the
/// project's to change.
pub(super) fn edits(project: &Project, steps: &[Step]) -> Option<Vec<(FileId, Edit)>> {
    let mut by_file: BTreeMap<FileId, Vec<&Step>> = BTreeMap::new();
    for step in steps {
        by_file.entry(step.file()).or_default().push(step);
    }
    let mut all = Vec::new();
    for (file, steps) in by_file {
        if project.is_cached(file) || project.is_typed(file) {
            return None;
        }
        let source = project.sources.get(file);
        let edits = match source.path().extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "bicep" => in_bicep(source, bicep::FileKind::Bicep, &steps)?,
            "bicepparam" => in_bicep(source, bicep::FileKind::Params, &steps)?,
            "json" | "jsonc" => in_json(source, &steps)?,
            _ => return None,
        };
        all.extend(edits.into_iter().map(|edit| (file, edit)));
    }
    (!all.is_empty()).then_some(all)
}

/// The changes of `steps` by object, those of the same object as one.
fn changes(steps: &[&Step]) -> BTreeMap<TextRange, Change> {
    let mut changes: BTreeMap<TextRange, Change> = BTreeMap::new();
    for step in steps {
        if let Step::Change { object, change } = step {
            let change = match changes.remove(&object.range) {
                Some(known) => known.and(change.clone()),
                None => change.clone(),
            };
            changes.insert(object.range, change);
        }
    }
    changes
}

fn in_bicep(source: &SourceFile, kind: bicep::FileKind, steps: &[&Step]) -> Option<Vec<Edit>> {
    let parsed = bicep::parse(source.text(), kind);
    let tree = &parsed.tree;
    let patcher = bicep::Patcher::new(source.text(), tree);
    let mut edits = Vec::new();
    for step in steps {
        match step {
            Step::Replace { at: span, value } => edits.extend(patcher.replace(tree.expr_at(span.range)?, value)),
            Step::Text { at, text } => edits.push(Edit::replace(at.range, text.as_str())),
            Step::Declare { name, description, .. } => edits.push(patcher.declare(&param(name, description)).ok()?),
            Step::Change { .. } => {}
        }
    }
    for (object, change) in changes(steps) {
        edits.extend(patcher.change(tree.expr_at(object)?, &change).ok()?);
    }
    Some(edits)
}

fn in_json(source: &SourceFile, steps: &[&Step]) -> Option<Vec<Edit>> {
    let document = json::parse(source.text());
    let strings = match sniff_json(&document) {
        JsonFileKind::Parameters => Strings::Plain,
        JsonFileKind::Template | JsonFileKind::Other => Strings::Expressions,
    };
    let patcher = json::Patcher::new(&document, strings);
    let root = document.root()?;
    let mut edits = Vec::new();
    for step in steps {
        match step {
            Step::Replace { at, value } => edits.extend(patcher.replace(at_range(root, at.range)?, value)),
            Step::Text { at, text } => edits.push(Edit::replace(at.range, text.as_str())),
            Step::Declare { name, description, .. } => {
                edits.extend(patcher.declare(root, &param(name, description)).ok()?);
            }
            Step::Change { .. } => {}
        }
    }
    for (object, change) in changes(steps) {
        edits.extend(patcher.change(at_range(root, object)?, &change).ok()?);
    }
    Some(edits)
}

fn param<'a>(name: &'a str, description: &'a str) -> NewParam<'a> {
    NewParam { name, ty: "string", description, default: None }
}

/// The value that stands at just `range`.
fn at_range(root: Value<'_>, range: TextRange) -> Option<Value<'_>> {
    let mut at = root;
    while at.range() != range {
        let members = at.members().map(json::Member::value);
        at = members.chain(at.items()).find(|inner| inner.range().contains(range))?;
    }
    Some(at)
}
