//! Printing values that are nobody's business.
//!
//! Canaries lie in a secret or in a loaded file; templates route them through expressions to where reports print
//! values. They are looked for in every output in several codings, and by difference: with another canary, of the same
//! or another length, not one byte may change.

mod shown;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::attack::program::{AMPLE, End, Run, command, finish, git};
use crate::support::cli_folder::Folder;

/// The core of each canary; what is around it has to be escaped somewhere. All sort behind `a` and before `~`.
const CANARIES: [&str; 3] = ["kzwvalphaqmdnu", "kyjubravosxctf", "kgnwqrtzpyxmvoqdjhuul"];

/// Letters of a part of a canary that are taken as a leak.
const WINDOW: usize = 6;

/// A part of base 64, or of hexadecimal digits, that is.
const CODED_WINDOW: usize = 10;

/// Formats of `lint`; the first goes to standard output.
const FORMATS: [&str; 9] = ["json", "terminal", "concise", "sarif", "github", "azure", "gitlab", "junit", "markdown"];

/// Ways in which a template uses a string `@`.
const EXPRESSIONS: [&str; 50] = [
    "@",
    "'x${@}'",
    "'x-${@}-y'",
    "toUpper(@)",
    "toLower(@)",
    "base64(@)",
    "replace(@, 'm', '-')",
    "substring(@, 1, 9)",
    "take(@, 10)",
    "skip(@, 1)",
    "first(split(@, '|'))",
    "last(split('a|${@}', '|'))",
    "split(@, '|')[0]",
    "join([@, 'a'], '-')",
    "concat('a', @)",
    "format('{0}-z', @)",
    "uriComponent(@)",
    "trim(' ${@} ')",
    "padLeft(@, 40, '0')",
    "string(@)",
    "json('\"${@}\"')",
    "string({ a: @ })",
    "[@][0]",
    "{ a: @ }.a",
    "union({ a: @ }, {}).a",
    "{ ...{ a: @ } }.a",
    "map([@], x => x)[0]",
    "filter([@, 'q'], x => x != 'q')[0]",
    "reduce([@, 'q'], '', (a, b) => '${a}${b}')",
    "sort([@, 'a'], (a, b) => a < b)[1]",
    "toObject([@], x => 'k', x => x).k",
    "groupBy([@], x => 'k').k[0]",
    "mapValues({ a: @ }, x => x).a",
    "items({ a: @ })[0].value",
    "coalesce(@, 'x')",
    "(true ? @ : 'x')",
    "shallowMerge([{ a: @ }]).a",
    "flatten([[@]])[0]",
    "intersection([@], [@])[0]",
    "concat([@], ['a'])[0]",
    "dataUri(@)",
    "base64ToString(base64(@))",
    "last(split(resourceId('Microsoft.X/y', @), '/'))",
    "uniqueString(@)",
    "guid(@)",
    "f(@)",
    "w",
    "[for x in [@]: x][0]",
    "[for i in range(0, 1): '${@}${i}'][0]",
    "'${length(@)}'",
];

/// Where the string comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// The text of a loaded file.
    Text,
    /// A member of a loaded JSON file.
    Json,
    /// An item of a list of a loaded YAML file.
    Yaml,
    /// A secure member of a parameter, from a parameter file.
    Member,
    /// The argument for a secure parameter of a module.
    Argument,
    /// The default of a secure parameter.
    Default,
    /// An environment variable that is named.
    Variable,
}

impl Source {
    /// The expression that gives the string.
    const fn value(self) -> &'static str {
        match self {
            Self::Text => "loadTextContent('tracked.txt')",
            Self::Json => "cfg.a",
            Self::Yaml => "loadYamlContent('tracked.yaml').list[0]",
            Self::Member => "p.pw",
            Self::Argument | Self::Default => "s",
            Self::Variable => "e",
        }
    }

    /// Declarations that it needs.
    fn declarations(self) -> String {
        match self {
            // That of the default stands at the end: places behind it in its line would tell how long it is.
            Self::Text | Self::Yaml | Self::Default => String::new(),
            Self::Json => "var cfg = loadJsonContent('tracked.json')\n".to_owned(),
            Self::Member => "type t = {\n  @secure()\n  pw: string\n  user: string\n}\nparam p t\n".to_owned(),
            Self::Argument => "@secure()\nparam s string\n".to_owned(),
            Self::Variable => "param e string\n".to_owned(),
        }
    }
}

