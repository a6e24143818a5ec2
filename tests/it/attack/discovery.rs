//! Hiding a cluster from the gate by what a change adds beside it.

use super::cli_folder::Folder;
use super::program::{Limits, Run, git, run, run_within};

/// A cluster without Microsoft Defender.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { dnsPrefix: 'aks', agentPoolProfiles: [{ name: 'system', count: 1, vmSize: 'Standard_D4s_v5', mode: 'System' }] }
}
";

/// The rule that finds it.
const FOUND: &str = "aks-defender-profile";

/// An ARM template with `head` before its resources, of which one is a cluster without Microsoft Defender.
fn bare_arm(head: &str) -> String {
    format!(
        r#"{{ {head}, "contentVersion": "1.0.0.0", "resources": [{{
  "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01", "name": "aks", "location": "westeurope",
  "properties": {{ "dnsPrefix": "aks", "agentPoolProfiles": [{{ "name": "system", "count": 1 }}] }} }}] }}"#
    )
}

const SCHEMA: &str = r#""$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#""#;

/// Lints the folder, and the cluster must be found.
#[track_caller]
fn finds(folder: &Folder, args: &[&str]) -> Run {
    let run = run(&folder.0, &[&["lint", "--format", "concise"], args].concat());
    run.ends_with(&[1]).says(FOUND);
    run
}

#[test]
fn a_configuration_names_no_files() {
    let config = "[output]\nformat = [\"concise=.git/hooks/pre-commit\"]\n";
    let folder = Folder::new("attack-config-output", &[("main.bicep", BARE), ("armguard.toml", config)]);
    let run = run(&folder.0, &["lint"]);
    assert!(!folder.0.join(".git/hooks/pre-commit").exists(), "a configuration wrote a file");
    run.ends_with(&[2]).says("armguard.toml:2:11: a configuration names formats for standard output");
}

#[test]
fn an_entry_of_modules_applies_or_is_a_problem() {
    let main = "module aks 'br/shop:aks:v1' = { name: 'aks' }\n";
    let files = |config| [("main.bicep", main), ("modules/aks.bicep", BARE), ("armguard.toml", config)];
    let folder = Folder::new("attack-modules", &files("[modules]\n\"br/shop:aks:*\" = \"modules/aks.bicep\"\n"));
    let run = finds(&folder, &["main.bicep"]);
    run.keeps_quiet_of("module-not-read");
    for (key, why) in [("br/shop:aks:1.*", "a whole version"), ("modules/aks.bicep", "starts with `br:`")] {
        folder.write("armguard.toml", &format!("[modules]\n\"{key}\" = \"modules/aks.bicep\"\n"));
        let run = super::program::run(&folder.0, &["lint"]);
        run.ends_with(&[2]).says("armguard.toml:2:1: no reference matches").says(why);
    }
}

#[test]
fn a_template_is_known_whatever_its_schema_is_escaped_like() {
    let spaced = SCHEMA.replace(": ", &format!(": {}", " ".repeat(500)));
    let commented = SCHEMA.replace(": ", &format!(": /*{}*/", "x".repeat(500)));
    let spellings = [
        SCHEMA.replace('$', "\\u0024"),
        SCHEMA.replace("schema\":", "s\\u0063hema\":"),
        SCHEMA.replace("Template", "\\u0054emplate"),
        spaced,
        commented,
    ];
    for (at, spelling) in spellings.iter().enumerate() {
        let folder = Folder::new(&format!("attack-schema-{at}"), &[("deploy.json", &bare_arm(spelling))]);
        finds(&folder, &[]);
        finds(&folder, &["deploy.json"]);
    }
}

#[test]
fn a_whole_cluster_is_checked_beside_a_reference_to_its_name() {
    let existing =
        "resource other 'Microsoft.ContainerService/managedClusters@2025-05-01' existing = { name: 'aks' }\n";
    let folder = Folder::new("attack-existing", &[("main.bicep", &format!("{BARE}{existing}"))]);
    finds(&folder, &[]);
}

/// Each of two whole declarations of a cluster deploys it: what the one sets does not make up for the other.
#[test]
fn a_whole_cluster_is_checked_beside_another_one_of_its_name() {
    let profile = "properties: { securityProfile: { defender: { securityMonitoring: { enabled: true }, \
                   logAnalyticsWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'law') } }, ";
    let twin = BARE.replacen("properties: {", profile, 1).replacen("resource aks", "resource twin", 1);
    for (name, twin) in [("same", twin.clone()), ("case", twin.replace("'aks'", "'AKS'"))] {
        let folder = Folder::new(&format!("attack-twin-{name}"), &[("main.bicep", &format!("{BARE}{twin}"))]);
        finds(&folder, &[]);
    }
}

