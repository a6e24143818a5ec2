//! What Bicep takes in from other files while it compiles, over files in memory.

use std::path::Path;
use std::sync::Arc;

use armguard::eval::{Evaluator, FailureKind, Scope, Value};
use armguard::project::{Found, Inputs, Named, Project};
use armguard::source::MemoryFiles;

/// The files beside the templates.
fn files() -> MemoryFiles {
    let mut files = MemoryFiles::default();
    files.insert("infra/a.txt", "one\r\ntwo\n");
    files.insert("infra/mark.txt", "\u{feff}ä");
    files.insert("infra/latin.txt", vec![b'a', 0xe4]);
    files.insert("infra/binary", vec![0, 0xff, 0xfe]);
    files.insert("shared/up.txt", "up");
    files.insert("infra/at-limit.txt", "x".repeat(131_072));
    files.insert("infra/over-limit.txt", "x".repeat(131_073));
    files.insert("infra/huge.json", format!("[{}]", " ".repeat(1 << 20)));
    files.insert(
        "infra/a.json",
        "// comment\n{ \"a\": { \"b\": [1, \"two\", null,], \"a-b\": 1.50 }, \"n\": 3, \"s\": \"x\" }",
    );
    files.insert("infra/marked.json", "\u{feff}{\"n\": -1}");
    files.insert("infra/bad.json", "{ \"a\": ");
    files.insert("infra/empty.json", "");
    files.insert(
        "infra/a.yaml",
        "# comment\na: 1\n'b c':\n- x\n- true\n- ~\n- -2\n- '1'\n- |\n  l1\n  l2\nd:\n  e: []\n  f: {}\n---\nsecond: 1\n",
    );
    files.insert("infra/flow.yaml", "{a: [1, {b: two words}]}");
    files.insert("infra/yes.yaml", "a: yes");
    files.insert("infra/octal.yaml", "a: 010");
    files.insert("infra/float.yaml", "a: 1.50");
    files.insert("infra/date.yaml", "a: 2026-01-01");
    files.insert("infra/anchor.yaml", "a: &x 1\nb: *x");
    files.insert("infra/tag.yaml", "a: !!str 1");
    files.insert("infra/key.yaml", "1: a");
    files.insert("infra/bad.yaml", "a: [1");
    files.insert("infra/empty.yaml", "# nothing\n");
    files.insert("infra/deep.yaml", "[".repeat(100_000));
    files.insert("/etc/secret", "secret");
    files
}

fn load(files: &MemoryFiles, path: &str) -> Project {
    let paths = vec![Found { path: path.into(), named: true }];
    Project::load(files, Inputs { paths, ..Inputs::default() })
}

/// The output `o` of the template at `path`, printed.
fn output(project: &Project, path: &str) -> String {
    let context = match project.named(Path::new(path)) {
        Some(Named::Template(context) | Named::Parameters(Some(context))) => context,
        _ => panic!("{path} deploys something"),
    };
    let template = Arc::clone(&context.template);
    let eval = Evaluator::new(project).showing_loaded();
    let frame = eval.root_of(&context);
    let output = template.output("o").expect("an output `o`");
    match eval.eval(&Scope { frame, env: None }, output.value) {
        Value::Error(failure) => match &failure.kind {
            FailureKind::Wrong(message) => format!("!{message}"),
            FailureKind::NotDeployed(_) => "!not deployed".into(),
        },
        value => eval.print(&value),
    }
}

fn problems(project: &Project) -> Vec<String> {
    let problems = project.problems.iter();
    let line = |problem: &armguard::finding::FileProblem| {
        let text = problem.span.map_or("", |span| project.sources.get(span.file).slice(span.range));
        format!("{} {text}: {}", problem.code.id(), problem.message)
    };
    problems.map(line).collect()
}

