//! PostgreSQL's frontend/backend protocol as pure bytes: headers, the startup packet, views of the message bodies a
//! firewall reads, and the messages it makes itself. No sockets, no state, no allocation on the way of a row.
//!
//! The protocol: <https://www.postgresql.org/docs/current/protocol-message-formats.html>.

use std::ffi::CStr;

pub mod backend;
pub mod frontend;
pub mod make;
pub mod startup;

#[cfg(test)]
mod tests;

/// Bytes of a message header: one for the tag, four for the length.
pub const HEADER_BYTES: usize = 5;

/// The longest message PostgreSQL itself accepts (`PQ_LARGE_MESSAGE_LIMIT`, which is `MaxAllocSize - 1`), in bytes of
/// the length field. <https://github.com/postgres/postgres/blob/master/src/include/libpq/libpq.h>
pub const LARGE_MESSAGE_BYTES: usize = 0x3fff_fffe;

/// The longest message of the kinds that carry no user data (`PQ_SMALL_MESSAGE_LIMIT`).
pub const SMALL_MESSAGE_BYTES: usize = 10_000;

/// A message's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The tag byte. What it means depends on the direction.
    pub tag: u8,
    /// The body's length in bytes, without tag and length field.
    pub body: usize,
}

impl Header {
    /// The header at the start of `bytes`; `None` until five bytes are there.
    ///
    /// # Errors
    /// [`Malformed`] when the length field does not even count itself.
    #[inline]
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let Some(&[tag, a, b, c, d]) = bytes.first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        match length.checked_sub(4) {
            Some(body) if length <= i32::MAX as usize => Ok(Some(Self { tag, body })),
            _ => Err(Malformed("message length")),
        }
    }

    /// The whole message's length in bytes, tag and length field included.
    #[inline]
    pub fn total(self) -> usize {
        HEADER_BYTES + self.body
    }
}

/// A message that is not what the protocol says it should be; names the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed {0}")]
pub struct Malformed(pub &'static str);

/// Reads a body from front to back; every read is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The bytes up to the next NUL, which is consumed.
    pub(crate) fn cstr(&mut self) -> Option<&'a [u8]> {
        // Word by word.
        let text = CStr::from_bytes_until_nul(self.0).ok()?.to_bytes();
        self.0 = self.0.get(text.len() + 1..)?;
        Some(text)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn i32(&mut self) -> Option<i32> {
        let (bytes, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(i32::from_be_bytes(*bytes))
    }
}
