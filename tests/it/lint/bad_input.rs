//! Input that no one should write, or that someone wrote to see us fall: each file gives a clear diagnostic or an
//! explicit unknown, in short time, and the file beside it is linted all the same.

use std::time::{Duration, Instant};

use crate::support::common::plain_text;
use armguard::lint::{FILE_LIMIT, Found, Inputs, Options, lint};
use armguard::source::MemoryFiles;

/// What never ends does not end in this time either; a debug build on a busy machine takes seconds to ask 33 rules about
/// 5,000 clusters.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster without Defender, in one line, in either language.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { name: 'aks', location: 'westeurope', properties: { dnsPrefix: 'x', agentPoolProfiles: [] } }\n";

/// What the run says about [`BARE`] in a file of its own.
const NEIGHBOUR: &str =
    "neighbour.bicep:1:111: high aks-defender-profile: AKS cluster `aks` declares no Defender profile";

/// What a run over `files` and, beside them, a file with a bare cluster says, and how long it takes; `None` when it
/// does not end in [`PATIENCE`].
fn run(files: &[(&str, Vec<u8>)]) -> Option<(String, Duration)> {
    let mut memory = MemoryFiles::default();
    let mut inputs = Inputs::default();
    let neighbour = ("neighbour.bicep", BARE.into());
    for (path, content) in files.iter().chain([&neighbour]) {
        memory.insert(path, content.clone());
        inputs.paths.push(Found { path: path.into(), named: false });
    }
    inputs.paths.sort();
    let (sender, receiver) = std::sync::mpsc::channel();
    // A run without end is left behind: the process ends after the tests, whatever its threads do.
    std::thread::spawn(move || {
        let start = Instant::now();
        let text = plain_text(lint(&memory, inputs, &Options::default()));
        sender.send((text, start.elapsed()))
    });
    receiver.recv_timeout(PATIENCE).ok()
}

/// Each case: its name, its files, and what must stand in the plain text of the report.
type Case = (&'static str, Vec<(&'static str, Vec<u8>)>, &'static [&'static str]);

