//! The function library, one file per family.
//!
//! A function gets evaluated arguments. Those that depend on a condition were already taken apart
//! (the function is called once for each case), errors were passed on, and, unless the function is
//! [`FunctionEntry::partial`], arguments that are not known made the call a residual. A function whose value
//! is not known returns [`Stop::Residual`]; one that certainly fails returns [`Stop::Wrong`]. The few
//! functions in `WHOLE` build a larger value of their arguments and take them as they are.
//! Semantics: <https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions>.

mod args;
mod arrays;
mod cidr;
mod dates;
mod encodings;
mod files;
mod hashes;
mod hidden;
mod json;
mod lambdas;
mod logic;
mod numbers;
mod objects;
mod resources;
mod sequences;
mod strings;
mod text;
mod uris;
mod yaml;

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::Evaluator;
use super::term::{CondId, Term};
use super::value::{FrameId, Scope, Value};
use crate::source::{HashMap, Span, Str};
use crate::template::ExprId;

/// A function of the library.
pub(super) struct FunctionEntry {
    /// The name as documented.
    pub(super) name: &'static str,
    /// How many arguments it takes.
    pub(super) arity: RangeInclusive<usize>,
    /// It can have a value although an argument is not known.
    pub(super) partial: bool,
    /// What it does.
    pub(super) run: fn(&CallContext<'_, '_>, &[Value]) -> FunctionResult,
}

/// Where a function is called.
pub(super) struct CallContext<'c, 'p> {
    pub(super) eval: &'c Evaluator<'p>,
    pub(super) frame: FrameId,
    /// The function's name in lower case.
    pub(super) name: &'c Str,
    /// The call.
    pub(super) at: Span,
}

/// The value of a call, or why there is none.
pub(super) type FunctionResult = Result<Value, Stop>;

/// Why a call has no value.
pub(super) enum Stop {
    /// The value is not known; the call becomes a residual.
    Residual,
    /// It is certainly an error at deployment; the text names it.
    Wrong(String),
    /// It would take more than armguard spends; the text names the limit.
    Limit(&'static str),
}

/// The function that reads an environment variable, in lower case.
const READ_VARIABLE: &str = "readenvironmentvariable";

/// A table of functions with any number of arguments.
pub(super) const MANY: usize = usize::MAX;

/// Functions that are called for each case of their arguments.
const FAMILIES: [&[FunctionEntry]; 16] = [
    arrays::FUNCTIONS,
    cidr::FUNCTIONS,
    dates::FUNCTIONS,
    encodings::FUNCTIONS,
    files::FUNCTIONS,
    hashes::FUNCTIONS,
    json::FUNCTIONS,
    lambdas::FUNCTIONS,
    logic::FUNCTIONS,
    numbers::FUNCTIONS,
    objects::FUNCTIONS,
    resources::FUNCTIONS,
    sequences::FUNCTIONS,
    strings::FUNCTIONS,
    text::FUNCTIONS,
    uris::FUNCTIONS,
];

/// Functions that take arguments which depend on a condition, or are wrong, as they are.
const WHOLE: [&[FunctionEntry]; 2] = [arrays::WHOLE, objects::WHOLE];

/// Functions that read the deployment's context: the same for a whole deployment, not known before it.
const CONTEXT: [&str; 9] = [
    "deployer",
    "deployment",
    "environment",
    "managementGroup",
    "newGuid",
    "resourceGroup",
    "subscription",
    "tenant",
    "utcNow",
];

/// Functions that query the running service. `list…` functions belong here, too.
const RUNTIME: [&str; 12] = [
    "externalInput",
    "externalInputs",
    "getSecret",
    "invokeResourceMethod",
    "pickZones",
    "providers",
    "reference",
    "readEnvironmentVariable",
    "references",
    "roleDefinitions",
    "toLogicalZone",
    "toPhysicalZone",
];

/// The `list…` functions that are common, as documented; there are many more.
const LISTS: [&str; 14] = [
    "list",
    "listAccountSas",
    "listAdminKeys",
    "listCallbackUrl",
    "listClusterAdminCredential",
    "listClusterUserCredential",
    "listConnectionStrings",
    "listCredentials",
    "listHostKeys",
    "listKeys",
    "listQueryKeys",
    "listSecrets",
    "listServiceSas",
    "listSyncFunctionTriggerStatus",
];

/// Whether the function called `name` reads the deployment's context.
pub(super) fn is_context(name: &str) -> bool {
    CONTEXT.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether the function called `name` queries the running service.
pub(super) fn is_runtime(name: &str) -> bool {
    RUNTIME.iter().any(|known| known.eq_ignore_ascii_case(name)) || is_list(name)
}

/// Whether the function called `name` queries a running resource for what it lists, mostly its secrets.
pub(super) fn is_list(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"))
}

/// A function, and whether it is one of those that take their arguments as they are.
type FoundFunction = (&'static FunctionEntry, bool);

/// The function called `name` (in lower case).
fn find(name: &str) -> Option<FoundFunction> {
    static BY_NAME: OnceLock<HashMap<String, FoundFunction>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let taken_apart = FAMILIES.iter().flat_map(|family| family.iter()).map(|entry| (entry, false));
        let whole = WHOLE.iter().flat_map(|family| family.iter()).map(|entry| (entry, true));
        taken_apart.chain(whole).map(|found| (found.0.name.to_ascii_lowercase(), found)).collect()
    });
    by_name.get(name).copied()
}

/// The spelling in the documentation of a function whose name was folded to lower case.
pub(super) fn documented_name(name: &str) -> Option<&'static str> {
    let listed = CONTEXT.iter().chain(&RUNTIME).chain(&LISTS);
    let listed = listed.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    listed.copied().or_else(|| find(name).map(|(entry, _)| entry.name))
}

