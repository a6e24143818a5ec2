//! What is not printed from a value but from a text: templates that are loaded, and lines beside a change.

use std::collections::BTreeMap;

use super::{FORMATS, Source, outputs, repository, run, switch, told_by, untimed};
use crate::attack::program::git;
use crate::support::cli_folder::Folder;

/// A template that is the content of a loaded file, with `@` for a canary wherever a report may print something.
const LOADED: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "p": { "type": "string", "defaultValue": "@" } },
  "variables": { "v": { "n": "@" } },
  "functions": [{ "namespace": "@", "members": { "f": { "output": { "type": "string", "value": "@" } } } }],
  "resources": [
    {
      "type": "Microsoft.ContainerService/managedClusters",
      "apiVersion": "2025-05-01",
      "name": "@",
      "location": "[concat('@', parameters('p'))]",
      "tags": { "@": "@" },
      "properties": {
        "dnsPrefix": "[variables('v').n]",
        "agentPoolProfiles": [{ "name": "@", "osType": "Windows", "enableNodePublicIP": true }],
        "securityProfile": { "defender": {
          "logAnalyticsWorkspaceResourceId": "/subscriptions/x/resourceGroups/y/providers/Microsoft.OperationalInsights/workspaces/@",
          "securityMonitoring": { "enabled": false }
        } }
      }
    },
    {
      "type": "Microsoft.ContainerService/managedClusters",
      "apiVersion": "2025-05-01",
      "name": "[format('@-{0}', copyIndex())]",
      "copy": { "name": "@", "count": 2 },
      "location": "[parameters('@')]",
      "properties": { "dnsPrefix": "x", "agentPoolProfiles": [], "securityProfile": "[reference('@').a]" }
    },
    {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2022-09-01",
      "name": "@",
      "properties": { "mode": "Incremental", "templateLink": { "uri": "https://@" } }
    }
  ],
  "outputs": { "@": { "type": "string", "value": "[unknown('@')]" } }
}"#;

/// Templates that deploy the content of `tracked.data`: as it is, in a value that is made, on both sides of what is not
/// known, and as a part.
const LOADING: [&str; 4] = [
    "resource d 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'd'
  properties: { mode: 'Incremental', template: loadJsonContent('tracked.data') }
}
",
    "var t = loadJsonContent('tracked.data')
resource d 'Microsoft.Resources/deployments@2022-09-01' = [for i in range(0, 2): {
  name: 'd${i}'
  properties: { mode: 'Incremental', template: union(t, { outputs: {} }) }
}]
",
    "param p bool
resource d 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'd'
  properties: { mode: 'Incremental', template: p ? loadJsonContent('tracked.data') : union(loadJsonContent('tracked.data'), {}) }
}
",
    "param p bool
var t = { contentVersion: '1.0.0.0', resources: p ? loadJsonContent('tracked.data').resources : [] }
resource d 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'd'
  properties: { mode: 'Incremental', template: t }
}
",
];

/// A template that is checked anyway has its text shown; one that only is loaded has not, and that its clusters are not
/// checked is a problem.
#[test]
fn reports_tell_nothing_of_a_loaded_template_that_is_none_of_the_project() {
    const RULE: [&str; 4] = ["lint", "main.bicep", "--select", "aks-defender-security-monitoring"];
    for loading in LOADING {
        let folder = repository("template", Source::Json);
        folder.write("main.bicep", loading);
        let write = |canary: &str| {
            folder.write("tracked.data", &LOADED.replace('@', canary));
            git(&folder.0, &["add", "-A"]);
            outputs(&folder, Source::Json, canary)
        };
        assert_eq!(told_by(write), None, "{loading}");
        run(&folder, &RULE, "").ends_with(&[1]).says("must not be shown; what it deploys is not checked");
    }
    let folder = repository("template-of-project", Source::Json);
    folder.write("main.bicep", &LOADING[0].replace(".data", ".json"));
    folder.write("tracked.json", &LOADED.replace('@', "x"));
    git(&folder.0, &["add", "-A"]);
    let run = run(&folder, &RULE, "");
    run.ends_with(&[1]).says("main.bicep:3").says("turns Defender monitoring off").keeps_quiet_of("is not checked");
}

