//! What git tracks in a repository.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::{Path, PathBuf};

/// The paths that the index of a repository has, as seen from the repository's root.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    paths: BTreeSet<PathBuf>,
}

impl Tracked {
    /// What the repository at `root` tracks. Where that cannot be read, nothing is taken for tracked.
    pub(super) fn of(_root: &Path) -> Self {
        Self::default()
    }

    /// Whether `path` is tracked.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.paths.contains(path)
    }

    /// Whether `folder`, or anything in it, is tracked.
    pub(super) fn has_below(&self, folder: &Path) -> bool {
        self.paths
            .range::<Path, _>((Bound::Included(folder), Bound::Unbounded))
            .next()
            .is_some_and(|first| first.starts_with(folder))
    }
}
