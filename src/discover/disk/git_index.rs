//! What a repository tracks, read from its index without starting git.
//!
//! Form: <https://git-scm.com/docs/index-format>. `gix-index` reads it as well, but brings 41 crates; only the paths are
//! needed here. Nothing is verified that git verifies: whoever writes the index decides what is tracked.

use std::path::{Path, PathBuf};

use super::read_regular;

/// Largest index that is read, in bytes: that of a million files.
const LIMIT: u64 = 100_000_000;

/// Largest file `.git` that is read, in bytes.
const LINK_LIMIT: u64 = 4_096;

/// What an index lists.
#[derive(Debug, Default)]
pub struct Tracked {
    /// Regular files, sorted.
    files: Vec<Box<[u8]>>,
    /// Links and submodules, sorted.
    others: Vec<Box<[u8]>>,
    /// Folders that a sparse index does not look into, with `/` at the end.
    folders: Vec<Box<[u8]>>,
}

impl Tracked {
    /// Whether the file at `path`, as seen from the folder of the repository, is tracked.
    ///
    /// # Errors
    /// When the index is not conclusive.
    pub fn has(&self, path: &Path) -> Result<bool, &'static str> {
        let path = bytes_of(path);
        if self.folders.iter().any(|folder| path.starts_with(folder)) {
            return Err("it lies in a folder that the sparse index leaves out");
        }
        Ok(self.files.binary_search(&path).is_ok())
    }

    /// Whether the index lists `path`, as seen from the folder of the repository: as a file, a link or a submodule.
    pub fn lists(&self, path: &Path) -> bool {
        let path = bytes_of(path);
        [&self.files, &self.others].iter().any(|entries| entries.binary_search(&path).is_ok())
    }

    /// Whether the index lists something below `folder`, as seen from the folder of the repository.
    pub fn lists_below(&self, folder: &Path) -> bool {
        let folder = [&bytes_of(folder), b"/".as_slice()].concat();
        [&self.files, &self.others].iter().any(|entries| {
            let first = entries.partition_point(|entry| **entry < *folder);
            entries.get(first).is_some_and(|entry| entry.starts_with(&folder))
        })
    }
}

/// A path as the index has it.
fn bytes_of(path: &Path) -> Box<[u8]> {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).into();
    #[cfg(not(unix))]
    return path.to_string_lossy().replace('\\', "/").into_bytes().into();
}

/// The index of the repository in `folder`, whether it is there or not; `None` when it cannot be known where it lies.
pub fn index_of(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git.join("index"));
    }
    // In a worktree or a submodule, `.git` is a file with the path of the folder.
    let text = String::from_utf8(read_regular(&git, LINK_LIMIT, true).ok()?).ok()?;
    let written = text.strip_prefix("gitdir:")?.trim();
    Some(folder.join(written).join("index"))
}

/// What the repository in `folder` tracks.
///
/// # Errors
/// When that cannot be known: why not.
pub fn tracked(folder: &Path) -> Result<Tracked, &'static str> {
    let Some(path) = index_of(folder) else { return Err("its file `.git` names no folder") };
    let bytes = match read_regular(&path, LIMIT, true) {
        Ok(bytes) => bytes,
        // Nothing was ever added.
        Err(super::ReadError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Tracked::default());
        }
        Err(_) => return Err("git's index cannot be read"),
    };
    // The index does not state which of two hashes the repository uses. Reading it with the wrong one fails.
    parse(&bytes, 20).or_else(|error| parse(&bytes, 32).map_err(|_| error))
}

/// Reads an index with hashes of `hash` bytes.
fn parse(bytes: &[u8], hash: usize) -> Result<Tracked, &'static str> {
    const BROKEN: &str = "git's index is damaged, or of a form that is not known";
    let mut input = Input { bytes: bytes.get(..bytes.len().saturating_sub(hash)).ok_or(BROKEN)?, at: 0 };
    if input.take(4).ok_or(BROKEN)? != b"DIRC" {
        return Err(BROKEN);
    }
    let version = input.number().ok_or(BROKEN)?;
    if !(2..=4).contains(&version) {
        return Err(BROKEN);
    }
    let mut tracked = Tracked::default();
    let (mut path, mut is_split) = (Vec::new(), false);
    for _ in 0..input.number().ok_or(BROKEN)? {
        let mode = input.entry(version, hash, &mut path).ok_or(BROKEN)?;
        match mode >> 12 {
            // An entry of a split index, in place of one elsewhere.
            _ if path.is_empty() => is_split = true,
            0o10 => tracked.files.push(path.as_slice().into()),
            0o4 => tracked.folders.push(path.as_slice().into()),
            0o12 | 0o16 => tracked.others.push(path.as_slice().into()),
            _ => return Err(BROKEN),
        }
    }
    tracked.files.sort_unstable();
    tracked.others.sort_unstable();
    while input.at < input.bytes.len() {
        let (name, size) = (input.take(4).ok_or(BROKEN)?, input.number().ok_or(BROKEN)?);
        is_split |= name == b"link";
        // What starts with a small letter changes the meaning of what stands before it.
        if name.first().is_some_and(u8::is_ascii_lowercase) && name != b"sdir" && name != b"link" {
            return Err(BROKEN);
        }
        input.take(size as usize).ok_or(BROKEN)?;
    }
    match is_split {
        true => Err("git's index is split; `git update-index --no-split-index` joins it"),
        false => Ok(tracked),
    }
}

