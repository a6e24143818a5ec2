//! The same project gives the same bytes: in every format, however many threads work, in whatever order the disk lists
//! files, whatever seeds hashes have, and whatever the surroundings of the run are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::cli_folder::Folder;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::report::{Format, ReportStyle};
use armguard::source::{FileSystem, MemoryFiles, ReadError};

/// A project with findings, undetermined checks, problems, ignores and several contexts: names and texts.
fn project() -> Vec<(String, String)> {
    let cluster = |name: &str, profile: &str| {
        format!(
            "resource {name} 'Microsoft.ContainerService/managedClusters@2025-05-01' = {{\n  name: '{name}'\n  \
             location: 'westeurope'\n  properties: {{\n    dnsPrefix: 'a'\n    agentPoolProfiles: []\n{profile}  }}\n}}\n"
        )
    };
    let mut files = vec![
        ("armguard.toml".to_owned(), "[[contexts]]\nname = \"set\"\ntemplates = \"app/main.bicep\"\n".to_owned()),
        ("broken.bicep".to_owned(), "param x =\nvar y = nowhere\nvar z = )\n".to_owned()),
        (
            "lost.bicep".to_owned(),
            "module a 'gone.bicep' = { name: 'a' }\nmodule b 'br/public:avm/res/n:1.0.0' = { name: 'b' }\n".to_owned(),
        ),
        ("app/dev.bicepparam".to_owned(), "using 'main.bicep'\nparam on = true\n".to_owned()),
        ("app/prod.bicepparam".to_owned(), "using 'main.bicep'\nparam on = false\n".to_owned()),
        (
            "app/main.bicep".to_owned(),
            format!(
                "param on bool\nparam open object\nmodule a '../mod/0.bicep' = {{ name: 'a' }}\nmodule b '../mod/1.bicep' = \
                 [for i in range(0, 3): {{ name: 'b${{i}}' }}]\n{}{}",
                cluster("both", "    securityProfile: on ? {} : { defender: {} }\n"),
                cluster("either", "    securityProfile: open\n"),
            ),
        ),
    ];
    for number in 0..12 {
        let ignore = if number % 4 == 0 { "// armguard: ignore[aks-defender-profile] later\n" } else { "" };
        let text = format!("{ignore}{}{}", cluster(&format!("k{number}"), ""), cluster(&format!("l{number}"), ""));
        files.push((format!("mod/{number}.bicep"), text));
    }
    files
}

/// What a run says of `project`: every format, by name, without how long it took.
fn reports(project: &Path, set: impl Fn(&mut Command)) -> Vec<(&'static str, String)> {
    reports_from(project, project, &[], set)
}

/// The same from the folder `working`, of the paths `targets`.
fn reports_from(
    working: &Path,
    project: &Path,
    targets: &[&str],
    set: impl Fn(&mut Command),
) -> Vec<(&'static str, String)> {
    let out = project.with_extension("out");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    set(&mut command);
    command.current_dir(working).args(["lint", "--ruleset", "all", "--show-contexts", "--show-undetermined"]);
    command.args(targets);
    for format in Format::ALL {
        command.arg("--format").arg(format!("{}={}", format.name(), out.join(format.name()).display()));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let report = |format: Format| (format.name(), without_times(&fs::read_to_string(out.join(format.name())).unwrap()));
    let reports = Format::ALL.map(report).to_vec();
    fs::remove_dir_all(&out).unwrap();
    reports
}

fn without_times(report: &str) -> String {
    let times = regex::Regex::new(r#"\(\d+ ms\)|\(\d+\.\d s\)|"elapsedMs": ?\d+|time="[0-9.]+""#).unwrap();
    times.replace_all(report, "TIME").into_owned()
}

#[track_caller]
fn assert_same(expected: &[(&str, String)], found: &[(&str, String)], what: &str) {
    for ((format, expected), (_, found)) in expected.iter().zip(found) {
        let mut lines = expected.lines().zip(found.lines()).filter(|(expected, found)| expected != found);
        assert!(expected == found, "{what}, {format}: first difference {:#?}", lines.next());
    }
}

fn folder(name: &str, files: &[(String, String)]) -> (Folder, PathBuf) {
    let folder = Folder::new(name, &[]);
    for (path, text) in files {
        folder.write(&format!("project/{path}"), text);
    }
    let project = folder.0.join("project");
    fs::create_dir(project.join(".git")).unwrap();
    (folder, project)
}

#[test]
fn surroundings_change_nothing() {
    let files = project();
    let (_folder, project) = folder("same", &files);
    let expected = reports(&project, |_| {});
    for (format, report) in &expected {
        assert!(report.contains("aks-defender-profile"), "{format}");
    }
    for threads in ["1", "2", "8"] {
        // Hashes have other seeds in each run.
        for _ in 0..2 {
            let found = reports(&project, |command| _ = command.env("RAYON_NUM_THREADS", threads));
            assert_same(&expected, &found, &format!("{threads} threads"));
        }
    }
    let home = project.with_extension("home");
    fs::create_dir_all(&home).unwrap();
    #[rustfmt::skip]
    let surroundings: [&[(&str, &str)]; 3] = [
        &[("TZ", "Pacific/Kiritimati"), ("LANG", "de_DE.UTF-8"), ("HOME", home.to_str().unwrap()), ("COLUMNS", "20")],
        &[("TZ", "America/Adak"), ("LC_ALL", "tr_TR.UTF-8"), ("TERM", "dumb"), ("NO_COLOR", "1")],
        &[("LC_ALL", "C"), ("CLICOLOR_FORCE", "1")],
    ];
    for variables in surroundings {
        let found = reports(&project, |command| _ = command.envs(variables.iter().copied()));
        assert_same(&expected, &found, &format!("{variables:?}"));
    }
    #[cfg(unix)]
    for umask in ["000", "077"] {
        let found = reports(&project, |command| {
            let shell = std::mem::replace(command, Command::new("sh"));
            command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]).arg(shell.get_program());
        });
        assert_same(&expected, &found, &format!("umask {umask}"));
    }
}

