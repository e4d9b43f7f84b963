//! Addresses and upstream URLs as people write them.

use super::{Address, TlsMode};
use std::path::{Path, PathBuf};
use url::{Url, form_urlencoded};

/// PostgreSQL's usual port, taken where none is written.
const POSTGRES_PORT: u16 = 5432;

/// `HOST:PORT` with the port needed.
pub(super) fn listen(text: &str) -> Result<Address, String> {
    if is_path(text) {
        return Ok(Address::Unix(PathBuf::from(text)));
    }
    match host_port(text)? {
        (host, Some(port)) => Ok(Address::Tcp { host, port }),
        (_, None) => Err(format!("\"{text}\" has no port; write HOST:PORT, or a Unix socket's path")),
    }
}

/// `HOST[:PORT]`, a directory of sockets, or a socket's own path.
pub(super) fn upstream(text: &str, port: Option<u16>) -> Result<Address, String> {
    if is_path(text) {
        return Ok(Address::Unix(socket_file(Path::new(text), port.unwrap_or(POSTGRES_PORT))));
    }
    match (host_port(text)?, port) {
        ((_, Some(_)), Some(_)) => Err("the port is given twice, in the address and in `port`".to_owned()),
        ((host, written), given) => Ok(Address::Tcp { host, port: written.or(given).unwrap_or(POSTGRES_PORT) }),
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '.'])
}

/// In a directory the server's socket is named after its port
/// (<https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-UNIX-SOCKET-DIRECTORIES>).
fn socket_file(path: &Path, port: u16) -> PathBuf {
    let is_socket = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".s.PGSQL."));
    if is_socket { path.to_owned() } else { path.join(format!(".s.PGSQL.{port}")) }
}

fn host_port(text: &str) -> Result<(String, Option<u16>), String> {
    let wrong = || format!("\"{text}\" is not an address; write HOST:PORT, or a path for a Unix socket");
    if text.contains("://") {
        return Err(format!("\"{text}\" is a URL; write HOST:PORT"));
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or_else(wrong)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or_else(wrong)?) })
        }
        None if text.matches(':').count() > 1 => {
            return Err(format!("\"{text}\" is not an address; write an IPv6 address in brackets: [::1]:5432"));
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(wrong());
    }
    let port = match port {
        Some(port) => Some(port.parse::<u16>().map_err(|_| format!("\"{port}\" is not a port"))?),
        None => None,
    };
    Ok((host.to_owned(), port))
}

/// What an upstream URL says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UpstreamUrl {
    pub address: Address,
    pub tls: Option<TlsMode>,
    pub tls_ca: Option<PathBuf>,
}

/// Reads `postgres://HOST:PORT[?sslmode=...&sslrootcert=...]` or `postgres:///?host=/socket/dir&port=...`.
///
/// The faults are worded without the URL's text, which may hold a password.
pub(super) fn upstream_url(text: &str) -> Result<UpstreamUrl, Vec<String>> {
    let form = "write postgres://HOST:PORT, or postgres:///?host=/socket/directory";
    let url = Url::parse(text).map_err(|error| vec![format!("not a URL ({error}); {form}")])?;
    let mut faults = Vec::new();
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(vec![format!("must begin with postgres://; {form}")]);
    }
    if !url.username().is_empty() || url.password().is_some() {
        faults.push(
            "has credentials in it, which Stockade does not use: each client's own authentication passes through to the \
             server. Leave USER:PASSWORD@ out"
                .to_owned(),
        );
    }
    if !matches!(url.path(), "" | "/") {
        faults.push("names a database; the client names it when it connects. Leave it out".to_owned());
    }
    let mut host = url.host_str().filter(|host| !host.is_empty()).map(unescape);
    let mut port = url.port();
    let (mut tls, mut tls_ca) = (None, None);
    for (key, value) in url.query_pairs() {
        match key.as_ref() {
            "host" if host.is_none() => host = Some(value.into_owned()),
            "host" => faults.push("names the host twice".to_owned()),
            "port" if port.is_none() => match value.parse() {
                Ok(number) => port = Some(number),
                Err(_) => faults.push(format!("port \"{value}\" is not a port")),
            },
            "port" => faults.push("names the port twice".to_owned()),
            "sslmode" => match TlsMode::ALL.into_iter().find(|mode| mode.as_str() == value) {
                Some(mode) => tls = Some(mode),
                None => faults.push(format!(
                    "sslmode \"{value}\" is not one of disable, prefer, require, verify-ca, verify-full"
                )),
            },
            "sslrootcert" => tls_ca = Some(PathBuf::from(value.as_ref())),
            "user" | "password" | "dbname" => {
                faults.push(format!("{key}: the client brings its own when it connects. Leave it out"));
            }
            _ => faults.push(format!("parameter \"{key}\" is not one of host, port, sslmode, sslrootcert")),
        }
    }
    let address = match host {
        None => {
            faults.push(format!("names no host; {form}"));
            None
        }
        Some(host) if is_path(&host) => {
            Some(Address::Unix(socket_file(Path::new(&host), port.unwrap_or(POSTGRES_PORT))))
        }
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            Some(Address::Tcp { host, port: port.unwrap_or(POSTGRES_PORT) })
        }
    };
    match address {
        Some(address) if faults.is_empty() => Ok(UpstreamUrl { address, tls, tls_ca }),
        _ => Err(faults),
    }
}

/// A host may be an escaped path: `postgres://%2Frun%2Fpostgresql`.
fn unescape(host: &str) -> String {
    let pair = format!("h={}", host.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map_or_else(|| host.to_owned(), |(_, value)| value.into_owned())
}
