//! `stockade run`.

use super::{FAILED, MISUSE, RunArgs, fail};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::num::NonZero;
use std::thread::JoinHandle;
use stockade::config::{self, Config, ConfigError};
use stockade::proxy::{Crew, Proxy, keep_deadlines_on, room_for_clients};
use stockade::telemetry;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Resolves the configuration and serves until told to stop.
pub(super) fn run(args: &RunArgs) -> u8 {
    let config = match resolve(args) {
        Ok(config) => config,
        Err(error) => return fail(MISUSE, &error.to_string()),
    };
    serve(config)
}

fn resolve(args: &RunArgs) -> Result<Config, ConfigError> {
    match (&args.config, &args.upstream) {
        (Some(file), _) => Config::load(file),
        (None, upstream) => Config::from_upstream(
            upstream.as_deref().unwrap_or_default(),
            args.listen.as_deref(),
            args.admin.as_deref(),
            args.preset,
        )
        .map(|config| match &args.admin_socket {
            Some(socket) => config.with_admin_socket(socket),
            None => config,
        }),
    }
}

/// The stack of a thread that serves, in bytes. Reading reserves some for each word of a text; with this much, a text of
/// some 300 words needs no thread of its own. Only what is touched takes memory.
const STACK: usize = 8 << 20;

/// Serves until SIGINT or SIGTERM.
fn serve(config: Config) -> u8 {
    let format = match config.log.format {
        config::LogFormat::Json => telemetry::LogFormat::Json,
        config::LogFormat::Pretty => telemetry::LogFormat::Pretty,
    };
    if let Err(error) = telemetry::init_tracing(format, &config.log.level) {
        return fail(MISUSE, &format!("log.level: {error}"));
    }
    raise_descriptors();
    let started = runtime(Builder::enable_all).and_then(|runtime| {
        let crew = Threads::start(shakes_hands(&config), runtime.handle())?;
        Ok((runtime, crew))
    });
    let (runtime, crew) = match started {
        Ok(both) => both,
        Err(error) => return fail(FAILED, &format!("run: {error}")),
    };
    let ended = runtime.block_on(async {
        announce_modes(&config);
        let socket = config.admin_socket.clone();
        let limited = socket.is_some() || config.principals.policies().any(|one| one.limits().rows_per_hour.is_some());
        let proxy = match Proxy::bind(config).await {
            Ok(proxy) => proxy,
            Err(error) => return fail(FAILED, &format!("run: {error}")),
        };
        let stop = match stop_signal() {
            Ok(stop) => stop,
            Err(error) => return fail(FAILED, &format!("run: signals: {error}")),
        };
        for address in proxy.addresses() {
            tracing::info!(address, "listening for clients");
        }
        if let Some(address) = proxy.admin_address() {
            tracing::info!(%address, "serving /metrics, /healthz and /readyz");
        }
        if let Some(socket) = &socket {
            tracing::info!(socket = %socket.display(), "taking control by `stockade principal`");
        }
        if limited && !proxy.keeps_state() {
            tracing::info!("suspensions and budgets last until this process ends: no [state] path is configured");
        }
        proxy.serve_by(crew.crew(), stop).await;
        tracing::info!("stopped");
        0
    });
    crew.end();
    ended
}

/// Whether TLS is spoken with anybody.
fn shakes_hands(config: &Config) -> bool {
    config.listeners.iter().any(|one| one.tls.is_some() || one.upstream.tls != config::TlsMode::Disable)
}

/// Takes as many file descriptors as this process may have: a client takes two, and shells give 1024 by default.
fn raise_descriptors() {
    let (before, most) = match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok(limits) => limits,
        Err(error) => return tracing::warn!(%error, "the limit of file descriptors cannot be read"),
    };
    let now = match setrlimit(Resource::RLIMIT_NOFILE, most, most) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, "the limit of file descriptors stays as it is");
            before
        }
    };
    tracing::info!(descriptors = now, clients = room_for_clients(now), "room for connections");
}

/// A runtime of one thread.
fn runtime(enable: fn(&mut Builder) -> &mut Builder) -> std::io::Result<Runtime> {
    enable(Builder::new_current_thread().thread_stack_size(STACK)).build()
}

/// The threads that serve connections, one for each processor, each with a runtime of its own.
struct Threads {
    runtimes: Vec<Handle>,
    threads: Vec<JoinHandle<()>>,
    /// Where TLS handshakes are made, if there are any.
    door: Option<Runtime>,
    /// Dropped at the end.
    end: watch::Sender<()>,
}

impl Threads {
    /// Threads whose deadlines `timers` keeps.
    fn start(shakes_hands: bool, timers: &Handle) -> std::io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (end, ended) = watch::channel(());
        let door = || Builder::new_multi_thread().thread_name("door").enable_all().build();
        let door = shakes_hands.then(door).transpose()?;
        let mut this = Self { runtimes: Vec::new(), threads: Vec::new(), door, end };
        for number in 0..count {
            let (runtime, mut ended, timers) = (runtime(Builder::enable_io)?, ended.clone(), timers.clone());
            this.runtimes.push(runtime.handle().clone());
            let serve = move || {
                keep_deadlines_on(timers);
                // An error is the end: its sender is gone.
                runtime.block_on(async { while ended.changed().await.is_ok() {} });
            };
            this.threads
                .push(std::thread::Builder::new().name(format!("serve-{number}")).stack_size(STACK).spawn(serve)?);
        }
        Ok(this)
    }

    fn crew(&self) -> Crew {
        let crew = Crew::new(self.runtimes.iter().cloned());
        match &self.door {
            Some(door) => crew.with_door(door.handle().clone()),
            None => crew,
        }
    }

    /// Ends them, once nothing is served any more.
    fn end(self) {
        drop(self.end);
        for thread in self.threads {
            // A panic was reported by its own thread.
            let _ended = thread.join();
        }
        if let Some(door) = self.door {
            door.shutdown_background();
        }
    }
}

/// Says at the start what is in force; shadow mode loudly, because nothing is enforced in it.
fn announce_modes(config: &Config) {
    for policy in config.principals.policies() {
        let (principal, preset) = (policy.principal(), policy.preset().as_str());
        if policy.enforces() {
            tracing::info!(principal, preset, rules = policy.rules().len(), "policy in force");
        } else {
            tracing::warn!(principal, preset, "SHADOW MODE: statements are judged and recorded, NOTHING IS ENFORCED");
        }
    }
}

/// Resolves at the first SIGINT or SIGTERM. Installed before the listeners are announced, so that none is missed.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
