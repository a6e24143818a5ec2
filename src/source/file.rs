//! Source files and the map that owns them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::maps::HashMap;
use super::{LineColumn, LineIndex, TextRange};

/// Identity of a file in a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// A file that was read: its path as shown to people, and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: Box<str>,
    lines: OnceLock<LineIndex>,
    is_quotable: bool,
}

impl SourceFile {
    /// A file with `text`, shown as `path`.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Box<str>>) -> Self {
        Self { path: path.into(), text: text.into(), lines: OnceLock::new(), is_quotable: true }
    }

    /// The file, of which lines may be shown only if `is_quotable`: those of files outside the project may not.
    #[must_use]
    pub fn quotable(self, is_quotable: bool) -> Self {
        Self { is_quotable, ..self }
    }

    /// Whether lines of the file may be shown.
    pub const fn is_quotable(&self) -> bool {
        self.is_quotable
    }

    /// The path as given or found, for opening and for showing.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path with `/` between its parts, whatever the platform.
    pub fn display_path(&self) -> String {
        let shown = self.path.to_string_lossy();
        if cfg!(windows) { shown.replace('\\', "/") } else { shown.into_owned() }
    }

    /// The whole text, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where lines start; made when first needed.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines().line_column(offset, &self.text)
    }

    /// The text in `range`.
    pub fn slice(&self, range: TextRange) -> &str {
        range.of(&self.text)
    }
}

/// All files of one run. Filled while the project is read, only read from afterwards.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
    /// The first file of each path.
    by_path: HashMap<PathBuf, FileId>,
    /// Bytes of text of all files together.
    bytes: usize,
}

impl SourceMap {
    /// Adds a file and returns its identity.
    pub fn add(&mut self, file: Arc<SourceFile>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.by_path.entry(file.path().to_owned()).or_insert(id);
        self.bytes += file.text().len();
        self.files.push(file);
        id
    }

    /// The file with identity `id`, which this map gave.
    pub fn get(&self, id: FileId) -> &Arc<SourceFile> {
        &self.files[id.0 as usize]
    }

    /// The file that is shown as `path`.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// All files with their identities, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Arc<SourceFile>)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Bytes of text of all files together.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether no file was added.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
