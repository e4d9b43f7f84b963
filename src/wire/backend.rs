//! What PostgreSQL sends: views of the few bodies that are read.

use super::{Malformed, Reader};

/// The transaction status of ReadyForQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `I`: no transaction block.
    Idle,
    /// `T`: in a transaction block.
    InTransaction,
    /// `E`: in a failed transaction block.
    Failed,
}

impl Status {
    /// As a ReadyForQuery body.
    pub const fn as_body(self) -> &'static [u8] {
        match self {
            Self::Idle => b"I",
            Self::InTransaction => b"T",
            Self::Failed => b"E",
        }
    }
}

/// Reads a ReadyForQuery body.
///
/// # Errors
/// [`Malformed`] for anything but one of the three letters.
#[inline]
pub fn ready(body: &[u8]) -> Result<Status, Malformed> {
    match body {
        b"I" => Ok(Status::Idle),
        b"T" => Ok(Status::InTransaction),
        b"E" => Ok(Status::Failed),
        _ => Err(Malformed("ReadyForQuery message")),
    }
}

/// The fields of an ErrorResponse that decide what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErrorView<'a> {
    /// Field `V`: the severity, never localized (PostgreSQL 9.6 and later); `S` where there is no `V`.
    pub severity: &'a [u8],
    /// Field `C`: the SQLSTATE.
    pub code: &'a [u8],
    /// Field `M`: the message.
    pub message: &'a [u8],
    /// Field `W`: what was running, the innermost first.
    pub context: &'a [u8],
    /// It has a field `D` or `H`.
    pub has_advice: bool,
}

impl<'a> ErrorView<'a> {
    /// Reads what is there of an ErrorResponse; missing fields stay empty.
    pub fn read(body: &'a [u8]) -> Self {
        let (mut rest, mut view, mut shown) = (Reader(body), Self::default(), &[][..]);
        while let Some(field) = rest.u8().filter(|&f| f != 0) {
            let Some(value) = rest.cstr() else { break };
            match field {
                b'S' => shown = value,
                b'V' => view.severity = value,
                b'C' => view.code = value,
                b'M' => view.message = value,
                b'W' => view.context = value,
                b'D' | b'H' => view.has_advice = true,
                _ => {}
            }
        }
        if view.severity.is_empty() {
            view.severity = shown;
        }
        view
    }

    /// Whether the server closes the connection behind it.
    pub fn is_fatal(&self) -> bool {
        matches!(self.severity, b"FATAL" | b"PANIC")
    }
}

/// The name and value of a ParameterStatus.
///
/// # Errors
/// [`Malformed`] when the two strings do not fill the body.
pub fn parameter(body: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut rest = Reader(body);
    match (rest.cstr(), rest.cstr(), rest.0.is_empty()) {
        (Some(name), Some(value), true) => Ok((name, value)),
        _ => Err(Malformed("ParameterStatus message")),
    }
}

/// The process id and cancel key of a BackendKeyData.
///
/// # Errors
/// [`Malformed`] when it is too short or the key is longer than the 256 bytes of protocol 3.2.
pub fn key_data(body: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    match body.split_first_chunk::<4>() {
        Some((pid, key)) if (4..=256).contains(&key.len()) => Ok((u32::from_be_bytes(*pid), key)),
        _ => Err(Malformed("BackendKeyData message")),
    }
}

/// An authentication request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication<'a> {
    /// Code 0: done.
    Ok,
    /// Code 10: SASL, with the mechanisms on offer.
    Sasl(Vec<&'a [u8]>),
    /// Code 12: SASL is done, no answer is due.
    SaslFinal,
    /// Any other request that the client answers with a `p` message (password, MD5, SASL continue, GSS).
    Asks,
}

/// Reads an authentication request.
///
/// # Errors
/// [`Malformed`] when the code is missing or the mechanism list is broken.
pub fn authentication(body: &[u8]) -> Result<Authentication<'_>, Malformed> {
    let mut rest = Reader(body);
    match rest.i32().ok_or(Malformed("Authentication message"))? {
        0 => Ok(Authentication::Ok),
        10 => {
            let mut mechanisms = Vec::new();
            loop {
                match rest.cstr().ok_or(Malformed("SASL mechanism list"))? {
                    [] => return Ok(Authentication::Sasl(mechanisms)),
                    name => mechanisms.push(name),
                }
            }
        }
        12 => Ok(Authentication::SaslFinal),
        _ => Ok(Authentication::Asks),
    }
}

/// The first column of a DataRow; `None` where it is null or not there.
pub fn first_column(body: &[u8]) -> Option<&[u8]> {
    let rest = body.get(2..)?;
    let (length, value) = rest.split_first_chunk::<4>()?;
    value.get(..usize::try_from(i32::from_be_bytes(*length)).ok()?)
}

/// The row count at the end of a command tag (`INSERT 0 5`, `SELECT 3`), where it has one.
pub fn rows(tag: &[u8]) -> Option<u64> {
    let tag = tag.strip_suffix(b"\0").unwrap_or(tag);
    let digits = tag.rsplit(|&b| b == b' ').next()?;
    if digits.is_empty() || digits.len() == tag.len() {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, &b| {
        b.is_ascii_digit().then(|| sum.checked_mul(10)?.checked_add(u64::from(b - b'0'))).flatten()
    })
}
