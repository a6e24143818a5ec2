//! Rules of users, loaded when armguard runs.
//!
//! Their files are not trusted: they are bounded in size and number, their regular expressions take linear
//! time, and no code runs but the checks of this build.

use rulefile::{RuleError, RuleFile, Scope, conflicts};

use super::{RuleStore, native};

/// Bytes of the largest rule file.
pub const MOST_BYTES: usize = 1 << 18;

/// Rule files that are read at most.
pub const MOST_FILES: usize = 1_000;

/// Regular expressions that these have at most, all together.
const MOST_PATTERNS: usize = 300;

/// The rules of `known` and of `files`, each a path (its last folder is the area, its name the id) and its text.
///
/// # Errors
/// All that is wrong in the files.
pub fn load(known: &RuleStore, files: &[(String, String)]) -> Result<RuleStore, Vec<RuleError>> {
    let (mut rules, mut errors) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let error = |line, message: String| RuleError { path: path.clone(), line, column: 1, message };
        if text.len() > MOST_BYTES {
            errors.push(error(1, format!("a rule file of {} bytes; at most {MOST_BYTES} are read", text.len())));
            continue;
        }
        let rule = match RuleFile::parse(path, text) {
            Ok(rule) => rule,
            Err(found) => {
                errors.extend(found);
                continue;
            }
        };
        if known.get(&rule.id).is_some() {
            errors.push(error(1, format!("armguard has a rule `{}` of its own; give this one another name", rule.id)));
        }
        let native = rule.front.native.as_ref();
        errors.extend(native.and_then(|name| wrong_native(name, rule.front.checks)).map(|message| error(1, message)));
        rules.push((path, rule));
    }
    let patterns: usize = rules.iter().map(|(_, rule): &(&String, RuleFile)| rule.front.patterns().count()).sum();
    if let Some((path, _)) = rules.last().filter(|_| patterns > MOST_PATTERNS) {
        let message = format!("with this file, {patterns} regular expressions; at most {MOST_PATTERNS} are read");
        errors.push(RuleError { path: (*path).clone(), line: 1, column: 1, message });
    }
    errors.extend(conflicts(rules.iter().map(|(path, rule)| (path.as_str(), rule))));
    let taken =
        |rule: &RuleFile| known.rules().iter().any(|other| other.group.is_some() && other.group == rule.front.group);
    errors.extend(rules.iter().filter(|(_, rule)| taken(rule)).map(|(path, _)| RuleError {
        path: (*path).clone(),
        line: 1,
        column: 1,
        message: "this group is one of armguard's own; give it another name".to_owned(),
    }));
    if !errors.is_empty() {
        return Err(errors);
    }
    let (paths, rules): (Vec<&String>, Vec<RuleFile>) = rules.into_iter().unzip();
    let path = paths.first().map(|path| (*path).clone()).unwrap_or_default();
    known.with(rules).map_err(|message| vec![RuleError { path, line: 1, column: 1, message }])
}

/// What is wrong with the native check `name` of a rule that checks `scope`.
fn wrong_native(name: &str, scope: Scope) -> Option<String> {
    match Scope::ALL.into_iter().find(|of| native::is_there(name, *of)) {
        Some(of) if of == scope => None,
        Some(of) => Some(format!("the native check `{name}` goes with `checks: {}`", of.name())),
        None => Some(format!("there is no native check `{name}`; write `require`")),
    }
}