/// A folder whose `files` git tracks, but for those in `untracked`.
fn repository(name: &str, files: &[(&str, &str)], untracked: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(name, files);
    git(&folder.0, &["init", "-q"]);
    git(&folder.0, &["add", "-f", "-A"]);
    untracked.iter().for_each(|(path, text)| folder.write(path, text));
    folder
}

#[test]
fn what_git_tracks_is_checked_whatever_hides_it() {
    #[rustfmt::skip]
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("gitignore", &[(".gitignore", "*.bicep\n"), ("main.bicep", BARE)]),
        ("folder", &[(".gitignore", "infra/\n"), ("infra/deep/main.bicep", BARE)]),
        ("ignore", &[(".ignore", "*\n"), ("main.bicep", BARE)]),
        ("node", &[("node_modules/main.bicep", BARE)]),
        ("node-below", &[("a/node_modules/p/main.bicep", BARE)]),
        ("hidden", &[(".infra/main.bicep", BARE), ("a/.main.bicep", BARE)]),
    ];
    for (name, files) in cases {
        let folder = repository(&format!("attack-tracked-{name}"), files, &[]);
        finds(&folder, &[]);
        // A pipeline may name a folder.
        finds(&folder, &[folder.0.to_str().unwrap()]);
    }
}

#[test]
fn ignore_files_of_others_hide_nothing() {
    let folder =
        Folder::new("attack-ignores-outside", &[("home/git/ignore", "*\n"), (".ignore", "*\n"), (".gitignore", "*\n")]);
    let folder = Folder(folder.0.join("repository"));
    folder.write("main.bicep", BARE);
    git(&folder.0, &["init", "-q"]);
    folder.write(".git/info/exclude", "*\n");
    let mut command = super::program::command(&folder.0, super::program::AMPLE);
    command.args(["lint", "--format", "concise"]).env("XDG_CONFIG_HOME", folder.0.join("../home"));
    super::program::finish(command, super::program::AMPLE, b"").ends_with(&[1]).says(FOUND);
    drop(Folder(folder.0.parent().unwrap().to_owned()));
}

