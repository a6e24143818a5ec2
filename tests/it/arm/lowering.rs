//! Lowering of ARM templates, as tables of templates and what they become.

use crate::support::dump;

use armguard::json;
use armguard::source::{FileId, TextRange};
use armguard::template::{self, DeploymentScope, JsonFileKind, Language, Template};

fn lower(text: &str) -> Template {
    template::lower_arm(FileId(7), &json::parse(text))
}

/// Lowers the template with these sections (no braces around) and compares its dump, which has no indent here.
fn check(sections: &str, expected: &str) {
    let template = lower(&format!("{{{sections}}}"));
    let problems: Vec<_> = template.problems.iter().map(|problem| &problem.message).collect();
    assert!(problems.is_empty(), "{sections}: {problems:?}");
    let indent = expected.lines().find_map(|line| line.find(|char: char| !char.is_whitespace())).unwrap_or_default();
    let expected: String =
        expected.lines().skip(1).map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
    assert_eq!(dump::dump(&template).trim_end(), expected.trim_end(), "{sections}");
}

/// Compares what the variable `v` with the JSON value `value` becomes, in a template that declares
/// the parameter `Size`, the variable `other` and the function `ns.twice`.
fn check_value(value: &str, expected: &str) {
    let text = format!(
        r#"{{"parameters": {{"Size": {{"type": "int"}}}},
        "functions": [{{"namespace": "ns", "members": {{"twice": {{"parameters": [{{"name": "n", "type": "int"}}],
            "output": {{"type": "int", "value": "[mul(parameters('N'), 2)]"}}}}}}}}],
        "variables": {{"other": 1, "v": {value}}}}}"#
    );
    let template = lower(&text);
    assert_eq!(template.problems, [], "{value}");
    let variable = template.variables.iter().find(|variable| &*variable.name == "v");
    let shown = variable.map(|variable| dump::expr(&template, variable.value));
    assert_eq!(shown.as_deref(), Some(expected), "{value}");
}

