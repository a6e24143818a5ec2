//! Integers. Numbers with a fraction, and results beyond 64 bits, are left to the service.

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use crate::eval::value::{Slot, Value};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "add", arity: 2..=2, partial: false, run: |c, a| operate(c, a, i64::checked_add) },
    FunctionEntry { name: "div", arity: 2..=2, partial: false, run: |c, a| divide(c, a, i64::checked_div) },
    FunctionEntry { name: "float", arity: 1..=1, partial: false, run: float },
    FunctionEntry { name: "int", arity: 1..=1, partial: false, run: int },
    FunctionEntry { name: "max", arity: 1..=MANY, partial: true, run: |c, a| extreme(c, a, i64::max) },
    FunctionEntry { name: "min", arity: 1..=MANY, partial: true, run: |c, a| extreme(c, a, i64::min) },
    FunctionEntry { name: "mod", arity: 2..=2, partial: false, run: |c, a| divide(c, a, i64::checked_rem) },
    FunctionEntry { name: "mul", arity: 2..=2, partial: false, run: |c, a| operate(c, a, i64::checked_mul) },
    FunctionEntry { name: "range", arity: 2..=2, partial: false, run: range },
    FunctionEntry { name: "sub", arity: 2..=2, partial: false, run: |c, a| operate(c, a, i64::checked_sub) },
];

/// Most numbers that `range` makes.
const RANGE: i64 = 10_000;

fn operate(context: &CallContext<'_, '_>, args: &[Value], f: fn(i64, i64) -> Option<i64>) -> FunctionResult {
    let (a, b) = (context.integer(&args[0])?, context.integer(&args[1])?);
    f(a, b).map(Value::Int).ok_or(Stop::Residual)
}

fn divide(context: &CallContext<'_, '_>, args: &[Value], f: fn(i64, i64) -> Option<i64>) -> FunctionResult {
    match context.integer(&args[1])? {
        0 => Err(Stop::Wrong("a number is divided by zero".into())),
        _ => operate(context, args, f),
    }
}

/// The extreme of several integers, or of one array of integers.
fn extreme(context: &CallContext<'_, '_>, args: &[Value], f: fn(i64, i64) -> i64) -> FunctionResult {
    let of = |numbers: &[Value]| {
        let mut found = None;
        for number in numbers {
            let number = context.integer(number)?;
            found = Some(found.map_or(number, |found| f(found, number)));
        }
        found.map(Value::Int).ok_or_else(|| Stop::Wrong("the array has no items".into()))
    };
    match args {
        [Value::Int(_)] => of(args),
        [array] => context.over(args, context.items(array)?, &of),
        numbers => of(numbers),
    }
}

fn range(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (start, count) = (context.integer(&args[0])?, context.integer(&args[1])?);
    if !(0..=RANGE).contains(&count) {
        return Err(Stop::Wrong(format!("`range` makes 0 to {RANGE} numbers, not {count}")));
    }
    match start.checked_add(count) {
        Some(end) if end <= i64::from(i32::MAX) => {
            context.list((start..end).map(|number| Slot::Value(Value::Int(number))).collect())
        }
        _ => Err(Stop::Wrong("the last number of `range` is too large".into())),
    }
}

fn int(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    match &args[0] {
        Value::Int(_) => Ok(args[0].clone()),
        Value::Str(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return text.parse().map(Value::Int).map_err(|_| Stop::Residual);
            }
            // Blanks, signs and fractions may be read by the service; text without a digit is none.
            match text.bytes().any(|byte| byte.is_ascii_digit()) || !text.is_ascii() {
                true => Err(Stop::Residual),
                false => Err(Stop::Wrong(format!("`{text}` is not a number"))),
            }
        }
        Value::Number(_) | Value::Bool(_) => Err(Stop::Residual),
        other => Err(context.string(other).err().unwrap_or_else(|| wanted("a number", other))),
    }
}

fn float(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = match &args[0] {
        Value::Number(_) => return Ok(args[0].clone()),
        Value::Int(number) => number.to_string().into(),
        other => context.string(other)?,
    };
    let number = text.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    number.map(|number| Value::Number(number.to_string().into())).ok_or(Stop::Residual)
}
