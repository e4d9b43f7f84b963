//! Which answer belongs to which message.

use super::script::{Stage, app_writer, from_client, from_upstream, message, script, shadow, trusted};

#[test]
fn every_kind_of_answer_finds_its_message() {
    script(
        &trusted(),
        "> P s=SELECT 1 | D S s | B p=s | D P p | E p | E p | C P p | C S s | P =  | B = | E | S
         >> P s=SELECT 1 | D S s | B p=s | D P p | E p | E p | C P p | C S s | P = | B = | E | S
         < 1 | t | T | 2 | T | D | s | D | C SELECT 1 | 3 | 3 | 1 | 2 | I
         << 1 | t | T | 2 | T | D | s | D | C SELECT 1 | 3 | 3 | 1 | 2 | I
         * allow | allow rows=1 | allow
         < Z I
         << Z I
         > F
         >> F
         < V x | Z I
         << V x | Z I
         * allow",
    );
}

#[test]
fn several_statements_in_one_query_are_one_report() {
    script(
        &trusted(),
        "> Q UPDATE t SET a = 1; DELETE FROM t; SELECT 1
         >> Q UPDATE t SET a = 1; DELETE FROM t; SELECT 1
         < C UPDATE 2 | C DELETE 3 | T | D | C SELECT 1 | Z I
         << C UPDATE 2 | C DELETE 3 | T | D | C SELECT 1 | Z I
         * allow rows=6",
    );
}

#[test]
fn an_error_skips_to_the_sync_and_not_beyond() {
    script(
        &trusted(),
        "> P =SELECT 1/0 | B = | E | P =SELECT 2 | B = | E | S | P =SELECT 3 | B = | E | S
         >> P =SELECT 1/0 | B = | E | P =SELECT 2 | B = | E | S | P =SELECT 3 | B = | E | S
         < 1 | E 22012 | Z I | 1 | 2 | C SELECT 1 | Z I
         << 1 | E 22012 | Z I | 1 | 2 | C SELECT 1 | Z I
         * allow open | allow open | allow rows=1",
    );
}

#[test]
fn an_error_of_the_execute_itself_is_its_reports() {
    script(
        &trusted(),
        "> P =SELECT f() | B = | E | S
         >> P =SELECT f() | B = | E | S
         < 1 | 2 | E 22012 | Z I
         << 1 | 2 | E 22012 | Z I
         * allow error=22012",
    );
}

