//! Where choices come from: a string of bytes, of a fuzzer or of a seed.

use arbitrary::Unstructured;

/// Choices read off a string of bytes. Behind its end every choice is the first, simplest one, so that whoever
/// generates comes to an end.
#[derive(Debug)]
pub struct Entropy<'b> {
    bytes: Unstructured<'b>,
}

impl<'b> Entropy<'b> {
    /// Choices read off `bytes`.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: Unstructured::new(bytes) }
    }

    /// A number below `count`; 0 when that is 0 or the bytes have ended.
    pub fn below(&mut self, count: usize) -> usize {
        match count {
            0 | 1 => 0,
            _ => self.bytes.int_in_range(0..=count - 1).unwrap_or_default(),
        }
    }

    /// True in `percent` of 100 cases; false when the bytes have ended.
    pub fn chance(&mut self, percent: u8) -> bool {
        self.below(100) + usize::from(percent) >= 100
    }

    /// One of `choices`; of an empty list the default.
    pub fn pick<T: Clone + Default>(&mut self, choices: &[T]) -> T {
        choices.get(self.below(choices.len())).cloned().unwrap_or_default()
    }
}

/// `length` bytes that look like chance and depend on `seed` alone (the generator SplitMix64).
pub fn seed_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)).to_le_bytes()
    };
    std::iter::repeat_with(next).take(length.div_ceil(8)).flatten().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_choices_and_their_end_the_simplest_ones() {
        let bytes = seed_bytes(1, 20);
        assert_eq!(bytes, seed_bytes(1, 20));
        assert_ne!(bytes, seed_bytes(2, 20));
        let choices = |mut entropy: Entropy<'_>| (0..40).map(|_| entropy.below(10)).collect::<Vec<_>>();
        let made = choices(Entropy::new(&bytes));
        assert!(made[..20].iter().any(|choice| *choice > 0));
        assert_eq!(made[20..], [0; 20]);
        assert!(!Entropy::new(&[]).chance(99));
    }
}
