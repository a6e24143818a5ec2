//! Attacks that the program withstands: one module an area, one test an attack.
//!
//! `ARMGUARD_BIN` names another program to attack, such as that of an older state: each test then has to fail.

use crate::support::cli_folder;
#[cfg(unix)]
use crate::support::folder_names;

mod program;

mod budgets;
mod costs;
mod discovery;
mod hidden;
mod hostile;
#[cfg(unix)]
mod named;
mod project_files;
mod reads;
mod sandbox;
#[cfg(unix)]
mod writes;
