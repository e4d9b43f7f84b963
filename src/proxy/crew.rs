//! The threads that connections are served on.
//!
//! Both directions of a connection are one task, and the task stays on the thread that its sockets' readiness is told
//! on: nothing is woken on another core, and nothing of a connection is moved between caches.

use super::reactor::{Reactor, Remote};
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;

/// The stack of a thread that serves or reads a long text, in bytes. Reading reserves some for each word of a text; with this much, a text of
/// some 300 words needs no thread of its own. Only what is touched takes memory.
pub const STACK: usize = 8 << 20;

/// Threads that serve, by their reactors.
#[derive(Debug)]
pub(super) struct Crew {
    serving: Vec<Arc<Remote>>,
    door: Option<Handle>,
}

/// A place on one of them, taken for as long as it is held.
#[derive(Debug)]
pub(super) struct Place(Arc<Remote>);

impl Crew {
    /// With TLS handshakes on `door`: one takes as long as thousands of messages, and whoever is served on the same thread
    /// would wait for it. Without a door they are made where the connection is served.
    fn new(serving: impl IntoIterator<Item = Remote>, door: Option<Handle>) -> Self {
        Self { serving: serving.into_iter().map(Arc::new).collect(), door }
    }

    /// Where handshakes are made, if not where the connection is served.
    pub(super) fn door(&self) -> Option<&Handle> {
        self.door.as_ref()
    }

    /// Where a listener accepts: on the threads in turn, so that its clients are served there without a hop, as long as
    /// there are no fewer elsewhere. `None` where there is nobody.
    pub(super) fn home(&self, listener: usize) -> Option<&Remote> {
        self.serving.get(listener % self.serving.len().max(1)).map(|remote| &**remote)
    }

    /// Has everybody look whether there is something new.
    pub(super) fn rouse(&self) {
        self.serving.iter().for_each(|remote| remote.rouse());
    }

    /// A place where there are the fewest; here, if nowhere are fewer.
    pub(super) fn place(&self) -> Option<Place> {
        let crowd = |remote: &&Arc<Remote>| (Arc::strong_count(remote), !remote.is_here());
        self.serving.iter().min_by_key(crowd).map(|least| Place(Arc::clone(least)))
    }
}

impl Place {
    pub(super) fn remote(&self) -> Remote {
        Remote::clone(&self.0)
    }
}

/// The running threads of a crew. Dropped, they end, and what they serve ends with them.
#[derive(Debug)]
pub(super) struct Threads {
    crew: Arc<Crew>,
    running: Vec<(Remote, JoinHandle<()>)>,
    /// Told when one of them ends.
    ended: Arc<Notify>,
    /// Where TLS handshakes are made, if there are any.
    door: Option<Runtime>,
}

impl Threads {
    /// One thread for each processor, and some for handshakes where there are any. Must be called inside a tokio runtime:
    /// it keeps their deadlines.
    ///
    /// # Errors
    /// Where the system has no more threads or descriptors.
    pub(super) fn start(shakes_hands: bool) -> io::Result<Self> {
        let door = || Builder::new_multi_thread().thread_name("door").enable_all().build();
        let door = shakes_hands.then(door).transpose()?;
        let count = std::thread::available_parallelism().map_or(1, NonZero::get);
        let reactors: Vec<Reactor> = (0..count).map(|_| Reactor::new()).collect::<io::Result<_>>()?;
        let crew = Crew::new(reactors.iter().map(Reactor::remote), door.as_ref().map(|door| door.handle().clone()));
        let mut this = Self { crew: Arc::new(crew), running: Vec::new(), ended: Arc::default(), door };
        for (number, reactor) in reactors.into_iter().enumerate() {
            let (remote, deadlines) = (reactor.remote(), Handle::current());
            let ends = Ends(Arc::clone(&this.ended));
            let serve = move || {
                let _ends = ends;
                let _entered = deadlines.enter();
                if let Err(error) = reactor.run() {
                    tracing::error!(%error, "a thread that serves has ended");
                }
            };
            let thread = std::thread::Builder::new().name(format!("serve-{number}")).stack_size(STACK).spawn(serve)?;
            this.running.push((remote, thread));
        }
        Ok(this)
    }

    /// The same, with handshakes made elsewhere.
    pub(super) fn with_door(mut self, door: Handle) -> Self {
        self.crew = Arc::new(Crew { serving: self.crew.serving.clone(), door: Some(door) });
        self
    }

    pub(super) fn crew(&self) -> Arc<Crew> {
        Arc::clone(&self.crew)
    }

    /// Resolves when a thread has ended. Nothing but a fault of the system or of ours ends one before all of them are
    /// dropped, and who is given to it from then on would find nobody.
    pub(super) fn one_has_ended(&self) -> impl Future<Output = ()> + use<> {
        let ended = Arc::clone(&self.ended);
        async move { ended.notified().await }
    }
}

/// Tells that its thread ends, by a panic too.
struct Ends(Arc<Notify>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.running.iter().for_each(|(remote, _)| remote.end());
        for (_, thread) in self.running.drain(..) {
            // A panic was reported by its own thread.
            let _ended = thread.join();
        }
        if let Some(door) = self.door.take() {
            door.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests;
