//! A COMMIT of what is judged already asks nothing more.

use super::quick::hidden;
use super::script::{Stage, from_client, from_upstream, quickly_witnessed, script};
use crate::session::Output;
use std::sync::Arc;

/// A block in which one row was deleted and judged; `t+` is a table with what can be deferred.
fn judged(table: &str) -> String {
    format!(
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | C DELETE 1 | Z T | ~few {table}-1 T
         << C DELETE 1 | Z T
         "
    )
}

fn after(table: &str, steps: &str) {
    script(&quickly_witnessed(), &format!("{}{steps}", judged(table)));
}

#[test]
fn it_is_closed_and_committed_in_one_round_trip() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         * allow
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | C DELETE 1 | Z T | ~few t-1 T
         << C DELETE 1 | Z T
         * allow rows=1
         = answered simple
         > Q COMMIT
         >> ^close | Q COMMIT
         < ^close | C COMMIT | Z I
         << C COMMIT | Z I
         * allow
         = committed 1d 0u 0i
         > Q BEGIN
         >> Q BEGIN",
    );
}

#[test]
fn reads_leave_it_as_it_is() {
    after(
        "t",
        "> Q SELECT * FROM v
         >> ^savepoint | Q SELECT * FROM v
         < ^savepoint | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > P =SELECT 2 | B = | E | S
         >> P =SELECT 2 | B = | E | S
         < 1 | 2 | C SELECT 1 | Z T
         << 1 | 2 | C SELECT 1 | Z T
         > Q SHOW work_mem
         >> ^release | Q SHOW work_mem
         < ^release | C SHOW | Z T
         << C SHOW | Z T
         > D S s | S
         >> ^savepoint | D S s | S
         < ^savepoint | E 26000 | Z E
         << E 26000 | Z E
         > Q ROLLBACK
         >> Q ROLLBACK",
    );
    after(
        "t",
        "> Q SELECT 3
         >> ^savepoint | Q SELECT 3
         < ^savepoint | C SELECT 1 | Z T
         << C SELECT 1 | Z T
         > Q COMMIT
         >> ^release-and-close | Q COMMIT",
    );
}

#[test]
fn by_the_extended_protocol() {
    script(
        &quickly_witnessed(),
        "> P =BEGIN | B = | E | S
         >> ours | ~empty | P =BEGIN | B = | E | S
         < ours | ~empty I | 1 | 2 | C BEGIN | Z T
         << 1 | 2 | C BEGIN | Z T
         > P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> ^open | P =DELETE FROM t WHERE id = 1 | B = | E | ~few
         < ^open | 1 | 2 | C DELETE 1 | ^few t-1 | Z T
         << 1 | 2 | C DELETE 1 | Z T
         > P =COMMIT | B = | E | S
         >> P =COMMIT | B = | ^close | E | S
         < 1 | 2 | ^close | C COMMIT | Z I
         << 1 | 2 | C COMMIT | Z I",
    );
}

#[test]
fn what_can_be_deferred_is_asked_about() {
    after("t+", "> Q COMMIT\n>> ~quick");
}

#[test]
fn an_answer_of_the_whole_question_settles_nothing() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | C DELETE 1 | Z T | ~few t! T
         >> whole | ~count
         < whole | ~count t-1 T
         << C DELETE 1 | Z T
         > Q COMMIT
         >> ~quick",
    );
}

#[test]
fn whatever_may_change_something_since_is_asked_about() {
    for (sent, answers) in [
        ("Q SET LOCAL work_mem = '1MB'", "C SET | Z T"),
        ("Q SET CONSTRAINTS ALL DEFERRED", "C SET | Z T"),
        ("Q LISTEN x", "C LISTEN | Z T"),
        ("P s=DELETE FROM t WHERE id = 2 | S", "1 | Z T"),
    ] {
        after(
            "t",
            &format!(
                "> {sent}
                 >> {sent}
                 < {answers}
                 << {answers}
                 > Q COMMIT
                 >> ~quick"
            ),
        );
    }
}

/// What is sent before the answer that agreed is there, is not judged by it.
#[test]
fn what_came_before_the_answer_is_asked_about() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > P =DELETE FROM t WHERE id = 1 | B = | E | S | P =DELETE FROM t WHERE id = 2 | B = | E | P =COMMIT | B = | E | S
         >> ^open | P =DELETE FROM t WHERE id = 1 | B = | E | ~few
         < ^open | 1 | 2 | C DELETE 1 | ^few t-1 | Z T
         << 1 | 2 | C DELETE 1 | Z T
         >> P =DELETE FROM t WHERE id = 2 | B = | E | P =COMMIT | B = | ^quick | H",
    );
}

#[test]
fn other_ends_of_a_transaction_are_asked_about() {
    after("t", "> Q COMMIT AND CHAIN\n>> ~quick");
    after("t", "> Q PREPARE TRANSACTION 'x'\n>> Q poison");
    // Its parts are sent one by one.
    after("t", "> Q COMMIT; SELECT 1\n>> ^close | Q COMMIT");
    after("t", "> Q ROLLBACK\n>> Q ROLLBACK");
}

/// What the principal may still change may have been spent by another connection since.
#[test]
fn a_budget_that_is_spent_meanwhile_is_asked_about() {
    let setup = quickly_witnessed();
    let (account, clock) = (Arc::clone(&setup.account), setup.clock);
    let mut stage = Stage::ready(setup);
    let says = |stage: &mut Stage, words: &str| {
        let answers: Vec<u8> = words.split(" | ").flat_map(from_upstream).collect();
        stage.upstream(&answers);
    };
    stage.client(&from_client("Q BEGIN"));
    says(&mut stage, "ours | ~empty I | C BEGIN | Z T");
    stage.client(&from_client("Q DELETE FROM t WHERE id = 1"));
    says(&mut stage, "^open | C DELETE 1 | Z T | ~few t-1 T");
    account.reserve(account.budget_left(clock()).unwrap(), clock()).unwrap().settle(clock());
    stage.out = Output::default();
    stage.client(&from_client("Q COMMIT"));
    assert_eq!(hidden(stage.out.to_upstream.bytes()).unwrap().0, "~quick");
}

#[test]
fn a_closing_that_is_cancelled_is_the_commits_error() {
    after(
        "t",
        "> Q COMMIT
         >> ^close | Q COMMIT
         < E 57014
         << E 57014
         >> S
         < Z E
         << Z E
         > Q COMMIT
         >> Q COMMIT
         < C ROLLBACK | Z I
         << C ROLLBACK | Z I
         > Q DELETE FROM t WHERE id = 2
         >> ^begin | Q DELETE FROM t WHERE id = 2 | ~quick",
    );
}
