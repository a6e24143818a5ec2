//! Writing where or what nobody asked for; ends of a run.
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::cli_folder::Folder;
use super::folder_names::names;
use super::program::{self, AMPLE, run};

/// A template that can be fixed safely.
const FIXABLE: &str = "\
resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law'
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    dnsPrefix: 'a'
    agentPoolProfiles: []
  }
}
";

/// Commands that write into what they found.
const CHANGES: [&[&str]; 3] =
    [&["lint", "--fix"], &["lint", "--fix-only", "--unsafe-fixes"], &["lint", "--add-ignores", "later"]];

/// A folder that is a repository, beside a folder that is not of it.
fn project(name: &str, files: &[(&str, &str)]) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new(&format!("writes-{name}"), files);
    let project = folder.0.join("project");
    fs::create_dir_all(project.join(".git/hooks")).unwrap();
    (folder, project)
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// What a change may commit: links of all kinds, where a report of the checkout is to go.
#[test]
fn reports_never_go_through_a_link_or_into_git() {
    let (folder, project) = project("reports", &[("victim/file", "old"), ("project/main.bicep", FIXABLE)]);
    symlink("../victim/file", project.join("link.sarif")).unwrap();
    symlink("../victim", project.join("out")).unwrap();
    symlink("../victim/new", project.join("dangling.sarif")).unwrap();
    symlink(".git/hooks", project.join("reports")).unwrap();
    let absolute = format!("{}/out/file", project.display());
    let targets = [
        "link.sarif",
        "dangling.sarif",
        "out/file",
        "out/new",
        "./out/../out/file",
        "reports/pre-commit",
        ".git/hooks/pre-commit",
        ".GIT/hooks/pre-commit",
        &absolute,
    ];
    fs::create_dir_all(project.join(".GIT/hooks")).unwrap();
    for target in targets {
        for arguments in [
            &["lint", "--format", &format!("sarif={target}"), "main.bicep"][..],
            &["lint", "--write-baseline", target, "main.bicep"],
        ] {
            let run = run(&project, arguments);
            run.ends_with(&[2]).says(target).says("cannot be written");
            assert_eq!(read(folder.0.join("victim/file")), "old", "{arguments:?}");
            assert_eq!(names(&folder.0.join("victim")), ["file"], "{arguments:?}");
            assert!(names(&project.join(".git/hooks")).is_empty(), "{arguments:?}");
            assert!(names(&project.join(".GIT/hooks")).is_empty(), "{arguments:?}");
        }
    }
    // What the user says with no link in it is written, wherever it is.
    for target in ["new.sarif", "../victim/new.sarif", "main.sarif"] {
        run(&project, &["lint", "--format", &format!("sarif={target}"), "main.bicep"]).ends_with(&[1]);
        assert!(read(project.join(target)).contains("\"runs\""), "{target}");
    }
}

/// A shell gives `/dev/fd/63` for `>(…)`, and people name `/dev/stdout`, a pipe, or `/dev/null`.
#[test]
fn devices_and_pipes_that_are_named_are_written_to() {
    let (folder, project) = project("devices", &[("project/main.bicep", FIXABLE)]);
    let pipe = project.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.args(["-c", script]).current_dir(&project).env("armguard", program::program());
        command.env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
    };
    for script in [
        "$armguard lint --format concise --format sarif=/dev/stdout main.bicep 2>/dev/null",
        "$armguard lint --format concise=/dev/null --format sarif=/dev/stderr main.bicep 2>&1 >/dev/null",
        "$armguard lint --format sarif=>(cat >written) main.bicep >/dev/null 2>&1; sleep 0.5; cat written",
        "cat pipe & $armguard lint --format sarif=pipe main.bicep >/dev/null 2>&1; wait",
        // Where standard output is a file, this goes on where that ends.
        "echo first >all; $armguard lint --format sarif=/dev/stdout main.bicep >>all 2>/dev/null; cat all",
    ] {
        let printed = String::from_utf8(shell(script).stdout).unwrap();
        assert!(printed.contains("\"runs\""), "{script}: {printed}");
        assert!(!script.contains("first") || printed.starts_with("first\n"), "{printed}");
    }
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    // But not where a link leads to one.
    symlink("/dev/null", project.join("null")).unwrap();
    run(&project, &["lint", "--format", "sarif=null", "main.bicep"]).ends_with(&[2]).says("it is a symbolic link");
    drop(folder);
}

/// Modules, links and parameter files lead out of the repository, and the files there are as bad.
#[test]
fn fixes_and_ignores_stay_in_the_project() {
    for command in CHANGES {
        let (folder, project) = project(
            &format!("outside{}", command.len()),
            &[
                ("outside/o.bicep", FIXABLE),
                ("outside/u.bicep", FIXABLE),
                ("project/main.bicep", "module a '../outside/o.bicep' = { name: 'a' }\n"),
                ("project/u.bicepparam", "using '../outside/u.bicep'\n"),
                ("project/bad.bicep", FIXABLE),
            ],
        );
        fs::write(project.join(".git/hooks/x.bicep"), FIXABLE).unwrap();
        symlink(".git/hooks/x.bicep", project.join("l.bicep")).unwrap();
        symlink("../outside/o.bicep", project.join("m.bicep")).unwrap();
        run(&project, &[command, &["."]].concat());
        for path in ["outside/o.bicep", "outside/u.bicep", "project/.git/hooks/x.bicep"] {
            assert_eq!(read(folder.0.join(path)), FIXABLE, "{command:?} {path}");
        }
        assert_ne!(read(project.join("bad.bicep")), FIXABLE, "{command:?}: the others are written");
        assert!(fs::symlink_metadata(project.join("l.bicep")).unwrap().is_symlink(), "{command:?}");
    }
}

