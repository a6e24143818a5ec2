//! Why a property is what it is: the way from a resource's declaration to what decides it.
//!
//! A value carries no history. When a finding needs one, the syntax is walked again from the body of
//! the resource, through variables, parameters, arguments, defaults and the branches that were taken
//! in the world in which the check failed.

use super::world::World;
use crate::eval::{Given, Inputs, ResourceRef, Scope, Value};
use crate::source::Span;
use crate::template::{
    Access, Callee, DeploymentSource, ExprId, ExprKind, Item, Link, Member, MemberKey, ParamId, Piece, Str,
};

/// Steps after which a way is given up.
const MOST_STEPS: usize = 64;

/// The way to what decides.
#[derive(Debug)]
pub struct Trace {
    /// The deepest key on the path that is written in the declaration itself, and how many names of
    /// the path it accounts for.
    pub written: Option<(Span, usize)>,
    /// The value behind that key, where it is not an object literal.
    pub used: Option<Span>,
    /// The steps, from the declaration outward.
    pub steps: Vec<Step>,
    /// Whether only copies (variables, parameters, arguments) lie on the way.
    pub plain: bool,
    /// Where it ends.
    pub end: End,
}

/// A step away from the declaration.
#[derive(Debug)]
pub enum Step {
    /// A variable.
    Variable {
        /// Where it is named.
        used: Span,
        /// Its name.
        name: Str,
    },
    /// An output of a module.
    Output {
        /// Where it is asked for.
        used: Span,
        /// Where it is declared.
        declared: Span,
    },
    /// A parameter that gets an argument from the template that calls.
    Argument {
        /// Where the parameter is named.
        used: Span,
    },
    /// A parameter that gets a value from a parameter file.
    File {
        /// Where the parameter is named.
        used: Span,
    },
    /// A parameter that has its default (or null), because nothing is passed.
    Default {
        /// Where the parameter is named.
        used: Span,
        /// Its name.
        name: Str,
        /// Where it is declared.
        declared: Span,
        /// The call that does not pass it; `None` at a root.
        call: Option<Span>,
    },
    /// A function.
    Function {
        /// The literals that its arguments come from.
        flags: Vec<Flag>,
    },
    /// A condition.
    Branch {
        /// The condition.
        condition: Span,
        /// What would have come with the other answer.
        skipped: Span,
        /// Whether the branch not taken has what is looked for.
        would_have: bool,
        /// The values that give the answer.
        flags: Vec<Flag>,
    },
}

/// A parameter's value that gives a condition its answer.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The parameter.
    pub name: Str,
    /// The literal.
    pub literal: Span,
    /// The literal in words.
    pub text: String,
    /// It is the parameter's default.
    pub default: bool,
    /// The condition is this parameter alone, and nothing else uses it.
    pub dedicated: bool,
}

/// Where a way ends.
#[derive(Debug)]
pub enum End {
    /// A literal.
    Literal {
        /// Where.
        at: Span,
        /// In words.
        text: String,
    },
    /// An object that lacks the next name.
    Missing {
        /// The key whose value the object is; `None` when it has none.
        key: Option<Span>,
        /// The first name that is not there, with those behind it.
        rest: String,
    },
    /// A nullable parameter to which nothing is passed.
    NotPassed,
    /// An operator, a function or something unknown.
    Opaque,
}

