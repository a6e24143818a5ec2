//! The names that the file can have in each of its tables. [`super::schema`] describes them; a test compares it with
//! these lists.

/// At the top.
pub const DOCUMENT: &[&str] =
    &["contexts", "modules", "rules", "rulesets", "defender", "overrides", "files", "ignores", "output"];

/// In an entry of `[[contexts]]`.
pub const CONTEXTS: &[&str] = &["name", "templates", "parameters", "set"];

/// In `[rules]`.
pub const RULES: &[&str] = &["paths", "ruleset", "select", "ignore", "severity"];

/// In `[defender]`.
pub const DEFENDER: &[&str] = &["workspaces", "sensor"];

/// In an entry of `[[overrides]]`.
pub const OVERRIDES: &[&str] = &["paths", "ignore", "severity", "reason"];

/// In `[files]`.
pub const FILES: &[&str] = &["exclude"];

/// In `[ignores]`.
pub const IGNORES: &[&str] = &["require-reason", "max-expiry", "contexts"];

/// In `[output]`.
pub const OUTPUT: &[&str] = &["format"];
