//! Which parts of values Bicep types declare to be secret.

use super::Lowering;
use super::names::Symbol;
use crate::bicep::{ExprKind, StatementKind, TypeId, TypeKind};
use crate::source::Str;
use crate::template::Secrecy;

impl Lowering<'_> {
    /// What the type `ty` declares. As deep as the text is nested, which the parser limits.
    pub(super) fn secrecy(&mut self, ty: TypeId) -> Secrecy {
        let tree = self.tree;
        match &tree.ty(ty).kind {
            TypeKind::Name => self.named_secrecy(self.slice(tree.ty(ty).range)),
            TypeKind::Object(members) => {
                let (mut named, mut rest) = (Vec::new(), Secrecy::Open);
                for member in members {
                    let secrecy = match self.has_decorator(&member.decorators, "secure") {
                        true => Secrecy::Whole,
                        false => self.secrecy(member.ty),
                    };
                    match member.key.map(|key| tree.expr(key)) {
                        Some(key) => {
                            let text = self.slice(key.range);
                            let name: Str = match key.kind {
                                ExprKind::Str => self.string(key.range),
                                _ => self.intern(text),
                            };
                            named.push((name, secrecy));
                        }
                        None => rest = secrecy,
                    }
                }
                Secrecy::object(named, rest)
            }
            TypeKind::Array(item) => Secrecy::array(self.secrecy(*item)),
            TypeKind::Tuple(items) => {
                let items = items.iter().map(|item| match self.has_decorator(&item.decorators, "secure") {
                    true => Secrecy::Whole,
                    false => self.secrecy(item.ty),
                });
                Secrecy::array(Secrecy::any(items))
            }
            TypeKind::Union(members) => Secrecy::any(members.iter().map(|member| self.secrecy(*member))),
            TypeKind::Nullable(inner) | TypeKind::NonNull(inner) | TypeKind::Paren(inner) => self.secrecy(*inner),
            TypeKind::Member { base, name, .. } => {
                let name = self.str(*name);
                let of = self.slice(tree.ty(*base).range);
                match (&tree.ty(*base).kind, self.symbols.get(of)) {
                    (TypeKind::Name, Some(Symbol::Namespace(import))) => Secrecy::Imported(*import, name),
                    _ => self.secrecy(*base).of(|base| Secrecy::Member(base, name)),
                }
            }
            TypeKind::Index(base, _) | TypeKind::Items(base) => self.secrecy(*base).of(Secrecy::Items),
            TypeKind::AdditionalProperties(base) => self.secrecy(*base).of(Secrecy::Rest),
            TypeKind::Generic { .. }
            | TypeKind::Literal(_)
            | TypeKind::Unary(..)
            | TypeKind::Resource(_)
            | TypeKind::Error => Secrecy::Open,
        }
    }

    fn named_secrecy(&mut self, name: &str) -> Secrecy {
        match self.symbols.get(name) {
            Some(Symbol::Imported { import, name }) => Secrecy::Imported(*import, name.clone()),
            _ if self.aliases.contains_key(name) => Secrecy::Named(self.intern(name)),
            _ => Secrecy::Open,
        }
    }

    /// The declared types of the file that declare that something is secret, or may.
    pub(super) fn secret_types(&mut self) {
        let aliases: Vec<_> = self.aliases.values().copied().collect();
        for alias in aliases {
            let StatementKind::Type { name, value, .. } = &alias.kind else { continue };
            let secrecy = match self.has_decorator(&alias.decorators, "secure") {
                true => Secrecy::Whole,
                false => self.secrecy(*value),
            };
            if secrecy != Secrecy::Open {
                let name = self.str(*name);
                self.out.secret_types.push((name, secrecy));
            }
        }
        self.out.secret_types.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
}
