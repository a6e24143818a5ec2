//! Known answers of the conditions of rules: what holds, what does not, and what is not known.

use std::path::PathBuf;
use std::sync::Arc;

use armguard::lint::{Found, Inputs, Options, lint};
use armguard::rules::RuleStore;
use armguard::rules::load::load;
use armguard::source::MemoryFiles;

/// Parameters that nobody gives, and a resource that the rule judges.
const BEFORE: &str = "\
param text string
param flag bool
param number int
param object object
param items array
";

const PAGE: &str = "# the-rule\n\nIt is wrong.\n\n## Why\n\n## Remediation\n\n## Examples\n\n\
    ```bicep fail\n```\n\n```text finding\n```\n\n```bicep pass\n```\n";

/// What a rule with this condition says of `template`: `pass`, `undetermined: <what decides>`, or the paths of the
/// findings, each with the message.
fn answer(front: &str, template: &str) -> String {
    answer_of(front, &[("main.bicep", &format!("{BEFORE}{template}"))])
}

/// The same for several files; the first is judged.
fn answer_of(front: &str, texts: &[(&str, &str)]) -> String {
    let front = format!(
        r#"{{"severity":"low","resource":["Contoso.Shop/carts","Contoso.Shop/carts/wheels"],"noun":["cart","wheel"],
        "message":{{"failed":"{{item}} failed","absent":"{{item}} absent"}},"help":"x",{front}}}"#
    )
    .replace('\n', " ");
    let file = ("x/the-rule.md".to_owned(), format!("---\n{front}\n---\n{PAGE}"));
    let rules = load(&RuleStore::default(), &[file]).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let mut files = MemoryFiles::default();
    texts.iter().for_each(|(name, text)| files.insert(*name, *text));
    let inputs = Inputs { paths: vec![Found { path: PathBuf::from(texts[0].0), named: true }], ..Inputs::default() };
    let report = lint(&files, inputs, &Options { rules: Some(Arc::new(rules)), ..Options::default() });
    assert!(report.problems.iter().all(|problem| !problem.fails), "{texts:?}: {:#?}", report.problems);
    let findings: Vec<String> =
        report.findings.iter().map(|finding| format!("{} ({})", finding.path, finding.message)).collect();
    match (findings.is_empty(), report.undetermined.first()) {
        (false, _) => findings.join(", "),
        (true, Some(check)) => format!("undetermined: {}", check.depends_on.join(", ")),
        (true, None) => "pass".to_owned(),
    }
}

