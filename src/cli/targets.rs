//! Which report goes where: `FORMAT` and `FORMAT=FILE`.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;

use crate::report::Format;

/// A report to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutputTarget {
    pub(super) format: Format,
    /// Where to; nothing is standard output.
    pub(super) file: Option<PathBuf>,
}

/// Reads `FORMAT` and `FORMAT=FILE`.
#[derive(Clone)]
pub(super) struct TargetParser;

impl TypedValueParser for TargetParser {
    type Value = OutputTarget;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<OutputTarget, clap::Error> {
        let text = value.to_string_lossy();
        let name = text.split_once('=').map_or(&*text, |(name, _)| name);
        let names = PossibleValuesParser::new(Format::ALL.map(Format::name));
        names.parse_ref(command, arg, OsStr::new(name))?;
        match value.to_str().and_then(target) {
            Some(target) => Ok(target),
            None => {
                Err(clap::Error::raw(ErrorKind::InvalidValue, format!("`{text}` names no file\n")).with_cmd(command))
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::ALL.into_iter().map(|format| PossibleValue::new(format.name()).help(format.about()))))
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
pub(super) fn target(text: &str) -> Option<OutputTarget> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    let format = Format::ALL.into_iter().find(|format| format.name() == name)?;
    (file != Some("")).then(|| OutputTarget { format, file: file.map(PathBuf::from) })
}
