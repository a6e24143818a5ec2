//! Paths of references.

use std::path::{Path, PathBuf};

use crate::source::{Refusal, path_named};

/// The path that `reference`, written in the file `from`, names; `None` when it names no local file.
///
/// # Errors
/// When it has a form that is not followed.
pub(super) fn local(from: &Path, reference: &str) -> Result<Option<PathBuf>, Refusal> {
    let is_scheme = |text: &str| text.len() > 1 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let scheme = reference.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme));
    let alias = ["br/", "ts/"].iter().any(|start| reference.starts_with(start)) && reference.contains(':');
    if scheme || alias || reference.is_empty() {
        return Ok(None);
    }
    path_named(from.parent().unwrap_or(Path::new("")), reference).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        #[rustfmt::skip]
        let cases: &[(&str, &str, Option<&str>)] = &[
            ("main.bicep", "aks.bicep", Some("aks.bicep")),
            ("infra/main.bicep", "./modules/aks.bicep", Some("infra/modules/aks.bicep")),
            ("infra/main.bicep", "../shared/law.bicep", Some("shared/law.bicep")),
            ("main.bicep", "../law.bicep", Some("../law.bicep")),
            ("../a/main.bicep", "../law.bicep", Some("../law.bicep")),
            ("main.bicep", "br/public:avm/res/x:1.0.0", None),
            ("main.bicep", "br:registry.io/x:1.0.0", None),
            ("main.bicep", "ts:0000/rg/spec:v1", None),
            ("main.bicep", "br/aks.bicep", Some("br/aks.bicep")),
            ("main.bicep", "", None),
        ];
        for &(from, reference, expected) in cases {
            assert_eq!(local(Path::new(from), reference), Ok(expected.map(PathBuf::from)), "{reference} in {from}");
        }
        for reference in ["c:aks.bicep", "/etc/aks.bicep", r"\\host\share\aks.bicep", "x/aks.bicep:stream"] {
            assert!(local(Path::new("main.bicep"), reference).is_err(), "{reference}");
        }
    }
}
