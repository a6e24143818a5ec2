//! `armguard.toml`: the settings of a project.
//!
//! ```toml
//! [[contexts]]
//! name = "prod"
//! templates = ["infra/**/main.bicep"]
//! parameters = "infra/common.bicepparam"
//! set = { environment = "prod" }
//!
//! [modules]
//! "br/public:avm/res/*:*" = "avm/res/*"
//!
//! [rules]
//! ignore = ["aks-defender-workspace"]
//! severity = { aks-defender-workspace-id = "low" }
//!
//! [rulesets]
//! ours = ["aks-defender-profile", "mcsb:LT-1"]
//!
//! [defender]
//! sensor = "policy"
//!
//! [[overrides]]
//! paths = ["legacy/**"]
//! ignore = ["aks-defender-profile"]
//! reason = "switched off in May"
//!
//! [files]
//! exclude = ["vendor/**"]
//!
//! [ignores]
//! require-reason = true
//! max-expiry = 180
//! contexts = ["dev*"]
//!
//! [output]
//! format = "concise"
//! ```
//!
//! All paths are relative to the file. This module reads what is written; [`crate::project`] applies it to templates.

mod context_patterns;
mod defender;
pub mod keys;
mod reader;
pub mod schema;
mod setting;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobSet;

use crate::finding::Severity;
use crate::source::{Problem, Root, SourceFile, TextRange};

pub use context_patterns::ContextPatterns;
pub use defender::{DefenderSettings, Sensor, WorkspacePattern};
pub use setting::{LiteralKind, Setting, SettingValue};

/// The names that the file can have, the one that is looked for first first.
pub const FILE_NAMES: [&str; 2] = ["armguard.toml", ".armguard.toml"];

/// Largest configuration that is read, in bytes.
pub const SIZE_LIMIT: u64 = 1_000_000;

/// A configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file.
    pub source: Arc<SourceFile>,
    /// The working folder as seen from the file's folder, when it lies below that one; else empty.
    pub below: PathBuf,
    /// Whether it was named, and so applies to all files, wherever it lies.
    pub is_for_all: bool,
    /// In what ways templates are deployed, beside parameter files.
    pub contexts: Vec<ContextSpec>,
    /// Where modules lie that are referred to as those of a registry.
    pub modules: Vec<ModuleMapping>,
    /// `[rules]`: which rules run, and how bad what they find is.
    pub rules: RuleSettings,
    /// `[rulesets]`: sets of rules by name.
    pub rulesets: Vec<(SpannedText, Vec<SpannedText>)>,
    /// `[defender]`: what was agreed on about Defender.
    pub defender: DefenderSettings,
    /// `[[overrides]]`: what is different for some files.
    pub overrides: Vec<Override>,
    /// `[files] exclude`: what is not looked at unless it is named.
    pub exclude: PathPatterns,
    /// `[ignores]`: what an ignore must have.
    pub ignores: IgnoreSettings,
    /// `[output] format`: the report for standard output when none is requested. Files to write are named on the
    /// command line only: who changes a project's files must not choose them.
    pub formats: Vec<SpannedText>,
}

/// A string and its place in the file.
pub type SpannedText = (String, TextRange);

impl Config {
    /// Reads the configuration in `source`, whose path is one to open. `below`: the working folder as seen from
    /// the file's folder, when it lies below that one; else empty.
    ///
    /// # Errors
    /// What is wrong in it, with places, in order of the text.
    pub fn parse(source: Arc<SourceFile>, below: PathBuf) -> Result<Self, Vec<Problem>> {
        reader::read(source, below)
    }

    /// An empty configuration.
    fn empty(source: Arc<SourceFile>, below: PathBuf) -> Self {
        Self {
            source,
            below,
            is_for_all: false,
            contexts: Vec::new(),
            modules: Vec::new(),
            rules: RuleSettings::default(),
            rulesets: Vec::new(),
            defender: DefenderSettings::default(),
            overrides: Vec::new(),
            exclude: PathPatterns::default(),
            ignores: IgnoreSettings::default(),
            formats: Vec::new(),
        }
    }

