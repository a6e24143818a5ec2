//! Names that someone may write to be read as something else: whatever the command, neither a terminal nor a build server
//! obeys what is printed, on standard output and on standard error. `report_hostile.rs` has the formats.

use std::process::Command;

use crate::support::cli_folder::Folder;

/// A name for everything that has one.
const NAME: &str = "x\n::error::y\x1b[31m\u{9b}\u{202e}##vso[task.complete]##[error]z";

/// The same in a string of Bicep, TOML or JSON.
const QUOTED: &str = "x\\n::error::y\u{9b}\u{202e}##vso[task.complete]##[error]z";

/// What has no line breaks and no controls, which TOML and Bicep do not take.
const PLAIN: &str = "::error::y \u{202e}##vso[task.complete]##[error]z";

fn folder() -> Folder {
    let cluster = format!(
        "param {{a}} string\nresource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: '{QUOTED}'
  location: 'westeurope'
  properties: {{ dnsPrefix: 'x', agentPoolProfiles: [] }}
}}
module gone '{PLAIN}.bicep' = {{ name: '{PLAIN}' }}
output text string = '{QUOTED}'
"
    );
    let config = format!(
        "[[contexts]]\nname = \"{QUOTED}\"\ntemplates = '*.bicep'\nset = {{ a = \"{QUOTED}\" }}
[[overrides]]\npaths = '{PLAIN}'\nreason = \"{QUOTED}\"\n[modules]\n\"br:{PLAIN}/x:*\" = '{PLAIN}'
[files]\nexclude = 'x*/**'\n"
    );
    let rule = format!(
        "---\nseverity: low\nresource: Microsoft.ContainerService/managedClusters\nnoun: \"{PLAIN}\"\nrequire: {{ path: x, exists: true }}
message: \"{PLAIN}\"\nhelp: \"{PLAIN}\"\n---\n# own-rule\n\n{PLAIN}.\n\n## Why\n\n{PLAIN}\n\n## Remediation\n\n{PLAIN}\n\n## Examples\n
```bicep fail\n{0}```\n\n```text finding\n```\n\n```bicep pass\n{0}```\n", cluster.replace("{a}", "a")
    );
    let [main, wrong] = [format!("{NAME}.bicep"), format!("{NAME}/armguard.toml")];
    Folder::new(
        "cli-hostile",
        &[
            (&main, &cluster.replace("{a}", "a")),
            ("other.bicep", &cluster.replace("{a}", "b")),
            ("armguard.toml", &config),
            (&wrong, &format!("\"{QUOTED}\" = 1\n")),
            ("rules/own-rule.md", &rule),
        ],
    )
}

#[test]
fn no_command_gives_commands() {
    let folder = folder();
    let file = format!("{NAME}.bicep");
    let (missing, setting, output) = (format!("{NAME}.gone"), format!("{NAME}={NAME}"), format!("json={NAME}/no/file"));
    let option = format!("--{NAME}");
    #[rustfmt::skip]
    let cases: &[(i32, &[&str])] = &[
        (1, &["lint", "--show-contexts", "--show-undetermined"]),
        (1, &["lint", "--show-contexts", "--format", "concise", &file]),
        (1, &["lint", "--show-contexts", "--format", "json", &file]),
        (1, &["lint", "--add-ignores", NAME]),
        (2, &["lint", "--no-config", "--write-baseline", NAME]),
        (2, &["lint", "--no-config", "--baseline", &file]),
        (1, &["lint", "--no-config", "--no-ignores", "--fix", "--unsafe-fixes"]),
        (2, &["lint", "--format", &output]),
        (2, &["lint", &missing]),
        (2, &["lint", NAME]),
        (2, &["lint", "--config", NAME]),
        (2, &["lint", "--select", NAME]),
        (2, &["lint", "--ruleset", NAME]),
        (2, &["lint", "--params", NAME, &file]),
        (2, &["lint", "--param", &setting]),
        (2, &["lint", &option]),
        (2, &["lint", "--rules", NAME]),
        (1, &["lint", "--rules", "rules", "--select", "own-rule"]),
        (2, &[NAME]),
        (0, &["config"]),
        (2, &["config", NAME]),
        (1, &["expand", &file]),
        (1, &["expand", &file, "--format", "table"]),
        (1, &["expand", &file, "--diff", "other.bicep"]),
        (1, &["expand", "other.bicep", "--diff", &file, "--format", "json"]),
        (2, &["expand", &missing]),
        (2, &["explain", NAME]),
        (0, &["explain", "own-rule", "--rules", "rules"]),
        (0, &["rules", "--rules", "rules"]),
        (0, &["rules", "--rules", "rules", "--format", "json"]),
        (1, &["test", "rules"]),
        (2, &["test", NAME]),
        (2, &["man", NAME]),
        (2, &["completions", NAME]),
    ];
    for (code, args) in cases {
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        for variable in ["GITHUB_ACTIONS", "TF_BUILD", "ARMGUARD_CONFIG"] {
            command.env_remove(variable);
        }
        command.env("ARMGUARD_FORMAT", if args[0] == "config" { NAME } else { "" });
        let ran = command.args(*args).current_dir(&folder.0).output().unwrap();
        assert_eq!(ran.status.code(), Some(*code), "{args:?}: {:?}", String::from_utf8_lossy(&ran.stderr));
        for (stream, bytes) in [("output", ran.stdout), ("errors", ran.stderr)] {
            let text = String::from_utf8(bytes).unwrap();
            let case = format!("{args:?}, {stream}:\n{text:?}");
            let is_obeyed = |c: char| c.is_control() && !"\n\t".contains(c) || matches!(c, '\u{202a}'..='\u{202e}');
            assert!(!text.chars().any(is_obeyed), "{case}");
            for line in text.lines() {
                assert!(!line.trim_start().starts_with("::"), "{case}");
                let line = line.to_lowercase();
                assert!(!line.contains("##[") && !line.contains("##vso["), "{case}");
            }
        }
    }
}
