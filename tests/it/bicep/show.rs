//! The syntax tree in a compact form: operators in parentheses, written parentheses doubled, text
//! that could not be read between `«` and `»`.

use armguard::bicep::{
    BinaryOperator, Decorator, Expr, ExprId, ExprKind, Imported, Item, Link, LinkKind, Member, Piece, Statement,
    StatementKind, Tree, TypeId, TypeKind, UnaryOperator,
};
use armguard::source::TextRange;

/// A tree and its text.
pub(crate) struct Show<'t> {
    pub(crate) text: &'t str,
    pub(crate) tree: &'t Tree,
}

impl Show<'_> {
    fn of(&self, range: TextRange) -> &str {
        range.of(self.text)
    }

    fn list<T>(items: &[T], show: impl FnMut(&T) -> String) -> String {
        items.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn statement(&self, statement: &Statement) -> String {
        let decorators: String = statement.decorators.iter().map(|decorator| self.decorator(decorator)).collect();
        let keyword = self.of(statement.keyword);
        let expr = |id: &ExprId| self.expr(*id);
        let maybe =
            |before: &str, id: &Option<ExprId>| id.map_or(String::new(), |id| before.to_owned() + &self.expr(id));
        let ty = |before: &str, id: &Option<TypeId>| id.map_or(String::new(), |id| before.to_owned() + &self.ty(id));
        let name = |range: &TextRange| if range.is_empty() { "«»".to_owned() } else { self.of(*range).to_owned() };
        let rest = match &statement.kind {
            StatementKind::TargetScope { value } => format!("= {}", expr(value)),
            StatementKind::Metadata { name: n, value } | StatementKind::Assert { name: n, value } => {
                format!("{} = {}", name(n), expr(value))
            }
            StatementKind::Param { name: n, ty: t, value } => name(n) + &ty(": ", t) + &maybe(" = ", value),
            StatementKind::Var { name: n, ty: t, value } => format!("{}{} = {}", name(n), ty(": ", t), expr(value)),
            StatementKind::Output { name: n, ty: t, value } => {
                format!("{}: {} = {}", name(n), self.ty(*t), expr(value))
            }
            StatementKind::Type { name: n, value } => format!("{} = {}", name(n), self.ty(*value)),
            StatementKind::Func { name: n, params, returns, body } => {
                let params = Self::list(params, |param| format!("{}: {}", name(&param.name), self.ty(param.ty)));
                format!("{}({params}): {} => {}", name(n), self.ty(*returns), expr(body))
            }
            StatementKind::Resource { name: n, ty, existing, body } => {
                let existing = if existing.is_some() { " existing" } else { "" };
                format!("{} {}{existing} = {}", name(n), expr(ty), expr(body))
            }
            StatementKind::Module { name: n, reference, body } | StatementKind::Test { name: n, reference, body } => {
                format!("{} {} = {}", name(n), expr(reference), expr(body))
            }
            StatementKind::Import { what, from } => {
                let what = match what {
                    Imported::Names(items) => Self::list(items, |item| {
                        let alias = item.alias.map_or(String::new(), |alias| format!(" as {}", name(&alias)));
                        self.of(item.original).to_owned() + &alias
                    }),
                    Imported::All(n) => format!("* as {}", name(n)),
                    Imported::Error => "«»".to_owned(),
                };
                format!("{what} from {}", expr(from))
            }
            StatementKind::Extension { spec, config, alias } => {
                let alias = alias.map_or(String::new(), |alias| format!(" as {}", name(&alias)));
                expr(spec) + &maybe(" with ", config) + &alias
            }
            StatementKind::ExtensionConfig { alias, config } => format!("{} with {}", name(alias), expr(config)),
            StatementKind::Using { reference, config } => {
                reference.map_or("none".to_owned(), |reference| self.expr(reference)) + &maybe(" with ", config)
            }
            StatementKind::Extends { path } => expr(path),
            StatementKind::Missing => return format!("{decorators}missing"),
            StatementKind::Error => return format!("«{}»", self.of(statement.range)),
        };
        format!("{decorators}{keyword} {rest}")
    }

    fn decorator(&self, decorator: &Decorator) -> String {
        format!("@{} ", self.expr(decorator.value))
    }

    pub(crate) fn expr(&self, id: ExprId) -> String {
        let Expr { kind, range, .. } = self.tree.expr(id);
        let show = |id: &ExprId| self.expr(*id);
        match kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Str | ExprKind::Name => {
                self.of(*range).to_owned()
            }
            ExprKind::Interpolation(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(range) => self.of(*range).to_owned(),
                    Piece::Hole(value) => show(value),
                })
                .collect(),
            ExprKind::Array(items) => format!(
                "[{}]",
                Self::list(items, |item| match item {
                    Item::Value(value) => show(value),
                    Item::Spread { value, .. } => format!("...{}", show(value)),
                })
            ),
            ExprKind::Object(members) => format!(
                "{{{}}}",
                Self::list(members, |member| match member {
                    Member::Property { key, value } => format!("{}: {}", show(key), show(value)),
                    Member::Spread { value, .. } => format!("...{}", show(value)),
                    Member::Nested(id) => self.statement(self.tree.statement(*id)),
                    Member::Error(range) => format!("«{}»", self.of(*range)),
                })
            ),
            ExprKind::For(each) => {
                let index = each.index.map_or(String::new(), |index| format!(", {}", self.of(index)));
                format!("[for {}{index} in {}: {}]", self.of(each.item), show(&each.over), show(&each.body))
            }
            ExprKind::If { condition, body } => format!("if {} {}", show(condition), show(body)),
            ExprKind::Paren(inner) => format!("({})", show(inner)),
            ExprKind::Unary(operator, operand) => format!("({}{})", sign(*operator), show(operand)),
            ExprKind::Binary(operator, left, right) => {
                format!("({} {} {})", show(left), symbol(*operator), show(right))
            }
            ExprKind::Ternary { condition, then, otherwise } => {
                format!("({} ? {} : {})", show(condition), show(then), show(otherwise))
            }
            ExprKind::Lambda { params, body } => {
                format!("({} => {})", Self::list(params, |param| self.of(*param).to_owned()), show(body))
            }
            ExprKind::Call(call) => format!("{}({})", self.of(call.name), Self::list(&call.args, show)),
            ExprKind::Chain { base, links } => {
                let links: String = links.iter().map(|link| self.link(link)).collect();
                format!("{}{links}", show(base))
            }
            ExprKind::Error => format!("«{}»", self.of(*range)),
        }
    }

    fn link(&self, link: &Link) -> String {
        let safe = if link.safe { "?" } else { "" };
        match &link.kind {
            LinkKind::Member(name) => format!(".{safe}{}", self.of(*name)),
            LinkKind::Method { name, args } => {
                format!(".{safe}{}({})", self.of(*name), Self::list(args, |arg| self.expr(*arg)))
            }
            LinkKind::Index(index) => format!("[{safe}{}]", self.expr(*index)),
            LinkKind::FromEnd(index) => format!("[{safe}^{}]", self.expr(*index)),
            LinkKind::Nested(name) => format!("::{}", self.of(*name)),
            LinkKind::NonNull => "!".to_owned(),
        }
    }

    pub(crate) fn ty(&self, id: TypeId) -> String {
        let ty = self.tree.ty(id);
        let show = |id: &TypeId| self.ty(*id);
        match &ty.kind {
            TypeKind::Name => self.of(ty.range).to_owned(),
            TypeKind::Generic { name, args } => format!("{}<{}>", self.of(*name), Self::list(args, show)),
            TypeKind::Literal(value) => self.expr(*value),
            TypeKind::Unary(operator, inner) => format!("({}{})", sign(*operator), show(inner)),
            TypeKind::Object(members) => format!(
                "{{{}}}",
                Self::list(members, |member| {
                    let decorators: String =
                        member.decorators.iter().map(|decorator| self.decorator(decorator)).collect();
                    let key = member.key.map_or("*".to_owned(), |key| self.expr(key));
                    format!("{decorators}{key}: {}", show(&member.ty))
                })
            ),
            TypeKind::Tuple(items) => format!(
                "[{}]",
                Self::list(items, |item| {
                    let decorators: String =
                        item.decorators.iter().map(|decorator| self.decorator(decorator)).collect();
                    decorators + &show(&item.ty)
                })
            ),
            TypeKind::Array(inner) => format!("{}[]", show(inner)),
            TypeKind::Union(members) => {
                format!("({})", members.iter().map(show).collect::<Vec<_>>().join(" | "))
            }
            TypeKind::Nullable(inner) => format!("{}?", show(inner)),
            TypeKind::NonNull(inner) => format!("{}!", show(inner)),
            TypeKind::Paren(inner) => format!("({})", show(inner)),
            TypeKind::Member { base, name, args } if args.is_empty() => format!("{}.{}", show(base), self.of(*name)),
            TypeKind::Member { base, name, args } => {
                format!("{}.{}<{}>", show(base), self.of(*name), Self::list(args, show))
            }
            TypeKind::Index(base, index) => format!("{}[{}]", show(base), self.expr(*index)),
            TypeKind::Items(base) => format!("{}[*]", show(base)),
            TypeKind::AdditionalProperties(base) => format!("{}.*", show(base)),
            TypeKind::Resource(ty) => format!("resource {}", ty.map_or(String::new(), |ty| self.expr(ty))),
            TypeKind::Error => format!("«{}»", self.of(ty.range)),
        }
    }
}

fn sign(operator: UnaryOperator) -> char {
    match operator {
        UnaryOperator::Not => '!',
        UnaryOperator::Minus => '-',
    }
}

fn symbol(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::Equals => "==",
        BinaryOperator::NotEquals => "!=",
        BinaryOperator::EqualsInsensitive => "=~",
        BinaryOperator::NotEqualsInsensitive => "!~",
        BinaryOperator::And => "&&",
        BinaryOperator::Or => "||",
        BinaryOperator::Coalesce => "??",
    }
}
