//! The Bicep parser against real files. Passes, and says so, where the corpus is not there.

use crate::bicep::nodes as bicep_nodes;

use std::path::{Path, PathBuf};

use armguard::bicep::{self, FileKind, StatementKind, TokenKind};
use armguard::source::{FileId, LineIndex, Problem, ProblemCode};
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
        let template: std::sync::Arc<template::Template> = match kind {
            FileKind::Bicep => template::lower_bicep(FileId(0), &text, &parsed).into(),
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
                ExprKind::Call(call) => matches!(call.callee, Callee::Undeclared(_)),
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

/// A line of a baseline that annotates the source line before it: `//@[start:end) …`.
#[derive(Debug)]
struct Annotation {
    /// Number of the annotated line.
    line: usize,
    /// First and last column in UTF-16 units, from the start of that line; a token may go on in the next.
    columns: (u32, u32),
    /// The rest.
    text: String,
}

/// What ends a line for a baseline; a bare `\n` does not in one with `\r\n`.
fn newline(path: &Path) -> &'static str {
    if path.to_string_lossy().contains("_CRLF") { "\r\n" } else { "\n" }
}

/// The annotations of a baseline, in order.
fn annotations(path: &Path) -> Vec<Annotation> {
    let text = std::fs::read_to_string(path).unwrap();
    let (mut found, mut line) = (Vec::new(), 0);
    for row in text.split(newline(path)) {
        let Some(rest) = row.strip_prefix("//@[") else {
            line += 1;
            continue;
        };
        let (span, rest) = rest.split_once(')').unwrap();
        let (start, end) = span.split_once(':').unwrap();
        let columns = (start.parse().unwrap(), end.parse().unwrap());
        found.push(Annotation { line: line - 1, columns, text: rest[1..].to_owned() });
    }
    found
}

/// Offsets of a text in UTF-16 units, as the compiler counts them.
struct Utf16 {
    /// The offset in UTF-16 units for each byte offset.
    units: Vec<u32>,
    /// The offset in UTF-16 units at which each line starts.
    lines: Vec<u32>,
}

impl Utf16 {
    fn new(text: &str, newline: &str) -> Self {
        let (mut units, mut lines, mut at) = (Vec::new(), vec![0], 0);
        for (offset, character) in text.char_indices() {
            units.resize(units.len() + character.len_utf8(), at);
            at += if character == '\u{feff}' && at == 0 { 0 } else { character.len_utf16() as u32 };
            if text[..offset + character.len_utf8()].ends_with(newline) {
                lines.push(at);
            }
        }
        units.push(at);
        Self { units, lines }
    }

    fn span(&self, range: (u32, u32)) -> (u32, u32) {
        (self.units[range.0 as usize], self.units[range.1 as usize])
    }

    fn annotated(&self, annotation: &Annotation) -> (u32, u32) {
        let start = self.lines[annotation.line];
        (start + annotation.columns.0, start + annotation.columns.1)
    }
}

/// The programs beside which lies a baseline with `ending`: both paths, text and kind.
fn baselines(folder: &Path, ending: &str) -> Vec<(PathBuf, String, FileKind)> {
    let programs = files(folder).into_iter().filter_map(|(path, kind)| {
        let name = path.file_name()?.to_str()?;
        let baseline = path.with_file_name(name.replace(".bicep", &format!(".{ending}.bicep")));
        let is_program = matches!(name, "main.bicep" | "parameters.bicepparam");
        (is_program && baseline.is_file()).then(|| (baseline, std::fs::read_to_string(&path).unwrap(), kind))
    });
    programs.collect()
}

