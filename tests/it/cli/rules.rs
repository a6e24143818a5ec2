//! `armguard rules`, `armguard test`, and rules of the user on the command line.

use std::path::Path;
use std::process::Command;

use crate::support::cli_folder::Folder;

const RULE: &str = "\
---
severity: low
resource: Contoso.Shop/carts
noun: cart
set: posture
require: { path: properties.locked, equals: true }
message: { failed: \"The {noun} `{name}` is open.\", absent: \"The {noun} `{name}` has no lock.\" }
labels: { failed: open here }
help: Lock it.
controls: { house: H-7 }
---
# cart-lock

A cart is open.

## Why

Things fall out.

## Remediation

Lock it.

## Examples

```bicep fail
resource cart 'Contoso.Shop/carts@2024-01-01' = {
  name: 'cart'
  properties: { locked: false }
}
```

```text finding
main.bicep:3:25: low cart-lock: The cart `cart` is open.
  main.bicep:3:25: open here
```

```bicep pass
resource cart 'Contoso.Shop/carts@2024-01-01' = {
  name: 'cart'
  properties: { locked: true }
}
```
";

const TYPE: &str = "Microsoft.ContainerService/managedClusters";
const CART: &str = "resource cart 'Contoso.Shop/carts@2024-01-01' = {\n  name: 'cart'\n  properties: {}\n}\n";
const BARE: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'a'\n  \
    properties: { dnsPrefix: 'a', agentPoolProfiles: [{ name: 'p', mode: 'System' }] }\n}\n";

fn run(folder: &Folder, args: &str) -> (i32, String, String) {
    run_in(&folder.0, args)
}