#[test]
fn what_comes_while_the_server_skips_is_not_waited_for() {
    script(
        &trusted(),
        "> P =selct | H
         >> P =selct | H
         < E 42601
         << E 42601
         > B = | E | Q SELECT 1 | S
         >> B = | E | Q SELECT 1 | S
         < Z I
         << Z I
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_query_may_end_an_extended_run() {
    script(
        &app_writer(),
        "> P =SELECT 1 | B = | E | Q SELECT 2
         >> P =SELECT 1 | B = | E | Q SELECT 2
         < 1 | 2 | C SELECT 1 | C SELECT 1 | Z I
         << 1 | 2 | C SELECT 1 | C SELECT 1 | Z I
         * allow rows=1 | allow rows=1",
    );
}

#[test]
fn an_error_at_the_sync_is_the_syncs() {
    script(
        &trusted(),
        "> P =INSERT INTO t VALUES (1) | B = | E | S | Q SELECT 1
         >> P =INSERT INTO t VALUES (1) | B = | E | S | Q SELECT 1
         < 1 | 2 | C INSERT 0 1 | E 23503 | Z I | C SELECT 1 | Z I
         << 1 | 2 | C INSERT 0 1 | E 23503 | Z I | C SELECT 1 | Z I",
    );
}

#[test]
fn copy_in_by_a_pipelining_client() {
    script(
        &trusted(),
        "> P =COPY t FROM STDIN | B = | E | S | d 1 | c | S | Q SELECT 1
         >> P =COPY t FROM STDIN | B = | E | S | d 1 | c | S | Q SELECT 1
         < 1 | 2 | G | C COPY 1 | Z I | C SELECT 1 | Z I
         << 1 | 2 | G | C COPY 1 | Z I | C SELECT 1 | Z I",
    );
}

#[test]
fn two_copies_in_one_query() {
    script(
        &trusted(),
        "> Q COPY t FROM STDIN; COPY u FROM STDIN
         >> Q COPY t FROM STDIN; COPY u FROM STDIN
         < G
         << G
         > d 1 | c
         >> d 1 | c
         < C COPY 1 | G
         << C COPY 1 | G
         > d 1 | S | f no
         >> d 1 | S | f no
         < E 57014 | Z I
         << E 57014 | Z I
         * allow rows=1 error=57014",
    );
}

#[test]
fn copy_out_and_notifications_pass() {
    script(
        &app_writer(),
        "< A ping | N note | S TimeZone=UTC
         << A ping | N note | S TimeZone=UTC
         > Q COPY t TO STDOUT
         >> Q COPY t TO STDOUT
         < H | d 1 | d 2 | c | C COPY 2 | Z I
         << H | d 1 | d 2 | c | C COPY 2 | Z I",
    );
}

#[test]
fn a_fatal_error_in_the_middle_is_passed_on_and_reported_at_the_end() {
    let mut stage = Stage::ready(app_writer());
    stage.client(&from_client("Q SELECT 1"));
    stage.upstream(&[from_upstream("T"), from_upstream("E! 57P01")].concat());
    assert!(stage.session.was_told());
    stage.session.finish(&mut stage.out);
    assert_eq!(stage.reports(), ["allow open"]);
}

#[test]
fn a_ready_that_nobody_is_due_ends_the_session() {
    script(&app_writer(), "< Z I\nfault ReadyForQuery");
    script(&app_writer(), "> S\n>> S\n< Z x\nfault malformed ReadyForQuery");
}

#[test]
fn broken_client_messages_end_the_session() {
    for (bytes, why) in [
        (message(b'Q', b"SELECT 1"), "Query"),
        (message(b'Q', b"SELECT 1\0; DROP TABLE t\0"), "Query"),
        (message(b'P', b"\0SELECT 1\0\0\x01"), "Parse"),
        (message(b'B', b"no end"), "Bind"),
        (message(b'E', b"\0\0"), "Execute"),
        (message(b'D', b"X\0"), "Describe"),
        (message(b'p', b"secret\0"), "authentication"),
        (message(b'?', b""), "message type"),
        (vec![b'Q', 0, 0, 0, 3], "length"),
        (vec![b'S', 0, 1, 0, 0], "length"),
        (vec![b'Q', 0xff, 0xff, 0xff, 0xff], "length"),
    ] {
        let mut stage = Stage::ready(app_writer());
        stage.client(&bytes);
        let fault = stage.fault.expect("a fault").to_string();
        assert!(fault.contains(why), "{why}: {fault}");
        assert!(stage.out.to_upstream.is_empty());
    }
}

#[test]
fn nothing_is_kept_of_a_client_that_never_syncs() {
    let mut stage = Stage::ready(trusted());
    for _ in 0..1000 {
        stage.client(&[from_client("P =SELECT 1"), from_client("B ="), from_client("E"), from_client("H")].concat());
        stage.upstream(&[from_upstream("1"), from_upstream("2"), from_upstream("C SELECT 1")].concat());
        assert!(!stage.session.awaits_upstream());
        assert_eq!(stage.reports(), ["allow rows=1"]);
    }
}

#[test]
fn the_error_of_a_read_that_writes_is_explained() {
    for (text, explained) in [("Q SELECT f()", true), ("Q INSERT INTO t VALUES (1)", false)] {
        let mut stage = Stage::ready(app_writer());
        stage.client(&from_client(text));
        if !explained {
            stage.upstream(&from_upstream("~off! I"));
        }
        stage.upstream(&from_upstream("E 25006"));
        let told = String::from_utf8_lossy(&stage.out.to_client).into_owned();
        assert_eq!(told.contains("opened this transaction read-only"), explained, "{told}");
        assert!(told.ends_with('\0'));
    }
}

#[test]
fn shadow_forwards_and_reports_what_it_would_refuse() {
    script(
        &shadow(),
        "> Q DROP TABLE t
         >> Q DROP TABLE t
         < C DROP TABLE | Z I
         << C DROP TABLE | Z I
         * reject",
    );
}

#[test]
fn writes_are_refused_while_the_record_cannot_be_written() {
    script(
        &app_writer(),
        "audit on
         > Q INSERT INTO t VALUES (1)
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I
         * reject open
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=1",
    );
}
