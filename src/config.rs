//! The configuration: a TOML file, read strictly. Raw first (each value with its line), then resolved and checked; every
//! fault of a file is reported at once.

mod error;
mod resolved;

pub use error::{ConfigError, Problem};
pub use resolved::{
    Address, Audit, AuditTarget, AuditText, Config, Listener, ListenerTls, Log, LogFormat, OnFailure, TlsMode, Upstream,
};
