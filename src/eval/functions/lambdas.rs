//! Functions that call a function: `map`, `filter`, `reduce`, `sort`, `toObject`, `groupBy`, `mapValues`.
//!
//! What is not known becomes a term that holds the body of the lambda applied to any item, so that
//! equal terms are still equal values. Where items are known, the lambda is called on them.

use std::rc::Rc;

use super::args::wanted;
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::term::{CondId, Term, TermId};
use crate::eval::value::{Array, Object, Slot, Value};
use crate::eval::{Closure, Members};
use crate::source::{HashMap, IdMap, Str};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "filter", arity: 2..=2, partial: true, run: filter },
    FunctionEntry { name: "groupBy", arity: 2..=3, partial: true, run: group_by },
    FunctionEntry { name: "map", arity: 2..=2, partial: true, run: map },
    FunctionEntry { name: "mapValues", arity: 2..=2, partial: true, run: map_values },
    FunctionEntry { name: "reduce", arity: 3..=3, partial: true, run: reduce },
    FunctionEntry { name: "sort", arity: 2..=2, partial: true, run: sort },
    FunctionEntry { name: "toObject", arity: 2..=3, partial: true, run: to_object },
];

/// What a parameter of a lambda stands for when no item is known.
#[derive(Clone, Copy)]
enum Bound {
    /// Any item.
    Item,
    /// Any item, another one.
    Other,
    /// The item's index.
    Index,
    /// What `reduce` made so far.
    Sum,
}

/// The term of a call over `source`: with `values`, and the bodies of lambdas applied to parameters.
fn whole(
    context: &CallContext<'_, '_>,
    source: &Value,
    values: &[Value],
    lambdas: &[(&Rc<Closure>, &[Bound])],
) -> TermId {
    let eval = context.eval;
    let of = eval.reify(source);
    let mut terms = vec![of];
    terms.extend(values.iter().map(|value| eval.reify(value)));
    // Lambdas inside the bodies get other numbers; those of resource loops count from zero.
    let level = eval.lambdas.get();
    let number = u32::MAX - 2 * level;
    eval.lambdas.set(level + 1);
    for (closure, bounds) in lambdas {
        let args = bounds.iter().map(|bound| {
            Slot::Value(eval.unknown(match bound {
                Bound::Item => Term::AnyItem(of, number),
                Bound::Other => Term::AnyItem(of, number - 1),
                Bound::Index => Term::AnyIndex(of, number),
                Bound::Sum => Term::Call("lambdavariables".into(), [eval.term(Term::Int(i64::from(level)))].into()),
            }))
        });
        let args: Vec<Slot> = args.collect();
        terms.push(eval.reify(&eval.apply(closure, &args)));
    }
    eval.lambdas.set(level);
    eval.term(Term::Call(context.name.clone(), terms.into()))
}

/// The array that a lambda runs over, and it as a value. One that is not known is open and has no items.
fn source(context: &CallContext<'_, '_>, value: &Value) -> Result<(Rc<Array>, Value), Stop> {
    match context.eval.instances_of(value.clone()) {
        Value::Array(array) => {
            context.look_at(array.items.len())?;
            Ok((array.clone(), Value::Array(array)))
        }
        Value::Unknown(term) => Ok((Rc::new(Array { items: Vec::new(), open: Some(term) }), Value::Unknown(term))),
        other => Err(wanted("an array", &other)),
    }
}

/// The items with their indexes. In an open array the index of an item is not known: then a lambda
/// that needs it is called on none.
fn numbered<'a>(array: &'a Array, closure: &Closure, arity: usize) -> impl Iterator<Item = [Slot; 2]> + 'a {
    let known = array.open.is_none() || closure.arity() <= arity;
    let items = if known { &array.items[..] } else { &[] };
    items.iter().enumerate().map(|(at, slot)| [slot.clone(), Slot::Value(Value::Int(at as i64))])
}

