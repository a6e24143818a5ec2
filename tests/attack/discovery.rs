//! Hiding a cluster from the gate by what a change adds beside it.

use super::cli_folder::Folder;
use super::program::{Run, run};

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
