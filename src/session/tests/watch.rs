//! What changes something is witnessed before it commits.

use super::script::{script, witnessed, witnessed_migrator};

#[test]
fn a_query_outside_a_block_runs_in_one_of_ours() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1 | Q SELECT 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T
         <<
         < ~witness t-1 T
         >> ~commit
         <<
         < ~commit I
         << C DELETE 1 | Z I
         * allow rows=1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=1
         > Q DELETE FROM t WHERE id = 2
         >> ~empty | ^begin | Q DELETE FROM t WHERE id = 2 | ~witness
         < ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 T | ~commit I
         >> ~commit
         << C DELETE 1 | Z I",
    );
}

#[test]
fn an_objection_takes_its_place_and_rolls_it_back() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 u-5000 T
         >> ~rollback
         <<
         < ~rollback I
         << E 42501 | Z I
         * reject rows=1 error=42501",
    );
}

#[test]
fn rows_do_not_wait() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1 RETURNING id
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 RETURNING id | ~witness
         < prepared | ~empty I | ^begin | T | D | D
         << T | D | D
         < C DELETE 2 | Z T
         <<
         < ~witness t-2 T | ~commit I
         >> ~commit
         << C DELETE 2 | Z I",
    );
}

#[test]
fn a_query_that_fails_by_itself_is_rolled_back_and_says_so() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | E 23503 | Z E
         << E 23503
         < ~count! E
         >> ~rollback
         < ~rollback I
         << Z I
         * allow error=23503",
    );
}

#[test]
fn a_commit_that_fails_is_the_statements_error() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 T
         >> ~commit
         < E 40001 | Z I
         << E 40001 | Z I",
    );
}

#[test]
fn a_window_that_does_not_open_leaves_the_session_read_only() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | E 57014
         << E 57014
         < Z I
         << Z I
         * allow error=57014
         > Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 T | ~commit I
         >> ~commit
         << C DELETE 1 | Z I
         * allow rows=1",
    );
    // In front of what the catalogs are read for, a group of its own begins it.
    script(
        &witnessed_migrator(),
        "> Q COPY t FROM STDIN
         >> prepare | ~empty | ~begin | Q COPY t FROM STDIN
         < prepared | ~empty I | ~begin! I | E 25006 | Z I
         << E 25006
         >> prepare | ~witness
         < prepared | ~witness t-0 I
         << Z I",
    );
}

#[test]
fn in_a_block_the_answer_waits_but_for_no_round_trip() {
    script(
        &witnessed(),
        "> Q BEGIN
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T
         <<
         < ~count t-1 T
         << C DELETE 1 | Z T
         > Q COMMIT
         >> ~witness
         < ~witness t-1 T
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT | Z I",
    );
}

#[test]
fn in_a_block_an_objection_fails_it() {
    script(
        &witnessed(),
        "> Q BEGIN
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T | ~count t-1 u-5000 T
         >> Q poison
         < E 42601 | Z E
         << E 42501 | Z E
         > Q COMMIT
         >> Q COMMIT
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I",
    );
}

#[test]
fn what_only_the_commit_brings_about_is_witnessed_too() {
    script(
        &witnessed(),
        "> Q BEGIN
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T | ~count t-1 T
         << C DELETE 1 | Z T
         > Q COMMIT
         >> ~witness
         < ~witness t-1 u-5000 T
         >> ~rollback
         < ~rollback I
         << E 42501 | Z I",
    );
}

#[test]
fn a_deferred_constraint_is_the_commits_error() {
    script(
        &witnessed(),
        "> Q BEGIN
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T | ~count t-1 T
         << C DELETE 1 | Z T
         > Q COMMIT
         >> ~witness
         < E 23503 | Z E
         >> ~rollback
         < ~rollback I
         << E 23503 | Z I",
    );
}

#[test]
fn a_run_waits_before_its_sync() {
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | C DELETE 1
         << 1 | 2
         < ^witness t-1
         >> ^commit | S
         < ^commit | Z I
         << C DELETE 1 | Z I
         * allow rows=1",
    );
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | C S x | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | C S x | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | C DELETE 1 | 3 | ^witness t-1 u-5000
         << 1 | 2
         >> P poison | S
         < E 42601 | Z E
         << E 42501
         >> ~rollback
         < ~rollback I
         << Z I
         * reject rows=1 error=42501",
    );
}

