//! Changes of ARM templates and parameter files: the table `testdata/patch/json.txt`.

use crate::patch::table::{Operation, check};
use armguard::json::{self, Document, Patcher, Strings, Value};
use armguard::patch::NewParam;

/// The first resource, or what stands at `path`, where numbers are those of items; `file` is all of it.
fn object<'d>(document: &'d Document<'d>, path: Option<&str>) -> Value<'d> {
    let root = document.root().unwrap();
    let path = path.unwrap_or("resources.0");
    let steps = path.split('.').filter(|_| path != "file");
    steps.fold(root, |value, step| match step.parse::<usize>() {
        Ok(at) => value.items().nth(at).unwrap(),
        Err(_) => value.get_ignore_case(step).unwrap(),
    })
}

/// The value that is written as `text`.
fn written<'d>(value: Value<'d>, text: &str) -> Option<Value<'d>> {
    let mut inside = value.members().map(json::Member::value).chain(value.items());
    if value.raw() == text { Some(value) } else { inside.find_map(|value| written(value, text)) }
}

#[test]
fn table() {
    check(
        "json.txt",
        |text, case, operation| {
            let document = json::parse(text);
            let is_template = text.contains("deploymentTemplate.json") || !text.contains("$schema");
            let strings = if is_template { Strings::Expressions } else { Strings::Plain };
            let patcher = Patcher::new(&document, strings);
            match operation {
                Operation::Change(change) => patcher.change(object(&document, case.place()), change),
                Operation::Remove(path) => {
                    let path: Vec<_> = path.iter().map(String::as_str).collect();
                    patcher.remove(object(&document, case.place()), &path)
                }
                Operation::Replace(text, value) => {
                    let old = written(document.root().unwrap(), text).unwrap();
                    Ok(patcher.replace(old, value).into_iter().collect())
                }
                Operation::Declare { name, ty, description } => {
                    let param = NewParam { name, ty, description, default: None };
                    patcher.declare(object(&document, case.place().or(Some("file"))), &param)
                }
            }
        },
        |text| json::parse(text).problems().is_empty(),
    );
}