impl Evaluator<'_> {
    /// Calls the function `name` (in lower case).
    pub(super) fn call_builtin(&self, scope: &Scope, name: &Str, args: &[ExprId], at: Span) -> Value {
        // These look at one argument after the other: what is not needed is not evaluated.
        match &**name {
            "and" => return self.conjunction(scope, args, false),
            "or" => return self.conjunction(scope, args, true),
            "coalesce" => return self.coalesce(scope, args),
            "any" if args.len() == 1 => return self.eval(scope, args[0]),
            name if args.is_empty() && is_context(name) => {
                if let Some(value) = self.context_value(scope.frame, name) {
                    return value;
                }
            }
            _ => {}
        }
        let values: Vec<Value> = args.iter().map(|arg| self.eval(scope, *arg)).collect();
        self.call_values(scope.frame, name, values, at)
    }

    /// Calls the function `name` (in lower case) with `values`.
    pub(super) fn call_values(&self, frame: FrameId, name: &Str, values: Vec<Value>, at: Span) -> Value {
        let Some((entry, whole)) = find(name) else {
            if &**name == READ_VARIABLE
                && let Some(value) = self.environment_variable(name, &values, at)
            {
                return value;
            }
            if !is_list(name) {
                return self.residual(name, &values);
            }
            return self.spread(values, &|values| {
                let context = CallContext { eval: self, frame, name, at };
                context.settle(resources::list(&context, values), values)
            });
        };
        if !entry.arity.contains(&values.len()) {
            return self
                .wrong(at, format!("`{}` cannot take {} argument{}", entry.name, values.len(), plural(values.len())));
        }
        let context = CallContext { eval: self, frame, name, at };
        let hides = |values: &[Value]| self.hides.get() && values.iter().any(|value| self.is_hidden(value));
        if whole {
            let call = |values: &[Value]| context.settle((entry.run)(&context, values), values);
            return if hides(&values) { self.call_hidden(name, &values, at, &call) } else { call(&values) };
        }
        let call = |values: &[Value]| {
            if let Some(error) = values.iter().find(|value| matches!(value, Value::Error(_))) {
                return error.clone();
            }
            if !entry.partial && values.iter().any(|value| matches!(value, Value::Unknown(_) | Value::Resource(_))) {
                return self.residual(name, values);
            }
            context.settle((entry.run)(&context, values), values)
        };
        self.spread(values, &|values| match hides(values) {
            true => self.call_hidden(name, values, at, &call),
            false if files::loads(name) => self.hide_loaded(call(values), name, values),
            false => call(values),
        })
    }

    /// The value of an environment variable that the command line names: hidden, like that of a file.
    fn environment_variable(&self, name: &Str, values: &[Value], at: Span) -> Option<Value> {
        let Some(Value::Str(variable)) = values.first() else { return None };
        Some(match (self.project.variable(variable)?, values.get(1)) {
            (Some(value), _) => self.hide_loaded(Value::str(value), name, values),
            (None, Some(default)) => default.clone(),
            (None, None) => self.wrong(at, format!("the environment variable `{variable}` is not set")),
        })
    }

    /// The call as an unknown value.
    pub(super) fn residual(&self, name: &Str, values: &[Value]) -> Value {
        let args = values.iter().map(|value| self.reify(value)).collect();
        self.unknown(Term::Call(name.clone(), args))
    }

    /// `and` (or, when `any`, `or`): the arguments behind the one that decides are not evaluated.
    fn conjunction(&self, scope: &Scope, args: &[ExprId], any: bool) -> Value {
        let decided = CondId::from(any);
        let mut all = CondId::from(!any);
        let (name, mut met) = (Str::from(if any { "or" } else { "and" }), Vec::new());
        for arg in args {
            let value = self.eval(scope, *arg);
            if let Value::Error(_) = value {
                return value;
            }
            let cond = self.condition(&value);
            met.push(value);
            all = self.with_store(|store| if any { store.or(all, cond) } else { store.and(all, cond) });
            if all == decided {
                break;
            }
        }
        match self.boolean(all) {
            known @ Value::Bool(_) if self.hides.get() && met.iter().any(|value| self.is_hidden(value)) => {
                self.hide(known, self.call_term(&name, &met))
            }
            made => made,
        }
    }

    fn coalesce(&self, scope: &Scope, args: &[ExprId]) -> Value {
        let Some((first, rest)) = args.split_first() else { return Value::Null };
        let value = self.eval(scope, *first);
        if rest.is_empty() {
            return value;
        }
        self.each(value, &|value| match self.plain_unless_resource(value) {
            Value::Null | Value::Absent => self.coalesce(scope, rest),
            Value::Unknown(term) if self.with_store(|store| store.may_be_null(term)) => {
                let otherwise = self.reify(&self.coalesce(scope, rest));
                self.unknown(Term::Coalesce(term, otherwise))
            }
            other => other,
        })
    }

    /// A whole resource stays one; a property of it that is not known is a residual.
    pub(super) fn plain_unless_resource(&self, value: Value) -> Value {
        match &value {
            Value::Resource(reference) if reference.path.is_empty() => value,
            _ => self.plain(value),
        }
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
