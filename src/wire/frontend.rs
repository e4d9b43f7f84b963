//! What a client sends: tags, and views of the bodies that are read.

use super::{Malformed, Reader};

/// The messages a client may send once it is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `Q`: simple query.
    Query,
    /// `P`: parse.
    Parse,
    /// `B`: bind.
    Bind,
    /// `D`: describe.
    Describe,
    /// `E`: execute.
    Execute,
    /// `C`: close.
    Close,
    /// `H`: flush.
    Flush,
    /// `S`: sync.
    Sync,
    /// `F`: function call.
    FunctionCall,
    /// `d`: copy data.
    CopyData,
    /// `c`: copy done.
    CopyDone,
    /// `f`: copy fail.
    CopyFail,
    /// `p`: password, SASL and GSS responses.
    Password,
    /// `X`: terminate.
    Terminate,
}

impl Tag {
    /// The tag of that byte, if the protocol has one.
    #[inline]
    pub fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'Q' => Self::Query,
            b'P' => Self::Parse,
            b'B' => Self::Bind,
            b'D' => Self::Describe,
            b'E' => Self::Execute,
            b'C' => Self::Close,
            b'H' => Self::Flush,
            b'S' => Self::Sync,
            b'F' => Self::FunctionCall,
            b'd' => Self::CopyData,
            b'c' => Self::CopyDone,
            b'f' => Self::CopyFail,
            b'p' => Self::Password,
            b'X' => Self::Terminate,
            _ => return None,
        })
    }

    /// The longest body PostgreSQL accepts for it, in bytes (`SocketBackend` in `tcop/postgres.c`).
    #[inline]
    pub fn longest(self) -> usize {
        match self {
            Self::Query | Self::Parse | Self::Bind | Self::FunctionCall | Self::CopyData => super::LARGE_MESSAGE_BYTES,
            Self::Password => 65_535,
            _ => super::SMALL_MESSAGE_BYTES,
        }
    }
}

/// The text of a Query. Anything behind its NUL is refused: the server would read the text up to it, and complain.
///
/// # Errors
/// [`Malformed`] when the NUL is missing or is not the last byte.
pub fn query(body: &[u8]) -> Result<&[u8], Malformed> {
    match body.split_last() {
        Some((0, text)) if !text.contains(&0) => Ok(text),
        _ => Err(Malformed("Query message")),
    }
}

/// A Parse message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parse<'a> {
    /// The statement's name; empty for the unnamed one.
    pub name: &'a [u8],
    /// The SQL text.
    pub text: &'a [u8],
    /// Whether a parameter is declared to be of a type that is not PostgreSQL's own: a domain's CHECK runs when a value
    /// is bound to it. Objects of users have numbers from 16384 up (`FirstNormalObjectId`, `access/transam.h`).
    pub user_types: bool,
}

/// The first object number that is not PostgreSQL's own.
const FIRST_USER_OBJECT: u32 = 16_384;

impl<'a> Parse<'a> {
    /// Reads a whole Parse body.
    ///
    /// # Errors
    /// [`Malformed`] when strings or the parameter types do not fill it exactly.
    pub fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut rest = Reader(body);
        let read = || -> Option<Self> {
            let name = rest.cstr()?;
            let text = rest.cstr()?;
            let (count, types) = rest.0.split_first_chunk::<2>()?;
            let (oids, _) = types.as_chunks::<4>();
            let user_types = oids.iter().any(|oid| u32::from_be_bytes(*oid) >= FIRST_USER_OBJECT);
            (types.len() == usize::from(u16::from_be_bytes(*count)) * 4).then_some(Self { name, text, user_types })
        };
        let mut read = read;
        read().ok_or(Malformed("Parse message"))
    }
}

/// The names at the start of a Bind message; the values behind them are passed on unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bind<'a> {
    /// The portal it makes.
    pub portal: &'a [u8],
    /// The prepared statement it runs.
    pub statement: &'a [u8],
}

impl<'a> Bind<'a> {
    /// Reads the names; `None` until enough of the body is there.
    pub fn read(start: &'a [u8]) -> Option<Self> {
        let mut rest = Reader(start);
        Some(Self { portal: rest.cstr()?, statement: rest.cstr()? })
    }
}

/// The portal named by an Execute message.
///
/// # Errors
/// [`Malformed`] when name and row limit do not fill the body exactly.
pub fn execute(body: &[u8]) -> Result<&[u8], Malformed> {
    let mut rest = Reader(body);
    let portal = rest.cstr().ok_or(Malformed("Execute message"))?;
    if rest.0.len() == 4 { Ok(portal) } else { Err(Malformed("Execute message")) }
}

/// What a Describe or Close message names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// `S`: a prepared statement.
    Statement(&'a [u8]),
    /// `P`: a portal.
    Portal(&'a [u8]),
}

impl<'a> Named<'a> {
    /// The name.
    pub fn name(&self) -> &'a [u8] {
        match self {
            Self::Statement(name) | Self::Portal(name) => name,
        }
    }
}

/// Reads a Describe or Close body.
///
/// # Errors
/// [`Malformed`] when it is neither `S` nor `P` and one name.
pub fn named(body: &[u8]) -> Result<Named<'_>, Malformed> {
    let mut rest = Reader(body);
    match (rest.u8(), rest.cstr(), rest.0.is_empty()) {
        (Some(b'S'), Some(name), true) => Ok(Named::Statement(name)),
        (Some(b'P'), Some(name), true) => Ok(Named::Portal(name)),
        _ => Err(Malformed("Describe or Close message")),
    }
}
