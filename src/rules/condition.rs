//! The conditions of rules: a small tree that says what must hold of a resource.
//!
//! Only the form is here. Every condition has three answers, *yes*, *no* and *unknown*, and is answered
//! by the module that knows values.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::api_version::{ApiVersion, Track, VersionRange};
use super::selector::{Literal, Pattern, Selector};

/// What must hold of a resource, or of an item of one. Its depth is bounded by the reader of the file
/// (YAML 256, JSON 128 levels).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Condition {
    /// All hold. What fails first is reported.
    All(Vec<Self>),
    /// At least one holds. When none does, the one that came closest is reported: whose path is
    /// written deepest; of equals the first.
    Any(Vec<Self>),
    /// None holds.
    None(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// For each item, with paths starting at it. Holds when there is none; what fails is reported for each
    /// item by itself.
    Each(Items, Box<Self>),
    /// The second where the first holds; holds elsewhere.
    When(Box<Self>, Box<Self>),
    /// The resource's api version is one of these.
    ApiVersion(Versions),
    /// The resource is a child or an extension of a resource of this type.
    AttachedTo(Arc<str>),
    /// The same deployment has another resource.
    Related(Related),
    /// The value at a path passes a test.
    Property(Box<Property>),
}

/// The items that `each` goes through.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "write a path, or a path for each resource type")]
pub enum Items {
    /// What the path selects.
    Of(Selector),
    /// What the path for the resource's type selects; nothing where there is none.
    ByType(BTreeMap<String, Selector>),
}

impl Items {
    /// The path for a resource of type `ty`.
    pub fn of(&self, ty: &str) -> Option<&Selector> {
        match self {
            Self::Of(selector) => Some(selector),
            Self::ByType(by_type) => {
                by_type.iter().find(|(known, _)| known.eq_ignore_ascii_case(ty)).map(|(_, selector)| selector)
            }
        }
    }

    /// All paths.
    pub(super) fn all(&self) -> impl Iterator<Item = &Selector> {
        let (one, many) = match self {
            Self::Of(selector) => (Some(selector), None),
            Self::ByType(by_type) => (None, Some(by_type.values())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

/// Another resource that the same deployment must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Its full type.
    pub ty: Arc<str>,
    /// Where it is.
    pub on: Whereabouts,
    /// What must hold of at least one of them.
    pub require: Option<Box<Condition>>,
}

/// Where a related resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whereabouts {
    /// It is a child or an extension of this resource.
    #[default]
    Resource,
    /// This resource is a child or an extension of it.
    Parent,
    /// It is another child or extension of what this resource lies on.
    SameParent,
    /// It is anywhere in the deployment.
    Deployment,
}

/// A test of the value at a path. When the path selects several values, each must pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Where the value is.
    pub path: Selector,
    /// What it must be.
    pub test: Test,
    /// The answer when nothing is there (missing or null, or nothing that a filter selects).
    pub absent: Absent,
}

/// What a value must be. Values of another type than the test asks for do not pass.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// This value.
    Equals(Literal),
    /// One of these values.
    In(Vec<Literal>),
    /// There (`true`) or not there (`false`). `absent` does not apply.
    Exists(bool),
    /// A string, an array or an object with something in it.
    NotEmpty,
    /// A string in which this regular expression is found.
    Matches(Pattern),
    /// A number not below this one.
    AtLeast(i64),
    /// A version (`1.27.3`) not below this one; missing parts count as 0.
    AtLeastVersion(Vec<u32>),
    /// The resource id of a resource of this type.
    ResourceIdOf(Arc<str>),
}

/// What holds where nothing is declared: what the service does by default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write `fail`, `pass`, `undetermined`, or api versions for these and `otherwise`")]
pub enum Absent {
    /// Whatever the api version.
    Always(ServiceDefault),
    /// By api version: the first that has the resource's counts.
    ByVersion(DefaultByVersion),
}

impl Default for Absent {
    fn default() -> Self {
        Self::Always(ServiceDefault::Fail)
    }
}

/// What the service does by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceDefault {
    /// The condition does not hold.
    Fail,
    /// The condition holds.
    Pass,
    /// It depends on what the template does not say.
    Undetermined,
}

/// What the service does by default, by api version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultByVersion {
    fail: Option<Versions>,
    pass: Option<Versions>,
    undetermined: Option<Versions>,
    otherwise: ServiceDefault,
}

