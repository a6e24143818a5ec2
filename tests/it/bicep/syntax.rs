//! The Bicep lexer and parser on text of our own.

use crate::bicep::spans;

use std::path::Path;

use crate::bicep::show::Show;
use armguard::bicep::{self, FileKind, Parsed};
use armguard::source::{FileId, ProblemCode};
use armguard::template;

/// The file in compact form, one line a statement.
fn show(text: &str, parsed: &Parsed) -> String {
    let show = Show { text, tree: &parsed.tree };
    parsed.tree.top().map(|statement| show.statement(statement)).collect::<Vec<_>>().join("\n")
}

#[test]
fn expressions() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        // precedence, from loose to tight and back; all to the left
        ("a ?? b || c && d == e < f + g * h", "(a ?? (b || (c && (d == (e < (f + (g * h)))))))"),
        ("a * b + c < d == e && f || g ?? h", "(((((((a * b) + c) < d) == e) && f) || g) ?? h)"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b % c * d", "(((a / b) % c) * d)"),
        ("a < b <= c > d >= e", "((((a < b) <= c) > d) >= e)"),
        ("a == b != c =~ d !~ e", "((((a == b) != c) =~ d) !~ e)"),
        ("a ?? b ?? c", "((a ?? b) ?? c)"),
        ("a && b && c || d && e", "(((a && b) && c) || (d && e))"),
        ("(a + b) * c", "(((a + b)) * c)"),
        ("-a.b + !c[0]", "((-a.b) + (!c[0]))"),
        ("!a!", "(!a!)"),
        ("(-a).b", "((-a)).b"),
        // ternaries to the right; newlines before `?` and `:`
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? c : d : e", "(a ? (b ? c : d) : e)"),
        ("a || b ? c && d : e ?? f", "((a || b) ? (c && d) : (e ?? f))"),
        ("a\n\n  ? b // then\n  // else\n  : c", "(a ? b : c)"),
        // accesses
        ("a.b.c", "a.b.c"),
        ("a.?b[?c][^1][?^2]", "a.?b[?c][^1][?^2]"),
        ("a.b(c, d).e", "a.b(c, d).e"),
        ("a::b::c.d", "a::b::c.d"),
        ("a!.b![0]!", "a!.b![0]!"),
        ("[1, 2][0].a", "[1, 2][0].a"),
        ("{ a: 1 }.a", "{a: 1}.a"),
        ("'a'.b", "'a'.b"),
        // calls and lambdas
        ("f()", "f()"),
        ("f(\n)", "f()"),
        ("f(\n  a,\n\n  b\n)", "f(a, b)"),
        ("f(a, // first\n  b // last\n  // end\n)", "f(a, b)"),
        ("f(x => x)", "f((x => x))"),
        ("f(() => 1, (x) => x, (x, y) => x + y)", "f(( => 1), (x => x), (x, y => (x + y)))"),
        ("f((\n  x,\n  y\n) =>\n  x)", "f((x, y => x))"),
        ("x => y => z ? 1 : 2", "(x => (y => (z ? 1 : 2)))"),
        ("f(x => { a: x })", "f((x => {a: x}))"),
        // arrays, objects, loops
        ("[]", "[]"),
        ("[\n]", "[]"),
        ("[1, 2,]", "[1, 2]"),
        ("[\n  1\n  2, 3\n\n  // four\n  4\n]", "[1, 2, 3, 4]"),
        ("[...a, b]", "[...a, b]"),
        ("{}", "{}"),
        ("{ a: 1, 'b c': 2, '${d}': 3, '''e''': 4, ...f }", "{a: 1, 'b c': 2, '${d}': 3, '''e''': 4, ...f}"),
        ("{\n  for: 1\n  if: 2\n  resource: 3\n  module: 4 }", "{for: 1, if: 2, resource: 3, module: 4}"),
        ("[for a in b: c]", "[for a in b: c]"),
        ("[\n  for (a, i) in [1, 2]: {\n    a: i\n  }\n]", "[for a, i in [1, 2]: {a: i}]"),
        // strings
        ("''", "''"),
        ("'a${b}c${d}e'", "'a${b}c${d}e'"),
        ("'${'${'${a}'}'}'", "'${'${'${a}'}'}'"),
        ("'${a ? 'b' : 'c'}'", "'${(a ? 'b' : 'c')}'"),
        ("'\\${a} $ {b}'", "'\\${a} $ {b}'"),
        ("'''a'b''c'''", "'''a'b''c'''"),
        ("''''a''''", "''''a''''"),
        ("$'''\n${a}$$${b}'''", "$'''\n${a}$$${b}'''"),
        ("$$'''${a}$${b + 1}'''", "$$'''${a}$${(b + 1)}'''"),
        // keywords are names
        ("if + for + in + resource + existing", "((((if + for) + in) + resource) + existing)"),
        ("/* a */ 1 /* b\n */ + /**/ 2 // c", "(1 + 2)"),
    ];
    check(cases.iter().map(|(source, expected)| {
        (FileKind::Bicep, format!("var x = {source}"), format!("var x = {expected}"), &[][..])
    }));
}

