//! `armguard lint --fix`, `--diff` and `--fix-only`, on disk: what is said, and that a file is always whole.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::cli_folder::Folder;
use crate::support::folder_names::names;

const LAW: &str =
    "resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {\n  name: 'law'\n}\n\n";
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
    location: 'westeurope'\n  properties: {\n    dnsPrefix: 'a'\n    agentPoolProfiles: []\n  }\n}\n";
const PROFILE: &str = "    securityProfile: {\n      defender: {\n        logAnalyticsWorkspaceResourceId: law.id\n        \
    securityMonitoring: {\n          enabled: true\n        }\n      }\n    }\n";

/// A template that can be mended safely.
fn safe() -> String {
    format!("{LAW}{BARE}")
}

/// What it becomes.
fn fixed() -> String {
    safe().replace("agentPoolProfiles: []\n", &format!("agentPoolProfiles: []\n{PROFILE}"))
}

/// A template that can be mended by a new parameter only.
const UNSAFE: &str = BARE;

/// A template in which a condition decides.
fn undecided() -> String {
    let cluster = BARE.replace("[]\n", "[]\n    enableRBAC: on\n    securityProfile: on ? { defender: {} } : {}\n");
    format!("param on bool = false\n\n{LAW}{cluster}")
}

fn armguard(folder: &Folder, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_armguard")).args(arguments).current_dir(&folder.0).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn read(folder: &Folder, path: &str) -> String {
    fs::read_to_string(folder.0.join(path)).unwrap()
}

#[test]
fn exit_codes_and_words() {
    const FIXED: &str = "Fixed main.bicep:8: Add the Defender profile with `law` [aks-defender-profile]\n";
    const WOULD: &str = "Would fix main.bicep:8: Add the Defender profile with `law` [aks-defender-profile]\n";
    let (safe, undecided) = (safe(), undecided());
    let safe = safe.as_str();
    /// The text, the options, the exit code, whether the file changes, and the start of what standard error says.
    type Case<'t> = (&'t str, &'t [&'t str], i32, bool, &'t str);
    #[rustfmt::skip]
    let cases: &[Case<'_>] = &[
        (safe, &["--fix"], 0, true, FIXED),
        (safe, &["--fix-only"], 0, true, FIXED),
        (safe, &["--fix", "--unsafe-fixes"], 0, true, FIXED),
        (safe, &["--diff"], 1, false, WOULD),
        (safe, &["--fix", "--diff"], 1, false, WOULD),
        (safe, &["--fix", "--ignore", "aks-defender-profile"], 0, false, ""),
        (UNSAFE, &["--fix"], 1, false, ""),
        (UNSAFE, &["--fix-only"], 1, false, ""),
        (UNSAFE, &["--fix", "--exit-zero"], 0, false, ""),
        (UNSAFE, &["--diff"], 0, false, ""),
        (UNSAFE, &["--fix", "--unsafe-fixes"], 0, true, "Fixed main.bicep:4: Add the Defender profile with a new parameter"),
        (UNSAFE, &["--diff", "--unsafe-fixes"], 1, false, "Would fix main.bicep:4: "),
        (&undecided, &["--fix", "--unsafe-fixes"], 1, false, ""),
        (&undecided, &["--diff", "--unsafe-fixes"], 0, false, ""),
        (safe, &["--unsafe-fixes"], 2, false, "error: `--unsafe-fixes` goes with"),
        (safe, &["--fix-only", "--diff"], 2, false, "error: the argument '--fix-only' cannot be used with '--diff'"),
    ];
    let folder = Folder::new("fix-words", &[]);
    for (template, options, code, changes, said) in cases {
        folder.write("main.bicep", template);
        let output = armguard(&folder, &[&["lint", "--format", "concise", "main.bicep"], *options].concat());
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{options:?}: {error}");
        let tells = ["Fixed ", "Would fix ", "Not fixed ", "error: "].iter().any(|start| error.starts_with(start));
        assert!(error.starts_with(said) && tells != said.is_empty(), "{options:?}: {error}");
        assert_eq!(read(&folder, "main.bicep") != *template, *changes, "{options:?}");
        let says = !output.stdout.is_empty();
        let finds = *code == 1 && !options.contains(&"--fix-only") || options.contains(&"--exit-zero");
        assert_eq!(says, finds, "{options:?}: {}", text(&output.stdout));
    }
}

