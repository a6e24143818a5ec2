//! Selectors: which values of a resource a rule asks about.
//!
//! A selector is a property path (`properties.securityProfile.defender`) or, where arrays and filters
//! are needed, JSONPath (RFC 9535) that starts with `$`. Both are lowered to the same short list of
//! [`Step`]s. Names match case-insensitively, as in the resource manager.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use jsonpath_rust::parser::model as ast;
use jsonpath_rust::parser::parse_json_path;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;

/// A selector as written, and its steps from the resource's body (in `each`: from the item).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    text: Arc<str>,
    steps: Arc<[Step]>,
}

thread_local! {
    /// JSONPaths that were parsed before: parsing is most of what loading the rules costs, and many share theirs.
    static PARSED: RefCell<BTreeMap<Arc<str>, Arc<[Step]>>> = RefCell::default();
}

/// Paths that are kept at most.
const MOST_KEPT: usize = 1000;

/// One step down.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Into a member of an object.
    Member(Name),
    /// Into an item of an array; negative counts from the end, -1 being the last.
    Index(i64),
    /// Into all items of an array, or all members of an object.
    Wildcard,
    /// Into those items (or members) for which the filter holds.
    Filter(Filter),
}

/// The name of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written in the rule: the casing that messages and fixes use.
    pub written: Arc<str>,
    /// In ASCII lower case, for comparing.
    pub lower: Arc<str>,
}

/// What an item must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The path leads somewhere.
    Exists(Reach),
    /// The two compare so.
    Compare(Operand, Comparison, Operand),
    /// The string there matches: `match` the whole of it, `search` a part.
    Matches(Reach, Pattern),
}

/// A path inside a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Whether it starts where the whole selector starts (`$`) and not at the item (`@`).
    pub from_root: bool,
    /// The way from there.
    pub steps: Vec<Step>,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A constant.
    Literal(Literal),
    /// The one value at a path.
    Value(Reach),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A constant in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write `true`, `false`, a whole number or a text")]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// A whole number; templates have no others.
    Int(i64),
    /// Text.
    Str(Arc<str>),
    /// `null`
    Null,
}

/// A regular expression, compiled when first used: most rules of a run never get to theirs.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Arc<str>")]
pub struct Pattern {
    text: Arc<str>,
    whole: bool,
    compiled: OnceLock<Option<Regex>>,
}

/// Bytes of the longest compiled regular expression.
const MAX_PROGRAM: usize = 1 << 18;

/// Levels of nesting of a regular expression.
const MAX_NESTING: u32 = 50;

/// Longer selectors and regular expressions are refused before they are parsed.
const MAX_LENGTH: usize = 1000;

impl Selector {
    /// Parses a property path or a JSONPath.
    ///
    /// # Errors
    /// In words for the author of the rule: what is wrong and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("a selector of {} bytes; at most {MAX_LENGTH} are allowed", text.len()));
        }
        if !text.starts_with('$') {
            return Ok(Self { text: text.into(), steps: property_path(text)?.into() });
        }
        if let Some((text, steps)) =
            PARSED.with_borrow(|parsed| parsed.get_key_value(text).map(|(k, v)| (k.clone(), v.clone())))
        {
            return Ok(Self { text, steps });
        }
        let (text, steps): (Arc<str>, Arc<[Step]>) = (text.into(), json_path(text)?.into());
        PARSED.with_borrow_mut(|parsed| {
            if parsed.len() < MOST_KEPT {
                parsed.insert(text.clone(), steps.clone());
            }
        });
        Ok(Self { text, steps })
    }

    /// The selector in a sentence: `properties.a.b`, or `isEnabled` of `ContainerSensor` in `properties.extensions`.
    pub fn in_words(&self) -> String {
        self.item_in_words().unwrap_or_else(|| format!("`{}`", self.text))
    }

    /// The same, when it looks for one item by its name.
    fn item_in_words(&self) -> Option<String> {
        let filter = self.steps.iter().position(|step| matches!(step, Step::Filter(_)))?;
        let (before, rest) = self.steps.split_at(filter);
        let (Step::Filter(Filter::Compare(_, Comparison::Equal, Operand::Literal(Literal::Str(name)))), after) =
            rest.split_first()?
        else {
            return None;
        };
        let item = format!("`{name}` in `{}`", joined(before)?);
        Some(if after.is_empty() { item } else { format!("`{}` of {item}", joined(after)?) })
    }

    /// The selector as written.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The way down. Empty for `$`.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// All regular expressions in filters.
    pub(super) fn patterns(&self) -> Vec<&Pattern> {
        let mut found = Vec::new();
        patterns_of(&self.steps, &mut found);
        found
    }
}

