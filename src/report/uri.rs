//! Addresses: paths and links as they stand in SARIF and Markdown.

/// Characters that stand for themselves in a path: unreserved ones, and of the others those that never part a URI.
/// A colon does in the first segment of a relative one, where it would end a scheme.
const IN_PATH: &[u8] = b"-._~/!$&'()*+,;=@";

/// Characters that stand for themselves in a link, those that end one in Markdown left out.
const IN_LINK: &[u8] = b"-._~/!$&'*+,;=@:?#%";

/// The URI of `path`, which has `/` between its parts: a relative reference, or `file:` and an absolute path.
pub(super) fn of_path(path: &str) -> String {
    let encoded = encoded(path, IN_PATH);
    match path.as_bytes() {
        [b'/', ..] => format!("file://{encoded}"),
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => {
            format!("file:///{}", encoded.replacen("%3A", ":", 1))
        }
        _ => encoded,
    }
}

/// `link` if it leads to the web, so that it can stand in any text.
pub(super) fn of_link(link: &str) -> Option<String> {
    link.starts_with("https://").then(|| encoded(link, IN_LINK))
}

fn encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let cases = [
            ("infra/main.bicep", "infra/main.bicep"),
            ("a b/é#1?.bicep", "a%20b/%C3%A9%231%3F.bicep"),
            ("100%/x:y.bicep", "100%25/x%3Ay.bicep"),
            ("../x.json", "../x.json"),
            ("/srv/x y.json", "file:///srv/x%20y.json"),
            ("C:/infra/x.json", "file:///C:/infra/x.json"),
        ];
        for (path, expected) in cases {
            assert_eq!(of_path(path), expected);
        }
    }

    #[test]
    fn links() {
        let cases = [
            ("https://learn.microsoft.com/a?b=c&d#e", Some("https://learn.microsoft.com/a?b=c&d#e")),
            ("https://x/)[](<\">", Some("https://x/%29%5B%5D%28%3C%22%3E")),
            ("javascript:alert(1)", None),
        ];
        for (link, expected) in cases {
            assert_eq!(of_link(link).as_deref(), expected);
        }
    }
}
