//! A project whose files are written differently, and what is then reported for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use armguard::bicep::FileKind;
use armguard::config::{Config, FILE_NAMES};
use armguard::discover::Disk;
use armguard::finding::{Label, Report, SuppressedItem};
use armguard::lint::{Found, Inputs, lint};
use armguard::source::{FileSystem, MemoryFiles, ReadError, SourceFile, Span};
use armguard_gen::property::options;

use crate::relation::Relation;
use crate::rewrite::Rewrite;
use crate::{arm, bicep};

/// Files that are linted.
const EXTENSIONS: [&str; 4] = ["bicep", "bicepparam", "json", "jsonc"];

/// Where the cases of this project have restored modules.
const MODULE_CACHE: &str = "module-cache";

/// A project.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The files that are written differently.
    files: BTreeMap<PathBuf, String>,
    /// Those around them.
    around: Around,
    inputs: Inputs,
}

enum Around {
    Memory(MemoryFiles),
    Disk,
}

impl Case {
    /// A project that is in memory as a whole.
    pub(crate) fn in_memory(name: String, files: BTreeMap<PathBuf, String>) -> Self {
        let mut memory = MemoryFiles::default();
        let mut inputs = Inputs { module_cache: Some(MODULE_CACHE.into()), ..Inputs::default() };
        for (path, text) in &files {
            memory.insert(path, text.as_str());
            if FILE_NAMES.iter().any(|name| path == Path::new(name)) {
                let source = Arc::new(SourceFile::new(path, text.clone()));
                inputs.configs.extend(Config::parse(source, PathBuf::new()));
            }
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if EXTENSIONS.contains(&extension) && !path.starts_with(MODULE_CACHE) {
                inputs.paths.push(Found { path: path.clone(), named: false });
            }
        }
        let shown: Vec<PathBuf> = inputs.paths.iter().map(|found| found.path.clone()).collect();
        let files = files.into_iter().filter(|(path, _)| shown.contains(path)).collect();
        Self { name, files, around: Around::Memory(memory), inputs }
    }

    /// One template on disk.
    pub(crate) fn on_disk(name: String, path: PathBuf, text: String) -> Self {
        let inputs = Inputs { paths: vec![Found { path: path.clone(), named: true }], ..Inputs::default() };
        Self { name, files: BTreeMap::from([(path, text)]), around: Around::Disk, inputs }
    }

    /// The files as `relation` has them; `None` when it changes none.
    pub(crate) fn rewritten(&self, relation: Relation) -> Option<BTreeMap<PathBuf, Rewrite>> {
        // Parameters have other names only where nobody passes values for them.
        let alone = self.files.len() == 1 && self.inputs.configs.is_empty();
        let rewritten = self.files.iter().filter_map(|(path, text)| {
            let rewrite = match path.extension().and_then(|extension| extension.to_str()) {
                Some("bicep") => bicep::rewrite(text, FileKind::Bicep, relation, alone),
                Some("bicepparam") => bicep::rewrite(text, FileKind::Params, relation, false),
                _ => arm::rewrite(text, relation, alone),
            };
            Some((path.clone(), rewrite?))
        });
        let rewritten: BTreeMap<PathBuf, Rewrite> = rewritten.collect();
        (!rewritten.is_empty()).then_some(rewritten)
    }

    /// What is reported for the project, with places as `rewritten` has them, and how much that is; `texts` decides
    /// which texts are read.
    pub(crate) fn reported(&self, rewritten: &BTreeMap<PathBuf, Rewrite>, texts: Texts) -> (Vec<String>, Seen) {
        let own = match texts {
            Texts::Original => BTreeMap::new(),
            Texts::Rewritten => rewritten.iter().map(|(path, rewrite)| (path.clone(), rewrite.text())).collect(),
        };
        let files = Overlay { around: &self.around, texts: own };
        let report = lint(&files, self.inputs.clone(), &options(false));
        let moved = match texts {
            Texts::Original => Some(rewritten),
            Texts::Rewritten => None,
        };
        (lines(&report, moved), Seen::of(&report))
    }
}

/// How much there is to compare.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// Templates, each as often as a relation was tried on it.
    templates: usize,
    /// Those for which nothing is reported: no finding, nothing undetermined, no problem.
    silent: usize,
    findings: usize,
    undetermined: usize,
    problems: usize,
}

impl Seen {
    fn of(report: &Report) -> Self {
        let (findings, undetermined, problems) =
            (report.findings.len(), report.undetermined.len(), report.problems.len());
        let silent = usize::from(findings + undetermined + problems == 0);
        Self { templates: 1, silent, findings, undetermined, problems }
    }

    /// Adds what was seen of another template.
    pub(crate) const fn add(&mut self, other: &Self) {
        self.templates += other.templates;
        self.silent += other.silent;
        self.findings += other.findings;
        self.undetermined += other.undetermined;
        self.problems += other.problems;
    }
}

/// Which texts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    /// The ones that the case has.
    Original,
    /// Those written differently.
    Rewritten,
}

/// All that is in a report: what, and where. `moved`: the files whose places are shown as they will be.
fn lines(report: &Report, moved: Option<&BTreeMap<PathBuf, Rewrite>>) -> Vec<String> {
    let place = |span: Span| {
        let source = report.sources.get(span.file);
        let rewrite = moved.and_then(|moved| moved.get(source.path()));
        let range = rewrite.map_or(span.range, |rewrite| rewrite.range(span.range));
        format!("{} {range:?}", source.display_path())
    };
    let at = |label: &Label| place(label.span);
    let mut lines = Vec::new();
    for finding in &report.findings {
        lines.push(format!("{} {} {}", finding.rule, finding.severity, at(&finding.primary)));
    }
    for check in &report.undetermined {
        lines.push(format!("undetermined {} {}", check.rule, at(&check.primary)));
    }
    for suppressed in &report.suppressed {
        lines.push(match &suppressed.item {
            SuppressedItem::Finding(finding) => format!("suppressed {} {}", finding.rule, at(&finding.primary)),
            SuppressedItem::Undetermined(check) => {
                format!("suppressed undetermined {} {}", check.rule, at(&check.primary))
            }
            SuppressedItem::Problem(problem) => format!("suppressed {}", problem.code.id()),
        });
    }
    for problem in &report.problems {
        let at = problem.span.map_or_else(|| problem.path.clone(), place);
        lines.push(format!("{} {at}", problem.code.id()));
    }
    lines.push(format!("{} clusters, {} not deployed", report.summary.clusters, report.summary.not_deployed));
    lines.sort();
    lines
}

/// The files of a case with other texts for some.
struct Overlay<'c> {
    around: &'c Around,
    texts: BTreeMap<PathBuf, String>,
}

impl Overlay<'_> {
    fn files(&self) -> &dyn FileSystem {
        match self.around {
            Around::Memory(files) => files,
            Around::Disk => &Disk,
        }
    }
}

impl FileSystem for Overlay<'_> {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.files().read_bytes(path, limit),
        }
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files().file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files().is_file(path)
    }

    fn tidy(&self, path: &Path) -> PathBuf {
        self.files().tidy(path)
    }
}
