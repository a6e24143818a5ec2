//! The rules of the Defender profile, for tests that are about something else than rules.

/// What the cases are about: the Defender profile of AKS clusters.
const PROFILE: &[&str] = &[
    "aks-defender-api-shape",
    "aks-defender-profile",
    "aks-defender-security-monitoring",
    "aks-defender-workspace",
    "aks-defender-workspace-id",
    "aks-defender-workspace-agreed",
];

/// The options that run just these.
pub(crate) fn options() -> armguard::lint::Options {
    let select = PROFILE.iter().map(|rule| (*rule).to_owned()).collect();
    armguard::lint::Options { select, ..armguard::lint::Options::default() }
}
