//! Reads that are judged as one, from their first message to their last: where they may be, and where not.

use super::script::{
    Stage, agent, app_writer, from_client, from_upstream, message, quickly_witnessed, read_only, script, setup,
};
use crate::policy::{Cause, Context, EffectKind, Pattern, Preset, Rule, Suspension, Verdict};
use crate::session::Setup;

/// An agent from which a rule keeps every read.
fn kept_from_reading() -> Setup {
    let rule = Rule {
        id: "no-reads".into(),
        effects: [EffectKind::Read].into_iter().collect(),
        tables: None,
        principals: vec![Pattern::new("*")],
        verdict: Verdict::Reject,
        hint: None,
    };
    setup(agent(Preset::AppWriter).with_rules([&rule]))
}

#[test]
fn a_run_has_one_report_however_it_ends() {
    for (answers, client, report) in [
        ("1 | 2 | T | D | C SELECT 1 | Z I", "1 | 2 | T | D | C SELECT 1 | Z I", "allow rows=1"),
        ("1 | 2 | n | I | Z I", "1 | 2 | n | I | Z I", "allow"),
        ("1 | 2 | T | D | s | Z I", "1 | 2 | T | D | s | Z I", "allow"),
        (
            "1 | N n | 2 | A a | T | N n | D | C SELECT 1 | Z I",
            "1 | N n | 2 | A a | T | N n | D | C SELECT 1 | Z I",
            "allow rows=1",
        ),
        ("E 42P01 | Z I", "E 42P01 | Z I", "allow open"),
        ("1 | E 22P02 | Z I", "1 | E 22P02 | Z I", "allow open"),
        ("1 | 2 | E 57014 | Z I", "1 | 2 | E 57014 | Z I", "allow open"),
        ("1 | 2 | T | D | E 22012 | Z I", "1 | 2 | T | D | E 22012 | Z I", "allow error=22012"),
    ] {
        let lines = format!(
            "> P =SELECT 7 | B = | D P  | E | S
             >> P =SELECT 7 | B = | D P | E | S
             < {answers}
             << {client}
             * {report}
             > Q SELECT 8
             >> Q SELECT 8
             < T | C SELECT 1 | Z I
             << T | C SELECT 1 | Z I
             * allow rows=1"
        );
        for setup in [app_writer(), quickly_witnessed(), read_only()] {
            script(&setup, &lines);
        }
    }
}

#[test]
fn a_query_has_one_report_however_it_ends() {
    for (answers, report) in [
        ("T | D | C SELECT 1 | Z I", "allow rows=1"),
        ("T | N n | D | A a | C SELECT 1 | Z I", "allow rows=1"),
        ("I | Z I", "allow"),
        ("T | D | E 22012 | Z I", "allow error=22012"),
        ("E 42P01 | Z I", "allow error=42P01"),
    ] {
        let lines = format!("> Q SELECT 7\n>> Q SELECT 7\n< {answers}\n<< {answers}\n* {report}");
        script(&app_writer(), &lines);
    }
}

#[test]
fn what_the_session_leaves_unanswered_is_reported_open() {
    for said in ["P =SELECT 7 | B = | D P  | E | S", "P =SELECT 7 | B = | E | S"] {
        let got = said.replace("D P  ", "D P ");
        let lines = format!("> {said}\n>> {got}\n< 1\n<< 1\n* \nend\n* allow open");
        script(&app_writer(), &lines);
    }
    script(&app_writer(), "> Q SELECT 7\n>> Q SELECT 7\n< T | D\n<< T | D\nend\n* allow open");
}

#[test]
fn the_next_message_waits_for_the_end_of_a_read() {
    script(
        &app_writer(),
        "> P =SELECT 7 | B = | E | S | Q SELECT 8 | P =SELECT 9 | B = | E | S
         >> P =SELECT 7 | B = | E | S
         < 1 | 2 | C SELECT 1
         >> \n< Z I
         << 1 | 2 | C SELECT 1 | Z I
         >> Q SELECT 8
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         >> P =SELECT 9 | B = | E | S
         < 1 | 2 | C SELECT 1 | Z I
         << 1 | 2 | C SELECT 1 | Z I",
    );
}

#[test]
fn messages_that_need_not_wait_keep_their_place_behind_a_read() {
    script(
        &app_writer(),
        "> P =SELECT 7 | B = | E | S | S | H | S
         >> P =SELECT 7 | B = | E | S | S | H | S
         < 1 | 2 | C SELECT 1 | Z I | Z I | Z I
         << 1 | 2 | C SELECT 1 | Z I | Z I | Z I
         * allow rows=1
         > Q SELECT 7 | S | c | X
         >> Q SELECT 7 | S | c | X
         < C SELECT 1 | Z I | Z I
         << C SELECT 1 | Z I | Z I
         * allow rows=1",
    );
}

