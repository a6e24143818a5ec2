//! Which reports a run writes, and where to.

use crate::support::report_schemas;

use std::fs;
use std::process::Command;

use crate::support::cli_folder::Folder;
use armguard::report::Format;

/// A cluster without Defender.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { name: 'aks', location: 'westeurope', properties: { dnsPrefix: 'x', agentPoolProfiles: [] } }\n";

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs `armguard lint` in a subfolder of `folder`, with these environment variables besides.
fn lint(folder: &Folder, args: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    command.current_dir(folder.0.join("infra")).arg("lint").args(args);
    let said = ["GITHUB_ACTIONS", "TF_BUILD", "ARMGUARD_CONFIG", "ARMGUARD_FORMAT"];
    for variable in said.into_iter().chain(["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"]) {
        command.env_remove(variable);
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn folder(name: &str) -> Folder {
    Folder::new(name, &[("infra/main.bicep", BARE), ("infra/reports/old.json", "old")])
}

/// What only the report of each format has, and what only the summary in words has.
const MARKS: [(&str, &str); 10] = [
    ("terminal", "╭─[main.bicep:1:111]"),
    ("concise", "main.bicep:1:111: high aks-defender-profile"),
    ("json", "\"judgedContexts\""),
    ("sarif", "\"physicalLocation\""),
    ("github", "::error file=infra/main.bicep,"),
    ("azure", "##vso[task.logissue type=error;sourcepath=infra/main.bicep;"),
    ("gitlab", "\"check_name\""),
    ("junit", "<testsuites"),
    ("markdown", "| --- |"),
    ("summary", "Checked 1 template in 1 file"),
];

/// The names of the marks in `text`; concise lines are looked for at the start of a line only.
fn marks(text: &str) -> Vec<&'static str> {
    let has = |mark: &str| text.lines().any(|line| line.trim_start().starts_with(mark));
    MARKS.iter().filter(|(_, mark)| has(mark)).map(|(name, _)| *name).collect()
}

#[test]
fn formats_go_where_they_are_told_to() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        // arguments, environment, what standard output has, what standard error has
        ("", "", &["terminal", "summary"], &[]),
        ("--format terminal", "", &["terminal", "summary"], &[]),
        ("--format concise", "", &["concise"], &["summary"]),
        ("--format json", "", &["json"], &[]),
        ("--format sarif", "", &["sarif"], &["summary"]),
        ("--format github", "", &["github"], &["summary"]),
        ("--format azure", "", &["azure"], &["summary"]),
        ("--format gitlab", "", &["gitlab"], &["summary"]),
        ("--format junit", "", &["junit"], &["summary"]),
        ("--format markdown", "", &["markdown", "summary"], &[]),
        ("--format sarif=x", "", &[], &["summary"]),
        ("--format sarif=x --format concise", "", &["concise"], &["summary"]),
        ("--format terminal --format sarif=x --format junit=y", "", &["terminal", "summary"], &[]),
        // Build servers that have annotations get them, unless someone chose.
        ("", "GITHUB_ACTIONS=true", &["terminal", "github", "summary"], &[]),
        ("", "TF_BUILD=True", &["terminal", "azure", "summary"], &[]),
        ("", "GITHUB_ACTIONS=false", &["terminal", "summary"], &[]),
        ("--format concise", "GITHUB_ACTIONS=true", &["concise"], &["summary"]),
        ("--format sarif=x", "TF_BUILD=True", &[], &["summary"]),
    ];
    let folder = folder("cli-formats");
    for (args, environment, out, err) in cases {
        let args: Vec<&str> = args.split_ascii_whitespace().collect();
        let environment: Vec<(&str, &str)> = environment.split_once('=').into_iter().collect();
        let ran = lint(&folder, &args, &environment);
        let case = format!("{args:?} {environment:?}: {}\n{}\n{}", ran.code, ran.out, ran.err);
        assert_eq!(ran.code, 1, "{case}");
        assert_eq!(marks(&ran.out), *out, "{case}");
        assert_eq!(marks(&ran.err), *err, "{case}");
    }
}

/// Arguments, environment, and whether there are colours where standard output is no terminal.
type Coloured<'t> = (&'t str, &'t [(&'t str, &'t str)], bool);

