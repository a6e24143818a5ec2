//! Names made of others: the same arguments give the same name in every deployment.

use std::fmt::Write;

use uuid::Uuid;

use super::{CallContext, FunctionEntry, FunctionResult, MANY, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "guid", arity: 1..=MANY, partial: false, run: guid },
    FunctionEntry { name: "uniqueString", arity: 1..=MANY, partial: false, run: unique_string },
];

/// The namespace of the names that `guid` hashes.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb06fb_712d_4ddd_98c7_e71bbd588830);

/// The digits of `uniqueString`, of five bits each.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The arguments as both functions hash them.
fn joined(context: &CallContext<'_, '_>, args: &[Value]) -> Result<String, Stop> {
    let mut text = String::new();
    for (at, arg) in args.iter().enumerate() {
        let arg = context.string(arg)?;
        context.check_text(text.len() + arg.len())?;
        let _ = write!(text, "{}{arg}", if at > 0 { "-" } else { "" });
    }
    Ok(text)
}

/// A UUID of version 5 (RFC 4122, section 4.3).
fn guid(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let name = joined(context, args)?;
    context.text(Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string())
}

/// The 64 bits of a hash as thirteen digits, highest first.
fn unique_string(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let mut bits = murmur(joined(context, args)?.as_bytes());
    let mut text = String::with_capacity(13);
    for _ in 0..13 {
        text.push(char::from(DIGITS[(bits >> 59) as usize]));
        bits <<= 5;
    }
    context.text(text)
}

const C1: u32 = 0x239b_961b;
const C2: u32 = 0xab0e_9789;

/// The service's hash: MurmurHash3 in two lanes of 32 bits, without a seed.
fn murmur(bytes: &[u8]) -> u64 {
    let (mut h1, mut h2) = (0u32, 0u32);
    let low = |k: u32| k.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
    let high = |k: u32| k.wrapping_mul(C2).rotate_left(17).wrapping_mul(C1);
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        h1 = (h1 ^ low(word(&block[..4]))).rotate_left(19).wrapping_add(h2);
        h1 = h1.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        h2 = (h2 ^ high(word(&block[4..]))).rotate_left(13).wrapping_add(h1);
        h2 = h2.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let tail = blocks.remainder();
    let (first, rest) = tail.split_at(tail.len().min(4));
    h1 ^= low(word(first));
    h2 ^= high(word(rest));
    h1 ^= bytes.len() as u32;
    h2 ^= bytes.len() as u32;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = mix(h1);
    h2 = mix(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    u64::from(h2) << 32 | u64::from(h1)
}

/// Up to four bytes, lowest first, as a number.
fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

fn mix(mut h: u32) -> u32 {
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}
