//! The same statement in another dress: ways to spell it that the server reads alike, and wrappings that still run it.

use crate::choices::Choices;
use crate::tokens::{Kind, Piece, join, split};

/// Another spelling that any reader has to take for the same: case, white space, comments. `None` where the scanner
/// does not take the text.
pub fn respaced(choices: &mut Choices, text: &str) -> Option<String> {
    let (mut pieces, rest) = split(text)?;
    for at in 0..pieces.len() {
        if choices.chance(30) && matches!(pieces[at].kind, Kind::Keyword | Kind::Name) {
            pieces[at].text = in_case(choices, &pieces[at].text);
        }
        // Strings on two lines are one string.
        let between_strings = at > 0 && pieces[at].text.starts_with('\'') && pieces[at - 1].text.ends_with('\'');
        if !between_strings && choices.chance(if pieces[at].gap.is_empty() { 10 } else { 30 }) {
            pieces[at].gap = gap(choices);
        }
    }
    let end = match choices.below(8) {
        0..5 => rest,
        5 => rest + &gap(choices),
        6 => rest + " --",
        _ => rest + "\n-- '; DROP TABLE x; $$",
    };
    Some(join(&pieces, &end))
}

fn in_case(choices: &mut Choices, word: &str) -> String {
    match choices.below(3) {
        0 => word.to_ascii_uppercase(),
        1 => word.to_ascii_lowercase(),
        _ => {
            let odd =
                |(at, c): (usize, char)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
            word.chars().enumerate().map(odd).collect()
        }
    }
}

fn gap(choices: &mut Choices) -> String {
    const GAPS: [&str; 22] = [
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\x0c",
        " \n\t",
        "/**/",
        " /**/ ",
        "/* x */",
        "/* ; */",
        "/*'*/",
        "/*\"*/",
        "/*$$*/",
        "/*/**/*/",
        "/* /* ; */ -- */",
        "--\n",
        "-- ; DROP\n",
        "--'\r",
        "--/*\n",
        "/*--*/",
    ];
    let mut gap = choices.one_of(&GAPS).to_owned();
    if choices.chance(20) {
        gap.push_str(choices.one_of(&GAPS));
    }
    // A sign before it must not become part of it.
    format!(" {gap}{}", if gap.ends_with(['/', '\n', '\r']) && choices.chance(50) { "" } else { " " })
}

/// Another spelling of its names and strings: quotes, escapes, dollars, schemas.
pub fn requoted(choices: &mut Choices, text: &str) -> Option<String> {
    let (mut pieces, rest) = split(text)?;
    for at in 0..pieces.len() {
        if !choices.chance(40) {
            continue;
        }
        let next = pieces.get(at + 1).map(|piece| piece.text.clone()).unwrap_or_default();
        let alone = |piece: Option<&Piece>| piece.is_none_or(|piece| piece.text != "." && piece.text != "@");
        let behind_dot = at > 0 && !alone(pieces.get(at - 1));
        let piece = &mut pieces[at];
        match piece.kind {
            Kind::Name if piece.text.is_ascii() => {
                let folded = piece.text.to_ascii_lowercase();
                piece.text = match choices.below(4) {
                    0 | 1 => format!("\"{folded}\""),
                    2 => format!("U&\"{}\"", escaped(choices, &folded, "\\", 4)),
                    _ if next == "(" && !behind_dot && BUILT_IN.contains(&folded.as_str()) => {
                        format!("pg_catalog.{}", piece.text)
                    }
                    _ => continue,
                };
                spaced(piece);
            }
            Kind::Text if !next.starts_with('\'') && !next.eq_ignore_ascii_case("uescape") => {
                let Some(inner) = piece.text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) else {
                    continue;
                };
                if inner.contains(['\'', '\n', '\\', '$', '&']) || !inner.is_ascii() {
                    continue;
                }
                piece.text = match choices.below(6) {
                    0 => format!("E'{inner}'"),
                    1 => format!("e'{}'", escaped(choices, inner, "\\x", 2)),
                    2 => format!("U&'{}'", escaped(choices, inner, "\\", 4)),
                    3 => format!("$${inner}$$"),
                    4 => format!("$q${inner}$q$"),
                    _ => {
                        let (left, right) = inner.split_at(choices.below(inner.len() + 1));
                        format!("'{left}'\n'{right}'")
                    }
                };
                spaced(piece);
            }
            _ => {}
        }
    }
    Some(join(&pieces, &rest))
}

