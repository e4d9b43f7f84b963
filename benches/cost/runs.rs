//! Runs of extended messages, and their answers.

use super::session::{done, message};
use bytes::{BufMut, BytesMut};

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
