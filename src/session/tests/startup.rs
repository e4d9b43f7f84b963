//! From the startup packet to the first ReadyForQuery; parameters.

use super::script::{Stage, agent, app_writer, from_client, from_upstream, message, script, setup, trusted};
use crate::policy::Preset;
use crate::session::Event;

const OK: [u8; 4] = [0; 4];

fn sasl(mechanisms: &str) -> Vec<u8> {
    message(b'R', &[&10u32.to_be_bytes()[..], mechanisms.as_bytes(), b"\0"].concat())
}

fn response(mechanism: &str, data: &str) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    message(b'p', &[mechanism.as_bytes(), b"\0", &length, data.as_bytes()].concat())
}

#[test]
fn channel_binding_is_taken_off_the_offer_unless_it_holds_from_end_to_end() {
    let offer = sasl("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0");
    let mut stage = Stage::new(app_writer());
    stage.upstream(&offer);
    assert_eq!(stage.out.to_client[..], sasl("SCRAM-SHA-256\0"));

    let mut binding = app_writer();
    binding.binds_channel = true;
    let mut stage = Stage::new(binding);
    stage.upstream(&offer);
    assert_eq!(stage.out.to_client[..], offer);
}

/// `y` says "I could bind the channel, but you cannot": the server, which can, would see an attack in it.
#[test]
fn a_client_over_tls_that_would_look_like_a_downgrade_is_told() {
    for (tls, plus, header, faults) in [
        (true, true, "y,,", true),
        (true, true, "n,,", false),
        (false, true, "y,,", false),
        (true, false, "y,,", false),
    ] {
        let mut setup = app_writer();
        setup.client_tls = tls;
        let mut stage = Stage::new(setup);
        stage.upstream(&sasl(if plus { "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0" } else { "SCRAM-SHA-256\0" }));
        stage.client(&response("SCRAM-SHA-256", &format!("{header}n=,r=nonce")));
        assert_eq!(stage.fault.is_some(), faults, "{tls} {plus} {header}");
        assert_eq!(stage.out.to_upstream.is_empty(), faults);
    }
}

#[test]
fn each_request_is_answered_once() {
    let mut stage = Stage::new(app_writer());
    stage.upstream(&message(b'R', &3u32.to_be_bytes()));
    stage.client(&[message(b'p', b"secret\0"), from_client("Q SELECT 1")].concat());
    assert!(stage.fault.expect("a fault").to_string().contains("before authentication is done"));
}

#[test]
fn nothing_but_an_answer_may_come_during_authentication() {
    let mut stage = Stage::new(app_writer());
    stage.upstream(&message(b'R', &3u32.to_be_bytes()));
    stage.client(&from_client("Q SELECT 1"));
    assert!(stage.fault.expect("a fault").to_string().contains("expected an authentication answer"));
    let mut stage = Stage::new(app_writer());
    stage.client(&from_client("Q SELECT 1"));
    assert!(stage.fault.is_some() && stage.out.to_upstream.is_empty());
}

#[test]
fn statements_wait_for_the_first_ready() {
    let mut stage = Stage::new(app_writer());
    stage.upstream(&message(b'R', &OK));
    stage.client(&from_client("Q SELECT 1"));
    assert!(stage.fault.is_none() && stage.session.is_waiting() && stage.out.to_upstream.is_empty());
    stage.upstream(&message(b'Z', b"I"));
    assert_eq!(stage.out.to_upstream.bytes()[..], from_client("Q SELECT 1"));
}

