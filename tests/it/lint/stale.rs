//! Which differences between a compiled template and its Bicep file are certain.

use std::path::PathBuf;

use armguard::lint::{Found, Inputs, Options, lint};
use armguard::source::MemoryFiles;

/// What the run says when the properties of a resource are `bicep` in the one file, and `json` in the other.
fn reported(bicep: &str, json: &str) -> Vec<String> {
    let bicep = format!(
        "param size int = 3\nparam name string\nparam given object\nresource cart 'Contoso.Shop/carts@2024-01-01' = {{\n  \
         name: 'cart'\n  {bicep}\n}}\n"
    );
    let json = format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "metadata": {{ "_generator": {{ "name": "bicep", "version": "0.36.1", "templateHash": "1" }} }},
  "parameters": {{
    "size": {{ "type": "int", "defaultValue": 3 }}, "name": {{ "type": "string" }}, "given": {{ "type": "object" }}
  }},
  "resources": [
    {{ "type": "contoso.shop/Carts", "apiVersion": "2024-01-01", "name": "cart"{json} }}
  ]
}}"#
    );
    let mut files = MemoryFiles::default();
    files.insert("main.bicep", bicep);
    files.insert("main.json", json);
    let paths = ["main.bicep", "main.json"].map(|path| Found { path: PathBuf::from(path), named: false });
    let inputs = Inputs { paths: paths.to_vec(), ..Inputs::default() };
    let options = Options { select: vec!["compiled-template-stale".to_owned()], ..Options::default() };
    let report = lint(&files, inputs, &options);
    assert!(report.problems.is_empty() && report.undetermined.is_empty(), "{:?}", report.problems);
    report.findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn certain_differences() {
    #[rustfmt::skip]
    let cases: &[(&str, &str, &[&str])] = &[
        // In Bicep, in JSON, what the compiled template has and the Bicep file has
        ("", "", &[]),
        ("properties: { a: 1 }", r#", "properties": { "a": 1 }"#, &[]),
        ("properties: { a: 1 }", r#", "properties": { "A": 1 }"#, &[]),
        ("properties: { a: 1 }", r#", "properties": { "a": "1" }"#, &["`\"1\"` for `properties.a` of `cart`", "has `1`"]),
        ("properties: { a: 1, b: null }", r#", "properties": { "a": 1 }"#, &[]),
        ("properties: { a: 1, b: 2 }", r#", "properties": { "a": 1 }"#, &["nothing for `properties.b`", "has `2`"]),
        ("", r#", "tags": { "a": "b" }"#, &["`{\"a\":\"b\"}` for `tags`", "has nothing"]),
        ("properties: { a: [1, 2] }", r#", "properties": { "a": [1, 3] }"#, &["`3` for `properties.a[1]`", "has `2`"]),
        ("properties: { a: [1, 2] }", r#", "properties": { "a": [1] }"#, &["`[1]` for `properties.a`", "has `[1,2]`"]),
        ("properties: { a: size }", r#", "properties": { "a": "[parameters('size')]" }"#, &[]),
        ("properties: { a: size }", r#", "properties": { "a": 4 }"#, &["`4` for `properties.a`", "has `3`"]),
        // What is not known on one side may be what the other side has.
        ("properties: { a: name }", r#", "properties": { "a": "x" }"#, &[]),
        ("properties: { a: 'x' }", r#", "properties": { "a": "[parameters('name')]" }"#, &[]),
        ("properties: { a: 'x${name}' }", r#", "properties": { "a": "y" }"#, &[]),
        ("properties: { ...given }", r#", "properties": { "a": 1 }"#, &[]),
        ("properties: given", r#", "properties": { "a": 1 }"#, &[]),
        ("...given", r#", "properties": { "a": 1 }"#, &[]),
        ("properties: { a: name, b: 1 }", r#", "properties": { "a": "x", "b": 2 }"#, &["`2` for `properties.b`", "has `1`"]),
        // A text that looks like an expression is none when it is escaped.
        ("properties: { a: '[x]' }", r#", "properties": { "a": "[[y]" }"#, &["for `properties.a`"]),
        ("properties: { a: '[x]' }", r#", "properties": { "a": "[[x]" }"#, &[]),
        // What steers the deployment is no value of the resource.
        ("dependsOn: []", r#", "comments": "x""#, &[]),
        ("", r#", "condition": false"#, &["does not deploy `cart`"]),
        ("", r#", "condition": "[equals(parameters('name'), 'x')]""#, &[]),
    ];
    for (bicep, json, parts) in cases {
        let reported = reported(bicep, json);
        assert_eq!(reported.len(), usize::from(!parts.is_empty()), "{bicep} {json}: {reported:?}");
        for part in *parts {
            assert!(reported[0].contains(part), "{bicep} {json}: {part:?} in {reported:?}");
        }
    }
}
