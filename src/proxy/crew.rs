//! The runtimes that connections are served on.
//!
//! Both directions of a connection are one task, and the task stays on the thread that its sockets' readiness is told
//! on: nothing is woken on another core, and nothing of a connection is moved between caches.

use std::sync::Arc;
use tokio::runtime::Handle;

/// Runtimes, mostly of one thread each.
#[derive(Debug)]
pub struct Crew {
    serving: Vec<Arc<Handle>>,
    door: Option<Handle>,
}

/// A place on one of them, taken for as long as it is held.
#[derive(Debug)]
pub(super) struct Place(Arc<Handle>);

impl Crew {
    /// A crew of these. Without any, connections are served on the runtime that accepts them.
    pub fn new(runtimes: impl IntoIterator<Item = Handle>) -> Self {
        Self { serving: runtimes.into_iter().map(Arc::new).collect(), door: None }
    }

    /// The same, with TLS handshakes on `door`: one takes as long as thousands of messages, and whoever is served on the
    /// same thread would wait for it. Without a door they are made where the connection is served.
    #[must_use]
    pub fn with_door(self, door: Handle) -> Self {
        Self { door: Some(door), ..self }
    }

    /// Where handshakes are made, if not where the connection is served.
    pub(super) fn door(&self) -> Option<&Handle> {
        self.door.as_ref()
    }

    /// Where a listener accepts: on the runtimes in turn, so that its clients are served there without a hop, as long as
    /// there are no fewer elsewhere.
    pub(super) fn home(&self, listener: usize) -> Handle {
        let count = self.serving.len().max(1);
        self.serving.get(listener % count).map_or_else(Handle::current, |runtime| Handle::clone(runtime))
    }

    /// A place where there are the fewest; here, if nowhere are fewer.
    pub(super) fn place(&self) -> Place {
        let here = Handle::current();
        let crowd = |runtime: &&Arc<Handle>| (Arc::strong_count(runtime), runtime.id() != here.id());
        let least = self.serving.iter().min_by_key(crowd);
        Place(least.map_or_else(|| Arc::new(here.clone()), Arc::clone))
    }
}

impl Place {
    pub(super) fn runtime(&self) -> Handle {
        Handle::clone(&self.0)
    }

    /// Whether it is on the current runtime.
    pub(super) fn is_here(&self) -> bool {
        self.0.id() == Handle::current().id()
    }
}

#[cfg(test)]
mod tests;
