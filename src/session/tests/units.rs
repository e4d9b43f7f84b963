//! What goes before and behind a unit, and what has to wait.

use super::script::{app_writer, migrator, read_only, script, shadow, trusted};

#[test]
fn an_idle_read_goes_untouched() {
    script(
        &app_writer(),
        "> Q SELECT 1
         >> Q SELECT 1
         < T | D | C SELECT 1 | Z I
         << T | D | C SELECT 1 | Z I
         * allow rows=1",
    );
}

#[test]
fn an_idle_write_is_given_a_read_write_default_and_the_next_unit_waits() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1) | Q SELECT 2
         >> ~off | Q INSERT INTO t VALUES (1) | ~on
         < ~off I
         < C INSERT 0 1 | Z I
         << C INSERT 0 1 | Z I
         >>
         < ~on I
         >> Q SELECT 2
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=1 | allow rows=1",
    );
}

#[test]
fn an_extended_write_is_bracketed_from_parse_to_sync() {
    script(
        &app_writer(),
        "> P =INSERT INTO t VALUES (1) | B = | D P | E
         >>
         > S
         >> ~off | P =INSERT INTO t VALUES (1) | B = | D P | E | S | ~on
         < ~off I | 1 | 2 | n | C INSERT 0 1 | Z I | ~on I
         << 1 | 2 | n | C INSERT 0 1 | Z I
         * allow rows=1",
    );
}

#[test]
fn a_transaction_begun_by_itself_is_opened_by_what_comes_next() {
    script(
        &app_writer(),
        "> Q BEGIN | Q SELECT 1
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         >> ^open-to-read | Q SELECT 1
         < ^open-to-read | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q SELECT 2
         >> Q SELECT 2
         < C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q INSERT INTO t VALUES (1)
         >> ^release | Q INSERT INTO t VALUES (1)
         < ^release | C INSERT 0 1 | Z T
         << C INSERT 0 1 | Z T
         > Q SELECT 3
         >> ^savepoint | Q SELECT 3
         < ^savepoint | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q COMMIT | Q SELECT 2
         >> ~release | ~seal | Q COMMIT
         < ~release T | ~seal T | C COMMIT | Z I
         << C COMMIT | Z I
         >> Q SELECT 2
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_failed_read_inside_a_transaction_fails_it_as_it_does_directly() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SELECT 1/0
         >> ^open-to-read | Q SELECT 1/0
         < ^open-to-read | E 22012 | Z E
         << E 22012 | Z E
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I",
    );
}

#[test]
fn a_cancelled_way_back_is_repeated_before_anything_else_runs() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1) | Q SELECT 2
         >> ~off | Q INSERT INTO t VALUES (1) | ~on
         < ~off I | C INSERT 0 1 | Z I
         << C INSERT 0 1 | Z I
         < ~on! I
         >> ~on
         < ~on! I
         >> ~on
         < ~on I
         >> Q SELECT 2
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_way_back_that_never_works_ends_the_session() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1)
         >> ~off | Q INSERT INTO t VALUES (1) | ~on
         < ~off I | C INSERT 0 1 | Z I
         << C INSERT 0 1 | Z I
         < ~on! I | ~on! I | ~on! I | ~on! I | ~on! I
         >> ~on | ~on | ~on | ~on | ~on
         < ~on! I
         fault could not be made read-only again",
    );
}

#[test]
fn a_cancelled_way_out_leaves_the_write_to_fail() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1)
         >> ~off | Q INSERT INTO t VALUES (1) | ~on
         < ~off! I | E 25006 | Z I | ~on I
         << E 25006 | Z I
         * allow error=25006",
    );
}

