//! Files whose content a template takes in when it is compiled: `loadTextContent('script.sh')` and its like.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Content, Project, path};
use crate::finding::FileProblem;
use crate::source::{FileId, FileSystem, ProblemCode, Str, TextRange};
use crate::template::{ExprId, ExprKind, Language, Template};

/// Largest file that is taken in, in bytes: four for each of the characters that Bicep allows.
const LIMIT: u64 = 4 << 20;

/// Files of one folder.
const FILES: usize = 10_000;

/// A file or folder that a template takes in.
#[derive(Debug, Clone)]
pub enum Asset {
    /// The bytes of a file.
    File(Arc<[u8]>),
    /// The names of the files in a folder.
    Folder(Arc<[String]>),
    /// Why it cannot be read.
    Unreadable(String),
}

impl Project {
    /// What `reference`, written in the file `from`, takes in; `None` when it names no local file.
    pub fn asset(&self, from: FileId, reference: &str) -> Option<&Asset> {
        self.assets.get(&path::local(self.sources.get(from).path(), reference).ok()??)
    }

    /// The text of the file that `reference`, written in the file `from`, takes in, when it is a template of the
    /// project: its text is shown anyway.
    pub fn loaded_template(&self, from: FileId, reference: &str) -> Option<&str> {
        let path = path::local(self.sources.get(from).path(), reference).ok()??;
        match &self.unit(self.unit_at(&path)?).content {
            Content::Template(template) => Some(self.sources.get(template.file).text()),
            _ => None,
        }
    }

    /// Reads what `template` takes in, each file once, and reports what is missing.
    pub(super) fn read_assets(&mut self, files: &dyn FileSystem, template: &Template) {
        for AssetReference { written, range, is_folder } in references(template) {
            let source = self.sources.get(template.file).clone();
            let (code, message) = match path::local(source.path(), &written) {
                Ok(Some(_)) if !relative(&written) => continue,
                Ok(None) => continue,
                Ok(Some(path)) => match files.load_refusal(&path) {
                    Some(refusal) => (ProblemCode::ReadRefused, format!("`{written}` {refusal}")),
                    None if !is_folder && !files.is_file(&path) => {
                        (ProblemCode::ModuleNotFound, format!("there is no file `{written}`"))
                    }
                    None => {
                        self.assets.entry(path).or_insert_with_key(|path| read(files, path, is_folder));
                        continue;
                    }
                },
                Err(refusal) => (ProblemCode::ReadRefused, format!("`{written}` {refusal}")),
            };
            self.problems.push(FileProblem::at(&self.sources, range.in_file(template.file), code, message));
        }
    }
}

/// A path that a template takes in, and where it is written.
struct AssetReference {
    written: Str,
    range: TextRange,
    is_folder: bool,
}

/// Whether Bicep takes `written` for the path of a file: relative, and spelled so that every system reads it alike.
fn relative(written: &str) -> bool {
    const FORBIDDEN: [char; 8] = ['"', '*', ':', '<', '>', '?', '\\', '|'];
    !written.starts_with(['/', '~']) && !written.contains(|c: char| c.is_control() || FORBIDDEN.contains(&c))
}

fn read(files: &dyn FileSystem, path: &PathBuf, is_folder: bool) -> Asset {
    if is_folder {
        let mut names = files.file_names(path);
        names.truncate(FILES);
        return Asset::Folder(names.into());
    }
    match files.read_bytes(Path::new(path), LIMIT) {
        Ok(bytes) => Asset::File(bytes.into()),
        Err(error) => Asset::Unreadable(error.to_string()),
    }
}

/// The paths that `template` takes in: literals, as Bicep demands, or variables that are literals.
fn references(template: &Template) -> Vec<AssetReference> {
    if template.language != Language::Bicep {
        return Vec::new();
    }
    let reference = |kind: &ExprKind| {
        let (name, args) = kind.builtin().filter(|(name, _)| name.starts_with("load"))?;
        let path = *args.first()?;
        let is_folder = &**name == "loaddirectoryfileinfo";
        Some(AssetReference { written: literal(template, path)?, range: template.expr(path).range, is_folder })
    };
    template.exprs.iter().filter_map(|expr| reference(&expr.kind)).collect()
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
