//! Schedules of cron jobs.
//!
//! The grammar is that of Kubernetes, whose parser is `robfig/cron`. The crate `croner` differs
//! too much to validate it: it allows Sunday as 7, names in any field, `L`, `W` and `#`, and
//! refuses `5/15`. It serves the tests as a second opinion.
//!
//! Stricter than Kubernetes, where what it accepts is not what was meant: an empty item in a list
//! (`1,,2`), a step that never comes to a second time (`*/90` in minutes), a day that no month of
//! the schedule has (`0 0 31 2 *`), and `@every 1h`, which counts from the hour of the deployment.

use super::error::{ValueError, quoted};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// When a job runs: five fields (minute, hour, day of the month, month, day of the week), or one
/// of `@hourly @daily @midnight @weekly @monthly @yearly @annually`.
///
/// The canonical form has one space between fields and names in capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Schedule(String);

const MACROS: [&str; 7] =
    ["@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"];

/// What may stand in a field.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names of the values from `least` on.
    names: &'static [&'static str],
}

const MINUTE: Field = Field { name: "a minute", least: 0, most: 59, names: &[] };
const HOUR: Field = Field { name: "an hour", least: 0, most: 23, names: &[] };
const DAY: Field = Field { name: "a day of the month", least: 1, most: 31, names: &[] };
const MONTH: Field = Field {
    name: "a month",
    least: 1,
    most: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAY: Field = Field {
    name: "a day of the week",
    least: 0,
    most: 6,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

/// The days that each month can have.
const LENGTHS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The values of a field.
struct Values {
    bits: u64,
    /// Whether the field is `*`: for days, "does not matter" rather than "any".
    any: bool,
}

impl FromStr for Schedule {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let canonical = match text.trim().strip_prefix('@') {
            Some(name) => named(name),
            None => fields(&text.to_ascii_uppercase()),
        };
        canonical.map(Self).map_err(|fault| ValueError {
            help: fault.help,
            ..ValueError::not(text, Self::WHAT, fault.message)
        })
    }
}

/// A schedule that has a name.
fn named(name: &str) -> Result<String, ValueError> {
    let lower = format!("@{}", name.to_ascii_lowercase());
    let known = MACROS.contains(&lower.as_str());
    match name {
        _ if known && lower[1..] == *name => Ok(lower),
        _ if known => Err(ValueError::new("it is in lower case").write(Some(lower))),
        _ if lower.starts_with("@every") => {
            Err(ValueError::new("`@every` counts from the hour of the deployment")
                .help("write when it runs, such as `0 * * * *` for every hour"))
        }
        _ => Err(ValueError::new(format!("known names are {}", MACROS.join(", ")))),
    }
}

/// A schedule of five fields, in capitals.
fn fields(text: &str) -> Result<String, ValueError> {
    if text.contains("TZ=") {
        return Err(ValueError::new("it names a time zone")
            .help("write the time zone as `time-zone` beside the schedule"));
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields[..] else {
        let error = ValueError::new(format!(
            "it has {} fields, not five: minute, hour, day, month, day of the week",
            fields.len()
        ));
        let five = match fields[..] {
            // Six fields begin with seconds.
            ["0", ref five @ ..] if five.len() == 5 => self::fields(&five.join(" ")).ok(),
            _ => None,
        };
        return Err(error.write(five));
    };
    MINUTE.parse(minute)?;
    HOUR.parse(hour)?;
    let (days, months, weekdays) = (DAY.parse(day)?, MONTH.parse(month)?, WEEKDAY.parse(weekday)?);
    let happens = (1..).zip(LENGTHS).any(|(month, length)| {
        (months.bits >> month) & 1 == 1 && days.bits.trailing_zeros() <= length
    });
    // If both days are restricted, either of them is enough.
    if !happens && weekdays.any {
        return Err(ValueError::new("none of its months has such a day"));
    }
    Ok(fields.join(" "))
}

impl Field {
    fn parse(&self, text: &str) -> Result<Values, ValueError> {
        let mut values = Values { bits: 0, any: false };
        for item in text.split(',') {
            let item = self.item(item)?;
            values.bits |= item.bits;
            values.any |= item.any;
        }
        Ok(values)
    }

    /// A value, a range, or either with a step.
    fn item(&self, text: &str) -> Result<Values, ValueError> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (text, None),
        };
        let any = matches!(range, "*" | "?");
        let (first, last) = match range.split_once('-') {
            _ if any => (self.least, self.most),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            // `5/15` is 5, 20, 35, 50.
            None => {
                (self.value(range)?, if step.is_some() { self.most } else { self.value(range)? })
            }
        };
        if first > last {
            let both = format!("{first}-{},{}-{last}", self.most, self.least);
            return Err(ValueError::new(format!("{} ends before it begins", quoted(range)))
                .write(Some(both)));
        }
        let step = match step.map(digits) {
            None => 1,
            Some(Some(step)) if step == 1 || (1..=last - first).contains(&step) => step,
            Some(Some(0) | None) => {
                return Err(ValueError::new(format!("{} has no step", quoted(text))));
            }
            Some(Some(_)) => {
                let reason = format!("the step of {} leaves its range at once", quoted(text));
                return Err(ValueError::new(reason));
            }
        };
        let bits = (first..=last).filter(|value| (value - first) % step == 0);
        let bits = bits.fold(0, |bits, value| bits | 1 << value);
        Ok(Values { bits, any: any && step == 1 })
    }

    fn value(&self, text: &str) -> Result<u32, ValueError> {
        if let Some(value) = (self.least..).zip(self.names).find(|(_, name)| **name == text) {
            return Ok(value.0);
        }
        match digits(text) {
            Some(value) if (self.least..=self.most).contains(&value) => Ok(value),
            value => {
                let error = ValueError::new(format!(
                    "{} is not {}, {} to {}",
                    quoted(text),
                    self.name,
                    self.least,
                    self.most
                ));
                let sunday = value == Some(7) && self.names.first() == Some(&"SUN");
                Err(if sunday { error.help("write `0` or `SUN` for Sunday") } else { error })
            }
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl Scalar for Schedule {
    const WHAT: &'static str = "a schedule";
    const DESCRIPTION: &'static str = "Minute, hour, day of the month, month and day of the week, \
        as cron writes them; or a word such as @daily.";
    const PATTERN: &'static str = r"^\s*(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|([0-9*?,/-]+\s+){3}[0-9A-Za-z*?,/-]+\s+[0-9A-Za-z*?,/-]+)\s*$";
    const EXAMPLES: &'static [&'static str] = &["0 2 * * *", "*/15 * * * *", "@daily"];
}

text!(Schedule);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good};
    use croner::parser::CronParser;
    use proptest::prelude::*;

    #[test]
    fn schedules() {
        good::<Schedule>(&[
            ("0 2 * * *", "0 2 * * *"),
            ("  0   2 * *\t* ", "0 2 * * *"),
            ("*/15 * * * *", "*/15 * * * *"),
            ("5/15 * * * *", "5/15 * * * *"),
            ("0 0 ? * mon-fri", "0 0 ? * MON-FRI"),
            ("0,30 8-18/2 1,15 jan,JUL 0-6", "0,30 8-18/2 1,15 JAN,JUL 0-6"),
            ("59 23 31 12 6", "59 23 31 12 6"),
            ("0 0 29 2 *", "0 0 29 2 *"),
            ("0 0 31 2 MON", "0 0 31 2 MON"),
            ("00 02 * * *", "00 02 * * *"),
            ("@daily", "@daily"),
            ("@midnight", "@midnight"),
        ]);
    }

    #[test]
    fn everything_else_is_refused() {
        let five = "fields, not five: minute, hour, day, month, day of the week";
        bad::<Schedule>(&[
            ("", &format!("`` is not a schedule: it has 0 {five}")),
            ("daily", &format!("`daily` is not a schedule: it has 1 {five}")),
            (
                "0 0 2 * * *",
                &format!(
                    "`0 0 2 * * *` is not a schedule: it has 6 {five}\nhelp: write `0 2 * * *`"
                ),
            ),
            ("60 * * * *", "`60 * * * *` is not a schedule: `60` is not a minute, 0 to 59"),
            ("* 24 * * *", "`* 24 * * *` is not a schedule: `24` is not an hour, 0 to 23"),
            ("* * 0 * *", "`* * 0 * *` is not a schedule: `0` is not a day of the month, 1 to 31"),
            ("* * L * *", "`* * L * *` is not a schedule: `L` is not a day of the month, 1 to 31"),
            ("* * * 13 *", "`* * * 13 *` is not a schedule: `13` is not a month, 1 to 12"),
            ("mon * * * *", "`mon * * * *` is not a schedule: `MON` is not a minute, 0 to 59"),
            (
                "* * * * 7",
                "`* * * * 7` is not a schedule: `7` is not a day of the week, 0 to 6\
                 \nhelp: write `0` or `SUN` for Sunday",
            ),
            (
                "* * * * 5#2",
                "`* * * * 5#2` is not a schedule: `5#2` is not a day of the week, 0 to 6",
            ),
            ("1,,2 * * * *", "`1,,2 * * * *` is not a schedule: `` is not a minute, 0 to 59"),
            ("+1 * * * *", "`+1 * * * *` is not a schedule: `+1` is not a minute, 0 to 59"),
            (
                "0 22-4 * * *",
                "`0 22-4 * * *` is not a schedule: `22-4` ends before it begins\
                 \nhelp: write `22-23,0-4`",
            ),
            ("*/0 * * * *", "`*/0 * * * *` is not a schedule: `*/0` has no step"),
            ("*/ * * * *", "`*/ * * * *` is not a schedule: `*/` has no step"),
            ("1-2-3 * * * *", "`1-2-3 * * * *` is not a schedule: `2-3` is not a minute, 0 to 59"),
            (
                "*/90 * * * *",
                "`*/90 * * * *` is not a schedule: the step of `*/90` leaves its range at once",
            ),
            (
                "0 0 31 feb,apr *",
                "`0 0 31 feb,apr *` is not a schedule: none of its months has such a day",
            ),
            (
                "@every 1h",
                "`@every 1h` is not a schedule: `@every` counts from the hour of the deployment\
                 \nhelp: write when it runs, such as `0 * * * *` for every hour",
            ),
            ("@Daily", "`@Daily` is not a schedule: it is in lower case\nhelp: write `@daily`"),
            (
                "@reboot",
                "`@reboot` is not a schedule: known names are @hourly, @daily, @midnight, @weekly, \
                 @monthly, @yearly, @annually",
            ),
            (
                "CRON_TZ=UTC 0 2 * * *",
                "`CRON_TZ=UTC 0 2 * * *` is not a schedule: it names a time zone\
                 \nhelp: write the time zone as `time-zone` beside the schedule",
            ),
        ]);
    }

    /// Any field that both grammars know, wrong ones among them.
    fn field() -> impl Strategy<Value = String> {
        let item = "([0-9]{1,2}|[0-9]-[0-9]{1,2}|[1-3][0-9]-[3-6][0-9])(/[1-9])?|\\*/[0-9]{1,2}";
        let list = proptest::collection::vec(item, 1..4).prop_map(|items| items.join(","));
        prop_oneof![1 => Just("*".to_owned()), 9 => list]
    }

    proptest! {
        #[test]
        fn a_second_parser_finds_the_same_values(text in field()) {
            let croner = CronParser::builder().sloppy_ranges(true).build();
            for (index, field) in [MINUTE, HOUR, DAY, MONTH, WEEKDAY].iter().enumerate() {
                let Ok(values) = field.parse(&text) else { continue };
                let mut fields = ["*"; 5];
                fields[index] = &text;
                let cron = croner.parse(&fields.join(" ")).unwrap().pattern;
                let found =
                    [cron.minutes, cron.hours, cron.days, cron.months, cron.days_of_week][index]
                        .values();
                // There, a week runs from 0 to 7, so that `5/2` ends on Sunday.
                if index < 4 || !text.contains('/') {
                    let bits = found.iter().fold(0, |bits, value| bits | 1_u64 << value);
                    prop_assert_eq!(values.bits, bits, "{} {}", field.name, text);
                }
            }
        }
    }
}
