//! Modules that were not restored, but whose decision on the Defender profile of their cluster is known.
//!
//! Many people lint where nothing was restored. `known_modules.json` lists for each published version of a module of
//! the public registry from which parameters the profile comes; `tests/it/lint/known_modules.rs` makes it from the
//! modules themselves. Here a row becomes a small template, in which everything that is not in the table is unknown: it
//! comes from the parameter [`UNREAD`], which nobody passes.
//!
//! A value of the table is `null`, `true`, `false` or `"unknown"`, or it has one of these forms, by its first member:
//!
//! - `{ "parameter": name }`;
//! - `{ "id": type }`: the id of some resource of this type;
//! - `{ "if": flag, "then": value, "else": value }`, the flag being the name of a parameter, or `not`, `all` or `any`
//!   of such;
//! - `{ "object": { … } }`, and `{ "open": { … } }`, which has members that are not listed.

use std::sync::OnceLock;

use super::CLUSTERS;
use crate::json::{self, Document, Value};

/// What is known.
const TABLE: &str = include_str!("known_modules.json");

/// The registry whose modules are known.
const REGISTRY: &str = "mcr.microsoft.com/bicep/";

/// The parameter from which everything comes that is not known.
pub const UNREAD: &str = "unread";

/// The template of the module at `address` (`mcr.microsoft.com/bicep/avm/…:1.0.0`) as Bicep, when the table has this
/// version.
pub fn bicep_of_module(address: &str) -> Option<String> {
    static DOCUMENT: OnceLock<Document<'static>> = OnceLock::new();
    let start = address.get(..REGISTRY.len()).filter(|start| start.eq_ignore_ascii_case(REGISTRY))?;
    let (module, version) = address[start.len()..].split_once(':')?;
    let is = |value: Option<Value<'_>>, text: &str| value.and_then(Value::as_str).is_some_and(|found| found == text);
    let table = DOCUMENT.get_or_init(|| json::parse(TABLE)).root()?.get_ignore_case("modules")?;
    let row = table.items().find(|row| {
        let mut versions = row.get_ignore_case("versions").into_iter().flat_map(Value::items);
        is(row.get_ignore_case("module"), module) && versions.any(|known| is(Some(known), version))
    })?;
    bicep_of(row)
}

/// A row of the table as a template.
fn bicep_of(row: Value<'_>) -> Option<String> {
    let mut text = format!("param {UNREAD} object\n");
    for parameter in row.get_ignore_case("parameters")?.members() {
        let ty = parameter.value().get_ignore_case("type")?.as_str()?;
        let rest = match parameter.value().get_ignore_case("default") {
            Some(default) if default.kind() == json::ValueKind::Null => "?".to_owned(),
            Some(default) => format!(" = {}", default.raw()),
            None => String::new(),
        };
        text += &format!("param {} {ty}{rest}\n", parameter.key());
    }
    let symbol = row.get_ignore_case("symbol")?.as_str()?;
    let api_version = row.get_ignore_case("apiVersion")?.as_str()?;
    let body = expression(row.get_ignore_case("cluster")?, UNREAD)?;
    Some(text + &format!("resource {symbol} '{CLUSTERS}@{api_version}' = {body}\n"))
}

/// How a value of the table is written in Bicep; `path` is where it would be found if it were not known.
fn expression(value: Value<'_>, path: &str) -> Option<String> {
    let Some(form) = value.members().next() else {
        let unknown = value.as_str().is_some_and(|text| text == "unknown");
        return Some(if unknown { path.to_owned() } else { value.raw().to_owned() });
    };
    let of = |name: &str| expression(value.get_ignore_case(name)?, path);
    Some(match &*form.key() {
        "parameter" => form.value().as_str()?.into_owned(),
        "id" => format!("resourceId('{}', {path}.name)", form.value().as_str()?),
        "if" => format!("({} ? {} : {})", condition(form.value())?, of("then")?, of("else")?),
        kind @ ("open" | "object") => {
            let members = form.value().members().map(|member| {
                let value = expression(member.value(), &format!("{path}.{}", member.key()))?;
                Some(format!("  {}: {value}\n", member.key()))
            });
            let members: String = members.collect::<Option<_>>()?;
            let rest = if kind == "open" { format!("  ...{path}\n") } else { String::new() };
            format!("{{\n{rest}{members}}}")
        }
        _ => return None,
    })
}