/// A template in which clusters are named, and violate rules, by what each of `expressions` makes of `source`.
fn template(source: Source, expressions: &[&str], canary: &str) -> String {
    let (declarations, value) = (source.declarations(), source.value());
    let mut out = format!("{declarations}func f(x string) string => '${{x}}!'\nvar w = {value}\n");
    for (at, expression) in expressions.iter().enumerate() {
        let expression = expression.replace('@', value);
        out.push_str(&clusters(at, &expression));
    }
    if source == Source::Default {
        out.push_str(&format!("@secure()\nparam s string = '{canary}'\nparam z string = 'x'\n"));
    }
    out
}

/// One cluster that has `expression` for its name and in its properties, and two made by a loop over it.
fn clusters(at: usize, expression: &str) -> String {
    let cluster = "Microsoft.ContainerService/managedClusters@2025-05-01";
    let workspace = "Microsoft.OperationalInsights/workspaces";
    format!(
        "var v{at} = {expression}
resource one{at} '{cluster}' = {{
  name: v{at}
  location: 'westeurope'
  properties: {{
    dnsPrefix: v{at}
    agentPoolProfiles: [{{ name: v{at}, osType: 'Windows', enableNodePublicIP: true }}]
    securityProfile: {{ defender: {{ logAnalyticsWorkspaceResourceId: '/subscriptions/x/resourceGroups/y/providers/{workspace}/${{v{at}}}', securityMonitoring: {{ enabled: true }} }} }}
  }}
}}
resource some{at} '{cluster}' = [for (name, i) in [v{at}, 'b']: {{
  name: name
  location: 'westeurope'
  properties: {{
    dnsPrefix: 'x'
    agentPoolProfiles: [{{ name: 'x' }}]
    securityProfile: {{ defender: {{ logAnalyticsWorkspaceResourceId: name, securityMonitoring: {{ enabled: i > 0 }} }} }}
  }}
}}]
"
    )
}

/// A repository in which all of it lies.
fn repository(name: &str, source: Source) -> Folder {
    let folder = Folder::new(&format!("hidden-{name}-{source:?}"), &[]);
    std::fs::remove_dir_all(folder.0.join(".git")).unwrap();
    folder.write("armguard.toml", "[defender]\nworkspaces = [\"/subscriptions/a/resourceGroups/b/providers/Microsoft.OperationalInsights/workspaces/agreed\"]\n");
    git(&folder.0, &["init", "-q", "."]);
    folder
}

/// Puts the canary where `source` has it, and the template.
fn fill(folder: &Folder, source: Source, expressions: &[&str], canary: &str) {
    let body = template(source, expressions, canary);
    match source {
        Source::Text => folder.write("tracked.txt", canary),
        Source::Json => {
            folder.write("tracked.json", &format!("{{\"a\": \"{canary}\", \"n\": [{{\"b\": \"{canary}\"}}]}}"))
        }
        Source::Yaml => folder.write("tracked.yaml", &format!("list:\n- '{canary}'\n")),
        Source::Member => {
            folder
                .write("main.bicepparam", &format!("using 'main.bicep'\nparam p = {{ user: 'u', pw: '{canary}' }}\n"));
        }
        Source::Variable => {
            folder
                .write("main.bicepparam", "using 'main.bicep'\nparam e = readEnvironmentVariable('ARMGUARD_CANARY')\n");
        }
        Source::Argument => {
            folder.write("mod.bicep", &body);
            folder.write(
                "main.bicep",
                &format!(
                    "module m 'mod.bicep' = {{\n  name: 'm'\n  params: {{\n    s: secret\n  }}\n}}\nvar secret = '{canary}'\n"
                ),
            );
        }
        Source::Default => {}
    }
    if source != Source::Argument {
        folder.write("main.bicep", &body);
    }
    git(&folder.0, &["add", "-A"]);
}

/// Runs the program with `args`, the canary in its environment.
fn run(folder: &Folder, args: &[&str], canary: &str) -> Run {
    let mut command = command(&folder.0, AMPLE);
    command.args(args).env("ARMGUARD_CANARY", canary);
    finish(command, AMPLE, b"")
}