/// Else the `on` behind the unit is undone by the ROLLBACK, and every read behind it may write.
#[test]
fn a_transaction_begun_behind_a_flush_is_settled_only_once_it_is_over() {
    script(
        &app_writer(),
        "> P =INSERT INTO t VALUES (1) | B = | E | H
         >> ~off | P =INSERT INTO t VALUES (1) | B = | E | H
         > P =BEGIN | B = | E | S
         >> P =BEGIN | B = | E | S
         < ~off I | 1 | 2 | C INSERT 0 1 | 1 | 2 | C BEGIN | Z T
         << 1 | 2 | C INSERT 0 1 | 1 | 2 | C BEGIN | Z T
         > Q ROLLBACK | Q SELECT 1
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         >> ~on
         < ~on I
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

/// Else what is pipelined behind the COMMIT runs while the default is read-write.
#[test]
fn a_transaction_ended_behind_a_flush_holds_the_next_unit_back() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > P =SELECT 1 | B = | E | H
         >> ^open-to-read | P =SELECT 1 | B = | E | H
         > P =COMMIT | B = | E | S | Q SELECT 2
         >> P =COMMIT | B = | ^release-and-close | E | S
         < ^open-to-read | 1 | 2 | C SELECT 1 | 1 | 2 | ^release-and-close | C COMMIT | Z I
         << 1 | 2 | C SELECT 1 | 1 | 2 | C COMMIT | Z I
         >> Q SELECT 2
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

/// A `SET default_transaction_read_only = on` of the client's goes with its transaction's ROLLBACK.
#[test]
fn a_client_that_asks_for_read_only_inside_a_transaction_is_still_held_behind_its_end() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SET default_transaction_read_only = on
         >> ~open | ~off-here | Q SET default_transaction_read_only = on
         < ~open T | ~off-here T | C SET | Z T
         << C SET | Z T
         > Q ROLLBACK | Q SELECT 1
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

/// asyncpg prepares with a Flush: the transaction begins, and gets its mode, at the Parse.
#[test]
fn what_is_parsed_before_a_flush_decides_how_the_transaction_begins() {
    script(
        &app_writer(),
        "> P s=INSERT INTO t VALUES (1) | D S s | H
         >> ~off | P s=INSERT INTO t VALUES (1) | D S s | H
         < ~off I | 1 | t | n
         << 1 | t | n
         > B =s | E | S
         >> B =s | E | S | ~on
         < 2 | C INSERT 0 1 | Z I | ~on I
         << 2 | C INSERT 0 1 | Z I
         * allow rows=1
         > P r=SELECT 1 | D S r | H
         >> P r=SELECT 1 | D S r | H
         < 1 | t | T
         << 1 | t | T
         > B =r | E | S
         >> B =r | E | S
         < 2 | C SELECT 1 | Z I
         << 2 | C SELECT 1 | Z I",
    );
}

#[test]
fn a_read_in_a_transaction_the_client_opened_read_write_itself_is_bracketed() {
    let mut setup = app_writer();
    setup.client_read_only = true;
    script(
        &setup,
        "> Q BEGIN READ WRITE
         >> Q BEGIN READ WRITE
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SELECT f()
         >> ^savepoint | Q SELECT f()
         < ^savepoint | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q COMMIT
         >> ^release-and-close | Q COMMIT
         < ^release-and-close | C COMMIT | Z I
         << C COMMIT | Z I",
    );
}

/// Under `read-only` nothing may write, so no transaction may say READ WRITE either: a function would write in it.
#[test]
fn a_reader_cannot_begin_a_read_write_transaction() {
    script(
        &read_only(),
        "> Q BEGIN READ WRITE
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I
         > Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z T
         << C SELECT 1 | Z T",
    );
}

#[test]
fn a_copy_in_may_begin_before_its_unit_is_closed_behind() {
    script(
        &migrator(),
        "> Q COPY t FROM STDIN
         >> ~off | Q COPY t FROM STDIN
         < ~off I | G
         << G
         > d 1 | d 2 | c | Q SELECT 1
         >> d 1 | d 2 | c
         < C COPY 2 | Z I
         << C COPY 2 | Z I
         >> ~on
         < ~on I
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=2 | allow rows=1",
    );
}

/// The CopyDone that crosses the COPY's error on the wire is ignored by the server; nothing waits for its answer.
#[test]
fn a_copy_end_behind_a_failed_copy_is_nothing_to_wait_for() {
    script(
        &migrator(),
        "> Q COPY t FROM STDIN
         >> ~off | Q COPY t FROM STDIN
         < ~off I | G
         << G
         > d x
         >> d x
         < E 22P02 | Z I
         << E 22P02 | Z I
         >> ~on
         > d y | c
         >> d y | c
         < ~on I
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_statement_in_the_middle_of_a_copy_ends_the_session_as_the_server_would() {
    script(
        &migrator(),
        "> Q COPY t FROM STDIN
         >> ~off | Q COPY t FROM STDIN
         < ~off I | G
         << G
         > Q SELECT 1
         fault unexpected message type 0x51 during COPY from stdin",
    );
}

#[test]
fn an_extended_copy_with_an_early_sync() {
    script(
        &migrator(),
        "> P =COPY t FROM STDIN | B = | E | S
         >> ~off | P =COPY t FROM STDIN | B = | E | S
         < ~off I | 1 | 2 | G
         << 1 | 2 | G
         > d 1 | c | S
         >> d 1 | c | S
         < C COPY 1 | Z I
         << C COPY 1 | Z I
         >> ~on
         < ~on I
         * allow rows=1",
    );
}

#[test]
fn copy_fail_in_an_extended_copy() {
    script(
        &migrator(),
        "> P =COPY t FROM STDIN | B = | E | H
         >> ~off | P =COPY t FROM STDIN | B = | E | H
         < ~off I | 1 | 2 | G
         << 1 | 2 | G
         > d 1 | f no | S
         >> d 1 | f no | S
         < E 57014 | Z I
         << E 57014 | Z I
         >> ~on
         < ~on I
         * allow error=57014",
    );
}

/// A statement trigger can fail the COPY between CopyInResponse and the first read: the early Sync counts then.
#[test]
fn an_early_sync_counts_where_the_copy_fails_before_reading() {
    script(
        &trusted(),
        "> P =COPY t FROM STDIN | B = | E | S
         >> P =COPY t FROM STDIN | B = | E | S
         < 1 | 2 | G | E P0001 | Z I
         << 1 | 2 | G | E P0001 | Z I
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn sync_flush_and_terminate_pass_while_a_unit_waits() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1) | S | H | X
         >> ~off | Q INSERT INTO t VALUES (1) | ~on | S | H | X
         < ~off I | C INSERT 0 1 | Z I | ~on I | Z I
         << C INSERT 0 1 | Z I | Z I",
    );
}

#[test]
fn hidden_notices_and_parameters_stay_hidden() {
    script(
        &app_writer(),
        "> Q INSERT INTO t VALUES (1)
         >> ~off | Q INSERT INTO t VALUES (1) | ~on
         < 1 | 2 | N x | C SET | S default_transaction_read_only=off | 3 | 3 | A y | Z I
         << A y
         < N mine | C INSERT 0 1 | Z I
         << N mine | C INSERT 0 1 | Z I
         < 1 | 2 | C SET | 3 | 3 | S default_transaction_read_only=on | Z I",
    );
}

#[test]
fn without_a_guard_nothing_is_added() {
    for setup in [trusted(), shadow()] {
        script(
            &setup,
            "> Q BEGIN | Q INSERT INTO t VALUES (1) | Q SELECT 1 | P =DROP TABLE t | B = | E | S
             >> Q BEGIN | Q INSERT INTO t VALUES (1) | Q SELECT 1 | P =DROP TABLE t | B = | E | S
             < S default_transaction_read_only=on
             << S default_transaction_read_only=on",
        );
    }
}

/// JDBC drivers send BEGIN with the first statement, one Sync for both.
#[test]
fn a_read_behind_a_begin_in_one_pipeline_is_bracketed_where_it_stands() {
    script(
        &app_writer(),
        "> P =BEGIN | B = | E | P =SELECT f() | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> ~off | P =BEGIN | B = | E | ^savepoint | P =SELECT f() | B = | E | P =DELETE FROM t WHERE id = 1 | ^release | B = | E | S
         < ~off I | 1 | 2 | C BEGIN | ^savepoint | 1 | 2 | C SELECT 1 | 1 | ^release | 2 | C DELETE 1 | Z T
         << 1 | 2 | C BEGIN | 1 | 2 | C SELECT 1 | 1 | 2 | C DELETE 1 | Z T",
    );
}

#[test]
fn an_error_of_a_hidden_message_in_a_pipeline_is_the_clients() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > P =SELECT f() | B = | E | S
         >> ^open-to-read | P =SELECT f() | B = | E | S
         < E 25P02 | Z E
         << E 25P02 | Z E",
    );
}

#[test]
fn what_could_hide_a_write_does_not_run_beside_one() {
    script(
        &app_writer(),
        "> Q BEGIN; SELECT f(); COMMIT
         >> Q BEGIN; SELECT f(); COMMIT
         < C BEGIN | C SELECT 1 | C COMMIT | Z I
         << C BEGIN | C SELECT 1 | C COMMIT | Z I
         > Q INSERT INTO t VALUES (1); SELECT f()
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I
         > Q INSERT INTO t VALUES (1); SELECT 1
         >> ~off | Q INSERT INTO t VALUES (1); SELECT 1 | ~on
         < ~off I | C INSERT 0 1 | C SELECT 1 | Z I | ~on I
         << C INSERT 0 1 | C SELECT 1 | Z I
         > P =SELECT f() | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> P =SELECT f() | B = | E | P =DELETE FROM t WHERE id = 1 | P poison | E | S
         < 1 | 2 | C SELECT 1 | 1 | E 42601 | Z I
         << 1 | 2 | C SELECT 1 | 1 | E 42501 | Z I",
    );
}

#[test]
fn a_cursor_is_not_held_beyond_a_transaction_that_writes() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q DECLARE c CURSOR WITH HOLD FOR SELECT f()
         >> Q poison
         < E 42601 | Z E
         << E 42501 | Z E",
    );
}

