//! Reading what no project may make the program read.
//!
//! Each project lies in a folder `repo`, a real repository; beside it lies `outside`, of which nothing may be told.

use std::fs;
use std::path::{Path, PathBuf};

use super::cli_folder::Folder;
use super::program::{self, AMPLE, Limits, Run, command, finish, git, run, run_within};

/// What must not be printed.
pub(super) const CANARY: &str = "canary7f3a";

/// The canary in base 64, wherever it starts within three bytes: the letters that do not depend on what is around it.
const ENCODED: [&str; 3] = ["Y2FuYXJ5N2Yz", "NhbmFyeTdmM", "jYW5hcnk3ZjNh"];

/// A cluster without Microsoft Defender.
pub(super) const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { dnsPrefix: 'aks', agentPoolProfiles: [{ name: 'system', count: 1, vmSize: 'Standard_D4s_v5', mode: 'System' }] }
}
";

/// The cluster with the name that the expression `name` gives.
pub(super) fn named(name: &str) -> String {
    BARE.replacen("'aks'", name, 1)
}

/// A repository `repo` with `files`, all of them tracked, and a folder `outside` with `outside`.
pub(super) struct Project {
    pub(super) folder: Folder,
}

impl Project {
    pub(super) fn new(name: &str, files: &[(&str, &str)], outside: &[(&str, &str)]) -> Self {
        let folder = Folder::new(name, &[]);
        // What is around is no repository.
        fs::remove_dir_all(folder.0.join(".git")).unwrap();
        let project = Self { folder };
        fs::create_dir_all(project.repo()).unwrap();
        git(&project.repo(), &["init", "--quiet"]);
        files.iter().for_each(|(path, text)| project.write(path, text));
        outside.iter().for_each(|(path, text)| project.folder.write(&format!("outside/{path}"), text));
        project.track();
        project
    }

    pub(super) fn repo(&self) -> PathBuf {
        self.folder.0.join("repo")
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        self.folder.write(&format!("repo/{path}"), text);
    }

    pub(super) fn track(&self) {
        git(&self.repo(), &["add", "--all", "--force"]);
    }

    /// Lints the repository; `args` are apart by spaces.
    pub(super) fn lint(&self, args: &str) -> Run {
        let args: Vec<&str> = ["lint", "--select", "aks-defender-profile", "--format", "concise"]
            .into_iter()
            .chain(args.split_ascii_whitespace())
            .collect();
        run(&self.repo(), &args)
    }
}

#[track_caller]
pub(super) fn is_clean(run: &Run) {
    let printed = run.printed();
    for text in [CANARY].iter().chain(&ENCODED) {
        assert!(!printed.contains(text), "`{text}` is in:\n{printed}");
    }
}

#[cfg(unix)]
pub(super) fn link(target: impl AsRef<Path>, at: PathBuf) {
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, at).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_to_the_environment_shows_nothing_of_it() {
    let project = Project::new("reads-environ", &[("main.bicep", "param x string\n")], &[]);
    link("/proc/self/environ", project.repo().join("env.bicep"));
    project.track();
    for paths in [&[][..], &["env.bicep"]] {
        for format in ["terminal", "concise", "json", "github", "junit"] {
            let mut command = command(&project.repo(), AMPLE);
            command.args(["lint", "--format", format]).args(paths).env("SECRET", CANARY);
            let run = finish(command, AMPLE, b"");
            is_clean(&run);
            run.ends_with(&[1, 2]).says("env.bicep").says("was not read");
        }
    }
}

