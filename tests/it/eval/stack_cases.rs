//! Inputs that are nested, for any number of levels: one or more for each recursion.

use armguard::source::stack::Recursion::{self, *};

/// What is done with an input.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    /// It is read and lowered.
    Read,
    /// It is fixed, which lints it, and expanded.
    All,
    /// The same; two recursions reach their bounds, one on top of the other.
    Both,
    /// It is read by this, apart from any template.
    Apart(fn(&str)),
}

/// An input for each number of levels.
pub(crate) struct Case {
    /// What it nests.
    pub(crate) name: String,
    /// What reaches its bound.
    pub(crate) recursion: Recursion,
    pub(crate) work: Work,
    /// Levels with which there is all that does not nest, for measuring that.
    pub(crate) few: usize,
    pub(crate) file: &'static str,
    pub(crate) text: Box<dyn Fn(usize) -> String + Sync>,
}

impl Case {
    fn new(
        name: &str,
        recursion: Recursion,
        file: &'static str,
        text: impl Fn(usize) -> String + Sync + 'static,
    ) -> Self {
        Self { name: name.to_owned(), recursion, work: Work::All, few: 2, file, text: Box::new(text) }
    }

    fn only(self, work: Work) -> Self {
        Self { work, ..self }
    }
}

/// A module that is there for all cases.
pub(crate) const MODULE: &str = "param p string\noutput o string = '${p}a'\n";

fn nested(open: &str, inside: &str, close: &str, levels: usize) -> String {
    format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
}

/// A cluster whose profile is `value`.
fn cluster(value: &str) -> String {
    format!(
        "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{\n  name: 'aks'\n  location: 'l'\n  \
         properties: {{ dnsPrefix: 'x', securityProfile: {{ defender: {value} }} }}\n}}\n\
         output o object = {{ o: {value} }}\n"
    )
}

fn arm_cluster(variables: &str, value: &str) -> String {
    format!(
        r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "parameters": {{"p": {{"type": "string"}}}}, "variables": {{{variables}}},
        "resources": [{{"type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01",
        "name": "aks", "location": "l", "properties": {{"securityProfile": {{"defender": {value}}}}}}}]}}"#
    )
}

const SCHEMA: &str = r#""$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0""#;

/// The output of a deployment.
const OUTPUT: &str = r#""[reference('d').outputs.o.value]""#;

/// A deployment of `template`, which has its argument from around it.
fn deployment(template: &str) -> String {
    format!(
        r#"{{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "properties": {{
        "mode": "Incremental", "expressionEvaluationOptions": {{"scope": "inner"}}, "template": {template}}}}}"#
    )
}

