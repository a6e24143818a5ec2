//! How long a run takes that has 5,000 findings, in each format.
//!
//! `cargo bench --bench formats` lints 50 made files with 100 clusters each, and one file with all 5,000, from memory.
//! *Report* is the writing alone, *run* the linting and the writing: it is to stay below a second.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::report::{Format, ReportStyle, write};
use armguard::source::MemoryFiles;

/// Findings of a run.
const FINDINGS: usize = 5000;

/// Rounds of each measurement; the best counts.
const ROUNDS: usize = 5;

fn main() {
    for files in [50, 1] {
        let time = best(|| drop(black_box(run(files))));
        let report = run(files);
        println!("{} findings in {files} files, linted in {} ms", report.findings.len(), time.as_millis());
        println!("{:<10} {:>10} {:>10} {:>10}", "", "kB", "report ms", "run ms");
        for format in Format::ALL {
            let mut size = 0;
            let written = best(|| {
                let mut out = Vec::new();
                if write(&report, format, ReportStyle::default(), &mut out).is_ok() {
                    size = out.len();
                }
                black_box(out);
            });
            let (name, size) = (format.name(), size / 1000);
            println!("{name:<10} {size:>10} {:>10} {:>10}", written.as_millis(), (time + written).as_millis());
        }
    }
}

/// The report on a project of `files` files.
fn run(files: usize) -> Report {
    let mut disk = MemoryFiles::default();
    let mut inputs = Inputs::default();
    for file in 0..files {
        let path = std::path::PathBuf::from(format!("infra/team-{file}/main.bicep"));
        disk.insert(&path, template(FINDINGS / files));
        inputs.paths.push(Found { path, named: false });
    }
    lint(&disk, inputs, &Options::default())
}

/// A template with `clusters` clusters that have no Defender profile.
fn template(clusters: usize) -> String {
    let cluster = |number: usize| {
        format!(
            "resource aks{number} 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{
  name: 'aks-{number}'
  location: location
  properties: {{
    dnsPrefix: 'aks-{number}'
    agentPoolProfiles: [{{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }}]
  }}
}}
"
        )
    };
    "param location string = resourceGroup().location\n".to_owned() + &(0..clusters).map(cluster).collect::<String>()
}

fn best(mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or(Duration::MAX)
}
