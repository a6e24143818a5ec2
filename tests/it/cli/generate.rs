//! `armguard completions` and `armguard man` tell all that the command line knows.

use std::process::Command;

/// The exit code, what is printed, and what is complained of.
fn run(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_armguard")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The commands that `armguard --help` lists.
fn commands() -> Vec<String> {
    let (_, help, _) = run(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    list.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).filter(|name| name != "help").collect()
}

/// The long options that `armguard <command> --help` lists.
fn options(command: &str) -> Vec<String> {
    let (_, help, _) = run(&[command, "--help"]);
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let names =
        lines.filter_map(|line| line.split("--").nth(1)?.split(|c: char| c != '-' && !c.is_alphabetic()).next());
    names.map(str::to_owned).collect()
}

#[test]
fn shells_complete_commands_and_options() {
    let mut words = commands();
    words.extend(options("lint"));
    assert!(words.iter().any(|word| word == "expand") && words.iter().any(|word| word == "fail-on"), "{words:?}");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, _) = run(&["completions", shell]);
        assert_eq!(code, 0, "{shell}");
        for word in &words {
            assert!(script.contains(word), "{shell}: no `{word}`");
        }
    }
    let (code, _, complaint) = run(&["completions", "csh"]);
    assert!(code == 2 && complaint.contains("[possible values: bash, "), "{complaint}");
}

#[test]
fn each_command_has_a_manual_page() {
    for command in commands() {
        let (code, page, complaint) = run(&["man", &command]);
        assert_eq!(code, 0, "{complaint}");
        let title = format!(".TH armguard-{command} 1  \"armguard {}\" armguard\n", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&title), "{page}");
        for option in options(&command) {
            assert!(page.contains(&option.replace('-', "\\-")), "{command}: no `{option}`");
        }
    }
    let (code, page, _) = run(&["man"]);
    assert!(code == 0 && page.contains("armguard\\-lint(1)"), "{page}");
    let (code, _, complaint) = run(&["man", "lnit"]);
    assert!(code == 2 && complaint.contains("there is no command `lnit`"), "{complaint}");
}
