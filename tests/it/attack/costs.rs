//! Files that cost more to read, match, silence or report than they should.

use super::cli_folder::Folder;
use super::program::{End, Limits, Run, run_within};

/// Lints a folder with `files` within `limits`.
fn lint(name: &str, files: &[(&str, &str)], args: &[&str], limits: Limits) -> Run {
    let folder = Folder::new(&format!("costs-{name}"), files);
    run_within(&folder.0, &[&["lint"], args].concat(), limits)
}

/// What a few megabytes of text may cost.
const SOME: Limits = Limits { processor: 20, memory: 200, time: 60 };

const CLUSTER: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
                       location: 'westeurope'\n  properties: {}\n}\n";

/// Formats in which each problem is a record of its own.
const FORMATS: [&str; 6] = ["terminal", "concise", "json", "sarif", "junit", "gitlab"];

#[test]
fn a_file_of_errors_gives_a_short_report() {
    let text = "£ ".repeat(200_000);
    for format in FORMATS {
        let run = lint("errors", &[("main.bicep", &text)], &["--format", format], SOME);
        run.ends_with(&[1]).says("more problems in this file");
        let size = run.printed().len();
        assert!(size < 500_000, "{format}: {size} bytes");
    }
}

#[test]
fn many_ignores_of_one_resource_cost_little() {
    let ignores = "// armguard: ignore[aks-defender-profile] why\n".repeat(60_000);
    let text = format!("{ignores}{CLUSTER}");
    let run = lint("ignores", &[("main.bicep", &text)], &["--format", "concise"], SOME);
    run.ends_with(&[0, 1]).says("more than 5000 ignores");
}

#[test]
fn unknown_rules_of_one_comment_are_one_problem() {
    let rules = (0..60_000).map(|at| format!("rule-{at}")).collect::<Vec<_>>().join(",");
    let text = format!("// armguard: ignore[{rules}]\n{CLUSTER}");
    for format in FORMATS {
        let run = lint("unknown-rules", &[("main.bicep", &text)], &["--format", format], SOME);
        let size = run.printed().len();
        assert!(size < 500_000, "{format}: {size} bytes");
        run.ends_with(&[0, 1]).says("at most 100 rules");
    }
}

/// Files with these texts, named by number.
fn numbered(number: usize, name: impl Fn(usize) -> String, text: impl Fn(usize) -> String) -> Vec<(String, String)> {
    (0..number).map(|at| (name(at), text(at))).collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (&**name, &**text)).collect()
}

#[test]
fn parameter_files_that_extend_each_other_are_followed_some_way() {
    let text = |at: usize| match at {
        0 => "using 'main.bicep'\nparam n = 'x'\n".to_owned(),
        _ => format!("using none\nextends 'p{}.bicepparam'\nparam n = 'y{at}'\n", at - 1),
    };
    let mut files = numbered(3_000, |at| format!("p{at}.bicepparam"), text);
    files.push(("main.bicep".to_owned(), format!("param n string\n{}", CLUSTER.replace("'aks'\n", "n\n"))));
    let limits = Limits { processor: 15, memory: 200, time: 60 };
    let run = lint("chain", &borrowed(&files), &["--format", "concise"], limits);
    run.ends_with(&[1]).says("p32.bicepparam:2:9: error limit-reached: this is parameter file number 33 of a chain");
    assert_eq!(run.stdout.matches("limit-reached").count(), 1, "{}", run.stdout);
}

#[test]
fn entries_of_contexts_deploy_so_much_and_no_more() {
    let entry = "[[contexts]]\ntemplates = [\"*.bicep\"]\n";
    let mut files = numbered(50, |at| format!("t{at}.bicep"), |_| CLUSTER.to_owned());
    files.push(("armguard.toml".to_owned(), entry.repeat(18_000)));
    let limits = Limits { processor: 15, memory: 200, time: 60 };
    let run = lint("entries", &borrowed(&files), &["--format", "concise"], limits);
    run.ends_with(&[2]).says("there are 18000 entries here; at most 1000 are read");
    files.pop();
    files.push(("armguard.toml".to_owned(), entry.repeat(1_000)));
    let run = lint("contexts", &borrowed(&files), &["--format", "concise"], SOME);
    run.ends_with(&[1]).says("deploy at most 5000 together, so this one is not checked");
}

