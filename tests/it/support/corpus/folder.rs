//! Where the corpus of real templates lies, which is no part of the project.

use std::io::Write;
use std::path::PathBuf;

/// The folder named by `ARMGUARD_CORPUS`, or the default place.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let default = || std::env::home_dir().map(|home| home.join(".cache/armguard/corpus"));
    let folder = named.or_else(default).filter(|folder| folder.is_dir());
    if folder.is_none() {
        tell("no corpus of real templates here (ARMGUARD_CORPUS): nothing was tested");
    }
    folder
}

/// Prints a line.
pub(crate) fn tell(text: &str) {
    // Written past the test runner, so that it is always seen.
    let _ = writeln!(std::io::stdout(), "{text}");
}
