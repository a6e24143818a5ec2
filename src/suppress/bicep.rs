//! Ignores in Bicep: comments, the directives that Bicep itself has for its linter's rules, and `metadata armguard`,
//! which stays in the ARM template that the file compiles to.

use std::rc::Rc;

use memchr::memmem;
use rulefile::nearest::nearest_within;

use super::lines::Lines;
use super::{Area, Heads, Ignore, Terms, Whole, Written, directive, ids, is_known};
use crate::bicep::{self, ExprId, ExprKind, FileKind, Member, Statement, StatementKind, StringForm, TokenKind, Tree};
use crate::rules::RuleStore;
use crate::source::{HashMap, TextRange};

/// How each directive begins that disables something.
const DISABLE: &[u8] = b"#disable-";

/// How many letters an id may be wrong by, in a directive that is mostly for the rules of Bicep's own linter.
const MISSPELLED: usize = 2;

/// Parts of a file that `#disable-diagnostics` marks for armguard at most: each may contain all resources.
const MOST_REGIONS: usize = 500;

const TOO_MANY_REGIONS: &str = "a file has at most 500 `#disable-diagnostics` for armguard; this one does not apply";

/// The message for other values of `metadata armguard`.
const METADATA: &str = "`metadata armguard` has `ignore: { 'rule': 'reason' }`";

/// Whether something in `text` looks like a directive of Bicep that is for armguard. Most are for the rules of Bicep's
/// own linter, and a text with only these need not be parsed again.
pub(super) fn has_directive(text: &str, rules: &RuleStore) -> bool {
    memmem::find_iter(text.as_bytes(), DISABLE).any(|at| {
        let line = text[at..].lines().next().unwrap_or_default();
        // A list that cannot be read is reported.
        let ours = |(_, list)| directive::ids(list, 0).map_or(true, |ids| ids.iter().any(|(id, _)| is_ours(rules, id)));
        named(line).is_some_and(ours)
    })
}

/// The ignores in `text`.
pub(super) fn collect(text: &str, kind: FileKind, rules: &RuleStore) -> Written {
    let parsed = bicep::parse(text, kind);
    let trivia: Vec<(TokenKind, TextRange)> = parsed
        .tree
        .tokens
        .iter()
        .filter(|(kind, _)| matches!(kind, TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Pragma))
        .collect();
    let lines = Lines::new(text, trivia.iter().map(|(_, range)| *range));
    let deploying = parsed.tree.statements.iter().filter(|statement| deploys(statement));
    let head = |statement: &Statement| {
        let Statement { range, keyword, .. } = statement;
        (TextRange::new(range.start, keyword.end.max(range.start + 1)), *range)
    };
    let heads = Heads::new(deploying.map(head).collect());
    let restored = restored(text, &trivia);
    let mut file =
        BicepFile { text, rules, lines, heads, restored, regions: 0, tree: &parsed.tree, out: Written::default() };
    for (at, (kind, range)) in trivia.iter().enumerate() {
        match kind {
            TokenKind::Pragma => file.pragma(*range, &trivia[at + 1..]),
            _ => file.comment(*range),
        }
    }
    for statement in parsed.tree.top() {
        if let StatementKind::Metadata { name, value } = &statement.kind {
            file.metadata(*name, *value);
        }
    }
    file.out.ignores.sort_by_key(|ignore| ignore.at);
    file.out
}

fn deploys(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::Resource { .. } | StatementKind::Module { .. })
}

/// Where each id is restored by `#restore-diagnostics`, in order.
fn restored<'t>(text: &'t str, trivia: &[(TokenKind, TextRange)]) -> HashMap<&'t str, Vec<u32>> {
    let mut restored: HashMap<&str, Vec<u32>> = HashMap::default();
    for (_, range) in trivia.iter().filter(|(kind, _)| *kind == TokenKind::Pragma) {
        let list = range.of(text).strip_prefix("#restore-diagnostics").unwrap_or_default();
        for id in list.split_ascii_whitespace() {
            restored.entry(id).or_default().push(range.start);
        }
    }
    restored
}

struct BicepFile<'t> {
    text: &'t str,
    rules: &'t RuleStore,
    lines: Lines<'t>,
    heads: Heads,
    /// Where each id is restored.
    restored: HashMap<&'t str, Vec<u32>>,
    /// How many parts of the text directives have marked.
    regions: usize,
    tree: &'t Tree,
    out: Written,
}

