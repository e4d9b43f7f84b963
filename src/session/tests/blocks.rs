//! The client's transaction block: how it begins, and what goes in front of what comes next in it.

use super::script::{app_writer, quickly_witnessed, read_only, script};

const BEGUN: &str = "> Q BEGIN
     >> Q BEGIN
     < C BEGIN | Z T
     << C BEGIN | Z T
     ";

#[test]
fn a_block_in_which_nothing_runs_costs_nothing() {
    for end in ["COMMIT", "ROLLBACK"] {
        script(
            &app_writer(),
            &format!(
                "{BEGUN}> Q {end}
                 >> Q {end}
                 < C {end} | Z I
                 << C {end} | Z I
                 > P =BEGIN | B = | D P | E | S
                 >> P =BEGIN | B = | D P | E | S
                 < 1 | 2 | n | C BEGIN | Z T
                 << 1 | 2 | n | C BEGIN | Z T
                 > P =COMMIT | B = | D P | E | S
                 >> P =COMMIT | B = | D P | E | S
                 < 1 | 2 | n | C COMMIT | Z I
                 << 1 | 2 | n | C COMMIT | Z I"
            ),
        );
    }
}

#[test]
fn a_block_that_says_it_writes_is_open() {
    script(
        &app_writer(),
        "> Q BEGIN READ WRITE
         >> Q BEGIN READ WRITE
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q INSERT INTO t VALUES (1)
         >> Q INSERT INTO t VALUES (1)
         < C INSERT 0 1 | Z T
         << C INSERT 0 1 | Z T",
    );
}

/// What shares a run with it runs before anything of ours could stand behind it.
#[test]
fn a_begin_beside_others_has_a_read_write_default() {
    for (run, sent) in [
        ("P =INSERT INTO t VALUES (1) | B = | E | S", "P =INSERT INTO t VALUES (1) | B = | E | S"),
        ("D S x | S", "^savepoint | D S x | S"),
    ] {
        script(&app_writer(), &format!("> P =BEGIN | B = | E | {run}\n>> ~off | P =BEGIN | B = | E | {sent}"));
    }
    // Nor is it known what comes behind a Flush.
    script(&app_writer(), "> P =BEGIN | B = | E | H\n>> ~off | P =BEGIN | B = | E | H");
}

#[test]
fn what_neither_reads_nor_ends_opens_the_block_too() {
    for (text, sent) in [
        ("SET search_path = a", "^open | Q SET search_path = a"),
        ("LISTEN x", "^open | Q LISTEN x"),
        ("SAVEPOINT s", "~open | Q SAVEPOINT s"),
        ("COMMIT AND CHAIN", "~open | ~seal | Q COMMIT AND CHAIN"),
    ] {
        script(&app_writer(), &format!("{BEGUN}> Q {text}\n>> {sent}"));
    }
    // What a Describe looks at anew is by a snapshot, and may be anything where nobody has read it.
    script(&app_writer(), &format!("{BEGUN}> D S s | S\n>> ^open-to-read | D S s | S"));
    let known = "> P s=INSERT INTO t VALUES (1) | S\n>> P s=INSERT INTO t VALUES (1) | S\n< 1 | Z I\n<< 1 | Z I\n";
    script(&app_writer(), &format!("{known}{BEGUN}> D S s | S\n>> ^open | D S s | S"));
}

#[test]
fn a_write_ends_our_subtransaction_and_so_does_a_savepoint() {
    for (text, release, released) in [
        ("INSERT INTO t VALUES (1)", "^release", "^release"),
        ("SET search_path = a", "^release", "^release"),
        ("SAVEPOINT s", "~release", "~release T"),
        ("ROLLBACK TO s", "~release", "~release T"),
    ] {
        script(
            &app_writer(),
            &format!(
                "{BEGUN}> Q SELECT 1
                 >> ^open-to-read | Q SELECT 1
                 < ^open-to-read | C SELECT 1 | Z T
                 << C SELECT 1 | Z T
                 > Q {text}
                 >> {release} | Q {text}
                 < {released} | C X | Z T
                 << C X | Z T
                 > P =SELECT 2 | B = | E | S
                 >> ^savepoint | P =SELECT 2 | B = | E | S"
            ),
        );
    }
}

/// A ROLLBACK TO takes our subtransaction along.
#[test]
fn behind_what_failed_a_read_gets_a_subtransaction_of_its_own() {
    script(
        &app_writer(),
        &format!(
            "{BEGUN}> Q SAVEPOINT s
             >> ~open | Q SAVEPOINT s
             < ~open T | C SAVEPOINT | Z T
             << C SAVEPOINT | Z T
             > Q SELECT 1/0
             >> ^savepoint | Q SELECT 1/0
             < ^savepoint | E 22012 | Z E
             << E 22012 | Z E
             > Q ROLLBACK TO s
             >> Q ROLLBACK TO s
             < C ROLLBACK | Z T
             << C ROLLBACK | Z T
             > Q SELECT 1
             >> ^savepoint | Q SELECT 1"
        ),
    );
}

