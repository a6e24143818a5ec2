//! `armguard expand`.

use std::io::Write;
use std::path::Path;

use crate::eval::Assumed;
use crate::expand::{self, Expansion, Request};
use crate::source::Disk;

use super::args::{ExpandArgs, ExpandFormat};
use super::output::Output;
use super::{Failure, Verdict, lint};

/// Expands what `args` name and writes what it would deploy.
pub(super) fn run(args: &ExpandArgs, out: &mut Output) -> Result<Verdict, Failure> {
    let expansion = expand_file(args, &args.file)?;
    match args.format {
        ExpandFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &expansion.snapshot).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ExpandFormat::Table => {}
    }
    let failed = expansion.problems.iter().any(|problem| problem.fails);
    Ok(if failed { Verdict::Failed } else { Verdict::Clean })
}

fn expand_file(args: &ExpandArgs, file: &Path) -> Result<Expansion, Failure> {
    let place = expand::default_place();
    let place = Assumed {
        subscription: args.subscription_id.as_deref().map(Into::into).or(place.subscription),
        resource_group: args.resource_group.as_deref().map(Into::into).or(place.resource_group),
        location: args.location.as_deref().map(Into::into).or(place.location),
    };
    let (path, text) = match file.as_os_str() == "-" {
        true => {
            let text = lint::read_stdin()?;
            (lint::default_name(&text).into(), Some(text))
        }
        false => (file.to_owned(), None),
    };
    let request =
        Request { file: path, text, parameters: args.params.clone(), place, module_cache: args.modules.cache() };
    expand::expand(&Disk, &request).map_err(Failure::Usage)
}