#[test]
fn a_portal_or_statement_of_another_name_is_judged_by_itself() {
    script(
        &app_writer(),
        "> P w=INSERT INTO t VALUES (1) | S
         >> P w=INSERT INTO t VALUES (1) | S
         < 1 | Z I
         << 1 | Z I
         > P =SELECT 7 | B =w | E | S
         >> ~off | P =SELECT 7 | B =w | E | S | ~on
         < ~off I | 1 | 2 | C INSERT 0 1 | Z I | ~on I
         << 1 | 2 | C INSERT 0 1 | Z I
         * allow rows=1
         audit on
         > P =SELECT 7 | B =w | E | S
         >> P =SELECT 7 | P poison | E | S
         < 1 | E 42601 | Z I
         << 1 | E 42501 | Z I
         * reject open | allow open
         > P =SELECT 7 | B = | E other | S
         >> P =SELECT 7 | B = | E other | S
         < 1 | 2 | E 34000 | Z I
         << 1 | 2 | E 34000 | Z I
         * allow error=34000",
    );
}

#[test]
fn a_name_that_stands_for_a_write_by_now_is_one() {
    script(
        &app_writer(),
        "> P =SELECT 7 | B = | E | S
         >> P =SELECT 7 | B = | E | S
         < 1 | 2 | C SELECT 1 | Z I
         << 1 | 2 | C SELECT 1 | Z I
         > B = | E | S
         >> B = | E | S
         < 2 | C SELECT 1 | Z I
         << 2 | C SELECT 1 | Z I
         > P =INSERT INTO t VALUES (1) | S
         >> P =INSERT INTO t VALUES (1) | S
         < 1 | Z I
         << 1 | Z I
         > B = | E | S
         >> ~off | B = | E | S | ~on
         < ~off I | 2 | C INSERT 0 1 | Z I | ~on I
         << 2 | C INSERT 0 1 | Z I
         > P =SELECT 8 | B = | E | S
         >> P =SELECT 8 | B = | E | S
         < E 42601 | Z I
         << E 42601 | Z I
         > B = | E | S
         >> ~off | B = | E | S | ~on
         < ~off I | E 26000 | Z I | ~on I
         << E 26000 | Z I",
    );
}

#[test]
fn a_read_that_is_refused_is_refused_in_its_place() {
    script(
        &kept_from_reading(),
        "> P =SELECT 7 | B = | E | S
         >> P poison | P poison | P poison | S
         < E 42601 | Z I
         << E 42501 | Z I
         * reject open | reject open | reject open
         > Q SELECT 7
         >> Q poison
         < E 42601 | Z I
         << E 42501 | Z I
         * reject open",
    );
}

#[test]
fn a_suspension_or_a_failing_record_counts_from_the_next_run_on() {
    let suspended = Some(Suspension { since: 0, cause: Cause::Person });
    for context in [Context { suspended, audit_failing: false }, Context { suspended: None, audit_failing: true }] {
        let mut stage = Stage::ready(app_writer());
        let say = |stage: &mut Stage, client: &[&str], upstream: &[&str]| {
            stage.client(&client.iter().flat_map(|words| from_client(words)).collect::<Vec<_>>());
            upstream.iter().for_each(|words| stage.upstream(&from_upstream(words)));
            stage.reports()
        };
        assert_eq!(
            say(&mut stage, &["P r=SELECT 7", "P w=INSERT INTO t VALUES (1)", "S"], &["1", "1", "Z I"]),
            [""; 0]
        );
        assert_eq!(say(&mut stage, &["B =r", "E", "S"], &["2", "C SELECT 1", "Z I"]), ["allow rows=1"]);
        let written = ["~off I", "2", "C INSERT 0 1", "Z I", "~on I"];
        assert_eq!(say(&mut stage, &["B =w", "E", "S"], &written), ["allow rows=1"]);
        stage.session.set_context(context);
        assert_eq!(say(&mut stage, &["B =r", "E", "S"], &["2", "C SELECT 1", "Z I"]), ["allow rows=1"]);
        assert_eq!(say(&mut stage, &["B =w", "E", "S"], &["E 42601", "Z I"]), ["reject open", "allow open"]);
        assert_eq!(stage.fault, None);
    }
}

