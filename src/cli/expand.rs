//! `armguard expand`.

use std::io::Write;
use std::path::Path;

use crate::eval::AssumedPlace;
use crate::expand::{self, Diff, Expansion, Request};
use crate::report::write_json;
use crate::source::{Cancel, ProblemCode, Stack};

use super::args::{ExpandArgs, ExpandFormat};
use super::output::{self, OutputSink};
use super::timer::Timer;
use super::worker::Worker;
use super::{CommandError, RunVerdict, lint};

/// Expands what `args` name and writes what it would deploy, or what is different from another template.
pub(super) fn run(args: &ExpandArgs, sandboxed: bool, out: &mut OutputSink) -> Result<RunVerdict, CommandError> {
    let timer = Timer::start(args.time.timeout);
    let (expansion, other) = expand_all(args, &timer.cancel, sandboxed)?;
    drop(timer);
    let mut failed = expansion.problems.iter().any(|problem| problem.fails);
    let mut diagnostics = expansion.snapshot.diagnostics.clone();
    let other_problems = other.as_ref().map(|other| other.problems.clone());
    match other {
        Some(other) => {
            diagnostics.extend(
                other
                    .snapshot
                    .diagnostics
                    .iter()
                    .filter(|line| !expansion.snapshot.diagnostics.contains(line))
                    .cloned(),
            );
            let diff = Diff::of(&other.snapshot, &expansion.snapshot);
            failed |= !diff.is_empty() || other.problems.iter().any(|problem| problem.fails);
            match args.format {
                Some(ExpandFormat::Json) => write_json(&diff, out)?,
                Some(ExpandFormat::Table) | None => out.text(|text| Ok(diff.write(text)?))?,
            }
        }
        None => match args.format {
            Some(ExpandFormat::Table) => out.text(|text| Ok(expansion.snapshot.write_table(text)?))?,
            Some(ExpandFormat::Json) | None => write_json(&expansion.snapshot, out)?,
        },
    }
    if args.diff.is_some() || args.format == Some(ExpandFormat::Table) {
        // The result first, also where both streams lead to the same terminal.
        out.flush()?;
        output::note(&diagnostics);
    }
    let problems = expansion.problems.iter().chain(other_problems.iter().flatten());
    match failed {
        _ if problems.into_iter().any(|problem| problem.code == ProblemCode::InternalError) => Ok(RunVerdict::Broken),
        true => Ok(RunVerdict::Failed),
        false => Ok(RunVerdict::Clean),
    }
}

/// What `args` name, expanded, and what it is to be compared with.
fn expand_all(
    args: &ExpandArgs,
    cancel: &Cancel,
    sandboxed: bool,
) -> Result<(Expansion, Option<Expansion>), CommandError> {
    let file = request(args, &args.file)?;
    let other = args.diff.as_deref().map(|other| request(args, other)).transpose()?;
    let named = [Some(&args.file), args.params.as_ref(), args.diff.as_ref()].into_iter().flatten();
    let paths = named.filter(|path| path.as_os_str() != "-").cloned().collect();
    let worker = Worker::new(&args.reading.reach(paths, Vec::new(), args.modules.cache()), sandboxed)?;
    worker.run(|threads| {
        let expand = |request| {
            let request = Request { threads, cancel: cancel.clone(), ..request };
            expand::expand(&worker.files, &request).map_err(CommandError::Usage)
        };
        Ok((expand(file)?, other.map(expand).transpose()?))
    })
}

/// What is to be expanded for `file`.
///
/// # Errors
/// When it stands for standard input, and that cannot be read.
fn request(args: &ExpandArgs, file: &Path) -> Result<Request, CommandError> {
    let place = expand::default_place();
    let place = AssumedPlace {
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
    // Parameters go to templates; a parameter file brings its own.
    let own = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bicepparam"));
    let parameters = args.params.clone().filter(|_| !own || file == args.file);
    let environment = lint::named_variables(&args.env);
    let module_cache = args.modules.cache();
    Ok(Request {
        file: path,
        text,
        parameters,
        place,
        module_cache,
        environment,
        stack: Stack::PROGRAM,
        ..Request::default()
    })
}
