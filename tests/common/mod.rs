//! The cases under `testdata`: one folder each, with its files and what a run says about them.

use std::fs;
use std::path::{Path, PathBuf};

use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::report::{Format, Style, finding_text, write};
use armguard::source::MemoryFiles;
use walkdir::WalkDir;

/// Cases that are run with other rules than the default ones.
const SELECTED: &[(&str, &[&str])] = &[("legacy-shape", &["aks-defender-legacy-shape"])];

/// Files that a run takes from a folder, as discovery does.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// A folder with the files of a case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// `arm` or `bicep`.
    pub(crate) language: &'static str,
    /// The folder's name: what it shows.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Case {
    /// The case in `testdata/<language>/<name>`.
    pub(crate) fn new(language: &'static str, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(language).join(name);
        Self { language, name: name.to_owned(), folder }
    }

    /// All cases of `language`, by name.
    pub(crate) fn all(language: &'static str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(language);
        let folders = WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name().into_iter();
        folders.map(|folder| Self::new(language, folder.unwrap().file_name().to_str().unwrap())).collect()
    }

    /// `bicep/union-flag-off`.
    pub(crate) fn title(&self) -> String {
        format!("{}/{}", self.language, self.name)
    }

    /// What a run over the folder says; paths are relative to it.
    pub(crate) fn lint(&self) -> Report {
        let mut files = MemoryFiles::default();
        let mut inputs = Inputs::default();
        for entry in WalkDir::new(&self.folder).sort_by_file_name() {
            let entry = entry.unwrap();
            if !entry.file_type().is_file() {
                continue;
            }
            let path = entry.path().strip_prefix(&self.folder).unwrap().to_owned();
            files.insert(&path, fs::read(entry.path()).unwrap());
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if EXTENSIONS.contains(&extension) {
                inputs.paths.push(Found { path, named: false });
            }
        }
        let select = SELECTED.iter().find(|(name, _)| *name == self.name).map_or(&[][..], |(_, rules)| rules);
        let select = select.iter().map(|rule| (*rule).to_owned()).collect();
        lint(&files, inputs, &Options { select, ..Options::default() })
    }
}

/// All that `report` says that does not depend on the clock: findings with their places, undetermined checks with
/// what they wait for, problems, counts.
pub(crate) fn plain_text(mut report: Report) -> String {
    let mut text: String = report.findings.iter().map(|finding| finding_text(&report.sources, finding)).collect();
    report.findings.clear();
    let mut rest = Vec::new();
    write(&report, Format::Concise, Style { undetermined: true, ..Style::default() }, &mut rest).unwrap();
    text.push_str(&String::from_utf8(rest).unwrap());
    let summary = &report.summary;
    for (reason, number) in &summary.skipped {
        text.push_str(&format!("skipped: {reason}: {number}\n"));
    }
    text + &format!("clusters checked: {}, resources not deployed: {}\n", summary.clusters, summary.not_deployed)
}

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