#[test]
fn in_a_block_a_read_runs_in_a_read_only_savepoint_that_the_next_finds() {
    // One that began read-write, and one of a session whose own default is read-only, where nothing is toggled.
    let mut asked = app_writer();
    asked.client_read_only = true;
    for (setup, opens) in [(app_writer(), "open-to-read"), (asked, "savepoint")] {
        let lines = format!(
            "> Q BEGIN
             >> Q BEGIN
             < C BEGIN | Z T
             << C BEGIN | Z T
             > Q SELECT 7
             >> ^{opens} | Q SELECT 7
             < ^{opens} | C SELECT 1 | Z T
             << C SELECT 1 | Z T
             > P =SELECT 7 | B = | E | S
             >> P =SELECT 7 | B = | E | S
             < 1 | 2 | C SELECT 1 | Z T
             << 1 | 2 | C SELECT 1 | Z T
             > Q INSERT INTO t VALUES (1) | Q SELECT 7
             >> ^release | Q INSERT INTO t VALUES (1)
             < ^release | C INSERT 0 1 | Z T
             << C INSERT 0 1 | Z T
             >> ^savepoint | Q SELECT 7
             < ^savepoint | C SELECT 1 | Z T
             << C SELECT 1 | Z T"
        );
        script(&setup, &lines);
    }
}

#[test]
fn a_read_behind_a_write_in_one_run_is_not_taken_for_one_by_itself() {
    script(
        &app_writer(),
        "> P =INSERT INTO t VALUES (1) | B = | E | P =SELECT f() | B = | E | S
         >> ~off | P =INSERT INTO t VALUES (1) | B = | E | P poison | P poison | P poison | S | ~on
         < ~off I | 1 | 2 | C INSERT 0 1 | E 42601 | Z I | ~on I
         << 1 | 2 | C INSERT 0 1 | E 42501 | Z I",
    );
}

/// Values of a domain are made by its CHECK when they are bound: what was prepared so is no plain read, in this run and in
/// later ones.
#[test]
fn a_parameter_of_a_users_type_stays_one() {
    for pieces in [usize::MAX, 1] {
        let mut stage = Stage::ready(app_writer());
        let parse = message(b'P', b"\0SELECT $1\0\0\x01\0\0\x40\0");
        let run: Vec<u8> = [parse, ["B =", "E", "S"].map(from_client).concat()].concat();
        run.chunks(pieces.min(run.len())).for_each(|piece| stage.client(piece));
        assert_eq!(stage.out.to_upstream.bytes().split(), run);
        stage.upstream(&["1", "2", "C SELECT 1", "Z I"].map(from_upstream).concat());
        // Beside a write it does not run.
        stage.client(&["P w=INSERT INTO t VALUES (1)", "B =w", "E", "B =", "E", "S"].map(from_client).concat());
        stage.upstream(&["~off I", "1", "2", "C INSERT 0 1", "E 42601", "Z I", "~on I"].map(from_upstream).concat());
        assert_eq!(stage.reports(), ["allow rows=1", "reject open", "reject open", "allow rows=1"]);
        assert_eq!(stage.fault, None);
    }
}

#[test]
fn what_changes_amid_a_run_is_as_among_its_messages() {
    script(
        &app_writer(),
        "> P =SELECT 7 | B = | E | S
         >> P =SELECT 7 | B = | E | S
         < 1 | S standard_conforming_strings=off
         fault a setting that decides how statements are read changed
         << 1",
    );
    script(
        &app_writer(),
        "> P =SELECT 7 | B = | E | S
         >> P =SELECT 7 | B = | E | S
         < 1 | 2 | C SELECT 1 | S TimeZone=UTC | Z I
         << 1 | 2 | C SELECT 1 | S TimeZone=UTC | Z I
         > Q SELECT 7
         >> Q SELECT 7
         < C SELECT 1 | S standard_conforming_strings=off | Z I
         << C SELECT 1 | S standard_conforming_strings=off | Z I
         > P =SELECT '\\'; DROP TABLE t; --' | B = | E | S
         >> P =SELECT '\\'; DROP TABLE t; --' | B = | E | S
         < 1 | 2 | C SELECT 1 | S standard_conforming_strings=on | Z I
         << 1 | 2 | C SELECT 1 | S standard_conforming_strings=on | Z I
         > P =SELECT '\\'; DROP TABLE t; --' | B = | E | S
         >> P poison | B = | E | S
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn a_session_that_a_function_opened_is_closed_before_the_next_read() {
    script(
        &app_writer(),
        "> Q SELECT 7 | P =SELECT 8 | B = | E | S
         >> Q SELECT 7
         < C SELECT 1 | S default_transaction_read_only=off | Z I
         << C SELECT 1 | S default_transaction_read_only=off | Z I
         >> ~on
         < S default_transaction_read_only=on | ~on I
         >> P =SELECT 8 | B = | E | S
         < 1 | 2 | C SELECT 1 | Z I
         << 1 | 2 | C SELECT 1 | Z I",
    );
}