fn run_in(folder: &Path, args: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armguard"));
    let output = command.current_dir(folder).args(args.split(' ')).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn rules_of_the_user() {
    let changed = |from: &str, to: &str| {
        assert!(RULE.contains(from), "{from}");
        RULE.replacen(from, to, 1)
    };
    let folder = Folder::new(
        "cli-rules",
        &[
            ("main.bicep", CART),
            ("house/shop/cart-lock.md", RULE),
            ("house/README.md", "# How we write rules\n"),
            ("other-text/cart-lock.md", &changed("is open.\n  main", "is wide open.\n  main")),
            ("other-answer/cart-lock.md", &changed("locked: true }\n}", "locked: false }\n}")),
            ("wrong-key/cart-lock.md", &changed("require:", "requires:")),
            ("wrong-condition/cart-lock.md", &changed("{ path:", "{ pth:")),
            ("wrong-path/cart-lock.md", &changed("properties.locked", "\"$.properties[?@.x\"")),
            ("wrong-regex/cart-lock.md", &changed("equals: true", "matches: \"(\"")),
            (
                "wrong-native/cart-lock.md",
                &changed("require: { path: properties.locked, equals: true }", "native: format_disk"),
            ),
            ("taken/aks-rbac.md", &RULE.replace("cart-lock", "aks-rbac")),
            ("no-front/cart-lock.md", "# cart-lock\n"),
            ("empty/notes.txt", ""),
            ("long/cart-lock.md", &format!("{RULE}{}", "x".repeat(1 << 20))),
        ],
    );
    #[rustfmt::skip]
    let cases: &[(&str, i32, &str, &str)] = &[
        // arguments, exit code, part of the output, part of the errors
        ("lint --rules house --select cart-lock --format concise", 1, "low cart-lock: The cart `cart` has no lock.", "1 low"),
        ("lint --rules house --select house:h-7 --format concise", 1, "cart-lock", ""),
        ("lint --rules house --ruleset posture --format concise", 1, "cart-lock", ""),
        ("lint --rules house --ruleset posture --ignore house:H-7 --format concise", 0, "", "No findings"),
        ("lint --rules house --format concise", 0, "", "No findings"),
        ("lint --select cart-lock", 2, "", "there is no rule `cart-lock`"),
        ("lint --select house:H-7", 2, "", "there is no catalogue `house`; rules map to azure-policy, checkov,"),
        ("lint --select psrule:Azure.AKS.DefenderProfil", 2, "", "did you mean `psrule:Azure.AKS.DefenderProfile`?"),
        ("lint --select psrule:Azure.AKS.UptimeSLA", 2, "", "docs/parity.md tells why"),
        ("rules --rules house", 0, "cart-lock", ""),
        ("explain cart-lock --rules house", 0, "# cart-lock\n", ""),
        ("test house", 0, "ok      house/shop/cart-lock.md:26: fail\nok      house/shop/cart-lock.md:38: pass\n\n2 examples, 0 failed", ""),
        ("test other-text", 1, "the page says\n    main.bicep:3:25: low cart-lock: The cart `cart` is wide open.", ""),
        ("test other-answer", 1, "FAILED  other-answer/cart-lock.md:38: pass: the run says\n    main.bicep:3:25: low", ""),
        ("test wrong-key", 2, "", "wrong-key/cart-lock.md:6:1: unknown field `requires`; did you mean `require`?"),
        ("test wrong-condition", 2, "", "wrong-condition/cart-lock.md:6:12: unknown field `pth`; did you mean `path`?"),
        ("test wrong-path", 2, "", "is no JSONPath: at column"),
        ("test wrong-regex", 2, "", "wrong-regex/cart-lock.md:6:1: `(` is no regular expression"),
        ("test wrong-native", 2, "", "there is no native check `format_disk`"),
        ("test taken", 2, "", "armguard has a rule `aks-rbac` of its own"),
        ("test no-front", 2, "", "no-front/cart-lock.md:1:1: a rule file starts with YAML"),
        ("test empty", 2, "", "there is no rule file"),
        ("test long", 2, "", "at most 262144 are read"),
        ("test nowhere", 2, "", "`nowhere` does not exist"),
    ];
    for (args, code, out, err) in cases {
        let (got, output, errors) = run(&folder, args);
        let case = format!("{args}: {got}\n{output}\n{errors}");
        assert_eq!(got, *code, "{case}");
        assert!(output.contains(out) && errors.contains(err), "{case}");
    }
    let (code, output, _) = run(&folder, "test other-text --bless");
    assert_eq!((code, output.contains("blessed other-text/cart-lock.md:26: fail")), (0, true), "{output}");
    let blessed = std::fs::read_to_string(folder.0.join("other-text/cart-lock.md")).unwrap();
    assert_eq!(blessed, RULE);
}

/// What a bare cluster gets: one finding by default, and the rest only when asked for.
#[test]
fn sets_of_rules() {
    let folder = Folder::new("cli-sets", &[("main.bicep", BARE)]);
    let found = |args: &str| {
        let (_, output, _) = run(&folder, &format!("lint --format concise {args}"));
        output.lines().map(|line| line.split([' ', ':']).nth(5).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("main.bicep"), ["aks-defender-profile"]);
    assert_eq!(found("--select psrule:azure.aks.defenderprofile"), ["aks-defender-profile"]);
    assert_eq!(found("--select checkov:CKV_AZURE_141,aks-defender-profile").len(), 2);
    let (default, posture) = (found("--ruleset default"), found("--ruleset posture"));
    assert_eq!(default, ["aks-defender-profile"]);
    assert!(posture.len() >= 8 && !posture.contains(&default[0]), "{posture:?}");
    assert_eq!(found("--ruleset default,posture").len(), default.len() + posture.len());
    assert_eq!(found("--ruleset posture --select aks-defender-profile").len(), posture.len() + 1);
    assert!(found("--ruleset all").len() > default.len() + posture.len());
    assert!(found("--ruleset posture --ignore mcsb:IM-1").len() < posture.len());
}

/// Rule files and sets that a configuration names.
#[test]
fn rules_of_the_configuration() {
    let config = |rules: &str| format!("[rules]\npaths = ['../house']\n{rules}\n");
    let sets = "[rulesets]\nours = ['cart-lock', 'house:H-7']\nbare = 'aks-defender-profile'\n";
    let folder = Folder::new(
        "cli-config-rules",
        &[
            ("house/shop/cart-lock.md", RULE),
            ("named/armguard.toml", &(config("") + sets)),
            ("chosen/armguard.toml", &(config("ruleset = ['ours', 'default']") + sets)),
            ("unknown/armguard.toml", &(config("ruleset = 'our'") + sets)),
            ("wrong/armguard.toml", "[rulesets]\nours = ['cart-lck']\nall = []\n"),
            ("nowhere/armguard.toml", "[rules]\npaths = 'rules'\n"),
            ("named/main.bicep", &format!("{CART}{BARE}")),
            ("chosen/main.bicep", &format!("{CART}{BARE}")),
            ("unknown/main.bicep", CART),
            ("wrong/main.bicep", CART),
            ("nowhere/main.bicep", CART),
        ],
    );
    #[rustfmt::skip]
    let cases: &[(&str, &str, i32, &[&str], &str)] = &[
        // folder, arguments, exit code, the rules that are found, part of the errors
        ("named", "lint", 1, &["aks-defender-profile"], "1 high"),
        ("named", "lint --select cart-lock", 1, &["cart-lock"], ""),
        ("named", "lint --ruleset ours", 1, &["cart-lock"], ""),
        ("named", "lint --ruleset ours,bare", 1, &["cart-lock", "aks-defender-profile"], ""),
        ("named", "lint --ruleset others", 2, &[], "there is no set `others`; there are default, posture, all, bare, ours"),
        ("named", "lint --no-config --ruleset ours", 2, &[], "there is no set `ours`; there are default, posture, all"),
        ("named", "explain cart-lock", 0, &[], ""),
        ("chosen", "lint", 1, &["cart-lock", "aks-defender-profile"], ""),
        ("chosen", "lint --ruleset default", 1, &["aks-defender-profile"], ""),
        ("unknown", "lint", 2, &[], "armguard.toml:3:11: there is no set `our`"),
        ("wrong", "lint", 2, &[], "armguard.toml:2:9: there is no rule `cart-lck`"),
        ("wrong", "lint", 2, &[], "armguard.toml:3:1: `all` is a set of armguard's own"),
        ("nowhere", "lint", 2, &[], "armguard.toml:2:9: `rules` does not exist"),
    ];
    for (below, args, code, rules, err) in cases {
        let args = if args.starts_with("lint") { format!("{args} --format concise") } else { (*args).to_owned() };
        let (got, output, errors) = run_in(&folder.0.join(below), &args);
        let case = format!("{args}: {got}\n{output}\n{errors}");
        assert_eq!(got, *code, "{case}");
        assert!(errors.contains(err), "{case}");
        if args.starts_with("lint") {
            let found = output.lines().filter_map(|line| line.split([' ', ':']).nth(5)).collect::<Vec<_>>();
            assert_eq!(found, *rules, "{case}");
        }
    }
}

/// What a rule needs of the template, and what it checks, says its file.
#[test]
fn what_rules_need_and_check() {
    let with = |keys: &str, id: &str| {
        let text = RULE.replace("cart-lock", id).replace("A cart is", "A thing is").replace("Contoso.Shop/carts", TYPE);
        text.replace("require: { path: properties.locked, equals: true }\n", keys)
    };
    let locked = "require: { path: properties.locked, equals: true }\n";
    let source = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: 'a'\n  \
        properties: { dnsPrefix: 'a' }\n}\n";
    let compiled = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "metadata": { "_generator": { "name": "bicep", "version": "0.36.1" } }, "resources": [
        { "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2025-05-01", "name": "a",
          "properties": { "dnsPrefix": "b" } }] }"#;
    let folder = Folder::new(
        "cli-needs-checks",
        &[
            ("house/shop/plain.md", &with(locked, "plain")),
            ("house/shop/sensor.md", &with(&format!("needs: sensor\n{locked}"), "sensor")),
            ("house/shop/copies.md", &with("checks: template\nnative: compiled_template_stale\n", "copies")),
            ("of-resources/copies.md", &with("native: compiled_template_stale\n", "copies")),
            ("of-templates/copies.md", &with("checks: template\nnative: aks_defender_workspace\n", "copies")),
            (
                "guarded/copies.md",
                &with("checks: template\nneeds: sensor\nnative: compiled_template_stale\n", "copies"),
            ),
            ("without/armguard.toml", ""),
            ("without/main.bicep", source),
            ("without/main.json", compiled),
            ("installed/armguard.toml", "[defender]\nsensor = 'helm'\n"),
            ("installed/main.bicep", source),
        ],
    );
    #[rustfmt::skip]
    let cases: &[(&str, &str, i32, &[&str], &str)] = &[
        // folder, rules, exit code, the rules that are found, part of the errors
        ("without", "house", 1, &["plain", "sensor", "copies"], ""),
        ("installed", "house", 1, &["plain"], "`[defender] sensor` says that"),
        ("without", "of-resources", 2, &[], "the native check `compiled_template_stale` goes with `checks: template`"),
        ("without", "of-templates", 2, &[], "the native check `aks_defender_workspace` goes with `checks: resource`"),
        ("without", "guarded", 2, &[], "copies.md:6:1: `checks: template` goes with `native`, and without `when`"),
    ];
    for (below, rules, code, expected, err) in cases {
        let args = format!("lint --rules ../{rules} --select house:H-7 --format concise");
        let (got, output, errors) = run_in(&folder.0.join(below), &args);
        let case = format!("{below} {rules}: {got}\n{output}\n{errors}");
        let mut found = output.lines().filter_map(|line| line.split([' ', ':']).nth(5)).collect::<Vec<_>>();
        found.sort_by_key(|id| expected.iter().position(|known| known == id));
        assert_eq!((got, found.as_slice()), (*code, *expected), "{case}");
        assert!(errors.contains(err), "{case}");
    }
}

#[test]
fn the_list_for_programs() {
    let folder = Folder::new("cli-rules-json", &[]);
    let (code, output, _) = run(&folder, "rules --format json");
    let list: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!((code, &list["version"]), (0, &serde_json::json!(1)));
    let rules = list["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "aks-defender-profile").unwrap();
    assert_eq!(rule["controls"]["psrule"], serde_json::json!(["Azure.AKS.DefenderProfile"]));
    assert_eq!(rule["resourceTypes"], serde_json::json!(["Microsoft.ContainerService/managedClusters"]));
    let keys: Vec<&str> = rule.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["id", "title", "severity", "set", "area", "resourceTypes", "group", "controls", "links"];
    assert_eq!(keys, expected);
}