fn map(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (array, of) = source(context, &args[0])?;
    let closure = context.lambda(&args[1])?;
    let items = numbered(&array, closure, 1).map(|args| context.eval.apply_later(closure, args.to_vec())).collect();
    let open = array.open.map(|_| whole(context, &of, &[], &[(closure, &[Bound::Item, Bound::Index])]));
    context.open_list(items, open)
}

fn filter(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (array, of) = source(context, &args[0])?;
    let closure = context.lambda(&args[1])?;
    let (mut items, mut closed) = (Vec::new(), array.open.is_none());
    for [item, index] in numbered(&array, closure, 1) {
        let keep = context.eval.apply(closure, &[item.clone(), index]);
        if let Value::Error(_) = keep {
            return Ok(keep);
        }
        match context.eval.condition(&keep) {
            CondId::TRUE => items.push(item),
            CondId::FALSE => {}
            _ => closed = false,
        }
    }
    let open = (!closed).then(|| whole(context, &of, &[], &[(closure, &[Bound::Item, Bound::Index])]));
    context.open_list(items, open)
}

fn reduce(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (array, of) = source(context, &args[0])?;
    let closure = context.lambda(&args[2])?;
    if array.open.is_some() {
        let bounds = [Bound::Sum, Bound::Item, Bound::Index];
        return Ok(Value::Unknown(whole(context, &of, &args[1..2], &[(closure, &bounds)])));
    }
    let (mut sum, mut rounds) = (args[1].clone(), Rounds::default());
    for [item, index] in numbered(&array, closure, 2) {
        sum = context.eval.apply(closure, &[Slot::Value(sum), item, index]);
        if let Value::Error(_) = sum {
            break;
        }
        rounds.before = std::mem::take(&mut rounds.now);
        sum = rounds.evaluated(context, sum)?.0;
    }
    Ok(sum)
}

/// Sums of `reduce` with nothing in them that is not evaluated yet: such a part keeps the variables of its round, in
/// them the sum before, and so on back to the first round.
#[derive(Default)]
struct Rounds {
    /// The arrays, objects and choices that this round came upon, by address. What is shared is evaluated once, and
    /// stays shared.
    now: IdMap<usize, Settled>,
    /// Those of the round before.
    before: IdMap<usize, Settled>,
}

/// A value, itself evaluated, and how many arrays, objects and choices lie one inside the other in that.
struct Settled {
    /// Kept so that its address stays its own.
    _of: Value,
    value: Value,
    height: u32,
}

impl Rounds {
    /// `value` evaluated, and its height.
    fn evaluated(&mut self, context: &CallContext<'_, '_>, value: Value) -> Result<(Value, u32), Stop> {
        let Some(address) = address(&value) else {
            return match value {
                Value::Lambda(_) => Err(Stop::Wrong("a lambda is no value".into())),
                other => Ok((other, 0)),
            };
        };
        if let Some(known) = self.now.get(&address).or_else(|| self.before.get(&address)) {
            return Ok((known.value.clone(), known.height));
        }
        let _level = context.level()?;
        let (evaluated, below) = match &value {
            Value::Array(array) => {
                let (items, below) = self.all(context, array.items.iter())?;
                let evaluated = items.map(|items| Value::Array(Rc::new(Array { items, open: array.open })));
                (evaluated.unwrap_or_else(|| value.clone()), below)
            }
            Value::Object(object) => {
                let (slots, below) = self.all(context, object.members.iter().map(|(_, slot)| slot))?;
                let keys = || object.members.iter().map(|(key, _)| key.clone());
                let evaluated = slots.map(|slots| {
                    Value::Object(Rc::new(Object { members: keys().zip(slots).collect(), open: object.open }))
                });
                (evaluated.unwrap_or_else(|| value.clone()), below)
            }
            Value::Choice(choice) => {
                let (then, a) = self.evaluated(context, choice.1.clone())?;
                let (otherwise, b) = self.evaluated(context, choice.2.clone())?;
                (context.eval.choose(choice.0, then, otherwise), a.max(b))
            }
            _ => (value.clone(), 0),
        };
        let height = below + 1;
        if height > context.eval.most.values {
            return Err(Stop::Limit("a value is nested too deeply"));
        }
        if let Some(own) = self::address(&evaluated) {
            self.now.insert(own, Settled { _of: evaluated.clone(), value: evaluated.clone(), height });
        }
        self.now.insert(address, Settled { _of: value, value: evaluated.clone(), height });
        Ok((evaluated, height))
    }

