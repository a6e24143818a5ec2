//! What the command line names: it permits what it names and no more, and a link of the project does not make it another.

use std::fs;

use super::program::{End, run};
use super::reads::{BARE, CANARY, Project, is_clean, link, named};

/// What the command line names through a link of the project is said by the project, and not by the command line.
#[cfg(unix)]
#[test]
fn a_link_that_is_named_opens_nothing_outside() {
    let secret = format!("{}// {CANARY}\n", named(&format!("'{CANARY}'")));
    let load = named("trim(loadTextContent('linked/secret.txt'))");
    let outside = [("dir/o.bicep", &*secret), ("dir/secret.txt", CANARY), ("dir/own.md", CANARY)];
    let project = Project::new("named-link", &[("main.bicep", &load)], &outside);
    let folder = project.folder.0.clone();
    link("../outside/dir", project.repo().join("linked"));
    link("../outside/dir/o.bicep", project.repo().join("file.bicep"));
    link("../outside/dir/own.md", project.repo().join("own.md"));
    project.track();
    let absolute = project.repo().join("linked").display().to_string();
    let led_out = "leads out of it; name what it leads to";
    let cases: &[(&str, i32, &str)] = &[
        ("linked", 2, led_out),
        ("linked/", 2, led_out),
        (&absolute, 2, led_out),
        ("linked/o.bicep", 2, "was not read"),
        ("file.bicep", 2, "was not read"),
        ("--root linked .", 2, led_out),
        ("--allow-read linked", 2, led_out),
        ("--rules linked", 2, led_out),
        ("--rules own.md", 2, led_out),
        ("--module-cache linked", 1, "main.bicep:2:30: error read-refused"),
        ("--params linked/o.bicep main.bicep", 1, "was not read"),
    ];
    for (args, code, says) in cases {
        let run = project.lint(args);
        is_clean(&run);
        run.ends_with(&[*code]).says(says);
    }
    // The folder itself may be named, also by another name of the way to it.
    link("dir", folder.join("outside/other"));
    for path in ["../outside/dir", "../outside/other"] {
        project.lint(path).ends_with(&[1]).says("o.bicep:5:3: high");
    }
    // A link that leads to elsewhere in the repository is a name like any other.
    project.write("infra/main.bicep", BARE);
    link("infra", project.repo().join("same"));
    project.lint("same").ends_with(&[1]).says("same/main.bicep:5:3: high");
}

/// A rule of one's own, which no cluster follows.
const RULE: &str = "---
severity: low
resource: Microsoft.ContainerService/managedClusters
noun: cluster
set: posture
require: { path: properties.locked, equals: true }
message: { failed: open, absent: no lock }
labels: { failed: open here }
help: Lock it.
---
# own-rule

A cluster is open.

## Why

Things fall out.

## Remediation

Lock it.

## Examples

```bicep fail
resource aks 'Microsoft.ContainerService/managedClusters@2024-01-01' = {
  name: 'aks'
  properties: { locked: false }
}
```

```text finding
main.bicep:3:25: low own-rule: open
```

```bicep pass
resource aks 'Microsoft.ContainerService/managedClusters@2024-01-01' = {
  name: 'aks'
  properties: { locked: true }
}
```
";

/// A folder with rules is one for reading rules; templates are permitted nothing by it.
#[test]
fn a_folder_of_rules_permits_no_templates() {
    let outside = [("rules/own-rule.md", RULE), ("rules/secret.txt", CANARY), ("rules/o.bicep", BARE)];
    let text =
        format!("{}module o 'FOLDER/o.bicep' = {{ name: 'o' }}\n", named("trim(loadTextContent('FOLDER/secret.txt'))"));
    let project = Project::new("named-rules", &[("rules/own-rule.md", RULE)], &outside);
    project.write("rules/secret.txt", CANARY);
    project.write("rules/o.bicep", BARE);
    let lint = |args: &[&str]| {
        let run = run(&project.repo(), &[&["lint", "--format", "concise", "--select", "own-rule"], args].concat());
        is_clean(&run);
        run
    };
    // The rules themselves are read, whole folders as well as single files.
    project.write("main.bicep", &text.replace("FOLDER", "../outside/rules"));
    for rules in ["../outside/rules", "../outside/rules/own-rule.md"] {
        let run = lint(&["--rules", rules, "main.bicep"]);
        run.ends_with(&[1]).says("own-rule: no lock").says("--allow-read ../outside/rules");
        assert_eq!(run.stdout.matches("error read-refused").count(), 2, "{}", run.stdout);
    }
    lint(&["--rules", "../outside/rules", "--allow-read", "../outside/rules", "main.bicep"])
        .ends_with(&[1])
        .keeps_quiet_of("read-refused");
    // In the project, what git does not track is loaded no more than without.
    project.write("main.bicep", &text.replace("FOLDER", "rules"));
    let run = lint(&["--rules", "rules", "main.bicep"]);
    run.ends_with(&[1]).says("own-rule: no lock").says("not tracked by git");
    fs::remove_file(project.folder.0.join("outside/rules/own-rule.md")).unwrap();
    assert_eq!(lint(&["--rules", "../outside/rules"]).end, End::Code(2));
}
