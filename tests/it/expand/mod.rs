//! What would be deployed.

mod cases;
mod compiler;
pub(crate) mod oracle;
pub(crate) mod pairs;
mod snapshots;
