//! Reading: limits, lexing, redaction.

use super::*;

fn reads(text: &str) -> Result<usize, ReadError> {
    read(text, Lexing::default()).map(|statements| statements.len())
}

#[test]
fn wide_and_moderately_deep_texts_are_read() {
    assert_eq!(reads(&format!("SELECT 1{}", "+1".repeat(500))), Ok(1));
    assert_eq!(reads(&format!("SELECT {}1{}", "(".repeat(200), ")".repeat(200))), Ok(1));
    assert_eq!(reads(&format!("{}SELECT 1{}", "SELECT * FROM (".repeat(100), ") AS t".repeat(100))), Ok(1));
    assert_eq!(reads(&format!("SELECT 1 WHERE 1 IN (0{})", ",1".repeat(10_000))), Ok(1));
    assert_eq!(reads(&format!("INSERT INTO t VALUES ('a'){}", ",('some text of a row')".repeat(45_000))), Ok(1));
    assert_eq!(reads(&format!("SELECT 1{}", ";SELECT 1".repeat(3000))), Ok(3001));
}

#[test]
fn too_deep_texts_are_refused_not_crashed_on() {
    for text in [
        format!("SELECT 1{}", "+1".repeat(20_000)),
        format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        "(".repeat(1 << 20),
        format!("SELECT {}1", "NOT ".repeat(100_000)),
        format!("{}1{}", "SELECT(".repeat(5000), ")".repeat(5000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(20_000)),
        format!("SELECT 1 WHERE {}", "a IS NULL ".to_owned() + &"IS NULL ".repeat(20_000)),
    ] {
        assert!(reads(&text).is_err(), "{}", text.get(..40).unwrap_or_default());
    }
    assert!(reads(&format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000))).is_ok_and(|n| n == 1));
}

#[test]
fn nul_is_refused() {
    assert_eq!(reads("SELECT 1\0; DROP TABLE t"), Err(ReadError::Nul));
}

#[test]
fn lexing_follows_the_session() {
    let text = r"SELECT '\'' AS x, ' ; DROP TABLE t; --'";
    assert_eq!(reads(text).map_err(|_| ()), Ok(2));
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    assert_eq!(read(text, off).map(|s| s.len()), Ok(1));
}

#[test]
fn redaction_leaves_no_literal_and_no_comment() {
    let text = "ALTER ROLE x PASSWORD 's3cret' /* s3cret */ VALID UNTIL $$s3cret$$ -- s3cret";
    assert_eq!(redact(text, Lexing::default()).as_deref(), Some("ALTER ROLE x PASSWORD ? VALID UNTIL ?"));
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    assert_eq!(redact(text, off), None);
}

#[test]
fn fingerprints_ignore_literals() {
    let of = |text| fingerprint(text, Lexing::default());
    assert_eq!(of("SELECT 1 FROM t WHERE id = 5"), of("SELECT 2 FROM t WHERE id = 6"));
    assert_ne!(of("SELECT 1 FROM t"), of("SELECT 1 FROM u"));
}

/// The scanner's binding made a slice of a null pointer here, and the process ended.
#[test]
fn a_text_without_tokens_is_redacted_to_nothing() {
    for text in ["", " ", "\n\t\r\x0b\x0c"] {
        assert_eq!(redact(text, Lexing::default()).as_deref(), Some(""), "{text:?}");
    }
    assert_eq!(redact("-- a comment", Lexing::default()).as_deref(), Some(""));
    assert_eq!(redact(";", Lexing::default()).as_deref(), Some(";"));
}

#[test]
fn statements_as_they_stand_in_the_text() {
    assert_eq!(super::split("SELECT 'a;b' ;\n /* c; */ SELECT é;;"), Some(vec!["SELECT 'a;b'", "SELECT é"]));
    assert_eq!(super::split(""), Some(vec![]));
    assert_eq!(super::split("-- nothing"), Some(vec![]));
    assert_eq!(super::split("; ;"), Some(vec![]));
    assert_eq!(super::split("selec"), None);
    assert_eq!(super::split("SELECT 1\0"), None);
}

