//! `[defender]`: what was agreed on about Defender for the whole estate.

use globset::{GlobBuilder, GlobMatcher};

use super::SpannedText;
use crate::azure::WORKSPACE_ID;
use crate::source::TextRange;

/// `[defender]`.
#[derive(Debug, Clone, Default)]
pub struct DefenderSettings {
    /// `workspaces`: the workspaces that clusters may send their data to; none: nothing was agreed on.
    pub workspaces: Vec<WorkspacePattern>,
    /// `sensor`: what installs the sensor, when templates do not.
    pub sensor: Option<(Sensor, TextRange)>,
}

/// What installs the sensor of Defender for Containers, when it is not the cluster's Defender profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sensor {
    /// Azure Policy (`deployIfNotExists`).
    Policy,
    /// A Helm chart.
    Helm,
}

impl Sensor {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Policy, Self::Helm];

    /// The word in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Helm => "helm",
        }
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "Azure Policy",
            Self::Helm => "Helm",
        }
    }
}

/// The resource id of a workspace, or a pattern of such ids.
#[derive(Debug, Clone)]
pub struct WorkspacePattern {
    /// As it is written.
    pub written: SpannedText,
    /// One for each segment between the slashes.
    segments: Vec<GlobMatcher>,
}

impl WorkspacePattern {
    /// The pattern `text`, in each part of which `*` stands for any text.
    ///
    /// # Errors
    /// When it is no pattern, or that of something else than a workspace; in words.
    pub fn new(text: &str, range: TextRange) -> Result<Self, String> {
        let matcher = |part: &str| {
            let glob = GlobBuilder::new(part).case_insensitive(true).build();
            let glob = glob.map_err(|error| format!("`{text}` is no pattern: {}", error.kind()))?;
            Ok::<_, String>(glob.compile_matcher())
        };
        let segments = text.split('/').map(matcher).collect::<Result<Vec<_>, _>>()?;
        let parts: Vec<&str> = text.split('/').collect();
        let fits = |(shape, part): (&str, &&str)| match shape {
            "*" => !part.is_empty(),
            shape => part.eq_ignore_ascii_case(shape),
        };
        let shape = WORKSPACE_ID.split('/');
        match parts.len() == shape.clone().count() && shape.zip(&parts).all(fits) {
            true => Ok(Self { written: (text.to_owned(), range), segments }),
            false => Err(format!(
                "`{text}` is no resource id of a Log Analytics workspace: {WORKSPACE_ID}, where `*` is any text"
            )),
        }
    }

    /// Whether this is the workspace whose id has these segments; `None` when one that is not known (`None`) decides.
    pub fn is(&self, segments: &[Option<&str>]) -> Option<bool> {
        let differs = |(matcher, segment): (&GlobMatcher, &Option<&str>)| {
            segment.is_some_and(|segment| !matcher.is_match(segment))
        };
        let known = |segment: &&Option<&str>| segment.is_some();
        // What is not known may stand for several segments: only what stands before the first and behind the last
        // such one has its place.
        let (first, last) = (segments.iter().take_while(known), segments.iter().rev().take_while(known));
        if self.segments.iter().zip(first).any(differs) || self.segments.iter().rev().zip(last).any(differs) {
            return Some(false);
        }
        match segments.len() == self.segments.len() {
            false if segments.iter().all(Option::is_some) => Some(false),
            false => None,
            true => {
                let any = |(matcher, segment): (&GlobMatcher, &Option<&str>)| {
                    segment.is_some() || matcher.glob().glob() == "*"
                };
                self.segments.iter().zip(segments).all(any).then_some(true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_workspace_it_is() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/law";
        let any = "/subscriptions/*/resourceGroups/g*/providers/microsoft.operationalinsights/workspaces/law";
        #[rustfmt::skip]
        let cases: &[(&str, &str, Option<bool>)] = &[
            (id, id, Some(true)),
            (id, &id.to_uppercase(), Some(true)),
            (id, &id.replace("/s/", "/t/"), Some(false)),
            (id, &id.replace("law", "law2"), Some(false)),
            (id, &id.replace("/s/", "/?/"), None),
            (id, &id.replace("/s/", "/?/").replace("law", "law2"), Some(false)),
            (id, &id.replace("/s/", "/?/").replace("/g/", "/h/"), Some(false)),
            (id, "?", None),
            (id, "?/providers/Microsoft.OperationalInsights/workspaces/law", None),
            (id, "?/providers/Microsoft.OperationalInsights/workspaces/law2", Some(false)),
            (id, "/subscriptions/s/?", None),
            (id, "/subscriptions/t/?", Some(false)),
            (any, &id.replace("/s/", "/?/"), Some(true)),
            (any, &id.replace("/g/", "/g-2/"), Some(true)),
            (any, &id.replace("/g/", "/h/"), Some(false)),
            (any, &id.replace("/g/", "/?/"), None),
        ];
        for (pattern, id, expected) in cases {
            let segments: Vec<Option<&str>> =
                id.split('/').map(|part| Some(part).filter(|part| *part != "?")).collect();
            let workspace = WorkspacePattern::new(pattern, TextRange::default()).unwrap();
            assert_eq!(workspace.is(&segments), *expected, "{pattern} {id}");
        }
    }
}
