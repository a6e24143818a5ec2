//! Values that need themselves: each function over its own result, in each place of a template, in both languages.
//! Whatever comes out, the run goes on to its end.

use std::fmt::Write;
use std::path::Path;

use armguard::expand::{Request, expand};
use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::source::{MemoryFiles, ProblemCode};

const TYPE: &str = "Microsoft.ContainerService/managedClusters";

/// The functions of the library, and how many arguments each is given at least.
fn functions() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/eval/functions");
    let mut functions = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for entry in text.split("Entry { name: \"").skip(1) {
            let Some((name, rest)) = entry.split_once('"') else { continue };
            let arity = rest.trim_start_matches(", arity: ").split("..=").next().unwrap_or_default();
            functions.push((name.to_owned(), arity.parse().unwrap_or(1)));
        }
    }
    functions.sort();
    assert!(functions.len() > 80, "only {} functions are found", functions.len());
    functions
}

/// A call of the function over `value`, with `lambda` to write one of these parameters.
fn call((name, arity): &(String, usize), value: &str, lambda: fn(&[&str], &str) -> String) -> String {
    let args = match name.as_str() {
        "filter" | "map" | "mapValues" | "toObject" | "groupBy" => format!("{value}, {}", lambda(&["x"], value)),
        "sort" => format!("{value}, {}", lambda(&["x", "y"], value)),
        "reduce" => format!("{value}, {value}, {}", lambda(&["x", "y"], value)),
        _ => vec![value; (*arity).max(1)].join(", "),
    };
    format!("{name}({args})")
}

fn bicep(function: &(String, usize)) -> String {
    let f = |value: &str| call(function, value, |params, body| format!("({}) => {body}", params.join(", ")));
    let mut text = format!("var s = {{ a: {} }}\nparam p object = {{ a: {} }}\n", f("s"), f("p"));
    let _ = writeln!(text, "func g(x object) object => {{ a: {} }}\nvar u = g(u)", f("g(x)"));
    let mut resource = |symbol: &str, head: &str, name: String, rest: String| {
        let _ = writeln!(text, "resource {symbol} '{TYPE}@2024-05-01' {head} {{\n  name: {name}\n  {rest}\n}}");
    };
    let plain = |symbol: &str| format!("'{symbol}'");
    resource("r1", "=", format!("{{ a: {} }}", f("r1.id")), String::new());
    resource("r2", "=", format!("[{}]", f("[r2.id]")), String::new());
    resource("r3", "=", format!("'${{{}}}'", f("r3.name")), String::new());
    resource("r4", "=", plain("r4"), format!("location: {}", f("{ a: r4.location }")));
    resource("r5", "=", plain("r5"), format!("properties: {{ securityProfile: {} }}", f("r5.properties")));
    resource("r6", "=", plain("r6"), format!("scope: {}", f("r6.id")));
    resource("r7", "=", plain("r7"), format!("parent: r8\n  tags: {}", f("r8.id")));
    resource("r8", "=", plain("r8"), format!("parent: r7\n  tags: {}", f("r7.id")));
    resource("r9", "existing =", format!("{{ a: {} }}", f("r9.id")), String::new());
    resource("r10", &format!("= if ({})", f("r10.id")), plain("r10"), String::new());
    let _ = writeln!(text, "resource r11 '{TYPE}@2024-05-01' = [for i in {}: {{ name: 'r' }}]", f("r11[0].id"));
    let _ =
        writeln!(text, "module m 'm.bicep' = {{\n  name: {}\n  params: {{ p: {} }}\n}}", f("m.name"), f("m.outputs.o"));
    let _ = writeln!(text, "output o object = {{ a: {}, b: r9.id, c: u, d: p }}", f("s"));
    text
}

fn arm(function: &(String, usize)) -> String {
    let lambda = |params: &[&str], body: &str| format!("lambda('{}', {body})", params.join("', '"));
    let f = |value: &str| format!("[{}]", call(function, value, lambda));
    let id = format!("resourceId('{TYPE}', variables('s'))");
    let resource = |name: serde_json::Value, key: &str, value: serde_json::Value| serde_json::json!({ "type": TYPE, "apiVersion": "2024-05-01", "name": name, key: value });
    serde_json::json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": { "p": { "type": "object", "defaultValue": { "a": f("parameters('p')") } } },
        "variables": { "s": { "a": f("variables('s')"), "b": f(&id) }, "t": f(&id) },
        "resources": [
            resource(f("variables('s')").into(), "location", "w".into()),
            resource(f(&format!("reference('{TYPE}/r')")).into(), "location", "w".into()),
            resource("r".into(), "location", f(&id).into()),
            resource("r".into(), "tags", f("parameters('p')").into()),
            resource("r".into(), "properties", serde_json::json!({ "securityProfile": f("variables('t')") })),
            resource("r".into(), "scope", f(&id).into()),
            resource("r".into(), "condition", f("variables('s')").into()),
            resource("r".into(), "copy", serde_json::json!({ "name": "c", "count": f("variables('s')") })),
        ],
        "outputs": { "o": { "type": "object", "value": f("variables('s')") } },
    })
    .to_string()
}

/// A cluster without Defender, which is found whatever lies beside it.
const BESIDE: &str = "resource beside 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: 'beside'\n  \
                      location: 'w'\n  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }\n}\n";

/// What a run says about these files and, beside them, [`BESIDE`].
fn report(mut files: MemoryFiles, mut paths: Vec<String>) -> Report {
    files.insert("beside.bicep", BESIDE);
    paths.push("beside.bicep".to_owned());
    let paths = paths.iter().map(|path| Found { path: path.into(), named: false }).collect();
    let report = lint(&files, Inputs { paths, ..Inputs::default() }, &Options::default());
    assert!(report.findings.iter().any(|finding| finding.subject.title == "beside"), "the file beside is not checked");
    report
}

#[test]
fn functions_over_their_own_results_end() {
    let (mut files, mut paths) = (MemoryFiles::default(), Vec::new());
    files.insert("m.bicep", "param p object\noutput o object = p\n");
    for function in functions() {
        for (language, text) in [("bicep", bicep(&function)), ("json", arm(&function))] {
            let path = format!("{}.{language}", function.0);
            files.insert(&path, text);
            // What cannot be printed is said; here it counts that there is an end.
            let _ = expand(&files, &Request { file: path.as_str().into(), ..Request::default() });
            paths.push(path);
        }
    }
    let report = report(files, paths);
    let failed = report.problems.iter().find(|problem| problem.code == ProblemCode::InternalError);
    assert!(failed.is_none(), "{failed:?}");
}

#[test]
fn a_loop_over_its_own_resources_is_not_evaluated_again_and_again() {
    let mut files = MemoryFiles::default();
    let resource = |over: &str| format!("resource r '{TYPE}@2024-05-01' = [for i in {over}: {{ name: 'r${{i}}' }}]\n");
    files.insert("items.bicep", resource("concat(r[0].tags.a, r[1].tags.b, r[2].tags.c)"));
    files.insert("length.bicep", resource("range(0, length(r[0].id) + length(r[1].id) + length(r[2].id))"));
    let report = report(files, vec!["items.bicep".to_owned(), "length.bicep".to_owned()]);
    let said: Vec<_> = report.problems.iter().map(|problem| &*problem.message).collect();
    assert!(said.iter().any(|said| said.contains("this loop runs over its own resources")), "{said:?}");
    assert!(!said.iter().any(|said| said.contains("too many steps")), "{said:?}");
}
