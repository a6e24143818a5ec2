//! Lowering of damaged, deep and odd templates: no panic, no overflow, places in bounds.

use armguard::json;
use armguard::source::{FileId, ProblemCode, TextRange};
use armguard::template::{self, DeploymentSource, Template};

/// Uses every form that lowering knows.
const TEMPLATE: &str = r##"{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
 // comment
 "definitions": {"t": {"type": "string", "allowedValues": ["é"]}}, "languageVersion": "2.0",
 "functions": [{"namespace": "n", "members": {"f": {"parameters": [{"name": "p"}], "output": {"value": "[parameters('p')]"}}}}],
 "parameters": {"a": {"$ref": "#/definitions/t", "nullable": true}, "b": {"type": "int", "defaultValue": "[n.f(1)]"}},
 "variables": {"copy": [{"name": "l", "count": 2, "input": "[copyIndex('l', 1)]"}], "x": "[[\u00e9\ud83d\ude00]"},
 "resources": {"r": {"type": "Microsoft.X/y@1", "name": "[format('{0}', tryGet(variables('l'), 0, 'b').c[parameters('b')])]",
   "copy": {"name": "c", "count": 1}, "condition": "[if(true(), false(), null())]", "dependsOn": ["d"],
   "properties": {"copy": [{"name": "p", "count": 3, "input": {"[variables('x')]": "[copyIndex()]"}}]},
   "resources": [{"type": "z", "name": "w"}]},
  "d": {"type": "Microsoft.Resources/deployments", "properties": {"parameters": {"p": {"value": 1}}, "template": {
    "parameters": {"p": {}}, "resources": [{"type": "a/b", "name": "[parameters('p')]"}], "outputs": {"o": {"value": 1}}}}},
  "e": {"type": "Microsoft.Resources/deployments", "properties": {"expressionEvaluationOptions": {"scope": "outer"},
    "template": {"resources": [{"type": "a/b", "name": "[map(variables('l'), lambda('x', lambdaVariables('x')))]"}]}}}},
 "outputs": {"o": {"copy": {"count": 2, "input": "[createObject('k', createArray(copyIndex()))]"}}}}"##;

const PARAMETERS: &str = r#"{"parameters": {"a": {"value": [1, {"é": null}]}, 'b': {"expression": "[externalInput('x')]"},
 "c": {"reference": {"keyVault": {"id": "i"}, "secretName": "s"}}}, "metadata": {"template": "x"}}"#;

fn check(text: &str) {
    let document = json::parse(text);
    check_places(&template::lower_arm(FileId(0), &document), text);
    let file = template::lower_json_parameters(FileId(0), &document);
    check_places(&file.body, text);
    assert!(file.assignments.iter().all(|assignment| fits(assignment.name_range, text)), "{text}");
}

fn fits(range: TextRange, text: &str) -> bool {
    text.get(range.start as usize..range.end as usize).is_some()
}

fn check_places(template: &Template, text: &str) {
    let exprs = template.exprs.iter().map(|expr| expr.range);
    let problems = template.problems.iter().map(|problem| problem.range);
    let params = template.params.iter().map(|param| param.name_range);
    let variables = template.variables.iter().map(|variable| variable.name_range);
    let outputs = template.outputs.iter().map(|output| output.name_range);
    let resources = template.resources.iter().flat_map(|r| [r.range, r.head, r.ty_range]);
    let all = exprs.chain(problems).chain(params).chain(variables).chain(outputs).chain(resources);
    for range in all.chain([template.range]) {
        assert!(fits(range, text), "{range:?} in {text}");
    }
    assert!(template.problems.is_sorted_by_key(|problem| problem.range.start), "{text}");
    for deployment in template.resources.iter().filter_map(|resource| resource.deployment.as_ref()) {
        match &deployment.source {
            DeploymentSource::Inline(inner) => check_places(inner, text),
            DeploymentSource::Reference(_, range) | DeploymentSource::Linked(range) => {
                assert!(fits(*range, text), "{text}")
            }
            DeploymentSource::Outer(_) | DeploymentSource::Computed(_) => {}
        }
    }
}

