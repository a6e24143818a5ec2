//! From the text of a configuration to a [`Config`].

use std::path::PathBuf;
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::{range_of, settings};
use super::{Config, ContextSpec, ModuleMapping, Setting, split_version};
use crate::source::{Problem, ProblemCode, SourceFile, TextRange};

/// Reads `source`.
pub(super) fn read(source: Arc<SourceFile>, below: PathBuf) -> Result<Config, Vec<Problem>> {
    let text = source.text();
    let mut reader = Reader { path: source.display_path(), problems: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let range = error.span().map(|span| TextRange::new(span.start as u32, span.end as u32));
        reader.problem(range.unwrap_or_default(), error.message().replace('\n', ", "));
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let (contexts, modules) = reader.document(document.get_ref());
    match reader.problems.is_empty() {
        true => Ok(Config { source, below, contexts, modules }),
        false => {
            reader.problems.sort_by_key(|problem| problem.range);
            Err(reader.problems)
        }
    }
}

struct Reader {
    path: String,
    problems: Vec<Problem>,
}

/// A value of the document.
type Item<'t> = Spanned<DeValue<'t>>;

impl Reader {
    fn document(&mut self, document: &DeTable<'_>) -> (Vec<ContextSpec>, Vec<ModuleMapping>) {
        let (mut contexts, mut modules) = (Vec::new(), Vec::new());
        for (key, value) in document {
            match (&**key.get_ref(), value.get_ref()) {
                ("contexts", DeValue::Array(items)) => {
                    contexts = items.iter().enumerate().filter_map(|(at, item)| self.context(at, item)).collect();
                }
                ("contexts", _) => self.problem(range_of(value), "`contexts` is a list of tables: `[[contexts]]`"),
                ("modules", DeValue::Table(table)) => {
                    modules = table
                        .iter()
                        .filter_map(|(from, to)| self.mapping(&from.get_ref()[..], range_of(from), to))
                        .collect();
                }
                ("modules", _) => self.problem(range_of(value), "`modules` is a table of references and paths"),
                (other, _) => self.unknown(range_of(key), other, &["contexts", "modules"]),
            }
        }
        (contexts, modules)
    }

    fn context(&mut self, at: usize, item: &Item<'_>) -> Option<ContextSpec> {
        let DeValue::Table(table) = item.get_ref() else {
            self.problem(range_of(item), "a context is a table");
            return None;
        };
        let mut name = format!("contexts[{at}] of {}", self.path);
        let (mut templates, mut parameters, mut set) = (None, Vec::new(), Vec::new());
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => name = self.string(value, "`name` is a string")?,
                "templates" => templates = Some((self.patterns(value)?, range_of(value))),
                "parameters" => parameters = self.strings(value, "parameters")?,
                "set" => set = self.set(value)?,
                other => self.unknown(range_of(key), other, &["name", "templates", "parameters", "set"]),
            }
        }
        let known = self.problems.is_empty();
        match templates {
            Some((templates, range)) => Some(ContextSpec { name, templates, range, parameters, set }),
            None if known => {
                self.problem(range_of(item), "a context says for which `templates` it is");
                None
            }
            None => None,
        }
    }

    fn mapping(&mut self, from: &str, key: TextRange, to: &Item<'_>) -> Option<ModuleMapping> {
        let target = self.string(to, "a module lies in a file or folder: a string")?;
        let (reference, version) = split_version(from);
        let stars = reference.matches('*').count();
        if stars > 1 {
            self.problem(key, "one `*` before the version can stand for any text");
            return None;
        }
        if target.matches('*').count() > stars {
            self.problem(range_of(to), "this `*` stands for nothing: the reference has none");
            return None;
        }
        Some(ModuleMapping {
            reference: reference.to_owned(),
            version: version.filter(|version| *version != "*").map(str::to_owned),
            target,
            range: range_of(to),
        })
    }

    fn set(&mut self, value: &Item<'_>) -> Option<Vec<Setting>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(settings(table)),
            _ => {
                self.problem(range_of(value), "`set` is a table of parameters and their values");
                None
            }
        }
    }

    fn patterns(&mut self, value: &Item<'_>) -> Option<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for (pattern, range) in self.strings(value, "templates")? {
            match GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(true).build() {
                Ok(glob) => set.add(glob),
                Err(error) => {
                    self.problem(range, format!("`{pattern}` is no pattern: {}", error.kind()));
                    return None;
                }
            };
        }
        set.build().ok()
    }

    /// A string, or a list of strings, each with its place.
    fn strings(&mut self, value: &Item<'_>, name: &str) -> Option<Vec<(String, TextRange)>> {
        let what = format!("`{name}` is a string, or a list of strings");
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().map(|item| Some((self.string(item, &what)?, range_of(item)))).collect()
            }
            _ => Some(vec![(self.string(value, &what)?, range_of(value))]),
        }
    }

    fn string(&mut self, value: &Item<'_>, what: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.problem(range_of(value), what);
                None
            }
        }
    }

    fn unknown(&mut self, range: TextRange, name: &str, known: &[&str]) {
        let near = known.iter().map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
        let hint = match near {
            Some((distance, near)) if distance <= near.len() / 3 => format!("did you mean `{near}`?"),
            _ => format!("what there can be: {}", known.join(", ")),
        };
        self.problem(range, format!("there is no `{name}` here; {hint}"));
    }

    fn problem(&mut self, range: TextRange, message: impl Into<String>) {
        self.problems.push(Problem { code: ProblemCode::Configuration, range, message: message.into() });
    }
}