/// Everything that `lint` writes, by name.
fn outputs(folder: &Folder, source: Source, canary: &str) -> BTreeMap<String, String> {
    let mut args: Vec<String> = ["lint", "."].map(Into::into).into();
    for (at, format) in FORMATS.iter().enumerate() {
        let to = if at == 0 { String::new() } else { format!("=out.{format}") };
        args.extend(["--format".to_owned(), format!("{format}{to}")]);
    }
    let named: &[&str] = if source == Source::Variable { &["--env", "ARMGUARD_CANARY"] } else { &[] };
    let args: Vec<&str> = args.iter().map(String::as_str).chain(named.iter().copied()).collect();
    let shown = run(folder, &args, canary);
    // What is in a baseline is not shown.
    let mut args = vec!["lint", ".", "--format", "concise", "--write-baseline", "out.baseline"];
    args.extend(named);
    let noted = run(folder, &args, canary);
    let mut all = BTreeMap::new();
    for (name, run) in [("the reports", shown), ("the baseline", noted)] {
        assert!(matches!(run.end, End::Code(0 | 1)), "{:?}\n{}", run.end, run.printed());
        all.insert(format!("standard output of {name}"), run.stdout);
        all.insert(format!("standard error of {name}"), run.stderr);
    }
    for name in FORMATS.iter().skip(1).chain(&["baseline"]) {
        let path = folder.0.join(format!("out.{name}"));
        all.insert((*name).to_owned(), std::fs::read_to_string(&path).unwrap());
        std::fs::remove_file(path).unwrap();
    }
    all.values_mut().for_each(|text| *text = untimed(text));
    all
}

/// The lines that do not say how long it took, or where a byte stands in a file behind a canary: neither is a secret.
fn untimed(text: &str) -> String {
    let timed = |line: &&str| ["Checked ", "elapsedMs", "time=\"", "\"offset\""].iter().any(|mark| line.contains(mark));
    text.lines().filter(|line| !timed(line)).collect::<Vec<_>>().join("\n")
}

fn windows(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(size).map(|window| window.iter().collect()).collect()
}

/// What of the canary is in `text`: as it is, reversed, in base 64 at any offset, in hexadecimal digits, percent-encoded.
fn found_in(text: &str, canary: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let reversed: String = canary.chars().rev().collect();
    let hex = |separator: &str| {
        canary.bytes().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{separator}{byte:02x}");
            out
        })
    };
    let plain = [canary, &reversed].into_iter().flat_map(|form| windows(form, WINDOW));
    let coded = [hex(""), hex("%"), hex("\\u00")].into_iter().flat_map(|form| windows(&form, 3 * WINDOW));
    if let Some(found) = plain.chain(coded).find(|form| lower.contains(form.as_str())) {
        return Some(found);
    }
    let upper = canary.to_uppercase();
    let base64 = [canary, &upper, &reversed].into_iter().flat_map(|form| {
        (0..3).flat_map(move |offset| {
            let encoded = STANDARD.encode(format!("{}{form}", "x".repeat(offset)));
            // What lies at the ends depends on what stands around.
            let inner = encoded.trim_end_matches('=');
            windows(&inner[4..inner.len() - 2], CODED_WINDOW)
        })
    });
    base64.into_iter().find(|form| text.contains(form.as_str()))
}

/// What can be told of a canary of `source` from what `lint` writes about clusters that use `expressions`.
fn told(folder: &Folder, source: Source, expressions: &[&str]) -> Option<String> {
    told_by(|canary| {
        fill(folder, source, expressions, canary);
        outputs(folder, source, canary)
    })
}

/// What can be told of a canary from all that is written about it, by name.
fn told_by(write: impl Fn(&str) -> BTreeMap<String, String>) -> Option<String> {
    let mut first: Option<BTreeMap<String, String>> = None;
    for canary in CANARIES {
        let all = write(canary);
        let found = |(name, text): (&String, &String)| Some(format!("`{}` in {name}", found_in(text, canary)?));
        let differs = |first: &BTreeMap<String, String>| {
            let name = all.iter().find(|(name, text)| first.get(*name) != Some(*text))?.0;
            Some(format!("another canary changes {name}"))
        };
        let told = all.iter().find_map(found).or_else(|| differs(first.as_ref()?));
        if told.is_some() {
            return told;
        }
        first = first.or(Some(all));
    }
    None
}

