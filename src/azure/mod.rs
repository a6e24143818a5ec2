//! What armguard knows about Azure itself, as data. Everything else that it knows about resources stands in the rule files.

pub mod defender_shape;
pub mod known_modules;

/// The type of AKS clusters.
pub const CLUSTERS: &str = "Microsoft.ContainerService/managedClusters";

/// The type of Log Analytics workspaces.
pub const WORKSPACES: &str = "Microsoft.OperationalInsights/workspaces";

/// The type of the plans of Microsoft Defender for Cloud.
pub const DEFENDER_PLANS: &str = "Microsoft.Security/pricings";

/// The end of the types of diagnostic settings, which may be named with what they lie on.
pub const DIAGNOSTIC_SETTINGS: &str = "Microsoft.Insights/diagnosticSettings";

/// What the id of a Log Analytics workspace looks like; a star stands for what differs.
pub const WORKSPACE_ID: &str = "/subscriptions/*/resourceGroups/*/providers/Microsoft.OperationalInsights/workspaces/*";

/// The property of a cluster with the id of the workspace of its monitoring add-on.
pub const ADD_ON_WORKSPACE: [&str; 5] =
    ["properties", "addonProfiles", "omsagent", "config", "logAnalyticsWorkspaceResourceID"];

/// What a parameter for a workspace may be called before `WorkspaceId`, in lower case. There are workspaces of other
/// services (Azure Monitor, Machine Learning, Databricks).
pub const LOG_ANALYTICS_NAMES: [&str; 5] = ["", "law", "oms", "monitoring", "defender"];

/// Resource types that people also update in place, and the properties of which at least one stands in every whole
/// declaration. Without them a declaration is an update, which leaves what is absent in it as it was.
const WHOLE: [(&str, &[&str]); 1] = [(CLUSTERS, &["agentPoolProfiles", "dnsPrefix"])];

/// The properties of which a whole declaration of type `ty` has at least one; none when that is not known of the type.
pub fn marks_of_whole(ty: &str) -> &'static [&'static str] {
    let known = WHOLE.iter().find(|(known, _)| known.eq_ignore_ascii_case(ty));
    known.map_or(&[], |(_, marks)| marks)
}
