//! CALL and DO run in a transaction block, whatever happens.

use super::script::{script, witnessed, witnessed_migrator};

#[test]
fn a_query_runs_in_a_block_that_has_begun() {
    script(
        &witnessed(),
        "> Q CALL p()
         >> prepare | ~empty | ^begin | Q CALL p() | prepare | ~witness
         < prepared | ~empty I | ^begin | C CALL | Z T
         <<
         < prepared | ~witness t-1 T
         >> ~commit
         < ~commit I
         << C CALL | Z I
         * allow",
    );
}

#[test]
fn where_its_block_does_not_begin_a_query_is_skipped() {
    script(
        &witnessed(),
        "> Q CALL p() | Q SELECT 1
         >> prepare | ~empty | ^begin | Q CALL p() | prepare | ~witness
         < prepared | ~empty I | E 57014
         << E 57014
         < Z I
         << Z I
         * allow error=57014
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=1",
    );
}

#[test]
fn a_run_has_a_block_of_ours_around_it() {
    script(
        &witnessed_migrator(),
        "> P =DO $$ BEGIN END $$ | B = | E | S
         >> prepare | ~off | P =DO $$ BEGIN END $$ | ^block | B = | E | prepare | ^witness | H
         < prepared | ~off I | 1 | ^block | 2 | C DO
         << 1 | 2
         < prepared | ^witness t-1
         >> ^commit | S
         <<
         < ^commit | Z I
         >> ~on
         << C DO | Z I
         * allow",
    );
}

#[test]
fn the_block_around_a_run_that_fails_is_left() {
    script(
        &witnessed(),
        "> P =CALL p() | B = | E | S | Q SELECT 1
         >> prepare | ~off | P =CALL p() | ^block | B = | E | prepare | ^witness | H
         < prepared | ~off I | 1 | ^block | 2 | E 23503
         << 1 | 2 | E 23503
         >> S
         < Z E
         <<
         >> ~rollback
         < ~rollback I
         << Z I
         >> ~on
         * allow error=23503
         < ~on I
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         * allow rows=1",
    );
}

#[test]
fn what_the_witness_objects_to_leaves_no_block() {
    script(
        &witnessed(),
        "> P =CALL p() | B = | E | S
         >> prepare | ~off | P =CALL p() | ^block | B = | E | prepare | ^witness | H
         < prepared | ~off I | 1 | ^block | 2 | C CALL | prepared | ^witness t-5000
         >> P poison | S
         << 1 | 2
         < E 42601 | Z E
         << E 42501
         >> ~rollback
         < ~rollback I
         << Z I
         >> ~on
         * reject error=42501",
    );
}