#[test]
fn with_savepoints_of_the_clients_the_commit_looks_for_cursors() {
    script(
        &app_writer(),
        &format!(
            "{BEGUN}> Q SAVEPOINT s
             >> ~open | Q SAVEPOINT s
             < ~open T | C SAVEPOINT | Z T
             << C SAVEPOINT | Z T
             > Q SELECT 1
             >> ^savepoint | Q SELECT 1
             < ^savepoint | C SELECT 1 | Z T
             << C SELECT 1 | Z T
             > Q COMMIT
             >> ~release | ~seal | Q COMMIT"
        ),
    );
}

#[test]
fn the_default_is_shown_as_it_would_be() {
    script(
        &app_writer(),
        &format!(
            "{BEGUN}> Q SHOW default_transaction_read_only
             >> ~open | ~off-here | Q SHOW default_transaction_read_only
             < ~open T | S default_transaction_read_only=off | ~off-here T | T | D | C SHOW | Z T
             << T | D | C SHOW | Z T
             > Q SHOW transaction_read_only
             >> Q SHOW transaction_read_only
             < T | D | C SHOW | Z T
             << T | D | C SHOW | Z T
             > Q COMMIT
             >> ^close | Q COMMIT
             < ^close | C COMMIT | S default_transaction_read_only=on | Z I
             << C COMMIT | S default_transaction_read_only=off | Z I
             >> ~on
             < ~on I"
        ),
    );
}

/// The counters are emptied once, and stay so through what only reads.
#[test]
fn reading_leaves_the_counters_empty() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q SELECT 1
         >> ^open-to-read | Q SELECT 1
         < ^open-to-read | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q COMMIT
         >> ^release-and-close | Q COMMIT
         < ^release-and-close | C COMMIT | Z I
         << C COMMIT | Z I
         > Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > Q SAVEPOINT s
         >> ~open | Q SAVEPOINT s
         < ~open T | C SAVEPOINT | Z T
         << C SAVEPOINT | Z T
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         > Q BEGIN
         >> ~empty | Q BEGIN",
    );
    // What was to empty them was cancelled.
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty! I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         > Q BEGIN
         >> ours | ~empty | Q BEGIN",
    );
}

#[test]
fn a_question_is_not_asked_inside_our_subtransaction() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | C DELETE 1 | Z T | ~few t+-1 T
         << C DELETE 1 | Z T
         > Q SELECT 1
         >> ^savepoint | Q SELECT 1
         < ^savepoint | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q COMMIT
         >> ~release | ~quick
         < ~release T | ~quick t+-1 T
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT | Z I",
    );
}

#[test]
fn a_reader_needs_none_of_it() {
    script(
        &read_only(),
        &format!(
            "{BEGUN}> Q SELECT 1
             >> Q SELECT 1
             < C SELECT 1 | Z T
             << C SELECT 1 | Z T
             > P =SELECT 1 | B = | E | S
             >> P =SELECT 1 | B = | E | S
             < 1 | 2 | C SELECT 1 | Z T
             << 1 | 2 | C SELECT 1 | Z T
             > Q COMMIT
             >> Q COMMIT"
        ),
    );
}

/// The server skips the Query behind it too, up to a Sync of ours, and the client sees one error and one ReadyForQuery.
#[test]
fn what_fails_in_front_of_a_query_is_its_error() {
    script(
        &app_writer(),
        &format!(
            "{BEGUN}> Q SELECT 1 | S
             >> ^open-to-read | Q SELECT 1 | S
             < E 57014
             << E 57014
             >> S
             < Z E | Z E
             << Z E | Z E
             * allow | allow error=57014
             > Q COMMIT
             >> Q COMMIT
             < C ROLLBACK | Z I
             << C ROLLBACK | Z I"
        ),
    );
    // With the question behind it its Sync ends the skipping.
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < E 57014 | Z E
         << E 57014 | Z E
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I",
    );
    // In front of a COMMIT.
    script(
        &app_writer(),
        &format!(
            "{BEGUN}> Q SELECT 1
             >> ^open-to-read | Q SELECT 1
             < ^open-to-read | C SELECT 1 | Z T
             << C SELECT 1 | Z T
             > Q COMMIT
             >> ^release-and-close | Q COMMIT
             < E 57014
             << E 57014
             >> S
             < Z E
             << Z E
             > Q ROLLBACK
             >> Q ROLLBACK
             < C ROLLBACK | Z I
             << C ROLLBACK | Z I"
        ),
    );
}

/// What was changed before the chain is still to be asked about, for all that is known; the question is a query, too.
#[test]
fn a_question_opens_a_chained_block() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | E 23503 | Z E | ~few! E
         << E 23503 | Z E
         > Q ROLLBACK AND CHAIN
         >> Q ROLLBACK AND CHAIN
         < C ROLLBACK | Z T
         << C ROLLBACK | Z T
         > Q COMMIT
         >> ~open | ours | ~quick
         < ~open T | ours | ~quick T
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT | Z I",
    );
}
