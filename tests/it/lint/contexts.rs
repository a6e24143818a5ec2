//! The project around what is named: the same verdicts as in a full run, each file read once, nothing else opened.

use crate::support::profile;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use armguard::config::{Config, FILE_NAMES};
use armguard::finding::{Report, Undetermined};
use armguard::lint::{Found, Inputs, lint};
use armguard::report::finding_text;
use armguard::source::{FileSystem, MemoryFiles, ReadError, SourceFile};
use walkdir::WalkDir;

/// A folder of `testdata` in memory.
#[derive(Clone)]
struct Folder {
    path: PathBuf,
    files: MemoryFiles,
    /// What discovery would find in it.
    candidates: Vec<PathBuf>,
    configs: Vec<Config>,
}

impl Folder {
    fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
        let walk = |language| WalkDir::new(root.join(language)).min_depth(1).max_depth(1).sort_by_file_name();
        let folders = ["arm", "bicep"].into_iter().flat_map(walk);
        folders.map(|folder| Self::read(folder.unwrap().path())).collect()
    }

    fn read(path: &Path) -> Self {
        let (files, candidates, configs) = (MemoryFiles::default(), Vec::new(), Vec::new());
        let mut folder = Self { path: path.to_owned(), files, candidates, configs };
        for entry in WalkDir::new(path).sort_by_file_name().into_iter().map(Result::unwrap) {
            if !entry.file_type().is_file() {
                continue;
            }
            let path = entry.path().strip_prefix(path).unwrap().to_owned();
            let bytes = std::fs::read(entry.path()).unwrap();
            if FILE_NAMES.iter().any(|name| path == Path::new(name)) {
                let source = SourceFile::new(&path, String::from_utf8(bytes.clone()).unwrap());
                folder.configs.push(Config::parse(Arc::new(source), PathBuf::new()).unwrap());
            }
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if ["bicep", "bicepparam", "json", "jsonc"].contains(&extension) && !path.starts_with("module-cache") {
                folder.candidates.push(path.clone());
            }
            folder.files.insert(path, bytes);
        }
        folder
    }

    fn inputs(&self) -> Inputs {
        Inputs { module_cache: Some("module-cache".into()), configs: self.configs.clone(), ..Inputs::default() }
    }

    fn whole(&self) -> Inputs {
        let found = |path: &PathBuf| Found { path: path.clone(), named: false };
        Inputs { paths: self.candidates.iter().map(found).collect(), ..self.inputs() }
    }

    /// Only `file` named, in the project of the others.
    fn just(&self, file: &Path) -> Inputs {
        let paths = vec![Found { path: file.to_owned(), named: true }];
        let around = self.candidates.iter().filter(|path| *path != file).cloned().collect();
        Inputs { paths, around, ..self.inputs() }
    }
}

fn run(files: &dyn FileSystem, inputs: Inputs) -> Report {
    lint(files, inputs, &profile::options())
}

/// All that a report says of templates, each with the files of the places that it names.
fn reported(report: &Report) -> BTreeMap<String, BTreeSet<String>> {
    let path = |span: armguard::source::Span| report.sources.get(span.file).display_path();
    let findings = report.findings.iter().map(|finding| {
        let calls = finding.subject.call_path.iter().map(|call| call.declared);
        let spans = finding.related.iter().map(|label| label.span).chain(calls);
        let spans = spans.chain([finding.primary.span, finding.subject.declared]);
        (finding_text(&report.sources, finding), spans.map(path).collect())
    });
    let undetermined = report.undetermined.iter().map(|check: &Undetermined| {
        let calls = check.subject.call_path.iter().map(|call| call.declared);
        let spans: Vec<_> = calls.chain([check.primary.span, check.subject.declared]).collect();
        let text = format!("{} {:?} {:?}", check.rule, check.primary, check.depends_on);
        let place = format!("{} {:?}", path(check.primary.span), check.primary.span.range);
        let text = text.replace(&format!("{:?}", check.primary.span), &place);
        (text, spans.into_iter().map(path).collect())
    });
    findings.chain(undetermined).collect()
}

