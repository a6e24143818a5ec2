//! The expression language: what a string says, trees, places, and errors.

use armguard::arm::{self, Expr, ExprKind, Link, StringContent};
use armguard::json;
use armguard::source::TextRange;

/// What the only string of the JSON text says, with the text of its expression.
fn content(json: &str) -> (StringContent, String) {
    let document = json::parse(json);
    let Some(string) = document.root() else { return (StringContent::Literal, String::new()) };
    let content = StringContent::of(string);
    let shown = match &content {
        StringContent::Expression(range) => range.of(json).to_owned(),
        _ => string.as_str().unwrap_or_default().into_owned(),
    };
    (content, shown)
}

#[test]
fn brackets_make_an_expression() {
    let cases = [
        (r#""""#, "literal"),
        (r#""plain""#, "literal"),
        (r#""[""#, "literal"),
        (r#""]""#, "literal"),
        (r#""[test""#, "literal"),
        (r#""[a] b""#, "literal"),
        (r#"" [a]""#, "literal"),
        (r#""[[test""#, "literal"),
        (r#""[[""#, "literal"),
        (r#""[[]""#, "escaped"),
        (r#""[[a]""#, "escaped"),
        (r#""[\u005ba]""#, "escaped"),
        (r#""[]""#, "expression "),
        (r#""[a()]""#, "expression a()"),
        ("\"[\n a()\n ]\"", "expression \n a()\n "),
        (r#""\u005ba(\"\")\u005d""#, r#"expression a(\"\")"#),
        (r#"'[a(\'x\')]'"#, r"expression a(\'x\')"),
    ];
    for (json, expected) in cases {
        let shown = match content(json) {
            (StringContent::Literal, _) => "literal".to_owned(),
            (StringContent::EscapedLiteral, _) => "escaped".to_owned(),
            (StringContent::Expression(_), text) => format!("expression {text}"),
        };
        assert_eq!(shown, expected, "{json}");
    }
}

/// The tree as text; `?` is unreadable.
fn dump(expr: &Expr<'_>) -> String {
    match &expr.kind {
        ExprKind::String(text) => format!("{text:?}"),
        ExprKind::Integer(digits) => digits.to_string(),
        ExprKind::Call(call) => {
            let namespace = call.namespace.as_ref().map(|namespace| format!("{namespace}.")).unwrap_or_default();
            let args: Vec<_> = call.args.iter().map(dump).collect();
            format!("{namespace}{}({})", call.name, args.join(", "))
        }
        ExprKind::Chain { base, links } => {
            let links = links.iter().map(|link| match link {
                Link::Member(name, _) => format!(".{name}"),
                Link::Index(index) => format!("[{}]", dump(index)),
            });
            dump(base) + &links.collect::<String>()
        }
        ExprKind::Unreadable => "?".into(),
    }
}

/// Tree and problems of `expression`, which stands between the brackets of a JSON string.
fn parsed(expression: &str) -> (String, Vec<String>) {
    let json = format!("\"[{expression}]\"");
    let range = TextRange::new(2, json.len() as u32 - 2);
    let (expr, problems) = arm::parse(&json, range);
    check_ranges(&expr, range, &json);
    for problem in &problems {
        assert!(range.contains(problem.range) && json.is_char_boundary(problem.range.start as usize), "{json}");
    }
    let shown = problems.iter().map(|p| format!("{}..{} {}", p.range.start - 2, p.range.end - 2, p.message));
    (dump(&expr), shown.collect())
}

fn check_ranges(expr: &Expr<'_>, around: TextRange, text: &str) {
    assert!(around.contains(expr.range), "{text}: {expr:?}");
    assert!(text.get(expr.range.start as usize..expr.range.end as usize).is_some(), "{text}");
    match &expr.kind {
        ExprKind::Call(call) => call.args.iter().for_each(|arg| check_ranges(arg, expr.range, text)),
        ExprKind::Chain { base, links } => {
            check_ranges(base, expr.range, text);
            for link in links {
                match link {
                    Link::Member(_, range) => assert!(expr.range.contains(*range), "{text}"),
                    Link::Index(index) => check_ranges(index, expr.range, text),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn expressions_have_a_tree() {
    let cases = [
        ("a()", "a()"),
        (" concat ( 'x' , 1 , -2 )\n", r#"concat("x", 1, -2)"#),
        ("'it''s'", r#""it's""#),
        ("''''''", r#""''""#),
        ("''", r#""""#),
        ("contoso.f(1)", "contoso.f(1)"),
        ("__bicep.f()", "__bicep.f()"),
        ("_1 . f ()", "_1.f()"),
        ("parameters('a').b.c[0]['d e'][add(1,2)].f", r#"parameters("a").b.c[0]["d e"][add(1, 2)].f"#),
        ("f(a().b, c()[d().e])", "f(a().b, c()[d().e])"),
        ("'x'.y", r#""x".y"#),
        ("99999999999999999999", "99999999999999999999"),
        (r"concat(\u0027caf\u00e9 \uD83D\uDE00', 'C:\\d')", r#"concat("café 😀", "C:\\d")"#),
        (r"a().\u0079x", "a().yx"),
        ("f('a\nb')", r#"f("a\nb")"#),
        ("f('[x]')", r#"f("[x]")"#),
    ];
    for (expression, expected) in cases {
        let (tree, problems) = parsed(expression);
        assert_eq!((tree.as_str(), problems), (expected, vec![]), "{expression}");
    }
}

#[test]
fn errors_tell_what_is_wrong() {
    let cases: [(&str, &str, &[&str]); 19] = [
        ("1.5", "1", &["2..3 expected a property name, found `5`"]),
        ("", "?", &["0..0 expected an expression, found the end of the expression"]),
        ("a", "?", &["0..1 expected `(`: `a` is neither a string, which needs quotes, nor a call"]),
        ("a(", "a(?)", &["2..2 expected an expression, found the end of the expression"]),
        ("a('x'", r#"a("x")"#, &["5..5 expected `)`, found the end of the expression"]),
        (
            "a('x",
            "a(?)",
            &[
                "2..4 this string is never closed; a quote inside is written `''`",
                "4..4 expected `)`, found the end of the expression",
            ],
        ),
        ("a('x' 'y')", r#"a("x")"#, &["6..9 expected `)`, found a string"]),
        ("a(,1)", "a(?, 1)", &["2..3 expected an expression, found `,`"]),
        ("a(1,)", "a(1, ?)", &["4..5 expected an expression, found `)`"]),
        ("a())", "a()", &["3..4 expected the end of the expression, found `)`"]),
        ("a() b()", "a()", &["4..5 expected the end of the expression, found `b`"]),
        ("a(1 + 2)", "a(1)", &["4..5 expected `)`, found `+`"]),
        ("a().", "a()", &["4..4 expected a property name, found the end of the expression"]),
        ("a()..b", "a()", &["4..5 expected a property name, found `.`"]),
        ("a()[0", "a()[0]", &["5..5 expected `]`, found the end of the expression"]),
        ("a()[]", "a()[?]", &["4..5 expected an expression, found `]`"]),
        ("a.('x')", r#"a("x")"#, &["2..3 expected a function name, found `(`"]),
        ("(1)", "?", &["0..1 expected an expression, found `(`"]),
        ("§", "?", &["0..2 expected an expression, found `§`"]),
    ];
    for (expression, tree, problems) in cases {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(parsed(expression), (tree.to_owned(), problems), "{expression}");
    }
}

#[test]
fn places_are_those_in_the_file() {
    let json = r#""[concat('caf\u00e9', parameters('p').x[0].\u0079)]""#;
    let document = json::parse(json);
    let Some(StringContent::Expression(range)) = document.root().map(StringContent::of) else {
        unreachable!("{json} is an expression")
    };
    let (expr, problems) = arm::parse(json, range);
    assert!(problems.is_empty());
    let mut places = Vec::new();
    list_places(&expr, json, &mut places);
    assert_eq!(
        places,
        [
            r"concat('caf\u00e9', parameters('p').x[0].\u0079)",
            r"'caf\u00e9'",
            r"parameters('p').x[0].\u0079",
            "parameters('p')",
            "'p'",
            "x",
            "0",
            r"\u0079",
        ]
    );
}

fn list_places<'t>(expr: &Expr<'_>, text: &'t str, places: &mut Vec<&'t str>) {
    places.push(expr.range.of(text));
    match &expr.kind {
        ExprKind::Call(call) => call.args.iter().for_each(|arg| list_places(arg, text, places)),
        ExprKind::Chain { base, links } => {
            list_places(base, text, places);
            for link in links {
                match link {
                    Link::Member(_, range) => places.push(range.of(text)),
                    Link::Index(index) => list_places(index, text, places),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn deep_and_long_expressions_end_soon() {
    // What the thread of a test has.
    armguard::source::Stack::of(7 << 18).declare();
    let deep = |depth: usize| format!("{}1{}", "f(".repeat(depth), ")".repeat(depth));
    assert_eq!(parsed(&deep(arm::MAX_DEPTH - 1)).1, Vec::<String>::new());
    let cases = [
        deep(arm::MAX_DEPTH),
        deep(500_000),
        "f(".repeat(500_000),
        "a()[".repeat(300_000),
        format!("a(){}.", ".b".repeat(500_000)),
        format!("f({}", "1,".repeat(500_000)),
        "'".repeat(999_999),
        "..".repeat(500_000),
        "§".repeat(500_000),
    ];
    for expression in cases {
        let start = std::time::Instant::now();
        assert!(!parsed(&expression).1.is_empty());
        assert!(start.elapsed().as_secs() < 5, "{}", &expression[..20]);
    }
}

#[test]
fn every_cut_is_survived() {
    let text = r"if(equals(a.b('it''s \u00e9😀'), -12), x()[0].\u0079['z'], createArray(true(), null()))";
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for window in places.windows(2) {
        parsed(&text[..window[0]]);
        parsed(&text[window[0]..]);
        parsed(&format!("{}{}", &text[..window[0]], &text[window[1]..]));
        for inserted in ["'", "(", ")", "[", "]", ",", ".", "\\", "é", " ", "1", "-"] {
            parsed(&format!("{}{inserted}{}", &text[..window[0]], &text[window[0]..]));
        }
    }
}
