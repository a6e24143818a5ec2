//! Steps of a fix, in terms of places, and the edits that they come to in the language of each file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bicep;
use crate::json::{self, Strings, Value};
use crate::patch::{Change, NewParam, NewValue};
use crate::project::Project;
use crate::source::{Edit, FileId, IdMap, SourceFile, Span, TextRange};
use crate::template::{JsonFileKind, sniff_json};

/// One thing to do.
#[derive(Debug, Clone)]
pub(super) enum FixStep {
    /// Puts a value in the place of a literal.
    Replace { at: Span, value: NewValue },
    /// Changes an object literal.
    Change { object: Span, change: Change },
    /// Puts text in the place of other text.
    Text { at: Span, text: String },
    /// Declares a string parameter in the template that is the whole file.
    Declare { file: FileId, name: String, description: String },
}

impl FixStep {
    fn file(&self) -> FileId {
        match self {
            Self::Replace { at, .. } | Self::Text { at, .. } => at.file,
            Self::Change { object, .. } => object.file,
            Self::Declare { file, .. } => *file,
        }
    }
}

/// The parsed files in which fixes go, each read once.
#[derive(Debug)]
pub(super) struct Files<'p> {
    project: &'p Project,
    parsed: RefCell<IdMap<FileId, Option<Rc<ParsedFile<'p>>>>>,
}

/// A file as its language has it.
#[derive(Debug)]
enum ParsedFile<'p> {
    Bicep {
        text: &'p str,
        parsed: bicep::Parsed,
        /// Expressions in the order of their places; of those at the same place, that comes first which was read first.
        exprs: Vec<bicep::ExprId>,
    },
    Json {
        document: json::Document<'p>,
        strings: Strings,
    },
}

impl<'p> Files<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        Self { project, parsed: RefCell::default() }
    }

    /// The edits that `steps` come to; `None` when one of them would be a guess, or lies in a file that is not the
    /// project's to change.
    pub(super) fn edits(&self, steps: &[FixStep]) -> Option<Vec<(FileId, Edit)>> {
        let mut by_file: BTreeMap<FileId, Vec<&FixStep>> = BTreeMap::new();
        for step in steps {
            by_file.entry(step.file()).or_default().push(step);
        }
        let mut all = Vec::new();
        for (file, steps) in by_file {
            if self.project.is_cached(file) || self.project.is_typed(file) {
                return None;
            }
            let edits = match &*self.parsed(file)? {
                ParsedFile::Bicep { text, parsed, exprs } => in_bicep(text, parsed, exprs, &steps)?,
                ParsedFile::Json { document, strings } => in_json(document, *strings, &steps)?,
            };
            all.extend(edits.into_iter().map(|edit| (file, edit)));
        }
        (!all.is_empty()).then_some(all)
    }

    fn parsed(&self, file: FileId) -> Option<Rc<ParsedFile<'p>>> {
        let mut parsed = self.parsed.borrow_mut();
        parsed.entry(file).or_insert_with(|| parse(self.project.sources.get(file)).map(Rc::new)).clone()
    }
}

fn parse(source: &SourceFile) -> Option<ParsedFile<'_>> {
    let text = source.text();
    let kind = match source.path().extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "bicep" => bicep::FileKind::Bicep,
        "bicepparam" => bicep::FileKind::Params,
        "json" | "jsonc" => {
            let document = json::parse(text);
            let strings = match sniff_json(&document) {
                JsonFileKind::Parameters => Strings::Plain,
                JsonFileKind::Template | JsonFileKind::Other => Strings::Expressions,
            };
            return Some(ParsedFile::Json { document, strings });
        }
        _ => return None,
    };
    let parsed = bicep::parse(text, kind);
    let mut exprs: Vec<bicep::ExprId> = (0..parsed.tree.exprs.len() as u32).map(bicep::ExprId).collect();
    exprs.sort_unstable_by_key(|id| (parsed.tree.expr(*id).range, id.0));
    Some(ParsedFile::Bicep { text, parsed, exprs })
}

/// The changes of `steps` by object, those of the same object as one.
fn changes(steps: &[&FixStep]) -> BTreeMap<TextRange, Change> {
    let mut changes: BTreeMap<TextRange, Change> = BTreeMap::new();
    for step in steps {
        if let FixStep::Change { object, change } = step {
            let change = match changes.remove(&object.range) {
                Some(known) => known.and(change.clone()),
                None => change.clone(),
            };
            changes.insert(object.range, change);
        }
    }
    changes
}

fn in_bicep(text: &str, parsed: &bicep::Parsed, exprs: &[bicep::ExprId], steps: &[&FixStep]) -> Option<Vec<Edit>> {
    let patcher = bicep::Patcher::new(text, &parsed.tree);
    let range_of = |id: bicep::ExprId| parsed.tree.expr(id).range;
    let at = |range: TextRange| {
        let first = exprs.get(exprs.partition_point(|id| range_of(*id) < range)).copied();
        first.filter(|id| range_of(*id) == range)
    };
    let mut edits = Vec::new();
    for step in steps {
        match step {
            FixStep::Replace { at: place, value } => edits.extend(patcher.replace(at(place.range)?, value)),
            FixStep::Text { at, text } => edits.push(Edit::replace(at.range, text.as_str())),
            FixStep::Declare { name, description, .. } => edits.push(patcher.declare(&param(name, description)).ok()?),
            FixStep::Change { .. } => {}
        }
    }
    for (object, change) in changes(steps) {
        edits.extend(patcher.change(at(object)?, &change).ok()?);
    }
    Some(edits)
}

fn in_json(document: &json::Document<'_>, strings: Strings, steps: &[&FixStep]) -> Option<Vec<Edit>> {
    let patcher = json::Patcher::new(document, strings);
    let root = document.root()?;
    let mut edits = Vec::new();
    for step in steps {
        match step {
            FixStep::Replace { at, value } => {
                let node = at_range(root, at.range).or_else(|| string_of(document.text(), root, at.range))?;
                edits.extend(patcher.replace(node, value));
            }
            FixStep::Text { at, text } => edits.push(Edit::replace(at.range, text.as_str())),
            FixStep::Declare { name, description, .. } => {
                edits.extend(patcher.declare(root, &param(name, description)).ok()?);
            }
            FixStep::Change { .. } => {}
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
        at = inner(at, range)?;
    }
    Some(at)
}

/// The string that is just the expression at `range`.
fn string_of<'d>(text: &str, root: Value<'d>, range: TextRange) -> Option<Value<'d>> {
    let mut at = root;
    while let Some(inner) = inner(at, range) {
        at = inner;
    }
    let before = TextRange::new(at.range().start, range.start).of(text);
    let behind = TextRange::new(range.end, at.range().end).of(text);
    (before.trim_end() == "\"[" && behind.trim_start() == "]\"").then_some(at)
}

/// The member or item of `value` that contains `range`.
fn inner(value: Value<'_>, range: TextRange) -> Option<Value<'_>> {
    value.members().map(json::Member::value).chain(value.items()).find(|inner| inner.range().contains(range))
}
