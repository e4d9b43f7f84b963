//! Whether Stockade could serve a client now, as far as it has seen.

use super::labels::UpstreamError;
use prometheus::IntGauge;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// The last contact went well, or there was none yet.
const NO_ERROR: u8 = u8::MAX;

/// What `/readyz` goes by, written by the listener and by whoever opens upstream connections.
#[derive(Debug)]
pub struct Health {
    listening: AtomicBool,
    /// The last contact's error as an index into [`UpstreamError::ALL`], or [`NO_ERROR`].
    last_contact: AtomicU8,
    listening_gauge: IntGauge,
    upstream_gauge: IntGauge,
}

/// Why Stockade is not ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// The listener is not bound yet, or not any more.
    NotListening,
    /// The last contact with the upstream failed.
    Upstream(UpstreamError),
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListening => f.write_str("not listening for clients"),
            Self::Upstream(kind) => write!(f, "the last contact with the upstream failed: {kind}"),
        }
    }
}

impl Health {
    pub(super) fn new(listening_gauge: IntGauge, upstream_gauge: IntGauge) -> Self {
        listening_gauge.set(0);
        // Nothing is known against it yet; an alert on 0 must not ring at every start.
        upstream_gauge.set(1);
        Self {
            listening: AtomicBool::new(false),
            last_contact: AtomicU8::new(NO_ERROR),
            listening_gauge,
            upstream_gauge,
        }
    }

    /// Says whether the listener for clients is bound and accepting.
    pub fn set_listening(&self, listening: bool) {
        self.listening.store(listening, Ordering::Relaxed);
        self.listening_gauge.set(i64::from(listening));
    }

    /// An upstream connection was opened.
    pub fn upstream_reached(&self) {
        self.last_contact.store(NO_ERROR, Ordering::Relaxed);
        self.upstream_gauge.set(1);
    }

    /// An upstream connection failed.
    pub(super) fn upstream_failed(&self, kind: UpstreamError) {
        self.last_contact.store(kind as u8, Ordering::Relaxed);
        self.upstream_gauge.set(0);
    }

    /// Whether the listener is bound.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Relaxed)
    }

    /// Whether a client could be served, judged by what was last seen.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn ready(&self) -> Result<(), NotReady> {
        if !self.is_listening() {
            return Err(NotReady::NotListening);
        }
        let last = usize::from(self.last_contact.load(Ordering::Relaxed));
        UpstreamError::ALL.get(last).map_or(Ok(()), |kind| Err(NotReady::Upstream(*kind)))
    }
}
