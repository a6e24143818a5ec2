//! `armguard rules` and `armguard explain`, and what to say when an id is not known.

use std::io::Write;

use crate::rules::{self, RuleSet};
use crate::source::ProblemCode;

use super::Failure;
use super::output::Output;

/// Lists the rules, one a line.
pub(super) fn list(out: &mut Output) -> Result<(), Failure> {
    let rules = rules::registry().rules();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in rules {
        let off = if rule.set == RuleSet::Default { "" } else { " (off by default)" };
        writeln!(out, "{:<width$}  {:<6}  {}{off}", rule.id, rule.severity, rule.title)?;
    }
    Ok(())
}

/// Prints the page of the rule, or the meaning of the diagnostic, with id `id`.
pub(super) fn explain(id: &str, out: &mut Output) -> Result<(), Failure> {
    match (rules::registry().get(id), code(id)) {
        (Some(rule), _) => writeln!(out, "{}", rule.page.trim_end())?,
        (None, Some(code)) => writeln!(out, "# {id}\n\n{}", meaning(code))?,
        (None, None) => return Err(unknown(id)),
    }
    Ok(())
}

/// # Errors
/// When no rule and no diagnostic has the id `id`.
pub(super) fn check_id(id: &str) -> Result<(), Failure> {
    let known = rules::registry().get(id).is_some() || code(id).is_some();
    if known { Ok(()) } else { Err(unknown(id)) }
}

fn code(id: &str) -> Option<ProblemCode> {
    ProblemCode::ALL.into_iter().find(|code| code.id() == id)
}

fn unknown(typed: &str) -> Failure {
    let rules = rules::registry();
    let ids = rules.rules().iter().map(|rule| &*rule.id).chain(ProblemCode::ALL.into_iter().map(ProblemCode::id));
    // Someone who types a part of an id most likely means the first one with that part.
    let part = typed.trim().to_ascii_lowercase();
    let has_part = |id: &&str| !part.is_empty() && id.contains(&part);
    let hint = match rules.nearest(typed).or_else(|| ids.into_iter().find(has_part)) {
        Some(id) => format!("did you mean `{id}`?"),
        None => "`armguard rules` lists them".to_owned(),
    };
    Failure::Usage(format!("there is no rule `{typed}`; {hint}"))
}

/// What a diagnostic of armguard itself means and what to do about it.
fn meaning(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::SyntaxError => {
            "The text does not follow the grammar of its language. What could be read around it was checked;\n\
             what stands in the broken statement was not. Mend the text at the place shown."
        }
        ProblemCode::NestingTooDeep => {
            "Brackets, expressions or types are nested deeper than armguard follows. What lies deeper is\n\
             unknown to all checks. Put inner parts into variables."
        }
        ProblemCode::UnreadableFile => {
            "A file could not be opened, is too large, or is not UTF-8. It was not checked at all."
        }
        ProblemCode::ModuleNotFound => {
            "A module, an import or a parameter file refers to a local file that does not exist. What it would\n\
             deploy was not checked. Mend the path; it is taken from the folder of the file that names it."
        }
        ProblemCode::ModuleNotRead => {
            "A module lies outside the project (in a registry, or as a template spec) and is not in the local\n\
             module cache. armguard never uses the network: `bicep restore` fetches it into the cache."
        }
        ProblemCode::ModuleCycle => {
            "A module calls itself, directly or through others, which Azure would reject. The second call was\n\
             not followed."
        }
        ProblemCode::LimitReached => {
            "Evaluation stopped at a limit on depth, number of resources, size or steps. What depends on the\n\
             part that was left out is unknown, so checks of it are undetermined."
        }
        ProblemCode::EvaluationError => {
            "An expression is certainly wrong: it names something that is not declared, or gives a function an\n\
             argument that it does not take. A deployment would fail there."
        }
        ProblemCode::InternalError => {
            "armguard itself failed on this template; the others were checked. Please report it, with the\n\
             template if you can share it."
        }
    }
}
