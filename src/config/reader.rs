//! From the text of a configuration to a [`Config`].

use std::path::PathBuf;
use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSetBuilder};
use rulefile::nearest::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::setting::{range_of, settings};
use super::{
    Config, ContextPatterns, ContextSpec, DefenderSettings, IgnoreSettings, ModuleMapping, Override, PathPatterns,
    RuleSettings, Sensor, Setting, SpannedText, WorkspacePattern, keys, never_matches, split_version,
};
use crate::finding::Severity;
use crate::source::{Problem, ProblemCode, Problems, SourceFile, TextRange};

/// Reads `source`.
pub(super) fn read(source: Arc<SourceFile>, below: PathBuf) -> Result<Config, Vec<Problem>> {
    let mut reader = ConfigReader { path: source.display_path(), problems: Problems::default() };
    let text = source.clone();
    let (document, errors) = DeTable::parse_recoverable(text.text());
    for error in errors {
        let range = error.span().map(|span| TextRange::new(span.start as u32, span.end as u32));
        reader.problem(range.unwrap_or_default(), error.message().replace('\n', ", "));
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems.finish());
    }
    let mut config = Config::empty(source, below);
    reader.document(document.get_ref(), &mut config);
    match reader.problems.is_empty() {
        true => Ok(config),
        false => {
            reader.problems.sort();
            Err(reader.problems.finish())
        }
    }
}

/// Entries of a list at most: each may be compared with each file, finding and context.
const MOST_ITEMS: usize = 1_000;

/// Bytes of a string at most: names of contexts and reasons stand in each finding.
const LONGEST_STRING: usize = 4_000;

struct ConfigReader {
    path: String,
    problems: Problems,
}

/// A value of the document.
type SpannedValue<'t> = Spanned<DeValue<'t>>;

impl ConfigReader {
    fn document(&mut self, document: &DeTable<'_>, config: &mut Config) {
        for (key, value) in document {
            match (&**key.get_ref(), value.get_ref()) {
                ("contexts", DeValue::Array(items)) => {
                    let items = self.limited(items, range_of(key));
                    config.contexts =
                        items.iter().enumerate().filter_map(|(at, item)| self.context(at, item)).collect();
                }
                ("contexts", _) => self.problem(range_of(value), "`contexts` is a list of tables: `[[contexts]]`"),
                ("modules", DeValue::Table(table)) => {
                    config.modules = table
                        .iter()
                        .filter_map(|(from, to)| self.mapping(&from.get_ref()[..], range_of(from), to))
                        .collect();
                }
                ("modules", _) => self.problem(range_of(value), "`modules` is a table of references and paths"),
                ("rules", DeValue::Table(table)) => config.rules = self.rules(table),
                ("rules", _) => self.problem(range_of(value), "`rules` is a table: `[rules]`"),
                ("rulesets", DeValue::Table(table)) => config.rulesets = self.rulesets(table),
                ("rulesets", _) => self.problem(range_of(value), "`rulesets` is a table of names and lists of rules"),
                ("defender", DeValue::Table(table)) => config.defender = self.defender(table),
                ("defender", _) => self.problem(range_of(value), "`defender` is a table: `[defender]`"),
                ("overrides", DeValue::Array(items)) => {
                    let items = self.limited(items, range_of(key));
                    config.overrides = items.iter().filter_map(|item| self.override_of(item)).collect();
                }
                ("overrides", _) => self.problem(range_of(value), "`overrides` is a list of tables: `[[overrides]]`"),
                ("files", DeValue::Table(table)) => config.exclude = self.files(table),
                ("files", _) => self.problem(range_of(value), "`files` is a table: `[files]`"),
                ("ignores", DeValue::Table(table)) => config.ignores = self.ignores(table),
                ("ignores", _) => self.problem(range_of(value), "`ignores` is a table: `[ignores]`"),
                ("output", DeValue::Table(table)) => config.formats = self.output(table),
                ("output", _) => self.problem(range_of(value), "`output` is a table: `[output]`"),
                (other, _) => self.unknown(range_of(key), other, keys::DOCUMENT),
            }
        }
    }

    fn rules(&mut self, table: &DeTable<'_>) -> RuleSettings {
        let mut rules = RuleSettings::default();
        for (key, value) in table {
            match &**key.get_ref() {
                "paths" => rules.paths = self.strings(value, "paths").unwrap_or_default(),
                "ruleset" => rules.ruleset = self.strings(value, "ruleset").unwrap_or_default(),
                "select" => rules.select = self.strings(value, "select"),
                "ignore" => rules.ignore = self.strings(value, "ignore").unwrap_or_default(),
                "severity" => rules.severity = self.severities(value),
                other => self.unknown(range_of(key), other, keys::RULES),
            }
        }
        rules
    }

