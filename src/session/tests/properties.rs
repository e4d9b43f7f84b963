//! What holds for every stream.

use super::script::{Stage, agent, describe, from_client, from_upstream, quickly_witnessed, setup, witnessed};
use crate::classify::{Classification, classify_text};
use crate::policy::{Context, Mode, Preset, Verdict, decide};
use crate::session::frontend::run::tests::ONE_BY_ONE;
use crate::session::{Event, Setup};
use crate::sql::Lexing;
use crate::wire::Header;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const CLIENT: &[&str] = &[
    "Q SELECT 1",
    "Q INSERT INTO t VALUES (1)",
    "Q DROP TABLE t",
    "Q BEGIN",
    "Q COMMIT",
    "Q ROLLBACK",
    "Q garbage",
    "Q COPY t FROM STDIN",
    "Q PREPARE p AS SELECT 1",
    "Q EXECUTE p",
    "Q DEALLOCATE ALL",
    "Q RESET ALL",
    "Q ",
    "Q SET default_transaction_read_only = on",
    "P =SELECT 1",
    "P a=DELETE FROM t WHERE id = 1",
    "P a=TRUNCATE t",
    "B =",
    "B p=a",
    "D S a",
    "D P p",
    "E",
    "E p",
    "C S a",
    "C P p",
    "S",
    "H",
    "F",
    "d rows",
    "c",
    "f no",
    "X",
];

const UPSTREAM: &[&str] = &[
    "1",
    "2",
    "3",
    "T",
    "n",
    "t",
    "D",
    "C SELECT 1",
    "C INSERT 0 1",
    "I",
    "s",
    "E 42601",
    "E 25006",
    "E! 57P01",
    "Z I",
    "Z T",
    "Z E",
    "G",
    "H",
    "d",
    "c",
    "N n",
    "A a",
    "S client_encoding=SJIS",
    "S client_encoding=UTF8",
    "V",
    "~off I",
    "~on I",
    "~on! I",
    "S standard_conforming_strings=off",
    "~savepoint T",
    "S default_transaction_read_only=on",
];

fn presets() -> impl Strategy<Value = Setup> {
    select(vec![
        (Preset::AppWriter, Mode::Enforce),
        (Preset::Migrator, Mode::Enforce),
        (Preset::ReadOnly, Mode::Enforce),
        (Preset::Trusted, Mode::Enforce),
        (Preset::AppWriter, Mode::Shadow),
    ])
    .prop_map(|(preset, mode)| setup(agent(preset).with_mode(mode)))
}

/// One step: which side speaks, and its bytes.
fn step() -> impl Strategy<Value = (bool, Vec<u8>)> {
    let words = |words: &'static [&'static str], bytes: fn(&str) -> Vec<u8>| {
        vec(select(words), 1..4).prop_map(move |said| said.into_iter().flat_map(bytes).collect::<Vec<u8>>())
    };
    prop_oneof![
        10 => words(CLIENT, from_client).prop_map(|bytes| (true, bytes)),
        10 => words(UPSTREAM, from_upstream).prop_map(|bytes| (false, bytes)),
        1 => (any::<bool>(), vec(any::<u8>(), 1..40)),
    ]
}

