//! Values hidden behind something: what they are stays, whatever stands for them.

use super::builder::Builder;
use crate::entropy::Entropy;
use crate::expr::{Expr, Kind, Operator};
use crate::program::{Function, Parameter, Type, Variable};

/// A value of the same shape as `example`: other truth values and numbers, the same texts.
pub(super) fn vary(example: &Expr, entropy: &mut Entropy<'_>) -> Expr {
    let kind = match &example.kind {
        Kind::Bool(value) => Kind::Bool(*value != entropy.chance(50)),
        Kind::Int(value) => Kind::Int(value + entropy.below(2) as i64),
        other => other.clone(),
    };
    Expr::new(kind, example.args.iter().map(|arg| vary(arg, entropy)).collect())
}

/// Whether `goal` means the same wherever it stands in the template.
fn is_portable(goal: &Expr) -> bool {
    let bound = matches!(goal.kind, Kind::Local(_) | Kind::Runtime(..) | Kind::Output(..) | Kind::For(..));
    !bound && goal.args.iter().all(is_portable)
}

impl Builder<'_, '_, '_> {
    /// A value of the kind of `goal`, hidden as deep as the knobs set.
    pub(super) fn hidden(&mut self, goal: Expr) -> Expr {
        self.value(goal, self.knobs.depth)
    }

    /// An expression whose value is that of `goal`, unless a parameter that it rests on is given another one.
    pub(super) fn value(&mut self, goal: Expr, fuel: u32) -> Expr {
        let is_known =
            matches!(goal.kind, Kind::Bool(_) | Kind::Int(_) | Kind::Str(_) | Kind::Array(_) | Kind::Object(_));
        if fuel == 0 || !(is_known || matches!(goal.kind, Kind::Id(_))) || !self.entropy.chance(self.knobs.disguise) {
            return self.in_parts(goal, fuel);
        }
        let fuel = fuel - 1;
        match self.entropy.below(12) {
            0 => self.variable(goal, fuel),
            1 | 2 => self.parameter(goal, fuel),
            3 => self.ternary(goal, fuel),
            4 => self.coalesced(goal, fuel),
            5 => self.member(goal, fuel),
            6 => self.item(goal, fuel),
            7 => self.found(goal, fuel),
            8 => self.function(goal, fuel),
            _ => self.by_kind(goal, fuel),
        }
    }

    /// A value of a string that may stand in another one. In Bicep no object or array may stand in the hole of a
    /// string.
    fn value_in_text(&mut self, goal: Expr, fuel: u32) -> Expr {
        let value = self.value(goal, fuel);
        let mut is_plain = true;
        value.walk(&mut |part| is_plain &= !matches!(part.kind, Kind::Array(_) | Kind::Object(_)));
        if is_plain { value } else { self.named(value) }
    }

    /// The same, hidden as deep as the knobs set.
    pub(super) fn hidden_in_text(&mut self, goal: Expr) -> Expr {
        self.value_in_text(goal, self.knobs.depth)
    }

    /// `goal` with its parts hidden.
    fn in_parts(&mut self, goal: Expr, fuel: u32) -> Expr {
        // An item of a loop stays what it is.
        let args = goal.args.into_iter();
        match goal.kind {
            Kind::Array(_) | Kind::Object(_) => Expr::new(goal.kind, args.map(|arg| self.value(arg, fuel)).collect()),
            kind => Expr::new(kind, args.collect()),
        }
    }

    fn variable(&mut self, goal: Expr, fuel: u32) -> Expr {
        if !is_portable(&goal) {
            return self.in_parts(goal, fuel);
        }
        let value = match self.loop_of(&goal) {
            Some(made) => made,
            None => self.value(goal, fuel),
        };
        self.named(value)
    }

    /// A variable with this value.
    fn named(&mut self, value: Expr) -> Expr {
        let name = self.name("value");
        self.template.variables.push(Variable { name: name.clone(), value });
        Expr::leaf(Kind::Var(name))
    }

    /// A loop that makes the array `goal`: over its items, of which each member is taken, or written when all have it.
    fn loop_of(&mut self, goal: &Expr) -> Option<Expr> {
        if !self.entropy.chance(self.knobs.loops) {
            return None;
        }
        let (item, index) = (self.name("item"), self.entropy.chance(30));
        let index = index.then(|| self.name("index"));
        let body = same_shape(goal, &item)?;
        Some(Expr::new(Kind::For(item, index), vec![goal.clone(), body]))
    }

    fn parameter(&mut self, goal: Expr, fuel: u32) -> Expr {
        let Some(ty) = Type::of(&goal).filter(|_| goal.is_literal()) else { return self.variable(goal, fuel) };
        let name = self.name("param");
        let special = self.entropy.chance(self.knobs.types);
        let choice = if special { self.entropy.below(4) } else { 4 };
        let unknown = ty != Type::Array && ty != Type::Object && self.entropy.chance(self.knobs.unknown);
        let nullable = choice == 0;
        let mut param = Parameter {
            name: name.clone(),
            ty,
            default: (!unknown && !nullable).then(|| goal.clone()),
            example: goal.clone(),
            allowed: Vec::new(),
            secure: choice == 2 && ty == Type::Str && self.entropy.chance(30),
            nullable,
            shaped: choice == 3 && ty == Type::Object,
        };
        if choice == 1 && matches!(ty, Type::Str | Type::Int) {
            let other = if ty == Type::Str { Expr::str("other") } else { Expr::int(7) };
            param.allowed = vec![goal.clone(), other];
        }
        self.template.params.push(param);
        let given = Expr::leaf(Kind::Param(name));
        if nullable { Expr::binary(Operator::Coalesce, given, self.value(goal, fuel)) } else { given }
    }

    fn ternary(&mut self, goal: Expr, fuel: u32) -> Expr {
        let is_true = self.entropy.chance(50);
        let condition = self.value(Expr::bool(is_true), fuel);
        let other = vary(&goal, self.entropy);
        let (goal, other) = (self.value(goal, fuel), self.value(other, fuel));
        let (then, otherwise) = if is_true { (goal, other) } else { (other, goal) };
        Expr::new(Kind::If, vec![condition, then, otherwise])
    }

    fn coalesced(&mut self, goal: Expr, fuel: u32) -> Expr {
        let given = self.value(goal, fuel);
        let nothing = Expr::new(
            Kind::Member { name: "missing".into(), safe: true },
            vec![self.value(Expr::object([("there", Expr::int(1))]), fuel)],
        );
        Expr::binary(Operator::Coalesce, nothing, given)
    }

    fn member(&mut self, goal: Expr, fuel: u32) -> Expr {
        let safe = self.entropy.chance(30);
        let around = Expr::object([("part", goal), ("other", Expr::int(2))]);
        Expr::new(Kind::Member { name: "part".into(), safe }, vec![self.behind_name(around, fuel)])
    }

    fn item(&mut self, goal: Expr, fuel: u32) -> Expr {
        let around = Expr::array(vec![vary(&goal, self.entropy), goal]);
        let index = self.value(Expr::int(1), fuel);
        // A parameter could give another index.
        let index = if index.is_literal() { index } else { Expr::int(1) };
        Expr::new(Kind::Index, vec![self.behind_name(around, fuel), index])
    }

    /// `goal` as a variable or parameter where it can be one.
    fn behind_name(&mut self, goal: Expr, fuel: u32) -> Expr {
        if self.entropy.chance(50) { self.variable(goal, fuel) } else { self.parameter(goal, fuel) }
    }

    /// The one item of a list that a lambda finds.
    fn found(&mut self, goal: Expr, fuel: u32) -> Expr {
        let name = self.name("each");
        let other = vary(&goal, self.entropy);
        let entry = |key: &str, value: Expr| Expr::object([("key", Expr::str(key)), ("value", value)]);
        let entries = Expr::array(vec![entry("no", other), entry("yes", goal)]);
        let entries = self.behind_name(entries, fuel);
        let member = |name: &str, of: Expr| Expr::new(Kind::Member { name: name.into(), safe: false }, vec![of]);
        let local = || Expr::leaf(Kind::Local(name.clone()));
        let lambda = |body: Expr| Expr::new(Kind::Lambda(vec![name.clone()]), vec![body]);
        if self.entropy.chance(50) {
            let is_yes = Expr::binary(Operator::Equals, member("key", local()), Expr::str("yes"));
            let found = Expr::call("filter", vec![entries, lambda(is_yes)]);
            return member("value", Expr::call("first", vec![found]));
        }
        Expr::call("last", vec![Expr::call("map", vec![entries, lambda(member("value", local()))])])
    }

    /// A function of the template that chooses between what is passed to it.
    fn function(&mut self, goal: Expr, fuel: u32) -> Expr {
        let Some(result) = Type::of(&goal) else { return self.variable(goal, fuel) };
        let name = self.name("function");
        let params = [("first", Type::Bool), ("kept", result), ("other", result)];
        let local = |name: &str| Expr::leaf(Kind::Local(name.to_owned()));
        let body = Expr::new(Kind::If, vec![local("first"), local("kept"), local("other")]);
        let params = params.map(|(name, ty)| (name.to_owned(), ty)).to_vec();
        self.template.functions.push(Function { name: name.clone(), params, result, body });
        let other = vary(&goal, self.entropy);
        let args = [Expr::bool(true), goal, other].map(|arg| self.value(arg, fuel));
        Expr::new(Kind::User(name), args.to_vec())
    }

    fn by_kind(&mut self, goal: Expr, fuel: u32) -> Expr {
        match &goal.kind {
            Kind::Bool(value) => self.truth(*value, fuel),
            Kind::Str(text) => self.text(&text.clone(), fuel),
            Kind::Object(_) if !goal.args.is_empty() => self.merged(goal, fuel),
            Kind::Array(_) => self.joined(goal, fuel),
            Kind::Int(value) => {
                let numbers = Expr::array(vec![Expr::int(*value), Expr::int(value - 1)]);
                Expr::call("max", vec![numbers])
            }
            _ => self.variable(goal, fuel),
        }
    }

    fn truth(&mut self, value: bool, fuel: u32) -> Expr {
        let known = Expr::bool;
        match self.entropy.below(6) {
            0 => Expr::new(Kind::Not, vec![self.value(known(!value), fuel)]),
            1 => {
                let (left, right) = (self.value(known(value), fuel), self.value(known(true), fuel));
                Expr::binary(Operator::And, left, right)
            }
            2 => {
                let (left, right) = (self.value(known(false), fuel), self.value(known(value), fuel));
                Expr::binary(Operator::Or, left, right)
            }
            3 => {
                let (left, right) = (self.value(Expr::str("prod"), fuel), Expr::str("prod"));
                let operator = if value { Operator::Equals } else { Operator::NotEquals };
                Expr::binary(operator, left, right)
            }
            4 => {
                let list = self.value(Expr::array(vec![Expr::str("dev"), Expr::str("prod")]), fuel);
                let sought = Expr::str(if value { "prod" } else { "test" });
                Expr::call("contains", vec![list, sought])
            }
            _ => {
                let list = if value { Expr::array(Vec::new()) } else { Expr::array(vec![Expr::int(1)]) };
                Expr::call("empty", vec![self.value(list, fuel)])
            }
        }
    }

    fn text(&mut self, text: &str, fuel: u32) -> Expr {
        let middle = text.len() / 2;
        let (left, right) = match text.is_char_boundary(middle) {
            true => text.split_at(middle),
            false => (text, ""),
        };
        let (left, right) = (Expr::str(left), Expr::str(right));
        match self.entropy.below(3) {
            0 => {
                let right = self.value_in_text(right, fuel);
                Expr::new(Kind::Text, vec![left, right])
            }
            1 => Expr::call("concat", vec![self.value(left, fuel), self.value(right, fuel)]),
            _ => {
                let parts = Expr::array(vec![left, right]);
                Expr::call("join", vec![self.value(parts, fuel), Expr::str("")])
            }
        }
    }

    /// An object put together: of two halves by `union` or spread, the second one only under a condition, or of a list.
    fn merged(&mut self, goal: Expr, fuel: u32) -> Expr {
        let Kind::Object(keys) = goal.kind else { return goal };
        let mut left: Vec<_> = keys.into_iter().zip(goal.args).collect();
        let right = left.split_off(left.len() / 2);
        let object = |members: Vec<(Option<String>, Expr)>| {
            let (keys, values) = members.into_iter().unzip();
            Expr::new(Kind::Object(keys), values)
        };
        // The second object wins where both have a member.
        if let Some((key, value)) = right.first().filter(|_| self.entropy.chance(40)) {
            left.push((key.clone(), vary(value, self.entropy)));
        }
        let is_doubled = left.last().map(|(key, _)| key) == right.first().map(|(key, _)| key);
        let (left, right) = (object(left), object(right));
        let right = match self.entropy.below(3) {
            _ if is_doubled => self.value(right, fuel),
            0 => self.value(right, fuel),
            choice => {
                let is_true = choice == 1 || self.entropy.chance(50);
                let condition = self.value(Expr::bool(is_true), fuel);
                Expr::new(Kind::If, vec![condition, self.value(right, fuel), Expr::object([])])
            }
        };
        if self.entropy.chance(60) {
            return Expr::call("union", vec![self.value(left, fuel), right]);
        }
        let Expr { kind: Kind::Object(mut keys), args: mut values } = self.in_parts(left, fuel) else { return right };
        keys.push(None);
        values.push(right);
        Expr::new(Kind::Object(keys), values)
    }

    /// An array put together: of two halves, or item by item.
    fn joined(&mut self, goal: Expr, fuel: u32) -> Expr {
        let mut left = goal.args;
        let right = Expr::array(left.split_off(left.len() / 2));
        let left = Expr::array(left);
        match self.entropy.below(3) {
            0 => Expr::call("concat", vec![self.value(left, fuel), self.value(right, fuel)]),
            1 => {
                let values = vec![self.value(left, fuel), self.value(right, fuel)];
                Expr::new(Kind::Array(vec![true; 2]), values)
            }
            _ => {
                let name = self.name("each");
                let body = Expr::leaf(Kind::Local(name.clone()));
                let all = self.value(Expr::call("concat", vec![left, right]), fuel);
                Expr::call("map", vec![all, Expr::new(Kind::Lambda(vec![name]), vec![body])])
            }
        }
    }
}

/// The items of an array of objects with the same keys, as one object in terms of the item `item`.
fn same_shape(goal: &Expr, item: &str) -> Option<Expr> {
    let Kind::Object(keys) = &goal.args.first().filter(|_| matches!(goal.kind, Kind::Array(_)))?.kind else {
        return None;
    };
    if goal.args.iter().any(|other| !matches!(&other.kind, Kind::Object(others) if others == keys)) {
        return None;
    }
    let member = |at: usize, key: &Option<String>| {
        let mut values = goal.args.iter().map(|item| item.args.get(at));
        let first = values.next().flatten()?;
        let of = Expr::leaf(Kind::Local(item.to_owned()));
        let taken = Expr::new(Kind::Member { name: key.clone()?, safe: false }, vec![of]);
        Some(if values.all(|value| value == Some(first)) { first.clone() } else { taken })
    };
    let values: Option<Vec<Expr>> = keys.iter().enumerate().map(|(at, key)| member(at, key)).collect();
    Some(Expr::new(Kind::Object(keys.clone()), values?))
}