/// The same for the properties of one resource.
fn answer_for(condition: &str, properties: &str) -> String {
    let template =
        format!("resource cart 'Contoso.Shop/carts@2024-01-01' = {{\n  name: 'cart'\n  properties: {properties}\n}}\n");
    answer(&format!(r#""require":{condition}"#), &template)
}

#[test]
fn tests_of_one_value() {
    let failed = "properties.a ({item} failed)";
    let absent = "properties.a ({item} absent)";
    #[rustfmt::skip]
    let cases: &[(&str, &[(&str, &str)])] = &[
        (r#"{"path":"properties.a","equals":true}"#, &[
            ("{ a: true }", "pass"),
            ("{ A: true }", "pass"),
            ("{ a: false }", failed),
            ("{ a: 1 }", failed),
            ("{ a: {} }", failed),
            ("{ a: 'true' }", "undetermined: what the service makes of the text `'true'`"),
            ("{ a: flag }", "undetermined: parameter `flag`"),
            ("{ a: flag ? true : true }", "pass"),
            ("{ a: flag ? false : null }", failed),
            ("{ a: '#{on}#' }", "undetermined: the placeholder `#{on}#`"),
            ("{ a: null }", absent),
            ("{}", absent),
            ("object", "undetermined: parameter `object`"),
            ("union({ a: false }, object)", "undetermined: parameter `object`"),
            ("union(object, { a: false })", failed),
        ]),
        (r#"{"path":"properties.a","equals":"Deny","absent":"pass"}"#, &[
            ("{ a: 'deny' }", "pass"),
            ("{ a: 'Allow' }", failed),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{ a: 'x${text}' }", "undetermined: parameter `text`"),
            ("{ a: 3 }", failed),
            ("{ a: null }", "pass"),
            ("{}", "pass"),
        ]),
        (r#"{"path":"properties.a","in":["x",2],"absent":"undetermined"}"#, &[
            ("{ a: 'X' }", "pass"),
            ("{ a: 2 }", "pass"),
            ("{ a: 3 }", failed),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{}", "undetermined: what the service does without `properties.a`"),
        ]),
        (r#"{"path":"properties.a","in":["True",true]}"#, &[
            ("{ a: 'true' }", "pass"),
            ("{ a: true }", "pass"),
            ("{ a: 'False' }", failed),
            ("{ a: false }", failed),
        ]),
        (r#"{"path":"properties.a","exists":true}"#, &[
            ("{ a: 0 }", "pass"),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{ a: null }", absent),
            ("{}", absent),
        ]),
        (r#"{"path":"properties.a","exists":false}"#, &[
            ("{}", "pass"),
            ("{ a: null }", "pass"),
            ("{ a: {} }", failed),
            ("object", "undetermined: parameter `object`"),
        ]),
        (r#"{"path":"properties.a","not-empty":true}"#, &[
            ("{ a: 'x' }", "pass"),
            ("{ a: [1] }", "pass"),
            ("{ a: { b: 1 } }", "pass"),
            ("{ a: 'x${text}' }", "pass"),
            ("{ a: '' }", failed),
            ("{ a: [] }", failed),
            ("{ a: {} }", failed),
            ("{ a: { b: null } }", "pass"),
            ("{ a: 5 }", failed),
            ("{ a: items }", "undetermined: parameter `items`"),
            ("{ a: concat(items, [1]) }", "pass"),
            ("{}", absent),
        ]),
        (r#"{"path":"properties.a","matches":"^b+$"}"#, &[
            ("{ a: 'bb' }", "pass"),
            ("{ a: 'BB' }", failed),
            ("{ a: 1 }", failed),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{}", absent),
        ]),
        (r#"{"path":"properties.a","at-least":3}"#, &[
            ("{ a: 3 }", "pass"),
            ("{ a: 2 }", failed),
            ("{ a: '3' }", failed),
            ("{ a: number }", "undetermined: parameter `number`"),
            ("{}", absent),
        ]),
        (r#"{"path":"properties.a","at-least":"1.19"}"#, &[
            ("{ a: '1.19' }", "pass"),
            ("{ a: '1.19.0' }", "pass"),
            ("{ a: '1.100.1' }", "pass"),
            ("{ a: '2' }", "pass"),
            ("{ a: '1.18.14' }", failed),
            ("{ a: 'latest' }", "undetermined: what the service makes of the text `'latest'`"),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{}", absent),
        ]),
        (r#"{"path":"properties.a","resource-id-of":"Contoso.Shop/shops"}"#, &[
            ("{ a: resourceId('Contoso.Shop/shops', 'x') }", "pass"),
            ("{ a: resourceId('contoso.shop/Shops', text) }", "pass"),
            ("{ a: resourceId('Contoso.Shop/carts', 'x') }", failed),
            ("{ a: 'x' }", failed),
            ("{ a: 7 }", failed),
            ("{ a: text }", "undetermined: parameter `text`"),
            ("{}", absent),
        ]),
    ];
    check(cases);
}

