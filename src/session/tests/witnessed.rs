//! What is told of the witness: what committed, what was rolled back and why, and that it was asked.

use super::script::{Stage, from_client, from_upstream, script, witnessed};
use crate::session::Rollback;

#[test]
fn what_a_query_changed_is_told_once_it_is_committed() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 u-7 T
         >> ~commit
         =
         < ~commit I
         << C DELETE 1 | Z I
         = answered simple | committed 8d 0u 0i
         > Q SELECT 1
         >> Q SELECT 1
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         =",
    );
}

#[test]
fn an_objection_is_told_and_nothing_committed() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 u-5000 T
         >> ~rollback
         < ~rollback I
         << E 42501 | Z I
         = answered simple | rolled back rows_per_statement",
    );
}

#[test]
fn a_statement_that_fails_by_itself_is_no_rollback_of_ours() {
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
         =
         end
         =",
    );
}

#[test]
fn a_commit_that_fails_is_the_servers() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T | ~witness t-1 T
         >> ~commit
         < E 40001 | Z I
         << E 40001 | Z I
         = answered simple | rolled back server",
    );
}

#[test]
fn a_connection_that_ends_before_the_answer_is_told() {
    script(
        &witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> prepare | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~witness
         < prepared | ~empty I | ^begin | C DELETE 1 | Z T
         <<
         end
         = rolled back disconnected",
    );
}

#[test]
fn a_block_is_told_at_its_commit_alone() {
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
         = answered simple
         > Q COMMIT
         >> ~witness
         < ~witness t-3 T
         >> Q COMMIT
         < C COMMIT | Z I
         << C COMMIT | Z I
         = answered simple | committed 3d 0u 0i
         =",
    );
}

#[test]
fn a_deferred_constraint_is_the_servers() {
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
         = answered simple
         > Q COMMIT
         >> ~witness
         < E 23503 | Z E
         >> ~rollback
         < ~rollback I
         << E 23503 | Z I
         = answered simple | rolled back server",
    );
}

#[test]
fn a_rollback_of_the_client_commits_nothing() {
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
         > Q ROLLBACK
         >> Q ROLLBACK
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         = answered simple",
    );
}

#[test]
fn a_run_is_told_at_its_syncs_answer() {
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | C DELETE 1 | ^witness t-1
         << 1 | 2
         >> ^commit | S
         =
         < ^commit | Z I
         << C DELETE 1 | Z I
         = answered extended | committed 1d 0u 0i",
    );
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | C DELETE 1 | ^witness t-1
         << 1 | 2
         >> ^commit | S
         < E 40001 | Z I
         << C DELETE 1 | E 40001 | Z I
         = answered extended | rolled back server",
    );
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | C DELETE 1 | ^witness t-1 u-5000
         << 1 | 2
         >> P poison | S
         < E 42601 | Z E
         << E 42501
         >> ~rollback
         < ~rollback I
         << Z I
         = answered extended | rolled back rows_per_statement",
    );
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | E 23503
         << 1 | 2 | E 23503
         >> S
         < Z E
         >> ~rollback
         < ~rollback I
         << Z I
         end
         =",
    );
}

#[test]
fn the_names_are_a_closed_set() {
    let names: Vec<_> = Rollback::names().collect();
    assert!(
        names.contains(&"rows_per_statement") && names.ends_with(&["unwitnessed", "disconnected", "server"]),
        "{names:?}"
    );
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
}

#[test]
fn a_question_that_fails_is_told() {
    script(
        &witnessed(),
        "> Q BEGIN
         >> prepare | ~empty | Q BEGIN
         < prepared | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~count
         < ^open | C DELETE 1 | Z T | E XX000 | Z E
         >> Q poison
         < E 42601 | Z E
         << E 42501 | Z E
         = answered simple | rolled back unwitnessed",
    );
}

/// A standby's own refusal is no work of ours; promoted, it is a server like any other.
#[test]
fn a_standby_is_told_by_the_server() {
    for (says, explained) in [("on", false), ("off", true)] {
        let mut stage = Stage::ready(witnessed());
        stage.upstream(&from_upstream(&format!("S in_hot_standby={says}")));
        stage.client(&from_client("Q SELECT wipe()"));
        stage.out.to_client.clear();
        stage.upstream(&[from_upstream("E 25006"), from_upstream("Z I")].concat());
        let told = String::from_utf8_lossy(&stage.out.to_client).into_owned();
        assert_eq!(told.contains("Stockade opened this transaction read-only"), explained, "{told}");
    }
}

#[test]
fn a_run_that_failed_is_left_in_front_of_another_sync() {
    script(
        &witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | S | S
         >> prepare | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^witness | H
         < prepared | ~empty I | ^begin | 1 | 2 | E 23503
         << 1 | 2 | E 23503
         >> S
         < Z E
         <<
         >> ~rollback
         < ~rollback I
         << Z I
         >> S
         < Z I
         << Z I",
    );
}
