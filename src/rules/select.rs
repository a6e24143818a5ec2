//! Selectors evaluated over values, three-valued: a step into something open is unknown, not absent,
//! and a filter over something unknown neither takes nor leaves the item.

use rulefile::selector::{Comparison, Filter, Literal, Operand, SelectorReach, SelectorStep};

use super::answer::{Answer, CheckInput, equals};
use crate::eval::term::TermId;
use crate::eval::{Slot, Value};
use crate::model::{Lookup, Split};
use crate::source::Str;

/// Where a selector starts.
pub(crate) enum SelectionStart {
    /// At the body of the resource.
    Resource,
    /// At an item that `each` selected.
    Item {
        /// The way to it.
        path: Vec<Str>,
        /// The item.
        value: Value,
    },
}

impl SelectionStart {
    /// The way to it.
    pub(crate) fn path(&self) -> &[Str] {
        match self {
            Self::Resource => &[],
            Self::Item { path, .. } => path,
        }
    }
}

/// What a selector selects.
pub(crate) struct SelectedValues {
    /// The values, in order; a path without wildcard and filter always gives one, if only as absent.
    pub(crate) hits: Vec<Hit>,
    /// What decides whether there are more.
    pub(crate) unknown: Vec<TermId>,
}

/// A selected value.
pub(crate) struct Hit {
    /// The way to it from the resource's body; items by index.
    pub(crate) path: Vec<Str>,
    /// The value.
    pub(crate) lookup: Lookup,
}

/// Selects by `steps` from `start`.
///
/// # Errors
/// The atom that would decide, when the world does not.
pub(crate) fn select(
    input: &CheckInput<'_, '_, '_>,
    start: &SelectionStart,
    steps: &[SelectorStep],
) -> Result<SelectedValues, Split> {
    let names = steps.iter().map_while(|step| match step {
        SelectorStep::Member(name) => Some(Str::from(&*name.written)),
        _ => None,
    });
    let (first, rest) = match start {
        // The names at the start are looked up in the resource itself, which knows about updates.
        SelectionStart::Resource => {
            let path: Vec<Str> = names.collect();
            let lookup = input.model.lookup(input.world, input.instance, &path)?;
            let rest = &steps[path.len()..];
            (Hit { path, lookup }, rest)
        }
        SelectionStart::Item { path, value } => {
            let lookup = input.model.seen(input.world.settle(value.clone())?);
            (Hit { path: path.clone(), lookup }, steps)
        }
    };
    let mut selection = SelectedValues { hits: vec![first], unknown: Vec::new() };
    for step in rest {
        let hits = std::mem::take(&mut selection.hits);
        for hit in hits {
            walk(input, hit, step, &mut selection)?;
        }
    }
    Ok(selection)
}

fn walk(input: &CheckInput<'_, '_, '_>, hit: Hit, step: &SelectorStep, out: &mut SelectedValues) -> Result<(), Split> {
    let Hit { path, lookup } = hit;
    let value = match (&lookup, step) {
        (Lookup::Value(value), _) => input.model.eval.opened(value.clone()),
        // One place stays one place: absent or unknown as a whole.
        (Lookup::Absent { .. } | Lookup::Unknown(_), SelectorStep::Member(_) | SelectorStep::Index(_)) => {
            let path = below(&path, &name_of(step));
            out.hits.push(Hit { path, lookup });
            return Ok(());
        }
        (Lookup::Absent { .. }, _) => return Ok(()),
        (Lookup::Unknown(term), _) => {
            out.unknown.push(*term);
            return Ok(());
        }
    };
    match step {
        SelectorStep::Member(name) => {
            let found = input.world.settle(input.model.eval.member(&value, &name.written))?;
            out.hits.push(Hit { path: below(&path, &name.written), lookup: input.model.seen(found) });
        }
        SelectorStep::Index(index) => {
            let lookup = match &value {
                Value::Array(array) if array.open.is_none() => {
                    let at = if *index < 0 { array.items.len() as i64 + index } else { *index };
                    match usize::try_from(at).ok().and_then(|at| array.items.get(at)) {
                        Some(slot) => input.model.seen(forced(input, slot)?),
                        None => Lookup::Absent { null: false },
                    }
                }
                Value::Array(_) | Value::Hidden(_) => Lookup::Unknown(input.model.eval.reify(&value)),
                _ => Lookup::Absent { null: false },
            };
            out.hits.push(Hit { path: below(&path, &name_of(step)), lookup });
        }
        SelectorStep::Wildcard => children(input, &path, &value, out)?,
        SelectorStep::Filter(filter) => {
            let mut all = SelectedValues { hits: Vec::new(), unknown: Vec::new() };
            children(input, &path, &value, &mut all)?;
            out.unknown.extend(all.unknown);
            for hit in all.hits {
                match filtered(input, filter, &hit)? {
                    Answer::Yes => out.hits.push(hit),
                    Answer::No(_) => {}
                    Answer::Unknown(terms) => out.unknown.extend(terms),
                }
            }
        }
    }
    Ok(())
}

