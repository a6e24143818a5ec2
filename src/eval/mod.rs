//! Partial evaluation: what a template would deploy, as far as it can be known before.
//!
//! Unknown is a value. A function over an unknown argument is a *residual*, a canonical term
//! ([`term`]); a condition that is not known makes a [`Value::Choice`]; evaluation is lazy, memoised
//! per frame and bounded (`limits`). Nothing here reads syntax: both languages arrive as
//! [`crate::template::Template`].

mod access;
mod arm_text;
mod budget;
mod computed;
mod deploy;
mod expr;
mod frame;
mod functions;
mod ids;
mod limits;
mod merge;
mod place;
mod print;
mod reify;
mod release;
mod resource;
mod secrets;
mod template_text;
pub mod term;
mod value;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

pub use deploy::Instance;
pub use frame::{DeploymentPlace, Frame, FrameInputs, Given, Seed};
pub use place::AssumedPlace;
pub use value::{
    Array, Closure, Env, Failure, FailureKind, FrameId, Hidden, IdValue, InstanceKey, Members, Object, Part,
    ResourceRef, Scope, Slot, Thunk, Value,
};

use crate::project::{Context, Project};
use crate::source::stack::Recursion;
use crate::source::{HashMap, HashSet, IdMap, IdSet, ProblemCode, Span, Stack, Str};
use crate::template::{ExprId, ParameterFile, ResourceId, Template};
use budget::{Budget, Level, Spent};
use frame::Memo;
use term::{Atom, Cause, CondId, Store, Term, TermId};
use value::Work;

/// What is said where everything that recurses goes too deep together.
const TOO_DEEP: &str = "evaluation is nested too deeply";

/// Evaluates one root template and everything that it deploys.
#[derive(Debug)]
pub struct Evaluator<'p> {
    pub(crate) project: &'p Project,
    assumed: AssumedPlace,
    root_place: Cell<DeploymentPlace>,
    store: RefCell<Store>,
    frames: RefCell<Vec<Rc<Frame>>>,
    problems: RefCell<Vec<(Span, ProblemCode, String)>>,
    /// The problems that are noted, each once.
    noted: RefCell<HashSet<(Span, ProblemCode, String)>>,
    /// The limits that were said to be reached.
    reached: RefCell<HashSet<String>>,
    /// The frames of templates of which names are used, by their address.
    imports: RefCell<IdMap<usize, FrameId>>,
    /// Resources whose instances are being told.
    seeding: RefCell<IdSet<(FrameId, ResourceId)>>,
    /// Resources whose parents are being asked for their names.
    naming: RefCell<IdSet<(FrameId, ResourceId)>>,
    /// Resources whose id is being made.
    identifying: RefCell<HashSet<(FrameId, ResourceId, InstanceKey)>>,
    /// Resources whose id is being turned into a term.
    running: RefCell<HashSet<(FrameId, ResourceId, InstanceKey)>>,
    /// Evaluated bodies of resources.
    bodies: RefCell<HashMap<(FrameId, ResourceId, InstanceKey), Value>>,
    /// Shared values that are terms already, by address.
    reified: RefCell<IdMap<(usize, CondId), (Value, TermId)>>,
    /// What is known to hold where values are turned into terms; with each condition, all up to it as one.
    assumptions: RefCell<Vec<(CondId, CondId)>>,
    /// Resources whose own name is being evaluated.
    named: RefCell<HashSet<(FrameId, ResourceId, InstanceKey)>>,
    /// Shared values that are being turned into terms, by address.
    walking: RefCell<IdSet<usize>>,
    budget: Budget,
    /// What was evaluated last: there a limit on the whole evaluation is said to be reached.
    last: Cell<Option<(FrameId, ExprId)>>,
    /// Whether anything was hidden so far.
    hides: Cell<bool>,
    /// Whether what comes from loaded files and the environment may be shown.
    shows_loaded: bool,
    loops: Cell<u32>,
    /// How many lambdas are being applied to items that are not known.
    lambdas: Cell<u32>,
    resources: Cell<usize>,
    most: Nesting,
}

