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