fn check(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (name, files, expected) in cases {
        let Some((text, elapsed)) = run(&files) else {
            wrong.push(format!("{name}: it did not end in {PATIENCE:?}"));
            continue;
        };
        println!("{:>6} ms  {name}", elapsed.as_millis());
        let mut complain = |what: String| wrong.push(format!("{name}: {what}\n{}", shortened(&text)));
        for part in expected.iter().filter(|part| !text.contains(**part)) {
            complain(format!("`{part}` is not said"));
        }
        if !text.contains(NEIGHBOUR) {
            complain("the file beside it was not linted".to_owned());
        }
        if text.contains("internal-error") {
            complain("it failed".to_owned());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Enough of a text to see what it says.
fn shortened(text: &str) -> String {
    text.lines().take(12).map(|line| line.chars().take(300).collect::<String>() + "\n").collect()
}

/// A Bicep file in which `expression` is the value of `securityMonitoring.enabled`.
fn bicep_with(before: &str, expression: &str) -> Vec<u8> {
    format!(
        "{before}\nresource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{\n  name: 'aks'\n  properties: {{\n    dnsPrefix: 'x'\n    agentPoolProfiles: []\n    securityProfile: {{ defender: {{ logAnalyticsWorkspaceResourceId: 'x', securityMonitoring: {{ enabled: {expression} }} }} }}\n  }}\n}}\n"
    )
    .into_bytes()
}

/// An ARM template with `variables` in which `expression` is the value of `securityMonitoring.enabled`.
fn arm_with(variables: &str, expression: &str) -> Vec<u8> {
    arm(&format!(
        "\"variables\": {{{variables}}}, \"resources\": [{}]",
        arm_cluster("aks", &format!("\"enabled\": {expression}"))
    ))
}

fn arm(rest: &str) -> Vec<u8> {
    format!(
        "{{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \"contentVersion\": \"1.0.0.0\", {rest} }}"
    )
    .into_bytes()
}

fn arm_cluster(name: &str, monitoring: &str) -> String {
    format!(
        "{{ \"type\": \"Microsoft.ContainerService/managedClusters\", \"apiVersion\": \"2025-05-01\", \"name\": \"{name}\", \"properties\": {{ \"dnsPrefix\": \"x\", \"agentPoolProfiles\": [], \"securityProfile\": {{ \"defender\": {{ \"logAnalyticsWorkspaceResourceId\": \"x\", \"securityMonitoring\": {{ {monitoring} }} }} }} }} }}"
    )
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn files_that_are_no_text() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(BARE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let huge = vec![b' '; FILE_LIMIT as usize + 1];
    check(vec![
        (
            "not UTF-8",
            vec![("x.bicep", b"param x string = '\xff'\n".to_vec())],
            &["x.bicep: error unreadable-file", "not UTF-8 (first bad byte at offset 18)"],
        ),
        (
            "not UTF-8, JSON",
            vec![("x.json", b"{ \"$schema\": \"\xff\" }".to_vec())],
            &["x.json: error unreadable-file"],
        ),
        ("UTF-16", vec![("x.bicep", utf16)], &["x.bicep: error unreadable-file", "UTF-16"]),
        (
            "larger than the limit",
            vec![("x.json", huge.clone()), ("y.bicep", huge)],
            &["x.json: error unreadable-file", "y.bicep: error unreadable-file", "files above 32 MB are not read"],
        ),
        ("NUL bytes", vec![("x.bicep", vec![0; 1000])], &["x.bicep:1:1: error syntax-error"]),
    ]);
}

#[test]
fn files_with_nothing_in_them() {
    let bom = "\u{feff}".as_bytes();
    check(vec![
        (
            "empty",
            vec![("x.bicep", Vec::new()), ("x.bicepparam", Vec::new()), ("x.json", Vec::new())],
            &["clusters checked: 1"],
        ),
        (
            "only a BOM",
            vec![("x.bicep", bom.to_vec()), ("y.bicepparam", bom.to_vec()), ("z.json", bom.to_vec())],
            &["clusters checked: 1"],
        ),
        (
            "other JSON",
            vec![
                ("a.json", b"{}".to_vec()),
                ("b.json", b"[]".to_vec()),
                ("c.json", b"null".to_vec()),
                ("d.json", b"\"$schema\"".to_vec()),
            ],
            &["clusters checked: 1"],
        ),
        ("a template of nothing", vec![("x.json", arm("\"x\": 1"))], &["clusters checked: 1"]),
        (
            "wrong types everywhere",
            vec![(
                "x.json",
                arm("\"parameters\": [], \"variables\": 1, \"functions\": {}, \"resources\": \"x\", \"outputs\": null"),
            )],
            &["clusters checked: 1"],
        ),
        (
            "resources that are none",
            vec![(
                "x.json",
                arm(
                    "\"resources\": [1, null, [], {}, { \"type\": 1 }, { \"type\": \"x\", \"name\": {}, \"copy\": 3, \"condition\": [] }]",
                ),
            )],
            &["clusters checked: 1"],
        ),
    ]);
}

#[test]
fn modules_that_lead_nowhere() {
    let call = |path: &str| format!("module m '{path}' = {{ name: 'm', params: {{}} }}\n{BARE}").into_bytes();
    check(vec![
        ("a module that does not exist", vec![("x.bicep", call("nowhere.bicep"))], &["x.bicep:1:10: error module-not-found", "there is no file `nowhere.bicep`", "x.bicep:2:111: high"]),
        ("a module of a registry", vec![("x.bicep", call("br/public:avm/res/none:1.0.0"))], &["x.bicep:1:10: note module-not-read", "x.bicep:2:111: high"]),
        ("a module that calls itself", vec![("x.bicep", call("x.bicep"))], &["error module-cycle", "x.bicep:2:111: high"]),
        ("two modules that call each other", vec![("x.bicep", call("y.bicep")), ("y.bicep", call("x.bicep"))], &["error module-cycle", "x.bicep:2:111: high", "y.bicep:2:111: high"]),
        ("a module that is a folder", vec![("x.bicep", call("."))], &["x.bicep:1:10: error module-not-found", "x.bicep:2:111: high"]),
        ("a module that is no template", vec![("x.bicep", call("y.json")), ("y.json", b"{}".to_vec())], &["x.bicep:1:10: error", "x.bicep:2:111: high"]),
        ("a module that cannot be read", vec![("x.bicep", call("y.bicep")), ("y.bicep", vec![0xff])], &["y.bicep: error unreadable-file", "x.bicep:2:111: high"]),
        ("a module far outside", vec![("x.bicep", call("../../../../../../../etc/none.bicep"))], &["x.bicep:1:10: error module-not-found", "x.bicep:2:111: high"]),
        ("imports that go round", vec![("x.bicep", b"import { a } from 'y.bicep'\n@export()\nvar b = a\nresource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { name: 'aks', properties: { dnsPrefix: 'x', securityProfile: b } }\n".to_vec()), ("y.bicep", b"import { b } from 'x.bicep'\n@export()\nvar a = b\n".to_vec())], &["undetermined aks-defender-profile"]),
        ("an output that refers to its own module", vec![("x.bicep", format!("module m 'y.bicep' = {{ name: 'm', params: {{ v: m.outputs.v }} }}\n{BARE}").into_bytes()), ("y.bicep", b"param v string\noutput v string = v\n".to_vec())], &["x.bicep:2:111: high"]),
        ("a parameter file for nothing", vec![("x.bicepparam", b"using 'nowhere.bicep'\nparam x = 1\n".to_vec())], &["x.bicepparam:1:7: error module-not-found"]),
        ("a parameter file for itself", vec![("x.bicepparam", b"using 'x.bicepparam'\nextends 'x.bicepparam'\n".to_vec())], &["skipped: parameter file that belongs to no template here: x.bicepparam: 1"]),
    ]);
}

#[test]
fn brackets_in_brackets() {
    const DEPTH: usize = 100_000;
    let deep = |open: &str, middle: &str, close: &str| nested(open, middle, close, DEPTH);
    let bicep = |expression: String| vec![("x.bicep", bicep_with("", &expression))];
    let json = |value: String| vec![("x.json", arm_with("", &value))];
    check(vec![
        ("JSON arrays", json(deep("[", "", "]")), &["error nesting-too-deep"]),
        ("JSON objects", json(deep("{\"a\":", "1", "}")), &["error nesting-too-deep"]),
        (
            "JSON arrays never closed",
            vec![("x.json", [arm(""), "[".repeat(DEPTH).into_bytes()].concat())],
            &["x.json:1:", "error "],
        ),
        (
            "JSON closed without opening",
            vec![("x.json", [arm(""), "]".repeat(DEPTH).into_bytes()].concat())],
            &["error syntax-error"],
        ),
        ("Bicep arrays", bicep(deep("[", "", "]")), &["error nesting-too-deep"]),
        ("Bicep objects", bicep(deep("{a:", "1", "}")), &["error nesting-too-deep"]),
        ("Bicep parentheses", bicep(deep("(", "1", ")")), &["error nesting-too-deep"]),
        ("Bicep interpolation", bicep(deep("'${", "1", "}'")), &["error nesting-too-deep"]),
        ("Bicep calls", bicep(deep("bool(", "true", ")")), &["error nesting-too-deep"]),
        ("Bicep not", bicep(deep("!", "true", "")), &["error syntax-error"]),
        ("Bicep minus", bicep(deep("-", "1", "")), &["error syntax-error"]),
        ("Bicep ternaries", bicep(deep("true ? ", "1", " : 2")), &["error nesting-too-deep"]),
        ("Bicep lambdas", bicep(deep("x => ", "1", "")), &["error nesting-too-deep"]),
        (
            "Bicep types",
            vec![("x.bicep", format!("param x {}\n{BARE}", deep("(", "string", ")")).into_bytes())],
            &["error nesting-too-deep"],
        ),
        (
            "Bicep nested resources",
            vec![("x.bicep", format!("{BARE}{}", deep("resource r 'a/b@2020-01-01' = {\n", "", "}\n")).into_bytes())],
            &["error nesting-too-deep", "x.bicep:1:111: high"],
        ),
        (
            "Bicep never closed",
            vec![("x.bicep", [BARE.as_bytes(), b"var x = ", "[(".repeat(DEPTH).as_bytes()].concat())],
            &["error ", "x.bicep:1:111: high"],
        ),
        ("ARM calls", json(format!("\"[{}]\"", deep("not(", "true()", ")"))), &["error nesting-too-deep"]),
        ("ARM index", json(format!("\"[{}]\"", deep("variables('a')[", "0", "]"))), &["error nesting-too-deep"]),
        (
            "ARM nested resources",
            vec![(
                "x.json",
                arm(&format!("\"resources\": {}", deep("[{\"type\":\"a\",\"name\":\"b\",\"resources\":", "[]", "}]"))),
            )],
            &["error nesting-too-deep"],
        ),
    ]);
}

#[test]
fn long_rows() {
    const LENGTH: usize = 20_000;
    let bicep = |expression: String| vec![("x.bicep", bicep_with("", &expression))];
    check(vec![
        ("a long sum", bicep(format!("1{}", " + 1".repeat(LENGTH))), &["x.bicep"]),
        ("a long and", bicep(format!("true{}", " && true".repeat(LENGTH))), &["x.bicep"]),
        ("a long chain of members", bicep(format!("aks{}", ".a".repeat(LENGTH))), &["x.bicep"]),
        ("a long chain of indexes", bicep(format!("aks{}", "[0]".repeat(LENGTH))), &["x.bicep"]),
        ("a long array", bicep(format!("[{}]", "1,".repeat(LENGTH))), &["x.bicep"]),
        ("a long coalesce", bicep(format!("null{}", " ?? null".repeat(LENGTH))), &["x.bicep"]),
        ("a huge string", bicep(format!("'{}'", "x".repeat(4_000_000))), &["x.bicep"]),
        (
            "a huge string never closed",
            bicep(format!("'{}", "x".repeat(4_000_000))),
            &["x.bicep", "error syntax-error"],
        ),
        (
            "a huge text of several lines never closed",
            bicep(format!("'''{}", "x\n".repeat(1_000_000))),
            &["x.bicep", "error syntax-error"],
        ),
        ("many interpolations", bicep(format!("'{}'", "${1}".repeat(LENGTH))), &["x.bicep"]),
        ("many quotes", bicep("'".repeat(LENGTH + 1)), &["x.bicep"]),
        (
            "many errors",
            vec![("x.bicep", format!("{BARE}{}", "param\n".repeat(LENGTH)).into_bytes())],
            &["x.bicep:1:111: high", "error syntax-error"],
        ),
        (
            "a long ARM expression",
            vec![("x.json", arm_with("", &format!("\"[and({}true())]\"", "true(),".repeat(LENGTH))))],
            &["x.json"],
        ),
        (
            "a long chain in ARM",
            vec![("x.json", arm_with("\"a\": {}", &format!("\"[variables('a'){}]\"", ".a".repeat(LENGTH))))],
            &["x.json"],
        ),
        (
            "many resources",
            vec![(
                "x.bicep",
                (0..5_000)
                    .map(|at| BARE.replace(" aks ", &format!(" aks{at} ")).replace("'aks'", &format!("'aks{at}'")))
                    .collect::<String>()
                    .into_bytes(),
            )],
            &["clusters checked: 5001"],
        ),
        (
            "many resources that lie on each other",
            vec![(
                "x.bicep",
                (0..1_500)
                    .map(|at| {
                        let cluster =
                            BARE.replace(" aks ", &format!(" aks{at} ")).replace("'aks'", &format!("'aks{at}'"));
                        let logs = format!(
                            "resource logs{at} 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {{\n  \
                             name: 'logs'\n  scope: aks{at}\n}}\n"
                        );
                        cluster + &logs
                    })
                    .collect::<String>()
                    .into_bytes(),
            )],
            &["clusters checked: 1501"],
        ),
        ("many duplicates of a key", bicep(format!("{{{}}}", " a: 1,".repeat(LENGTH))), &["x.bicep"]),
        (
            "many duplicates of a name",
            vec![("x.bicep", format!("{}{BARE}", "var a = a\n".repeat(LENGTH)).into_bytes())],
            &["x.bicep"],
        ),
    ]);
}

#[test]
fn evaluation_without_end() {
    let chain = |count: usize, item: &dyn Fn(usize) -> String| (1..=count).map(item).collect::<String>();
    let flags = (0..12).map(|at| format!("param f{at} bool\n")).collect::<String>();
    let union = (0..12).map(|at| format!(", f{at} ? {{ k{at}: true }} : {{}}")).collect::<String>();
    let bicep = |before: String, expression: &str| vec![("x.bicep", bicep_with(&before, expression))];
    let limit: &[&str] = &["x.bicep:", "error limit-reached", "undetermined aks-defender-security-monitoring"];
    let unknown: &[&str] = &["undetermined aks-defender-security-monitoring"];
    check(vec![
        ("a variable that needs itself", bicep("var a = !b\nvar b = !a".into(), "a"), unknown),
        ("a parameter whose default needs itself", bicep("param a bool = !b\nparam b bool = a".into(), "a"), unknown),
        (
            "resources that need themselves",
            bicep(
                "resource a 'My.Rp/as@2024-01-01' = { name: a }\n\
                 resource b 'My.Rp/as/bs@2024-01-01' = {\n  name: 'b'\n  parent: c\n}\n\
                 resource c 'My.Rp/as/bs@2024-01-01' = {\n  name: b.name\n  parent: b\n}\n"
                    .into(),
                "a.id == c.id",
            ),
            unknown,
        ),
        (
            "a loop over its own resources",
            bicep("resource a 'My.Rp/as@2024-01-01' = [for x in a: { name: x.name }]\n".into(), "length(a) > 0"),
            &["evaluation-error", "undetermined aks-defender-security-monitoring"],
        ),
        (
            "a resource whose name is a list that asks for itself",
            bicep("resource a 'A.B/c@2023-01-01' = {\n  name: [{ p: a.properties.q }]\n}".into(), "a.properties.r"),
            unknown,
        ),
        ("a function that calls itself", bicep("func f(x int) int => f(x + 1)".into(), "f(1) > 0"), unknown),
        (
            "a function that doubles",
            bicep(
                chain(60, &|at| format!("func f{at}(x int) int => f{}(x) + f{}(x)\n", at - 1, at - 1))
                    + "func f0(x int) int => x\n",
                "f60(1) > 0",
            ),
            limit,
        ),
        (
            "arrays that double",
            bicep(
                "var a0 = [1]\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = concat(a{}, a{})\n", at - 1, at - 1)),
                "length(a60) > 1",
            ),
            limit,
        ),
        (
            "strings that double",
            bicep(
                "var a0 = 'x'\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = '${{a{}}}${{a{}}}'\n", at - 1, at - 1)),
                "a60 == 'x'",
            ),
            limit,
        ),
        (
            "objects that nest doubly",
            bicep(
                "var a0 = {}\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = {{ l: a{}, r: a{} }}\n", at - 1, at - 1)),
                "string(a60) == 'x'",
            ),
            limit,
        ),
        (
            "objects that nest doubly, compared",
            bicep(
                "var a0 = {}\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = {{ l: a{}, r: a{} }}\n", at - 1, at - 1)),
                "a60 == a59",
            ),
            &["x.bicep:"],
        ),
        (
            "unions that double",
            bicep(
                "var a0 = { k: 1 }\n".to_owned()
                    + &chain(60, &|at| {
                        format!("var a{at} = union(a{}, a{}, {{ k{at}: a{} }})\n", at - 1, at - 1, at - 1)
                    }),
                "a60.k == 2",
            ),
            &["x.bicep:"],
        ),
        (
            "unknown values that double",
            bicep(
                "param p string\nvar a0 = p\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = '${{a{}}}-${{a{}}}'\n", at - 1, at - 1)),
                "a60 == 'x'",
            ),
            unknown,
        ),
        (
            "conditions that double",
            bicep(
                "param p bool\nvar a0 = p\n".to_owned()
                    + &chain(60, &|at| format!("var a{at} = a{} ? !a{} : a{}\n", at - 1, at - 1, at - 1)),
                "a60",
            ),
            &["x.bicep:"],
        ),
        (
            "a chain of 2,000 variables",
            bicep("var a0 = false\n".to_owned() + &chain(2_000, &|at| format!("var a{at} = a{}\n", at - 1)), "a2000"),
            limit,
        ),
        (
            "twelve unknown flags",
            bicep(format!("{flags}var u = union({{ on: true }}{union})"), "u.on"),
            &["x.bicep:19:69: medium aks-defender-workspace-id"],
        ),
        (
            "twelve unknown flags that decide",
            bicep(flags, &format!("f0{}", (1..12).map(|at| format!(" && f{at}")).collect::<String>())),
            unknown,
        ),
        ("a range without end", bicep(String::new(), "length(range(0, 2000000000)) > 1"), &["x.bicep:"]),
        (
            "lambdas in lambdas",
            bicep("var r = range(0, 1000)".into(), "length(map(r, a => map(r, b => map(r, c => a + b + c)))) > 0"),
            &["x.bicep:"],
        ),
        ("text that is repeated", bicep(String::new(), "length(padLeft('x', 2000000000)) > 1"), &["x.bicep:"]),
        ("a number beyond all bounds", bicep(String::new(), "99999999999999999999999999999999 > 1"), &["x.bicep:"]),
        ("a division by nothing", bicep(String::new(), "1 / 0 > 1"), &["x.bicep:"]),
        (
            "the smallest number over minus one",
            bicep(String::new(), "(-9223372036854775807 - 1) / -1 > 1"),
            &["x.bicep:"],
        ),
        (
            "a sum beyond all bounds",
            bicep(String::new(), "9223372036854775807 + 9223372036854775807 > 1"),
            &["x.bicep:"],
        ),
    ]);
}

