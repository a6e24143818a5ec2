//! `armguard explain`.

use std::io::Write;

use crate::finding::Safety;
use crate::rules::{Rule, RuleStore};
use crate::source::ProblemCode;

use super::args::{OwnRulesArgs, ReadArgs};
use super::output::OutputSink;
use super::{CommandError, ids, rules};

/// Prints the page of the rule, or the meaning of the diagnostic, with id `id`.
pub(super) fn explain(
    id: &str,
    own: &OwnRulesArgs,
    reading: &ReadArgs,
    sandboxed: bool,
    out: &mut OutputSink,
) -> Result<(), CommandError> {
    let rules = rules::here(own, reading, sandboxed)?;
    out.text(|out| page(&rules, id, out))
}

fn page(rules: &RuleStore, id: &str, out: &mut Vec<u8>) -> Result<(), CommandError> {
    match (rules.get(id), ProblemCode::of_id(id)) {
        (Some(rule), _) => {
            writeln!(out, "{}", rule.page.trim_end())?;
            fixes(rule, out)?;
        }
        (None, Some(code)) => writeln!(out, "# {id}\n\n{}", meaning(code))?,
        (None, None) => return Err(ids::unknown(rules, id)),
    }
    Ok(())
}

/// What `--fix` does about the rule.
fn fixes(rule: &Rule, out: &mut Vec<u8>) -> Result<(), CommandError> {
    if rule.fixes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Fix\n")?;
    for fix in &rule.fixes {
        let value = fix.to.to_string().replace("\"$workspace\"", "<id of a workspace>");
        let title = fix.title.replace("{workspace}", "the best workspace in reach");
        let raised = fix.raise.as_ref().map(|version| format!(", and the apiVersion to {version}")).unwrap_or_default();
        let safety = match fix.safety {
            Safety::Safe => "`--fix`",
            Safety::Unsafe => "`--fix --unsafe-fixes`",
        };
        let set = fix.set.as_ref().map_or_else(|| "what failed".to_owned(), |set| format!("`{}`", set.text()));
        writeln!(out, "- {title} ({safety}): sets {set} to `{value}`{raised}.")?;
    }
    writeln!(
        out,
        "\nWhere a parameter's default decides, other resources use the value, or there is no workspace yet,\n\
         `--unsafe-fixes` is needed; where an operator decides, or a module takes no such value, nothing is changed."
    )?;
    Ok(())
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
        ProblemCode::ReadRefused => {
            "A template or a configuration names a file that may not be read: it is outside the root (`--root`), inside a\n\
             folder `.git`, not a regular file, written as an absolute path, or loaded by a template although git does\n\
             not track it. What it would deploy was not checked. `--allow-read DIR` adds a folder.\n\
             Or what a deployment takes as its template holds what must not be shown (a secret, or a loaded file that is no\n\
             template of the project), so it was not checked. Use a module, or load a file that is a template by itself."
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
        ProblemCode::Configuration => {
            "`armguard.toml` names something that is not there: a parameter file, or a module's folder. Mend the\n\
             path; it is taken from the folder of the configuration."
        }
        ProblemCode::UnknownParameter => {
            "A value is given with `--param` for a parameter that no template of this run declares. Most likely\n\
             the name is misspelled."
        }
        ProblemCode::UnusedIgnore => {
            "An ignore hides nothing: what it was for is mended, or it stands in the wrong place. Remove it, or move\n\
             it to the line, or above the resource, that the finding shows. `docs/ignores.md` tells how they are written."
        }
        ProblemCode::UnknownIgnore => {
            "An ignore names something that is no rule of armguard, so it hides nothing. Most likely the id is\n\
             misspelled; `armguard rules` lists them."
        }
        ProblemCode::InvalidIgnore => {
            "An ignore cannot be read, or `armguard.toml` does not allow it: it asks for a reason, or for a date that\n\
             is not too far away. It hides nothing until that is mended. A right one looks so:\n\
             `// armguard: ignore[aks-defender-profile] until 2027-03-31 moved to the new cluster by then`"
        }
        ProblemCode::FixedInBaseline => {
            "The baseline has a finding that is no longer there. Write it anew with `--write-baseline`, so that the\n\
             finding is seen when it comes back."
        }
        ProblemCode::MoreProblems => {
            "The file has more problems than are listed; the first of them say what to repair, the others often follow\n\
             from these. With ignores or a baseline, hide the problems themselves, not their number."
        }
        ProblemCode::IncompleteRun => {
            "The run was stopped before everything was checked, so the report is incomplete: what it does not list may\n\
             still be there. No baseline and no fix was written. Check fewer files at once, or give it more time with\n\
             `--timeout SECONDS`."
        }
        ProblemCode::NothingChecked => {
            "No template was checked, although some lie where armguard looked: all were left out, because `.gitignore`\n\
             or `[files] exclude` says so, or because they are hidden. A pipeline would take that for a pass. Name the\n\
             files, or pass `--allow-empty` if that is what you want."
        }
        ProblemCode::CompiledCopyDiffers => {
            "A JSON template says that it was compiled from the Bicep file beside it, but more is wrong with what it\n\
             deploys than with what that file deploys. So it was checked, too. Compile it again, or remove it."
        }
        ProblemCode::InternalError => {
            "armguard itself failed: on a file, in a context, or in a rule, which is then left out of the context. All else\n\
             was checked. It cannot be ignored, and the exit code is 2. Please report it, with the message and, if you can\n\
             share it, the file."
        }
    }
}