/// How deeply what is evaluated may be nested.
#[derive(Debug, Clone, Copy)]
struct Nesting {
    /// Conditions on which one value depends, one inside the other.
    choices: u32,
    /// Values in a value that is turned into a term, or into JSON.
    values: u32,
    /// Expressions in an expression that is printed.
    printed: u32,
}

impl Nesting {
    /// On this thread.
    fn here() -> Self {
        let levels = |recursion| Stack::here().levels(recursion);
        Self { choices: levels(Recursion::Choice), values: levels(Recursion::Value), printed: levels(Recursion::Print) }
    }
}

impl<'p> Evaluator<'p> {
    /// An evaluator without frames, which assumes nothing of the place of the deployment.
    pub fn new(project: &'p Project) -> Self {
        Self::assuming(project, AssumedPlace::default())
    }

    /// An evaluator without frames for a deployment to an assumed place.
    pub fn assuming(project: &'p Project, assumed: AssumedPlace) -> Self {
        Self {
            project,
            assumed,
            root_place: Cell::default(),
            store: RefCell::default(),
            frames: RefCell::default(),
            problems: RefCell::default(),
            noted: RefCell::default(),
            reached: RefCell::default(),
            imports: RefCell::default(),
            seeding: RefCell::default(),
            naming: RefCell::default(),
            identifying: RefCell::default(),
            running: RefCell::default(),
            bodies: RefCell::default(),
            reified: RefCell::default(),
            assumptions: RefCell::default(),
            named: RefCell::default(),
            walking: RefCell::default(),
            budget: Budget::new(project.cancel.clone()),
            last: Cell::new(None),
            hides: Cell::new(false),
            shows_loaded: false,
            loops: Cell::new(0),
            lambdas: Cell::new(0),
            resources: Cell::new(0),
            most: Nesting::here(),
        }
    }

    /// The same evaluator as one of `parts` of a run, which share what a run may use.
    #[must_use]
    pub fn sharing(mut self, parts: usize) -> Self {
        self.budget.share(parts);
        self
    }

    /// Steps taken and bytes built so far.
    pub fn used(&self) -> (u64, u64) {
        self.budget.used()
    }

    /// The same, for somebody who wants to see values: those of loaded files and of named environment variables are
    /// shown; secrets are not.
    #[must_use]
    pub fn showing_loaded(self) -> Self {
        Self { shows_loaded: true, ..self }
    }

    /// Adds a frame.
    pub fn add_frame(&self, frame: Frame) -> FrameId {
        // What is spent is looked at where something is evaluated in the frame.
        let _ = self.budget.build(frame.size());
        let mut frames = self.frames.borrow_mut();
        frames.push(Rc::new(frame));
        FrameId(frames.len() as u32 - 1)
    }

    /// A frame for `template` deployed from outside with `given` values.
    pub fn root(&self, template: Arc<Template>, given: Vec<Given>) -> FrameId {
        let place = self.place_for(template.scope);
        self.root_place.set(place);
        self.add_frame(Frame::new(template, FrameInputs::Root(given), CondId::TRUE, place))
    }

    /// The root frame of `context`. What a parameter file says comes before what it extends.
    pub fn root_of(&self, context: &Context) -> FrameId {
        let all = self.given_for(Some(&context.template), &context.parameters);
        self.root(context.template.clone(), all)
    }

    /// The values that parameter files give; what comes first wins. Each extends the next.
    pub fn given_by(&self, files: &[Arc<ParameterFile>]) -> Vec<Given> {
        self.given_for(None, files)
    }