#[test]
fn what_is_absent_depends_on_the_api_version() {
    let require = |absent: &str| format!(r#""require":{{"path":"properties.a","equals":1,"absent":{absent}}}"#);
    let cases = [
        (r#"{"pass":">=2024-01-01","otherwise":"fail"}"#, "'Contoso.Shop/carts@2024-01-01'", "pass"),
        (r#"{"pass":">=2024-01-01","otherwise":"fail"}"#, "'Contoso.Shop/carts@2023-01-01'", "properties.a (y absent)"),
        (
            r#"{"fail":{"stable":">=2024-01-01"},"otherwise":"undetermined"}"#,
            "'Contoso.Shop/carts@2024-01-01-preview'",
            "undetermined: what the service does without `properties.a`",
        ),
    ];
    for (absent, ty, expected) in cases {
        let template = format!("resource y {ty} = {{ name: 'y', properties: {{}} }}\n");
        let said = answer(&require(absent), &template).replace("{item}", "y");
        assert_eq!(said, expected, "{absent} {ty}");
    }
}

#[test]
fn several_values_and_items() {
    #[rustfmt::skip]
    let cases: &[(&str, &[(&str, &str)])] = &[
        (r#"{"path":"$.properties.a[*].b","equals":1,"absent":"pass"}"#, &[
            ("{ a: [{ b: 1 }, { b: 1 }] }", "pass"),
            ("{ a: [{ b: 1 }, {}] }", "pass"),
            ("{ a: [{ b: 1 }, { b: 2 }, { b: 3 }] }",
                "properties.a.[1].b ({item} failed), properties.a.[2].b ({item} failed)"),
            ("{ a: [] }", "pass"),
            ("{}", "pass"),
            ("{ a: items }", "undetermined: parameter `items`"),
            ("{ a: concat(items, [{ b: 2 }]) }", "properties.a.[0].b ({item} failed)"),
        ]),
        (r#"{"path":"$.properties.a[?@.name == 'x'].b","equals":1}"#, &[
            ("{ a: [{ name: 'X', b: 1 }, { name: 'y' }] }", "pass"),
            ("{ a: [{ name: 'x' }] }", "properties.a.[0].b ({item} absent)"),
            ("{ a: [{ name: 'y', b: 1 }] }", "properties.a ({item} absent)"),
            ("{}", "properties.a ({item} absent)"),
            ("{ a: [{ name: text, b: 1 }] }", "undetermined: parameter `text`"),
        ]),
        (r#"{"path":"$.properties.a[?@.on == true]","exists":true}"#, &[
            ("{ a: [{ on: false }, { on: true }] }", "pass"),
            ("{ a: [{ on: flag }, { on: true }] }", "pass"),
            ("{ a: [{ on: false }] }", "properties.a ({item} absent)"),
            ("{ a: [] }", "properties.a ({item} absent)"),
            ("{ a: items }", "undetermined: parameter `items`"),
        ]),
        (r#"{"path":"$.properties.a[?@.on == true]","exists":false}"#, &[
            ("{ a: [{ on: false }] }", "pass"),
            ("{ a: [{ on: flag }, { on: true }] }", "properties.a.[1] ({item} failed)"),
            ("{ a: [{ on: flag }] }", "undetermined: parameter `flag`"),
        ]),
        (r#"{"each":"$.properties.a[*]","require":{"path":"b","equals":1}}"#, &[
            ("{ a: [{ name: 'x', b: 2 }, { name: 'y', b: 1 }, {}] }",
                "properties.a.[0].b (x failed), properties.a.[2].b (a[2] absent)"),
            ("{ a: [for i in range(0, 2): { name: 'n${i}', b: 3 }] }",
                "properties.a.[0].b (n0 failed), properties.a.[1].b (n1 failed)"),
            // The element that is wrong in every world is told; the other waits.
            ("{ a: [{ name: 'x', b: flag ? 1 : 2 }, { name: 'y' }] }", "properties.a.[1].b (y absent)"),
            ("{ a: [{ name: 'x', b: flag ? 1 : 2 }] }", "undetermined: parameter `flag`"),
            // Another item in each world: it fails whatever the flag, and one is told.
            ("{ a: [{ name: 'x', b: flag ? 1 : 2 }, { name: 'y', b: flag ? 2 : 1 }] }", "properties.a.[1].b (y failed)"),
            ("{ a: [for item in items: { b: 1 }] }", "undetermined: parameter `items`"),
            ("{ a: [for item in items: { b: item }] }", "undetermined: parameter `items`"),
            ("{ a: flag ? [] : [{ b: 1 }] }", "pass"),
            ("{ a: 'x' }", "pass"),
            ("{ a: [] }", "pass"),
            ("{}", "pass"),
            ("object", "undetermined: parameter `object`"),
        ]),
        (r#"{"each":{"contoso.shop/Carts":"$.properties.a[*]"},"require":{"path":"b","equals":1}}"#, &[
            ("{ a: [{ b: 2 }] }", "properties.a.[0].b (a[0] failed)"),
            ("{ a: [{ b: 1 }] }", "pass"),
        ]),
        (r#"{"each":{"Contoso.Shop/carts/wheels":"properties"},"require":{"path":"b","equals":1}}"#, &[
            ("{ b: 2 }", "pass"),
        ]),
    ];
    check(cases);
    let wheels = r#""require":{"each":{"Contoso.Shop/carts/wheels":"properties"},"require":{"path":"b","equals":1}}"#;
    let template = "resource front 'Contoso.Shop/carts/wheels@2024-01-01' = { name: 'a/b', properties: { b: 2 } }\n";
    assert_eq!(answer(wheels, template), "properties.b (front failed)");
}