    /// The evaluated `slots`, nothing when they are already; and the height of the highest.
    fn all<'s>(
        &mut self,
        context: &CallContext<'_, '_>,
        slots: impl Iterator<Item = &'s Slot>,
    ) -> Result<(Option<Vec<Slot>>, u32), Stop> {
        let (mut evaluated, mut changed, mut highest) = (Vec::new(), false, 0);
        for slot in slots {
            let (value, height) = self.evaluated(context, context.eval.force(slot))?;
            changed |= match slot {
                Slot::Value(before) => address(before) != address(&value),
                Slot::Thunk(_) => true,
            };
            highest = highest.max(height);
            evaluated.push(Slot::Value(value));
        }
        if changed {
            context.build(evaluated.len())?;
        }
        Ok((changed.then_some(evaluated), highest))
    }
}

/// Where a value lies that has others in it.
fn address(value: &Value) -> Option<usize> {
    match value {
        Value::Array(array) => Some(Rc::as_ptr(array) as usize),
        Value::Object(object) => Some(Rc::as_ptr(object) as usize),
        Value::Choice(choice) => Some(Rc::as_ptr(choice) as usize),
        _ => None,
    }
}

fn sort(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (array, of) = source(context, &args[0])?;
    let closure = context.lambda(&args[1])?;
    let comes_first = |a: &Slot, b: &Slot| match context.eval.apply(closure, &[a.clone(), b.clone()]) {
        error @ Value::Error(_) => Err(Some(error)),
        value => match context.eval.condition(&value) {
            CondId::TRUE => Ok(true),
            CondId::FALSE => Ok(false),
            _ => Err(None),
        },
    };
    let sorted = if array.open.is_none() { merge_sort(array.items.clone(), &comes_first) } else { Err(None) };
    match sorted {
        Ok(items) => context.list(items),
        Err(Some(error)) => Ok(error),
        Err(None) => {
            let open = whole(context, &of, &[], &[(closure, &[Bound::Item, Bound::Other])]);
            context.open_list(Vec::new(), Some(open))
        }
    }
}