#[test]
fn loads_give_what_the_files_say() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        ("loadTextContent('a.txt')", "one\r\ntwo\n"),
        ("loadTextContent('./a.txt')", "one\r\ntwo\n"),
        ("loadTextContent('../shared/up.txt')", "up"),
        ("toUpper(loadTextContent('../shared/up.txt'))", "UP"),
        ("sys.loadTextContent('../shared/up.txt')", "up"),
        ("loadTextContent(literal)", "up"),
        ("loadTextContent(literalOfLiteral)", "up"),
        ("loadTextContent('mark.txt')", "ä"),
        ("loadTextContent('mark.txt', 'us-ascii')", "ä"),
        ("loadTextContent('a.txt', 'us-ascii')", "one\r\ntwo\n"),
        // Bytes of another encoding are read as they are told to be read.
        ("loadTextContent('a.txt', 'utf-16')", "\u{6e6f}\u{0d65}\u{740a}\u{6f77}"),
        ("loadTextContent('latin.txt', 'iso-8859-1')", "a\u{e4}"),
        ("length(loadTextContent('at-limit.txt'))", "131072"),
        ("length(loadTextContent('over-limit.txt'))", "!Bicep takes in no text of more than 131072 characters"),
        ("loadTextContent(computed)", "loadTextContent('../shared/up.txt')"),
        ("loadTextContent(unknown)", "loadTextContent(unknown)"),
        ("loadTextContent(circle)", "!`circle` needs its own value"),
        ("loadTextContent('~/a.txt')", "loadTextContent('~/a.txt')"),
        ("loadTextContent('file:///etc/secret')", "loadTextContent('file:///etc/secret')"),
        (r"loadTextContent('..\\shared\\up.txt')", r"loadTextContent('..\shared\up.txt')"),
        ("loadFileAsBase64('a.txt')", "b25lDQp0d28K"),
        ("loadFileAsBase64('mark.txt')", "77u/w6Q="),
        ("loadFileAsBase64('binary')", "AP/+"),
        ("loadFileAsBase64('at-limit.txt')", "!Bicep takes in no file of more than 131072 characters in base 64"),
        ("loadJsonContent('a.json').a.b[1]", "two"),
        ("loadJsonContent('a.json', '$.a.b')", "createArray(1, 'two', null)"),
        ("loadJsonContent('a.json', '$.a.b[0]')", "1"),
        ("loadJsonContent('a.json', '$.a.a-b')", "1.5"),
        ("loadJsonContent('a.json', '$.n')", "3"),
        ("loadJsonContent('a.json', '$.s', 'utf-8')", "x"),
        ("loadJsonContent('a.json', '$.S')", "!the file has nothing at `$.S`"),
        ("loadJsonContent('a.json', '$.a.b[3]')", "!the file has nothing at `$.a.b[3]`"),
        ("loadJsonContent('a.json', '$..b')", "loadJsonContent('a.json', '$..b')"),
        ("loadJsonContent('a.json', '$.a.b[?(@ == 1)]')", "loadJsonContent('a.json', '$.a.b[?(@ == 1)]')"),
        ("loadJsonContent('a.json', '$.a.b[-1]')", "loadJsonContent('a.json', '$.a.b[-1]')"),
        ("loadJsonContent('marked.json').n", "-1"),
        ("loadJsonContent('bad.json')", "loadJsonContent('bad.json')"),
        ("loadJsonContent('empty.json')", "loadJsonContent('empty.json')"),
        ("loadJsonContent('huge.json')", "!Bicep takes in no JSON of more than 1048576 characters"),
        ("loadYamlContent('a.yaml')", "{a: 1, b c: createArray('x', true, null, -2, '1', 'l1\nl2\n'), d: {e: createArray(), f: {}}}"),
        ("loadYamlContent('a.yaml').d.e", "createArray()"),
        ("loadYamlContent('a.yaml', '$.b c')", "loadYamlContent('a.yaml', '$.b c')"),
        ("loadYamlContent('a.yaml', '$.d.f', 'utf-8')", "{}"),
        ("loadYamlContent('a.yaml', '$.z')", "!the file has nothing at `$.z`"),
        ("loadYamlContent('flow.yaml')", "{a: createArray(1, {b: 'two words'})}"),
        ("loadYamlContent('yes.yaml')", "loadYamlContent('yes.yaml')"),
        ("loadYamlContent('octal.yaml')", "loadYamlContent('octal.yaml')"),
        ("loadYamlContent('float.yaml')", "loadYamlContent('float.yaml')"),
        ("loadYamlContent('date.yaml')", "loadYamlContent('date.yaml')"),
        ("loadYamlContent('anchor.yaml')", "loadYamlContent('anchor.yaml')"),
        ("loadYamlContent('tag.yaml')", "loadYamlContent('tag.yaml')"),
        ("loadYamlContent('key.yaml')", "loadYamlContent('key.yaml')"),
        ("loadYamlContent('bad.yaml')", "loadYamlContent('bad.yaml')"),
        ("loadYamlContent('empty.yaml')", "loadYamlContent('empty.yaml')"),
        ("loadYamlContent('deep.yaml')", "loadYamlContent('deep.yaml')"),
        ("unknown == '' ? loadTextContent('../shared/up.txt') : 'up'", "up"),
    ];
    let mut wrong = Vec::new();
    for (expression, expected) in cases {
        let mut files = files();
        let text = format!(
            "param unknown string\nvar literal = '../shared/up.txt'\nvar literalOfLiteral = literal\n\
             var computed = '../${{'shared'}}/up.txt'\nvar circle = circle\noutput o object = {expression}\n"
        );
        files.insert("infra/main.bicep", text);
        let project = load(&files, "infra/main.bicep");
        let found = output(&project, "infra/main.bicep");
        if found != *expected || !project.problems.is_empty() {
            wrong.push(format!("{expression}\n  expected {expected}\n  found    {found} {:?}", problems(&project)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// A path counts from the file in which it is written, whoever asks for the value.
#[test]
fn paths_count_from_the_file_that_has_them() {
    let mut files = files();
    files.insert(
        "main.bicep",
        "import { up, read } from 'infra/lib.bicep'\noutput o string = '${up} ${read()} ${loadTextContent('shared/up.txt')}'\n",
    );
    files.insert(
        "infra/lib.bicep",
        "@export()\nvar up = loadTextContent('../shared/up.txt')\n\
         @export()\nfunc read() string => loadTextContent('./a.txt')\n",
    );
    let project = load(&files, "main.bicep");
    assert_eq!(problems(&project), Vec::<String>::new());
    assert_eq!(output(&project, "main.bicep"), "up one\r\ntwo\n up");
}

#[test]
fn parameter_files_load_too() {
    let mut files = files();
    files.insert("main.bicep", "param p string\noutput o string = p\n");
    files.insert("infra/main.bicepparam", "using '../main.bicep'\nparam p = loadTextContent('../shared/up.txt')\n");
    let project = load(&files, "infra/main.bicepparam");
    assert_eq!(problems(&project), Vec::<String>::new());
    assert_eq!(output(&project, "infra/main.bicepparam"), "up");
}

#[test]
fn a_missing_file_is_said_at_its_path() {
    let mut files = files();
    files.insert(
        "infra/main.bicep",
        "var path = 'c.txt'\noutput o array = [loadTextContent('b.txt'), loadJsonContent(path)]\n",
    );
    let project = load(&files, "infra/main.bicep");
    let expected =
        ["module-not-found 'b.txt': there is no file `b.txt`", "module-not-found path: there is no file `c.txt`"];
    assert_eq!(problems(&project), expected);
    assert_eq!(output(&project, "infra/main.bicep"), "createArray(loadTextContent('b.txt'), loadJsonContent('c.txt'))");
    let file = project.sources.iter().next().map(|(id, _)| id).expect("a file");
    assert!(project.asset(file, "b.txt").is_none());
    assert!(project.asset(file, "a.txt").is_none(), "nothing asks for it");
}

#[test]
fn an_absolute_path_is_refused_at_its_place() {
    let mut files = files();
    files.insert("infra/main.bicep", "output o string = loadTextContent('/etc/secret')\n");
    let project = load(&files, "infra/main.bicep");
    let [said] = &problems(&project)[..] else { panic!("one problem") };
    assert!(said.starts_with("read-refused '/etc/secret': `/etc/secret` is an absolute path, "), "{said}");
    assert_eq!(output(&project, "infra/main.bicep"), "loadTextContent('/etc/secret')");
}

/// What is read from a file in Bicep stands in the compiled JSON as a variable: both are the same.
#[test]
fn compiled_json_says_the_same() {
    let mut files = files();
    files.insert(
        "infra/main.bicep",
        "output o object = { list: loadJsonContent('a.json').a.b, text: loadTextContent('../shared/up.txt') }\n",
    );
    files.insert(
        "infra/main.json",
        r#"{
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "variables": { "$fxv#0": { "a": { "b": [1, "two", null] } }, "$fxv#1": "up" },
            "resources": [],
            "outputs": { "o": { "type": "object", "value": { "list": "[variables('$fxv#0').a.b]", "text": "[variables('$fxv#1')]" } } }
        }"#,
    );
    let outputs = ["infra/main.bicep", "infra/main.json"].map(|path| output(&load(&files, path), path));
    assert_eq!(outputs[0], "{list: createArray(1, 'two', null), text: 'up'}");
    assert_eq!(outputs[0], outputs[1]);
}
