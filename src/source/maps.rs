//! Which hash a map has.
//!
//! Keys that come from input (names, paths, values) go into the maps of the standard library, whose hash has a random
//! key: nobody can prepare names that all fall into one bucket. Ids that armguard gives itself, one after the other,
//! need no such care, and have a hash that is several times faster. `clippy.toml` allows that hash here only.

#![expect(clippy::disallowed_types, reason = "the one place that gives it a name")]

/// A map by ids that armguard counts up itself, or by addresses of its own values; never by anything that is read.
pub type IdMap<K, V> = rustc_hash::FxHashMap<K, V>;

/// A set of ids that armguard counts up itself, or of addresses of its own values; never of anything that is read.
pub type IdSet<K> = rustc_hash::FxHashSet<K>;