    /// The same for `template`, which says what of them is secret.
    fn given_for(&self, template: Option<&Arc<Template>>, files: &[Arc<ParameterFile>]) -> Vec<Given> {
        let (mut all, mut base) = (Vec::new(), None);
        for parameters in files.iter().rev() {
            // The file's own variables and imports live in a frame of their own.
            let frame = FrameId(self.frames.borrow().len() as u32);
            let scope = Scope { frame, env: None };
            let given: Vec<Given> = parameters
                .assignments
                .iter()
                .map(|assignment| Given {
                    name: assignment.name.clone(),
                    value: self.later(&scope, assignment.value),
                    scope: scope.clone(),
                    expr: assignment.value,
                })
                .collect();
            all.splice(..0, given.iter().cloned());
            let inputs = FrameInputs::File { given, base, template: template.cloned() };
            base = Some(self.add_frame(Frame::new(
                Arc::clone(&parameters.body),
                inputs,
                CondId::TRUE,
                DeploymentPlace::default(),
            )));
        }
        all
    }

    /// What a parameter file and those that it extends assign, as an object.
    fn base_parameters(&self, frame: FrameId) -> Value {
        let mut object = Object::default();
        let mut at = match &self.frame(frame).inputs {
            FrameInputs::File { base, .. } => *base,
            _ => None,
        };
        while let Some(file) = at {
            let file = self.frame(file);
            let FrameInputs::File { given, base, .. } = &file.inputs else { break };
            for given in given.iter().filter(|given| object.get(&given.name).is_none()).collect::<Vec<_>>() {
                object.set(given.name.clone(), given.value.clone());
            }
            at = *base;
        }
        Value::Object(Rc::new(object))
    }

    /// A frame for `template`, which is not deployed: names of it are used.
    pub fn import(&self, template: Arc<Template>) -> FrameId {
        // The frame keeps the template, so that its address stays its own.
        let address = Arc::as_ptr(&template) as usize;
        if let Some(known) = self.imports.borrow().get(&address) {
            return *known;
        }
        let frame = self.add_frame(Frame::new(template, FrameInputs::Import, CondId::TRUE, DeploymentPlace::default()));
        self.imports.borrow_mut().insert(address, frame);
        frame
    }

    /// The frame with identity `id`, which this evaluator gave.
    pub fn frame(&self, id: FrameId) -> Rc<Frame> {
        self.frames.borrow()[id.0 as usize].clone()
    }

    /// The innermost template that is deployed here so far and holds `span`.
    pub fn template_at(&self, span: Span) -> Option<Arc<Template>> {
        let frames = self.frames.borrow();
        let around = frames.iter().map(|frame| &frame.template);
        let around = around.filter(|template| template.file == span.file && template.range.contains(span.range));
        around.min_by_key(|template| template.range.len()).cloned()
    }

    /// What is written at `span`, on one line, cut where it gets long.
    pub fn source_text(&self, span: Span) -> String {
        let text = self.project.sources.get(span.file).slice(span.range);
        let line: Vec<&str> = text.split_whitespace().collect();
        let line = line.join(" ");
        if line.chars().count() > 60 { line.chars().take(60).chain(['…']).collect() } else { line }
    }

    /// Whether what stands at `span` goes over several lines.
    pub fn is_block(&self, span: Span) -> bool {
        self.project.sources.get(span.file).slice(span.range).contains('\n')
    }

    /// Whether a limit on the whole evaluation was reached: what is evaluated from then on says nothing.
    pub fn is_exhausted(&self) -> bool {
        self.budget.spent().is_some()
    }

    /// What decides everything once such a limit is reached.
    pub fn limit_term(&self) -> TermId {
        let words = self.budget.spent().map_or("a limit", Spent::words);
        self.term(Term::Unknown(Cause::Limit(words.into())))
    }