    /// The one of `configs` that applies to `file`: the one that was named, else that of the nearest folder.
    pub fn governing<'c>(configs: &'c [Self], file: &Path) -> Option<&'c Self> {
        let below = configs.iter().filter_map(|config| Some((config.relative(file)?.components().count(), config)));
        let nearest = || below.min_by_key(|(depth, _)| *depth).map(|(_, config)| config);
        configs.iter().find(|config| config.is_for_all).or_else(nearest)
    }

    /// Whether `[files]` excludes `file`.
    pub fn excludes(&self, file: &Path) -> bool {
        self.relative(file).is_some_and(|path| self.exclude.set.is_match(path))
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        self.source.path()
    }

    /// The folder that its paths are relative to.
    pub fn folder(&self) -> &Path {
        self.source.path().parent().unwrap_or(Path::new(""))
    }

    /// The path of `file` as seen from the folder; `None` when it does not lie below that one.
    pub fn relative(&self, file: &Path) -> Option<PathBuf> {
        Root { folder: self.folder().to_owned(), below: self.below.clone() }.relative(file)
    }
}

/// `[rules]`.
#[derive(Debug, Clone, Default)]
pub struct RuleSettings {
    /// `paths`: folders with rule files of one's own, relative to the configuration.
    pub paths: Vec<SpannedText>,
    /// `ruleset`: the sets of rules that run.
    pub ruleset: Vec<SpannedText>,
    /// `select`: the rules that run; `None` for those that are on by default.
    pub select: Option<Vec<SpannedText>>,
    /// `ignore`: the rules that do not run.
    pub ignore: Vec<SpannedText>,
    /// `severity`: severities in place of the rules' own ones.
    pub severity: Vec<(SpannedText, Severity)>,
}

/// An entry of `[[overrides]]`: what is different for findings that are shown in some files, or are about resources
/// declared in them.
#[derive(Debug, Clone)]
pub struct Override {
    /// `paths`: for which files, as paths relative to the configuration.
    pub paths: PathPatterns,
    /// `paths` in the file.
    pub range: TextRange,
    /// `ignore`: the rules whose findings are ignored.
    pub ignore: Vec<SpannedText>,
    /// `severity`: severities in place of those for all files.
    pub severity: Vec<(SpannedText, Severity)>,
    /// `reason`: why; may be empty.
    pub reason: String,
}

/// Patterns of paths.
#[derive(Debug, Clone, Default)]
pub struct PathPatterns {
    /// What they match.
    pub set: GlobSet,
    /// As they are written.
    pub written: Vec<SpannedText>,
}

/// `[ignores]`.
#[derive(Debug, Clone, Default)]
pub struct IgnoreSettings {
    /// `require-reason`: an ignore without a reason does not apply.
    pub require_reason: Option<(bool, TextRange)>,
    /// `max-expiry`: an ignore that does not end within so many days does not apply.
    pub max_expiry: Option<(u32, TextRange)>,
    /// `contexts`: ignores apply in these contexts only.
    pub contexts: Option<(ContextPatterns, TextRange)>,
}

/// A way in which templates are deployed: an entry of `[[contexts]]`.
#[derive(Debug, Clone)]
pub struct ContextSpec {
    /// What to call it: `name`, else its place among the contexts.
    pub name: String,
    /// `templates`: which ones, as paths relative to the configuration.
    pub templates: GlobSet,
    /// `templates` in the file.
    pub range: TextRange,
    /// `parameters`: parameter files whose values apply. If several give the same value, the first one counts.
    pub parameters: Vec<(String, TextRange)>,
    /// `set`: values that come before those of all parameter files.
    pub set: Vec<Setting>,
}

/// Where modules lie: an entry of `[modules]`.
#[derive(Debug, Clone)]
pub struct ModuleMapping {
    /// The reference up to its version; a `*` stands for any text.
    pub reference: String,
    /// The version; `None` for any.
    pub version: Option<String>,
    /// The file or folder; a `*` is what the one of the reference stands for.
    pub target: String,
    /// The entry's value in the file.
    pub range: TextRange,
}

