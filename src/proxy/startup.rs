//! The client's first packets: TLS, cancel, and the startup packet with everything it may not ask for.
//!
//! Where TLS may still begin, nothing is read beyond the packet that is due, so no byte can be taken ahead of the TLS
//! answer (CVE-2021-23214): what a client sends too early becomes part of the handshake, and fails it. Elsewhere what is
//! there is read at once, and what is behind the packet is the session's.

use super::door::shake;
use super::io::{Plain, Stream, say};
use super::relay::take_leave;
use super::tls::{ALPN, ClientSide};
use super::upstream::prepare;
use crate::classify::{EffectKind, startup_options, startup_setting};
use crate::policy::{Decision, Policy, Verdict, Wall, decide_wall, is_weaker};
use crate::telemetry::StartupRefusal;
use crate::wire::make::Error;
use crate::wire::startup::{self, First, Startup};
use bytes::{Buf, BytesMut};
use std::future::poll_fn;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::runtime::Handle;

/// The first byte of a TLS ClientHello: a client that skips SSLRequest (PostgreSQL 17's `sslnegotiation=direct`).
const TLS_HANDSHAKE: u8 = 0x16;

/// What a client turned out to want.
pub(super) enum Greeting {
    /// A session, asked for by these bytes; what was read behind them.
    Session(Stream, Packet, BytesMut),
    /// To cancel another's statement. Its socket stays open until the request is passed on: clients wait for the close,
    /// and take what they send next for safe from the cancel.
    Cancel(Stream, u32, Vec<u8>),
    /// It went away without a word, as probes do.
    Gone,
}

/// A client that was turned away.
#[derive(Debug)]
pub(super) struct Turned {
    pub(super) reason: StartupRefusal,
    pub(super) error: Box<Error>,
    /// The decision, where it was the policy's.
    pub(super) decision: Option<Box<Decision>>,
}

impl Turned {
    pub(super) fn new(reason: StartupRefusal, error: Error) -> Self {
        Self { reason, error: Box::new(error), decision: None }
    }

    fn protocol(what: impl std::fmt::Display) -> Self {
        Self::new(StartupRefusal::Protocol, Error::fatal("08P01", format!("stockade: {what}")))
    }

    fn policy(reason: StartupRefusal, decision: Decision) -> Self {
        let error = Error {
            severity: crate::wire::make::Severity::Fatal,
            code: Decision::SQLSTATE,
            message: decision.message(),
            detail: Some(decision.detail()),
            hint: decision.hint.clone(),
            position: None,
        };
        Self { reason, error: Box::new(error), decision: Some(Box::new(decision)) }
    }
}

/// A StartupMessage as it was sent.
pub(super) type Packet = BytesMut;

/// Bytes asked of a new client at a time: more than a usual first packet has.
const FIRST_READ: usize = 1024;

/// Bytes of the shortest first packet. Those that ask for encryption have no more.
const SHORTEST: usize = 8;

/// Speaks with a new client until it is known what it wants; TLS handshakes are made on `door`.
///
/// # Errors
/// The socket (where an error can still be told on it) and why the client was turned away.
pub(super) async fn greet(
    stream: Stream,
    tls: Option<&ClientSide>,
    door: Option<&Handle>,
) -> Result<Greeting, (Option<Stream>, Turned)> {
    let mut stream = match direct_tls(stream, tls, door).await {
        Ok(stream) => stream,
        Err(turned) => return Err((None, turned)),
    };
    let (mut asked_tls, mut asked_gss) = (stream.is_tls(), false);
    let mut bytes = BytesMut::new();
    loop {
        let first = match read_first(&mut stream, &mut bytes, tls.is_some()).await {
            Ok(Some(first)) => first,
            Ok(None) => return Ok(Greeting::Gone),
            // Nobody could read an error of ours in a handshake.
            Err(_) if is_tls_handshake(&bytes) && !asked_tls && !asked_gss => {
                return Err((None, Turned::protocol("TLS is not offered here")));
            }
            Err(turned) => return Err((Some(stream), turned)),
        };
        match first {
            Front::Other(First::Cancel { pid, secret }, _) => return Ok(Greeting::Cancel(stream, pid, secret)),
            Front::Other(First::GssEnc, length) if !asked_gss => {
                asked_gss = true;
                bytes.advance(length);
                if say(&mut stream, b"N").await.is_err() {
                    return Ok(Greeting::Gone);
                }
            }
            Front::Other(First::Ssl, length) if !asked_tls => {
                asked_tls = true;
                bytes.advance(length);
                if tls.is_some() && !bytes.is_empty() {
                    // None was taken; were there some, they would be the session's behind the handshake.
                    return Err((None, Turned::protocol("bytes ahead of the TLS handshake")));
                }
                stream = match answer_ssl(stream, tls, door).await {
                    Ok(Some(stream)) => stream,
                    Ok(None) => return Ok(Greeting::Gone),
                    Err(turned) => return Err((None, turned)),
                };
            }
            Front::Other(First::Ssl | First::GssEnc, _) => {
                return Err((Some(stream), Turned::protocol("encryption was asked for twice")));
            }
            Front::Startup(_) | Front::Other(First::Startup(_), _)
                if tls.is_some_and(|tls| tls.require) && !stream.is_tls() =>
            {
                let error = Error::fatal("28000", "stockade: this listener takes connections with TLS only")
                    .hint("connect with sslmode=require or stronger");
                return Err((Some(stream), Turned::new(StartupRefusal::TlsRequired, error)));
            }
            Front::Startup(length) | Front::Other(First::Startup(_), length) => {
                let packet = bytes.split_to(length);
                return Ok(Greeting::Session(stream, packet, bytes));
            }
        }
    }
}

