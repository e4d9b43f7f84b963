//! One client from accept to close.

use super::cancel::Target;
use super::crew::{Crew, Place};
use super::io::{Plain, Stream, say};
use super::relay::Relay;
use super::report::Reporter;
use super::startup::{self, Greeting, Turned};
use super::upstream::prepare;
use super::{Bound, GRACE, Shared, Socket, SocketFile};
use crate::audit;
use crate::policy::{Policy, Who};
use crate::session::{Session, Setup};
use crate::telemetry::{ConnectionGuard, StartupRefusal};
use crate::wire::make::Error;
use crate::wire::startup::{Startup, cancel_request};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long a client has for its first packets and its authentication, as the server's `authentication_timeout`.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(60);

/// What a listener's connections share.
#[derive(Debug)]
struct Listening {
    tls: Option<super::tls::ClientSide>,
    upstream: Arc<super::upstream::Upstream>,
    shared: Arc<Shared>,
    crew: Arc<Crew>,
    stopping: watch::Receiver<bool>,
}

/// Accepts clients until the stop; then gives those who are there their grace.
pub(super) async fn accept(bound: Bound, shared: Arc<Shared>, crew: Arc<Crew>, stopping: watch::Receiver<bool>) {
    let mut door = match Door::here(bound.socket) {
        Ok(door) => door,
        Err(error) => {
            tracing::error!(%error, "cannot listen");
            return;
        }
    };
    let place =
        Arc::new(Listening { tls: bound.tls, upstream: bound.upstream, shared, crew, stopping: stopping.clone() });
    let mut stop = pin!(super::until(stopping));
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = door.accept() => match accepted {
                Ok((socket, peer)) => welcome(socket, peer, &place, &mut clients),
                Err(error) => {
                    // Out of descriptors, mostly: the waiting client stays in the backlog until there are some.
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = clients.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(door);
    let all = async { while clients.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        clients.abort_all();
    }
}

/// Has a client served where there are the fewest.
fn welcome(socket: Stream, peer: Option<SocketAddr>, place: &Arc<Listening>, clients: &mut JoinSet<()>) {
    let at = place.crew.place();
    let arrived =
        if at.is_here() { Ok(Arrived::Here(socket)) } else { Plain::try_from(socket).map(Arrived::Elsewhere) };
    let arrived = match arrived {
        Ok(arrived) => arrived,
        Err(error) => return tracing::warn!(%error, "cannot serve a client"),
    };
    let (place, runtime) = (Arc::clone(place), at.runtime());
    let served = async move {
        // What the start needs is given back when it is over: a connection may idle for days.
        if let Some(open) = Box::pin(serve(arrived, peer, &place, at)).await {
            open.relay.run(place.stopping.clone(), STARTUP_TIMEOUT).await;
        }
    };
    clients.spawn_on(served, &runtime);
}

/// A client's socket.
enum Arrived {
    /// On the runtime that serves it.
    Here(Stream),
    /// On none: it is served on another than accepted it.
    Elsewhere(Plain),
}

/// A listening socket of either kind.
enum Door {
    Tcp(TcpListener),
    Unix(UnixListener, #[expect(dead_code, reason = "removes the socket's file when dropped")] SocketFile),
}

impl Door {
    /// The listener on the current runtime; it was made on another.
    fn here(socket: Socket) -> io::Result<Self> {
        Ok(match socket {
            Socket::Tcp(listener) => {
                // Its clients' sockets begin with its options.
                prepare(&listener);
                Self::Tcp(TcpListener::from_std(listener.into_std()?)?)
            }
            Socket::Unix(listener, file) => Self::Unix(UnixListener::from_std(listener.into_std()?)?, file),
        })
    }

    /// The next client.
    async fn accept(&mut self) -> io::Result<(Stream, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (tcp, peer) = listener.accept().await?;
                Ok((Stream::Tcp(tcp), Some(peer)))
            }
            Self::Unix(listener, _) => {
                let (unix, _) = listener.accept().await?;
                Ok((Stream::Unix(unix), None))
            }
        }
    }
}

/// A client that is connected through.
struct Open {
    relay: Box<Relay>,
    #[expect(dead_code, reason = "counts the connection out when dropped")]
    counted: ConnectionGuard,
}

/// Speaks with a client up to its authentication.
async fn serve(arrived: Arrived, peer: Option<SocketAddr>, place: &Listening, at: Place) -> Option<Open> {
    let stream = match arrived {
        Arrived::Here(stream) => Ok(stream),
        Arrived::Elsewhere(plain) => Stream::try_from(plain),
    };
    let stream = match stream {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "cannot serve a client");
            return None;
        }
    };
    let greeted =
        tokio::time::timeout(STARTUP_TIMEOUT, startup::greet(stream, place.tls.as_ref(), place.crew.door())).await;
    match greeted {
        Err(_) => place.shared.metrics.startup_refused(StartupRefusal::Timeout),
        Ok(Ok(Greeting::Gone)) => {}
        Ok(Ok(Greeting::Cancel(stream, pid, secret))) => {
            cancel(place, pid, secret).await;
            drop(stream);
        }
        Ok(Ok(Greeting::Session(stream, startup))) => return session(stream, startup, peer, place, at).await,
        Ok(Err((stream, turned))) => {
            place.shared.metrics.startup_refused(turned.reason);
            tracing::info!(peer = ?peer, reason = %turned.reason, error = turned.error.message, "client turned away");
            if let Some(stream) = stream {
                startup::tell(stream, &turned.error).await;
            }
        }
    }
    None
}

