//! Selectors evaluated over values, three-valued: a step into something open is unknown, not absent.

use super::check::Asked;
use super::selector::Step;
use crate::eval::Value;
use crate::eval::term::TermId;
use crate::model::{Lookup, Split};
use crate::template::Str;

/// Where a selector starts.
pub(crate) enum Start {
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

/// What a selector selects.
pub(crate) struct Selection {
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
pub(crate) fn select(asked: &Asked<'_, '_, '_>, start: &Start, steps: &[Step]) -> Result<Selection, Split> {
    let names: Vec<Str> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Member(name) => Some(Str::from(&*name.written)),
            _ => None,
        })
        .collect();
    let lookup = match start {
        Start::Resource => asked.model.lookup(asked.world, asked.instance, &names)?,
        Start::Item { value, .. } => asked.model.seen(value.clone()),
    };
    Ok(Selection { hits: vec![Hit { path: names, lookup }], unknown: Vec::new() })
}
