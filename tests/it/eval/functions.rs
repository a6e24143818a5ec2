//! The function library, by tables in `testdata/functions`: one `expression => value` a line.
//!
//! A value is JSON; `~` stands before a residual, `!` before an error, `…` in an array or object that may
//! have more, and `a | b` for a value that depends on a condition. `parameters('p')`, `'a'`, `'o'` and
//! `'flag'` are not known: anything, an array, an object, a boolean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use armguard::eval::{Evaluator, FailureKind, Part, Scope, Value};
use armguard::json;
use armguard::project::Project;
use armguard::source::FileId;
use armguard::template::lower_arm;

/// A line of a table.
struct Row {
    place: String,
    expression: String,
    expected: String,
}

fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/functions");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        for (at, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (expression, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("{name}:{}: {line}", at + 1));
            let (expression, expected) = (expression.trim().to_owned(), expected.trim().to_owned());
            rows.push(Row { place: format!("{name}:{}", at + 1), expression, expected });
        }
    }
    rows
}

/// Evaluates each expression as an output of one template.
fn evaluate(expressions: &[String], mut look: impl FnMut(usize, &Evaluator<'_>, &Value)) {
    let outputs = expressions.iter().enumerate().map(|(at, expression)| {
        (format!("o{at}"), serde_json::json!({ "type": "object", "value": format!("[{expression}]") }))
    });
    let template = serde_json::json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
            "p": { "type": "string" },
            "a": { "type": "array" },
            "o": { "type": "object" },
            "flag": { "type": "bool" },
        },
        "resources": [],
        "outputs": outputs.collect::<serde_json::Map<_, _>>(),
    })
    .to_string();
    let template = Arc::new(lower_arm(FileId(0), &json::parse(&template)));
    assert!(template.problems.is_empty(), "{:?}", template.problems);
    let project = Project::default();
    for (at, output) in template.outputs.iter().enumerate() {
        let eval = Evaluator::new(&project);
        let frame = eval.root(template.clone(), Vec::new());
        look(at, &eval, &eval.eval(&Scope { frame, env: None }, output.value));
    }
}

/// A value as the tables write it.
fn show(eval: &Evaluator<'_>, value: &Value) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let list = |open: &str, items: Vec<String>, rest: bool, close: &str| {
        let items: Vec<String> = items.into_iter().chain(rest.then(|| "…".to_owned())).collect();
        format!("{open}{}{close}", items.join(","))
    };
    match value {
        Value::Null => "null".into(),
        Value::Bool(known) => known.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Number(text) => text.to_string(),
        Value::Str(text) => quoted(text),
        Value::Array(array) => {
            let items = array.items.iter().map(|slot| show(eval, &eval.force(slot))).collect();
            list("[", items, array.open.is_some(), "]")
        }
        Value::Object(object) => {
            let members = object.members.iter();
            let members = members.map(|(key, slot)| format!("{}:{}", quoted(key), show(eval, &eval.force(slot))));
            list("{", members.collect(), object.open.is_some(), "}")
        }
        Value::Choice(choice) => format!("{} | {}", show(eval, &choice.1), show(eval, &choice.2)),
        Value::Absent => "absent".into(),
        Value::Error(failure) => match &failure.kind {
            FailureKind::Wrong(message) => format!("!{message}"),
            FailureKind::NotDeployed(_) => "!not deployed".into(),
        },
        Value::Text(_)
        | Value::Id(_)
        | Value::Unknown(_)
        | Value::Resource(_)
        | Value::Lambda(_)
        | Value::Hidden(_) => {
            format!("~{}", eval.print(value))
        }
    }
}

