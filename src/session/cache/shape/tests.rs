//! Which texts have a shape, and that a shape's readings are each text's own.

use super::super::{FactCache, Known, Last, OfShape, Pattern, TRIED_NUMBERS, TRIED_STRINGS};
use super::{AND, BEHIND, DECIMAL, GROUPING, IN, NUMBER, STRING, Shape, VALUES, WORDS, known, packed};
use crate::classify::{EffectKind, TextFacts, classify_text};
use crate::sql::{self, Lexing};
use proptest::prelude::*;
use std::collections::HashMap;

/// The key with its marks readable; `None` where the text has no shape.
fn key(text: &str) -> Option<String> {
    let shape = Shape::of(text, Lexing::default())?;
    let readable = |c: char| match u32::from(c) {
        1 => '#',
        2 => '%',
        3 => '?',
        _ => c,
    };
    Some(shape.key.chars().map(readable).collect())
}

fn all(facts: &TextFacts) -> String {
    format!("{:?} {} {} {:?}", facts.statements, facts.redacted, facts.fingerprint, facts.fault_at)
}

fn read(text: &str) -> String {
    all(&classify_text(text, Lexing::default()))
}

#[test]
fn plain_reads_and_inserts_have_a_shape() {
    for (text, expected) in [
        ("SELECT a FROM t WHERE id = 5", "SELECT a FROM t WHERE id = #"),
        ("select a from t where id=5 and name='x''y';", "select a from t where id=# and name=?;"),
        (
            "SELECT \"a\".\"b\" FROM \"s\".\"a\" WHERE \"a\".\"id\" = 7 LIMIT 10",
            "SELECT \"a\".\"b\" FROM \"s\".\"a\" WHERE \"a\".\"id\" = # LIMIT 10",
        ),
        ("SELECT count(*) FROM t WHERE x >= 1.5 AND y <> 'é\n'", "SELECT count(*) FROM t WHERE x >= % AND y <> ?"),
        ("SELECT a FROM t WHERE b IN (1, 2,3) ORDER BY a", "SELECT a FROM t WHERE b IN (#, #,#) ORDER BY a"),
        (
            "SELECT a FROM t WHERE b BETWEEN 1 AND 2 AND c LIKE 'x%'",
            "SELECT a FROM t WHERE b BETWEEN # AND # AND c LIKE ?",
        ),
        (
            "INSERT INTO t (a, b) VALUES (1, 'x'), (DEFAULT, NULL)",
            "INSERT INTO t (a, b) VALUES (#, ?), (DEFAULT, NULL)",
        ),
        ("INSERT INTO s.t VALUES (1) RETURNING id", "INSERT INTO s.t VALUES (#) RETURNING id"),
        (
            "SELECT a FROM t WHERE (b = 5 OR (c = 6)) AND EXISTS (SELECT x FROM u WHERE y = 7)",
            "SELECT a FROM t WHERE (b = # OR (c = #)) AND EXISTS (SELECT x FROM u WHERE y = #)",
        ),
    ] {
        assert_eq!(key(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn whatever_else_is_written_has_none() {
    for text in [
        "",
        "SELECT a FROM t",
        "SELECT 1",
        "SELECT a FROM t WHERE 1 = 1",
        "SELECT a FROM t WHERE true = 'x'",
        "SELECT a FROM t WHERE b = 5 -- c",
        "SELECT a FROM t WHERE b = 5 /* c */",
        "SELECT a FROM t WHERE b = E'x'",
        "SELECT a FROM t WHERE b = N'x'",
        "SELECT a FROM t WHERE b = U&'x'",
        "SELECT a FROM t WHERE b = B'1'",
        "SELECT a FROM t WHERE b = $$x$$",
        "SELECT a FROM t WHERE b = $1",
        r"SELECT a FROM t WHERE b = 'x\y'",
        "SELECT a FROM t WHERE b = 'x' 'y'",
        "SELECT a FROM t WHERE b = 'x'\n'y'",
        "SELECT a FROM t WHERE b = 'x'::regclass",
        "SELECT a FROM t WHERE b = CAST('x' AS oid)",
        "SELECT a FROM t WHERE b = date '2024-01-01'",
        "SELECT a FROM t WHERE b = -5",
        "SELECT a FROM t WHERE b =-5",
        "SELECT a FROM t WHERE b = 5 + 1",
        "SELECT a FROM t WHERE b = 5.",
        "SELECT a FROM t WHERE b = .5",
        "SELECT a FROM t WHERE b = 0x1F",
        "SELECT a FROM t WHERE b = 1_000",
        "SELECT a FROM t WHERE b = 1e9",
        "SELECT a FROM t WHERE b = 5and c",
        "SELECT a FROM t WHERE b = 007",
        "SELECT a FROM t WHERE b = 12345678901",
        "SELECT a FROM t WHERE b || 'x' = c",
        "SELECT a FROM t WHERE b = 5; SELECT 1",
        "SELECT a FROM t WHERE b = 5;;",
        "SELECT a FROM t WHERE b = 5 FOR UPDATE",
        "SELECT a INTO u FROM t WHERE b = 5",
        "WITH x AS (SELECT a FROM t WHERE b = 5) SELECT a FROM x",
        "SELECT pg_sleep(5)",
        "SELECT f(b) FROM t WHERE b = 5",
        "SELECT s.count(b) FROM t WHERE b = 5",
        "SELECT \"count\"(b) FROM t WHERE b = 5",
        "SELECT coalesce(b = 5, true) FROM t",
        "SELECT count(*) FILTER (WHERE b = 5) FROM t",
        "SELECT a FROM t WHERE b = ANY ('{1}')",
        "SELECT a FROM t WHERE b OPERATOR(pg_catalog.=) 5",
        "SELECT a FROM t WHERE b LIKE 'x' ESCAPE 'y'",
        "SELECT a FROM t WHERE b @> 'x'",
        "SELECT a FROM t WHERE b IN (VALUES (1))",
        "SELECT a FROM t FETCH FIRST 5 ROWS ONLY",
        "SELECT a FROM generate_series(1, 5) a WHERE a = 5",
        "UPDATE t SET a = 5 WHERE id = 7",
        "DELETE FROM t WHERE id = 7",
        "SET work_mem = 5",
        "INSERT INTO t VALUES (f(1))",
        "INSERT INTO t VALUES (1 + 2)",
        "INSERT INTO t VALUES ((SELECT 1))",
        "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
        "INSERT INTO t VALUES ('x'::regclass)",
        "INSERT INTO t SELECT a FROM u WHERE b = 5",
        "INSERT INTO t VALUES (1) RETURNING f(1)",
        "SELECT a FROM t WHERE b = 'x",
        "SELECT a FROM t WHERE b = 5 \u{1}",
        "SELECT a FROM t WHERE ü = 5",
        "SELECT a FROM t WHERE (b = 5",
        "SELECT a FROM t WHERE b = 5)",
    ] {
        assert_eq!(key(text), None, "{text}");
    }
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    assert!(Shape::of("SELECT a FROM t WHERE b = 5", off).is_none());
}

#[test]
fn a_shape_is_trusted_from_its_third_text_on() {
    let cache = FactCache::default();
    let text = |number: u32| format!("SELECT abalance FROM accounts WHERE aid = {number}");
    for number in [11, 12, 13, 4711] {
        assert_eq!(all(&cache.facts(&text(number), Lexing::default())), read(&text(number)));
    }
    let (third, other) = (cache.facts(&text(13), Lexing::default()), cache.facts(&text(4711), Lexing::default()));
    assert!(std::sync::Arc::ptr_eq(&third, &other), "one reading for both");
    // Each lexing has its own.
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    assert!(!std::sync::Arc::ptr_eq(&third, &cache.facts(&text(13), off)));
}

#[test]
fn a_batch_of_a_thousand_rows_has_a_shape() {
    let cache = FactCache::default();
    let text = |first: usize| {
        let rows: Vec<String> = (first..first + 1000).map(|n| format!("({n}, 'name {n}', NULL, {n}.5)")).collect();
        format!("INSERT INTO t (id, name, note, price) VALUES {}", rows.join(", "))
    };
    let facts: Vec<_> = [1, 2000, 4000, 6000].map(|n| cache.facts(&text(n), Lexing::default())).into();
    assert!(std::sync::Arc::ptr_eq(&facts[2], &facts[3]), "one reading for both");
    assert_eq!(all(&facts[3]), read(&text(6000)));
    // One literal that is none.
    let other = text(8000).replace("8500.5", "f(8500)");
    assert!(key(&other).is_none());
    assert_eq!(all(&cache.facts(&other, Lexing::default())), read(&other));
}

#[test]
fn a_shape_with_more_than_reads_and_inserts_is_not_trusted() {
    let cache = FactCache::default();
    for text in ["SELECT lo_oid FROM t WHERE a = {} AND b", "SELECT count(*) FROM t WHERE a ~ = {}"] {
        for number in 1..5 {
            let text = text.replace("{}", &number.to_string());
            assert_eq!(all(&cache.facts(&text, Lexing::default())), read(&text), "{text}");
        }
    }
}

/// Every statement of the corpus and of the captures, and texts of tools and agents with values in them.
fn texts() -> Vec<String> {
    let folder = |name: &str| std::fs::read_dir(format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut texts = Vec::new();
    for file in folder("captures") {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let statements = text.split("-- stockade:").skip(1);
        texts.extend(statements.filter_map(|part| Some(part.split_once('\n')?.1.trim().to_owned())));
    }
    for file in folder("corpus") {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let Ok(table) = text.parse::<toml::Table>() else { continue };
        let cases = table.values().filter_map(|value| value.as_array()).flatten();
        texts.extend(cases.filter_map(|case| Some(case.get("sql")?.as_str()?.to_owned())));
    }
    // With the parameters of prepared ones written out, as drivers of the simple protocol do.
    let written: Vec<String> = texts
        .iter()
        .flat_map(|text| {
            let with = |value: &str| {
                (1..=30).rev().fold(text.clone(), |text, number| text.replace(&format!("${number}"), value))
            };
            [with("4711"), with("'x'")]
        })
        .collect();
    texts.extend(written);
    texts.extend(
        [
            "SELECT id, name FROM customers WHERE email = 'a@b.c' LIMIT 1",
            "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 10.5 AND c.country IN ('DE', 'FR')",
            "SELECT relname FROM pg_class WHERE relname LIKE 'pg_%' AND relkind = 'r'",
            "INSERT INTO orders (customer_id, total, note) VALUES (1, 9.99, 'first'), (2, 10.00, 'second') RETURNING id",
            "INSERT INTO pg_catalog.pg_class (relname) VALUES ('x')",
            "SELECT usename FROM pg_shadow WHERE passwd = 'x'",
        ]
        .map(str::to_owned),
    );
    texts
}

/// A shape's facts are those of every text of it: each text of the corpora that has a shape is read with many other
/// literals in its places, and read by itself each time.
#[test]
fn what_a_shape_says_each_text_says() {
    let cache = FactCache::default();
    let odd = [
        "''",
        "' '",
        "'f'",
        "'null'",
        "'0'",
        "'1'",
        "'-infinity'",
        "'zzzz'",
        "'2100-01-01'",
        "'public.t'",
        "'{}'",
        "'a' ",
    ];
    let odd_numbers = ["3", "10000", "10001", "86400", "100000", "2100", "1000000"];
    let (mut shaped, mut trusted) = (HashMap::new(), 0);
    for text in texts() {
        if let Some(shape) = Shape::of(&text, Lexing::default()) {
            shaped.insert(shape.key.clone(), (text, shape));
        }
    }
    for (text, shape) in shaped.values() {
        let facts = classify_text(text, Lexing::default());
        if cache.decide_nothing(text, Lexing::default(), &facts) != Some(true) {
            continue;
        }
        trusted += 1;
        let expected = all(&facts);
        for turn in 0..12 {
            let other = Shape::with(text, |number, is_string| {
                let tried: Vec<&str> = if is_string {
                    odd.iter().chain(TRIED_STRINGS).copied().collect()
                } else {
                    odd_numbers.iter().chain(TRIED_NUMBERS).copied().collect()
                };
                tried[(number * 7 + turn * 3) % tried.len()].trim().to_owned()
            })
            .unwrap();
            assert_eq!(read(&other), expected, "{other}");
            // Same marks, unless the number is now of another kind.
            if !shape.key.bytes().any(|byte| byte == DECIMAL) {
                assert_eq!(
                    Shape::of(&other, Lexing::default()).map(|shape| shape.key),
                    Some(shape.key.clone()),
                    "{other}"
                );
            }
        }
    }
    assert!(shaped.len() > 100 && trusted > 80, "{} shapes, {trusted} trusted", shaped.len());
}

#[test]
fn words_are_found_whatever_their_case() {
    assert!(WORDS.is_sorted_by(|(a, _), (b, _)| a < b), "a search by halves needs them in order");
    assert_eq!(known(packed("and")), AND | BEHIND | GROUPING);
    assert_eq!(known(packed("In")), IN);
    assert_ne!(known(packed("VALUES")) & VALUES, 0);
    for word in
        ["", "an", "andy", "_", "in1", "a_name_of_values", "a_very_long_name_that_ends_in_values", "table_sample"]
    {
        assert_eq!(known(packed(word)), 0, "{word}");
    }
}

#[test]
fn it_does_not_matter_what_is_looked_up_first() {
    let (cache, lexing) = (FactCache::default(), Lexing::default());
    for text in ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2", "SELECT a FROM t", "UPDATE t SET a = 1"]
    {
        for known in [Known::AsItIs, Known::ByShape, Known::AsItIs, Known::ByShape] {
            let mut last = Last::default();
            last.known = known;
            assert_eq!(all(&cache.facts_as(text, lexing, &mut last)), read(text), "{text}");
        }
    }
    let mut last = Last::default();
    cache.facts_as("SELECT a FROM t WHERE b = 3", lexing, &mut last);
    assert_eq!(last.known, Known::ByShape);
    cache.facts_as("SELECT a FROM t", lexing, &mut last);
    assert_eq!(last.known, Known::AsItIs);
}

/// What a session remembers says what the cache would.
#[test]
fn what_comes_again_at_once_is_read_as_before() {
    let (cache, lexing, mut last) = (FactCache::default(), Lexing::default(), Last::default());
    for number in 10..13 {
        cache.facts_as(&format!("SELECT a FROM t WHERE b = {number}"), lexing, &mut last);
    }
    let again = |text: &str, last: &Last| cache.facts_again(text.as_bytes(), lexing, last).map(|facts| all(&facts));
    let text = "SELECT a FROM t WHERE b = 77";
    assert_eq!(again(text, &last), Some(read(text)));
    for other in [
        "SELECT a FROM t WHERE b = 77 ",
        "SELECT a FROM t WHERE b = 7.7",
        "SELECT a FROM t WHERE b = '77'",
        "SELECT a FROM t WHERE b = 0x77",
        "SELECT a FROM t WHERE b = 077",
        "SELECT a FROM t WHERE b = 77 OR 1 = 1",
        "SELECT a FROM t WHERE b = 77;",
        "SELECT a FROM t WHERE b = b",
        "SELECT a FROM t WHERE b = ",
        "SELECT b FROM t WHERE b = 77",
        "",
    ] {
        assert_eq!(again(other, &last), None, "{other}");
    }
    let off = Lexing { standard_conforming_strings: false, ..lexing };
    assert!(cache.facts_again(text.as_bytes(), off, &last).is_none(), "each lexing has its own");
    // A few texts are remembered, and none that was read for the first time.
    for text in ["UPDATE t SET a = 1", "SELECT a FROM u", "SELECT a FROM v"] {
        cache.facts_as(text, lexing, &mut last);
        assert_eq!(again(text, &last), None, "{text}");
        cache.facts_as(text, lexing, &mut last);
        assert_eq!(again(text, &last), Some(read(text)), "{text}");
    }
    let other = "SELECT a FROM w";
    (0..2).for_each(|_| drop(cache.facts_as(other, lexing, &mut last)));
    assert_eq!((again(other, &last), again(text, &last)), (None, Some(read(text))), "they are not given up at once");
    (0..8).for_each(|_| drop(cache.facts_as(other, lexing, &mut last)));
    assert_eq!((again(other, &last), again(text, &last)), (Some(read(other)), None), "the oldest is given up");
    // Long ones are not kept twice.
    let long = format!("SELECT a FROM t WHERE b = '{}'", "x".repeat(2000));
    (0..4).for_each(|_| drop(cache.facts_as(&format!("SELECT {}", "a, ".repeat(1000) + "a"), lexing, &mut last)));
    assert_eq!(again(&format!("SELECT {}", "a, ".repeat(1000) + "a"), &last), None);
    // Of a shape only the key is, however long the literals.
    for end in 0..12 {
        cache.facts_as(&format!("{long} AND c = {end}"), lexing, &mut last);
    }
    assert!(again(&format!("{long} AND c = 5"), &last).is_some());
}

/// The texts of a shape that fit its pattern, and no others.
#[test]
fn a_pattern_fits_texts_of_its_shape_alone() {
    let shape = |text: &str| Shape::of(text, Lexing::default());
    let shaped: Vec<String> = texts().into_iter().filter(|text| shape(text).is_some()).collect();
    let patterns: Vec<(String, Pattern)> =
        shaped.iter().filter_map(|text| shape(text)).map(|shape| (shape.key.clone(), Pattern::of(shape))).collect();
    let literals = ["0", "7", "123456789", "1234567890", "007", "1.5", "1.", ".5", "1e5", "0x1", "1_0", "''", "'a''b'"];
    let more = [
        "'a'b'",
        "'a' 'b'",
        "'a\'",
        "'é'",
        "'
'",
        "'--'",
        "E'a'",
        "NULL",
        "$1",
        "-1",
        "5 OR 1 = 1",
        "5--",
    ];
    let mut fitted = 0;
    for text in &shaped {
        let mut mutated = vec![text.clone(), text.replace(' ', "  "), format!("{text} "), format!("{text}1")];
        for turn in 0..literals.len() + more.len() {
            let all: Vec<&str> = literals.iter().chain(&more).copied().collect();
            mutated.extend(Shape::with(text, |number, _| all[(number * 5 + turn) % all.len()].to_owned()));
        }
        for mutated in mutated {
            let key = shape(&mutated).map(|shape| shape.key);
            for (of, pattern) in &patterns {
                let fits = pattern.fits(mutated.as_bytes());
                assert!(!fits || key.as_ref() == Some(of), "{mutated:?} is no {of:?}");
                let is_of_it = key.as_ref() == Some(of);
                assert!(fits || !is_of_it || !mutated.is_ascii(), "{mutated:?} fits {of:?}");
                fitted += usize::from(fits);
            }
        }
    }
    assert!(fitted > 1000, "{fitted}");
}

/// Pieces that texts are made of at random: what the scanner knows, and what it must not mistake.
fn piece() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a", "b", "t.a", "\"q\"", "id", "=", "<>", "<", ">=", "AND", "OR", "NOT", "IN", "(", ")", ",", "LIKE",
        "BETWEEN", "5", "42", "0", "1.5", "'x'", "''", "'a''b'", "'\n'", "LIMIT", "OFFSET", "ORDER BY", "count(*)",
        "lower(", "f(", "EXISTS", "SELECT", "FROM", "WHERE", "NULL", "true", "--", "/*", "*/", ";", "::", "E'x'", "$1",
        "+", "-", "*", "\\", "\"", "'", "|", "&", ".", "VALUES", "INTO", "UNION", "x'1'", "1e5", "é", "ANY", "CASE",
        "WHEN", "THEN", "END", "AS",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    /// Whatever is written: where there is a shape, PostgreSQL's own lexer sees literals in those places and nowhere else
    /// differently; and where the shape is trusted, other literals have the same facts.
    #[test]
    fn nothing_written_is_mistaken(
        insert in any::<bool>(),
        pieces in prop::collection::vec((piece(), any::<bool>()), 1..14),
        number in 0u32..1_000_000,
        string in "[ -&(-\\[\\]-~é]{0,8}",
    ) {
        let head = if insert { "INSERT INTO t VALUES (1, " } else { "SELECT a FROM t WHERE id = 7 AND " };
        let mut text = head.to_owned();
        for (piece, blank) in pieces {
            text.push_str(&piece);
            if blank {
                text.push(' ');
            }
        }
        if insert && !text.contains(')') {
            text.push(')');
        }
        if let Some(shape) = Shape::of(&text, Lexing::default()) {
            let other = Shape::with(&text, |_, is_string| if is_string { format!("'{string}'") } else { number.to_string() }).unwrap();
            prop_assert_eq!(sql::redact(&other, Lexing::default()), sql::redact(&text, Lexing::default()), "{} {}", text, other);
            let key = Shape::of(&other, Lexing::default()).map(|shape| shape.key);
            let fits = Pattern::of(Shape { key: shape.key.clone() }).fits(other.as_bytes());
            let is_of_it = key.as_ref() == Some(&shape.key);
            // What is not ASCII may fit (in a quoted name) and need not (in a string).
            prop_assert!(if other.is_ascii() { fits == is_of_it } else { is_of_it || !fits }, "{} {}", text, other);
            let marks = shape.key.bytes().filter(|byte| matches!(*byte, NUMBER | DECIMAL | STRING)).count();
            prop_assert!(marks > 0);
            let facts = classify_text(&text, Lexing::default());
            if FactCache::default().decide_nothing(&text, Lexing::default(), &facts) == Some(true) {
                prop_assert_eq!(read(&other), all(&facts), "{} {}", text, other);
                prop_assert!(facts.statements[0].effects.iter().all(|e| matches!(e.kind, EffectKind::Read | EffectKind::Insert)));
            }
        }
    }
}

#[test]
fn refused_shapes_stay_refused() {
    let cache = FactCache::default();
    // A name that says nothing of itself, and does not read: two statements' worth of nothing trusted.
    let text = |number: u32| format!("SELECT a FROM t WHERE WHERE b = {number}");
    for number in 1..6 {
        assert_eq!(all(&cache.facts(&text(number), Lexing::default())), read(&text(number)));
    }
    let shape = Shape::of(&text(1), Lexing::default()).unwrap();
    assert!(matches!(cache.recall(&cache.shapes, &shape.key, Lexing::default()), Some(OfShape::Refused)));
}