#[test]
fn diffs_can_be_applied() {
    let arm = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0", "resources": [
  { "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01", "name": "aks",
    "properties": { "dnsPrefix": "a", "agentPoolProfiles": [],
      "securityProfile": { "defender": { "logAnalyticsWorkspaceResourceId": "[resourceId('Microsoft.OperationalInsights/workspaces', 'l')]",
        "securityMonitoring": { "enabled": false } } } } }
] }"#;
    let templates = [
        ("main.bicep", safe()),
        ("infra/dev/main.bicep", safe().replace('\n', "\r\n")),
        ("with blank/main.bicep", safe().trim_end().to_owned()),
        ("bom.bicep", format!("\u{feff}{}", safe())),
        ("main.json", arm.to_owned()),
    ];
    let files: Vec<(&str, &str)> = templates.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let by_fix = Folder::new("diff-by-fix", &files);
    assert_eq!(armguard(&by_fix, &["lint", "--fix", "."]).status.code(), Some(0));
    for (name, program, arguments) in [
        ("diff-by-git", "git", ["apply", "--whitespace=nowarn", "../change.diff"]),
        ("diff-by-patch", "patch", ["-p1", "--binary", "--input=../change.diff"]),
    ] {
        let folder = Folder::new(name, &[]);
        let project = folder.0.join("project");
        for (path, text) in &files {
            folder.write(&format!("project/{path}"), text);
        }
        let run =
            Command::new(env!("CARGO_BIN_EXE_armguard")).args(["lint", "--diff", "."]).current_dir(&project).output();
        fs::write(folder.0.join("change.diff"), run.unwrap().stdout).unwrap();
        let Ok(applied) = Command::new(program).args(arguments).current_dir(&project).output() else { continue };
        let said = text(&applied.stdout) + &text(&applied.stderr);
        assert!(applied.status.success(), "{program}: {said}\n{}", read(&folder, "change.diff"));
        for (path, _) in &files {
            assert_eq!(read(&folder, &format!("project/{path}")), read(&by_fix, path), "{program} {path}");
        }
    }
}

#[test]
fn standard_input() {
    use std::io::Write;
    use std::process::Stdio;
    let folder = Folder::new("fix-stdin", &[]);
    let run = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        command.arg("lint").args(options).arg("-").current_dir(&folder.0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(safe().as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let diff = run(&["--diff"]);
    assert_eq!(diff.status.code(), Some(1), "{}", text(&diff.stderr));
    assert!(text(&diff.stdout).starts_with("--- a/stdin.bicep\n+++ b/stdin.bicep\n@@ "), "{}", text(&diff.stdout));
    let fix = run(&["--fix"]);
    assert_eq!(fix.status.code(), Some(2));
    assert!(text(&fix.stderr).contains("`--diff` shows what would change"), "{}", text(&fix.stderr));
}

/// In the log of a build server, nothing of a template is obeyed; other programs and files get the exact diff.
#[test]
fn diffs_in_logs() {
    let hostile = "    /* ##vso[task.complete] \u{1b}[31m\n::error::oh no */\n    agentPoolProfiles";
    let folder = Folder::new("fix-logs", &[("main.bicep", &safe().replace("    agentPoolProfiles", hostile))]);
    for (variable, value) in [("NONE", ""), ("GITHUB_ACTIONS", "true"), ("TF_BUILD", "True")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        command.args(["lint", "--diff", "main.bicep"]).current_dir(&folder.0).env(variable, value);
        let output = command.output().unwrap();
        let (shown, said) = (text(&output.stdout), text(&output.stderr));
        let obeyed = ["##vso[", "\u{1b}", " ::error"].map(|command| shown.contains(command));
        assert_eq!(obeyed, [variable == "NONE"; 3], "{variable}: {shown}");
        assert_eq!(said.contains("not all characters are shown"), variable != "NONE", "{said}");
        let file = fs::File::create(folder.0.join("change.diff")).unwrap();
        command.stdout(file).output().unwrap();
        assert!(read(&folder, "change.diff").contains("##vso["), "{variable}");
    }
}

/// However it ends, the file is the old or the new one.
#[test]
fn killed_at_any_time() {
    let folder = Folder::new("fix-killed", &[]);
    let mut outcomes = [0, 0];
    for round in 0..60_u64 {
        folder.write("main.bicep", &safe());
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        let mut running = command.args(["lint", "--fix-only", "."]).current_dir(&folder.0).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 700));
        running.kill().unwrap();
        running.wait().unwrap();
        let left = read(&folder, "main.bicep");
        let is_new = left == fixed();
        assert!(is_new || left == safe(), "{round}: {left}");
        outcomes[usize::from(is_new)] += 1;
    }
    assert!(outcomes[0] > 0, "some are killed in time: {outcomes:?}");
    // What they left is in nobody's way.
    folder.write("main.bicep", &safe());
    assert_eq!(armguard(&folder, &["lint", "--fix", "."]).status.code(), Some(0));
    assert_eq!(read(&folder, "main.bicep"), fixed());
}

