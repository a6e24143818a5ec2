//! The syntax tree as a plain list of nodes, named as the compiler's syntax tree names them.

use armguard::bicep::{
    Decorator, ExprId, ExprKind, FileKind, Imported, Item, Link, LinkKind, Member, Piece, StatementId, StatementKind,
    TokenKind, Tree, TypeId, TypeKind,
};
use armguard::source::TextRange;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    /// Where it starts and ends.
    pub(crate) span: (u32, u32),
    /// What it is.
    pub(crate) name: &'static str,
    /// Number of the node around it in the list.
    pub(crate) parent: usize,
}

/// All nodes of `tree`, each behind the one around it.
pub(crate) fn nodes(tree: &Tree, kind: FileKind) -> Vec<Node> {
    let mut walk = Walk { tree, kind, nodes: Vec::new(), around: usize::MAX };
    for id in &tree.top {
        walk.statement(*id);
    }
    walk.nodes
}

struct Walk<'t> {
    tree: &'t Tree,
    kind: FileKind,
    nodes: Vec<Node>,
    around: usize,
}

impl Walk<'_> {
    fn node(&mut self, name: &'static str, range: TextRange, children: impl FnOnce(&mut Self)) {
        self.nodes.push(Node { span: (range.start, range.end), name, parent: self.around });
        let outer = std::mem::replace(&mut self.around, self.nodes.len() - 1);
        children(self);
        self.around = outer;
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            self.node("DecoratorSyntax", decorator.range, |walk| walk.expr(decorator.value));
        }
    }

    fn statement(&mut self, id: StatementId) {
        let statement = self.tree.statement(id);
        let is_template = self.kind == FileKind::Bicep;
        let name = match &statement.kind {
            StatementKind::TargetScope { .. } => "TargetScopeSyntax",
            StatementKind::Metadata { .. } => "MetadataDeclarationSyntax",
            StatementKind::Param { .. } if is_template => "ParameterDeclarationSyntax",
            StatementKind::Param { .. } => "ParameterAssignmentSyntax",
            StatementKind::Var { .. } => "VariableDeclarationSyntax",
            StatementKind::Output { .. } => "OutputDeclarationSyntax",
            StatementKind::Type { .. } => "TypeDeclarationSyntax",
            StatementKind::Func { .. } => "FunctionDeclarationSyntax",
            StatementKind::Resource { .. } => "ResourceDeclarationSyntax",
            StatementKind::Module { .. } => "ModuleDeclarationSyntax",
            StatementKind::Test { .. } => "TestDeclarationSyntax",
            StatementKind::Assert { .. } => "AssertDeclarationSyntax",
            StatementKind::Import { .. } => "CompileTimeImportDeclarationSyntax",
            StatementKind::Extension { .. } => "ExtensionDeclarationSyntax",
            StatementKind::ExtensionConfig { .. } => "ExtensionConfigAssignmentSyntax",
            StatementKind::Using { .. } => "UsingDeclarationSyntax",
            StatementKind::Extends { .. } => "ExtendsDeclarationSyntax",
            StatementKind::Missing => "MissingDeclarationSyntax",
            StatementKind::Error => "SkippedTriviaSyntax",
        };
        self.node(name, statement.range, |walk| {
            walk.decorators(&statement.decorators);
            match &statement.kind {
                StatementKind::TargetScope { value }
                | StatementKind::Metadata { value, .. }
                | StatementKind::Assert { value, .. }
                | StatementKind::Extends { path: value }
                | StatementKind::ExtensionConfig { config: value, .. } => walk.expr(*value),
                StatementKind::Import { what, from } => {
                    walk.import(what);
                    walk.expr(*from);
                }
                StatementKind::Param { ty, value, .. } => {
                    ty.iter().for_each(|ty| walk.ty(*ty));
                    value.iter().for_each(|value| walk.expr(*value));
                }
                StatementKind::Var { ty, value, .. } => {
                    ty.iter().for_each(|ty| walk.ty(*ty));
                    walk.expr(*value);
                }
                StatementKind::Output { ty, value, .. } => {
                    walk.ty(*ty);
                    walk.expr(*value);
                }
                StatementKind::Type { value, .. } => walk.ty(*value),
                StatementKind::Func { params, returns, body, .. } => {
                    params.iter().for_each(|param| walk.ty(param.ty));
                    walk.ty(*returns);
                    walk.expr(*body);
                }
                StatementKind::Resource { ty: first, body, .. }
                | StatementKind::Module { reference: first, body, .. }
                | StatementKind::Test { reference: first, body, .. } => {
                    walk.expr(*first);
                    walk.expr(*body);
                }
                StatementKind::Extension { spec, config, .. } => {
                    walk.key(*spec);
                    config.iter().for_each(|config| walk.expr(*config));
                }
                StatementKind::Using { reference, config } => {
                    reference.iter().chain(config).for_each(|expr| walk.expr(*expr));
                }
                StatementKind::Missing | StatementKind::Error => {}
            }
        });
    }

    /// The quoted names.
    fn import(&mut self, what: &Imported) {
        let Imported::Names(items) = what else { return };
        for item in items {
            let token = self.tree.tokens.at_offset(item.original.start);
            if self.tree.tokens.kind(token) == TokenKind::StringComplete {
                self.node("StringSyntax", item.original, |_| {});
            }
        }
    }

    /// A key: its name is no variable.
    fn key(&mut self, id: ExprId) {
        match self.tree.expr(id).kind {
            ExprKind::Name => self.node("IdentifierSyntax", self.tree.expr(id).range, |_| {}),
            _ => self.expr(id),
        }
    }

    fn expr(&mut self, id: ExprId) {
        let expr = self.tree.expr(id);
        let name = match &expr.kind {
            ExprKind::Null => "NullLiteralSyntax",
            ExprKind::Bool(_) => "BooleanLiteralSyntax",
            ExprKind::Int(_) => "IntegerLiteralSyntax",
            ExprKind::Str | ExprKind::Interpolation(_) => "StringSyntax",
            ExprKind::Array(_) => "ArraySyntax",
            ExprKind::Object(_) => "ObjectSyntax",
            ExprKind::For(_) => "ForSyntax",
            ExprKind::If { .. } => "IfConditionSyntax",
            ExprKind::Paren(_) => "ParenthesizedExpressionSyntax",
            ExprKind::Unary(..) => "UnaryOperationSyntax",
            ExprKind::Binary(..) => "BinaryOperationSyntax",
            ExprKind::Ternary { .. } => "TernaryOperationSyntax",
            ExprKind::Lambda { .. } => "LambdaSyntax",
            ExprKind::Name => "VariableAccessSyntax",
            ExprKind::Call(_) => "FunctionCallSyntax",
            ExprKind::Error => "SkippedTriviaSyntax",
            ExprKind::Chain { base, links } => return self.chain(*base, links),
        };
        self.node(name, expr.range, |walk| match &expr.kind {
            ExprKind::Interpolation(pieces) => walk.holes(pieces),
            ExprKind::Array(items) => items.iter().for_each(|item| walk.item(item)),
            ExprKind::Object(members) => members.iter().for_each(|member| walk.member(member)),
            ExprKind::For(each) => {
                walk.expr(each.over);
                walk.expr(each.body);
            }
            ExprKind::If { condition: left, body: right } | ExprKind::Binary(_, left, right) => {
                walk.expr(*left);
                walk.expr(*right);
            }
            ExprKind::Paren(inner) | ExprKind::Unary(_, inner) | ExprKind::Lambda { body: inner, .. } => {
                walk.expr(*inner);
            }
            ExprKind::Ternary { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|part| walk.expr(*part));
            }
            ExprKind::Call(call) => call.args.iter().for_each(|arg| walk.expr(*arg)),
            _ => {}
        });
    }

    fn holes(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Hole(value) = piece {
                self.expr(*value);
            }
        }
    }

    /// The last link is the outermost node.
    fn chain(&mut self, base: ExprId, links: &[Link]) {
        let Some((last, before)) = links.split_last() else { return self.expr(base) };
        let range = TextRange::new(self.tree.expr(base).range.start, last.range.end);
        let name = match &last.kind {
            LinkKind::Member(_) => "PropertyAccessSyntax",
            LinkKind::Method { .. } => "InstanceFunctionCallSyntax",
            LinkKind::Index(_) | LinkKind::FromEnd(_) => "ArrayAccessSyntax",
            LinkKind::Nested(_) => "ResourceAccessSyntax",
            LinkKind::NonNull => "NonNullAssertionSyntax",
        };
        self.node(name, range, |walk| {
            walk.chain(base, before);
            match &last.kind {
                LinkKind::Method { args, .. } => args.iter().for_each(|arg| walk.expr(*arg)),
                LinkKind::Index(index) | LinkKind::FromEnd(index) => walk.expr(*index),
                _ => {}
            }
        });
    }

    fn item(&mut self, item: &Item) {
        match *item {
            Item::Value(value) => self.node("ArrayItemSyntax", self.tree.expr(value).range, |walk| walk.expr(value)),
            Item::Spread { dots, value } => self.spread(dots, value),
        }
    }

    fn spread(&mut self, dots: TextRange, value: ExprId) {
        self.node("SpreadExpressionSyntax", dots.cover(self.tree.expr(value).range), |walk| walk.expr(value));
    }

    fn member(&mut self, member: &Member) {
        match *member {
            Member::Property { key, value } => {
                let range = self.tree.expr(key).range.cover(self.tree.expr(value).range);
                self.node("ObjectPropertySyntax", range, |walk| {
                    walk.key(key);
                    walk.expr(value);
                });
            }
            Member::Spread { dots, value } => self.spread(dots, value),
            Member::Nested(id) => self.statement(id),
            Member::Error(range) => self.node("SkippedTriviaSyntax", range, |_| {}),
        }
    }

    fn ty(&mut self, id: TypeId) {
        let ty = self.tree.ty(id);
        let name = match &ty.kind {
            TypeKind::Name => "TypeVariableAccessSyntax",
            TypeKind::Generic { .. } => "ParameterizedTypeInstantiationSyntax",
            TypeKind::Literal(value) => match self.tree.expr(*value).kind {
                ExprKind::Null => "NullTypeLiteralSyntax",
                ExprKind::Bool(_) => "BooleanTypeLiteralSyntax",
                ExprKind::Int(_) => "IntegerTypeLiteralSyntax",
                ExprKind::Str | ExprKind::Interpolation(_) => "StringTypeLiteralSyntax",
                _ => "SkippedTriviaSyntax",
            },
            TypeKind::Unary(..) => "UnaryTypeOperationSyntax",
            TypeKind::Object(_) => "ObjectTypeSyntax",
            TypeKind::Tuple(_) => "TupleTypeSyntax",
            TypeKind::Array(_) => "ArrayTypeSyntax",
            TypeKind::Union(_) => "UnionTypeSyntax",
            TypeKind::Nullable(_) => "NullableTypeSyntax",
            TypeKind::NonNull(_) => "NonNullableTypeSyntax",
            TypeKind::Paren(_) => "ParenthesizedTypeSyntax",
            TypeKind::Member { args, .. } if args.is_empty() => "TypePropertyAccessSyntax",
            TypeKind::Member { .. } => "InstanceParameterizedTypeInstantiationSyntax",
            TypeKind::Index(..) => "TypeArrayAccessSyntax",
            TypeKind::Items(_) => "TypeItemsAccessSyntax",
            TypeKind::AdditionalProperties(_) => "TypeAdditionalPropertiesAccessSyntax",
            TypeKind::Resource(_) => "ResourceTypeSyntax",
            TypeKind::Error => "SkippedTriviaSyntax",
        };
        self.node(name, ty.range, |walk| match &ty.kind {
            TypeKind::Generic { args, .. } | TypeKind::Union(args) => args.iter().for_each(|arg| walk.ty(*arg)),
            TypeKind::Unary(_, inner)
            | TypeKind::Array(inner)
            | TypeKind::Nullable(inner)
            | TypeKind::NonNull(inner)
            | TypeKind::Paren(inner)
            | TypeKind::Items(inner)
            | TypeKind::AdditionalProperties(inner) => walk.ty(*inner),
            TypeKind::Member { base, args, .. } => {
                walk.ty(*base);
                args.iter().for_each(|arg| walk.ty(*arg));
            }
            TypeKind::Index(base, index) => {
                walk.ty(*base);
                walk.expr(*index);
            }
            TypeKind::Resource(ty) => ty.iter().for_each(|ty| walk.expr(*ty)),
            TypeKind::Object(members) => {
                for member in members {
                    let name = match member.key {
                        Some(_) => "ObjectTypePropertySyntax",
                        None => "ObjectTypeAdditionalPropertiesSyntax",
                    };
                    walk.node(name, member.range, |walk| {
                        walk.decorators(&member.decorators);
                        member.key.iter().for_each(|key| walk.key(*key));
                        walk.ty(member.ty);
                    });
                }
            }
            TypeKind::Tuple(items) => {
                for item in items {
                    walk.node("TupleTypeItemSyntax", item.range, |walk| {
                        walk.decorators(&item.decorators);
                        walk.ty(item.ty);
                    });
                }
            }
            TypeKind::Literal(value) => {
                if let ExprKind::Interpolation(pieces) = &walk.tree.expr(*value).kind {
                    walk.holes(pieces);
                }
            }
            TypeKind::Name | TypeKind::Error => {}
        });
    }
}
