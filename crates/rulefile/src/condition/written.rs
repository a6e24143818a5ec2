//! How a condition is written: one mapping whose keys determine its kind.

use std::sync::Arc;

use serde::Deserialize;

use super::{Absent, Condition, Items, Property, Related, Test, Versions, Whereabouts};
use crate::pattern::Pattern;
use crate::resource_type::{is_resource_type, no_resource_type};
use crate::selector::{Literal, Selector};

/// A condition as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WrittenCondition {
    all: Option<Vec<Condition>>,
    any: Option<Vec<Condition>>,
    none: Option<Vec<Condition>>,
    not: Option<Box<Condition>>,
    each: Option<Items>,
    when: Option<Box<Condition>>,
    related: Option<Arc<str>>,
    on: Option<Whereabouts>,
    require: Option<Box<Condition>>,
    api_version: Option<Versions>,
    attached_to: Option<Arc<str>>,
    path: Option<Selector>,
    equals: Option<Literal>,
    r#in: Option<Vec<Literal>>,
    exists: Option<bool>,
    not_empty: Option<bool>,
    matches: Option<Pattern>,
    at_least: Option<Literal>,
    resource_id_of: Option<Arc<str>>,
    absent: Option<Absent>,
}

impl TryFrom<WrittenCondition> for Condition {
    type Error = String;

    fn try_from(mut written: WrittenCondition) -> Result<Self, Self::Error> {
        let conditions = [
            written.all.take().map(Self::All),
            written.any.take().map(Self::Any),
            written.none.take().map(Self::None),
            written.not.take().map(Self::Not),
            written.api_version.take().map(Self::ApiVersion),
            written.attached_to.take().map(full_type).transpose()?.map(Self::AttachedTo),
            guarded(&mut written)?,
            property(written)?,
        ];
        match only_one(conditions.into_iter().flatten()) {
            Some(Self::All(parts) | Self::Any(parts) | Self::None(parts)) if parts.is_empty() => {
                Err("a list of conditions is empty; put at least one into it".to_owned())
            }
            Some(condition) => Ok(condition),
            None => Err("a condition is one of: `all`, `any`, `none` (lists), `not`, `each` with `require`, \
                         `when` with `require`, `related`, `attached-to`, `api-version`, or `path` with one test"
                .to_owned()),
        }
    }
}

/// `each`, `when` or `related`, with its `require`.
fn guarded(written: &mut WrittenCondition) -> Result<Option<Condition>, String> {
    let WrittenCondition { each, when, related, on, require, .. } = written;
    if on.is_some() && related.is_none() {
        return Err("`on` goes with `related`".to_owned());
    }
    match (each.take(), when.take(), related.take(), require.take()) {
        (None, None, None, None) => Ok(None),
        (Some(items), None, None, Some(require)) => Ok(Some(Condition::Each(items, require))),
        (None, Some(guard), None, Some(require)) => Ok(Some(Condition::When(guard, require))),
        (None, None, Some(ty), require) => {
            let on = on.take().unwrap_or_default();
            Ok(Some(Condition::Related(Related { ty: full_type(ty)?, on, require })))
        }
        _ => Err("`require` goes with one of `each`, `when` and `related`; the first two need it".to_owned()),
    }
}

/// `path` with its test and what absence means.
fn property(written: WrittenCondition) -> Result<Option<Condition>, String> {
    let at_least = written.at_least.map(at_least).transpose()?;
    let resource_type = written.resource_id_of.map(full_type).transpose()?.map(Test::ResourceIdOf);
    let not_empty = match written.not_empty {
        Some(false) => return Err("`not-empty` can only be true; for the opposite use `not`".to_owned()),
        other => other.map(|_| Test::NotEmpty),
    };
    let mut tests = [
        written.equals.map(Test::Equals),
        written.r#in.map(Test::In),
        written.exists.map(Test::Exists),
        not_empty,
        written.matches.map(Test::Matches),
        at_least,
        resource_type,
    ]
    .into_iter()
    .flatten()
    .peekable();
    match (written.path, tests.peek().is_some()) {
        (None, false) if written.absent.is_none() => Ok(None),
        (None, _) => Err("a test needs a `path`".to_owned()),
        (Some(path), _) => match only_one(tests) {
            Some(Test::Exists(_)) if written.absent.is_some() => {
                Err("`absent` says nothing beside `exists`; leave it out".to_owned())
            }
            Some(test) => {
                let absent = written.absent.unwrap_or_default();
                Ok(Some(Condition::Property(Box::new(Property { path, test, absent }))))
            }
            None => Err(format!(
                "`path: {}` needs exactly one test: `equals`, `in`, `exists`, `not-empty`, `matches`, `at-least` \
                 or `resource-id-of` (null is the same as absent: `exists: false`)",
                path.text()
            )),
        },
    }
}

