//! Telling templates and parameter files from all other JSON, by `$schema`.

use crate::json::{Document, Value, ValueKind};
use crate::template::DeploymentScope;

/// What a JSON file is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonFileKind {
    /// An ARM template.
    Template,
    /// A parameter file.
    Parameters,
    /// Anything else.
    Other,
}

/// The last part of `$schema` in lower case, what the file is, and what it is deployed to.
const SCHEMAS: [(&str, JsonFileKind, DeploymentScope); 8] = [
    ("deploymenttemplate.json", JsonFileKind::Template, DeploymentScope::ResourceGroup),
    ("subscriptiondeploymenttemplate.json", JsonFileKind::Template, DeploymentScope::Subscription),
    ("managementgroupdeploymenttemplate.json", JsonFileKind::Template, DeploymentScope::ManagementGroup),
    ("tenantdeploymenttemplate.json", JsonFileKind::Template, DeploymentScope::Tenant),
    ("deploymentparameters.json", JsonFileKind::Parameters, DeploymentScope::ResourceGroup),
    ("subscriptiondeploymentparameters.json", JsonFileKind::Parameters, DeploymentScope::Subscription),
    ("managementgroupdeploymentparameters.json", JsonFileKind::Parameters, DeploymentScope::ManagementGroup),
    ("tenantdeploymentparameters.json", JsonFileKind::Parameters, DeploymentScope::Tenant),
];

/// How far behind `$schema` the name of a known schema ends, white space included.
const SCHEMA_LENGTH: usize = 300;

/// Whether the JSON text can be a template or parameter file. A cheap look that spares parsing the
/// rest; [`sniff_json`] decides.
pub fn may_be_arm(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'$', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        let is_key = rest.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"schema"));
        is_key && mentions_schema(&rest[..rest.len().min(SCHEMA_LENGTH)])
    })
}

/// Whether a name that all known schemas have in common stands in `bytes`.
fn mentions_schema(bytes: &[u8]) -> bool {
    [b"deploymentTemplate.json".as_slice(), b"deploymentParameters.json"]
        .iter()
        .any(|name| bytes.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name)))
}

/// What the file is by the `$schema` of its outermost object. A template inside something else, such
/// as a policy definition, does not make it one.
pub fn sniff_json(document: &Document<'_>) -> JsonFileKind {
    document.root().and_then(schema).map_or(JsonFileKind::Other, |(kind, _)| kind)
}

/// What the template `root` is deployed to.
pub(super) fn scope(root: Value<'_>) -> DeploymentScope {
    schema(root).map(|(_, scope)| scope).unwrap_or_default()
}

fn schema(root: Value<'_>) -> Option<(JsonFileKind, DeploymentScope)> {
    let schema = root.get_ignore_case("$schema").filter(|schema| schema.kind() == ValueKind::String)?.as_str()?;
    let name = schema.trim().split('#').next()?.rsplit('/').next()?;
    let known = SCHEMAS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name))?;
    Some((known.1, known.2))
}
