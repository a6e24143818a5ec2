//! What someone most likely meant who wrote a name that does not exist.

/// The name among `names` that comes nearest to `typed`, if any comes near.
pub fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let typed = typed.to_ascii_lowercase();
    let (distance, name) = names.map(|name| (edit_distance(&typed, name), name)).min()?;
    (distance <= name.len() / 3).then_some(name)
}

/// How many characters must be put in, left out, changed, or swapped with their neighbour to make `a` of `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, x) in a.chars().take(100).enumerate() {
        let mut current = vec![row + 1];
        for (column, y) in b.iter().enumerate() {
            let of = |costs: &[usize], at: usize| costs.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = of(&last, column) + usize::from(x != *y);
            let mut cost = replaced.min(of(&last, column + 1) + 1).min(of(&current, column) + 1);
            let is_swap = column > 0 && previous == Some(*y) && b.get(column - 1) == Some(&x);
            if is_swap {
                cost = cost.min(of(&before_last, column - 1) + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(x);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        let cases =
            [("", "", 0), ("abc", "abc", 0), ("abc", "ab", 1), ("", "abc", 3), ("abc", "acb", 1), ("abc", "xbcd", 2)];
        for (a, b, expected) in cases {
            assert_eq!((edit_distance(a, b), edit_distance(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