impl ModuleMapping {
    /// The path, relative to the configuration, of what `reference` leads to by this entry.
    pub fn apply(&self, reference: &str) -> Option<String> {
        let (path, version) = split_version(reference);
        if self.version.as_deref().is_some_and(|wanted| Some(wanted) != version) {
            return None;
        }
        let rest = match self.reference.split_once('*') {
            Some((start, end)) => path.strip_prefix(start)?.strip_suffix(end)?,
            None => (path == self.reference).then_some("")?,
        };
        // What stands for the star names folders below, and leads nowhere else.
        let plain = rest.split('/').all(|part| part != "." && part != ".." && !part.contains('\\'));
        plain.then(|| self.target.replacen('*', rest, 1))
    }

    /// How exactly the entry matches references: the most exact one counts.
    pub fn exactness(&self) -> (bool, usize) {
        (self.version.is_some(), self.reference.len())
    }
}

/// What references to modules that are no local files start with.
const SCHEMES: [&str; 4] = ["br:", "br/", "ts:", "ts/"];

/// A module reference without its version, and that: the part behind the last `:` or `@` of the last segment. The colon
/// behind the scheme or alias (`br/shop:aks:v1`) starts no version.
fn split_version(reference: &str) -> (&str, Option<&str>) {
    let scheme = reference.find(':').filter(|_| SCHEMES.iter().any(|scheme| reference.starts_with(scheme)));
    let after_scheme = scheme.map_or(0, |colon| colon + 1);
    let last = reference.rfind('/').map_or(0, |slash| slash + 1).max(after_scheme);
    match reference[last..].find(['@', ':']) {
        Some(at) => (&reference[..last + at], Some(&reference[last + at + 1..])),
        None => (reference, None),
    }
}

