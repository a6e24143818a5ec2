//! Expressions: literals, operators, loops and lambdas.

use super::Lowering;
use super::names::{ScopedName, Symbol};
use crate::bicep::{
    self, BinaryOperator, ExprKind as Syntax, For, Item as SyntaxItem, Member as SyntaxMember, Name,
    Piece as SyntaxPiece, StringForm, UnaryOperator,
};
use crate::source::TextRange;
use crate::template::{Callee, ExprId, ExprKind, Item, Loop, Member, MemberKey, Over, Piece};

impl<'t> Lowering<'t> {
    /// Lowers an expression and all in it.
    pub(super) fn expr(&mut self, id: bicep::ExprId) -> ExprId {
        let expr = self.tree.expr(id);
        let range = expr.range;
        let kind = match &expr.kind {
            Syntax::Paren(inner) => return self.expr(*inner),
            Syntax::Call(call) => return self.call(range, call.name, &call.args),
            Syntax::Chain { base, links } => return self.chain(range, *base, links),
            Syntax::Unary(operator, operand) => return self.unary(range, *operator, *operand),
            Syntax::Binary(operator, left, right) => return self.binary(range, *operator, *left, *right),
            Syntax::Null => ExprKind::Null,
            Syntax::Bool(value) => ExprKind::Bool(*value),
            Syntax::Int(value) => self.int(*value),
            Syntax::Str => ExprKind::Str(self.string(range)),
            Syntax::Interpolation(pieces) => self.interpolation(pieces),
            Syntax::Array(items) => self.array(items, expr.broken),
            Syntax::Object(members) => self.object(members, expr.broken),
            Syntax::For(each) => self.for_loop(each),
            Syntax::Ternary { condition, then, otherwise } => ExprKind::If {
                condition: self.expr(*condition),
                then: self.expr(*then),
                otherwise: self.expr(*otherwise),
            },
            Syntax::Lambda { params, body } => self.lambda(params, *body),
            Syntax::Name => self.name(range),
            // An `if` is no value: it belongs to the resource that has it as body.
            Syntax::If { .. } | Syntax::Error => ExprKind::Unreadable,
        };
        self.out.push(kind, range)
    }

    fn int(&mut self, value: u64) -> ExprKind {
        match i64::try_from(value) {
            Ok(value) => ExprKind::Int(value),
            Err(_) => ExprKind::Number(self.intern(&value.to_string())),
        }
    }

    fn interpolation(&mut self, pieces: &'t [SyntaxPiece]) -> ExprKind {
        let form = match pieces.first() {
            Some(SyntaxPiece::Text(first)) => StringForm::of(self.slice(*first)),
            _ => StringForm::SingleLine,
        };
        let mut lowered = Vec::with_capacity(pieces.len());
        self.pieces(form, pieces, &mut lowered);
        ExprKind::Interpolation(lowered.into())
    }

    /// Lowers pieces of a string; empty text is left out.
    pub(super) fn pieces(&mut self, form: StringForm, pieces: &[SyntaxPiece], out: &mut Vec<Piece>) {
        for piece in pieces {
            match piece {
                SyntaxPiece::Text(range) => {
                    let value = form.value(self.slice(*range));
                    if !value.is_empty() {
                        let text = self.intern(&value);
                        out.push(Piece::Text(text));
                    }
                }
                SyntaxPiece::Hole(value) => out.push(Piece::Hole(self.expr(*value))),
            }
        }
    }

    fn array(&mut self, items: &[SyntaxItem], open: bool) -> ExprKind {
        let items = items.iter().map(|item| match item {
            SyntaxItem::Value(value) => Item::Value(self.expr(*value)),
            SyntaxItem::Spread { value, .. } => Item::Spread(self.expr(*value)),
        });
        ExprKind::Array { items: items.collect(), open }
    }

    fn object(&mut self, members: &[SyntaxMember], open: bool) -> ExprKind {
        // As large as needed from the start: shrunk in place, it would leave a hole behind.
        let mut lowered = Vec::with_capacity(members.len());
        lowered.extend(members.iter().filter_map(|member| match member {
            SyntaxMember::Property { key, value } => {
                let key_range = self.tree.expr(*key).range;
                Some(Member { key: self.key(*key)?, key_range, value: self.expr(*value) })
            }
            SyntaxMember::Spread { dots, value } => {
                Some(Member { key: MemberKey::Spread, key_range: *dots, value: self.expr(*value) })
            }
            // A nested resource is no part of the value; unreadable text has left the object open.
            SyntaxMember::Nested(_) | SyntaxMember::Error(_) => None,
        }));
        ExprKind::Object { members: lowered.into(), open }
    }

    /// The key of a member; none if it cannot be read.
    fn key(&mut self, id: bicep::ExprId) -> Option<MemberKey> {
        let expr = self.tree.expr(id);
        match expr.kind {
            Syntax::Name => Some(MemberKey::Name(self.str(expr.range))),
            Syntax::Str => Some(MemberKey::Name(self.string(expr.range))),
            Syntax::Error => None,
            _ => Some(MemberKey::Computed(self.expr(id))),
        }
    }

