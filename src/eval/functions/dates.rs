//! Dates, as far as their arithmetic is settled: what has years or months, or another form, is left to the service.

use super::{Context, Entry, Outcome, Stop};
use crate::eval::value::Value;

pub(super) const FUNCTIONS: &[Entry] = &[
    Entry { name: "dateTimeAdd", arity: 2..=3, partial: false, run: add },
    Entry { name: "dateTimeFromEpoch", arity: 1..=1, partial: false, run: from_epoch },
    Entry { name: "dateTimeToEpoch", arity: 1..=1, partial: false, run: to_epoch },
];

/// How a date is written.
#[derive(Clone, Copy)]
enum Form {
    /// `2023-03-31T01:00:38Z`.
    Extended,
    /// `20230331T010038Z`, the form of `utcNow`.
    Basic,
}

fn from_epoch(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    context.text(print(context.integer(&args[0])?, Form::Extended)?)
}

fn to_epoch(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    Ok(Value::Int(parse(&context.string(&args[0])?).ok_or(Stop::Residual)?.0))
}

fn add(context: &Context<'_, '_>, args: &[Value]) -> Outcome {
    let (seconds, form) = parse(&context.string(&args[0])?).ok_or(Stop::Residual)?;
    let duration = duration(&context.string(&args[1])?).ok_or(Stop::Residual)?;
    let form = match args.get(2) {
        None | Some(Value::Null) => form,
        Some(pattern) => match &*context.string(pattern)? {
            "yyyy-MM-ddTHH:mm:ssZ" => Form::Extended,
            "yyyyMMddTHHmmssZ" => Form::Basic,
            _ => return Err(Stop::Residual),
        },
    };
    context.text(print(seconds.checked_add(duration).ok_or(Stop::Residual)?, form)?)
}

/// Seconds since 1970 of a date in UTC.
fn parse(text: &str) -> Option<(i64, Form)> {
    let (form, lengths): (Form, &[&str]) = match text.len() {
        20 => (Form::Extended, &["-", "-", "T", ":", ":", "Z"]),
        16 => (Form::Basic, &["", "", "T", "", "", "Z"]),
        _ => return None,
    };
    let mut rest = text;
    let mut fields = [0; 6];
    for (at, (field, behind)) in fields.iter_mut().zip(lengths).enumerate() {
        let (digits, more) = rest.split_at_checked(if at == 0 { 4 } else { 2 })?;
        *field = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()?;
        rest = more.strip_prefix(behind)?;
    }
    let [year, month, day, hour, minute, second] = fields;
    let days = days_from_civil(year, month, day);
    let real = (1..=12).contains(&month) && civil_from_days(days) == (year, month, day);
    let in_day = hour < 24 && minute < 60 && second < 60;
    (rest.is_empty() && year > 0 && real && in_day).then_some((((days * 24 + hour) * 60 + minute) * 60 + second, form))
}

fn print(seconds: i64, form: Form) -> Result<String, Stop> {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    // Years 1 to 9999, which is what the service has dates for.
    if !(-719_162..=2_932_896).contains(&days) {
        return Err(Stop::Residual);
    }
    let (year, month, day) = civil_from_days(days);
    Ok(match form {
        Form::Extended => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
        Form::Basic => format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"),
    })
}

/// Seconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds.
fn duration(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let text = text.strip_prefix('P')?;
    let (days, time) = text.split_once('T').unwrap_or((text, ""));
    let total = sum(days, &[('W', 604_800), ('D', 86_400)])?;
    let total = total.checked_add(sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?)?;
    (!text.is_empty() && !text.ends_with('T')).then_some(sign * total)
}

/// The sum of numbers with their units, which come in this order.
fn sum(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total: i64 = 0;
    for (unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            total = total.checked_add(number.parse::<u32>().ok().map(i64::from)?.checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

/// Days since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is their last.
/// <https://howardhinnant.github.io/date_algorithms.html>
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        #[rustfmt::skip]
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2023-03-31T01:00:38Z", Some(1_680_224_438)),
            ("20230331T010038Z", Some(1_680_224_438)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800)),
            ("2023-02-29T00:00:00Z", None),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("9999-12-31T23:59:59Z", Some(253_402_300_799)),
            ("0000-01-01T00:00:00Z", None),
            ("2023-03-31T24:00:00Z", None),
            ("2023-03-31 01:00:38Z", None),
            ("2023-13-31T01:00:38Z", None),
            ("", None),
            ("2023-03-31T01:00:3éZ", None),
        ];
        for (text, expected) in cases {
            let parsed = parse(text);
            assert_eq!(parsed.map(|(seconds, _)| seconds), expected, "{text}");
            if let Some((seconds, form)) = parsed {
                assert_eq!(print(seconds, form).ok().as_deref(), Some(text));
            }
        }
        assert!(print(253_402_300_800, Form::Extended).is_err(), "the year 10000");
    }

    #[test]
    fn durations() {
        let cases = [
            ("P1D", Some(86_400)),
            ("-P9D", Some(-777_600)),
            ("PT1H", Some(3600)),
            ("P1DT2H3M4S", Some(93_784)),
            ("P2W", Some(1_209_600)),
            ("P3Y", None),
            ("P1M", None),
            ("PT", None),
            ("P", None),
            ("1D", None),
            ("PT1M1H", None),
            ("P99999999999D", None),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text), expected, "{text}");
        }
    }
}
