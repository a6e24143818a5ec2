//! Patterns of context names.

use std::sync::OnceLock;

use globset::{Glob, GlobBuilder, GlobSet};

/// Patterns of context names: `prod`, `prod/*`, `*.bicepparam`. The name of a context may be a path; a pattern matches
/// whole folders and files at its end, wherever the path starts.
#[derive(Debug, Clone)]
pub struct ContextPatterns {
    globs: Vec<Glob>,
    /// Compiled when a context is first compared: many comments are never compared.
    set: OnceLock<GlobSet>,
    /// As they are written.
    pub written: Vec<String>,
}

impl ContextPatterns {
    /// Reads patterns.
    ///
    /// # Errors
    /// When one of them is none, in words.
    pub fn new<'t>(patterns: impl Iterator<Item = &'t str>) -> Result<Self, String> {
        let mut globs = Vec::new();
        let mut written = Vec::new();
        for pattern in patterns {
            let whole = format!("**/{}", pattern.trim_start_matches("./"));
            match GlobBuilder::new(&whole).literal_separator(true).build() {
                Ok(glob) => globs.push(glob),
                Err(error) => return Err(format!("`{pattern}` is no pattern: {}", error.kind())),
            }
            written.push(pattern.to_owned());
        }
        Ok(Self { globs, set: OnceLock::new(), written })
    }

    /// Whether one of them matches the context called `name`. An entry of `[[contexts]]` for several templates has the
    /// template behind its name, `prod (infra/main.bicep)`: either will do.
    pub fn matches(&self, name: &str) -> bool {
        let entry = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
        let parts = entry.into_iter().flat_map(|(entry, template)| [entry, template]);
        // Each of them is a pattern; together they are none only if they are too large, and then match nothing.
        let set = self.set.get_or_init(|| GlobSet::new(&self.globs).unwrap_or_default());
        parts.chain([name]).any(|name| set.is_match(name.trim_start_matches("../")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        #[rustfmt::skip]
        let cases = [
            ("prod", "prod", true),
            ("prod", "prod-eu", false),
            ("prod*", "prod-eu", true),
            ("prod", "prod (infra/main.bicep)", true),
            ("infra/*", "prod (infra/main.bicep)", true),
            ("prod/*", "prod/main.bicepparam", true),
            ("prod/*", "infra/prod/main.bicepparam", true),
            ("prod/*", "../../infra/prod/main.bicepparam", true),
            ("prod/*", "infra/nonprod/main.bicepparam", false),
            ("prod/*", "prod/eu/main.bicepparam", false),
            ("prod/**", "prod/eu/main.bicepparam", true),
            ("*.bicepparam", "infra/main.bicepparam", true),
        ];
        for (pattern, name, expected) in cases {
            let patterns = ContextPatterns::new([pattern].into_iter()).unwrap();
            assert_eq!(patterns.matches(name), expected, "{name} by {pattern}");
        }
    }
}