/// The expressions that tell something of a canary of `source`, and how. All are tried together, and one by one only
/// when something is told.
fn leaks(source: Source) -> Vec<String> {
    let folder = repository("lint", source);
    match told(&folder, source, &EXPRESSIONS) {
        None => return Vec::new(),
        Some(told) => eprintln!("{source:?}: {told}"),
    }
    let alone = |expression: &&str| Some(format!("{expression}: {}", told(&folder, source, &[*expression])?));
    EXPRESSIONS.iter().filter_map(alone).collect()
}

#[track_caller]
fn keeps(source: Source) {
    let leaks = leaks(source);
    let (count, all) = (leaks.len(), EXPRESSIONS.len());
    assert!(leaks.is_empty(), "{count} of {all} expressions tell of it ({source:?}):\n{}", leaks.join("\n"));
}

#[test]
fn reports_tell_nothing_of_a_loaded_text() {
    keeps(Source::Text);
}

#[test]
fn reports_tell_nothing_of_loaded_json() {
    keeps(Source::Json);
}

#[test]
fn reports_tell_nothing_of_loaded_yaml() {
    keeps(Source::Yaml);
}

#[test]
fn reports_tell_nothing_of_a_secure_member() {
    keeps(Source::Member);
}

#[test]
fn reports_tell_nothing_of_what_a_module_gets_for_a_secure_parameter() {
    keeps(Source::Argument);
}

#[test]
fn reports_tell_nothing_of_the_default_of_a_secure_parameter() {
    keeps(Source::Default);
}

#[test]
fn reports_tell_nothing_of_an_environment_variable_that_is_named() {
    keeps(Source::Variable);
}

/// What `expand` prints of each source, in both formats and as a difference from a template without it.
#[test]
fn expanding_shows_no_secret() {
    for source in [Source::Member, Source::Argument, Source::Default] {
        let folder = repository("expand", source);
        folder
            .write("other.bicep", "param p object = {}\nresource r 'Contoso.Test/things@2024-01-01' = { name: 'r' }\n");
        let canary = CANARIES[0];
        {
            fill(&folder, source, &EXPRESSIONS, canary);
            let file = if source == Source::Member { "main.bicepparam" } else { "main.bicep" };
            for args in [
                &["expand", file][..],
                &["expand", file, "--format", "table"],
                &["expand", file, "--diff", "other.bicep"],
            ] {
                let run = run(&folder, args, canary);
                run.ends_with(&[0, 1]);
                let found = found_in(&run.printed(), canary);
                assert_eq!(found, None, "{source:?} {args:?}:\n{}", run.printed());
            }
        }
    }
}

/// `expand` is there for values: it shows those of files, and of variables that are named.
#[test]
fn expanding_shows_what_is_loaded_or_named() {
    for (source, args, shown) in [
        (Source::Json, &["expand", "main.bicep"][..], true),
        (Source::Variable, &["expand", "main.bicepparam", "--env", "ARMGUARD_CANARY"], true),
        (Source::Variable, &["expand", "main.bicepparam"], false),
    ] {
        let folder = repository("shown", source);
        fill(&folder, source, &["@"], CANARIES[0]);
        let run = run(&folder, args, CANARIES[0]);
        run.ends_with(&[0]);
        assert_eq!(found_in(&run.printed(), CANARIES[0]).is_some(), shown, "{}", run.printed());
    }
}

/// A cluster whose Defender is on where `condition` holds.
fn switch(condition: &str) -> String {
    format!(
        "resource one 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'one'
  location: 'westeurope'
  properties: {{
    dnsPrefix: 'x'
    agentPoolProfiles: [{{ name: 'x' }}]
    securityProfile: {{ defender: {{ logAnalyticsWorkspaceResourceId: '/subscriptions/x/resourceGroups/y/providers/Microsoft.OperationalInsights/workspaces/z', securityMonitoring: {{ enabled: {condition} }} }} }}
  }}
}}
"
    )
}

