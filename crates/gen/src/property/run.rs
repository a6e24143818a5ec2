//! A printed project, and the program run over it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use armguard::config::Config;
use armguard::finding::Report;
use armguard::lint::{Found, Inputs, Options, lint};
use armguard::rules::RuleSet;
use armguard::source::{MemoryFiles, SourceFile};

use crate::print::{Files, Language};
use crate::program::Project;

/// A project as files in memory.
#[derive(Debug, Clone)]
pub struct Printed {
    language: Language,
    texts: Files,
    pub(super) files: MemoryFiles,
    configuration: Option<Config>,
}

/// All rules, with or without ignores.
pub fn options(no_ignores: bool) -> Options {
    // A compiled template is compared with its source, of which there is none.
    let ignore = vec!["compiled-template-stale".to_owned()];
    Options { sets: RuleSet::ALL.to_vec(), ignore, no_ignores, ..Options::default() }
}

impl Printed {
    /// The files of `project` in `language`.
    ///
    /// # Errors
    /// When armguard does not read the configuration.
    pub fn new(project: &Project, language: Language) -> Result<Self, String> {
        let texts = project.print(language);
        let source = |text: &String| Arc::new(SourceFile::new("armguard.toml", text.clone()));
        let configuration = texts.get("armguard.toml").map(|text| Config::parse(source(text), PathBuf::new()));
        let configuration = configuration.transpose().map_err(|problems| format!("{problems:?}"))?;
        Ok(Self { language, files: memory(&texts), texts, configuration })
    }

    /// The same with other texts for some files.
    pub fn with<'t>(&self, changed: impl Iterator<Item = (&'t Path, &'t str)>) -> Self {
        let mut other = self.clone();
        other.texts.extend(changed.map(|(path, text)| (path.to_string_lossy().into_owned(), text.to_owned())));
        other.files = memory(&other.texts);
        other
    }

    /// The language of its templates.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Path and text of each file.
    pub const fn texts(&self) -> &Files {
        &self.texts
    }

    /// The files in memory.
    pub const fn files(&self) -> &MemoryFiles {
        &self.files
    }

    /// All templates and parameter files, as if their folder had been named.
    pub fn inputs(&self) -> Inputs {
        let paths = self.texts.keys().filter(|path| !path.ends_with(".toml"));
        let paths = paths.map(|path| Found { path: path.into(), named: false }).collect();
        Inputs { paths, configs: self.configuration.iter().cloned().collect(), ..Inputs::default() }
    }

    /// What a run over all of it reports, by all rules.
    pub fn lint(&self, no_ignores: bool) -> Report {
        lint(&self.files, self.inputs(), &options(no_ignores))
    }

    /// What a run over all of it reports by the rules that run by default.
    pub(super) fn lint_default(&self) -> Report {
        lint(&self.files, self.inputs(), &Options::default())
    }
}

fn memory(texts: &Files) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    texts.iter().for_each(|(path, text)| files.insert(path, text.as_str()));
    files
}