impl TryFrom<String> for Selector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl Name {
    fn new(written: &str) -> Self {
        Self { written: written.into(), lower: written.to_ascii_lowercase().into() }
    }
}

impl Pattern {
    fn new(text: &str, whole: bool) -> Self {
        Self { text: text.into(), whole, compiled: OnceLock::new() }
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches `text`. One that does not compile matches nothing; loading a rule file refuses those.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Compiles it, unless that was done.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn prepare(&self) -> Result<(), String> {
        match self.compiled.get() {
            Some(Some(_)) => Ok(()),
            _ => self.compile().map(|regex| drop(self.compiled.set(Some(regex)))),
        }
    }

    /// Reads it without compiling it, which takes far more time and memory.
    ///
    /// # Errors
    /// When it is too long, or no regular expression of the `regex` crate.
    pub fn check(&self) -> Result<(), String> {
        if self.text.len() > MAX_LENGTH {
            return Err(format!("a regular expression of {} bytes; at most {MAX_LENGTH} are allowed", self.text.len()));
        }
        let read = regex_syntax::ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&self.text);
        read.map(drop).map_err(|error| self.wrong(&error.to_string()))
    }

    /// Compiles it.
    ///
    /// # Errors
    /// When it is no regular expression of the `regex` crate, or one that takes too much memory.
    pub fn compile(&self) -> Result<Regex, String> {
        let text = if self.whole { format!("^(?:{})$", self.text) } else { self.text.to_string() };
        let built = RegexBuilder::new(&text).size_limit(MAX_PROGRAM).dfa_size_limit(MAX_PROGRAM).build();
        built.map_err(|error| self.wrong(&error.to_string()))
    }

    fn wrong(&self, error: &str) -> String {
        format!("`{}` is no regular expression: {}", self.text, error.lines().last().unwrap_or_default().trim())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.whole == other.whole
    }
}

impl From<Arc<str>> for Pattern {
    fn from(text: Arc<str>) -> Self {
        Self { text, whole: false, compiled: OnceLock::new() }
    }
}

/// The names of `steps`, when they are nothing else.
fn joined(steps: &[Step]) -> Option<String> {
    let name = |step: &Step| match step {
        Step::Member(name) => Some(name.written.to_string()),
        _ => None,
    };
    Some(steps.iter().map(name).collect::<Option<Vec<_>>>()?.join("."))
}

/// `a.b.c`: names of letters, digits, `_` and `-`.
fn property_path(text: &str) -> Result<Vec<Step>, String> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match text.split('.').find(|name| !is_name(name)) {
        None => Ok(text.split('.').map(|name| Step::Member(Name::new(name))).collect()),
        Some(name) => Err(format!(
            "`{name}` in `{text}` is no property name; for arrays, filters and other names write JSONPath, \
             e.g. `$.properties.items[*]['odd.name']`"
        )),
    }
}

fn json_path(text: &str) -> Result<Vec<Step>, String> {
    let query = parse_json_path(text).map_err(|error| format!("`{text}` is no JSONPath: {}", first_sentence(error)))?;
    Lowering { text }.segments(&query.segments)
}

/// The parser's message without its drawing of the query.
fn first_sentence(error: impl ToString) -> String {
    let message = error.to_string();
    match (message.split_once("--> 1:"), message.rsplit_once("= ")) {
        (Some((_, rest)), Some((_, expected))) => {
            let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
            format!("at column {column}: {expected}")
        }
        _ => message,
    }
}

