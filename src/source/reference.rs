//! From what a file of the project names to the path that is meant: the only place where such text becomes a path.

use std::path::{Path, PathBuf};

use super::{Refusal, is_git_name, normal_path};

/// Longest path that is followed, in bytes; most systems open none that is longer.
const LONGEST: usize = 4_096;

/// Names that are devices on Windows, in every folder and with every extension.
const DEVICES: [&str; 8] = ["con", "prn", "aux", "nul", "conin$", "conout$", "com", "lpt"];

/// The path that `written`, in a file that lies in `folder`, names. Whether that may be read is decided by the
/// `discover::Boundary`, once links are resolved.
///
/// # Errors
/// When it is written in a form that leads elsewhere than below the folders that it names, on this system or another.
pub fn path_named(folder: &Path, written: &str) -> Result<PathBuf, Refusal> {
    if written.len() > LONGEST {
        return Err(Refusal::Form("a path of more than 4096 bytes"));
    }
    let is_separator = |c: char| c == '/' || c == '\\';
    if written.starts_with(is_separator) || Path::new(written).is_absolute() {
        let is_unc = written.chars().nth(1).is_some_and(is_separator);
        return Err(Refusal::Form(if is_unc { "a network or device path" } else { "an absolute path" }));
    }
    let is_drive = matches!(written.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if is_drive {
        return Err(Refusal::Form("a path with a drive letter"));
    }
    for part in written.split(is_separator) {
        match part {
            _ if is_git_name(part.as_ref()) => return Err(Refusal::Git),
            _ if part.contains(':') => return Err(Refusal::Form("a path with a colon")),
            _ if part.contains('\0') => return Err(Refusal::Form("a path with a NUL")),
            _ if is_device(part) => return Err(Refusal::Form("the name of a device on Windows")),
            _ => {}
        }
    }
    Ok(normal_path(&folder.join(written)))
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    DEVICES.iter().any(|device| match (stem.strip_prefix(device), *device) {
        (Some(number), "com" | "lpt") => {
            matches!(number.chars().collect::<Vec<_>>()[..], ['0'..='9' | '¹' | '²' | '³'])
        }
        (rest, _) => rest == Some(""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        #[rustfmt::skip]
        let cases: &[(&str, Result<&str, &str>)] = &[
            ("a.bicep", Ok("x/a.bicep")),
            ("./a/../b c.bicep", Ok("x/b c.bicep")),
            ("../a.bicep", Ok("a.bicep")),
            ("../../a.bicep", Ok("../a.bicep")),
            ("", Ok("x")),
            ("console/com/lptx/com10/nulls.bicep", Ok("x/console/com/lptx/com10/nulls.bicep")),
            (".github/git/a.bicep", Ok("x/.github/git/a.bicep")),
            ("/etc/a.bicep", Err("is an absolute path")),
            (r"\etc\a.bicep", Err("is an absolute path")),
            ("//host/share/a", Err("is a network or device path")),
            (r"\\host\share\a", Err("is a network or device path")),
            (r"\\?\C:\a", Err("is a network or device path")),
            (r"\\.\pipe\a", Err("is a network or device path")),
            ("C:/a.bicep", Err("is a path with a drive letter")),
            ("c:a.bicep", Err("is a path with a drive letter")),
            ("a.bicep:stream", Err("is a path with a colon")),
            ("a/b::$DATA", Err("is a path with a colon")),
            ("NUL.bicep", Err("is the name of a device on Windows")),
            ("a/nul", Err("is the name of a device on Windows")),
            ("com1 .json", Err("is the name of a device on Windows")),
            ("LPT³/a", Err("is the name of a device on Windows")),
            (".git/config", Err("is inside a folder `.git`")),
            (r"a\.GIT\config", Err("is inside a folder `.git`")),
            ("../GIT~1/config", Err("is inside a folder `.git`")),
            (".git::$INDEX_ALLOCATION/config", Err("is inside a folder `.git`")),
            ("a\0b", Err("is a path with a NUL")),
        ];
        for (written, expected) in cases {
            let named = path_named(Path::new("x"), written).map_err(|refusal| refusal.to_string());
            match expected {
                Ok(path) => assert_eq!(named.as_deref(), Ok(Path::new(path)), "{written}"),
                Err(start) => {
                    assert!(named.as_ref().is_err_and(|message| message.starts_with(start)), "{written}: {named:?}")
                }
            }
        }
    }
}
