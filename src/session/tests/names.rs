//! Prepared statements and portals: what their names stand for.

use super::script::{Stage, app_writer, from_client, from_upstream, script, trusted};
use crate::session::{Event, Setup};

#[test]
fn a_named_statement_is_judged_again_each_time_it_runs() {
    script(
        &app_writer(),
        "> P ins=INSERT INTO t VALUES ($1) | S
         >> P ins=INSERT INTO t VALUES ($1) | S
         < 1 | Z I
         << 1 | Z I
         > B =ins | E | S
         >> ~off | B =ins | E | S | ~on
         < ~off I | 2 | C INSERT 0 1 | Z I | ~on I
         << 2 | C INSERT 0 1 | Z I
         * allow rows=1
         audit on
         > B =ins | E | S
         >> P poison | E | S
         < E 42601 | Z I
         << E 42501 | Z I",
    );
}

#[test]
fn sql_and_protocol_share_one_name_space() {
    script(
        &app_writer(),
        "> Q PREPARE p AS SELECT 1
         >> Q PREPARE p AS SELECT 1
         < C PREPARE | Z I
         << C PREPARE | Z I
         > B =p | E | S
         >> B =p | E | S
         < 2 | C SELECT 1 | Z I
         << 2 | C SELECT 1 | Z I
         > P Q=SELECT 2 | S | Q EXECUTE \"Q\"
         >> P Q=SELECT 2 | S
         < 1 | Z I
         << 1 | Z I
         >> Q EXECUTE \"Q\"
         < C SELECT 1 | Z I
         << C SELECT 1 | Z I
         > Q DEALLOCATE p
         >> Q DEALLOCATE p
         < C DEALLOCATE | Z I
         << C DEALLOCATE | Z I
         > Q EXECUTE p
         >> Q poison
         < E 42601 | Z I
         << E 26000 | Z I",
    );
}

#[test]
fn an_executed_name_wants_what_its_statement_wants() {
    script(
        &app_writer(),
        "> Q PREPARE p AS INSERT INTO t VALUES (1)
         >> Q PREPARE p AS INSERT INTO t VALUES (1)
         < C PREPARE | Z I
         << C PREPARE | Z I
         > Q EXECUTE p
         >> ~off | Q EXECUTE p | ~on
         < ~off I | C INSERT 0 1 | Z I | ~on I
         << C INSERT 0 1 | Z I",
    );
}

/// The name is free again: what a failed Parse would have made is not there.
#[test]
fn a_failed_parse_is_undone() {
    script(
        &app_writer(),
        "> P s=SELECT missing | S
         >> P s=SELECT missing | S
         < E 42703 | Z I
         << E 42703 | Z I
         > B =s | S
         >> P poison | S
         < E 42601 | Z I
         << E 26000 | Z I",
    );
}

#[test]
fn a_skipped_parse_is_undone_to_what_was_before() {
    script(
        &app_writer(),
        "> P =SELECT 1 | S
         >> P =SELECT 1 | S
         < 1 | Z I
         << 1 | Z I
         > P x=SELECT missing | P =INSERT INTO t VALUES (1) | S
         >> P x=SELECT missing | P =INSERT INTO t VALUES (1) | S
         < E 42703 | Z I
         << E 42703 | Z I
         > B = | E | S
         >> B = | E | S
         < 2 | C SELECT 1 | Z I
         << 2 | C SELECT 1 | Z I",
    );
}

/// The first Parse's error comes after the second one of the same name was sent: the second one stands.
#[test]
fn undoing_a_parse_leaves_a_later_one_of_the_same_name() {
    script(
        &app_writer(),
        "> P =SELECT missing | S | P =SELECT 1 | S
         >> P =SELECT missing | S
         < E 42703 | Z I
         << E 42703 | Z I
         >> P =SELECT 1 | S
         < 1 | Z I
         << 1 | Z I
         > B = | E | S
         >> B = | E | S
         < 2 | C SELECT 1 | Z I
         << 2 | C SELECT 1 | Z I",
    );
}

#[test]
fn a_skipped_close_is_undone() {
    script(
        &app_writer(),
        "> P s=SELECT 1 | S
         >> P s=SELECT 1 | S
         < 1 | Z I
         << 1 | Z I
         > P =SELECT missing | C S s | S
         >> P =SELECT missing | C S s | S
         < E 42703 | Z I
         << E 42703 | Z I
         > B =s | E | C S s | S
         >> B =s | E | C S s | S
         < 2 | C SELECT 1 | 3 | Z I
         << 2 | C SELECT 1 | 3 | Z I
         > B =s | S
         >> P poison | S
         < E 42601 | Z I
         << E 26000 | Z I",
    );
}

/// PostgreSQL keys its tables by the first 63 bytes.
#[test]
fn names_count_to_63_bytes() {
    let name = "n".repeat(63);
    script(
        &app_writer(),
        &format!(
            "> P {name}a=SELECT 1 | B {name}p={name}b | E {name}q | S
             >> P {name}a=SELECT 1 | B {name}p={name}b | E {name}q | S
             < 1 | 2 | C SELECT 1 | Z I
             << 1 | 2 | C SELECT 1 | Z I"
        ),
    );
}

