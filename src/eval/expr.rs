//! Expressions to values.

use std::rc::Rc;

use super::Evaluator;
use super::frame::FrameInputs;
use super::limits;
use super::term::{Cause, CondId, Term};
use super::value::{self, Array, Closure, Env, FrameId, Members, Object, Part, ResourceRef, Scope, Slot, Value, Work};
use crate::azure::known_modules::UNREAD;
use crate::source::{Span, Str};
use crate::template::{
    Call, Callee, ExprId, ExprKind, FunctionId, Item, LocalId, Loop, Member, MemberKey, Over, ParamId, Piece,
    VariableId,
};

impl Evaluator<'_> {
    /// The value of `expr` in `scope`, as far as to see what it is.
    pub fn eval(&self, scope: &Scope, expr: ExprId) -> Value {
        if self.budget.spent().is_none() {
            self.last.set(Some((scope.frame, expr)));
        }
        let value = match self.step() {
            Ok(_level) => self.eval_kind(scope, expr),
            Err(limit) => limit,
        };
        if let Value::Unknown(term) = value {
            self.note_limit(scope, expr, term);
        }
        value
    }

    /// Says where a limit was met first; what depends on it meets it again.
    fn note_limit(&self, scope: &Scope, expr: ExprId, term: super::TermId) {
        let what = self.with_store(|store| match store.get(term) {
            Term::Unknown(Cause::Limit(what)) => Some(what.clone()),
            _ => None,
        });
        if let Some(what) = what {
            self.limit(self.span_of(scope.frame, expr), &what);
        }
    }

    fn eval_kind(&self, scope: &Scope, expr: ExprId) -> Value {
        let frame = self.frame(scope.frame);
        let template = &frame.template;
        let node = template.expr(expr);
        let at = node.range.in_file(template.file);
        match &node.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Number(text) => Value::Number(text.clone()),
            ExprKind::Str(text) => Value::Str(text.clone()),
            ExprKind::Interpolation(pieces) => self.interpolate(scope, pieces),
            ExprKind::Array { items, open } => self.array(scope, items, *open, at),
            ExprKind::Object { members, open } => self.object(scope, members, *open, at),
            ExprKind::If { condition, then, otherwise } => {
                let condition = self.eval(scope, *condition);
                self.branch(&condition, || self.eval(scope, *then), || self.eval(scope, *otherwise))
            }
            ExprKind::Call(call) => self.call(scope, call, at),
            ExprKind::Chain { base, links } => {
                let base = self.eval(scope, *base);
                self.follow(scope, base, links)
            }
            ExprKind::Param(id) => self.param(scope.frame, *id),
            ExprKind::Variable(id) => self.variable(scope.frame, *id),
            ExprKind::Local(id) => self.local(scope, *id, at),
            ExprKind::Resource(id) => self.resource_value(scope, *id),
            ExprKind::Lambda { params, body } => {
                Value::Lambda(Rc::new(Closure { scope: scope.clone(), params: params.clone(), body: *body }))
            }
            ExprKind::Loop(each) => self.value_loop(scope, each, at),
            ExprKind::Imported { import, name } => {
                let Some(home) = self.import_frame(scope.frame, *import) else {
                    return self.because(Cause::Module(template.imports[import.0 as usize].reference.clone()));
                };
                match self.frame(home).template.variable(name) {
                    Some(variable) => self.variable(home, variable),
                    None => self.wrong(at, format!("the imported file has no variable `{name}`")),
                }
            }
            ExprKind::BaseParameters => self.base_parameters(scope.frame),
            ExprKind::Undeclared(name) => self.wrong(at, format!("`{name}` is not declared")),
            ExprKind::Unreadable => self.because(Cause::Syntax(at)),
        }
    }

    fn call(&self, scope: &Scope, call: &Call, at: Span) -> Value {
        match &call.callee {
            Callee::Builtin(name) => self.call_builtin(scope, name, &call.args, at),
            Callee::User(function) => {
                let args = call.args.iter().map(|arg| self.later(scope, *arg)).collect::<Vec<_>>();
                self.call_function(scope.frame, *function, &args)
            }
            Callee::Imported { import, name } => {
                let args = call.args.iter().map(|arg| self.later(scope, *arg)).collect::<Vec<_>>();
                let Some(home) = self.import_frame(scope.frame, *import) else {
                    return self.because(Cause::Module(
                        self.frame(scope.frame).template.imports[import.0 as usize].reference.clone(),
                    ));
                };
                let home_frame = self.frame(home);
                let functions = &home_frame.template.functions;
                match functions.iter().position(|function| *function.name == **name) {
                    Some(found) => self.call_function(home, FunctionId(found as u32), &args),
                    None => self.wrong(at, format!("the imported file has no function `{name}`")),
                }
            }
            Callee::Undeclared(name) => {
                let args = call.args.iter().map(|arg| self.reify(&self.eval(scope, *arg))).collect();
                let cause = self.term(Term::Unknown(Cause::Function(name.clone())));
                let term: Vec<_> = std::iter::once(cause).chain::<Vec<_>>(args).collect();
                self.unknown(Term::Call(name.to_ascii_lowercase().into(), term.into()))
            }
        }
    }

    /// One of two values by a condition; the value not taken is not evaluated.
    fn branch(&self, condition: &Value, then: impl Fn() -> Value, otherwise: impl Fn() -> Value) -> Value {
        if let Value::Error(_) = condition {
            return condition.clone();
        }
        match self.condition(condition) {
            CondId::TRUE => then(),
            CondId::FALSE => otherwise(),
            cond => {
                let (then, otherwise) = (then(), otherwise());
                self.choose(cond, then, otherwise)
            }
        }
    }

    fn interpolate(&self, scope: &Scope, pieces: &[Piece]) -> Value {
        let parts: Vec<Value> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Value::Str(text.clone()),
                Piece::Hole(expr) => self.eval(scope, *expr),
            })
            .collect();
        self.spread(parts, &|parts| self.join_text(parts))
    }

    /// The values printed one after the other.
    pub(super) fn join_text(&self, values: &[Value]) -> Value {
        let mut parts = Vec::new();
        let length = |value: &Value| match value {
            Value::Str(text) => text.len(),
            Value::Text(parts) => parts.len(),
            _ => 0,
        };
        let size = values.iter().map(length).sum::<usize>();
        if size > limits::TEXT {
            return self.because(Cause::Limit("a string gets too long".into()));
        }
        if let Err(spent) = self.budget.text(size) {
            return self.spent(spent);
        }
        for value in values {
            match value {
                Value::Error(_) => return value.clone(),
                other => self.text_parts(other, &mut parts),
            }
        }
        self.text(parts)
    }

    /// A string of `parts`; known when all of them are.
    pub(super) fn text(&self, parts: Vec<Part>) -> Value {
        let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
        let mut known = String::new();
        for part in parts {
            match part {
                Part::Text(text) => known.push_str(&text),
                Part::Hole(_) => {
                    if !known.is_empty() {
                        merged.push(Part::Text(std::mem::take(&mut known).into()));
                    }
                    merged.push(part);
                }
            }
        }
        if merged.is_empty() {
            return Value::Str(known.into());
        }
        if !known.is_empty() {
            merged.push(Part::Text(known.into()));
        }
        if merged.len() > limits::PARTS {
            return self.because(Cause::Limit("a string has too many parts".into()));
        }
        Value::Text(merged.into())
    }

    fn array(&self, scope: &Scope, items: &[Item], open: bool, at: Span) -> Value {
        let mut result = Array { items: Vec::with_capacity(items.len()), open: self.hidden(open, at) };
        for item in items {
            match item {
                Item::Value(expr) => result.items.push(self.later(scope, *expr)),
                Item::Spread(expr) => match self.eval(scope, *expr) {
                    Value::Array(more) => {
                        if let Err(spent) = self.budget.build(more.items.len()) {
                            return self.spent(spent);
                        }
                        result.items.extend(more.items.iter().cloned());
                        result.open = self.either_open(result.open, more.open, "flatten");
                    }
                    error @ Value::Error(_) => return error,
                    other => {
                        let before = Value::Array(Rc::new(std::mem::take(&mut result)));
                        let parts = [self.reify(&before), self.reify(&other)];
                        if let Value::Array(before) = before {
                            result.items = before.items.clone();
                        }
                        result.open = Some(self.term(Term::Call("flatten".into(), parts.into())));
                    }
                },
            }
        }
        Value::Array(Rc::new(result))
    }

    fn object(&self, scope: &Scope, members: &[Member], open: bool, at: Span) -> Value {
        let plain = |member: &Member| matches!(member.key, MemberKey::Name(_));
        if let Err(spent) = self.budget.build(members.len()) {
            return self.spent(spent);
        }
        let mut result = Object { members: Members::with_capacity(members.len()), open: self.hidden(open, at) };
        if members.iter().all(plain) {
            for member in members {
                if let MemberKey::Name(name) = &member.key {
                    result.set(name.clone(), self.later(scope, member.value));
                }
            }
            return Value::Object(Rc::new(result));
        }
        let mut value = Value::Object(Rc::new(result));
        for member in members {
            let slot = || self.later(scope, member.value);
            let key = match &member.key {
                MemberKey::Name(name) => Value::Str(name.clone()),
                MemberKey::Computed(key) => self.printed(self.eval(scope, *key)),
                MemberKey::Spread => {
                    value = self.overlay(value, self.eval(scope, member.value));
                    continue;
                }
            };
            if let Value::Str(name) = key {
                value = self.overlay_member(value, name, slot());
                continue;
            }
            let more = self.each(key, &|key| match self.printed(key) {
                Value::Str(name) => self.singleton(name, slot()),
                error @ Value::Error(_) => error,
                other => self.unknown(Term::Call(
                    "createobject".into(),
                    [self.reify(&other), self.reify(&self.force(&slot()))].into(),
                )),
            });
            value = self.overlay(value, more);
        }
        value
    }

    /// A resource id as the string that it is; other values as they are.
    fn printed(&self, value: Value) -> Value {
        match self.plain(value) {
            Value::Id(id) => self.id_text(&id),
            other => other,
        }
    }

    fn singleton(&self, key: Str, slot: Slot) -> Value {
        Value::Object(Rc::new(Object { members: vec![(key, slot)].into(), open: None }))
    }

    fn hidden(&self, open: bool, at: Span) -> Option<super::TermId> {
        open.then(|| self.term(Term::Unknown(Cause::Syntax(at))))
    }

    fn local(&self, scope: &Scope, id: LocalId, at: Span) -> Value {
        match value::find(&scope.env, id) {
            Some(slot) => self.force(slot),
            // A loop variable used outside its loop: the lowering leaves that to us.
            None => self.because(Cause::Error("a loop variable outside its loop".into(), at)),
        }
    }

    /// The expression that gives a local variable its value, when it is one: an item of an array
    /// literal, an argument of a user function.
    pub(crate) fn local_expr(&self, scope: &Scope, id: LocalId) -> Option<(Scope, ExprId)> {
        match value::find(&scope.env, id)? {
            Slot::Thunk(thunk) => match &thunk.work {
                Work::Expr(scope, expr) => Some((scope.clone(), *expr)),
                _ => None,
            },
            Slot::Value(_) => None,
        }
    }

    /// The value of a parameter.
    pub fn param(&self, frame_id: FrameId, id: ParamId) -> Value {
        let frame = self.frame(frame_id);
        let (Some(memo), Some(param)) = (frame.param_memo(id), frame.template.params.get(id.0 as usize)) else {
            return Value::Null;
        };
        let at = param.name_range.in_file(frame.template.file);
        self.remember(memo, at, &param.name, || self.bind_param(frame_id, id))
    }

    /// What a parameter is bound to, its secret parts hidden.
    fn bind_param(&self, frame_id: FrameId, id: ParamId) -> Value {
        let frame = self.frame(frame_id);
        let param = &frame.template.params[id.0 as usize];
        let free = self.term(Term::Param(super::term::Param {
            name: param.name.clone(),
            declared: param.name_range.in_file(frame.template.file),
            nullable: param.nullable,
            may_be_empty: param.min_length == 0,
        }));
        let value = self.bound(frame_id, id, free);
        let (said, typed) = match &frame.inputs {
            // A parameter file does not say what is secret; the template that it is for does.
            FrameInputs::File { template: Some(template), .. } => {
                let declared = template.param(&param.name).and_then(|id| template.params.get(id.0 as usize));
                (declared.map(|declared| Self::said(template, &declared.secrecy)).unwrap_or_default(), false)
            }
            FrameInputs::Root(given) => {
                let given = given.iter().find(|given| given.name.eq_ignore_ascii_case(&param.name));
                let typed = |given: &super::Given| self.project.is_typed(self.frame(given.scope.frame).template.file);
                (Self::said(&frame.template, &param.secrecy), given.is_some_and(typed))
            }
            FrameInputs::Call { .. } | FrameInputs::File { .. } | FrameInputs::Import => {
                (Self::said(&frame.template, &param.secrecy), false)
            }
        };
        self.secure(value, &said, free, typed)
    }

    fn bound(&self, frame_id: FrameId, id: ParamId, free: super::TermId) -> Value {
        let frame = self.frame(frame_id);
        let param = &frame.template.params[id.0 as usize];
        let at = param.name_range.in_file(frame.template.file);
        let free = || Value::Unknown(free);
        let scope = Scope { frame: frame_id, env: None };
        if let Some(value) = frame.hole(id) {
            return value.clone();
        }
        let default = || match param.default {
            Some(expr) => Some(self.eval(&scope, expr)),
            None if param.nullable => Some(Value::Null),
            None => None,
        };
        match &frame.inputs {
            FrameInputs::Root(given) => {
                let given = given.iter().find(|given| given.name.eq_ignore_ascii_case(&param.name));
                let value = given.map(|given| self.force(&given.value));
                match value {
                    Some(Value::Null) | None => default().unwrap_or_else(free),
                    Some(value) => value,
                }
            }
            FrameInputs::Call { by } => {
                let argument = self.argument(by, &param.name);
                let missing = || {
                    default().unwrap_or_else(|| match &*param.name == UNREAD && self.project.is_known(at.file) {
                        true => self.unread(by),
                        false => self.because(Cause::NotPassed(param.name.clone(), at)),
                    })
                };
                self.each(argument, &|argument| match argument {
                    // Null given for a parameter that has a default: the default applies.
                    Value::Null if param.default.is_none() && param.nullable => Value::Null,
                    Value::Null | Value::Absent => missing(),
                    Value::Unknown(term) if self.with_store(|store| store.may_be_null(term)) => match default() {
                        Some(default) if !matches!(default, Value::Null) => {
                            let default = self.reify(&default);
                            self.unknown(Term::Coalesce(term, default))
                        }
                        _ => Value::Unknown(term),
                    },
                    other => other,
                })
            }
            FrameInputs::File { given, .. } => {
                let given = given.iter().find(|given| given.name.eq_ignore_ascii_case(&param.name));
                given.map_or_else(free, |given| self.force(&given.value))
            }
            FrameInputs::Import => free(),
        }
    }

    /// The value of a variable.
    pub fn variable(&self, frame_id: FrameId, id: VariableId) -> Value {
        let frame = self.frame(frame_id);
        let (Some(memo), Some(variable)) = (frame.variable_memo(id), frame.template.variables.get(id.0 as usize))
        else {
            return Value::Null;
        };
        let at = variable.name_range.in_file(frame.template.file);
        let scope = Scope { frame: frame_id, env: None };
        self.remember(memo, at, &variable.name, || self.eval(&scope, variable.value))
    }

    fn call_function(&self, frame: FrameId, id: FunctionId, args: &[Slot]) -> Value {
        let template = self.frame(frame).template.clone();
        let Some(function) = template.functions.get(id.0 as usize) else { return Value::Null };
        let mut env = None;
        for (at, param) in function.params.iter().enumerate() {
            let arg = args.get(at).cloned().unwrap_or(Slot::Value(Value::Null));
            env = value::bind(&env, *param, arg);
        }
        self.eval(&Scope { frame, env }, function.body)
    }

    /// The resource or module called by its symbolic name.
    fn resource_value(&self, scope: &Scope, resource: crate::template::ResourceId) -> Value {
        let frame = self.frame(scope.frame);
        let declared = frame.template.resource(resource);
        let seeds = self.seeds(scope.frame, resource);
        let looped = declared.for_each.is_some();
        let around = declared.nested_in.is_some() || declared.deployed_by.is_some();
        // A nested resource sees the loop variables of the resource around it; otherwise there is just one instance.
        let seed = seeds.first().filter(|_| !looped);
        Value::Resource(Rc::new(ResourceRef {
            frame: scope.frame,
            resource,
            env: match seed {
                Some(seed) => seed.env.clone(),
                None if around => scope.env.clone(),
                None => None,
            },
            key: seed.map(|seed| seed.key.clone()).unwrap_or_default(),
            collection: looped,
            picked: false,
            path: Vec::new(),
        }))
    }

    fn value_loop(&self, scope: &Scope, each: &Loop, at: Span) -> Value {
        match each.over {
            Over::Array(expr) => {
                let source = self.eval(scope, expr);
                self.each(source, &|source| self.loop_over(scope, each, source, at))
            }
            Over::Count(expr) => {
                let count = self.eval(scope, expr);
                self.each(count, &|count| match self.known(&self.plain(count)) {
                    Value::Int(count) if count as usize > limits::ITEMS => {
                        self.limit(at, "a loop makes too many items")
                    }
                    Value::Int(count) => {
                        let items = (0..count.max(0)).map(|index| {
                            let env = match each.index {
                                Some(local) => value::bind(&scope.env, local, Value::Int(index)),
                                None => scope.env.clone(),
                            };
                            self.later(&Scope { frame: scope.frame, env }, each.body)
                        });
                        Value::Array(Rc::new(Array { items: items.collect(), open: None }))
                    }
                    error @ Value::Error(_) => error,
                    other => self.loop_over_any(scope, each, &other),
                })
            }
        }
    }

    fn loop_over(&self, scope: &Scope, each: &Loop, source: Value, at: Span) -> Value {
        match self.instances_of(source) {
            Value::Array(source) if source.items.len() > limits::ITEMS => self.limit(at, "a loop makes too many items"),
            Value::Array(source) if source.open.is_none() => {
                let items = source.items.iter().enumerate().map(|(index, item)| {
                    let env = self.bind_item(scope, each.item, each.index, item.clone(), index as i64);
                    self.later(&Scope { frame: scope.frame, env }, each.body)
                });
                Value::Array(Rc::new(Array { items: items.collect(), open: None }))
            }
            error @ Value::Error(_) => error,
            other => self.loop_over_any(scope, each, &other),
        }
    }

    /// The array that a loop over something unknown makes: open, and told by its source and by what the
    /// body makes of any item.
    fn loop_over_any(&self, scope: &Scope, each: &Loop, source: &Value) -> Value {
        let (of, _) = self.run_over(source, matches!(each.over, Over::Array(_)));
        let level = self.lambdas.get();
        let number = u32::MAX - 2 * level;
        self.lambdas.set(level + 1);
        let mut env = scope.env.clone();
        if let Some(item) = each.item {
            env = value::bind(&env, item, self.unknown(Term::AnyItem(of, number)));
        }
        if let Some(index) = each.index {
            env = value::bind(&env, index, self.unknown(Term::AnyIndex(of, number)));
        }
        let body = self.reify(&self.eval(&Scope { frame: scope.frame, env }, each.body));
        self.lambdas.set(level);
        let open = self.term(Term::Call("map".into(), [of, body].into()));
        Value::Array(Rc::new(Array { items: Vec::new(), open: Some(open) }))
    }

    pub(super) fn bind_item(
        &self,
        scope: &Scope,
        item: Option<LocalId>,
        index: Option<LocalId>,
        value: Slot,
        at: i64,
    ) -> Env {
        let mut env = scope.env.clone();
        if let Some(item) = item {
            env = value::bind(&env, item, value);
        }
        if let Some(index) = index {
            env = value::bind(&env, index, Value::Int(at));
        }
        env
    }

    /// Calls `f` with each combination of the values that `args` may have, by condition.
    pub(super) fn spread(&self, args: Vec<Value>, f: &dyn Fn(&[Value]) -> Value) -> Value {
        self.spread_within(args, f, &std::cell::Cell::new(limits::CASES))
    }

    fn spread_within(&self, args: Vec<Value>, f: &dyn Fn(&[Value]) -> Value, left: &std::cell::Cell<usize>) -> Value {
        let Some(choice) = args.iter().find_map(|arg| match arg {
            Value::Choice(choice) => Some(choice.clone()),
            _ => None,
        }) else {
            return f(&args);
        };
        if left.get() == 0 {
            let args: Vec<Value> = args.iter().map(|arg| Value::Unknown(self.reify(arg))).collect();
            return f(&args);
        }
        left.set(left.get() - 1);
        let _level = match self.step() {
            Ok(level) => level,
            Err(limit) => return limit,
        };
        let cond = choice.0;
        let assume = |holds: bool| args.iter().map(|arg| self.assume(arg, cond, holds)).collect::<Vec<_>>();
        let then = self.spread_within(assume(true), f, left);
        let otherwise = self.spread_within(assume(false), f, left);
        self.choose(cond, then, otherwise)
    }

    /// `value` where `cond` is known to hold or not.
    fn assume(&self, value: &Value, cond: CondId, holds: bool) -> Value {
        let mut value = value.clone();
        while let Value::Choice(choice) = &value {
            let same = choice.0 == cond;
            let opposite = self.with_store(|store| store.not(choice.0)) == cond;
            if !same && !opposite {
                break;
            }
            value = if holds == same { choice.1.clone() } else { choice.2.clone() };
        }
        value
    }

    /// A slot that calls `closure` with `args` when asked for.
    pub(super) fn apply_later(&self, closure: &Rc<Closure>, args: Vec<Slot>) -> Slot {
        self.delay(Work::Apply(closure.clone(), args))
    }
}
