//! A module imports only modules that come before it in the way of the data, and only the edge touches the
//! machine.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a room may touch only if its row of the table says so, by the word there, and how code names it.
const TOUCHES: [(&str, &[&str]); 6] = [
    ("disk", &["std::fs", "std::net"]),
    ("environment", &["std::env"]),
    ("clock", &["Instant::now", "SystemTime"]),
    ("threads", &["std::thread", "thread::spawn", "rayon"]),
    ("`Serialize`", &["derive(Serialize", ", Serialize", "serde::Serialize", "impl Serialize"]),
    ("line numbers", &["LineIndex", ".line_column("]),
];

/// A row of the table of rooms in ARCHITECTURE.md.
struct Room {
    name: String,
    /// The words in its last column.
    touches: Vec<String>,
}

/// The rooms in order: each may import those before it.
fn rooms() -> Vec<Room> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("| room | owns | touches |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let room = |row: &str| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let touches = cells.last().unwrap().split(", ").map(|word| word.trim_matches(' ').to_owned());
        let touches: Vec<String> = touches.filter(|word| !word.is_empty()).collect();
        Room { name: cells[0].trim_matches('`').to_owned(), touches }
    };
    let rooms: Vec<Room> = rows.map(room).collect();
    assert!(rooms.len() > 20, "the table is found");
    rooms
}

/// Where a path is joined with what no file of a project names; everything else goes through `source::path_named`. Each
/// is a file or folder of the sources and the argument.
const JOINS: [(&str, &str); 17] = [
    // The command line and the disk.
    ("discover", "path"),
    ("discover", "part"),
    ("discover", "parts.as_path()"),
    ("discover", "written"),
    ("discover", "name"),
    ("discover", "folder"),
    ("discover", "file"),
    ("discover", "NAME"),
    ("discover", "FILE_NAMES[0]"),
    ("cli/files", "path"),
    ("cli/files", "name"),
    ("cli/files", "root"),
    ("cli/files", "from"),
    ("cli/files", "to"),
    ("cli/baseline.rs", "file"),
    // Names that are shown or compared, and never opened unguarded.
    ("suppress/baseline.rs", "path"),
    ("report/place.rs", "path"),
];

/// A source file: the top-level module to which it belongs, its path, and its code without comments.
struct File {
    module: String,
    path: PathBuf,
    code: String,
}

fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&src)
        .into_iter()
        .map(|path| {
            let first = path.strip_prefix(&src).unwrap().components().next().unwrap();
            let module = Path::new(&first).file_stem().unwrap().to_str().unwrap().to_owned();
            let code = without_comments(&std::fs::read_to_string(&path).unwrap());
            File { module, path, code }
        })
        .filter(|file| file.module != "lib" && file.module != "main")
        .collect()
}

/// The files of the crate that is below all modules.
fn files_of_rulefile() -> Vec<File> {
    let file = |path: PathBuf| {
        let code = without_comments(&std::fs::read_to_string(&path).unwrap());
        File { module: "rulefile".to_owned(), path, code }
    };
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/rulefile/src")).into_iter().map(file).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    entries.map(|entry| entry.into_path()).filter(|path| path.extension().is_some_and(|e| e == "rs")).collect()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that `code` names as `crate::module` or in `crate::{…}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group)),
            None => found.extend(name(rest)),
        }
    }
    found
}

/// The first name of each path in a group, up to the brace that closes it.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut path = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.extend(name(&group[path..at]));
                if character == '}' {
                    break;
                }
                path = at + 1;
            }
            _ => {}
        }
    }
    names
}

