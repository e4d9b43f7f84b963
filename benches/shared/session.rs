//! A session to measure, and messages for it.

use bytes::{BufMut, BytesMut};
use std::sync::Arc;
use std::time::{Duration, Instant};
use stockade::policy::{Account, Anchor, Kind, Policy, Preset};
use stockade::session::cache::FactCache;
use stockade::session::{Output, Session, Setup};

/// Appends a message.
pub fn message(tag: u8, body: &[u8], out: &mut BytesMut) {
    out.put_u8(tag);
    out.put_u32(u32::try_from(body.len() + 4).expect("short"));
    out.put_slice(body);
}

/// A Query message.
pub fn query(text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    message(b'Q', &[text.as_bytes(), b"\0"].concat(), &mut bytes);
    bytes
}

/// Parse of the unnamed statement, Bind, Describe of its portal, Execute and Sync, as drivers send a text.
pub fn extended(text: &str) -> BytesMut {
    let mut bytes = parse("", text);
    message(b'B', b"\0\0\0\0\0\x01\0\0\0\x041000\0\0", &mut bytes);
    message(b'D', b"P\0", &mut bytes);
    message(b'E', b"\0\0\0\0\0", &mut bytes);
    message(b'S', b"", &mut bytes);
    bytes
}

/// A Parse message.
pub fn parse(name: &str, text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    message(b'P', &[name.as_bytes(), b"\0", text.as_bytes(), b"\0\0\0"].concat(), &mut bytes);
    bytes
}

/// Bind of a named statement, Execute and Sync, as drivers run what they prepared.
pub fn prepared(name: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    message(b'B', &[b"\0", name.as_bytes(), b"\0\0\0\0\x01\0\0\0\x041000\0\0"].concat(), &mut bytes);
    message(b'E', b"\0\0\0\0\0", &mut bytes);
    message(b'S', b"", &mut bytes);
    bytes
}

/// An answer to each message of a run: ParseComplete where it parses, and RowDescription where it asks for one.
pub fn run_answer(parses: bool) -> BytesMut {
    let mut bytes = BytesMut::new();
    if parses {
        message(b'1', b"", &mut bytes);
    }
    message(b'2', b"", &mut bytes);
    if parses {
        message(b'T', b"\0\x01abalance\0\0\0\0\0\0\0\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0", &mut bytes);
    }
    message(b'D', b"\0\x01\0\0\0\x010", &mut bytes);
    bytes.put_slice(&done());
    bytes
}

/// The end of an answer.
pub fn done() -> BytesMut {
    let mut bytes = BytesMut::new();
    message(b'C', b"SELECT 1\0", &mut bytes);
    message(b'Z', b"I", &mut bytes);
    bytes
}

/// An answer of a megabyte, in rows of this size.
pub fn answer(row: usize) -> BytesMut {
    let mut bytes = BytesMut::new();
    while bytes.len() < 1_000_000 {
        message(b'D', &vec![b'x'; row], &mut bytes);
    }
    bytes.put_slice(&done());
    bytes
}

/// A session that is authenticated and idle.
pub fn session(preset: Preset, cache: &Arc<FactCache>) -> Session {
    let policy = Policy::new("bench", Kind::Agent, preset);
    let anchor = Anchor { instant: Instant::now(), unix: Duration::ZERO };
    let mut session = Session::new(Setup {
        account: Arc::new(Account::new(&policy, anchor)),
        policy: Arc::new(policy),
        cache: Arc::clone(cache),
        secret: [0; 32],
        clock: Instant::now,
        client_tls: false,
        binds_channel: false,
        keep_text: false,
        client_read_only: false,
        replication: false,
    });
    let mut start = BytesMut::new();
    message(b'R', &[0; 4], &mut start);
    message(b'Z', b"I", &mut start);
    session.backend(&mut start, &mut Output::default()).expect("a start");
    session
}

/// A query and its answer, whole.
pub fn exchange(session: &mut Session, out: &mut Output, query: &BytesMut, answer: &BytesMut) {
    session.frontend(&mut query.clone(), out).expect("a query");
    out.to_upstream.bytes().clear();
    session.backend(&mut answer.clone(), out).expect("an answer");
    out.to_client.clear();
    out.events.clear();
}
