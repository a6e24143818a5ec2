//! What functions share: reading arguments, and building results within limits.

use std::rc::Rc;

use super::{CallContext, FunctionResult, Stop};
use crate::eval::budget::Level;
use crate::eval::term::{CondId, Term, TermId};
use crate::eval::value::{Array, Closure, Object, Part, Slot, Value};
use crate::eval::{TOO_DEEP, limits};
use crate::source::Str;

impl CallContext<'_, '_> {
    /// The value of a call with `args` that came out as `outcome`.
    pub(super) fn settle(&self, outcome: FunctionResult, args: &[Value]) -> Value {
        match outcome {
            Ok(value) => value,
            Err(Stop::Residual) => self.eval.residual(self.name, args),
            Err(Stop::Wrong(message)) => self.eval.wrong(self.at, message),
            Err(Stop::Limit(what)) => self.eval.limit(self.at, what),
        }
    }

    /// The term of the whole call.
    pub(super) fn term(&self, args: &[Value]) -> TermId {
        let args = args.iter().map(|arg| self.eval.reify(arg)).collect();
        self.eval.term(Term::Call(self.name.clone(), args))
    }

    /// Counts the work of handling `bytes` of text.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Stop> {
        self.eval.budget.text(bytes).map_err(|spent| Stop::Limit(spent.words()))
    }

    /// One step, one level deeper.
    pub(super) fn level(&self) -> Result<Level<'_>, Stop> {
        self.eval.budget.work(1).map_err(|spent| Stop::Limit(spent.words()))?;
        self.eval.budget.enter().ok_or(Stop::Limit(TOO_DEEP))
    }

    /// Counts the work of looking at `items`.
    pub(super) fn look_at(&self, items: usize) -> Result<(), Stop> {
        self.eval.budget.work(items).map_err(|spent| Stop::Limit(spent.words()))
    }

    /// Counts `items` that are about to be built or copied.
    pub(super) fn build(&self, items: usize) -> Result<(), Stop> {
        self.eval.budget.build(items).map_err(|spent| Stop::Limit(spent.words()))
    }

    /// Calls `f` for each case of `values`, which are parts of `args`. An error among them is the result.
    pub(super) fn over(
        &self,
        args: &[Value],
        values: Vec<Value>,
        f: &dyn Fn(&[Value]) -> FunctionResult,
    ) -> FunctionResult {
        Ok(self.eval.spread(values, &|values| match values.iter().find(|value| matches!(value, Value::Error(_))) {
            Some(error) => error.clone(),
            None => self.settle(f(values), args),
        }))
    }

    /// A boolean that is true where `cond` is.
    pub(super) fn boolean(&self, cond: CondId) -> FunctionResult {
        Ok(self.eval.boolean(cond))
    }

    /// `value`, if it is a lambda.
    pub(super) fn lambda<'v>(&self, value: &'v Value) -> Result<&'v Rc<Closure>, Stop> {
        match value {
            Value::Lambda(closure) => Ok(closure),
            other => Err(wanted("a lambda", other)),
        }
    }

    /// The string `value`, if it is known.
    pub(super) fn string(&self, value: &Value) -> Result<Str, Stop> {
        match value {
            Value::Str(text) => {
                self.spend(text.len())?;
                Ok(text.clone())
            }
            Value::Id(id) => match self.eval.id_text(id) {
                Value::Str(text) => Ok(text),
                _ => Err(Stop::Residual),
            },
            other => Err(wanted("a string", other)),
        }
    }

    /// The integer `value`, if it is known.
    pub(super) fn integer(&self, value: &Value) -> Result<i64, Stop> {
        match value {
            Value::Int(number) => Ok(*number),
            // Whether the service takes a number from a string is its own.
            Value::Number(_) | Value::Str(_) => Err(Stop::Residual),
            other => Err(wanted("an integer", other)),
        }
    }

    /// The items of `value`, if it is an array all of whose items are known to be there.
    pub(super) fn items(&self, value: &Value) -> Result<Vec<Value>, Stop> {
        match self.eval.instances_of(value.clone()) {
            Value::Array(array) if array.open.is_some() => Err(Stop::Residual),
            Value::Array(array) => {
                self.look_at(array.items.len())?;
                Ok(array.items.iter().map(|slot| self.eval.force(slot)).collect())
            }
            other => Err(wanted("an array", &other)),
        }
    }

    /// `value` printed, as it would stand in a string.
    pub(super) fn parts(&self, value: &Value) -> Vec<Part> {
        let mut parts = Vec::new();
        self.eval.text_parts(value, &mut parts);
        parts
    }

    /// A string as the result.
    pub(super) fn text(&self, text: impl Into<Str>) -> FunctionResult {
        self.join(vec![Part::Text(text.into())])
    }

    /// A string of parts as the result.
    pub(super) fn join(&self, parts: Vec<Part>) -> FunctionResult {
        let size = parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
        self.check_text(size)?;
        Ok(self.eval.text(parts))
    }

    /// Whether a string of `size` bytes may be made.
    pub(super) fn check_text(&self, size: usize) -> Result<(), Stop> {
        if size > limits::TEXT {
            return Err(Stop::Limit("a string gets too long"));
        }
        self.spend(size)
    }

    /// An array as the result.
    pub(super) fn list(&self, items: Vec<Slot>) -> FunctionResult {
        self.open_list(items, None)
    }

    /// An array of which only `items` are certain, decided by `open`.
    pub(super) fn open_list(&self, items: Vec<Slot>, open: Option<TermId>) -> FunctionResult {
        if items.len() > limits::ITEMS {
            return Err(Stop::Limit("an array gets too many items"));
        }
        self.build(items.len())?;
        Ok(Value::Array(Rc::new(Array { items, open })))
    }

    /// An object of which only `members` are certain, decided by `open`.
    pub(super) fn open_object(&self, members: Vec<(Str, Slot)>, open: Option<TermId>) -> FunctionResult {
        self.build(members.len())?;
        Ok(Value::Object(Rc::new(Object { members: members.into(), open })))
    }
}

/// The end of a call that needs `what`: an error when the argument certainly is none.
pub(super) fn wanted(what: &str, value: &Value) -> Stop {
    match value {
        Value::Text(_) | Value::Id(_) if what == "a string" => Stop::Residual,
        Value::Unknown(_) | Value::Hidden(_) | Value::Resource(_) => Stop::Residual,
        Value::Choice(_) | Value::Absent | Value::Error(_) => Stop::Residual,
        other => Stop::Wrong(format!("{what} is needed here, not {}", other.what())),
    }
}
