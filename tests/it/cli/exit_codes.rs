//! Each row of the table in `docs/exit-codes.md` is run.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::cli_folder::Folder;

/// A cluster without Defender, for which there is no workspace.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'aks'\n  \
                    location: 'westeurope'\n  properties: {\n    dnsPrefix: 'a'\n    agentPoolProfiles: []\n  }\n}\n";

/// The workspace that a fix takes.
const WORKSPACE: &str =
    "resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {\n  name: 'law'\n}\n";

/// A rule with examples.
const RULE: &str = "---\nseverity: low\nresource: Contoso.Shop/carts\nnoun: cart\nset: posture\n\
    require: { path: properties.locked, equals: true }\nmessage: The {noun} `{name}` is open.\nhelp: Lock it.\n---\n\
    # cart-lock\n\nA cart is open.\n\n## Why\n\nThings fall out.\n\n## Remediation\n\nLock it.\n\n## Examples\n\n\
    ```bicep fail\nresource cart 'Contoso.Shop/carts@2024-01-01' = {\n  name: 'cart'\n  properties: { locked: false }\n}\n\
    ```\n\n```text finding\nmain.bicep:3:25: low cart-lock: The cart `cart` is open.\n  main.bicep:3:25: decided here\n\
    ```\n\n```bicep pass\nresource cart 'Contoso.Shop/carts@2024-01-01' = {\n  name: 'cart'\n  \
    properties: { locked: true }\n}\n```\n";

/// A row of the table.
#[derive(Debug)]
struct Row {
    command: String,
    happened: Vec<String>,
    options: String,
    exit: i32,
}

/// The rows of all tables with these columns.
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-codes.md")).unwrap();
    let table = page.lines().skip_while(|line| *line != "| Command | What happened | Options | Exit |").skip(2);
    let rows = table.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [command, happened, options, exit] = cells[..] else { panic!("four cells: {line}") };
        Row {
            command: command.trim_matches('`').to_owned(),
            happened: happened.split(" + ").map(str::to_owned).collect(),
            options: options.trim_matches('`').to_owned(),
            exit: exit.parse().unwrap(),
        }
    });
    rows.collect()
}

/// Where standard output goes.
#[derive(Debug, PartialEq)]
enum Out {
    Read,
    Full,
    Closed,
}

/// A deployment of the template that `value` is.
fn deployment(value: &str) -> String {
    format!(
        "resource d 'Microsoft.Resources/deployments@2022-09-01' = {{\n  name: 'd'\n  properties: {{ mode: 'Incremental', \
         template: {value} }}\n}}\n"
    )
}

/// What a row runs.
struct Case {
    folder: Folder,
    /// What the command is given.
    named: Vec<String>,
    out: Out,
    signal: Option<i32>,
}

impl Case {
    /// # Panics
    /// When `row` says what is not known here.
    fn new(at: usize, row: &Row) -> Self {
        let folder = Folder::new(&format!("exit-{at}"), &[("main.bicep", "param x string = ''\n")]);
        let mut case = Self { folder, named: Vec::new(), out: Out::Read, signal: None };
        match row.command.split(' ').next().unwrap() {
            "lint" => case.named.push(".".into()),
            "expand" => case.named.push("main.bicep".into()),
            "test" => case.named.push("house".into()),
            _ => {}
        }
        for happened in &row.happened {
            case.prepare(happened, row);
        }
        case
    }