/// The items of an array, or the members of an object.
fn children(
    input: &CheckInput<'_, '_, '_>,
    path: &[Str],
    value: &Value,
    out: &mut SelectedValues,
) -> Result<(), Split> {
    let mut add = |name: &str, slot: &Slot| -> Result<(), Split> {
        match input.model.seen(forced(input, slot)?) {
            Lookup::Absent { .. } => {}
            lookup => out.hits.push(Hit { path: below(path, name), lookup }),
        }
        Ok(())
    };
    match value {
        Value::Array(array) => {
            for (at, slot) in array.items.iter().enumerate() {
                add(&format!("[{at}]"), slot)?;
            }
            out.unknown.extend(array.open);
        }
        Value::Object(object) => {
            for (key, slot) in &object.members {
                add(key, slot)?;
            }
            out.unknown.extend(object.open);
        }
        // The names in it would be shown.
        Value::Hidden(_) => out.unknown.push(input.model.eval.reify(value)),
        _ => {}
    }
    Ok(())
}

fn forced(input: &CheckInput<'_, '_, '_>, slot: &Slot) -> Result<Value, Split> {
    input.world.settle(input.model.eval.force(slot))
}

fn below(path: &[Str], name: &str) -> Vec<Str> {
    path.iter().cloned().chain([Str::from(name)]).collect()
}

fn name_of(step: &SelectorStep) -> String {
    match step {
        SelectorStep::Member(name) => name.written.to_string(),
        SelectorStep::Index(index) => format!("[{index}]"),
        SelectorStep::Wildcard | SelectorStep::Filter(_) => "[*]".into(),
    }
}

fn filtered(input: &CheckInput<'_, '_, '_>, filter: &Filter, item: &Hit) -> Result<Answer, Split> {
    let no = || Answer::No(Vec::new());
    Ok(match filter {
        Filter::All(parts) => {
            let mut unknown = Vec::new();
            for part in parts {
                match filtered(input, part, item)? {
                    Answer::Yes => {}
                    no @ Answer::No(_) => return Ok(no),
                    Answer::Unknown(terms) => unknown.extend(terms),
                }
            }
            if unknown.is_empty() { Answer::Yes } else { Answer::Unknown(unknown) }
        }
        Filter::Any(parts) => {
            let mut unknown = Vec::new();
            for part in parts {
                match filtered(input, part, item)? {
                    Answer::Yes => return Ok(Answer::Yes),
                    Answer::No(_) => {}
                    Answer::Unknown(terms) => unknown.extend(terms),
                }
            }
            if unknown.is_empty() { no() } else { Answer::Unknown(unknown) }
        }
        Filter::Not(part) => match filtered(input, part, item)? {
            Answer::Yes => no(),
            Answer::No(_) => Answer::Yes,
            unknown @ Answer::Unknown(_) => unknown,
        },
        Filter::Exists(reach) => {
            let SelectedValues { hits, unknown } = reached(input, reach, item)?;
            let unknown_hits = hits.iter().filter_map(|hit| match hit.lookup {
                Lookup::Unknown(term) => Some(term),
                _ => None,
            });
            let unknown: Vec<TermId> = unknown.into_iter().chain(unknown_hits).collect();
            match hits.iter().any(|hit| matches!(hit.lookup, Lookup::Value(_) | Lookup::Absent { null: true })) {
                true => Answer::Yes,
                false if unknown.is_empty() => no(),
                false => Answer::Unknown(unknown),
            }
        }
        Filter::Compare(left, comparison, right) => {
            let (left, right) = (side(input, left, item)?, side(input, right, item)?);
            match (left, right) {
                (Ok(left), Ok(right)) => match compare(&left.known(input), *comparison, &right.known(input)) {
                    Some(true) => Answer::Yes,
                    Some(false) => no(),
                    None => Answer::Unknown([left, right].iter().filter_map(|side| side.term(input)).collect()),
                },
                (Err(terms), _) | (_, Err(terms)) => Answer::Unknown(terms),
            }
        }
        Filter::Matches(reach, pattern) => match side(input, &Operand::Value(reach.clone()), item)? {
            Ok(found) => match found.known(input) {
                Side::Value(Value::Str(text)) if pattern.is_match(&text) => Answer::Yes,
                Side::Value(Value::Text(_) | Value::Id(_) | Value::Hidden(_)) => {
                    Answer::Unknown(found.term(input).into_iter().collect())
                }
                _ => no(),
            },
            Err(terms) => Answer::Unknown(terms),
        },
    })
}