fn at_least(bound: Literal) -> Result<Test, String> {
    match &bound {
        Literal::Int(number) => Ok(Test::AtLeast(*number)),
        Literal::Str(version) => {
            let parts = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>();
            parts.map(Test::AtLeastVersion).ok_or_else(|| format!("`at-least: {version}` is no version like \"1.27\""))
        }
        _ => Err("`at-least` takes a whole number or a version in quotes (\"1.27\")".to_owned()),
    }
}

fn full_type(name: Arc<str>) -> Result<Arc<str>, String> {
    if is_resource_type(&name) { Ok(name) } else { Err(no_resource_type(&name)) }
}

/// The item of `items` when there is exactly one.
fn only_one<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    if items.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::super::ServiceDefault;
    use super::*;
    use crate::api_version::ApiVersion;

    fn read(json: &str) -> Result<Condition, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    const FAIL: Absent = Absent::Always(ServiceDefault::Fail);
    const PASS: Absent = Absent::Always(ServiceDefault::Pass);
    const UNDETERMINED: Absent = Absent::Always(ServiceDefault::Undetermined);

    fn test_of(json: &str) -> Result<(Test, Absent), String> {
        match read(json)? {
            Condition::Property(property) => Ok((property.test, property.absent)),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn reads_tests() {
        let text = |text: &str| Literal::Str(text.into());
        let cases = [
            (r#"{"path":"a","equals":true}"#, Test::Equals(Literal::Bool(true)), FAIL),
            (r#"{"path":"a","equals":"true","absent":"pass"}"#, Test::Equals(text("true")), PASS),
            (r#"{"path":"a","equals":7}"#, Test::Equals(Literal::Int(7)), FAIL),
            (r#"{"path":"a","in":["x",1]}"#, Test::In(vec![text("x"), Literal::Int(1)]), FAIL),
            (r#"{"path":"a","exists":false}"#, Test::Exists(false), FAIL),
            (r#"{"path":"a","not-empty":true,"absent":"undetermined"}"#, Test::NotEmpty, UNDETERMINED),
            (r#"{"path":"a","matches":"^x"}"#, Test::Matches(Arc::<str>::from("^x").into()), FAIL),
            (r#"{"path":"a","at-least":3}"#, Test::AtLeast(3), FAIL),
            (r#"{"path":"a","at-least":"1.27.3"}"#, Test::AtLeastVersion(vec![1, 27, 3]), FAIL),
            (r#"{"path":"a","resource-id-of":"A.B/c"}"#, Test::ResourceIdOf("A.B/c".into()), FAIL),
        ];
        for (json, test, absent) in cases {
            assert_eq!(test_of(json), Ok((test, absent)), "{json}");
        }
    }

    #[test]
    fn reads_trees() {
        let leaf = r#"{"path":"a","exists":true}"#;
        let cases = [
            (format!(r#"{{"all":[{leaf},{leaf}]}}"#), "All"),
            (format!(r#"{{"any":[{leaf}]}}"#), "Any"),
            (format!(r#"{{"none":[{leaf}]}}"#), "None"),
            (format!(r#"{{"not":{leaf}}}"#), "Not"),
            (format!(r#"{{"each":"$.a[*]","require":{leaf}}}"#), "Each"),
            (format!(r#"{{"each":{{"A.B/c":"$.a[*]","A.B/c/d":"a"}},"require":{leaf}}}"#), "Each(ByType"),
            (format!(r#"{{"when":{leaf},"require":{leaf}}}"#), "When"),
            (format!(r#"{{"related":"A.B/c","require":{leaf}}}"#), "Related"),
            (r#"{"related":"A.B/c","on":"deployment"}"#.to_owned(), "Related"),
            (r#"{"related":"A.B/c","on":"same-parent"}"#.to_owned(), "Related"),
            (r#"{"attached-to":"A.B/c"}"#.to_owned(), "AttachedTo"),
            (r#"{"path":"a","equals":1,"absent":{"pass":">=2022-06-01","otherwise":"fail"}}"#.to_owned(), "Property"),
            (r#"{"api-version":">=2022-06-01"}"#.to_owned(), "ApiVersion(Both"),
            (r#"{"api-version":{"preview":">=2025-01-02-preview"}}"#.to_owned(), "ApiVersion(ByTrack"),
        ];
        for (json, expected) in cases {
            let shown = format!("{:?}", read(&json));
            assert!(shown.starts_with(&format!("Ok({expected}")), "{json}: {shown}");
        }
    }

    #[test]
    fn refuses_what_is_not_clear() {
        let cases = [
            ("{}", "a condition is one of"),
            (r#"{"all":[]}"#, "a list of conditions is empty"),
            (r#"{"all":[{"path":"a","exists":true}],"path":"a","exists":true}"#, "a condition is one of"),
            (r#"{"path":"a"}"#, "needs exactly one test"),
            (r#"{"path":"a","equals":null}"#, "needs exactly one test"),
            (r#"{"path":"a","equals":1,"exists":true}"#, "needs exactly one test"),
            (r#"{"path":"a","exists":true,"absent":"pass"}"#, "`absent` says nothing beside `exists`"),
            (r#"{"path":"a","not-empty":false}"#, "`not-empty` can only be true"),
            (r#"{"path":"a","equals":[1]}"#, "a whole number or a text"),
            (r#"{"path":"a","at-least":"soon"}"#, "is no version"),
            (r#"{"path":"a","at-least":true}"#, "takes a whole number or a version"),
            (r#"{"path":"a","resource-id-of":"workspaces"}"#, "is no full resource type"),
            (r#"{"equals":1}"#, "a test needs a `path`"),
            (r#"{"absent":"pass"}"#, "a test needs a `path`"),
            (r#"{"require":{"path":"a","exists":true}}"#, "`require` goes with one of"),
            (r#"{"each":"$.a[*]"}"#, "`require` goes with one of"),
            (r#"{"each":{"A.B/c":"$.a["},"require":{"api-version":">=2022-06-01"}}"#, "a path for each resource type"),
            (r#"{"related":"workspaces"}"#, "is no full resource type"),
            (r#"{"related":"A.B/c","on":"moon"}"#, "unknown variant `moon`"),
            (r#"{"on":"deployment"}"#, "`on` goes with `related`"),
            (r#"{"attached-to":"c"}"#, "is no full resource type"),
            (r#"{"path":"a","equals":1,"absent":"maybe"}"#, "write `fail`, `pass`, `undetermined`"),
            (r#"{"path":"a","equals":1,"absent":{"pass":">=2022-06-01"}}"#, "and `otherwise`"),
            (r#"{"pth":"a"}"#, "unknown field `pth`"),
            (r#"{"api-version":"2022-06-01"}"#, "write a range"),
            (r#"{"api-version":{"beta":">=2022-06-01"}}"#, "write a range"),
        ];
        for (json, expected) in cases {
            let error = read(json).err().unwrap_or_default();
            assert!(error.contains(expected), "{json}: {error:?}");
        }
        let deep = format!("{}{{}}{}", r#"{"not":"#.repeat(100_000), "}".repeat(100_000));
        assert!(read(&deep).is_err());
    }

    #[test]
    fn versions_by_track() -> Result<(), String> {
        let json = r#"{"api-version":{"stable":">=2026-05-01","preview":">=2025-01-02-preview"}}"#;
        let only_stable = r#"{"api-version":{"stable":">=2026-05-01"}}"#;
        let cases = [
            (json, "2026-05-01", true),
            (json, "2026-04-01", false),
            (json, "2025-01-02-preview", true),
            (only_stable, "2026-05-02-preview", false),
        ];
        for (json, version, expected) in cases {
            let Condition::ApiVersion(versions) = read(json)? else { return Err(json.to_owned()) };
            assert_eq!(
                ApiVersion::parse(version).map(|version| versions.contains(version)),
                Some(expected),
                "{version}"
            );
        }
        Ok(())
    }
}