#[test]
fn a_text_without_tokens_can_be_redacted() {
    for text in ["", " ", "\n\t\r\u{b}\u{c} "] {
        assert_eq!(super::redact(text, super::Lexing::default()).as_deref(), Some(""));
    }
}

#[test]
fn texts_too_large_to_judge() {
    assert_eq!(reads(&"SELECT 1;".repeat(MAX_STATEMENTS)), Ok(MAX_STATEMENTS));
    assert_eq!(reads(&"SELECT 1;".repeat(MAX_STATEMENTS + 1)), Err(ReadError::TooManyStatements));
    assert_eq!(reads(&format!("SELECT '{}'", ";".repeat(MAX_STATEMENTS * 2))), Ok(1));
}

#[test]
#[ignore = "two million nodes take many seconds without optimization"]
fn trees_too_large_to_judge() {
    assert_eq!(reads(&format!("SELECT 1{}", ",1".repeat(MAX_NODES))), Err(ReadError::TooLarge));
}

#[test]
fn a_fault_is_placed_where_the_server_would_place_it() {
    let place = |text: &str| super::fault(text, Lexing::default()).map(|at| (at.character, at.line, at.column));
    for (text, want) in [
        ("DROP TABEL a", Some((6, 1, 6))),
        ("SELECT 1;\nSELEC 2", Some((11, 2, 1))),
        ("SELECT 'é', 'é' é é", Some((19, 1, 19))),
        ("SELECT 1 +", Some((11, 1, 11))),
        ("SELECT 1 + ", Some((12, 1, 12))),
        ("SELECT 'open", Some((8, 1, 8))),
        ("SELECT a, a FROM a WHERE a a", Some((28, 1, 28))),
        ("SELECT 'x' AS x, x x x", Some((22, 1, 22))),
        ("SELECT ')' )", Some((12, 1, 12))),
        ("SELECT 1", None),
        ("", None),
    ] {
        assert_eq!(place(text), want, "{text}");
    }
    // What costs too much is not looked at.
    assert_eq!(place(&format!("SELECT {} FORM", "1, ".repeat(10_000))), None);
}

#[test]
fn what_cannot_be_read_is_cut_where_its_tokens_say() {
    let pieces =
        |text| super::split_unread(text).map(|pieces| pieces.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
    assert_eq!(pieces("a; 'b;c' ; /* ; */ d (e; f);;"), Some(vec!["a", "'b;c'", "d (e; f)"]));
    assert_eq!(pieces("BEGIN ATOMIC a; CASE b END; END; c"), Some(vec!["BEGIN ATOMIC a; CASE b END; END", "c"]));
    assert_eq!(pieces("only one"), None);
    assert_eq!(pieces("a; 'open"), None);
    assert_eq!(pieces(" "), None);
    assert_eq!(super::split_unread("é;\n b"), Some(vec![(0, "é"), (5, "b")]));
}

#[test]
fn runs_of_signs_that_take_the_scanner_for_ever_are_refused() {
    for text in [format!("{}{}", "/*".repeat(20_000), "*/".repeat(20_000)), format!("SELECT {}1", "+".repeat(20_000))] {
        assert_eq!(read(&text, Lexing::default()).unwrap_err(), ReadError::TooManySigns);
    }
    // A dump with a line drawn above each of its tables.
    let dump = format!("-- {}\nSELECT 1;\n/* {} */", "=".repeat(78), "*".repeat(78)).repeat(1_000);
    assert!(read(&dump, Lexing::default()).is_ok());
}

#[test]
fn what_is_kept_is_the_same_from_a_thread_and_from_here() {
    for text in ["SELECT 1".to_owned(), format!("SELECT {}1", "x,".repeat(5000))] {
        assert_eq!(kept_from_deep_stack(&text, || vec![text.len()]), Some(vec![text.len()]));
        assert_eq!(kept_from_deep_stack::<()>(&text, || panic!("as a reader may")), None);
    }
}
