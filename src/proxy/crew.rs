//! The runtimes that connections are served on.
//!
//! Both directions of a connection are one task, and the task stays on the thread that its sockets' readiness is told
//! on: nothing is woken on another core, and nothing of a connection is moved between caches.

use std::sync::Arc;
use tokio::runtime::Handle;

/// Runtimes, mostly of one thread each.
#[derive(Debug)]
pub struct Crew(Vec<Arc<Handle>>);

/// A place on one of them, taken for as long as it is held.
#[derive(Debug)]
pub(super) struct Place(Arc<Handle>);

impl Crew {
    /// A crew of these. Without any, connections are served on the runtime that accepts them.
    pub fn new(runtimes: impl IntoIterator<Item = Handle>) -> Self {
        Self(runtimes.into_iter().map(Arc::new).collect())
    }

    /// A place where there are the fewest.
    pub(super) fn place(&self) -> Place {
        let least = self.0.iter().min_by_key(|runtime| Arc::strong_count(runtime));
        Place(least.map_or_else(|| Arc::new(Handle::current()), Arc::clone))
    }
}

impl Place {
    pub(super) fn runtime(&self) -> Handle {
        Handle::clone(&self.0)
    }
}

#[cfg(test)]
mod tests;