#[test]
fn types() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        ("string", "string"),
        ("sys.string", "sys.string"),
        ("string[]?", "string[]?"),
        ("(string | int)[]", "((string | int))[]"),
        ("'a' | 'b' | -1 | true | null", "('a' | 'b' | (-1) | true | null)"),
        ("\n  | 'a'\n  | 'b'", "('a' | 'b')"),
        ("| 'a'", "('a')"),
        ("!true", "(!true)"),
        ("{ a: string, 'b c': int?, *: any }", "{a: string, 'b c': int?, *: any}"),
        ("{\n  @minLength(1)\n  @sys.description('d')\n  a: string\n}", "{@minLength(1) @sys.description('d') a: string}"),
        ("[string, int]", "[string, int]"),
        ("[\n  @secure()\n  string\n  int\n]", "[@secure() string, int]"),
        ("resourceInput<'A/b@1'>.c[*].*.d[0][]!", "resourceInput<'A/b@1'>.c[*].*.d[0][]!"),
        ("sys.resourceOutput<\n  'A/b@1'\n>", "sys.resourceOutput<'A/b@1'>"),
        ("resource 'A/b@1'", "resource 'A/b@1'"),
        ("resource<'A/b@1'>", "resource<'A/b@1'>"),
    ];
    check(cases.iter().map(|(source, expected)| {
        (FileKind::Bicep, format!("type x = {source}"), format!("type x = {expected}"), &[][..])
    }));
}

#[test]
fn statements() {
    use FileKind::{Bicep, Params};
    #[rustfmt::skip]
    let cases: &[(FileKind, &str, &str)] = &[
        (Bicep, "", ""),
        (Bicep, "\n // nothing\n\n", ""),
        (Bicep, "targetScope = 'tenant'", "targetScope = 'tenant'"),
        (Bicep, "metadata a = { b: 1 }", "metadata a = {b: 1}"),
        (Bicep, "param a string", "param a: string"),
        (Bicep, "param param string = 'b'", "param param: string = 'b'"),
        (Bicep, "@secure()\n\n// why\n@sys.description('a')\nparam a string", "@secure() @sys.description('a') param a: string"),
        (Bicep, "var a = 1\r\nvar b int = a\r\n", "var a = 1\nvar b: int = a"),
        (Bicep, "output a resource = b", "output a: resource  = b"),
        (Bicep, "output a string[] = [for b in c: b]", "output a: string[] = [for b in c: b]"),
        (Bicep, "func a() string => 'b'", "func a(): string => 'b'"),
        (Bicep, "func a(\n  b string,\n  c { d: int }?\n) string =>\n  b", "func a(b: string, c: {d: int}?): string => b"),
        (Bicep, "resource a 'B/c@1' = {}", "resource a 'B/c@1' = {}"),
        (Bicep, "resource a 'B/c@${d}' existing = {}", "resource a 'B/c@${d}' existing = {}"),
        (Bicep, "resource a 'B/c@1' =\n\n  if (d) {\n  }", "resource a 'B/c@1' = if (d) {}"),
        (Bicep, "resource a 'B/c@1' = [for d in e: if (f) {}]", "resource a 'B/c@1' = [for d in e: if (f) {}]"),
        (Bicep, "resource a 'B/c@1' = {\n  resource: 1\n  @onlyIfNotExists()\n  resource d 'e' = {\n    resource f 'g' existing = {}\n  }\n}",
            "resource a 'B/c@1' = {resource: 1, @onlyIfNotExists() resource d 'e' = {resource f 'g' existing = {}}}"),
        (Bicep, "module a './b.bicep' = if (c) {}", "module a './b.bicep' = if (c) {}"),
        (Bicep, "module a 'br:c/d:1' = [for (e, f) in g: {}]", "module a 'br:c/d:1' = [for e, f in g: {}]"),
        (Bicep, "test a 'b' = {}", "test a 'b' = {}"),
        (Bicep, "assert a = b", "assert a = b"),
        (Bicep, "import { a, b as c } from 'd'", "import a, b as c from 'd'"),
        (Bicep, "import {\n  a\n  'b-c' as d\n} from 'e'", "import a, 'b-c' as d from 'e'"),
        (Bicep, "import * as a from 'b'", "import * as a from 'b'"),
        (Bicep, "import 'a@1' with { b: 1 } as c", "import 'a@1' with {b: 1} as c"),
        (Bicep, "extension a", "extension a"),
        (Bicep, "extension 'br:a:1' as b", "extension 'br:a:1' as b"),
        (Bicep, "extension a with { b: 1 } as c", "extension a with {b: 1} as c"),
        (Params, "using 'a'\nparam b = 1", "using 'a'\nparam b = 1"),
        (Params, "using none", "using none"),
        (Params, "using 'a' with { b: 1 }", "using 'a' with {b: 1}"),
        (Params, "extends 'a'", "extends 'a'"),
        (Params, "var a string = 'b'\ntype c = int", "var a: string = 'b'\ntype c = int"),
        (Params, "import * as a from 'b'\nextension c\nextensionConfig d with {}", "import * as a from 'b'\nextension c\nextensionConfig d with {}"),
    ];
    check(cases.iter().map(|(kind, source, expected)| (*kind, source.to_string(), expected.to_string(), &[][..])));
}