/// Functions of the cases' that can be named with their schema.
const BUILT_IN: [&str; 12] = [
    "set_config",
    "setval",
    "nextval",
    "lo_unlink",
    "lo_import",
    "lo_export",
    "pg_read_file",
    "query_to_xml",
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_advisory_lock",
    "pg_reload_conf",
];

fn spaced(piece: &mut Piece) {
    if piece.gap.is_empty() {
        piece.gap.push(' ');
    }
}

fn escaped(choices: &mut Choices, text: &str, mark: &str, digits: usize) -> String {
    let one = |c: char| {
        if choices.chance(40) { format!("{mark}{:0digits$x}", u32::from(c)) } else { c.to_string() }
    };
    text.chars().map(one).collect()
}

/// The same rows named by another predicate: its WHERE in parentheses, or as part of something that comes to the same.
pub fn rephrased(choices: &mut Choices, text: &str) -> Option<String> {
    const ENDS: [&str; 14] = [
        ";",
        "returning",
        "group",
        "order",
        "limit",
        "offset",
        "having",
        "window",
        "union",
        "intersect",
        "except",
        "for",
        "on",
        "when",
    ];
    let (mut pieces, rest) = split(text)?;
    let wheres: Vec<usize> = (0..pieces.len()).filter(|at| pieces[*at].is("where")).collect();
    if wheres.is_empty() {
        return None;
    }
    let at = wheres[choices.below(wheres.len())];
    let mut depth = 0_i32;
    let mut end = pieces.len();
    for (here, piece) in pieces.iter().enumerate().skip(at + 1) {
        depth += match piece.text.as_str() {
            "(" | "[" => 1,
            ")" | "]" => -1,
            _ => 0,
        };
        if depth < 0 || depth == 0 && ENDS.iter().any(|word| piece.is(word)) && here > at + 1 {
            end = here;
            break;
        }
    }
    // WHERE CURRENT OF is no expression, and IS DISTINCT FROM and the like have none of these words.
    if pieces.get(at + 1).is_none_or(|piece| piece.is("current")) || end <= at + 1 {
        return None;
    }
    const AROUND: [(&str, &str); 16] = [
        ("(", ")"),
        ("((", "))"),
        ("(", ") AND true"),
        ("true AND (", ")"),
        ("(", ") OR false"),
        ("NOT (NOT (", "))"),
        ("NOT NOT (", ")"),
        ("(", ") IS TRUE"),
        ("((", ")) IS NOT FALSE"),
        ("coalesce((", "), false)"),
        ("CASE WHEN (", ") THEN true ELSE false END"),
        ("CASE (", ") WHEN true THEN true END"),
        ("(", ")::bool"),
        ("CAST((", ") AS boolean)"),
        ("(", ") = true"),
        ("(SELECT (", "))"),
    ];
    let (before, behind) = choices.one_of(&AROUND);
    pieces.insert(end, Piece::new(behind));
    pieces.insert(at + 1, Piece::new(before));
    Some(join(&pieces, &rest))
}

/// What can be wrapped around a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// SELECT, VALUES, TABLE.
    Query,
    /// INSERT, UPDATE, DELETE, MERGE.
    Change,
    /// Those with a WITH of their own.
    With,
    Execute,
    Other,
}

/// Inside something that runs it, or beside something harmless.
pub fn nested(choices: &mut Choices, text: &str) -> Option<String> {
    let (pieces, _) = split(text)?;
    let first = pieces.iter().find(|piece| piece.text != "(")?.text.to_ascii_lowercase();
    let many = pieces.iter().rev().skip_while(|piece| piece.text == ";").any(|piece| piece.text == ";");
    let returns = pieces.iter().any(|piece| piece.is("returning"));
    let into = pieces.iter().any(|piece| piece.is("into"));
    let verb = match first.as_str() {
        _ if many => Verb::Other,
        "select" | "values" | "table" if !into => Verb::Query,
        "insert" | "update" | "delete" | "merge" => Verb::Change,
        "with" => Verb::With,
        "execute" => Verb::Execute,
        _ => Verb::Other,
    };
    let one = text.trim_end().trim_end_matches(';').to_owned();
    let returning = if returns { one.clone() } else { format!("{one} RETURNING 1") };
    let own = verb_wraps(choices, verb, &one, &returning);
    Some(own.unwrap_or_else(|| anywhere(choices, &one)))
}

