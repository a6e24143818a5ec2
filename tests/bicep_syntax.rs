//! The Bicep lexer and parser on text of our own.

#![expect(clippy::unwrap_used, reason = "a test stops where it must")]

use armguard::bicep::{self, FileKind};
use armguard::source::{FileId, ProblemCode};
use armguard::template;

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
fn on_small_stack(source: String) -> bicep::Parsed {
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let work = move || {
        let parsed = bicep::parse(&source, FileKind::Bicep);
        let template = template::lower_bicep(FileId(0), &source, &parsed);
        assert_eq!(template.problems, parsed.problems);
        parsed
    };
    thread.spawn(work).unwrap().join().unwrap()
}
