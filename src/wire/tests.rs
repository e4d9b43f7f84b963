use super::startup::{self, First, read};
use super::*;
use bytes::BytesMut;

fn startup_bytes(pairs: &[(&str, &str)]) -> Vec<u8> {
    let parameters = pairs.iter().map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())).collect();
    startup::Startup { major: 3, minor: 0, parameters }.encode()
}

#[test]
fn a_startup_packet_survives_the_round_trip() {
    let bytes = startup_bytes(&[("user", "agent"), ("database", "shop")]);
    let Ok(Some((First::Startup(startup), used))) = read(&bytes) else { panic!("not a startup packet") };
    assert_eq!(used, bytes.len());
    assert_eq!(startup.who(), Ok(("agent", "shop")));
    assert_eq!(startup.encode(), bytes);
}

#[test]
fn a_duplicate_startup_key_is_refused() {
    assert!(read(&startup_bytes(&[("user", "a"), ("user", "postgres")])).is_err());
    assert!(read(&startup_bytes(&[("user", "a"), ("USER", "postgres")])).is_err());
}

#[test]
fn a_startup_packet_is_waited_for_byte_by_byte() {
    let bytes = startup_bytes(&[("user", "agent")]);
    for end in 0..bytes.len() {
        assert_eq!(read(&bytes[..end]), Ok(None), "{end}");
    }
    assert!(read(&bytes).is_ok_and(|r| r.is_some()));
}

#[test]
fn a_startup_message_is_told_from_other_packets() {
    let bytes = startup_bytes(&[("user", "agent")]);
    assert_eq!(startup::message(&[&bytes[..], b"behind"].concat()), Some(bytes.len()));
    assert!((0..bytes.len()).all(|end| startup::message(&bytes[..end]).is_none()));
    for other in [startup::ssl_request(), startup::cancel_request(1, &[0; 4]), [0, 0, 0, 8, 0, 2, 0, 0].to_vec()] {
        assert_eq!(startup::message(&other), None, "{other:?}");
    }
    for length in [0u32, 7, 10_001, u32::MAX] {
        let lie = [&length.to_be_bytes()[..], &[0, 3], &[0; 20_000]].concat();
        assert_eq!(startup::message(&lie), None, "{length}");
    }
}

#[test]
fn lies_about_the_startup_length_are_refused() {
    for length in [0u32, 4, 7, 10_001, u32::MAX] {
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend([0; 8]);
        assert!(read(&bytes).is_err(), "{length}");
    }
}

#[test]
fn old_protocols_are_refused() {
    assert!(read(&[0, 0, 0, 8, 0, 2, 0, 0]).is_err());
}

#[test]
fn a_header_counts_itself() {
    assert_eq!(Header::read(b"Q\0\0\0"), Ok(None));
    assert_eq!(Header::read(b"Q\0\0\0\x04"), Ok(Some(Header { tag: b'Q', body: 0 })));
    assert!(Header::read(b"Q\0\0\0\x03").is_err());
    assert!(Header::read(b"Q\xff\xff\xff\xff").is_err());
}

#[test]
fn a_query_with_bytes_behind_its_nul_is_refused() {
    assert_eq!(frontend::query(b"SELECT 1\0"), Ok(&b"SELECT 1"[..]));
    assert!(frontend::query(b"SELECT 1\0; DROP TABLE t\0").is_err());
    assert!(frontend::query(b"SELECT 1").is_err());
    assert!(frontend::query(b"").is_err());
}

#[test]
fn a_parse_must_fill_its_body() {
    assert!(frontend::Parse::read(b"n\0SELECT 1\0\0\0").is_ok());
    assert!(frontend::Parse::read(b"n\0SELECT 1\0\0\x01\0\0\0\x17").is_ok());
    assert!(frontend::Parse::read(b"n\0SELECT 1\0\0\x01").is_err());
    assert!(frontend::Parse::read(b"n\0SELECT 1\0\0\0x").is_err());
}

#[test]
fn an_error_we_make_can_be_read_back() {
    let mut out = BytesMut::new();
    make::Error::statement("42501", "no\0pe").hint("ask").encode(&mut out);
    let view = backend::ErrorView::read(&out[5..]);
    assert_eq!((view.severity, view.code, view.message), (&b"ERROR"[..], &b"42501"[..], &b"nope"[..]));
    assert_eq!(Header::read(&out).unwrap().unwrap().total(), out.len());
}

#[test]
fn command_tags_give_their_rows() {
    assert_eq!(backend::rows(b"INSERT 0 5\0"), Some(5));
    assert_eq!(backend::rows(b"SELECT 3\0"), Some(3));
    assert_eq!(backend::rows(b"CREATE TABLE\0"), None);
    assert_eq!(backend::rows(b"BEGIN\0"), None);
    assert_eq!(backend::rows(b"COPY 99999999999999999999999\0"), None);
}

#[test]
fn hidden_statements_are_whole_messages() {
    let mut out = BytesMut::new();
    make::hidden(&[make::Ours::Text("SELECT 1"), make::Ours::Text("SELECT 2")], &mut out);
    let (mut tags, mut rest) = (String::new(), &out[..]);
    while let Ok(Some(header)) = Header::read(rest) {
        tags.push(header.tag as char);
        rest = &rest[header.total()..];
    }
    assert_eq!((tags.as_str(), rest.len()), ("CCPBECCPBECCS", 0));
}
