//! Files whose content a template takes in when it is compiled: `loadTextContent('script.sh')` and its like.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Project, path};
use crate::source::{FileId, FileSystem};
use crate::template::{Callee, ExprId, ExprKind, Language, Template};

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
        self.assets.get(&path::local(self.sources.get(from).path(), reference)?)
    }

    /// Reads what `template` takes in.
    pub(super) fn read_assets(&mut self, files: &dyn FileSystem, template: &Template) {
        for (reference, is_folder) in references(template) {
            let from = self.sources.get(template.file);
            let Some(path) = path::local(from.path(), &reference) else { continue };
            self.assets.entry(path).or_insert_with_key(|path| read(files, path, is_folder));
        }
    }
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

/// The paths that `template` takes in, and whether each is that of a folder.
fn references(template: &Template) -> Vec<(String, bool)> {
    if template.language != Language::Bicep {
        return Vec::new();
    }
    let calls = template.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Call { callee: Callee::Builtin(name), args } if name.starts_with("load") => {
            Some((name, args.first()?))
        }
        _ => None,
    });
    calls.filter_map(|(name, path)| Some((constant(template, *path)?, &**name == "loaddirectoryfileinfo"))).collect()
}

/// A string that is known when the template is compiled: a literal, or a variable that is one.
fn constant(template: &Template, expr: ExprId) -> Option<String> {
    let literal = |expr| match &template.expr(expr).kind {
        ExprKind::Str(text) => Some(text.to_string()),
        _ => None,
    };
    match template.expr(expr).kind {
        ExprKind::Variable(id) => literal(template.variables.get(id.0 as usize)?.value),
        _ => literal(expr),
    }
}
