//! From what is written to what is meant: listeners, upstreams, the record and the log. Principals and rules: `people`.

use super::raw::{Raw, RawAudit, RawListener, RawListenerTls, RawUpstream};
use super::reader::{At, Problems, unknown};
use super::{
    Address, Audit, AuditTarget, AuditText, Config, Listener, ListenerTls, Log, LogFormat, OnFailure, TlsMode,
    Upstream, address, people,
};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where clients come in when nothing else is said.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:6432";
/// Where the admin endpoints are when nothing else is said.
pub(super) const DEFAULT_ADMIN: &str = "127.0.0.1:9187";
/// The default size at which the record is rotated: 256 MiB.
const AUDIT_BYTES: u64 = 256 * 1024 * 1024;
/// How many rotated files are kept by default.
const AUDIT_KEEP: usize = 10;
/// How many decisions may wait to be written by default.
const AUDIT_QUEUE: usize = 8192;

/// The log when nothing else is said.
pub(super) fn default_log() -> Log {
    Log { format: LogFormat::Pretty, level: "info".to_owned() }
}

/// Resolves everything, going on past each fault with the default, so that all faults are found. `None` only where
/// faults were found.
pub(super) fn resolve(raw: &Raw, base: &Path, problems: &mut Problems<'_>) -> Option<Config> {
    let upstreams: Vec<Arc<Upstream>> =
        raw.upstreams.iter().filter_map(|raw| upstream(raw, base, problems)).map(Arc::new).collect();
    if raw.upstreams.is_empty() {
        problems.push(1, "upstream", "is missing: where is PostgreSQL? Write [upstream.NAME] with its address");
    }
    let mut listeners: Vec<Listener> =
        raw.listeners.iter().filter_map(|raw_one| listener(raw_one, raw, &upstreams, base, problems)).collect();
    if raw.listeners.is_empty() {
        match upstreams.as_slice() {
            [upstream] => listeners.extend(address::listen(DEFAULT_LISTEN).ok().map(|address| Listener {
                address,
                tls: None,
                upstream: upstream.clone(),
            })),
            [] => {}
            _ => {
                problems.push(1, "listener", "is missing: with several upstreams each needs a [[listener]] of its own")
            }
        }
    }
    twice(raw, &listeners, problems);
    unused(raw, problems);
    let admin = admin(raw.admin.as_ref(), problems);
    let admin_socket = raw.admin_socket.as_ref().map(|at| beside(at, base, problems));
    let state = raw.state.as_ref().map(|at| beside(at, base, problems));
    let audit = raw.audit.as_ref().map(|raw| audit(raw, base, problems));
    let log = log(raw, problems);
    let principals = people::resolve(raw, problems);
    if !problems.list.is_empty() {
        return None;
    }
    Some(Config { listeners, principals, admin: admin?, admin_socket, state, audit: audit.flatten(), log })
}

fn upstream(raw: &RawUpstream, base: &Path, problems: &mut Problems<'_>) -> Option<Upstream> {
    people::check_name(&raw.name, problems);
    let tls_ca = raw.tls_ca.as_ref().map(|at| file(at, base, problems));
    let written = raw.address.as_ref()?;
    let port = raw.port.as_ref().and_then(|at| u16::try_from(at.value).ok());
    let address = match address::upstream(&written.value, port) {
        Ok(address) => address,
        Err(message) => {
            problems.at(written, message);
            return None;
        }
    };
    let local = matches!(address, Address::Unix(_));
    let default = if local { TlsMode::Disable } else { TlsMode::Prefer };
    let tls = raw.tls.as_ref().map_or(default, |at| at.value);
    if let (true, Some(at)) = (local, raw.tls.as_ref())
        && at.value != TlsMode::Disable
    {
        problems.at(at, "a Unix socket has no TLS; leave the key out");
    }
    if let (false, Some(at)) = (tls.verifies(), raw.tls_ca.as_ref()) {
        let mode = tls.as_str();
        problems.at(at, format!("is never looked at with tls = \"{mode}\"; write verify-ca or verify-full"));
    }
    Some(Upstream { name: raw.name.value.as_str().into(), address, tls, tls_ca })
}

fn listener(
    raw: &RawListener,
    all: &Raw,
    upstreams: &[Arc<Upstream>],
    base: &Path,
    problems: &mut Problems<'_>,
) -> Option<Listener> {
    let tls = raw.tls.as_ref().map(|raw| listener_tls(raw, base, problems));
    let upstream = upstream_of(raw, all, upstreams, problems);
    let written = raw.address.as_ref()?;
    let address = address::listen(&written.value).map_err(|message| problems.at(written, message)).ok()?;
    if let (Address::Unix(_), Some(_)) = (&address, &tls) {
        problems.push(raw.line, &format!("{}.tls", raw.path), "a Unix socket has no TLS; leave the key out");
    }
    Some(Listener { address, tls: tls.flatten(), upstream: upstream? })
}

fn upstream_of(
    raw: &RawListener,
    all: &Raw,
    upstreams: &[Arc<Upstream>],
    problems: &mut Problems<'_>,
) -> Option<Arc<Upstream>> {
    let names: Vec<&str> = all.upstreams.iter().map(|upstream| upstream.name.value.as_str()).collect();
    match (&raw.upstream, names.as_slice()) {
        (Some(at), names) if !names.contains(&at.value.as_str()) => {
            problems.at(at, unknown("upstream", &at.value, names));
            None
        }
        (Some(at), _) => upstreams.iter().find(|upstream| *upstream.name == *at.value).cloned(),
        (None, [_, _, ..]) => {
            let key = format!("{}.upstream", raw.path);
            problems.push(raw.line, &key, format!("is missing: there are several, {}", names.join(", ")));
            None
        }
        (None, _) => upstreams.first().cloned(),
    }
}