#[test]
fn trees() {
    let failed = "properties.a ({item} failed)";
    #[rustfmt::skip]
    let cases: &[(&str, &[(&str, &str)])] = &[
        (r#"{"all":[{"path":"properties.a","equals":1},{"path":"properties.b","equals":1}]}"#, &[
            ("{ a: 1, b: 1 }", "pass"),
            ("{ a: 2, b: 2 }", failed),
            ("{ a: number, b: 2 }", "properties.b ({item} failed)"),
            ("{ a: number, b: 1 }", "undetermined: parameter `number`"),
        ]),
        (r#"{"any":[{"path":"properties.a","equals":1},{"path":"properties.b.c","equals":1}]}"#, &[
            ("{ a: 2, b: { c: 1 } }", "pass"),
            ("{ a: number, b: { c: 1 } }", "pass"),
            ("{ a: 2, b: { c: 2 } }", "properties.b.c ({item} failed)"),
            ("{ a: 2 }", failed),
            ("{ a: number }", "undetermined: parameter `number`"),
        ]),
        (r#"{"none":[{"path":"properties.a","equals":1},{"path":"properties.b","equals":1}]}"#, &[
            ("{ a: 2 }", "pass"),
            ("{ a: 1 }", failed),
            ("{ a: 2, b: 1 }", "properties.b ({item} failed)"),
            ("{ a: number, b: 1 }", "properties.b ({item} failed)"),
            ("{ a: number }", "undetermined: parameter `number`"),
        ]),
        (r#"{"each":"$.properties.a[*]","require":{"not":{"path":"b","equals":1}}}"#, &[
            ("{ a: [{ name: 'x', b: 1 }, { b: 2 }] }", "properties.a.[0].b (x failed)"),
        ]),
        (r#"{"not":{"path":"properties.a","equals":1}}"#, &[
            ("{ a: 2 }", "pass"),
            ("{}", "pass"),
            ("{ a: 1 }", failed),
            ("{ a: number }", "undetermined: parameter `number`"),
        ]),
        (r#"{"when":{"path":"properties.on","equals":true},"require":{"path":"properties.a","equals":1}}"#, &[
            ("{ on: true, a: 2 }", failed),
            ("{ on: true, a: 1 }", "pass"),
            ("{ a: 2 }", "pass"),
            ("{ on: flag, a: 1 }", "pass"),
            ("{ on: flag, a: 2 }", "undetermined: parameter `flag`"),
            ("{ on: flag, a: flag ? 1 : 2 }", "pass"),
        ]),
        (r#"{"api-version":">=2024-01-01"}"#, &[("{}", "pass")]),
        (r#"{"api-version":{"preview":">=2024-01-01-preview"}}"#, &[("{}", "apiVersion ({item} failed)")]),
    ];
    check(cases);
}