    /// The files of the templates that are deployed so far, or may be.
    pub fn deployed_files(&self) -> Vec<crate::source::FileId> {
        let frames = self.frames.borrow();
        let deployed = frames.iter().filter(|frame| {
            frame.condition != CondId::FALSE && !matches!(frame.inputs, FrameInputs::Import | FrameInputs::File { .. })
        });
        let mut files: Vec<_> = deployed.map(|frame| frame.template.file).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// What went wrong so far: place, kind and words, each once, in the order of meeting them.
    pub fn take_problems(&self) -> Vec<(Span, ProblemCode, String)> {
        if let (Some(spent), Some((frame, expr))) = (self.budget.spent(), self.last.get()) {
            self.limit(self.span_of(frame, expr), spent.words());
        }
        std::mem::take(&mut self.problems.borrow_mut())
    }

    /// Asks the store.
    pub fn with_store<T>(&self, ask: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = self.store.borrow_mut();
        let before = store.size();
        let answer = ask(&mut store);
        if store.size() > before {
            // A term is small; what is spent is looked at with the next step.
            let _ = self.budget.build(store.size() - before);
        }
        answer
    }

    /// Notes that something went wrong.
    pub fn report(&self, span: Span, code: ProblemCode, message: impl Into<String>) {
        self.problem(span, code, message);
    }

    fn problem(&self, span: Span, code: ProblemCode, message: impl Into<String>) {
        let entry = (span, code, message.into());
        if self.noted.borrow_mut().insert(entry.clone()) {
            self.problems.borrow_mut().push(entry);
        }
    }

    /// For a property of a running resource (`reference(id).a.b`): the id, and the last name (in lower case).
    pub fn runtime_of(&self, term: TermId) -> Option<(Value, Str)> {
        let Term::Member(mut of, name) = self.with_store(|store| store.get(term).clone()) else { return None };
        loop {
            match self.with_store(|store| store.get(of).clone()) {
                Term::Member(inner, _) => of = inner,
                Term::Call(function, args) if &*function == "reference" => {
                    return Some((self.text_of(*args.first()?)?, name));
                }
                _ => return None,
            }
        }
    }

    /// The string that `term` stands for, when it is one made of parts.
    pub fn text_of(&self, term: TermId) -> Option<Value> {
        let part = |term: &TermId| match self.with_store(|store| store.get(*term).clone()) {
            Term::Str(text) => Part::Text(text),
            _ => Part::Hole(*term),
        };
        match self.with_store(|store| store.get(term).clone()) {
            Term::Str(text) => Some(Value::Str(text)),
            Term::Text(parts) => Some(Value::Text(parts.iter().map(part).collect())),
            Term::Hidden(_) => Some(Value::Text([Part::Hole(term)].into())),
            _ => None,
        }
    }

    /// The value that `term` stands for, as far as it is a plain one.
    pub fn value_of(&self, term: TermId) -> Value {
        match self.with_store(|store| store.get(term).clone()) {
            Term::Null => Value::Null,
            Term::Bool(value) => Value::Bool(value),
            Term::Int(number) => Value::Int(number),
            Term::Number(text) => Value::Number(text),
            Term::Unknown(Cause::Error(message, at)) => self.wrong(at, &*message),
            Term::Str(_) | Term::Text(_) => self.text_of(term).unwrap_or(Value::Unknown(term)),
            Term::Hidden(covered) => self.hidden_value(&covered, term),
            _ => Value::Unknown(term),
        }
    }

    fn member_term(&self, of: TermId, name: &str) -> TermId {
        self.with_store(|store| store.member(of, name))
    }

    fn term(&self, term: Term) -> TermId {
        self.with_store(|store| store.term(term))
    }

    fn unknown(&self, term: Term) -> Value {
        Value::Unknown(self.term(term))
    }

    fn because(&self, cause: Cause) -> Value {
        self.unknown(Term::Unknown(cause))
    }

    /// The term of something that no template says; `what` says what, in words that stand alone.
    pub fn outside(&self, what: &str) -> TermId {
        self.term(Term::Unknown(Cause::Outside(what.into())))
    }

    /// A value that is unknown because `what` was reached at `span`; said once, where it is met first.
    fn limit(&self, span: Span, what: &str) -> Value {
        if self.reached.borrow_mut().insert(what.to_owned()) {
            self.problem(span, ProblemCode::LimitReached, what);
        }
        self.because(Cause::Limit(what.into()))
    }

    /// What decides where `what`, a bound of a question over resources, was reached at `span`.
    pub fn limit_at(&self, span: Span, what: &str) -> TermId {
        self.reify(&self.limit(span, what))
    }

    /// A value that is unknown because something is used up.
    fn spent(&self, spent: Spent) -> Value {
        self.because(Cause::Limit(spent.words().into()))
    }

    /// A value that is unknown because it lies too deep.
    fn too_deep(&self) -> Value {
        self.because(Cause::Limit(TOO_DEEP.into()))
    }

    /// One step, one level deeper; what there is instead when that is too much.
    fn step(&self) -> Result<Level<'_>, Value> {
        self.budget.work(1).map_err(|spent| self.spent(spent))?;
        self.budget.enter().ok_or_else(|| self.too_deep())
    }

