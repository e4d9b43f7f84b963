//! `stockade run`.

use super::{FAILED, MISUSE, RunArgs, fail};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use stockade::config::{self, Config, ConfigError};
use stockade::proxy::{Proxy, STACK, room_for_clients};
use stockade::telemetry;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

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
    let runtime = match Builder::new_current_thread().thread_stack_size(STACK).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format!("run: {error}")),
    };
    runtime.block_on(async {
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
        if let Err(error) = proxy.serve(stop).await {
            return fail(FAILED, &format!("run: {error}"));
        }
        tracing::info!("stopped");
        0
    })
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