#[test]
fn related_resources() {
    let cart = "resource cart 'Contoso.Shop/carts@2024-01-01' = { name: 'cart', properties: {} }\n";
    let on = |rest: &str| format!("resource log 'Contoso.Logs/settings@2024-01-01' = {rest}\n");
    let require = r#""require":{"related":"Contoso.Logs/settings","require":{"path":"properties.on","equals":true}}"#;
    #[rustfmt::skip]
    let cases: &[(String, &str)] = &[
        (String::new(), " ({item} absent)"),
        (on("{ scope: cart, name: 'log', properties: { on: true } }"), "pass"),
        (on("{ scope: cart, name: 'log', properties: { on: false } }"), " ({item} failed)"),
        (on("{ scope: cart, name: 'log', properties: { on: flag } }"), "undetermined: parameter `flag`"),
        (on("{ name: 'log', properties: { on: true } }"), " ({item} absent)"),
        (on("if (false) { scope: cart, name: 'log', properties: { on: true } }"), " ({item} absent)"),
        (on("if (flag) { scope: cart, name: 'log', properties: { on: true } }"), "undetermined: parameter `flag`"),
        (on("if (flag) { scope: cart, name: 'log', properties: { on: false } }"), " ({item} failed)"),
        (on("[for i in range(0, 2): { scope: cart, name: 'log${i}', properties: { on: i == 1 } }]"), "pass"),
        (on("[for i in items: { scope: cart, name: i, properties: { on: true } }]"), "undetermined: parameter `items`"),
        // The same cart under another name, and another cart.
        ("resource same 'Contoso.Shop/carts@2023-01-01' existing = { name: 'cart' }\n".to_owned()
            + &on("{ scope: same, name: 'log', properties: { on: true } }"), "pass"),
        ("resource other 'Contoso.Shop/carts@2023-01-01' existing = { name: 'other' }\n".to_owned()
            + &on("{ scope: other, name: 'log', properties: { on: true } }"), " ({item} absent)"),
        ("resource some 'Contoso.Shop/carts@2023-01-01' existing = { name: text }\n".to_owned()
            + &on("{ scope: some, name: 'log', properties: { on: true } }"), "undetermined: parameter `text`"),
        ("resource some 'Contoso.Shop/carts@2023-01-01' existing = { name: text }\n".to_owned()
            + &on("{ scope: some, name: 'log', properties: { on: false } }"), " ({item} absent)"),
        // Two carts of unknown names: symbolic names tell them apart.
        ("resource more 'Contoso.Shop/carts@2023-01-01' = { name: text, properties: {} }\n".to_owned()
            + &on("{ scope: more, name: 'log', properties: { on: true } }"), " ({item} absent)"),
        ("resource log 'Contoso.Shop/carts/providers/settings@2024-01-01' = {\n  name: 'cart/Contoso.Logs/log'\n  \
          properties: { on: true }\n}\n".to_owned(), "pass"),
        ("resource log 'Contoso.Shop/carts/providers/settings@2024-01-01' = {\n  name: 'other/Contoso.Logs/log'\n  \
          properties: { on: true }\n}\n".to_owned(), " ({item} absent)"),
        ("module logs 'br:example.org/logs:1.0' = { name: 'logs' }\n".to_owned(), "undetermined: what `logs` deploys"),
    ];
    for (rest, expected) in cases {
        assert_eq!(answer(require, &format!("{cart}{rest}")), *expected, "{rest}");
    }

    let child = r#""when":{"path":"name","equals":"cart"},"require":{"related":"Contoso.Shop/carts/wheels"}"#;
    let cases = [
        ("", " ({item} absent)"),
        ("resource w 'Contoso.Shop/carts/wheels@2024-01-01' = { parent: cart, name: 'w', properties: {} }\n", "pass"),
        ("resource w 'Contoso.Shop/carts/wheels@2024-01-01' = { name: 'cart/w', properties: {} }\n", "pass"),
        ("resource w 'Contoso.Shop/carts/wheels@2024-01-01' = { name: 'b/w', properties: {} }\n", " ({item} absent)"),
    ];
    for (rest, expected) in cases {
        assert_eq!(answer(child, &format!("{cart}{rest}")), expected, "{rest}");
    }

    let anywhere = r#""require":{"related":"Contoso.Shop/plans","on":"deployment",
        "require":{"path":"name","equals":"gold"}}"#;
    let cases = [
        ("", " ({item} absent)"),
        ("resource p 'Contoso.Shop/plans@2024-01-01' = { name: 'Gold' }\n", "pass"),
        ("resource p 'Contoso.Shop/plans@2024-01-01' = { name: 'tin' }\n", " ({item} failed)"),
        ("resource p 'Contoso.Shop/plans@2024-01-01' existing = { name: 'gold' }\n", " ({item} absent)"),
        ("resource p 'Contoso.Shop/plans@2024-01-01' = { name: text }\n", "undetermined: parameter `text`"),
        ("resource p 'Contoso.Shop/plans@2024-01-01' = [for n in ['tin', 'gold']: { name: n }]\n", "pass"),
    ];
    for (rest, expected) in cases {
        assert_eq!(answer(anywhere, &format!("{cart}{rest}")), expected, "{rest}");
    }
}