/// Reads a whole StartupMessage.
///
/// # Errors
/// Why the client is turned away.
pub(super) fn read(packet: &[u8]) -> Result<Startup, Turned> {
    match startup::read(packet) {
        Ok(Some((First::Startup(startup), _))) => Ok(startup),
        Ok(_) => Err(Turned::protocol("no startup packet")),
        Err(malformed) if malformed.0.contains("twice") => {
            let error = Error::fatal("08P01", format!("stockade: {malformed}"));
            Err(Turned::new(StartupRefusal::DuplicateParameter, error))
        }
        Err(malformed) => Err(Turned::protocol(malformed)),
    }
}

fn is_tls_handshake(bytes: &[u8]) -> bool {
    bytes.first() == Some(&TLS_HANDSHAKE)
}

/// Makes the handshake of a client that begins with it.
async fn direct_tls(stream: Stream, tls: Option<&ClientSide>, door: Option<&Handle>) -> Result<Stream, Turned> {
    let Stream::Tcp(mut tcp) = stream else { return Ok(stream) };
    // Linux hands a listener's options on to its clients' sockets.
    if !cfg!(target_os = "linux") {
        prepare(&tcp);
    }
    let Some(tls) = tls else { return Ok(Stream::Tcp(tcp)) };
    if !matches!(tcp.first_byte().await, Ok(Some(TLS_HANDSHAKE))) {
        return Ok(Stream::Tcp(tcp));
    }
    let stream = handshake(tcp, tls, door).await?;
    // The server demands ALPN of direct TLS, so that no other protocol's bytes can be taken for ours.
    match &stream {
        Stream::TlsServer(inner) if inner.get_ref().1.alpn_protocol() == Some(ALPN) => Ok(stream),
        _ => {
            let error = Error::fatal("08P01", "stockade: direct TLS without ALPN \"postgresql\"");
            Err(Turned::new(StartupRefusal::Tls, error))
        }
    }
}

async fn answer_ssl(stream: Stream, tls: Option<&ClientSide>, door: Option<&Handle>) -> Result<Option<Stream>, Turned> {
    match (stream, tls) {
        (Stream::Tcp(mut tcp), Some(tls)) => {
            if tcp.write_all(b"S").await.is_err() {
                return Ok(None);
            }
            handshake(tcp, tls, door).await.map(Some)
        }
        (mut stream, _) => Ok(say(&mut stream, b"N").await.is_ok().then_some(stream)),
    }
}

async fn handshake(tcp: Plain, tls: &ClientSide, door: Option<&Handle>) -> Result<Stream, Turned> {
    let acceptor = tls.acceptor.clone();
    shake(door, tcp, move |tcp| async move { acceptor.accept(tcp).await })
        .await
        .map(|tls| Stream::TlsServer(Box::new(tls)))
        .map_err(|error| Turned::new(StartupRefusal::Tls, Error::fatal("08P01", format!("stockade: TLS: {error}"))))
}

/// What stands at the front of a client's bytes, and its length.
enum Front {
    /// A StartupMessage that nobody has looked into.
    Startup(usize),
    /// Another packet without a tag.
    Other(First, usize),
}

/// Reads until there is a packet without a tag at the front of `bytes`. `None` when the client goes before that. Where TLS
/// may begin (`exactly`), and has not, nothing is taken from behind the packet.
async fn read_first(stream: &mut Stream, bytes: &mut BytesMut, exactly: bool) -> Result<Option<Front>, Turned> {
    let exactly = exactly && !stream.is_tls();
    loop {
        if let Some(length) = startup::message(bytes) {
            return Ok(Some(Front::Startup(length)));
        }
        match startup::read(bytes) {
            Ok(Some((first, length))) => return Ok(Some(Front::Other(first, length))),
            Ok(None) => {}
            Err(malformed) => return Err(Turned::protocol(malformed)),
        }
        // A packet of which there is a part was found to be of a possible length.
        let length = bytes.first_chunk::<4>().map_or(SHORTEST, |length| u32::from_be_bytes(*length) as usize);
        let most = if exactly { length.saturating_sub(bytes.len()).min(FIRST_READ) } else { FIRST_READ };
        if !read_some(stream, bytes, most).await {
            return Ok(None);
        }
    }
}

