//! The module cache: where `bicep restore` leaves modules that are not part of the project.
//!
//! Layout and aliases: Bicep's `OciArtifactRegistry` and
//! <https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config-modules>.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::json::{self, Value};
use crate::source::{FileSystem, HashMap, SourceFile, TextRange, normal_path, path_named};

/// Largest `bicepconfig.json` that is read, in bytes.
const CONFIG_LIMIT: u64 = 1_000_000;

/// What a `bicepconfig.json` sets for modules.
#[derive(Debug, Clone, Default)]
pub(super) struct BicepConfig {
    /// Registry and module path by alias of `br/`.
    registries: Vec<(String, String)>,
    /// Subscription and resource group by alias of `ts/`.
    specs: Vec<(String, String)>,
    /// The root of the module cache as it is written, and where.
    written_cache: Option<(String, TextRange)>,
    /// The root of the module cache, when it may be read.
    cache: Option<PathBuf>,
}

/// The configurations of folders, each read once.
#[derive(Debug, Default)]
pub(super) struct BicepConfigs {
    by_folder: HashMap<PathBuf, Arc<BicepConfig>>,
    by_file: HashMap<PathBuf, Arc<BicepConfig>>,
    problems: Vec<BicepConfigProblem>,
}

/// Why what a `bicepconfig.json` names is not read.
#[derive(Debug)]
pub(super) struct BicepConfigProblem {
    pub(super) source: SourceFile,
    pub(super) range: TextRange,
    pub(super) message: String,
}

impl BicepConfigs {
    /// The configuration that applies to `file`: the nearest one upward. `cache` is the module cache of the run, which
    /// a configuration may name as well.
    pub(super) fn of(&mut self, files: &dyn FileSystem, file: &Path, cache: Option<&Path>) -> Arc<BicepConfig> {
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        if let Some(known) = self.by_folder.get(&folder) {
            return known.clone();
        }
        let candidates = folder.ancestors().map(|folder| folder.join("bicepconfig.json"));
        let nearest = candidates.into_iter().find(|path| files.is_file(path));
        let config = match nearest {
            Some(path) => {
                let problems = &mut self.problems;
                self.by_file.entry(path).or_insert_with_key(|path| read(files, path, cache, problems)).clone()
            }
            None => Arc::default(),
        };
        self.by_folder.insert(folder, config.clone());
        config
    }

    pub(super) fn into_problems(self) -> Vec<BicepConfigProblem> {
        self.problems
    }
}

/// The configuration at `path`; one that cannot be read sets nothing.
fn read(
    files: &dyn FileSystem,
    path: &Path,
    cache: Option<&Path>,
    problems: &mut Vec<BicepConfigProblem>,
) -> Arc<BicepConfig> {
    let Ok(text) = files.read(path, CONFIG_LIMIT) else { return Arc::default() };
    let mut config = BicepConfig::parse(&text);
    if let Some((written, range)) = config.written_cache.take() {
        let folder = path.parent().unwrap_or(Path::new(""));
        let found = path_named(folder, &written).and_then(|root| match files.refusal(&root) {
            Some(refusal) => Err(refusal.of_folder(&files.tidy(&root))),
            None => Ok(root),
        });
        config.cache = match found {
            Ok(root) => Some(root),
            // That is the one that is used anyway.
            Err(_) if cache.is_some_and(|cache| cache == normal_path(Path::new(&written))) => None,
            Err(refusal) => {
                let message = format!("the module cache `{written}` {refusal}; `--module-cache` names another one");
                problems.push(BicepConfigProblem {
                    source: SourceFile::new(path, text.as_str()).quotable(files.is_inside(path)),
                    range,
                    message,
                });
                None
            }
        };
    }
    Arc::new(config)
}

impl BicepConfig {
    fn parse(text: &str) -> Self {
        let document = json::parse(text);
        let at = |names: &[&str]| names.iter().try_fold(document.root()?, |value, name| value.get_ignore_case(name));
        let text = |value: Value<'_>, name: &str| value.get_ignore_case(name)?.as_str().map(|text| text.into_owned());
        let aliases = |kind: &str, target: &dyn Fn(Value<'_>) -> Option<String>| -> Vec<(String, String)> {
            let members = at(&["moduleAliases", kind]).into_iter().flat_map(Value::members);
            members.filter_map(|member| Some((member.key().into_owned(), target(member.value())?))).collect()
        };
        let registries = aliases("br", &|alias| {
            let registry = text(alias, "registry")?;
            Some(match text(alias, "modulePath") {
                Some(path) => format!("{registry}/{path}"),
                None => registry,
            })
        });
        let specs =
            aliases("ts", &|alias| Some(format!("{}/{}", text(alias, "subscription")?, text(alias, "resourceGroup")?)));
        let root = at(&["cacheRootDirectory"]);
        let written_cache = root.and_then(|root| Some((root.as_str()?.into_owned(), root.range())));
        Self { registries, specs, written_cache, cache: None }
    }
}

/// What the alias `public` of `br/` stands for where the configuration does not define it.
const PUBLIC: &str = "mcr.microsoft.com/bicep";

/// The scheme of the module `reference`, and what it names in full, aliases resolved: `br` and
/// `mcr.microsoft.com/bicep/avm/res/x/y:1.0.0`. `None` when the reference is not well-formed.
pub(super) fn address<'r>(reference: &'r str, config: &BicepConfig) -> Option<(&'r str, String)> {
    let (scheme, rest) = reference.split_once([':', '/'])?;
    if reference.as_bytes().get(scheme.len()) == Some(&b':') {
        return Some((scheme, rest.to_owned()));
    }
    let aliases = match scheme {
        "br" => &config.registries,
        "ts" => &config.specs,
        _ => return None,
    };
    let (alias, rest) = rest.split_once(':')?;
    let own = aliases.iter().find(|(name, _)| name == alias).map(|(_, target)| target.as_str());
    let target = own.or_else(|| (scheme == "br" && alias == "public").then_some(PUBLIC))?;
    Some((scheme, format!("{target}/{rest}")))
}