#[test]
fn related_parents() {
    let parent = r#""when":{"path":"name","equals":"w"},"require":{"related":"Contoso.Shop/carts","on":"parent",
        "require":{"path":"properties.on","equals":true}}"#;
    let wheel = "resource w 'Contoso.Shop/carts/wheels@2024-01-01' = { parent: cart, name: 'w', properties: {} }\n";
    let cases = [
        ("= { name: 'a', properties: { on: true } }", "pass"),
        ("= { name: 'a', properties: { on: false } }", " ({item} failed)"),
        ("= { name: 'a', properties: { on: flag } }", "undetermined: parameter `flag`"),
        // What somebody else deploys is not known to be on, and not to be off.
        ("existing = { name: 'a' }", " ({item} absent)"),
    ];
    for (cart, expected) in cases {
        let template = format!("resource cart 'Contoso.Shop/carts@2024-01-01' {cart}\n{wheel}");
        assert_eq!(answer(parent, &template), expected, "{cart}");
    }
    let other = format!(
        "resource cart 'Contoso.Shop/carts@2024-01-01' existing = {{ name: 'a' }}\n{wheel}\
        resource b 'Contoso.Shop/carts@2024-01-01' = {{ name: 'b', properties: {{ on: true }} }}\n"
    );
    assert_eq!(answer(parent, &other), " ({item} absent)");
}

#[test]
fn related_on_the_same_parent() {
    let beside = r#""when":{"path":"name","equals":"w"},"require":{"related":"Contoso.Shop/carts/wheels",
        "on":"same-parent","require":{"path":"properties.on","equals":true}}"#;
    let before = "resource cart 'Contoso.Shop/carts@2024-01-01' existing = { name: text }\n\
        resource w 'Contoso.Shop/carts/wheels@2024-01-01' = { parent: cart, name: 'w', properties: { on: true } }\n";
    let wheel = |rest: &str| format!("resource v 'Contoso.Shop/carts/wheels@2024-01-01' = {rest}\n");
    #[rustfmt::skip]
    let cases: &[(String, &str)] = &[
        (String::new(), " ({item} absent)"),
        (wheel("{ parent: cart, name: 'v', properties: { on: true } }"), "pass"),
        (wheel("{ name: '${text}/v', properties: { on: true } }"), "pass"),
        (wheel("{ parent: cart, name: 'v', properties: { on: false } }"), " ({item} failed)"),
        (wheel("{ parent: cart, name: 'v', properties: { on: flag } }"), "undetermined: parameter `flag`"),
        (wheel("if (flag) { parent: cart, name: 'v', properties: { on: true } }"), "undetermined: parameter `flag`"),
        (wheel("{ name: 'cart/v', properties: { on: false } }"), " ({item} absent)"),
        (wheel("{ name: 'cart/v', properties: { on: true } }"), "undetermined: parameter `text`"),
    ];
    for (rest, expected) in cases {
        assert_eq!(answer(beside, &format!("{before}{rest}")), *expected, "{rest}");
    }

    let scoped =
        r#""when":{"path":"name","equals":"w"},"require":{"related":"Contoso.Logs/settings","on":"same-parent"}"#;
    let setting = |scope: &str| {
        format!(
            "resource a 'Contoso.Shop/shops@2024-01-01' existing = {{ name: 'a' }}\n\
            resource b 'Contoso.Shop/shops@2024-01-01' existing = {{ name: 'b' }}\n\
            resource w 'Contoso.Shop/carts@2024-01-01' = {{ scope: a, name: 'w' }}\n\
            resource s 'Contoso.Logs/settings@2024-01-01' = {{ scope: {scope}, name: 's' }}\n"
        )
    };
    for (scope, expected) in [("a", "pass"), ("b", " ({item} absent)"), ("w", " ({item} absent)")] {
        assert_eq!(answer(scoped, &setting(scope)), expected, "{scope}");
    }
}