/// The token of a checkout, made visible by an encoding, line by line.
#[test]
fn a_template_loads_neither_git_nor_the_kernel() {
    let text = "var lines = split(loadTextContent('FILE'), '\\n')\n";
    // Some items pass, so that a report names those that fail.
    let profile = "properties: { securityProfile: l != '' ? {} : { defender: { logAnalyticsWorkspaceResourceId: 'x', \
                   securityMonitoring: { enabled: true } } }, ";
    let cluster = named("base64(l)").replacen("= {", "= [for l in lines: {", 1).replacen("properties: { ", profile, 1);
    let cluster = cluster.trim_end().to_owned() + "]\n";
    let project = Project::new("reads-git", &[], &[]);
    fs::write(
        project.repo().join(".git/config"),
        format!("[core]\n\tbare = false\n[http]\n\textraheader = {CANARY}\n"),
    )
    .unwrap();
    let depth = "../".repeat(project.repo().components().count());
    for file in [".git/config", ".GIT/config", &format!("{depth}proc/self/environ"), "sub/../.git/config"] {
        project.write("main.bicep", &(text.replace("FILE", file) + &cluster));
        project.track();
        for extra in ["", "--show-undetermined"] {
            let mut command = command(&project.repo(), AMPLE);
            command.args(["lint", "--format", "concise"]).args(extra.split_ascii_whitespace()).env("SECRET", CANARY);
            let run = finish(command, AMPLE, b"");
            is_clean(&run);
            run.ends_with(&[1]).says("read-refused").says("main.bicep:1:");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_opens_nothing_that_a_path_does_not() {
    let secret = format!("{CANARY}\n");
    let project = Project::new(
        "reads-link",
        &[("main.bicep", &named("trim(loadTextContent('x/linked.txt'))"))],
        &[("secret.txt", &secret), ("dir/linked.txt", &secret)],
    );
    link("../../outside/secret.txt", project.repo().join("x/linked.txt"));
    project.track();
    let run = project.lint("");
    is_clean(&run);
    run.ends_with(&[1]).says("read-refused").says("--allow-read ../outside");
    // A folder that is a link, and a link that is tracked but leads to what is not.
    fs::remove_dir_all(project.repo().join("x")).unwrap();
    link("../outside/dir", project.repo().join("x"));
    let run = project.lint("");
    is_clean(&run);
    run.ends_with(&[1]).says("read-refused");
    fs::remove_file(project.repo().join("x")).unwrap();
    link("../.npmrc", project.repo().join("x/linked.txt"));
    project.track();
    project.write(".npmrc", &secret);
    let run = project.lint("");
    is_clean(&run);
    run.ends_with(&[1]).says("not tracked by git");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    const QUICK: Limits = Limits { time: 15, ..AMPLE };
    let module = "module a 'pipe.bicep' = { name: 'a' }\n";
    let project = Project::new("reads-pipe", &[("main.bicep", module)], &[]);
    let made = std::process::Command::new("mkfifo").arg(project.repo().join("pipe.bicep")).status().unwrap();
    assert!(made.success());
    link("/dev/stdin", project.repo().join("input.bicep"));
    link("/dev/zero", project.repo().join("zero.json"));
    link("pipe.bicep", project.repo().join("linked.bicep"));
    for paths in [&["."][..], &["linked.bicep"], &["zero.json"], &["main.bicep"], &["/dev/zero"]] {
        let args = [&["lint", "--format", "concise"], paths].concat();
        run_within(&project.repo(), &args, QUICK).ends_with(&[1, 2]).says("not a regular file");
    }
    project.write("main.bicep", &named("loadTextContent('pipe.bicep')"));
    run_within(&project.repo(), &["lint", "--format", "concise", "main.bicep"], QUICK)
        .ends_with(&[1])
        .says("not a regular file");
}

#[test]
fn absolute_and_outside_references_are_refused_where_they_are_written() {
    let outside = [
        ("o.bicep", BARE),
        ("o.json", "{}"),
        ("prod.bicepparam", "using 'o.bicep'\n"),
        ("lib.bicep", "@export()\nvar v = 'x'\n"),
    ];
    let project = Project::new("reads-outside", &[], &outside);
    let absolute = project.folder.0.join("outside/o.bicep");
    let absolute = absolute.to_str().unwrap();
    let arm = |path: &str| {
        format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
  "resources": [{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
  "properties": {{ "mode": "Incremental", "templateLink": {{ "relativePath": "{path}" }} }} }}] }}"#
        )
    };
    #[rustfmt::skip]
    let cases = [
        ("main.bicep", format!("module a '{absolute}' = {{ name: 'a' }}\n"), "main.bicep:1:10: "),
        ("main.bicep", "module a '../outside/o.bicep' = { name: 'a' }\n".to_owned(), "main.bicep:1:10: "),
        ("main.bicep", "module a 'x/../../outside/o.bicep' = { name: 'a' }\n".to_owned(), "main.bicep:1:10: "),
        ("main.bicep", format!("import {{ v }} from '../outside/lib.bicep'\n{}", named("v")), "main.bicep:1:19: "),
        ("main.bicep", named("loadTextContent('../outside/o.json')"), "main.bicep:2:25: "),
        ("main.bicep", named(&format!("loadTextContent('{absolute}')")), "main.bicep:2:25: "),
        ("main.bicep", named("loadDirectoryFileInfo('../outside')[0].baseName"), "main.bicep:2:31: "),
        ("main.json", arm("../outside/o.bicep"), "main.json:3:76: "),
        ("main.bicepparam", "using '../outside/o.bicep'\n".to_owned(), "main.bicepparam:1:7: "),
        ("main.bicepparam", "using none\nextends '../outside/prod.bicepparam'\n".to_owned(), "main.bicepparam:2:9: "),
    ];
    for (path, text, place) in cases {
        project.write(path, &text);
        let run = project.lint("");
        run.ends_with(&[1])
            .says(&format!("{place}error read-refused: "))
            .says("--allow-read")
            .keeps_quiet_of("o.bicep:");
        run.keeps_quiet_of("o.json:").keeps_quiet_of("high aks-defender-profile: the cluster `aks` of outside");
        fs::remove_file(project.repo().join(path)).unwrap();
    }
}

