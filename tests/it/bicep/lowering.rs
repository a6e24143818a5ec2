//! Bicep to the template model: small sources, and what they become in a compact form.

use armguard::bicep::{self, FileKind};
use armguard::source::FileId;
use armguard::template::{
    self, Access, Callee, DeploymentSource, ExprId, ExprKind, Item, Link, MemberKey, Over, Piece, Template,
};

fn lower(text: &str) -> Template {
    template::lower_bicep(FileId(0), text, &bicep::parse(text, FileKind::Bicep))
}

/// An expression in a compact form that tells kinds apart.
fn show(template: &Template, id: ExprId) -> String {
    let show = |id: &ExprId| show(template, *id);
    let list = |ids: &[ExprId]| ids.iter().map(show).collect::<Vec<_>>().join(", ");
    let local = |id: &template::LocalId| format!("{}#{}", template.locals[id.0 as usize], id.0);
    let locals = |ids: &[template::LocalId]| ids.iter().map(local).collect::<Vec<_>>().join(", ");
    let open = |open: &bool| if *open { " open" } else { "" };
    match &template.expr(id).kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Number(value) => format!("number {value}"),
        ExprKind::Str(value) => format!("{value:?}"),
        ExprKind::Interpolation(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => format!("{text:?}"),
                Piece::Hole(value) => show(value),
            });
            format!("${{{}}}", pieces.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Array { items, open: is_open } => {
            let items = items.iter().map(|item| match item {
                Item::Value(value) => show(value),
                Item::Spread(value) => format!("...{}", show(value)),
            });
            format!("[{}]{}", items.collect::<Vec<_>>().join(", "), open(is_open))
        }
        ExprKind::Object { members, open: is_open } => {
            let members = members.iter().map(|member| match &member.key {
                MemberKey::Name(name) => format!("{name}: {}", show(&member.value)),
                MemberKey::Computed(key) => format!("({}): {}", show(key), show(&member.value)),
                MemberKey::Spread => format!("...{}", show(&member.value)),
            });
            format!("{{{}}}{}", members.collect::<Vec<_>>().join(", "), open(is_open))
        }
        ExprKind::If { condition, then, otherwise } => {
            format!("if({})", list(&[*condition, *then, *otherwise]))
        }
        ExprKind::Call(call) => {
            let callee = match &call.callee {
                Callee::Builtin(name) => name.to_string(),
                Callee::User(id) => format!("user {}", template.functions[id.0 as usize].name),
                Callee::Imported { import, name } => format!("import {} {name}", import.0),
                Callee::Undeclared(name) => format!("undeclared {name}"),
            };
            format!("{callee}({})", list(&call.args))
        }
        ExprKind::Chain { base, links } => {
            let links = links.iter().map(|Link { access, safe, .. }| {
                let safe = if *safe { "?" } else { "" };
                match access {
                    Access::Member(name) => format!(".{safe}{name}"),
                    Access::Index(index) => format!("[{safe}{}]", show(index)),
                    Access::FromEnd(index) => format!("[{safe}^{}]", show(index)),
                    Access::Method { name, args } => format!(".{name}({})", list(args)),
                }
            });
            format!("<{}>{}", show(base), links.collect::<String>())
        }
        ExprKind::Param(id) => format!("param {}", template.params[id.0 as usize].name),
        ExprKind::Variable(id) => format!("var {}", template.variables[id.0 as usize].name),
        ExprKind::Local(id) => local(id),
        ExprKind::Resource(id) => format!("resource {}", template.resource(*id).symbol.as_deref().unwrap_or("?")),
        ExprKind::Lambda { params, body } => format!("({}) => {}", locals(params), show(body)),
        ExprKind::Loop(each) => {
            let over = match &each.over {
                Over::Array(value) | Over::Count(value) => show(value),
            };
            let names: Vec<_> = each.item.iter().chain(&each.index).copied().collect();
            format!("for {} in {over}: {}", locals(&names), show(&each.body))
        }
        ExprKind::Imported { import, name } => format!("import {} {name}", import.0),
        ExprKind::BaseParameters => "base".to_owned(),
        ExprKind::Undeclared(name) => format!("undeclared {name}"),
        ExprKind::Unreadable => "unreadable".to_owned(),
    }
}