#[test]
fn the_client_is_given_a_key_of_ours() {
    for (key, given) in [(&b"4key"[..], 4), (&[1; 32][..], 32)] {
        let mut stage = Stage::new(app_writer());
        stage.upstream(&message(b'R', &OK));
        stage.out.to_client.clear();
        stage.upstream(&message(b'K', &[&77u32.to_be_bytes()[..], key].concat()));
        assert_eq!(stage.out.to_client[..], message(b'K', &[&77u32.to_be_bytes()[..], &[7; 32][..given]].concat()));
        match &stage.out.events[..] {
            [Event::KeyData { pid: 77, key: theirs, given: ours }] => {
                assert_eq!(theirs, key);
                assert_eq!(ours, &[7; 32][..given]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_authentication_request_later_on_is_refused() {
    let mut stage = Stage::ready(app_writer());
    stage.upstream(&message(b'R', &OK));
    assert!(stage.fault.is_some());
}

#[test]
fn the_read_only_default_does_not_show() {
    script(
        &app_writer(),
        "< S default_transaction_read_only=on | S TimeZone=UTC
         << S default_transaction_read_only=off | S TimeZone=UTC",
    );
    let mut asked = app_writer();
    asked.client_read_only = true;
    script(
        &asked,
        "< S default_transaction_read_only=on
         << S default_transaction_read_only=on
         > Q INSERT INTO t VALUES (1)
         >> Q INSERT INTO t VALUES (1)
         < E 25006 | Z I
         << E 25006 | Z I",
    );
}

#[test]
fn texts_in_an_unsafe_encoding_are_refused() {
    script(
        &app_writer(),
        "< S client_encoding=SJIS
         << S client_encoding=SJIS
         > Q SELECT 1 | P =SELECT 1 | S
         >> Q poison | P poison | S
         < E 42601 | Z I | E 42601 | Z I
         << E 42501 | Z I | E 42501 | Z I
         < S client_encoding=UTF8
         << S client_encoding=UTF8
         > Q SELECT 1
         >> Q SELECT 1",
    );
    script(
        &trusted(),
        "< S client_encoding=SJIS
         << S client_encoding=SJIS
         > Q SELECT 1
         >> Q SELECT 1",
    );
}

#[test]
fn text_that_is_not_in_the_clients_encoding_is_refused() {
    let latin = message(b'Q', b"SELECT '\xe9'\0");
    for (encoding, forwards) in [("UTF8", false), ("LATIN1", true), ("EUC_JP", false), ("MULE_INTERNAL", false)] {
        let mut stage = Stage::ready(app_writer());
        stage.upstream(&from_upstream(&format!("S client_encoding={encoding}")));
        stage.client(&latin);
        assert_eq!(stage.out.to_upstream.bytes()[..] == latin[..], forwards, "{encoding}");
    }
}

/// The text behind was judged as another one than the server will read.
#[test]
fn a_change_of_lexing_under_statements_already_judged_ends_the_session() {
    for change in ["S standard_conforming_strings=off", "S client_encoding=LATIN1"] {
        let mut stage = Stage::ready(app_writer());
        stage.client(&from_client("P =SELECT 2"));
        stage.upstream(&from_upstream(change));
        assert!(stage.fault.is_some(), "{change}");
        for behind in ["Q SELECT 2", "P =SELECT 2"] {
            // What comes behind a read is judged when the read is answered.
            let mut stage = Stage::ready(app_writer());
            stage.client(&[from_client("Q SELECT * FROM v"), from_client(behind)].concat());
            assert_eq!(stage.out.to_upstream.bytes()[..], from_client("Q SELECT * FROM v")[..]);
            stage.upstream(&from_upstream(change));
            assert!(stage.fault.is_none(), "{behind} {change}");
        }
    }
    script(
        &app_writer(),
        r"> Q SELECT f()
         >> Q SELECT f()
         < S standard_conforming_strings=off | C SELECT 1 | Z I
         << S standard_conforming_strings=off | C SELECT 1 | Z I
         > Q SELECT '\''; DROP SCHEMA t; --'
         >> Q poison
         < S standard_conforming_strings=on | E 42601 | Z I
         << S standard_conforming_strings=on | E 42501 | Z I
         > Q SELECT '\''; DROP SCHEMA t; --'
         >> Q SELECT '\''; DROP SCHEMA t; --'",
    );
}

#[test]
fn a_policy_that_cannot_write_never_opens_the_session() {
    script(
        &setup(agent(Preset::ReadOnly)),
        "> Q SELECT nextval('s') | Q BEGIN | Q SELECT 1 | Q COMMIT
         >> Q poison | Q BEGIN | Q SELECT 1",
    );
}
