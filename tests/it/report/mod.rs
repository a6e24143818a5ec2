//! Formats.

mod formats;
mod golden;
mod hostile;
mod terminal;
