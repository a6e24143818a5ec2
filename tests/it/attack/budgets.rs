//! What evaluation may use: stack, steps, memory, output.

use super::cli_folder::Folder;
use super::program::{AMPLE, Limits, run_within};

/// A cluster without Defender, which is found whatever lies beside it.
const NEIGHBOUR: (&str, &str) = (
    "neighbour.bicep",
    "resource beside 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: 'beside'\n  location: 'w'\n  \
     properties: { dnsPrefix: 'x', agentPoolProfiles: [] }\n}\n",
);

/// A cluster with this name and this Defender profile.
fn cluster(name: &str, defender: &str) -> String {
    format!(
        "resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {{\n  name: {name}\n  location: 'w'\n  \
         properties: {{ dnsPrefix: 'x', agentPoolProfiles: [], securityProfile: {{ defender: {defender} }} }}\n}}\n"
    )
}

/// The lines of a template that `line` makes of `numbers`.
fn lines(numbers: std::ops::Range<u32>, line: impl Fn(u32) -> String) -> String {
    numbers.map(|number| line(number) + "\n").collect()
}

/// Little memory, ample time for a debug build.
const LITTLE: Limits = Limits { memory: 150, ..AMPLE };

#[test]
fn a_value_that_holds_its_own_id_ends_no_run() {
    let other = "resource b 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\n  name: { a: aks.id }\n  \
                 location: 'w'\n  properties: {}\n}\n";
    let twice = "resource b 'A.b/c@2024-05-01' = {\n  name: '${aks.name}${aks.name}'\n}\n";
    let cases = [
        ("object", cluster("{ a: aks.id }", "{}")),
        ("array", cluster("[aks.id]", "{}")),
        ("map", cluster("map(range(0, 2), i => aks.id)", "{}")),
        ("for", format!("var v = [for i in range(0, 2): aks.id]\n{}", cluster("v", "{}"))),
        ("union", cluster("union({ a: aks.id }, { b: aks.id })", "{}")),
        ("ring", format!("{}{other}", cluster("{ a: b.id }", "{}"))),
        ("names", format!("{}{twice}", cluster("'${b.name}${b.name}'", "{}"))),
        (
            "existing",
            format!(
                "resource e 'A.b/c@2020-01-01' existing = {{ name: {{ a: e.id }} }}\n{}",
                cluster("'a'", "{ logAnalyticsWorkspaceResourceId: e.id }")
            ),
        ),
        (
            "variable",
            format!(
                "var a = resourceId('A.b/c', b)\nvar b = {{ logAnalyticsWorkspaceResourceId: a }}\noutput o object = b\n{}",
                cluster("'a'", "b")
            ),
        ),
    ];
    for (name, text) in cases {
        let folder = Folder::new(&format!("own-id-{name}"), &[("main.bicep", &text), NEIGHBOUR]);
        run_within(&folder.0, &["lint", "--ruleset", "all", "."], LITTLE).ends_with(&[1]).says("beside");
        run_within(&folder.0, &["expand", "main.bicep"], LITTLE).ends_with(&[0, 1]);
    }
}

#[test]
fn an_array_that_is_spread_twice_ends_at_a_limit() {
    let doubled = lines(1..27, |n| format!("var v{n} = [...v{}, ...v{}]", n - 1, n - 1));
    let text = format!("var v0 = ['a']\n{doubled}{}", cluster("'a${length(v26)}'", "{}"));
    let folder = Folder::new("spread", &[("main.bicep", &text), NEIGHBOUR]);
    run_within(&folder.0, &["lint", "."], LITTLE).ends_with(&[1]).says("limit-reached").says("beside");
}

#[test]
fn a_sum_that_holds_the_one_before_twice_ends_at_a_limit() {
    let text = format!("var r = reduce(range(0, 100), {{}}, (a, b) => {{ x: a, y: a }})\n{}", cluster("'a'", "r"));
    let folder = Folder::new("reduce", &[("main.bicep", &text), NEIGHBOUR]);
    run_within(&folder.0, &["lint", "."], LITTLE).ends_with(&[1]).says("limit-reached").says("beside");
}