#[test]
fn encoding_is_kept() {
    for (name, before, after) in [
        ("bom", format!("\u{feff}{}", safe()), format!("\u{feff}{}", fixed())),
        ("crlf", safe().replace('\n', "\r\n"), fixed().replace('\n', "\r\n")),
    ] {
        let folder = Folder::new(&format!("fix-{name}"), &[("main.bicep", &before)]);
        assert_eq!(armguard(&folder, &["lint", "--fix", "."]).status.code(), Some(0), "{name}");
        assert_eq!(read(&folder, "main.bicep"), after, "{name}");
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn set_mode(folder: &Folder, path: &str, mode: u32) {
        fs::set_permissions(folder.0.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn permissions_and_links_are_kept() {
        let folder = Folder::new("fix-links", &[("shared/aks.bicep", &safe())]);
        set_mode(&folder, "shared/aks.bicep", 0o640);
        symlink("shared/aks.bicep", folder.0.join("main.bicep")).unwrap();
        assert_eq!(armguard(&folder, &["lint", "--fix", "main.bicep"]).status.code(), Some(0));
        assert_eq!(read(&folder, "shared/aks.bicep"), fixed());
        assert!(fs::symlink_metadata(folder.0.join("main.bicep")).unwrap().is_symlink());
        let mode = fs::metadata(folder.0.join("shared/aks.bicep")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(names(&folder.0.join("shared")), ["aks.bicep"]);
    }

    #[test]
    fn read_only_files_stay() {
        let folder = Folder::new("fix-read-only", &[("a.bicep", &safe()), ("b.bicep", &safe())]);
        set_mode(&folder, "b.bicep", 0o444);
        let output = armguard(&folder, &["lint", "--fix", "."]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert_eq!(said, "error: `b.bicep` cannot be written: it is read-only; no file was changed\n");
        assert_eq!((read(&folder, "a.bicep"), read(&folder, "b.bicep")), (safe(), safe()));
        assert_eq!(names(&folder.0), [".git", "a.bicep", "b.bicep"]);
    }

    /// A disk that takes no more: `ulimit -f` stands for it. A process that ignores the signal gets an error; one that
    /// does not is killed while it writes.
    #[test]
    fn full_disk() {
        let long = format!("{}// {}\n", safe(), "x".repeat(5000));
        for (name, before) in [("error", "trap '' XFSZ; "), ("kill", "")] {
            let folder = Folder::new(&format!("fix-full-{name}"), &[("main.bicep", &long)]);
            let script =
                format!("{before}ulimit -f 1; exec '{}' lint --fix main.bicep", env!("CARGO_BIN_EXE_armguard"));
            let output = Command::new("sh").args(["-c", &script]).current_dir(&folder.0).output().unwrap();
            assert_eq!(read(&folder, "main.bicep"), long, "{name}");
            if name == "error" {
                let said = text(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{said}");
                assert!(said.starts_with("error: `main.bicep` cannot be written: File too large"), "{said}");
                assert_eq!(names(&folder.0), [".git", "main.bicep"]);
            } else {
                assert_eq!(output.status.code(), None, "it is killed");
            }
            // What a killed process leaves is in nobody's way.
            assert_eq!(armguard(&folder, &["lint", "--fix", "."]).status.code(), Some(0), "{name}");
            assert!(read(&folder, "main.bicep").contains(PROFILE), "{name}");
        }
    }

    #[test]
    fn output_that_cannot_be_written() {
        if !Path::new("/dev/full").exists() {
            return;
        }
        let folder = Folder::new("fix-dev-full", &[("main.bicep", &safe())]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command.args(["lint", "--diff", "."]).current_dir(&folder.0).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("the output cannot be written"), "{}", text(&output.stderr));
    }
}

/// However many run at once, the file is the old or the new one, and nobody leaves anything behind.
#[test]
fn several_at_once() {
    let folder = Folder::new("fix-at-once", &[("main.bicep", &safe())]);
    for _ in 0..5 {
        folder.write("main.bicep", &safe());
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
            command.args(["lint", "--fix-only", "."]).current_dir(&folder.0).output()
        };
        let outputs: Vec<Output> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert_eq!(read(&folder, "main.bicep"), fixed());
        assert_eq!(names(&folder.0), [".git", "main.bicep"]);
        for output in outputs {
            let said = text(&output.stderr);
            let lost = output.status.code() == Some(2) && said.contains("it has changed since it was read");
            assert!(output.status.success() || lost, "{said}");
        }
    }
}