/// A condition of the table in Bicep: a flag, or several.
fn condition(value: Value<'_>) -> Option<String> {
    if let Some(flag) = value.as_str() {
        return Some(flag.into_owned());
    }
    let form = value.members().next()?;
    let parts = || form.value().items().map(condition).collect::<Option<Vec<_>>>();
    Some(match &*form.key() {
        "not" => format!("!{}", condition(form.value())?),
        "all" => format!("({})", parts()?.join(" && ")),
        "any" => format!("({})", parts()?.join(" || ")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bicep;
    use crate::source::FileId;
    use crate::template::lower_bicep;

    #[test]
    fn every_row_becomes_a_template_without_problems() {
        let document = json::parse(TABLE);
        assert!(document.problems().is_empty());
        let rows: Vec<Value<'_>> = document.root().unwrap().get_ignore_case("modules").unwrap().items().collect();
        assert!(!rows.is_empty());
        for row in rows {
            let text = bicep_of(row).unwrap_or_else(|| panic!("{} says nothing", row.raw()));
            let template = lower_bicep(FileId(0), &text, &bicep::parse(&text, bicep::FileKind::Bicep));
            assert!(template.problems.is_empty(), "{text}\n{:?}", template.problems);
            assert_eq!(template.resources.len(), 1, "{text}");
        }
    }

    #[test]
    fn values() {
        #[rustfmt::skip]
        let cases: &[(&str, Option<&str>)] = &[
            ("null", Some("null")),
            ("true", Some("true")),
            (r#""unknown""#, Some("x.y")),
            (r#"{"parameter": "p"}"#, Some("p")),
            (r#"{"id": "A.B/c"}"#, Some("resourceId('A.B/c', x.y.name)")),
            (r#"{"if": "p", "then": true, "else": "unknown"}"#, Some("(p ? true : x.y)")),
            (r#"{"if": {"not": {"any": ["p", {"all": ["q", "r"]}]}}, "then": null, "else": false}"#, Some("(!(p || (q && r)) ? null : false)")),
            (r#"{"object": {"a": "unknown"}}"#, Some("{\n  a: x.y.a\n}")),
            (r#"{"open": {"a": {"object": {}}}}"#, Some("{\n  ...x.y\n  a: {\n}\n}")),
            (r#"{"if": "p", "then": true}"#, None),
            (r#"{"other": 1}"#, None),
        ];
        for (text, expected) in cases {
            let document = json::parse(text);
            assert_eq!(expression(document.root().unwrap(), "x.y").as_deref(), *expected, "{text}");
        }
    }

    #[test]
    fn addresses() {
        let module = "avm/res/container-service/managed-cluster";
        #[rustfmt::skip]
        let cases = [
            (format!("mcr.microsoft.com/bicep/{module}:0.11.0"), true),
            (format!("MCR.Microsoft.com/bicep/{module}:0.11.0"), true),
            (format!("mcr.microsoft.com/bicep/{module}:0.11"), false),
            (format!("mcr.microsoft.com/bicep/{module}:99.0.0"), false),
            (format!("mcr.microsoft.com/bicep/{module}@sha256:00"), false),
            (format!("shop.azurecr.io/bicep/{module}:0.11.0"), false),
            ("mcr.microsoft.com/bicep/avm/res/network/virtual-network:0.7.0".into(), false),
            ("é".into(), false),
        ];
        for (address, known) in cases {
            assert_eq!(bicep_of_module(&address).is_some(), known, "{address}");
        }
    }
}
