//! Days of the calendar.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since the first of January 1970.
    days: i64,
}

impl Date {
    /// The day that begins `days` days after the first of January 1970 began.
    pub const fn from_days(days: i64) -> Self {
        Self { days }
    }

    /// How many days it comes after `other`; negative when before.
    pub const fn days_after(self, other: Self) -> i64 {
        self.days - other.days
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.days);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = String;

    /// Reads `2027-03-31`; a day that the calendar does not have is an error.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no date; write it as `2027-03-31`");
        let mut parts = text.split('-');
        let mut next = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|part| part.parse().ok()).ok_or_else(wrong)
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let date = Self { days: days_of(year, month, day) };
        let is_real = parts.next().is_none() && date_of(date.days) == (year, month, day);
        is_real.then_some(date).ok_or_else(wrong)
    }
}

/// The days from 1970 to a date of the Gregorian calendar. Years are counted from March, so that a leap day ends one.
pub(crate) const fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of the date that many days after 1970 began.
pub(crate) const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written() {
        for text in ["1970-01-01", "2027-03-31", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in ["", "2027", "2027-3-31", "2027-02-29", "2027-13-01", "2027-00-10", "2027-01-01-01", "+027-01-01"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        let [first, last]: [Date; 2] = ["2026-12-31", "2027-03-31"].map(|text| text.parse().unwrap());
        assert_eq!((last.days_after(first), first < last), (90, true));
    }
}
