//! Distinguishes templates and parameter files from all other JSON, by `$schema`.

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

/// The key that decides, without its quotes.
const KEY: &[u8] = b"$schema";

/// Most bytes that an escaped letter of a string has: `\u0024`.
const ESCAPE: usize = 6;

/// Whether the JSON text can be a template or parameter file. A cheap look that spares parsing the rest and never
/// rejects what [`sniff_json`] accepts, however the key and its value are written: with escapes, with comments in
/// between.
pub fn may_be_arm(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = memchr::memchr_iter(b'$', bytes).any(|at| {
        let key = bytes.get(at..at + KEY.len());
        key.is_some_and(|key| key.eq_ignore_ascii_case(KEY)) && may_name_schema(&bytes[at + KEY.len()..])
    });
    plain || memchr::memmem::find_iter(bytes, b"\\u").any(|at| is_in_escaped_key(bytes, at))
}

/// Whether what stands behind the key, its closing quote included, may be the value that names a known schema.
fn may_name_schema(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).trim_ascii_start();
    let value = match rest {
        [b':', value @ ..] => value.trim_ascii_start(),
        // A comment, behind which anything may stand.
        [b'/', ..] => return true,
        _ => return false,
    };
    match value {
        [quote @ (b'"' | b'\''), value @ ..] => match memchr::memchr2(*quote, b'\\', value) {
            Some(end) if value.get(end) == Some(quote) => mentions_schema(&value[..end]),
            _ => true,
        },
        [b'/', ..] => true,
        _ => false,
    }
}

/// Whether a name that all known schemas have in common stands in `bytes`.
fn mentions_schema(bytes: &[u8]) -> bool {
    [b"deploymentTemplate.json".as_slice(), b"deploymentParameters.json"]
        .iter()
        .any(|name| bytes.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name)))
}

/// Whether the escape at `at` is the first one of a string that reads as the key.
fn is_in_escaped_key(bytes: &[u8], at: usize) -> bool {
    let near = &bytes[at.saturating_sub(KEY.len())..at];
    let Some(start) = memchr::memrchr2(b'"', b'\'', near).map(|found| at - near.len() + found + 1) else {
        return false;
    };
    let mut rest = &bytes[start..bytes.len().min(start + KEY.len() * ESCAPE)];
    KEY.iter().all(|wanted| {
        let (letter, length) = match rest {
            [b'\\', b'u', digits @ ..] => {
                let digits = digits.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(|code| u8::try_from(code).ok()), ESCAPE)
            }
            [letter, ..] => (Some(*letter), 1),
            [] => (None, 0),
        };
        rest = rest.get(length..).unwrap_or_default();
        letter.is_some_and(|letter| letter.eq_ignore_ascii_case(wanted))
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    /// Ways to write what is a template, and what is none.
    #[test]
    fn the_cheap_look_sees_all_that_parsing_sees() {
        let far = format!("{{\"$schema\":{}\"https://x/deploymentTemplate.json#\"}}", " ".repeat(1000));
        let comment = format!("{{\"$schema\": /*{}*/ \"https://x/deploymentTemplate.json#\"}}", "x".repeat(1000));
        #[rustfmt::skip]
        let cases: &[(&str, bool)] = &[
            (r#"{"$schema": "https://x/2019-04-01/deploymentTemplate.json#"}"#, true),
            (r#"{"$SCHEMA": "https://x/2019-04-01/deploymenttemplate.JSON"}"#, true),
            (r#"{"\u0024schema": "https://x/deploymentTemplate.json#"}"#, true),
            (r#"{"$sch\u0065ma": "https://x/deploymentTemplate.json#"}"#, true),
            (r#"{"\u0024\u0073\u0063\u0068\u0065\u006d\u0061": "https://x/deploymentTemplate.json#"}"#, true),
            (r#"{"\u0024\u0053chem\u0041": "https://x/deploymentTemplate.json#"}"#, true),
            (r#"{"$schema": "https:\/\/x\/deploymentTemplate.json#"}"#, true),
            (r#"{"$schema": "https://x/deployment\u0054emplate.json#"}"#, true),
            (r#"{"$schema": "https://x/\u0064eploymentParameters.json#"}"#, true),
            (r#"{'$schema': 'https://x/deploymentTemplate.json#'}"#, true),
            (r#"{$schema: "https://x/deploymentTemplate.json#"}"#, true),
            (r#"{"$schema" /* here */ : // there
                "https://x/deploymentTemplate.json#"}"#, true),
            (&far, true),
            (&comment, true),
            (r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#, false),
            (r#"{"$schemaVersion": "https://x/deploymentTemplate.json#"}"#, false),
            (r#"{"text": "the $schema of a deploymentTemplate.json"}"#, false),
            (r#"{"\u0024ref": "https://x/deploymentTemplate.json#"}"#, false),
            (r#"{"$schema": 1}"#, false),
            ("{\"\\u002", false),
            ("\\u", false),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(may_be_arm(text), *expected, "{text}");
            let is_arm = sniff_json(&json::parse(text)) != JsonFileKind::Other;
            assert_eq!(is_arm, *expected, "{text}");
        }
    }
}
