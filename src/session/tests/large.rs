//! Messages too large to hold, and texts too long to judge.

use super::script::{Stage, agent, app_writer, from_client, from_upstream, message, setup, shadow, trusted};
use crate::policy::Preset;

/// Feeds in pieces; gives what the upstream got.
fn feed(stage: &mut Stage, bytes: &[u8]) -> Vec<u8> {
    let mut got = Vec::new();
    for piece in bytes.chunks(4096) {
        stage.client(piece);
        got.extend_from_slice(&std::mem::take(stage.out.to_upstream.bytes()));
        assert!(stage.from_client.len() <= 1024 * 1024 + 4096, "held back {}", stage.from_client.len());
    }
    assert!(stage.fault.is_none(), "{:?}", stage.fault);
    got
}

fn large_bind(statement: &str) -> Vec<u8> {
    let value = vec![b'x'; 3_000_000];
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    message(b'B', &[b"\0", statement.as_bytes(), b"\0\0\0\0\x01", &length, &value, b"\0\0"].concat())
}

#[test]
fn a_large_bind_streams_through() {
    for setup in [trusted(), app_writer()] {
        let mut stage = Stage::ready(setup);
        let all = [from_client("P s=SELECT $1"), large_bind("s"), from_client("E"), from_client("S")].concat();
        assert!(feed(&mut stage, &all) == all);
    }
}

#[test]
fn a_large_bind_of_a_write_is_bracketed() {
    let mut stage = Stage::ready(app_writer());
    let all =
        [from_client("P s=INSERT INTO t VALUES ($1)"), large_bind("s"), from_client("E"), from_client("S")].concat();
    let got = feed(&mut stage, &all);
    let at = got.windows(all.len()).position(|part| part == all).expect("the very bytes");
    assert!(at > 0 && got.len() > at + all.len());
}

#[test]
fn a_large_bind_that_is_refused_is_dropped_to_its_last_byte() {
    let mut stage = Stage::ready(app_writer());
    let got = feed(&mut stage, &[large_bind("nobody"), from_client("S"), from_client("Q SELECT 1")].concat());
    assert!(got.len() < 1000 && got.ends_with(&[from_client("S"), from_client("Q SELECT 1")].concat()));
    stage.upstream(&[from_upstream("E 42601"), from_upstream("Z I")].concat());
    assert_eq!(stage.reports(), ["reject open"]);
}

#[test]
fn a_bind_without_names_is_not_waited_for_for_ever() {
    let mut stage = Stage::ready(app_writer());
    stage.client(&message(b'B', &vec![b'x'; 100_000]));
    assert!(stage.fault.is_some());
}

#[test]
fn a_text_that_is_too_long_is_refused_before_it_is_there() {
    let policy = agent(Preset::AppWriter).with_max_statement_bytes(1000);
    for tag in [b'Q', b'P'] {
        let mut stage = Stage::ready(setup(policy.clone()));
        let long =
            message(tag, &[b"\0".repeat(usize::from(tag == b'P')), vec![b' '; 5000], b"\0\0\0".to_vec()].concat());
        stage.client(&long[..100]);
        assert!(!stage.out.to_upstream.is_empty() || tag == b'P');
        let got = feed(&mut stage, &[&long[100..], &from_client("S"), &from_client("Q SELECT 1")].concat());
        assert!(got.ends_with(&[from_client("S"), from_client("Q SELECT 1")].concat()));
        stage.upstream(&from_upstream("E 42601"));
        let told = String::from_utf8_lossy(&stage.out.to_client).into_owned();
        assert!(told.contains("wall:statement-too-long"), "{told}");
    }
}

#[test]
fn a_long_function_call_is_not_kept() {
    let long = message(b'F', &vec![0; 20_000_000]);
    let mut stage = Stage::ready(app_writer());
    let got = feed(&mut stage, &[&long[..], &from_client("Q SELECT 1")].concat());
    assert!(got.len() < 1000 && stage.from_client.len() < 100);
    stage.upstream(&["E 42601", "Z I"].map(from_upstream).concat());
    assert_eq!(stage.reports(), ["reject open"]);
    for setup in [trusted(), shadow()] {
        let mut stage = Stage::ready(setup);
        stage.client(&long[..100_000]);
        assert!(stage.from_client.is_empty());
        assert!([&stage.out.to_upstream.bytes().split()[..], &feed(&mut stage, &long[100_000..])].concat() == long);
        stage.upstream(&["V", "Z I"].map(from_upstream).concat());
        assert_eq!(stage.reports().len(), 1);
        assert_eq!(stage.fault, None);
    }
}

