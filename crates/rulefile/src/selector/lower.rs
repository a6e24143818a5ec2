//! From what is written to steps: property paths by hand, JSONPath with the parser of `jsonpath-rust`.

use jsonpath_rust::parser::model as ast;
use jsonpath_rust::parser::parse_json_path;

use super::{Comparison, Filter, Literal, MemberName, Operand, SelectorReach, SelectorStep};
use crate::pattern::Pattern;

/// `a.b.c`: names of letters, digits, `_` and `-`.
pub(super) fn property_path(text: &str) -> Result<Vec<SelectorStep>, String> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match text.split('.').find(|name| !is_name(name)) {
        None => Ok(text.split('.').map(|name| SelectorStep::Member(MemberName::new(name))).collect()),
        Some(name) => Err(format!(
            "`{name}` in `{text}` is no property name; for arrays, filters and other names write JSONPath, \
             e.g. `$.properties.items[*]['odd.name']`"
        )),
    }
}

pub(super) fn json_path(text: &str) -> Result<Vec<SelectorStep>, String> {
    let query = parse_json_path(text).map_err(|error| format!("`{text}` is no JSONPath: {}", first_sentence(error)))?;
    SelectorLowering { text }.segments(&query.segments)
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
struct SelectorLowering<'a> {
    text: &'a str,
}

impl SelectorLowering<'_> {
    fn refuse<T>(&self, what: &str, instead: &str) -> Result<T, String> {
        Err(format!("`{}` uses {what}, which rules do not have; {instead}", self.text))
    }

    fn segments(&self, segments: &[ast::Segment]) -> Result<Vec<SelectorStep>, String> {
        segments.iter().map(|segment| self.segment(segment)).collect()
    }

    fn segment(&self, segment: &ast::Segment) -> Result<SelectorStep, String> {
        match segment {
            ast::Segment::Selector(ast::Selector::Name(name)) => self.name(name).map(SelectorStep::Member),
            ast::Segment::Selector(ast::Selector::Index(index)) => Ok(SelectorStep::Index(*index)),
            ast::Segment::Selector(ast::Selector::Wildcard) => Ok(SelectorStep::Wildcard),
            ast::Segment::Selector(ast::Selector::Filter(filter)) => self.filter(filter).map(SelectorStep::Filter),
            ast::Segment::Selector(ast::Selector::Slice(..)) => self.refuse("a slice", "use `[*]` or an index"),
            ast::Segment::Selectors(_) => self.refuse("several selectors in one bracket", "use `any` in the condition"),
            ast::Segment::Descendant(_) => self.refuse("`..`", "name the way down, with `[*]` where needed"),
        }
    }

    /// The library takes blanks inside shorthand names (`$.a b`), so a misspelt filter would silently
    /// match nothing. A name with blanks must stand in quotes.
    fn name(&self, name: &str) -> Result<MemberName, String> {
        let quoted = || ['\'', '"'].iter().any(|quote| self.text.contains(&format!("{quote}{name}{quote}")));
        if name.contains(char::is_whitespace) && !quoted() {
            return Err(format!("`{}`: `{name}` is no name; put one with blanks in quotes, `['{name}']`", self.text));
        }
        Ok(MemberName::new(name))
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

    fn reach(&self, test: &ast::Test) -> Result<SelectorReach, String> {
        match test {
            ast::Test::RelQuery(segments) => Ok(SelectorReach { from_root: false, steps: self.segments(segments)? }),
            ast::Test::AbsQuery(query) => Ok(SelectorReach { from_root: true, steps: self.segments(&query.segments)? }),
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
            ast::SingularQuerySegment::Index(index) => Ok(SelectorStep::Index(*index)),
            ast::SingularQuerySegment::Name(name) => self.name(name).map(SelectorStep::Member),
        };
        let steps = segments.iter().map(step).collect::<Result<_, _>>()?;
        Ok(Operand::Value(SelectorReach { from_root, steps }))
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

#[cfg(test)]
mod tests {
    use super::super::{MAX_LENGTH, Selector};
    use super::*;

    /// The steps in short: names in lower case, filters in prefix form.
    fn shown(steps: &[SelectorStep]) -> String {
        let one = |step: &SelectorStep| match step {
            SelectorStep::Member(name) => format!(".{}", name.lower),
            SelectorStep::Index(index) => format!("[{index}]"),
            SelectorStep::Wildcard => "[*]".to_owned(),
            SelectorStep::Filter(filter) => format!("[{}]", shown_filter(filter)),
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

    fn shown_reach(reach: &SelectorReach) -> String {
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
}
