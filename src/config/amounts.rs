//! Values that may be `"none"`: numbers, shares, times, tables.

use super::reader::{At, Problems, Section, wrong_type};
use std::time::Duration;
use toml::de::DeValue;

/// The word for no limit. 0 is a limit like any other, and the strictest.
const NONE: &str = "none";

/// Units of time and their milliseconds: PostgreSQL's, and `m`.
const UNITS: [(&str, u64); 6] =
    [("ms", 1), ("s", 1000), ("min", 60_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl<'a, 'i> Section<'a, 'i> {
    /// A whole number, or none.
    pub fn number_or_none(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<At<Option<u64>>> {
        let at = self.ask(problems, name)?;
        if is_none(at.value) {
            return Some(at.with(None));
        }
        let Some(digits) = at.value.as_integer() else {
            return wrong_type(problems, &at, "a whole number or \"none\"");
        };
        match u64::from_str_radix(digits.as_str(), digits.radix()) {
            // TOML's own numbers are signed.
            Ok(number) if i64::try_from(number).is_ok() => Some(at.with(Some(number))),
            _ => fault(problems, &at, "must be 0 or more; \"none\" is no limit"),
        }
    }

    /// A share: more than 0, at most 1; or none.
    pub fn share_or_none(&mut self, problems: &mut Problems<'_>, name: &'static str) -> Option<At<Option<f64>>> {
        let at = self.ask(problems, name)?;
        if is_none(at.value) {
            return Some(at.with(None));
        }
        let text = at.value.as_float().map(|float| float.as_str().to_owned());
        let Some(text) = text.or_else(|| at.value.as_integer().map(ToString::to_string)) else {
            return wrong_type(problems, &at, "a share (0.2 is 20%) or \"none\"");
        };
        match text.parse::<f64>() {
            Ok(share) if share > 0.0 && share <= 1.0 => Some(at.with(Some(share))),
            _ => fault(problems, &at, "must be more than 0 and at most 1 (0.2 is 20%); \"none\" is no limit"),
        }
    }

    /// A time with its unit (`"30s"`), between two; or none.
    pub fn duration_or_none(
        &mut self,
        problems: &mut Problems<'_>,
        name: &'static str,
        least: Duration,
        most: Duration,
    ) -> Option<At<Option<Duration>>> {
        let at = self.ask(problems, name)?;
        if is_none(at.value) {
            return Some(at.with(None));
        }
        let Some(text) = at.value.as_str() else {
            return wrong_type(problems, &at, "a time with its unit (\"30s\") or \"none\"");
        };
        match duration(text) {
            Some(time) if (least..=most).contains(&time) => Some(at.with(Some(time))),
            Some(_) => {
                let (least, most) = (least.as_millis(), most.as_millis());
                fault(problems, &at, &format!("must be between {least}ms and {most}ms; \"none\" is no limit"))
            }
            None => fault(problems, &at, &format!("\"{text}\" is not a time; write 500ms, 30s, 5min, 2h or 1d")),
        }
    }

    /// A table inside, or none.
    pub fn section_or_none(
        &mut self,
        problems: &mut Problems<'_>,
        name: &'static str,
    ) -> Option<At<Option<Section<'a, 'i>>>> {
        let at = self.ask(problems, name)?;
        if is_none(at.value) {
            return Some(at.with(None));
        }
        match at.value.as_table() {
            Some(table) => Some(at.with(Some(Section::new(table, at.key.clone(), at.line)))),
            None => wrong_type(problems, &at, "a table or \"none\""),
        }
    }
}

/// A time as it is written in the file: `500ms`, `30s`, `5min`.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*milliseconds).map(Duration::from_millis)
}

fn is_none(value: &DeValue<'_>) -> bool {
    value.as_str() == Some(NONE)
}

fn fault<T, U>(problems: &mut Problems<'_>, at: &At<U>, message: &str) -> Option<T> {
    problems.at(at, message);
    None
}
