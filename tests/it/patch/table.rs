//! Tables of changes of source texts: `testdata/patch/*.txt`.
//!
//! A case is a title behind `### `, lines with operations, and between lines of `---` the text before and after. In the
//! texts `→` is a tab; `[crlf]` and `[bom]` in the title say what else the file has. An operation that is refused has
//! instead of the text after it `refused:` and why. The operations:
//!
//! - `set PATH = VALUE`, `append PATH = VALUE`: several are one change; VALUE is JSON, or `expr` and an expression
//! - `remove PATH`
//! - `replace TEXT = VALUE`: the value that is written as TEXT
//! - `declare NAME TYPE DESCRIPTION`
//! - `in NAME`: what the others are about, not the first resource
//!
//! `ARMGUARD_BLESS=1 cargo test --test it patch` writes the texts after.

use std::fmt::Write;
use std::path::Path;

use armguard::patch::{Change, NewValue, PatchRefusal};
use armguard::source::{Edit, apply_edits, inverse_edits};

/// What a case does.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Change(Change),
    Remove(Vec<String>),
    Replace(String, NewValue),
    Declare { name: String, ty: String, description: String },
}

/// One case of a table.
#[derive(Debug)]
pub(crate) struct Case {
    title: String,
    operations: String,
    before: String,
    after: String,
}

impl Case {
    /// The name behind `in`.
    pub(crate) fn place(&self) -> Option<&str> {
        self.operations.lines().find_map(|line| line.strip_prefix("in "))
    }

    fn operation(&self) -> Operation {
        let mut changes: Option<Change> = None;
        for line in self.operations.lines() {
            let (word, rest) = line.split_once(' ').unwrap();
            let (left, right) = rest.split_once(" = ").unwrap_or((rest, ""));
            let path: Vec<_> = left.split('.').collect();
            let change = match word {
                "in" => continue,
                "remove" => return Operation::Remove(path.into_iter().map(str::to_owned).collect()),
                "replace" => return Operation::Replace(left.to_owned(), value(right)),
                "declare" => {
                    let words: Vec<_> = rest.splitn(3, ' ').map(str::to_owned).collect();
                    let [name, ty, description] = words.try_into().unwrap();
                    return Operation::Declare { name, ty, description };
                }
                "set" => Change::set(&path, value(right)),
                "append" => Change::append(&path, value(right)),
                _ => panic!("{line}"),
            };
            changes = Some(match changes {
                Some(before) => before.and(change),
                None => change,
            });
        }
        Operation::Change(changes.unwrap())
    }

    fn has(&self, flag: &str) -> bool {
        self.title.contains(flag)
    }

    /// What the file holds whose text the table shows as `shown`.
    fn file(&self, shown: &str) -> String {
        let text = shown.replace('→', "\t");
        let text = if self.has("[crlf]") { text.replace('\n', "\r\n") } else { text };
        if self.has("[bom]") { format!("\u{feff}{text}") } else { text }
    }

    /// How the table shows the text of a file.
    fn shown(&self, file: &str) -> String {
        let text = if self.has("[bom]") { file.strip_prefix('\u{feff}').unwrap() } else { file };
        let text = text.replace('\t', "→");
        if self.has("[crlf]") {
            assert!(text.matches('\n').count() == text.matches("\r\n").count(), "{}: lone newline", self.title);
            return text.replace("\r\n", "\n");
        }
        text
    }
}

fn value(text: &str) -> NewValue {
    match text.strip_prefix("expr ") {
        Some(expression) => NewValue::Expression(expression.to_owned()),
        None => from_json(&serde_json::from_str(text).unwrap()),
    }
}

fn from_json(value: &serde_json::Value) -> NewValue {
    use serde_json::Value as Json;
    match value {
        Json::Null => NewValue::Null,
        Json::Bool(value) => NewValue::Bool(*value),
        Json::Number(number) => NewValue::Int(number.as_i64().unwrap()),
        Json::String(text) => match text.strip_prefix("expr ") {
            Some(expression) => NewValue::Expression(expression.to_owned()),
            None => NewValue::String(text.clone()),
        },
        Json::Array(items) => NewValue::Array(items.iter().map(from_json).collect()),
        Json::Object(members) => {
            NewValue::Object(members.iter().map(|(key, value)| (key.clone(), from_json(value))).collect())
        }
    }
}

fn cases(table: &str) -> Vec<Case> {
    let case = |text: &str| {
        let parts: Vec<_> = text.split("---\n").collect();
        let [head, before, after] = parts.try_into().unwrap_or_else(|_| panic!("{text}"));
        let (title, operations) = head.split_once('\n').unwrap();
        let after = after.strip_suffix('\n').unwrap_or(after);
        Case { title: title.into(), operations: operations.into(), before: before.into(), after: after.into() }
    };
    table.split("### ").skip(1).map(case).collect()
}

/// Runs the table `testdata/patch/<name>`. `run` makes the edits of an operation; `is_valid` tells whether a text has
/// no problem.
pub(crate) fn check(
    name: &str,
    run: impl Fn(&str, &Case, &Operation) -> Result<Vec<Edit>, PatchRefusal>,
    is_valid: impl Fn(&str) -> bool,
) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/patch").join(name);
    let table = std::fs::read_to_string(&path).unwrap();
    let (mut wrong, mut blessed) = (Vec::new(), table.split("### ").next().unwrap().to_owned());
    for case in cases(&table) {
        let before = case.file(&case.before);
        let operation = case.operation();
        let found = match run(&before, &case, &operation) {
            Ok(edits) => {
                let after = apply_edits(&before, &edits).unwrap();
                let undo = inverse_edits(&before, &edits).unwrap();
                assert_eq!(apply_edits(&after, &undo).as_deref(), Ok(&*before), "{}", case.title);
                assert!(is_valid(&after) || !is_valid(&before), "{}: new problem in\n{after}", case.title);
                if matches!(operation, Operation::Change(_)) {
                    assert_eq!(run(&after, &case, &operation), Ok(Vec::new()), "{}: again", case.title);
                }
                case.shown(&after)
            }
            Err(refusal) => format!("refused: {refusal}: {}\n", refusal.range.of(&before)),
        };
        if found != case.after {
            wrong.push(format!("{}\n{found}\nnot\n{}", case.title, case.after));
        }
        write!(blessed, "### {}\n{}---\n{}---\n{found}\n", case.title, case.operations, case.before).unwrap();
    }
    if std::env::var_os("ARMGUARD_BLESS").is_some() {
        assert!(std::env::var_os("CI").is_none(), "ARMGUARD_BLESS is not for CI");
        std::fs::write(&path, blessed).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