/// A stable sort that any comparison leaves in peace, even one that contradicts itself.
fn merge_sort<E>(items: Vec<Slot>, comes_first: &dyn Fn(&Slot, &Slot) -> Result<bool, E>) -> Result<Vec<Slot>, E> {
    if items.len() < 2 {
        return Ok(items);
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let (left, right) = (merge_sort(left, comes_first)?, merge_sort(right, comes_first)?);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if comes_first(b, a)? { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// The items of an array under keys that a lambda gives, with values that another one may give.
struct Keyed<'v> {
    of: Value,
    key: &'v Rc<Closure>,
    value: Option<&'v Rc<Closure>>,
    items: Vec<Slot>,
}

impl<'v> Keyed<'v> {
    fn read(context: &CallContext<'_, '_>, args: &'v [Value]) -> Result<(Self, bool), Stop> {
        let (array, of) = source(context, &args[0])?;
        let key = context.lambda(&args[1])?;
        let value = args.get(2).map(|value| context.lambda(value)).transpose()?;
        Ok((Self { of, key, value, items: array.items.clone() }, array.open.is_none()))
    }

    /// The result when not all keys are known: an object, no more.
    fn unknown(&self, context: &CallContext<'_, '_>) -> FunctionResult {
        context.open_object(Vec::new(), Some(self.term(context)))
    }

    /// The term of the call.
    fn term(&self, context: &CallContext<'_, '_>) -> TermId {
        let item: &[Bound] = &[Bound::Item];
        let lambdas: Vec<_> =
            [Some(self.key), self.value].into_iter().flatten().map(|closure| (closure, item)).collect();
        whole(context, &self.of, &[], &lambdas)
    }

    /// An object with what `make` makes of the items under each key; for each case of the keys.
    fn object(&self, context: &CallContext<'_, '_>, make: fn(&[Slot]) -> Option<Slot>) -> FunctionResult {
        let keys = self.items.iter().map(|item| context.eval.apply(self.key, std::slice::from_ref(item))).collect();
        context.over(&[], keys, &|keys| {
            let known: Vec<Value> = keys.iter().map(|key| context.eval.known(key)).collect();
            let groups = self.groups(context, &known);
            let members = groups.and_then(|groups| {
                groups.into_iter().map(|(key, items)| make(&items).map(|slot| (key, slot))).collect::<Option<_>>()
            });
            let Some(members) = members else { return self.unknown(context) };
            let made = context.open_object(members, None)?;
            // With a hidden name the object is hidden as a whole.
            Ok(match keys.iter().any(|key| context.eval.is_hidden(key)) {
                true => context.eval.hide(made, self.term(context)),
                false => made,
            })
        })
    }

    /// The values under each of the `keys`; nothing when a key is no known string, or when it depends
    /// on the service whether two keys are the same.
    fn groups(&self, context: &CallContext<'_, '_>, keys: &[Value]) -> Option<Vec<(Str, Vec<Slot>)>> {
        let mut groups: Vec<(Str, Vec<Slot>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::default();
        for (key, item) in keys.iter().zip(&self.items) {
            let Value::Str(key) = key else { return None };
            let value = match self.value {
                Some(closure) => context.eval.apply_later(closure, vec![item.clone()]),
                None => item.clone(),
            };
            let place = *places.entry(key.to_lowercase()).or_insert_with(|| {
                groups.push((key.clone(), Vec::new()));
                groups.len() - 1
            });
            let (spelled, group) = groups.get_mut(place)?;
            if spelled != key {
                return None;
            }
            group.push(value);
        }
        Some(groups)
    }
}

fn to_object(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (keyed, closed) = Keyed::read(context, args)?;
    if !closed {
        return keyed.unknown(context);
    }
    // What the service does with equal keys is its own.
    keyed.object(context, |group| if let [one] = group { Some(one.clone()) } else { None })
}

fn group_by(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (keyed, closed) = Keyed::read(context, args)?;
    if !closed {
        return keyed.unknown(context);
    }
    keyed.object(context, |group| Some(Slot::Value(Value::Array(Rc::new(Array { items: group.to_vec(), open: None })))))
}

/// The object with each value changed by a lambda.
fn map_values(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let eval = context.eval;
    let closure = context.lambda(&args[1])?;
    let of = eval.plain(args[0].clone());
    let hidden = eval.hidden_members(&of);
    let is_hidden = hidden.is_some();
    let object = match &of {
        _ if is_hidden => Rc::new(hidden.unwrap_or_default()),
        Value::Object(object) => object.clone(),
        Value::Unknown(term) => Rc::new(Object { members: Members::default(), open: Some(*term) }),
        other => return Err(wanted("an object", other)),
    };
    let members = object.members.iter().map(|(key, slot)| {
        let changed = match eval.presence(slot) {
            CondId::TRUE => eval.apply_later(closure, vec![slot.clone()]),
            _ => Slot::Value(eval.each(eval.force(slot), &|value| match value {
                Value::Absent => Value::Absent,
                value => eval.apply(closure, &[value.into()]),
            })),
        };
        (key.clone(), changed)
    });
    let open = object.open.map(|_| whole(context, &of, &[], &[(closure, &[Bound::Item])]));
    let made = context.open_object(members.collect(), open)?;
    Ok(match is_hidden {
        true => eval.hide(made, whole(context, &of, &[], &[(closure, &[Bound::Item])])),
        false => made,
    })
}
