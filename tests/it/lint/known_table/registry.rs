//! The published versions of modules, in the repository of the public registry.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A published version: `avm/res/x/y`, its number, and its compiled template.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) module: String,
    pub(crate) version: [u32; 3],
    pub(crate) text: String,
}

impl Published {
    /// The version as people write it.
    pub(crate) fn number(&self) -> String {
        self.version.map(|part| part.to_string()).join(".")
    }
}

/// A clone of the registry's repository, when one is named.
pub(crate) struct Registry {
    folder: PathBuf,
}

impl Registry {
    /// The one that `ARMGUARD_AVM_GIT` names.
    pub(crate) fn named() -> Option<Self> {
        std::env::var_os("ARMGUARD_AVM_GIT").map(|folder| Self { folder: folder.into() })
    }

    fn git(&self, args: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.arg("--git-dir").arg(&self.folder).args(args);
        git
    }

    /// What git answers.
    pub(crate) fn ask(&self, args: &[&str]) -> String {
        let output = self.git(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Every published version whose compiled template names the type of clusters: a tag `<module>/<version>` is made
    /// when a version is published, and `<module>/main.json` is what is published.
    pub(crate) fn published(&self) -> Vec<Published> {
        let tags = self.ask(&["tag"]);
        let versions: Vec<(&str, [u32; 3])> = tags.lines().filter_map(version_of).collect();
        let wanted = Path::new(env!("CARGO_TARGET_TMPDIR")).join("known-modules-wanted.txt");
        let mut list = File::create(&wanted).unwrap();
        for (module, version) in &versions {
            writeln!(list, "{module}/{}:{module}/main.json", version.map(|part| part.to_string()).join(".")).unwrap();
        }
        let stdin = Stdio::from(File::open(&wanted).unwrap());
        let mut git = self.git(&["cat-file", "--batch"]).stdin(stdin).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(git.stdout.take().unwrap());
        let mut published = Vec::new();
        for (module, version) in versions {
            let mut head = String::new();
            out.read_line(&mut head).unwrap();
            // The oldest modules, which lie elsewhere, have no compiled template; none of them deploys a cluster.
            let Some(size) = head.trim_end().rsplit_once(" blob ").map(|(_, size)| size.parse::<usize>().unwrap())
            else {
                continue;
            };
            let mut text = vec![0; size + 1];
            out.read_exact(&mut text).unwrap();
            text.pop();
            let text = String::from_utf8(text).unwrap();
            if text.contains("\"Microsoft.ContainerService/managedClusters\"") {
                published.push(Published { module: module.to_owned(), version, text });
            }
        }
        assert!(git.wait().unwrap().success());
        published
    }
}

/// The module and the version of a tag.
pub(crate) fn version_of(tag: &str) -> Option<(&str, [u32; 3])> {
    let (module, version) = tag.rsplit_once('/')?;
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    Some((module, parts.try_into().ok()?))
}
