//! What the Bicep compiler makes of a template deploys what the template deploys.

use crate::expand::oracle;
use crate::expand::pairs;

use std::path::PathBuf;

use pairs::{Pair, compare};

/// Pairs of files with these names in all folders of a part of the corpus.
fn pairs_of(part: &str, right: &str, left: &str) -> Option<Vec<Pair>> {
    let root = oracle::folder()?.join(part);
    let walk = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten();
    let paths = walk.map(walkdir::DirEntry::into_path).filter_map(|path| {
        let stem = path.to_str()?.strip_suffix(right)?.to_owned();
        let (other, name) = (PathBuf::from(format!("{stem}{left}")), PathBuf::from(&stem));
        let name = name.strip_prefix(&root).ok()?.to_string_lossy().replace('\\', "/");
        (other.is_file() && !name.starts_with("Invalid")).then_some(Pair { name, left: other, right: path })
    });
    Some(paths.collect())
}

#[test]
fn baselines_with_and_without_symbolic_names() {
    let Some(pairs) = pairs_of("bicep/baselines", ".symbolicnames.json", ".json") else { return };
    compare("baselines, main.json and main.symbolicnames.json", &pairs, &[]);
}

#[test]
fn user_submitted_with_and_without_symbolic_names() {
    let Some(pairs) = pairs_of("bicep/user_submitted", ".symbolicnames.json", ".json") else { return };
    compare("user_submitted, main.json and main.symbolicnames.json", &pairs, &[]);
}

#[test]
fn baselines_and_their_source() {
    let Some(pairs) = pairs_of("bicep/baselines", ".symbolicnames.json", ".bicep") else { return };
    compare("baselines, main.bicep and main.symbolicnames.json", &pairs, &[]);
}

#[test]
fn user_submitted_and_their_source() {
    let Some(pairs) = pairs_of("bicep/user_submitted", ".symbolicnames.json", ".bicep") else { return };
    compare("user_submitted, main.bicep and main.symbolicnames.json", &pairs, &[]);
}

#[test]
fn verified_modules_and_their_source() {
    let Some(pairs) = pairs_of("avm", "main.json", "main.bicep") else { return };
    let known = [
        ("res/azure-stack-hci/network-interface", "main.json is of an older text"),
        ("res/azure-stack-hci/virtual-hard-disk", "main.json is of an older text"),
        ("res/compute/virtual-machine", "main.json is of an older text"),
        ("ptn/dev-ops/cicd-agents-and-runners", "an id of 85,000 characters is cut, in another place"),
        (
            "res/network/virtual-network-gateway",
            "shows an index that fails only in a case that another condition excludes",
        ),
    ];
    compare("verified modules, main.bicep and main.json", &pairs, &known);
}

#[test]
fn decompiled_templates_and_their_source() {
    let Some(pairs) = pairs_of("bicep/decompiler", "main.json", "main.bicep") else { return };
    let known = [("issue2162", "a type that ends with a slash")];
    compare("decompiled, main.bicep and main.json", &pairs, &known);
}
