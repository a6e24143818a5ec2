//! The same ARM template, written differently.

use std::collections::BTreeSet;

use armguard::json::{Document, Value, ValueKind, parse};
use armguard::source::{Edit, TextRange};

use crate::bicep::swapped;
use crate::relation::Relation;
use crate::rewrite::Rewrite;

/// `text` as `relation` has it; `None` where it has nothing to write differently, or must not.
pub(crate) fn rewrite(text: &str, relation: Relation, rename: bool) -> Option<Rewrite> {
    let document = parse(text);
    let root = document.root().filter(|root| root.kind() == ValueKind::Object)?;
    let is_template = root.member("resources").is_some();
    let edits = match relation {
        Relation::Whitespace => nodes(root).into_iter().map(|node| Edit::insert(node.range().start, "  ")).collect(),
        Relation::Comments => {
            nodes(root).into_iter().map(|node| Edit::insert(node.range().start, "/* said */ ")).collect()
        }
        Relation::LineEnds => line_ends(&document, root),
        _ if !is_template || !document.problems().is_empty() => Vec::new(),
        Relation::Reorder if document.comments().is_empty() => return reorder(root),
        Relation::Rename if rename => renamed(root, text),
        Relation::PropertyCase => property_case(root),
        Relation::Symbolic => symbolic(root),
        Relation::Classic => classic(root, text),
        Relation::Reorder | Relation::Rename => Vec::new(),
    };
    (!edits.is_empty()).then(|| Rewrite::by_edits(text, edits))
}

/// All keys and values below `value`.
fn nodes(value: Value<'_>) -> Vec<Value<'_>> {
    let mut all = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        for member in value.members() {
            all.push(member.key_value());
            all.push(member.value());
            waiting.push(member.value());
        }
        for item in value.items() {
            all.push(item);
            waiting.push(item);
        }
    }
    all.retain(|node| !node.range().is_empty());
    let mut starts = BTreeSet::new();
    all.retain(|node| starts.insert(node.range().start));
    all
}

fn line_ends(document: &Document<'_>, root: Value<'_>) -> Vec<Edit> {
    let text = document.text();
    let strings = nodes(root).into_iter().filter(|node| node.kind() == ValueKind::String).map(Value::range);
    let strings: BTreeSet<TextRange> = strings.chain(document.comments().iter().copied()).collect();
    let is_inside = |at: u32| {
        let before = strings.range(..TextRange::new(at, u32::MAX)).next_back();
        before.is_some_and(|range| at < range.end)
    };
    let ends = text.match_indices('\n').map(|(at, _)| at as u32).filter(|at| !is_inside(*at));
    let edit = |at: u32| match text[..at as usize].ends_with('\r') {
        true => Edit::replace(TextRange::new(at - 1, at + 1), "\n"),
        false => Edit::replace(TextRange::new(at, at + 1), "\r\n"),
    };
    ends.map(edit).collect()
}

