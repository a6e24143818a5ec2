//! Address ranges in CIDR notation.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Context, Entry, Outcome, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    Entry { name: "cidrHost", arity: 2..=2, partial: false, run: host },
    Entry { name: "cidrSubnet", arity: 3..=3, partial: false, run: subnet },
    Entry { name: "parseCidr", arity: 1..=1, partial: false, run: parse_cidr },
];

/// A range of addresses: its first address as a number, and how many leading bits all have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    first: u128,
    prefix: u32,
    /// Bits of an address: 32 or 128.
    bits: u32,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (number, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let plain = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = prefix.parse().ok().filter(|prefix| plain && *prefix <= bits)?;
        let range = Self { first: 0, prefix, bits };
        Some(Self { first: number & !range.host_mask(), ..range })
    }

    /// The bits that tell the addresses of the range apart.
    const fn host_mask(self) -> u128 {
        match self.bits - self.prefix {
            128 => u128::MAX,
            free => (1 << free) - 1,
        }
    }

    const fn last(self) -> u128 {
        self.first | self.host_mask()
    }

    fn address(self, number: u128) -> String {
        match self.bits {
            32 => Ipv4Addr::from(number as u32).to_string(),
            _ => Ipv6Addr::from(number).to_string(),
        }
    }
}

fn range(context: &Context<'_, '_>, value: &Value) -> Result<Range, Stop> {
    let text = context.string(value)?;
    Range::parse(&text).ok_or_else(|| Stop::Wrong(format!("`{text}` is no address range")))
}

/// A count or an index.
fn natural(context: &Context<'_, '_>, value: &Value) -> Result<u128, Stop> {
    u128::try_from(context.integer(value)?).map_err(|_| Stop::Wrong("a negative number is none of a range".into()))
}

fn parse_cidr(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let range = range(context, &args[0])?;
    let text = |number| Value::str(&range.address(number));
    // A range of one or two addresses has no others; what is usable then is the service's own.
    if range.bits == 32 && range.prefix > 30 {
        return Err(Stop::Residual);
    }
    let v4 = range.bits == 32;
    let (mask, inset) = (((1u128 << 32) - 1) & !range.host_mask(), u128::from(v4));
    let mut members = vec![("network", text(range.first))];
    members.push(("netmask", if v4 { text(mask) } else { text(!range.host_mask()) }));
    if v4 {
        members.push(("broadcast", text(range.last())));
    }
    members.push(("firstUsable", text(range.first + inset)));
    members.push(("lastUsable", text(range.last() - inset)));
    members.push(("cidr", Value::Int(i64::from(range.prefix))));
    Ok(Value::object(members))
}

fn subnet(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let range = range(context, &args[0])?;
    let (prefix, index) = (natural(context, &args[1])?, natural(context, &args[2])?);
    let longer = u32::try_from(prefix).ok().filter(|prefix| (range.prefix..=range.bits).contains(prefix));
    let prefix = longer.ok_or_else(|| Stop::Wrong(format!("a range of /{} holds none of /{prefix}", range.prefix)))?;
    let fits = prefix - range.prefix >= 127 || index < 1 << (prefix - range.prefix);
    if !fits {
        return Err(Stop::Wrong(format!("a range of /{} holds fewer ranges of /{prefix}", range.prefix)));
    }
    let first = if index == 0 { range.first } else { range.first + (index << (range.bits - prefix)) };
    context.text(format!("{}/{prefix}", range.address(first)))
}

fn host(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let range = range(context, &args[0])?;
    let index = natural(context, &args[1])?;
    let wanted = range.first.checked_add(index).and_then(|address| address.checked_add(1));
    // The last address of a version 4 range is no host's.
    let end = range.last() - u128::from(range.bits == 32 && range.prefix < 31);
    match wanted.filter(|address| *address <= end) {
        Some(address) => context.text(range.address(address)),
        None => Err(Stop::Wrong(format!("a range of /{} has fewer hosts", range.prefix))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [
            ("10.144.0.0/20", Some(("10.144.0.0", "10.144.15.255"))),
            ("10.144.1.7/20", Some(("10.144.0.0", "10.144.15.255"))),
            ("0.0.0.0/0", Some(("0.0.0.0", "255.255.255.255"))),
            ("10.0.0.1/32", Some(("10.0.0.1", "10.0.0.1"))),
            ("fdad:3236:5555::/48", Some(("fdad:3236:5555::", "fdad:3236:5555:ffff:ffff:ffff:ffff:ffff"))),
            ("::/0", Some(("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))),
            ("10.0.0.0/33", None),
            ("10.0.0.0/", None),
            ("10.0.0.0/+8", None),
            ("10.0.0.0", None),
            ("300.0.0.0/8", None),
        ];
        for (text, expected) in cases {
            let range = Range::parse(text);
            let ends = range.map(|range| (range.address(range.first), range.address(range.last())));
            assert_eq!(ends.as_ref().map(|(a, b)| (&**a, &**b)), expected, "{text}");
        }
    }
}