/// What belongs together may be declared in different templates.
#[test]
fn related_resources_in_modules() {
    let require = r#""require":{"related":"Contoso.Logs/settings"}"#;
    let log = "\
param cartName string
resource cart 'Contoso.Shop/carts@2024-01-01' existing = { name: cartName }
resource log 'Contoso.Logs/settings@2024-01-01' = { scope: cart, name: 'log' }
";
    let cart =
        "resource cart 'Contoso.Shop/carts@2024-01-01' = { name: 'cart-${env}', properties: {} }\nparam env string\n";
    let inner = "param env string\nresource cart 'Contoso.Shop/carts@2024-01-01' = { name: 'cart-${env}', properties: {} }\n\
        output name string = cart.name\n";
    let cases = [
        ("module log 'log.bicep' = { name: 'log', params: { cartName: cart.name } }\n", "pass"),
        ("module log 'log.bicep' = { name: 'log', params: { cartName: 'cart-${env}' } }\n", "pass"),
        ("module log 'log.bicep' = { name: 'log', params: { cartName: env } }\n", "undetermined: parameter `env`"),
        (
            "module log 'log.bicep' = { name: 'log', scope: resourceGroup('other'), params: { cartName: cart.name } }\n",
            "undetermined: `resourceGroup()` at deployment",
        ),
    ];
    for (module, expected) in cases {
        let main = format!("{cart}{module}");
        assert_eq!(answer_of(require, &[("main.bicep", &main), ("log.bicep", log)]), expected, "{module}");
    }
    let main = "\
param env string
module cart 'cart.bicep' = { name: 'cart', params: { env: env } }
module log 'log.bicep' = { name: 'log', params: { cartName: cart.outputs.name } }
";
    assert_eq!(answer_of(require, &[("main.bicep", main), ("log.bicep", log), ("cart.bicep", inner)]), "pass");
}

#[test]
fn what_a_resource_lies_on() {
    let attached = r#""require":{"not":{"attached-to":"Contoso.Shop/shops"}}"#;
    let shop = "resource shop 'Contoso.Shop/shops@2024-01-01' existing = { name: 'shop' }\n";
    let cases = [
        ("{ scope: shop, name: 'cart' }", "scope ({item} failed)"),
        ("{ name: 'cart' }", "pass"),
        ("{ scope: resourceGroup(), name: 'cart' }", "pass"),
        ("{ scope: other, name: 'cart' }", "pass"),
    ];
    let shop = format!("{shop}resource other 'Contoso.Shop/malls@2024-01-01' existing = {{ name: text }}\n");
    for (rest, expected) in cases {
        let template = format!("{shop}resource cart 'Contoso.Shop/carts@2024-01-01' = {rest}\n");
        assert_eq!(answer(attached, &template), expected, "{rest}");
    }
}

/// In ARM a scope is text, which the compiler makes of symbolic names.
#[test]
fn what_a_resource_lies_on_in_arm() {
    let attached = r#""require":{"not":{"attached-to":"Contoso.Shop/shops"}}"#;
    let cases = [
        ("[resourceId('Contoso.Shop/shops', parameters('text'))]", "scope ({item} failed)"),
        ("[format('contoso.shop/Shops/{0}', parameters('text'))]", "scope ({item} failed)"),
        ("[format('Contoso.Shop/malls/{0}', parameters('text'))]", "pass"),
        ("[resourceId('Contoso.Shop/shops/floors', 'a', parameters('text'))]", "pass"),
        ("/subscriptions/0/resourceGroups/x", "pass"),
        ("[parameters('text')]", "undetermined: parameter `text`"),
    ];
    for (scope, expected) in cases {
        let template = serde_json::json!({
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": { "text": { "type": "string" } },
            "resources": [{
                "type": "Contoso.Shop/carts", "apiVersion": "2024-01-01", "name": "cart", "scope": scope,
            }],
        });
        assert_eq!(answer_of(attached, &[("main.json", &template.to_string())]), expected, "{scope}");
    }
}

fn check(cases: &[(&str, &[(&str, &str)])]) {
    for (condition, rows) in cases {
        for (properties, expected) in *rows {
            assert_eq!(answer_for(condition, properties), *expected, "{condition} on {properties}");
        }
    }
}