/// Runs that are judged as one where they are all there and nothing else is under way, and what is like them, with their
/// usual answers.
const RUNS: &[(&str, &str)] = &[
    ("P =SELECT 1 | B = | D P  | E | S", "1 | 2 | T | D | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B = | E | S", "1 | 2 | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B = | E | S | Q SELECT 1", "1 | 2 | C SELECT 1 | Z I | T | C SELECT 1 | Z I"),
    ("B = | E | S", "2 | D | D | C SELECT 2 | Z I"),
    ("B =a | D P  | E | S", "2 | T | C SELECT 1 | Z I"),
    ("B =w | E | S", "~off I | 2 | C INSERT 0 1 | Z I | ~on I"),
    ("B =p | E | S", "2 | C SELECT 1 | Z I"),
    ("P a=SELECT 1 | S", "1 | Z I"),
    ("P =INSERT INTO t VALUES (1) | S", "1 | Z I"),
    ("P w=INSERT INTO t VALUES (1) | S", "1 | Z I"),
    ("P =INSERT INTO t VALUES (1) | B = | E | S", "~off I | 1 | 2 | C INSERT 0 1 | Z I | ~on I"),
    ("P =SELECT f() | B = | E | S", "1 | 2 | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B =w | E | S", "~off I | 1 | 2 | C INSERT 0 1 | Z I | ~on I"),
    ("P =SELECT 1 | B =a | E | S", "1 | 2 | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B c= | E | S", "1 | 2 | E 34000 | Z I"),
    ("P =SELECT 1 | B = | E c | S", "1 | 2 | E 34000 | Z I"),
    ("P =SELECT 1 | B = | D S  | E | S", "1 | 2 | t | T | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B = | E", "1 | 2"),
    ("P =garbage | B = | E | S", "E 42601 | Z I"),
    ("P =DROP TABLE t | B = | E | S", "E 42601 | Z I"),
    ("Q SELECT 1", "T | D | C SELECT 1 | Z I"),
    ("Q SELECT 1", "E 22012 | Z I"),
    ("Q SELECT f()", "T | D | C SELECT 1 | Z I"),
    ("Q BEGIN", "C BEGIN | Z T"),
    ("Q COMMIT", "C COMMIT | Z I"),
    ("Q PREPARE p AS SELECT 1", "C PREPARE | Z I"),
    ("S", "Z I"),
    ("H", ""),
    ("C S a | S", "3 | Z I"),
    ("P =SELECT 1 | B = | E | S | S", "1 | 2 | s | Z I | Z I"),
    ("P =SELECT 1 | B = | E | S | P =SELECT 2 | B = | E | S", "E 42601 | Z I | 1 | 2 | C SELECT 1 | Z I"),
    ("P =SELECT 1 | B = | E | Q SELECT 1", "1 | 2 | C SELECT 1 | T | C SELECT 1 | Z T"),
    ("P a=SELECT 1 | B =a | E | S", "E 42P05 | Z I"),
    ("P =SELECT 1 | D S  | H | B = | E | S", "1 | t | T | 2 | C SELECT 1 | Z I"),
    ("B p=a | E p | S", "2 | C SELECT 1 | Z I"),
    ("B = | E | S", "E 26000 | Z I"),
    ("Q SELECT 1 | H | S | c | d x", "T | D | C SELECT 1 | Z I | Z I"),
    ("Q SELECT 1", "T | D | C SELECT 1 | S default_transaction_read_only=off | Z I | ~on I"),
    ("Q SELECT 1", "C SELECT 1 | S client_encoding=SJIS | Z I"),
    ("Q SELECT 1", "C SELECT 1 | S client_encoding=UTF8 | Z I"),
    ("Q SELECT '\\'; DROP TABLE t; --'", "T | C SELECT 1 | S standard_conforming_strings=off | Z I"),
    ("Q SELECT 1; SELECT 2", "T | C SELECT 1 | T | C SELECT 1 | Z I"),
    ("Q BEGIN; SELECT 1; COMMIT", "~off I | C BEGIN | T | C SELECT 1 | C COMMIT | Z I | ~on I"),
    ("Q DEALLOCATE a", "C DEALLOCATE | Z I"),
    ("Q DISCARD ALL", "C DISCARD ALL | Z I"),
    ("Q PREPARE a AS DELETE FROM t WHERE id = 1", "C PREPARE | Z I"),
    ("Q SET default_transaction_read_only = on", "C SET | Z I"),
    ("Q RESET ALL", "C RESET | Z I"),
    ("Q COPY t FROM STDIN | d x | c | S", "~off I | G | C COPY 1 | Z I | ~on I | Z I"),
    ("P =COPY t FROM STDIN | B = | E | d x | S | S", "~off I | 1 | 2 | G | E 22P04 | Z I | Z I | ~on I"),
    ("F", "E 42601 | Z I"),
    ("", "S in_hot_standby=on"),
    ("X", ""),
];