#[test]
fn what_is_left_out_is_counted_with_the_file_that_does_it() {
    let files = [(".gitignore", "out/\n*.tmp.json\n"), ("armguard.toml", "[files]\nexclude = [\"vendor/**\"]\n")];
    #[rustfmt::skip]
    let untracked = [
        ("main.bicep", "param p string\n"), ("vendor/v.bicep", BARE), ("out/o.bicep", BARE), ("x.tmp.json", "{}"),
        (".hidden/h.bicep", BARE), ("node_modules/n.bicep", BARE),
    ];
    let folder = repository("attack-left-out", &files, &untracked);
    for format in ["terminal", "concise", "markdown"] {
        let run = run(&folder.0, &["lint", "--format", format]);
        run.ends_with(&[0]).says("Left out: 1 file and 1 folder, ignored by");
        run.says("Left out: 1 file, excluded by").says("Left out: 1 folder, hidden").says("Left out: 1 folder,");
    }
    let run = run(&folder.0, &["lint", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = serde_json::json!([
        { "reason": "ignored", "by": ".gitignore", "files": 1, "folders": 1 },
        { "reason": "excluded", "by": "armguard.toml", "files": 1, "folders": 0 },
        { "reason": "hidden", "by": null, "files": 0, "folders": 1 },
        { "reason": "node-modules", "by": null, "files": 0, "folders": 1 },
    ]);
    assert_eq!(report["summary"]["leftOut"], expected);
}

#[test]
fn a_run_that_checks_nothing_does_not_pass() {
    let exclude = ("armguard.toml", "[files]\nexclude = [\"**\"]\n");
    type Files<'a> = &'a [(&'a str, &'a str)];
    #[rustfmt::skip]
    let cases: &[(&str, Files<'_>, Files<'_>, i32)] = &[
        ("excluded", &[exclude, ("main.bicep", BARE)], &[], 1),
        ("ignored", &[(".gitignore", "*\n")], &[("main.bicep", BARE)], 1),
        ("in a folder", &[(".gitignore", "infra\n")], &[("infra/a/main.json", &bare_arm(SCHEMA))], 1),
        ("hidden", &[], &[(".a/main.bicep", BARE)], 1),
        // There, nothing is a template.
        ("no template", &[exclude, ("a.json", "{}")], &[(".a/b.json", "{}"), ("node_modules/p/package.json", "{}")], 0),
        ("nothing", &[], &[], 0),
    ];
    for (name, files, untracked, code) in cases {
        let folder = repository(&format!("attack-nothing-{}", name.replace(' ', "-")), files, untracked);
        let lint = run(&folder.0, &["lint"]);
        lint.ends_with(&[*code]).says("Nothing to lint");
        if *code == 1 {
            lint.says("no template was checked").says("--allow-empty");
            run(&folder.0, &["lint", "--allow-empty"]).ends_with(&[0]).keeps_quiet_of("--allow-empty");
        }
    }
}

#[test]
fn nothing_above_the_working_folder_applies_without_a_repository() {
    let above = Folder(std::env::temp_dir().join(format!("armguard-attack-above-{}", std::process::id())));
    above.write("armguard.toml", "[rules]\nignore = [\"aks-defender-profile\"]\n");
    above.write(".gitignore", "*\n");
    above.write(".ignore", "*\n");
    let folder = Folder(above.0.join("project"));
    folder.write("main.bicep", BARE);
    finds(&folder, &[]);
    finds(&folder, &["main.bicep"]);
    finds(&folder, &[folder.0.join("main.bicep").to_str().unwrap()]);
}

#[test]
fn the_nearest_configuration_applies_to_a_file() {
    let ignore = "[rules]\nignore = [\"aks-defender-profile\"]\n";
    #[rustfmt::skip]
    let files = [("armguard.toml", ignore), ("main.bicep", BARE), ("infra/armguard.toml", "[rules]\nselect = [\"aks-defender-profile\"]\n[output]\nformat = \"json\"\n"), ("infra/main.bicep", BARE)];
    let folder = Folder::new("attack-nested", &files);
    for args in [&["."][..], &["infra"], &["infra/main.bicep"]] {
        let run = finds(&folder, args);
        run.says("infra/main.bicep").keeps_quiet_of("\nmain.bicep");
    }
    // What goes to standard output is a matter of the root.
    run(&folder.0, &["lint", "."]).ends_with(&[1]).says("Checked 2 templates");
    // One that is excluded says nothing, right or wrong.
    folder.write("armguard.toml", "[files]\nexclude = [\"infra/**\"]\n");
    folder.write("infra/armguard.toml", "nonsense");
    finds(&folder, &["."]).keeps_quiet_of("infra/main.bicep");
}

#[cfg(unix)]
#[test]
fn ignore_files_cost_little() {
    use std::fmt::Write;
    let mut large = String::new();
    for number in 0..400_000 {
        writeln!(large, "a{number}*/**").unwrap();
    }
    let limits = Limits { processor: 8, memory: 200, time: 30 };
    let folder = Folder::new("attack-gitignore-large", &[(".gitignore", &large), ("main.bicep", BARE)]);
    let run = run_within(&folder.0, &["lint"], limits);
    run.ends_with(&[1]).says(FOUND).says(".gitignore: this ignore file has more than 100 kB");
    let folder = Folder::new("attack-gitignore-link", &[("main.bicep", BARE)]);
    std::os::unix::fs::symlink("/dev/zero", folder.0.join(".gitignore")).unwrap();
    let run = run_within(&folder.0, &["lint"], limits);
    run.ends_with(&[1]).says(FOUND).says("no regular file");
}

#[test]
fn a_baseline_hides_no_other_cluster_under_an_accepted_symbol() {
    let folder = Folder::new("attack-baseline", &[("main.bicep", BARE)]);
    run(&folder.0, &["lint", "--write-baseline", "base.json"]).ends_with(&[0]);
    run(&folder.0, &["lint", "--baseline", "base.json"]).ends_with(&[0]);
    folder.write("main.bicep", &BARE.replace("name: 'aks'", "name: 'other'"));
    finds(&folder, &["--baseline", "base.json"]);
    // An entry of an older version has no name, and holds for any.
    let text = std::fs::read_to_string(folder.0.join("base.json")).unwrap();
    folder.write("base.json", &text.replace("      \"name\": \"aks\",\n", ""));
    run(&folder.0, &["lint", "--baseline", "base.json"]).ends_with(&[0]);
}

#[test]
fn a_copy_that_says_more_than_its_source_is_checked() {
    let generator =
        r#""metadata": { "_generator": { "name": "bicep", "version": "0.41.2.15936", "templateHash": "1" } }"#;
    let copy = bare_arm(&format!("{SCHEMA}, {generator}"));
    #[rustfmt::skip]
    let nested = format!(
        r#"{{ {SCHEMA}, {generator}, "contentVersion": "1.0.0.0", "resources": [{{ "type": "Microsoft.Resources/deployments", "name": "d", "apiVersion": "2024-03-01", "properties": {{ "mode": "Incremental", "template": {copy} }} }}] }}"#
    );
    let computed = nested.replace(&format!("\"template\": {copy}"), "\"template\": \"[variables('t')]\"");
    let computed = computed.replace("\"resources\"", &format!("\"variables\": {{ \"t\": {copy} }}, \"resources\""));
    let put_together = copy
        .replace("\"Microsoft.ContainerService/", "\"[concat('Microsoft.Container', 'Service/")
        .replace("managedClusters\"", "managedClusters')]\"");
    let wholly = computed.replace(&copy, &put_together).replace(
        r#""properties": { "mode": "Incremental", "template": "[variables('t')]" }"#,
        r#""properties": "[createObject('mode', 'Incremental', 'template', variables('t'))]""#,
    );
    let by_parameter = copy.replace("\"resources\"", "\"parameters\": { \"on\": { \"type\": \"bool\", \"defaultValue\": true } }, \"resources\"").replace(
        "\"properties\": { \"dns",
        "\"properties\": { \"securityProfile\": \"[if(parameters('on'), createObject('defender', createObject('securityMonitoring', createObject('enabled', true()), 'logAnalyticsWorkspaceResourceId', 'x')), null())]\", \"dns",
    );
    let off = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": { "on": { "value": false } } }"#;
    let variants = [
        ("plain", copy.clone()),
        ("escaped", copy.replace("ContainerService/m", "ContainerService\\/\\u006d")),
        ("cased", copy.replace("ContainerService/managedClusters", "containerservice/MANAGEDCLUSTERS")),
        ("nested", nested),
        ("computed", computed.clone()),
        ("wholly", wholly),
        ("commented", computed.replace("\"template\":", "/* as it was */ 'template' /* */ :")),
    ];
    for (name, text) in variants {
        let folder = Folder::new(
            &format!("attack-copy-{name}"),
            &[("main.bicep", "param on bool = true\n"), ("main.json", &text)],
        );
        finds(&folder, &["--select", "aks-defender-profile"]).says("compiled-copy-differs").says("main.bicep");
    }
    // A source that has the same cluster, but not with these values; a source that cannot be known.
    let source = format!("param on bool = true\n{}", BARE.replace("properties: {", "properties: { securityProfile: { defender: { logAnalyticsWorkspaceResourceId: 'x', securityMonitoring: { enabled: true } } }"));
    let files = [("main.bicep", source.as_str()), ("main.json", &by_parameter), ("main.parameters.json", off)];
    finds(&Folder::new("attack-copy-values", &files), &["--select", "aks-defender-profile"]);
    let unread = "module m 'br/public:avm/res/nothing/known:1.0.0' = { name: 'm' }\n";
    finds(&Folder::new("attack-copy-unread", &[("main.bicep", unread), ("main.json", &copy)]), &[]);
    // What says the same is said once.
    let same = Folder::new("attack-copy-same", &[("main.bicep", BARE), ("main.json", &copy)]);
    let run = run(&same.0, &["lint", "--format", "concise", "--select", "aks-defender-profile"]);
    run.ends_with(&[1]).says("main.bicep:5:3").says("1 compiled copy was left out").keeps_quiet_of("main.json:");
}

#[test]
fn the_summary_names_what_in_the_project_hides_findings() {
    let config = "[rules]\nignore = [\"aks-defender-profile\"]\n";
    let folder = Folder::new("attack-hidden-by", &[("main.bicep", BARE), ("armguard.toml", config)]);
    let text = "`aks-defender-profile`, which `[rules]` in armguard.toml leaves out";
    run(&folder.0, &["lint"]).ends_with(&[0]).says(text);
    folder.write(
        "armguard.toml",
        "[[overrides]]\npaths = \"*\"\nignore = [\"aks-defender-profile\"]\nreason = \"later\"\n",
    );
    run(&folder.0, &["lint"]).ends_with(&[0]).says("Ignored at armguard.toml:2:9: 1 of `aks-defender-profile`");
    folder.write("armguard.toml", "");
    run(&folder.0, &["lint", "--write-baseline", "base.json"]).ends_with(&[0]);
    run(&folder.0, &["lint", "--baseline", "base.json"]).ends_with(&[0]).says("hidden by the baseline base.json");
}
