//! Files whose content a Bicep file takes in while it is compiled (`loadTextContent` and its like).
//!
//! Evaluation reads no files, so they are read with the project: those whose path is a literal, as Bicep demands.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Project, path};
use crate::finding::FileProblem;
use crate::source::{FileId, FileSystem, Problem, ProblemCode, ReadError, TextRange};
use crate::template::{Callee, ExprId, ExprKind, Language, Str, Template};

/// Largest file that is loaded, in bytes. Bicep takes as many characters of JSON, and less of others.
const LOAD_LIMIT: u64 = 1 << 20;

/// Functions that load one file, by their names in lower case.
const FUNCTIONS: [&str; 4] = ["loadfileasbase64", "loadjsoncontent", "loadtextcontent", "loadyamlcontent"];

/// What a call that loads a file gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The text of the file, with the byte order mark if it has one.
    Text(Arc<str>),
    /// There is no such file, or it cannot be read.
    Missing,
    /// It has more than 1 MiB.
    TooLarge,
    /// It is not UTF-8.
    NotText,
}

/// A call that loads a file.
struct Load {
    from: FileId,
    written: Str,
    range: TextRange,
}

impl Project {
    /// What a call in `from` gets that loads `path`; `None` when the file was not asked for while the project was read,
    /// because the path is not a literal there, or not one that Bicep takes.
    pub fn loaded(&self, from: FileId, path: &str) -> Option<&Loaded> {
        self.loaded.get(&(from, Str::from(path)))
    }

    /// Reads the files that `templates` load, each once for all of them.
    pub(super) fn load_contents<'t>(
        &mut self,
        files: &dyn FileSystem,
        templates: impl Iterator<Item = &'t Arc<Template>>,
    ) {
        let mut read: FxHashMap<PathBuf, Loaded> = FxHashMap::default();
        for Load { from, written, range } in templates.flat_map(|template| loads(template)) {
            let source = self.sources.get(from).clone();
            let Some(path) = relative(&written).then(|| path::local(source.path(), &written)).flatten() else {
                continue;
            };
            let loaded = read.entry(path.clone()).or_insert_with(|| match files.is_file(&path) {
                true => load(files.read(&path, LOAD_LIMIT)),
                false => Loaded::Missing,
            });
            if *loaded == Loaded::Missing {
                let message = format!("there is no file `{written}`");
                let problem = Problem { code: ProblemCode::ModuleNotFound, range, message };
                let span = Some(range.in_file(from));
                self.problems.push(FileProblem { path: source.display_path(), span, problem, fails: true });
            }
            self.loaded.insert((from, written), loaded.clone());
        }
    }
}

fn load(text: Result<String, ReadError>) -> Loaded {
    match text {
        Ok(text) => Loaded::Text(text.into()),
        Err(ReadError::Io(_)) => Loaded::Missing,
        Err(ReadError::TooLarge { .. }) => Loaded::TooLarge,
        Err(ReadError::NotUtf8 { .. }) => Loaded::NotText,
    }
}

/// The calls in `template` that load a file with a literal path, or with a variable that is one.
fn loads(template: &Template) -> Vec<Load> {
    if template.language != Language::Bicep {
        return Vec::new();
    }
    let path = |kind: &ExprKind| match kind {
        ExprKind::Call { callee: Callee::Builtin(name), args } if FUNCTIONS.contains(&&**name) => {
            let path = *args.first()?;
            Some(Load { from: template.file, written: literal(template, path)?, range: template.expr(path).range })
        }
        _ => None,
    };
    template.exprs.iter().filter_map(|expr| path(&expr.kind)).collect()
}

/// The string that `expr` is, through a few variables; these may name each other in a circle.
fn literal(template: &Template, mut expr: ExprId) -> Option<Str> {
    for _ in 0..16 {
        match &template.expr(expr).kind {
            ExprKind::Str(text) => return Some(text.clone()),
            ExprKind::Variable(id) => expr = template.variables.get(id.0 as usize)?.value,
            _ => return None,
        }
    }
    None
}

/// Whether Bicep takes `written` for the path of a file: relative, and spelled so that every system reads it alike.
fn relative(written: &str) -> bool {
    const FORBIDDEN: [char; 8] = ['"', '*', ':', '<', '>', '?', '\\', '|'];
    !written.starts_with(['/', '~']) && !written.contains(|c: char| c.is_control() || FORBIDDEN.contains(&c))
}
