//! Expands templates of the corpus.

use crate::support::corpus::folder as corpus;

use std::path::Path;

use armguard::discover::Disk;
use armguard::expand::{self, Request, Snapshot};

pub(crate) use corpus::{folder, tell};

/// Expands the template at `path` as the tests of the Bicep CLI do.
pub(crate) fn expand(path: &Path) -> Result<Snapshot, String> {
    // The registry modules of the corpus lie there as `bicep restore` leaves them.
    let module_cache = folder().map(|folder| folder.join("registry"));
    let place = expand::default_place();
    let request = Request { file: path.to_owned(), place, module_cache, ..Request::default() };
    expand::expand(&Disk, &request).map(|expansion| expansion.snapshot)
}