/// The file in which the module `reference` lies once it was restored; `root` is the cache where the
/// configuration names none. `None` when the reference is not well-formed or there is no cache.
pub(super) fn cached(reference: &str, config: &BicepConfig, root: Option<&Path>) -> Option<PathBuf> {
    let root = config.cache.as_deref().or(root)?;
    let (scheme, full) = address(reference, config)?;
    match scheme {
        "br" => {
            let (address, version) = match full.rsplit_once('@') {
                Some((address, digest)) => (address, digest.replace(':', "#")),
                None => {
                    let (address, tag) = full.rsplit_once(':')?;
                    (address, encoded_tag(tag))
                }
            };
            let (registry, repository) = address.split_once('/')?;
            let registry = registry.to_ascii_lowercase().replace(':', "$");
            let parts = ["br", &registry, &repository.replace('/', "$"), &version, "main.json"];
            inside(root, &parts)
        }
        "ts" => {
            let full = full.to_ascii_lowercase();
            let (address, version) = full.rsplit_once(':')?;
            let mut parts = vec!["ts"];
            parts.extend(address.split('/'));
            parts.extend([version, "main.json"]);
            inside(root, &parts)
        }
        _ => None,
    }
}

/// The path of `parts` below `root`; none that would lead elsewhere.
fn inside(root: &Path, parts: &[&str]) -> Option<PathBuf> {
    let plain = |part: &&str| !part.is_empty() && *part != "." && *part != ".." && !part.contains(['/', '\\']);
    parts.iter().all(plain).then(|| path_named(root, &parts.join("/")).ok()).flatten()
}

/// A tag as a folder name: which of its letters are capitals is repeated behind a `$`, in hexadecimal,
/// for disks that ignore case.
fn encoded_tag(tag: &str) -> String {
    let capitals = tag.bytes().take(128).enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
    match capitals.fold(0_u128, |mask, (at, _)| mask | 1 << at) {
        0 => format!("{tag}$"),
        mask => format!("{tag}${mask:x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn places_in_the_cache() {
        let config = r#"{
            // comments are fine
            "moduleAliases": {
                "br": { "shop": { "registry": "Shop.azurecr.io", "modulePath": "bicep/modules" }, "plain": { "registry": "localhost:5000" } },
                "ts": { "specs": { "subscription": "1111", "resourceGroup": "RG" } }
            }
        }"#;
        let config = BicepConfig::parse(config);
        #[rustfmt::skip]
        let cases: &[(&str, Option<&str>)] = &[
            ("br/public:avm/res/x/y:0.9.1", Some("c/br/mcr.microsoft.com/bicep$avm$res$x$y/0.9.1$/main.json")),
            ("br:mcr.microsoft.com/bicep/avm/res/x:1.0.0", Some("c/br/mcr.microsoft.com/bicep$avm$res$x/1.0.0$/main.json")),
            ("br/shop:aks:V1", Some("c/br/shop.azurecr.io/bicep$modules$aks/V1$1/main.json")),
            ("br/plain:aks:v1-RC", Some("c/br/localhost$5000/aks/v1-RC$18/main.json")),
            ("br:r.io/a@sha256:00ff", Some("c/br/r.io/a/sha256#00ff/main.json")),
            ("ts:S/RG/Spec:V1", Some("c/ts/s/rg/spec/v1/main.json")),
            ("ts/specs:Spec:v1", Some("c/ts/1111/rg/spec/v1/main.json")),
            ("br/nobody:x:1", None),
            ("br/public:x", None),
            ("br/public:../../x:1", Some("c/br/mcr.microsoft.com/bicep$..$..$x/1$/main.json")),
            ("ts:../../x:1", None),
            ("br:", None),
            ("", None),
        ];
        for (reference, expected) in cases {
            assert_eq!(cached(reference, &config, Some(Path::new("c"))), expected.map(PathBuf::from), "{reference}");
        }
        assert_eq!(cached("br/public:x:1", &config, None), None);
    }

    #[test]
    fn the_configuration_names_the_cache() {
        let elsewhere = Path::new("/elsewhere");
        #[rustfmt::skip]
        let cases = [
            ("../modules", "infra/modules/br/mcr.microsoft.com/bicep$x/1$/main.json", 0),
            ("/elsewhere", "/elsewhere/br/mcr.microsoft.com/bicep$x/1$/main.json", 0),
            ("/other", "/elsewhere/br/mcr.microsoft.com/bicep$x/1$/main.json", 1),
            (r"\\\\host\\share", "/elsewhere/br/mcr.microsoft.com/bicep$x/1$/main.json", 1),
        ];
        for (written, expected, problems) in cases {
            let mut files = MemoryFiles::default();
            files.insert("infra/app/bicepconfig.json", format!(r#"{{ "cacheRootDirectory": "{written}" }}"#));
            let mut configs = BicepConfigs::default();
            let config = configs.of(&files, Path::new("infra/app/main.bicep"), Some(elsewhere));
            let found = cached("br/public:x:1", &config, Some(elsewhere));
            assert_eq!(found, Some(PathBuf::from(expected)), "{written}");
            assert_eq!(configs.into_problems().len(), problems, "{written}");
        }
    }
}
