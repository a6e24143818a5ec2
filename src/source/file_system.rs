//! The one way to files, so that the same pipeline runs over memory (tests, editors, browsers).

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::Refusal;

/// Reads files for the project: from disk for the program, from memory in tests, from wherever an embedding program has
/// them.
///
/// ```
/// use std::path::Path;
///
/// use armguard::{FileSystem, MemoryFiles};
///
/// let mut files = MemoryFiles::default();
/// files.insert("infra/main.bicep", "param name string");
/// assert!(files.is_file(Path::new("infra/main.bicep")));
/// assert_eq!(files.file_names(Path::new("infra")), ["main.bicep"]);
/// ```
pub trait FileSystem: Sync {
    /// The text of `path`.
    ///
    /// # Errors
    /// When it cannot be read, is larger than `limit` bytes, or is not UTF-8.
    fn read(&self, path: &Path, limit: u64) -> Result<String, ReadError> {
        text_of(self.read_bytes(path, limit)?)
    }

    /// The bytes of `path`.
    ///
    /// # Errors
    /// When it cannot be read or is larger than `limit` bytes.
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// The names of the files that stand directly in `folder`, in any order; none when it is no folder.
    fn file_names(&self, folder: &Path) -> Vec<String>;

    /// Whether `path` is a file that may be read.
    fn is_file(&self, path: &Path) -> bool;

    /// Why the file or folder at `path` may not be read, whether it exists or not; `None` when it may.
    fn refusal(&self, path: &Path) -> Option<Refusal> {
        let _ = path;
        None
    }

    /// Why a template may not take in the content of the file at `path`, or the names in a folder.
    fn load_refusal(&self, path: &Path) -> Option<Refusal> {
        self.refusal(path)
    }

    /// Whether `path` lies in the project, so that its text may be shown.
    fn is_inside(&self, path: &Path) -> bool {
        let _ = path;
        true
    }

    /// The one way to write `path`: paths that lead the same way, step by step, become equal.
    fn tidy(&self, path: &Path) -> PathBuf {
        normal_path(path)
    }
}

/// Why a file could not be read as text.
#[derive(Debug)]
pub enum ReadError {
    /// The platform refused.
    Io(io::Error),
    /// It has more bytes than allowed.
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Its bytes are not UTF-8.
    NotUtf8 {
        /// Offset of the first byte that is not.
        at: usize,
        /// Whether the file starts with a UTF-16 byte order mark.
        utf16: bool,
    },
    /// It may not be read.
    Refused(Refusal),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot be read: {error}"),
            Self::TooLarge { size, limit } => {
                write!(f, "is {} MB large; files above {} MB are not read", size / 1_000_000, limit / 1_000_000)
            }
            Self::Refused(refusal) => refusal.fmt(f),
            Self::NotUtf8 { utf16: true, .. } => write!(f, "is UTF-16; save it as UTF-8"),
            Self::NotUtf8 { at, .. } => write!(f, "is not UTF-8 (first bad byte at offset {at}); save it as UTF-8"),
        }
    }
}

impl std::error::Error for ReadError {}

/// `path` without `.` and, where a folder stands before it, without `..`. The disk is not read.
pub fn normal_path(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The absolute `path` as seen from the absolute `folder`; as it is when they have nothing but the root in common.
pub fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    let same = folder.components().zip(path.components()).take_while(|(a, b)| a == b);
    let common = same.clone().count();
    if !same.into_iter().any(|(part, _)| matches!(part, Component::Normal(_))) {
        return path.to_owned();
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

/// `bytes`, unless there are more than `limit`.
pub(crate) fn within(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, ReadError> {
    match bytes.len() as u64 {
        size if size > limit => Err(ReadError::TooLarge { size, limit }),
        _ => Ok(bytes),
    }
}

/// `bytes` as text.
fn text_of(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 {
        at: error.utf8_error().valid_up_to(),
        utf16: matches!(error.as_bytes(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]),
    })
}

/// Files in memory, for tests and for text that stands on no disk. Falls back to nothing.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryFiles {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }
}

impl FileSystem for MemoryFiles {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self.files.get(path).ok_or_else(|| ReadError::Io(io::ErrorKind::NotFound.into()))?;
        within(bytes.clone(), limit)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let files = self.files.keys().filter(|path| path.parent() == Some(folder));
        files.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_seen_from_a_folder() {
        #[rustfmt::skip]
        let cases = [
            ("/repo", "/repo/infra/main.bicep", "infra/main.bicep"),
            ("/repo/infra", "/repo/infra/main.bicep", "main.bicep"),
            ("/repo/infra/dev", "/repo/main.bicep", "../../main.bicep"),
            ("/home/a", "/home/b/main.bicep", "../b/main.bicep"),
            ("/repo", "/other/main.bicep", "/other/main.bicep"),
            ("/", "/other/main.bicep", "/other/main.bicep"),
        ];
        for (folder, path, expected) in cases {
            assert_eq!(seen_from(Path::new(folder), Path::new(path)), Path::new(expected), "{path} from {folder}");
        }
    }
}
