//! Dates and times: moments of UTC, in ISO 8601.
//!
//! What depends on the culture or the clock of the service stays open, and so do durations of years and months:
//! in how many days they come is not documented.

use std::fmt::Write;

use super::{CallContext, FunctionEntry, FunctionResult, Stop};
use crate::eval::value::Value;
use crate::source::{date_of, days_of};

pub(super) const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { name: "dateTimeAdd", arity: 2..=3, partial: false, run: date_time_add },
    FunctionEntry { name: "dateTimeFromEpoch", arity: 0..=1, partial: false, run: date_time_from_epoch },
    FunctionEntry { name: "dateTimeToEpoch", arity: 0..=1, partial: false, run: date_time_to_epoch },
];

/// The form in which the service writes a moment, and keeps that of a base.
const ISO: &str = "yyyy-MM-ddTHH:mm:ssZ";

/// The seconds since 1970 in the years from 1 to 9999, which is all that the service knows.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

const DAY: i64 = 86_400;

const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

/// A moment.
#[derive(Clone, Copy)]
struct Moment {
    /// Whole seconds since 1970, UTC.
    seconds: i64,
    /// The rest, in units of 100 nanoseconds.
    fraction: u32,
    /// What the text that it was read from is ahead of UTC, in seconds.
    offset: i64,
}

fn date_time_add(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let (base, duration) = (context.string(&args[0])?, context.string(&args[1])?);
    let moment = parse(&base).filter(|moment| moment.offset == 0).ok_or(Stop::Residual)?;
    let format = match args.get(2) {
        Some(format) => context.string(format)?,
        // Contrary to its documentation, the service does not keep all other forms.
        None if write(moment, ISO).is_some_and(|text| text == *base) => ISO.into(),
        None => return Err(Stop::Residual),
    };
    let seconds = parse_duration(&duration).and_then(|duration| moment.seconds.checked_add(duration));
    let seconds = seconds.ok_or(Stop::Residual)?;
    context.text(write(Moment { seconds, ..moment }, standard(&format)).ok_or(Stop::Residual)?)
}

fn date_time_from_epoch(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    // Without an argument it is the clock.
    let seconds = context.integer(args.first().ok_or(Stop::Residual)?)?;
    let text = write(Moment { seconds, fraction: 0, offset: 0 }, ISO);
    context.text(text.ok_or_else(|| Stop::Wrong(format!("{seconds} seconds are no time in the years 1 to 9999")))?)
}

fn date_time_to_epoch(context: &CallContext<'_, '_>, args: &[Value]) -> FunctionResult {
    let text = context.string(args.first().ok_or(Stop::Residual)?)?;
    // How the service rounds is its own.
    let moment = parse(&text).filter(|moment| moment.fraction == 0).ok_or(Stop::Residual)?;
    Ok(Value::Int(moment.seconds))
}

/// Takes a text apart from its start.
struct DateReader<'t>(&'t str);

impl<'t> DateReader<'t> {
    /// The digits that come next, all of them.
    fn digits(&mut self) -> &'t str {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// The number in the next two digits, which is at most `most`.
    fn pair(&mut self, most: i64) -> Option<i64> {
        let (pair, rest) = self.0.split_at_checked(2).filter(|(pair, _)| pair.bytes().all(|b| b.is_ascii_digit()))?;
        self.0 = rest;
        pair.parse().ok().filter(|number| *number <= most)
    }

    /// Takes `text` if it comes next.
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }
}

/// Reads `yyyy-MM-ddTHH:mm:ss` or `yyyyMMddTHHmmss` with a zone; nothing for other forms.
fn parse(text: &str) -> Option<Moment> {
    let mut text = DateReader(text);
    let year = text.pair(99)? * 100 + text.pair(99)?;
    let separated = text.eat("-");
    let month = text.pair(12)?;
    if text.eat("-") != separated {
        return None;
    }
    let day = text.pair(31)?;
    let days = days_of(year, month, day);
    if date_of(days) != (year, month, day) || !(text.eat("T") || separated && text.eat(" ")) {
        return None;
    }
    let hour = text.pair(23)?;
    let colon = text.eat(":");
    let minute = text.pair(59)?;
    if colon != separated || text.eat(":") != separated {
        return None;
    }
    let second = text.pair(59)?;
    let fraction = if separated && text.eat(".") { text.digits() } else { "0" };
    let fraction = format!("{fraction:0<7}").parse().ok().filter(|_| (1..=7).contains(&fraction.len()))?;
    let offset = if text.eat("Z") {
        0
    } else {
        let sign = if text.eat("+") { 1 } else { text.eat("-").then_some(-1)? };
        let hours = text.pair(14)?;
        sign * (hours * 3600 + text.eat(":").then(|| text.pair(59))?? * 60)
    };
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset;
    (text.0.is_empty() && YEARS.contains(&seconds)).then_some(Moment { seconds, fraction, offset })
}

