//! Which parts of values the types of ARM templates declare to be secret.

use super::{Lowering, distinct_members};
use crate::json::Value;
use crate::template::Secrecy;

impl<'d> Lowering<'_, 'd> {
    /// What the description of a value declares. As deep as the text is nested, which the parser limits.
    pub(super) fn secrecy(&mut self, schema: Value<'d>) -> Secrecy {
        let [ty, reference, properties, rest, items, prefix_items, discriminator] = parts(schema);
        if ty.and_then(Value::as_str).is_some_and(|ty| is_secure(&ty)) {
            return Secrecy::Whole;
        }
        if !self.version2 {
            return Secrecy::Open;
        }
        let mut all = Vec::new();
        if let Some(reference) = reference.and_then(Value::as_str) {
            all.push(self.referred_secrecy(&reference));
        }
        let members = properties.map(distinct_members).unwrap_or_default();
        let members = members.into_iter().filter_map(|member| {
            let secrecy = self.secrecy(member.value());
            (secrecy != Secrecy::Open).then(|| (self.shared.strings.get(&member.key()), secrecy))
        });
        let members = members.collect();
        let rest = rest.map(|rest| self.secrecy(rest)).unwrap_or_default();
        all.push(Secrecy::object(members, rest));
        let items = items.into_iter().chain(prefix_items.into_iter().flat_map(Value::items));
        let items: Vec<Secrecy> = items.map(|item| self.secrecy(item)).collect();
        all.push(Secrecy::array(Secrecy::any(items)));
        let mapping = discriminator.and_then(|of| of.get_ignore_case("mapping"));
        let kinds = mapping.map(distinct_members).unwrap_or_default();
        all.extend(kinds.into_iter().map(|kind| self.secrecy(kind.value())));
        Secrecy::any(all)
    }

    /// What `#/definitions/pool/properties/mode` declares.
    fn referred_secrecy(&mut self, reference: &str) -> Secrecy {
        let Some(path) = reference.strip_prefix("#/definitions/") else { return Secrecy::Open };
        let mut names = path.split('/').map(|name| name.replace("~1", "/").replace("~0", "~"));
        let Some(first) = names.next() else { return Secrecy::Open };
        let mut secrecy = Secrecy::Named(self.shared.strings.get(&first));
        while let Some(part) = names.next() {
            secrecy = match (&*part, names.next()) {
                ("properties", Some(name)) => {
                    let name = self.shared.strings.get(&name);
                    secrecy.of(|of| Secrecy::Member(of, name))
                }
                ("prefixItems", Some(_)) | ("items", None) => secrecy.of(Secrecy::Items),
                ("additionalProperties", None) => secrecy.of(Secrecy::Rest),
                // Deeper in parts that have no name: these are not distinguished.
                _ => return Secrecy::Whole,
            };
        }
        secrecy
    }

    /// The definitions of the template that declare that something is secret, or may.
    pub(super) fn secret_types(&mut self, root: Value<'d>) {
        for definition in root.get_ignore_case("definitions").map(distinct_members).unwrap_or_default() {
            let secrecy = self.secrecy(definition.value());
            if secrecy != Secrecy::Open {
                let name = self.shared.strings.get(&definition.key());
                self.template.secret_types.push((name, secrecy));
            }
        }
    }
}

/// The parts of a type that may declare that something is secret.
const PARTS: [&str; 7] =
    ["type", "$ref", "properties", "additionalProperties", "items", "prefixItems", "discriminator"];

/// The [`PARTS`] of `schema`, found in one pass; of several with the same name the last, as in ARM.
fn parts(schema: Value<'_>) -> [Option<Value<'_>>; PARTS.len()] {
    let mut parts = [None; PARTS.len()];
    for member in schema.members() {
        if let Some((part, _)) = parts.iter_mut().zip(PARTS).find(|(_, name)| member.is_called(name)) {
            *part = Some(member.value());
        }
    }
    parts
}

/// Whether `ty` is a type of secrets.
pub(super) fn is_secure(ty: &str) -> bool {
    ty.eq_ignore_ascii_case("securestring") || ty.eq_ignore_ascii_case("secureobject")
}
