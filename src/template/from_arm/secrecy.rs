//! Which parts of values the types of ARM templates say to be secret.

use super::{Lowering, distinct_members};
use crate::json::Value;
use crate::template::Secrecy;

impl<'d> Lowering<'_, 'd> {
    /// What the description of a value says. As deep as the text is nested, which the parser limits.
    pub(super) fn secrecy(&mut self, schema: Value<'d>) -> Secrecy {
        let ty = schema.get_ignore_case("type").and_then(Value::as_str).unwrap_or_default();
        if is_secure(&ty) {
            return Secrecy::Whole;
        }
        if !self.version2 {
            return Secrecy::Open;
        }
        let mut all = Vec::new();
        if let Some(reference) = schema.get_ignore_case("$ref").and_then(Value::as_str) {
            all.push(self.referred_secrecy(&reference));
        }
        let members = schema.get_ignore_case("properties").map(distinct_members).unwrap_or_default();
        let members = members.into_iter().map(|member| {
            let name = self.shared.strings.get(&member.key());
            (name, self.secrecy(member.value()))
        });
        let members = members.collect();
        let rest = schema.get_ignore_case("additionalProperties").map(|rest| self.secrecy(rest)).unwrap_or_default();
        all.push(Secrecy::object(members, rest));
        let items = schema.get_ignore_case("items").into_iter();
        let items = items.chain(schema.get_ignore_case("prefixItems").into_iter().flat_map(Value::items));
        let items: Vec<Secrecy> = items.map(|item| self.secrecy(item)).collect();
        all.push(Secrecy::array(Secrecy::any(items)));
        let mapping = schema.get_ignore_case("discriminator").and_then(|of| of.get_ignore_case("mapping"));
        let kinds = mapping.map(distinct_members).unwrap_or_default();
        all.extend(kinds.into_iter().map(|kind| self.secrecy(kind.value())).collect::<Vec<_>>());
        Secrecy::any(all)
    }

    /// What `#/definitions/pool/properties/mode` says.
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
                // Deeper in parts that have no name: what stands there is not told apart.
                _ => return Secrecy::Whole,
            };
        }
        secrecy
    }

    /// The definitions of the template that say that something is secret, or may.
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

/// Whether `ty` is a type of secrets.
pub(super) fn is_secure(ty: &str) -> bool {
    ty.eq_ignore_ascii_case("securestring") || ty.eq_ignore_ascii_case("secureobject")
}
