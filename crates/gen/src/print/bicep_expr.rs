//! Expressions in Bicep.

use crate::expr::{Expr, Kind, Operator};

/// How far a level is indented.
const STEP: &str = "  ";

/// `expr` where a value stands by itself: objects and arrays in lines, the following ones indented like `indent`.
pub(super) fn value(expr: &Expr, indent: &str) -> String {
    let inner = format!("{indent}{STEP}");
    match &expr.kind {
        Kind::Object(keys) if !keys.is_empty() => {
            let members = keys.iter().zip(&expr.args).map(|(key, arg)| match key {
                Some(key) => format!("{inner}{}: {}\n", self::key(key), value(arg, &inner)),
                None => format!("{inner}...{}\n", inline(arg)),
            });
            format!("{{\n{}{indent}}}", members.collect::<String>())
        }
        Kind::Array(spread) if !spread.is_empty() => {
            let items = spread.iter().zip(&expr.args).map(|(spread, arg)| match spread {
                true => format!("{inner}...{}\n", inline(arg)),
                false => format!("{inner}{}\n", value(arg, &inner)),
            });
            format!("[\n{}{indent}]", items.collect::<String>())
        }
        Kind::For(item, index) => {
            let [over, body] = &expr.args[..] else { return "null".into() };
            format!("[for {} in {}: {}]", loop_names(item, index.as_deref()), inline(over), value(body, indent))
        }
        _ => {
            let text = inline(expr);
            // Parentheses around all of it mean nothing.
            let is_composite = matches!(expr.kind, Kind::Binary(_) | Kind::If | Kind::Not);
            match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
                Some(bare) if is_composite => bare.to_owned(),
                _ => text,
            }
        }
    }
}

/// The names before `in`.
pub(super) fn loop_names(item: &str, index: Option<&str>) -> String {
    index.map_or_else(|| item.to_owned(), |index| format!("({item}, {index})"))
}

/// A key of an object.
pub(super) fn key(key: &str) -> String {
    let is_name = key.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    if is_name && !key.is_empty() { key.to_owned() } else { quoted(key) }
}

/// A string.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'").replace("${", "\\${").replace('\n', "\\n")
}

/// `expr` in one line, in parentheses where it has operators.
pub(super) fn inline(expr: &Expr) -> String {
    let args: Vec<String> = match expr.kind {
        // The pieces of a text are no values of their own.
        Kind::Text => Vec::new(),
        _ => expr.args.iter().map(inline).collect(),
    };
    let list = |args: &[String]| args.join(", ");
    match (&expr.kind, &args[..]) {
        (Kind::Null, _) => "null".into(),
        (Kind::Bool(value), _) => value.to_string(),
        (Kind::Int(value), _) => value.to_string(),
        (Kind::Str(text), _) => quoted(text),
        (Kind::Text, _) => {
            let pieces = expr.args.iter().map(|piece| match &piece.kind {
                Kind::Str(text) => escaped(text),
                _ => format!("${{{}}}", inline(piece)),
            });
            format!("'{}'", pieces.collect::<String>())
        }
        (Kind::Array(spread), args) => {
            let items =
                spread.iter().zip(args).map(|(spread, arg)| format!("{}{arg}", if *spread { "..." } else { "" }));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        (Kind::Object(keys), _) if keys.is_empty() => "{}".into(),
        (Kind::Object(keys), args) => {
            let members = keys.iter().zip(args).map(|(key, arg)| match key {
                Some(key) => format!("{}: {arg}", self::key(key)),
                None => format!("...{arg}"),
            });
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        (Kind::Not, [of]) => format!("(!{of})"),
        (Kind::Binary(operator), [left, right]) => format!("({left} {} {right})", sign(*operator)),
        (Kind::If, [condition, then, otherwise]) => format!("({condition} ? {then} : {otherwise})"),
        (Kind::Call(name), args) => format!("{name}({})", list(args)),
        (Kind::User(name), args) => format!("{name}({})", list(args)),
        (Kind::Lambda(params), [body]) => format!("({}) => {body}", params.join(", ")),
        (Kind::Param(name) | Kind::Var(name) | Kind::Local(name), _) => name.clone(),
        (Kind::Member { name, safe }, [of]) => format!("{of}.{}{name}", if *safe { "?" } else { "" }),
        (Kind::Index, [of, at]) => format!("{of}[{at}]"),
        (Kind::Id(symbol), []) => format!("{symbol}.id"),
        (Kind::Id(symbol), [index, ..]) => format!("{symbol}[{index}].id"),
        (Kind::Runtime(symbol, path), _) => format!("{symbol}.{path}"),
        (Kind::Output(symbol, name), _) => format!("{symbol}.outputs.{name}"),
        // Only a value by itself may be a loop; elsewhere this has the same value.
        (Kind::For(item, index), [over, body]) => {
            let index = index.as_ref().map_or_else(String::new, |index| format!(", {index}"));
            format!("map({over}, ({item}{index}) => {body})")
        }
        (
            Kind::Not
            | Kind::Binary(_)
            | Kind::If
            | Kind::Lambda(_)
            | Kind::Member { .. }
            | Kind::Index
            | Kind::For(..),
            _,
        ) => "null".into(),
    }
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::And => "&&",
        Operator::Or => "||",
        Operator::Equals => "==",
        Operator::NotEquals => "!=",
        Operator::Less => "<",
        Operator::Coalesce => "??",
    }
}