    fn rulesets(&mut self, table: &DeTable<'_>) -> Vec<(SpannedText, Vec<SpannedText>)> {
        let mut sets = Vec::new();
        for (name, value) in table {
            let rules = self.strings(value, name.get_ref());
            sets.extend(rules.map(|rules| ((name.get_ref().to_string(), range_of(name)), rules)));
        }
        sets
    }

    fn defender(&mut self, table: &DeTable<'_>) -> DefenderSettings {
        const SENSORS: &str = "`sensor` is \"policy\" or \"helm\": what installs the sensor when templates do not";
        let mut defender = DefenderSettings::default();
        for (key, value) in table {
            match &**key.get_ref() {
                "workspaces" => {
                    for (text, range) in self.strings(value, "workspaces").unwrap_or_default() {
                        match WorkspacePattern::new(&text, range) {
                            Ok(workspace) => defender.workspaces.push(workspace),
                            Err(message) => self.problem(range, message),
                        }
                    }
                }
                "sensor" => {
                    let Some(text) = self.string(value, SENSORS) else { continue };
                    match Sensor::ALL.into_iter().find(|sensor| sensor.name() == text) {
                        Some(sensor) => defender.sensor = Some((sensor, range_of(value))),
                        None => self.problem(range_of(value), SENSORS),
                    }
                }
                other => self.unknown(range_of(key), other, keys::DEFENDER),
            }
        }
        defender
    }

    fn severities(&mut self, value: &SpannedValue<'_>) -> Vec<(SpannedText, Severity)> {
        let DeValue::Table(table) = value.get_ref() else {
            self.problem(range_of(value), "`severity` is a table of rules and their severities");
            return Vec::new();
        };
        let mut severities = Vec::new();
        for (rule, value) in table {
            let read = self.string(value, "a severity is one of \"info\", \"low\", \"medium\", \"high\"");
            match read.map(|text| text.parse::<Severity>()) {
                Some(Ok(severity)) => severities.push(((rule.get_ref().to_string(), range_of(rule)), severity)),
                Some(Err(message)) => self.problem(range_of(value), message),
                None => {}
            }
        }
        severities
    }

    fn override_of(&mut self, item: &SpannedValue<'_>) -> Option<Override> {
        let DeValue::Table(table) = item.get_ref() else {
            self.problem(range_of(item), "an override is a table");
            return None;
        };
        let before = self.problems.len();
        let mut paths = None;
        let (mut ignore, mut severity, mut reason) = (Vec::new(), Vec::new(), String::new());
        for (key, value) in table {
            match &**key.get_ref() {
                "paths" => paths = self.patterns(value, "paths").zip(Some(range_of(value))),
                "ignore" => ignore = self.strings(value, "ignore").unwrap_or_default(),
                "severity" => severity = self.severities(value),
                "reason" => reason = self.string(value, "`reason` is a string").unwrap_or_default(),
                other => self.unknown(range_of(key), other, keys::OVERRIDES),
            }
        }
        match paths {
            Some((paths, range)) => Some(Override { paths, range, ignore, severity, reason }),
            None if self.problems.len() == before => {
                self.problem(range_of(item), "an override says for which `paths` it is");
                None
            }
            None => None,
        }
    }

    fn files(&mut self, table: &DeTable<'_>) -> PathPatterns {
        let mut exclude = PathPatterns::default();
        for (key, value) in table {
            match &**key.get_ref() {
                "exclude" => exclude = self.patterns(value, "exclude").unwrap_or_default(),
                other => self.unknown(range_of(key), other, keys::FILES),
            }
        }
        exclude
    }

    fn ignores(&mut self, table: &DeTable<'_>) -> IgnoreSettings {
        let mut ignores = IgnoreSettings::default();
        for (key, value) in table {
            match (&**key.get_ref(), value.get_ref()) {
                ("require-reason", DeValue::Boolean(required)) => {
                    ignores.require_reason = Some((*required, range_of(value)))
                }
                ("require-reason", _) => self.problem(range_of(value), "`require-reason` is `true` or `false`"),
                ("max-expiry", DeValue::Integer(days)) if days.as_str().parse::<u32>().is_ok() => {
                    let days = days.as_str().parse().unwrap_or_default();
                    ignores.max_expiry = Some((days, range_of(value)));
                }
                ("max-expiry", _) => self.problem(range_of(value), "`max-expiry` is a number of days, such as `180`"),
                ("contexts", _) => ignores.contexts = self.context_patterns(value).zip(Some(range_of(value))),
                (other, _) => self.unknown(range_of(key), other, keys::IGNORES),
            }
        }
        ignores
    }

