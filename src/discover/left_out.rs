//! What was not looked at although it lies where a run looks, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use walkdir::WalkDir;

use super::candidate::is_candidate;
use crate::finding::{LeftOut as Counted, LeftOutReason};
use crate::project::FILE_LIMIT;
use crate::source::FileSystem;
use crate::template::may_be_arm;

/// What was left out.
#[derive(Debug, Default)]
pub struct LeftOutCounts {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    /// Numbers of files and folders, by the reason and the file that gives it.
    counts: BTreeMap<(LeftOutReason, Option<String>), [usize; 2]>,
}

impl LeftOutCounts {
    pub(super) fn file(&mut self, (reason, by): (LeftOutReason, Option<Rc<Path>>), path: PathBuf) {
        self.count(reason, by.as_deref())[0] += 1;
        self.files.push(path);
    }

    pub(super) fn folder(&mut self, (reason, by): (LeftOutReason, Option<Rc<Path>>), path: PathBuf) {
        self.count(reason, by.as_deref())[1] += 1;
        self.folders.push(path);
    }

    /// Counts a file that the configuration `by` excludes.
    pub(super) fn excluded(&mut self, path: PathBuf, by: &Path) {
        self.count(LeftOutReason::Excluded, Some(by))[0] += 1;
        self.files.push(path);
    }

    fn count(&mut self, reason: LeftOutReason, by: Option<&Path>) -> &mut [usize; 2] {
        let by = by.map(|by| by.to_string_lossy().replace('\\', "/"));
        self.counts.entry((reason, by)).or_default()
    }

    /// The numbers, by reason and by the file that gives it.
    pub fn counted(&self) -> Vec<Counted> {
        let counted = |((reason, by), [files, folders]): (&(LeftOutReason, Option<String>), &[usize; 2])| Counted {
            reason: *reason,
            by: by.clone(),
            files: *files,
            folders: *folders,
        };
        self.counts.iter().map(counted).collect()
    }

    /// Whether a template may be among it: reads until it meets one.
    pub fn has_template(&self, files: &dyn FileSystem) -> bool {
        let below = self.folders.iter().flat_map(|folder| {
            let entries = WalkDir::new(folder).into_iter().filter_entry(|entry| entry.file_name() != ".git");
            entries.flatten().filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
        });
        self.files.iter().cloned().chain(below).any(|path| may_be_template(files, &path))
    }
}

/// Whether the file at `path` may be a template; where that cannot be found out, it may.
fn may_be_template(files: &dyn FileSystem, path: &Path) -> bool {
    let is_bicep = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicep"));
    let is_json = || !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicepparam"));
    let may_be_json = || files.read(path, FILE_LIMIT).map_or(true, |text| may_be_arm(&text));
    is_candidate(path) && (is_bicep || is_json() && may_be_json())
}
