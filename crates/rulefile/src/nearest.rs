//! What someone most likely meant who wrote a name that does not exist.

/// The name among `names` that comes nearest to `typed`, if any comes near: up to a third of it may be wrong.
pub fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    nearest_within(typed, names, |name| name.len() / 3)
}

/// The name among `names` that comes nearest to `typed`, of those in which at most `most` letters are wrong, missing,
/// too many or swapped. Casing does not matter.
pub fn nearest_within<'n>(
    typed: &str,
    names: impl Iterator<Item = &'n str>,
    most: impl Fn(&str) -> usize,
) -> Option<&'n str> {
    let (typed, length, typed_letters) = (typed.to_lowercase(), typed.chars().count(), letters(typed));
    let near = names.filter_map(|name| {
        let most = most(name);
        // Each letter that one has more is wrong, and each wrong letter is one too many and one missing: most names need
        // no closer look.
        if name.chars().count().abs_diff(length) > most || distance(&typed_letters, &letters(name)) > 2 * most {
            return None;
        }
        let distance = strsim::osa_distance(&typed, &name.to_lowercase());
        (distance <= most).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

/// How often each letter of ASCII stands in `text`, with others that share its last five bits.
fn letters(text: &str) -> [u8; 32] {
    let mut counts = [0_u8; 32];
    for byte in text.bytes().filter(u8::is_ascii) {
        let count = &mut counts[usize::from(byte & 31)];
        *count = count.saturating_add(1);
    }
    counts
}

fn distance(one: &[u8; 32], other: &[u8; 32]) -> usize {
    one.iter().zip(other).map(|(one, other)| usize::from(one.abs_diff(*other))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_come_near() {
        let names = ["select", "ignore", "enableRBAC"];
        let cases = [
            ("select", Some("select")),
            ("selct", Some("select")),
            ("SELECT", Some("select")),
            ("slect", Some("select")),
            ("seelct", Some("select")),
            ("enablerbca", Some("enableRBAC")),
            ("sel", None),
            ("selections", None),
            ("", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(typed, names.into_iter()), expected, "{typed}");
        }
        assert_eq!(nearest_within("selc", names.into_iter(), |_| 1), None);
    }
}
