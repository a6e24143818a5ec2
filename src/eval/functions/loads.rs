//! Content of files, taken in while Bicep compiles. The files were read with the project.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::from_json;
use super::strings::units;
use super::yaml::to_json;
use super::{Context, Entry, Outcome, Stop};
use crate::eval::value::Value;
use crate::json;
use crate::project::Loaded;

pub(super) const FUNCTIONS: &[Entry] = &[
    Entry { name: "loadFileAsBase64", arity: 1..=1, partial: false, run: load_base64 },
    Entry { name: "loadJsonContent", arity: 1..=3, partial: false, run: load_json },
    Entry { name: "loadTextContent", arity: 1..=2, partial: false, run: load_text },
    Entry { name: "loadYamlContent", arity: 1..=3, partial: false, run: load_yaml },
];

/// Most characters that Bicep takes for a string.
const CHARACTERS: usize = 131_072;

const TOO_LARGE: Stop = Stop::Limit("a loaded file is too large");

/// The text of the file that the call loads.
fn text_of(context: &Context<'_, '_>, path: &Value) -> Result<Arc<str>, Stop> {
    let path = context.string(path)?;
    match context.eval.project.loaded(context.at.file, &path) {
        Some(Loaded::Text(text)) => {
            context.spend(text.len())?;
            Ok(text.clone())
        }
        Some(Loaded::TooLarge) => Err(TOO_LARGE),
        // That a file is missing was said when the project was read.
        Some(Loaded::Missing | Loaded::NotText) | None => Err(Stop::Residual),
    }
}

/// `text` read as `encoding` says; like Bicep, a byte order mark wins and is no part of the text.
fn decoded<'t>(context: &Context<'_, '_>, text: &'t str, encoding: Option<&Value>) -> Result<&'t str, Stop> {
    if let Some(text) = text.strip_prefix('\u{feff}') {
        return Ok(text);
    }
    match encoding.map(|encoding| context.string(encoding)).transpose()?.as_deref() {
        None | Some("utf-8") => Ok(text),
        Some("us-ascii" | "iso-8859-1") if text.is_ascii() => Ok(text),
        Some(_) => Err(Stop::Residual),
    }
}

fn load_text(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = text_of(context, &args[0])?;
    let text = decoded(context, &text, args.get(1))?;
    if units(text) > CHARACTERS { Err(TOO_LARGE) } else { context.text(text) }
}

fn load_base64(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = text_of(context, &args[0])?;
    if text.len() > CHARACTERS / 4 * 3 { Err(TOO_LARGE) } else { context.text(STANDARD.encode(&*text)) }
}

fn load_json(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = text_of(context, &args[0])?;
    select(context, decoded(context, &text, args.get(2))?, args.get(1))
}

fn load_yaml(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let text = text_of(context, &args[0])?;
    let json = to_json(decoded(context, &text, args.get(2))?).ok_or(Stop::Residual)?;
    select(context, &json, args.get(1))
}

/// The value at `path` in `json`; all of it without one.
fn select(context: &Context<'_, '_>, json: &str, path: Option<&Value>) -> Outcome {
    let document = json::parse(json);
    // What is wrong even for a lenient reader Bicep may read in its own way.
    let root = document.root().filter(|_| document.problems().is_empty()).ok_or(Stop::Residual)?;
    let Some(path) = path else { return from_json(root) };
    let path = context.string(path)?;
    let steps = steps(&path).ok_or(Stop::Residual)?;
    match steps.iter().try_fold(root, |value, step| step.of(value)) {
        Some(value) => from_json(value),
        None => Err(Stop::Wrong(format!("the file has nothing at `{path}`"))),
    }
}

/// A step of a JSONPath that leads to one place.
enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

impl Step<'_> {
    /// The value at this step of `value`. Names are compared exactly.
    fn of<'d>(&self, value: json::Value<'d>) -> Option<json::Value<'d>> {
        match self {
            Self::Member(name) => {
                value.members().filter(|member| member.key() == *name).last().map(json::Member::value)
            }
            Self::Item(at) => value.items().nth(*at),
        }
    }
}

/// The steps of a path like `$.a.b[0]`; nothing for any other JSONPath.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let step;
        if let Some(item) = rest.strip_prefix('[') {
            let (index, behind) = item.split_once(']')?;
            let digits = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
            (step, rest) = (Step::Item(index.parse().ok().filter(|_| digits)?), behind);
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
            let (name, behind) = name.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
            (step, rest) = (Step::Member(name), behind);
        }
        steps.push(step);
    }
    Some(steps)
}
