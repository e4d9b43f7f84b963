//! The queue's far end: the thread that writes.

use super::journal::{Failed, Sink, sink};
use super::record::Lines;
use super::recorder::Shared;
use super::{Record, Settings};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, SystemTime};

/// Records that are turned into lines and written in one go, at most; also what is held in memory, beyond the queue,
/// while writing fails.
const BATCH: usize = 256;

/// How long the writer lets records gather before it writes. Woken and writing for each, it would cost a statement more
/// than judging does; a process that is killed takes what gathered with it.
const GATHER: Duration = Duration::from_millis(5);

/// The smallest queue that has room for what comes in while records gather.
const ROOM_TO_GATHER: usize = 1024;

/// The first wait before a write that failed is tried again; it doubles up to [`MAX_BACKOFF`].
const MIN_BACKOFF: Duration = Duration::from_millis(10);
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// What goes through the queue.
#[derive(Debug)]
pub(super) enum Message {
    /// A record to write. Boxed, because the queue's room is allocated at the start.
    Record(Box<Record>),
    /// Nothing to write; look at the shared state.
    Wake,
}

/// Owns the destination.
pub(super) struct Writer {
    receiver: Receiver<Message>,
    shared: Arc<Shared>,
    sink: Box<dyn Sink + Send>,
    lines: Lines,
    /// Lines that are not written yet.
    pending: Vec<u8>,
    /// How many lines of `pending` are decisions, for the counters: one entry a line, in order.
    kinds: Vec<Line>,
    backoff: Duration,
    /// How long records gather.
    gather: Duration,
    /// Whether there were any the last time.
    busy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Decision,
    Lost,
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Next {
    Again,
    End,
}

impl Writer {
    /// Makes the writer and opens the destination, so that a recorder that cannot write knows at once.
    pub(super) fn open(settings: &Settings, run: String, receiver: Receiver<Message>, shared: Arc<Shared>) -> Self {
        let gather = if settings.queue >= ROOM_TO_GATHER { GATHER } else { Duration::ZERO };
        let mut writer = Self::with_sink(sink(settings), run, receiver, shared);
        writer.gather = gather;
        writer
    }

    fn with_sink(
        mut sink: Box<dyn Sink + Send>,
        run: String,
        receiver: Receiver<Message>,
        shared: Arc<Shared>,
    ) -> Self {
        if let Err(Failed { error, .. }) = sink.open() {
            shared.fail(|| error.to_string());
        }
        Self {
            receiver,
            shared,
            sink,
            lines: Lines::new(run),
            pending: Vec::new(),
            kinds: Vec::new(),
            backoff: MIN_BACKOFF,
            gather: Duration::ZERO,
            busy: false,
        }
    }

    /// Writes until the recorder is shut down or dropped.
    pub(super) fn run(mut self) {
        while self.turn() == Next::Again {}
    }

    /// One wait, one batch, one write.
    fn turn(&mut self) -> Next {
        let ended = self.wait() == Next::End;
        let ended = self.drain() == Next::End || ended;
        self.tell_of_lost();
        let written = self.write();
        if self.stopping() || ended {
            // What is queued is written; what cannot be written now is tried until the process ends or, where nobody
            // waits for it any more, given up.
            return if (written && self.is_drained()) || ended { Next::End } else { Next::Again };
        }
        Next::Again
    }

    fn stopping(&self) -> bool {
        self.shared.stop.load(Ordering::Acquire)
    }

    fn has_batch(&self) -> bool {
        self.shared.waiting.load(Ordering::Acquire) >= BATCH as u64
    }

    fn is_drained(&self) -> bool {
        self.pending.is_empty() && self.shared.waiting.load(Ordering::Acquire) == 0
    }

