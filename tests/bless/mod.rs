//! Expected text in files, and how it is taken over.

use std::fs;
use std::path::Path;

/// Compares `text` with the file at `path`, or writes it there: `ARMGUARD_BLESS=1` takes over all, another value
/// those whose path contains it. Gives what differs.
pub(crate) fn compare(path: &Path, text: &str) -> Option<String> {
    let bless = std::env::var("ARMGUARD_BLESS").unwrap_or_default();
    assert!(bless.is_empty() || std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == text {
        return None;
    }
    if bless == "1" || !bless.is_empty() && path.to_string_lossy().contains(&bless) {
        fs::write(path, text).unwrap();
        return None;
    }
    Some(format!("{}\n--- expected\n{expected}--- said\n{text}", path.display()))
}
