//! The second reader by itself.

use super::super::*;
use super::dialect::Measured;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

fn read_both(text: &str) -> (Result<usize, ReadError>, Option<Vec<Option<Statement>>>) {
    with_deep_stack(text, || {
        let first = read(text, Lexing::default()).map(|statements| statements.len());
        (first, read_second(text))
    })
    .unwrap()
}

fn one(text: &str) -> Option<Statement> {
    let (first, second) = read_both(text);
    assert_eq!(first, Ok(1), "PostgreSQL reads one statement: {text}");
    second?.pop()?
}

fn target(text: &str) -> Name {
    match one(text) {
        Some(Statement::Delete(delete)) => delete.target.name,
        other => panic!("{text}: {other:?}"),
    }
}

/// The statements of the readers' corpus.
fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers");
    let mut statements = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let text = std::fs::read_to_string(path).unwrap();
            statements.extend(text.split(";\n").map(str::to_owned));
        }
    }
    statements
}

/// The measured dialect is PostgreSQL's: the same trees for everything in the readers' corpus.
#[test]
fn the_measured_dialect_reads_as_postgresqls() {
    let mut compared = 0;
    for text in corpus() {
        let measured = Parser::parse_sql(&Measured::for_text(&text), &text);
        assert_eq!(measured, Parser::parse_sql(&PostgreSqlDialect {}, &text), "{text}");
        compared += usize::from(measured.is_ok());
    }
    assert!(compared > 400, "{compared}");
}

/// Statements cut anywhere, before and behind: nothing panics.
#[test]
fn no_part_of_a_statement_is_too_strange() {
    for text in corpus() {
        let parts = text.char_indices().flat_map(|(at, _)| [text.get(at..), text.get(..at)]).flatten();
        with_deep_stack(&text, || parts.for_each(|part| drop(read_second(part)))).unwrap();
    }
}

#[test]
fn names_are_folded_and_cut_as_the_server_does() {
    let of = |schema: Option<&str>, name: &str| Name { schema: schema.map(Into::into), name: name.into() };
    assert_eq!(target("DELETE FROM Shop.Shelf"), of(Some("shop"), "shelf"));
    assert_eq!(target("DELETE FROM \"Shop\".\"She\"\"lf\""), of(Some("Shop"), "She\"lf"));
    assert_eq!(target("DELETE FROM Été"), of(None, "Été"));
    assert_eq!(target("DELETE FROM db.shop.shelf"), of(Some("shop"), "shelf"));
    assert_eq!(target("DELETE FROM ONLY shelf"), of(None, "shelf"));
    let long = format!("{}é", "x".repeat(62));
    assert_eq!(target(&format!("DELETE FROM {long}")), of(None, &"x".repeat(62)));
    let cut = read(&format!("DELETE FROM {long}"), Lexing::default()).unwrap().pop();
    assert!(matches!(cut, Some(Statement::Delete(delete)) if delete.target.name == of(None, &"x".repeat(62))));
}

/// Where sqlparser takes a text for something else than PostgreSQL does, this reader says nothing.
#[test]
fn known_misreadings_say_nothing() {
    for text in [
        "SELECT pg_lsn '0/16'",
        "DELETE FROM t WHERE id>-1",
        "SELECT INTO kept FROM t",
        "SELECT U&\"d\\0061ta\" FROM t",
        "SELECT 'a' LIKE ALL (ARRAY['b'])",
        "SELECT (VALUES (1))",
        "SELECT 'a'\n'b'",
        "UPDATE t SET n = 0 WHERE CURRENT OF c",
    ] {
        assert!(one(text).is_none(), "{text}");
    }
}

/// COPY's data is no part of a text, whatever sqlparser thinks.
#[test]
fn another_number_of_statements_is_no_reading() {
    let text = "COPY t FROM STDIN; DROP TABLE t";
    let (first, second) = read_both(text);
    assert_eq!(first, Ok(2));
    assert!(second.is_none_or(|second| second.len() != 2));
}

/// Short texts are read on a small stack: whatever they nest must fit on it.
#[test]
fn no_nesting_is_too_much_for_the_stack() {
    let units = [
        ("SELECT ", "(", "1", ")"),
        ("", "SELECT (", "SELECT 1", ")"),
        ("SELECT * FROM ", "(", "a", ")"),
        ("SELECT * FROM ", "(", "SELECT 1", ") x"),
        ("SELECT * FROM ", "(SELECT * FROM ", "a", ") x"),
        ("SELECT * FROM ", "(a JOIN ", "b", " ON true)"),
        ("SELECT * FROM ", "LATERAL (SELECT * FROM ", "a", ") x"),
        ("", "WITH a AS (", "SELECT 1", ") SELECT 1"),
        ("", "EXPLAIN ", "SELECT 1", ""),
        ("", "PREPARE a AS ", "SELECT 1", ""),
        ("SELECT ", "CASE WHEN ", "true", " THEN 1 END"),
        ("SELECT ", "f(", "1", ")"),
        ("SELECT ", "NOT ", "true", ""),
        ("SELECT ", "- ", "1", ""),
        ("SELECT ", "CAST(", "1", " AS int)"),
        ("SELECT ", "ARRAY[", "1", "]"),
        ("SELECT ", "EXISTS(SELECT ", "1", ")"),
        ("SELECT 1 WHERE ", "1 IN (SELECT 1 WHERE ", "true", ")"),
        ("SELECT 1 WHERE 1 IN ", "(", "SELECT 1", ")"),
        ("SELECT ", "sum(1) OVER (ORDER BY ", "1", ")"),
        ("MERGE INTO t USING ", "(", "s", ") ON true WHEN MATCHED THEN DELETE"),
        ("SELECT 1", " UNION SELECT 1", "", ""),
        ("SELECT true", " AND true", "", ""),
        ("SELECT 1", "+1", "", ""),
        ("SELECT * FROM t", " JOIN t ON true", "", ""),
    ];
    for (head, open, middle, close) in units {
        for times in [30, 100, 300, 1000, 4000] {
            let text = format!("{head}{}{middle}{}", open.repeat(times), close.repeat(times));
            // No matter what comes out: that it comes out.
            let _ = read_both(&text);
            let _ = with_deep_stack(&text, || read_second(&text)).unwrap();
        }
    }
}

/// sqlparser goes back and tries again, here for every level twice and more: that ends.
#[test]
fn work_is_bounded() {
    let text = format!("SELECT {}1{}", "convert(".repeat(300), ", 1)".repeat(300));
    let (first, second) = read_both(&text);
    assert_eq!(first, Ok(1));
    assert!(second.is_none());
}

#[test]
fn long_texts_are_the_first_readers_alone() {
    let text = format!("SELECT '{}'", "x".repeat(SECOND_READER_MAX));
    let (first, second) = read_both(&text);
    assert_eq!(first, Ok(1));
    assert!(second.is_none());
    let text = format!("INSERT INTO t VALUES (1, 'row'){}", ", (2, 'another')".repeat(7000));
    assert!(read_both(&text).1.is_some_and(|second| second.iter().all(Option::is_some)));
    let text = format!("DELETE FROM t WHERE id = 1{}", " AND n = 2".repeat(10_000));
    assert!(read_both(&text).1.is_some_and(|second| second.iter().all(Option::is_some)));
}
