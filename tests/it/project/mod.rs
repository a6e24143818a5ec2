//! Files of the project itself: its documentation, its structure.

mod config_schema;
mod docs;
mod layers;
