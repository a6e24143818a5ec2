//! Versions of resource provider interfaces, and ranges of them.

use std::fmt;

use serde::Deserialize;

/// Whether a version is meant to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Track {
    /// With a suffix: `-preview`, `-privatepreview`, `-alpha`, `-beta`, `-rc`.
    Preview,
    /// A date alone.
    Stable,
}

/// An api version: `2024-09-01`, `2025-01-02-preview`. Ordered by date; of the same day, the preview first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    /// Year, month and day. Every month counts as having 31 days.
    pub date: (u16, u8, u8),
    /// Stable or preview.
    pub track: Track,
}

impl ApiVersion {
    /// A version by its date.
    pub const fn new(year: u16, month: u8, day: u8, track: Track) -> Self {
        Self { date: (year, month, day), track }
    }

    /// The version written in `text`; `None` for anything else, a placeholder (`__VERSION__`) for one,
    /// whose version is then unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, suffix) = text.split_at_checked("yyyy-mm-dd".len())?;
        let track = match suffix.strip_prefix('-') {
            None if suffix.is_empty() => Track::Stable,
            Some(name) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()) => Track::Preview,
            _ => return None,
        };
        let mut parts = date.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)? as u8, number(2)? as u8);
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Self { date: (year, month, day), track })
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date;
        let suffix = if self.track == Track::Preview { "-preview" } else { "" };
        write!(f, "{year:04}-{month:02}-{day:02}{suffix}")
    }
}

/// Bounds on the date of an api version, all of which apply: `>=2021-07-01, <2022-05-02`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct VersionRange(Vec<(VersionBound, (u16, u8, u8))>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VersionBound {
    AtLeast,
    AtMost,
    Above,
    Below,
    Exactly,
}

/// Operators as written; a longer one stands before those that it starts with.
const BOUNDS: [(&str, VersionBound); 5] = [
    (">=", VersionBound::AtLeast),
    ("<=", VersionBound::AtMost),
    (">", VersionBound::Above),
    ("<", VersionBound::Below),
    ("=", VersionBound::Exactly),
];

impl VersionRange {
    /// Whether the date of `version` lies within. The track does not matter.
    pub fn contains(&self, version: ApiVersion) -> bool {
        self.0.iter().all(|(bound, date)| match bound {
            VersionBound::AtLeast => version.date >= *date,
            VersionBound::AtMost => version.date <= *date,
            VersionBound::Above => version.date > *date,
            VersionBound::Below => version.date < *date,
            VersionBound::Exactly => version.date == *date,
        })
    }
}

impl TryFrom<String> for VersionRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bound = |part: &str| {
            let part = part.trim();
            let (operator, bound) = BOUNDS.into_iter().find(|(operator, _)| part.starts_with(operator))?;
            let version = ApiVersion::parse(part.get(operator.len()..)?.trim())?;
            Some((bound, version.date))
        };
        let bounds = text.split(',').map(bound).collect::<Option<_>>();
        bounds.map(Self).ok_or_else(|| {
            format!(
                "`{text}` is no range of api versions; write bounds like `>=2022-06-01` or `>=2021-07-01, <2022-05-02`"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_dates_and_suffixes() {
        let cases = [
            ("2024-09-01", Some(ApiVersion::new(2024, 9, 1, Track::Stable))),
            ("2025-01-02-preview", Some(ApiVersion::new(2025, 1, 2, Track::Preview))),
            ("2025-01-02-PREVIEW", Some(ApiVersion::new(2025, 1, 2, Track::Preview))),
            ("2015-05-01-privatepreview", Some(ApiVersion::new(2015, 5, 1, Track::Preview))),
            ("2020-02-31", Some(ApiVersion::new(2020, 2, 31, Track::Stable))),
            ("", None),
            ("latest", None),
            ("2024-09", None),
            ("2024-9-01x", None),
            ("2024-13-01", None),
            ("2024-00-10", None),
            ("2024-01-32", None),
            ("2024-01-01-", None),
            ("2024-01-01preview", None),
            ("+024-01-01", None),
            ("2024-+1-01", None),
            ("__API_VERSION__", None),
            ("2024-01-0é", None),
            ("ééééé", None),
        ];
        for (text, expected) in cases {
            assert_eq!(ApiVersion::parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn orders_by_date_then_track() {
        let ordered = ["2021-11-01-preview", "2022-05-02-preview", "2022-05-02", "2022-06-01", "2025-01-02-preview"];
        let versions: Vec<_> = ordered.iter().map(|text| ApiVersion::parse(text).unwrap()).collect();
        assert!(versions.is_sorted());
        assert!(versions.iter().zip(ordered).all(|(version, text)| version.to_string() == text));
    }

    #[test]
    fn ranges_compare_dates() {
        let cases = [
            (">=2022-05-02", "2022-05-02-preview", true),
            (">=2022-05-02", "2022-05-01", false),
            (">=2021-07-01, <2022-05-02", "2022-04-02-preview", true),
            (">=2021-07-01, <2022-05-02", "2022-05-02-preview", false),
            (">2021-07-01,<=2022-04-01", "2021-07-01", false),
            ("=2021-07-01", "2021-07-01", true),
            (">=2025-01-02-preview", "2025-01-02-preview", true),
        ];
        for (range, version, expected) in cases {
            let contained =
                VersionRange::try_from(range.to_owned()).unwrap().contains(ApiVersion::parse(version).unwrap());
            assert_eq!(contained, expected, "{version} in {range}");
        }
        for wrong in ["", "2022-06-01", ">=soon", ">=2022-06-01,", "~2022-06-01"] {
            assert!(VersionRange::try_from(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }
}