/// The name with which `path` starts. An item of the crate itself, a macro, starts with no module.
fn name(path: &str) -> Option<String> {
    let path = path.trim_start();
    let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

#[test]
fn a_module_imports_only_modules_before_it() {
    let rooms = rooms();
    let place = |module: &str| rooms.iter().position(|room| room.name == module);
    let files = files();
    assert!(files.len() > 10, "the sources are found");
    for File { module, path, code } in &files {
        let path = path.display();
        let here = place(module).unwrap_or_else(|| panic!("{path}: ARCHITECTURE.md has no row for `{module}`"));
        for import in imports(code) {
            let there = place(&import).unwrap_or_else(|| panic!("{path}: `crate::{import}` has no row"));
            assert!(there <= here, "{path}: `{module}` imports `{import}`, which comes after it");
        }
    }
    for Room { name, .. } in rooms.iter().skip(1) {
        assert!(
            files.iter().any(|file| file.module == *name),
            "ARCHITECTURE.md has a row for `{name}`, which is not there"
        );
    }
}

#[test]
fn a_room_touches_only_what_its_row_names() {
    let rooms = rooms();
    let mut touched = BTreeSet::new();
    for File { module, path, code } in files().into_iter().chain(files_of_rulefile()) {
        let room = rooms.iter().find(|room| room.name.trim_start_matches("crates/") == module).unwrap();
        let code = without_tests(&code);
        for (word, names) in TOUCHES {
            let Some(name) = names.iter().find(|name| code.contains(**name)) else { continue };
            assert!(
                room.touches.iter().any(|known| known == word),
                "{}: `{name}`, but its row does not say {word}",
                path.display()
            );
            touched.insert((room.name.clone(), word.to_owned()));
        }
    }
    // What a row says is so.
    for Room { name, touches } in &rooms {
        for word in touches {
            assert!(
                touched.contains(&(name.clone(), word.clone())),
                "the row of `{name}` says {word}, which is not so"
            );
        }
    }
}

#[test]
fn what_a_project_names_becomes_a_path_in_one_place() {
    let mut joined = Vec::new();
    for File { module, path, code } in files().into_iter().filter(|file| file.module != "source") {
        let path = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().to_path_buf();
        let code = without_tests(&code);
        for (at, start) in code.match_indices(".join(") {
            let argument = argument(&code[at + start.len()..]);
            let is_literal = argument.is_empty() || argument.trim_start_matches('&').starts_with('"');
            // Terms are joined, too.
            let is_term = module == "eval" && !argument.contains("path");
            let is_known = JOINS.iter().any(|(place, known)| path.starts_with(place) && *known == argument);
            if !is_literal && !is_term && !is_known {
                joined.push(format!("{}: `.join({argument})`", path.display()));
            }
        }
    }
    assert!(joined.is_empty(), "use `source::path_named`, or say in JOINS what it is:\n{}", joined.join("\n"));
    assert_eq!(argument("a(b, c), d) e"), "a(b, c), d");
}

/// The code of a file before its tests; nothing when all of it is tests.
fn without_tests(code: &str) -> &str {
    match code.split_once("[cfg(test)]") {
        Some((code, _)) => code,
        None if code.contains("#[test]") => "",
        None => code,
    }
}

/// What stands before the parenthesis that closes a call.
fn argument(code: &str) -> &str {
    let mut depth = 0;
    let end = code.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    });
    code[..end.unwrap_or(code.len())].trim()
}

#[test]
fn imports_are_seen() {
    let cases: &[(&str, &[&str])] = &[
        ("use crate::source::Span;", &["source"]),
        (
            "use crate::{\n    arm,\n    json::{self, Node},\n    source::Span,\n};\nuse crate::rules;",
            &["arm", "json", "rules", "source"],
        ),
        ("let x = crate::eval::run(a, b);", &["eval"]),
        ("pub(crate) fn f() {}", &[]),
    ];
    for (code, expected) in cases {
        assert_eq!(imports(code).into_iter().collect::<Vec<_>>(), *expected, "{code}");
    }
    assert_eq!(without_comments("/// `crate::lint`\nx // y"), "x // y");
}

/// Where files are written: everywhere else, content goes there as plain data.
const WRITER: &str = "src/cli/files/";

/// What makes, changes or removes files.
const WRITING: [&str; 16] = [
    "fs::write",
    "fs::copy",
    "fs::rename",
    "renameat",
    "File::create",
    ".write(true)",
    ".append(true)",
    "OFlags::WRONLY",
    "OFlags::RDWR",
    "OFlags::CREATE",
    "remove_file",
    "remove_dir",
    "create_dir",
    "hard_link",
    "fs::symlink(",
    "set_permissions",
];

#[test]
fn only_the_writer_writes_files() {
    let mut writing = 0;
    for File { path, code, .. } in files().into_iter().chain(files_of_rulefile()) {
        let code = without_tests(&code);
        let used: Vec<&str> = WRITING.into_iter().filter(|name| code.contains(name)).collect();
        match path.to_string_lossy().replace('\\', "/").contains(WRITER) {
            true => writing += used.len(),
            false => assert!(used.is_empty(), "{}: {used:?} belongs to {WRITER}", path.display()),
        }
    }
    assert!(writing > 3, "the writer is found");
}