/// Reads once, at the most so many bytes, and holds no more memory than what came: a client may take its time. Whether
/// something came.
async fn read_some(stream: &mut Stream, bytes: &mut BytesMut, most: usize) -> bool {
    poll_fn(|cx| {
        let mut room = [const { MaybeUninit::uninit() }; FIRST_READ];
        let mut read = ReadBuf::uninit(room.get_mut(..most).unwrap_or_default());
        let came = ready!(Pin::new(&mut *stream).poll_read(cx, &mut read));
        bytes.extend_from_slice(read.filled());
        Poll::Ready(came.is_ok() && !read.filled().is_empty())
    })
    .await
}

/// What the policy lets a startup packet become.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The packet for the upstream.
    pub(super) packet: Vec<u8>,
    /// A replication connection: relayed without reading.
    pub(super) replication: bool,
    /// The client itself asked for a read-only default.
    pub(super) client_read_only: bool,
    /// What would have been refused but for shadow mode.
    pub(super) shadowed: Vec<Decision>,
}

/// Judges a startup packet.
///
/// # Errors
/// Why the client is turned away.
pub(super) fn admit(mut startup: Startup, policy: &Policy, database: &str) -> Result<Admitted, Turned> {
    let mut shadowed = Vec::new();
    let mut refuse = |wall: Wall<'_>, reason: StartupRefusal| match decide_wall(policy, wall) {
        decision if decision.verdict == Verdict::Allow => Ok(()),
        decision if decision.forwards() => {
            shadowed.push(decision);
            Ok(())
        }
        decision => Err(Turned::policy(reason, decision)),
    };
    refuse(Wall::ProtectedDatabase(database), StartupRefusal::Other)?;
    let replication = startup.parameter("replication").is_some_and(|value| !is_off(value));
    if replication {
        refuse(Wall::Replication, StartupRefusal::Replication)?;
    }
    let mut client_read_only = false;
    let settings = settings(&startup)?;
    for (name, value) in &settings {
        if name.eq_ignore_ascii_case("default_transaction_read_only") {
            client_read_only = !is_off(value.as_bytes());
        }
        match startup_setting(name, value) {
            EffectKind::Setting => {}
            _ if name.eq_ignore_ascii_case("client_encoding") => {
                refuse(Wall::UnsafeEncoding(value), StartupRefusal::Encoding)?;
            }
            _ => refuse(Wall::StartupSetting(name), StartupRefusal::Parameter)?,
        }
    }
    if policy.opens_read_only() && !replication {
        startup.parameters.retain(|(name, _)| !name.eq_ignore_ascii_case(b"default_transaction_read_only"));
        startup.parameters.push((b"default_transaction_read_only".to_vec(), b"on".to_vec()));
    }
    if !replication {
        set_timeouts(&mut startup, policy, &settings);
    }
    Ok(Admitted { packet: startup.encode(), replication, client_read_only, shadowed })
}

/// Sets the principal's timeouts, save where the client itself asks for a stricter one.
fn set_timeouts(startup: &mut Startup, policy: &Policy, settings: &[(String, String)]) {
    for (name, longest) in policy.timeouts().settings() {
        let Some(longest) = longest else { continue };
        // The last one holds. One in `options` comes first for the server, wherever it stands in the packet: where there
        // are both, all of them have to be strict enough.
        let mut asked = settings.iter().filter(|(asked, _)| asked.eq_ignore_ascii_case(name)).peekable();
        if asked.peek().is_none() || asked.any(|(_, value)| is_weaker(value, longest)) {
            startup.parameters.retain(|(asked, _)| !asked.eq_ignore_ascii_case(name.as_bytes()));
            startup.parameters.push((name.into(), longest.as_millis().to_string().into_bytes()));
        }
    }
}

/// Every setting the packet makes: its parameters, and what is inside `options`.
fn settings(startup: &Startup) -> Result<Vec<(String, String)>, Turned> {
    let mut all = Vec::new();
    for (name, value) in &startup.parameters {
        let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) else {
            return Err(Turned::protocol("a startup parameter is not UTF-8"));
        };
        match name {
            "user" | "database" | "replication" => {}
            "options" => match startup_options(value) {
                Ok(options) => all.extend(options),
                // Switches we cannot read are settings we cannot judge: named so that the wall says what they are.
                Err(_) => all.push(("options".into(), value.into())),
            },
            // Protocol extensions: a server that does not know one says so.
            name if name.starts_with("_pq_.") => {}
            _ => all.push((name.into(), value.into())),
        }
    }
    Ok(all)
}

/// A boolean that says no, as the server's `parse_bool` reads it (prefixes count).
fn is_off(value: &[u8]) -> bool {
    let value = value.to_ascii_lowercase();
    let prefix = |word: &[u8], least: usize| value.len() >= least && word.starts_with(&value);
    value == b"0" || prefix(b"false", 1) || prefix(b"no", 1) || prefix(b"off", 2)
}

/// Tells a client why, and closes.
pub(super) async fn tell(stream: Stream, error: &Error) {
    let mut bytes = BytesMut::new();
    error.encode(&mut bytes);
    take_leave(stream, &bytes, true).await;
}
