//! Attacks that the program withstands: one module an area, one test an attack.
//!
//! `ARMGUARD_BIN` names another program to attack, such as that of an older state: each test then has to fail.

// Clippy then knows that helpers, too, are test code.
#![cfg(test)]

#[path = "../cli_folder/mod.rs"]
mod cli_folder;
#[path = "../folder_names/mod.rs"]
mod folder_names;
mod program;
#[path = "../sarif_texts/mod.rs"]
mod sarif_texts;

mod budgets;
mod costs;
mod discovery;
mod hidden;
mod hostile;
mod named;
mod project_files;
mod reads;
mod sandbox;
mod writes;
