//! The configuration: a TOML file, read strictly. Raw first (each value with its line), then resolved and checked; every
//! fault of a file is reported at once.
//!
//! Unknown keys, rules that can never take effect, secrets that are missing or open to others: faults, never warnings. A
//! firewall whose configuration is half understood protects nobody. Every key is explained in `config/stockade.toml`.

mod address;
mod amounts;
mod bounds;
mod error;
mod people;
mod raw;
mod reader;
mod resolve;
mod resolved;

#[cfg(test)]
mod tests;

pub use error::{ConfigError, Problem};
pub use resolved::{
    Address, Audit, AuditTarget, AuditText, Config, Listener, ListenerTls, Log, LogFormat, OnFailure, TlsMode, Upstream,
};

use crate::policy::{Kind, Preset, Principals, SuspendAfter};
use reader::Problems;
use std::path::Path;
use std::sync::Arc;

impl Config {
    /// Reads and checks a file. Paths in it are taken from the file's own directory.
    ///
    /// # Errors
    /// Every fault of the file, each with its line; or that it cannot be read.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::whole(&name, "", format!("cannot be read: {error}")))?;
        Self::parse(&text, &name, path.parent().unwrap_or(Path::new("")))
    }

    /// Reads and checks a file's text. `name` is what faults call it, `base` the directory its paths start from.
    ///
    /// # Errors
    /// Every fault, each with its line.
    pub fn parse(text: &str, name: &str, base: &Path) -> Result<Self, ConfigError> {
        let mut problems = Problems::new(text);
        let (document, faults) = toml::de::DeTable::parse_recoverable(text);
        for fault in &faults {
            let line = fault.span().map_or(1, |span| problems.line(span.start));
            problems.push(line, "", format!("not TOML: {}", fault.message()));
        }
        // What a broken document was meant to say is a guess; its grammar comes first.
        let config = if faults.is_empty() {
            let raw = raw::read(document.get_ref(), &mut problems);
            resolve::resolve(&raw, base, &mut problems)
        } else {
            None
        };
        let mut list = problems.list;
        list.sort_by_key(|problem| problem.line);
        match config {
            Some(config) if list.is_empty() => Ok(config),
            _ if list.is_empty() => Err(ConfigError::whole(name, "", "cannot be resolved")),
            _ => Err(ConfigError { file: name.to_owned(), problems: list }),
        }
    }

    /// The configuration without a file: every client is an agent named `default` under one preset (`app-writer` unless
    /// told otherwise), the client's own authentication passes through, no record is kept.
    ///
    /// # Errors
    /// Every faulty flag, by name.
    pub fn from_upstream(
        upstream: &str,
        listen: Option<&str>,
        admin: Option<&str>,
        preset: Option<Preset>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut fault = |flag: &str, message: String| {
            problems.push(Problem { line: None, key: flag.to_owned(), message });
        };
        let url = address::upstream_url(upstream)
            .map_err(|faults| faults.into_iter().for_each(|message| fault("--upstream", message)))
            .ok();
        let listen = address::listen(listen.unwrap_or(resolve::DEFAULT_LISTEN))
            .map_err(|message| fault("--listen", message))
            .ok();
        let admin = resolve::admin_address(admin.unwrap_or(resolve::DEFAULT_ADMIN))
            .map_err(|message| fault("--admin", message))
            .ok();
        let upstream = url.map(|url| {
            let local = matches!(url.address, Address::Unix(_));
            let tls = url.tls.unwrap_or(if local { TlsMode::Disable } else { TlsMode::Prefer });
            if local && !matches!(tls, TlsMode::Disable | TlsMode::Prefer) {
                fault("--upstream", format!("a Unix socket has no TLS; leave sslmode={} out", tls.as_str()));
            }
            if let (Some(ca), false) = (&url.tls_ca, tls.verifies()) {
                let file = ca.display();
                fault(
                    "--upstream",
                    format!("sslrootcert={file} is never looked at without sslmode=verify-ca or verify-full"),
                );
            }
            if let Some(ca) = url.tls_ca.as_ref().filter(|ca| !ca.is_file()) {
                fault("--upstream", format!("sslrootcert: there is no file {}", ca.display()));
            }
            let tls = if local { TlsMode::Disable } else { tls };
            Arc::new(Upstream { name: "default".into(), address: url.address, tls, tls_ca: url.tls_ca })
        });
        match (upstream, listen, admin, problems) {
            (Some(upstream), Some(address), Some(admin), problems) if problems.is_empty() => Ok(Self {
                listeners: vec![Listener { address, tls: None, upstream }],
                principals: Principals::single(preset.unwrap_or(Preset::AppWriter)),
                admin,
                admin_socket: None,
                state: None,
                audit: None,
                log: resolve::default_log(),
            }),
            (_, _, _, problems) => Err(ConfigError { file: String::new(), problems }),
        }
    }

    /// With a control socket there, and so with agents that refusals suspend: somebody can resume them.
    #[must_use]
    pub fn with_admin_socket(mut self, path: &Path) -> Self {
        self.admin_socket = Some(path.to_owned());
        self.principals = self.principals.map(|policy| match policy.kind() {
            Kind::Agent => policy.with_suspend_after(Some(SuspendAfter::AGENTS)),
            Kind::Human | Kind::Service => policy,
        });
        self
    }
}
