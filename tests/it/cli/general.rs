//! The program as people run it: arguments and standard input in; exit code, output and errors out.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::cli_folder::Folder;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in `folder` with an environment that says nothing about terminals.
fn run(folder: &Folder, args: &[&str], stdin: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    let build_servers = ["GITHUB_ACTIONS", "TF_BUILD"];
    for variable in
        ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"].iter().chain(&build_servers)
    {
        command.env_remove(variable);
    }
    command.current_dir(&folder.0).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that stops before it has read everything is right to do so.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn exit_codes_and_words() {
    let folder =
        Folder::new("cli", &[("notes/readme.md", "# none\n"), ("notes/package.json", "{ \"name\": \"x\" }\n")]);
    #[rustfmt::skip]
    let cases: &[(&[&str], i32, &str, &str)] = &[
        // arguments, exit code, part of the output, part of the errors
        (&["--version"], 0, concat!("armguard ", env!("CARGO_PKG_VERSION"), "\n"), ""),
        (&["--help"], 0, "armguard lint main.bicep", ""),
        (&["lint", "--help"], 0, "Exit codes:", ""),
        (&[], 2, "", "Usage: armguard <COMMAND>"),
        (&["lnit"], 2, "", "similar subcommand exists: 'lint'"),
        (&["lint"], 0, "Nothing to lint", ""),
        (&["lint", "notes"], 0, "Nothing to lint", ""),
        (&["lint", "--format", "concise"], 0, "", "Nothing to lint"),
        (&["lint", "--format", "json"], 0, "\"version\": 1,", ""),
        (&["lint", "nowhere"], 2, "", "error: `nowhere` does not exist"),
        (&["lint", "--exit-zero", "nowhere"], 2, "", "error: `nowhere` does not exist"),
        (&["lint", "--fail-on", "worst"], 2, "", "[possible values: info, low, medium, high]"),
        (&["lint", "--stdin-filename", "x.bicep"], 2, "", "add `-` to read it"),
        (&["lint", "--select", "aks-defender-profil"], 2, "", "did you mean `aks-defender-profile`?"),
        (&["lint", "--ignore", "limit-reached,nonsense"], 2, "", "there is no rule `nonsense`"),
        (&["lint", "--select", "aks-defender-profile", "--ignore", "syntax-error"], 0, "Nothing to lint", ""),
        (&["rules"], 0, "aks-defender-profile ", ""),
        (&["explain", "aks-defender-profile"], 0, "# aks-defender-profile\n", ""),
        (&["explain", "limit-reached"], 0, "Evaluation stopped at a limit", ""),
        (&["explain", "defender-profile"], 2, "", "did you mean `aks-defender-profile`?"),
        (&["explain", "zzz"], 2, "", "`armguard rules` lists them"),
        (&["explain"], 2, "", "<RULE>"),
    ];
    for (args, code, out, err) in cases {
        let ran = run(&folder, args, b"");
        let case = format!("{args:?}: {}\n{}\n{}", ran.code, ran.out, ran.err);
        assert_eq!(ran.code, *code, "{case}");
        assert!(ran.out.contains(out) && ran.err.contains(err), "{case}");
        assert_eq!(ran.err.is_empty(), err.is_empty(), "{case}");
        assert!(!ran.out.contains('\x1b') && !ran.err.contains('\x1b'), "{case}");
    }
}

#[test]
fn every_diagnostic_has_an_explanation() {
    let folder = Folder::new("cli-explain", &[]);
    for code in armguard::source::ProblemCode::ALL {
        let ran = run(&folder, &["explain", code.id()], b"");
        assert_eq!((ran.code, ran.out.starts_with(&format!("# {}\n\n", code.id()))), (0, true), "{}", ran.out);
    }
}

#[test]
fn standard_input() {
    let folder = Folder::new("cli-stdin", &[]);
    #[rustfmt::skip]
    let cases: &[(&[&str], &[u8], i32, &str)] = &[
        (&["lint", "-"], b"param x string\n", 0, ""),
        (&["lint", "-"], b"param x\xff", 2, "standard input is not UTF-8 (first bad byte at offset 7)"),
        (&["lint", "-", "nowhere"], b"", 2, "`nowhere` does not exist"),
    ];
    for (args, stdin, code, err) in cases {
        let ran = run(&folder, args, stdin);
        assert_eq!(ran.code, *code, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(err) && ran.err.is_empty() == err.is_empty(), "{args:?}: {}", ran.err);
    }
    let huge = vec![b' '; armguard::lint::FILE_LIMIT as usize + 1];
    let ran = run(&folder, &["lint", "-"], &huge);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("which is the limit"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written() {
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        command.args(["explain", "aks-defender-profile"]).stderr(Stdio::piped());
        command
    };
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program().stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the output cannot be written"));

    // A reader that went away (`… | head`) is no error.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program().stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// A cluster without Defender.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { name: 'aks', location: 'westeurope', properties: { dnsPrefix: 'x', agentPoolProfiles: [] } }\n";

#[test]
fn exit_codes_by_what_is_found() {
    let open = format!("param profile object\n{}", BARE.replace("[] }", "[], securityProfile: profile }"));
    let caller = |module: &str| format!("module m '{module}' = {{ name: 'm' }}\n");
    let folder = Folder::new(
        "cli-found",
        &[
            ("high/main.bicep", BARE),
            ("open/main.bicep", &open),
            ("clean/main.bicep", "param x string\n"),
            ("broken/main.bicep", "param x =\n"),
            ("lost/main.bicep", &caller("nowhere.bicep")),
            ("registry/main.bicep", &caller("br/public:avm/res/none:1.0.0")),
            ("mixed/bad.bicep", ""),
            ("mixed/good.bicep", BARE),
            ("shape/main.bicep/readme.md", "a folder with the name of a template\n"),
        ],
    );
    std::fs::write(folder.0.join("mixed/bad.bicep"), b"param x string = '\xff'\n").unwrap();
    #[cfg(unix)]
    for (link, target) in [("link/main.bicep", "nowhere.bicep"), ("link/loop.bicep", "loop.bicep")] {
        std::fs::create_dir_all(folder.0.join("link")).unwrap();
        std::os::unix::fs::symlink(target, folder.0.join(link)).unwrap();
    }
    #[rustfmt::skip]
    let cases: &[(&str, i32, &str)] = &[
        // options and paths, exit code, part of the output
        ("high", 1, "high/main.bicep:1:111: high aks-defender-profile: "),
        ("--fail-on high high", 1, "aks-defender-profile"),
        ("--exit-zero high", 0, "aks-defender-profile"),
        ("--ignore aks-defender-profile high", 0, ""),
        ("--select aks-defender-workspace high", 0, ""),
        ("open", 0, ""),
        ("--show-undetermined open", 0, "undetermined aks-defender-profile: the check of `aks` waits for parameter `profile`"),
        ("--strict open", 1, "undetermined aks-defender-profile"),
        ("--strict --exit-zero open", 0, "undetermined aks-defender-profile"),
        ("clean", 0, ""),
        ("clean high", 1, "aks-defender-profile"),
        ("broken", 1, "broken/main.bicep:1:10: error syntax-error: "),
        ("--fail-on high broken", 1, "syntax-error"),
        ("--ignore syntax-error broken", 0, ""),
        ("lost", 1, "lost/main.bicep:1:10: error module-not-found: "),
        ("registry", 0, "registry/main.bicep:1:10: note module-not-read: "),
        ("--strict registry", 0, "module-not-read"),
        ("mixed", 1, "mixed/bad.bicep: error unreadable-file: this file is not UTF-8"),
        ("mixed", 1, "mixed/good.bicep:1:111: high aks-defender-profile"),
        ("mixed/bad.bicep", 2, "mixed/bad.bicep: error unreadable-file"),
        ("--exit-zero mixed/bad.bicep", 2, "mixed/bad.bicep: error unreadable-file"),
        ("shape", 0, ""),
        #[cfg(unix)]
        ("link", 1, "link/main.bicep: error unreadable-file"),
        #[cfg(unix)]
        ("link", 1, "link/loop.bicep: error unreadable-file"),
    ];
    for (args, code, out) in cases {
        let args: Vec<&str> =
            ["lint", "--format", "concise"].into_iter().chain(args.split_ascii_whitespace()).collect();
        let ran = run(&folder, &args, b"");
        assert_eq!(ran.code, *code, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(out) && ran.out.is_empty() == out.is_empty(), "{args:?}: {}{}", ran.out, ran.err);
    }
}