#[test]
fn a_portal_runs_on_with_a_row_limit() {
    script(
        &app_writer(),
        "> Q BEGIN
         >> Q BEGIN
         < C BEGIN | Z T
         << C BEGIN | Z T
         > P =SELECT * FROM t | B p= | E p | S
         >> ^open-to-read | P =SELECT * FROM t | B p= | E p | S
         < ^open-to-read | 1 | 2 | D | s | Z T
         << 1 | 2 | D | s | Z T
         > E p | S
         >> E p | S
         < D | C SELECT 1 | Z T
         << D | C SELECT 1 | Z T",
    );
}

#[test]
fn a_cursor_is_fetched_from_as_a_portal() {
    script(
        &app_writer(),
        "> E c | S
         >> E c | S
         < E 34000 | Z I
         << E 34000 | Z I",
    );
}

/// A function can close a portal and declare a cursor of its name, which Execute would fetch from, read-write.
#[test]
fn a_function_may_put_a_cursor_in_a_portals_place() {
    for runs in [
        "> Q SELECT f()\n>> ^savepoint | Q SELECT f()",
        "> P =SELECT f() | B = | E | S\n>> ^savepoint | P =SELECT f() | B = | E | S",
    ] {
        let answers = if runs.starts_with("> Q") {
            "< ^savepoint | C SELECT 1 | Z T\n<< C SELECT 1 | Z T"
        } else {
            "< ^savepoint | 1 | 2 | C SELECT 1 | Z T\n<< 1 | 2 | C SELECT 1 | Z T"
        };
        script(
            &app_writer(),
            &format!(
                "> Q BEGIN
                 >> Q BEGIN
                 < C BEGIN | Z T
                 << C BEGIN | Z T
                 > P =INSERT INTO t VALUES (1) | B c= | S
                 >> ^open | P =INSERT INTO t VALUES (1) | B c= | S
                 < ^open | 1 | 2 | Z T
                 << 1 | 2 | Z T
                 {runs}
                 {answers}
                 > E c | S
                 >> P poison | S"
            ),
        );
    }
}

#[test]
fn trusted_clients_may_bind_what_nobody_saw() {
    script(
        &trusted(),
        "> B =nobody | S
         >> B =nobody | S
         < E 26000 | Z I
         << E 26000 | Z I",
    );
}

#[test]
fn the_record_gets_the_text_of_a_prepared_statement_where_texts_are_kept() {
    for keep_text in [true, false] {
        let mut setup = app_writer();
        setup.keep_text = keep_text;
        let mut stage = Stage::ready(setup);
        stage.client(&["P s=SELECT 7", "B =s", "E", "S"].map(from_client).concat());
        stage.upstream(&["1", "2", "C SELECT 1", "Z I"].map(from_upstream).concat());
        match &stage.out.events[..] {
            [Event::Statement(report)] => assert_eq!(report.text.as_deref(), keep_text.then_some("SELECT 7")),
            other => panic!("{other:?}"),
        }
    }
}

/// What the reports of a step say of texts: their bytes, and the texts where they are kept.
fn reported(stage: &mut Stage) -> Vec<(usize, Option<String>)> {
    let said = |event| match event {
        Event::Statement(report) => Some((report.text_bytes, report.text.map(Into::into))),
        _ => None,
    };
    stage.out.events.drain(..).filter_map(said).collect()
}

#[test]
fn a_text_has_its_bytes_in_the_report_wherever_it_runs() {
    for (setup, keep_text) in [(app_writer(), false), (trusted(), false), (app_writer(), true)] {
        for pieces in [usize::MAX, 1] {
            let mut stage = Stage::ready(Setup { keep_text, ..setup.clone() });
            let mut say = |client: &[&str], upstream: &[&str]| {
                let bytes: Vec<u8> = client.iter().flat_map(|words| from_client(words)).collect();
                bytes.chunks(pieces.min(bytes.len())).for_each(|piece| stage.client(piece));
                upstream.iter().for_each(|words| stage.upstream(&from_upstream(words)));
                assert_eq!(stage.fault, None);
                reported(&mut stage)
            };
            let shown = |bytes, text: &str| vec![(bytes, keep_text.then(|| text.to_owned()))];
            // The unnamed statement, in one run; and a named one, in two.
            let said = say(&["P =SELECT 7", "B =", "D P ", "E", "S"], &["1", "2", "T", "C SELECT 1", "Z I"]);
            assert_eq!(said, shown(8, "SELECT 7"));
            assert_eq!(say(&["P s=SELECT 1234", "S"], &["1", "Z I"]), []);
            let said = say(&["B =s", "E", "S"], &["2", "C SELECT 1", "Z I"]);
            assert_eq!(said, shown(11, "SELECT 1234"));
            let said = say(&["B c=s", "H", "E c", "S"], &["2", "C SELECT 1", "Z I"]);
            assert_eq!(said, shown(11, "SELECT 1234"));
            // What SQL prepared has the text that did so; it is not kept for it.
            let said = say(&["Q PREPARE p AS SELECT 1"], &["C PREPARE", "Z I"]);
            assert_eq!(said, shown(21, "PREPARE p AS SELECT 1"));
            assert_eq!(say(&["B =p", "E", "S"], &["2", "C SELECT 1", "Z I"]), [(21, None)]);
            // A portal that nobody bound has none.
            assert_eq!(say(&["E nobody", "S"], &["C FETCH 1", "Z I"]), [(0, None)]);
        }
    }
}