/// Passes a cancel request on to the upstream it belongs to. Nothing is answered either way, as on the server.
async fn cancel(place: &Listening, pid: u32, secret: Vec<u8>) {
    let Some(target) = place.shared.cancels.find(pid, secret) else {
        tracing::info!(pid, "cancel request with a key that fits no connection");
        return;
    };
    match target.upstream.connect(target.tls, place.crew.door()).await {
        Ok(mut stream) => {
            let sent = say(&mut stream, &cancel_request(target.pid, &target.key)).await;
            // The server closes when it has sent the signal: a client that waits for our close may rely on that.
            if sent.is_ok() {
                let _eof = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0u8; 1])).await;
            }
        }
        Err(error) => tracing::warn!(%error, "cancel request could not be passed on"),
    }
}

async fn session(
    client: Stream,
    startup: Startup,
    peer: Option<SocketAddr>,
    place: &Listening,
    at: Place,
) -> Option<Open> {
    let shared = &place.shared;
    let connection = shared.next_connection();
    let (policy, who) = match identify(&startup, peer, place) {
        Ok(found) => found,
        Err(turned) => {
            turn_away(client, turned, None, place).await;
            return None;
        }
    };
    let record = audit::Session {
        connection,
        principal: policy.principal_name(),
        user: who.0.as_str().into(),
        database: who.1.as_str().into(),
        client: peer,
    };
    let Some(account) = shared.keeper.accounts().named(policy.principal()).map(Arc::clone) else {
        // Accounts are made of the same policies, so there is one; without it nothing could be held against anybody.
        startup::tell(client, &Error::fatal("53000", "stockade: this principal has no account")).await;
        return None;
    };
    let reporter = Reporter::new(Arc::clone(shared), &record, Arc::clone(&policy), Arc::clone(&account));
    let admitted = match startup::admit(startup, &policy, &who.1) {
        Ok(admitted) => admitted,
        Err(turned) => {
            turn_away(client, turned, Some(&reporter), place).await;
            return None;
        }
    };
    for decision in &admitted.shadowed {
        reporter.startup(decision.clone(), SystemTime::now());
    }
    let mut upstream = match place.upstream.connect(client.is_tls(), place.crew.door()).await {
        Ok(stream) => stream,
        Err(error) => {
            shared.metrics.upstream_failed(error.kind());
            tracing::warn!(connection, %error, "upstream cannot be reached");
            let told = Error::fatal("08006", format!("stockade: the database cannot be reached: {error}"))
                .hint("The agent can do nothing about this; tell a person.");
            turn_away(client, Turned::new(StartupRefusal::Upstream, told), None, place).await;
            return None;
        }
    };
    shared.metrics.health().upstream_reached();
    let counted = reporter.metrics().connected();
    tracing::debug!(connection, principal = policy.principal(), user = who.0, database = who.1, "client connected");
    if let Err(error) = say(&mut upstream, &admitted.packet).await {
        shared.metrics.upstream_failed(crate::telemetry::UpstreamError::Lost);
        let told = Error::fatal("08006", format!("stockade: the database went away: {error}"));
        startup::tell(client, &told).await;
        return None;
    }
    let mut secret = [0u8; 32];
    if getrandom::fill(&mut secret).is_err() {
        startup::tell(client, &Error::fatal("53000", "stockade: no randomness for a cancel key")).await;
        return None;
    }
    let setup = Setup {
        policy,
        account,
        cache: Arc::clone(&shared.cache),
        secret,
        clock: Instant::now,
        client_tls: client.is_tls(),
        binds_channel: client.is_tls() && place.tls.as_ref().is_some_and(|tls| tls.same_certificate(&upstream)),
        keep_text: shared.keep_text,
        client_read_only: admitted.client_read_only,
        replication: admitted.replication,
    };
    let target = Target { upstream: Arc::clone(&place.upstream), pid: 0, key: Vec::new(), tls: client.is_tls() };
    let relay = Relay::new(client, upstream, Session::new(setup), reporter, target, at, Arc::clone(shared));
    Some(Open { relay: Box::new(relay), counted })
}

/// Who the client is, by its startup packet and address.
fn identify(
    startup: &Startup,
    peer: Option<SocketAddr>,
    place: &Listening,
) -> Result<(Arc<Policy>, (String, String)), Turned> {
    let (user, database) = startup.who().map_err(|malformed| {
        Turned::new(StartupRefusal::Protocol, Error::fatal("28000", format!("stockade: {malformed}")))
    })?;
    let who = Who { user, database, client: peer.map(|p| p.ip()) };
    Ok((place.shared.principals.resolve(&who), (user.to_owned(), database.to_owned())))
}

async fn turn_away(client: Stream, turned: Turned, reporter: Option<&Reporter>, place: &Listening) {
    place.shared.metrics.startup_refused(turned.reason);
    tracing::info!(reason = %turned.reason, error = turned.error.message, "client turned away");
    if let (Some(reporter), Some(decision)) = (reporter, turned.decision) {
        reporter.startup(*decision, SystemTime::now());
    }
    startup::tell(client, &turned.error).await;
}
