//! Why a property is what it is: the way from a resource's declaration to what decides it.
//!
//! A value carries no history. When a finding needs one, the syntax is walked again from the body of
//! the resource, through variables, parameters, arguments, defaults and the branches that were taken
//! in the world in which the check failed.

mod calls;
mod flags;

use super::world::World;
use crate::eval::{ResourceRef, Scope, Value};
use crate::source::{IdSet, Span, Str};
use crate::template::{ExprId, ExprKind, Item, Member, MemberKey};

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
    pub steps: Vec<TraceStep>,
    /// Whether only copies (variables, parameters, arguments) lie on the way.
    pub plain: bool,
    /// Whether only copies lie on the way, and branches beside which there is no better one.
    pub only_way: bool,
    /// Where it ends.
    pub end: End,
}

/// A step away from the declaration.
#[derive(Debug)]
pub enum TraceStep {
    /// A variable.
    Variable {
        /// Where it is named.
        used: Span,
        /// Its name.
        name: Str,
    },
    /// An output of a module.
    Output {
        /// Where it is read.
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
    /// A parameter that gets a value from the command line, which is no place in a file that could be edited.
    Typed {
        /// The parameter.
        name: Str,
        /// Where it is declared.
        declared: Span,
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
        /// The condition with its branches.
        conditional: Span,
        /// The condition.
        condition: Span,
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
    /// The literal as text.
    pub text: String,
    /// It is the parameter's default.
    pub default: bool,
    /// The call that does not pass the parameter.
    pub call: Option<Span>,
    /// That call, as it is deployed.
    pub by: Option<Box<ResourceRef>>,
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
        /// As text.
        text: String,
    },
    /// An object that lacks the next name.
    Missing {
        /// The key whose value the object is; `None` when it has none.
        key: Option<Span>,
        /// The object literal, or the null that stands for it; `None` when it is several laid over each other.
        object: Option<Span>,
        /// The first name that is not there, with those behind it.
        rest: Vec<Str>,
    },
    /// A nullable parameter to which nothing is passed.
    NotPassed {
        /// The parameter.
        name: Str,
        /// What is looked for in its value.
        rest: Vec<Str>,
        /// The call that passes nothing; `None` at a root.
        by: Option<Box<ResourceRef>>,
    },
    /// An operator, a function or something unknown.
    Opaque,
}

/// Walks from the body of `resource` along `path`.
pub(in crate::model) fn trace(world: &World<'_, '_>, resource: &ResourceRef, path: &[Str]) -> Trace {
    let body = world.eval.with_declared(resource, |declared| declared.body);
    let mut walker = Tracer::new(world, true, MOST_STEPS);
    let scope = world.eval.scope_of(resource);
    let end = walker.walk(&scope, body, path, None);
    let Tracer { written, used, steps, branch, plain, .. } = walker;
    Trace { written, used, steps, plain: plain && branch.is_none(), only_way: plain && branch != Some(true), end }
}

/// The index, when the path starts with one: `[3]`.
fn index_of(path: &[Str]) -> Option<usize> {
    path.first()?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

struct Tracer<'w, 'e, 'p> {
    world: &'w World<'e, 'p>,
    written: Option<(Span, usize)>,
    used: Option<Span>,
    steps: Vec<TraceStep>,
    plain: bool,
    /// Whether a branch not taken has what is looked for; `None` when there is no branch.
    branch: Option<bool>,
    at_home: bool,
    left: usize,
}

impl<'w, 'e, 'p> Tracer<'w, 'e, 'p> {
    fn new(world: &'w World<'e, 'p>, at_home: bool, left: usize) -> Self {
        Self { world, written: None, used: None, steps: Vec::new(), plain: true, branch: None, at_home, left }
    }
}

impl Tracer<'_, '_, '_> {
    fn walk(&mut self, scope: &Scope, expr: ExprId, path: &[Str], key: Option<Span>) -> End {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return End::Opaque,
        }
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        let at = eval.span_of(scope.frame, expr);
        match &frame.template.expr(expr).kind {
            ExprKind::Object { members, .. } => self.object(scope, members, path, (key, at)),
            ExprKind::Null if !path.is_empty() => {
                self.leave(at);
                End::Missing { key: Some(at), object: Some(at), rest: path.to_vec() }
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
                self.steps.push(TraceStep::Variable { used: at, name: variable.name.clone() });
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
                self.branch(scope, (at, *condition), (*then, *otherwise), path, key)
            }
            ExprKind::Chain { base, links } => self.chain(scope, *base, links, path, at),
            kind @ ExprKind::Call(_) => match kind.builtin().map(|(name, args)| (&**name, args)) {
                None => self.opaque(at),
                Some(("any", [arg])) => self.walk(scope, *arg, path, key),
                Some(("union", args)) => {
                    self.leave(at);
                    self.plain = false;
                    self.layers(scope, args, path)
                }
                Some(("shallowmerge", [list])) => {
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
                Some(("coalesce", args)) => {
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
                        self.flags(scope, expr, value, &mut flags, &mut IdSet::default());
                        self.steps.push(TraceStep::Function { flags });
                    }
                    self.opaque(at)
                }
            },
            ExprKind::Array { items, .. } => match (path.split_first(), index_of(path)) {
                (Some((_, rest)), Some(index)) => match items.get(index) {
                    Some(Item::Value(item)) if items[..index].iter().all(|item| matches!(item, Item::Value(_))) => {
                        if let (true, Some((_, names))) = (self.at_home, self.written) {
                            self.written = Some((self.item_place(scope, *item), names + 1));
                        }
                        self.walk(scope, *item, rest, None)
                    }
                    _ => self.opaque(at),
                },
                _ => self.opaque(at),
            },
            _ => self.opaque(at),
        }
    }

    /// One short place that stands for an item of an array: its name, else its first key.
    fn item_place(&self, scope: &Scope, item: ExprId) -> Span {
        let eval = self.world.eval;
        let frame = eval.frame(scope.frame);
        let ExprKind::Object { members, .. } = &frame.template.expr(item).kind else {
            return eval.span_of(scope.frame, item);
        };
        let is_name =
            |member: &&Member| matches!(&member.key, MemberKey::Name(name) if name.eq_ignore_ascii_case("name"));
        match (members.iter().find(is_name), members.first()) {
            (Some(name), _) => eval.span_of(scope.frame, name.value),
            (None, Some(first)) => first.key_range.in_file(frame.template.file),
            (None, None) => eval.span_of(scope.frame, item),
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

    fn object(&mut self, scope: &Scope, members: &[Member], path: &[Str], (key, at): (Option<Span>, Span)) -> End {
        let Some((name, rest)) = path.split_first() else {
            return End::Missing { key, object: Some(at), rest: Vec::new() };
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
        End::Missing { key, object: Some(at), rest: path.to_vec() }
    }

    fn branch(
        &mut self,
        scope: &Scope,
        (at, condition): (Span, ExprId),
        (then, otherwise): (ExprId, ExprId),
        path: &[Str],
        key: Option<Span>,
    ) -> End {
        let eval = self.world.eval;
        let is_true = eval.condition(&eval.eval(scope, condition));
        let Ok(is_true) = self.world.is_true(is_true) else {
            self.plain = false;
            return End::Opaque;
        };
        let (taken, skipped) = if is_true { (then, otherwise) } else { (otherwise, then) };
        let is_better = self.push_branch(scope, at, (condition, is_true), skipped, path);
        self.branch = Some(is_better || self.branch == Some(true));
        self.walk(scope, taken, path, key)
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
        End::Missing { key: None, object: None, rest: path.to_vec() }
    }
}
