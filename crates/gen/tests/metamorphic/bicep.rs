//! The same Bicep, written differently.

use std::collections::BTreeSet;

use armguard::bicep::{
    ExprId, ExprKind, FileKind, Item, Member, Parsed, Statement, StatementKind, TokenKind, TypeKind, parse,
};
use armguard::source::{Edit, TextRange};

use crate::relation::Relation;
use crate::rewrite::Rewrite;

/// `text` as `relation` has it; `None` where it has nothing to write differently, or must not.
pub(crate) fn rewrite(text: &str, kind: FileKind, relation: Relation, rename_params: bool) -> Option<Rewrite> {
    let parsed = parse(text, kind);
    let edits = match relation {
        Relation::Whitespace => between(&parsed, text, "  "),
        Relation::Comments => between(&parsed, text, "/* said */ "),
        Relation::LineEnds => line_ends(&parsed, text),
        Relation::Reorder => return reorder(&parsed, text),
        Relation::Rename if parsed.problems.is_empty() => rename(&parsed, text, rename_params),
        Relation::PropertyCase => property_case(&parsed, text),
        Relation::Rename | Relation::Symbolic | Relation::Classic => Vec::new(),
    };
    (!edits.is_empty()).then(|| Rewrite::by_edits(text, edits))
}

/// `new` behind each space between two tokens of a line.
fn between(parsed: &Parsed, text: &str, new: &str) -> Vec<Edit> {
    let tokens: Vec<(TokenKind, TextRange)> = parsed.tree.tokens.iter().collect();
    let gaps = tokens.windows(3).filter(|window| match window {
        [(before, _), (TokenKind::Whitespace, space), (after, _)] => {
            !before.is_trivia()
                && *before != TokenKind::NewLine
                && !after.is_trivia()
                && !matches!(after, TokenKind::NewLine | TokenKind::EndOfFile)
                && !space.of(text).contains('\u{feff}')
        }
        _ => false,
    });
    gaps.map(|window| Edit::insert(window[2].1.start, new)).collect()
}

fn line_ends(parsed: &Parsed, text: &str) -> Vec<Edit> {
    let newlines = parsed.tree.tokens.iter().filter(|(kind, _)| *kind == TokenKind::NewLine);
    let to_crlf = !text.contains("\r\n");
    let swap = |range: TextRange| {
        let old = range.of(text);
        Edit::replace(range, if to_crlf { old.replace('\n', "\r\n") } else { old.replace("\r\n", "\n") })
    };
    newlines.map(|(_, range)| swap(range)).collect()
}

/// The statements from last to first, each with the lines above it.
fn reorder(parsed: &Parsed, text: &str) -> Option<Rewrite> {
    let by_place = ["ignore-file", "disable-diagnostics", "restore-diagnostics", "disable-next-line"];
    if !parsed.problems.is_empty() || parsed.tree.top.len() < 2 || by_place.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut parts = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mark = TextRange::new(0, start);
    for statement in parsed.tree.top() {
        let behind = &text[statement.range.end as usize..];
        // What stands behind it on its line goes with it.
        let end = statement.range.end + behind.find('\n').map_or(behind.len(), |at| at + 1) as u32;
        if end <= start || !text[..end as usize].ends_with('\n') {
            return None;
        }
        parts.push(TextRange::new(start, end));
        start = end;
    }
    parts.reverse();
    parts.insert(0, mark);
    parts.push(TextRange::new(start, text.len() as u32));
    Some(Rewrite::by_order(text, &parts))
}