#[test]
fn values() {
    let cases = [
        ("null", "null"),
        ("true", "true"),
        ("-12", "-12"),
        ("1.5", "number(1.5)"),
        ("12345678901234567890", "number(12345678901234567890)"),
        (r#""text""#, "'text'"),
        (r#""[not] one""#, "'[not] one'"),
        (r#""[[literal]""#, "'[literal]'"),
        (r#""[[half""#, "'[[half'"),
        (r#"[1, "a", []]"#, "[1, 'a', []]"),
        (r#"{"a": {"b": 1}, "A": 2}"#, "{a: {b: 1}, A: 2}"),
        (
            r#"{"[[k]": 1, "[variables('other')]": 2, "[string('copy')]": 3}"#,
            "{[k]: 1, <var other>: 2, <string('copy')>: 3}",
        ),
    ];
    cases.into_iter().for_each(|(value, expected)| check_value(value, expected));
}

#[test]
fn expressions() {
    let cases = [
        ("'text'", "'text'"),
        ("-3", "-3"),
        ("99999999999999999999", "number(99999999999999999999)"),
        ("true()", "true"),
        ("False()", "false"),
        ("NULL()", "null"),
        ("parameters('SIZE')", "param Size"),
        ("parameters('none')", "undeclared none"),
        ("parameters(concat('Si', 'ze'))", "parameters(concat('Si', 'ze'))"),
        ("variables('Other')", "var other"),
        ("variables('none')", "undeclared none"),
        ("ResourceGroup().Location", "resourcegroup().Location"),
        ("if(true(), 1, 2)", "(true ? 1 : 2)"),
        ("if(true(), 1)", "if(true, 1)"),
        ("NS.Twice(1)", "user ns.twice(1)"),
        ("ns.none(1)", "undeclared ns.none(1)"),
        ("createArray(1, createArray())", "[1, []]"),
        ("createObject()", "{}"),
        ("createObject('a', 1, 'b c', null())", "{a: 1, b c: null}"),
        ("createObject('a')", "createobject('a')"),
        ("createObject(variables('other'), 1)", "createobject(var other, 1)"),
        ("variables('other').a['b'][0][add(1, 2)]", "var other.a.b[0][add(1, 2)]"),
        ("tryGet(variables('other'), 'a')", "var other.?a"),
        ("tryGet(variables('other'), 'a', 'b', 0)", "var other.?a.b[0]"),
        ("tryGet(variables('other'), 0).b", "(var other[?0]).b"),
        ("tryGet(tryGet(variables('other'), 'a'), 'b')", "(var other.?a).?b"),
        ("tryGet(variables('other'), 'a', createObject('value', 1, 'fromEnd', true()))", "var other.?a[^1]"),
        ("tryGet(variables('other'))", "tryget(var other)"),
        ("indexFromEnd(variables('other'), 1)", "var other[^1]"),
        ("tryIndexFromEnd(variables('other'), 1, 'b')", "var other[?^1].b"),
        (
            "map(range(0, 2), lambda('x', 'i', add(lambdaVariables('X'), lambdaVariables('i'))))",
            "map(range(0, 2), (x#0, i#1 => add(x#0, i#1)))",
        ),
        (
            "map(variables('other'), lambda('x', map(lambdaVariables('x'), lambda('x', lambdaVariables('x')))))",
            "map(var other, (x#0 => map(x#0, (x#1 => x#1))))",
        ),
        ("lambdaVariables('x')", "undeclared x"),
        ("copyIndex()", "undeclared copyIndex"),
        ("copyIndex('loop')", "undeclared loop"),
        ("reference('cluster', '2024-01-01', 'full').identity", "reference('cluster', '2024-01-01', 'full').identity"),
    ];
    for (expression, expected) in cases {
        check_value(&format!("\"[{expression}]\""), expected);
        check_value(&format!("\"[ {expression}\n]\""), expected);
    }
}

#[test]
fn loops_of_properties() {
    let cases = [
        (
            r#"{"copy": [{"name": "pools", "count": 3, "input": {"at": "[copyIndex('Pools', 1)]"}}], "z": 0}"#,
            "{pools: [for pools#0 < 3: {at: add(pools#0, 1)}], z: 0}",
        ),
        (
            r#"{"a": {"copy": [{"name": "x", "count": 1, "input": "[copyIndex()]"}, {"name": "y", "count": 2, "input": 0}]}}"#,
            "{a: {x: [for x#0 < 1: x#0], y: [for y#1 < 2: 0]}}",
        ),
        (
            r#"{"copy": [{"name": "x", "count": 2, "input": {"copy": [{"name": "y", "count": "[copyIndex('x')]", "input": "[add(copyIndex('x'), copyIndex('y', 2))]"}]}}]}"#,
            "{x: [for x#0 < 2: {y: [for y#1 < x#0: add(x#0, add(y#1, 2))]}]}",
        ),
        (r#"{"copy": "x"}"#, "{copy: 'x'}"),
        (r#"{"copy": []}"#, "{copy: []}"),
        (r#"{"copy": [{"name": "x"}]}"#, "{copy: [{name: 'x'}]}"),
    ];
    cases.into_iter().for_each(|(value, expected)| check_value(value, expected));
}

#[test]
fn parameters() {
    check(
        r#""parameters": {
            "a": {"type": "String", "defaultValue": "[parameters('B')]", "allowedValues": ["x", "y"]},
            "b": {"type": "secureString", "nullable": true},
            "c": {"type": "array", "defaultValue": ["[parameters('a')]", "[parameters('a')]"]},
            "d": {"defaultValue": null}, "e": {"type": "SecureObject"}, "f": {"type": "bool"}, "g": {"type": "int"},
            "G": {"type": "object"}}"#,
        "
        param a String = param b of ['x', 'y'] used 2
        param b String secure used 1
        param c Array = [param a, param a] used 0
        param d Other = null used 0
        param e Object secure used 0
        param f Bool used 0
        param G Object used 0",
    );
}

#[test]
fn parameters_of_declared_types() {
    check(
        r##""languageVersion": "2.0", "definitions": {
            "mode": {"type": "string", "allowedValues": ["on", "off"], "nullable": true},
            "alias": {"$ref": "#/definitions/mode"},
            "pool": {"type": "object", "properties": {"keys~": {"type": "array", "items": {"type": "secureString"}}}},
            "loop": {"$ref": "#/definitions/loop"}},
        "parameters": {
            "a": {"$ref": "#/definitions/alias"},
            "b": {"$ref": "#/definitions/alias", "nullable": false, "defaultValue": "on"},
            "c": {"$ref": "#/definitions/pool/properties/keys~0/items"},
            "d": {"$ref": "#/definitions/loop"}, "e": {"$ref": "#/definitions/none"},
            "f": {"type": "int", "nullable": true}},
        "outputs": {"o": {"$ref": "#/definitions/pool/properties/keys~0/items", "value": "x"}}"##,
        "
        param a String nullable of ['on', 'off'] used 0
        param b String = 'on' of ['on', 'off'] used 0
        param c String secure used 0
        param d Other used 0
        param e Other used 0
        param f Int nullable used 0
        output o secure = 'x'",
    );
}

#[test]
fn variables_and_functions() {
    check(
        r#""metadata": {"__bicep_exported_variables!": [{"name": "x"}]},
        "functions": [{"namespace": "a", "members": {
            "f": {"parameters": [{"name": "p"}], "output": {"value": "[b.g(parameters('P'), parameters('q'))]"}},
            "h": {"output": {"value": "[a.f(1)]"}, "metadata": {"__bicep_export!": true}}}},
            {"namespace": "b", "members": {"g": {"parameters": [{"name": "x"}, {"name": "y"}]}}}],
        "parameters": {"q": {}},
        "variables": {"x": "[variables('List')]", "copy": [{"name": "list", "count": "[length(variables('x'))]",
            "input": "[copyIndex('list')]"}], "y": {"copy": [{"name": "z", "count": 1, "input": 0}]}}"#,
        "
        param q Other used 0
        var x exported = var list
        var list = [for list#0 < length(var x): list#0]
        var y = {z: [for z#1 < 1: 0]}
        func a.f(p#2) => user b.g(p#2, undeclared q)
        func a.h() exported => user a.f(1)
        func b.g(x#3, y#4) => ?",
    );
}

#[test]
fn outputs() {
    check(
        r#""outputs": {"a": {"type": "string", "value": 1}, "b": {"type": "securestring", "condition": "[true()]", "value": 2},
            "c": {"copy": {"count": 2, "input": "[copyIndex(1)]"}}, "d": {}, "B": {"value": 3}}"#,
        "
        output a = 1
        output B = 3
        output c = [for copyIndex#0 < 2: add(copyIndex#0, 1)]
        output d = ?",
    );
}

#[test]
fn resources() {
    check(
        r#""parameters": {"n": {"type": "int"}},
        "resources": [
            {"type": "Microsoft.X/things", "apiVersion": "2020-01-01", "name": "[concat('a', copyIndex())]",
                "condition": "[equals(copyIndex('LOOP'), 1)]", "scope": "s", "dependsOn": ["x", "[resourceId('y')]"],
                "copy": {"name": "loop", "count": "[parameters('n')]", "mode": "serial"},
                "metadata": {"m": "[broken"}, "comments": "c",
                "properties": {"i": "[copyIndex(5)]", "copy": [{"name": "l", "count": 2, "input": "[add(copyIndex(), copyIndex('l'))]"}]},
                "tags": {"[parameters('n')]": 1}},
            {"type": "[parameters('n')]", "name": "b", "dependsOn": "[variables('v')]"},
            {"type": "other@v1", "name": "c", "import": "ext"}],
        "variables": {"v": []}"#,
        "
        param n Int used 3
        var v = []
        resource 0 Microsoft.X/things @'2020-01-01' concat('a', loop#0) if equals(loop#0, 1) for loop#0 < param n scope 's' after 'x' and resourceid('y')
          properties: {i: add(loop#0, 5), l: [for l#1 < 2: add(loop#0, l#1)]}
          tags: {<param n>: 1}
        resource 1 ? 'b' after var v
        resource 2 other @'v1' 'c'
          import: 'ext'",
    );
    check(
        r#""languageVersion": "2.0", "resources": {
            "a": {"existing": true, "type": "Microsoft.X/y", "apiVersion": "1", "name": "n", "resourceGroup": "g", "subscriptionId": "s"},
            "A": {"type": "Microsoft.X/y", "dependsOn": ["a"], "properties": null}}"#,
        "
        resource 0 a Microsoft.X/y @'1' 'n' existing group 'g' subscription 's'
        resource 1 A Microsoft.X/y after 'a'
          properties: null",
    );
}

#[test]
fn null_is_absent() {
    check(
        r#""resources": [{"type": "a", "name": "n", "condition": null, "copy": null, "scope": null, "dependsOn": null,
            "resources": null}, {"type": "Microsoft.Resources/deployments", "properties": {"template": null, "parameters": null}}],
        "outputs": null, "parameters": {"p": {"allowedValues": null, "defaultValue": null}}, "variables": null"#,
        "
        param p Other = null used 0
        resource 0 a 'n'
          resources: ?
        resource 1 Microsoft.Resources/deployments
          properties: {template: null, parameters: null}
          deploys a linked template",
    );
}

#[test]
fn children() {
    check(
        r#""resources": [{"type": "Microsoft.X/a", "name": "p", "resources": [
                {"type": "b", "name": "c", "resources": [{"type": "providers/locks", "name": "l"}]},
                {"type": "Microsoft.X/a/d", "name": "p/d"}]},
            {"type": "[concat('x')]", "name": "q", "copy": {"name": "each", "count": 2}, "resources": [
                {"type": "e", "name": "[string(copyIndex())]"}]}]"#,
        "
        resource 0 Microsoft.X/a 'p'
          resources: ?
        resource 1 Microsoft.X/a/b 'c' parent resource 0
          resources: ?
        resource 2 Microsoft.X/a/b/providers/locks 'l' parent resource 1
        resource 3 Microsoft.X/a/d 'p/d'
        resource 4 ? 'q' for each#0 < 2
          resources: ?
        resource 5 ? string(each#0) parent resource 4 nested in 4",
    );
}

/// A deployment whose properties are these.
fn deployment(properties: &str) -> String {
    format!(r#"{{"type": "MICROSOFT.resources/Deployments", "name": "d", "properties": {{{properties}}}}}"#)
}

#[test]
fn inner_deployments() {
    let inner = r#""expressionEvaluationOptions": {"scope": "Inner"}, "parameters": {"p": {"value": "[parameters('p')]"},
        "q": "[createObject('value', 1)]", "r": {"copy": [{"name": "value", "count": 2, "input": "[copyIndex('value')]"}]}},
        "template": {"parameters": {"p": {"type": "string"}}, "resources": [
            {"type": "Microsoft.X/y", "name": "[parameters('P')]", "properties": "[parameters('z')]"}],
            "outputs": {"o": {"value": "[parameters('p')]"}}}"#;
    check(
        &format!(r#""parameters": {{"p": {{"type": "int"}}}}, "resources": [{}]"#, deployment(inner)),
        "
        param p Int used 1
        resource 0 MICROSOFT.resources/Deployments 'd'
          properties: {expressionEvaluationOptions: {scope: 'Inner'}, parameters: {p: {value: param p}, q: {value: 1}, r: {value: [for value#0 < 2: value#0]}}, template: ?}
          deploys inner with {p: {value: param p}, q: {value: 1}, r: {value: [for value#0 < 2: value#0]}}
            param p String used 2
            resource 0 Microsoft.X/y param p
              properties: undeclared z
            output o = param p",
    );
}

#[test]
fn outer_deployments() {
    let innermost = deployment(
        r#""template": {"resources": [{"type": "Microsoft.X/y", "name": "[concat(parameters('p'), copyIndex('each'), copyIndex())]"}],
            "outputs": {"deep": {"value": "[variables('v')]"}}}"#,
    );
    let outer = format!(
        r#""expressionEvaluationOptions": {{"scope": "OUTER"}}, "template": {{"parameters": {{"p": {{"type": "int"}}}},
            "variables": {{"v": 2}}, "resources": [{innermost}], "outputs": {{"o": {{"value": "[parameters('p')]"}}}}}}"#
    );
    let looped = deployment(&outer).replacen('{', r#"{"copy": {"name": "each", "count": 2}, "#, 1);
    check(
        &format!(
            r#""parameters": {{"p": {{"type": "string"}}}}, "variables": {{"v": 1}},
            "resources": [{looped}, {{"type": "Microsoft.X/z", "name": "after"}}]"#
        ),
        "
        param p String used 2
        var v = 1
        resource 0 MICROSOFT.resources/Deployments 'd' for each#0 < 2
          properties: {expressionEvaluationOptions: {scope: 'OUTER'}, template: ?}
          deploys outer
            output o = param p
        resource 1 MICROSOFT.resources/Deployments 'd' deployed by 0
          properties: {template: ?}
          deploys outer
            output deep = var v
        resource 2 Microsoft.X/y concat(param p, each#0, each#0) deployed by 1
        resource 3 Microsoft.X/z 'after'",
    );
}

#[test]
fn where_a_deployed_template_comes_from() {
    let cases = [
        ("", r#""template": {}"#, "deploys outer"),
        (r#""languageVersion": "2.0","#, r#""template": {}"#, "deploys inner"),
        (
            r#""languageVersion": "2.0","#,
            r#""expressionEvaluationOptions": {"scope": "outer"}, "template": {}"#,
            "deploys outer",
        ),
        ("", r#""template": "[variables('v')]""#, "deploys var v"),
        ("", r#""templateLink": {"relativePath": "a/b.json"}"#, "deploys a/b.json"),
        ("", r#""templateLink": {"relativePath": "[variables('v')]"}"#, "deploys a linked template"),
        (
            "",
            r#""templateLink": {"uri": "https://example.com/a.json"}, "parameters": {}"#,
            "deploys a linked template with {}",
        ),
        ("", "", "deploys a linked template"),
    ];
    for (head, properties, expected) in cases {
        let template =
            lower(&format!(r#"{{{head} "variables": {{"v": 1}}, "resources": [{}]}}"#, deployment(properties)));
        assert_eq!(template.problems, [], "{properties}");
        let dump = dump::dump(&template);
        assert_eq!(dump.lines().nth(3).map(str::trim), Some(expected), "{dump}");
    }
}

#[test]
fn what_is_damaged_is_open() {
    let text = r#"{"resources": [{"type": "Microsoft.X/y" "name": "n", "properties": {"a": [1, 2}}, {"type": "Microsoft.X/z", "properties": {"b": "[f('x']"}}]}"#;
    let template = lower(text);
    assert_eq!(
        dump::dump(&template),
        "resource 0 Microsoft.X/y 'n'\n  properties: {a: [1, 2]!}!\n  open\n\
         resource 1 Microsoft.X/z\n  properties: {b: ?}\n"
    );
    assert_eq!(template.problems.len(), 3, "{:?}", template.problems);
}

#[test]
fn what_cannot_be_read_is_a_problem() {
    let cases = [
        ("[]", "0..1 a template is an object"),
        (
            r#"{"resources": "[variables('r')]"}"#,
            "14..32 `resources` is an array or an object; what this yields is not checked",
        ),
        (r#"{"resources": ["x"]}"#, "15..18 a resource is an object; what this yields is not checked"),
        (r#"{"resources": [{}]}"#, "15..16 this resource has no `type`"),
        (
            r#"{"variables": {"copy": [{"count": 1}]}}"#,
            "24..25 a `copy` of variables is an object with a literal `name`",
        ),
        (
            r#"{"variables": {"a": "[b]"}}"#,
            "22..23 expected `(`: `b` is neither a string, which needs quotes, nor a call",
        ),
        (r#"{"a": 1"#, "0..1 this bracket is never closed"),
    ];
    for (text, expected) in cases {
        let template = lower(text);
        let shown: Vec<_> = template.problems.iter().map(|p| format!("{:?} {}", p.range, p.message)).collect();
        assert_eq!(shown, [expected], "{text}");
    }
}

#[test]
fn places() {
    let text = r#"{"parameters": {"p": {"defaultValue": "x"}}, "resources": [{"name": "n", "type": "Microsoft.X/y",
        "apiVersion": "[ concat( 'a' ) ]"}], "outputs": {"o": {"value": "[[v]"}}}"#;
    let template = lower(text);
    let resource = &template.resources[0];
    let of = |range: TextRange| range.of(text);
    let place = |id| template.expr(id).range.of(text);
    assert_eq!(of(template.range), text);
    assert_eq!(of(template.params[0].name_range), "p");
    assert_eq!(template.params[0].default.map(place), Some("\"x\""));
    assert_eq!(of(resource.head), "\"Microsoft.X/y\"");
    assert_eq!(of(resource.ty_range), "Microsoft.X/y");
    assert_eq!(resource.api_version.map(place), Some("concat( 'a' )"));
    assert!(of(resource.range).starts_with("{\"name\"") && of(resource.range).ends_with("]\"}"));
    assert_eq!(place(template.outputs[0].value), "\"[[v]\"");
    assert_eq!(of(template.outputs[0].name_range), "o");
    assert_eq!((template.file, template.language), (FileId(7), Language::Arm));
}

#[test]
fn schemas_tell_kind_and_scope() {
    use JsonFileKind::{Other, Parameters, Template};
    let cases = [
        ("https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", Template),
        ("http://schema.management.azure.com/schemas/2015-01-01/DeploymentTemplate.json", Template),
        ("https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#", Template),
        ("https://schema.management.azure.com/schemas/2019-08-01/managementGroupDeploymentTemplate.json#", Template),
        ("https://schema.management.azure.com/schemas/2019-08-01/TENANTDEPLOYMENTTEMPLATE.JSON#", Template),
        ("https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", Parameters),
        ("https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentParameters.json#", Parameters),
        ("https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#", Other),
        ("https://example.com/notadeploymentTemplate.json", Other),
        ("", Other),
    ];
    for (schema, kind) in cases {
        let text = format!("{{\"$schema\": \"{schema}\"}}");
        assert_eq!(template::sniff_json(&json::parse(&text)), kind, "{schema}");
        assert!(template::may_be_arm(&text) || kind == Other, "{schema}");
        let wrapped = format!("{{\"policyRule\": {{\"template\": {text}}}}}");
        assert_eq!(template::sniff_json(&json::parse(&wrapped)), Other, "{wrapped}");
    }
    let scopes: Vec<_> = cases[1..5].iter().map(|(s, _)| lower(&format!("{{\"$SCHEMA\": \"{s}\"}}")).scope).collect();
    use DeploymentScope::{ManagementGroup, ResourceGroup, Subscription, Tenant};
    assert_eq!(scopes, [ResourceGroup, Subscription, ManagementGroup, Tenant]);
    assert!(!template::may_be_arm(
        r#"{"$schema": "https://json-schema.org/draft-07/schema#", "$ref": "deploymentTemplate"}"#
    ));
}

#[test]
fn compiled_templates_are_known() {
    assert!(lower(r#"{"metadata": {"_generator": {"name": "bicep"}}}"#).compiled);
    assert!(!lower(r#"{"metadata": {"_generator": {"name": "other"}}}"#).compiled);
}

#[test]
fn parameter_files() {
    let text = r#"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "metadata": {"template": "../main.json"},
        "parameters": {"a": {"value": {"x": "[[not] [read]", "copy": [{"name": "n", "input": 1}]}}, "b": {"value": "[parameters('a')]"},
            "c": {"reference": {"keyVault": {"id": "/vault"}, "secretName": "s"}},
            "d": {"expression": "[externalInputs('k')]"}, "A": {"value": null}, "e": {}, "f": 1}}"#;
    let cases = [
        (
            text,
            "A = null; b = '[parameters('a')]'; c = getsecret('/vault', 's'); d = externalinputs('k'); e = ?; f = ?",
        ),
        (r#"{"a": {"value": 1}}"#, "a = 1"),
        (r#"{"$schema": "x", "contentVersion": "1.0.0.0"}"#, ""),
        ("{}", ""),
    ];
    for (text, expected) in cases {
        let file = template::lower_json_parameters(FileId(0), &json::parse(text));
        let shown: Vec<_> =
            file.assignments.iter().map(|a| format!("{} = {}", a.name, dump::expr(&file.body, a.value))).collect();
        assert_eq!(shown.join("; "), expected);
    }
    let file = template::lower_json_parameters(FileId(0), &json::parse(text));
    assert_eq!(
        file.using.map(|(name, range)| (name.to_string(), range.of(text))),
        Some(("../main.json".into(), "\"../main.json\""))
    );
    assert_eq!(file.body.problems.len(), 2, "{:?}", file.body.problems);
}