#[test]
fn expressions() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        // literals
        ("null", "null"),
        ("true", "true"),
        ("42", "42"),
        ("-42", "-42"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "number 9223372036854775808"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("'a\\n\\'\\u{41}'", r#""a\n'A""#),
        ("'''\n a\\n'''", r#"" a\\n""#),
        ("'a${p}b${'${1}'}'", r#"${"a" param p "b" ${1}}"#),
        ("$$'''${p}$${p}'''", r#"${"${p}" param p}"#),
        ("['a', ...p, 1]", r#"["a", ...param p, 1]"#),
        ("{ a: 1, 'b c': 2, '${p}': 3, ...p }", "{a: 1, b c: 2, (${param p}): 3, ...param p}"),
        // operators
        ("1 + 2 * 3 - 4", "sub(add(1, mul(2, 3)), 4)"),
        ("(1 + 2) * 3", "mul(add(1, 2), 3)"),
        ("p / 2 % 3", "mod(div(param p, 2), 3)"),
        ("-p", "sub(0, param p)"),
        ("!p.a!", "not(<param p>.a)"),
        ("p < 1 && p <= 2 || p > 3 && p >= 4", "or(and(less(param p, 1), lessorequals(param p, 2)), and(greater(param p, 3), greaterorequals(param p, 4)))"),
        ("p == 1", "equals(param p, 1)"),
        ("p != 1", "not(equals(param p, 1))"),
        ("p =~ 'A'", r#"equals(tolower(param p), tolower("A"))"#),
        ("p !~ 'A'", r#"not(equals(tolower(param p), tolower("A")))"#),
        ("p ?? 1 ?? 2", "coalesce(coalesce(param p, 1), 2)"),
        ("p ? 1 : p ? 2 : 3", "if(param p, 1, if(param p, 2, 3))"),
        // chains
        ("p.a.b[0]['c'].?d[?1][^1][?^p]", "<param p>.a.b[0].c.?d[?1][^1][?^param p]"),
        ("(p.?a).b", "<<param p>.?a>.b"),
        ("p!.a!", "<param p>.a"),
        ("p!", "param p"),
        ("kv.getSecret('s', p)", r#"<resource kv>.getSecret("s", param p)"#),
        ("kv::child::leaf.id", "<resource leaf>.id"),
        ("kv::child", "resource child"),
        ("kv::other", "undeclared other"),
        // names
        ("x2", "var x2"),
        ("nowhere", "undeclared nowhere"),
        ("nowhere.a", "<undeclared nowhere>.a"),
        ("resourceGroup.id", "<resource resourceGroup>.id"),
        ("resourceGroup()", "undeclared resourceGroup()"),
        ("az.resourceGroup().location", "<resourcegroup()>.location"),
        ("sys.concat('a')", r#"concat("a")"#),
        ("toLower(p)", "tolower(param p)"),
        ("any(p)", "any(param p)"),
        ("double(2)", "user double(2)"),
        ("imported", "import 0 a"),
        ("imported(1)", "import 0 a(1)"),
        ("same", "import 0 same"),
        ("quoted", "import 0 q-q"),
        ("shared.value.x", "<import 1 value>.x"),
        ("shared.call(1).x", "<import 1 call(1)>.x"),
        ("nameof(p)", r#""p""#),
        ("nameof(kv.properties.vault)", r#""vault""#),
        ("nameof(p['z'])", r#""z""#),
        ("graph.thing", "unreadable"),
        ("alias", "unreadable"),
        // loops and lambdas
        ("[for a in p: a]", "for a#0 in param p: a#0"),
        ("[for (a, i) in p: { a: a, i: i }]", "for a#0, i#1 in param p: {a: a#0, i: i#1}"),
        ("map(p, p => p.a)", "map(param p, (p#0) => <p#0>.a)"),
        ("reduce(p, 0, (a, b) => a + b)", "reduce(param p, 0, (a#0, b#1) => add(a#0, b#1))"),
        ("map(p, a => map(a, a => a))", "map(param p, (a#0) => map(a#0, (a#1) => a#1))"),
        ("map(p, toLower => toLower('a'))", r#"map(param p, (toLower#0) => undeclared toLower("a"))"#),
        ("mapValues({}, () => 1)", "mapvalues({}, () => 1)"),
        // with a syntax error inside
        ("{ a: ), b: 1 }", "{a: unreadable} open"),
        ("{\n a: )\n b: { c: 1 }\n}", "{a: unreadable, b: {c: 1}} open"),
        ("[\n 1\n )\n 2\n]", "[1, unreadable, 2] open"),
        ("f(1, )", "f(1)"),
        ("p.", "unreadable"),
        ("'a\\q'", "unreadable"),
        ("1 + ", "add(1, unreadable)"),
    ];
    let world = "
param p object
var x2 = 2
func double(a int) int => a * 2
import { a as imported, same, 'q-q' as quoted } from 'other.bicep'
import * as shared from 'br/public:shared:1'
extension microsoftGraph as graph
type alias = string
resource resourceGroup 'Microsoft.Resources/resourceGroups@2021-04-01' existing = { name: 'g' }
resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv'
  resource child 'keys' = {
    name: 'c'
    resource leaf 'versions@2024-01-01' = { name: 'l' }
  }
}";
    for (source, expected) in cases {
        let template = lower(&format!("var x = {source}\n{world}"));
        // The parameter of the function is a local variable, too, but a later one.
        assert_eq!(show(&template, template.variables[0].value), *expected, "{source}");
        assert_eq!((template.params.len(), template.resources.len(), template.imports.len()), (1, 4, 2), "{source}");
    }
}

#[test]
fn parameters() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        // declaration, type [secure] [nullable] [= default] [in allowed]
        ("param a string", "String"),
        ("param a int = 1", "Int = 1"),
        ("param a bool?", "Bool nullable"),
        ("param a object", "Object"),
        ("param a array", "Array"),
        ("param a string[]", "Array"),
        ("param a [string, int]", "Array"),
        ("param a { b: int }?", "Object nullable"),
        ("param a { *: int }", "Object"),
        ("param a sys.string", "String"),
        ("param a any", "Other"),
        ("param a resourceInput<'A/b@1'>.properties", "Other"),
        ("@secure()\nparam a string", "String secure"),
        ("@description('x')\n@sys.secure()\nparam a object", "Object secure"),
        ("@allowed(['b', 'c'])\nparam a string", r#"String in ["b", "c"]"#),
        ("param a 'b' | 'c'", r#"String in ["b", "c"]"#),
        ("param a (\n  | 'b'\n  | 'c')?", r#"String nullable in ["b", "c"]"#),
        ("param a 'b' | null", r#"String nullable in ["b"]"#),
        ("param a 'b'", r#"String in ["b"]"#),
        ("param a -1 | 2 | true", "Other in [-1, 2, true]"),
        ("param a ('b' | 'c')[]", "Array"),
        ("param a t", r#"String nullable in ["x", "y"]"#),
        ("param a t!", r#"String in ["x", "y"]"#),
        ("param a t | 'z'", r#"String nullable in ["x", "y", "z"]"#),
        ("param a s", "String secure"),
        ("param a loop", "Other nullable"),
        ("param a { kind: 'a' } | { kind: 'b' }", "Object"),
        ("param a many", "Other"),
        ("param a = 3", "Other = 3"),
        ("param a", "Other"),
    ];
    for (source, expected) in cases {
        let template = lower(&format!(
            "{source}\ntype t = 'x' | 'y' | null\n@secure()\ntype s = string\ntype loop = loop?\ntype many = many | many | many\n"
        ));
        let param = &template.params[0];
        let mut found = format!("{:?}", param.ty);
        found += if param.secure { " secure" } else { "" };
        found += if param.nullable { " nullable" } else { "" };
        found += &param.default.map(|value| format!(" = {}", show(&template, value))).unwrap_or_default();
        found += &param.allowed.map(|value| format!(" in {}", show(&template, value))).unwrap_or_default();
        assert_eq!(found, *expected, "{source}");
    }
    let template = lower("param a int\nparam b int = a\nvar c = [for b in range(0, a): a + b]\noutput d int = b\n");
    assert_eq!(template.params.iter().map(|param| param.uses).collect::<Vec<_>>(), [3, 1]);
}

/// A resource in a compact form.
fn show_resource(text: &str, template: &Template, at: usize) -> String {
    let resource = &template.resources[at];
    let mut lines = vec![format!(
        "{} {} ({}) {}",
        resource.symbol.as_deref().unwrap_or("?"),
        resource.ty.as_deref().unwrap_or("?"),
        resource.ty_range.of(text),
        if resource.existing { "existing" } else { "" }
    )];
    let mut line = |name: &str, value: Option<ExprId>| {
        lines.extend(value.map(|value| format!("{name} {}", show(template, value))));
    };
    line("api", resource.api_version);
    if let Some(each) = &resource.for_each {
        let (Over::Array(over) | Over::Count(over)) = each.over;
        line(&format!("for {:?} {:?} in", each.item.map(|l| l.0), each.index.map(|l| l.0)), Some(over));
    }
    line("if", resource.condition);
    line("name", resource.name);
    line("parent", resource.parent);
    line("nested in", resource.nested_in.map(|id| template.resource(id).body));
    line("scope", resource.scope);
    resource.depends_on.iter().for_each(|on| line("on", Some(*on)));
    line("body", Some(resource.body));
    if let Some(deployment) = &resource.deployment {
        line("params", deployment.params);
        lines.push(match &deployment.source {
            DeploymentSource::Reference(path, range) => format!("from {path} {}", range.of(text)),
            other => format!("{other:?}"),
        });
    }
    lines.join("\n").trim_end().to_owned()
}

#[test]
fn resources() {
    #[rustfmt::skip]
    let cases: &[(&str, &[&str])] = &[
        ("resource a 'A.B/c@2020' = { name: 'n', tags: {} }",
            &["a A.B/c (A.B/c) \napi \"2020\"\nname \"n\"\nbody {name: \"n\", tags: {}}"]),
        ("resource a 'A.B/c@2020' existing = { name: 'n', scope: resourceGroup('g') }",
            &["a A.B/c (A.B/c) existing\napi \"2020\"\nname \"n\"\nscope resourcegroup(\"g\")\nbody {name: \"n\", scope: resourcegroup(\"g\")}"]),
        ("resource a 'A.B/c@2020' = if (p) {}\nparam p bool",
            &["a A.B/c (A.B/c) \napi \"2020\"\nif param p\nbody {}"]),
        ("resource a 'A.B/c@2020' =\n  if (p) {}\nparam p bool",
            &["a A.B/c (A.B/c) \napi \"2020\"\nif param p\nbody {}"]),
        ("resource a 'A.B/c@2020' = [for (x, i) in p: if (x.on) { name: '${i}' }]\nparam p array",
            &["a A.B/c (A.B/c) \napi \"2020\"\nfor Some(0) Some(1) in param p\nif <x#0>.on\nname ${i#1}\nbody {name: ${i#1}}"]),
        ("resource a 'A.B/c@${v}-preview' = {}\nvar v = '1'",
            &["a A.B/c (A.B/c) \napi ${var v \"-preview\"}\nbody {}"]),
        ("resource a 'A.B/c' = {}", &["a A.B/c (A.B/c) \nbody {}"]),
        ("resource a '${t}@1' = {}\nvar t = 'x'", &["a ? ('${t}@1') \nbody {}"]),
        ("resource a 'A.B/c@1' = {\n  resource b 'd' = { name: 'b' }\n  resource c 'e/f@2' existing = { name: b.name }\n}\nresource z 'A.B/c/d@3' = { parent: a, dependsOn: [a, a::b] }",
            &["a A.B/c (A.B/c) \napi \"1\"\nbody {}",
              "b A.B/c/d (d) \napi \"1\"\nname \"b\"\nparent resource a\nnested in {}\nbody {name: \"b\"}",
              "c A.B/c/e/f (e/f) existing\napi \"2\"\nname <resource b>.name\nparent resource a\nnested in {}\nbody {name: <resource b>.name}",
              "z A.B/c/d (A.B/c/d) \napi \"3\"\nparent resource a\non resource a\non resource b\nbody {parent: resource a, dependsOn: [resource a, resource b]}"]),
        ("module m './m.bicep' = [for x in p: { name: x, params: { a: x } }]\nparam p array",
            &["m Microsoft.Resources/deployments ('./m.bicep') \nfor Some(0) None in param p\nname x#0\nbody {name: x#0, params: {a: x#0}}\nparams {a: x#0}\nfrom ./m.bicep './m.bicep'"]),
        ("resource a 'A.B/c@1' = {\n  name: 'n'\n  bad bad\n  tags: {}\n}",
            &["a A.B/c (A.B/c) \napi \"1\"\nname \"n\"\nbody {name: \"n\", bad: unreadable, tags: {}} open"]),
        ("resource a 'A.B/c@1' = oops", &["a A.B/c (A.B/c) \napi \"1\"\nbody {} open"]),
        ("resource a = {\n  name: 'n'\n}", &["a ? () \nname \"n\"\nbody {name: \"n\"}"]),
        ("resource a 'A.B/c@1' = {\n  name: 'n'\n  tags: {\nresource b 'A.B/c@1' = {\n}",
            &["a A.B/c (A.B/c) \napi \"1\"\nname \"n\"\nbody {name: \"n\", tags: {} open} open", "b A.B/c (A.B/c) \napi \"1\"\nbody {}"]),
    ];
    for (source, expected) in cases {
        let template = lower(source);
        let found: Vec<_> = (0..template.resources.len()).map(|at| show_resource(source, &template, at)).collect();
        assert_eq!(found, *expected, "{source}");
    }
}

#[test]
fn parameter_files() {
    let text = "using 'main.bicep'\nextends '../base.bicepparam'\nimport { k } from 'k.bicep'\nvar v = 1\nparam a = v\nparam b = [a, k, base.c, readEnvironmentVariable('X')]\n";
    let file = template::lower_bicepparam(FileId(0), text, &bicep::parse(text, FileKind::Params));
    assert_eq!(file.body.problems, []);
    assert_eq!(file.using.unwrap().0.as_ref(), "main.bicep");
    assert_eq!(file.extends.unwrap().0.as_ref(), "../base.bicepparam");
    let values = file.assignments.iter().map(|a| format!("{} = {}", a.name, show(&file.body, a.value)));
    let values: Vec<_> = values.collect();
    assert_eq!(values, ["a = var v", r#"b = [param a, import 0 k, <base>.c, readenvironmentvariable("X")]"#]);
    let text = "using none\nparam a = base.x\n";
    let file = template::lower_bicepparam(FileId(0), text, &bicep::parse(text, FileKind::Params));
    assert!(file.using.is_none() && file.body.problems.is_empty());
    assert_eq!(show(&file.body, file.assignments[0].value), "<undeclared base>.x");
}

#[test]
fn other_statements() {
    let template = lower(
        "targetScope = 'subscription'\n@export()\nvar a = 1\nvar b = 2\n@export()\nfunc f(x int, y int) int => x + y\n\
         func g() string => 's'\n@secure()\noutput o string = 'x'\noutput p int = f(1, 2)\n",
    );
    assert_eq!(template.problems, []);
    assert_eq!(template.scope, template::DeploymentScope::Subscription);
    assert_eq!(template.variables.iter().map(|v| v.exported).collect::<Vec<_>>(), [true, false]);
    assert_eq!(
        template.functions.iter().map(|f| (f.exported, f.params.len())).collect::<Vec<_>>(),
        [(true, 2), (false, 0)]
    );
    assert_eq!(show(&template, template.functions[0].body), "add(x#0, y#1)");
    assert_eq!(template.outputs.iter().map(|o| o.secure).collect::<Vec<_>>(), [true, false]);
    assert_eq!(show(&template, template.outputs[1].value), "user f(1, 2)");
}
