//! The I/O shell: listeners, TLS, the startup packet, the upstream, the relay of bytes, cancel requests.
//!
//! Everything that decides lives elsewhere; here bytes are moved, deadlines kept and events turned into records,
//! metrics and log lines. `serve` takes its listeners and its shutdown, so that a test binds port 0.

mod cancel;
mod connection;
mod crew;
mod door;
mod guests;
mod io;
mod reactor;
mod relay;
mod report;
mod startup;
mod timer;
mod tls;
mod upstream;

use crate::admin::{self, AdminState};
use crate::audit::{self, Recorder};
use crate::config::{self, Address, Config};
use crate::policy::{Principals, Wall};
use crate::session::Rollback;
use crate::session::cache::FactCache;
use crate::state::{Keeper, StateError};
use crate::telemetry::{Metrics, MetricsError, PrincipalLabels};
use crate::witness::Reason;
use cancel::CancelKeys;
pub use crew::STACK;
use crew::{Crew, Threads};
use nix::sys::resource::{Resource, getrlimit};
use std::fs::Permissions;
use std::net::SocketAddr;
use std::num::NonZero;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;

/// How long connections have, once a shutdown began, to finish the statement they are in.
const GRACE: Duration = Duration::from_secs(10);

/// About how many file descriptors are no client's: listeners, the record, who looks at metrics;
const OWN_DESCRIPTORS: u64 = 32;

/// and for each thread that serves.
const DESCRIPTORS_OF_A_THREAD: u64 = 4;

/// How many texts' readings are remembered.
const CACHED_TEXTS: usize = 8192;

/// How many clients a process that may have so many `descriptors` serves at a time: each takes two, one towards the server.
pub fn room_for_clients(descriptors: u64) -> u64 {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let own = OWN_DESCRIPTORS.saturating_add(DESCRIPTORS_OF_A_THREAD.saturating_mul(threads));
    (descriptors.saturating_sub(own) / 2).max(1)
}

/// Why Stockade could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address could not be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        error: std::io::Error,
    },
    /// TLS material could not be used.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The metrics could not be registered.
    #[error("metrics: {0}")]
    Metrics(#[from] MetricsError),
    /// The record's writer could not be started.
    #[error("audit: {0}")]
    Audit(#[from] audit::StartError),
    /// What was kept of suspensions and budgets could not be read, or could not be kept.
    #[error("state: {0}")]
    State(#[from] StateError),
    /// The threads that serve could not be started.
    #[error("threads: {0}")]
    Threads(std::io::Error),
}

/// A thread that serves has ended, which the log says more of: its clients are gone, and so are the others now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a thread that serves connections has ended")]
pub struct ThreadEnded;

/// A bound listener and what belongs to it.
#[derive(Debug)]
struct Bound {
    socket: Socket,
    tls: Option<tls::ClientSide>,
    upstream: Arc<upstream::Upstream>,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

impl std::fmt::Display for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(listener) => match listener.local_addr() {
                Ok(address) => address.fmt(f),
                Err(error) => error.fmt(f),
            },
            Self::Unix(_, file) => file.0.display().fmt(f),
        }
    }
}

/// A Unix socket's file, gone with the listener.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // The file may be gone already; then so much the better.
        let _gone = std::fs::remove_file(&self.0);
    }
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    principals: Principals,
    metrics: Arc<Metrics>,
    recorder: Recorder,
    keeper: Arc<Keeper>,
    keep_text: bool,
    cache: Arc<FactCache>,
    cancels: CancelKeys,
    next_connection: AtomicU64,
    /// The process is told to stop; connections look at it whenever they have nothing to do.
    stopping: AtomicBool,
    /// Held while a long text is read.
    long_reading: Semaphore,
    /// What a client holds for as long as it is served, so that whoever is let in finds a descriptor for its server too.
    room: Arc<Semaphore>,
}

impl Shared {
    fn next_connection(&self) -> u64 {
        self.next_connection.fetch_add(1, Ordering::Relaxed)
    }
}