#[test]
fn a_text_nobody_can_refuse_streams_through() {
    let query = message(b'Q', &[b"SELECT '".to_vec(), vec![b'x'; 20_000_000], b"'\0".to_vec()].concat());
    let parse = message(b'P', &[b"s\0SELECT '".to_vec(), vec![b'x'; 20_000_000], b"'\0\0\0".to_vec()].concat());
    for setup in [trusted(), shadow()] {
        let mut stage = Stage::ready(setup);
        assert!(feed(&mut stage, &query) == query);
        stage.upstream(&[from_upstream("C SELECT 1"), from_upstream("Z I")].concat());
        assert_eq!(stage.reports().len(), 1);
        let all = [parse.clone(), from_client("B =s"), from_client("E"), from_client("S")].concat();
        assert!(feed(&mut stage, &all) == all);
    }
}

#[test]
fn a_huge_row_and_a_huge_error_pass() {
    let mut stage = Stage::ready(app_writer());
    stage.client(&from_client("Q SELECT 1"));
    stage.out.to_upstream.bytes().clear();
    let huge =
        [message(b'D', &vec![1; 3_000_000]), message(b'E', &vec![b'M'; 2_000_000]), from_upstream("Z I")].concat();
    let mut got = Vec::new();
    for piece in huge.chunks(5000) {
        stage.upstream(piece);
        got.extend_from_slice(&std::mem::take(&mut stage.out.to_client));
        assert!(stage.from_upstream.len() < 5000);
    }
    assert!(got == huge && stage.fault.is_none());
    assert_eq!(stage.reports(), ["allow error=unknown"]);
}

#[test]
fn a_huge_error_loses_no_report() {
    let mut stage = Stage::ready(trusted());
    stage.client(&["P =SELECT 1", "B =", "E", "E", "S"].map(from_client).concat());
    stage.upstream(&[from_upstream("1"), from_upstream("2"), message(b'E', &vec![b'M'; 2_000_000])].concat());
    assert_eq!(stage.reports(), ["allow open", "allow error=unknown"]);
}

#[test]
fn copy_data_streams_in_runs() {
    let mut stage = Stage::ready(trusted());
    stage.client(&from_client("Q COPY t FROM STDIN"));
    stage.out.to_upstream.bytes().clear();
    stage.upstream(&from_upstream("G"));
    let data = [message(b'd', &vec![b'x'; 500_000]).repeat(3), from_client("c")].concat();
    assert!(feed(&mut stage, &data) == data);
}

#[test]
fn a_pipeline_behind_a_slow_statement_waits_in_the_socket() {
    const PAIRS: usize = 20_000;
    let pair = [from_client("B ="), from_client("E")].concat();
    let answers = [from_upstream("2"), from_upstream("C SELECT 1")].concat();
    for setup in [trusted(), app_writer()] {
        let mut stage = Stage::ready(setup);
        stage.client(&[from_client("P =SELECT 1"), pair.repeat(PAIRS), from_client("S")].concat());
        let first = stage.out.to_upstream.bytes().split().len();
        assert!(first > 0 && first < pair.len() * 5000, "{first}");
        assert!(stage.session.is_waiting() && stage.fault.is_none());
        stage.upstream(&from_upstream("1"));
        // As the server gives them out: in pieces, whatever comes behind.
        let mut sent = first;
        for _ in 0..PAIRS / 500 {
            stage.upstream(&answers.repeat(500));
            sent += stage.out.to_upstream.bytes().split().len();
            stage.out.to_client.clear();
        }
        stage.upstream(&from_upstream("Z I"));
        assert_eq!(sent, from_client("P =SELECT 1").len() + PAIRS * pair.len() + from_client("S").len());
        assert!(!stage.session.is_waiting() && stage.from_client.is_empty() && !stage.session.awaits_upstream());
        assert_eq!(stage.reports().len(), PAIRS);
    }
}

#[test]
fn a_flood_of_ends_of_copies_holds_nothing_up() {
    let mut stage = Stage::ready(app_writer());
    stage.client(&[from_client("Q SELECT 1"), from_client("c").repeat(10_000)].concat());
    stage.upstream(&[from_upstream("C SELECT 1"), from_upstream("Z I")].concat());
    stage.client(&from_client("Q SELECT 2"));
    assert!(stage.fault.is_none() && stage.from_client.is_empty());
    assert!(stage.out.to_upstream.bytes().ends_with(&from_client("Q SELECT 2")));
}
