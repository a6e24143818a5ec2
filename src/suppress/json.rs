//! Ignores in JSON: comments, and members of `metadata` for those who keep to strict JSON.

use super::lines::Lines;
use super::{Heads, Written};
use crate::json::{self, Value, ValueKind};
use crate::source::TextRange;

/// The ignores in `text`.
pub(super) fn collect(text: &str) -> Written {
    let document = json::parse(text);
    let lines = Lines::new(text, document.comments().iter().copied());
    let mut file = JsonFile { text, lines, resources: Vec::new(), heads: Heads::default(), out: Written::default() };
    if let Some(root) = document.root() {
        file.template(root);
    }
    file.heads = Heads::new(std::mem::take(&mut file.resources));
    for range in document.comments() {
        file.comment(*range);
    }
    file.out.ignores.sort_by_key(|ignore| ignore.at);
    file.out
}

/// What stands in an object.
#[derive(Clone, Copy)]
enum JsonPart<'d> {
    /// A template, and what an ignore in it covers.
    Template(Value<'d>),
    /// The value of `resources`.
    Resources(Value<'d>),
    /// A resource, and where it starts: at the key of its symbolic name, if it has one.
    Resource(Value<'d>, u32),
}

struct JsonFile<'t> {
    text: &'t str,
    lines: Lines<'t>,
    /// The resources: a place in the line where the head starts and one where it ends, and all of each.
    resources: Vec<(TextRange, TextRange)>,
    heads: Heads,
    out: Written,
}

impl JsonFile<'_> {
    /// Goes through a template and those in it, without recursion.
    fn template(&mut self, root: Value<'_>) {
        let mut open = vec![JsonPart::Template(root)];
        while let Some(part) = open.pop() {
            match part {
                JsonPart::Template(template) => {
                    let whole = TextRange::new(0, self.text.len() as u32);
                    let range = if template.range() == root.range() { whole } else { template.range() };
                    self.metadata(template, range);
                    open.extend(template.get_ignore_case("resources").map(JsonPart::Resources));
                }
                JsonPart::Resources(list) => {
                    open.extend(list.items().map(|item| JsonPart::Resource(item, item.range().start)));
                    open.extend(list.members().map(|m| JsonPart::Resource(m.value(), m.key_range().start)));
                }
                JsonPart::Resource(resource, start) if resource.kind() == ValueKind::Object => {
                    let ty = resource.member("type").map(|ty| ty.value().range().end);
                    let end = ty.unwrap_or(resource.head().end);
                    let ends = [TextRange::new(start, start + 1), TextRange::new(end.saturating_sub(1), end)];
                    self.resources.extend(ends.map(|end| (end, resource.range())));
                    self.metadata(resource, resource.range());
                    open.extend(resource.get_ignore_case("resources").map(JsonPart::Resources));
                    let nested = resource.get_ignore_case("properties").and_then(|p| p.get_ignore_case("template"));
                    open.extend(nested.filter(|nested| nested.kind() == ValueKind::Object).map(JsonPart::Template));
                }
                JsonPart::Resource(..) => {}
            }
        }
    }

    /// `"metadata": { "armguard": { "ignore": { "rule": "reason" } } }` of `object`, which is for all of `range`.
    fn metadata(&mut self, object: Value<'_>, range: TextRange) {
        let Some(entry) = object.get_ignore_case("metadata").and_then(|metadata| metadata.member("armguard")) else {
            return;
        };
        let mut rules = Vec::new();
        for member in entry.value().members() {
            match member.is_called("ignore") && member.value().kind() == ValueKind::Object {
                true => rules.extend(member.value().members()),
                false => self.out.wrong(member.key_range(), "`armguard` has `\"ignore\": { \"rule\": \"reason\" }`"),
            }
        }
        if entry.value().kind() != ValueKind::Object {
            self.out.wrong(entry.key_range(), "`armguard` has `\"ignore\": { \"rule\": \"reason\" }`");
        }
        for rule in rules {
            self.out.member(rule.key().into_owned(), rule.key_range(), rule.value().as_str().as_deref(), range);
        }
    }

    fn comment(&mut self, range: TextRange) {
        // The top is also that of the outermost object.
        if let Some(directive) = self.out.directive(self.text, range, || self.lines.is_top(range.start, "{")) {
            let ignore = directive.ignore(self.text, range, || self.heads.area(self.lines.target(range)));
            self.out.add(ignore);
        }
    }
}