/// Walks from the body of `resource` along `path`.
pub(super) fn trace(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Trace {
    let body = world.eval.with_declared(resource, |declared| declared.body);
    let mut walker =
        Walker { world, written: None, used: None, steps: Vec::new(), plain: true, at_home: true, left: MOST_STEPS };
    let scope = world.eval.scope_of(resource);
    let end = walker.walk(&scope, body, path, None);
    Trace { written: walker.written, used: walker.used, steps: walker.steps, plain: walker.plain, end }
}

/// The index, when the path starts with one: `[3]`.
fn index_of(path: &[Str]) -> Option<usize> {
    path.first()?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

struct Walker<'w, 'e, 'p> {
    world: &'w World<'e, 'p>,
    written: Option<(Span, usize)>,
    used: Option<Span>,
    steps: Vec<Step>,
    plain: bool,
    at_home: bool,
    left: usize,
}

impl Walker<'_, '_, '_> {
    fn walk(&mut self, scope: &Scope, expr: ExprId, path: &[Str], key: Option<Span>) -> End {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return End::Opaque,
        }
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        let at = eval.span_of(scope.frame, expr);
        match &frame.template.expr(expr).kind {
            ExprKind::Object { members, .. } => self.object(scope, members, path, key),
            ExprKind::Null if !path.is_empty() => {
                self.leave(at);
                End::Missing { key: Some(at), rest: path.join(".") }
            }
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Str(_) => {
                End::Literal { at, text: eval.print_term(eval.reify(&eval.eval(scope, expr))) }
            }
            ExprKind::Param(id) => {
                self.leave(at);
                self.param(scope, *id, at, path)
            }
            ExprKind::Variable(id) => {
                self.leave(at);
                let Some(variable) = frame.template.variables.get(id.0 as usize) else { return End::Opaque };
                self.steps.push(Step::Variable { used: at, name: variable.name.clone() });
                self.walk(&Scope { frame: scope.frame, env: None }, variable.value, path, None)
            }
            ExprKind::Local(id) => match eval.local_expr(scope, *id) {
                Some((scope, expr)) => {
                    self.leave(at);
                    self.walk(&scope, expr, path, None)
                }
                None => self.opaque(at),
            },
            ExprKind::If { condition, then, otherwise } => {
                self.leave(at);
                self.branch(scope, *condition, (*then, *otherwise), path, key)
            }
            ExprKind::Chain { base, links } => self.chain(scope, *base, links, path, at),
            ExprKind::Call { callee: Callee::Builtin(name), args } => match (&**name, &**args) {
                ("any", [arg]) => self.walk(scope, *arg, path, key),
                ("union", args) => {
                    self.leave(at);
                    self.plain = false;
                    self.layers(scope, args, path)
                }
                ("shallowmerge", [list]) => {
                    self.leave(at);
                    self.plain = false;
                    match &frame.template.expr(*list).kind {
                        ExprKind::Array { items, .. } => {
                            let args: Vec<ExprId> = items
                                .iter()
                                .filter_map(|item| match item {
                                    Item::Value(expr) => Some(*expr),
                                    Item::Spread(_) => None,
                                })
                                .collect();
                            self.layers(scope, &args, path)
                        }
                        _ => End::Opaque,
                    }
                }
                ("coalesce", args) => {
                    self.leave(at);
                    self.plain = false;
                    let present =
                        |arg: &&ExprId| !matches!(self.settled(scope, **arg), Some(Value::Null | Value::Absent));
                    match args.iter().find(present).or(args.last()) {
                        Some(arg) => self.walk(scope, *arg, path, None),
                        None => End::Opaque,
                    }
                }
                _ => {
                    // Of a yes or no it helps to know where it comes from; of a name it does not.
                    if let Some(Value::Bool(value)) = self.settled(scope, expr) {
                        let mut flags = Vec::new();
                        self.flags(scope, expr, value, &mut flags, 16);
                        self.steps.push(Step::Function { flags });
                    }
                    self.opaque(at)
                }
            },
            ExprKind::Array { items, .. } => match (path.split_first(), index_of(path)) {
                (Some((_, rest)), Some(index)) => match items.get(index) {
                    Some(Item::Value(item)) if items[..index].iter().all(|item| matches!(item, Item::Value(_))) => {
                        self.walk(scope, *item, rest, None)
                    }
                    _ => self.opaque(at),
                },
                _ => self.opaque(at),
            },
            _ => self.opaque(at),
        }
    }

    /// The way leaves the declaration's own object literals here.
    fn leave(&mut self, at: Span) {
        if std::mem::replace(&mut self.at_home, false) {
            self.used = Some(at);
        }
    }

    fn opaque(&mut self, at: Span) -> End {
        self.leave(at);
        self.plain = false;
        End::Opaque
    }

    fn settled(&self, scope: &Scope, expr: ExprId) -> Option<Value> {
        self.world.settle(self.world.eval.eval(scope, expr)).ok()
    }

    /// Whether `expr` has something other than null at `path`.
    fn has(&self, scope: &Scope, expr: ExprId, path: &[Str]) -> bool {
        let mut value = self.settled(scope, expr);
        for name in path {
            let eval = self.world.eval;
            value = value.and_then(|value| {
                let next = match index_of(std::slice::from_ref(name)) {
                    Some(index) => eval.item(&value, &Value::Int(index as i64)),
                    None => eval.member(&value, name),
                };
                self.world.settle(next).ok()
            });
        }
        !matches!(value, None | Some(Value::Null | Value::Absent | Value::Error(_)))
    }

    /// Whether `expr` is an object with a member `name`, be it null.
    fn writes(&self, scope: &Scope, expr: ExprId, name: &str) -> bool {
        let member = self.settled(scope, expr).map(|value| self.world.eval.member(&value, name));
        let member = member.and_then(|member| self.world.settle(member).ok());
        !matches!(member, None | Some(Value::Absent | Value::Error(_)))
    }

    fn object(&mut self, scope: &Scope, members: &[Member], path: &[Str], key: Option<Span>) -> End {
        let Some((name, rest)) = path.split_first() else {
            return End::Missing { key, rest: String::new() };
        };
        let file = self.world.eval.frame(scope.frame).template.file;
        for member in members.iter().rev() {
            match &member.key {
                MemberKey::Name(known) if known.eq_ignore_ascii_case(name) => {
                    let key = member.key_range.in_file(file);
                    if self.at_home {
                        let before = self.written.map_or(0, |(_, names)| names);
                        self.written = Some((key, before + 1));
                    }
                    return self.walk(scope, member.value, rest, Some(key));
                }
                // What is spread later wins, even with less below this name.
                MemberKey::Spread if self.writes(scope, member.value, name) => {
                    self.leave(self.world.eval.span_of(scope.frame, member.value));
                    self.plain = false;
                    return self.walk(scope, member.value, path, None);
                }
                _ => {}
            }
        }
        for member in members.iter().rev().filter(|member| matches!(member.key, MemberKey::Spread)) {
            self.note_skipped(scope, member.value, path);
        }
        End::Missing { key, rest: path.join(".") }
    }

    fn param(&mut self, scope: &Scope, id: ParamId, used: Span, path: &[Str]) -> End {
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        let Some(param) = frame.template.params.get(id.0 as usize) else { return End::Opaque };
        let declared = param.name_range.in_file(frame.template.file);
        let call = match &frame.inputs {
            Inputs::Root(given) => {
                if let Some(given) = given.iter().find(|given| self.gives(given, &param.name)) {
                    self.steps.push(Step::File { used });
                    return self.walk(&given.scope, given.expr, path, None);
                }
                None
            }
            Inputs::Call { by } => {
                let caller = eval.frame(by.frame);
                let declaration = caller.template.resource(by.resource);
                let deployment = declaration.deployment.as_ref();
                let passed = self.world.settle(eval.argument(by, &param.name)).ok();
                let args = deployment.and_then(|deployment| deployment.params);
                if let (Some(args), false) = (args, matches!(passed, None | Some(Value::Absent | Value::Null))) {
                    self.steps.push(Step::Argument { used });
                    let wrapped = deployment.is_some_and(|deployment| deployment.wrapped);
                    let mut names = vec![param.name.clone()];
                    names.extend(wrapped.then(|| "value".into()));
                    names.extend(path.iter().cloned());
                    return self.walk(&eval.scope_of(by), args, &names, None);
                }
                let key = deployment.and_then(|deployment| deployment.params_key).unwrap_or(declaration.head);
                Some(key.in_file(caller.template.file))
            }
            Inputs::File { given, .. } => {
                match given.iter().find(|given| given.name.eq_ignore_ascii_case(&param.name)) {
                    Some(given) => return self.walk(&given.scope, given.expr, path, None),
                    None => None,
                }
            }
            Inputs::Import => None,
        };
        let known = param.default.is_some() || param.nullable;
        if known {
            self.steps.push(Step::Default { used, name: param.name.clone(), declared, call });
        }
        match param.default {
            Some(default) => self.walk(&Scope { frame: scope.frame, env: None }, default, path, None),
            None if param.nullable => End::NotPassed,
            None => End::Opaque,
        }
    }

    fn gives(&self, given: &Given, name: &str) -> bool {
        given.name.eq_ignore_ascii_case(name) && !matches!(self.world.eval.force(&given.value), Value::Null)
    }

    fn branch(
        &mut self,
        scope: &Scope,
        condition: ExprId,
        (then, otherwise): (ExprId, ExprId),
        path: &[Str],
        key: Option<Span>,
    ) -> End {
        let eval = self.world.eval;
        let holds = eval.condition(&eval.eval(scope, condition));
        let Ok(holds) = self.world.holds(holds) else {
            self.plain = false;
            return End::Opaque;
        };
        let (taken, skipped) = if holds { (then, otherwise) } else { (otherwise, then) };
        self.push_branch(scope, condition, holds, skipped, path);
        self.plain = false;
        self.walk(scope, taken, path, key)
    }

    fn push_branch(&mut self, scope: &Scope, condition: ExprId, holds: bool, skipped: ExprId, path: &[Str]) {
        let eval = self.world.eval;
        let would_have = self.has(scope, skipped, path);
        let mut flags = Vec::new();
        self.flags(scope, condition, holds, &mut flags, 16);
        if let ExprKind::Param(id) = eval.frame(scope.frame).template.expr(condition).kind {
            let uses = eval.frame(scope.frame).template.params.get(id.0 as usize).map_or(0, |param| param.uses);
            for flag in &mut flags {
                flag.dedicated = uses == 1;
            }
        }
        self.steps.push(Step::Branch {
            condition: eval.span_of(scope.frame, condition),
            skipped: eval.span_of(scope.frame, skipped),
            would_have,
            flags,
        });
    }

    /// The literals that make `expr` be `wanted`.
    fn flags(&self, scope: &Scope, expr: ExprId, wanted: bool, found: &mut Vec<Flag>, left: u32) {
        let Some(left) = left.checked_sub(1) else { return };
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        match &frame.template.expr(expr).kind {
            ExprKind::Param(id) => found.extend(self.flag(scope, *id)),
            ExprKind::Variable(id) => {
                if let Some(variable) = frame.template.variables.get(id.0 as usize) {
                    self.flags(&Scope { frame: scope.frame, env: None }, variable.value, wanted, found, left);
                }
            }
            ExprKind::Chain { base, .. } => self.flags(scope, *base, wanted, found, left),
            ExprKind::Interpolation(pieces) => {
                for piece in pieces {
                    if let Piece::Hole(hole) = piece {
                        self.flags(scope, *hole, wanted, found, left);
                    }
                }
            }
            ExprKind::Call { callee: Callee::Builtin(name), args } => {
                let all = match &**name {
                    "and" => wanted,
                    "or" => !wanted,
                    _ => true,
                };
                let wanted = wanted != (&**name == "not");
                for arg in args {
                    let holds = eval.condition(&eval.eval(scope, *arg));
                    if all || self.world.holds(holds).ok() == Some(wanted) {
                        self.flags(scope, *arg, wanted, found, left);
                    }
                }
            }
            _ => {}
        }
    }

    /// The literal that gives a parameter its value.
    fn flag(&self, scope: &Scope, id: ParamId) -> Option<Flag> {
        let frame = self.world.eval.frame(scope.frame);
        let param = frame.template.params.get(id.0 as usize)?;
        let at = param.name_range.in_file(frame.template.file);
        let mut walker = Walker {
            world: self.world,
            written: None,
            used: None,
            steps: Vec::new(),
            plain: true,
            at_home: false,
            left: self.left,
        };
        match walker.param(scope, id, at, &[]) {
            End::Literal { at, text } => Some(Flag {
                name: param.name.clone(),
                literal: at,
                text,
                default: matches!(walker.steps.last(), Some(Step::Default { .. })),
                dedicated: false,
            }),
            _ => None,
        }
    }

    /// Objects laid over each other: the last that has what is looked for.
    fn layers(&mut self, scope: &Scope, args: &[ExprId], path: &[Str]) -> End {
        let shared =
            |walker: &Self, arg: ExprId| (1..=path.len()).rev().find(|names| walker.has(scope, arg, &path[..*names]));
        let mut best: Option<(usize, ExprId)> = None;
        for arg in args {
            if let Some(names) = shared(self, *arg)
                && best.is_none_or(|(most, _)| names >= most)
            {
                best = Some((names, *arg));
            }
        }
        let whole = best.filter(|(names, _)| *names == path.len());
        if let Some((_, arg)) = whole {
            return self.walk(scope, arg, path, None);
        }
        for arg in args {
            self.note_skipped(scope, *arg, path);
        }
        End::Missing { key: None, rest: path.join(".") }
    }

    /// Notes the condition by which `expr` does not have what its other branch has.
    fn note_skipped(&mut self, scope: &Scope, expr: ExprId, path: &[Str]) {
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        match &frame.template.expr(expr).kind {
            ExprKind::If { condition, then, otherwise } => {
                let holds = eval.condition(&eval.eval(scope, *condition));
                if let Ok(holds) = self.world.holds(holds) {
                    let skipped = if holds { *otherwise } else { *then };
                    if self.has(scope, skipped, path) {
                        self.push_branch(scope, *condition, holds, skipped, path);
                    }
                }
            }
            ExprKind::Variable(id) => {
                if let (Some(variable), Some(left)) =
                    (frame.template.variables.get(id.0 as usize), self.left.checked_sub(1))
                {
                    self.left = left;
                    self.note_skipped(&Scope { frame: scope.frame, env: None }, variable.value, path);
                }
            }
            _ => {}
        }
    }

    fn chain(&mut self, scope: &Scope, base: ExprId, links: &[Link], path: &[Str], at: Span) -> End {
        let eval = self.world.eval;
        let mut names: Vec<Str> = Vec::with_capacity(links.len() + path.len());
        for link in links {
            match &link.access {
                Access::Member(name) => names.push(name.clone()),
                Access::Index(index) => match self.settled(scope, *index) {
                    Some(Value::Str(name)) => names.push(name),
                    Some(Value::Int(index)) => names.push(format!("[{index}]").into()),
                    _ => return self.opaque(at),
                },
                Access::FromEnd(_) | Access::Method { .. } => return self.opaque(at),
            }
        }
        names.extend(path.iter().cloned());
        match eval.eval(scope, base) {
            Value::Resource(of) => {
                self.leave(at);
                let full: Vec<Str> = of.path.iter().cloned().chain(names).collect();
                self.output(&of, &full, at)
            }
            _ => {
                self.leave(at);
                self.walk(scope, base, &names, None)
            }
        }
    }

    /// `outputs.x` of a module, or `properties.outputs.x.value` of an ARM deployment.
    fn output(&mut self, of: &ResourceRef, path: &[Str], used: Span) -> End {
        let eval = self.world.eval;
        let is = |at: usize, name: &str| path.get(at).is_some_and(|known| known.eq_ignore_ascii_case(name));
        let from_arm = is(0, "properties");
        let first = usize::from(from_arm);
        let (true, Some(name)) = (is(first, "outputs"), path.get(first + 1)) else { return self.opaque(used) };
        let rest = &path[(first + 2 + usize::from(from_arm)).min(path.len())..];
        let outer = eval.with_declared(of, |declared| {
            match declared.deployment.as_ref().map(|deployment| &deployment.source) {
                Some(DeploymentSource::Outer(outputs)) => {
                    outputs.iter().find(|output| output.name.eq_ignore_ascii_case(name)).cloned()
                }
                _ => None,
            }
        });
        let (scope, output) = match (outer, eval.child(of)) {
            (Some(output), _) => (eval.scope_of(of), output),
            (None, Some(child)) => match eval.frame(child).template.output(name) {
                Some(output) => (Scope { frame: child, env: None }, output.clone()),
                None => return End::Opaque,
            },
            (None, None) => return End::Opaque,
        };
        let declared = output.name_range.in_file(eval.frame(scope.frame).template.file);
        self.steps.push(Step::Output { used, declared });
        self.walk(&scope, output.value, rest, None)
    }
}
