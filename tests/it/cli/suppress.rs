//! Baselines, ignores that are written, and what the configuration and the environment say, on disk.

use crate::support::report_schemas;

use std::fs;
use std::process::Command;

use crate::support::cli_folder::Folder;
use armguard::report::Format;

/// A module whose cluster is unprotected unless `monitored` is true.
const CLUSTER: &str = include_str!("../../../testdata/bicep/parameter-file-on/main.bicep");

/// A cluster without Defender.
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { dnsPrefix: 'x', agentPoolProfiles: [{ name: 's', mode: 'System', count: 1, vmSize: 'x' }] }
}
";

/// Runs `armguard` with `args` in the folder `cwd` of `folder`.
fn run(folder: &Folder, cwd: &str, args: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    for variable in ["GITHUB_ACTIONS", "TF_BUILD", "ARMGUARD_CONFIG", "ARMGUARD_FORMAT"] {
        command.env_remove(variable);
    }
    let output = command.args(args).envs(environment.iter().copied()).current_dir(folder.0.join(cwd)).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The exit code and, for each finding or problem, its place, kind and id.
fn said(folder: &Folder, cwd: &str, args: &str) -> String {
    let args = format!("lint --format concise --select aks-defender-profile,aks-defender-security-monitoring {args}");
    let args: Vec<&str> = args.split_ascii_whitespace().collect();
    let (code, out, err) = run(folder, cwd, &args, &[]);
    let short = |line: &str| line.split(": AKS cluster").next().unwrap_or_default().to_owned();
    let errors = err.lines().filter(|line| line.starts_with("error:")).map(str::to_owned);
    let lines: Vec<String> = out.lines().map(short).chain(errors).collect();
    [vec![code.to_string()], lines].concat().join("\n")
}

#[test]
fn a_baseline_hides_what_it_knows() {
    let folder = Folder::new(
        "baseline",
        &[
            ("infra/main.bicep", BARE),
            ("infra/other.bicep", "module m 'aks.bicep' = { name: 'm', params: { monitored: false } }\n"),
            ("infra/aks.bicep", CLUSTER),
            ("infra/broken.bicep", "param x\nmodule gone 'gone.bicep' = { name: 'gone' }\n"),
        ],
    );
    let first = said(&folder, "", "--write-baseline base.json");
    assert_eq!(first, "0");
    let written = fs::read_to_string(folder.0.join("base.json")).unwrap();
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    // Its paths are seen from where it lies, not from where armguard runs.
    assert_eq!(said(&folder, "infra", "--baseline ../base.json"), "0");
    assert_eq!(said(&folder, "infra", "--write-baseline ../base.json"), "0");
    assert_eq!(fs::read_to_string(folder.0.join("base.json")).unwrap(), written);
    // It is sorted, in whatever order files are named.
    said(&folder, "", "--write-baseline other.json infra/other.bicep infra/main.bicep infra/broken.bicep");
    assert_eq!(fs::read_to_string(folder.0.join("other.json")).unwrap(), written);
    let document: serde_json::Value = serde_json::from_str(&written).unwrap();
    let paths: Vec<&str> = document["findings"].as_array().unwrap().iter().filter_map(|e| e["path"].as_str()).collect();
    assert_eq!(paths, ["infra/broken.bicep", "infra/broken.bicep", "infra/main.bicep", "infra/other.bicep"]);
    // Who renames a module, or a neighbour, changes nothing about what is deployed.
    let text = |path: &str| fs::read_to_string(folder.0.join(path)).unwrap();
    folder.write("infra/cluster.bicep", &text("infra/aks.bicep"));
    let caller = text("infra/other.bicep");
    folder.write("infra/other.bicep", &caller.replace("aks.bicep", "cluster.bicep"));
    fs::remove_file(folder.0.join("infra/aks.bicep")).unwrap();
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    fs::rename(folder.0.join("infra/cluster.bicep"), folder.0.join("infra/aks.bicep")).unwrap();
    folder.write("infra/other.bicep", &caller);
    // Moved and reformatted code is known.
    folder.write("infra/main.bicep", &format!("// Moved\n\n{}", BARE.replace("  ", "\t").replace('\n', "\r\n")));
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    // Another resource is not, nor is another error.
    folder.write("infra/main.bicep", &format!("{BARE}{}", BARE.replace("aks", "new")));
    folder.write("infra/broken.bicep", "param x\nmodule gone 'lost.bicep' = { name: 'gone' }\n");
    let expected = "1\ninfra/main.bicep:11:3: high aks-defender-profile\n\
        base.json: note fixed-in-baseline: `module-not-found` in infra/broken.bicep is no longer found\n\
        infra/broken.bicep:2:13: error module-not-found: there is no file `lost.bicep`";
    assert_eq!(said(&folder, "", "--baseline base.json"), expected);
    // What was not looked at is not fixed; what was, is, and so is what is gone.
    folder.write("infra/broken.bicep", "param x string\n");
    folder.write("infra/main.bicep", "param x string\n");
    assert_eq!(said(&folder, "", "--baseline base.json infra/aks.bicep"), "0");
    let main =
        "base.json: note fixed-in-baseline: `aks-defender-profile` for `aks` in infra/main.bicep is no longer found";
    assert_eq!(said(&folder, "", "--baseline base.json infra/main.bicep"), format!("0\n{main}"));
    fs::remove_file(folder.0.join("infra/main.bicep")).unwrap();
    assert_eq!(said(&folder, "", "--baseline base.json infra/aks.bicep"), format!("0\n{main}"));
    // Rules that did not run tell nothing.
    let ignoring = said(&folder, "", "--baseline base.json --ignore aks-defender-profile infra/aks.bicep");
    assert_eq!(ignoring, "0");
}

/// Two names that look alike, one with a letter and an accent where the other has one letter, are two files where the system
/// says so: the baseline of one hides nothing of the other.
#[cfg(target_os = "linux")]
#[test]
fn names_in_two_normal_forms_are_two_files() {
    let (composed, decomposed) = ("caf\u{e9}.bicep", "cafe\u{301}.bicep");
    let folder = Folder::new("baseline-forms", &[(composed, BARE)]);
    assert_eq!(said(&folder, "", "--write-baseline base.json"), "0");
    folder.write(decomposed, BARE);
    assert_eq!(said(&folder, "", "--baseline base.json"), format!("1\n{decomposed}:5:3: high aks-defender-profile"));
    let both = said(&folder, "", "");
    for name in [composed, decomposed] {
        assert!(both.contains(&format!("\n{name}:5:3: high aks-defender-profile")), "{both}");
    }
    // Each is called by its own name.
    folder.write(
        "main.bicep",
        &format!("module a '{composed}' = {{ name: 'a' }}\nmodule b '{decomposed}' = {{ name: 'b' }}\n"),
    );
    fs::remove_file(folder.0.join(decomposed)).unwrap();
    let lost = said(&folder, "", "main.bicep");
    assert!(lost.contains("main.bicep:2:10: error module-not-found"), "{lost}");
}

#[test]
fn what_a_finding_gains_is_new() {
    let using = |value: &str| format!("using 'main.bicep'\nparam monitored = {value}\n");
    let call = |name: &str, value: &str| {
        format!("module {name} 'shared.bicep' = {{ name: '{name}', params: {{ monitored: {value} }} }}\n")
    };
    let folder = Folder::new(
        "baseline-gains",
        &[
            ("main.bicep", CLUSTER),
            ("dev.bicepparam", &using("false")),
            ("prod.bicepparam", &using("true")),
            ("shared.bicep", BARE.replace("resource aks", "param monitored bool\nresource aks").as_str()),
            ("one.bicep", &call("one", "true")),
            ("two.bicep", "param x string\n"),
            (
                "list.bicep",
                &BARE
                    .replace("= {\n", "= [for name in ['a', 'b']: {\n")
                    .replace("'aks'", "name")
                    .replace("\n}\n", "\n}]\n"),
            ),
        ],
    );
    assert_eq!(said(&folder, "", "--write-baseline base.json"), "0");
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    // Prod loses what it had.
    folder.write("prod.bicepparam", &using("false"));
    let new = "1\nmain.bicep:19:40: high aks-defender-security-monitoring";
    assert!(said(&folder, "", "--baseline base.json").starts_with(new));
    let news = |expected: &str| {
        let rules = "aks-defender-profile,aks-defender-security-monitoring";
        let args = ["lint", "--format", "json", "--select", rules, "--baseline", "base.json"];
        let (_, out, _) = run(&folder, "", &args, &[]);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        let message = report["findings"][0]["message"].as_str().unwrap();
        assert!(message.ends_with(expected), "{message}");
    };
    news(" New since the baseline: prod.bicepparam.");
    // And gets it back, while dev gets it, too.
    folder.write("prod.bicepparam", &using("true"));
    folder.write("dev.bicepparam", &using("true"));
    let fixed = "0\nbase.json: note fixed-in-baseline: `aks-defender-security-monitoring` for `aks` in main.bicep is no longer found";
    assert_eq!(said(&folder, "", "--baseline base.json"), fixed);
    // What prod gets, it must keep: the baseline shrinks.
    folder.write("dev.bicepparam", &using("false"));
    folder.write("prod.bicepparam", &using("false"));
    assert_eq!(said(&folder, "", "--write-baseline base.json"), "0");
    folder.write("prod.bicepparam", &using("true"));
    assert_eq!(said(&folder, "", "--baseline base.json"), format!("{fixed} with prod.bicepparam"));
    assert_eq!(
        said(&folder, "", "--baseline base.json --write-baseline base.json"),
        format!("{fixed} with prod.bicepparam")
    );
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    folder.write("prod.bicepparam", &using("false"));
    assert!(said(&folder, "", "--baseline base.json").starts_with(new));
    folder.write("prod.bicepparam", &using("true"));
    // Another caller of the same module.
    folder.write("two.bicep", &call("two", "true"));
    let caller = "1\nshared.bicep:6:3: high aks-defender-profile";
    assert!(said(&folder, "", "--baseline base.json").starts_with(caller));
    news(" New since the baseline: two.bicep.");
    folder.write("two.bicep", "param x string\n");
    assert_eq!(said(&folder, "", "--baseline base.json"), "0");
    // Another item of a loop.
    let list = fs::read_to_string(folder.0.join("list.bicep")).unwrap();
    folder.write("list.bicep", &list.replace("'b'", "'b', 'c'"));
    assert!(said(&folder, "", "--baseline base.json").starts_with("1\nlist.bicep:5:3: high aks-defender-profile"));
    news(" New since the baseline: `c`.");
    folder.write("list.bicep", &list.replace(", 'b'", ""));
    let item =
        "0\nbase.json: note fixed-in-baseline: `aks-defender-profile` for `aks` in list.bicep is no longer found";
    assert_eq!(said(&folder, "", "--baseline base.json"), item);
}

#[test]
fn what_is_no_baseline_is_said() {
    let folder = Folder::new(
        "baseline-bad",
        &[("main.bicep", BARE), ("text.json", "{}"), ("new.json", "{ \"version\": 2, \"findings\": [] }")],
    );
    let cases = [
        ("--baseline none.json", "error: `none.json` cannot be read: "),
        ("--baseline text.json", "error: `text.json` is no baseline of armguard: missing field `version`"),
        ("--baseline new.json", "error: `new.json` is of version 2, and this armguard reads version 1"),
        ("--write-baseline none/base.json", "error: `none/base.json` cannot be written: "),
    ];
    for (args, expected) in cases {
        let said = said(&folder, "", args);
        assert!(said.starts_with("2\n") && said.contains(expected), "{args}: {said}");
    }
}

#[test]
fn ignores_are_written() {
    let json = include_str!("../../../testdata/arm/bare-cluster/template.json");
    let tabbed = BARE.replace("  ", "\t").replace('\n', "\r\n");
    let using = |value: &str| format!("using '../some.bicep'\nparam monitored = {value}\n");
    let folder = Folder::new(
        "add-ignores",
        &[
            ("main.bicep", &tabbed),
            ("strict.json", json),
            ("free.json", &format!("// Free\n{json}")),
            ("some.bicep", CLUSTER),
            ("values/dev.bicepparam", &using("false")),
            ("values/prod.bicepparam", &using("true")),
            ("text.bicep", &format!("var x = '''\n{BARE}'''\n")),
        ],
    );
    let args = ["lint", "--format", "concise", "--select", "aks-defender-profile,aks-defender-security-monitoring"];
    let reason = "until 2999-12-31  is replaced\nby then";
    let (code, out, err) = run(&folder, "", &[&args[..], &["--add-ignores", reason]].concat(), &[]);
    assert_eq!(code, 1, "{out}{err}");
    // What holds in some contexts only is left, and said.
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(out.starts_with("values/dev.bicepparam:2:19: high aks-defender-security-monitoring"), "{out}");
    assert!(
        err.starts_with("Wrote ignores for 3 findings into 3 files.\nNot ignored values/dev.bicepparam:2:19: "),
        "{err}"
    );
    let read = |path: &str| fs::read_to_string(folder.0.join(path)).unwrap();
    let comment = "// armguard: ignore[aks-defender-profile] until 2999-12-31 is replaced by then";
    assert!(read("main.bicep").contains(&format!("\r\n\t{comment}\r\n\tproperties:")), "{}", read("main.bicep"));
    assert!(read("free.json").contains(comment), "{}", read("free.json"));
    let strict: serde_json::Value = serde_json::from_str(&read("strict.json")).unwrap();
    let said = &strict["resources"][0]["metadata"]["armguard"]["ignore"]["aks-defender-profile"];
    assert_eq!(said, "until 2999-12-31 is replaced by then");
    // A second time there is nothing to write.
    let before = (read("main.bicep"), read("strict.json"), read("free.json"));
    let (_, _, err) = run(&folder, "", &[&args[..], &["--add-ignores", "again"]].concat(), &[]);
    assert!(err.starts_with("Wrote ignores for 0 findings into 0 files."), "{err}");
    assert_eq!((read("main.bicep"), read("strict.json"), read("free.json")), before);
    // Auditors see what is there.
    let (_, out, _) = run(&folder, "", &[&args[..], &["--no-ignores"]].concat(), &[]);
    assert_eq!(out.lines().count(), 4, "{out}");
}

/// What would hide nothing is not written, and it is said why.
#[test]
fn ignores_that_would_not_hold_are_not_written() {
    let json = include_str!("../../../testdata/arm/bare-cluster/template.json");
    let odd = json.replacen("\"name\":", "\"metadata\": \"[variables('odd')]\",\n      \"name\":", 1);
    let folder = Folder::new(
        "add-ignores-refused",
        &[
            ("main.bicep", &format!("{BARE}module gone 'gone.bicep' = {{ name: 'gone' }}\n")),
            ("odd.json", &odd),
            ("strict/armguard.toml", "[ignores]\nrequire-reason = true\nmax-expiry = 30\n"),
            ("strict/main.bicep", BARE),
            ("dev/armguard.toml", "[ignores]\ncontexts = 'dev'\n"),
            ("dev/main.bicep", BARE),
        ],
    );
    let main = "\nLeft 1 error: ignores are written for findings only.\n";
    #[rustfmt::skip]
    let cases = [
        // path, reason, exit code, what is said
        ("main.bicep", "until 2999-99-99", 2, "error: `2999-99-99` is no date; write it as `2027-03-31`\n"),
        ("main.bicep", "until 2020-01-01 x", 2, "error: 2020-01-01 has passed; ignores that ended hide nothing\n"),
        ("main.bicep", "in progress", 2, "error: what `--add-ignores` writes holds in all contexts; a reason that starts with `in` names some\n"),
        ("odd.json", "x", 1, "Wrote ignores for 0 findings into 0 files.\nNot ignored odd.json:14:7: aks-defender-profile: there is no place for an ignore.\n"),
        ("strict", "", 1, "Not ignored strict/main.bicep:5:3: aks-defender-profile: it gives no reason, and the configuration asks for one.\n"),
        ("strict", "until 2999-01-01 x", 1, "it ends on 2999-01-01, and the configuration asks for an end within 30 days.\n"),
        ("dev", "x", 1, "the configuration lets ignores hold in some contexts only; write it by hand.\n"),
        ("main.bicep", "x", 1, main),
        ("main.bicep", "x", 1, main),
    ];
    for (path, reason, code, expected) in cases {
        let args = ["lint", "--format", "concise", "--select", "aks-defender-profile", "--add-ignores", reason, path];
        let (ran, _, err) = run(&folder, "", &args, &[]);
        assert!(ran == code && err.contains(expected), "{path} {reason}: {ran} {err}");
    }
    let read = |path: &str| fs::read_to_string(folder.0.join(path)).unwrap();
    assert_eq!((read("odd.json"), read("strict/main.bicep"), read("dev/main.bicep")), (odd, BARE.into(), BARE.into()));
    assert_eq!(read("main.bicep").matches("// armguard: ignore[aks-defender-profile] x\n").count(), 1);
}

/// All that lies on one line is one comment, and what is written leaves nothing to be found.
#[test]
fn ignores_of_one_line_are_one_comment() {
    let one_line = BARE.lines().collect::<Vec<_>>().join(" ").replace("   ", " ").replace("'aks'   ", "'aks', ");
    let one_line = one_line.replace("'aks' ", "'aks', ").replace("'westeurope' ", "'westeurope', ");
    let one_line = one_line.replace("'SystemAssigned' } ", "'SystemAssigned' }, ");
    let folder = Folder::new("add-ignores-one-line", &[("main.bicep", &one_line)]);
    let args = ["lint", "--ruleset", "all", "--format", "concise"];
    let (code, out, _) = run(&folder, "", &args, &[]);
    assert!(code == 1 && out.lines().count() > 10, "{out}");
    let (code, out, err) = run(&folder, "", &[&args[..], &["--add-ignores", "x"]].concat(), &[]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let text = fs::read_to_string(folder.0.join("main.bicep")).unwrap();
    assert_eq!((text.matches("armguard: ignore[").count(), text.lines().count()), (1, 2), "{text}");
}

/// What is hidden is left as it is: who wants it mended asks for it without the baseline, or takes the ignore away.
#[test]
fn what_is_hidden_is_not_mended() {
    let ignored =
        CLUSTER.replace("resource aks ", "// armguard: ignore[aks-defender-security-monitoring] x\nresource aks ");
    let folder = Folder::new("fix-hidden", &[("ignored.bicep", &ignored), ("known.bicep", CLUSTER)]);
    let args = ["lint", "--format", "concise", "--select", "aks-defender-security-monitoring"];
    let lint = |more: &[&str]| run(&folder, "", &[&args[..], more].concat(), &[]).0;
    let read = |path: &str| fs::read_to_string(folder.0.join(path)).unwrap();
    assert_eq!(lint(&["--write-baseline", "base.json"]), 0);
    assert_eq!(lint(&["--baseline", "base.json", "--diff", "--unsafe-fixes"]), 0);
    assert_eq!(lint(&["--baseline", "base.json", "--fix", "--unsafe-fixes"]), 0);
    assert_eq!((read("ignored.bicep"), read("known.bicep")), (ignored.clone(), CLUSTER.to_owned()));
    assert_eq!(lint(&["--fix", "--unsafe-fixes"]), 0);
    assert_eq!(read("ignored.bicep"), ignored);
    assert_ne!(read("known.bicep"), CLUSTER);
    assert_eq!(lint(&["--fix", "--unsafe-fixes", "--no-ignores"]), 0);
    assert_ne!(read("ignored.bicep"), ignored);
}

#[test]
fn suppressed_findings_are_listed() {
    let ignored = format!("// armguard: ignore[aks-defender-profile] until 2999-12-31 ::error::is replaced\n{BARE}");
    let folder = Folder::new("suppressed", &[("main.bicep", &ignored), ("other.bicep", BARE)]);
    let select = ["lint", "--select", "aks-defender-profile"];
    let lint = |more: &[&str]| run(&folder, "", &[&select[..], more].concat(), &[]);
    let (code, _, err) = lint(&["--format", "concise", "--write-baseline", "base.json"]);
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = lint(&["--baseline", "base.json"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\nIgnored at main.bicep:1:1: 1 of `aks-defender-profile`, until 2999-12-31: "), "{out}");
    assert!(out.contains("\n1 known before is hidden by the baseline base.json.\n"), "{out}");
    assert!(!out.contains("\n::"), "{out}");
    let (_, out, _) = lint(&["--baseline", "base.json", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let by = |at: usize| (json["suppressed"][at]["by"].as_str(), json["suppressed"][at]["until"].as_str());
    assert_eq!((by(0), by(1)), ((Some("ignore"), Some("2999-12-31")), (Some("baseline"), None)));
    assert_eq!(json["summary"]["suppressed"], 2);
    // GitHub would show them as alerts.
    for (profile, results) in [("github", 0), ("azure-devops", 0), ("full", 2)] {
        let (_, out, _) = lint(&["--baseline", "base.json", "--format", "sarif", "--sarif-profile", profile]);
        report_schemas::check(Format::Sarif, "suppressed", profile, &out);
        let sarif: serde_json::Value = serde_json::from_str(&out).unwrap();
        let listed = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(listed.len(), results, "{profile}");
        let kinds: Vec<&str> = listed.iter().filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
        assert_eq!(kinds.len(), results, "{profile}");
        assert!(results == 0 || kinds == ["inSource", "external"], "{kinds:?}");
    }
    // Whoever reads all of it sees what is new.
    folder.write("third.bicep", BARE);
    let (_, out, _) = lint(&["--baseline", "base.json", "--format", "sarif", "--sarif-profile", "full"]);
    let sarif: serde_json::Value = serde_json::from_str(&out).unwrap();
    let listed = sarif["runs"][0]["results"].as_array().unwrap();
    let states: Vec<Option<&str>> = listed.iter().map(|result| result["baselineState"].as_str()).collect();
    assert_eq!(states, [Some("new"), None, Some("unchanged")]);
    // Build servers are told of what is new only.
    for (variable, start) in [("GITHUB_ACTIONS", "::error "), ("TF_BUILD", "##vso[task.logissue type=error;")] {
        let args = ["lint", "--select", "aks-defender-profile", "--baseline", "base.json"];
        let (_, out, _) = run(&folder, "", &args, &[(variable, "true")]);
        let told: Vec<&str> = out.lines().filter(|line| line.starts_with(start)).collect();
        assert!(told.len() == 1 && told[0].contains("third.bicep"), "{variable}: {out}");
    }
}

/// Arguments, environment, exit code, findings.
type Chosen<'t> = (&'t str, &'t [(&'t str, &'t str)], i32, &'t [&'t str]);

#[test]
fn the_configuration_chooses() {
    let folder = Folder::new(
        "configured",
        &[
            ("main.bicep", BARE),
            ("vendor/main.bicep", BARE),
            ("armguard.toml", "[files]\nexclude = 'vendor/**'\n[output]\nformat = 'concise'\n"),
            ("other.toml", "[rules]\nignore = 'aks-defender-profile'\n"),
            ("off/main.bicep", BARE),
            ("wrong/main.bicep", BARE),
            (
                "wrong.toml",
                "[rules]\nselect = ['aks-defender-profil']\n[[overrides]]\npaths = 'x'\nignore = 'psrule:Azure.AKS.DefenderProfile'\n[output]\nformat = 'sarfi'\n",
            ),
        ],
    );
    let main = "main.bicep:5:3: high aks-defender-profile";
    let off = "off/main.bicep:5:3: high aks-defender-profile";
    let wrong = "wrong/main.bicep:5:3: high aks-defender-profile";
    let vendor = "vendor/main.bicep:5:3: high aks-defender-profile";
    let nothing = ".: error nothing-checked: no template was checked, and what was left out has some; name them, or pass `--allow-empty`";
    #[rustfmt::skip]
    let cases: &[Chosen<'_>] = &[
        ("lint", &[], 1, &[main, off, wrong]),
        ("lint vendor", &[], 1, &[nothing]),
        ("lint vendor --allow-empty", &[], 0, &[]),
        ("lint vendor/main.bicep", &[], 1, &[vendor]),
        ("lint vendor/main.bicep --force-exclude", &[], 1, &[nothing]),
        ("lint vendor/main.bicep --force-exclude --allow-empty", &[], 0, &[]),
        ("lint --no-config --format concise", &[], 1, &[main, off, vendor, wrong]),
        ("lint --config other.toml --format concise", &[], 0, &[]),
        ("lint --format concise", &[("ARMGUARD_CONFIG", "other.toml")], 0, &[]),
        ("lint --config armguard.toml", &[("ARMGUARD_CONFIG", "other.toml")], 1, &[main, off, wrong]),
        ("lint --no-config", &[("ARMGUARD_CONFIG", "other.toml"), ("ARMGUARD_FORMAT", "concise")], 1, &[main, off, vendor, wrong]),
        ("lint --config other.toml --select aks-defender-profile", &[("ARMGUARD_FORMAT", "concise")], 0, &[]),
        ("lint --config wrong.toml", &[], 2, &[]),
        ("lint --config none.toml", &[], 2, &[]),
        ("lint", &[("ARMGUARD_FORMAT", "sarfi")], 2, &[]),
        ("lint main.bicep", &[("ARMGUARD_FORMAT", "concise, json=out.json")], 1, &[main]),
    ];
    for (args, environment, code, findings) in cases {
        let typed: Vec<&str> = args.split_ascii_whitespace().collect();
        let ran = run(&folder, "", &typed, environment);
        let found: Vec<&str> = ran.1.lines().filter_map(|line| line.split(": AKS cluster").next()).collect();
        assert_eq!((ran.0, found.as_slice()), (*code, *findings), "{args} {environment:?}: {}", ran.2);
    }
    assert!(folder.0.join("out.json").exists());
    let (_, _, err) = run(&folder, "", &["lint", "--config", "wrong.toml"], &[]);
    let expected =
        "error: wrong.toml:2:11: there is no rule `aks-defender-profil`; did you mean `aks-defender-profile`?
wrong.toml:5:10: name the rule here; `psrule:Azure.AKS.DefenderProfile` is a control
wrong.toml:7:10: `sarfi` is no format; `armguard lint --help` lists them
";
    assert_eq!(err, expected);
}

/// Each folder with a configuration has its own rules, also where several are looked at.
#[test]
fn several_configurations_hold_where_they_lie() {
    let ignored = format!("// armguard: ignore[aks-local-accounts] not run in most of these folders\n{BARE}");
    let broken = "module gone 'gone.bicep' = { name: 'gone' }\n";
    let folder = Folder::new(
        "configured-several",
        &[
            ("silent/armguard.toml", "[rules]\nignore = ['psrule:Azure.AKS.DefenderProfile', 'module-not-found']\n"),
            ("silent/main.bicep", BARE),
            ("silent/broken.bicep", broken),
            ("low/armguard.toml", "[rules.severity]\naks-defender-profile = 'low'\n"),
            ("low/main.bicep", &ignored),
            ("posture/armguard.toml", "[rules]\nselect = 'aks-local-accounts'\n"),
            ("posture/main.bicep", BARE),
            ("none/main.bicep", BARE),
            ("none/broken.bicep", broken),
        ],
    );
    let lint = |paths: &str| {
        let args: Vec<&str> = ["lint", "--format", "concise"].into_iter().chain(paths.split(' ')).collect();
        let (_, out, _) = run(&folder, "", &args, &[]);
        let mut lines: Vec<String> =
            out.lines().map(|line| line.rsplitn(2, ": ").last().unwrap_or_default().to_owned()).collect();
        lines.sort();
        lines
    };
    let posture = "posture/main.bicep:5:3: medium aks-local-accounts";
    let low = "low/main.bicep:6:3: low aks-defender-profile";
    let none = ["none/broken.bicep:1:13: error module-not-found", "none/main.bicep:5:3: high aks-defender-profile"];
    assert_eq!(lint("silent low posture none"), [&[low][..], &none, &[posture]].concat());
    assert_eq!(lint("silent none"), none);
    assert_eq!(lint("silent"), [""; 0]);
    // In which folders a rule runs, a baseline knows, too: nothing of it is fixed when it did not run.
    assert_eq!(lint("low --write-baseline base.json"), [""; 0]);
    assert_eq!(lint("posture low --baseline base.json"), [posture]);
    // The command line comes before what they select, and one that is named holds for all of them.
    assert_eq!(
        lint("silent posture --select aks-defender-profile"),
        ["posture/main.bicep:5:3: high aks-defender-profile"]
    );
    let named = lint("low none --config posture/armguard.toml");
    assert_eq!(
        named,
        ["none/broken.bicep:1:13: error module-not-found", "none/main.bicep:5:3: medium aks-local-accounts"]
    );
    let named = lint("none --config low/armguard.toml");
    assert_eq!(named, [none[0], "none/main.bicep:5:3: low aks-defender-profile"]);
}

/// Contexts and baselines are told by paths that are the same wherever armguard runs.
#[test]
fn the_working_folder_makes_no_difference() {
    let ignored = CLUSTER.replace(
        "resource aks ",
        "// armguard: ignore[aks-defender-security-monitoring] in infra/dev/*, dev/*/main.bicep\nresource aks ",
    );
    let folder = Folder::new(
        "working-folder",
        &[
            ("infra/main.bicep", &ignored),
            ("infra/dev/main.bicepparam", "using '../main.bicep'\nparam monitored = false\n"),
            ("infra/lab/main.bicepparam", "using '../main.bicep'\nparam monitored = false\n"),
            ("armguard.toml", "[[contexts]]\ntemplates = 'infra/more/*.bicep'\nset = { monitored = false }\n"),
            ("infra/more/one.bicep", CLUSTER),
            ("infra/more/two.bicep", CLUSTER),
        ],
    );
    let absolute = folder.0.to_str().unwrap();
    let runs = [
        ("", "."),
        ("", "infra"),
        ("infra", "."),
        ("infra/dev", ".."),
        ("infra/dev", absolute),
        ("infra/more", "../.."),
    ];
    let found = |cwd: &str, args: &str| {
        said(&folder, cwd, args)
            .lines()
            .map(|line| {
                let (path, rest) = line.split_once(':').unwrap_or(("", line));
                let path = path.rsplit('/').next().unwrap_or_default();
                format!("{path}:{rest}")
            })
            .collect::<Vec<String>>()
    };
    for (cwd, path) in runs {
        let lines = found(cwd, path);
        assert_eq!(lines.len(), 4, "{cwd} {path}: {lines:?}");
        assert_eq!(lines, found("", "."), "{cwd} {path}");
        // A baseline that is written here holds there, and says the same.
        let base = folder.0.join("base.json");
        assert_eq!(found(cwd, &format!("{path} --write-baseline {}", base.display())), [":0"]);
        let written = fs::read_to_string(&base).unwrap();
        for (cwd, path) in runs {
            assert_eq!(found(cwd, &format!("{path} --baseline {}", base.display())), [":0"], "{cwd} {path}");
        }
        found("", ". --write-baseline other.json");
        assert_eq!(fs::read_to_string(folder.0.join("other.json")).unwrap(), written, "{cwd} {path}");
    }
}

/// Who writes a module that others use decides nothing for them.
#[test]
fn ignores_of_others_do_not_count() {
    let template = include_str!("../../../testdata/arm/bare-cluster/template.json");
    let module = format!("// armguard: ignore-file[aks-defender-profile] trust me\n{template}");
    let folder = Folder::new(
        "cached-ignores",
        &[
            ("main.bicep", "module m 'br:shop.azurecr.io/aks:1.0' = { name: 'm' }\n"),
            (".gitignore", "cache/\n"),
            ("cache/br/shop.azurecr.io/aks/1.0$/main.json", &module),
        ],
    );
    assert_eq!(said(&folder, "", "main.bicep --module-cache cache"), "1\nmain.bicep:1:8: high aks-defender-profile");
}

#[test]
fn the_configuration_is_printed_with_its_origins() {
    let folder = Folder::new(
        "config-printed",
        &[
            ("a/main.bicep", BARE),
            (
                "armguard.toml",
                "[rules]\nselect = ['aks-defender-profile']\nseverity = { aks-defender-profile = 'low' }\n\
                 [ignores]\nrequire-reason = true\ncontexts = ['dev*']\n\
                 [[contexts]]\nname = 'dev'\ntemplates = 'a/*.bicep'\nset = { on = true }\n\
                 [modules]\n'br/x:y:*' = 'a'\n\
                 [rulesets]\nours = ['aks-defender-profile', 'mcsb:LT-1']\n[defender]\nsensor = 'helm'\n",
            ),
        ],
    );
    let (code, out, err) = run(&folder, "a", &["config"], &[("ARMGUARD_FORMAT", "concise")]);
    assert_eq!((code, err.as_str()), (0, ""));
    let expected = r#"# ../armguard.toml

[rules]
paths = []  # default
select = ["aks-defender-profile"]  # ../armguard.toml:2:11
ruleset = []  # default
ignore = []  # default
severity.aks-defender-profile = "low"  # ../armguard.toml:3:14

[rulesets]
"ours" = ["aks-defender-profile", "mcsb:LT-1"]  # ../armguard.toml:14:9

[defender]
workspaces = []  # default
sensor = "helm"  # ../armguard.toml:16:10

[files]
exclude = []  # default

[ignores]
require-reason = true  # ../armguard.toml:5:18
max-expiry = none  # default
contexts = ["dev*"]  # ../armguard.toml:6:12

[output]
format = ["concise"]  # ARMGUARD_FORMAT

[[contexts]]
name = "dev"  # ../armguard.toml:9:13
templates = 'a/*.bicep'  # ../armguard.toml:9:13
parameters = []  # default
set.on = true  # ../armguard.toml:10:14

[modules]
"br/x:y:*" = "a"  # ../armguard.toml:12:14
"#;
    assert_eq!(out, expected);
}