#[test]
fn functions_give_what_the_tables_say() {
    let rows = rows();
    let expressions: Vec<String> = rows.iter().map(|row| row.expression.clone()).collect();
    let mut wrong = Vec::new();
    evaluate(&expressions, |at, eval, value| {
        let (row, found) = (&rows[at], show(eval, value));
        if found != row.expected {
            wrong.push(format!("{}: {}\n  expected {}\n  found    {found}", row.place, row.expression, row.expected));
        }
    });
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// What would take much memory, time or stack ends at a limit.
#[test]
fn excess_ends_at_a_limit() {
    const STRING: &str = "~a limit (a string gets too long)";
    const ARRAY: &str = "~a limit (an array gets too many items)";
    const STEPS: &str = "~a limit (evaluation takes too many steps)";
    const DEPTH: &str = "~a limit (a value is nested too deeply)";
    let rows = [
        ("concat({long}, {long})", STRING),
        ("format('{0}{0}', {long})", STRING),
        ("format('{0,2000000}', 1)", STRING),
        ("join(createArray({long}, {long}), '')", STRING),
        ("replace({long}, 'x', {long})", STRING),
        ("base64({long})", STRING),
        ("concat({many}, createArray(1))", ARRAY),
        ("flatten(createArray({many}, {many}))", ARRAY),
        ("split({long}, 'x')", ARRAY),
        ("join(map({many}, lambda('i', concat({long}, string(lambdaVariables('i'))))), '')", STEPS),
        ("reduce({many}, createArray(), lambda('c', 'n', createArray(lambdaVariables('c'))))", DEPTH),
        ("reduce({many}, createObject(), lambda('c', 'n', createObject('c', lambdaVariables('c'))))", DEPTH),
        (
            "reduce({many}, 0, lambda('c', 'n', createArray(lambda('x', lambdaVariables('c')))))",
            "!a lambda is no value",
        ),
        (
            "reduce({many}, createObject(), lambda('c', 'n', \
             union(lambdaVariables('c'), createObject('a', createObject('b', lambdaVariables('n'))))))",
            "{\"a\":{\"b\":9999}}",
        ),
        ("first(sort({many}, lambda('a', 'b', greater(lambdaVariables('a'), lambdaVariables('b')))))", "9999"),
        ("length(toObject({many}, lambda('a', string(lambdaVariables('a')))))", "10000"),
    ];
    let expand = |text: &str| text.replace("{long}", "padLeft('', 1000000, 'x')").replace("{many}", "range(0, 10000)");
    let expressions: Vec<String> = rows.iter().map(|(expression, _)| expand(expression)).collect();
    evaluate(&expressions, |at, eval, value| {
        let (expression, expected) = rows[at];
        assert_eq!(show(eval, value), expected, "{expression}");
    });
}

/// Knowing less must never change an answer: a part of an expression is replaced by something unknown
/// that could be equal to it, and the new value must leave room for the old one.
#[test]
fn knowing_less_never_changes_an_answer() {
    let rows: Vec<Row> = rows().into_iter().filter(|row| !row.expected.starts_with(['~', '!'])).collect();
    let known: Vec<String> = rows.iter().map(|row| row.expression.clone()).collect();
    let mut variants = Vec::new();
    let mut sources = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for variant in less_known(&row.expression) {
            variants.push(variant);
            sources.push(at);
        }
    }
    let mut answers = Vec::new();
    evaluate(&known, |_, eval, value| answers.push(pattern(eval, value)));
    let (mut wrong, mut decided) = (Vec::new(), 0);
    evaluate(&variants, |at, eval, value| {
        let answer = &answers[sources[at]];
        let now = pattern(eval, value);
        decided += usize::from(now == *answer);
        if !allows(&now, answer) {
            wrong.push(format!("{}: {}\n  gives {}", rows[sources[at]].expression, variants[at], show(eval, value)));
        }
    });
    println!("{} variants of {} rows, {decided} with the same answer", variants.len(), rows.len());
    assert!(variants.len() > 3 * rows.len(), "the table is not varied");
    assert!(wrong.is_empty(), "{} variants:\n{}", wrong.len(), wrong.join("\n"));
}

/// `expression` with each literal and each array or object replaced by something that might be the same.
fn less_known(expression: &str) -> Vec<String> {
    let mut variants = Vec::new();
    for (start, end) in parts_of(expression) {
        let part = &expression[start..end];
        let mut replace = |by: String| variants.push(format!("{}{by}{}", &expression[..start], &expression[end..]));
        replace("parameters('p')".into());
        replace(format!("if(parameters('flag'), {part}, parameters('p'))"));
        if part.starts_with('\'') {
            replace(format!("concat({part}, parameters('p'))"));
            replace(format!("concat(parameters('p'), {part})"));
        } else if part.starts_with("createArray(") {
            replace(format!("concat({part}, parameters('a'))"));
            replace(format!("concat(parameters('a'), {part})"));
        } else if part.starts_with("createObject(") {
            replace(format!("union({part}, parameters('o'))"));
            replace(format!("union(parameters('o'), {part})"));
            replace(format!("union({part}, if(parameters('flag'), createObject('more', 1), createObject()))"));
        }
    }
    variants
}

