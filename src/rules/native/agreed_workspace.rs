//! The workspaces that were agreed on for the whole estate.

use rulefile::FAILED;

use super::aks_defender::workspace_of;
use crate::eval::Value;
use crate::model::{Lookup, Split, is_placeholder};
use crate::rules::answer::{Answer, CheckInput, Miss};

/// The workspace of the profile must be one of those that the configuration lists, when it lists some.
pub(super) fn workspace_agreed(input: &CheckInput<'_, '_, '_>) -> Result<Answer, Split> {
    let eval = input.model.eval;
    let agreed = input.model.config_of(&input.instance.resource).map(|config| &config.defender.workspaces);
    let Some(agreed) = agreed.filter(|agreed| !agreed.is_empty()) else { return Ok(Answer::Yes) };
    let (path, found) = workspace_of(input)?;
    let value = match found {
        Lookup::Absent { .. } => return Ok(Answer::Yes),
        Lookup::Unknown(term) => return Ok(Answer::Unknown(vec![term])),
        Lookup::Value(value) => value,
    };
    let undecided = || Answer::Unknown(vec![eval.reify(&value)]);
    let Some(segments) = eval.id_segments(&value) else { return Ok(undecided()) };
    let known = |segment: &'_ Value| match segment {
        Value::Str(text) if !is_placeholder(text) => Some(text.to_string()),
        _ => None,
    };
    let mut known: Vec<Option<String>> = segments.iter().map(known).collect();
    // A slash at the end names nothing.
    known.truncate(known.iter().rposition(|segment| segment.as_deref() != Some("")).map_or(0, |last| last + 1));
    let segments: Vec<Option<&str>> = known.iter().map(Option::as_deref).collect();
    let answers: Vec<Option<bool>> = agreed.iter().map(|workspace| workspace.is(&segments)).collect();
    if answers.contains(&Some(true)) {
        return Ok(Answer::Yes);
    }
    if answers.contains(&None) {
        return Ok(undecided());
    }
    let whole: Option<Vec<&str>> = segments.iter().copied().collect();
    let name = || segments.last().copied().flatten().map(str::to_owned);
    let shown = whole.map(|segments| segments.join("/")).or_else(name);
    let mut miss = Miss::new(&path, FAILED);
    let shown = shown.filter(|_| !eval.is_hidden(&value));
    miss.values.push(("value", shown.unwrap_or_else(|| eval.print(&value))));
    Ok(miss.into())
}