/// Why no reference to a module can match `reference` and `version` of an entry of `[modules]`, in words; `None` when one can.
fn never_matches(reference: &str, version: Option<&str>) -> Option<&'static str> {
    let start = reference.split('*').next().unwrap_or_default();
    let fits = |scheme: &&str| start.starts_with(*scheme) || scheme.starts_with(start);
    if !SCHEMES.iter().any(fits) {
        return Some("a reference to a module starts with `br:`, `br/ALIAS:`, `ts:` or `ts/ALIAS:`");
    }
    if !reference.contains([':', '*']) {
        return Some("`:` and the module's path are missing behind the alias, as in `br/public:avm/res/x:*`");
    }
    match version {
        Some("*") | None => None,
        Some("") => Some("the version behind the last `:` is empty; `*` stands for any"),
        Some(version) if version.contains('*') => Some("`*` stands for a whole version, not for a part of one"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config, Vec<Problem>> {
        Config::parse(Arc::new(SourceFile::new("infra/armguard.toml", text)), PathBuf::new())
    }

    #[test]
    fn paths_below() {
        #[rustfmt::skip]
        let cases: &[(&str, &str, &str, Option<&str>)] = &[
            ("armguard.toml", "", "a/main.bicep", Some("a/main.bicep")),
            ("armguard.toml", "", "../main.bicep", None),
            ("../../armguard.toml", "x/y", "main.bicep", Some("x/y/main.bicep")),
            ("../../armguard.toml", "x/y", "../a/main.bicep", Some("x/a/main.bicep")),
            ("../../armguard.toml", "x/y", "../../../main.bicep", None),
            ("infra/armguard.toml", "", "./infra/a/main.bicep", Some("a/main.bicep")),
            ("infra/armguard.toml", "", "other/main.bicep", None),
            ("/repo/armguard.toml", "", "/repo/main.bicep", Some("main.bicep")),
            ("armguard.toml", "", "/repo/main.bicep", None),
        ];
        for &(path, below, file, expected) in cases {
            let config = Config::parse(Arc::new(SourceFile::new(path, "")), below.into()).unwrap();
            assert_eq!(config.relative(Path::new(file)), expected.map(PathBuf::from), "{file} below {path}");
        }
    }

    #[test]
    fn module_mappings() {
        #[rustfmt::skip]
        let cases: &[(&str, &str, &str, Option<&str>)] = &[
            ("br/public:avm/res/x:*", "avm/x", "br/public:avm/res/x:1.2.3", Some("avm/x")),
            ("br/public:avm/res/x:*", "avm/x", "br/public:avm/res/xy:1.2.3", None),
            ("br/public:avm/res/x", "avm/x", "br/public:avm/res/x:1.2.3", Some("avm/x")),
            ("br/public:avm/res/x:1.2.3", "avm/x", "br/public:avm/res/x:1.2.3", Some("avm/x")),
            ("br/public:avm/res/x:1.2.3", "avm/x", "br/public:avm/res/x:1.2.4", None),
            ("br/public:avm/*:*", "avm/*/main.bicep", "br/public:avm/res/x/y:1.2.3", Some("avm/res/x/y/main.bicep")),
            ("br/public:avm/*:*", "avm/*", "br/public:avm/../x:1.2.3", None),
            ("br:shop.azurecr.io/aks:*", "aks.bicep", "br:shop.azurecr.io/aks@sha256:00", Some("aks.bicep")),
            ("br/shop:aks:*", "aks.bicep", "br/shop:aks:v1", Some("aks.bicep")),
            ("br/shop:aks:v1", "aks.bicep", "br/shop:aks:v1", Some("aks.bicep")),
            ("br/shop:aks:v1", "aks.bicep", "br/shop:aks:v2", None),
            ("br/shop:aks", "aks.bicep", "br/shop:aks@sha256:00", Some("aks.bicep")),
            ("br/shop:*:*", "*/main.bicep", "br/shop:aks:v1", Some("aks/main.bicep")),
            ("ts/specs:spec:*", "spec.json", "ts/specs:spec:v1", Some("spec.json")),
            ("br:localhost:5000/aks:*", "aks.bicep", "br:localhost:5000/aks:v1", Some("aks.bicep")),
            ("ts:0/rg/spec:*", "spec.json", "ts:0/rg/spec:v1", Some("spec.json")),
        ];
        for &(from, to, reference, expected) in cases {
            let config = config(&format!("[modules]\n\"{from}\" = \"{to}\"")).unwrap();
            assert_eq!(config.modules[0].apply(reference).as_deref(), expected, "{reference} by {from}");
        }
    }

    #[test]
    fn contexts() {
        let text = r#"
[[contexts]]
templates = "main.bicep"
[[contexts]]
name = "prod"
templates = ["**/main.bicep", "x/*.json"]
parameters = ["a.json", "b.bicepparam"]
set = { on = true, count = 3, ratio = 0.5, name = "x", list = [1, { a = 'b' }], day = 2026-01-01 }
"#;
        let config = config(text).unwrap();
        let [first, second] = &config.contexts[..] else { panic!("two contexts") };
        assert_eq!((&*first.name, &*second.name), ("contexts[0] of infra/armguard.toml", "prod"));
        assert!(first.templates.is_match("main.bicep") && !first.templates.is_match("a/main.bicep"));
        assert!(second.templates.is_match("a/b/main.bicep") && !second.templates.is_match("x/y/z.json"));
        assert_eq!(second.parameters.iter().map(|(path, _)| &**path).collect::<Vec<_>>(), ["a.json", "b.bicepparam"]);
        let written = |setting: &Setting| format!("{}={}", setting.name, setting.value.range.of(text));
        let set: Vec<String> = second.set.iter().map(written).collect();
        let expected = ["count=3", "day=2026-01-01", "list=[1, { a = 'b' }]", "name=\"x\"", "on=true", "ratio=0.5"];
        assert_eq!(set, expected);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        #[rustfmt::skip]
        let cases: &[(&str, &str, &str)] = &[
            ("[[contxts]]", "contxts", "there is no `contxts` here; did you mean `contexts`?"),
            ("zebra = 1", "zebra", "there is no `zebra` here; what there can be: contexts, modules, rules, rulesets, defender, overrides, files, ignores, output"),
            ("[rules]\nselct = []", "selct", "there is no `selct` here; did you mean `select`?"),
            ("[rules]\nignore = 1", "1", "`ignore` is a string, or a list of strings"),
            ("[rules.severity]\nx = 'bad'", "'bad'", "`bad` is not a severity; use one of info, low, medium, high"),
            ("[rules]\nseverity = 'low'", "'low'", "`severity` is a table of rules and their severities"),
            ("rulesets = 1", "1", "`rulesets` is a table of names and lists of rules"),
            ("[rulesets]\nours = 1", "1", "`ours` is a string, or a list of strings"),
            ("[defender]\nsensor = 'agent'", "'agent'", "`sensor` is \"policy\" or \"helm\": what installs the sensor when templates do not"),
            ("[defender]\nsensors = 'helm'", "sensors", "there is no `sensors` here; did you mean `sensor`?"),
            ("defender = 1", "1", "`defender` is a table: `[defender]`"),
            ("[defender]\nworkspaces = 'law'", "'law'", "`law` is no resource id of a Log Analytics workspace: /subscriptions/*/resourceGroups/*/providers/Microsoft.OperationalInsights/workspaces/*, where `*` is any text"),
            ("[[overrides]]\nignore = 'x'", "[[overrides]]", "an override says for which `paths` it is"),
            ("[[overrides]]\npath = 'x'", "path", "there is no `path` here; did you mean `paths`?"),
            ("[overrides]\nx = 1", "[overrides]", "`overrides` is a list of tables: `[[overrides]]`"),
            ("[files]\nexclude = 'a{'", "'a{'", "`a{` is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"),
            ("[ignores]\nrequire-reason = 'yes'", "'yes'", "`require-reason` is `true` or `false`"),
            ("[ignores]\nmax-expiry = -1", "-1", "`max-expiry` is a number of days, such as `180`"),
            ("[ignores]\nmax-expiry = '180d'", "'180d'", "`max-expiry` is a number of days, such as `180`"),
            ("[ignores]\ncontexts = ['a{']", "['a{']", "`a{` is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"),
            ("output = 1", "1", "`output` is a table: `[output]`"),
            ("[output]\nformats = []", "formats", "there is no `formats` here; did you mean `format`?"),
            ("[[contexts]]\ntemplate = 'x'", "template", "there is no `template` here; did you mean `templates`?"),
            ("[[contexts]]\nname = 'x'", "[[contexts]]", "a context says for which `templates` it is"),
            ("[[contexts]]\ntemplates = 3", "3", "`templates` is a string, or a list of strings"),
            ("[[contexts]]\ntemplates = ['a', true]", "true", "`templates` is a string, or a list of strings"),
            ("[[contexts]]\ntemplates = 'a{'", "'a{'", "`a{` is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)"),
            ("[[contexts]]\ntemplates = 'a'\nset = 1", "1", "`set` is a table of parameters and their values"),
            ("[contexts]\nx = 1", "[contexts]", "`contexts` is a list of tables: `[[contexts]]`"),
            ("[modules]\n'br/public:x:1.*' = 'y'", "'br/public:x:1.*'", "no reference matches this: `*` stands for a whole version, not for a part of one"),
            ("[modules]\n'br/public:x:' = 'y'", "'br/public:x:'", "no reference matches this: the version behind the last `:` is empty; `*` stands for any"),
            ("[modules]\n'br/public' = 'y'", "'br/public'", "no reference matches this: `:` and the module's path are missing behind the alias, as in `br/public:avm/res/x:*`"),
            ("[modules]\n'./aks.bicep' = 'y'", "'./aks.bicep'", "no reference matches this: a reference to a module starts with `br:`, `br/ALIAS:`, `ts:` or `ts/ALIAS:`"),
            ("[output]\nformat = ['terminal', 'sarif=a.sarif']", "'sarif=a.sarif'", "a configuration names formats for standard output; name files on the command line: `--format sarif=a.sarif`"),
            ("[modules]\n'br:x' = 1", "1", "a module lies in a file or folder: a string"),
            ("[modules]\n'br:a*b*' = 'c'", "'br:a*b*'", "one `*` before the version can stand for any text"),
            ("[modules]\n'br:a' = 'c/*'", "'c/*'", "this `*` stands for nothing: the reference has none"),
            ("a = ", "", "string values must be quoted, expected literal string"),
        ];
        for &(text, place, message) in cases {
            let problems = config(text).unwrap_err();
            let found: Vec<(&str, &str)> = problems.iter().map(|p| (p.range.of(text), &*p.message)).collect();
            assert_eq!(found, [(place, message)], "{text}");
        }
    }
}