/// Other names for variables, resources and modules, and for parameters if nobody else knows them.
fn rename(parsed: &Parsed, text: &str, params: bool) -> Vec<Edit> {
    let tree = &parsed.tree;
    let renamed = |statement: &Statement| match &statement.kind {
        StatementKind::Var { name, .. } if statement.decorators.is_empty() => Some(*name),
        StatementKind::Resource { name, .. } | StatementKind::Module { name, .. } => Some(*name),
        StatementKind::Param { name, ty: Some(_), .. } if params => Some(*name),
        _ => None,
    };
    let names: BTreeSet<&str> = tree.top().filter_map(renamed).map(|name| name.of(text)).collect();
    // Names of several things, some of which keep theirs.
    let kept =
        tree.top().filter(|statement| renamed(statement).is_none()).filter_map(|statement| match &statement.kind {
            StatementKind::Var { name, .. } | StatementKind::Param { name, .. } => Some(name.of(text)),
            _ => None,
        });
    let kept: BTreeSet<&str> = kept.collect();
    let mut keys: BTreeSet<TextRange> = BTreeSet::new();
    let mut places: BTreeSet<TextRange> = tree.top().filter_map(renamed).collect();
    for expr in &tree.exprs {
        match &expr.kind {
            ExprKind::Object(members) => keys.extend(members.iter().filter_map(|member| match member {
                Member::Property { key, .. } => Some(tree.expr(*key).range),
                _ => None,
            })),
            ExprKind::For(it) => places.extend([Some(it.item), it.index].into_iter().flatten()),
            ExprKind::Lambda { params, .. } => places.extend(params.iter().copied()),
            _ => {}
        }
    }
    for ty in &tree.types {
        if let TypeKind::Object(members) = &ty.kind {
            keys.extend(members.iter().filter_map(|member| member.key).map(|key| tree.expr(key).range));
        }
    }
    let functions = tree.top().filter_map(|statement| match &statement.kind {
        StatementKind::Func { params, .. } => Some(params.iter().map(|param| param.name)),
        _ => None,
    });
    places.extend(functions.flatten());
    // A name that a nested resource has means another thing below it.
    let nested = tree.statements.iter().filter(|it| !tree.top().any(|top| top.range == it.range));
    let nested = nested.filter_map(renamed).map(|name| name.of(text));
    let kept: BTreeSet<&str> = kept.into_iter().chain(nested).collect();
    places.extend(tree.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Name)).map(|expr| expr.range));
    let places = places.into_iter().filter(|range| !keys.contains(range));
    let places = places.filter(|range| names.contains(range.of(text)) && !kept.contains(range.of(text)));
    places.map(|range| Edit::replace(range, format!("{}Renamed", range.of(text)))).collect()
}

/// Another case for the keys below `properties` of resources.
fn property_case(parsed: &Parsed, text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for statement in &parsed.tree.statements {
        if let StatementKind::Resource { body, .. } = &statement.kind {
            in_body(parsed, text, *body, false, &mut edits);
        }
    }
    edits
}

fn in_body(parsed: &Parsed, text: &str, at: ExprId, below: bool, edits: &mut Vec<Edit>) {
    match &parsed.tree.expr(at).kind {
        ExprKind::If { body, .. } => in_body(parsed, text, *body, below, edits),
        ExprKind::For(it) => in_body(parsed, text, it.body, below, edits),
        ExprKind::Array(items) if below => {
            for item in items {
                if let Item::Value(value) = item {
                    in_body(parsed, text, *value, below, edits);
                }
            }
        }
        ExprKind::Object(members) => {
            for member in members {
                let Member::Property { key, value } = member else { continue };
                let key = parsed.tree.expr(*key);
                if below && matches!(key.kind, ExprKind::Name) {
                    edits.push(Edit::replace(key.range, swapped(key.range.of(text))));
                }
                if below || key.range.of(text) == "properties" {
                    in_body(parsed, text, *value, true, edits);
                }
            }
        }
        _ => {}
    }
}

/// `name` with its first letter in the other case.
pub(crate) fn swapped(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| match first.is_ascii_lowercase() {
        true => first.to_ascii_uppercase(),
        false => first.to_ascii_lowercase(),
    });
    first.into_iter().chain(chars).collect()
}