impl BicepFile<'_> {
    fn comment(&mut self, range: TextRange) {
        if let Some(directive) = self.out.directive(self.text, range, || self.lines.is_top(range.start, "")) {
            // It may also stand between decorators.
            let ignore = directive.ignore(self.text, range, || self.heads.area(self.lines.target(range)));
            self.out.add(ignore);
        }
    }

    /// `metadata armguard = { ignore: { 'rule': 'reason' } }`, which is for all of the file.
    fn metadata(&mut self, name: TextRange, value: ExprId) {
        if !name.of(self.text).eq_ignore_ascii_case("armguard") {
            return;
        }
        let Some(members) = self.members(value) else { return self.out.wrong(name, METADATA) };
        for (key, at, value) in members {
            match self.members(value).filter(|_| key.eq_ignore_ascii_case("ignore")) {
                Some(rules) => {
                    for (rule, at, reason) in rules {
                        let whole = TextRange::new(0, self.text.len() as u32);
                        self.out.member(rule, at, self.string(reason).as_deref(), whole);
                    }
                }
                None => self.out.wrong(at, METADATA),
            }
        }
    }

    /// The keys of the object at `id`, their places, and the values; `None` when it is none that is written out.
    fn members(&self, id: ExprId) -> Option<Vec<(String, TextRange, ExprId)>> {
        let ExprKind::Object(members) = &self.tree.expr(id).kind else { return None };
        let member = |member: &Member| match member {
            Member::Property { key, value } => {
                let at = self.tree.expr(*key).range;
                Some((self.string(*key).unwrap_or_else(|| at.of(self.text).to_owned()), at, *value))
            }
            Member::Spread { .. } | Member::Nested(_) | Member::Error(_) => None,
        };
        members.iter().map(member).collect()
    }

    /// The value of a string without holes.
    fn string(&self, id: ExprId) -> Option<String> {
        let expr = self.tree.expr(id);
        let written = expr.range.of(self.text);
        matches!(expr.kind, ExprKind::Str).then(|| StringForm::of(written).value(written).into_owned())
    }

    /// `#disable-next-line` or `#disable-diagnostics`; `behind` are the comments and directives further on.
    fn pragma(&mut self, range: TextRange, behind: &[(TokenKind, TextRange)]) {
        let directive_text = range.of(self.text);
        let Some((keyword, list)) = named(directive_text) else { return };
        let ids = match directive::ids(list, range.start + (directive_text.len() - list.len()) as u32) {
            Ok(ids) => ids,
            Err(message) => return self.out.wrong(range, message),
        };
        let ids: Vec<_> = ids.into_iter().filter(|(id, _)| is_ours(self.rules, id)).collect();
        // A comment behind it gives the reason.
        let comment = behind.first().filter(|(kind, comment)| {
            let between = TextRange::new(range.end, comment.start).of(self.text);
            *kind == TokenKind::LineComment && between.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
        });
        let reason = comment.map(|(_, comment)| comment.of(self.text).trim_start_matches('/')).unwrap_or_default();
        let terms = directive::read_terms(reason);
        match keyword {
            "#disable-next-line" if !ids.is_empty() => {
                let area = self.heads.area(self.lines.target(range));
                self.out.add(Ignore { at: range, rules: ids, area, terms });
            }
            "#disable-diagnostics" => {
                for (id, place) in ids {
                    let ends = self.restored.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
                    let end = ends.get(ends.partition_point(|end| *end < range.end)).copied();
                    let text = TextRange::new(range.end, end.unwrap_or(self.text.len() as u32));
                    self.regions += 1;
                    match self.regions > MOST_REGIONS {
                        true => self.out.wrong(place, TOO_MANY_REGIONS),
                        false => self.out.add(self.region(place, id, text, terms.clone())),
                    }
                }
            }
            _ => {}
        }
    }

    /// What stands in `text`, and the resources and modules that start there.
    fn region(&self, at: TextRange, id: String, text: TextRange, terms: Result<Terms, String>) -> Ignore {
        let starts = |statement: &&Statement| text.contains(statement.keyword);
        let starting = self.tree.statements.iter().filter(|statement| deploys(statement)).filter(starts);
        let whole = Whole::new(starting.map(|statement| statement.range).collect());
        Ignore { at, rules: vec![(id, at)], area: Area { text, whole: Rc::new(whole) }, terms }
    }
}

/// The keyword of a directive that disables something, and what it names.
fn named(directive: &str) -> Option<(&str, &str)> {
    let parts = directive.split_once([' ', '\t']);
    parts.filter(|(keyword, _)| matches!(*keyword, "#disable-next-line" | "#disable-diagnostics"))
}

/// Whether a code in a directive is for armguard, if only misspelled.
fn is_ours(rules: &RuleStore, id: &str) -> bool {
    is_known(rules, id) || nearest_within(id, ids(rules), |_| MISSPELLED).is_some()
}