/// While the program works, a folder that it has read becomes a link to one with the same files elsewhere.
#[test]
fn a_folder_that_becomes_a_link_meanwhile() {
    const MANY: usize = 40;
    for round in 0..12 {
        let (folder, project) = project("swapped", &[]);
        for number in 0..MANY {
            folder.write(&format!("project/sub/{number}.bicep"), FIXABLE);
            folder.write(&format!("victim/{number}.bicep"), FIXABLE);
        }
        let mut command = program::command(&project, AMPLE);
        command.args(["lint", "--fix-only", "."]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(10 + 25 * round));
        fs::rename(project.join("sub"), project.join("moved")).unwrap();
        symlink("../victim", project.join("sub")).unwrap();
        child.wait().unwrap();
        for number in 0..MANY {
            assert_eq!(read(folder.0.join(format!("victim/{number}.bicep"))), FIXABLE, "round {round}");
        }
        assert_eq!(names(&folder.0.join("victim")).len(), MANY, "round {round}");
    }
}

/// A folder of rules that is a link out of the project.
#[test]
fn pages_of_rules_are_not_blessed_through_a_link() {
    let page = format!(
        "---\nseverity: low\nresource: Contoso.Shop/carts\nnoun: cart\nset: posture\nrequire: {{ path: properties.locked, \
         equals: true }}\nmessage: The {{noun}} is open.\nhelp: Lock it.\n---\n# cart-lock\n\nA cart is open.\n\n## Why\n\nIt \
         is.\n\n## Remediation\n\nLock it.\n\n## Examples\n\n```bicep fail\n{cart}false }}\n}}\n```\n\n```text \
         finding\nsomething else\n```\n\n```bicep pass\n{cart}true }}\n}}\n```\n",
        cart = "resource cart 'Contoso.Shop/carts@2024-01-01' = {\n  name: 'cart'\n  properties: { locked: "
    );
    let (folder, project) = project("blessed", &[("outside/cart-lock.md", &page), ("project/own/cart-lock.md", &page)]);
    symlink("../outside", project.join("rules")).unwrap();
    run(&project, &["test", "rules", "--bless"]).ends_with(&[2]);
    assert_eq!(read(folder.0.join("outside/cart-lock.md")), page);
    run(&project, &["test", "own", "--bless"]).ends_with(&[0]);
    assert_ne!(read(project.join("own/cart-lock.md")), page);
}

/// What a rename would lose: other names of the file, its owner, what is noted with it.
#[test]
fn what_belongs_to_a_file_is_kept_or_the_file_is_left() {
    for (at, command) in CHANGES.into_iter().enumerate() {
        let (folder, project) = project(
            &format!("kept{at}"),
            &[("project/linked.bicep", FIXABLE), ("project/noted.bicep", FIXABLE), ("project/owned.bicep", FIXABLE)],
        );
        fs::hard_link(project.join("linked.bicep"), folder.0.join("other-name")).unwrap();
        let is_noted =
            rustix::fs::setxattr(project.join("noted.bicep"), "user.note", b"kept", rustix::fs::XattrFlags::empty());
        // Only root gives files away.
        let is_given = std::os::unix::fs::chown(project.join("owned.bicep"), Some(1234), Some(4321));
        let run = run(&project, &[command, &["."]].concat());
        run.says("linked.bicep").says("hard links");
        assert_eq!(read(project.join("linked.bicep")), FIXABLE, "{command:?}");
        assert_eq!(read(folder.0.join("other-name")), FIXABLE, "{command:?}");
        for name in ["noted.bicep", "owned.bicep"] {
            assert_ne!(read(project.join(name)), FIXABLE, "{command:?}: {name} is written");
        }
        if is_noted.is_ok() {
            let mut value = Vec::with_capacity(16);
            let buffer = rustix::buffer::spare_capacity(&mut value);
            rustix::fs::getxattr(project.join("noted.bicep"), "user.note", buffer).unwrap();
            assert_eq!(value, b"kept", "{command:?}");
        }
        if is_given.is_ok() {
            let owned = fs::metadata(project.join("owned.bicep")).unwrap();
            assert_eq!((owned.uid(), owned.gid()), (1234, 4321), "{command:?}");
        }
    }
}

/// A run that is told to stop while it writes: every file is the old or the new one, nothing lies beside them, and it is
/// said which are which.
#[test]
fn interrupted_while_it_writes() {
    const MANY: usize = 300;
    let (folder, project) = project("interrupted", &[]);
    let is_beside = |name: &String| name.ends_with(".tmp");
    let mut interrupted = 0;
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM].into_iter().cycle().take(6) {
        for number in 0..MANY {
            folder.write(&format!("project/{number}.bicep"), FIXABLE);
        }
        let mut command = program::command(&project, AMPLE);
        command.args(["lint", "--add-ignores", "later", "."]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let start = Instant::now();
        while !names(&project).iter().any(is_beside) && start.elapsed() < Duration::from_secs(60) {
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        let id = rustix::process::Pid::from_child(&child);
        let _ = rustix::process::kill_process(id, signal);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        use std::os::unix::process::ExitStatusExt;
        let left: Vec<String> = names(&project).into_iter().filter(is_beside).collect();
        assert!(left.is_empty(), "{signal:?}: {left:?}\n{said}");
        let changed = (0..MANY).filter(|number| read(project.join(format!("{number}.bicep"))) != FIXABLE).count();
        if output.status.signal() == Some(signal.as_raw()) {
            interrupted += 1;
            let expected = match changed {
                0 => None,
                MANY => None,
                _ => Some("written: "),
            };
            assert!(expected.is_none_or(|expected| said.contains(expected)), "{changed} changed: {said}");
        }
    }
    assert!(interrupted > 0, "some were interrupted");
}