#[test]
fn a_run_in_a_block() {
    script(
        &witnessed(),
        "> P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~off | P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | ~count
         < prepared | ~off I | 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1
         << 1 | 2 | C BEGIN | 1 | 2
         < ^count t-1 | Z T
         << C DELETE 1 | Z T
         > P =DELETE FROM u WHERE id = 1 | B = | E | S
         >> P =DELETE FROM u WHERE id = 1 | B = | E | ~count
         < 1 | 2 | C DELETE 1 | ^count t-1 u-5000 | Z T
         << 1 | 2
         >> Q poison
         < E 42601 | Z E
         << E 42501 | Z E
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         >> ~on
         < ~on I",
    );
}

#[test]
fn a_commit_in_a_run_waits() {
    let run = "> P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | P =COMMIT | B = | E | S
         >> prepare | ~off | P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | P =COMMIT | B = | ^witness | H
         < prepared | ~off I | 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1 | 1 | 2";
    script(
        &witnessed(),
        &format!(
            "{run} | ^witness t-1
             << 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1 | 1 | 2
             >> E | S
             < C COMMIT | Z I
             << C COMMIT | Z I
             >> ~on
             < ~on I"
        ),
    );
    script(
        &witnessed(),
        &format!(
            "{run} | ^witness t-1 u-5000
             << 1 | 2 | C BEGIN | 1 | 2
             >> ^rollback | P poison | S
             < ^rollback | E 42601 | Z I
             << C DELETE 1 | 1 | 2 | E 42501 | Z I
             >> ~on
             < ~on I"
        ),
    );
}

#[test]
fn a_flush_shows_nothing_that_was_not_witnessed() {
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | H
         >> prepare | ~off | P =DELETE FROM t WHERE id = 1 | B = | E | ^count | H
         < prepared | ~off I | 1 | 2 | C DELETE 1
         << 1 | 2
         < ^count t-1
         << C DELETE 1
         > S
         >> ^block | ^witness | H
         < ^block | ^witness t-1
         >> ^commit | S
         < ^commit | Z I
         << Z I
         >> ~on
         < ~on I",
    );
    // The Sync does not overtake the objection.
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | H | S
         >> prepare | ~off | P =DELETE FROM t WHERE id = 1 | B = | E | ^count | H
         < prepared | ~off I | 1 | 2 | C DELETE 1 | ^count t-5000
         << 1 | 2
         >> P poison | S | ~on
         < E 42601 | Z I | ~on I
         << E 42501 | Z I",
    );
}

#[test]
fn a_copy_is_witnessed_at_its_end() {
    script(
        &witnessed_migrator(),
        "> Q COPY t FROM STDIN
         >> prepare | ~empty | ~begin | Q COPY t FROM STDIN
         < prepared | ~empty I | ~begin T | G
         << G
         > d 1 | c
         >> d 1 | c
         < C COPY 1 | Z T
         >> ~witness
         < ~witness t-0 T
         >> ~commit
         < ~commit I
         << C COPY 1 | Z I",
    );
}

#[test]
fn a_copy_in_a_run_whose_sync_comes_early() {
    script(
        &witnessed_migrator(),
        "> P =COPY t FROM STDIN | B = | E | S
         >> prepare | ~off | P =COPY t FROM STDIN | B = | E | H
         < prepared | ~off I | 1 | 2 | G
         << 1 | 2 | G
         >> S
         > d 1 | c | S
         >> d 1 | c | H
         < C COPY 1
         >> ^block | ^witness | H
         < ^block | ^witness t-0
         >> ^commit | S
         < ^commit | Z I
         << C COPY 1 | Z I
         >> ~on
         < ~on I",
    );
}

#[test]
fn a_text_with_transaction_control_is_run_part_by_part() {
    script(
        &witnessed(),
        "> Q BEGIN; DELETE FROM t WHERE id = 1; COMMIT; SELECT 1
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T | ~count t-1 T
         << C DELETE 1
         >> ~witness
         < ~witness t-1 T
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I",
    );
    // An error ends it, as it ends a Query.
    script(
        &witnessed(),
        "> Q BEGIN; DELETE FROM t WHERE id = 1; COMMIT | Q ROLLBACK
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | E 23503 | Z E | ~count! E
         << E 23503 | Z E
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I",
    );
    // What only reads in it stays read-only.
    script(
        &witnessed(),
        "> Q BEGIN; SELECT * FROM v
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN
         >> ^open-to-read | Q SELECT * FROM v
         < ^open-to-read | C SELECT 1 | Z T
         << C SELECT 1 | Z T",
    );
    // Apart these would do something else.
    for text in [
        "DELETE FROM t WHERE id = 1; BEGIN",
        "DELETE FROM t WHERE id = 1; ROLLBACK",
        "DELETE FROM t WHERE id = 1; SAVEPOINT a",
    ] {
        script(&witnessed(), &format!("> Q {text}\n>> Q poison\n< E 42601 | Z I\n<< E 42501 | Z I"));
    }
}