/// What is hidden still decides: hiding is no way to be left alone.
#[test]
fn hidden_values_decide() {
    let folder = Folder::new("hidden-decide", &[]);
    std::fs::remove_dir_all(folder.0.join(".git")).unwrap();
    git(&folder.0, &["init", "-q", "."]);
    let cases = [
        ("", "loadJsonContent('tracked.json').on"),
        ("", "loadJsonContent('tracked.json').mode == 'on'"),
        ("", "union(loadJsonContent('tracked.json'), {}).on"),
        ("", "contains(loadJsonContent('tracked.json').list, 'on')"),
        ("", "!empty(loadJsonContent('tracked.json').none) || loadTextContent('tracked.txt') == 'on'"),
        ("@secure()\nparam s string = 'MODE'\n", "s == 'on'"),
        ("@secure()\nparam s string = 'MODE'\n", "bool(replace(s, 'on', 'true')) || false"),
    ];
    for (declarations, condition) in cases {
        for (mode, code) in [("on", 0), ("off", 1)] {
            let is_on = mode == "on";
            let list = if is_on { "[\"on\"]" } else { "[]" };
            folder.write(
                "tracked.json",
                &format!("{{\"on\": {is_on}, \"mode\": \"{mode}\", \"list\": {list}, \"none\": []}}"),
            );
            folder.write("tracked.txt", mode);
            let declarations = declarations.replace("MODE", if is_on { "on" } else { "false" });
            folder.write("main.bicep", &format!("{declarations}{}", switch(condition)));
            git(&folder.0, &["add", "-A"]);
            let run = run(&folder, &["lint", ".", "--strict", "--select", "aks-defender-security-monitoring"], "");
            assert_eq!(run.end, End::Code(code), "{condition} {mode}:\n{}", run.printed());
        }
    }
}

/// What comes from outside the repository must not even decide: the verdict would tell of it.
#[test]
fn what_comes_from_outside_decides_nothing() {
    let folder = Folder::new("hidden-outside", &[]);
    folder.write(
        "main.bicep",
        &format!("@secure()\nparam s string\nparam e string = 'x'\n{}", switch("s == 'on' || e == 'on'")),
    );
    folder.write(
        "main.bicepparam",
        "using 'main.bicep'\nparam s = 'off'\nparam e = readEnvironmentVariable('ARMGUARD_CANARY', 'off')\n",
    );
    folder.write("typed.bicep", &format!("@secure()\nparam s string\n{}", switch("s == 'on'")));
    let mut told = Vec::new();
    for mode in ["on", "off"] {
        let by_variable = run(&folder, &["lint", "main.bicepparam"], mode).printed();
        let typed = run(&folder, &["lint", "typed.bicep", "--param", &format!("s={mode}")], "").printed();
        told.push((untimed(&by_variable), untimed(&typed)));
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0].0.contains("ARMGUARD_CANARY"), "{}", told[0].0);
    // A variable that is named may.
    const RULE: &str = "aks-defender-security-monitoring";
    let named = run(&folder, &["lint", "main.bicepparam", "--env", "ARMGUARD_CANARY", "--select", RULE], "on");
    let other = run(&folder, &["lint", "main.bicepparam", "--env", "ARMGUARD_CANARY", "--select", RULE], "off");
    assert_ne!(named.end, other.end, "{}", named.printed());
}

