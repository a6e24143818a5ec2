//! Fast ways over the two things JSON mostly consists of: blanks and the inside of strings.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
const BLANKS: u128 = u128::from_ne_bytes([b' '; 16]);

/// Strings up to this length are scanned word by word, longer ones by `memchr`, whose start costs more.
const SHORT: usize = 32;

#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map(|chunk| u64::from_le_bytes(*chunk))
}

/// A word whose lowest set bit lies in the first byte of `word` that is zero; 0 if none is.
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH_BITS
}

/// The offset of the first byte from `at` on that is no JSON white space.
#[inline]
pub(super) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(b' ') => {
                at += 1;
                // Deep lines begin with many.
                while let Some(some) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
                    let others = u128::from_le_bytes(*some) ^ BLANKS;
                    at += others.trailing_zeros() as usize / 8;
                    if others != 0 {
                        break;
                    }
                }
            }
            Some(b'\n' | b'\r' | b'\t') => at += 1,
            _ => return at,
        }
    }
}

/// The offset of the first `quote` or backslash from `at` on.
#[inline]
pub(super) fn find_quote_or_backslash(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    let quotes = ONES * quote as u64;
    let backslashes = ONES * b'\\' as u64;
    let long = at + SHORT;
    while at < long
        && let Some(word) = word(bytes, at)
    {
        let found = zero_bytes(word ^ quotes) | zero_bytes(word ^ backslashes);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr::memchr2(quote, b'\\', bytes.get(at..)?).map(|found| at + found)
}