/// A template that deploys `template` and hands its parameter on.
fn calling(template: &str) -> String {
    let template = template.replacen(r#"{"type": "string"}"#, r#"{"type": "bool"}"#, 1);
    let handed = r#""parameters": {"p": {"value": "[parameters('p')]"}}, "template": "#;
    let deployment = deployment(&template).replacen(r#""template": "#, handed, 1);
    format!(r#"{{{SCHEMA}, "parameters": {{"p": {{"type": "string"}}}}, "resources": [{deployment}]}}"#)
}

/// What is nested in the text of Bicep: what opens a level, stands inside, and closes a level.
const BICEP: [(&str, &str, &str, &str); 14] = [
    ("arrays", "[", "", "]"),
    ("objects", "{a:", "1", "}"),
    ("parentheses", "(", "1", ")"),
    ("interpolation", "'${", "p", "}'"),
    ("calls", "concat(", "p", ")"),
    ("minus", "-(", "1", ")"),
    ("not", "!(", "true", ")"),
    ("ternaries", "empty(p) ? ", "1", " : 2"),
    ("ternaries to the right", "empty(p) ? 1 : ", "1", ""),
    ("lambdas", "map([1], x => ", "1", ")"),
    ("members", "({ a: ", "1", " }).a"),
    ("indices", "[", "p", "][0]"),
    ("sums", "1 + (", "1", ")"),
    ("loops", "[for x in [1]: ", "1", "]"),
];

/// The same for types.
const TYPES: [(&str, &str, &str, &str); 3] = [
    ("types in parentheses", "(", "string", ")"),
    ("types of objects", "{ a: ", "string", " }"),
    ("types of arrays", "(", "string", ")[]"),
];

/// The same for expressions of ARM templates.
const ARM: [(&str, &str, &str, &str); 5] = [
    ("ARM calls", "concat(", "parameters('p')", ")"),
    ("ARM indices", "createArray(", "1", ")[0]"),
    ("ARM conditions", "if(empty(parameters('p')), ", "1", ", 2)"),
    ("ARM lambdas", "map(createArray(1), lambda('x', ", "1", "))"),
    ("an ARM index in an index", "variables('a')[", "0", "]"),
];

/// The same for values in JSON.
const JSON: [(&str, &str, &str, &str); 4] = [
    ("JSON arrays", "[", "", "]"),
    ("JSON objects", "{\"a\":", "\"[parameters('p')]\"", "}"),
    ("JSON copies", r#"{"copy": [{"name": "x", "count": 1, "input": "#, "1", "}]}"),
    (
        "JSON deployments",
        r#"{"resources": [{"type": "Microsoft.Resources/deployments", "name": "d", "properties": {"template": "#,
        "{}",
        "}}]}",
    ),
];

/// Chains of Bicep variables: the first value, and each next one with `@` for the one before and `#` for its number. The recursion is the one
/// that reaches its bound when all are evaluated from the first on; else it is evaluation.
const CHAINS: [(&str, Recursion, &str, &str); 36] = [
    ("sums", Term, "1", "@ + 1"),
    ("unknown sums", Term, "length(p)", "@ + 1"),
    ("calls", Term, "'a'", "concat(@, 'b')"),
    ("unknown calls", Print, "p", "toLower(@)"),
    ("unknown members", Print, "{ a: any(p) }", "{ a: @.a.b }"),
    ("interpolation", Term, "'a'", "'${@}b'"),
    ("unknown interpolation", Term, "p", "'${@}b'"),
    ("ternaries", Choice, "{}", "empty(p) ? @ : { a: 1 }"),
    ("conditions", Term, "empty(p)", "@ ? (p == 'x') : false"),
    ("negations", Term, "empty(p)", "!(@ && p != 'x')"),
    ("members", Term, "{ a: 1 }", "{ a: @.a }"),
    ("objects", Snapshot, "1", "{ a: @ }"),
    ("objects over something unknown", Value, "p", "{ a: @ }"),
    ("arrays", Snapshot, "1", "[@]"),
    ("unions", Value, "{ a: { b: 1 } }", "union(@, { a: { c: @ } })"),
    ("conditional unions", Choice, "{}", "union(@, empty(p) ? { a: 1 } : { b: 2 })"),
    ("spreads", Value, "{}", "{ ...@, a: @ }"),
    ("comparisons", Value, "[1]", "[@ == [@]]"),
    ("unknown comparisons", Term, "p", "string(@ == 'a')"),
    ("lambdas over", Value, "[1]", "map(@, x => [x])"),
    ("lambdas", Value, "[1]", "map([1], x => @)"),
    ("filters", Value, "[p]", "filter(@, x => x != @)"),
    ("reductions", Value, "[1]", "[reduce(@, 0, (a, b) => @)]"),
    ("sorts", Value, "[1, 2]", "sort(@, (a, b) => @[0] < b)"),
    ("objects of arrays", Value, "{}", "toObject(['a'], x => x, x => @)"),
    ("loops over", Value, "[1]", "[for x in @: x]"),
    ("loops", Value, "[1]", "[for x in [1]: @]"),
    ("JSON", Value, "'{}'", "string(json(@))"),
    ("text of values", Value, "{}", "{ a: string(@) }"),
    ("secrets", Value, "{ a: s }", "{ a: @.a, b: @ }"),
    ("safe access", Value, "{ a: p }", "{ a: @.?a ?? @ }"),
    ("formulas", Term, "empty(p)", "@ ? p != 'x#' : p == 'y#'"),
    ("formulas that are assumed", Term, "empty(p)", "@ ? (p == 'x#' ? @ : p != 'y#') : contains(p, 'z#')"),
    // What is wrong is looked for from the cluster on, and mended where it stands.
    ("copies that a finding follows", Choice, WRONG, "@"),
    ("members that a finding follows", Snapshot, WRONG, "{ a: @ }.a"),
    ("branches that a finding follows", Choice, WRONG, "empty(p) ? @ : v0"),
];

/// A Defender profile that is off.
const WRONG: &str = "{ securityMonitoring: { enabled: false } }";

/// Links of a chain that are evaluated at once when it is evaluated step by step.
const STEP: usize = 50;

/// A chain, evaluated from its end unless it is evaluated `step_by_step`.
fn chain(first: &str, next: &str, links: usize, step_by_step: bool) -> String {
    let deep = nested("{\"a\":", "1", "}", 500);
    let mut text = format!("param p string\n@secure()\nparam s string\nvar deep = json('{deep}')\nvar v0 = {first}\n");
    for link in 1..=links {
        let value = next.replace('@', &format!("v{}", link - 1)).replace('#', &link.to_string());
        text.push_str(&format!("var v{link} = {value}\n"));
        // What is evaluated already is no level of evaluation any more.
        if step_by_step && link % STEP == 0 {
            text.push_str(
                &cluster(&format!("v{link}"))
                    .replace("aks", &format!("aks{link}"))
                    .replace(" o ", &format!(" o{link} ")),
            );
        }
    }
    text + &cluster(&format!("v{links}"))
}

/// The same as one value, made by a function that goes over numbers.
fn reduction(first: &str, next: &str, links: usize) -> String {
    let (first, next) = (first.replace("v0", WRONG), next.replace('@', "a").replace('#', "${b}").replace("v0", WRONG));
    format!(
        "param p string\n@secure()\nparam s string\nvar deep = json('{{}}')\n\
         var v = reduce(range(0, {links}), {first}, (a, b) => {next})\n{}",
        cluster("v")
    )
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, open, inside, close) in BICEP {
        let text = move |levels| format!("param p string\n{}", cluster(&nested(open, inside, close, levels)));
        cases.push(Case::new(name, Bicep, "x.bicep", text).only(Work::Read));
        cases.push(Case::new(name, Bicep, "x.bicep", text));
    }
    for (name, open, inside, close) in TYPES {
        let text = move |levels| format!("param x {}\n{}", nested(open, inside, close, levels), cluster("x"));
        cases.push(Case::new(name, Bicep, "x.bicep", text).only(Work::Read));
    }
    for (name, open, inside, close) in ARM {
        let text = move |levels| arm_cluster("", &format!("\"[{}]\"", nested(open, inside, close, levels)));
        cases.push(Case::new(name, ArmExpression, "x.json", text).only(Work::Read));
        cases.push(Case::new(name, ArmExpression, "x.json", text));
    }
    for (name, open, inside, close) in JSON {
        let text = move |levels| arm_cluster("", &nested(open, inside, close, levels));
        cases.push(Case::new(name, Json, "x.json", text).only(Work::Read));
        cases.push(Case::new(name, Json, "x.json", text));
    }
    for (name, recursion, first, next) in CHAINS {
        // What doubles with each link ends at the budget for memory long before.
        cases.push(Case::new(name, Evaluation, "x.bicep", move |links| chain(first, next, links, false)));
        // No level of evaluation is more than the one before, so that what walks over the value is seen alone.
        let reduced = move |links| reduction(first, next, links);
        cases.push(Case::new(&format!("{name}, reduced"), recursion, "x.bicep", reduced));
        let name = format!("{name}, step by step");
        let stepwise = Case::new(&name, recursion, "x.bicep", move |links| chain(first, next, links.min(300), true));
        cases.push(Case { few: STEP, ..stepwise });
    }
    let text = |links| chain("deep", "union(@, deep)", links, false);
    cases.push(Case::new("values of JSON", Evaluation, "x.bicep", text).only(Work::Both));
    let text = |links: usize| chain("deep", "union(@, deep)", links.min(300), true);
    cases.push(Case::new("values of JSON, step by step", Json, "x.bicep", text).only(Work::Both));
    cases.extend(declarations());
    cases.extend(apart());
    cases
}

/// Declarations that lead to each other.
fn declarations() -> Vec<Case> {
    let rows = |levels: usize, row: &dyn Fn(usize) -> String| (1..=levels).map(row).collect::<String>();
    vec![
        Case::new("resources in resources", Bicep, "x.bicep", |levels| {
            nested("resource r 'a/b@2020-01-01' = {\nname: 'a'\n", "", "}\n", levels) + &cluster("{}")
        }),
        Case::new("names of types", BicepType, "x.bicep", move |levels| {
            let types = rows(levels, &|at| format!("type t{at} = t{}?\n", at - 1));
            format!("type t0 = string\n{types}param x t{levels}\n{}", cluster("x"))
        }),
        Case::new("functions", Evaluation, "x.bicep", move |levels| {
            let functions = rows(levels, &|at| format!("func f{at}(x string) string => f{}('${{x}}a')\n", at - 1));
            format!("param p string\nfunc f0(x string) string => x\n{functions}{}", cluster(&format!("f{levels}(p)")))
        }),
        Case::new("functions with lambdas", Evaluation, "x.bicep", move |levels| {
            let functions =
                rows(levels, &|at| format!("func f{at}(x string) string => map([x], y => f{}(y))[0]\n", at - 1));
            format!("param p string\nfunc f0(x string) string => x\n{functions}{}", cluster(&format!("f{levels}(p)")))
        }),
        Case::new("resources", Evaluation, "x.bicep", move |levels| {
            let levels = levels.min(300);
            let row = |at: usize| {
                let before = at - 1;
                format!(
                    "resource r{at} 'a/b@2020-01-01' = {{ name: r{before}.name, properties: {{ id: r{before}.id }} }}\n"
                )
            };
            let value = format!("{{ a: r{levels}.id, b: r{levels}.properties.id }}");
            let resources = rows(levels, &row);
            format!("param p string\nresource r0 'a/b@2020-01-01' = {{ name: p }}\n{resources}{}", cluster(&value))
        }),
        Case::new("parents", Evaluation, "x.bicep", move |levels| {
            let levels = levels.min(300);
            let row = |at: usize| {
                let below = "/b".repeat(at);
                format!("resource r{at} 'a/b{below}@2020-01-01' = {{\n  name: 'a'\n  parent: r{}\n}}\n", at - 1)
            };
            let resources = rows(levels, &row);
            let value = format!("{{ a: r{levels}.id }}");
            format!("resource r0 'a/b@2020-01-01' = {{ name: 'a' }}\n{resources}{}", cluster(&value))
        }),
        Case::new("modules", Evaluation, "x.bicep", move |levels| {
            let row = |at: usize| {
                format!("module m{at} 'm.bicep' = {{ name: 'm', params: {{ p: m{}.outputs.o }} }}\n", at - 1)
            };
            let modules = rows(levels.min(500), &row);
            let value = format!("m{}.outputs.o", levels.min(500));
            format!("module m0 'm.bicep' = {{ name: 'm', params: {{ p: 'a' }} }}\n{modules}{}", cluster(&value))
        }),
        Case::new("arguments that a finding follows", Evaluation, "x.json", |levels| {
            // Deployments in deployments are followed 32 deep.
            let levels = levels.min(31);
            let inner = arm_cluster("", r#"{"securityMonitoring": {"enabled": "[parameters('p')]"}}"#);
            (0..levels).fold(inner, |template, _| calling(&template)).replacen(
                r#"{"type": "string"}"#,
                r#"{"type": "bool", "defaultValue": false}"#,
                1,
            )
        }),
        Case::new("outputs that a finding follows", Evaluation, "x.json", |levels| {
            let output = |value: &str| format!(r#""outputs": {{"o": {{"type": "bool", "value": {value}}}}}"#);
            let inner = format!(r#"{{{SCHEMA}, "resources": [], {}}}"#, output("false"));
            let next = |template: String, _| {
                format!(r#"{{{SCHEMA}, "resources": [{}], {}}}"#, deployment(&template), output(OUTPUT))
            };
            let template = (1..levels.min(31)).fold(inner, next);
            let cluster = arm_cluster("", &format!(r#"{{"securityMonitoring": {{"enabled": {OUTPUT}}}}}"#));
            cluster.replacen(r#""resources": ["#, &format!(r#""resources": [{}, "#, deployment(&template)), 1)
        }),
        Case::new("ARM variables", Evaluation, "x.json", move |levels| {
            let variables = rows(levels, &|at| format!("\"v{at}\": \"[not(variables('v{}'))]\", ", at - 1));
            arm_cluster(&format!("{variables}\"v0\": true"), &format!("\"[variables('v{levels}')]\""))
        }),
    ]
}

/// What is read by other readers, each of which has its own bound.
fn apart() -> Vec<Case> {
    use armguard::config::Config;
    use armguard::rulefile::selector::Selector;
    use armguard::rulefile::{Pattern, RuleFile};
    use armguard::suppress::{Baseline, Home};
    let config = |text: &str| {
        drop(Config::parse(armguard::source::SourceFile::new("armguard.toml", text).into(), Default::default()))
    };
    let rule = |text: &str| drop(RuleFile::parse("a/b.md", text));
    let baseline = |text: &str| drop(Baseline::parse(text, Home::default()));
    let selector = |text: &str| drop(Selector::parse(text));
    let pattern = |text: &str| {
        if Pattern::from(std::sync::Arc::from(text)).check().is_ok() {
            drop(Pattern::from(std::sync::Arc::from(text)).compile());
        }
    };
    let front = |condition: String| {
        format!("---\nseverity: low\nresource: A.B/c\nnoun: n\nmessage: m\nhelp: h\nrequire: {condition}\n---\n# b\n")
    };
    let apart =
        |name: &str, work: fn(&str), text: fn(usize) -> String| Case::new(name, Json, "", text).only(Work::Apart(work));
    vec![
        apart("configuration, arrays", config, |levels| format!("a = {}", nested("[", "", "]", levels))),
        apart("configuration, tables", config, |levels| format!("a = {}", nested("{ a = ", "1", " }", levels))),
        apart("configuration, keys", config, |levels| format!("{}a = 1", "a.".repeat(levels))),
        apart("baseline", baseline, |levels| nested("{\"findings\": ", "1", "}", levels)),
        Case::new("rule", Json, "", move |levels| front(nested("{ not: ", "{ path: a, exists: true }", " }", levels)))
            .only(Work::Apart(rule)),
        Case::new("rule, almost too deep", Json, "", move |levels| {
            front(nested("{ not: ", "{ path: a, exists: true }", " }", levels.min(20)))
        })
        .only(Work::Apart(rule)),
        apart("selector, parentheses", selector, |levels| format!("$[?{}]", nested("(", "@.a", ")", levels.min(490)))),
        apart("selector, filters", selector, |levels| nested("$[?@", "", "]", levels.min(190))),
        apart("selector, not", selector, |levels| format!("$[?{}]", nested("!(", "@.a", ")", levels.min(300)))),
        apart("pattern", pattern, |levels| nested("(", "a", ")", levels)),
        apart("pattern, almost too deep", pattern, |levels| nested("(a|", "a", ")+", levels.min(48))),
    ]
}