    fn wrong(&self, at: Span, message: impl Into<String>) -> Value {
        Value::Error(Rc::new(Failure { kind: FailureKind::Wrong(message.into()), at }))
    }

    /// The place of an expression.
    pub fn span_of(&self, frame: FrameId, expr: ExprId) -> Span {
        let frame = self.frame(frame);
        frame.template.expr(expr).range.in_file(frame.template.file)
    }

    /// `then` where `cond` holds, `otherwise` elsewhere.
    pub fn choose(&self, cond: CondId, then: Value, otherwise: Value) -> Value {
        match (cond, &then, &otherwise) {
            (CondId::TRUE, ..) => then,
            (CondId::FALSE, ..) => otherwise,
            (_, Value::Bool(true), Value::Bool(true))
            | (_, Value::Bool(false), Value::Bool(false))
            | (_, Value::Null, Value::Null)
            | (_, Value::Absent, Value::Absent) => then,
            (_, Value::Unknown(a), Value::Unknown(b)) if a == b => then,
            (_, Value::Str(a), Value::Str(b)) if a == b => then,
            (_, Value::Choice(a), Value::Choice(b)) if Rc::ptr_eq(a, b) => then,
            (_, Value::Array(a), Value::Array(b)) if Rc::ptr_eq(a, b) => then,
            (_, Value::Object(a), Value::Object(b)) if Rc::ptr_eq(a, b) => then,
            (_, Value::Bool(false), Value::Bool(true)) => self.boolean(self.with_store(|s| s.not(cond))),
            _ => {
                let height = 1 + then.choices().max(otherwise.choices());
                if height > self.most.choices {
                    return self.because(Cause::Limit("a value depends on too many conditions".into()));
                }
                match self.budget.build(1) {
                    Ok(()) => Value::Choice(Rc::new((cond, then, otherwise, height))),
                    Err(spent) => self.spent(spent),
                }
            }
        }
    }

    /// The boolean that is true where `cond` holds.
    pub fn boolean(&self, cond: CondId) -> Value {
        match cond {
            CondId::TRUE => Value::Bool(true),
            CondId::FALSE => Value::Bool(false),
            _ => Value::Choice(Rc::new((cond, Value::Bool(true), Value::Bool(false), 1))),
        }
    }

    /// Where `value`, used as a condition, is true.
    pub fn condition(&self, value: &Value) -> CondId {
        match value {
            Value::Bool(known) => CondId::from(*known),
            Value::Choice(choice) => {
                let (cond, then, otherwise, _) = &**choice;
                let _level = match self.step() {
                    Ok(level) => level,
                    Err(limit) => return self.condition(&limit),
                };
                let (then, otherwise) = (self.condition(then), self.condition(otherwise));
                self.with_store(|store| store.either(*cond, then, otherwise))
            }
            // The service reads 'true' and 'false' where a boolean is asked for.
            Value::Str(text) if text.eq_ignore_ascii_case("true") => CondId::TRUE,
            Value::Str(text) if text.eq_ignore_ascii_case("false") => CondId::FALSE,
            Value::Int(number) => CondId::from(*number != 0),
            Value::Hidden(_) => match self.known(value) {
                known @ (Value::Bool(_) | Value::Str(_) | Value::Int(_)) if self.is_decided(&known) => {
                    self.condition(&known)
                }
                _ => self.asked(value),
            },
            // An error at deployment. The value itself is not looked into: it may be large.
            Value::Array(_) | Value::Object(_) | Value::Lambda(_) => {
                let term = self.outside("a condition that is no boolean");
                self.with_store(|store| store.ask(Atom::True(term)))
            }
            other => self.asked(other),
        }
    }