    fn context_patterns(&mut self, value: &SpannedValue<'_>) -> Option<ContextPatterns> {
        let written = self.strings(value, "contexts")?;
        match ContextPatterns::new(written.iter().map(|(pattern, _)| pattern.as_str())) {
            Ok(patterns) => Some(patterns),
            Err(message) => {
                self.problem(range_of(value), message);
                None
            }
        }
    }

    fn output(&mut self, table: &DeTable<'_>) -> Vec<SpannedText> {
        let mut formats = Vec::new();
        for (key, value) in table {
            match &**key.get_ref() {
                "format" => {
                    formats = self.strings(value, "format").unwrap_or_default();
                    for (text, range) in formats.iter().filter(|(text, _)| text.contains('=')) {
                        let message = format!(
                            "a configuration names formats for standard output; name files on the command line: \
                             `--format {text}`"
                        );
                        self.problem(*range, message);
                    }
                }
                other => self.unknown(range_of(key), other, keys::OUTPUT),
            }
        }
        formats
    }

    fn context(&mut self, at: usize, item: &SpannedValue<'_>) -> Option<ContextSpec> {
        let DeValue::Table(table) = item.get_ref() else {
            self.problem(range_of(item), "a context is a table");
            return None;
        };
        let mut name = format!("contexts[{at}] of {}", self.path);
        let (mut templates, mut parameters, mut set) = (None, Vec::new(), Vec::new());
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => name = self.string(value, "`name` is a string")?,
                "templates" => templates = Some((self.patterns(value, "templates")?.set, range_of(value))),
                "parameters" => parameters = self.strings(value, "parameters")?,
                "set" => set = self.set(value)?,
                other => self.unknown(range_of(key), other, keys::CONTEXTS),
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

    fn mapping(&mut self, from: &str, key: TextRange, to: &SpannedValue<'_>) -> Option<ModuleMapping> {
        let target = self.string(to, "a module lies in a file or folder: a string")?;
        let (reference, version) = split_version(from);
        let stars = reference.matches('*').count();
        if stars > 1 {
            self.problem(key, "one `*` before the version can stand for any text");
            return None;
        }
        if let Some(why) = never_matches(reference, version) {
            self.problem(key, format!("no reference matches this: {why}"));
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

    fn set(&mut self, value: &SpannedValue<'_>) -> Option<Vec<Setting>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(settings(table)),
            _ => {
                self.problem(range_of(value), "`set` is a table of parameters and their values");
                None
            }
        }
    }

    /// Patterns of paths relative to the file.
    fn patterns(&mut self, value: &SpannedValue<'_>, name: &str) -> Option<PathPatterns> {
        let written = self.strings(value, name)?;
        let mut set = GlobSetBuilder::new();
        for (pattern, range) in &written {
            set.add(self.glob(pattern.trim_start_matches("./"), *range)?);
        }
        Some(PathPatterns { set: set.build().ok()?, written })
    }

    fn glob(&mut self, pattern: &str, range: TextRange) -> Option<Glob> {
        match GlobBuilder::new(pattern).literal_separator(true).build() {
            Ok(glob) => Some(glob),
            Err(error) => {
                self.problem(range, format!("`{pattern}` is no pattern: {}", error.kind()));
                None
            }
        }
    }

    /// A string, or a list of strings, each with its place.
    fn strings(&mut self, value: &SpannedValue<'_>, name: &str) -> Option<Vec<(String, TextRange)>> {
        let what = format!("`{name}` is a string, or a list of strings");
        match value.get_ref() {
            DeValue::Array(items) => {
                let items = self.limited(items, range_of(value));
                items.iter().map(|item| Some((self.string(item, &what)?, range_of(item)))).collect()
            }
            _ => Some(vec![(self.string(value, &what)?, range_of(value))]),
        }
    }

    fn string(&mut self, value: &SpannedValue<'_>, what: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) if text.len() > LONGEST_STRING => {
                self.problem(range_of(value), format!("a string here has at most {LONGEST_STRING} bytes"));
                None
            }
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.problem(range_of(value), what);
                None
            }
        }
    }

    /// The `items` of the list at `range`; where they are too many, that is a problem.
    fn limited<'a, 't>(&mut self, items: &'a [SpannedValue<'t>], range: TextRange) -> &'a [SpannedValue<'t>] {
        if items.len() > MOST_ITEMS {
            self.problem(range, format!("there are {} entries here; at most {MOST_ITEMS} are read", items.len()));
        }
        items.get(..MOST_ITEMS).unwrap_or(items)
    }

    fn unknown(&mut self, range: TextRange, name: &str, known: &[&str]) {
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("what there can be: {}", known.join(", ")),
        };
        self.problem(range, format!("there is no `{name}` here; {hint}"));
    }

    fn problem(&mut self, range: TextRange, message: impl Into<String>) {
        self.problems.push(Problem { code: ProblemCode::Configuration, range, message: message.into() });
    }
}
