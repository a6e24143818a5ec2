//! `armguard completions` and `armguard man`: what packages install beside the program, made from the command line as
//! it is declared.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::CommandError;
use super::args::Cli;
use super::output::OutputSink;

/// Prints the script with which `shell` completes the arguments of `armguard`.
pub(super) fn completions(shell: Shell, out: &mut OutputSink) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "armguard", &mut script);
    Ok(out.write_all(&script)?)
}

/// Prints the manual page of `armguard`, or of one of its commands, as `man` reads it.
pub(super) fn man(name: Option<&str>, out: &mut OutputSink) -> Result<(), CommandError> {
    let mut cli = Cli::command();
    // Gives the commands their full names.
    cli.build();
    let command = match name {
        None => &cli,
        Some(name) => cli
            .find_subcommand(name)
            .ok_or_else(|| CommandError::Usage(format!("there is no command `{name}`; `armguard help` lists them")))?,
    };
    let mut page = Vec::new();
    let version = concat!("armguard ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(version).manual("armguard").render(&mut page)?;
    Ok(out.write_all(&page)?)
}