    /// Whether a known value, used as a condition, is true or false.
    fn is_decided(&self, value: &Value) -> bool {
        matches!(self.condition(value), CondId::TRUE | CondId::FALSE)
    }

    /// The condition that `value` is true.
    fn asked(&self, value: &Value) -> CondId {
        let term = self.reify(value);
        self.with_store(|store| store.ask(Atom::True(term)))
    }

    /// Applies `f` to each of the values that `value` may have, by condition.
    pub(crate) fn each(&self, value: Value, f: &dyn Fn(Value) -> Value) -> Value {
        match value {
            Value::Choice(choice) => {
                let (cond, then, otherwise, _) = (*choice).clone();
                let _level = match self.step() {
                    Ok(level) => level,
                    Err(limit) => return limit,
                };
                let (then, otherwise) = (self.each(then, f), self.each(otherwise, f));
                self.choose(cond, then, otherwise)
            }
            other => f(other),
        }
    }

    /// The value in `slot`.
    pub fn force(&self, slot: &Slot) -> Value {
        match slot {
            Slot::Value(value) => value.clone(),
            Slot::Thunk(thunk) => self.force_thunk(thunk),
        }
    }

    fn force_thunk(&self, thunk: &Thunk) -> Value {
        if let Some(value) = thunk.value.get() {
            return value.clone();
        }
        if thunk.busy.replace(true) {
            return self.because(Cause::Limit("a value that needs itself".into()));
        }
        let level = match self.step() {
            Ok(level) => level,
            Err(limit) => {
                thunk.busy.set(false);
                return limit;
            }
        };
        let value = match &thunk.work {
            Work::Expr(scope, expr) => self.eval(scope, *expr),
            Work::Merge(a, b) => self.merge(self.force(a), self.force(b)),
            Work::Override(a, b) => self.override_with(a, self.force(b)),
            Work::Choose(cond, a, b) => self.choose(*cond, self.force(a), self.force(b)),
            Work::Apply(closure, args) => self.apply(closure, args),
            Work::Secure(slot, said, shown, outside) => self.secure(self.force(slot), said, *shown, *outside),
            Work::Hide(slot, shown) => self.hide(self.force(slot), *shown),
        };
        drop(level);
        thunk.busy.set(false);
        thunk.value.get_or_init(|| value).clone()
    }

    fn delay(&self, work: Work) -> Slot {
        if let Err(spent) = self.budget.build(1) {
            return Slot::Value(self.spent(spent));
        }
        Slot::Thunk(Rc::new(Thunk { work, value: std::cell::OnceCell::new(), busy: Cell::new(false) }))
    }

    /// `expr` in `scope`, evaluated when asked for.
    pub fn later(&self, scope: &Scope, expr: ExprId) -> Slot {
        self.delay(Work::Expr(scope.clone(), expr))
    }

    /// Calls a function value.
    pub(crate) fn apply(&self, closure: &Closure, args: &[Slot]) -> Value {
        let mut env = closure.scope.env.clone();
        for (param, arg) in closure.params.iter().zip(args) {
            env = value::bind(&env, *param, arg.clone());
        }
        self.eval(&Scope { frame: closure.scope.frame, env }, closure.body)
    }

    /// The value in `memo`, made by `make` when first asked for; `name` is for the message when it needs itself.
    fn remember(&self, memo: &Memo, at: Span, name: &Str, make: impl FnOnce() -> Value) -> Value {
        if let Some(value) = memo.value.get() {
            return value.clone();
        }
        if memo.busy.replace(true) {
            return self.wrong(at, format!("`{name}` needs its own value"));
        }
        let value = make();
        memo.busy.set(false);
        memo.value.get_or_init(|| value).clone()
    }
}