#[test]
fn naming_a_file_changes_no_verdict() {
    let mut compared = 0;
    for folder in Folder::all().into_iter().filter(|folder| folder.candidates.len() > 1) {
        let report = run(&folder.files, folder.whole());
        // A compiled copy is checked when it is named, and only then.
        if report.summary.compiled_copies > 0 {
            continue;
        }
        let whole = reported(&report);
        for file in &folder.candidates {
            let part = reported(&run(&folder.files, folder.just(file)));
            let at = format!("{} in {}", file.display(), folder.path.display());
            let name = file.to_str().unwrap();
            for text in part.keys() {
                assert!(whole.contains_key(text), "{at}: only said when it is named:\n{text}\nelse:\n{whole:#?}");
            }
            for (text, _) in whole.iter().filter(|(_, files)| files.contains(name)) {
                assert!(part.contains_key(text), "{at}: not said when it is named:\n{text}\nbut:\n{part:#?}");
            }
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared} files compared");
}

/// Notes what is read.
struct Recording<'f> {
    files: &'f MemoryFiles,
    read: Mutex<Vec<PathBuf>>,
}

impl FileSystem for Recording<'_> {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.read.lock().unwrap().push(path.to_owned());
        self.files.read_bytes(path, limit)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        self.files.file_names(folder)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.is_file(path)
    }
}

/// Every file is read at most once, whatever the number of contexts, and becomes one source; what nothing refers to
/// is not opened.
#[test]
fn each_file_is_read_once() {
    let mut reads = 0;
    for mut folder in Folder::all() {
        folder.files.insert("secret.txt", "nobody's business");
        folder.files.insert("module-cache/br/mcr.microsoft.com/bicep$other/1.0.0$/main.json", "{}");
        let recording = Recording { files: &folder.files, read: Mutex::default() };
        let report = run(&recording, folder.whole());
        let read = recording.read.into_inner().unwrap();
        let sources: Vec<String> = report.sources.iter().map(|(_, source)| source.display_path()).collect();
        // A JSON file that is no template may be looked at again for what it is.
        for source in sources.iter().filter(|source| read.iter().any(|path| path == Path::new(source))) {
            let times = read.iter().filter(|path| *path == Path::new(source)).count();
            assert_eq!(times, 1, "{} reads {source}: {read:?}", folder.path.display());
        }
        let names: BTreeSet<&String> = sources.iter().collect();
        assert_eq!(names.len(), sources.len(), "{}: {sources:?}", folder.path.display());
        for path in read {
            let name = path.file_name().unwrap().to_str().unwrap();
            let mentioned = || sources.iter().any(|source| folder.mentions(Path::new(source), name));
            let expected = folder.candidates.contains(&path) || path.ends_with("bicepconfig.json") || mentioned();
            let cached = path.starts_with("module-cache") && !path.to_str().unwrap().contains("$other");
            assert!(expected || cached, "{} reads {}", folder.path.display(), path.display());
            reads += 1;
        }
    }
    assert!(reads > 300, "{reads} files read");
}

impl Folder {
    /// Whether the file at `path` mentions `name`.
    fn mentions(&self, path: &Path, name: &str) -> bool {
        self.files.read(path, u64::MAX).is_ok_and(|text| text.contains(name))
    }
}

/// However many parameter files there are, the template is read, parsed and lowered once.
#[test]
fn a_template_of_many_contexts_is_one_source() {
    let mut files = MemoryFiles::default();
    files.insert("main.bicep", "param on bool\nmodule m 'm.bicep' = { name: 'm', params: { on: on } }\n");
    files.insert("m.bicep", include_str!("../../../testdata/bicep/parameter-file-on/main.bicep"));
    for at in 0..500 {
        files.insert(format!("p{at}.bicepparam"), "using 'main.bicep'\nparam on = true\n");
    }
    let names = (0..500).map(|at| format!("p{at}.bicepparam")).chain(["main.bicep".into(), "m.bicep".into()]);
    let paths = names.map(|path| Found { path: path.into(), named: false }).collect();
    let recording = Recording { files: &files, read: Mutex::default() };
    let report = run(&recording, Inputs { paths, ..Inputs::default() });
    assert_eq!(recording.read.into_inner().unwrap().len(), 502);
    assert_eq!((report.sources.len(), report.summary.templates), (502, 2));
    assert_eq!(report.summary.clusters, 1);
}
