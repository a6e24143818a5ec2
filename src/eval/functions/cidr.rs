//! Address ranges in CIDR notation, of IPv4 and IPv6.
//!
//! The service takes more spellings than are documented (missing prefixes, host bits): those are left to it.

// Of the network only the addresses: `core` has no more.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "cidrHost", arity: 2..=2, partial: false, run: cidr_host },
    FunctionEntry { name: "cidrSubnet", arity: 3..=3, partial: false, run: cidr_subnet },
    FunctionEntry { name: "parseCidr", arity: 1..=1, partial: false, run: parse_cidr },
];

/// A range of addresses.
struct Range {
    /// The first address, as a number.
    first: u128,
    /// How many bits of an address identify the range.
    prefix: u32,
    /// How many bits an address has.
    bits: u32,
}

impl Range {
    fn parse(context: &CallContext<'_, '_>, text: &Value) -> Result<Self, Stop> {
        let text = context.string(text)?;
        let (address, prefix) = text.split_once('/').ok_or(Stop::Residual)?;
        let (first, bits) = match address.parse().map_err(|_| Stop::Residual)? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let digits = prefix.bytes().all(|byte| byte.is_ascii_digit()) && !prefix.starts_with('0') || prefix == "0";
        let prefix = prefix.parse().ok().filter(|_| digits).ok_or(Stop::Residual)?;
        if prefix > bits {
            return Err(Stop::Wrong(format!("`{text}` has a prefix of more than {bits} bits")));
        }
        let range = Self { first, prefix, bits };
        if first & range.host_bits() == 0 { Ok(range) } else { Err(Stop::Residual) }
    }

    /// The bits that differ within the range.
    fn host_bits(&self) -> u128 {
        low_bits(self.bits - self.prefix)
    }

    fn last(&self) -> u128 {
        self.first | self.host_bits()
    }

    /// Writes an address of the range as the service does, if that is certain.
    fn show(&self, address: u128) -> Result<String, Stop> {
        if self.bits == 32 {
            return u32::try_from(address)
                .map(|bits| Ipv4Addr::from_bits(bits).to_string())
                .map_err(|_| Stop::Residual);
        }
        let address = Ipv6Addr::from_bits(address);
        // Where an IPv4 address may be embedded it may be written with dots.
        match address.segments() {
            [0, 0, 0, 0, ..] | [_, _, _, _, 0 | 0x200, 0x5efe, ..] if !address.is_unspecified() => Err(Stop::Residual),
            _ => Ok(address.to_string()),
        }
    }
}

/// A number of which the lowest `count` bits are set.
fn low_bits(count: u32) -> u128 {
    u128::MAX.checked_shr(128 - count).unwrap_or(0)
}

fn parse_cidr(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let range = Range::parse(context, &args[0])?;
    let show = |address| range.show(address).map(|text| Value::str(&text));
    let mask = show(low_bits(range.bits) ^ range.host_bits())?;
    let cidr = Value::Int(i64::from(range.prefix));
    let (first, last) = (range.first, range.last());
    if range.bits == 128 {
        let members = [("network", show(first)?), ("netmask", mask), ("firstUsable", show(first)?)];
        return Ok(Value::object(members.into_iter().chain([("lastUsable", show(last)?), ("cidr", cidr)])));
    }
    // What is usable in a range of one or two addresses is the service's own.
    if range.prefix > 30 {
        return Err(Stop::Residual);
    }
    Ok(Value::object([
        ("network", show(first)?),
        ("netmask", mask),
        ("broadcast", show(last)?),
        ("firstUsable", show(first + 1)?),
        ("lastUsable", show(last - 1)?),
        ("cidr", cidr),
    ]))
}

fn cidr_subnet(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let range = Range::parse(context, &args[0])?;
    let (wanted, index) = (context.integer(&args[1])?, context.integer(&args[2])?);
    let prefix = u32::try_from(wanted).ok().filter(|prefix| (range.prefix..=range.bits).contains(prefix));
    let prefix = prefix.ok_or_else(|| {
        Stop::Wrong(format!("a subnet of /{} has between {0} and {} bits, not {wanted}", range.prefix, range.bits))
    })?;
    let index = u128::try_from(index).ok().filter(|index| *index <= low_bits(prefix - range.prefix));
    let index = index.ok_or_else(|| Stop::Wrong(format!("/{} has fewer subnets of /{prefix}", range.prefix)))?;
    let first = range.first | index.checked_shl(range.bits - prefix).unwrap_or(0);
    context.text(format!("{}/{prefix}", range.show(first)?))
}

/// The first host is the address behind the first one of the range.
fn cidr_host(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let range = Range::parse(context, &args[0])?;
    let index = u128::try_from(context.integer(&args[1])?).ok();
    match index.and_then(|index| range.first.checked_add(index)?.checked_add(1)) {
        Some(host) if host < range.last() => context.text(range.show(host)?),
        // Whether the last address is a host is the service's own, as are ranges of one or two addresses.
        Some(host) if host == range.last() || range.bits - range.prefix < 2 => Err(Stop::Residual),
        _ => Err(Stop::Wrong(format!("/{} has no host of that index", range.prefix))),
    }
}