/// The template of a deployment that is a value is written as text, which has bounds of its own.
#[test]
fn templates_that_are_values_end_at_a_limit() {
    let deployment = |template: &str| {
        format!(
            "resource d 'Microsoft.Resources/deployments@2022-09-01' = {{\n  name: 'd'\n  properties: {{ mode: \
             'Incremental', template: {template} }}\n}}\n"
        )
    };
    let bare = "{ type: 'Microsoft.ContainerService/managedClusters', apiVersion: '2024-05-01', name: 'x' }";
    let params = lines(0..9, |n| format!("param c{n} bool"));
    let chosen: String = (0..9).map(|n| format!(", c{n} ? [{bare}] : []")).collect();
    let long = "var long = padLeft('', 700000, 'x')\n";
    let named = format!("{{ resources: [{bare}], outputs: {{ a: {{ value: long }}, b: {{ value: long }} }} }}");
    let cases = [
        ("cases", format!("{params}{}", deployment(&format!("{{ resources: concat([]{chosen}) }}")))),
        ("long", format!("{long}{}", deployment(&named))),
    ];
    for (name, text) in cases {
        let folder = Folder::new(&format!("template-value-{name}"), &[("main.bicep", &text), NEIGHBOUR]);
        run_within(&folder.0, &["lint", "."], LITTLE).ends_with(&[1]).says("limit-reached").says("beside");
    }
}

#[test]
fn unions_on_either_side_of_conditions_end_at_a_limit() {
    let params = lines(0..7, |n| format!("param c{n} bool"));
    let unions = lines(0..7, |n| {
        format!("var u{} = c{n} ? union(u{n}, {{ a: {{ k: c{n} }} }}) : union({{ a: {{ z: u{n} }} }}, u{n})", n + 1)
    });
    let text = format!("{params}var u0 = {{}}\n{unions}{}output o object = u7\n", cluster("'a'", "u7"));
    let folder = Folder::new("unions", &[("main.bicep", &text)]);
    run_within(&folder.0, &["expand", "main.bicep"], LITTLE).ends_with(&[0, 1]).says("limit-reached");
}

#[test]
fn an_object_that_holds_another_twice_is_not_printed_as_a_tree() {
    let doubled = lines(1..61, |n| format!("var v{n} = {{ a: v{}, b: v{} }}", n - 1, n - 1));
    let text = format!("var v0 = 'a'\n{doubled}output o object = v60\n");
    let folder = Folder::new("doubled-object", &[("main.bicep", &text)]);
    let printed = run_within(&folder.0, &["expand", "main.bicep"], LITTLE);
    printed.ends_with(&[0, 1]).says("too large to print");
    assert!(printed.stdout.len() < 40_000_000, "{} bytes", printed.stdout.len());
}

/// A template of which each condition has the one before in it twice.
fn shared_conditions(count: u32) -> String {
    let params = lines(0..count, |n| format!("param w{n} bool"));
    let all = lines(1..count + 1, |n| format!("var v{n} = (v{0} && w{0}) || (!v{0} && !w{0})", n - 1));
    let last = format!("{{ securityMonitoring: {{ enabled: v{count} }} }}");
    format!("param p bool\n{params}var v0 = p\n{all}{}", cluster("'a'", &last))
}

#[test]
fn a_condition_that_is_shared_is_looked_at_once() {
    let folder = Folder::new("shared-condition", &[("main.bicep", &shared_conditions(22)), NEIGHBOUR]);
    run_within(&folder.0, &["lint", "."], LITTLE).ends_with(&[1]).says("beside");
}

#[test]
fn an_expression_is_cut_as_a_whole() {
    let folder = Folder::new("long-expression", &[("main.bicep", &shared_conditions(30))]);
    run_within(&folder.0, &["expand", "main.bicep"], LITTLE).ends_with(&[0, 1]).says("too long to print");
}

/// Modules of which each has a cluster and calls the next as `calls` say.
fn modules(name: &str, count: usize, calls: &[&str]) -> Folder {
    let folder = Folder::new(name, &[]);
    for at in 0..count {
        let call = |called: &&str| format!("module {called} 'm{}.bicep' = {{ name: '{called}' }}\n", at + 1);
        let calls: String = if at + 1 < count { calls.iter().map(call).collect() } else { String::new() };
        folder.write(&format!("m{at}.bicep"), &format!("{}{calls}", cluster(&format!("'a{at}'"), "{}")));
    }
    folder
}

#[test]
fn a_chain_of_modules_costs_what_it_is_long() {
    let folder = modules("chain", 400, &["m"]);
    let limits = Limits { processor: 10, time: 120, ..AMPLE };
    run_within(&folder.0, &["lint", "."], limits).ends_with(&[1]).says("limit-reached");
}

#[test]
fn modules_that_call_the_next_twice_end_at_a_limit() {
    let folder = modules("twice", 31, &["m", "k"]);
    let limits = Limits { processor: 6, ..LITTLE };
    run_within(&folder.0, &["lint", "--ruleset", "all", "."], limits).ends_with(&[1]).says("limit-reached");
}
