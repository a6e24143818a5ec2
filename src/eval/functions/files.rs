//! Functions that take in a file when the template is compiled.
//!
//! The project has read the files; here their content becomes a value. What Bicep refuses, such as a file
//! above its limits, is an error here, too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonpath_rust::JsonPath;
use regex::Regex;

use super::json::{from_json, from_serde};
use super::yaml::to_json;
use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::limits;
use crate::eval::value::Value;
use crate::json;
use crate::project::Asset;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "loadDirectoryFileInfo", arity: 1..=2, partial: false, run: load_directory },
    FunctionEntry { name: "loadFileAsBase64", arity: 1..=1, partial: false, run: load_base64 },
    FunctionEntry { name: "loadJsonContent", arity: 1..=3, partial: false, run: load_json },
    FunctionEntry { name: "loadTextContent", arity: 1..=2, partial: false, run: load_text },
    FunctionEntry { name: "loadYamlContent", arity: 1..=3, partial: false, run: load_yaml },
];

/// Whether the function called `name` (in lower case) takes in a file.
pub(super) fn loads(name: &str) -> bool {
    FUNCTIONS.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
}

/// Characters of a text, or of a file in base 64, that Bicep takes in.
const TEXT: usize = 131_072;

/// Characters of JSON that Bicep takes in.
const JSON: usize = 1 << 20;

fn asset<'c>(context: &CallContext<'c, '_>, path: &Value) -> Result<&'c Asset, Stop> {
    let from = context.eval.frame(context.frame).template.file;
    context.eval.project.asset(from, &context.string(path)?).ok_or(Stop::Residual)
}

fn bytes<'c>(context: &CallContext<'c, '_>, path: &Value) -> Result<&'c [u8], Stop> {
    match asset(context, path)? {
        Asset::File(bytes) => {
            context.spend(bytes.len())?;
            Ok(bytes)
        }
        Asset::Unreadable(why) => Err(Stop::Wrong(format!("the file `{}` {why}", context.string(path)?))),
        Asset::Folder(_) => Err(Stop::Residual),
    }
}

/// The text of a file. Without an encoding, a byte order mark decides.
fn text(context: &CallContext<'_, '_>, path: &Value, encoding: Option<&Value>) -> Result<String, Stop> {
    let bytes = bytes(context, path)?;
    let encoding = encoding.map(|encoding| context.string(encoding)).transpose()?;
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| Stop::Residual)
    };
    let utf8 = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| Stop::Residual);
    match (bytes, encoding.as_deref()) {
        ([0xef, 0xbb, 0xbf, rest @ ..], _) => utf8(rest),
        ([0xff, 0xfe, rest @ ..], _) => utf16(rest, u16::from_le_bytes),
        ([0xfe, 0xff, rest @ ..], _) => utf16(rest, u16::from_be_bytes),
        (_, None | Some("utf-8" | "us-ascii")) => utf8(bytes),
        (_, Some("utf-16")) => utf16(bytes, u16::from_le_bytes),
        (_, Some("utf-16BE")) => utf16(bytes, u16::from_be_bytes),
        (_, Some("iso-8859-1")) => Ok(bytes.iter().copied().map(char::from).collect()),
        (_, Some(_)) => Err(Stop::Residual),
    }
}

fn load_text(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = text(context, &args[0], args.get(1))?;
    match text.encode_utf16().count() {
        0..=TEXT => context.text(text),
        _ => Err(Stop::Wrong(format!("Bicep takes in no text of more than {TEXT} characters"))),
    }
}

fn load_base64(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = STANDARD.encode(bytes(context, &args[0])?);
    match text.len() {
        0..=TEXT => context.text(text),
        _ => Err(Stop::Wrong(format!("Bicep takes in no file of more than {TEXT} characters in base 64"))),
    }
}

fn load_json(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = text(context, &args[0], args.get(2))?;
    if text.encode_utf16().count() > JSON {
        return Err(Stop::Wrong(format!("Bicep takes in no JSON of more than {JSON} characters")));
    }
    select(context, &text, args.get(1))
}

fn load_yaml(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = text(context, &args[0], args.get(2))?;
    select(context, &to_json(&text).ok_or(Stop::Residual)?, args.get(1))
}

/// The value at `path` in `json`; all of it without one.
fn select(context: &CallContext<'_, '_>, json: &str, path: Option<&Value>) -> FunctionResult {
    let document = json::parse(json);
    // What is wrong even for a lenient reader Bicep may read in its own way.
    let root = document.root().filter(|_| document.problems().is_empty()).ok_or(Stop::Residual)?;
    let Some(path) = path else { return from_json(root) };
    let path = context.string(path)?;
    let Some(steps) = steps(&path) else {
        return selected(&serde_json::from_str(json).map_err(|_| Stop::Residual)?, &path);
    };
    match steps.iter().try_fold(root, |value, step| step.of(value)) {
        Some(value) => from_json(value),
        None => Err(Stop::Wrong(format!("the file has nothing at `{path}`"))),
    }
}

/// A step of a JSONPath that leads to one place.
enum PathStep<'p> {
    Member(&'p str),
    Item(usize),
}

impl PathStep<'_> {
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
fn steps(path: &str) -> Option<Vec<PathStep<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let step;
        if let Some(item) = rest.strip_prefix('[') {
            let (index, behind) = item.split_once(']')?;
            let digits = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
            (step, rest) = (PathStep::Item(index.parse().ok().filter(|_| digits)?), behind);
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(name.len());
            let (name, behind) = name.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
            (step, rest) = (PathStep::Member(name), behind);
        }
        steps.push(step);
    }
    Some(steps)
}

/// What a path selects: one value, or an array of several. Names with blanks are no names without quotes.
fn selected(whole: &serde_json::Value, path: &str) -> FunctionResult {
    if path.contains(char::is_whitespace) && !path.contains(['\'', '"']) {
        return Err(Stop::Residual);
    }
    let path = if path.starts_with('$') { path.to_owned() } else { format!("${path}") };
    let found = whole.query(&path).map_err(|_| Stop::Residual)?;
    match found.as_slice() {
        [] => Err(Stop::Wrong(format!("nothing is at `{path}`"))),
        [one] => from_serde(one),
        several => Ok(Value::array(several.iter().map(|one| from_serde(one)).collect::<Result<Vec<_>, Stop>>()?)),
    }
}

/// The files of a folder, sorted by path without case.
fn load_directory(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let Asset::Folder(names) = asset(context, &args[0])? else { return Err(Stop::Residual) };
    let folder = context.string(&args[0])?;
    let folder: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let wanted = match args.get(1) {
        Some(pattern) => glob(&context.string(pattern)?)?,
        None => glob("*")?,
    };
    let mut names: Vec<&String> = names.iter().filter(|name| wanted.is_match(name)).collect();
    names.sort_by_key(|name| name.to_lowercase());
    let info = names.into_iter().take(limits::ITEMS).map(|name| {
        let path: Vec<&str> = folder.iter().copied().chain([name.as_str()]).collect();
        let extension = name.rfind('.').map_or("", |at| &name[at..]);
        Value::object([
            ("relativePath", Value::str(&path.join("/"))),
            ("baseName", Value::str(name)),
            ("extension", Value::str(extension)),
        ])
    });
    Ok(Value::array(info))
}

/// A pattern in which `*` stands for any text and `?` for any character.
fn glob(pattern: &str) -> Result<Regex, Stop> {
    let pattern = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    Regex::new(&format!("(?is)^{pattern}$")).map_err(|_| Stop::Residual)
}
