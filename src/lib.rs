//! armguard reads ARM and Bicep templates, evaluates them, and reports which Azure Kubernetes clusters they would leave
//! without Microsoft Defender.
//!
//! What stands on this page is the library: [`lint()`] checks templates, [`expand()`] shows what one would deploy, both read
//! files through a [`FileSystem`], and [`write()`] writes a [`Report`] in a [`Format`]. Nothing here starts a thread of its
//! own without the feature `parallel`, or reads the clock, the environment or a working folder: these are inputs.
//!
//! The modules behind it are public for the program and for tests. They are not stable and not shown here; they follow the
//! way of the data, and each imports only modules named before it. `ARCHITECTURE.md` has the map.

// What rule files are; its types are part of this library.
#[doc(hidden)]
pub use rulefile;

#[doc(hidden)]
pub mod source;

#[doc(hidden)]
pub mod patch;

#[doc(hidden)]
pub mod json;

#[doc(hidden)]
pub mod arm;

#[doc(hidden)]
pub mod bicep;

#[doc(hidden)]
pub mod template;

#[doc(hidden)]
pub mod azure;

#[doc(hidden)]
pub mod finding;

#[doc(hidden)]
pub mod config;

#[doc(hidden)]
pub mod project;

#[doc(hidden)]
pub mod eval;

#[doc(hidden)]
pub mod model;

#[doc(hidden)]
pub mod rules;

#[doc(hidden)]
pub mod suppress;

#[doc(hidden)]
pub mod expand;

#[doc(hidden)]
pub mod fix;

#[doc(hidden)]
pub mod lint;

#[doc(hidden)]
pub mod autofix;

#[doc(hidden)]
pub mod examples;

#[doc(hidden)]
pub mod report;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod discover;

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

pub use expand::{Expansion, Request, expand};
pub use finding::{Finding, Report, Severity, Undetermined};
pub use lint::{Found, Inputs, Options, lint};
pub use report::{Format, ReportStyle, write};
pub use rules::{Rule, RuleStore};
pub use source::{FileSystem, MemoryFiles, ReadError};