/// What is outside is refused alike whether it exists or not, so that nobody finds out.
#[test]
fn a_refusal_does_not_tell_what_exists() {
    let project = Project::new("reads-oracle", &[], &[("there.bicep", BARE), ("there/x.bicep", BARE)]);
    let mut said = Vec::new();
    for name in ["there", "gone!"] {
        let module = |path: &str| format!("module a '../outside/{path}' = {{ name: 'a' }}\n");
        project.write("a.bicep", &module(&format!("{name}.bicep")));
        project.write("b.bicep", &module(&format!("{name}/x.bicep")));
        project.write("c.bicep", &named(&format!("loadTextContent('../outside/{name}')")));
        said.push(project.lint("").stdout.replace(name, "NAME"));
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0].matches("read-refused").count(), 3, "{}", said[0]);
}

#[test]
fn a_configuration_names_nothing_outside() {
    let rule = format!("---\n{CANARY}: [1\n---\n# {CANARY}\n");
    let secret = format!("{{ \"{CANARY}\": 1 }}\n");
    let project = Project::new(
        "reads-config",
        &[("main.bicep", "module a 'br:x.io/b:1' = { name: 'a' }\n")],
        &[("rules/note.md", &rule), ("secret.json", &secret), ("mod.bicep", &format!("{BARE}// {CANARY}\n"))],
    );
    let absolute = project.folder.0.join("outside/secret.json");
    let absolute = absolute.to_str().unwrap();
    #[rustfmt::skip]
    let cases = [
        ("[rules]\npaths = ['../outside/rules']\n".to_owned(), 2, "armguard.toml:2:"),
        (format!("[rules]\npaths = ['{}']\n", project.folder.0.join("outside/rules").display()), 2, "armguard.toml:2:"),
        ("[modules]\n'br:x.io/b:*' = '../outside/secret.json'\n".to_owned(), 1, "armguard.toml:2:17: error read-refused"),
        ("[modules]\n'br:x.io/b:*' = '../outside/mod.bicep'\n".to_owned(), 1, "armguard.toml:2:17: error read-refused"),
        ("[modules]\n'br:x.io/*:*' = '../outside/*'\n".to_owned(), 1, "armguard.toml:2:17: error read-refused"),
        ("[[contexts]]\ntemplates = '*.bicep'\nparameters = '../outside/secret.json'\n".to_owned(), 1, "armguard.toml:3:14: error read-refused"),
        (format!("[[contexts]]\ntemplates = '*.bicep'\nparameters = '{absolute}'\n"), 1, "armguard.toml:3:14: error read-refused"),
        ("[[contexts]]\ntemplates = '*.bicep'\nparameters = '/proc/self/environ'\n".to_owned(), 1, "armguard.toml:3:14: error read-refused"),
    ];
    for (text, code, place) in cases {
        project.write("armguard.toml", &text);
        for format in ["terminal", "concise"] {
            let run = run(&project.repo(), &["lint", "--format", format]);
            is_clean(&run);
            run.ends_with(&[code]).says("--allow-read");
            if format == "concise" {
                run.says(place);
            }
        }
    }
    project.write("armguard.toml", "[rules]\npaths = ['../outside/rules']\n");
    for args in [&["rules"][..], &["explain", "aks-defender-profile"], &["config"]] {
        let refused = run(&project.repo(), args);
        is_clean(&refused);
        refused.ends_with(&[2]).says("armguard.toml:2:").says("--allow-read ../outside/rules");
        let allowed = run(&project.repo(), &[args, &["--allow-read", "../outside/rules"]].concat());
        allowed.ends_with(&[2]).says("note.md");
    }
}

