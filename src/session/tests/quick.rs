//! Most transactions are witnessed by a quick question; where it does not tell enough the whole one comes behind it.
//!
//! In the transcripts, behind what [`script`](super::script) knows:
//!
//! | words | meaning |
//! |---|---|
//! | `ours`, `whole` | what is prepared for every session; the whole question, when it is needed first |
//! | `~quick`, `^quick` | the quick question in front of a commit, by a group of its own or in a run |
//! | `~few`, `^few` | the same within a block |
//! | `< ~quick t-3 T` | its answer: 3 rows deleted in t, of many; `t+` has a constraint that can be deferred, `t!` is a lock that is no row's, `f!` a forged name |
//! | `< ours`, `< whole` | the answers to what is prepared |

use super::script::{message, quickly_witnessed, script};
use crate::session::watch::ours::{COUNT, DEFERRED, FLUSH, QUICK, WITNESS};
use crate::session::watch::{Asked, Point};
use crate::wire::make;
use crate::witness;
use bytes::BytesMut;

/// What is prepared, and the quick question's groups, at the start of `bytes`: the word and the length.
pub(super) fn hidden(bytes: &[u8]) -> Option<(&'static str, usize)> {
    let mut ours = BytesMut::new();
    make::prepare(FLUSH, witness::FLUSH, &mut ours);
    make::prepare(DEFERRED, witness::DEFERRED, &mut ours);
    make::prepare(QUICK, &witness::QUICK, &mut ours);
    make::prepare(COUNT, &witness::COUNT, &mut ours);
    let mut whole = BytesMut::new();
    make::prepare(WITNESS, witness::QUESTION, &mut whole);
    let group = |point: Point, synced: bool| {
        let mut bytes = BytesMut::new();
        let statements = point.statements(Asked::Quick);
        if synced {
            make::hidden(statements, &mut bytes);
        } else {
            make::inline(statements, &mut bytes);
        }
        bytes
    };
    [
        ("ours", ours),
        ("whole", whole),
        ("~quick", group(Point::Own, true)),
        ("~few", group(Point::Block, true)),
        ("^quick", group(Point::Own, false)),
        ("^few", group(Point::Block, false)),
    ]
    .into_iter()
    .find_map(|(word, group)| bytes.starts_with(&group).then_some((word, group.len())))
}

/// The answers to them.
pub(super) fn says(word: &str, rest: &str) -> Option<Vec<u8>> {
    let all = |tags: &[u8]| tags.iter().flat_map(|&tag| message(tag, b"")).collect::<Vec<_>>();
    let (relations, status) = match word {
        "ours" => return Some(all(b"31313131")),
        "whole" => return Some(all(b"31")),
        "~quick" | "~few" => rest.rsplit_once(' ').unwrap_or(("", rest)),
        "^quick" | "^few" => (rest, ""),
        _ => return None,
    };
    let mut forged = Vec::new();
    let mut rows = row("virtualxid - ExclusiveLock - - f - - - - on 150020 on - f -");
    for (at, relation) in relations.split_whitespace().enumerate() {
        let oid = 20_000 + at;
        match relation.split_once('-') {
            None if relation == "f!" => forged = row("_stockade_quick"),
            None => rows.extend(row(&format!(
                "relation {oid} AccessExclusiveLock {relation} base/5/{oid} f 0 0 0 - - - - - - f"
            ))),
            Some((name, deleted)) => {
                let (name, defers) = name.strip_suffix('+').map_or((name, 'f'), |name| (name, 't'));
                rows.extend(row(&format!(
                    "relation {oid} RowExclusiveLock {name} base/5/{oid} f 0 0 {deleted} 1000000 - - - - - {defers}"
                )));
            }
        }
    }
    let done = || message(b'C', b"SELECT 1\0");
    let forward = if word.ends_with("quick") { [all(b"2"), done(), all(b"3")].concat() } else { Vec::new() };
    let first = [forward, all(b"12"), forged, done(), all(b"33")].concat();
    let end = if word.starts_with('~') { message(b'Z', status.as_bytes()) } else { Vec::new() };
    Some([all(b"33"), first, all(b"2"), rows, done(), all(b"3"), end].concat())
}

/// A DataRow; `-` is null.
fn row(values: &str) -> Vec<u8> {
    let mut body = u16::try_from(values.split(' ').count()).unwrap().to_be_bytes().to_vec();
    for value in values.split(' ') {
        let length = if value == "-" { -1 } else { i32::try_from(value.len()).unwrap() };
        body.extend(length.to_be_bytes());
        body.extend(value.bytes().filter(|_| length >= 0));
    }
    message(b'D', &body)
}

#[test]
fn a_query_is_witnessed_quickly() {
    script(
        &quickly_witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> ours | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~quick
         < ours | ~empty I | ^begin | C DELETE 1 | Z T
         <<
         < ~quick t-1 T
         >> ~commit
         < C COMMIT | Z I
         << C DELETE 1 | Z I
         * allow rows=1
         = answered simple | committed 1d 0u 0i",
    );
}