impl DefaultByVersion {
    /// What it does with `version`.
    pub fn of(&self, version: ApiVersion) -> ServiceDefault {
        let by_version = [
            (&self.fail, ServiceDefault::Fail),
            (&self.pass, ServiceDefault::Pass),
            (&self.undetermined, ServiceDefault::Undetermined),
        ];
        let with = |(versions, _): &(&Option<Versions>, ServiceDefault)| {
            versions.as_ref().is_some_and(|versions| versions.contains(version))
        };
        by_version.into_iter().find(with).map_or(self.otherwise, |(_, default)| default)
    }
}

/// Api versions, by date or by date on each track.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "write a range (`>=2022-06-01`) or one per track (`{ stable: …, preview: … }`)")]
pub enum Versions {
    /// On both tracks.
    Both(VersionRange),
    /// On each track; a track that is left out has none.
    ByTrack(ByTrack),
}

/// Ranges of api versions, one per track.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByTrack {
    /// Of stable versions.
    pub stable: Option<VersionRange>,
    /// Of previews.
    pub preview: Option<VersionRange>,
}

impl Versions {
    /// Whether `version` is among them.
    pub fn contains(&self, version: ApiVersion) -> bool {
        let range = match (self, version.track) {
            (Self::Both(range), _) => Some(range),
            (Self::ByTrack(by_track), Track::Stable) => by_track.stable.as_ref(),
            (Self::ByTrack(by_track), Track::Preview) => by_track.preview.as_ref(),
        };
        range.is_some_and(|range| range.contains(version))
    }
}

impl Condition {
    /// How many conditions it has, itself included.
    pub(super) fn size(&self) -> usize {
        let parts = match self {
            Self::All(parts) | Self::Any(parts) | Self::None(parts) => parts.iter().map(Self::size).sum(),
            Self::Not(part) | Self::Each(_, part) => part.size(),
            Self::When(guard, part) => guard.size() + part.size(),
            Self::Related(related) => related.require.iter().map(|part| part.size()).sum(),
            Self::ApiVersion(_) | Self::AttachedTo(_) | Self::Property(_) => 0,
        };
        parts + 1
    }

    /// All regular expressions in it, those of selectors included.
    pub(super) fn patterns(&self) -> Vec<&Pattern> {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::None(parts) => parts.iter().flat_map(Self::patterns).collect(),
            Self::Not(part) => part.patterns(),
            Self::When(guard, part) => [guard.patterns(), part.patterns()].concat(),
            Self::Each(items, part) => items.all().flat_map(Selector::patterns).chain(part.patterns()).collect(),
            Self::ApiVersion(_) | Self::AttachedTo(_) => Vec::new(),
            Self::Related(related) => related.require.iter().flat_map(|part| part.patterns()).collect(),
            Self::Property(property) => match &property.test {
                Test::Matches(pattern) => [property.path.patterns(), vec![pattern]].concat(),
                _ => property.path.patterns(),
            },
        }
    }
}

impl Condition {
    /// The types of the other resources that it asks about.
    pub fn related_types(&self) -> Vec<&Arc<str>> {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::None(parts) => {
                parts.iter().flat_map(Self::related_types).collect()
            }
            Self::Not(part) | Self::Each(_, part) => part.related_types(),
            Self::When(guard, part) => [guard.related_types(), part.related_types()].concat(),
            Self::ApiVersion(_) | Self::AttachedTo(_) | Self::Property(_) => Vec::new(),
            Self::Related(related) => {
                let inner = related.require.iter().flat_map(|part| part.related_types());
                std::iter::once(&related.ty).chain(inner).collect()
            }
        }
    }
}

/// A condition as written: one mapping whose keys tell what it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
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

impl TryFrom<Written> for Condition {
    type Error = String;

    fn try_from(mut written: Written) -> Result<Self, Self::Error> {
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
fn guarded(written: &mut Written) -> Result<Option<Condition>, String> {
    let Written { each, when, related, on, require, .. } = written;
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
fn property(written: Written) -> Result<Option<Condition>, String> {
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

/// Whether `name` is a full resource type: a provider with a dot, and at least one type.
pub(super) fn is_resource_type(name: &str) -> bool {
    let mut parts = name.split('/');
    let provider = parts.next().is_some_and(|provider| provider.contains('.'));
    provider && name.contains('/') && parts.all(|part| !part.is_empty())
}

/// What to say about a `name` that is none.
pub(super) fn no_resource_type(name: &str) -> String {
    format!("`{name}` is no full resource type like `Microsoft.ContainerService/managedClusters`")
}

/// The item of `items` when there is exactly one.
fn only_one<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    if items.next().is_some() { None } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

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