    /// Waits for a reason to write: a record, or the time to try again.
    fn wait(&mut self) -> Next {
        let failing = self.shared.failing.load(Ordering::Acquire);
        if !failing && self.pending.is_empty() && !self.stopping() {
            // Behind records more come, mostly: while they gather, nobody has to wake this thread.
            if std::mem::take(&mut self.busy) && !self.gather.is_zero() {
                if !self.has_batch() {
                    std::thread::park_timeout(self.gather);
                }
                match self.receiver.try_recv() {
                    Ok(message) => return self.take(message),
                    Err(TryRecvError::Disconnected) => return Next::End,
                    Err(TryRecvError::Empty) => {}
                }
            }
            let next = match self.receiver.recv() {
                Ok(message) => self.take(message),
                Err(_) => Next::End,
            };
            // A batch that is there already waits for nothing; neither does the end.
            if next == Next::Again && !self.gather.is_zero() && !self.has_batch() && !self.stopping() {
                std::thread::park_timeout(self.gather);
            }
            return next;
        }
        if !failing {
            return Next::Again;
        }
        let backoff = self.backoff;
        self.backoff = (backoff * 2).min(MAX_BACKOFF);
        if self.kinds.len() >= BATCH {
            std::thread::park_timeout(backoff);
            return Next::Again;
        }
        // A new record is a reason to try at once; there are at most BATCH of these, so this does not spin.
        match self.receiver.recv_timeout(backoff) {
            Ok(message) => self.take(message),
            Err(RecvTimeoutError::Timeout) => Next::Again,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }

    /// Takes what is queued, up to a batch.
    fn drain(&mut self) -> Next {
        while self.kinds.len() < BATCH {
            match self.receiver.try_recv() {
                Ok(message) => {
                    self.take(message);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Next::End,
            }
        }
        Next::Again
    }

    /// Turns a record into a pending line.
    fn take(&mut self, message: Message) -> Next {
        let Message::Record(record) = message else { return Next::Again };
        self.busy = true;
        match self.lines.decision(&record, &mut self.pending) {
            Ok(()) => self.kinds.push(Line::Decision),
            Err(error) => {
                // Cannot happen with the types there are (a time before 1970 would do it); it counts as lost.
                self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
                self.shared.gauges.queue.dec();
                self.shared.lost.fetch_add(1, Ordering::AcqRel);
                self.shared.fail(|| error.to_string());
            }
        }
        Next::Again
    }

    /// Adds the line that says how many records were lost, if any were.
    fn tell_of_lost(&mut self) {
        // One such line at a time, so that `pending` stays bounded while writing fails.
        if self.kinds.contains(&Line::Lost) {
            return;
        }
        let lost = self.shared.lost.swap(0, Ordering::AcqRel);
        if lost == 0 {
            return;
        }
        if self.lines.lost(SystemTime::now(), lost, &mut self.pending).is_ok() {
            self.kinds.push(Line::Lost);
        }
    }

    /// Writes what is pending; whether nothing is left.
    fn write(&mut self) -> bool {
        let result = if self.pending.is_empty() { self.sink.open() } else { self.sink.append(&self.pending) };
        match result {
            Ok(()) => {
                self.written(self.pending.len());
                self.backoff = MIN_BACKOFF;
                // Records may have been lost since; they make the next turn, which is woken for them.
                if self.shared.lost.load(Ordering::Acquire) == 0 {
                    self.shared.recover();
                }
                true
            }
            Err(Failed { written, error }) => {
                self.written(written);
                self.shared.fail(|| error.to_string());
                false
            }
        }
    }

    /// Counts and forgets the first `bytes` bytes of `pending`, which are whole lines.
    fn written(&mut self, bytes: usize) {
        let lines = if bytes >= self.pending.len() {
            self.pending.clear();
            self.kinds.len()
        } else {
            self.pending.drain(..bytes).filter(|byte| *byte == b'\n').count().min(self.kinds.len())
        };
        let decisions = self.kinds.drain(..lines).filter(|line| *line == Line::Decision).count();
        let decisions = u64::try_from(decisions).unwrap_or(u64::MAX);
        self.shared.waiting.fetch_sub(decisions, Ordering::AcqRel);
        self.shared.gauges.records.inc_by(decisions);
        self.shared.gauges.queue.sub(i64::try_from(decisions).unwrap_or(i64::MAX));
        if self.pending.capacity() > 1024 * 1024 && self.pending.is_empty() {
            self.pending = Vec::new();
        }
    }
}

impl Drop for Writer {
    /// A writer that ends by a panic must not leave a recorder behind that looks healthy until the next record.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.fail(|| "the writer has ended unexpectedly".to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