#[cfg(unix)]
#[test]
fn the_configuration_itself_is_no_link_to_elsewhere() {
    let secret = format!("{CANARY} = 1\n");
    let project = Project::new("reads-config-link", &[("main.bicep", BARE)], &[("secret.toml", &secret)]);
    link("../outside/secret.toml", project.repo().join("armguard.toml"));
    for args in ["", "--config armguard.toml"] {
        let run = project.lint(args);
        is_clean(&run);
        run.ends_with(&[2]).says("armguard.toml").says("outside the root");
    }
    fs::remove_file(project.repo().join("armguard.toml")).unwrap();
    link("../outside/secret.toml", project.repo().join("base.json"));
    let run = project.lint("--baseline base.json");
    is_clean(&run);
    run.ends_with(&[2]).says("outside the root");
}

#[cfg(unix)]
#[test]
fn a_module_cache_of_the_project_lies_below_the_root() {
    let arm = format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
  "resources": [{{ "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01", "name": "{CANARY}", "location": "x",
  "properties": {{ "dnsPrefix": "aks" }} }}] }}"#
    );
    let project = Project::new(
        "reads-cache",
        &[("main.bicep", "module a 'br:x.io/b:1' = { name: 'a' }\n")],
        &[("cache/br/x.io/b/1$/main.json", &arm)],
    );
    let cache = project.folder.0.join("outside/cache");
    for written in ["../outside/cache", cache.to_str().unwrap(), r"\\\\host\\share", r"\\\\?\\C:\\x", "C:/x"] {
        project.write("bicepconfig.json", &format!("{{\n  \"cacheRootDirectory\": \"{written}\"\n}}\n"));
        let run = project.lint("");
        is_clean(&run);
        run.ends_with(&[1]).says("bicepconfig.json:2:25: error read-refused").says("--module-cache");
    }
    // A cache in the project, with a link in it.
    project.write("bicepconfig.json", "{ \"cacheRootDirectory\": \".cache\" }\n");
    link(cache.join("br/x.io/b/1$/main.json"), project.repo().join(".cache/br/x.io/b/1$/main.json"));
    let run = project.lint("");
    is_clean(&run);
    run.ends_with(&[1]).says("main.bicep:1:10: error read-refused").says("--allow-read");
}

