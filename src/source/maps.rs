//! Which hash a map has.
//!
//! Keys that come from input (names, paths, values) go into [`HashMap`] and [`HashSet`], whose hash has a key that is
//! random in each run: nobody can prepare names that all fall into one bucket. It is several times faster than the hash
//! of the standard library, which is made to withstand those who can try many times and see how long each try takes.
//! Ids that armguard gives itself, one after the other, need no such care. `clippy.toml` sees to it that the hash of
//! each map is chosen here.

#![expect(clippy::disallowed_types, reason = "the one place that gives them names")]

/// A map by keys that may come from input.
pub type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// A set of what may come from input.
pub type HashSet<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;

/// A map by ids that armguard counts up itself, or by addresses of its own values; never by anything that is read.
pub type IdMap<K, V> = rustc_hash::FxHashMap<K, V>;

/// A set of ids that armguard counts up itself, or of addresses of its own values; never of anything that is read.
pub type IdSet<K> = rustc_hash::FxHashSet<K>;