fn listener_tls(raw: &RawListenerTls, base: &Path, problems: &mut Problems<'_>) -> Option<ListenerTls> {
    let cert = raw.cert.as_ref().map(|at| file(at, base, problems));
    let key = raw.key.as_ref().map(|at| secret(at, base, problems));
    let client_ca = raw.client_ca.as_ref().map(|at| file(at, base, problems));
    // With TLS set up a client without it is refused, unless the file says it need not be.
    let require = raw.require.as_ref().is_none_or(|at| at.value);
    if let (Some(at), Some(ca), false) = (&raw.require, &raw.client_ca, require) {
        let message = format!("client certificates ({}) mean nothing where clients may come without TLS", ca.key);
        problems.at(at, message);
    }
    Some(ListenerTls { cert: cert?, key: key?, client_ca, require })
}

/// A path to be made, beside the configuration file, and a fault where its directory is not there.
fn beside(at: &At<String>, base: &Path, problems: &mut Problems<'_>) -> PathBuf {
    let path = base.join(&at.value);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        problems.at(at, format!("the directory {} does not exist", folder.display()));
    }
    path
}

/// A path beside the configuration file, and a fault where there is no such file.
fn file(at: &At<String>, base: &Path, problems: &mut Problems<'_>) -> PathBuf {
    let path = base.join(&at.value);
    match std::fs::File::open(&path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => problems.at(at, format!("{} is not a file", path.display())),
        Err(error) => problems.at(at, format!("missing: {} cannot be read: {error}", path.display())),
    }
    path
}

/// A file with a secret in it: nobody but its owner may read it.
fn secret(at: &At<String>, base: &Path, problems: &mut Problems<'_>) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let known = problems.list.len();
    let path = file(at, base, problems);
    if problems.list.len() > known {
        if let Some(problem) = problems.list.last_mut() {
            problem.message = format!("missing secret: {}", problem.message.trim_start_matches("missing: "));
        }
    } else if let Ok(metadata) = std::fs::metadata(&path) {
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            problems.at(at, format!("{path} can be read by others (mode {mode:04o}): chmod 600 {path}"));
        }
    }
    path
}

/// Two listeners on one address cannot both come up.
fn twice(raw: &Raw, listeners: &[Listener], problems: &mut Problems<'_>) {
    for (index, written) in raw.listeners.iter().enumerate() {
        let Some(at) = &written.address else { continue };
        let before = raw.listeners.iter().take(index).filter_map(|one| one.address.as_ref());
        let free = listeners.iter().any(|listener| {
            matches!(listener.address, Address::Tcp { port: 0, .. }) && listener.address.to_string() == at.value
        });
        if let Some(other) = before.into_iter().find(|other| other.value == at.value)
            && !free
        {
            problems.at(at, format!("\"{}\" is listened on already, by line {}", at.value, other.line));
        }
    }
}

/// An upstream no listener leads to.
fn unused(raw: &Raw, problems: &mut Problems<'_>) {
    if raw.upstreams.len() < 2 {
        return;
    }
    for upstream in &raw.upstreams {
        let led = |listener: &RawListener| listener.upstream.as_ref().is_some_and(|at| at.value == upstream.name.value);
        if !raw.listeners.is_empty() && !raw.listeners.iter().any(led) {
            problems.at(&upstream.name, "no listener leads here");
        }
    }
}

fn admin(written: Option<&At<String>>, problems: &mut Problems<'_>) -> Option<SocketAddr> {
    let text = written.map_or(DEFAULT_ADMIN, |at| at.value.as_str());
    match (admin_address(text), written) {
        (Ok(address), _) => Some(address),
        (Err(message), Some(at)) => {
            problems.at(at, message);
            None
        }
        (Err(_), None) => None,
    }
}

/// The admin endpoints' address: an IP address and a port.
pub(super) fn admin_address(text: &str) -> Result<SocketAddr, String> {
    let numeric = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    numeric.parse().map_err(|_| format!("\"{text}\" is not IP:PORT"))
}

fn audit(raw: &RawAudit, base: &Path, problems: &mut Problems<'_>) -> Option<Audit> {
    let path = raw.path.as_ref()?;
    let target = if path.value == "-" {
        for at in [&raw.max_bytes, &raw.keep].into_iter().flatten() {
            problems.at(at, "standard output is not rotated; leave the key out");
        }
        AuditTarget::Stdout
    } else {
        AuditTarget::File(beside(path, base, problems))
    };
    let size = |at: &Option<At<u64>>, default: usize| {
        at.as_ref().and_then(|at| usize::try_from(at.value).ok()).unwrap_or(default)
    };
    Some(Audit {
        target,
        text: raw.text.as_ref().map_or(AuditText::Redacted, |at| at.value),
        on_failure: raw.on_failure.as_ref().map_or(OnFailure::Reject, |at| at.value),
        max_bytes: raw.max_bytes.as_ref().map_or(AUDIT_BYTES, |at| at.value),
        keep: size(&raw.keep, AUDIT_KEEP),
        queue: size(&raw.queue, AUDIT_QUEUE),
    })
}

fn log(raw: &Raw, problems: &mut Problems<'_>) -> Log {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let mut log = default_log();
    if let Some(at) = &raw.log_format {
        log.format = at.value;
    }
    if let Some(at) = &raw.log_level {
        for part in at.value.split(',').map(str::trim) {
            let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
            if !LEVELS.contains(&level) {
                problems.at(at, unknown("level", level, &LEVELS));
            }
        }
        log.level.clone_from(&at.value);
    }
    log
}
