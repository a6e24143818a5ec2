//! Names of rules and diagnostics, as users type them.

use std::collections::{BTreeMap, BTreeSet};

use rulefile::nearest::nearest;

use super::CommandError;
use crate::rules::RuleStore;
use crate::source::ProblemCode;

/// Checks that `name` is the id of a rule or diagnostic, or a control that a rule maps to.
///
/// # Errors
/// When no rule and no diagnostic has the id `name`, and no rule maps to the control `name`.
pub(super) fn check_id(rules: &RuleStore, name: &str) -> Result<(), CommandError> {
    let known = rules.rules().iter().any(|rule| rule.is_named(name)) || ProblemCode::of_id(name).is_some();
    if known { Ok(()) } else { Err(unknown(rules, name)) }
}

/// The error for `typed`, which names no rule or diagnostic, with the name that was probably meant.
pub(super) fn unknown(rules: &RuleStore, typed: &str) -> CommandError {
    if let Some((catalogue, control)) = typed.split_once(':') {
        return unknown_control(rules, &catalogue.to_ascii_lowercase(), control);
    }
    let codes = ProblemCode::ALL.map(ProblemCode::id);
    let mut ids = rules.rules().iter().map(|rule| &*rule.id).chain(codes);
    // Someone who types a part of an id most likely means the first one with that part.
    let part = typed.trim().to_ascii_lowercase();
    let has_part = |id: &&str| !part.is_empty() && id.contains(&part);
    let hint = match rules.nearest(typed).or_else(|| ids.find(has_part)) {
        Some(id) => format!("did you mean `{id}`?"),
        None => "`armguard rules` lists them".to_owned(),
    };
    CommandError::Usage(format!("there is no rule `{typed}`; {hint}"))
}

fn unknown_control(rules: &RuleStore, catalogue: &str, control: &str) -> CommandError {
    let controls: BTreeMap<&str, BTreeSet<&str>> =
        rules.rules().iter().flat_map(|rule| &rule.controls).fold(BTreeMap::new(), |mut all, (catalogue, controls)| {
            all.entry(catalogue).or_default().extend(controls.iter().map(|control| &**control));
            all
        });
    CommandError::Usage(match controls.get(catalogue) {
        None => {
            let catalogues: Vec<&str> = controls.into_keys().collect();
            format!("there is no catalogue `{catalogue}`; rules map to {}", catalogues.join(", "))
        }
        Some(known) => {
            let hint =
                nearest(control, known.iter().copied()).map(|known| format!("did you mean `{catalogue}:{known}`?"));
            let hint = hint.unwrap_or_else(|| "docs/parity.md tells why".to_owned());
            format!("no rule maps to `{catalogue}:{control}`; {hint}")
        }
    })
}
