//! armguard reads ARM and Bicep templates, evaluates them, and tells which Azure Kubernetes clusters
//! they would leave without Microsoft Defender.
//!
//! The modules follow the way of the data; each imports only modules named before it
//! (`tests/layers.rs` keeps it so). `ARCHITECTURE.md` has the map.

pub mod source;

pub mod bicep;

pub mod template;

pub mod finding;
