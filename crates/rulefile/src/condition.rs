//! The conditions of rules: a small tree that describes what a resource must satisfy.
//!
//! Only the form is here. Every condition has three answers, *yes*, *no* and *unknown*. The evaluator, which knows the
//! values, answers it.

mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::api_version::{ApiVersion, Track, VersionRange};
use crate::pattern::Pattern;
use crate::selector::{Literal, Selector};

/// What a resource, or an item of one, must satisfy. [`crate::yaml`] bounds its depth.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "written::WrittenCondition")]
pub enum Condition {
    /// Passes if all pass. The first failure is reported.
    All(Vec<Self>),
    /// Passes if at least one passes. When all fail, the one that came closest is reported: the one whose path is
    /// written deepest; of equals the first.
    Any(Vec<Self>),
    /// Passes if all fail.
    None(Vec<Self>),
    /// Passes if it fails.
    Not(Box<Self>),
    /// For each item, with paths starting at it. Passes when there is no item. Failures are reported for each item by
    /// itself.
    Each(Items, Box<Self>),
    /// The second where the first passes; passes elsewhere.
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
    pub fn all(&self) -> impl Iterator<Item = &Selector> {
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
    /// What at least one of them must satisfy.
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

/// What a value must be. Values of another type than the test expects do not pass.
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

/// The default of the service, which applies where nothing is declared.
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
    /// The condition fails.
    Fail,
    /// The condition passes.
    Pass,
    /// It depends on something that is not in the template.
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
    pub(crate) fn size(&self) -> usize {
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
    pub fn patterns(&self) -> Vec<&Pattern> {
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

    /// The types of the other resources that it depends on.
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
