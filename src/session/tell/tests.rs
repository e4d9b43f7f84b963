//! What a client was told last.

use super::Parameters;
use bytes::BytesMut;

fn released(parameters: &mut Parameters) -> Vec<u8> {
    let mut out = BytesMut::new();
    parameters.release(&mut out);
    out.to_vec()
}

#[test]
fn the_last_word_on_a_parameter_counts() {
    let mut parameters = Parameters::default();
    for body in [&b"a\x001\0"[..], b"ab\x001\0", b"a\x002\0"] {
        parameters.tell(body);
    }
    parameters.tell_later(b"a\x002\0");
    parameters.tell_later(b"ab\x001\0");
    assert!(released(&mut parameters).is_empty(), "it was told that");
    parameters.tell_later(b"a\x001\0");
    assert_eq!(released(&mut parameters), b"S\0\0\0\x08a\x001\0", "what it was told before is long gone");
    parameters.tell_later(b"a\x001\0");
    assert!(released(&mut parameters).is_empty());
}

#[test]
fn what_is_told_again_and_again_takes_no_more_room() {
    let mut parameters = Parameters::default();
    parameters.tell(b"other\0stays\0");
    for number in 0..10_000u32 {
        parameters.tell(format!("a\0{number}\0").as_bytes());
    }
    assert!(parameters.told.len() <= super::USUALLY_TOLD, "{}", parameters.told.len());
    parameters.tell_later(b"a\x009999\0");
    parameters.tell_later(b"other\0stays\0");
    assert!(released(&mut parameters).is_empty());
    parameters.tell_later(b"a\x009998\0");
    assert!(!released(&mut parameters).is_empty());
}
