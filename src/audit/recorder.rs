//! The queue's near end: what the statement's path sees.

use super::record::Text;
use super::writer::{Message, Writer};
use super::{Gauges, OnFailure, Record, Settings, TextMode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Takes records and has them written. Cheap to clone; all clones share the queue.
#[derive(Debug, Clone)]
pub struct Recorder(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    sender: SyncSender<Message>,
    shared: Arc<Shared>,
    text: TextMode,
    on_failure: OnFailure,
    /// Disconnected when the writer has ended.
    ended: Mutex<Receiver<()>>,
    thread: std::thread::Thread,
}

/// What both ends of the queue see.
#[derive(Debug)]
pub(super) struct Shared {
    /// Whether records cannot be written at present.
    pub(super) failing: AtomicBool,
    /// Records that found the queue full and of which no `lost` line tells yet.
    pub(super) lost: AtomicU64,
    /// Records taken and not yet written.
    pub(super) waiting: AtomicU64,
    /// Whether the writer is to write what there is and end.
    pub(super) stop: AtomicBool,
    /// The last failure, in words.
    pub(super) reason: Mutex<Option<String>>,
    pub(super) gauges: Gauges,
}

impl Shared {
    /// Marks the record as failing.
    pub(super) fn fail(&self, why: impl FnOnce() -> String) {
        self.gauges.failures.inc();
        if self.failing.load(Ordering::Acquire) {
            return;
        }
        let why = why();
        tracing::error!(target: "stockade::audit", reason = why, "decisions cannot be recorded");
        self.change(true, Some(why));
    }

    /// Marks the record as working again.
    pub(super) fn recover(&self) {
        if self.failing.load(Ordering::Acquire) {
            self.change(false, None);
            tracing::info!(target: "stockade::audit", "decisions are recorded again");
        }
    }

    /// Changes flag, gauge and reason as one, so that none is left behind when both ends of the queue turn at once.
    fn change(&self, failing: bool, why: Option<String>) {
        let mut reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        self.failing.store(failing, Ordering::Release);
        self.gauges.healthy.set(i64::from(!failing));
        *reason = why;
    }
}

/// The record was not queued, and will not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// The writer does not keep up, or cannot write.
    #[error("the audit queue is full")]
    Full,
    /// The recorder was shut down.
    #[error("the audit record is closed")]
    Closed,
}

/// The recorder could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No thread for the writer.
    #[error("cannot start the audit record's writer")]
    Thread(#[source] std::io::Error),
    /// No random number for the run's name.
    #[error("the operating system gave no random number")]
    Random,
}

/// Records were left unwritten at shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{records} audit records could not be written before the end")]
pub struct NotFlushed {
    /// How many.
    pub records: u64,
}

impl Recorder {
    /// Opens the destination and starts the writer. A destination that cannot be opened is no error here: the recorder
    /// then starts out failing (so `on_failure` decides) and keeps trying. Ask [`Recorder::failure`] to tell the user.
    ///
    /// # Errors
    /// If the operating system gives no thread or no random number.
    pub fn start(settings: &Settings, gauges: Gauges) -> Result<Self, StartError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| StartError::Random)?;
        let run = format!("{:016x}", u64::from_ne_bytes(random));
        let (sender, receiver) = sync_channel(settings.queue.max(1));
        let (alive, ended) = sync_channel(0);
        gauges.healthy.set(1);
        let shared = Arc::new(Shared {
            failing: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            reason: Mutex::new(None),
            gauges,
        });
        let writer = Writer::open(settings, run, receiver, Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || {
                let _alive: SyncSender<()> = alive;
                writer.run();
            })
            .map_err(StartError::Thread)?;
        Ok(Self(Some(Arc::new(Inner {
            sender,
            shared,
            text: settings.text,
            on_failure: settings.on_failure,
            ended: Mutex::new(ended),
            thread: thread.thread().clone(),
        }))))
    }

    /// A recorder that records nothing and never fails: no record was asked for.
    pub const fn disabled() -> Self {
        Self(None)
    }

    /// Whether there is a record at all; where not, there is no need to build a [`Record`].
    pub const fn is_enabled(&self) -> bool {
        self.0.is_some()
    }

    /// What the settings let a record show of a text. `full` is the message's text as it came, `redacted` the same
    /// without literals.
    pub fn text(&self, full: &[u8], redacted: &str) -> Text {
        Text::new(self.0.as_ref().map_or(TextMode::Fingerprint, |inner| inner.text), full, redacted)
    }

    /// Queues a record. Never waits for the writer.
    ///
    /// # Errors
    /// If the queue is full or closed; the record is then lost (and counted, and a `lost` line will say so), and the
    /// recorder is failing.
    pub fn record(&self, record: Record) -> Result<(), NotRecorded> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let shared = &inner.shared;
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        shared.gauges.queue.inc();
        let refused = match inner.sender.try_send(Message::Record(Box::new(record))) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(_)) => NotRecorded::Full,
            Err(TrySendError::Disconnected(_)) => NotRecorded::Closed,
        };
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        shared.gauges.queue.dec();
        shared.lost.fetch_add(1, Ordering::AcqRel);
        shared.fail(|| refused.to_string());
        // If the queue is still full, the writer has something to write after which it looks at `lost`. If it is not any
        // more, this makes it look.
        let _full_or_closed = inner.sender.try_send(Message::Wake);
        Err(refused)
    }

    /// Whether decisions cannot be recorded at present. An atomic load.
    pub fn is_failing(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.shared.failing.load(Ordering::Acquire))
    }

    /// Whether an agent's writes are to be refused now: the record is failing and the settings say
    /// [`OnFailure::Reject`]. An atomic load.
    pub fn refuses_writes(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.on_failure == OnFailure::Reject) && self.is_failing()
    }

    /// Why decisions cannot be recorded, while they cannot. Takes a lock: for people, not for the statement's path.
    pub fn failure(&self) -> Option<String> {
        let inner = self.0.as_ref()?;
        inner.shared.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes what is queued and ends the writer. Blocks for at most `deadline`; a record that comes later is refused
    /// as [`NotRecorded::Closed`]. To be called when the connections are gone and before the process ends, for a process
    /// that just ends takes the queue with it.
    ///
    /// # Errors
    /// If records are left unwritten: the destination fails, or is too slow.
    pub fn shutdown(self, deadline: Duration) -> Result<(), NotFlushed> {
        let Some(inner) = self.0 else { return Ok(()) };
        inner.shared.stop.store(true, Ordering::Release);
        // A full queue keeps the writer awake by itself; a writer that waits before it tries again is parked.
        let _full_or_closed = inner.sender.try_send(Message::Wake);
        inner.thread.unpark();
        let ended = inner.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let in_time = ended.recv_timeout(deadline) == Err(RecvTimeoutError::Disconnected);
        match inner.shared.waiting.load(Ordering::Acquire) {
            0 if in_time => Ok(()),
            records => Err(NotFlushed { records }),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
