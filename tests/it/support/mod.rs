//! What several tests need.

pub(crate) mod bless;
pub(crate) mod cli_folder;
pub(crate) mod common;
pub(crate) mod corpus;
pub(crate) mod dump;
pub(crate) mod folder_names;
pub(crate) mod json_schema;
pub(crate) mod profile;
pub(crate) mod report_samples;
pub(crate) mod report_schemas;
pub(crate) mod sarif_texts;