/// The disk lists files in another order when they were made in another one, and the project lies elsewhere.
#[test]
fn orders_and_places_change_nothing() {
    let files = project();
    let (_first, project) = folder("order", &files);
    let expected = reports(&project, |_| {});
    let mut files = files;
    for round in 0..3 {
        files.rotate_left(5);
        files.reverse();
        let (_other, project) = folder(&format!("order-{round}-in-another-folder"), &files);
        let elsewhere = |reports: Vec<(&'static str, String)>, project: &Path| -> Vec<(&'static str, String)> {
            let root = project.to_str().unwrap();
            reports.into_iter().map(|(format, report)| (format, report.replace(root, "ROOT"))).collect()
        };
        let expected = elsewhere(expected.clone(), &_first.0.join("project"));
        assert_same(&expected, &elsewhere(reports(&project, |_| {}), &project), &format!("round {round}"));
    }
}

/// From a folder of the project, the same is said of it in the same order; paths, and the names of contexts, which are
/// paths, are as seen from the working folder. Places in formats for servers are as seen from the repository.
#[test]
fn the_working_folder_changes_nothing() {
    let mut files = project();
    // Names that come in another order as seen from `app`.
    let call = "module m 'app/main.bicep' = { name: 'm', params: { on: false, open: {} } }\n";
    files.extend([("a.bicep".to_owned(), call.to_owned()), ("zz.bicep".to_owned(), call.to_owned())]);
    let (_folder, project) = folder("working-folder", &files);
    let names = |reports: Vec<(&'static str, String)>| -> Vec<(&'static str, String)> {
        reports.into_iter().map(|(format, report)| (format, names_only(&report))).collect()
    };
    let expected = names(reports(&project, |_| {}));
    for (working, target) in [("app", ".."), ("mod", ".."), ("app", project.to_str().unwrap())] {
        let found = names(reports_from(&project.join(working), &project, &[target], |_| {}));
        assert_same(&expected, &found, &format!("{target} from {working}"));
    }
    let one = |working: &str, target: &str| reports_from(&project.join(working), &project, &[target], |_| {});
    let servers = ["sarif", "github", "azure", "gitlab", "junit"];
    let of_servers = |mut reports: Vec<(&'static str, String)>| {
        reports.retain(|(format, _)| servers.contains(format));
        reports
    };
    let expected = of_servers(one("", "mod/5.bicep"));
    assert_eq!(expected.len(), servers.len());
    assert_same(&expected, &of_servers(one("app", "../mod/5.bicep")), "a file from elsewhere");
}

/// A report without the folders of its paths, and without what depends on how long these are.
fn names_only(report: &str) -> String {
    let report = ["../", "app/", "mod/"].iter().fold(report.to_owned(), |report, folder| report.replace(folder, ""));
    let words = report.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join("\n")
}

/// Files in memory that are listed in another order each time.
struct Shuffled(MemoryFiles, usize);

impl FileSystem for Shuffled {
    fn read_bytes(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.0.read_bytes(path, limit)
    }

    fn file_names(&self, folder: &Path) -> Vec<String> {
        let mut names = self.0.file_names(folder);
        let by = self.1 % names.len().max(1);
        names.rotate_left(by);
        names
    }

    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(path)
    }
}

#[test]
fn the_order_of_what_is_found_changes_nothing() {
    let files = project();
    let mut memory = MemoryFiles::default();
    for (path, text) in &files {
        memory.insert(path, text.as_str());
    }
    let mut expected = Vec::new();
    for round in 0..6 {
        let mut paths: Vec<Found> = files
            .iter()
            .filter(|(path, _)| !path.ends_with(".toml"))
            .map(|(path, _)| Found { path: path.into(), named: false })
            .collect();
        let by = round * 3 % paths.len();
        paths.rotate_left(by);
        if round % 2 == 1 {
            paths.reverse();
        }
        let options = Options { threads: round % 3 + 1, list_contexts: true, ..Options::default() };
        let report = lint(&Shuffled(memory.clone(), round), Inputs { paths, ..Inputs::default() }, &options);
        let write = |format: Format| {
            let mut bytes = Vec::new();
            let style = ReportStyle { undetermined: true, ..ReportStyle::default() };
            armguard::report::write(&report, format, style, &mut bytes).unwrap();
            (format.name(), without_times(&String::from_utf8(bytes).unwrap()))
        };
        let found = Format::ALL.map(write).to_vec();
        if expected.is_empty() {
            expected = found.clone();
        }
        assert_same(&expected, &found, &format!("round {round}"));
    }
}
