//! A folder on disk that a test may fill and that goes away with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// A new folder with these files; the name is that of the test.
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        // Tests run side by side, and two may have a folder of the same name.
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let folder = Self(root);
        // `.gitignore` counts only in a repository.
        fs::create_dir_all(folder.0.join(".git")).unwrap();
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
