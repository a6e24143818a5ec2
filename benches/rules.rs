//! What rules cost: loading them, and judging with one and with ten times as many.
//!
//! `cargo bench --bench rules`. Linting must cost resources × rules of their type: a thousand rules about other
//! types must cost nothing.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark tells what it measured")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use armguard::lint::{Found, Inputs, Options, lint};
use armguard::rules::load::load;
use armguard::rules::{RuleSet, RuleStore};
use armguard::source::MemoryFiles;

const PAGE: &str = "It is wrong.\n\n## Why\n\n## Remediation\n\n## Examples\n\n```bicep fail\n```\n\n```text finding\n\
    ```\n\n```bicep pass\n```\n";

/// `count` rules about `ty`, each with a condition of some size.
fn rules(count: usize, ty: &str) -> Arc<RuleStore> {
    let file = |at: usize| {
        let front = format!(
            "severity: low\nresource: {ty}\nnoun: thing\nmessage: m\nhelp: h\nrequire:\n  any:\n    \
             - {{ path: properties.a{at}.enabled, equals: true }}\n    \
             - {{ path: properties.dnsPrefix, equals: shop }}\n"
        );
        (format!("x/rule-{at}.md"), format!("---\n{front}---\n# rule-{at}\n\n{PAGE}"))
    };
    let files: Vec<_> = (0..count).map(file).collect();
    Arc::new(load(&RuleStore::default(), &files).expect("the rules are right"))
}

fn best(runs: usize, mut run: impl FnMut()) -> Duration {
    let time = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..runs).map(|_| time(&mut run)).min().unwrap_or_default()
}

fn main() {
    // The first use loads what is embedded; it cannot be repeated in one process.
    let start = Instant::now();
    let count = RuleStore::built_in().rules().len();
    println!("loading the {count} rules of this build      {:>8.2} ms", start.elapsed().as_secs_f64() * 1e3);

    let clusters: String = (0..200)
        .map(|at| {
            format!(
                "resource c{at} 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{\n  name: 'c{at}'\n  \
                 properties: {{ dnsPrefix: 'shop', agentPoolProfiles: [{{ name: 'p' }}] }}\n}}\n"
            )
        })
        .collect();
    let mut files = MemoryFiles::default();
    files.insert("main.bicep", clusters);
    let measure = |name: &str, rules: &Arc<RuleStore>| {
        let options = || Options { sets: RuleSet::ALL.to_vec(), rules: Some(Arc::clone(rules)), ..Options::default() };
        let inputs =
            || Inputs { paths: vec![Found { path: PathBuf::from("main.bicep"), named: true }], ..Inputs::default() };
        let time = best(10, || drop(lint(&files, inputs(), &options())));
        println!("{name:<44} {:>8.2} ms", time.as_secs_f64() * 1e3);
    };
    println!("200 clusters judged with");
    measure("  no rule", &Arc::new(RuleStore::default()));
    measure("  70 rules about clusters", &rules(70, "Microsoft.ContainerService/managedClusters"));
    measure("  700 rules about clusters", &rules(700, "Microsoft.ContainerService/managedClusters"));
    measure("  70 rules about other types", &rules(70, "Contoso.Shop/carts"));
    measure("  700 rules about other types", &rules(700, "Contoso.Shop/carts"));
    measure("  the rules of this build", RuleStore::built_in());
}
