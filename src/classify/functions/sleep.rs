//! Sleeping: a short, constant time is a program's business; more keeps a connection, its locks and its snapshot.

use super::super::facts::Facts;
use super::super::{EffectKind, settings};
use crate::sql::{Call, Expr};

/// The longest sleep that is nobody's concern, in seconds.
const LONGEST: f64 = 10.0;

/// `pg_sleep(seconds)`, `pg_sleep_for(interval)`, `pg_sleep_until(time)`. When a moment comes the text does not say, so
/// the last is never short.
pub(super) fn call(facts: &mut Facts<'_>, call: &Call) {
    // A cast to a number keeps the value; one to an interval may be `INTERVAL '5' HOUR`, which gives a bare number its unit.
    let (argument, cast) = match call.args.as_slice() {
        [Expr::Cast { arg, .. }] => (settings::constant(arg), true),
        [argument] => (settings::constant(argument), false),
        _ => (None, false),
    };
    let seconds = match &*call.name.name {
        "pg_sleep" => argument.and_then(|text| text.trim_ascii().parse().ok()),
        "pg_sleep_for" => argument.and_then(|text| interval(text, !cast)),
        _ => None,
    };
    // NaN is no time at all; PostgreSQL takes a negative one for none.
    if !seconds.is_some_and(|seconds: f64| seconds <= LONGEST) {
        facts.writes();
        facts.add(
            EffectKind::Irrevocable,
            None,
            &format!("{} of more than 10 seconds, or of unknown length", call.name.name),
        );
    }
}

/// The simplest intervals, in seconds: a number and a unit, which may be missing where `bare`.
fn interval(text: &str, bare: bool) -> Option<f64> {
    let text = text.trim_ascii();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let seconds = match unit.trim_ascii().to_ascii_lowercase().as_str() {
        "us" | "usec" | "usecs" | "microsecond" | "microseconds" => 1e-6,
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1e-3,
        "" if bare => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "min" | "mins" | "minute" | "minutes" => 60.0,
        _ => return None,
    };
    Some(number * seconds)
}