/// From the library's syntax tree to ours. Its recursion is bounded by the parser's limit on nesting.
struct Lowering<'a> {
    text: &'a str,
}

impl Lowering<'_> {
    fn refuse<T>(&self, what: &str, instead: &str) -> Result<T, String> {
        Err(format!("`{}` uses {what}, which rules do not have; {instead}", self.text))
    }

    fn segments(&self, segments: &[ast::Segment]) -> Result<Vec<Step>, String> {
        segments.iter().map(|segment| self.segment(segment)).collect()
    }

    fn segment(&self, segment: &ast::Segment) -> Result<Step, String> {
        match segment {
            ast::Segment::Selector(ast::Selector::Name(name)) => self.name(name).map(Step::Member),
            ast::Segment::Selector(ast::Selector::Index(index)) => Ok(Step::Index(*index)),
            ast::Segment::Selector(ast::Selector::Wildcard) => Ok(Step::Wildcard),
            ast::Segment::Selector(ast::Selector::Filter(filter)) => self.filter(filter).map(Step::Filter),
            ast::Segment::Selector(ast::Selector::Slice(..)) => self.refuse("a slice", "use `[*]` or an index"),
            ast::Segment::Selectors(_) => self.refuse("several selectors in one bracket", "use `any` in the condition"),
            ast::Segment::Descendant(_) => self.refuse("`..`", "name the way down, with `[*]` where needed"),
        }
    }

    /// The library takes blanks inside shorthand names (`$.a b`), so a misspelt filter would silently
    /// match nothing. A name with blanks must stand in quotes.
    fn name(&self, name: &str) -> Result<Name, String> {
        let quoted = || ['\'', '"'].iter().any(|quote| self.text.contains(&format!("{quote}{name}{quote}")));
        if name.contains(char::is_whitespace) && !quoted() {
            return Err(format!("`{}`: `{name}` is no name; put one with blanks in quotes, `['{name}']`", self.text));
        }
        Ok(Name::new(name))
    }

    fn filter(&self, filter: &ast::Filter) -> Result<Filter, String> {
        let all =
            |filters: &[ast::Filter]| filters.iter().map(|filter| self.filter(filter)).collect::<Result<Vec<_>, _>>();
        match filter {
            ast::Filter::Or(filters) => all(filters).map(Filter::Any),
            ast::Filter::And(filters) => all(filters).map(Filter::All),
            ast::Filter::Atom(ast::FilterAtom::Filter { expr, not }) => Ok(negate(self.filter(expr)?, *not)),
            ast::Filter::Atom(ast::FilterAtom::Test { expr, not }) => Ok(negate(self.test(expr)?, *not)),
            ast::Filter::Atom(ast::FilterAtom::Comparison(comparison)) => self.comparison(comparison),
        }
    }

    fn test(&self, test: &ast::Test) -> Result<Filter, String> {
        match test {
            ast::Test::Function(function) => match function.as_ref() {
                ast::TestFunction::Match(subject, pattern) => self.matches(subject, pattern, true),
                ast::TestFunction::Search(subject, pattern) => self.matches(subject, pattern, false),
                _ => self.refuse("this function", "only `match` and `search` are there"),
            },
            path => self.reach(path).map(Filter::Exists),
        }
    }

    fn reach(&self, test: &ast::Test) -> Result<Reach, String> {
        match test {
            ast::Test::RelQuery(segments) => Ok(Reach { from_root: false, steps: self.segments(segments)? }),
            ast::Test::AbsQuery(query) => Ok(Reach { from_root: true, steps: self.segments(&query.segments)? }),
            ast::Test::Function(_) => self.refuse("a function as argument", "give it a path"),
        }
    }

    fn matches(&self, subject: &ast::FnArg, pattern: &ast::FnArg, whole: bool) -> Result<Filter, String> {
        match (subject, pattern) {
            (ast::FnArg::Test(path), ast::FnArg::Literal(ast::Literal::String(pattern))) => {
                Ok(Filter::Matches(self.reach(path)?, Pattern::new(pattern, whole)))
            }
            _ => self.refuse("a function with other arguments", "write `match(@.name, 'pattern')`"),
        }
    }

    fn comparison(&self, comparison: &ast::Comparison) -> Result<Filter, String> {
        let kind = match comparison {
            ast::Comparison::Eq(..) => Comparison::Equal,
            ast::Comparison::Ne(..) => Comparison::NotEqual,
            ast::Comparison::Lt(..) => Comparison::Less,
            ast::Comparison::Lte(..) => Comparison::LessOrEqual,
            ast::Comparison::Gt(..) => Comparison::Greater,
            ast::Comparison::Gte(..) => Comparison::GreaterOrEqual,
        };
        let (left, right) = comparison.vals();
        Ok(Filter::Compare(self.operand(left)?, kind, self.operand(right)?))
    }

    fn operand(&self, side: &ast::Comparable) -> Result<Operand, String> {
        let (from_root, segments) = match side {
            ast::Comparable::Literal(literal) => return self.literal(literal).map(Operand::Literal),
            ast::Comparable::Function(_) => {
                return self.refuse("a function in a comparison", "compare paths and values");
            }
            ast::Comparable::SingularQuery(ast::SingularQuery::Current(segments)) => (false, segments),
            ast::Comparable::SingularQuery(ast::SingularQuery::Root(segments)) => (true, segments),
        };
        let step = |segment: &ast::SingularQuerySegment| match segment {
            ast::SingularQuerySegment::Index(index) => Ok(Step::Index(*index)),
            ast::SingularQuerySegment::Name(name) => self.name(name).map(Step::Member),
        };
        let steps = segments.iter().map(step).collect::<Result<_, _>>()?;
        Ok(Operand::Value(Reach { from_root, steps }))
    }

    fn literal(&self, literal: &ast::Literal) -> Result<Literal, String> {
        match literal {
            ast::Literal::Int(number) => Ok(Literal::Int(*number)),
            ast::Literal::String(text) => Ok(Literal::Str(text.as_str().into())),
            ast::Literal::Bool(value) => Ok(Literal::Bool(*value)),
            ast::Literal::Null => Ok(Literal::Null),
            ast::Literal::Float(_) => self.refuse("a fraction", "templates have whole numbers only"),
        }
    }
}