#[test]
fn what_was_read_before_a_block_in_its_run_is_witnessed_with_it() {
    script(
        &witnessed(),
        "> P =SELECT * FROM v | B = | E | P =BEGIN | B = | E | S
         >> prepare | ~off | P =SELECT * FROM v | B = | E | P =BEGIN | B = | E | S
         < prepared | ~off I | 1 | 2 | C SELECT 1 | 1 | 2 | C BEGIN | Z T
         << 1 | 2 | C SELECT 1 | 1 | 2 | C BEGIN | Z T
         > Q COMMIT
         >> ~witness
         < ~witness t-5000 T
         >> ~rollback
         < ~rollback I
         << E 42501 | Z I
         >> ~on
         < ~on I",
    );
}

#[test]
fn what_the_server_tells_keeps_its_place() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | N VNOTICE | ^begin | N VWARNING | C DELETE 1 | N VLOG | S a=b | Z T
         << N VWARNING
         < N VNOTICE | N VLOG | ~witness t-1 T
         >> ~commit
         <<
         < A told | S a=c | ~commit I
         << N VNOTICE | C DELETE 1 | N VLOG | A told | S a=c | Z I
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | S a=d | S a=c | Z I
         << C SELECT 1 | Z I",
    );
}

#[test]
fn a_question_whose_parse_is_skipped_is_prepared_again() {
    script(
        &witnessed(),
        "> P =SAVEPOINT b | B = | E | H
         >> P =SAVEPOINT b | B = | E | H
         < 1 | 2 | E 25P01
         << 1 | 2 | E 25P01
         > P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> P =DELETE FROM t WHERE id = 1 | B = | E | S
         < Z I
         << Z I",
    );
}

#[test]
fn a_part_that_reads_copy_data_does_not_keep_the_client_waiting() {
    script(
        &witnessed_migrator(),
        "> Q COPY t FROM STDIN;COMMIT | d 1 | c
         >> prepare | ~empty | ~begin | Q COPY t FROM STDIN
         < prepared | ~empty I | ~begin T | G
         << G
         >> d 1 | c
         < C COPY 1 | Z T
         >> ~witness
         < ~witness t-0 T
         >> ~commit
         < ~commit I
         << C COPY 1
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT | Z I",
    );
}

#[test]
fn a_flush_behind_a_copy_waits_for_what_it_turns_out_to_be() {
    script(
        &witnessed_migrator(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | P c=COPY t FROM STDIN | H
         >> prepare | ~off | P =DELETE FROM t WHERE id = 1 | B = | E | P c=COPY t FROM STDIN | ^count | H
         < prepared | ~off I | 1 | 2 | C DELETE 1 | 1
         << 1 | 2
         < ^count t-1
         << C DELETE 1 | 1
         > B =c | E | d 1 | c | H
         >> B =c | E | d 1 | c | H
         < 2 | G
         << 2 | G
         < C COPY 1
         >> ^count | H
         < ^count t-1
         << C COPY 1
         > S
         >> ^block | ^witness | H
         < ^block | ^witness t-1
         >> ^commit | S
         < ^commit | Z I
         << Z I
         >> ~on
         < ~on I",
    );
}

#[test]
fn a_commit_whose_deferred_work_fails_in_a_run_ends_its_block() {
    script(
        &witnessed(),
        "> P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | P =COMMIT | B = | E | S
         >> prepare | ~off | P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | P =COMMIT | B = | ^witness | H
         < prepared | ~off I | 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1 | 1 | 2 | 3 | 3 | 1 | 2 | E 23503
         << 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1 | 1 | 2 | E 23503
         >> E | ~sync | ~rollback | S
         < Z E | ~rollback I | Z I
         << Z I
         >> ~on
         < ~on I",
    );
}