/// A run and its answers, with something in them or left out of them now and then.
fn run() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
    let other = (any::<prop::sample::Index>(), select(UPSTREAM));
    let odd = prop_oneof![6 => Just(None), 4 => other.prop_map(Some)];
    (select(RUNS), odd, any::<bool>()).prop_map(|((said, answered), odd, instead)| {
        let mut answers: Vec<&str> = words(answered).collect();
        if let Some((at, word)) = odd {
            let at = at.index(answers.len() + 1);
            if instead && at < answers.len() {
                answers.remove(at);
            }
            answers.insert(at, word);
        }
        (said, answers)
    })
}

fn words(all: &'static str) -> impl Iterator<Item = &'static str> {
    all.split(" | ").filter(|word| !word.is_empty())
}

/// Every kind of session that can be.
fn all_setups() -> impl Strategy<Value = Setup> {
    let witness = select(vec![quickly_witnessed(), witnessed()]);
    (prop_oneof![2 => presets(), 1 => witness], any::<bool>(), any::<bool>())
        .prop_map(|(setup, keep_text, client_read_only)| Setup { keep_text, client_read_only, ..setup })
}

/// Everything that came out: for the upstream, for the client, events, the fault.
type Played = (Vec<u8>, Vec<u8>, Vec<String>, Option<String>);

/// A report in words, with what it says of its text.
fn reported(event: &Event) -> Option<String> {
    let Event::Statement(report) = event else { return None };
    let (protocol, text, bytes) = (report.protocol, &report.text, report.text_bytes);
    Some(format!("{} {protocol:?} {text:?} {bytes} {}", describe(event)?, report.facts.redacted))
}

/// Plays steps until a fault; each is cut where `cut` says.
fn play(setup: &Setup, steps: &[(bool, Vec<u8>)], mut cut: impl FnMut(usize) -> usize) -> Played {
    let mut stage = Stage::ready(setup.clone());
    let mut played = Played::default();
    for (client, bytes) in steps {
        let mut rest = &bytes[..];
        while !rest.is_empty() && stage.fault.is_none() {
            let (piece, left) = rest.split_at(cut(rest.len()).clamp(1, rest.len()));
            if *client {
                stage.client(piece)
            } else {
                stage.answer(piece)
            }
            rest = left;
            if rest.is_empty() {
                // What waits goes on behind a step, so that the cuts do not move it between the upstream's messages.
                stage.judge_client();
            }
            played.0.extend_from_slice(&std::mem::take(stage.out.to_upstream.bytes()));
            played.1.extend_from_slice(&std::mem::take(&mut stage.out.to_client));
            played.2.extend(stage.out.events.drain(..).filter_map(|event| reported(&event)));
        }
        let session = &stage.session;
        played.2.push(format!("{:?} {:?} {}", session.status, session.modes, session.is_waiting()));
    }
    stage.session.finish(&mut stage.out);
    played.2.extend(stage.out.events.drain(..).filter_map(|event| reported(&event)));
    played.3 = stage.fault.map(|fault| fault.to_string());
    played
}

/// Whether a text that is always refused is in what the upstream got, other than as copy data, which is no text to it
/// whatever it looks like. A message may be cut short by the end.
fn passes_refused(mut to_upstream: &[u8]) -> bool {
    while let Ok(Some(header)) = Header::read(to_upstream) {
        let (message, rest) = to_upstream.split_at(header.total().min(to_upstream.len()));
        let is_data = matches!(header.tag, b'd' | b'f');
        let refused = [&b"DROP TABLE t"[..], b"TRUNCATE t", b"garbage", b"COPY t FROM STDIN"];
        if !is_data && refused.iter().any(|text| message.windows(text.len()).any(|part| part == *text)) {
            return true;
        }
        to_upstream = rest;
    }
    !to_upstream.is_empty()
}

/// Two bytes that make the statement behind them a piece of copy data of 5 MB: the server reads it as that, and so no
/// statement of it.
#[test]
fn what_a_header_swallows_is_no_statement() {
    let swallowed = [vec![b'd', 0], from_client("P a=TRUNCATE t")].concat();
    let (to_upstream, ..) = play(&setup(agent(Preset::AppWriter)), &[(true, swallowed.clone())], |all| all);
    assert_eq!(to_upstream, swallowed);
    assert!(!passes_refused(&to_upstream));
    assert!(passes_refused(&from_client("P a=TRUNCATE t")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_what_the_whole_gives(setup in presets(), steps in vec(step(), 1..12), cuts in vec(1usize..30, 1..20)) {
        let whole = play(&setup, &steps, |all| all);
        let bytes = play(&setup, &steps, |_| 1);
        let mut turns = cuts.iter().copied().cycle();
        let pieces = play(&setup, &steps, |_| turns.next().unwrap_or(1));
        prop_assert_eq!(&whole, &bytes);
        prop_assert_eq!(&whole, &pieces);
    }

    /// What is judged as one has the outcome that its messages have one by one, whatever comes before it and behind it.
    #[test]
    fn a_run_judged_as_one_is_as_message_by_message(setup in all_setups(), runs in vec(run(), 1..8), cuts in vec(1usize..40, 1..20)) {
        let step = |(said, answered): &(&'static str, Vec<&str>)| {
            let answers = answered.iter().flat_map(|words| from_upstream(words)).collect::<Vec<u8>>();
            [(true, words(said).flat_map(from_client).collect::<Vec<u8>>()), (false, answers)]
        };
        let steps: Vec<(bool, Vec<u8>)> = runs.iter().flat_map(step).collect();
        let whole = play(&setup, &steps, |all| all);
        let bytes = play(&setup, &steps, |_| 1);
        let mut turns = cuts.iter().copied().cycle();
        let pieces = play(&setup, &steps, |_| turns.next().unwrap_or(1));
        prop_assert_eq!(&whole, &bytes);
        prop_assert_eq!(&whole, &pieces);
    }

    /// What is judged as one, a Query too, is as it is where nothing is; so is where the session is behind it.
    #[test]
    fn a_read_judged_as_one_is_as_by_the_queue(setup in all_setups(), runs in vec((run(), any::<prop::sample::Index>()), 1..8)) {
        let step = |((said, answered), at): &((&'static str, Vec<&str>), prop::sample::Index)| {
            let (now, later) = answered.split_at(at.index(answered.len() + 1));
            let answers = |some: &[&str]| (false, some.iter().flat_map(|words| from_upstream(words)).collect::<Vec<u8>>());
            [(true, words(said).flat_map(from_client).collect::<Vec<u8>>()), answers(now), answers(later)]
        };
        let steps: Vec<(bool, Vec<u8>)> = runs.iter().flat_map(step).collect();
        let whole = play(&setup, &steps, |all| all);
        ONE_BY_ONE.set(true);
        let queued = play(&setup, &steps, |all| all);
        ONE_BY_ONE.set(false);
        prop_assert_eq!(&whole, &queued);
    }

    /// Whatever an enforced policy refuses, no byte of its text is ever passed on.
    #[test]
    fn a_refused_text_never_reaches_the_upstream(steps in vec(step(), 1..30)) {
        let (to_upstream, ..) = play(&setup(agent(Preset::AppWriter)), &steps, |all| all);
        prop_assert!(!passes_refused(&to_upstream));
    }

    /// Text that PostgreSQL's grammar does not accept is refused under every enforcing preset; and no text at all is
    /// without a classification unless it is empty.
    #[test]
    fn unreadable_text_is_never_allowed(text in "(SELECT|DROP|FROM|t|;|'|\\$\\$|\\(|\\)|--|/\\*| |[a-z]|\\PC){0,30}") {
        let facts = classify_text(&text, Lexing::default());
        let statements: Vec<&Classification> = facts.statements.iter().collect();
        let readable = pg_query_reads(&text);
        for preset in Preset::ALL.into_iter().filter(|&preset| preset != Preset::Trusted) {
            let decision = decide(&agent(preset), &statements, &Context::default());
            prop_assert!(readable || decision.verdict == Verdict::Reject, "{preset}: {text:?}");
        }
    }
}

fn pg_query_reads(text: &str) -> bool {
    crate::sql::read(text, Lexing::default()).is_ok()
}
