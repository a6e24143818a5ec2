//! Types of parameters, as far as values depend on them.

use super::Lowering;
use crate::bicep::{self, ExprKind, Name, Statement, StatementKind, Type, TypeId, TypeKind, UnaryOperator};
use crate::source::Stack;
use crate::source::stack::Recursion;
use crate::template::{ExprKind as Lowered, Item, Param, ParamType, Secrecy};

/// How far a type is followed, through aliases, too; beyond that it is taken as unknown. (An alias may
/// refer to itself, and more than once.)
struct TypeLimits {
    /// Levels further down.
    depth: u32,
    /// Parts in all.
    parts: u32,
}

const PARTS: u32 = 10_000;

/// What a type requires of values.
#[derive(Default)]
pub(super) struct Facts {
    ty: ParamType,
    nullable: bool,
    /// It is declared `@secure()`.
    pub(super) secure: bool,
    /// The only values, if they are listed.
    literals: Option<Vec<LiteralType>>,
}

/// A literal in a type.
#[derive(Clone, Copy)]
struct LiteralType {
    value: bicep::ExprId,
    negative: bool,
}

impl Facts {
    fn of(ty: ParamType) -> Self {
        Self { ty, ..Self::default() }
    }

    /// Those of a union: what all members require.
    fn union(members: impl Iterator<Item = Self>) -> Self {
        let mut union = Self { literals: Some(Vec::new()), ..Self::default() };
        let mut is_first = true;
        for member in members {
            union.nullable |= member.nullable;
            union.secure |= member.secure;
            let is_null = member.nullable && member.literals.as_ref().is_some_and(Vec::is_empty);
            match (&mut union.literals, member.literals) {
                (Some(known), Some(more)) => known.extend(more),
                _ => union.literals = None,
            }
            if !is_null {
                union.ty = if is_first || union.ty == member.ty { member.ty } else { ParamType::Other };
                is_first = false;
            }
        }
        union
    }
}

impl<'t> Lowering<'t> {
    pub(super) fn param(
        &mut self,
        statement: &'t Statement,
        name: Name,
        ty: Option<TypeId>,
        default: Option<bicep::ExprId>,
    ) -> Param {
        let facts = ty.map(|ty| self.type_facts(ty)).unwrap_or_default();
        let secure = facts.secure || self.has_decorator(&statement.decorators, "secure");
        let secrecy = match ty {
            _ if secure => Secrecy::Whole,
            Some(ty) => self.secrecy(ty),
            None => Secrecy::Open,
        };
        let allowed = match self.decorator(&statement.decorators, "allowed") {
            Some([values, ..]) => Some(self.expr(*values)),
            _ => facts.literals.filter(|literals| !literals.is_empty()).zip(ty).map(|(literals, ty)| {
                let items = literals.into_iter().map(|literal| Item::Value(self.literal(literal))).collect();
                self.out.push(Lowered::Array { items, open: false }, self.tree.ty(ty).range)
            }),
        };
        Param {
            name: self.str(name),
            name_range: name,
            ty: facts.ty,
            secure,
            secrecy,
            nullable: facts.nullable,
            default: default.map(|default| self.expr(default)),
            allowed,
            min_length: self.min_length(&statement.decorators),
            uses: 0,
        }
    }

    /// The number in `@minLength(…)`.
    fn min_length(&self, decorators: &[bicep::Decorator]) -> u32 {
        let number = match self.decorator(decorators, "minLength") {
            Some([number, ..]) => self.slice(self.tree.expr(*number).range),
            _ => return 0,
        };
        number.parse().unwrap_or_default()
    }

    fn literal(&mut self, literal: LiteralType) -> crate::template::ExprId {
        if literal.negative { self.negated(literal.value) } else { self.expr(literal.value) }
    }

    pub(super) fn type_facts(&self, ty: TypeId) -> Facts {
        self.facts(ty, &mut TypeLimits { depth: Stack::here().levels(Recursion::BicepType), parts: PARTS })
    }

    fn facts(&self, id: TypeId, limits: &mut TypeLimits) -> Facts {
        let (Some(depth), Some(parts)) = (limits.depth.checked_sub(1), limits.parts.checked_sub(1)) else {
            return Facts::default();
        };
        *limits = TypeLimits { depth, parts };
        let facts = self.facts_of(self.tree.ty(id), limits);
        limits.depth += 1;
        facts
    }

    fn facts_of(&self, ty: &Type, limits: &mut TypeLimits) -> Facts {
        match &ty.kind {
            TypeKind::Name => self.named_facts(self.slice(ty.range), limits),
            TypeKind::Literal(value) => self.literal_facts(*value, false),
            TypeKind::Unary(UnaryOperator::Minus, operand) => match self.tree.ty(*operand).kind {
                TypeKind::Literal(value) => self.literal_facts(value, true),
                _ => Facts::default(),
            },
            TypeKind::Object(_) => Facts::of(ParamType::Object),
            TypeKind::Array(_) | TypeKind::Tuple(_) => Facts::of(ParamType::Array),
            TypeKind::Union(members) => Facts::union(members.iter().map(|member| self.facts(*member, limits))),
            TypeKind::Nullable(inner) => Facts { nullable: true, ..self.facts(*inner, limits) },
            TypeKind::NonNull(inner) => Facts { nullable: false, ..self.facts(*inner, limits) },
            TypeKind::Paren(inner) => self.facts(*inner, limits),
            TypeKind::Member { base, name, .. } if self.is_sys(*base) => builtin_facts(self.slice(*name)),
            TypeKind::Member { .. }
            | TypeKind::Generic { .. }
            | TypeKind::Unary(UnaryOperator::Not, _)
            | TypeKind::Index(..)
            | TypeKind::Items(_)
            | TypeKind::AdditionalProperties(_)
            | TypeKind::Resource(_)
            | TypeKind::Error => Facts::default(),
        }
    }

    fn named_facts(&self, name: &str, limits: &mut TypeLimits) -> Facts {
        match self.aliases.get(name).map(|alias| (&alias.kind, alias)) {
            Some((StatementKind::Type { value, .. }, alias)) => {
                let facts = self.facts(*value, limits);
                let secure = facts.secure || self.has_decorator(&alias.decorators, "secure");
                Facts { secure, ..facts }
            }
            Some(_) => Facts::default(),
            None => builtin_facts(name),
        }
    }

    fn literal_facts(&self, value: bicep::ExprId, negative: bool) -> Facts {
        let literals = Some(vec![LiteralType { value, negative }]);
        let ty = match self.tree.expr(value).kind {
            ExprKind::Str => ParamType::String,
            ExprKind::Int(_) => ParamType::Int,
            ExprKind::Bool(_) => ParamType::Bool,
            ExprKind::Null => return Facts { nullable: true, literals: Some(Vec::new()), ..Facts::default() },
            _ => return Facts::default(),
        };
        Facts { literals, ..Facts::of(ty) }
    }

    fn is_sys(&self, id: TypeId) -> bool {
        let ty = self.tree.ty(id);
        matches!(ty.kind, TypeKind::Name) && self.slice(ty.range) == "sys"
    }
}

fn builtin_facts(name: &str) -> Facts {
    Facts::of(match name {
        "string" => ParamType::String,
        "int" => ParamType::Int,
        "bool" => ParamType::Bool,
        "object" => ParamType::Object,
        "array" => ParamType::Array,
        _ => ParamType::Other,
    })
}