#[test]
fn the_whole_question_comes_behind_it() {
    for (lacks, whole, end, client, report) in [
        ("t!", "t-1", "~commit", "C DELETE 1 | Z I", "* allow rows=1"),
        ("t-600000", "t-1", "~commit", "C DELETE 1 | Z I", "* allow rows=1"),
        ("t-1 u-5000", "t-1 u-5000", "~rollback", "E 42501 | Z I", "* reject rows=1 error=42501"),
    ] {
        script(
            &quickly_witnessed(),
            &format!(
                "> Q DELETE FROM t WHERE id = 1
                 >> ours | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~quick
                 < ours | ~empty I | ^begin | C DELETE 1 | Z T | ~quick {lacks} T
                 <<
                 >> whole | ~witness
                 < whole | ~witness {whole} T
                 >> {end}
                 < {end} I
                 << {client}
                 {report}
                 > Q DELETE FROM t WHERE id = 2
                 >> ^begin | Q DELETE FROM t WHERE id = 2 | ~quick
                 < ^begin | C DELETE 1 | Z T | ~quick t! T
                 >> ~witness
                 < ~witness t-1 T | ~commit I
                 >> ~commit
                 << C DELETE 1 | Z I"
            ),
        );
    }
}

#[test]
fn an_answer_that_may_be_forged_counts_for_nothing() {
    script(
        &quickly_witnessed(),
        "> Q DELETE FROM t WHERE id = 1
         >> ours | ~empty | ^begin | Q DELETE FROM t WHERE id = 1 | ~quick
         < ours | ~empty I | ^begin | C DELETE 1 | Z T | ~quick f! T
         >> ~rollback
         < ~rollback I
         << E 42501 | Z I
         * allow rows=1 error=42501
         > Q DELETE FROM t WHERE id = 2
         >> ours | whole | ~empty | ^begin | Q DELETE FROM t WHERE id = 2 | ~quick
         < ours | whole | ~empty I | ^begin | C DELETE 1 | Z T | ~quick t-1 T | ~commit I
         >> ~commit
         << C DELETE 1 | Z I",
    );
}

#[test]
fn within_a_block() {
    let begin = "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > Q DELETE FROM t WHERE id = 1
         >> ^open | Q DELETE FROM t WHERE id = 1 | ~few
         < ^open | C DELETE 1 | Z T";
    script(
        &quickly_witnessed(),
        &format!(
            "{begin} | ~few t+-1 T
             << C DELETE 1 | Z T
             > Q COMMIT
             >> ~quick
             < ~quick t+-1 T
             >> Q COMMIT
             < C COMMIT | Z I
             << C COMMIT | Z I"
        ),
    );
    script(
        &quickly_witnessed(),
        &format!(
            "{begin} | ~few t! T
             <<
             >> whole | ~count
             < whole | ~count t-1 T
             << C DELETE 1 | Z T
             > Q COMMIT
             >> ~quick
             < ~quick t! T
             >> ~witness
             < ~witness t-1 u-5000 T
             >> ~rollback
             < ~rollback I
             << E 42501 | Z I"
        ),
    );
    script(
        &quickly_witnessed(),
        &format!(
            "{begin} | ~few t-1 u-5000 T
             >> whole | ~count
             < whole | ~count t-1 u-5000 T
             <<
             >> Q poison
             < E 42601 | Z E
             << E 42501 | Z E
             > Q ROLLBACK
             >> Q ROLLBACK
             < C ROLLBACK | Z I
             << C ROLLBACK | Z I"
        ),
    );
}

#[test]
fn a_run_asks_again_before_its_sync() {
    let run = "> P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> ours | ~empty | ^begin | P =DELETE FROM t WHERE id = 1 | B = | E | ^quick | H
         < ours | ~empty I | ^begin | 1 | 2 | C DELETE 1";
    script(
        &quickly_witnessed(),
        &format!(
            "{run} | ^quick t-1
             << 1 | 2
             >> ^commit | S
             < ^commit | Z I
             << C DELETE 1 | Z I
             * allow rows=1
             = answered extended | committed 1d 0u 0i"
        ),
    );
    script(
        &quickly_witnessed(),
        &format!(
            "{run} | ^quick t-1 u-5000
             << 1 | 2
             >> whole | ^witness | H
             < whole | ^witness t-1 u-5000
             >> P poison | S
             < E 42601 | Z E
             << E 42501
             >> ~rollback
             < ~rollback I
             << Z I
             * reject rows=1 error=42501"
        ),
    );
}