/// The objects that are templates: the root, and those of nested deployments.
fn templates(root: Value<'_>) -> Vec<Value<'_>> {
    let mut all = vec![root];
    let mut waiting = vec![root];
    while let Some(value) = waiting.pop() {
        for member in value.members() {
            if member.is_called("template") && member.value().member("resources").is_some() {
                all.push(member.value());
            }
            waiting.push(member.value());
        }
        waiting.extend(value.items());
    }
    all
}

/// The resources of a template, whichever way they are written.
fn resources(template: Value<'_>) -> Vec<Value<'_>> {
    let Some(resources) = template.get_ignore_case("resources") else { return Vec::new() };
    resources.items().chain(resources.members().map(|member| member.value())).collect()
}

/// Declarations from last to first. What stands between them stays.
fn reorder(root: Value<'_>) -> Option<Rewrite> {
    let text = root.document_text();
    let mut slots: Vec<(TextRange, TextRange)> = Vec::new();
    for section in ["parameters", "variables", "outputs", "resources"] {
        let Some(section) = root.get_ignore_case(section) else { continue };
        let members = section.members().map(|it| it.key_range().cover(it.value().range()));
        let parts: Vec<TextRange> = members.chain(section.items().map(Value::range)).collect();
        slots.extend(parts.iter().copied().zip(parts.iter().rev().copied()));
    }
    slots.sort_unstable();
    let (mut parts, mut done) = (Vec::new(), 0);
    for (slot, part) in &slots {
        parts.extend([TextRange::new(done, slot.start), *part]);
        done = slot.end;
    }
    parts.push(TextRange::new(done, text.len() as u32));
    slots.iter().any(|(slot, part)| slot != part).then(|| Rewrite::by_order(text, &parts))
}

/// Other names for all parameters and variables of the file.
fn renamed(root: Value<'_>, text: &str) -> Vec<Edit> {
    // Names that others know, or that are computed.
    let unsuited =
        ["templateLink", "\"functions\"", "parameters(v", "variables(p", "parameters(c", "variables(c", "copyIndex('"];
    if unsuited.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let rename = |key: Value<'_>, edits: &mut Vec<Edit>| {
        edits.push(Edit::insert(key.content_range().end, "Renamed"));
    };
    for template in templates(root) {
        for section in ["parameters", "variables"] {
            for member in template.get_ignore_case(section).into_iter().flat_map(Value::members) {
                rename(member.key_value(), &mut edits);
            }
        }
        for resource in resources(template) {
            let properties = resource.get_ignore_case("properties");
            let passed = properties.filter(|it| it.member("template").is_some());
            let passed = passed.and_then(|it| it.get_ignore_case("parameters"));
            for member in passed.into_iter().flat_map(Value::members) {
                rename(member.key_value(), &mut edits);
            }
        }
    }
    for function in ["parameters('", "variables('"] {
        let lower = text.to_ascii_lowercase();
        for (at, _) in lower.match_indices(function) {
            let start = at + function.len();
            // `lambdaVariables('x')` names something else.
            let is_whole = !lower[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
            let Some(end) = text[start..].find('\'').filter(|_| is_whole) else { continue };
            edits.push(Edit::insert((start + end) as u32, "Renamed"));
        }
    }
    edits
}

/// Another case for the keys below `properties` of resources, and for their types.
fn property_case(root: Value<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for resource in resources(root) {
        let ty = resource.get_ignore_case("type").filter(|ty| ty.kind() == ValueKind::String && !ty.has_escapes());
        let Some(ty) = ty else { continue };
        let raw = ty.content_range().of(root.document_text());
        if !raw.starts_with('[') {
            edits.push(Edit::replace(ty.content_range(), raw.to_ascii_uppercase()));
        }
        if raw.eq_ignore_ascii_case("Microsoft.Resources/deployments") || raw.starts_with('[') {
            continue;
        }
        let mut waiting: Vec<Value<'_>> = resource.get_ignore_case("properties").into_iter().collect();
        while let Some(value) = waiting.pop() {
            for member in value.members() {
                let key = member.key_value();
                let raw = key.content_range().of(root.document_text());
                if !raw.eq_ignore_ascii_case("copy") && !key.has_escapes() && !raw.is_empty() && !raw.starts_with('[') {
                    edits.push(Edit::replace(key.content_range(), swapped(raw)));
                    waiting.push(member.value());
                }
            }
            waiting.extend(value.items());
        }
    }
    edits
}

/// Symbolic names for the resources of a template that has none.
fn symbolic(root: Value<'_>) -> Vec<Edit> {
    let Some(list) = root.get_ignore_case("resources").filter(|it| it.kind() == ValueKind::Array) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    if let Some(version) = root.member("languageVersion") {
        edits.push(Edit::replace(version.value().range(), "\"2.0\""));
    } else {
        edits.push(Edit::insert(root.range().start + 1, "\"languageVersion\": \"2.0\","));
    }
    let mut waiting = vec![list];
    let mut names = 0;
    while let Some(list) = waiting.pop() {
        let range = list.range();
        edits.push(Edit::replace(TextRange::new(range.start, range.start + 1), "{"));
        edits.push(Edit::replace(TextRange::new(range.end - 1, range.end), "}"));
        for item in list.items() {
            names += 1;
            edits.push(Edit::insert(item.range().start, format!("\"resource{names}\": ")));
            waiting.extend(item.get_ignore_case("resources").filter(|it| it.kind() == ValueKind::Array));
        }
    }
    edits
}

/// No symbolic names for the resources of a template in which nothing uses them.
fn classic(root: Value<'_>, text: &str) -> Vec<Edit> {
    let Some(map) = root.get_ignore_case("resources").filter(|it| it.kind() == ValueKind::Object) else {
        return Vec::new();
    };
    let used = [
        "existing",
        "reference",
        "dependsOn",
        "nullable",
        "$ref",
        "definitions",
        "resourceInfo",
        "items",
        "prefixItems",
    ];
    if used.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let mut edits = Vec::new();
    edits.extend(root.member("languageVersion").map(|it| Edit::replace(it.value().range(), "\"1.0\"")));
    let range = map.range();
    edits.push(Edit::replace(TextRange::new(range.start, range.start + 1), "["));
    edits.push(Edit::replace(TextRange::new(range.end - 1, range.end), "]"));
    let keys = map.members().map(|it| TextRange::new(it.key_range().start, it.value().range().start));
    edits.extend(keys.map(Edit::delete));
    edits
}