/// The places of string and integer literals and of calls that make arrays and objects. Names are left out.
fn parts_of(expression: &str) -> Vec<(usize, usize)> {
    const NAMED: [&str; 3] = ["parameters(", "lambdaVariables(", "lambda("];
    let bytes = expression.as_bytes();
    let literal_end = |from: usize| match bytes[from] {
        b'\'' => {
            let mut at = from + 1;
            while bytes[at] != b'\'' || bytes.get(at + 1) == Some(&b'\'') {
                at += if bytes[at] == b'\'' { 2 } else { 1 };
            }
            at + 1
        }
        _ => from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count(),
    };
    let call_end = |from: usize| {
        let (mut at, mut depth) = (from, 0);
        loop {
            match bytes[at] {
                b'\'' => {
                    at = literal_end(at);
                    continue;
                }
                b'(' => depth += 1,
                b')' if depth == 1 => return at + 1,
                b')' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
    };
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &expression[at..];
        let in_word = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        if bytes[at] == b'\'' {
            let before = &expression[..at];
            let end = literal_end(at);
            // The second name of a lambda stands behind the first.
            let names = before.rfind("lambda(").filter(|start| !before[*start..].contains([')', '[']));
            let in_names = names.is_some_and(|start| {
                before[start + 7..].split(", ").all(|name| name.is_empty() || name.starts_with('\''))
            });
            if !in_names && !NAMED.iter().any(|call| before.ends_with(call)) {
                parts.push((at, end));
            }
            at = end;
        } else if !in_word && (bytes[at].is_ascii_digit() || bytes[at] == b'-') {
            let end = literal_end(at);
            parts.push((at, end));
            at = end;
        } else {
            if !in_word && (rest.starts_with("createArray(") || rest.starts_with("createObject(")) {
                parts.push((at, call_end(at)));
            }
            at += rest.chars().next().unwrap().len_utf8();
        }
    }
    parts
}

/// What is known of a value.
#[derive(Debug, PartialEq)]
enum Pattern {
    Anything,
    Wrong,
    /// Null, a boolean or a number, printed.
    Plain(String),
    /// A string of known pieces with anything between.
    Text(Vec<String>),
    List {
        items: Vec<Self>,
        open: bool,
    },
    Map {
        members: Vec<(String, Self)>,
        open: bool,
    },
    Either(Box<Self>, Box<Self>),
    Absent,
}

fn pattern(eval: &Evaluator<'_>, value: &Value) -> Pattern {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Number(_) => Pattern::Plain(show(eval, value)),
        Value::Str(text) => Pattern::Text(vec![text.to_string()]),
        Value::Text(parts) => {
            let mut pieces = vec![String::new()];
            for part in parts.iter() {
                match part {
                    Part::Text(text) => pieces.last_mut().unwrap().push_str(text),
                    Part::Hole(_) => pieces.push(String::new()),
                }
            }
            Pattern::Text(pieces)
        }
        Value::Id(id) => pattern(eval, &eval.id_text(id)),
        Value::Array(array) => Pattern::List {
            items: array.items.iter().map(|slot| pattern(eval, &eval.force(slot))).collect(),
            open: array.open.is_some(),
        },
        Value::Object(object) => Pattern::Map {
            members: object
                .members
                .iter()
                .map(|(key, slot)| (key.to_lowercase(), pattern(eval, &eval.force(slot))))
                .collect(),
            open: object.open.is_some(),
        },
        Value::Choice(choice) => {
            Pattern::Either(Box::new(pattern(eval, &choice.1)), Box::new(pattern(eval, &choice.2)))
        }
        Value::Absent => Pattern::Absent,
        Value::Error(_) => Pattern::Wrong,
        Value::Unknown(_) | Value::Resource(_) | Value::Lambda(_) | Value::Hidden(_) => Pattern::Anything,
    }
}

/// Whether a value of which `now` is known may be one of which `then` was known.
fn allows(now: &Pattern, then: &Pattern) -> bool {
    match (now, then) {
        (Pattern::Anything, _) | (_, Pattern::Anything) => true,
        (Pattern::Either(a, b), then) => allows(a, then) || allows(b, then),
        (now, Pattern::Either(a, b)) => allows(now, a) || allows(now, b),
        (Pattern::Text(now), Pattern::Text(then)) => {
            let [then] = &then[..] else { return true };
            let (first, rest) = now.split_first().unwrap();
            let Some((last, middle)) = rest.split_last() else { return first == then };
            let inner = then.strip_prefix(&first[..]).and_then(|inner| inner.strip_suffix(&last[..]));
            let found =
                |text: &str, piece: &String| text.find(&piece[..]).map(|at| text[at + piece.len()..].to_owned());
            inner.is_some_and(|inner| {
                middle.iter().try_fold(inner.to_owned(), |text, piece| found(&text, piece)).is_some()
            })
        }
        (Pattern::List { items: now, open }, Pattern::List { items: then, open: was_open }) => {
            if !open {
                return *was_open
                    || now.len() == then.len() && now.iter().zip(then).all(|(now, then)| allows(now, then));
            }
            // The known items are among those that were; in an open array their order is nobody's.
            let mut rest: Vec<&Pattern> = then.iter().collect();
            let mut take = |now: &Pattern| rest.iter().position(|then| allows(now, then)).map(|at| rest.remove(at));
            *was_open || now.iter().all(|now| take(now).is_some())
        }
        (Pattern::Map { members: now, open }, Pattern::Map { members: then, .. }) => {
            let find = |members: &'_ [(String, Pattern)], key: &str| members.iter().position(|(known, _)| known == key);
            let kept = then.iter().all(|(key, then)| match find(now, key) {
                Some(at) => allows(&now[at].1, then),
                None => *open || *then == Pattern::Absent,
            });
            kept && now.iter().all(|(key, now)| find(then, key).is_some() || allows(now, &Pattern::Absent))
        }
        (now, then) => now == then,
    }
}
