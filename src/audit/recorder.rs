//! What the statement's path sees of the record.

use super::record::Text;
use super::trays::Trays;
use super::writer::Writer;
use super::{Gauges, OnFailure, Record, Session, Settings, TextMode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

/// Has records written. Cheap to clone; all clones are of one record.
#[derive(Debug, Clone)]
pub struct Recorder(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    text: TextMode,
    on_failure: OnFailure,
    /// Disconnected when the writer has ended.
    ended: Mutex<Receiver<()>>,
    writer: Thread,
}

impl Drop for Inner {
    /// Nobody records any more: the writer writes what there is, and ends.
    fn drop(&mut self) {
        self.shared.abandoned.store(true, Ordering::Release);
        self.writer.unpark();
    }
}

/// Takes the records of one connection.
#[derive(Debug)]
pub struct Scribe {
    recorder: Recorder,
    /// What all lines of the connection have.
    session: Box<str>,
}

/// What the statement's path and the writer see.
#[derive(Debug)]
pub(super) struct Shared {
    /// Lines that wait to be written.
    pub(super) trays: Trays,
    /// The writer waits until it is woken.
    pub(super) asleep: AtomicBool,
    /// Whether records cannot be written at present.
    pub(super) failing: AtomicBool,
    /// Records that found no room and of which no `lost` line tells yet.
    pub(super) lost: AtomicU64,
    /// Whether the writer is to write what there is and end.
    pub(super) stop: AtomicBool,
    /// Whether nobody waits for the writer any more.
    pub(super) abandoned: AtomicBool,
    /// The last failure, in words.
    pub(super) reason: Mutex<Option<String>>,
    pub(super) gauges: Gauges,
}

impl Shared {
    pub(super) fn new(trays: Trays, gauges: Gauges) -> Self {
        gauges.healthy.set(1);
        Self {
            trays,
            asleep: AtomicBool::new(false),
            failing: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            reason: Mutex::new(None),
            gauges,
        }
    }

    /// Shows how many records wait.
    pub(super) fn show_waiting(&self) {
        self.gauges.queue.set(i64::try_from(self.trays.waiting()).unwrap_or(i64::MAX));
    }

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

    /// Changes flag, gauge and reason as one, so that none is left behind when statement and writer turn at once.
    fn change(&self, failing: bool, why: Option<String>) {
        let mut reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        self.failing.store(failing, Ordering::Release);
        self.gauges.healthy.set(i64::from(!failing));
        *reason = why;
    }
}

/// Records after which the statement's path shows how many wait. The writer shows it whenever it writes.
const SHOWN: u64 = 64;

/// The record was not taken, and will not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRecorded {
    /// The writer does not keep up, or cannot write.
    #[error("the audit queue is full")]
    Full,
    /// Its time cannot be said: it is before 1970, or far off.
    #[error("the time of a decision cannot be written")]
    Time,
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
        let (alive, ended) = sync_channel(0);
        let shared = Arc::new(Shared::new(Trays::new(&run, settings.queue), gauges));
        let writer = Writer::open(settings, Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || {
                let _alive: SyncSender<()> = alive;
                writer.run();
            })
            .map_err(StartError::Thread)?;
        Ok(Self(Some(Arc::new(Inner {
            shared,
            text: settings.text,
            on_failure: settings.on_failure,
            ended: Mutex::new(ended),
            writer: thread.thread().clone(),
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

    /// Who takes the records of a connection.
    pub fn scribe(&self, session: &Session) -> Scribe {
        let session = if self.is_enabled() { session.part() } else { Box::default() };
        Scribe { recorder: self.clone(), session }
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

    /// Writes what waits and ends the writer. Blocks for at most `deadline`; a record that comes later is refused
    /// as [`NotRecorded::Closed`]. To be called when the connections are gone and before the process ends, for a process
    /// that just ends takes what waits with it.
    ///
    /// # Errors
    /// If records are left unwritten: the destination fails, or is too slow.
    pub fn shutdown(self, deadline: Duration) -> Result<(), NotFlushed> {
        let Some(inner) = self.0 else { return Ok(()) };
        inner.shared.stop.store(true, Ordering::Release);
        inner.writer.unpark();
        let ended = inner.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let in_time = ended.recv_timeout(deadline) == Err(RecvTimeoutError::Disconnected);
        match inner.shared.trays.waiting() {
            0 if in_time => Ok(()),
            records => Err(NotFlushed { records }),
        }
    }
}

impl Scribe {
    /// Takes a record. Never waits for a disk, and wakes the writer only where it sleeps.
    ///
    /// # Errors
    /// If there is no room, or no writer; the record is then lost (and counted, and a `lost` line will say so), and the
    /// recorder is failing.
    pub fn record(&self, record: &Record<'_>) -> Result<(), NotRecorded> {
        let Some(inner) = &self.recorder.0 else { return Ok(()) };
        let shared = &inner.shared;
        let put = shared
            .trays
            .put(record.time, |form, number, at, out| form.decision(number, at, &self.session, record, out));
        match put {
            Ok(waiting) => {
                if waiting.is_multiple_of(SHOWN) {
                    shared.show_waiting();
                }
                let asleep = shared.asleep.load(Ordering::SeqCst) && shared.asleep.swap(false, Ordering::SeqCst);
                // Half of the room is taken: the writer gathers no longer.
                if asleep || waiting == shared.trays.most().div_ceil(2) {
                    inner.writer.unpark();
                }
                Ok(())
            }
            Err(refused) => {
                shared.lost.fetch_add(1, Ordering::SeqCst);
                shared.fail(|| refused.to_string());
                shared.show_waiting();
                inner.writer.unpark();
                Err(refused)
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