#[test]
fn the_whole_templates_are_fine() {
    for text in [TEMPLATE, PARAMETERS] {
        assert_eq!(json::parse(text).problems(), [], "{text}");
        check(text);
    }
    assert_eq!(template::lower_arm(FileId(0), &json::parse(TEMPLATE)).problems, []);
}

#[test]
fn every_cut_is_survived() {
    for text in [TEMPLATE, PARAMETERS] {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        for window in places.windows(2) {
            check(&text[..window[0]]);
            check(&format!("{}{}", &text[..window[0]], &text[window[1]..]));
        }
    }
}

#[test]
fn every_replaced_value_is_survived() {
    let document = json::parse(TEMPLATE);
    let mut todo: Vec<_> = document.root().into_iter().collect();
    while let Some(value) = todo.pop() {
        todo.extend(value.members().map(json::Member::value).chain(value.items()));
        let (start, end) = (value.range().start as usize, value.range().end as usize);
        for other in ["null", "1", "\"\"", "\"x\"", "\"[f()]\"", "[]", "{}", "[null]", "{\"name\": 1, \"value\": 2}"] {
            check(&format!("{}{other}{}", &TEMPLATE[..start], &TEMPLATE[end..]));
        }
    }
}

/// `inside` within `depth` levels of `open` and `close`.
fn nested(depth: usize, open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn the_deepest_templates_fit_the_stack() {
    // What the thread of a test has.
    armguard::source::Stack::of(7 << 18).declare();
    let expression = format!("\"[{}]\"", nested(armguard::arm::MAX_DEPTH - 1, "f(", "1", ")"));
    let lambdas = format!("\"[{}]\"", nested(armguard::arm::MAX_DEPTH - 1, "lambda('x', ", "1", ")"));
    let depth = json::MAX_DEPTH;
    let inner = r#"{"languageVersion": "2.0", "resources": [{"type": "Microsoft.Resources/deployments", "properties": {"template": "#;
    let outer = r#"{"resources": [{"type": "Microsoft.Resources/deployments", "properties": {"template": "#;
    let child = r#"{"resources": [{"type": "a", "resources": ["#;
    let cases = [
        format!("{{\"variables\": {{\"x\": {}}}}}", nested(depth - 2, "[", &expression, "]")),
        format!("{{\"variables\": {{\"x\": {}}}}}", nested(depth - 2, "{\"a\": ", &lambdas, "}")),
        format!(
            "{{\"variables\": {}}}",
            nested((depth - 1) / 3, "{\"copy\": [{\"name\": \"x\", \"count\": 1, \"input\": ", &expression, "}]}")
        ),
        nested((depth - 1) / 4, inner, "{}", "}}]}"),
        nested((depth - 1) / 4, outer, "{}", "}}]}"),
        format!("{}{}{}", child, nested(depth / 2 - 2, r#"{"type": "b", "resources": ["#, "", "]}"), "]}]}"),
    ];
    for text in cases {
        let template = template::lower_arm(FileId(0), &json::parse(&text));
        assert_eq!(template.problems, [], "{}", &text[..60]);
        let deeper = text.replacen("\"resources\": [", "\"resources\": [[[[[[[[", 1);
        template::lower_arm(FileId(0), &json::parse(&deeper));
    }
    let too_deep = nested(depth + 1, "[", "", "]");
    let codes: Vec<_> = json::parse(&too_deep).problems().iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [ProblemCode::NestingTooDeep]);
}

#[test]
fn large_templates_take_linear_time() {
    let params: String =
        (0..30_000).map(|at| format!("\"p{at}\": {{\"defaultValue\": \"[parameters('P{at}')]\"}},")).collect();
    let resources: String = (0..30_000).map(|at| format!("{{\"type\": \"a/b\", \"name\": \"{at}\"}},")).collect();
    let text = format!("{{\"parameters\": {{{params}}}, \"resources\": [{resources}]}}");
    let start = std::time::Instant::now();
    let template = template::lower_arm(FileId(0), &json::parse(&text));
    assert_eq!((template.params.len(), template.resources.len()), (30_000, 30_000));
    assert!(template.params.iter().all(|param| param.uses == 1));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