    fn for_loop(&mut self, each: &For) -> ExprKind {
        let over = Over::Array(self.expr(each.over));
        let scope = self.scopes.enter();
        let item = Some(self.bind(each.item));
        let index = each.index.map(|index| self.bind(index));
        let body = self.expr(each.body);
        self.scopes.leave(scope);
        ExprKind::Loop(Box::new(Loop { over, item, index, body }))
    }

    fn lambda(&mut self, params: &[Name], body: bicep::ExprId) -> ExprKind {
        let scope = self.scopes.enter();
        let params = params.iter().map(|param| self.bind(*param)).collect();
        let body = self.expr(body);
        self.scopes.leave(scope);
        ExprKind::Lambda { params, body }
    }

    /// What a name that stands for a value means.
    fn name(&mut self, range: TextRange) -> ExprKind {
        let name = self.slice(range);
        match self.scopes.get(name) {
            Some(ScopedName::Local(id)) => return ExprKind::Local(id),
            Some(ScopedName::Resource(id)) => return ExprKind::Resource(id),
            None => {}
        }
        match self.symbols.get(name) {
            Some(Symbol::Param(id)) => {
                if let Some(uses) = self.uses.get_mut(id.0 as usize) {
                    *uses += 1;
                }
                ExprKind::Param(*id)
            }
            Some(Symbol::Variable(id)) => ExprKind::Variable(*id),
            Some(Symbol::Resource(id)) => ExprKind::Resource(*id),
            Some(Symbol::Imported { import, name }) => ExprKind::Imported { import: *import, name: name.clone() },
            Some(Symbol::Function(_) | Symbol::Namespace(_) | Symbol::NoValue) => ExprKind::Unreadable,
            None if name == "base" && self.extends => ExprKind::BaseParameters,
            None => ExprKind::Undeclared(self.intern(name)),
        }
    }

    fn unary(&mut self, range: TextRange, operator: UnaryOperator, operand: bicep::ExprId) -> ExprId {
        match operator {
            UnaryOperator::Not => {
                let operand = self.expr(operand);
                self.builtin("not", &[operand], range)
            }
            UnaryOperator::Minus => {
                if matches!(self.tree.expr(operand).kind, Syntax::Int(_)) {
                    let kind = self.negated(operand);
                    if let Some(expr) = self.out.exprs.get_mut(kind.0 as usize) {
                        expr.range = range;
                    }
                    return kind;
                }
                let zero = self.out.push(ExprKind::Int(0), TextRange::new(range.start, range.start + 1));
                let operand = self.expr(operand);
                self.builtin("sub", &[zero, operand], range)
            }
        }
    }

    /// The negative of an integer literal.
    pub(super) fn negated(&mut self, literal: bicep::ExprId) -> ExprId {
        let expr = self.tree.expr(literal);
        let kind = match expr.kind {
            Syntax::Int(value) => match 0_i64.checked_sub_unsigned(value) {
                Some(value) => ExprKind::Int(value),
                None => ExprKind::Number(self.intern(&format!("-{value}"))),
            },
            _ => ExprKind::Unreadable,
        };
        self.out.push(kind, expr.range)
    }

    fn binary(
        &mut self,
        range: TextRange,
        operator: BinaryOperator,
        left: bicep::ExprId,
        right: bicep::ExprId,
    ) -> ExprId {
        use BinaryOperator as B;
        let mut args = [self.expr(left), self.expr(right)];
        if matches!(operator, B::EqualsInsensitive | B::NotEqualsInsensitive) {
            args = args.map(|arg| {
                let range = self.out.expr(arg).range;
                self.builtin("tolower", &[arg], range)
            });
        }
        let function = match operator {
            B::Multiply => "mul",
            B::Divide => "div",
            B::Modulo => "mod",
            B::Add => "add",
            B::Subtract => "sub",
            B::Less => "less",
            B::LessOrEqual => "lessorequals",
            B::Greater => "greater",
            B::GreaterOrEqual => "greaterorequals",
            B::Equals | B::NotEquals | B::EqualsInsensitive | B::NotEqualsInsensitive => "equals",
            B::And => "and",
            B::Or => "or",
            B::Coalesce => "coalesce",
        };
        let call = self.builtin(function, &args, range);
        match operator {
            B::NotEquals | B::NotEqualsInsensitive => self.builtin("not", &[call], range),
            _ => call,
        }
    }

    /// A call of a function of the language, by its name in lower case.
    pub(super) fn builtin(&mut self, name: &str, args: &[ExprId], range: TextRange) -> ExprId {
        let callee = Callee::Builtin(self.intern(name));
        self.out.push(ExprKind::call(callee, args), range)
    }
}