/// The seconds of a duration like `-P1DT2H3M4S`; nothing for years, months and what is not in whole seconds.
fn parse_duration(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    if text.is_empty() || text.ends_with('T') {
        return None;
    }
    Some(sign * (amounts(days, &[("D", DAY)])? + amounts(time, &[("H", 3600), ("M", 60), ("S", 1)])?))
}

/// The seconds of amounts, each with one of the `units`, which come in order.
fn amounts(text: &str, mut units: &[(&str, i64)]) -> Option<i64> {
    let (mut text, mut seconds) = (DateReader(text), 0);
    while !text.0.is_empty() {
        let count: i32 = text.digits().parse().ok()?;
        let at = units.iter().position(|(unit, _)| text.eat(unit))?;
        seconds += i64::from(count) * units[at].1;
        units = &units[at + 1..];
    }
    Some(seconds)
}

/// The pattern behind a standard format; those that depend on the culture stay as they are.
fn standard(format: &str) -> &str {
    match format {
        "R" | "r" => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        other => other,
    }
}

/// `moment` in a pattern of custom specifiers; nothing outside of the years, or when a part of it is not certain.
/// <https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings>
fn write(moment: Moment, pattern: &str) -> Option<String> {
    // A single character is a standard format.
    if pattern.chars().nth(1).is_none() || !YEARS.contains(&moment.seconds) {
        return None;
    }
    let (days, time) = (moment.seconds.div_euclid(DAY), moment.seconds.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let weekday = *DAYS.get(days.rem_euclid(7) as usize)?;
    let name = *MONTHS.get((month - 1) as usize)?;
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let count = rest.chars().take_while(|c| *c == first).count();
        let (run, behind) = rest.split_at_checked(count * first.len_utf8())?;
        rest = behind;
        let (number, width) = match (first, count) {
            ('y', 4) => (year, 4),
            ('y', 2) => (year % 100, 2),
            ('M', 1 | 2) => (month, count),
            ('d', 1 | 2) => (day, count),
            ('H', 1 | 2) => (hour, count),
            ('h', 1 | 2) => ((hour + 11) % 12 + 1, count),
            ('m', 1 | 2) => (minute, count),
            ('s', 1 | 2) => (second, count),
            ('f', 1..=7) => (i64::from(moment.fraction) / 10_i64.pow(7 - count as u32), count),
            _ => {
                match (first, count) {
                    ('M', 3) => out.push_str(&name[..3]),
                    ('M', 4) => out.push_str(name),
                    ('d', 3) => out.push_str(&weekday[..3]),
                    ('d', 4) => out.push_str(weekday),
                    ('t', 2) => out.push_str(if hour < 12 { "AM" } else { "PM" }),
                    ('\'' | '"', 1) => {
                        let (text, behind) = rest.split_once(first)?;
                        out.push_str(Some(text).filter(|text| !text.contains('\\'))?);
                        rest = behind;
                    }
                    // What else means something depends on the culture or the zone, or is rare.
                    ('y' | 'M' | 'd' | 'H' | 'h' | 'm' | 's' | 'f' | 'F' | 'g' | 'K' | 't' | 'z', _) => return None,
                    ('%' | '\\' | '\'' | '"', _) => return None,
                    _ => out.push_str(run),
                }
                continue;
            }
        };
        write!(out, "{number:0width$}").ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_each_other() {
        let (first, last) = (YEARS.start().div_euclid(DAY), YEARS.end().div_euclid(DAY));
        assert_eq!((date_of(first), date_of(last)), ((1, 1, 1), (9999, 12, 31)));
        let mut before = date_of(first);
        for days in first + 1..=last {
            let (year, month, day) = date_of(days);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let next = match before {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, 2, 28) if !leap => (year, 3, 1),
                (year, month, day) if day == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1] => {
                    (year, month + 1, 1)
                }
                (year, month, day) => (year, month, day + 1),
            };
            assert_eq!((year, month, day), next);
            assert_eq!(days_of(year, month, day), days);
            before = next;
        }
    }
}