/// A Stockade whose sockets are bound.
#[derive(Debug)]
pub struct Proxy {
    listeners: Vec<Bound>,
    admin: TcpListener,
    control: Option<(UnixListener, SocketFile)>,
    threads: Threads,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Binds everything the configuration names, and starts the threads that serve. Must be called inside a tokio runtime
    /// with I/O and timers: it keeps the connections' deadlines.
    ///
    /// # Errors
    /// [`StartError`] for the first thing that cannot be had; nothing is left behind then.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let shared = Arc::new(shared(&config)?);
        let mut listeners = Vec::new();
        let mut upstreams: Vec<(Arc<config::Upstream>, Arc<upstream::Upstream>)> = Vec::new();
        for listener in &config.listeners {
            let upstream = match upstreams.iter().find(|(known, _)| Arc::ptr_eq(known, &listener.upstream)) {
                Some((_, made)) => Arc::clone(made),
                None => {
                    let made = Arc::new(upstream::Upstream::new(&listener.upstream)?);
                    upstreams.push((Arc::clone(&listener.upstream), Arc::clone(&made)));
                    made
                }
            };
            let tls = listener.tls.as_ref().map(tls::ClientSide::load).transpose()?;
            listeners.push(Bound { socket: listen(&listener.address).await?, tls, upstream });
        }
        let admin = TcpListener::bind(config.admin)
            .await
            .map_err(|error| StartError::Listen { address: config.admin.to_string(), error })?;
        let control = config.admin_socket.as_deref().map(private).transpose()?;
        let threads = Threads::start(shakes_hands(&config)).map_err(StartError::Threads)?;
        shared.metrics.health().set_listening(true);
        Ok(Self { listeners, admin, control, threads, shared })
    }

    /// The same, with TLS handshakes made on the runtime `door`.
    #[must_use]
    pub fn with_door(self, door: Handle) -> Self {
        Self { threads: self.threads.with_door(door), ..self }
    }

    /// Where clients can connect, in the configuration's order: `host:port`, or a Unix socket's path.
    pub fn addresses(&self) -> Vec<String> {
        self.listeners.iter().map(|bound| bound.socket.to_string()).collect()
    }

    /// The first TCP address clients can connect to.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.listeners.iter().find_map(|bound| match &bound.socket {
            Socket::Tcp(listener) => listener.local_addr().ok(),
            Socket::Unix(..) => None,
        })
    }

    /// The address of `/metrics`, `/healthz` and `/readyz`.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.local_addr().ok()
    }

    /// Whether suspensions and budgets survive a restart.
    pub fn keeps_state(&self) -> bool {
        self.shared.keeper.survives()
    }

    /// Serves until `shutdown` resolves; then new connections are refused, idle ones are told and closed, and those in
    /// a statement have ten seconds to finish it.
    ///
    /// # Errors
    /// [`ThreadEnded`] where it stopped by itself: whoever started it should start it again.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), ThreadEnded> {
        let crew = self.threads.crew();
        let one_has_ended = self.threads.one_has_ended();
        let (stop, stopping) = watch::channel(false);
        let mut state = AdminState::new(Arc::clone(&self.shared.metrics), self.shared.recorder.clone());
        if let Some(bound) = self.listeners.first() {
            let (upstream, crew) = (Arc::clone(&bound.upstream), Arc::clone(&crew));
            state = state.with_readiness(Arc::new(move || Box::pin(probe(Arc::clone(&upstream), Arc::clone(&crew)))));
        }
        let mut doors = JoinSet::new();
        if let Some((socket, file)) = self.control {
            let state = state.clone().with_control(Arc::clone(&self.shared.keeper));
            let stop = until(stopping.clone());
            doors.spawn(async move {
                admin::serve(socket, state, stop).await;
                drop(file);
            });
        }
        doors.spawn(timer::keep());
        doors.spawn(admin::serve(self.admin, state, until(stopping.clone())));
        let mut accepting = Vec::new();
        for (number, bound) in self.listeners.into_iter().enumerate() {
            let accept = connection::accept(bound, Arc::clone(&self.shared), Arc::clone(&crew), stopping.clone());
            let (ended, end) = oneshot::channel();
            if let Some(home) = crew.home(number) {
                home.spawn(async move {
                    accept.await;
                    // Nobody listens where the process has given up waiting.
                    let _heard = ended.send(());
                });
            }
            accepting.push(end);
        }
        let served = tokio::select! {
            () = shutdown => Ok(()),
            () = one_has_ended => Err(ThreadEnded),
        };
        self.shared.metrics.health().set_listening(false);
        self.shared.stopping.store(true, Ordering::SeqCst);
        crew.rouse();
        // The receivers are ours; a send can only fail when all of them are gone, and then nothing needs telling.
        let _told = stop.send(true);
        for end in accepting {
            // An error is its end as well.
            let _ended = end.await;
        }
        doors.shutdown().await;
        // A panic of one was reported by itself.
        let threads = self.threads;
        let _ended = tokio::task::spawn_blocking(move || drop(threads)).await;
        let keeper = Arc::clone(&self.shared.keeper);
        // A panic of it was reported by its own thread.
        let _kept = tokio::task::spawn_blocking(move || keeper.shutdown()).await;
        let recorder = self.shared.recorder.clone();
        let flushed = tokio::task::spawn_blocking(move || recorder.shutdown(Duration::from_secs(5))).await;
        if let Ok(Err(error)) = flushed {
            tracing::error!(%error, "decisions were lost at shutdown");
        }
        served
    }
}

/// Whether the upstream can be reached, found out on a thread that serves.
async fn probe(upstream: Arc<upstream::Upstream>, crew: Arc<Crew>) -> Result<(), String> {
    let (tell, told) = oneshot::channel();
    if let Some(home) = crew.home(0) {
        home.spawn(async move {
            let reached = upstream.probe().await.map_err(|error| error.to_string());
            // Who asked may have gone.
            let _heard = tell.send(reached);
        });
    }
    told.await.unwrap_or_else(|_| Err("nobody serves any more".into()))
}