    fn prepare(&mut self, happened: &str, row: &Row) {
        let write = |text: &str| self.folder.write("main.bicep", text);
        let main = self.folder.0.join("main.bicep");
        match happened {
            "nothing" | "internal error" => {}
            "finding" => {
                write(BARE);
                self.folder.write("empty.bicep", "");
            }
            "low finding" => write(BARE),
            "finding that can be fixed" => write(&format!("{WORKSPACE}{BARE}")),
            "undetermined check" => {
                write(&format!("param p object\n{}", BARE.replace("[]\n", "[]\n    securityProfile: p\n")));
            }
            "syntax error" if row.command == "expand" => write("param x =\n"),
            "syntax error" => self.folder.write("wrong.bicep", "param x =\n"),
            "missing module" => write("module m 'nowhere.bicep' = { name: 'm' }\n"),
            "module not restored" => write("module m 'br/public:avm/res/none:1.0.0' = { name: 'm' }\n"),
            "template that is not known before deployment" => {
                write(&format!("param template object\n{}", deployment("template")));
            }
            "template whose content must not be shown" => {
                self.folder.write("inner.data", "{ \"resources\": [{ \"type\": \"A.b/c\", \"name\": \"x\" }] }");
                write(&deployment("union(loadJsonContent('inner.data'), {})"));
            }
            "limit" => {
                let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
                write(&format!("var v = {deep}\n"));
            }
            "time limit" => {
                self.named.push("--timeout=1".into());
                let work = "var v = reduce(range(0, 9000), 0, (a, b) => a + b)\n";
                for number in 0..900 {
                    let cluster = BARE.replace("'aks'\n", &format!("'aks${{v}}-{number}'\n"));
                    self.folder.write(&format!("work/{number}.bicep"), &format!("{work}{cluster}"));
                }
            }
            "unreadable file in a folder" => {
                fs::write(self.folder.0.join("bad.bicep"), b"param x string = '\xff'\n").unwrap();
            }
            "unreadable file that is named" => {
                fs::write(self.folder.0.join("bad.bicep"), b"param x string = '\xff'\n").unwrap();
                match row.command.as_str() {
                    "expand" => self.named = vec!["bad.bicep".into()],
                    _ => self.named.push("bad.bicep".into()),
                }
            }
            "missing path" => self.named = vec!["nowhere".into()],
            "wrong option" => self.named.push("--no-such-option".into()),
            "unknown rule" if row.command == "explain" => self.named.push("no-such-rule".into()),
            "unknown rule" => self.named.push("--select=no-such-rule".into()),
            "wrong configuration" => self.folder.write("armguard.toml", "[rules]\nno-such-key = 1\n"),
            "value for a parameter that is nowhere" => self.named.push("--param=nowhere=1".into()),
            "no template" => fs::remove_file(main).unwrap(),
            "all left out" => self.folder.write("armguard.toml", "[files]\nexclude = [\"**\"]\n"),
            "report file that cannot be written" => self.named.push("--format=json=.git/report.json".into()),
            "read-only file" => fs::set_permissions(main, Permissions::from_mode(0o444)).unwrap(),
            "other hard link" => fs::hard_link(&main, self.folder.0.join("other-name")).unwrap(),
            "full disk" => self.out = Out::Full,
            "closed pipe" => self.out = Out::Closed,
            "SIGINT" | "SIGTERM" => {
                self.signal = Some(if happened == "SIGINT" { 2 } else { 15 });
                self.named = vec!["-".into()];
            }
            "examples that agree" => self.folder.write("house/cart-lock.md", RULE),
            "examples that do not agree" => {
                self.folder.write("house/cart-lock.md", &RULE.replace("is open.\n  main", "is shut.\n  main"));
            }
            other => panic!("`{other}` is not known here"),
        }
    }

    fn run(&self, row: &Row) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
        command.args(row.command.split(' ')).args(row.options.split_ascii_whitespace()).args(&self.named);
        command.current_dir(&self.folder.0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        match self.out {
            Out::Read => {}
            Out::Full => drop(command.stdout(File::options().write(true).open("/dev/full").unwrap())),
            Out::Closed => {
                let (reader, writer) = std::io::pipe().unwrap();
                drop(reader);
                command.stdout(writer);
            }
        }
        for name in ["GITHUB_ACTIONS", "TF_BUILD", "ARMGUARD_CONFIG", "ARMGUARD_FORMAT"] {
            command.env_remove(name);
        }
        let child = command.spawn().unwrap();
        if let Some(signal) = self.signal {
            // It waits for standard input.
            std::thread::sleep(Duration::from_millis(200));
            let signal = rustix::process::Signal::from_named_raw(signal).unwrap();
            rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
        }
        child.wait_with_output().unwrap()
    }
}

#[test]
fn every_row_of_the_table() {
    let rows = rows();
    assert!(rows.len() > 80, "the table is found");
    let mut wrong = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        // A failure of armguard itself is planted in a test of its own.
        if row.happened.iter().any(|happened| happened == "internal error") {
            continue;
        }
        let case = Case::new(at, row);
        if case.out == Out::Full && !Path::new("/dev/full").exists() {
            eprintln!("NOT checked, there is no /dev/full: {row:?}");
            continue;
        }
        let output = case.run(row);
        // As a shell tells it.
        let exit = output.status.code().or_else(|| output.status.signal().map(|signal| 128 + signal));
        let said = String::from_utf8_lossy(&output.stderr);
        if exit != Some(row.exit) || said.contains("panicked") {
            wrong.push(format!("{row:?}: {exit:?}\n{}{said}", String::from_utf8_lossy(&output.stdout)));
        }
        if case.out == Out::Closed && said.contains("error: ") && row.exit < 2 {
            wrong.push(format!("{row:?}: not quiet\n{said}"));
        }
        let left = fs::read_dir(&case.folder.0).unwrap().flatten();
        let left = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"));
        assert_eq!(left.count(), 0, "{row:?}");
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}