/// Kind and text of a file, its tree, and for each problem the text at it and the message.
type Broken<'c> = (FileKind, &'c str, &'c str, &'c [(&'c str, &'c str)]);

/// What is wrong is said at its place, and everything else is read.
#[test]
fn recovery() {
    use FileKind::{Bicep, Params};
    #[rustfmt::skip]
    let cases: &[Broken<'_>] = &[
        (Bicep, "oops\nvar a = 1", "«oops»\nvar a = 1",
            &[("oops", "expected a statement such as `param`, `var`, `resource`, `module` or `output`, found `oops`")]),
        (Bicep, "var\nvar a = 1", "var «» = «»\nvar a = 1",
            &[("", "expected the name of the variable, found the end of the line")]),
        (Bicep, "var a 1\nvar b = 1", "var a: 1 = «»\nvar b = 1", &[("", "expected `=`, found the end of the line")]),
        (Bicep, "var a = \nvar b = 1", "var a = «»\nvar b = 1", &[("", "expected an expression, found the end of the line")]),
        (Bicep, "var a = 1 2\nvar b = 1", "var a = 1\nvar b = 1", &[("2", "expected a new line, found `2`")]),
        (Bicep, "param a\nparam b string", "param a: «»\nparam b: string", &[("", "expected a type, found the end of the line")]),
        (Bicep, "@secure()", "@secure() missing", &[("@secure()", "expected a declaration behind the decorator")]),
        (Bicep, "@secure() param a string\nvar b = 1", "@secure() param a: string\nvar b = 1",
            &[("param", "expected a new line behind the decorator, found `param`")]),
        (Bicep, "var a = {\n  b: )\n  c: 1\n}", "var a = {b: «)», c: 1}", &[(")", "expected an expression, found `)`")]),
        (Bicep, "var a = {\n  b 1\n  c: 1\n}", "var a = {b: «», c: 1}", &[("1", "expected `:`, found `1`")]),
        (Bicep, "var a = {\n  1: 1\n  c: 1\n}", "var a = {«1»: 1, c: 1}", &[("1", "expected a property name, found `1`")]),
        (Bicep, "var a = { b: 1,\n c: 2 }", "var a = {b: 1, c: 2}", &[("", "items on lines of their own take no comma between them")]),
        (Bicep, "var a = { b: 1 c: 2 }", "var a = {b: 1, c: 2}", &[("c", "expected a new line or a comma, found `c`")]),
        (Bicep, "var a = [\n  1\n  +\n  2\n]", "var a = [1, «+», 2]", &[("+", "expected an expression, found `+`")]),
        (Bicep, "var a = {\n  b: {\nvar c = 1", "var a = {b: {}}\nvar c = 1", &[("{", "this `{` is never closed")]),
        (Bicep, "var a = [\n  f(\nresource c 'd' = {}", "var a = [f()]\nresource c 'd' = {}",
            &[("[", "this `[` is never closed"), ("", "expected `)`, found the end of the line")]),
        (Bicep, "var a = f(1 2)", "var a = f(1, 2)", &[("2", "expected `,`, found `2`")]),
        (Bicep, "var a = f(1,)", "var a = f(1)", &[(")", "no comma may stand behind the last argument")]),
        (Bicep, "var a = f(1\nvar b = 1", "var a = f(1)\nvar b = 1", &[("", "expected `)`, found the end of the line")]),
        (Bicep, "var a = ()", "var a = («)»)", &[("()", "parentheses must contain exactly one expression")]),
        (Bicep, "var a = (1, 2)", "var a = («1, 2)»)", &[("(1, 2)", "parentheses must contain exactly one expression")]),
        (Bicep, "var a = (\n1\n)", "var a = (1)", &[("(\n1\n)", "an expression in parentheses must start and end on their lines")]),
        (Bicep, "var a = !!b", "var a = (!«!b»)", &[("!", "expected an expression, found `!`")]),
        (Bicep, "var a = b +", "var a = (b + «»)", &[("", "expected an expression, found the end of the file")]),
        (Bicep, "var a = b.", "var a = b.", &[("", "expected the name of a property or function, found the end of the file")]),
        (Bicep, "var a = b[]", "var a = b[«»]", &[("]", "expected an index, found `]`")]),
        (Bicep, "var a = b.?c()", "var a = b.?c()", &[("?", "`.?` cannot call a function; write `.`")]),
        (Bicep, "var a = b ? c", "var a = (b ? c : «»)", &[("", "expected `:`, found the end of the file")]),
        (Bicep, "var a = 99999999999999999999", "var a = «99999999999999999999»",
            &[("99999999999999999999", "the number is too large; an integer has at most 64 bits")]),
        (Bicep, "var a = 'b\nvar c = 1", "var a = «'b»\nvar c = 1", &[("'b", "the string is not closed on this line; expected `'`")]),
        (Bicep, "var a = 'b${c\nvar d = 1", "var a = «'b${c»\nvar d = 1", &[("", "the string is not closed on this line")]),
        (Bicep, "var a = 'b${c d}e'", "var a = 'b${«c d»}e'", &[("d", "expected `}` at the end of the hole, found `d`")]),
        (Bicep, "var a = '${{}}'", "var a = «'${{}}'»",
            &[("{", "objects and arrays cannot stand in the hole of a string"), ("'", "the string is not closed; expected `'`")]),
        (Bicep, "var a = '''b\nvar c = 1", "var a = «'''b\nvar c = 1»", &[("'''b\nvar c = 1", "the string is not closed; expected `'''`")]),
        (Bicep, "var a = '\\q'", "var a = «'\\q'»", &[("\\q", r"unknown escape; known are `\n`, `\r`, `\t`, `\\`, `\'`, `\$` and `\u{…}`")]),
        (Bicep, "var a = '\\u{110000}'", "var a = «'\\u{110000}'»", &[("\\u{110000}", r"expected `\u{…}` with the hexadecimal number of a character")]),
        (Bicep, "var a = \"b\"", "var a = «\"b\"»", &[("\"", "`\"` does not quote strings in Bicep; use `'`"), ("\"", "`\"` does not quote strings in Bicep; use `'`")]),
        (Bicep, "var a = 1 /* b", "var a = 1", &[("/* b", "the comment is not closed; expected `*/`")]),
        (Bicep, "var é = 1", "var «» = 1", &[("é", "`é` has no meaning here")]),
        (Bicep, "#disable-next-line\nvar a = 1", "var a = 1", &[("#disable-next-line", "expected a diagnostic code after `#disable-next-line`")]),
        (Bicep, "resource a = {\n  b: 1\n}", "resource a «» = {b: 1}", &[("=", "expected a resource type in quotes, found `=`")]),
        (Bicep, "resource a 'B/c@1' {\n  b: 1\n}", "resource a 'B/c@1' = {b: 1}", &[("{", "expected `=`, found `{`")]),
        (Bicep, "resource a 'B/c@1' = if b {\n  c: 1\n}", "resource a 'B/c@1' = if «b» {c: 1}", &[("b", "expected `(`, found `b`")]),
        (Bicep, "resource a 'B/c@1' = [for d in e {\n}]\nvar f = 1", "resource a 'B/c@1' = [for d in e: {}]\nvar f = 1", &[("{", "expected `:`, found `{`")]),
        (Bicep, "resource a 'B/c@1' = {\n  resource d\n  e: 1\n}", "resource a 'B/c@1' = {resource d «» = «», e: 1}",
            &[("", "expected a resource type in quotes, found the end of the line")]),
        (Bicep, "type a = 'b' | \nvar c = 1", "type a = ('b')\nvar c = 1", &[("", "expected a type, found the end of the line")]),
        (Bicep, "type a = {\n  b: )\n  c: int\n}", "type a = {b: «)», c: int}", &[(")", "expected a type, found `)`")]),
        (Bicep, "import { a b } from 'c'", "import a, b from 'c'", &[("b", "expected a new line or a comma, found `b`")]),
        (Bicep, "import { 'a' } from 'c'", "import 'a' from 'c'", &[("'a'", "a quoted name needs `as` and a name behind it")]),
        (Bicep, "import a from 'c'\nvar d = 1", "import «» from «a from 'c'»\nvar d = 1", &[("a", "expected `{ names }` or `* as name`, found `a`")]),
        (Bicep, "extension\nvar d = 1", "extension «»\nvar d = 1", &[("", "expected the name of an extension, found the end of the line")]),
        (Bicep, "func a( => b\nvar c = 1", "func a(«»: «=> b»): «» => «»\nvar c = 1",
            &[("=>", "expected the name of a parameter, found `=>`"), ("", "expected `)`, found the end of the line")]),
        (Params, "resource a 'b' = {}\nparam c = 1", "«resource a 'b' = {}»\nparam c = 1",
            &[("resource", "expected a statement such as `using`, `param` or `var`, found `resource`")]),
        (Params, "using\nparam c = 1", "using «»\nparam c = 1", &[("", "expected the path of a template in quotes, or `none`, found the end of the line")]),
    ];
    check(
        cases
            .iter()
            .map(|(kind, source, expected, problems)| (*kind, source.to_string(), expected.to_string(), *problems)),
    );
}

