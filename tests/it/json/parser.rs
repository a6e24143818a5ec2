//! The JSON parser: what it takes silently, what it reports, and what is left of damaged texts.

use std::fmt::Write;

use armguard::json::{self, Value, ValueKind};
use armguard::source::{ProblemCode, TextRange};

/// One line: strings in quotes with their escapes read, `?` for what is unreadable, `!` behind what is open.
fn dump(value: Value<'_>) -> String {
    let mut out = String::new();
    match value.kind() {
        ValueKind::Null => out.push_str("null"),
        ValueKind::True | ValueKind::False | ValueKind::Number => out.push_str(value.raw()),
        ValueKind::String => write!(out, "{:?}", value.as_str().unwrap_or_default()).unwrap_or_default(),
        ValueKind::Array => write!(out, "[{}]", join(value.items().map(dump))).unwrap_or_default(),
        ValueKind::Object => {
            let members = value.members().map(|member| format!("{}: {}", member.key(), dump(member.value())));
            write!(out, "{{{}}}", join(members)).unwrap_or_default();
        }
        ValueKind::Unreadable => out.push('?'),
    }
    if value.is_open() {
        out.push('!');
    }
    out
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn parsed(text: &str) -> (String, Vec<String>) {
    let document = json::parse(text);
    check_ranges(text, &document);
    let value = document.root().map(dump).unwrap_or_default();
    let problems = document.problems().iter();
    (value, problems.map(|problem| format!("{:?} {}", problem.range, problem.message)).collect())
}

/// All places lie in the text, values inside what holds them, and in order.
fn check_ranges(text: &str, document: &json::Document<'_>) {
    let fits = |range: TextRange| text.get(range.start as usize..range.end as usize).is_some();
    for problem in document.problems() {
        assert!(fits(problem.range), "{text:?}: {problem:?}");
    }
    assert!(document.problems().is_sorted_by_key(|problem| problem.range.start), "{text:?}");
    assert!(document.comments().iter().all(|comment| fits(*comment)), "{text:?}");
    assert!(document.comments().is_sorted_by_key(|comment| comment.end), "{text:?}");
    let mut todo: Vec<_> = document.root().into_iter().collect();
    while let Some(value) = todo.pop() {
        assert!(fits(value.range()) && fits(value.content_range()), "{text:?}: {value:?}");
        let keys = value.members().map(json::Member::key_value);
        let inside: Vec<_> = value.members().map(json::Member::value).chain(value.items()).collect();
        for child in keys.chain(inside.iter().copied()) {
            assert!(value.range().contains(child.range()), "{text:?}: {child:?} in {value:?}");
            assert_eq!(
                child.cursor().map(|(_, range)| range.len()).sum::<u32>(),
                child.content_range().len(),
                "{text:?}"
            );
        }
        todo.extend(inside);
    }
}

#[test]
fn what_arm_tooling_takes_is_no_problem() {
    let cases = [
        ("null", "null"),
        (" true ", "true"),
        ("-12.5e+3", "-12.5e+3"),
        ("{}", "{}"),
        ("[ ]", "[]"),
        ("\u{feff}{\"a\": 1}", "{a: 1}"),
        ("// c\n{\"a\": /* c */ 1 /**/ , // c\n \"b\" /* x */ : 2}\n// end", "{a: 1, b: 2}"),
        ("[1, 2,]", "[1, 2]"),
        ("{\"a\": {\"b\": [],},}", "{a: {b: []}}"),
        ("[\"a\nb\r\n\tc\"]", r#"["a\nb\r\n\tc"]"#),
        ("{'a': 'it\\'s \"b\"'}", r#"{a: "it's \"b\""}"#),
        ("{a: 1, $b_c-d: 2, é: 3}", "{a: 1, $b_c-d: 2, é: 3}"),
        ("{\"a\": 1, \"A\": 2, \"a\": 3}", "{a: 1, A: 2, a: 3}"),
        (
            "[0, -0, 10, 1.0, 1E5, 123456789012345678901234567890]",
            "[0, -0, 10, 1.0, 1E5, 123456789012345678901234567890]",
        ),
        (r#"["\"\\\/\b\f\n\r\t\u0041"]"#, r#"["\"\\/\u{8}\u{c}\n\r\tA"]"#),
        (r#"["\uD83D\uDE00 \ud800 \ud800\u0041 \udc00"]"#, "[\"😀 \u{fffd} \u{fffd}A \u{fffd}\"]"),
        (r#"{"\u0061": 1}"#, "{a: 1}"),
        ("{\u{a0}\"a\":\u{2003}1\u{b}}", "{a: 1}"),
        ("[\"0123456789012345678901234567890123456789 \\\"\"]", "[\"0123456789012345678901234567890123456789 \\\"\"]"),
    ];
    for (text, expected) in cases {
        assert_eq!(parsed(text), (expected.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn errors_are_reported_and_survived() {
    let cases: [(&str, &str, &[&str]); 38] = [
        ("", "", &["0..0 there is no value in this file"]),
        (" // nothing", "", &["11..11 there is no value in this file"]),
        ("{\"a\": 1 \"b\": 2}", "{a: 1, b: 2}!", &["8..8 expected a comma"]),
        ("[1 2]", "[1, 2]!", &["3..3 expected a comma"]),
        ("{\"a\": , \"b\": 2}", "{a: ?, b: 2}!", &["6..6 expected a value"]),
        ("{\"a\": }", "{a: ?}!", &["6..6 expected a value"]),
        ("{\"a\"}", "{a: ?}!", &["4..4 expected `:` after the key", "4..4 expected a value"]),
        ("{\"a\" 1}", "{a: 1}!", &["5..5 expected `:` after the key"]),
        ("{\"a\" {\"b\": 1}}", "{a: {b: 1}}!", &["5..5 expected `:` after the key"]),
        ("[1,,2]", "[1, 2]!", &["3..4 expected a value in front of this comma"]),
        ("{,\"a\": 1}", "{a: 1}!", &["1..2 expected a member in front of this comma"]),
        (
            "{\"a\": [1, 2}, \"b\": 3}",
            "{a: [1, 2]!}!",
            &["11..12 expected `]` before this bracket", "12..21 this does not belong behind the outermost value"],
        ),
        ("{\"a\": [{\"b\": 1], \"c\": 2}", "{a: [{b: 1}!]!, c: 2}", &["14..15 expected `}` before this bracket"]),
        ("{\"a\": 1], \"b\": 2}", "{a: 1, b: 2}!", &["7..8 there is nothing open that this bracket could close"]),
        ("{\"a\": [1, {\"b\": 2", "{a: [1, {b: 2}!]!}!", &["10..11 this bracket is never closed"]),
        ("{\"a\":", "{a: ?}!", &["0..1 this bracket is never closed", "5..5 expected a value"]),
        ("{\"a", "{}!", &["0..1 this bracket is never closed", "1..3 this string is never closed"]),
        ("x = {\"a\": 1}", "{a: 1}!", &["0..4 this does not belong in front of the outermost value"]),
        ("<<<<<<< HEAD\n{\"a\": 1}", "{a: 1}!", &["0..13 this does not belong in front of the outermost value"]),
        ("{\"a\": 1} {\"b\": 2}", "{a: 1}!", &["9..17 this does not belong behind the outermost value"]),
        ("hello", "?", &["0..5 expected a value, found `hello`; text needs quotes"]),
        ("{\"a\": True}", "{a: ?}", &["6..10 expected a value, found `True`; text needs quotes"]),
        (
            "{\"a\": foo bar}",
            "{a: ?, bar: ?}!",
            &[
                "6..9 expected a value, found `foo`; text needs quotes",
                "10..10 expected a comma",
                "13..13 expected `:` after the key",
                "13..13 expected a value",
            ],
        ),
        ("[01]", "[?]", &["1..3 expected a value, found `01`; text needs quotes"]),
        ("[1.]", "[?]", &["1..3 expected a value, found `1.`; text needs quotes"]),
        (
            "[+1, .5, 1e, --1, 0x1F]",
            "[?, ?, ?, ?, ?]",
            &[
                "1..3 expected a value, found `+1`; text needs quotes",
                "5..7 expected a value, found `.5`; text needs quotes",
                "9..11 expected a value, found `1e`; text needs quotes",
                "13..16 expected a value, found `--1`; text needs quotes",
                "18..22 expected a value, found `0x1F`; text needs quotes",
            ],
        ),
        ("[@, 1]", "[?, 1]!", &["1..2 expected a value, found `@`"]),
        ("{\"a\": :1, \"b\": 2}", "{a: ?, b: 2}!", &["6..8 expected a value, found `:`"]),
        ("{: 1, \"b\": 2}", "{b: 2}!", &["1..4 expected a key, found `:`"]),
        ("{{\"x\": 1}, \"b\": 2}", "{b: 2}!", &["1..2 expected a key in front of this value"]),
        ("[\"a\\qb\"]", "[\"aqb\"]", &["3..5 `\\q` is no escape; a backslash is written `\\\\`"]),
        (
            "[\"C:\\path\\\u{e9}\"]",
            "[\"C:pathé\"]",
            &[
                "4..6 `\\p` is no escape; a backslash is written `\\\\`",
                "9..12 `\\é` is no escape; a backslash is written `\\\\`",
            ],
        ),
        ("[\"\\u00g0\"]", "[\"\u{fffd}g0\"]", &["2..4 `\\u` is no escape; a backslash is written `\\\\`"]),
        ("{\"a\": \"x,\n\"b\": 2}", "{a: ?, b: 2}!", &["6..8 this string is never closed"]),
        ("{\"a: 1,\n\"b\": 2}", "{b: 2}!", &["1..6 this string is never closed"]),
        ("{\"a\": \"x\n}", "{a: ?}!", &["6..8 this string is never closed"]),
        ("[1, /* x", "[1]!", &["0..1 this bracket is never closed", "4..6 this comment is never closed"]),
        ("[1] /", "[1]!", &["4..5 this does not belong behind the outermost value"]),
    ];
    for (text, value, problems) in cases {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(parsed(text), (value.to_owned(), problems), "{text}");
    }
}

#[test]
fn members_are_found_ignoring_case_and_the_last_counts() {
    let document = json::parse(r#"{"Name": 1, "other": 2, "NAM\u0045": 3}"#);
    let root = document.root();
    let get = |name| root.and_then(|root| root.get_ignore_case(name)).map(|value| value.raw());
    assert_eq!(get("name"), Some("3"));
    assert_eq!(get("OTHER"), Some("2"));
    assert_eq!(get("nothing"), None);
    let member = root.and_then(|root| root.member("other"));
    assert_eq!(member.map(|member| member.key_range()), Some(TextRange::new(12, 19)));
}

#[test]
fn characters_know_their_place() {
    let document = json::parse(r#"["a\u0041\uD83D\uDE00\n"]"#);
    let cursor = document.root().and_then(|root| root.items().next()).map(|string| string.cursor());
    let places: Vec<_> = cursor.into_iter().flatten().map(|(char, range)| (char, range.start, range.end)).collect();
    assert_eq!(places, [('a', 2, 3), ('A', 3, 9), ('😀', 9, 21), ('\n', 21, 23)]);
}

#[test]
fn comments_are_listed() {
    let text = "// a\n{/* b */\"x\": \"// no\"} // c";
    let document = json::parse(text);
    let comments: Vec<_> = document.comments().iter().map(|comment| comment.of(text)).collect();
    assert_eq!(comments, ["// a", "/* b */", "// c"]);
}

#[test]
fn deep_nesting_ends_at_the_limit() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [json::MAX_DEPTH, json::MAX_DEPTH + 1, 100_000] {
            let text = format!("[{}1{}, 2]", open.repeat(depth - 1), close.repeat(depth - 1));
            let document = json::parse(&text);
            let codes: Vec<_> = document.problems().iter().map(|problem| problem.code).collect();
            let expected = if depth > json::MAX_DEPTH { vec![ProblemCode::NestingTooDeep] } else { vec![] };
            assert_eq!(codes, expected, "{depth}");
            assert_eq!(document.root().map(|root| (root.items().count(), root.is_open())), Some((2, false)));
        }
    }
}

#[test]
fn hopeless_texts_end_soon() {
    let cases = [
        "{".repeat(1_000_000),
        "\"\\\"\n".repeat(300_000),
        "[1 1 ".repeat(200_000),
        "/*".repeat(500_000),
        format!("[\"{}\"]", "\\q".repeat(500_000)),
        "'\n\"\n".repeat(300_000),
        "]}".repeat(500_000),
        "@".repeat(1_000_000),
        format!("[{}", "\u{a0}".repeat(500_000)),
    ];
    for text in cases {
        let start = std::time::Instant::now();
        let document = json::parse(&text);
        assert!(!document.problems().is_empty() && document.problems().len() <= json::MAX_PROBLEMS + 1);
        assert!(start.elapsed().as_secs() < 5, "{}", &text[..20]);
    }
}

#[test]
fn every_cut_is_survived() {
    let text = "\u{feff}{ // c\n \"a\\n\": [1, -2.5e3, 'x', {k: null,}, ], /* é */ \"b\": {\"c\": \"\\u00e9😀\", \"d\": [[true], false]}\n}";
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for window in places.windows(2) {
        parsed(&text[..window[0]]);
        parsed(&text[window[0]..]);
        parsed(&format!("{}{}", &text[..window[0]], &text[window[1]..]));
        for inserted in ["\"", "'", "{", "}", "[", "]", ",", ":", "\\", "/", "\n", "é", "x"] {
            parsed(&format!("{}{inserted}{}", &text[..window[0]], &text[window[0]..]));
        }
    }
}