/// What a job leaves in its checkout: tokens that git does not track.
#[test]
fn a_template_loads_only_what_git_tracks() {
    let token = format!("//registry.npmjs.org/:_authToken={CANARY}\n");
    let text = named("last(split(trim(loadTextContent('.npmrc')), '='))");
    let project = Project::new("reads-untracked", &[("main.bicep", &text), ("sub/x.txt", "x")], &[]);
    project.write(".npmrc", &token);
    project.write("sub/gha-creds-1.json", &token);
    let run = project.lint("");
    is_clean(&run);
    run.ends_with(&[1]).says("main.bicep:2:41: error read-refused").says("`git add`").says("--allow-read");
    // Its name is no more the template's to know than its content.
    project.write("main.bicep", &named("loadDirectoryFileInfo('sub')[0].baseName"));
    project.lint("").ends_with(&[1]).says("read-refused").keeps_quiet_of("gha-creds");
    // From below the root, it is the same root.
    let below = program::run(&project.repo().join("sub"), &["lint", "--format", "concise", "../main.bicep"]);
    below.ends_with(&[1]).says("read-refused").keeps_quiet_of("gha-creds");
    fs::remove_file(project.repo().join("sub/gha-creds-1.json")).unwrap();
    project.lint("").ends_with(&[1]).keeps_quiet_of("read-refused");
    // What is tracked is loaded.
    project.write("main.bicep", &text);
    project.track();
    project.lint("").ends_with(&[1]).keeps_quiet_of("read-refused");
}

/// Every form of an index is read, or it is said that it cannot be.
#[test]
fn what_git_tracks_is_known_in_every_form_of_its_index() {
    let text = named("trim(loadTextContent('untracked.txt'))");
    let check = |repo: &Path, what: &str| {
        fs::write(repo.join("untracked.txt"), CANARY).unwrap();
        fs::write(repo.join("tracked.bicep"), named("trim(loadTextContent('tracked.txt'))")).unwrap();
        let run = run(repo, &["lint", "--format", "concise"]);
        is_clean(&run);
        run.says(what).ends_with(&[1]);
        assert_eq!(
            run.stdout.matches("read-refused").count(),
            if what.contains("split") { 2 } else { 1 },
            "{}",
            run.stdout
        );
    };
    let files = [("main.bicep", &*text), ("tracked.txt", "x"), ("a/b.txt", "x"), ("a/bc.txt", "x")];
    for version in ["2", "3", "4"] {
        let project = Project::new(&format!("reads-index-{version}"), &files, &[]);
        project.write("later.txt", "x");
        git(&project.repo(), &["add", "--intent-to-add", "later.txt"]);
        git(&project.repo(), &["update-index", "--index-version", version]);
        check(&project.repo(), "not tracked by git");
    }
    let project = Project::new("reads-index-split", &files, &[]);
    git(&project.repo(), &["update-index", "--split-index"]);
    check(&project.repo(), "split");

    let project = Project::new("reads-index-worktree", &files, &[]);
    git(&project.repo(), &["-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message", "x"]);
    git(&project.repo(), &["worktree", "add", "--quiet", "../tree"]);
    check(&project.folder.0.join("tree"), "not tracked by git");

    let project = Project::new("reads-index-sha256", &[], &[]);
    fs::remove_dir_all(project.repo().join(".git")).unwrap();
    git(&project.repo(), &["init", "--quiet", "--object-format=sha256"]);
    files.iter().for_each(|(path, text)| project.write(path, text));
    project.track();
    check(&project.repo(), "not tracked by git");
}

/// What is dangerous on one system is refused on all.
#[test]
fn odd_names_of_files_are_refused() {
    let secret = format!("{CANARY}\n");
    let project = Project::new("reads-names", &[], &[]);
    for path in [".GIT/config", "GIT~1/config", ".git./config", "NUL.bicep", "x.bicep:stream", ".g\u{200c}it/config"] {
        project.write(path, &secret);
    }
    git(&project.repo(), &["add", "NUL.bicep", "x.bicep:stream"]);
    #[rustfmt::skip]
    let names = [
        ".GIT/config", "GIT~1/config", ".git./config", ".git::$INDEX_ALLOCATION/config", ".g\u{200c}it/config", "NUL.bicep",
        "x.bicep:stream", "x/AUX", "com1.json", r"\\\\?\\C:\\x.bicep", r"\\\\host\\share\\x.bicep", "//host/share/x.bicep", "C:x.bicep", "C:/x.bicep",
    ];
    for name in names {
        project.write("load.bicep", &named(&format!("trim(loadTextContent('{name}'))")));
        project.write("module.bicep", &format!("module a '{name}' = {{ name: 'a' }}\n"));
        let run = project.lint("load.bicep module.bicep");
        is_clean(&run);
        run.ends_with(&[1]).says("load.bicep:2:30: error read-refused").says("module.bicep:1:10: error read-refused");
    }
}