#[test]
fn colours_are_for_those_who_want_them() {
    #[rustfmt::skip]
    let cases: &[Coloured<'_>] = &[
        ("", &[], false),
        ("", &[("CLICOLOR_FORCE", "1")], true),
        ("", &[("CLICOLOR_FORCE", "0")], false),
        ("", &[("CLICOLOR_FORCE", "")], false),
        ("", &[("CLICOLOR", "1")], false),
        ("", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
        ("", &[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], true),
        ("--color always", &[("NO_COLOR", "1")], true),
        ("--color never", &[("CLICOLOR_FORCE", "1")], false),
        ("--format concise", &[("CLICOLOR_FORCE", "1")], false),
        ("--format json", &[("CLICOLOR_FORCE", "1")], false),
    ];
    let folder = folder("cli-colours");
    for (args, environment, expected) in cases {
        let typed: Vec<&str> = args.split_ascii_whitespace().collect();
        let ran = lint(&folder, &typed, environment);
        assert_eq!(ran.out.contains('\x1b'), *expected, "{args} {environment:?}: {}", ran.out);
        assert!(!ran.err.contains('\x1b'), "{args} {environment:?}: {}", ran.err);
    }
    // Whoever reads a file is no terminal.
    lint(&folder, &["--color", "always", "--format", "terminal=out.txt"], &[("CLICOLOR_FORCE", "1")]);
    assert!(!fs::read_to_string(folder.0.join("infra/out.txt")).unwrap().contains('\x1b'));
}

#[test]
fn one_run_writes_many_files() {
    let folder = folder("cli-files");
    let names: Vec<&str> = MARKS.iter().map(|(name, _)| *name).filter(|name| *name != "summary").collect();
    let args: Vec<String> = names.iter().map(|name| format!("--format={name}=reports/{name}.txt")).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = lint(&folder, &args, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    for name in names {
        let text = fs::read_to_string(folder.0.join(format!("infra/reports/{name}.txt"))).unwrap();
        assert_eq!(marks(&text)[0], name, "{text}");
        let format = Format::ALL.into_iter().find(|format| format.name() == name).unwrap();
        report_schemas::check(format, "cli", name, &text);
    }
    // Nothing but the reports is left.
    assert_eq!(fs::read_dir(folder.0.join("infra/reports")).unwrap().count(), MARKS.len());
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = folder("cli-unwritable");
    #[rustfmt::skip]
    let cases: &[(&[&str], &str)] = &[
        (&["--format", "json", "--format", "concise"], "only one format can be written to standard output"),
        (&["--format", "json=a", "--format", "sarif=a"], "two formats cannot both be written to `a`"),
        (&["--format", "json="], "`json=` names no file"),
        (&["--format", "sarfi"], "a similar value exists: 'sarif'"),
        (&["--format", "sarfi=x"], "a similar value exists: 'sarif'"),
        (&["--format", "none"], "possible values: terminal, concise, json, sarif, github, azure, gitlab, junit, markdown"),
        (&["--sarif-profile", "azure"], "a similar value exists: 'azure-devops'"),
        (&["--format", "json=nowhere/a.json"], "error: `nowhere/a.json` cannot be written: "),
        (&["--format", "json=reports"], "error: `reports` cannot be written: "),
        (&["--exit-zero", "--format", "json=reports"], "error: `reports` cannot be written: "),
        #[cfg(target_os = "linux")]
        (&["--format", "json=/dev/full"], "error: `/dev/full` cannot be written: "),
    ];
    for (args, err) in cases {
        let ran = lint(&folder, args, &[]);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(err), "{args:?}: {}", ran.err);
    }
    // What could be written is there.
    let ran = lint(&folder, &["--format", "concise", "--format", "json=nowhere/a.json"], &[]);
    assert_eq!((ran.code, marks(&ran.out)), (2, vec!["concise"]), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn files_are_replaced_and_links_and_devices_stay() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    let folder = folder("cli-replaced");
    let old = folder.0.join("infra/reports/old.json");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("reports/old.json", folder.0.join("infra/link.json")).unwrap();
    let before = fs::read_to_string(&old).unwrap();
    // What a link of the project leads to is not what was named.
    let ran = lint(&folder, &["--format", "json=link.json", "--format", "sarif=/dev/null"], &[]);
    assert_eq!((ran.code, fs::read_to_string(&old).unwrap()), (2, before), "{}", ran.err);
    assert!(ran.err.contains("error: `link.json` cannot be written: it is a symbolic link"), "{}", ran.err);
    let ran = lint(&folder, &["--format", "json=reports/old.json", "--format", "sarif=/dev/null"], &[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(marks(&fs::read_to_string(&old).unwrap()), ["json"]);
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::symlink_metadata(folder.0.join("infra/link.json")).unwrap().is_symlink());
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn paths_of_code_scanning_start_at_the_repository() {
    let folder = folder("cli-paths");
    let whole = folder.0.join("infra/main.bicep");
    for path in [".", "main.bicep", "../infra", whole.to_str().unwrap()] {
        let ran = lint(&folder, &["--format", "sarif", path], &[]);
        assert!(ran.out.contains("\"uri\": \"infra/main.bicep\""), "{path}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains("\"uriBaseId\": \"%SRCROOT%\""), "{path}: {}", ran.out);
    }
}