/// Whether TLS is spoken with anybody.
fn shakes_hands(config: &Config) -> bool {
    config.listeners.iter().any(|one| one.tls.is_some() || one.upstream.tls != config::TlsMode::Disable)
}

fn shared(config: &Config) -> Result<Shared, StartError> {
    let labels: Vec<PrincipalLabels> = config
        .principals
        .policies()
        .map(|policy| PrincipalLabels { name: policy.principal_name(), shadow: !policy.enforces() })
        .collect();
    let mut rules: Vec<Arc<str>> = Wall::RULES.iter().map(|name| Arc::from(*name)).collect();
    rules.extend(Reason::ALL.into_iter().map(|reason| Arc::from(reason.rule())));
    for policy in config.principals.policies() {
        rules.push(Arc::clone(policy.preset_rule()));
        rules.extend(policy.rules().iter().map(|rule| Arc::clone(&rule.id)));
        rules.extend(policy.limits().tables.iter().map(|limits| Arc::clone(&limits.rule)));
    }
    rules.sort();
    rules.dedup();
    let rollbacks: Vec<&str> = Rollback::names().collect();
    let metrics = Arc::new(Metrics::new(&labels, &rules, &rollbacks)?);
    let recorder = match &config.audit {
        Some(audit) => Recorder::start(&report::settings(audit), report::gauges(metrics.audit()))?,
        None => Recorder::disabled(),
    };
    if let Some(reason) = recorder.failure() {
        tracing::error!(reason, "decisions cannot be recorded");
    }
    let keeper = Arc::new(Keeper::start(config.principals.policies(), config.state.clone())?);
    metrics.show_accounts(keeper.accounts())?;
    let counters = Arc::clone(&metrics);
    let cache = FactCache::new(CACHED_TEXTS, Box::new(move |hit| counters.facts_looked_up(hit)));
    let cache = if recorder.is_enabled() { cache } else { cache.unrecorded() };
    Ok(Shared {
        principals: config.principals.clone(),
        metrics,
        keep_text: config.audit.as_ref().is_some_and(|audit| audit.text == config::AuditText::Full),
        recorder,
        keeper,
        cache: Arc::new(cache),
        cancels: CancelKeys::default(),
        next_connection: AtomicU64::new(1),
        stopping: AtomicBool::new(false),
        long_reading: Semaphore::new(1),
        room: Arc::new(Semaphore::new(room(config.listeners.len()))),
    })
}

/// How many clients are let in at a time. Each listener holds a place for the next one.
fn room(listeners: usize) -> usize {
    // Where it cannot be asked, accepting fails when there are no more.
    let descriptors = getrlimit(Resource::RLIMIT_NOFILE).map_or(u64::MAX, |(now, _)| now);
    let clients = usize::try_from(room_for_clients(descriptors)).unwrap_or(usize::MAX);
    clients.saturating_add(listeners).min(Semaphore::MAX_PERMITS)
}

async fn listen(address: &Address) -> Result<Socket, StartError> {
    let failed = |error| StartError::Listen { address: address.to_string(), error };
    match address {
        Address::Tcp { host, port } => TcpListener::bind((host.as_str(), *port)).await.map(Socket::Tcp).map_err(failed),
        Address::Unix(path) => {
            // A file left by a killed process would be in the way; a live one answers, and stays.
            if std::os::unix::net::UnixStream::connect(path).is_err() {
                let _absent = std::fs::remove_file(path);
            }
            let listener = UnixListener::bind(path).map_err(failed)?;
            Ok(Socket::Unix(listener, SocketFile(path.clone())))
        }
    }
}

/// A Unix socket that its owner alone can connect to, from its first moment: it gets its name when its mode is set.
fn private(path: &Path) -> Result<(UnixListener, SocketFile), StartError> {
    let failed = |error| StartError::Listen { address: path.display().to_string(), error };
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(failed(std::io::ErrorKind::AddrInUse.into()));
    }
    // What is there and is no socket is not ours to replace.
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => return Err(failed(std::io::ErrorKind::AlreadyExists.into())),
        _ => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Nobody else can look into it (mode 0700).
    let hidden = tempfile::Builder::new().prefix(".stockade-").tempdir_in(folder).map_err(failed)?;
    let early = hidden.path().join("s");
    let listener = UnixListener::bind(&early).map_err(failed)?;
    std::fs::set_permissions(&early, Permissions::from_mode(0o600)).map_err(failed)?;
    std::fs::rename(&early, path).map_err(failed)?;
    Ok((listener, SocketFile(path.to_owned())))
}

/// Resolves when the channel says stop, or its sender is gone.
async fn until(mut stopping: watch::Receiver<bool>) {
    // An error means the sender is gone, which is a stop as well.
    let _stopped = stopping.wait_for(|stop| *stop).await;
}
