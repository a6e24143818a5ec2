//! The project around what is named, on disk: its root, its configuration, and how paths are written.

use std::process::Command;

use crate::support::cli_folder::Folder;

/// A template whose cluster is unprotected unless `monitored` is true.
const CLUSTER: &str = include_str!("../../../testdata/bicep/parameter-file-on/main.bicep");

/// What the program says in the folder `cwd` of `folder`: exit code, findings, and the contexts of each file.
fn said(folder: &Folder, cwd: &str, args: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    command
        .args(["lint", "--format", "concise", "--show-contexts", "--select", "aks-defender-security-monitoring"])
        .args(args.split_ascii_whitespace());
    let output = command.current_dir(folder.0.join(cwd)).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    // Counts and times are said elsewhere.
    let told = err.lines().filter(|line| {
        let counts = ["Checked", "Found", "No findings"].iter().any(|word| line.starts_with(word));
        !counts && !line.contains("can be mended")
    });
    let short = |line: &str| line.split(": AKS cluster").next().unwrap_or_default().to_owned();
    let lines: Vec<String> = out.lines().map(short).chain(told.map(str::to_owned)).collect();
    format!("{}\n{}", output.status.code().unwrap(), lines.join("\n"))
}

fn check(folder: &Folder, cases: &[(&str, &str, &str)]) {
    for &(cwd, args, expected) in cases {
        assert_eq!(said(folder, cwd, args).trim_end(), expected, "in `{cwd}`: {args}");
    }
}

#[test]
fn naming_a_file_looks_around() {
    let folder = Folder::new(
        "around",
        &[
            ("infra/main.bicep", "module aks '../modules/aks.bicep' = { name: 'aks', params: { monitored: false } }\n"),
            ("modules/aks.bicep", CLUSTER),
            ("other/x.bicep", "param x string\n"),
            (".gitignore", "ignored/\n"),
            (
                "ignored/main.bicep",
                "module aks '../modules/aks.bicep' = { name: 'aks', params: { monitored: true } }\n",
            ),
        ],
    );
    let in_main = "high aks-defender-security-monitoring";
    check(
        &folder,
        &[
            (
                "",
                "modules/aks.bicep",
                &format!(
                    "1\ninfra/main.bicep:1:73: {in_main}\nmodules/aks.bicep\n  infra/main.bicep calls it, and has its defaults"
                ),
            ),
            (
                "modules",
                "aks.bicep",
                &format!(
                    "1\n../infra/main.bicep:1:73: {in_main}\naks.bicep\n  ../infra/main.bicep calls it, and has its defaults"
                ),
            ),
            (
                "modules",
                "../modules/./aks.bicep",
                &format!(
                    "1\n../infra/main.bicep:1:73: {in_main}\naks.bicep\n  ../infra/main.bicep calls it, and has its defaults"
                ),
            ),
            (
                "modules",
                ".",
                &format!(
                    "1\n../infra/main.bicep:1:73: {in_main}\naks.bicep\n  ../infra/main.bicep calls it, and has its defaults"
                ),
            ),
            ("", "other/x.bicep", "0\nother/x.bicep\n  with its defaults"),
            // What is ignored is no caller, unless it is named.
            ("", "ignored/main.bicep", "0\nignored/main.bicep\n  with its defaults"),
        ],
    );
}

#[test]
fn the_root_is_where_the_configuration_is() {
    let prod = "[[contexts]]\nname = \"prod\"\ntemplates = \"infra/*.bicep\"\nset = { monitored = false }\n";
    let folder = Folder::new(
        "root",
        &[
            ("app/armguard.toml", prod),
            ("app/infra/main.bicep", CLUSTER),
            ("app/values/main.parameters.json", "{}"),
            ("caller.bicep", "module m 'app/infra/main.bicep' = { name: 'm', params: { monitored: false } }\n"),
            ("broken/armguard.toml", "[[context]]\n"),
            ("broken/main.bicep", CLUSTER),
        ],
    );
    let rule = "high aks-defender-security-monitoring";
    check(
        &folder,
        &[
            (
                "app",
                "infra/main.bicep",
                &format!("1\narmguard.toml:4:21: {rule}\ninfra/main.bicep\n  prod by the configuration"),
            ),
            (
                "app/infra",
                "main.bicep",
                &format!("1\n../armguard.toml:4:21: {rule}\nmain.bicep\n  prod by the configuration"),
            ),
            (
                "app/values",
                "../infra",
                &format!("1\n../armguard.toml:4:21: {rule}\n../infra/main.bicep\n  prod by the configuration"),
            ),
            (
                "broken",
                "main.bicep",
                "2\nerror: armguard.toml:1:3: there is no `context` here; did you mean `contexts`?",
            ),
        ],
    );
}

#[test]
fn values_from_the_command_line() {
    let folder = Folder::new(
        "values",
        &[
            ("main.bicep", CLUSTER),
            ("on.bicepparam", "using 'main.bicep'\nparam monitored = true\n"),
            (
                "far/away/loose.json",
                "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#\", \"parameters\": { \"monitored\": { \"value\": false } } }",
            ),
            ("x.bicep", "param x string\n"),
        ],
    );
    let rule = "high aks-defender-security-monitoring";
    check(
        &folder,
        &[
            (
                "",
                "main.bicep --param monitored=false",
                &format!("1\nmain.bicep:19:40: {rule}\nmain.bicep\n  on.bicepparam by its own words"),
            ),
            ("", "main.bicep --params on.bicepparam", "0\nmain.bicep\n  on.bicepparam by the command line"),
            (
                "",
                "main.bicep --params far/away/loose.json",
                &format!("1\nfar/away/loose.json:1:139: {rule}\nmain.bicep\n  far/away/loose.json by the command line"),
            ),
            (
                "",
                "main.bicep --params far/away/loose.json --param monitored=true",
                "0\nmain.bicep\n  far/away/loose.json by the command line",
            ),
            (
                "",
                "main.bicep --param monitord=true",
                "2\n--param: error unknown-parameter: no template here has a parameter `monitord`; did you mean `monitored`?\nmain.bicep\n  on.bicepparam by its own words",
            ),
            (
                "",
                "main.bicep x.bicep --params on.bicepparam",
                "2\nerror: `--params` is for one template; name just that",
            ),
            (
                "",
                "main.bicep --params none.json",
                "2\nerror: `none.json` is no file; `--params` takes a parameter file",
            ),
        ],
    );
}

#[cfg(unix)]
#[test]
fn links_and_case() {
    let folder = Folder::new(
        "links",
        &[
            ("real dir/aks.bicep", CLUSTER),
            ("main.bicep", "module a 'real dir/../real dir/aks.bicep' = { name: 'a', params: { monitored: false } }\n"),
            ("case.bicep", "module a 'Real Dir/aks.bicep' = { name: 'a' }\n"),
        ],
    );
    std::os::unix::fs::symlink("real dir", folder.0.join("link")).unwrap();
    std::os::unix::fs::symlink("real dir/aks.bicep", folder.0.join("aks-link.bicep")).unwrap();
    let main = "1\nmain.bicep:1:79: high aks-defender-security-monitoring\nreal dir/aks.bicep\n  main.bicep calls it, and has its defaults";
    check(
        &folder,
        &[
            // A link is the file that it leads to, where that is one of the project's own.
            ("", "link/aks.bicep", main),
            (
                "",
                "case.bicep",
                "1\ncase.bicep:1:10: error module-not-found: there is no file `Real Dir/aks.bicep`\ncase.bicep\n  with its defaults",
            ),
        ],
    );
}
