//! What would be refused, and falls on the session's own temporary relations alone.

use super::script::{app_writer, read_only, script};

#[test]
fn the_upstream_is_asked_and_a_yes_lets_it_pass() {
    script(
        &app_writer(),
        "> Q DROP TABLE t
         >> ~question
         < ~answers 1 I
         >> ~off | Q DROP TABLE t | ~on
         < ~off I | C DROP TABLE | Z I | ~on I
         << C DROP TABLE | Z I
         * allow",
    );
}

#[test]
fn a_no_refuses_it() {
    script(
        &app_writer(),
        "> Q DROP TABLE t
         >> ~question
         < ~answers 0 I
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn every_relation_has_to_be() {
    script(
        &app_writer(),
        "> Q TRUNCATE t, u
         >> ~question
         < ~answers 1 0 I
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn a_question_that_fails_is_a_no() {
    script(
        &app_writer(),
        "> Q DELETE FROM t
         >> ~question
         < ~off! I
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn no_answer_is_remembered() {
    script(
        &app_writer(),
        "> Q DELETE FROM t
         >> ~question
         < ~answers 1 I
         >> ~off | Q DELETE FROM t | ~on
         < ~off I | C DELETE 1 | Z I | ~on I
         << C DELETE 1 | Z I
         * allow rows=1
         > Q DELETE FROM t
         >> ~question
         < ~answers 0 I
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn in_the_extended_protocol_the_answer_holds_up_to_the_execute() {
    script(
        &app_writer(),
        "> P =DELETE FROM t | B = | E | P =DELETE FROM t | B = | E | S
         >> ~question
         < ~answers 1 I
         >> ~off | P =DELETE FROM t | B = | E | P poison | P poison | P poison | S | ~on
         * reject open | reject open | reject open
         < ~off I | 1 | 2 | C DELETE 1 | E 42601 | Z I | ~on I
         << 1 | 2 | C DELETE 1 | E 42501 | Z I
         * allow rows=1",
    );
}

#[test]
fn what_is_under_way_is_waited_for() {
    script(
        &app_writer(),
        "> Q SELECT 1 | Q DROP TABLE t | Q SELECT 2
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         >> ~question
         < ~answers 0 I
         >> Q poison | Q SELECT 2
         < E 42601 | Z I | C SELECT 1 | Z I
         << E 42501 | Z I | C SELECT 1 | Z I",
    );
}

#[test]
fn where_nothing_can_be_asked_nothing_is() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SELEC
         >> Q poison
         < E 42601 | Z E
         << E 42601 | Z E
         > Q DROP TABLE t
         >> Q poison
         < E 25P02 | Z E
         << E 25P02 | Z E",
    );
    script(&read_only(), "> Q DROP TABLE t\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I");
    // What else may be dropped is not known.
    script(
        &app_writer(),
        "> Q DROP TABLE t CASCADE; SELECT 1\n>> ~question\n< ~answers 1 I\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I",
    );
    for sql in [
        "DROP FUNCTION t",
        "CREATE TABLE u AS SELECT 1; DROP SCHEMA t",
        "ALTER TABLE t DROP COLUMN a",
        "EXPLAIN ANALYZE DELETE FROM t",
    ] {
        script(&app_writer(), &format!("> Q {sql}\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I"));
    }
}

/// What runs before may take the temporary relation away, and the name is the next one's.
#[test]
fn only_the_first_statement_of_a_text_is_what_was_asked_about() {
    for sql in ["DROP TABLE t; DROP TABLE t", "DELETE FROM t; TRUNCATE t"] {
        script(
            &app_writer(),
            &format!("> Q {sql}\n>> ~question\n< ~answers 1 I\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I"),
        );
    }
    for sql in ["DISCARD TEMP; DELETE FROM t", "ROLLBACK; DROP TABLE t", "SELECT 1; UPDATE t SET a = 1"] {
        script(&app_writer(), &format!("> Q {sql}\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I"));
    }
    script(
        &app_writer(),
        "> Q DELETE FROM t; INSERT INTO t VALUES (1)
         >> ~question
         < ~answers 1 I
         >> ~off | Q DELETE FROM t; INSERT INTO t VALUES (1) | ~on",
    );
}

/// The plan of a prepared statement may be another relation's by now: Describe and EXPLAIN EXECUTE look its names up
/// again where the temporary relation is gone, and a new one of its name does not change the plan back.
#[test]
fn a_statement_prepared_earlier_is_not_what_was_asked_about() {
    let stale = "> P s=DELETE FROM t | S
         >> ~question
         < ~answers 1 I
         >> P s=DELETE FROM t | S
         < 1 | Z I
         << 1 | Z I
         > Q DROP TABLE t
         >> ~question
         < ~answers 1 I
         >> ~off | Q DROP TABLE t | ~on
         < ~off I | C DROP TABLE | Z I | ~on I
         << C DROP TABLE | Z I
         > D S s | S
         >> D S s | S
         < n | Z I
         << n | Z I
         > Q CREATE TEMP TABLE t (a int)
         >> ~off | Q CREATE TEMP TABLE t (a int) | ~on
         < ~off I | C CREATE TABLE | Z I | ~on I
         << C CREATE TABLE | Z I";
    script(&app_writer(), &format!("{stale}\n> B =s | E | S\n>> P poison | E | S"));
    script(&app_writer(), &format!("{stale}\n> Q EXECUTE s\n>> Q poison"));
    script(
        &app_writer(),
        &format!(
            "{stale}
             > P u=DELETE FROM t | B =s
             >> ~question
             < ~answers 1 I
             > S
             >> P u=DELETE FROM t | P poison | S"
        ),
    );
    // The Parse fails: the name still stands for the earlier statement.
    script(
        &app_writer(),
        &format!(
            "{stale}
             > P s=DELETE FROM t | S
             >> ~question
             < ~answers 1 I
             >> P s=DELETE FROM t | S
             < E 42P05 | Z I
             << E 42P05 | Z I
             > B =s | E | S
             >> P poison | E | S"
        ),
    );
}

/// As drivers do that prepare in a round trip of its own.
#[test]
fn a_statement_just_prepared_runs_while_nothing_ran() {
    script(
        &app_writer(),
        "> P s=DELETE FROM t | D S s | S
         >> ~question
         < ~answers 1 I
         >> P s=DELETE FROM t | D S s | S
         < 1 | n | Z I
         << 1 | n | Z I
         > B =s | E | S
         >> ~off | B =s | E | S | ~on",
    );
}

/// What a name that is not ASCII is to the server depends on encodings; the server may fold or cut it too.
#[test]
fn nothing_is_asked_about_names_that_are_not_certain() {
    let refused = "> Q DROP TABLE \u{e9}
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I";
    for change in [
        "< S client_encoding=LATIN1
         << S client_encoding=LATIN1",
        "< S server_encoding=LATIN1
         << S server_encoding=LATIN1",
    ] {
        script(&app_writer(), &format!("{change}\n{refused}"));
    }
    script(
        &app_writer(),
        "> Q DROP TABLE \u{e9}
         >> ~question
         < ~answers 0 I
         >> Q poison
         * reject open
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}