/// Beside something harmless, or in a body that runs it.
fn anywhere(choices: &mut Choices, one: &str) -> String {
    match choices.below(15) {
        0 => format!("SELECT 1; {one}"),
        1 => format!("{one}; SELECT 1"),
        2 => format!("; ;;{one};;"),
        3 => format!("BEGIN; {one}; COMMIT"),
        4 => format!("SELECT ';'; {one}; SELECT $$;$$"),
        5 => format!("/* SELECT 1; */ {one}"),
        6 => format!("INSERT INTO t VALUES (1); {one}"),
        7 => format!("EXPLAIN SELECT 1; {one}"),
        8 => format!("SAVEPOINT s; {one}; RELEASE s"),
        9 => format!("DO $body$ BEGIN {one}; END $body$"),
        10 => format!("DO LANGUAGE plpgsql $body$ BEGIN IF true THEN {one}; END IF; END $body$"),
        11 => format!("DO $body$ BEGIN EXECUTE $q${one}$q$; END $body$"),
        12 => format!("CREATE FUNCTION harmless() RETURNS void LANGUAGE sql AS $body$ {one} $body$"),
        13 => format!("CREATE PROCEDURE harmless() LANGUAGE plpgsql AS $body$ BEGIN {one}; END $body$"),
        _ => format!("CREATE FUNCTION harmless() RETURNS void LANGUAGE sql BEGIN ATOMIC {one}; END"),
    }
}

fn verb_wraps(choices: &mut Choices, verb: Verb, one: &str, returning: &str) -> Option<String> {
    let mut wraps: Vec<String> = match verb {
        Verb::Query => vec![
            format!("EXPLAIN ANALYZE {one}"),
            format!("EXPLAIN (COSTS off, ANALYZE on) {one}"),
            format!("PREPARE harmless AS {one}; EXECUTE harmless"),
            format!("COPY ({one}) TO STDOUT"),
            format!("WITH x AS ({one}) SELECT * FROM x"),
            format!("WITH x AS MATERIALIZED ({one}) SELECT 1 FROM x"),
            format!("SELECT * FROM ({one}) x"),
            format!("SELECT ({one})"),
            format!("SELECT ARRAY({one})"),
            format!("SELECT 1 WHERE EXISTS ({one})"),
            format!("SELECT 1 UNION ALL ({one})"),
            format!("SELECT * FROM u CROSS JOIN LATERAL ({one}) x"),
            format!("CREATE TABLE n AS {one}"),
            format!("CREATE TEMP TABLE n ON COMMIT DROP AS ({one}) WITH DATA"),
            format!("DECLARE c CURSOR FOR {one}"),
            format!("SELECT query_to_xml($w${one}$w$, true, true, '')"),
        ],
        Verb::Change => vec![
            format!("EXPLAIN ANALYZE {one}"),
            format!("EXPLAIN (ANALYZE, BUFFERS) {one}"),
            format!("PREPARE harmless AS {one}; EXECUTE harmless"),
            format!("COPY ({returning}) TO STDOUT"),
            format!("WITH x AS ({returning}) SELECT * FROM x"),
            format!("WITH x AS ({returning}), y AS (SELECT 1) SELECT 1"),
            format!("WITH y AS (SELECT 1), x AS ({returning}) INSERT INTO n SELECT 1 FROM y"),
            format!("CREATE TABLE n AS WITH x AS ({returning}) SELECT * FROM x"),
            format!("WITH unused AS (SELECT 1) {one}"),
            format!("EXPLAIN ANALYZE WITH x AS ({returning}) SELECT 1"),
            format!("PREPARE p AS WITH x AS ({returning}) SELECT 1; EXECUTE p"),
            format!("COPY (WITH x AS ({returning}) SELECT 1) TO STDOUT"),
            format!("SELECT query_to_xml($w${one}$w$, true, true, '')"),
            format!("CREATE RULE r AS ON INSERT TO n DO ALSO {one}"),
        ],
        Verb::With => vec![
            format!("EXPLAIN ANALYZE {one}"),
            format!("PREPARE harmless AS {one}; EXECUTE harmless"),
            format!("COPY ({one}) TO STDOUT"),
        ],
        Verb::Execute => vec![format!("EXPLAIN ANALYZE {one}"), format!("CREATE TABLE n AS {one}")],
        Verb::Other => return None,
    };
    // An INSERT may draw from a sequence for every row.
    if verb == Verb::Query && !one.to_ascii_lowercase().contains("nextval") {
        wraps.push(format!("INSERT INTO n {one}"));
    }
    let drawn = choices.below(wraps.len() + 8);
    wraps.get(drawn).cloned()
}