#[test]
fn a_flush_and_a_sync_in_a_block_ask_again() {
    script(
        &quickly_witnessed(),
        "> P =DELETE FROM t WHERE id = 1 | B = | E | H
         >> ours | ~off | P =DELETE FROM t WHERE id = 1 | B = | E | ^few | H
         < ours | ~off I | 1 | 2 | C DELETE 1 | ^few t!
         << 1 | 2
         >> whole | ^count | H
         > S
         >>
         < whole | ^count t-1
         << C DELETE 1
         >> ^block | ^quick | H
         < ^block | ^quick t-1
         >> ^commit | S
         < ^commit | Z I
         << Z I
         >> ~on
         < ~on I",
    );
    script(
        &quickly_witnessed(),
        "> P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | S
         >> ours | ~off | P =BEGIN | B = | E | P =DELETE FROM t WHERE id = 1 | B = | E | ~few
         < ours | ~off I | 1 | 2 | C BEGIN | 1 | 2 | C DELETE 1
         << 1 | 2 | C BEGIN | 1 | 2
         < ^few t! | Z T
         <<
         >> whole | ~count
         < whole | ~count t-1 T
         << C DELETE 1 | Z T
         > P =DELETE FROM u WHERE id = 1 | B = | E | S | Q SELECT 1
         >> P =DELETE FROM u WHERE id = 1 | B = | E | ~few
         < 1 | 2 | C DELETE 1 | ^few t-1 u-5000 | Z T
         << 1 | 2
         >> ~count
         < ~count t-1 u-5000 T
         >> Q poison
         < E 42601 | Z E
         << E 42501 | Z E
         >> Q SELECT 1
         < E 25P02 | Z E
         << E 25P02 | Z E",
    );
}

#[test]
fn what_no_quick_answer_can_tell_is_asked_about_at_once() {
    script(
        &quickly_witnessed(),
        "> Q CREATE TABLE t (id int)
         >> ours | ~empty | ^begin | Q CREATE TABLE t (id int) | whole | ~witness
         < ours | ~empty I | ^begin | C CREATE TABLE | Z T | whole | ~witness T
         >> ~commit
         < ~commit I
         << C CREATE TABLE | Z I",
    );
}

/// What a question in a block answered is its own Sync's, and moves nothing: the commit is held against all of it.
#[test]
fn a_sync_by_itself_takes_no_answer_of_another() {
    let mut steps = String::from(
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T",
    );
    for run in 1..=11 {
        steps.push_str(&format!(
            "
             > P =DELETE FROM t WHERE id = {run} | B = | E | S
             >> {opens}P =DELETE FROM t WHERE id = {run} | B = | E | ~few
             < {opens}1 | 2 | C DELETE 900 | ^few t+-{deleted}
             > S
             < Z T
             >> S
             < Z T
             << 1 | 2 | C DELETE 900 | Z T | Z T",
            opens = if run == 1 { "^open | " } else { "" },
            deleted = run * 900
        ));
    }
    steps.push_str(
        "
         > Q COMMIT
         >> ~quick
         < ~quick t-10800 T
         >> whole | ~witness
         < whole | ~witness t-10800 T
         >> ~rollback
         < ~rollback I
         << E 42501 | Z I",
    );
    script(&quickly_witnessed(), &steps);
}

/// Where the whole one is asked behind a Sync, the next waits for it too: its answer would come in front.
#[test]
fn a_sync_by_itself_waits_for_the_whole_question() {
    script(
        &quickly_witnessed(),
        "> Q BEGIN
         >> ours | ~empty | Q BEGIN
         < ours | ~empty I | C BEGIN | Z T
         << C BEGIN | Z T
         > P =DELETE FROM t WHERE id = 1 | B = | E | S | S
         >> ^open | P =DELETE FROM t WHERE id = 1 | B = | E | ~few
         < ^open | 1 | 2 | C DELETE 1 | ^few t-1 u-5000 | Z T
         << 1 | 2
         >> whole | ~count
         < whole | ~count t-1 u-5000 T
         >> Q poison | S
         < E 42601 | Z E | Z E
         << E 42501 | Z E | Z E",
    );
}

#[test]
fn a_run_of_rows_alone_is_opened_inside() {
    let write = "P =DELETE FROM t WHERE id = 1 | B = | E";
    // Behind the first the counters are empty.
    script(
        &quickly_witnessed(),
        &format!(
            "> {write} | {write} | S
             >> ours | ~empty | ^begin | {write} | {write} | ^quick | H
             < ours | ~empty I | ^begin | 1 | 2 | C DELETE 1 | 1 | 2 | C DELETE 1 | ^quick t-2
             << 1 | 2
             >> ^commit | S
             < ^commit | Z I
             << C DELETE 1 | 1 | 2 | C DELETE 1 | Z I
             * allow rows=1 | allow rows=1
             = answered extended | committed 2d 0u 0i
             > {write} | S
             >> ^begin | {write} | ^quick | H
             < ^begin | 1 | 2 | C DELETE 1 | ^quick t-1
             << 1 | 2
             >> ^commit | S
             < ^commit | Z I
             << C DELETE 1 | Z I
             * allow rows=1
             = answered extended | committed 1d 0u 0i"
        ),
    );
}

#[test]
fn a_run_of_more_than_rows_is_opened_by_the_default() {
    for other in ["SET LOCAL work_mem = '1MB'", "EXPLAIN SELECT 1", "SHOW work_mem"] {
        let run = format!("P =DELETE FROM t WHERE id = 1 | B = | E | P x={other} | B =x | E");
        script(&quickly_witnessed(), &format!("> {run} | S\n>> ours | ~off | {run} | ^block | ^quick | H"));
    }
}