/// An imported type says what is secret, too, and so does one of a part of a part.
#[test]
fn types_of_any_form_hide_what_they_say() {
    let types = "@export()\n@secure()\ntype st = string\n@export()\ntype deep = {\n  list: {\n    @secure()\n    pw: string\n    next: deep?\n  }[]\n}\n";
    let cases = [
        ("import { st } from 'l.bicep'\nparam p st\n", "'C'", "p"),
        ("import { st } from 'l.bicep'\nparam p { a: st }\n", "{ a: 'C' }", "p.a"),
        ("import * as l from 'l.bicep'\nparam p l.st\n", "'C'", "p"),
        ("import { deep } from 'l.bicep'\nparam p deep\n", "{ list: [{ pw: 'C' }] }", "p.list[0].pw"),
        (
            "import { deep } from 'l.bicep'\nparam p deep\n",
            "{ list: [{ pw: 'x', next: { list: [{ pw: 'C' }] } }] }",
            "p.list[0].next.list[0].pw",
        ),
        ("import { deep } from 'l.bicep'\nparam p deep.list\n", "[{ pw: 'C' }]", "p[0].pw"),
        ("import { deep } from 'l.bicep'\nparam p deep.list[*].pw\n", "'C'", "p"),
        ("param p { @secure()\n *: string }\n", "{ x: 'C' }", "p.x"),
        ("param p { @secure()\n a: string }[]\n", "[{ a: 'C' }]", "[for x in p: x.a][0]"),
        ("param p ({ kind: 'a', @secure()\n a: string } | { kind: 'b' })\n", "{ kind: 'a', a: 'C' }", "p.a"),
        ("param p { @secure()\n a: string }?\n", "{ a: 'C' }", "p.?a"),
        ("@secure()\nparam p object\n", "{ a: { b: ['C'] } }", "p.a.b[0]"),
        ("import { st } from 'nowhere.bicep'\nparam p st\n", "'C'", "p"),
    ];
    let folder = Folder::new("hidden-types", &[("l.bicep", types)]);
    let canary = CANARIES[0];
    for (declarations, value, used) in cases {
        let body = format!(
            "resource r 'Contoso.Test/things@2024-01-01' = {{\n  name: 'n${{{used}}}'\n  properties: {{ a: {used}, b: p }}\n}}\noutput o object = {{ a: {used} }}\n"
        );
        folder.write("main.bicep", &format!("{declarations}{body}"));
        folder.write("main.bicepparam", &format!("using 'main.bicep'\nparam p = {}\n", value.replace('C', canary)));
        let run = run(&folder, &["expand", "main.bicepparam"], canary);
        run.ends_with(&[0, 1]).says("Contoso.Test/things");
        assert_eq!(found_in(&run.printed(), canary), None, "{declarations}{}", run.printed());
    }
}

/// The same of ARM templates, with an argument for a nested deployment and a parameter file.
#[test]
fn secure_types_of_arm_templates_are_hidden() {
    let canary = CANARIES[0];
    let resource = r#"{"type": "Contoso.Test/things", "apiVersion": "2024-01-01", "name": "r", "properties": {"a": "[PLACE]", "b": "[parameters('p')]"}}"#;
    let schema = r#""$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0""#;
    let cases = [
        (r#""type": "securestring""#, "", "\"C\"", "parameters('p')"),
        (r#""type": "secureObject""#, "", r#"{"k": "C"}"#, "parameters('p').k"),
        (
            r##""$ref": "#/definitions/t""##,
            r#""t": {"type": "object", "properties": {"pw": {"type": "securestring"}}}"#,
            r#"{"pw": "C"}"#,
            "parameters('p').pw",
        ),
        (
            r##""type": "array", "items": {"$ref": "#/definitions/t/properties/pw"}"##,
            r#""t": {"type": "object", "properties": {"pw": {"type": "securestring"}}}"#,
            r#"["C"]"#,
            "parameters('p')[0]",
        ),
        (r##""$ref": "#/definitions/st""##, r#""st": {"type": "secureString"}"#, "\"C\"", "parameters('p')"),
        (
            r##""$ref": "#/definitions/t""##,
            r##""t": {"type": "object", "properties": {"n": {"$ref": "#/definitions/t", "nullable": true}}, "additionalProperties": {"type": "securestring"}}"##,
            r#"{"n": {"x": "C"}}"#,
            "parameters('p').n.x",
        ),
    ];
    let folder = Folder::new("hidden-arm", &[]);
    for (ty, definitions, value, place) in cases {
        let value = value.replace('C', canary);
        let inner = format!(
            r#"{{{schema}, "languageVersion": "2.0", "definitions": {{{definitions}}}, "parameters": {{"p": {{{ty}}}}}, "resources": {{"r": {}}}}}"#,
            resource.replace("PLACE", place)
        );
        folder.write("main.json", &inner);
        folder.write(
            "main.bicepparam",
            &format!("using 'main.json'\nparam p = json('{}')\n", value.replace('\'', "\\'")),
        );
        folder.write("nest.json", &format!(
            r#"{{{schema}, "resources": [{{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "n", "properties": {{"mode": "Incremental", "expressionEvaluationOptions": {{"scope": "inner"}}, "parameters": {{"p": {{"value": {value}}}}}, "template": {inner}}}}}]}}"#
        ));
        for file in ["main.bicepparam", "nest.json"] {
            let run = run(&folder, &["expand", file], canary);
            run.ends_with(&[0, 1]).says("Contoso.Test/things");
            assert_eq!(found_in(&run.printed(), canary), None, "{ty} {file}: {}", run.printed());
        }
    }
}
