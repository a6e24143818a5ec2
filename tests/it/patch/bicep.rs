//! Changes of Bicep files: the table `testdata/patch/bicep.txt`.

use crate::patch::table::{Operation, check};
use armguard::bicep::{self, ExprId, FileKind, Patcher, StatementKind, Tree};
use armguard::patch::NewParam;

/// The body of the resource or module called `name`, or of the first.
fn body(text: &str, tree: &Tree, name: Option<&str>) -> ExprId {
    let bodies = tree.statements.iter().filter_map(|statement| match statement.kind {
        StatementKind::Resource { name, body, .. } | StatementKind::Module { name, body, .. } => Some((name, body)),
        _ => None,
    });
    let called = bodies.filter(|(range, _)| name.is_none_or(|name| range.of(text) == name));
    called.min_by_key(|(range, _)| range.start).unwrap().1
}

#[test]
fn table() {
    check(
        "bicep.txt",
        |text, case, operation| {
            let tree = bicep::parse(text, FileKind::Bicep).tree;
            let patcher = Patcher::new(text, &tree);
            match operation {
                Operation::Change(change) => patcher.change(body(text, &tree, case.place()), change),
                Operation::Remove(path) => {
                    let path: Vec<_> = path.iter().map(String::as_str).collect();
                    patcher.remove(body(text, &tree, case.place()), &path)
                }
                Operation::Replace(written, value) => {
                    let at = tree.exprs.iter().position(|expr| expr.range.of(text) == written).unwrap();
                    Ok(patcher.replace(ExprId(at as u32), value).into_iter().collect())
                }
                Operation::Declare { name, ty, description } => {
                    let param = NewParam { name, ty, description, default: None };
                    patcher.declare(&param).map(|edit| vec![edit])
                }
            }
        },
        |text| bicep::parse(text, FileKind::Bicep).problems.is_empty(),
    );
}