/// Many contexts, each of some work: more than a second in all.
fn long_work() -> Vec<(String, String)> {
    let work = "var v = reduce(range(0, 3000), 0, (a, b) => a + b)\n";
    numbered(
        300,
        |at| format!("t{at}.bicep"),
        |at| format!("{work}{}", CLUSTER.replace("'aks'\n", &format!("'aks${{v}}-{at}'\n"))),
    )
}

#[test]
fn a_run_ends_in_time_and_says_that_it_is_incomplete() {
    let files = long_work();
    for format in FORMATS.into_iter().chain(["markdown", "github", "azure"]) {
        let args = ["--timeout", "1", "--exit-zero", "--format", format, "--write-baseline", "known.json"];
        let folder = Folder::new("costs-time", &borrowed(&files));
        let run = run_within(&folder.0, &[&["lint"], &args[..]].concat(), SOME);
        run.ends_with(&[1]).says("was stopped before everything was checked");
        assert!(!folder.0.join("known.json").exists(), "{format}: a baseline was written");
    }
}

#[test]
fn what_is_slow_for_the_second_parser_is_not_given_to_it() {
    let items = "    [1,2][^1]\n".repeat(12_000);
    let text = format!(
        "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{\n  name: 'aks'\n  location: 'westeurope'\n  \
         identity: {{ type: 'SystemAssigned' }}\n  tags: {{ a: [\n{items}  ] }}\n  properties: {{\n    dnsPrefix: 'x'\n    \
         agentPoolProfiles: [ {{ name: 'a', count: 1, vmSize: 'x', mode: 'System' }} ]\n    securityProfile: {{ defender: {{ \
         logAnalyticsWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'w'), \
         securityMonitoring: {{ enabled: false }} }} }}\n  }}\n}}\n"
    );
    let limits = Limits { processor: 15, memory: 400, time: 60 };
    let args = ["--fix", "--unsafe-fixes", "--format", "concise"];
    let run = lint("second-parser", &[("main.bicep", &text)], &args, limits);
    run.ends_with(&[0, 1]).says("Fixed main.bicep");
}

/// Names that all have the hash of the first one where that has no key.
fn names_of_one_hash(number: usize) -> impl Iterator<Item = String> {
    (0..number).map(|at| format!("x1h8dk8yhyv_84fpaaaaaaaaaaaaaaaaih94ti7m{at:08x}bbbbbbbbbbbbbbbb"))
}

/// What names cost that all differ; debug builds parse a megabyte a second.
const NAMES: Limits = Limits { processor: 12, memory: 400, time: 60 };

#[test]
fn names_cannot_be_made_to_collide() {
    let bicep = |word: &str| {
        let lines: String = names_of_one_hash(30_000).map(|name| format!("{word} {name} = 1\n")).collect();
        format!("{lines}{CLUSTER}")
    };
    let arm = |section: &str, value: &str| {
        let members: Vec<String> = names_of_one_hash(30_000).map(|name| format!("\"{name}\": {value}")).collect();
        format!(
            "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
             \"{section}\": {{{}}}, \"resources\": []}}",
            members.join(",")
        )
    };
    let cases = [
        ("variables", "main.bicep", bicep("var")),
        ("parameters", "main.bicep", bicep("param").replace(" = 1\n", " int = 1\n")),
        ("arm-variables", "main.json", arm("variables", "1")),
        ("arm-parameters", "main.json", arm("parameters", "{ \"type\": \"int\", \"defaultValue\": 1 }")),
    ];
    for (name, file, text) in cases {
        lint(&format!("names-{name}"), &[(file, &text)], &["--format", "concise"], NAMES).ends_with(&[0, 1]);
    }
}