#[test]
fn a_second_prepare_does_not_change_what_a_name_stands_for() {
    script(
        &app_writer(),
        "> Q PREPARE p AS SELECT f()
         >> Q PREPARE p AS SELECT f()
         < C PREPARE | Z I
         << C PREPARE | Z I
         > Q PREPARE p AS INSERT INTO t VALUES (1)
         >> Q PREPARE p AS INSERT INTO t VALUES (1)
         < E 42P05 | Z I
         << E 42P05 | Z I
         > Q EXECUTE p
         >> Q EXECUTE p
         < E 25006 | Z I
         << E 25006 | Z I",
    );
}

/// What a name stands for is known only when the server has answered: else the second Parse, which fails, would open the
/// session for what the first one named.
#[test]
fn a_unit_waits_for_the_names_of_the_one_before() {
    script(
        &app_writer(),
        "> P s=SELECT f() | S
         >> P s=SELECT f() | S
         < 1 | Z I
         << 1 | Z I
         > P s=INSERT INTO t VALUES (1) | S | B =s | E | S
         >> P s=INSERT INTO t VALUES (1) | S
         < E 42P05 | Z I
         << E 42P05 | Z I
         >> B =s | E | S
         < 2 | E 25006 | Z I
         << 2 | E 25006 | Z I",
    );
}