/// An index as far as it was read.
struct Input<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Input<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// What stands before the next NUL, which is passed.
    fn text(&mut self) -> Option<&'b [u8]> {
        let length = memchr::memchr(0, self.bytes.get(self.at..)?)?;
        let text = self.take(length)?;
        self.at += 1;
        Some(text)
    }

    /// The next entry: its mode, and in `path` its path, in place of that of the entry before.
    fn entry(&mut self, version: u32, hash: usize, path: &mut Vec<u8>) -> Option<u32> {
        let start = self.at;
        let stat = self.take(40)?;
        let mode = u32::from_be_bytes(stat.get(24..28)?.try_into().ok()?);
        self.take(hash)?;
        let flags = self.take(2)?;
        if flags.first()? & 0x40 != 0 {
            self.take(if version >= 3 { 2 } else { return None })?;
        }
        if version == 4 {
            let kept = path.len().checked_sub(self.varint()?)?;
            path.truncate(kept);
            path.extend_from_slice(self.text()?);
        } else {
            path.clear();
            path.extend_from_slice(self.text()?);
            // One to eight NULs make the length a multiple of eight.
            let length = (self.at - start).next_multiple_of(8);
            self.at = start + length;
        }
        (self.at <= self.bytes.len()).then_some(mode)
    }

    /// A number as pack files have it: seven bits a byte, each but the last with one added.
    fn varint(&mut self) -> Option<usize> {
        let mut byte = *self.take(1)?.first()?;
        let mut number = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = *self.take(1)?.first()?;
            number = number.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of `version` with these entries and extensions, as git writes it.
    fn index(version: u32, hash: usize, entries: &[(u32, &str)], extensions: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = b"DIRC".to_vec();
        bytes.extend(version.to_be_bytes());
        bytes.extend((entries.len() as u32).to_be_bytes());
        let mut before = "";
        for (mode, path) in entries {
            let start = bytes.len();
            bytes.extend([1; 24]);
            bytes.extend(mode.to_be_bytes());
            bytes.extend(vec![0xab; 12 + hash]);
            bytes.extend(if version == 3 { vec![0x40, 1, 0, 0] } else { vec![0, 1] });
            if version == 4 {
                bytes.push(before.len() as u8);
                bytes.extend(format!("{path}\0").bytes());
            } else {
                bytes.extend(path.bytes());
                bytes.resize(start + (bytes.len() - start + 1).next_multiple_of(8), 0);
            }
            before = path;
        }
        for (name, content) in extensions {
            bytes.extend(name.bytes());
            bytes.extend((content.len() as u32).to_be_bytes());
            bytes.extend(*content);
        }
        bytes.extend(vec![0xcd; hash]);
        bytes
    }

    #[test]
    fn forms_of_the_index() {
        let entries = [(0o100_644, "a.txt"), (0o120_000, "b-link"), (0o100_755, "d/e f.sh"), (0o160_000, "sub")];
        for version in [2, 3, 4] {
            for hash in [20, 32] {
                let bytes = index(version, hash, &entries, &[("TREE", b"xyz"), ("EOIE", b"")]);
                let tracked = parse(&bytes, 20).or_else(|_| parse(&bytes, 32)).unwrap();
                let has = |path: &str| tracked.has(Path::new(path)).unwrap();
                assert!(has("a.txt") && has("d/e f.sh"), "{version} {hash}: {tracked:?}");
                assert!(
                    !has("b-link") && !has("sub") && !has("sub/x") && !has("A.txt"),
                    "{version} {hash}: {tracked:?}"
                );
                assert!(tracked.lists_below(Path::new("d")) && !tracked.lists_below(Path::new("d/e")));
                assert!(["a.txt", "b-link", "sub"].iter().all(|path| tracked.lists(Path::new(path))));
                assert!(!tracked.lists(Path::new("sub/x")) && !tracked.lists(Path::new("d")));
                for length in 0..bytes.len() {
                    let _ = parse(&bytes[..length], hash);
                }
            }
        }
        let sparse = parse(&index(2, 20, &[(0o100_644, "a"), (0o040_000, "out/")], &[("sdir", b"")]), 20).unwrap();
        assert_eq!(sparse.has(Path::new("a")), Ok(true));
        assert!(sparse.has(Path::new("out/x")).is_err());
    }

    #[test]
    fn what_cannot_be_known() {
        let split = parse(&index(2, 20, &[], &[("link", b"")]), 20).unwrap_err();
        assert!(split.contains("split"), "{split}");
        let broken = [
            Vec::new(),
            b"DIRC".to_vec(),
            index(5, 20, &[], &[]),
            index(2, 20, &[], &[("what", b"")]),
            index(2, 20, &[(0o070_000, "a")], &[]),
            [b"XXXX".as_slice(), &[0; 40]].concat(),
        ];
        for bytes in broken {
            assert!(parse(&bytes, 20).is_err() && parse(&bytes, 32).is_err(), "{bytes:?}");
        }
    }
}