fn reached(input: &CheckInput<'_, '_, '_>, reach: &SelectorReach, item: &Hit) -> Result<SelectedValues, Split> {
    match (&item.lookup, reach.from_root) {
        (_, true) => select(input, &SelectionStart::Resource, &reach.steps),
        (Lookup::Value(value), false) => {
            select(input, &SelectionStart::Item { path: item.path.clone(), value: value.clone() }, &reach.steps)
        }
        (Lookup::Unknown(term), false) => Ok(SelectedValues { hits: Vec::new(), unknown: vec![*term] }),
        (Lookup::Absent { .. }, false) => Ok(SelectedValues { hits: Vec::new(), unknown: Vec::new() }),
    }
}

/// A side of a comparison.
enum Side {
    Nothing,
    Literal(Literal),
    Value(Value),
}

impl Side {
    /// The same with what is known of a hidden value, for comparing.
    fn known(&self, input: &CheckInput<'_, '_, '_>) -> Self {
        match self {
            Self::Value(value) => Self::Value(input.model.eval.known(value)),
            Self::Literal(literal) => Self::Literal(literal.clone()),
            Self::Nothing => Self::Nothing,
        }
    }

    fn term(&self, input: &CheckInput<'_, '_, '_>) -> Option<TermId> {
        match self {
            Self::Value(value) => Some(input.model.eval.reify(value)),
            Self::Nothing | Self::Literal(_) => None,
        }
    }
}

fn side(input: &CheckInput<'_, '_, '_>, operand: &Operand, item: &Hit) -> Result<Result<Side, Vec<TermId>>, Split> {
    let reach = match operand {
        Operand::Literal(literal) => return Ok(Ok(Side::Literal(literal.clone()))),
        Operand::Value(reach) => reach,
    };
    let SelectedValues { hits, unknown } = reached(input, reach, item)?;
    Ok(match hits.into_iter().next().map(|hit| hit.lookup) {
        _ if !unknown.is_empty() => Err(unknown),
        Some(Lookup::Unknown(term)) => Err(vec![term]),
        Some(Lookup::Value(value)) => Ok(Side::Value(value)),
        Some(Lookup::Absent { null: true }) => Ok(Side::Literal(Literal::Null)),
        Some(Lookup::Absent { null: false }) | None => Ok(Side::Nothing),
    })
}

/// Whether the sides compare so; `None` when that is not known.
fn compare(left: &Side, comparison: Comparison, right: &Side) -> Option<bool> {
    let equal = || match (left, right) {
        (Side::Nothing, Side::Nothing) => Some(true),
        (Side::Nothing, _) | (_, Side::Nothing) => Some(false),
        (Side::Literal(a), Side::Literal(b)) => Some(a == b),
        (Side::Value(value), Side::Literal(literal)) | (Side::Literal(literal), Side::Value(value)) => {
            equals(value, literal)
        }
        (Side::Value(a), Side::Value(b)) => equals(a, &literal(b)?),
    };
    match comparison {
        Comparison::Equal => equal(),
        Comparison::NotEqual => equal().map(|equal| !equal),
        Comparison::Less => order(left, right).map(std::cmp::Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right).map(std::cmp::Ordering::is_le),
        Comparison::Greater => order(left, right).map(std::cmp::Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right).map(std::cmp::Ordering::is_ge),
    }
}

/// The order of two numbers or two strings; nothing else has one.
fn order(left: &Side, right: &Side) -> Option<std::cmp::Ordering> {
    let plain = |side: &Side| match side {
        Side::Literal(known) => Some(known.clone()),
        Side::Value(value) => literal(value),
        Side::Nothing => None,
    };
    match (plain(left)?, plain(right)?) {
        (Literal::Int(a), Literal::Int(b)) => Some(a.cmp(&b)),
        (Literal::Str(a), Literal::Str(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}

fn literal(value: &Value) -> Option<Literal> {
    match value {
        Value::Bool(value) => Some(Literal::Bool(*value)),
        Value::Int(value) => Some(Literal::Int(*value)),
        Value::Str(text) => Some(Literal::Str(text.clone())),
        _ => None,
    }
}