fn negate(filter: Filter, not: bool) -> Filter {
    if not { Filter::Not(Box::new(filter)) } else { filter }
}

fn patterns_of<'a>(steps: &'a [Step], found: &mut Vec<&'a Pattern>) {
    for step in steps {
        if let Step::Filter(filter) = step {
            patterns_in(filter, found);
        }
    }
}

fn patterns_in<'a>(filter: &'a Filter, found: &mut Vec<&'a Pattern>) {
    match filter {
        Filter::All(filters) | Filter::Any(filters) => filters.iter().for_each(|filter| patterns_in(filter, found)),
        Filter::Not(filter) => patterns_in(filter, found),
        Filter::Exists(reach) => patterns_of(&reach.steps, found),
        Filter::Compare(..) => {}
        Filter::Matches(reach, pattern) => {
            patterns_of(&reach.steps, found);
            found.push(pattern);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps in short: names in lower case, filters in prefix form.
    fn shown(steps: &[Step]) -> String {
        let one = |step: &Step| match step {
            Step::Member(name) => format!(".{}", name.lower),
            Step::Index(index) => format!("[{index}]"),
            Step::Wildcard => "[*]".to_owned(),
            Step::Filter(filter) => format!("[{}]", shown_filter(filter)),
        };
        steps.iter().map(one).collect()
    }

    fn shown_filter(filter: &Filter) -> String {
        let list = |filters: &[Filter]| filters.iter().map(shown_filter).collect::<Vec<_>>().join(" ");
        match filter {
            Filter::All(filters) => format!("all({})", list(filters)),
            Filter::Any(filters) => format!("any({})", list(filters)),
            Filter::Not(filter) => format!("not({})", shown_filter(filter)),
            Filter::Exists(reach) => shown_reach(reach),
            Filter::Compare(left, how, right) => format!("{how:?}({} {})", shown_operand(left), shown_operand(right)),
            Filter::Matches(reach, pattern) => format!("{} ~ {:?}", shown_reach(reach), pattern.text()),
        }
    }

    fn shown_reach(reach: &Reach) -> String {
        format!("{}{}", if reach.from_root { '$' } else { '@' }, shown(&reach.steps))
    }

    fn shown_operand(operand: &Operand) -> String {
        match operand {
            Operand::Literal(literal) => format!("{literal:?}"),
            Operand::Value(reach) => shown_reach(reach),
        }
    }

    #[test]
    fn lowers_paths_and_json_path() {
        let cases = [
            ("properties.securityProfile.defender", ".properties.securityprofile.defender"),
            ("apiVersion", ".apiversion"),
            ("tags.cost-center_1", ".tags.cost-center_1"),
            ("$", ""),
            ("$.a.B[0][-1]", ".a.b[0][-1]"),
            ("$.pools[*].name", ".pools[*].name"),
            ("$['a b'].c", ".a b.c"),
            ("$[\"it's\"]", ".it's"),
            ("$.pools[?@.mode == 'System'].count", ".pools[Equal(@.mode Str(\"System\"))].count"),
            ("$.a[?@.x]", ".a[@.x]"),
            ("$.a[?!@.x]", ".a[not(@.x)]"),
            ("$.a[?@ != null]", ".a[NotEqual(@ Null)]"),
            (
                "$.a[?@.b == 1 && !(@.c || @['D e'] >= $.f[0])]",
                ".a[all(Equal(@.b Int(1)) not(any(@.c GreaterOrEqual(@.d e $.f[0]))))]",
            ),
            ("$.a[?@.b[?@.c < 3]]", ".a[@.b[Less(@.c Int(3))]]"),
            ("$.a[?@[?@.b == true]]", ".a[@[Equal(@.b Bool(true))]]"),
            ("$.a[?match(@.n, 'x.*')]", ".a[@.n ~ \"x.*\"]"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Selector::parse(text).map(|selector| shown(selector.steps())).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_it_cannot_mean() {
        let long = format!("$.{}", "a".repeat(MAX_LENGTH));
        let deep = format!("$.a[?{}@.b{}]", "(".repeat(300), ")".repeat(300));
        let cases = [
            ("", "is no property name"),
            ("a..b", "is no property name"),
            ("a.b[*]", "for arrays, filters and other names write JSONPath"),
            ("a b", "is no property name"),
            ("$.a b", "put one with blanks in quotes"),
            ("$.a[?@.b in [1,2]]", "put one with blanks in quotes"),
            ("$.a[?@.b c == 1]", "put one with blanks in quotes"),
            ("$.a[?(@.b]", "is no JSONPath: at column 10"),
            ("$..a", "uses `..`"),
            ("$.a[0,1]", "use `any` in the condition"),
            ("$.a[1:2]", "uses a slice"),
            ("$.a[?length(@.b) > 1]", "uses a function in a comparison"),
            ("$.a[?count(@.b)]", "only `match` and `search` are there"),
            ("$.a[?match(@.b, @.c)]", "write `match(@.name, 'pattern')`"),
            ("$.a[?@.b == 1.5]", "templates have whole numbers only"),
            (&long, "at most 1000 are allowed"),
            (&deep, "is no JSONPath"),
        ];
        for (text, expected) in cases {
            let error = Selector::parse(text).err().unwrap_or_default();
            assert!(error.contains(expected), "{text}: {error:?}");
        }
    }

    #[test]
    fn patterns_match_whole_or_part() {
        let cases = [
            ("b", false, "abc", true),
            ("b", true, "abc", false),
            ("a|abc", true, "abc", true),
            ("(", false, "(", false),
        ];
        for (text, whole, subject, expected) in cases {
            assert_eq!(Pattern::new(text, whole).is_match(subject), expected, "{text} on {subject}");
        }
    }
}
