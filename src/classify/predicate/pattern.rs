//! Patterns and ranges: which ones everything meets.

use super::fold::Value;
use super::measure::everything;
use super::same::strip;
use super::telling::is_plain;
use crate::sql::Expr;

/// A pattern made of literals and parameters: `$1 || '%'`, `lower($1)`.
pub fn is_pattern(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Call(call) => {
            matches!(&*call.name.name, "lower" | "upper" | "concat" | "quote_literal" | "replace")
                && call.args.iter().any(|arg| is_pattern(arg) && !matches!(strip(arg), Expr::Constant(_)))
        }
        Expr::Operator { name, left: Some(left), right } if &*name.name == "||" => {
            is_pattern(left) && is_pattern(right)
        }
        other => is_plain(other, false),
    }
}

/// One end of a range that leaves practically nothing out.
pub fn is_whole(value: &Value, downwards: bool) -> bool {
    *value == Value::Null || everything(value, downwards, true)
}

/// Whether a text is a range over practically everything, or a network of all addresses.
pub fn is_whole_range(text: &str) -> bool {
    let text = text.trim();
    let inner = text.strip_prefix(['[', '(']).and_then(|text| text.strip_suffix([']', ')']));
    let whole = |end: &str, downwards| {
        let end = end.trim().trim_matches('"');
        end.is_empty() || everything(&Value::Text(end.into()), downwards, true)
    };
    text.ends_with("/0")
        || inner
            .and_then(|inner| inner.split_once(','))
            .is_some_and(|(low, high)| whole(low, false) && whole(high, true))
}

/// Whether a regular expression finds the empty text, and so something in every text: an alternative of which every
/// part may be missing. Anchored at both ends it does not.
pub fn finds_nothing(pattern: &str) -> bool {
    let (mut depth, mut set, mut optional) = (0_u32, false, true);
    let mut chars = pattern.chars().peekable();
    if pattern.contains('^') && pattern.contains('$') {
        return false;
    }
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            ']' => set = false,
            _ if set => continue,
            '[' => {
                set = true;
                // A bracket that comes first is one of the set.
                if chars.peek() == Some(&'^') {
                    chars.next();
                }
                if chars.peek() == Some(&']') {
                    chars.next();
                }
                continue;
            }
            '(' => {
                depth += 1;
                continue;
            }
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                if optional {
                    return true;
                }
                optional = true;
                continue;
            }
            '^' | '$' | '*' | '+' | '?' => continue,
            _ => {}
        }
        if depth == 0 && !matches!(chars.peek(), Some('*' | '?')) {
            optional = false;
        }
    }
    optional
}

/// Whether a LIKE or regular expression pattern is made of wildcards alone.
pub fn matches_all(pattern: &str) -> bool {
    pattern.chars().all(|c| matches!(c, '%' | '_' | '.' | '*' | '+' | '^' | '$' | '?' | '(' | ')' | '|'))
}
