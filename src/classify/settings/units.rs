//! Values with units, as PostgreSQL reads them (`parse_int` in `src/backend/utils/misc/guc.c`).

/// A value of a setting whose unit is the millisecond, in milliseconds; `None` where PostgreSQL would refuse it. 0 is no
/// limit.
///
/// See <https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES>.
pub fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(is_space);
    let (value, rest) = number(text)?;
    let unit = rest.trim_matches(is_space);
    let factor = match unit {
        "us" => 1e-3,
        "" | "ms" => 1.0,
        "s" => 1e3,
        "min" => 60e3,
        "h" => 3_600e3,
        "d" => 86_400e3,
        _ => return None,
    };
    let value = (value * factor).round_ties_even();
    if !(-0.0..=f64::from(i32::MAX)).contains(&value) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "just checked: 0 to 2^31")]
    let whole = value as u64;
    Some(whole)
}

/// The number a text begins with, and the rest. Whole numbers may be hexadecimal or octal, as C's `strtol` reads them.
fn number(text: &str) -> Option<(f64, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (value, rest) = unsigned(digits)?;
    Some((if negative { -value } else { value }, rest))
}

fn unsigned(text: &str) -> Option<(f64, &str)> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let (digits, rest) = split(hex, |c| c.is_ascii_hexdigit());
        return whole(digits, 16).map(|value| (value, rest));
    }
    let (digits, rest) = split(text, |c| c.is_ascii_digit());
    let fraction = rest.strip_prefix('.');
    if fraction.is_none() && !rest.starts_with(['e', 'E']) {
        let radix = if digits.len() > 1 && digits.starts_with('0') { 8 } else { 10 };
        let (digits, _) = split(digits, |c| c.is_digit(radix));
        return whole(digits, radix).map(|value| (value, text.get(digits.len()..).unwrap_or_default()));
    }
    // `strtod`: digits, a fraction, an exponent.
    let mut length = digits.len();
    if let Some(fraction) = fraction {
        length += 1 + split(fraction, |c| c.is_ascii_digit()).0.len();
    }
    let after = text.get(length..).unwrap_or_default();
    if let Some(exponent) = after.strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let (digits, _) = split(unsigned, |c| c.is_ascii_digit());
        if !digits.is_empty() {
            length += 1 + (exponent.len() - unsigned.len()) + digits.len();
        }
    }
    let (number, rest) = text.split_at_checked(length)?;
    Some((number.parse().ok()?, rest))
}

fn whole(digits: &str, radix: u32) -> Option<f64> {
    let value = u32::from_str_radix(digits, radix).ok()?;
    Some(f64::from(value))
}

/// A text's beginning of such characters, and the rest.
fn split(text: &str, mut of: impl FnMut(char) -> bool) -> (&str, &str) {
    let length = text.find(|c| !of(c)).unwrap_or(text.len());
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}
