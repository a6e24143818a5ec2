//! `armguard rules` and `armguard explain`, and what to say when an id is not known.

use std::io::Write;

use crate::rules::{self, Rule};
use crate::source::ProblemCode;

use super::Failure;
use super::output::Output;

/// Ids farther away than this many edits are not suggested.
const MOST_EDITS: usize = 4;

/// Lists the rules, one a line.
pub(super) fn list(out: &mut Output) -> Result<(), Failure> {
    let rules = rules::registry();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in rules {
        let off = if rule.on_by_default { "" } else { " (off by default)" };
        writeln!(out, "{:<width$}  {:<6}  {}{off}", rule.id, rule.severity, rule.title)?;
    }
    Ok(())
}

/// Prints the page of the rule, or the meaning of the diagnostic, with id `id`.
pub(super) fn explain(id: &str, out: &mut Output) -> Result<(), Failure> {
    if let Some(rule) = rule(id) {
        writeln!(out, "{}", rule.page.trim_end())?;
        return Ok(());
    }
    match ProblemCode::ALL.into_iter().find(|code| code.id() == id) {
        Some(code) => writeln!(out, "# {id}\n\n{}", meaning(code))?,
        None => return Err(unknown(id)),
    }
    Ok(())
}

/// # Errors
/// When no rule and no diagnostic has the id `id`.
pub(super) fn check_id(id: &str) -> Result<(), Failure> {
    if ids().any(|known| known == id) { Ok(()) } else { Err(unknown(id)) }
}

fn rule(id: &str) -> Option<&'static Rule> {
    rules::registry().iter().find(|rule| rule.id == id)
}

fn ids() -> impl Iterator<Item = &'static str> {
    rules::registry().iter().map(|rule| rule.id).chain(ProblemCode::ALL.into_iter().map(ProblemCode::id))
}

fn unknown(id: &str) -> Failure {
    let wanted = id.trim().to_ascii_lowercase();
    // Someone who types a part of an id is nearer than someone who types something of the same length.
    let contains = |known: &str| !wanted.is_empty() && known.contains(&wanted);
    let nearest = ids().map(|known| (if contains(known) { 0 } else { edits(&wanted, known) }, known)).min();
    let hint = match nearest {
        Some((distance, known)) if distance <= MOST_EDITS => format!("did you mean `{known}`?"),
        _ => "`armguard rules` lists them".to_owned(),
    };
    Failure::Usage(format!("there is no rule `{id}`; {hint}"))
}

/// How many characters must be put in, left out or replaced to make `b` of `a` (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, from) in a.chars().enumerate() {
        let mut left = at + 1;
        let mut corner = at;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = corner + usize::from(from != *to);
            corner = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let cases = [("", "", 0), ("a", "", 1), ("", "ab", 2), ("kitten", "sitting", 3), ("same", "same", 0)];
        for (a, b, expected) in cases {
            assert_eq!(edits(a, b), expected, "{a} → {b}");
        }
    }
}
