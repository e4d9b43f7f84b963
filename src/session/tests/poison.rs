//! Refusals: poison in the message's place, our error in the place of its error.

use super::script::{Stage, app_writer, from_client, from_upstream, script};
use crate::wire::backend::ErrorView;

#[test]
fn a_refused_query() {
    script(
        &app_writer(),
        "> Q DROP SCHEMA t
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I
         * reject open",
    );
}

#[test]
fn one_refused_statement_refuses_its_whole_query() {
    script(
        &app_writer(),
        "> Q SELECT 1; DROP SCHEMA u; SELECT 2
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

/// What ran before it in the pipeline is rolled back by the server: it is one implicit transaction.
#[test]
fn a_refused_parse_behind_a_write() {
    script(
        &app_writer(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | P =DROP SCHEMA t | B = | E | S
         >> ~off | P =DELETE FROM t WHERE id = 1 | B = | E | P poison | B = | E | S | ~on
         < ~off I | 1 | 2 | C DELETE 1 | E 42601 | Z I | ~on I
         << 1 | 2 | C DELETE 1 | E 42501 | Z I
         * reject open | allow rows=1 | allow open",
    );
}

#[test]
fn a_refused_parse_first_and_alone() {
    script(
        &app_writer(),
        "> P =DROP SCHEMA t | S
         >> P poison | S
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

/// A later harmless Parse does not undo an earlier refusal.
#[test]
fn each_refusal_keeps_its_own_place() {
    script(
        &app_writer(),
        "> P =DROP SCHEMA t | S | P =SELECT 1 | B = | E | S | P =DROP SCHEMA u | S
         >> P poison | S | P =SELECT 1 | B = | E | S
         < E 42601 | Z I | 1 | 2 | C SELECT 1 | Z I
         << E 42501 | Z I | 1 | 2 | C SELECT 1 | Z I
         >> P poison | S
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn a_refused_query_inside_a_transaction_fails_it() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q DROP SCHEMA t | Q SELECT 1
         >> Q poison | ^open-to-read | Q SELECT 1
         < E 42601 | Z E | E 25P02
         >> S
         < Z E
         << E 42501 | Z E | E 25P02 | Z E",
    );
}

#[test]
fn a_refused_parse_left_open_and_then_a_query() {
    script(
        &app_writer(),
        "> P =DROP SCHEMA t | Q SELECT 1
         >> P poison | Q SELECT 1
         < E 42601
         << E 42501
         > S | Q SELECT 2
         >> S
         < Z I
         << Z I
         >> Q SELECT 2
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_function_call_is_refused() {
    script(
        &app_writer(),
        "> F | Q SELECT 1
         >> ~off | Q poison | ~on
         < ~off I | E 42601 | Z I
         << E 42501 | Z I
         < ~on I
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_bind_of_a_statement_nobody_prepared_is_refused_as_the_server_would() {
    script(
        &app_writer(),
        "> B =nobody | E | S
         >> P poison | E | S
         < E 42601 | Z I
         << E 26000 | Z I",
    );
    script(
        &app_writer(),
        "> Q EXECUTE nobody
         >> Q poison
         < E 42601 | Z I
         << E 26000 | Z I",
    );
}

/// A cancel or a timeout that hits the poison itself is told as it is.
#[test]
fn another_error_in_the_poisons_place_is_passed_on() {
    script(
        &app_writer(),
        "> Q DROP SCHEMA t
         >> Q poison
         < E 57014 | Z I
         << E 57014 | Z I",
    );
}

#[test]
fn an_unreadable_text_is_refused() {
    script(
        &app_writer(),
        "> Q DORP TABLE t | P =SELECT FROM WHERE | S
         >> Q poison | P poison | S
         < E 42601 | Z I | E 42601 | Z I
         << E 42601 | Z I | E 42601 | Z I",
    );
}

#[test]
fn the_refusal_says_what_which_rule_and_what_now() {
    let mut stage = Stage::ready(app_writer());
    stage.client(&from_client("Q DROP SCHEMA customers"));
    stage.out.to_client.clear();
    stage.upstream(&from_upstream("E 42601"));
    let body = stage.out.to_client.split_off(5);
    let view = ErrorView::read(&body);
    let message = String::from_utf8_lossy(view.message);
    assert!(message.contains("stockade refused") && message.contains("preset:app-writer"), "{message}");
    let all = String::from_utf8_lossy(&body);
    assert!(all.contains("\0DSeen: ") && all.contains("\0H"), "{all}");
}
