//! `armguard expand` as people run it.

use std::process::Command;

use crate::support::cli_folder::Folder;

const MAIN: &str = "\
param sku string = 'Basic'
param count int
resource a 'Microsoft.X/y@2024-01-01' = {
  name: 'a'
  location: resourceGroup().location
  sku: { name: sku }
}
resource b 'Microsoft.X/y@2024-01-01' = if (count > 1) {
  name: 'b'
}
";

fn folder(name: &str) -> Folder {
    Folder::new(
        name,
        &[
            ("main.bicep", MAIN),
            (
                "given.json",
                r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "parameters": { "count": { "value": 0 }, "sku": { "value": "Free" } } }"#,
            ),
            ("given.bicepparam", "using 'main.bicep'\nparam count = 2\n"),
            ("alone.bicepparam", "using none\nparam count = 2\n"),
            ("broken.bicep", "resource a 'Microsoft.X/y@1' = { name: [1][3] }\n"),
            ("note.txt", "no template\n"),
        ],
    )
}

/// The exit code, what is printed, and what is complained of.
fn run(folder: &Folder, args: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_armguard")).arg("expand").args(args).current_dir(&folder.0).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Arguments, the exit code, and parts of what is printed and complained of.
type Case<'c> = (&'c [&'c str], i32, &'c [&'c str], &'c [&'c str]);

#[test]
fn what_is_said() {
    let folder = folder("expand-cli");
    let table = "--format=table";
    let head = "TYPE           NAME  API VERSION";
    #[rustfmt::skip]
    let cases: &[Case] = &[
        (&["main.bicep"], 0, &["\"condition\": \"[greater(parameters('count'), 1)]\"", "\"[resourceGroup().location]\"", "/resourceGroups/myRg/"], &[]),
        (&["main.bicep", "--location", "westeurope"], 0, &["\"location\": \"westeurope\""], &[]),
        (&["main.bicep", "--resource-group", "rg", "--subscription-id", "s"], 0, &["/subscriptions/s/resourceGroups/rg/providers/"], &[]),
        (&["main.bicep", table], 0, &[head, "  CONDITION\n", "Microsoft.X/y  b     2024-01-01   [greater(parameters('count'), 1)]\n"], &[]),
        (&["main.bicep", "--params", "given.json"], 0, &["\"name\": \"Free\""], &[]),
        (&["given.bicepparam", table], 0, &["Microsoft.X/y  a     2024-01-01\nMicrosoft.X/y  b     2024-01-01\n"], &[]),
        (&["given.bicepparam", "--diff", "main.bicep"], 1, &["~ Microsoft.X/y b\n    - condition: "], &[]),
        (&["main.bicep", "--diff", "main.bicep"], 0, &[], &[]),
        (&["main.bicep", "--diff", "main.bicep", "--format", "json"], 0, &["\"changed\": []"], &[]),
        (&["broken.bicep"], 1, &["broken.bicep:1:44: error evaluation-error: the index is outside the array"], &[]),
        (&["broken.bicep", table], 1, &["Microsoft.X/y  [unknown("], &["broken.bicep:1:44: error evaluation-error: "]),
        (&["nothing.bicep"], 2, &[], &["error: `nothing.bicep`: this file cannot be read"]),
        (&["note.txt"], 2, &[], &["`note.txt` is no template; name a `.bicep` file"]),
        (&["alone.bicepparam"], 2, &[], &["does not say which template it is for"]),
        (&["given.bicepparam", "--params", "given.json"], 2, &[], &["is a parameter file; with `--params`, name the template"]),
        (&["main.bicep", "--params", "main.bicep"], 2, &[], &["`main.bicep` is no parameter file"]),
        (&[], 2, &[], &["FILE"]),
    ];
    for (args, code, out, err) in cases {
        let (ended, said, complained) = run(&folder, args);
        assert_eq!(ended, *code, "{args:?}\n{said}{complained}");
        for part in *out {
            assert!(said.contains(part), "{args:?}: no `{part}` in\n{said}");
        }
        for part in *err {
            assert!(complained.contains(part), "{args:?}: no `{part}` in\n{complained}");
        }
        assert!(!out.is_empty() || said.is_empty(), "{args:?} says\n{said}");
    }
}

#[test]
fn no_build_server_obeys() {
    const HOSTILE: &str = r"a\n##vso[task.complete result=Succeeded;]\u{1b}[31m\n::error::b";
    let template = |name: &str| {
        format!(
            "resource a 'Microsoft.X/y@2024-01-01' = {{\n  name: 'a'\n  tags: {{\n    '{name}': '{name}'\n  }}\n}}\nresource b 'Microsoft.X/y@2024-01-01' = {{\n  name: '{name}'\n}}\n"
        )
    };
    let broken = "output a string = '##vso[x]\n::error::y'\n";
    let folder = Folder::new(
        "expand-hostile",
        &[("main.bicep", &template(HOSTILE)), ("old.bicep", &template("b")), ("##vso[a]x.bicep", broken)],
    );
    // The file, the other arguments, and how many lines are printed: none that a name begins.
    let cases: &[(&str, &[&str], Option<usize>)] = &[
        ("main.bicep", &[], None),
        ("main.bicep", &["--format=table"], Some(3)),
        ("main.bicep", &["--diff=old.bicep"], Some(5)),
        ("main.bicep", &["--diff=old.bicep", "--format=json"], None),
        ("##vso[a]x.bicep", &["--format=table"], Some(1)),
        ("##vso[b]\n::error::.bicep", &[], Some(0)),
    ];
    for (file, args, lines) in cases {
        let (_, out, err) = run(&folder, &[&[*file], *args].concat());
        if let Some(lines) = lines {
            assert_eq!(out.lines().count(), *lines, "{args:?}\n{out}");
        }
        for line in out.lines().chain(err.lines()) {
            assert!(!line.contains("##vso[") && !line.trim_start().starts_with("::"), "{args:?}: {line}");
            assert!(!line.contains(char::is_control), "{args:?}: {line:?}");
        }
    }
}

#[test]
fn secrets_stay_secret() {
    let text = "@secure()\nparam key string = 'hunter2'\noutput o string = 'x${key}'\n@secure()\noutput s string = 'hunter3'\n";
    let folder = Folder::new(
        "expand-secret",
        &[
            ("main.bicep", text),
            (
                "p.json",
                "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#\", \"parameters\": { \"key\": { \"value\": \"hunter4\" } } }",
            ),
        ],
    );
    for args in [&["main.bicep"][..], &["main.bicep", "--params", "p.json"]] {
        let (code, out, err) = run(&folder, args);
        assert_eq!(code, 0, "{err}");
        assert!(!out.contains("hunter") && !err.contains("hunter"), "{out}{err}");
    }
}
