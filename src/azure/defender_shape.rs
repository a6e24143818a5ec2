//! What changed with the api versions of AKS for Defender.

use rulefile::{ApiVersion, Track};

/// How the Defender profile of an AKS cluster (`properties.securityProfile`) is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefenderShape {
    /// There is no `securityProfile` yet: Defender cannot be declared.
    None,
    /// `azureDefender { enabled, logAnalyticsWorkspaceResourceId }`.
    AzureDefender,
    /// `defender { logAnalyticsWorkspaceResourceId, securityMonitoring { enabled } }`.
    Defender,
}

impl DefenderShape {
    /// The shape that `Microsoft.ContainerService/managedClusters` has in `version`.
    ///
    /// The date alone decides on both tracks. Source: the published type definitions (Azure/bicep-types-az)
    /// of all 113 versions from 2017-08-31 to 2026-05-02-preview.
    pub fn of(version: ApiVersion) -> Self {
        match version.date {
            date if date < (2021, 7, 1) => Self::None,
            date if date < (2022, 5, 2) => Self::AzureDefender,
            _ => Self::Defender,
        }
    }
}

/// Whether `securityProfile.defender` of an AKS cluster has `securityGating` in `version`. Previews had it
/// more than a year before the first stable version.
pub fn has_security_gating(version: ApiVersion) -> bool {
    match version.track {
        Track::Preview => version.date >= (2025, 1, 2),
        Track::Stable => version.date >= (2026, 5, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_at_the_borders() {
        // The last version before and the first one after each change, on both tracks.
        let cases = [
            ("2017-08-31", DefenderShape::None),
            ("2018-08-01-preview", DefenderShape::None),
            ("2021-05-01", DefenderShape::None),
            ("2021-06-30", DefenderShape::None),
            ("2021-07-01", DefenderShape::AzureDefender),
            ("2021-11-01-preview", DefenderShape::AzureDefender),
            ("2022-04-01", DefenderShape::AzureDefender),
            ("2022-04-02-preview", DefenderShape::AzureDefender),
            ("2022-05-01", DefenderShape::AzureDefender),
            ("2022-05-02-preview", DefenderShape::Defender),
            ("2022-06-01", DefenderShape::Defender),
            ("2022-06-02-preview", DefenderShape::Defender),
            ("2026-05-01", DefenderShape::Defender),
            ("2026-05-02-preview", DefenderShape::Defender),
        ];
        for (text, expected) in cases {
            assert_eq!(DefenderShape::of(ApiVersion::parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn security_gating_at_the_borders() {
        let cases = [
            ("2024-10-02-preview", false),
            ("2025-01-02-preview", true),
            ("2025-02-01", false),
            ("2026-04-01", false),
            ("2026-05-01", true),
        ];
        for (text, expected) in cases {
            assert_eq!(has_security_gating(ApiVersion::parse(text).unwrap()), expected, "{text}");
        }
    }
}