#[test]
fn a_folder_is_opened_by_name_only() {
    let text = "module a '../outside/a/o.bicep' = { name: 'a' }\n";
    let outside = [
        ("a/o.bicep", &*format!("module b '../b/o.bicep' = {{ name: 'b' }}\n{BARE}// {CANARY}\n")),
        ("b/o.bicep", BARE),
    ];
    let project = Project::new("reads-allowed", &[("infra/main.bicep", &text.replace("../", "../../"))], &outside);
    project.lint("").ends_with(&[1]).says("--allow-read ../outside/a").keeps_quiet_of("high");
    let run = project.lint("--allow-read ../outside/a");
    run.ends_with(&[1])
        .says("../outside/a/o.bicep:6:3: high")
        .says("high")
        .says("../outside/a/o.bicep:1:10: error read-refused");
    run.keeps_quiet_of("outside/b/o.bicep:");
    let both = ["--allow-read", "../outside/a", "--allow-read", "../outside/b"];
    let all = program::run(&project.repo(), &[&["lint"][..], &both].concat());
    is_clean(&all);
    all.ends_with(&[1]).says("../outside/a/o.bicep").says("../outside/b/o.bicep").keeps_quiet_of("read-refused");
    project.lint("--root ..").ends_with(&[1]).says("../outside/b/o.bicep").keeps_quiet_of("read-refused");
    project.lint("--root infra infra").ends_with(&[1]).says("--allow-read ../outside/a");
    project.lint("--root infra .").ends_with(&[2]).says("--root");
    project.lint("--allow-read nowhere").ends_with(&[2]).says("nowhere");
}

/// Without a repository, the root is the folder that is named, or the folder of the file.
#[test]
fn without_a_repository_the_root_is_what_is_named() {
    let folder = Folder::new("reads-plain", &[]);
    fs::remove_dir_all(folder.0.join(".git")).unwrap();
    // The temporary folder may lie in the repository of the tests.
    let place = std::env::temp_dir().join(format!("armguard-reads-{}", std::process::id()));
    fs::create_dir_all(place.join("a/b")).unwrap();
    let write = |path: &str, text: &str| fs::write(place.join(path), text).unwrap();
    write(
        "a/b/main.bicep",
        &format!("module a '../o.bicep' = {{ name: 'a' }}\n{}", named("trim(loadTextContent('own.txt'))")),
    );
    write("a/b/own.txt", "own");
    write("a/o.bicep", BARE);
    let lint = |args: &[&str]| run(&place, &[&["lint", "--format", "concise"], args].concat());
    for args in [&["a/b"][..], &["a/b/main.bicep"]] {
        lint(args).ends_with(&[1]).says("error read-refused").says("--allow-read a").keeps_quiet_of("own.txt");
    }
    for args in [&["a"][..], &["."], &[], &["a/b", "--root", "a"], &["a/b", "--allow-read", "a"]] {
        lint(args).ends_with(&[1]).says("a/o.bicep:").keeps_quiet_of("read-refused");
    }
    fs::remove_dir_all(&place).unwrap();
}

#[test]
fn expand_has_the_same_boundary() {
    let token = format!("{CANARY}\n");
    let text = format!("module a '../outside/o.bicep' = {{ name: 'a' }}\n{}", named("trim(loadTextContent('.npmrc'))"));
    let project = Project::new("reads-expand", &[("main.bicep", &text)], &[("o.bicep", BARE)]);
    project.write(".npmrc", &token);
    let expand = |args: &[&str]| run(&project.repo(), &[&["expand", "main.bicep"], args].concat());
    let run = expand(&[]);
    is_clean(&run);
    run.ends_with(&[1]).says("read-refused").says("--allow-read ../outside");
    expand(&["--allow-read", "../outside", "--allow-read", "."]).ends_with(&[0]).says(CANARY);
}
