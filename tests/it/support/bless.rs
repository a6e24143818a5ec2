//! Expected text in files, and how it is taken over.

use std::fs;
use std::path::Path;

/// Whether what is made is taken over as what is expected in the file at `path`: `ARMGUARD_BLESS=1` takes over all,
/// another value those whose path contains it.
pub(crate) fn blesses(path: &Path) -> bool {
    let bless = std::env::var("ARMGUARD_BLESS").unwrap_or_default();
    assert!(bless.is_empty() || std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
    bless == "1" || !bless.is_empty() && path.to_string_lossy().contains(&bless)
}

/// Compares `text` with the file at `path`, or writes it there. Gives what differs.
pub(crate) fn compare(path: &Path, text: &str) -> Option<String> {
    let expected = fs::read_to_string(path).ok();
    if expected.as_deref() == Some(text) {
        return None;
    }
    if blesses(path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return None;
    }
    let expected = expected.unwrap_or_default();
    Some(format!("{}\n--- expected\n{expected}--- said\n{text}", path.display()))
}
