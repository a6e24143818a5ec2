//! Patterns of context names.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Patterns of context names: `prod`, `prod/*`, `*.bicepparam`. The name of a context may be a path; a pattern matches
/// whole folders and files at its end, wherever the path starts.
#[derive(Debug, Clone)]
pub struct ContextPatterns {
    set: GlobSet,
    /// As they are written.
    pub written: Vec<String>,
}

impl ContextPatterns {
    /// Reads patterns.
    ///
    /// # Errors
    /// When one of them is none, in words.
    pub fn new<'t>(patterns: impl Iterator<Item = &'t str>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        let mut written = Vec::new();
        for pattern in patterns {
            let whole = format!("**/{}", pattern.trim_start_matches("./"));
            match GlobBuilder::new(&whole).literal_separator(true).build() {
                Ok(glob) => set.add(glob),
                Err(error) => return Err(format!("`{pattern}` is no pattern: {}", error.kind())),
            };
            written.push(pattern.to_owned());
        }
        let set = set.build().map_err(|error| error.to_string())?;
        Ok(Self { set, written })
    }

    /// Whether one of them matches the context called `name`. An entry of `[[contexts]]` for several templates has the
    /// template behind its name, `prod (infra/main.bicep)`: either will do.
    pub fn matches(&self, name: &str) -> bool {
        let entry = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
        let parts = entry.into_iter().flat_map(|(entry, template)| [entry, template]);
        parts.chain([name]).any(|name| self.set.is_match(name.trim_start_matches("../")))
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
