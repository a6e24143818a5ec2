//! Which files may be templates, by their names.

use std::ffi::OsStr;
use std::path::Path;

/// Extensions of files that may be templates or parameter files, ASCII case ignored.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// Whether a file of this name may be a template or parameter file.
pub(super) fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    extension.is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}