#[test]
fn loops_of_loops() {
    let copy = |count: &str| format!("\"copy\": {{ \"name\": \"c\", \"count\": {count} }}");
    let deployment = |name: &str, count: &str, template: &str| {
        format!(
            "{{ \"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \"name\": \"{name}\", {}, \"properties\": {{ \"mode\": \"Incremental\", \"expressionEvaluationOptions\": {{ \"scope\": \"inner\" }}, \"template\": {template} }} }}",
            copy(count)
        )
    };
    let template = |resources: &str| String::from_utf8(arm(&format!("\"resources\": [{resources}]"))).unwrap();
    let looped = |count: &str| {
        arm_cluster("[format('aks{0}', copyIndex())]", "\"enabled\": false").replacen(
            '{',
            &format!("{{ {}, ", copy(count)),
            1,
        )
    };
    let json = |resources: &str| vec![("x.json", arm(&format!("\"resources\": [{resources}]")))];
    check(vec![
        ("800 clusters", json(&looped("800")), &["x.json:1:", "high aks-defender-security-monitoring", "clusters checked: 801"]),
        ("more clusters than the service takes", json(&looped("100000000")), &["error limit-reached"]),
        ("fewer than none", json(&looped("-5")), &["x.json:1:"]),
        ("text as a count", json(&looped("\"many\"")), &["x.json:1:"]),
        ("800 deployments of 800 clusters", json(&deployment("[format('d{0}', copyIndex())]", "800", &template(&looped("800")))), &["error limit-reached"]),
        ("a property loop of 800 in 800 clusters", json(&looped("800").replace("\"agentPoolProfiles\": []", "\"copy\": [{ \"name\": \"agentPoolProfiles\", \"count\": 800, \"input\": { \"name\": \"[format('p{0}', copyIndex('agentPoolProfiles'))]\" } }]")), &["clusters checked: 801"]),
        ("variable loops of 800 over each other", vec![("x.json", arm_with("\"copy\": [{ \"name\": \"a\", \"count\": 800, \"input\": \"[copyIndex('a')]\" }, { \"name\": \"b\", \"count\": 800, \"input\": \"[variables('a')]\" }, { \"name\": \"c\", \"count\": 800, \"input\": \"[variables('b')]\" }]", "\"[greater(length(variables('c')), 1)]\""))], &["clusters checked: 2"]),
        ("Bicep loops of 800 over each other", vec![("x.bicep", bicep_with("var a = [for i in range(0, 800): i]\nvar b = [for i in a: a]\nvar c = [for i in b: b]", "length(flatten(flatten(c))) > 1"))], &["x.bicep:"]),
        ("deployments in deployments", json(&(0..100).fold(arm_cluster("aks", "\"enabled\": false"), |inner, _| deployment("d", "1", &template(&inner)))), &["x.json:1:", "error "]),
    ]);
}