#[test]
fn tokens_are_those_of_the_compiler() {
    let Some(folder) = corpus() else { return };
    let (mut count, mut tokens, mut bad) = (0, 0, Vec::new());
    for (baseline, text, kind) in baselines(&folder, "tokens") {
        let units = Utf16::new(&text, newline(&baseline));
        let parsed = bicep::parse(&text, kind);
        let ours: Vec<_> = parsed
            .tree
            .tokens
            .iter()
            .filter(|(kind, _)| !kind.is_trivia() && *kind != TokenKind::EndOfFile)
            .map(|(kind, range)| (units.span((range.start, range.end)), format!("{kind:?}")))
            .collect();
        let theirs: Vec<_> = annotations(&baseline)
            .iter()
            .map(|token| (units.annotated(token), token.text.split(' ').next().unwrap().to_owned()))
            .filter(|(_, kind)| kind != "EndOfFile")
            .collect();
        count += 1;
        tokens += theirs.len();
        if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at)) {
            bad.push(format!("{}: {:?} and not {:?}", baseline.display(), ours.get(at), theirs.get(at)));
        }
    }
    println!("{count} files, {tokens} tokens, {} files differ", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Nodes of the compiler's tree for which ours has no node, only the text.
const NO_NODES: [&str; 22] = [
    "ProgramSyntax",
    "Token",
    "IdentifierSyntax",
    "LocalVariableSyntax",
    "VariableBlockSyntax",
    "TypedVariableBlockSyntax",
    "TypedLocalVariableSyntax",
    "TypedLambdaSyntax",
    "FunctionArgumentSyntax",
    "ParameterizedTypeArgumentSyntax",
    "ParameterDefaultValueSyntax",
    "UnionTypeMemberSyntax",
    "ArrayTypeMemberSyntax",
    "ImportedSymbolsListSyntax",
    "ImportedSymbolsListItemSyntax",
    "WildcardImportSyntax",
    "AliasAsClauseSyntax",
    "CompileTimeImportFromClauseSyntax",
    "ExtensionWithClauseSyntax",
    "UsingWithClauseSyntax",
    "NoneLiteralSyntax",
    "SkippedTriviaSyntax",
];

/// A statement of the compiler's tree: the nodes in it, itself first.
struct Baseline {
    nodes: Vec<((u32, u32), String)>,
    /// Text was skipped in it.
    broken: bool,
}

/// The statements of a syntax baseline.
fn syntax_baseline(path: &Path, units: &Utf16) -> Vec<Baseline> {
    let mut statements: Vec<Baseline> = Vec::new();
    for annotation in annotations(path) {
        let name = annotation.text.trim_start_matches(['├', '└', '─', '|', ' ']);
        let depth = (annotation.text.chars().count() - name.chars().count()) / 2;
        let name = name.split(['(', ' ']).next().unwrap();
        let span = units.annotated(&annotation);
        if depth == 1 && name != "Token" {
            statements.push(Baseline { nodes: Vec::new(), broken: false });
        }
        let Some(statement) = statements.last_mut() else { continue };
        // An empty one also stands for a clause that need not be there.
        statement.broken |= name == "SkippedTriviaSyntax" && span.0 < span.1;
        if !NO_NODES.contains(&name) {
            statement.nodes.push((span, name.to_owned()));
        }
    }
    statements
}

#[test]
fn nodes_are_those_of_the_compiler() {
    let Some(folder) = corpus() else { return };
    let (mut count, mut compared, mut passed_over, mut bad) = (0, 0, 0, Vec::new());
    for (baseline, text, kind) in baselines(&folder, "syntax") {
        let units = Utf16::new(&text, newline(&baseline));
        let parsed = bicep::parse(&text, kind);
        count += 1;
        let mut ours: Vec<_> = bicep_nodes::nodes(&parsed.tree, kind)
            .into_iter()
            .filter(|node| !NO_NODES.contains(&node.name))
            .map(|node| (units.span(node.span), node.name.to_owned()))
            .collect();
        ours.sort();
        let wrong: Vec<_> = parsed.problems.iter().map(|p| units.span((p.range.start, p.range.end))).collect();
        for mut statement in syntax_baseline(&baseline, &units) {
            let Some((whole, _)) = statement.nodes.first().cloned() else { continue };
            if statement.broken || wrong.iter().any(|problem| whole.0 <= problem.0 && problem.0 <= whole.1) {
                passed_over += 1;
                continue;
            }
            statement.nodes.sort();
            let from = ours.partition_point(|((start, _), _)| *start < whole.0);
            let to = ours.partition_point(|((start, _), _)| *start < whole.1);
            let ours = &ours[from..to];
            compared += statement.nodes.len();
            if let Some(at) =
                (0..ours.len().max(statement.nodes.len())).find(|at| ours.get(*at) != statement.nodes.get(*at))
            {
                bad.push(format!("{}: {:?} and not {:?}", baseline.display(), ours.get(at), statement.nodes.get(at)));
            }
        }
    }
    println!("{count} files, {compared} nodes, {passed_over} statements with errors passed over, {} differ", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Diagnostics of the compiler's lexer and parser; all others are semantic.
const SYNTAX_CODES: [u32; 67] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 64, 68, 87, 96, 97, 103, 117,
    118, 123, 132, 133, 136, 140, 147, 153, 162, 167, 201, 202, 226, 236, 237, 238, 243, 249, 257, 266, 279, 292, 300,
    305, 317, 322, 325, 337, 344, 346, 347, 354, 355, 356, 375, 404, 436,
];

/// The problems of `text`, of which one parse lists the first hundred: the statements that follow are parsed again, with
/// blanks in place of those before.
fn all_problems(text: &str, kind: FileKind) -> Vec<Problem> {
    let (mut all, mut rest) = (Vec::new(), text.to_owned());
    loop {
        let parsed = bicep::parse(&rest, kind);
        let more = parsed.problems.last().filter(|last| last.code == ProblemCode::MoreProblems);
        let Some(more) = more.map(|more| more.range.start) else {
            all.extend(parsed.problems);
            return all;
        };
        let start = parsed.tree.top().map(|statement| statement.range.start).filter(|start| *start <= more).max();
        let start = start.filter(|start| *start > 0).unwrap();
        all.extend(parsed.problems.into_iter().filter(|problem| problem.range.start < start));
        let blank = |byte: u8| if byte.is_ascii_whitespace() { char::from(byte) } else { ' ' };
        rest = rest[..start as usize].bytes().map(blank).chain(rest[start as usize..].chars()).collect();
    }
}

#[test]
fn syntax_errors_are_in_the_statements_where_the_compiler_has_them() {
    let Some(folder) = corpus() else { return };
    let (mut count, mut statements, mut with, mut bad) = (0, 0, 0, Vec::new());
    for (baseline, text, kind) in baselines(&folder, "diagnostics") {
        let units = Utf16::new(&text, newline(&baseline));
        let parsed = bicep::parse(&text, kind);
        let code = |text: &str| text.strip_prefix("[BCP")?.get(..3)?.parse::<u32>().ok();
        let theirs: Vec<_> = annotations(&baseline)
            .iter()
            .filter(|diagnostic| code(&diagnostic.text).is_some_and(|code| SYNTAX_CODES.contains(&code)))
            .map(|diagnostic| (units.annotated(diagnostic).0, diagnostic.text.clone()))
            .collect();
        let ours: Vec<_> = all_problems(&text, kind)
            .iter()
            .map(|p| (units.span((p.range.start, p.range.end)).0, p.message.clone()))
            .collect();
        count += 1;
        // A problem belongs to the last statement that starts before it: each has its stretch of the file.
        let mut starts: Vec<_> = parsed.tree.top().map(|s| units.span((s.range.start, s.range.end)).0).collect();
        starts.push(u32::MAX);
        for stretch in starts.windows(2) {
            let within =
                |list: &[(u32, String)]| list.iter().find(|(at, _)| stretch[0] <= *at && *at < stretch[1]).cloned();
            statements += 1;
            with += usize::from(within(&ours).is_some());
            if within(&theirs).is_some() != within(&ours).is_some() {
                let at = units.units.iter().position(|unit| *unit == stretch[0]).unwrap();
                let line = text[at..].lines().next().unwrap_or_default();
                bad.push(format!(
                    "{}: {line}\n    compiler {:?}\n    ours     {:?}",
                    baseline.display(),
                    within(&theirs),
                    within(&ours)
                ));
            }
        }
    }
    println!("{count} files, {statements} statements, {with} with an error, {} differ", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// A declaration: kind by its keyword, name, and where it starts and ends without decorators.
type Declaration<'t> = (&'t str, &'t str, (u32, u32));

/// What `tree-sitter-bicep` sees, if it reads the text without an error.
fn second_opinion<'t>(parser: &mut tree_sitter::Parser, text: &'t str) -> Option<Vec<Declaration<'t>>> {
    let tree = parser.parse(text, None)?;
    if tree.root_node().has_error() {
        return None;
    }
    let mut cursor = tree.walk();
    let of = |node: tree_sitter::Node<'_>| &text[node.byte_range()];
    let declarations = tree.root_node().children(&mut cursor).filter_map(|node| {
        let name = (0..node.child_count()).filter_map(|at| node.child(at)).find(|child| child.kind() == "identifier");
        let kind = of(node.child(0)?);
        let known = matches!(node.kind(), kind if kind.ends_with("_declaration") || kind == "user_defined_function");
        known.then(|| (kind, of(name.unwrap()), (node.start_byte() as u32, node.end_byte() as u32)))
    });
    Some(declarations.collect())
}

#[test]
fn declarations_are_those_of_tree_sitter() {
    let Some(folder) = corpus() else { return };
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_bicep::LANGUAGE.into()).unwrap();
    let (mut count, mut clean, mut declarations, mut bad) = (0, 0, 0, Vec::new());
    for (path, kind) in files(&folder) {
        if !is_valid(&path) || kind == FileKind::Params {
            continue;
        }
        count += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let Some(theirs) = second_opinion(&mut parser, &text) else { continue };
        clean += 1;
        declarations += theirs.len();
        let parsed = bicep::parse(&text, kind);
        let ours: Vec<_> = parsed
            .tree
            .top()
            .filter_map(|statement| {
                let name = match statement.kind {
                    StatementKind::Param { name, .. }
                    | StatementKind::Var { name, .. }
                    | StatementKind::Output { name, .. }
                    | StatementKind::Type { name, .. }
                    | StatementKind::Func { name, .. }
                    | StatementKind::Metadata { name, .. }
                    | StatementKind::Resource { name, .. }
                    | StatementKind::Module { name, .. } => name,
                    _ => return None,
                };
                Some((statement.keyword.of(&text), name.of(&text), (statement.keyword.start, statement.range.end)))
            })
            .collect();
        if let Some(at) = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at)) {
            bad.push(format!("{}: {:?} and not {:?}", path.display(), ours.get(at), theirs.get(at)));
        }
    }
    println!("{count} files, {clean} clean for tree-sitter, {declarations} declarations, {} files differ", bad.len());
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