/// A template whose switch is wrong, beside which secrets stand: those of `s` and in `p`.
fn beside(s: &str, on: &str) -> String {
    format!(
        "type t = {{\n  @secure()\n  pw: string\n  user: string\n}}\nparam p t = {{ user: 'u', pw: 'x' }}\n@secure()\nparam s string{s}\n\
         param on bool{on}\n{}output o string = '${{p.user}}${{length(s)}}'\n",
        switch("on")
    )
}

/// Values of parameters in JSON, on lines that end with `end`.
fn json_parameters(canary: &str, end: &str) -> String {
    let mut values = [
        format!(r#""p": {{ "value": {{ "user": "u", "pw": "{canary}" }} }}"#),
        r#""on": { "value": false }"#.to_owned(),
        format!(r#""s": {{ "value": "{canary}" }}"#),
    ];
    let schema = r#""$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#""#;
    if end != "\n" {
        // Behind it, places would tell how long a secret is.
        values.swap(0, 1);
    }
    let values = values.join(&format!(",{end}"));
    format!("{{{end}{schema},{end}\"contentVersion\": \"1.0.0.0\",{end}\"parameters\": {{{end}{values}{end}}}{end}}}\n")
}

/// Neither fixes and their differences nor ignores show a secret that stands beside what changes.
#[test]
fn what_is_changed_shows_no_secret_beside_it() {
    type Files = fn(&str) -> (String, Option<(&'static str, String)>);
    let cases: [(&str, Files, bool); 4] = [
        ("default", |canary| (beside(&format!(" = '{canary}'"), " = false"), None), true),
        (
            "bicepparam",
            |canary| {
                let values =
                    format!("param s = '{canary}'\nparam on = false\nparam p = {{ user: 'u', pw: '{canary}' }}\n");
                (beside("", ""), Some(("main.bicepparam", format!("using 'main.bicep'\n{values}"))))
            },
            true,
        ),
        ("lines", |canary| (beside("", ""), Some(("main.parameters.json", json_parameters(canary, "\n")))), true),
        ("line", |canary| (beside("", ""), Some(("main.parameters.json", json_parameters(canary, " ")))), false),
    ];
    let rule = ["--select", "aks-defender-security-monitoring"];
    for (name, files, is_shown) in cases {
        let folder = Folder::new(&format!("hidden-fix-{name}"), &[]);
        let write = |canary: &str| {
            let (template, parameters) = files(canary);
            folder.write("main.bicep", &template);
            parameters.iter().for_each(|(name, text)| folder.write(name, text));
        };
        let lint = |args: &[&str]| {
            let run = run(&folder, &[&["lint", "."], &rule[..], args].concat(), "");
            run.ends_with(&[0, 1]);
            untimed(&run.printed())
        };
        let told = told_by(|canary| {
            write(canary);
            let difference = lint(&["--diff", "--unsafe-fixes"]);
            let shown = difference.contains("+param on") || difference.contains("+\"on\"");
            assert_eq!(shown, is_shown, "{name}:\n{difference}");
            assert!(
                is_shown || difference.contains("a change is not shown, because the line has a secret"),
                "{difference}"
            );
            let mut all = BTreeMap::from([("the difference".to_owned(), difference)]);
            for format in FORMATS {
                write(canary);
                all.insert(format!("fixing, {format}"), lint(&["--fix", "--unsafe-fixes", "--format", format]));
                write(canary);
                all.insert(format!("ignoring, {format}"), lint(&["--add-ignores", "known", "--format", format]));
            }
            all
        });
        assert_eq!(told, None, "{name}");
    }
}
