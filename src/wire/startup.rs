//! The first packet of a connection, which has no tag.
//!
//! Rules as in PostgreSQL's `ProcessStartupPacket`
//! (<https://github.com/postgres/postgres/blob/master/src/backend/tcop/backend_startup.c>), and stricter where the
//! server is lax: a key that is given twice is refused, because the server quietly takes the last one.

use super::{Malformed, Reader};

/// The longest first packet PostgreSQL accepts (`MAX_STARTUP_PACKET_LENGTH`), in bytes.
pub const LONGEST: usize = 10_000;

const SSL_REQUEST: u32 = 0x04d2_162f;
const GSSENC_REQUEST: u32 = 0x04d2_1630;
const CANCEL_REQUEST: u32 = 0x04d2_162e;

/// The first packet of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// SSLRequest.
    Ssl,
    /// GSSENCRequest.
    GssEnc,
    /// CancelRequest.
    Cancel {
        /// The process id from BackendKeyData.
        pid: u32,
        /// The key from BackendKeyData: 4 bytes, up to 256 since protocol 3.2.
        secret: Vec<u8>,
    },
    /// StartupMessage.
    Startup(Startup),
}

/// A StartupMessage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Startup {
    /// The major version, 3.
    pub major: u16,
    /// The minor version, 0 or 2, or what a client tries out.
    pub minor: u16,
    /// The parameters in order, names unique.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Startup {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|(n, _)| n == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// The user, and the database (the user's name where none is given, as the server does).
    ///
    /// # Errors
    /// [`Malformed`] when there is no user, or either is not UTF-8: names are matched against the policy.
    pub fn who(&self) -> Result<(&str, &str), Malformed> {
        let user = self.parameter("user").filter(|u| !u.is_empty()).ok_or(Malformed("startup packet: no user"))?;
        let user = std::str::from_utf8(user).map_err(|_| Malformed("startup packet: user"))?;
        let database = self.parameter("database").filter(|d| !d.is_empty()).unwrap_or(user.as_bytes());
        let database = std::str::from_utf8(database).map_err(|_| Malformed("startup packet: database"))?;
        Ok((user, database))
    }

    /// The packet's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(128);
        body.extend_from_slice(&self.major.to_be_bytes());
        body.extend_from_slice(&self.minor.to_be_bytes());
        for (name, value) in &self.parameters {
            for text in [name, value] {
                body.extend_from_slice(text);
                body.push(0);
            }
        }
        body.push(0);
        untagged(&body)
    }
}

/// Length, then body.
fn untagged(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    let mut packet = length.to_be_bytes().to_vec();
    packet.extend_from_slice(body);
    packet
}

/// The length of the StartupMessage at the front of the bytes, if a whole one is there; nobody has looked into it.
pub fn message(bytes: &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let is_message = (8..=LONGEST).contains(&length) && bytes.len() >= length && rest.starts_with(&[0, 3]);
    is_message.then_some(length)
}

/// Reads the first packet. `None` until it is whole; otherwise the packet and the bytes it took.
///
/// # Errors
/// [`Malformed`] when its length, version, terminators or parameters are not what the protocol says.
pub fn read(bytes: &[u8]) -> Result<Option<(First, usize)>, Malformed> {
    let Some(length) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if !(8..=LONGEST).contains(&length) {
        return Err(Malformed("invalid length of startup packet"));
    }
    let Some(body) = bytes.get(4..length) else { return Ok(None) };
    let (code, rest) = body.split_first_chunk::<4>().ok_or(Malformed("startup packet"))?;
    let first = match u32::from_be_bytes(*code) {
        SSL_REQUEST if rest.is_empty() => First::Ssl,
        GSSENC_REQUEST if rest.is_empty() => First::GssEnc,
        CANCEL_REQUEST => {
            let (pid, secret) = super::backend::key_data(rest).map_err(|_| Malformed("CancelRequest"))?;
            First::Cancel { pid, secret: secret.to_vec() }
        }
        version if version >> 16 == 3 => First::Startup(parameters(version, rest)?),
        _ => return Err(Malformed("protocol version")),
    };
    Ok(Some((first, length)))
}

fn parameters(version: u32, body: &[u8]) -> Result<Startup, Malformed> {
    let mut rest = Reader(body);
    let mut startup = Startup { major: 3, minor: (version & 0xffff) as u16, parameters: Vec::new() };
    loop {
        let name = rest.cstr().ok_or(Malformed("startup packet layout"))?;
        if name.is_empty() {
            break;
        }
        let value = rest.cstr().ok_or(Malformed("startup packet layout"))?;
        if startup.parameters.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
            return Err(Malformed("startup packet: a parameter is given twice"));
        }
        startup.parameters.push((name.to_vec(), value.to_vec()));
    }
    if rest.0.is_empty() { Ok(startup) } else { Err(Malformed("startup packet layout")) }
}

/// A CancelRequest's bytes.
pub fn cancel_request(pid: u32, secret: &[u8]) -> Vec<u8> {
    let mut body = CANCEL_REQUEST.to_be_bytes().to_vec();
    body.extend_from_slice(&pid.to_be_bytes());
    body.extend_from_slice(secret);
    untagged(&body)
}

/// An SSLRequest's bytes.
pub fn ssl_request() -> Vec<u8> {
    untagged(&SSL_REQUEST.to_be_bytes())
}
