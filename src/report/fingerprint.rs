//! What stays the same of a finding when code round it moves, so that a program that compares two runs knows it again.

use uuid::Uuid;

use crate::finding::{FileProblem, Finding, Subject, Undetermined};
use crate::source::HashMap;

/// Characters that a line's hash covers.
const BLOCK: usize = 100;

/// The factor of the rolling hash.
const FACTOR: u64 = 37;

/// What stands behind the last character of a file.
const END: u16 = u16::MAX;

/// For each line of `text`, what GitHub calls its `primaryLocationLineHash`: a rolling hash of the 100 characters from
/// the line's start, and how often it has come in the file. Spaces and tabs do not count, and every newline is `\n`.
///
/// The algorithm is that of `github/codeql-action`, `src/fingerprints.ts`. Characters are UTF-16 code units. Behind the
/// end come as many zeros as are needed.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let (characters, starts) = hashed_characters(text);
    let at = |index: usize| u64::from(characters.get(index).copied().unwrap_or_default());
    let leaving = (0..BLOCK).fold(1, |product: u64, _| product.wrapping_mul(FACTOR));

    let mut hash = (0..BLOCK).fold(0, |hash: u64, index| hash.wrapping_mul(FACTOR).wrapping_add(at(index)));
    let mut first = 0;
    let mut seen: HashMap<u64, u32> = HashMap::default();
    let mut hashes = Vec::with_capacity(starts.len());
    for start in starts {
        while first < start {
            hash = hash.wrapping_mul(FACTOR).wrapping_add(at(first + BLOCK));
            hash = hash.wrapping_sub(leaving.wrapping_mul(at(first)));
            first += 1;
        }
        let number = seen.entry(hash).or_default();
        *number += 1;
        hashes.push(format!("{hash:x}:{number}"));
    }
    hashes
}

/// The characters of `text` that count, the mark of its end last, and the index of the first one of each line.
fn hashed_characters(text: &str) -> (Vec<u16>, Vec<usize>) {
    const NEWLINE: u16 = b'\n' as u16;
    const RETURN: u16 = b'\r' as u16;
    let mut characters = Vec::with_capacity(text.len() + 1);
    let mut starts = vec![0];
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let skipped = unit == u16::from(b' ') || unit == u16::from(b'\t') || after_return && unit == NEWLINE;
        after_return = unit == RETURN;
        if skipped {
            continue;
        }
        let unit = if unit == RETURN { NEWLINE } else { unit };
        characters.push(unit);
        if unit == NEWLINE {
            starts.push(characters.len());
        }
    }
    characters.push(END);
    (characters, starts)
}

/// Identifies a finding by what it is about, wherever that is written: the rule, the resource's type, its name, the
/// calls through which it is reached, and the property.
pub(super) fn of_finding(finding: &Finding) -> String {
    of_check(&finding.rule, &finding.subject, &finding.path)
}

/// Like [`of_finding`], with what the check depends on in place of the property.
pub(super) fn of_undetermined(check: &Undetermined) -> String {
    of_check(&check.rule, &check.subject, &check.depends_on.join(" "))
}

fn of_check(rule: &str, subject: &Subject, what: &str) -> String {
    // Types and properties are compared without regard to case in Azure.
    let (resource_type, what) = (subject.resource_type.to_lowercase(), what.to_lowercase());
    let parts = [rule, &resource_type, &subject.name, &what].into_iter();
    hash(parts.chain(subject.call_path.iter().map(|call| call.title.as_str())))
}

/// Identifies a problem by its message and its file; `path` is that from the root of the repository.
pub(super) fn of_problem(problem: &FileProblem, path: &str) -> String {
    hash([problem.code.id(), path, &problem.message].into_iter())
}

/// A hash of `parts`, in 32 hexadecimal digits.
pub(super) fn hash<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    // With their lengths, no two lists of parts are the same text.
    let text: String = parts.map(|part| format!("{}:{part}", part.len())).collect();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Call;
    use crate::source::{FileId, TextRange};

    /// The figures are what GitHub's own program computes for these texts.
    #[test]
    fn hashes_of_lines_are_those_of_github() {
        let param = "param location string\n";
        let resource = "resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {\r\n\tname: 'aks \u{1f600}'\r\n}\r\n";
        #[rustfmt::skip]
        let cases: [(String, &[&str]); 5] = [
            (String::new(), &["c129715d7a2bc9a3:1"]),
            ("\u{feff}a \t\r \n".to_owned(), &["e025727f45beed2b:1", "3c5bef55b72b93c9:1", "c129715d7a2bc9a3:1"]),
            (param.repeat(7), &["5793ab185706c267:1", "5793ab185706c267:2", "5793ab185706c267:3", "69becf710a45a86f:1", "88bcd443b031b494:1", "696c886889f9829:1", "b948ea7f050e102e:1", "c129715d7a2bc9a3:1"]),
            (resource.to_owned(), &["1e40ab1e023a9645:1", "2ecf880e6f296a81:1", "32dce9ccfdbc9d3e:1", "c129715d7a2bc9a3:1"]),
            (format!("{}\r\r\n\n{param}", "x".repeat(250)), &["52b56201ffb58620:1", "ceec6038bb89cbfa:1", "f009c22d1bc9e8b8:1", "b948ea7f050e102e:1", "c129715d7a2bc9a3:1"]),
        ];
        for (text, expected) in cases {
            assert_eq!(line_hashes(&text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_finding_is_about_tells_it_apart() {
        let subject = |name: &str, calls: &[&str]| Subject {
            resource_type: "A/b".into(),
            title: String::new(),
            name: name.to_owned(),
            declared: TextRange::default().in_file(FileId(0)),
            call_path: calls
                .iter()
                .map(|title| Call { title: title.to_string(), declared: TextRange::default().in_file(FileId(0)) })
                .collect(),
        };
        let all = [
            of_check("r", &subject("n", &[]), "p"),
            of_check("s", &subject("n", &[]), "p"),
            of_check("r", &subject("m", &[]), "p"),
            of_check("r", &subject("n", &[]), "q"),
            of_check("r", &subject("n", &["m"]), "p"),
            of_check("r", &subject("n", &["m", "k"]), "p"),
            of_check("r", &subject("n", &["m1:k"]), "p"),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{at}");
        }
        let other_case = Subject { resource_type: "a/B".into(), ..subject("n", &[]) };
        assert_eq!(all[0], of_check("r", &other_case, "P"));
        // A fixed value: if it changes, all alerts appear again as new ones.
        assert_eq!(all[0], "a4e5ebb7cd165b73815f6d82a6690aea");
    }
}
