//! What the operating system refuses a run.
#![cfg(target_os = "linux")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use armguard::cli::sandbox::{Readable, SandboxState, restrict};

use crate::attack::program::{program, run};
use crate::support::cli_folder::Folder;

/// A project at `root` in a folder, and what lies around it.
fn project(name: &str) -> Folder {
    #[rustfmt::skip]
    let folder = Folder::new(name, &[
        ("root/main.bicep", ""), ("root/sub/a.bicep", ""), ("root/.git/config", "token"), ("root/.git/index", "DIRC"),
        ("root/sub/run.sh", "#!/bin/sh\n"), ("sibling/b.bicep", ""), ("outside", "secret"), ("cache/br/main.json", ""),
        ("named.json", ""),
    ]);
    let at = |path: &str| folder.0.join(path);
    symlink("../outside", at("root/file.bicep")).unwrap();
    symlink("../sibling", at("root/folder")).unwrap();
    symlink(".git/config", at("root/git.bicep")).unwrap();
    fs::set_permissions(at("root/sub/run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn readable(folder: &Folder) -> Readable {
    let at = |path: &str| folder.0.canonicalize().unwrap().join(path);
    Readable {
        folders: vec![at("root"), at("not-there")],
        trees: vec![at("cache")],
        files: vec![at("named.json"), at("root/.git/index")],
    }
}

type Attempt = (&'static str, fn(&Path) -> io::Result<()>);

fn open(path: impl AsRef<Path>) -> io::Result<()> {
    File::open(path).map(drop)
}

fn list(path: impl AsRef<Path>) -> io::Result<()> {
    fs::read_dir(path).map(drop)
}

fn execute(path: impl AsRef<Path>) -> io::Result<()> {
    Command::new(path.as_ref()).status().map(drop)
}

/// What may not be done. Each undoes what it does, so that it can be done again.
#[rustfmt::skip]
const REFUSED: &[Attempt] = &[
    ("the configuration of git", |at| open(at.join("root/.git/config"))),
    ("a file outside", |at| open(at.join("outside"))),
    ("a file outside, through a link", |at| open(at.join("root/file.bicep"))),
    ("a file outside, through `..`", |at| open(at.join("root/sub/../../outside"))),
    ("a file in a sibling folder, through a link", |at| open(at.join("root/folder/b.bicep"))),
    ("the configuration of git, through a link", |at| open(at.join("root/git.bicep"))),
    ("a sibling folder", |at| list(at.join("sibling"))),
    ("the folder around", |at| list(at)),
    ("the environment of the process", |_| open("/proc/self/environ")),
    ("the users of the machine", |_| open("/etc/passwd")),
    ("opening a file to write", |at| OpenOptions::new().append(true).open(at.join("root/main.bicep")).map(drop)),
    ("a new file", |at| {
        fs::write(at.join("root/sub/new"), "")?;
        fs::remove_file(at.join("root/sub/new"))
    }),
    ("a new file outside", |at| {
        fs::write(at.join("new"), "")?;
        fs::remove_file(at.join("new"))
    }),
    ("a new folder", |at| {
        fs::create_dir(at.join("root/sub/new"))?;
        fs::remove_dir(at.join("root/sub/new"))
    }),
    ("a new link", |at| {
        symlink("x", at.join("root/sub/new"))?;
        fs::remove_file(at.join("root/sub/new"))
    }),
    ("renaming", |at| {
        fs::rename(at.join("root/main.bicep"), at.join("root/other.bicep"))?;
        fs::rename(at.join("root/other.bicep"), at.join("root/main.bicep"))
    }),
    ("moving a file into the root", |at| {
        fs::rename(at.join("outside"), at.join("root/sub/outside"))?;
        fs::rename(at.join("root/sub/outside"), at.join("outside"))
    }),
    ("a second name for a file outside", |at| {
        fs::hard_link(at.join("outside"), at.join("root/sub/new"))?;
        fs::remove_file(at.join("root/sub/new"))
    }),
    ("removing", |at| {
        fs::remove_file(at.join("root/sub/a.bicep"))?;
        fs::write(at.join("root/sub/a.bicep"), "")
    }),
    ("a program of the system", |_| execute("/bin/true")),
    ("a script of the project", |at| execute(at.join("root/sub/run.sh"))),
];

/// What may be done.
const PERMITTED: &[Attempt] = &[
    ("a file of the root", |at| open(at.join("root/main.bicep"))),
    ("a file below", |at| open(at.join("root/sub/a.bicep"))),
    ("a file below, through the sibling", |at| open(at.join("sibling/../root/sub/a.bicep"))),
    ("the root", |at| list(at.join("root"))),
    ("a folder below", |at| list(at.join("root/sub"))),
    ("the index of git", |at| open(at.join("root/.git/index"))),
    ("the module cache", |at| open(at.join("cache/br/main.json"))),
    ("a file that is named", |at| open(at.join("named.json"))),
    ("whether something is there", |at| at.join("outside").metadata().map(drop)),
    ("the standard streams", |_| io::stderr().write_all(b"")),
];

/// Whether the system can enforce anything; else it is said that it was not checked.
fn is_enforced(state: &SandboxState) -> bool {
    match state {
        SandboxState::Landlock { .. } => true,
        SandboxState::Missing(reason) => {
            // Written past the test runner, so that it is always seen.
            let _ = writeln!(io::stdout(), "The sandbox was NOT checked: {reason}");
            false
        }
    }
}

fn check(place: &str, at: &Path) {
    for (what, attempt) in REFUSED {
        let kind = attempt(at).map_err(|error| error.kind());
        assert_eq!(kind, Err(io::ErrorKind::PermissionDenied), "{what}, {place}");
    }
    for (what, attempt) in PERMITTED {
        attempt(at).unwrap_or_else(|error| panic!("{what}, {place}: {error}"));
    }
}

/// The attempts fail because of the sandbox, and for no other reason.
#[test]
fn all_attempts_succeed_without_a_sandbox() {
    let folder = project("sandbox-none");
    for (what, attempt) in REFUSED.iter().chain(PERMITTED) {
        attempt(&folder.0).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    TcpStream::connect(listener.local_addr().unwrap()).unwrap();
}

#[test]
fn a_sandbox_permits_to_read_what_is_named_and_nothing_else() {
    let folder = Arc::new(project("sandbox-files"));
    let work = {
        let folder = Arc::clone(&folder);
        move || {
            if !is_enforced(&restrict(&readable(&folder))) {
                return;
            }
            check("in the thread itself", &folder.0);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
            pool.install(|| check("in a thread that it started", &folder.0));
        }
    };
    thread::spawn(work).join().unwrap();
    // The others go on as before.
    open(folder.0.join("outside")).unwrap();
}

#[test]
fn a_sandbox_permits_no_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let work = move || match restrict(&Readable::default()) {
        SandboxState::Landlock { tcp: true, .. } => {
            let connected = TcpStream::connect(address).map_err(|error| error.kind());
            assert_eq!(connected.err(), Some(io::ErrorKind::PermissionDenied));
            let bound = TcpListener::bind("127.0.0.1:0").map_err(|error| error.kind());
            assert_eq!(bound.err(), Some(io::ErrorKind::PermissionDenied));
        }
        state => {
            let _ = writeln!(io::stdout(), "That the sandbox permits no TCP was NOT checked: {state}");
        }
    };
    thread::spawn(work).join().unwrap();
    TcpStream::connect(address).unwrap();
}

/// People see whether it holds where they are.
#[test]
fn the_version_says_what_the_system_enforces() {
    let folder = Folder::new("sandbox-version", &[]);
    let state = armguard::cli::sandbox::available();
    run(&folder.0, &["--version", "--verbose"]).ends_with(&[0]).says(&format!("sandbox: {state}\n"));
    assert!(!run(&folder.0, &["--version"]).printed().contains("sandbox"));
}

/// Whether a thread of the program gave up rights while it looked at `folder`.
fn gives_up_rights(folder: &Path, args: &[&str]) -> bool {
    let mut command = Command::new(program());
    command.args(["lint", "--format", "concise"]).args(args).current_dir(folder);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let tasks = format!("/proc/{}/task", child.id());
    let mut found = false;
    while child.try_wait().unwrap().is_none() {
        let threads = fs::read_dir(&tasks).into_iter().flatten().flatten();
        // Landlock can be used by those only who also give up to gain rights by a program.
        found |= threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
            .any(|status| status.contains("NoNewPrivs:\t1"));
        thread::sleep(Duration::from_millis(1));
    }
    found
}

#[test]
fn what_reads_a_project_gives_up_its_rights() {
    let folder = Folder::new("sandbox-lint", &[]);
    for number in 0..400 {
        folder.write(&format!("{number}.bicep"), "param x string\noutput y string = x\n");
    }
    assert!(!gives_up_rights(&folder.0, &["--no-sandbox"]));
    if is_enforced(&armguard::cli::sandbox::available()) {
        assert!(gives_up_rights(&folder.0, &[]));
    }
}
