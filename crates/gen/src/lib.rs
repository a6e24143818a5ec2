//! Generates whole projects of templates: one typed program, printed in Bicep and in ARM.
//!
//! ```
//! use armguard_gen::{Entropy, Knobs, Language, project};
//!
//! let bytes = armguard_gen::seed_bytes(7, 4096);
//! let program = project(&Knobs::default(), &mut Entropy::new(&bytes));
//! let files = program.print(Language::Bicep);
//! assert!(files.contains_key("main.bicep"));
//! ```
//!
//! A [`Project`] is a model, not text: both languages are printed from it ([`Project::print`]), it can be made smaller
//! while something stays true of it ([`shrink`]), and what it deploys is known without armguard ([`mod@reference`]). The
//! source of all choices is a string of bytes: a seed gives one ([`seed_bytes`]), and so does a fuzzer.
//!
//! [`property`] has what must be true of every project, for fuzz targets and tests alike.

mod entropy;
mod expr;
mod generate;
mod knobs;
mod print;
mod program;
pub mod property;
pub mod reference;
mod shrink;

pub use entropy::{Entropy, seed_bytes};
pub use expr::{Expr, Kind, Operator};
pub use generate::project;
pub use knobs::Knobs;
pub use print::{Files, Language};
pub use program::{
    Call, Configuration, Function, Ignore, Loop, Output, Parameter, ParameterFile, Project, Resource, Template, Type,
    Variable,
};
pub use shrink::{shrink, smaller};
