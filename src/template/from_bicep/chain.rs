//! Calls and chains of accesses.

use super::Lowering;
use super::names::Symbol;
use crate::bicep::{self, ExprKind as Syntax, Link as SyntaxLink, LinkKind, Name};
use crate::source::TextRange;
use crate::template::{Access, Callee, ExprId, ExprKind, ImportId, Link, ResourceId};

/// What the base of a chain is, if it only leads to what stands behind it.
enum Namespace {
    /// The names of another file.
    Imported(ImportId),
    /// `sys` or `az`: the functions of the language.
    Language,
    /// An extension, or `this` in the body of a resource: what it gives is known only at deployment.
    Opaque,
}

impl<'t> Lowering<'t> {
    /// `name(arguments)`
    pub(super) fn call(&mut self, range: TextRange, name: Name, args: &'t [bicep::ExprId]) -> ExprId {
        let callee = self.callee(name);
        self.call_of(callee, range, args)
    }

    fn callee(&mut self, name: Name) -> Callee {
        let text = self.slice(name);
        match self.symbols.get(text) {
            _ if self.scopes.get(text).is_some() => Callee::Undeclared(self.intern(text)),
            Some(Symbol::Function(id)) => Callee::User(*id),
            Some(Symbol::Imported { import, name }) => Callee::Imported { import: *import, name: name.clone() },
            Some(_) => Callee::Undeclared(self.intern(text)),
            None => Callee::Builtin(self.intern(&text.to_ascii_lowercase())),
        }
    }

    fn call_of(&mut self, callee: Callee, range: TextRange, args: &'t [bicep::ExprId]) -> ExprId {
        if let (Callee::Builtin(name), [arg]) = (&callee, args)
            && &**name == "nameof"
        {
            return self.name_of(range, *arg);
        }
        let args = self.args(args);
        self.out.push(ExprKind::call(callee, args), range)
    }

    fn args(&mut self, args: &[bicep::ExprId]) -> Box<[ExprId]> {
        args.iter().map(|arg| self.expr(*arg)).collect()
    }

    /// `nameof(a.b)` is the text `b`.
    fn name_of(&mut self, range: TextRange, arg: bicep::ExprId) -> ExprId {
        let expr = self.tree.expr(arg);
        let named = match &expr.kind {
            Syntax::Name => Some(self.str(expr.range)),
            Syntax::Chain { links, .. } => match links.last().map(|link| &link.kind) {
                Some(LinkKind::Member(name) | LinkKind::Nested(name)) => Some(self.str(*name)),
                Some(LinkKind::Index(index)) => self.reference(*index).map(|(text, _)| text),
                _ => None,
            },
            _ => None,
        };
        self.out.push(named.map_or(ExprKind::Unreadable, ExprKind::Str), range)
    }

    /// A base and the accesses behind it.
    pub(super) fn chain(&mut self, range: TextRange, base: bicep::ExprId, links: &'t [SyntaxLink]) -> ExprId {
        if links.iter().any(SyntaxLink::is_incomplete) {
            return self.unreadable(range);
        }
        let start = self.tree.expr(base).range;
        let (mut head, links) = match (self.namespace(base), links) {
            (Some(namespace), [first, rest @ ..]) => {
                let range = start.cover(first.range);
                (self.in_namespace(namespace, first, range), rest)
            }
            _ => (self.expr(base), links),
        };
        let mut lowered: Vec<Link> = Vec::with_capacity(links.len());
        for link in links {
            if let LinkKind::Nested(name) = link.kind {
                let reached = start.cover(link.range);
                head = match self.out.expr(head).kind {
                    ExprKind::Resource(parent) if lowered.is_empty() => self.nested_access(parent, name, reached),
                    _ => self.unreadable(reached),
                };
                lowered.clear();
                continue;
            }
            let Some(access) = self.access(&link.kind) else { continue };
            lowered.push(Link { access, safe: link.safe, range: self.link_range(link) });
        }
        if lowered.is_empty() {
            return head;
        }
        self.out.push(ExprKind::Chain { base: head, links: lowered.into() }, range)
    }

    /// The namespace that the base of a chain names, if it does.
    fn namespace(&self, base: bicep::ExprId) -> Option<Namespace> {
        let expr = self.tree.expr(base);
        let name = self.slice(expr.range);
        if !matches!(expr.kind, Syntax::Name) || self.scopes.get(name).is_some() {
            return None;
        }
        match self.symbols.get(name) {
            Some(Symbol::Namespace(import)) => Some(Namespace::Imported(*import)),
            Some(Symbol::NoValue) => Some(Namespace::Opaque),
            Some(_) => None,
            None => match name {
                "sys" | "az" => Some(Namespace::Language),
                "this" => Some(Namespace::Opaque),
                _ => None,
            },
        }
    }

    /// The first access behind a namespace.
    fn in_namespace(&mut self, namespace: Namespace, link: &'t SyntaxLink, range: TextRange) -> ExprId {
        let kind = match (namespace, &link.kind) {
            (Namespace::Imported(import), LinkKind::Member(name)) => {
                ExprKind::Imported { import, name: self.str(*name) }
            }
            (Namespace::Imported(import), LinkKind::Method { name, args }) => {
                let callee = Callee::Imported { import, name: self.str(*name) };
                return self.call_of(callee, range, args);
            }
            (Namespace::Language, LinkKind::Method { name, args }) => {
                let name = self.slice(*name).to_ascii_lowercase();
                let callee = Callee::Builtin(self.intern(&name));
                return self.call_of(callee, range, args);
            }
            (Namespace::Language, _) => ExprKind::Undeclared(self.str(range)),
            (Namespace::Imported(_) | Namespace::Opaque, _) => ExprKind::Unreadable,
        };
        self.out.push(kind, range)
    }

    /// `parent::name`
    fn nested_access(&mut self, parent: ResourceId, name: Name, range: TextRange) -> ExprId {
        let text = self.slice(name);
        let kind = match self.nested.get(&(parent, text)) {
            Some(child) => ExprKind::Resource(*child),
            None => ExprKind::Undeclared(self.intern(text)),
        };
        self.out.push(kind, range)
    }

    /// What a link accesses; none for `!`, which changes no value.
    fn access(&mut self, kind: &'t LinkKind) -> Option<Access> {
        Some(match kind {
            LinkKind::NonNull | LinkKind::Nested(_) => return None,
            LinkKind::Member(name) => Access::Member(self.str(*name)),
            LinkKind::Method { name, args } => {
                let name = self.str(*name);
                Access::Method { name, args: self.args(args) }
            }
            LinkKind::Index(index) => match self.reference(*index) {
                Some((name, _)) => Access::Member(name),
                None => Access::Index(self.expr(*index)),
            },
            LinkKind::FromEnd(index) => Access::FromEnd(self.expr(*index)),
        })
    }

    fn link_range(&self, link: &SyntaxLink) -> TextRange {
        match &link.kind {
            LinkKind::Member(name) => *name,
            LinkKind::Method { name, .. } => TextRange::new(name.start, link.range.end),
            LinkKind::Index(index) | LinkKind::FromEnd(index) => self.tree.expr(*index).range,
            LinkKind::Nested(_) | LinkKind::NonNull => link.range,
        }
    }
}