#[test]
fn names_are_unknown_behind_a_prepare_in_the_same_run() {
    script(
        &app_writer(),
        "> P q=PREPARE s AS SELECT f() | S
         >> P q=PREPARE s AS SELECT f() | S
         < 1 | Z I
         << 1 | Z I
         > P s=INSERT INTO t VALUES (1) | S
         >> P s=INSERT INTO t VALUES (1) | S
         < 1 | Z I
         << 1 | Z I
         > B =q | E | B =s | E | S
         >> B =q | E | P poison | E | S
         < 2 | C PREPARE | E 42601 | Z I
         << 2 | C PREPARE | E 26000 | Z I",
    );
}

#[test]
fn a_query_in_a_run_without_sync_is_judged_with_the_run() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > P q=SELECT 1 | Q SELECT f()
         >> ^open-to-read | P q=SELECT 1 | Q poison
         < ^open-to-read | 1 | E 42601 | Z E
         << 1 | E 42501 | Z E",
    );
}

#[test]
fn a_default_that_a_function_opened_is_closed_again() {
    script(
        &app_writer(),
        "> Q SELECT set_tenant() | Q SELECT f()
         >> Q SELECT set_tenant()
         < S default_transaction_read_only=off | C SELECT 1 | Z I
         << S default_transaction_read_only=off | C SELECT 1 | Z I
         >> ~on
         < ~on I
         >> Q SELECT f()
         < E 25006 | Z I
         << E 25006 | Z I",
    );
}