#[test]
fn keys_that_are_computed_cannot_be_made_to_collide() {
    let key = "'x1h8dk8yhyv_84fpaaaaaaaaaaaaaaaaih94ti7m${padLeft(i, 8, '0')}bbbbbbbbbbbbbbbb'";
    let text = format!(
        "var n = reduce(range(0, 90), 0, (a, b) => a + length(toObject(map(range(0, 9999), i => {key}), x => x)))\n{}",
        CLUSTER.replace("'aks'\n", "'aks${n}'\n")
    );
    lint("keys", &[("main.bicep", &text)], &["--format", "concise"], NAMES).ends_with(&[0, 1]);
}

/// What one declaration leaves out is looked for in the others of its resource.
#[test]
fn many_declarations_of_one_resource_cost_little() {
    let resources = |properties: &str| {
        let one = format!(
            "{{\"type\": \"Microsoft.ContainerService/managedClusters\", \"apiVersion\": \"2025-05-01\", \"name\": \
             \"aks\", \"location\": \"w\", \"properties\": {properties}}}"
        );
        vec![one; 2_000].join(",")
    };
    let arm = |properties: &str| {
        format!(
            "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
             \"parameters\": {{\"p\": {{\"type\": \"array\"}}}}, \"resources\": [{}]}}",
            resources(properties)
        )
    };
    let limits = Limits { processor: 15, memory: 400, time: 60 };
    let args = ["--format", "concise", "--show-undetermined"];
    let cases = [
        ("updates", "{}", "limit-reached"),
        ("whole", "{\"dnsPrefix\": \"a\"}", "declares no Defender profile"),
        ("open", "{\"agentPoolProfiles\": \"[parameters('p')]\"}", "limit-reached"),
    ];
    for (name, properties, says) in cases {
        let run = lint(&format!("declarations-{name}"), &[("main.json", &arm(properties))], &args, limits);
        run.ends_with(&[1]).says(says);
    }
}

