//! The Bicep parser against real files. Passes, and says so, where the corpus is not there.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a test prints its figures, and stops where it must")]

use std::path::{Path, PathBuf};

use armguard::bicep::{self, FileKind, StatementKind};
use armguard::source::{FileId, LineIndex};
use armguard::template::{self, Callee, ExprKind};

/// The folder of the corpus, if it is there.
fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("ARMGUARD_CORPUS").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/armguard/corpus"));
    let folder = named.or(home).filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: no corpus (set ARMGUARD_CORPUS to its folder)");
    }
    folder
}

/// All Bicep files under `folder`, in order of their paths.
fn files(folder: &Path) -> Vec<(PathBuf, FileKind)> {
    let kind = |path: &Path| match path.extension()?.to_str()? {
        "bicep" => Some(FileKind::Bicep),
        "bicepparam" => Some(FileKind::Params),
        _ => None,
    };
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter_map(|entry| kind(entry.path()).map(|kind| (entry.into_path(), kind))).collect()
}

/// Invalid baselines whose errors are all semantic.
const SYNTACTICALLY_CLEAN: [&str; 5] = [
    "InvalidLoadFunctions_CRLF",
    "InvalidModulesManagementGroup_LF",
    "InvalidModulesSubscription_LF",
    "InvalidModulesTenant_LF",
    "InvalidRuntimeValueUsages_LF",
];

/// Annotated copies of other files, no programs themselves.
const ANNOTATED: [&str; 6] = [".tokens", ".syntax", ".diagnostics", ".symbols", ".ir", ".sourcemap"];

/// The decompiler writes `?` for a type that it does not know: a syntax error for everyone.
const PLACEHOLDERS: [&str; 2] = ["nested_StorageRoleDeploymentResource.bicep", "nested_testnested.bicep"];

/// Whether the compiler reads the file without a syntax error.
fn is_valid(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if ANNOTATED.iter().any(|ending| stem.ends_with(ending)) || PLACEHOLDERS.iter().any(|name| path.ends_with(name)) {
        return false;
    }
    let mut parts = path.components().filter_map(|part| part.as_os_str().to_str());
    parts.all(|part| !part.starts_with("Invalid") || SYNTACTICALLY_CLEAN.contains(&part))
}

#[test]
fn valid_files_have_no_syntax_error() {
    let Some(folder) = corpus() else { return };
    let (mut count, mut bytes, mut bad) = (0, 0, Vec::new());
    for (path, kind) in files(&folder) {
        if !is_valid(&path) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = bicep::parse(&text, kind);
        count += 1;
        bytes += text.len();
        if let Some(problem) = parsed.problems.first() {
            let at = LineIndex::new(&text).line_column(problem.range.start, &text);
            bad.push(format!("{}:{}:{}: {}", path.display(), at.line, at.column, problem.message));
        }
    }
    println!("{count} files, {bytes} bytes, {} with a syntax error", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_name_of_a_valid_file_is_declared() {
    let Some(folder) = corpus() else { return };
    let (mut count, mut names, mut bad) = (0, 0, Vec::new());
    for (path, kind) in files(&folder) {
        if !is_valid(&path) || path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("Invalid")) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = bicep::parse(&text, kind);
        let template = match kind {
            FileKind::Bicep => template::lower_bicep(FileId(0), &text, &parsed),
            FileKind::Params => template::lower_bicepparam(FileId(0), &text, &parsed).body,
        };
        count += 1;
        // What an extension gives is no value of the template.
        let extended = parsed.tree.top().any(|statement| matches!(statement.kind, StatementKind::Extension { .. }));
        for expr in &template.exprs {
            names += 1;
            let wrong = match &expr.kind {
                ExprKind::Undeclared(_) => true,
                ExprKind::Unreadable => !extended,
                ExprKind::Call { callee, .. } => matches!(callee, Callee::Undeclared(_)),
                _ => false,
            };
            if wrong {
                let at = LineIndex::new(&text).line_column(expr.range.start, &text);
                bad.push(format!("{}:{}:{}: {:?}", path.display(), at.line, at.column, expr.kind));
            }
        }
    }
    println!("{count} files, {names} expressions, {} without a meaning", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
