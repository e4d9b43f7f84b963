//! Cancel keys: what a client was given for what its upstream gave.

use super::upstream::Upstream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a cancel request has to go.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) upstream: Arc<Upstream>,
    pub(super) pid: u32,
    pub(super) key: Vec<u8>,
    /// Whether the client came with TLS.
    pub(super) tls: bool,
}

type Keys = Arc<Mutex<HashMap<(u32, Vec<u8>), Target>>>;

/// All live connections' keys. Looked at when a session starts or ends and for each CancelRequest, never on the way
/// of a statement.
#[derive(Debug, Default)]
pub(super) struct CancelKeys(Keys);

/// A key's registration; gone with its connection.
#[derive(Debug)]
pub(super) struct Registration {
    keys: Keys,
    key: (u32, Vec<u8>),
}

impl CancelKeys {
    /// Registers what the client was given.
    pub(super) fn register(&self, given: Vec<u8>, target: Target) -> Registration {
        let key = (target.pid, given);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), target);
        Registration { keys: Arc::clone(&self.0), key }
    }

    /// The connection meant by a CancelRequest. Pid and secret have to fit together.
    pub(super) fn find(&self, pid: u32, secret: Vec<u8>) -> Option<Target> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(pid, secret)).cloned()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