#[test]
fn objects_cost_as_much_as_they_have_members() {
    let bicep = |first: &str, key: &str, value: &str| {
        let members =
            |letter: char| (0..50_000).map(move |at| format!("  {}: 1\n", key.replace("{}", &format!("{letter}{at}"))));
        let (a, b): (String, String) = (members('a').collect(), members('b').collect());
        let cluster = CLUSTER.replace("'aks'\n", &format!("'aks${{length({value})}}'\n"));
        format!("{first}var a = {{\n{a}}}\nvar b = {{\n{b}}}\n{cluster}")
    };
    let arm = |value: &str| {
        let members = |letter: char| (0..50_000).map(|at| format!("\"{letter}{at}\": 1")).collect::<Vec<_>>().join(",");
        format!(
            "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
             \"variables\": {{\"a\": {{{}}}, \"b\": {{{}}}}}, \"resources\": [{{\"type\": \
             \"Microsoft.ContainerService/managedClusters\", \"apiVersion\": \"2025-05-01\", \
             \"name\": \"[format('aks{{0}}', length({value}))]\", \"location\": \"w\", \"properties\": {{}}}}]}}",
            members('a'),
            members('b')
        )
    };
    let cases = [
        ("bicep", "main.bicep", bicep("", "{}", "a")),
        ("bicep-union", "main.bicep", bicep("", "{}", "union(a, b)")),
        ("bicep-computed", "main.bicep", bicep("var x = 'x'\n", "'${x}{}'", "a")),
        ("arm", "main.json", arm("variables('a')")),
        ("arm-union", "main.json", arm("union(variables('a'), variables('b'))")),
    ];
    let limits = Limits { processor: 5, memory: 400, time: 60 };
    let runs = cases.map(|(name, file, text)| {
        let run = lint(&format!("objects-{name}"), &[(file, &text)], &["--format", "concise"], limits);
        // Of so large a union not all may be built.
        (name, run.end, run.stdout.contains("limit-reached") && !name.ends_with("union"))
    });
    let wrong: Vec<_> = runs.iter().filter(|(_, end, limit)| !matches!(end, End::Code(0 | 1)) || *limit).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

const RULE: &str =
    "severity: low\nresource: Microsoft.ContainerService/managedClusters\nnoun: cluster\nmessage: m\nhelp: h\n";

/// A rule page with this condition.
fn page(id: &str, require: &str) -> String {
    let example =
        format!("## Examples\n\n```bicep fail\n{CLUSTER}```\n```text finding\n```\n\n```bicep pass\n{CLUSTER}```\n");
    format!("---\n{RULE}require:\n{require}---\n# {id}\n\nA rule.\n\n## Why\n\nW.\n\n## Remediation\n\nR.\n\n{example}")
}

#[test]
fn a_rule_with_thousands_of_expressions_is_refused() {
    let parts: String =
        (0..10_000).map(|at| format!("    - {{ path: name, matches: \"(\\\\w{{5}}){at}\" }}\n")).collect();
    let rule = page("many", &format!("  any:\n{parts}"));
    let files = [("main.bicep", CLUSTER), ("own/team/many.md", &rule)];
    let limits = Limits { processor: 15, memory: 200, time: 60 };
    let run = lint("rules", &files, &["--rules", "own", "--format", "concise"], limits);
    run.ends_with(&[2]).says("own/team/many.md").says("at most");
}

#[test]
fn only_rules_that_run_are_compiled() {
    let large = page("large", "  path: name\n  matches: '\\w{1000}'\n");
    let files = [("main.bicep", CLUSTER), ("own/team/large.md", &large)];
    let args = ["--rules", "own", "--format", "concise"];
    let run = lint("unused-rule", &files, &[&args[..], &["--select", "aks-defender-profile"]].concat(), SOME);
    run.ends_with(&[0]).says("1 AKS cluster");
    let run = lint("used-rule", &files, &[&args[..], &["--select", "large"]].concat(), SOME);
    run.ends_with(&[2]).says("team/large.md").says("size limit");
}

#[test]
fn files_larger_than_templates_can_be_are_refused() {
    let text = format!(
        "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \
         \"variables\": {{\"v\": [{}1]}}, \"resources\": []}}",
        "1,".repeat(15_000_000)
    );
    let limits = Limits { processor: 20, memory: 200, time: 60 };
    let run = lint("large", &[("main.json", &text)], &["--format", "concise"], limits);
    run.ends_with(&[2, 1]).says("is 30 MB large; files above 8 MB are not read");
}

/// Variables of values that are nested 190 deep, and a cluster that a fix is made for, which reads the file again.
fn nested(open: &str, close: &str, variables: usize) -> String {
    let value = format!("{}1{}", open.repeat(190), close.repeat(190));
    let variables: String = (0..variables).map(|at| format!("var v{at} = {value}\n")).collect();
    variables + WHOLE
}

#[test]
fn a_megabyte_takes_a_bounded_amount_of_memory() {
    // 100 MB, and four times the text. A debug build takes 14 MB more by itself, with an empty file.
    let memory = if cfg!(debug_assertions) { 104 + 8 } else { 104 };
    let limits = Limits { processor: 40, memory, time: 120 };
    let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    let json = |rest: &str| format!("{{\"$schema\": \"{schema}\", {rest} \"resources\": []}}");
    let cases = [
        ("items", "main.json", json(&format!("\"variables\": {{\"v\": [{}1]}},", "1,".repeat(480_000)))),
        ("objects", "main.json", json(&format!("\"variables\": {{\"v\": [{}1]}},", "{},".repeat(320_000)))),
        ("statements", "main.bicep", "var a=1\n".repeat(120_000)),
        ("operators", "main.bicep", format!("var a = 1{}\n", "+\n1".repeat(300_000))),
        ("brackets", "main.bicep", format!("var a = [\n{}]\n", "[]\n".repeat(300_000))),
        ("errors", "main.bicep", "£ ".repeat(330_000)),
        ("lines", "main.bicep", "\n".repeat(1_000_000)),
        ("nested arrays", "main.bicep", nested("[", "]", 2_600)),
        ("nested objects", "main.bicep", nested("{a:", "}", 1_300)),
        ("nested calls", "main.bicep", nested("a(", ")", 1_700)),
    ];
    for (name, file, text) in cases {
        let run =
            lint(&format!("memory-{}", name.replace(' ', "-")), &[(file, &text)], &["--format", "concise"], limits);
        run.ends_with(&[0, 1]);
        println!("{name}: {} MB for {} KB", run.memory, text.len() / 1_000);
    }
}

/// A cluster that is declared as a whole, and by default has no Defender.
const WHOLE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
                     location: 'westeurope'\n  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }\n}\n";

