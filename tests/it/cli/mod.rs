//! The program on the command line.

mod discover;
#[cfg(unix)]
mod exit_codes;
mod expand;
mod fix;
mod formats;
mod general;
mod generate;
#[cfg(unix)]
mod hostile;
mod project;
mod rules;
mod same_output;
mod suppress;
