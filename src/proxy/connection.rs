//! One client from accept to close.

use super::cancel::Target;
use super::crew::{Crew, Place};
use super::guests::{Guest, Guests, Identity};
use super::io::{Plain, Stream};
use super::reactor::{Ear, spend};
use super::relay::Relay;
use super::report::Reporter;
use super::startup::{self, Greeting, Packet, Turned};
use super::upstream::prepare;
use super::{Bound, GRACE, Shared, Socket, SocketFile, timer};
use crate::policy::Who;
use crate::session::{Session, Setup};
use crate::telemetry::{ConnectionGuard, StartupRefusal};
use crate::wire::make::Error;
use crate::wire::startup::{Startup, cancel_request};
use bytes::BytesMut;
use std::cell::RefCell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant, SystemTime};
use tokio::io::AsyncReadExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::Sleep;

/// How long a client has for its first packets and its authentication, as the server's `authentication_timeout`.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(60);

/// What a listener's connections share.
#[derive(Debug)]
struct Listening {
    tls: Option<super::tls::ClientSide>,
    upstream: Arc<super::upstream::Upstream>,
    shared: Arc<Shared>,
    crew: Arc<Crew>,
    guests: Guests,
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
        Arc::new(Listening { tls: bound.tls, upstream: bound.upstream, shared, crew, guests: Guests::default() });
    let mut stop = pin!(super::until(stopping));
    // Nothing is ever said by it: it ends when all who were let in have given theirs back.
    let (leaving, mut left) = mpsc::channel::<Infallible>(1);
    loop {
        tokio::select! {
            accepted = next(&mut door, &place.shared.room) => match accepted {
                Ok(arrived) => welcome(arrived, &place, leaving.clone()),
                Err(error) => {
                    // Out of descriptors for another reason: the waiting client stays in the backlog until there are some.
                    tracing::warn!(%error, "cannot accept");
                    timer::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop((door, leaving));
    // Who does not go in time ends with the threads.
    let _all = timer::timeout(GRACE, left.recv()).await;
}

/// A client that was let in, where from, and its place among all.
type Next = (Arrived, Option<SocketAddr>, OwnedSemaphorePermit);

/// The next client, as soon as there is room for one: whoever was let in and then found no descriptor for its server would
/// be turned away for nothing.
async fn next(door: &mut Door, room: &Arc<Semaphore>) -> io::Result<Next> {
    let room = match Arc::clone(room).try_acquire_owned() {
        Ok(room) => room,
        Err(_) => {
            tracing::warn!("no room for more clients: there are as many as descriptors allow, and who comes waits");
            Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?
        }
    };
    let (socket, peer) = poll_fn(|cx| door.poll_accept(cx)).await?;
    Ok((socket, peer, room))
}

/// Has a client served where there are the fewest.
fn welcome((socket, peer, room): Next, listening: &Arc<Listening>, leaving: mpsc::Sender<Infallible>) {
    // There is this thread at the least.
    let Some(at) = listening.crew.place() else { return };
    let (listening, remote) = (Arc::clone(listening), at.remote());
    remote.spawn(async move {
        // What the start needs is given back when it is over: a connection may idle for days.
        if let Some(Open { relay, counted, deadline }) = Box::pin(serve(socket, peer, &listening, at)).await {
            relay.run(deadline).await;
            drop(counted);
        }
        drop((room, leaving));
    });
}

/// A client's socket, on no reactor.
enum Arrived {
    Tcp(std::net::TcpStream),
    Unix(std::os::unix::net::UnixStream),
}

impl Arrived {
    /// On the current one.
    fn here(self) -> io::Result<Stream> {
        match self {
            Self::Tcp(tcp) => Plain::here(tcp).map(Stream::Tcp),
            Self::Unix(unix) => Plain::here(unix).map(Stream::Unix),
        }
    }
}

/// A listening socket and its readiness.
struct Door {
    ear: Ear,
    listener: Listener,
}

/// A listening socket of either kind.
enum Listener {
    Tcp(mio::net::TcpListener),
    Unix(mio::net::UnixListener, #[expect(dead_code, reason = "removes the socket's file when dropped")] SocketFile),
}

impl Door {
    /// The listener on the current reactor.
    fn here(socket: Socket) -> io::Result<Self> {
        match socket {
            Socket::Tcp(listener) => {
                // Its clients' sockets begin with its options.
                prepare(&listener);
                let listener = mio::net::TcpListener::from_std(listener.into_std()?);
                Ok(Self { ear: Ear::new(&listener)?, listener: Listener::Tcp(listener) })
            }
            Socket::Unix(listener, file) => {
                let listener = mio::net::UnixListener::from_std(listener.into_std()?);
                Ok(Self { ear: Ear::new(&listener)?, listener: Listener::Unix(listener, file) })
            }
        }
    }

    /// The next client. Where there is an error, it may be asked for again.
    fn poll_accept(&mut self, cx: &Context<'_>) -> Poll<io::Result<(Arrived, Option<SocketAddr>)>> {
        if !self.ear.may_read() {
            return Poll::Pending;
        }
        ready!(spend(cx));
        let accepted = match &self.listener {
            Listener::Tcp(listener) => listener.accept().map(|(tcp, peer)| (Arrived::Tcp(tcp.into()), Some(peer))),
            Listener::Unix(listener, _) => listener.accept().map(|(unix, _)| (Arrived::Unix(unix.into()), None)),
        };
        match accepted {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.ear.was_empty();
                Poll::Pending
            }
            accepted => Poll::Ready(accepted),
        }
    }
}

/// A client that is connected through.
struct Open {
    relay: Box<Relay>,
    /// Counts the connection out when dropped.
    counted: ConnectionGuard,
    /// By when it has to be authenticated.
    deadline: Pin<Box<Sleep>>,
}

/// Speaks with a client up to its authentication.
async fn serve(arrived: Arrived, peer: Option<SocketAddr>, place: &Listening, at: Place) -> Option<Open> {
    let stream = match arrived.here() {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%error, "cannot serve a client");
            return None;
        }
    };
    let mut deadline = Box::pin(timer::sleep(STARTUP_TIMEOUT));
    let greeted = tokio::select! {
        biased;
        greeted = startup::greet(stream, place.tls.as_ref(), place.crew.door()) => Some(greeted),
        () = &mut deadline => None,
    };
    match greeted {
        None => place.shared.metrics.startup_refused(StartupRefusal::Timeout),
        Some(Ok(Greeting::Gone)) => {}
        Some(Ok(Greeting::Cancel(stream, pid, secret))) => {
            cancel(place, pid, secret).await;
            drop(stream);
        }
        Some(Ok(Greeting::Session(stream, packet, ahead))) => {
            let (relay, counted) = session(stream, packet, ahead, peer, place, at).await?;
            return Some(Open { relay, counted, deadline });
        }
        Some(Err((stream, turned))) => {
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
    let request = cancel_request(target.pid, &target.key);
    match target.upstream.connect(target.tls, place.crew.door(), &request).await {
        // The server closes when it has sent the signal: a client that waits for our close may rely on that.
        Ok(mut stream) => {
            let _eof = timer::timeout(Duration::from_secs(5), stream.read(&mut [0u8; 1])).await;
        }
        Err(error) => tracing::warn!(%error, "cancel request could not be passed on"),
    }
}

async fn session(
    client: Stream,
    packet: Packet,
    ahead: BytesMut,
    peer: Option<SocketAddr>,
    place: &Listening,
    at: Place,
) -> Option<(Box<Relay>, ConnectionGuard)> {
    let shared = &place.shared;
    let connection = shared.next_connection();
    let (guest, reporter) = match place.guests.find(&packet, peer.map(|p| p.ip())) {
        Some(guest) => {
            let reporter = guest.identity.reporter(connection, peer, shared);
            (guest, reporter)
        }
        None => match judge(&packet, peer, connection, place) {
            Ok(judged) => judged,
            Err((turned, reporter)) => {
                turn_away(client, turned, reporter.as_deref(), place).await;
                return None;
            }
        },
    };
    drop(packet);
    let Guest { identity, admitted } = &*guest;
    let upstream = match place.upstream.connect(client.is_tls(), place.crew.door(), &admitted.packet).await {
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
    let Identity { policy, account, user, database } = identity;
    tracing::debug!(connection, principal = policy.principal(), %user, %database, "client connected");
    let Some(secret) = secret() else {
        startup::tell(client, &Error::fatal("53000", "stockade: no randomness for a cancel key")).await;
        return None;
    };
    let setup = Setup {
        policy: Arc::clone(policy),
        account: Arc::clone(account),
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
    Some((Box::new(relay.having_read(ahead)), counted))
}

/// Why a client is turned away, and where that is recorded if it is known who it is.
type Refused = (Turned, Option<Box<Reporter>>);

/// Judges a startup packet.
fn judge(
    packet: &[u8],
    peer: Option<SocketAddr>,
    connection: u64,
    place: &Listening,
) -> Result<(Arc<Guest>, Reporter), Refused> {
    let startup = startup::read(packet).map_err(|turned| (turned, None))?;
    let identity = identify(&startup, peer, place).map_err(|turned| (turned, None))?;
    let reporter = identity.reporter(connection, peer, &place.shared);
    let admitted = match startup::admit(startup, &identity.policy, &identity.database) {
        Ok(admitted) => admitted,
        Err(turned) => return Err((turned, Some(Box::new(reporter)))),
    };
    for decision in &admitted.shadowed {
        reporter.startup(decision.clone(), SystemTime::now());
    }
    let guest = Arc::new(Guest { identity, admitted });
    place.guests.keep(packet, peer.map(|p| p.ip()), &guest);
    Ok((guest, reporter))
}

/// Who the client is, by its startup packet and address.
fn identify(startup: &Startup, peer: Option<SocketAddr>, place: &Listening) -> Result<Identity, Turned> {
    let (user, database) = startup.who().map_err(|malformed| {
        Turned::new(StartupRefusal::Protocol, Error::fatal("28000", format!("stockade: {malformed}")))
    })?;
    let who = Who { user, database, client: peer.map(|p| p.ip()) };
    let policy = place.shared.principals.resolve(&who);
    // Accounts are made of the same policies, so there is one; without it nothing could be held against anybody.
    let Some(account) = place.shared.keeper.accounts().named(policy.principal()).map(Arc::clone) else {
        let error = Error::fatal("53000", "stockade: this principal has no account");
        return Err(Turned::new(StartupRefusal::Other, error));
    };
    Ok(Identity { policy, account, user: user.into(), database: database.into() })
}

/// How many cancel keys' randomness is asked of the system at a time.
const SECRETS: usize = 16;

/// Bytes of what a cancel key is made of.
const SECRET_BYTES: usize = 32;

thread_local! {
    /// Randomness that nobody was given yet.
    static RANDOM: RefCell<Vec<[u8; SECRET_BYTES]>> = const { RefCell::new(Vec::new()) };
}

/// What nobody can guess. `None` where there is none to be had.
fn secret() -> Option<[u8; SECRET_BYTES]> {
    RANDOM.with_borrow_mut(|left| {
        if left.is_empty() {
            let mut fresh = [[0; SECRET_BYTES]; SECRETS];
            getrandom::fill(fresh.as_flattened_mut()).ok()?;
            left.extend_from_slice(&fresh);
        }
        left.pop()
    })
}

async fn turn_away(client: Stream, turned: Turned, reporter: Option<&Reporter>, place: &Listening) {
    place.shared.metrics.startup_refused(turned.reason);
    tracing::info!(reason = %turned.reason, error = turned.error.message, "client turned away");
    if let (Some(reporter), Some(decision)) = (reporter, turned.decision) {
        reporter.startup(*decision, SystemTime::now());
    }
    startup::tell(client, &turned.error).await;
}
