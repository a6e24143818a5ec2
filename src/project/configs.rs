//! The configurations of a project, and which of them applies where.

use crate::config::Config;
use crate::source::FileId;

use super::Project;

impl Project {
    /// The configuration that applies to `file`; for a file outside of all folders with one, that of `root`.
    pub fn config_of(&self, file: FileId, root: FileId) -> Option<&Config> {
        let of = |file| Config::governing(&self.configs, self.sources.get(file).path());
        of(file).or_else(|| of(root))
    }
}
