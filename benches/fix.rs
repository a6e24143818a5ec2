//! What mending costs, beside linting the same: one finding in a file of 1 MB, and a thousand files.
//!
//! `cargo bench --bench fix`. Mending a thousand files is to take no longer than linting them three times.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use armguard::autofix::fix_all;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::source::MemoryFiles;

/// Files of the larger measurements.
const FILES: usize = 1000;

fn main() {
    println!("{:<44} {:>9} {:>9} {:>7}", "", "lint ms", "mend ms", "ratio");
    measure("1 MB of Bicep, one finding", &[large_bicep()], "bicep");
    measure("1 MB of JSON, one finding", &[large_json()], "json");
    let files = |failing: usize| -> Vec<String> {
        (0..FILES).map(|number| template(number, number % FILES.div_ceil(failing) == 0)).collect()
    };
    measure("1000 files, one in ten with a finding", &files(FILES / 10), "bicep");
    measure("1000 files, each with a finding", &files(FILES), "bicep");
}

fn measure(name: &str, texts: &[String], extension: &str) {
    let mut files = MemoryFiles::default();
    let mut inputs = Inputs::default();
    for (number, text) in texts.iter().enumerate() {
        let path = PathBuf::from(format!("team-{number}/main.{extension}"));
        files.insert(&path, text.as_str());
        inputs.paths.push(Found { path, named: false });
    }
    let linted = best(|| drop(black_box(lint(&files, inputs.clone(), &Options::default()))));
    let fixed = best(|| drop(black_box(fix_all(&files, &inputs, &Options::default(), false))));
    let made = fix_all(&files, &inputs, &Options::default(), false).made.len();
    let ratio = fixed.as_secs_f64() / linted.as_secs_f64();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{name:<44} {:>9.1} {:>9.1} {ratio:>7.2}   {made} fixes made", ms(linted), ms(fixed));
}

/// The shortest of some runs.
fn best(mut run: impl FnMut()) -> Duration {
    let times = (0..7).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn cluster(number: usize, profile: &str) -> String {
    format!(
        "resource aks{number} 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks-{number}'
  location: location
  identity: {{ type: 'SystemAssigned' }}
  properties: {{
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      {{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }}
    ]
{profile}  }}
}}
"
    )
}

const HEAD: &str = "param location string = resourceGroup().location

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law'
}

";

const PROFILE: &str = "    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: true }
      }
    }
";

fn account(number: usize) -> String {
    format!(
        "\nresource store{number} 'Microsoft.Storage/storageAccounts@2023-01-01' = {{
  name: 'store{number}${{uniqueString(resourceGroup().id)}}'
  location: location
  sku: {{ name: 'Standard_LRS' }}
  kind: 'StorageV2'
  properties: {{
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
  }}
}}
"
    )
}

/// A template of some 3 kB with a cluster.
fn template(number: usize, fails: bool) -> String {
    let accounts: String = (0..8).map(account).collect();
    format!("{HEAD}{}{accounts}", cluster(number, if fails { "" } else { PROFILE }))
}

fn large_bicep() -> String {
    let mut text = HEAD.to_owned() + &cluster(0, "");
    for number in 0.. {
        if text.len() > 1_000_000 {
            break;
        }
        text.push_str(&account(number));
    }
    text
}

fn large_json() -> String {
    let mut text = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.OperationalInsights/workspaces",
      "apiVersion": "2023-09-01",
      "name": "law"
    },
    {
      "type": "Microsoft.ContainerService/managedClusters",
      "apiVersion": "2025-05-01",
      "name": "aks",
      "properties": {
        "dnsPrefix": "shop",
        "agentPoolProfiles": []
      }
    }"#
    .to_owned();
    for number in 0.. {
        if text.len() > 1_000_000 {
            break;
        }
        text.push_str(&format!(
            r#",
    {{
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-01-01",
      "name": "[concat('store{number}', uniqueString(resourceGroup().id))]",
      "location": "[resourceGroup().location]",
      "sku": {{ "name": "Standard_LRS" }},
      "kind": "StorageV2",
      "properties": {{ "supportsHttpsTrafficOnly": true }}
    }}"#
        ));
    }
    text + "\n  ]\n}\n"
}
