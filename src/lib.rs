//! armguard reads ARM and Bicep templates, evaluates them, and tells which Azure Kubernetes clusters
//! they would leave without Microsoft Defender.
//!
//! The modules follow the way of the data; each imports only modules named before it
//! (`tests/it/project/layers.rs` keeps it so). `ARCHITECTURE.md` has the map.

// What rule files are; its types are part of this library.
pub use rulefile;

pub mod source;

pub mod patch;

pub mod json;

pub mod arm;

pub mod bicep;

pub mod template;

pub mod azure;

pub mod finding;

pub mod config;

pub mod project;

pub mod eval;

pub mod model;

pub mod expand;

pub mod rules;

pub mod suppress;

pub mod fix;

pub mod lint;

pub mod autofix;

pub mod examples;

pub mod report;

#[cfg(feature = "cli")]
pub mod discover;

#[cfg(feature = "cli")]
pub mod cli;