/// Number `at` of clusters with names of their own.
fn cluster(at: usize) -> String {
    WHOLE.replace(" aks ", &format!(" aks{at} ")).replace("'aks'", &format!("'aks{at}'"))
}

#[test]
fn what_much_says_takes_a_bounded_amount_of_memory() {
    let named = |name: &str, text: String| (name.to_owned(), text);
    let entries = named("armguard.toml", "[[contexts]]\ntemplates = [\"*.bicep\"]\n".repeat(1_000));
    let mut contexts = numbered(5, |at| format!("t{at}.bicep"), |_| WHOLE.to_owned());
    contexts.push(entries.clone());
    let mut one = numbered(1, |_| "main.bicep".to_owned(), |_| (0..5).map(cluster).collect());
    one.push(entries);
    let mut parameters =
        numbered(1_000, |at| format!("p{at}.bicepparam"), |at| format!("using 'main.bicep'\nparam n = 'x{at}'\n"));
    let clusters: String = (0..5).map(|at| cluster(at).replace(&format!("'aks{at}'"), "n")).collect();
    parameters.push(named("main.bicep", format!("param n string\n{clusters}")));
    let calls = |at| format!("module m{at} 'm.bicep' = {{ name: 'm{at}', params: {{ n: 'a{at}' }} }}\n");
    let modules = vec![
        named("main.bicep", (0..10_000).map(calls).collect()),
        named("m.bicep", format!("param n string\n{}", WHOLE.replace("'aks'", "n"))),
    ];
    let templates = numbered(3_000, |at| format!("t{at}.bicep"), cluster);
    let cases = [
        ("contexts", contexts),
        ("one-template", one),
        ("parameters", parameters),
        ("modules", modules),
        ("clusters", vec![named("main.bicep", (0..4_500).map(cluster).collect())]),
        ("templates", templates),
    ];
    let mut wrong = Vec::new();
    for (name, files) in cases {
        let size = files.iter().map(|(_, text)| text.len()).sum::<usize>();
        let limits = Limits { processor: 120, memory: 100 + 4 * size as u64 / 1_000_000, time: 240 };
        let folder = Folder::new(&format!("costs-much-{name}"), &borrowed(&files));
        let reports = [
            ("default", &["--format", "concise"][..]),
            ("all", &["--format", "json"]),
            ("all", &["--format", "json=report"]),
        ];
        for (rules, format) in reports {
            let run = run_within(&folder.0, &[&["lint", "--ruleset", rules], format].concat(), limits);
            let (kilobytes, memory, end) = (size / 1_000, run.memory, &run.end);
            println!("{name}, {rules}, {format:?}: {memory} MB for {kilobytes} KB");
            if !matches!(end, End::Code(1)) {
                wrong.push(format!("{name}, {rules}, {format:?}: {end:?}, {memory} MB for {kilobytes} KB"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
