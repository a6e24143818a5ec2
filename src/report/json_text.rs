//! JSON as text that can be printed to any log.

use std::io::{self, Write};

use serde::Serialize;

use super::words::is_obeyed;

/// Writes `value` as indented JSON and a newline. What a terminal or a build server would obey is written as an escape,
/// so that readers of the JSON get every character and readers of the log are safe.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut escaping = Escaping { out, after_hash: false };
    serde_json::to_writer_pretty(&mut escaping, value)?;
    writeln!(out)
}

/// Writes JSON with escapes for what `serde_json` leaves as it is: the second row of control characters and those that
/// reorder text, and the second `#` of two, with which commands of Azure Pipelines start. All of them stand in
/// strings only.
struct Escaping<'o> {
    out: &'o mut dyn Write,
    after_hash: bool,
}

impl Write for Escaping<'_> {
    /// `serde_json` writes whole characters.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let json = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut written = 0;
        for (at, character) in json.char_indices() {
            if character >= '\x7f' && is_obeyed(character) || self.after_hash && character == '#' {
                self.out.write_all(bytes.get(written..at).unwrap_or_default())?;
                write!(self.out, "\\u{:04x}", u32::from(character))?;
                written = at + character.len_utf8();
            }
            self.after_hash = character == '#';
        }
        self.out.write_all(bytes.get(written..).unwrap_or_default())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_back() {
        let cases = [
            ("plain # é😀\n", r##""plain # é😀\n""##),
            ("##vso[x]###", r##""#\u0023vso[x]#\u0023\u0023""##),
            ("\u{9b}\u{202e}\u{feff}\x7f\x1b", r#""\u009b\u202e\ufeff\u007f\u001b""#),
        ];
        for (text, expected) in cases {
            let mut out = Vec::new();
            write(&text, &mut out).unwrap();
            assert_eq!(String::from_utf8(out.clone()).unwrap().trim_end(), expected);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
