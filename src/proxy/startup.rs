//! The client's first packets: TLS, cancel, and the startup packet with everything it may not ask for.
//!
//! Nothing is read beyond the packet that is due, so no byte can be taken ahead of the TLS answer (CVE-2021-23214): what
//! a client sends too early becomes part of the handshake, and fails it.

use super::door::shake;
use super::io::{Carried, Stream, say};
use super::tls::{ALPN, ClientSide};
use super::upstream::prepare;
use crate::classify::{EffectKind, startup_options, startup_setting};
use crate::policy::{Decision, Policy, Verdict, Wall, decide_wall, is_weaker};
use crate::telemetry::StartupRefusal;
use crate::wire::make::Error;
use crate::wire::startup::{self, First, Startup};
use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

/// The first byte of a TLS ClientHello: a client that skips SSLRequest (PostgreSQL 17's `sslnegotiation=direct`).
const TLS_HANDSHAKE: u8 = 0x16;

/// What a client turned out to want.
pub(super) enum Greeting {
    /// A session.
    Session(Stream, Startup),
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
    loop {
        let first = match read_first(&mut stream).await {
            Ok(Some(first)) => first,
            Ok(None) => return Ok(Greeting::Gone),
            Err(turned) => return Err((Some(stream), turned)),
        };
        match first {
            First::Cancel { pid, secret } => return Ok(Greeting::Cancel(stream, pid, secret)),
            First::GssEnc if !asked_gss => {
                asked_gss = true;
                if say(&mut stream, b"N").await.is_err() {
                    return Ok(Greeting::Gone);
                }
            }
            First::Ssl if !asked_tls => {
                asked_tls = true;
                stream = match answer_ssl(stream, tls, door).await {
                    Ok(Some(stream)) => stream,
                    Ok(None) => return Ok(Greeting::Gone),
                    Err(turned) => return Err((None, turned)),
                };
            }
            First::Ssl | First::GssEnc => {
                return Err((Some(stream), Turned::protocol("encryption was asked for twice")));
            }
            First::Startup(startup) => {
                if tls.is_some_and(|tls| tls.require) && !stream.is_tls() {
                    let error = Error::fatal("28000", "stockade: this listener takes connections with TLS only")
                        .hint("connect with sslmode=require or stronger");
                    return Err((Some(stream), Turned::new(StartupRefusal::TlsRequired, error)));
                }
                return Ok(Greeting::Session(stream, startup));
            }
        }
    }
}

async fn direct_tls(stream: Stream, tls: Option<&ClientSide>, door: Option<&Handle>) -> Result<Stream, Turned> {
    let Stream::Tcp(tcp) = stream else { return Ok(stream) };
    // Linux hands a listener's options on to its clients' sockets.
    if !cfg!(target_os = "linux") {
        prepare(&tcp);
    }
    let mut first = [0u8; 1];
    let direct = matches!(tcp.peek(&mut first).await, Ok(1)) && first == [TLS_HANDSHAKE];
    match (direct, tls) {
        (false, _) => Ok(Stream::Tcp(tcp)),
        (true, None) => Err(Turned::protocol("TLS is not offered here")),
        (true, Some(tls)) => {
            let stream = handshake(tcp, tls, door).await?;
            // The server demands ALPN of direct TLS, so that no other protocol's bytes can be taken for ours.
            match &stream {
                Stream::TlsServer(inner) if inner.get_ref().1.alpn_protocol() == Some(ALPN) => Ok(stream),
                _ => Err(Turned::new(
                    StartupRefusal::Tls,
                    Error::fatal("08P01", "stockade: direct TLS without ALPN \"postgresql\""),
                )),
            }
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

async fn handshake(tcp: TcpStream, tls: &ClientSide, door: Option<&Handle>) -> Result<Stream, Turned> {
    let acceptor = tls.acceptor.clone();
    let accept =
        move |tcp| async move { acceptor.accept(Carried::On(tcp)).await.map(|tls| Stream::TlsServer(Box::new(tls))) };
    shake(door, tcp, accept)
        .await
        .map_err(|error| Turned::new(StartupRefusal::Tls, Error::fatal("08P01", format!("stockade: TLS: {error}"))))
}

/// Reads exactly one packet without a tag.
async fn read_first(stream: &mut Stream) -> Result<Option<First>, Turned> {
    let mut packet = vec![0u8; 4];
    if stream.read_exact(&mut packet).await.is_err() {
        return Ok(None);
    }
    let length = packet.first_chunk::<4>().map_or(0, |b| u32::from_be_bytes(*b)) as usize;
    if !(8..=startup::LONGEST).contains(&length) {
        return Err(Turned::protocol("invalid length of startup packet"));
    }
    packet.resize(length, 0);
    if stream.read_exact(packet.get_mut(4..).unwrap_or_default()).await.is_err() {
        return Ok(None);
    }
    match startup::read(&packet) {
        Ok(Some((first, _))) => Ok(Some(first)),
        Ok(None) => Err(Turned::protocol("incomplete startup packet")),
        Err(malformed) if malformed.0.contains("twice") => Err(Turned::new(
            StartupRefusal::DuplicateParameter,
            Error::fatal("08P01", format!("stockade: {malformed}")),
        )),
        Err(malformed) => Err(Turned::protocol(malformed)),
    }
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
pub(super) async fn tell(mut stream: Stream, error: &Error) {
    let mut bytes = BytesMut::new();
    error.encode(&mut bytes);
    // The client may be gone; there is nobody else to tell.
    let _told = stream.write_all(&bytes).await;
    let _closed = stream.shutdown().await;
}