/// What each text parses to, and with which problems: the text at each, and its message.
fn check<'c>(cases: impl IntoIterator<Item = (FileKind, String, String, &'c [(&'c str, &'c str)])>) {
    let mut wrong = Vec::new();
    for (kind, text, expected, problems) in cases {
        let parsed = bicep::parse(&text, kind);
        spans::check_spans(&text, kind, &parsed);
        let shown = show(&text, &parsed);
        let found: Vec<_> = parsed.problems.iter().map(|p| (p.range.of(&text), p.message.as_str())).collect();
        if shown != expected || found != problems {
            wrong.push(format!("{text}\n  found    {shown:?} {found:?}\n  expected {expected:?} {problems:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Our own Bicep files.
fn sources() -> Vec<(String, FileKind)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/it/bicep/sources", "testdata/bicep"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    let files = entries.filter_map(Result::ok).filter_map(|entry| {
        let kind = match entry.path().extension()?.to_str()? {
            "bicep" => FileKind::Bicep,
            "bicepparam" => FileKind::Params,
            _ => return None,
        };
        Some((std::fs::read_to_string(entry.path()).unwrap(), kind))
    });
    files.collect()
}

/// Whatever is cut off or out of a file, the rest is read without harm.
#[test]
fn mutilated_files() {
    let sources = sources();
    assert!(sources.len() >= 2);
    for (text, kind) in &sources {
        let places: Vec<_> = text.char_indices().collect();
        for (at, character) in places {
            let cut_off = &text[..at];
            let cut_out = format!("{cut_off}{}", &text[at + character.len_utf8()..]);
            for mutilated in [cut_off, &cut_out] {
                let parsed = bicep::parse(mutilated, *kind);
                spans::check_spans(mutilated, *kind, &parsed);
                match kind {
                    FileKind::Bicep => drop(template::lower_bicep(FileId(0), mutilated, &parsed)),
                    FileKind::Params => drop(template::lower_bicepparam(FileId(0), mutilated, &parsed)),
                }
            }
        }
    }
}

/// Text that is nested deeper than any parser should follow.
#[test]
fn hostile_depth() {
    const N: usize = 100_000;
    let nested = |open: &str, close: &str| open.repeat(N) + &close.repeat(N);
    #[rustfmt::skip]
    let cases: &[(&str, String)] = &[
        ("parentheses", format!("var x = {}", nested("(", ")"))),
        ("open parentheses", format!("var x = {}", nested("(", ""))),
        ("objects", format!("var x = {}", nested("{a:", "}"))),
        ("open objects", format!("var x = {}", nested("{a:", ""))),
        ("objects on lines", format!("var x = {}", nested("{\na:", "\n}"))),
        ("open objects on lines", format!("var x = {}", nested("{\na:", ""))),
        ("arrays", format!("var x = {}", nested("[", "]"))),
        ("calls", format!("var x = {}", nested("f(", ")"))),
        ("open calls", format!("var x = {}", nested("f(\n", ""))),
        ("indexes", format!("var x = {}", nested("a[", "]"))),
        ("interpolations", format!("var x = {}a{}", "'${".repeat(N), "}'".repeat(N))),
        ("open interpolations", format!("var x = {}", "'${".repeat(N))),
        ("ternaries", format!("var x = {}1", "a ? 1 : ".repeat(N))),
        ("ternaries within", format!("var x = {}", nested("a ? ", " : 1"))),
        ("lambdas", format!("var x = f({}1)", "a => ".repeat(N))),
        ("loops", format!("var x = {}", nested("[for a in ", ": a]"))),
        ("additions to the left", format!("var x = 1{}", " + 1".repeat(N))),
        ("operators to the right", format!("var x = 1{}", " || 1 && 1 == 1 < 1 + 1 * 1".repeat(N))),
        ("left in left", format!("var x = {}1{}", "(".repeat(250), format!("{})", " + 1".repeat(250)).repeat(250))),
        ("types", format!("param x {}", nested("(", ")"))),
        ("object types", format!("param x {}", nested("{a:", "}"))),
        ("tuple types", format!("param x {}", nested("[", "]"))),
        ("generic types", format!("param x {}", nested("a<", ">"))),
        ("array types", format!("param x string{}", "[]".repeat(N))),
        ("nullable types", format!("param x string{}", "? ".repeat(N))),
        ("nested resources", nested("resource a 'b' = {\n", "}\n")),
        ("nested resources in ifs", nested("resource a 'b' = if (c) {\n", "}\n")),
    ];
    for (name, source) in cases {
        let source = format!("{source}\nparam after string\n");
        let parsed = on_small_stack(source.clone());
        let deep = parsed.problems.iter().filter(|p| p.code == ProblemCode::NestingTooDeep).count();
        assert_eq!(deep, 1, "{name}: {:?}", parsed.problems.iter().take(3).collect::<Vec<_>>());
        if !name.starts_with("open") {
            let last = parsed.tree.top().last().unwrap().keyword;
            assert_eq!(last.of(&source), "param", "{name}");
            assert_eq!(parsed.problems.len(), 1, "{name}: {:?}", parsed.problems);
        }
    }
    // Long, but not deep.
    #[rustfmt::skip]
    let cases = [
        format!("var x = a{}", ".b".repeat(N)),
        format!("var x = a{}", "!".repeat(N)),
        format!("var x = a{}", "[0]".repeat(N)),
        format!("var x = [{}]", "1,".repeat(N)),
        format!("param x 'a'{}", " | 'b'".repeat(N)),
    ];
    for source in cases {
        assert_eq!(on_small_stack(source).problems, []);
    }
    for source in
        [format!("var x = {}1", "!".repeat(N)), "'''".repeat(N), "#disable-next-line\n".repeat(N), " \n".repeat(N)]
    {
        on_small_stack(source);
    }
}

/// Parses and lowers on the stack that a thread has by default.
fn on_small_stack(source: String) -> Parsed {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let work = move || {
        let parsed = bicep::parse(&source, FileKind::Bicep);
        let template = template::lower_bicep(FileId(0), &source, &parsed);
        assert_eq!(template.problems, parsed.problems);
        parsed
    };
    thread.spawn(work).unwrap().join().unwrap()
}
